/** What it costs that agents see others with noise: one turn's observations of all agents, against a plain copy. */

import { AgentMap, Observer, SimulationState, type VariableDefinitions } from "../framework/mod.ts";
import { type Case, measure } from "./harness.ts";
import { inMilliseconds, type Row } from "./report.ts";

const AGENTS = 100;
/** Turns that one measurement takes. */
const TURNS = 20;
const VARIABLES = ["wealth", "debt", "health", "trust", "reach"] as const;
const NOISE = 0.1;

/** Every agent sees every other's five numbers. */
export async function observationRows(): Promise<Row[]> {
  const definitions: VariableDefinitions = Object.fromEntries(
    VARIABLES.map((name) => [name, { type: "float", default: 1 }]),
  );
  const agents = AgentMap.of(
    Array.from(
      { length: AGENTS },
      (_, i) => Object.freeze({ name: `agent_${i}`, wealth: i, debt: i / 3, health: 1.5, trust: 0.25 * i, reach: 2 }),
    ),
  );
  const state = new SimulationState({ turn: 0, agents, global_state: {} });
  const observing = (noise: number) => {
    const observer = new Observer(
      { external: [], internal: [], matrix: [], default: { level: "insider", noise } },
      { agents: [], state_variables: { agent_vars: definitions, global_vars: {} } },
      1,
    );
    return (name: string, turn: number) => observer.observe(name, state, turn);
  };
  const cases: Case[] = [
    { name: "plain", features: "copy × uniform", look: () => plainCopies(agents) },
    { name: "observations", features: "noise", look: observing(NOISE) },
    { name: "observations", features: "everything seen", look: observing(0) },
  ].map(({ name, features, look }) => ({
    ...{ name, features, n: AGENTS, units: TURNS, warmUp: 2 },
    once: () => {
      for (let turn = 1; turn <= TURNS; turn++) for (const { name } of agents) look(name, turn);
    },
  }));
  const measured = await measure(cases);
  return cases.map((each, i) =>
    inMilliseconds(
      each,
      measured[i]!,
      i === 0 ? null : "plain",
      i === 1 ? { of: "value", at: "most", limit: 5 } : undefined,
    )
  );
}

let random = 1;

/** Copies of all records, every number times a number near 1: as little as noise can do. */
function plainCopies(agents: AgentMap): object[] {
  return agents.records.map((record) => {
    const copy: Record<string, unknown> = { name: record.name };
    for (const variable of VARIABLES) {
      random = (Math.imul(random, 1664525) + 1013904223) | 0;
      copy[variable] = record[variable] * (1 + NOISE * (random / 2147483648));
    }
    return copy;
  });
}
