import { Action, type JsonObject } from "llm-sim";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { meadow } from "../tests/meadows.ts";
import { natureConfig, NatureValidator } from "./nature.ts";

const STATE = meadow([
  { name: "wolf_1", at: "4,4" },
  { name: "sheep_1", at: "4,5" },
  { name: "sheep_2", at: "4,8" },
  { name: "sheep_3", at: "5,5" },
  { name: "sheep_4" },
], { asleep: ["sheep_3"] });

/** The reason for rejecting, or null when the action is accepted. */
function judge(agent: string, action: string, parameters: JsonObject, config: object = {}): string | null {
  const validator = new NatureValidator({ config: natureConfig.parse(config) });
  const verdict = validator.validateAction(new Action(agent, action, parameters), STATE);
  if (verdict === true) return null;
  assertTrue(typeof verdict === "object" && !verdict.accepted && verdict.reason !== undefined);
  return verdict.reason;
}

Deno.test("nature: what animals can do is accepted", () => {
  assertEquals(judge("wolf_1", "hunt", { prey: "sheep_1" }), null);
  assertEquals(judge("sheep_1", "graze", {}), null);
  assertEquals(judge("sheep_1", "move", { to: "7,8" }), null);
  assertEquals(judge("sheep_1", "bear", { energy: 8 }), null);
  assertEquals(judge("sheep_1", "die", {}), null);
});

const REJECTED: [string, string, string, JsonObject, RegExp, object?][] = [
  ["a stranger", "goat", "graze", {}, /no animal 'goat'/],
  ["an unknown action", "sheep_1", "fly", {}, /unknown action 'fly'; known: move, graze, hunt, bear, die/],
  ["a way that is too far", "sheep_1", "move", { to: "8,8" }, /'8,8' is 4 hops away, not 3/],
  ["a shorter way", "sheep_1", "move", { to: "7,8" }, /3 hops away, not 2/, { max_hops: 2 }],
  ["a way out of the world", "sheep_1", "move", { to: "9,9" }, /no location "9,9"/],
  ["a way from nowhere", "sheep_4", "move", { to: "1,1" }, /'sheep_4' has no place/],
  ["a sheep that hunts", "sheep_1", "hunt", { prey: "wolf_1" }, /only wolves hunt/],
  ["a wolf that grazes", "wolf_1", "graze", {}, /only sheep graze/],
  ["prey out of reach", "wolf_1", "hunt", { prey: "sheep_2" }, /prey 'sheep_2' at '4,8' is 4 hops away, not 1/],
  ["prey that sleeps", "wolf_1", "hunt", { prey: "sheep_3" }, /'sheep_3' sleeps out of reach/],
  ["prey that is a wolf", "wolf_1", "hunt", { prey: "wolf_1" }, /'wolf_1' is a wolf/],
  ["prey that is not there", "wolf_1", "hunt", { prey: null }, /no prey null/],
  ["a young one that costs too much", "sheep_1", "bear", { energy: 9 }, /gives 9 to a young one but has 8/],
  ["a young one for nothing", "sheep_1", "bear", { energy: 0 }, /must be a number above 0, not 0/],
];

for (const [what, agent, action, parameters, reason, config] of REJECTED) {
  Deno.test(`nature: rejects ${what}`, () => {
    assertMatches(judge(agent, action, parameters, config) ?? "accepted", reason);
  });
}
