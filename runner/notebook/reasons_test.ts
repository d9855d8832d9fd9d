import { assertEquals } from "../../tests/support/assert.ts";
import { changesBetween, inWords, leaves } from "./reasons.ts";

Deno.test("inWords: three changes are told, the others counted; long values are cut", () => {
  const change = (name: string) => ({ name, before: 1, now: 2 });
  assertEquals(inWords([]), null);
  assertEquals(inWords([{ name: "price", before: 99, now: 149 }]), "price 99 → 149");
  assertEquals(inWords([{ name: "fee", before: undefined, now: 3 }], "scenario a: "), "scenario a: fee none → 3");
  assertEquals(inWords(["a", "b", "c", "d", "e"].map(change)), "a 1 → 2, b 1 → 2, c 1 → 2 and 2 more");
  assertEquals(
    inWords([{ name: "text", before: "x".repeat(50), now: ["y"] }]),
    `text ${"x".repeat(40)}… → ["y"]`,
  );
});

Deno.test("changesBetween: what is new, gone, or another value; the order of keys is none", () => {
  assertEquals(changesBetween({ a: 1, b: { x: 1, y: 2 }, gone: true }, { b: { y: 2, x: 1 }, a: 2, fresh: "z" }), [
    { name: "a", before: 1, now: 2 },
    { name: "fresh", before: undefined, now: "z" },
    { name: "gone", before: true, now: undefined },
  ]);
  assertEquals(changesBetween({ a: 1 }, { a: 1 }), []);
});

Deno.test("leaves: every plain value by its path, lists as a whole", () => {
  assertEquals(leaves({ a: { b: 1, c: { d: "x" } }, list: [{ e: 1 }], none: null }), {
    "a.b": 1,
    "a.c.d": "x",
    list: [{ e: 1 }],
    none: null,
  });
});
