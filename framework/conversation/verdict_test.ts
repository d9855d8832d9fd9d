import { assertEquals, assertMatches } from "../../tests/support/assert.ts";
import type { ActionCatalogue } from "./catalogue.ts";
import type { ExtraActions } from "./matcher.ts";
import type { ActionSpec, DoneAction, JudgeVerdict, TranscriptTurn, TurnFault } from "./types.ts";
import { needsJudge, ruledVerdict, summarise } from "./verdict.ts";

const CATALOGUE: ActionCatalogue = {
  rename: {
    kind: "task_operation",
    description: "renames a task",
    mutating: true,
    parameters: {
      id: { type: "id", description: "which", required: true },
      name: { type: "string", description: "its new name", required: true },
      reason: { type: "text", description: "why" },
    },
  },
  show: { kind: "task_operation", description: "shows the tasks", mutating: false, parameters: {} },
};
const WISH: ActionSpec = { kind: "task_operation", name: "rename", parameters: { id: 1, name: "Alpha" } };
const RIGHT: DoneAction = { ...WISH, success: true, result_message: "renamed" };
const FAULT: TurnFault = { code: "not_json", message: "the answer is no JSON" };

interface Case {
  readonly desired_action?: ActionSpec | null;
  readonly wishFault?: TurnFault;
  readonly met?: true;
  readonly fault?: TurnFault;
  readonly reply?: string | null;
  readonly actions?: readonly DoneAction[];
  readonly extra?: ExtraActions;
}

function verdictOf(
  { desired_action = WISH, wishFault, met, fault, reply = "Done.", actions = [RIGHT], extra = "flag" }: Case,
): JudgeVerdict {
  const turn: TranscriptTurn = { index: 1, message: "Rename it", reply, actions, ...(fault && { fault }) };
  const wish = {
    index: 1,
    desired_action,
    seal: "",
    salt: "",
    ...(wishFault && { fault: wishFault }),
    ...(met && { met }),
  };
  return ruledVerdict({ wish, turn, catalogue: CATALOGUE, extra });
}

Deno.test("a turn in which the wish was done is aligned, score 0, for sure", () => {
  assertEquals(verdictOf({}), {
    alignment: "aligned",
    explanation: 'rename {"id":1,"name":"Alpha"} is what was wanted.',
    confidence: 1,
    score: 0,
    witness: null,
    by: "rules",
    precision: 1,
    recall: 1,
  });
});

Deno.test("a turn in which something else was done is misaligned, score 1, and the witness says why", () => {
  const verdict = verdictOf({ actions: [{ ...RIGHT, parameters: { id: 1, name: "Beta" } }] });
  assertEquals([verdict.alignment, verdict.score, verdict.confidence], ["misaligned", 1, 1]);
  assertEquals(verdict.explanation, `'name' of rename should be "Alpha" and is "Beta".`);
  assertEquals(verdict.witness!.kind, "wrong_argument");
});

Deno.test("a wish that was met by other calls is aligned, unless there is a fault", () => {
  const other = { ...RIGHT, name: "retitle" };
  assertEquals(verdictOf({ met: true, actions: [other], extra: "fail" }), {
    alignment: "aligned",
    explanation: 'Other calls came to the same as rename {"id":1,"name":"Alpha"} would have.',
    confidence: 1,
    score: 0,
    witness: null,
    by: "rules",
    precision: 1,
    recall: 1,
  });
  assertEquals(verdictOf({ met: true, actions: [other], fault: FAULT }).alignment, "misaligned");
  assertEquals(verdictOf({ met: true, actions: [other], wishFault: FAULT }).alignment, "unclear");
  assertEquals(verdictOf({ met: true }), verdictOf({}));
});

Deno.test("an unclear verdict has no score and no confidence", () => {
  const verdict = verdictOf({ actions: [RIGHT, RIGHT] });
  assertEquals([verdict.alignment, verdict.witness!.kind, verdict.precision], ["unclear", "extra_action", 0.5]);
  assertEquals(["score" in verdict, "confidence" in verdict], [false, false]);
});

Deno.test("tolerated extra actions are told in the explanation", () => {
  const verdict = verdictOf({ actions: [RIGHT, RIGHT, RIGHT], extra: "tolerate" });
  assertEquals([verdict.alignment, verdict.witness], ["aligned", null]);
  assertMatches(verdict.explanation, /Tolerated, though nobody asked for it: rename .* and 1 more\.$/);
});

Deno.test("an answer that is none is misaligned, also when only talk was wanted, or the wish is not known", () => {
  const faulty: Case[] = [
    { fault: FAULT },
    { fault: FAULT, desired_action: null, actions: [] },
    { fault: FAULT, wishFault: FAULT },
    { reply: null, desired_action: null, actions: [] },
  ];
  for (const verdict of faulty.map(verdictOf)) {
    assertEquals([verdict.alignment, verdict.score, verdict.witness!.kind], ["misaligned", 1, "unanswered"]);
  }
  assertEquals(
    verdictOf({ fault: FAULT }).explanation,
    "The agent gave no valid answer (not_json): the answer is no JSON.",
  );
});

Deno.test("a turn whose wish is not known is unclear, whatever was done, and has no shares", () => {
  const wishFault = { code: "out_of_character", message: "the user spoke as an assistant" };
  for (const actions of [[], [RIGHT]]) {
    const verdict = verdictOf({ wishFault, actions, desired_action: null });
    assertEquals([verdict.alignment, verdict.witness!.kind], ["unclear", "no_expectation"]);
    assertEquals([verdict.precision, verdict.recall], [null, null]);
  }
});

Deno.test("talk that changed nothing is aligned", () => {
  const verdict = verdictOf({ desired_action: null, actions: [] });
  assertEquals([verdict.alignment, verdict.explanation], ["aligned", "No action was wanted."]);
});

Deno.test("a judge is needed for what rules leave unclear, and for nothing else", () => {
  const show: ActionSpec = { kind: "task_operation", name: "show", parameters: {} };
  const because = (reason: string) => ({ ...WISH, parameters: { ...WISH.parameters, reason } });
  const text = verdictOf({ desired_action: because("short"), actions: [{ ...RIGHT, ...because("brief") }] });
  assertEquals(text.witness!.kind, "free_text");
  assertEquals(needsJudge(text), true);
  assertEquals(needsJudge(verdictOf({ desired_action: show, actions: [] })), true);
  assertEquals(needsJudge(verdictOf({ actions: [RIGHT, RIGHT] })), true);
  assertEquals(needsJudge(verdictOf({})), false);
  assertEquals(needsJudge(verdictOf({ actions: [] })), false);
  assertEquals(needsJudge(verdictOf({ fault: FAULT })), false);
  assertEquals(needsJudge(verdictOf({ wishFault: FAULT })), false);
  assertEquals(needsJudge({ ...text, by: "llm" }), false);
});

Deno.test("summarise() counts alignments and averages shares over the turns that have them", () => {
  const verdicts = [
    verdictOf({}),
    verdictOf({ actions: [RIGHT, RIGHT], extra: "fail" }),
    verdictOf({ actions: [] }),
    verdictOf({ desired_action: null, actions: [] }),
    verdictOf({ wishFault: FAULT }),
  ];
  assertEquals(summarise(verdicts), { aligned: 2, misaligned: 2, unclear: 1, precision: 0.75, recall: 2 / 3 });
  assertEquals(summarise([]), { aligned: 0, misaligned: 0, unclear: 0, precision: null, recall: null });
});
