import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { diffLines, hunksOf } from "./line_diff.ts";

const SIGNS = { same: " ", added: "+", removed: "-" } as const;
const told = (before: string, after: string) =>
  diffLines(before, after).map(({ type, text }) => `${SIGNS[type]}${text}`);

Deno.test("diffLines: what was removed comes before what was added in its place", () => {
  assertEquals(told("a\nb\nc\n", "a\nx\nc\n"), [" a", "-b", "+x", " c"]);
  assertEquals(told("a\nb\n", "a\nb\n"), [" a", " b"]);
  assertEquals(told("", "a\n"), ["+a"]);
});

Deno.test("diffLines: each text is what is left of the lines that are not the other's, and few lines differ", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 })
    .map((lines) => lines.map((line) => `${line}\n`).join(""));
  fc.assert(fc.property(text, text, (before, after) => {
    const lines = diffLines(before, after);
    const without = (type: string) =>
      lines.filter((line) => line.type !== type).map((line) => `${line.text}\n`).join("");
    assertEquals(without("added"), before);
    assertEquals(without("removed"), after);
    const numbers = lines.flatMap((line) => line.before ?? []);
    assertEquals(numbers, numbers.map((_, i) => i + 1));
  }));
  const long = Array.from({ length: 5000 }, (_, i) => `line ${i}\n`);
  assertEquals(
    diffLines(long.join(""), long.toSpliced(2500, 1).join("")).filter(({ type }) => type !== "same").length,
    1,
  );
});

Deno.test("diffLines: texts that have nothing in common take no long time", () => {
  const [a, b] = ["a", "b"].map((letter) => Array.from({ length: 10_000 }, (_, i) => `${letter}${i}\n`).join(""));
  const began = performance.now();
  assertEquals(diffLines(a!, b!).length, 20_000);
  assertTrue(performance.now() - began < 2000);
});

Deno.test("hunksOf: changes with what is around them; near ones are one", () => {
  const before = Array.from({ length: 40 }, (_, i) => `${i}\n`);
  const after = before.with(5, "five\n").with(9, "nine\n").with(30, "thirty\n");
  const hunks = hunksOf(diffLines(before.join(""), after.join("")));
  assertEquals(hunks.map((hunk) => [hunk[0]!.text, hunk.at(-1)!.text]), [["2", "12"], ["27", "33"]]);
});
