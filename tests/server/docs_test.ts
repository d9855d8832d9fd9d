/** The reference of the API, which is all on this server. */

import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { sha256 } from "../../framework/mod.ts";
import { withRest } from "./rest_world.ts";

Deno.test("/docs loads nothing from elsewhere, and all that it loads is there", async () => {
  await withRest(async ({ fetch }) => {
    const page = await fetch("/docs");
    const html = await page.text();
    assertEquals([page.status, page.headers.get("content-type")], [200, "text/html; charset=utf-8"]);
    const policy = page.headers.get("content-security-policy")!;
    assertMatches(policy, /default-src 'none'; script-src 'self';/);
    assertTrue(!/https?:/.test(policy + html), "something is loaded from elsewhere");
    const loaded = [...html.matchAll(/(?:src|href|spec-url)="([^"]+)"/g)].map(([, path]) => path!);
    assertTrue(loaded.includes("/openapi.json") && loaded.includes("/docs/rapidoc.js"));
    for (const path of loaded) {
      const answer = await fetch(path);
      await answer.body?.cancel();
      assertEquals([path, answer.status], [path, 200]);
      if (path.endsWith(".js")) assertEquals(answer.headers.get("content-type"), "text/javascript; charset=utf-8");
    }
  });
});

Deno.test("RapiDoc is the file of its package, version 9.3.8, unchanged", async () => {
  const file = new URL("../../routes/docs/vendor/rapidoc-9.3.8.min.js", import.meta.url);
  assertEquals(
    sha256(await Deno.readFile(file)),
    "affbd173a65e870e18f392cca963113bcdafb6e50e88cd2f6a834a65b22db94d",
  );
});
