import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import type { Action, Decision, Verdict } from "./action.ts";
import { BaseAgent } from "./agent.ts";
import { encodeState } from "./checkpoint.ts";
import type { AgentContext, EngineContext } from "./context.ts";
import { defineDomain } from "./domain.ts";
import { BaseEngine } from "./engine.ts";
import { type ResumePoint, SimulationOrchestrator } from "./orchestrator.ts";
import { loadScenario } from "./scenario/mod.ts";
import { SimulationState } from "./state.ts";
import { BaseValidator } from "./validator.ts";

type Purse = { coins: number };
type State = SimulationState<Purse, { seen: string }>;

/** Takes as many coins from the table as it sees others have in all. */
class GreedyAgent extends BaseAgent<unknown, Purse> {
  override decideAction(observation: State, context: AgentContext): Decision | Promise<Decision> {
    const others = observation.agents.records.filter((agent) => agent.name !== this.name);
    const decision = this.act("take", { coins: others.reduce((sum, agent) => sum + agent.coins, 0) });
    // Some answer late: it must not matter.
    return context.rng.chance(0.5) ? decision : Promise.resolve(decision);
  }
}

class TableEngine extends BaseEngine<unknown, Purse, { seen: string }> {
  override applyActions(state: State, actions: readonly Action[]): State {
    let { agents } = state;
    for (const { agent_name, parameters } of actions) {
      agents = agents.with(agent_name, { coins: agents.get(agent_name)!.coins + Number(parameters.coins) });
    }
    const seen = state.global_state.seen + actions.map((action) => action.agent_name).join("");
    return state.with({ agents, global_state: { seen } });
  }
  override applyEngineRules(state: State, context: EngineContext): State {
    if (context.turn === brokenIn) throw new Error("the table breaks");
    return state;
  }
}

class HonestValidator extends BaseValidator<unknown, Purse> {
  override validateAction(action: Action): Verdict {
    return Number(action.parameters.coins) <= 100 || { accepted: false, reason: "too greedy" };
  }
}

let brokenIn = 0;

const domain = defineDomain({
  name: "table",
  description: "",
  agents: [GreedyAgent],
  engines: [TableEngine],
  validators: [HonestValidator],
});

async function simulation(
  options: { schedule?: string; turns?: number; seed?: number; from?: ResumePoint } = {},
): Promise<SimulationOrchestrator> {
  const text = `
domain: table
simulation: { name: t, max_turns: ${options.turns ?? 3}, seed: ${options.seed ?? 1}, schedule: ${
    options.schedule ?? "simultaneous"
  } }
engine: { type: table }
validator: { type: honest }
agents:
  - { name: A, type: greedy, variables: { coins: 1 } }
  - { name: B, type: greedy, variables: { coins: 2 } }
  - { name: C, type: greedy, variables: { coins: 3 } }
state_variables:
  agent_vars: { coins: { type: float, default: 0, min: 0 } }
  global_vars: { seen: { type: str, default: "" } }
events: { verbosity: DETAIL }
`;
  const { scenario, issues } = await loadScenario({ text, file: "t.yaml", readFile: () => Promise.reject() });
  assertTrue(scenario, JSON.stringify(issues));
  return new SimulationOrchestrator({
    domain,
    scenario,
    run_id: "t",
    now: () => 0,
    ...(options.from && { from: options.from }),
  });
}

interface Played {
  readonly events: Record<string, unknown>[];
  readonly global: string;
  readonly agents: string;
}

async function play(simulation: SimulationOrchestrator): Promise<Played> {
  if (!simulation.started) await simulation.start();
  while (simulation.ended === null) await simulation.step();
  simulation.finish();
  return taken(simulation);
}

function taken(simulation: SimulationOrchestrator): Played {
  const { events, global, agents } = simulation.take();
  return { events: lines(events), global, agents };
}

const lines = (text: string) => text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
const coins = ({ state }: SimulationOrchestrator) => state.agents.records.map((agent) => agent.coins);

Deno.test("simultaneous: all decide from the same state, and their actions are applied in agent order", async () => {
  const playing = await simulation({ turns: 1 });
  await play(playing);
  assertEquals(coins(playing), [1 + 5, 2 + 4, 3 + 3]);
  assertEquals(playing.state.global_state.seen, "ABC");
});

Deno.test("sequential: each sees the state after the action before", async () => {
  const playing = await simulation({ turns: 1, schedule: "sequential" });
  await play(playing);
  assertEquals(coins(playing), [1 + 5, 2 + (6 + 3), 3 + (6 + 11)]);
});

Deno.test("random_order: the order changes from turn to turn and with the seed, and never otherwise", async () => {
  const order = async (seed: number) => {
    const playing = await simulation({ turns: 6, schedule: "random_order", seed });
    await play(playing);
    return String(playing.state.global_state.seen);
  };
  const [one, again, two] = [await order(1), await order(1), await order(2)];
  assertEquals(one, again);
  assertTrue(one !== two, "another seed, another order");
  assertTrue(new Set(one.match(/.{3}/g)).size > 1, `always the same order: ${one}`);
});

Deno.test("events have dense ids, and causes that came before them", async () => {
  const { events } = await play(await simulation());
  events.forEach((event, i) => {
    assertEquals(event.id, i + 1);
    for (const cause of (event.caused_by ?? []) as number[]) assertTrue(cause < i + 1);
  });
});

Deno.test("a changed variable is caused by the agent's action, that by its decision, that by the turn's start", async () => {
  const { events } = await play(await simulation({ turns: 1 }));
  const byId = (id: unknown) => events.find((event) => event.id === id)!;
  const change = events.find((event) => event.event_type === "ENV" && event.agent_id === "B")!;
  const action = byId((change.caused_by as number[])[0]);
  const decision = byId((action.caused_by as number[])[0]);
  const start = byId((decision.caused_by as number[])[0]);
  assertEquals([action.event_type, action.agent_id, decision.event_type, start.event_type], [
    "ACTION",
    "B",
    "DECISION",
    "MILESTONE",
  ]);
});

Deno.test("a rejected action is recorded with its reason and not applied", async () => {
  const playing = await simulation({ turns: 5 });
  const { events } = await play(playing);
  const rejected = events.filter((event) => (event.details as { validated?: boolean }).validated === false);
  assertTrue(rejected.length > 0);
  assertEquals((rejected[0]!.details as { reason: string }).reason, "too greedy");
  assertEquals(playing.stats.rejected, rejected.length);
  assertEquals(playing.stats.validated + playing.stats.rejected, 5 * 3);
});

Deno.test("a simulation resumed at any turn plays on as if it had never stopped", async () => {
  const whole = await play(await simulation({ turns: 4 }));
  for (const stop of [0, 1, 2, 3]) {
    const first = await simulation({ turns: 4 });
    await first.start();
    while (first.state.turn < stop) await first.step();
    const before = taken(first);
    const state = SimulationState.fromJSON(
      JSON.parse(encodeState(first.state)),
      first.state.agents.names(),
    );
    const second = await simulation({
      turns: 4,
      from: { state, next_event_id: first.nextEventId, stats: first.stats },
    });
    const after = await play(second);
    assertEquals([...before.events, ...after.events], whole.events, `stopped after turn ${stop}`);
    assertEquals(before.global + after.global, whole.global);
    assertEquals(before.agents + after.agents, whole.agents);
  }
});

Deno.test("a turn that fails leaves nothing behind: state, events, rows and totals are those of the turn before", async () => {
  const playing = await simulation({ turns: 4 });
  await playing.start();
  await playing.step();
  const before = { state: playing.state, stats: playing.stats, next: playing.nextEventId };
  taken(playing);
  brokenIn = 2;
  try {
    const error = await Promise.resolve(playing.step()).then(() => null, (error) => error);
    assertEquals([error?.code, error?.turn], ["engine_error", 2]);
    assertMatches(error.message, /^engine 'table' failed in turn 2: the table breaks$/);
  } finally {
    brokenIn = 0;
  }
  assertTrue(playing.state === before.state);
  assertEquals(playing.stats, before.stats);
  assertEquals(playing.nextEventId, before.next);
  assertEquals(taken(playing), { events: [], global: "", agents: "" });
});

Deno.test("no turn is played after the end, none is recorded before it", async () => {
  const playing = await simulation({ turns: 1 });
  assertThrows(() => playing.state, "not_started");
  assertThrows(() => playing.finish(), "not_ended");
  await play(playing);
  assertThrows(() => playing.step(), "already_ended");
  assertThrows(() => playing.start(), "already_started");
});
