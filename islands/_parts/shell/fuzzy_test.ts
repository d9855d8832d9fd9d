import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { fuzzyFit } from "./fuzzy.ts";

Deno.test("letters fit in their order only", () => {
  assertEquals(fuzzyFit("pc", "policy_comparison")?.at, [0, 7]);
  assertEquals(fuzzyFit("cpx", "policy_comparison"), null);
  assertEquals(fuzzyFit("zz", "z"), null);
  assertEquals(fuzzyFit("", "anything")?.at, []);
});

Deno.test("letters side by side, and beginnings of words, are preferred", () => {
  assertEquals(fuzzyFit("comp", "c_o_m policy comparison")?.at, [13, 14, 15, 16]);
  assertEquals(fuzzyFit("rac", "runAllCells")?.at, [0, 3, 6]);
  const score = (text: string) => fuzzyFit("run", text)!.score;
  assertTrue(score("Run all") > score("prune"), "a word's beginning");
  assertTrue(score("prune") > score("or under"), "side by side");
  assertTrue(score("run") > score("run of many words"), "the shorter one");
});

Deno.test("every word has to fit, in any order", () => {
  assertEquals(fuzzyFit("dark theme", "Theme: dark")?.at, [0, 1, 2, 3, 4, 7, 8, 9, 10]);
  assertEquals(fuzzyFit("dark xyz", "Theme: dark"), null);
});

Deno.test("signs of two code units and regular expressions are only letters", () => {
  assertEquals(fuzzyFit(".*", "a.b*c")?.at, [1, 3]);
  assertEquals(fuzzyFit("[", "abc"), null);
});
