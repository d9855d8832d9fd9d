/** What holds of every state and turn, whatever the components do. */

import { assertEquals, assertMatches, assertRejects, assertTrue } from "../tests/support/assert.ts";
import type { Action, Decision, Verdict } from "./action.ts";
import { BaseAgent } from "./agent.ts";
import { encodeState } from "./checkpoint.ts";
import type { EngineContext } from "./context.ts";
import { defineDomain } from "./domain.ts";
import { BaseEngine } from "./engine.ts";
import type { SimulationInput } from "./inputs.ts";
import { SimulationOrchestrator } from "./orchestrator.ts";
import { loadScenario } from "./scenario/mod.ts";
import { SimulationState } from "./state.ts";
import { BaseValidator } from "./validator.ts";

/** What each component does in the test at hand. */
const script: {
  decide: (agent: BaseAgent, observation: SimulationState) => unknown;
  rules: (state: SimulationState, context: EngineContext) => SimulationState;
  judge: (action: Action, context: EngineContext) => Verdict | Promise<Verdict>;
} = { decide: () => null, rules: (state) => state, judge: () => true };

class ScriptedAgent extends BaseAgent {
  override decideAction(observation: SimulationState): Decision {
    return script.decide(this, observation) as Decision;
  }
  work() {
    return this.act("work");
  }
}

class ScriptedEngine extends BaseEngine {
  override applyActions(state: SimulationState): SimulationState {
    return state;
  }
  override applyEngineRules(state: SimulationState, context: EngineContext): SimulationState {
    return script.rules(state, context);
  }
}

class ScriptedValidator extends BaseValidator {
  override validateAction(action: Action, _state: SimulationState, context: EngineContext): Verdict | Promise<Verdict> {
    return script.judge(action, context);
  }
}

const domain = defineDomain({
  name: "scripted",
  description: "",
  agents: [ScriptedAgent],
  engines: [ScriptedEngine],
  validators: [ScriptedValidator],
});

async function world(
  does: Partial<typeof script>,
  inputs: readonly SimulationInput[] = [],
): Promise<SimulationOrchestrator> {
  Object.assign(script, { decide: () => null, rules: (state: SimulationState) => state, judge: () => true }, does);
  const text = `
simulation: { name: t, max_turns: 3 }
engine: { type: scripted }
validator: { type: scripted }
agents: [{ name: A, type: scripted }, { name: B, type: scripted }, { name: C, type: scripted }]
state_variables:
  agent_vars: { x: { type: float, default: 1, max: 100 }, tags: { type: list, item_type: float, default: [] } }
  global_vars: { y: { type: float, default: 1 } }
events: { verbosity: DETAIL }
`;
  const { scenario, issues } = await loadScenario({ text, file: "t.yaml", readFile: () => Promise.reject() });
  assertTrue(scenario, JSON.stringify(issues));
  return new SimulationOrchestrator({
    domain,
    scenario: { ...scenario, domain: "scripted" },
    run_id: "t",
    now: () => 0,
    inputs,
  });
}

const eventsOf = (simulation: SimulationOrchestrator) =>
  simulation.take().events.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));

Deno.test("a state is what its JSON says: -0 becomes 0, at every depth", async () => {
  const simulation = await world({
    rules: (state) =>
      state.with({
        agents: state.agents.map((agent) => ({ ...agent, x: -0, tags: [1, -0] })),
        global_state: { y: -0 },
      }),
  });
  await simulation.start();
  await simulation.step();
  const { state } = simulation;
  const back = SimulationState.fromJSON(JSON.parse(encodeState(state)));
  const values = (
    of: SimulationState,
  ) => [...of.agents.records.flatMap(({ x, tags }) => [x, ...tags]), of.global_state.y];
  assertEquals(values(state).map((value) => 1 / value), values(back).map((value) => 1 / value));
});

Deno.test("an agent that writes into what it observes fails, and the state stays as it was", async () => {
  const attempts: ((observation: SimulationState) => void)[] = [
    (observation) => (observation.agents.get("B") as unknown as { x: number }).x = 99,
    (observation) => (observation.global_state as unknown as { y: number }).y = 99,
  ];
  for (const attempt of attempts) {
    const simulation = await world({ decide: (_, observation) => attempt(observation) ?? null });
    await simulation.start();
    const before = encodeState(simulation.state);
    const error = await assertRejects(async () => await simulation.step(), "agent_error");
    assertMatches(error.message, /agent 'A' failed in turn 1: .*(read only|not extensible)/);
    assertEquals(encodeState(simulation.state), before);
  }
});

Deno.test("an input that breaks a variable's bounds is refused and recorded, before anybody decides", async () => {
  const input = { seq: 1, kind: "intervention", turn: 1, body: { set: { "agents.A.x": 101 } }, at: "" } as const;
  const seen: number[] = [];
  const simulation = await world({
    decide: (_, observation) => {
      seen.push(observation.agents.get("A")!.x);
      return null;
    },
  }, [input]);
  await simulation.start();
  const before = simulation.state.agents.get("A")!.x;
  await simulation.step();
  const refused = eventsOf(simulation).find((event) => event.event_type === "INTERVENTION")!;
  assertEquals([refused.details!.seq, refused.details!.applied], [1, false]);
  assertMatches(String(refused.details!.reason), /^agents\.A\.x: 101 is above max 100/);
  assertEquals([...new Set(seen)], [before]);
});

Deno.test("what an input sets is caused by it, what agents and rules change is not", async () => {
  const input = { seq: 1, kind: "intervention", turn: 1, body: { set: { "agents.A.x": 5 } }, at: "" } as const;
  const simulation = await world({
    decide: (agent) => agent.name === "B" ? (agent as ScriptedAgent).work() : null,
    rules: (state) => state.with({ agents: state.agents.with("B", { x: 7 }), global_state: { y: 2 } }),
  }, [input]);
  await simulation.start();
  await simulation.step();
  const events = eventsOf(simulation);
  const idOf = (type: string) => events.find((event) => event.event_type === type)!.id;
  const causes = Object.fromEntries(
    events.filter((event) => event.event_type === "ENV")
      .map((event) => [`${event.agent_id ?? "global"}.${event.details.variable_name}`, event.caused_by]),
  );
  assertEquals(causes, { "A.x": [idOf("INTERVENTION")], "B.x": [idOf("ACTION")], "global.y": [idOf("MILESTONE")] });
});

Deno.test("what validators tell is recorded in the actions' order, whichever answers first", async () => {
  const order: string[] = [];
  const gates = new Map(["A", "B", "C"].map((name) => [name, Promise.withResolvers<void>()]));
  const simulation = await world({
    decide: (agent) => (agent as ScriptedAgent).work(),
    judge: async (action, context) => {
      await gates.get(action.agent_name)!.promise;
      context.detail("judged", { agent: action.agent_name });
      order.push(action.agent_name);
      return true;
    },
  });
  await simulation.start();
  const played = simulation.step();
  for (const name of ["C", "A", "B"]) {
    gates.get(name)!.resolve();
    await gates.get(name)!.promise;
  }
  await played;
  assertEquals(order, ["C", "A", "B"]);
  const told = eventsOf(simulation).filter((event) => event.event_type === "DETAIL");
  assertEquals(told.map((event) => event.details.intermediate_values.agent), ["A", "B", "C"]);
});

Deno.test("of several failing verdicts the first in agent order is the error, and none goes unheard", async () => {
  const simulation = await world({
    decide: (agent) => (agent as ScriptedAgent).work(),
    judge: (action) => {
      if (action.agent_name === "C") throw new Error("C at once");
      return Promise.reject(new Error(`${action.agent_name} later`));
    },
  });
  await simulation.start();
  const error = await assertRejects(async () => await simulation.step(), "validator_error");
  assertMatches(error.message, /A later/);
});

Deno.test("engine and validator draw from different streams of the same name", async () => {
  const draws: number[] = [];
  const simulation = await world({
    decide: (agent) => agent.name === "A" ? (agent as ScriptedAgent).work() : null,
    judge: (_, context) => draws.push(context.rng("weather").next()) > 0,
    rules: (state, context) => {
      draws.push(context.rng("weather").next());
      return state;
    },
  });
  await simulation.start();
  await simulation.step();
  assertEquals(new Set(draws).size, 2);
});
