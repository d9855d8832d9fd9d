/** What holds of populations in the turn loop, whatever they do. */

import { assertEquals, assertMatches, assertRejects, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { defineDomain } from "./domain.ts";
import { BaseEngine } from "./engine.ts";
import type { Members, MutableMembers } from "./members.ts";
import { SimulationOrchestrator } from "./orchestrator.ts";
import { checkedDecision, Population, type PopulationContext, type PopulationDecision } from "./population.ts";
import { storedPopulations } from "./population_play.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import { loadScenario } from "./scenario/mod.ts";
import { SimulationState } from "./state.ts";
import { BaseValidator } from "./validator.ts";

/** What each component does in the test at hand. */
interface Script {
  readonly initialise: (members: MutableMembers, context: PopulationContext) => void;
  readonly decide: (members: Members, context: PopulationContext) => unknown;
  readonly apply: (next: MutableMembers, state: SimulationState, context: PopulationContext, intents: unknown) => void;
  readonly act: (state: SimulationState) => SimulationState;
  readonly rules: (state: SimulationState) => SimulationState;
}

const IDLE: Script = {
  initialise: () => {},
  decide: () => ({ counts: {}, intents: null }),
  apply: () => {},
  act: (state) => state,
  rules: (state) => state,
};
let script = IDLE;

class CrowdPopulation extends Population {
  static override readonly requires = { agent_vars: ["wealth", "age"] };
  override initialise(members: MutableMembers, _state: SimulationState, context: PopulationContext): void {
    script.initialise(members, context);
  }
  override decideAll(members: Members, _state: SimulationState, context: PopulationContext): PopulationDecision {
    return script.decide(members, context) as PopulationDecision;
  }
  override applyAll(next: MutableMembers, intents: unknown, state: SimulationState, context: PopulationContext): void {
    script.apply(next, state, context, intents);
  }
}

class ScriptedEngine extends BaseEngine {
  override applyActions(state: SimulationState): SimulationState {
    return script.act(state);
  }
  override applyEngineRules(state: SimulationState): SimulationState {
    return script.rules(state);
  }
}

class ContentValidator extends BaseValidator {
  override validateAction(): boolean {
    return true;
  }
}

const domain = defineDomain({
  name: "crowds",
  description: "",
  agents: [CrowdPopulation],
  engines: [ScriptedEngine],
  validators: [ContentValidator],
});

async function scenarioOf(): Promise<ResolvedScenario> {
  const text = `
simulation: { name: t, max_turns: 1000 }
engine: { type: scripted }
validator: { type: content }
agents: [{ name: crowd, type: crowd, count: 20, variables: { wealth: 3 } }]
state_variables:
  agent_vars: { wealth: { type: float, min: 0, default: 1 }, age: { type: int, default: 0 }, note: { type: str } }
  global_vars: { y: { type: float, default: 1 } }
metrics: { sample: 2, reporters: { total: { sum: wealth } } }
events: { verbosity: ACTION }
`;
  const { scenario, issues } = await loadScenario({ text, file: "t.yaml", readFile: () => Promise.reject() });
  assertTrue(scenario, JSON.stringify(issues));
  return { ...scenario, domain: "crowds" };
}

/** A simulation that does what `does` says, started. */
async function world(does: Partial<Script>): Promise<SimulationOrchestrator> {
  script = { ...IDLE, ...does };
  const simulation = new SimulationOrchestrator({ domain, scenario: await scenarioOf(), run_id: "t", now: () => 0 });
  await simulation.start();
  return simulation;
}

function crowd({ state }: { readonly state: SimulationState }) {
  const members = state.populations.get("crowd")!;
  return {
    ids: [...members.ids],
    next_id: members.next_id,
    wealth: [...members.column("wealth")],
    age: [...members.column("age")],
  };
}

/** Members that earn by luck, die and are born. */
const LIVELY: Partial<Script> = {
  initialise: (members, context) => members.column("wealth").set(context.uniforms("first")),
  decide: (members, context) => ({ counts: { earn: members.size }, intents: context.normals("income").slice() }),
  apply: (next, _state, context, income) => {
    const [wealth, age] = [next.column("wealth"), next.column("age")];
    for (let i = 0; i < next.size; i++) {
      wealth[i] = Math.max(0, wealth[i]! + (income as Float64Array)[i]!);
      age[i]!++;
    }
    const luck = context.uniforms("luck");
    next.keep(Uint8Array.from(luck, (value) => value < 0.9 ? 1 : 0));
    next.append(context.rng("births").int(0, 4));
  },
  rules: (state) =>
    state.with({ populations: state.populations.update("crowd", (next) => void next.column("wealth").fill(9, 0, 1)) }),
};

Deno.test("a simulation that goes on from a checkpoint plays as one that was never stopped", async () => {
  const whole = await world(LIVELY);
  const part = await world(LIVELY);
  for (let turn = 1; turn <= 30; turn++) await whole.step();
  for (let turn = 1; turn <= 12; turn++) await part.step();
  const { state, agent_order, populations, stats } = part.checkpoint();
  const from = {
    state: SimulationState.fromJSON(JSON.parse(state), agent_order, {
      populations: storedPopulations(domain, part.scenario, populations),
    }),
    next_event_id: part.nextEventId,
    stats,
  };
  const resumed = new SimulationOrchestrator({ domain, scenario: part.scenario, run_id: "t", now: () => 0, from });
  part.take();
  for (let turn = 13; turn <= 30; turn++) await Promise.all([part.step(), resumed.step()]);
  assertEquals(crowd(resumed), crowd(whole));
  assertEquals(crowd(part), crowd(whole));
  assertEquals(resumed.take(), part.take());
});

Deno.test("decisions are made from the columns as they are, and carried out on top of what the engine has done", async () => {
  const seen: number[][] = [];
  const note = (members: Members, when: number) => seen.push([when, members.column("wealth")[0]!]);
  const add = (state: SimulationState, amount: number) =>
    state.with({
      populations: state.populations.update("crowd", (next) => {
        next.column("wealth")[0]! += amount;
      }),
    });
  const simulation = await world({
    decide: (members) => (note(members, 1), { counts: {}, intents: 100 }),
    act: (state) => add(state, 10),
    apply: (next, state, _context, intents) => {
      next.column("wealth")[0]! += intents as number;
      note(state.populations.get("crowd")!, 2);
      note(next, 3);
    },
    rules: (state) => (note(state.populations.get("crowd")!, 4), add(state, 1000)),
  });
  await simulation.step();
  assertEquals(seen, [[1, 3], [2, 13], [3, 113], [4, 113]]);
  assertEquals([crowd(simulation).wealth[0], simulation.metrics.total], [1113, 1113 + 19 * 3]);
});

Deno.test("a turn has one ACTION per population, with what it counted", async () => {
  const simulation = await world({ decide: () => ({ counts: { give: 7, keep: 13 }, intents: null }) });
  simulation.take();
  await simulation.step();
  const events = simulation.take().events.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  const actions = events.filter((event) => event.event_type === "ACTION");
  assertEquals(actions.map(({ agent_id, details }) => [agent_id, details.action_payload]), [
    ["crowd", { give: 7, keep: 13 }],
  ]);
});

Deno.test("sampled members have rows, all through the run the same", async () => {
  const simulation = await world({});
  await simulation.step();
  const rows = simulation.take().agents.split("\n").slice(0, -1).map((line) => JSON.parse(line));
  assertEquals(rows.map(({ turn, wealth, age }) => [turn, wealth, age]), [[0, 3, 0], [0, 3, 0], [1, 3, 0], [1, 3, 0]]);
  assertEquals(rows.slice(2).map(({ agent }) => agent), rows.slice(0, 2).map(({ agent }) => agent));
});

Deno.test("a turn that fails names the population and the member, and leaves everything as it was", async () => {
  const spoil = (next: MutableMembers) => void next.column("wealth").fill(-5, 4, 5);
  const cases: [Partial<Script>, string, RegExp][] = [
    [{ apply: spoil }, "bad_state", /populations\.crowd: member 4: wealth: -5 is below min 0/],
    [
      { rules: (state) => state.with({ populations: state.populations.update("crowd", spoil) }) },
      "bad_state",
      /populations\.crowd: member 4: wealth: -5 is below min 0/,
    ],
    [
      { rules: (state) => state.with({ populations: state.populations.restrictedTo(() => null) }) },
      "bad_state",
      /has the populations none instead of crowd/,
    ],
    [{ decide: () => null }, "population_error", /population 'crowd' failed in turn 2: .*returned no counts/],
    [
      {
        apply: () => {
          throw new Error("no more bread");
        },
      },
      "population_error",
      /population 'crowd' failed in turn 2: no more bread/,
    ],
  ];
  for (const [does, code, message] of cases) {
    const simulation = await world(LIVELY);
    await simulation.step();
    const before = crowd(simulation);
    script = { ...script, ...does };
    const error = await assertRejects(async () => await simulation.step(), code);
    assertMatches(error.message, message);
    assertEquals(crowd(simulation), before);
  }
});

Deno.test("storedPopulations() finds populations by name, and refuses others than the scenario's", async () => {
  const scenario = await scenarioOf();
  const entry = scenario.agents[0]!;
  const several = { ...scenario, agents: ["2", "1"].map((name, i) => ({ ...entry, name, count: 3 + i })) };
  const simulation = new SimulationOrchestrator({ domain, scenario: several, run_id: "t", now: () => 0 });
  script = IDLE;
  await simulation.start();
  const { populations } = simulation.checkpoint();
  const back = storedPopulations(domain, several, populations.toReversed());
  assertEquals([...back].map(({ name, size }) => [name, size]), [["2", 3], ["1", 4]]);
  for (const stored of [[], populations.slice(1), [...populations, { ...populations[0]!, name: "3" }]]) {
    assertThrows(() => storedPopulations(domain, several, stored), "bad_checkpoint");
  }
});

Deno.test("checkedDecision() refuses what is no decision", () => {
  const decision = { counts: { give: 0 }, intents: null };
  assertTrue(checkedDecision("crowd", decision) === decision);
  const bad = [undefined, null, 3, {}, { counts: null }, { counts: { give: -1 } }, { counts: { give: 0.5 } }];
  for (const value of bad) assertThrows(() => checkedDecision("crowd", value), "bad_decision");
  assertMatches(
    assertThrows(() => checkedDecision("crowd", Promise.resolve(decision)), "bad_decision").message,
    /returned a promise/,
  );
});
