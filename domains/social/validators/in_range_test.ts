import { Action, type JsonObject } from "llm-sim";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { network, play, society } from "../tests/harness.ts";
import { inRangeConfig, InRangeValidator } from "./in_range.ts";

const PEOPLE = ["A", "B", "C"].map((name) => ({ name, type: "degroot" as const, variables: { opinion: 0.5 } }));
const ALONE = (await play(society(PEOPLE), { turns: 0 })).last;
const ON_LINE = (await play(society(PEOPLE, { spatial: network([["A", "B"], ["B", "C"]]) }), { turns: 0 })).last;

/** The reason for rejecting, or null when the action is accepted. */
function judge(
  name: string,
  parameters: JsonObject = {},
  { agent = "A", config = {}, state = ALONE }: { agent?: string; config?: object; state?: typeof ALONE } = {},
): string | null {
  const action = new Action(agent, name, parameters);
  const verdict = new InRangeValidator({ config: inRangeConfig.parse(config) }).validateAction(action, state);
  if (verdict === true) return null;
  assertTrue(typeof verdict === "object" && !verdict.accepted && verdict.reason !== undefined, "it has its reason");
  return verdict.reason;
}

const MEETING = { with: "B", confidence: 0.2, rate: 0.5 };

Deno.test("in_range: opinions in range are accepted, and meetings with neighbours or, without space, with anybody", () => {
  for (const opinion of [0, 0.5, 1]) assertEquals(judge("adopt", { opinion }), null);
  assertEquals(judge("meet", MEETING), null);
  assertEquals(judge("meet", { ...MEETING, with: "C" }), null);
  assertEquals(judge("meet", MEETING, { state: ON_LINE }), null);
});

const REJECTED: [string, string, JsonObject, RegExp, Parameters<typeof judge>[2]?][] = [
  ["somebody who does not exist", "adopt", { opinion: 0.5 }, /nobody named 'Z'/, { agent: "Z" }],
  ["an unknown action", "shout", {}, /unknown action 'shout'; known: adopt, meet/],
  ["an unknown parameter", "adopt", { opinion: 0.5, force: 1 }, /unknown parameter 'force'; known: opinion/],
  ["an opinion above 1", "adopt", { opinion: 1.01 }, /opinion 1.01 is not from 0 to 1/],
  ["an opinion outside the config's range", "adopt", { opinion: 0.2 }, /not from 0.3 to 1/, { config: { min: 0.3 } }],
  ["a jump", "adopt", { opinion: 0.9 }, /from 0.5 to 0.9 at once, where 0.1 is the most/, {
    config: { max_step: 0.1 },
  }],
  ["an opinion that is no number", "adopt", { opinion: "for" }, /must be a finite number, not "for"/],
  ["no opinion", "adopt", {}, /must be a finite number, not nothing/],
  ["NaN", "adopt", { opinion: NaN }, /must be a finite number, not NaN/],
  ["a meeting with nobody", "meet", { ...MEETING, with: "Z" }, /nobody named "Z"/],
  ["a meeting with oneself", "meet", { ...MEETING, with: "A" }, /meets itself/],
  ["a meeting with one who is no neighbour", "meet", { ...MEETING, with: "C" }, /'C' is no neighbour/, {
    state: ON_LINE,
  }],
  ["a rate out of range", "meet", { ...MEETING, rate: 1.5 }, /rate 1.5 is not from 0 to 1/],
  ["a confidence that is no number", "meet", { ...MEETING, confidence: null }, /confidence must be a finite number/],
];

for (const [what, name, parameters, reason, options] of REJECTED) {
  Deno.test(`in_range: rejects ${what}`, () => {
    assertMatches(judge(name, parameters, options) ?? "accepted", reason);
  });
}

Deno.test("in_range: limits outside their bounds and unknown keys are refused", () => {
  for (const bad of [{ min: -1 }, { max: 2 }, { maxstep: 1 }]) {
    assertTrue(!inRangeConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});
