import { assertEquals } from "../tests/support/assert.ts";
import { cookieOf, keptCookie } from "./cookies.ts";
import { themeOf } from "./theme.ts";

const asking = (cookie: string) => new Request("http://local/", { headers: { cookie } });

Deno.test("a theme is what the cookie says, and otherwise as the browser is", () => {
  assertEquals(themeOf(asking("theme=dark")), "dark");
  assertEquals(themeOf(asking("a=theme; theme=light; b=c")), "light");
  for (const cookie of ["", "theme=", "theme=blue", "mytheme=dark", "theme=%", "x=theme=dark"]) {
    assertEquals(themeOf(asking(cookie)), "auto", cookie);
  }
});

Deno.test("a cookie's value comes back as it was, whatever is in it", () => {
  const value = '{"open":["a b;c=d"]}, ü';
  assertEquals(cookieOf(asking(keptCookie("shell", value).split("; ")[0]!), "shell"), value);
});
