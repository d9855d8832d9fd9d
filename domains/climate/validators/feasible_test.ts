import { Action, type JsonObject } from "llm-sim";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { play, world } from "../tests/harness.ts";
import { feasibleConfig, FeasibleValidator } from "./feasible.ts";

const STATE = (await play(
  world([{ variables: { abatement: 0.4 } }, { variables: { member: true, member_since: 1 } }]),
  { turns: 0 },
)).last;

/** The reason for rejecting, or null when the action is accepted. */
function judge(name: string, parameters: JsonObject = {}, { agent = "n0", config = {} } = {}): string | null {
  const action = new Action(agent, name, parameters);
  const verdict = new FeasibleValidator({ config: feasibleConfig.parse(config) }).validateAction(action, STATE);
  if (verdict === true) return null;
  assertTrue(typeof verdict === "object" && !verdict.accepted && verdict.reason !== undefined, "it has its reason");
  return verdict.reason;
}

Deno.test("feasible: rates within a step of the last, and the treaty business of those it concerns, are accepted", () => {
  for (const rate of [0.25, 0.4, 0.55]) assertEquals(judge("abate", { rate }), null);
  assertEquals(judge("join_treaty", { rate: 0.9 }), null);
  assertEquals(judge("vote", { rate: 0.9 }, { agent: "n1" }), null);
  assertEquals(judge("leave_treaty", {}, { agent: "n1" }), null);
  assertEquals(judge("take_measure", { measure: "Dykes along the coast.", spending: 0.01 }), null);
  assertEquals(judge("abate", { rate: 1.1 }, { config: { max_abatement: 1.2, max_step: 1 } }), null);
});

const REJECTED: [string, string, JsonObject, RegExp, { agent?: string; config?: object }?][] = [
  ["a nation that does not exist", "abate", { rate: 0.4 }, /no nation 'Atlantis'/, { agent: "Atlantis" }],
  [
    "an unknown action",
    "invade",
    {},
    /unknown action 'invade'; known: abate, join_treaty, vote, leave_treaty, take_measure/,
  ],
  ["an unknown parameter", "abate", { rate: 0.4, rte: 1 }, /unknown parameter 'rte'/],
  ["a jump up", "abate", { rate: 0.56 }, /cannot go from 0.4 to 0.56 in a turn, where 0.15 is the most/],
  ["a jump down", "abate", { rate: 0.24 }, /cannot go from 0.4 to 0.24/],
  ["a step beyond the config's", "abate", { rate: 0.5 }, /where 0.05 is the most/, { config: { max_step: 0.05 } }],
  ["a rate above 1", "abate", { rate: 1.01 }, /rate 1.01 is not from 0 to 1/],
  ["a negative rate", "abate", { rate: -0.1 }, /rate -0.1 is not from 0/],
  ["a rate that is no number", "abate", { rate: "high" }, /must be a finite number, not "high"/],
  ["no rate", "abate", {}, /must be a finite number, not nothing/],
  ["NaN", "abate", { rate: NaN }, /must be a finite number, not NaN/],
  ["a member that joins", "join_treaty", { rate: 0.4 }, /is a member already/, { agent: "n1" }],
  ["an outsider that votes", "vote", { rate: 0.4 }, /votes in a treaty to which it does not belong/],
  ["an outsider that leaves", "leave_treaty", {}, /leaves a treaty to which it does not belong/],
  ["a measure without words", "take_measure", { measure: " ", spending: 0.01 }, /measure must be a text .* not " "/],
  [
    "a measure of too many words",
    "take_measure",
    { measure: "x".repeat(401), spending: 0 },
    /401 characters, where 400 are the most/,
  ],
  ["a measure that costs too much", "take_measure", { measure: "x", spending: 0.03 }, /from 0 to 0.02, not 0.03/],
  ["a measure of unknown cost", "take_measure", { measure: "x" }, /from 0 to 0.02, not nothing/],
  ["a measure with a rate", "take_measure", { measure: "x", spending: 0, rate: 1 }, /known: measure, spending/],
];

for (const [what, name, parameters, reason, options] of REJECTED) {
  Deno.test(`feasible: rejects ${what}`, () => {
    assertMatches(judge(name, parameters, options) ?? "accepted", reason);
  });
}

Deno.test("feasible: limits outside their bounds and unknown keys are refused", () => {
  for (const bad of [{ max_abatement: 1.3 }, { max_step: -1 }, { maxstep: 1 }]) {
    assertTrue(!feasibleConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});
