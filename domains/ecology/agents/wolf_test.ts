import type { Action, Decision } from "llm-sim";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { agentContext } from "../../../tests/support/contexts.ts";
import type { MeadowState } from "../engines/draft.ts";
import { meadow } from "../tests/meadows.ts";
import { WolfAgent, wolfConfig } from "./wolf.ts";

function decide(state: MeadowState, config: object = {}, turn = 7): Decision {
  const agent = new WolfAgent({ name: "wolf_1", config: wolfConfig.parse(config) });
  return agent.decideAction(state, agentContext("wolf_1", turn));
}

function actionOf(decision: Decision): unknown[] {
  const { action_name, parameters } = decision as Action;
  return [action_name, parameters];
}

const HERE = { name: "wolf_1", at: "4,4" };

Deno.test("wolf: hunts a sheep within reach, the nearest one", () => {
  const sheep = [{ name: "sheep_1", at: "4,6" }, { name: "sheep_2", at: "5,5" }];
  assertEquals(actionOf(decide(meadow([HERE, ...sheep]))), ["hunt", { prey: "sheep_2" }]);
  assertEquals(actionOf(decide(meadow([HERE, { name: "sheep_3", at: "4,4" }]), { reach: 0 })), ["hunt", {
    prey: "sheep_3",
  }]);
});

Deno.test("wolf: runs after the nearest sheep as far as it can, not beyond it", () => {
  const far = meadow([HERE, { name: "sheep_1", at: "8,4" }]);
  const [name, parameters] = actionOf(decide(far, { speed: 3 }));
  assertEquals([name, far.space!.distance((parameters as { to: string }).to, "8,4")], ["move", 1]);
  assertEquals(actionOf(decide(far, { speed: 9 })), ["move", { to: "8,4" }]);
});

Deno.test("wolf: sees neither sheep in cover nor sheep asleep, and roams within its speed instead", () => {
  const sheep = { name: "sheep_1", at: "4,5" };
  for (const options of [{ cover: ["4,5"] }, { asleep: ["sheep_1"] }]) {
    const goals = new Set(
      Array.from({ length: 100 }, (_, turn) => {
        const [name, parameters] = actionOf(decide(meadow([HERE, sheep], options), {}, turn + 1));
        assertEquals(name, "move");
        return (parameters as { to: string }).to;
      }),
    );
    const apart = [...goals].map((goal) => goal.split(",").map((at) => Math.abs(Number(at) - 4)));
    assertTrue(goals.size > 15 && apart.every(([x, y]) => x! <= 2 && y! <= 2));
  }
});

Deno.test("wolf: rests when it is full", () => {
  const sheep = { name: "sheep_1", at: "4,5" };
  assertEquals(decide(meadow([{ ...HERE, energy: 28 }, sheep]), { birth_energy: 40 }), null);
  assertEquals(actionOf(decide(meadow([{ ...HERE, energy: 27 }, sheep]), { birth_energy: 40 })), ["hunt", {
    prey: "sheep_1",
  }]);
});

Deno.test("wolf: has young ones when it is well fed, resting or not", () => {
  const parts = (energy: number, satiety: number) =>
    (decide(meadow([{ ...HERE, energy }, { name: "sheep_1", at: "4,5" }]), { satiety }) as readonly object[]).length;
  assertEquals([parts(24, 28), parts(24, 20)], [3, 2]);
});
