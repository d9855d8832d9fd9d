import { assertEquals } from "../tests/support/assert.ts";
import { RecentPages } from "./recent_pages.ts";

Deno.test("RecentPages: a page is made once a second, each of its own, and only the newest are kept", () => {
  let now = 0;
  const pages = new RecentPages<string>(() => now);
  const made: string[] = [];
  const get = (name: string) =>
    pages.get(name, () => {
      made.push(name);
      return `${name} at ${now}`;
    });
  assertEquals([get("a"), get("b")], ["a at 0", "b at 0"]);
  now = 999;
  assertEquals([get("a"), get("c")], ["a at 0", "c at 999"]);
  now = 1000;
  assertEquals([get("a"), get("c"), made], ["a at 1000", "c at 999", ["a", "b", "c", "a"]]);
  for (let i = 0; i < 15; i++) get(`other ${i}`);
  made.length = 0;
  assertEquals([get("a"), get("b"), made], ["a at 1000", "b at 1000", ["b"]]);
});
