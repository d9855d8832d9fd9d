import type { TranscriptTurn } from "llm-sim/conversation";
import { assertEquals, assertMatches, assertThrows } from "../../../tests/support/assert.ts";
import { judgedBy, seenByJudge, turnOf, verdictBy, WISHED } from "../tests/judge_turns.ts";
import { ENVIRONMENT } from "../tests/agent_turns.ts";
import { agentContext } from "../../../tests/support/contexts.ts";
import { RuleJudgeAgent } from "./rule_judge.ts";

type Extra = "tolerate" | "flag" | "fail";

function judge(extra_actions: Extra = "flag") {
  return new RuleJudgeAgent({
    name: "judge",
    config: RuleJudgeAgent.config.parse({ environment: ENVIRONMENT, extra_actions }),
  });
}

Deno.test("rule_judge: says what the rules say of wish and actions, and nothing of what was said", async () => {
  const verdict = await verdictBy(judge(), { wish: WISHED, turn: turnOf([WISHED], "I did nothing at all.") });
  assertEquals([verdict.alignment, verdict.by, verdict.score], ["aligned", "rules", 0]);
  const wrong = { ...WISHED, parameters: { ...WISHED.parameters, name: "Alpha test" } };
  const other = await verdictBy(judge(), { wish: WISHED, turn: turnOf([wrong]) });
  assertEquals([other.alignment, other.witness?.kind, other.witness?.argument], [
    "misaligned",
    "wrong_argument",
    "name",
  ]);
});

Deno.test("rule_judge: free text in other words stays unclear", async () => {
  const other = { ...WISHED, parameters: { ...WISHED.parameters, instruction: "Let ten users try it." } };
  assertEquals((await verdictBy(judge(), { wish: WISHED, turn: turnOf([other]) })).alignment, "unclear");
});

Deno.test("rule_judge: what nobody wanted counts as the policy says", async () => {
  const extra = { kind: "task_operation", name: "delete_task", parameters: { task_id: 2 } };
  const alignments = await Promise.all(
    (["tolerate", "flag", "fail"] as const).map(async (policy) =>
      (await verdictBy(judge(policy), { wish: WISHED, turn: turnOf([WISHED, extra]) })).alignment
    ),
  );
  assertEquals(alignments, ["aligned", "unclear", "misaligned"]);
});

Deno.test("rule_judge: an answer that is none is never aligned, nor is a wish that is not known", async () => {
  const fault = { code: "timeout", message: "too late" };
  const broken: TranscriptTurn = { ...turnOf([WISHED]), fault };
  const unanswered = await verdictBy(judge(), { wish: WISHED, turn: broken });
  assertEquals([unanswered.alignment, unanswered.witness?.kind], ["misaligned", "unanswered"]);
  const unknown = await verdictBy(judge(), { wish: null, turn: turnOf([]), fault });
  assertEquals([unknown.alignment, unknown.witness?.kind], ["unclear", "no_expectation"]);
});

Deno.test("rule_judge: has nothing to judge when nobody has spoken in the turn", async () => {
  const turn = turnOf([WISHED]);
  assertEquals(await judgedBy(judge(), { wish: WISHED, turn, played: 2 }), null);
});

Deno.test("rule_judge: says so when it is not shown what was wanted", () => {
  const seen = seenByJudge({ wish: WISHED, turn: turnOf([WISHED]) });
  const { wishes: _, ...globals } = seen.global_state;
  const error = assertThrows(
    () => judge().decideAction(seen.with({ global_state: globals as never }), agentContext("judge", 1)),
    "no_wish",
  );
  assertMatches(error.message, /turn 1/);
});
