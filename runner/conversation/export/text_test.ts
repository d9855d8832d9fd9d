import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { displayWidth } from "../../plain_text.ts";
import {
  anyConversation,
  exampleConversation,
  exampleTurn,
  misalignedTurn,
  passedConversation,
} from "../tests/conversations.ts";
import { toText, turnText } from "./text.ts";

Deno.test("turnText: what was said, wanted and done, and what the judge says of it with the difference", () => {
  assertEquals(
    turnText(misalignedTurn(2)),
    `turn 2
  user    │ Delete task 2.
  wants   delete_task {"task_id":2}
  agent   │ I could not.
          ✗ delete_task {"task_id":3} → there is no task 3
  judge   ✗ misaligned: the wrong task was to be deleted
          ↳ task_id is 3, wanted was 2`,
  );
});

Deno.test("turnText: silence and faults of both sides are named; a judge that has not judged is too", () => {
  const turn = exampleTurn(1, {
    simulated_user: {
      message: "Hello?",
      desired_action: null,
      seal: "",
      salt: "",
      fault: { code: "out_of_character", message: "it spoke as an assistant" },
    },
    chat_agent: { reply: null, actions: [], fault: { code: "timeout", message: "no answer within 60 s" } },
    judge: null,
  });
  assertEquals(
    turnText(turn),
    `turn 1
  user    │ Hello?
  wants   not known
  fault   out_of_character: it spoke as an assistant
  agent   │ (no answer)
  fault   timeout: no answer within 60 s
  judge   (has not judged)`,
  );
});

Deno.test("turnText: a person's override stands under the judge's verdict", () => {
  const label = { alignment: "unclear", note: "could be either", by: "Ann", at: "2026-11-26T11:00:00Z" } as const;
  const lines = turnText(exampleTurn(1, { label })).split("\n");
  assertEquals(lines.slice(-2), [
    "  judge   ✓ aligned: every wanted action was done",
    "  Ann     ? unclear: could be either",
  ]);
});

Deno.test("turnText: a user that wants no action only talks", () => {
  const turn = exampleTurn(1, { simulated_user: { message: "Hello?", desired_action: null, seal: "", salt: "" } });
  assertTrue(turnText(turn).includes("\n  wants   nothing: only talks\n"));
});

Deno.test("turnText: a goal is shown when it is not the one that is known", () => {
  const turn = exampleTurn(1, { goal: "finish" });
  assertTrue(turnText(turn).includes("  goal    finish\n"));
  assertTrue(!turnText(turn, { goal: "finish" }).includes("goal"));
});

Deno.test("turnText: escape sequences and controls of models never reach the terminal, colours come from the caller", () => {
  const turn = exampleTurn(1, {
    simulated_user: { message: "a\x1b[2Jb\x07\nc\x9b31m\u202e", desired_action: null, seal: "", salt: "" },
    chat_agent: { reply: "\x1b]0;owned\x07ok", actions: [] },
  });
  const colour = (text: string, style: string) => `<${style}>${text}</>`;
  const text = turnText(turn, { colour });
  assertTrue(text.includes("<cyan>user    </><dim>│ </>ab\n"), text);
  assertTrue(text.includes("<dim>│ </>c31m\n"), text);
  assertTrue(text.includes("<magenta>agent   </><dim>│ </>ok\n"), text);
  assertTrue(text.includes("<green>✓</> aligned"), text);
});

Deno.test("toText: head, turns and end", () => {
  const text = toText(exampleConversation());
  assertTrue(
    text.startsWith(`conversation 01KAXAMPLE0000000000000001 · case launch · seed 7 · sample 0
  user scripted · agent rule · judge rules
  plan    plans/launch.yaml
  goal    a plan that can be carried out

turn 1
`),
    text,
  );
  assertTrue(
    text.endsWith(`
not passed · finished (misaligned) after 2 turns: 1 aligned, 1 misaligned, 0 unclear
  precision 0.5 · recall 0.5 · end state differs
`),
    text,
  );
});

Deno.test("toText: an error, doubts about the numbers and costs are said at the end", () => {
  const text = toText(passedConversation({
    error: { code: "llm_failed", message: "no answer", hint: "is it up?" },
    status: "error",
    validity: { state: "degraded", reasons: ["3 fallbacks"] },
    cost: { usd: 0.01234, calls: 3, input_tokens: 10, output_tokens: 20 },
    models: ["m1"],
  }));
  assertTrue(
    text.endsWith(`  error[llm_failed]: no answer
  hint: is it up?
  degraded: 3 fallbacks
  3 calls · 10 + 20 tokens · 0.0123 USD · m1
`),
    text,
  );
});

Deno.test("toText: whatever was said, there are no controls but line breaks and no line is too wide", () => {
  fc.assert(fc.property(anyConversation, fc.integer({ min: 40, max: 120 }), (run, width) => {
    const text = toText(run, { width });
    // deno-lint-ignore no-control-regex -- controls are what is looked for
    assertTrue(!/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/.test(text));
    const tooWide = text.split("\n").filter((line) => displayWidth(line) > width);
    assertEquals(tooWide, []);
  }));
});
