import { SimError } from "llm-sim";
import actions from "../../rubrics/actions.md" with { type: "text" };
import { assertEquals, assertThrows } from "../../../../tests/support/assert.ts";
import { readRubric } from "./rubric.ts";

function issuesOf(text: string) {
  const error = assertThrows(() => readRubric(text, "r.md"), "bad_rubric") as SimError;
  return error.issues.map(({ message, file, line, column }) => [message, file, line, column]);
}

Deno.test("readRubric: criteria are the list's lines, what stands around them is for people", () => {
  assertEquals(
    readRubric("# Points\r\n\r\nSome text.\r\n- care: 1: none; 5: much\r\n- tone : rude or kind\r\n", "r.md"),
    [
      { name: "care", meaning: "1: none; 5: much" },
      { name: "tone", meaning: "rude or kind" },
    ],
  );
});

Deno.test("readRubric: an indented line belongs to the criterion above it", () => {
  const text = "- care: 1: none;\n  5: much\n\n  not this\n- tone: rude\n  or kind";
  assertEquals(readRubric(text, "r.md").map(({ meaning }) => meaning), ["1: none; 5: much", "rude or kind"]);
});

Deno.test("readRubric: everything that is wrong is told with its place", () => {
  assertEquals(issuesOf("- care: much\n- no colon\n- care: again\n- 1st: x\n- empty:\n"), [
    ["r.md:2:1: '- no colon' is no criterion", "r.md", 2, 1],
    ["r.md:3:1: there are two criteria 'care'", "r.md", 3, 1],
    ["r.md:4:1: '- 1st: x' is no criterion", "r.md", 4, 1],
    ["r.md:5:1: '- empty:' is no criterion", "r.md", 5, 1],
  ]);
});

Deno.test("readRubric: there are one to twenty criteria", () => {
  assertEquals(issuesOf("only words"), [["r.md:1:1: the rubric has no criteria", "r.md", 1, 1]]);
  const many = (count: number) => Array.from({ length: count }, (_, i) => `- c${i}: x`).join("\n");
  assertEquals(readRubric(many(20), "r.md").length, 20);
  assertEquals(issuesOf(many(21)), [["r.md:1:1: the rubric has 21 criteria, more than 20", "r.md", 1, 1]]);
});

Deno.test("readRubric: the domain's own rubric can be read", () => {
  assertEquals(readRubric(actions, "actions.md").map(({ name }) => name), [
    "completeness",
    "faithfulness",
    "restraint",
  ]);
});
