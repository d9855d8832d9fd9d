import { Action, AgentMap, type AgentMemory, type Json, type Message, OutgoingMessage, SimulationState } from "llm-sim";
import type { z } from "zod";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { agentContext, newMemory } from "../../../tests/support/contexts.ts";
import { type Nation, play, world } from "../tests/harness.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";
import { NationAgent } from "./nation.ts";
import { nationConfig } from "./nation_config.ts";

type Config = z.input<typeof nationConfig>;

const START = (await play(world([{}, {}, {}]), { turns: 0 })).last;

interface Scene {
  readonly own?: Partial<NationVariables>;
  readonly others?: Partial<NationVariables>;
  readonly world?: Partial<WorldVariables>;
  readonly turn?: number;
  readonly inbox?: readonly Message[];
  readonly memory?: AgentMemory;
}

/** What nation n0 does and says among n1 and n2 of the same size. */
function decide(
  config: Config,
  { own = {}, others = {}, world = {}, turn = 1, inbox = [], memory = newMemory(turn) }: Scene = {},
) {
  const agents = AgentMap.of(START.agents.records.map((nation, i): Nation => ({
    ...nation,
    abatement: 0.03,
    ...(i === 0 ? own : others),
    name: nation.name,
  })));
  const state = new SimulationState<NationVariables, WorldVariables>({
    turn: turn - 1,
    agents,
    global_state: { ...START.global_state, ...world },
  });
  const agent = new NationAgent({ name: "n0", config: nationConfig.parse(config) });
  const parts = agent.decideAction(state, agentContext("n0", turn, { inbox, memory }));
  assertTrue(Array.isArray(parts), "several parts");
  const actions = parts.filter((part) => part instanceof Action);
  const said = parts.filter((part) => part instanceof OutgoingMessage).map(({ content }) => content);
  const rateOf = (kind: string) =>
    (said.find((content) => (content as { kind: string }).kind === kind) as { rate: number })?.rate;
  return {
    rate: actions[0]!.parameters.rate as number,
    treaty: actions.slice(1).map(({ action_name, parameters }) => [action_name, parameters.rate]),
    proposal: rateOf("proposal"),
    promise: rateOf("promise"),
    said,
  };
}

function message(from: string | null, content: Json): Message {
  return { from, to: "*", content, turn: 0 };
}

Deno.test("nation: a free rider does what its own carbon price makes worth while, says nothing, and joins nothing", () => {
  const free = decide({ strategy: "free_rider" });
  // DICE's base carbon price of 2 USD in 2015 avoids 3 % of emissions.
  assertNear(free.rate, 0.03, 0.005);
  assertEquals([free.said, free.treaty], [[], []]);
  assertTrue(decide({ strategy: "free_rider", carbon_price: 50 }).rate > 0.15);
  assertEquals(decide({ strategy: "free_rider", carbon_price: 0 }).rate, 0);
});

Deno.test("nation: a free rider that bluffs promises more than it will do", () => {
  const bluffing = decide({ strategy: "free_rider", bluff: 0.4 });
  assertNear(bluffing.promise!, bluffing.rate + 0.4, 1e-12);
  assertEquals(bluffing.proposal, undefined);
});

Deno.test("nation: green goes up step by step to its ambition, whatever the others do, and joins at once", () => {
  const first = decide({ strategy: "green" });
  assertNear(first.rate, 0.13, 1e-12);
  assertNear(first.promise!, 0.23, 1e-12);
  assertEquals([first.proposal, first.treaty], [1, [["join_treaty", 1]]]);
  assertEquals(decide({ strategy: "green" }, { own: { abatement: 0.97 } }).rate, 1);
  assertEquals(decide({ strategy: "green", ambition: 0.5 }, { own: { abatement: 0.5 } }).rate, 0.5);
});

Deno.test("nation: a cooperator's proposal goes towards the middle of the others', and it goes no higher", () => {
  const inbox = ["n1", "n2"].map((name) => message(name, { kind: "proposal", rate: 0.2 }));
  const memory = newMemory(1);
  const first = decide({ strategy: "cooperator", concession: 0.5 }, { memory });
  assertEquals(first.proposal, 1);
  const next = decide({ strategy: "cooperator", concession: 0.5 }, { turn: 2, inbox, memory: newMemory(2, memory) });
  assertEquals(next.proposal, 0.6);
  const content = decide({ strategy: "cooperator", concession: 1 }, { own: { abatement: 0.19 }, inbox });
  assertNear(content.proposal!, 0.2, 1e-12);
  assertEquals(content.rate, content.proposal);
});

Deno.test("nation: a conditional one expects what is promised and does a little more, up to its ambition", () => {
  const promised = (rate: number) => ["n1", "n2"].map((name) => message(name, { kind: "promise", rate, turn: 1 }));
  const rate = (inbox: Message[], config: Config = {}) =>
    decide({ strategy: "conditional", ...config }, { inbox }).rate;
  assertNear(rate([]), 0.06, 1e-12);
  assertNear(rate(promised(0.1)), 0.13, 1e-12);
  assertNear(rate(promised(0.1), { step: 0.01 }), 0.11, 1e-12);
  assertNear(rate(promised(0.9)), 0.03 + 0.15, 1e-12, "no further than max_step");
  assertNear(rate(promised(0.9), { max_step: 1 }), 0.8, 1e-12, "no further than its ambition");
});

Deno.test("nation: a conditional one expects nothing of those who broke their promises", () => {
  let memory = newMemory(1);
  const rates: number[] = [];
  for (let turn = 1; turn <= 5; turn++) {
    memory = newMemory(turn, memory);
    const inbox = ["n1", "n2"].map((name) => message(name, { kind: "promise", rate: 0.5, turn }));
    // It has kept its own words to itself: what it promised binds it for a turn.
    memory.forget({ kind: "own_promise" });
    rates.push(decide({ strategy: "conditional", max_step: 1 }, { turn, inbox, memory }).rate);
  }
  assertNear(rates[0]!, 0.53, 1e-12);
  for (const rate of rates.slice(1)) assertNear(rate, 0.06, 1e-12);
});

Deno.test("nation: it keeps its word, even when the others have let it down meanwhile", () => {
  const memory = newMemory(1);
  const inbox = ["n1", "n2"].map((name) => message(name, { kind: "promise", rate: 0.2, turn: 1 }));
  const first = decide({ strategy: "conditional", max_step: 1 }, { inbox, memory });
  const next = decide({ strategy: "conditional", max_step: 1 }, {
    own: { abatement: first.rate },
    turn: 2,
    memory: newMemory(2, memory),
  });
  assertEquals(next.rate, first.promise);
  assertTrue(next.promise! < first.promise!, "but it promises less");
});

Deno.test("nation: a member does what the treaty asks for, as far as one step allows, and votes for what it proposes", () => {
  const member = { member: true, vote: 0.5, required: 0.12 };
  const scene = { own: member, others: { member: true } };
  for (const strategy of ["conditional", "cooperator", "green"] as const) {
    assertTrue(decide({ strategy }, scene).rate >= 0.12, strategy);
  }
  assertNear(decide({ strategy: "cooperator" }, { ...scene, own: { ...member, required: 0.9 } }).rate, 0.18, 1e-12);
  assertEquals(decide({ strategy: "green" }, scene).treaty, [["vote", 1]]);
  assertEquals(decide({ strategy: "green" }, { ...scene, own: { ...member, vote: 1 } }).treaty, []);
});

Deno.test("nation: a conditional one joins when enough others have, and leaves when they do not comply", () => {
  const treaty = (scene: Scene) => decide({ strategy: "conditional" }, scene).treaty.map(([name]) => name);
  assertEquals(treaty({}), []);
  assertEquals(treaty({ others: { member: true } }), ["join_treaty"]);
  const own = { member: true, vote: 0.8 };
  assertEquals(treaty({ own, others: { member: true, compliance: 1 } }), []);
  assertEquals(treaty({ own, others: { member: true, compliance: 0.2 } }), ["leave_treaty"]);
  assertEquals(treaty({ own }), ["leave_treaty"]);
});

Deno.test("nation: a free rider joins when sanctions cost more than compliance, and leaves when they do not", () => {
  const treaty = (treaty_sanction: number, own: Partial<NationVariables> = {}) =>
    decide({ strategy: "free_rider" }, {
      own,
      others: { member: true },
      world: { treaty_in_force: true, treaty_rate: 0.5, treaty_sanction },
    }).treaty.map(([name]) => name);
  // Half of emissions: 7.4 % × 0.5^2.6 = 1.2 % of output.
  assertEquals([treaty(0.01), treaty(0.014)], [[], ["join_treaty"]]);
  assertEquals(treaty(0.01, { member: true }), ["leave_treaty"]);
});

Deno.test("nation: an alarm raises ambition and haste, where it is heeded", () => {
  const inbox = [message(null, { kind: "alarm", rate: 0.9 })];
  const rate = (config: Config) => decide(config, { inbox }).rate;
  assertNear(rate({ strategy: "free_rider" }), 0.18, 1e-12);
  assertNear(rate({ strategy: "conditional" }), 0.18, 1e-12);
  assertNear(rate({ strategy: "free_rider", heeds_alarm: false }), 0.03, 0.005);
  assertNear(rate({ strategy: "conditional", heeds_alarm: false }), 0.06, 1e-12);
  assertEquals(decide({ strategy: "conditional", ambition: 0.2 }, { inbox }).proposal, 0.9);
});

Deno.test("nation: what it cannot see, it does without", () => {
  const blind = decide({ strategy: "conditional" }, {
    others: { abatement: undefined, emissions: undefined, gross_output: undefined, member: undefined } as never,
    world: { backstop_price: undefined } as never,
  });
  assertNear(blind.rate, 0.06, 1e-12);
});

Deno.test("nation: the strategy is conditional by default; others, and unknown keys, are refused", () => {
  assertEquals(nationConfig.parse({}).strategy, "conditional");
  for (const bad of [{ strategy: "win" }, { ambition: 1.1 }, { memory: 0 }, { bluff: -1 }, { strategie: "green" }]) {
    assertTrue(!nationConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});
