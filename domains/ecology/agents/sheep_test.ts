import { type Action, type Decision, LifecycleRequest } from "llm-sim";
import { assertEquals, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import { agentContext } from "../../../tests/support/contexts.ts";
import type { MeadowState } from "../engines/draft.ts";
import { meadow } from "../tests/meadows.ts";
import { SheepAgent, sheepConfig } from "./sheep.ts";

function decide(state: MeadowState, config: object = {}, name = "sheep_1", turn = 7): Decision {
  const agent = new SheepAgent({ name, config: sheepConfig.parse(config) });
  return agent.decideAction(state, agentContext(name, turn));
}

function actionOf(decision: Decision): unknown[] {
  const { action_name, parameters } = decision as Action;
  return [action_name, parameters];
}

const HERE = { name: "sheep_1", at: "4,4" };

Deno.test("sheep: grazes where there is enough grass", () => {
  assertEquals(actionOf(decide(meadow([HERE]))), ["graze", {}]);
  assertEquals(actionOf(decide(meadow([HERE], { grass: { "4,4": 2, "5,5": 9 } }))), ["graze", {}]);
});

Deno.test("sheep: goes to the neighbouring location with most grass where there is too little", () => {
  assertEquals(actionOf(decide(meadow([HERE], { grass: { "4,4": 1.9, "5,5": 9 } }))), ["move", { to: "5,5" }]);
  const bare = Object.fromEntries([3, 4, 5].flatMap((x) => [3, 4, 5].map((y) => [`${x},${y}`, 0])));
  assertEquals(actionOf(decide(meadow([HERE], { grass: { ...bare, "4,4": 1 } }))), ["graze", {}]);
});

Deno.test("sheep: flees to the location that is farthest from wolves, each as likely as others that are as far", () => {
  const wolf = { name: "wolf_1", at: "4,5" };
  const ways = new Set(
    Array.from({ length: 60 }, (_, i) => {
      const [name, parameters] = actionOf(decide(meadow([HERE, wolf]), {}, "sheep_1", i + 1));
      assertEquals(name, "move");
      return (parameters as { to: string }).to;
    }),
  );
  assertEquals([...ways].sort(), ["3,3", "4,3", "5,3"]);
  const between = meadow([HERE, { name: "wolf_1", at: "4,6" }, { name: "wolf_2", at: "2,4" }]);
  assertEquals(actionOf(decide(between)), ["move", { to: "5,3" }]);
});

Deno.test("sheep: does not flee from wolves beyond its alarm distance, or asleep, or when it is not afraid", () => {
  const grazes = (state: MeadowState, config = {}) => assertEquals(actionOf(decide(state, config)), ["graze", {}]);
  grazes(meadow([HERE, { name: "wolf_1", at: "4,7" }]));
  grazes(meadow([HERE, { name: "wolf_1", at: "4,6" }]), { alarm: 1 });
  grazes(meadow([HERE, { name: "wolf_1", at: "4,5" }], { asleep: ["wolf_1"] }));
  grazes(meadow([HERE, { name: "wolf_1", at: "4,5" }]), { alarm: 0 });
});

Deno.test("sheep: flees into cover where it can, and feels safe in it", () => {
  const wolf = { name: "wolf_1", at: "4,5" };
  assertEquals(actionOf(decide(meadow([HERE, wolf], { cover: ["3,5"] }))), ["move", { to: "3,5" }]);
  assertEquals(actionOf(decide(meadow([HERE, wolf], { cover: ["4,4"] }))), ["graze", {}]);
});

Deno.test("sheep: well fed, it has a young one of its own kind beside what it does anyway", () => {
  const [bear, birth, meal, ...rest] = decide(
    meadow([{ name: "marmot_3", at: "4,4", energy: 14 }]),
    {},
    "marmot_3",
  ) as [
    Action,
    LifecycleRequest,
    Action,
  ];
  assertEquals([bear.action_name, bear.parameters], ["bear", { energy: 10 }]);
  assertEquals([birth.operation, birth.spec?.name, birth.spec?.type, birth.spec?.location], [
    "add_agent",
    "marmot",
    "sheep",
    "4,4",
  ]);
  assertEquals(birth.spec?.variables, { species: "sheep", energy: 4, body: 6, age: 0, fate: "alive" });
  assertEquals(birth.spec?.config, sheepConfig.parse({}));
  assertEquals([meal.action_name, rest], ["graze", []]);
});

Deno.test("sheep: has no young one that would cost more than it has", () => {
  assertEquals(actionOf(decide(meadow([{ ...HERE, energy: 13.9 }]))), ["graze", {}]);
  assertEquals(actionOf(decide(meadow([{ ...HERE, energy: 14, body: 11 }]))), ["graze", {}]);
  assertTrue(Array.isArray(decide(meadow([{ ...HERE, energy: 15, body: 11 }]))));
});

Deno.test("sheep: dies and leaves at its greatest age", () => {
  const [die, leave] = decide(meadow([{ ...HERE, age: 20 }]), { max_age: 20 }) as [Action, LifecycleRequest];
  assertEquals([die.action_name, leave.operation, leave.agent], ["die", "remove_agent", "sheep_1"]);
  assertEquals(actionOf(decide(meadow([{ ...HERE, age: 19 }]), { max_age: 20 })), ["graze", {}]);
});

Deno.test("sheep: one that hibernates sleeps the rest of the winter, but not one turn more; others graze on", () => {
  const sleeper = (winter: number) => decide(meadow([HERE], { world: { winter } }), { hibernates: true });
  const sleep = sleeper(30);
  assertTrue(sleep instanceof LifecycleRequest);
  assertEquals([sleep.operation, sleep.turns], ["pause_agent", 29]);
  assertEquals(actionOf(sleeper(1)), ["graze", {}]);
  assertEquals(actionOf(sleeper(0)), ["graze", {}]);
  assertEquals(actionOf(decide(meadow([HERE], { world: { winter: 30 } }))), ["graze", {}]);
});

Deno.test("sheep: without a place it does nothing; one whose variable says wolf is a mistake that is told", () => {
  assertEquals(decide(meadow([{ name: "sheep_1" }])), null);
  assertTrue(/is a sheep but/.test(assertThrows(() => decide(meadow([{ ...HERE, species: "wolf" }]))).message));
});
