/** Segregation (`domains/classic`) beside the same model in Mesa: a population whose members interact in space. */

import classic from "../domains/classic/mod.ts";
import { type ResolvedScenario, SimulationOrchestrator } from "../framework/mod.ts";
import { loadScenario } from "../framework/scenario/mod.ts";
import { ROOT } from "../runner/mod.ts";
import { runMesa } from "./mesa.ts";
import { playDiscarding } from "./playing.ts";
import type { Case } from "./harness.ts";

/** As in the scenario. */
const HOUSEHOLDS = 2470;
const WIDTH = 51;
const TURNS = 200;
const MESA_TURNS = 20;

/** Mesa's model, then ours; nobody settles, so that every turn is as much work as the one before. */
export async function schellingCases(python: string): Promise<Case[]> {
  const scenario = await restless();
  const simulation = new SimulationOrchestrator({ domain: classic, scenario, run_id: "bench_schelling" });
  await simulation.start();
  return [
    {
      ...{ name: "Mesa, Schelling", features: "happy", n: HOUSEHOLDS, units: HOUSEHOLDS * MESA_TURNS },
      once: () => runMesa(python, "schelling_mesa.py", [HOUSEHOLDS, WIDTH, MESA_TURNS]),
    },
    {
      ...{ name: "population, Schelling", features: "happy", n: HOUSEHOLDS, units: HOUSEHOLDS * TURNS, warmUp: 2 },
      once: () => playDiscarding(simulation, TURNS),
    },
  ];
}

/** `schelling_restless.yaml` with homes as in Mesa and without an end. */
async function restless(): Promise<ResolvedScenario> {
  const folder = `${ROOT}/scenarios/classic`;
  const file = `${folder}/schelling_restless.yaml`;
  const set = { "agents.households.config.relocation": "anywhere", "simulation.max_turns": Number.MAX_SAFE_INTEGER };
  const { scenario, issues } = await loadScenario({
    text: await Deno.readTextFile(file),
    file,
    readFile: async (reference) => ({ file: reference, text: await Deno.readTextFile(`${folder}/${reference}`) }),
    set: Object.entries(set).map(([path, value]) => ({ path, value, from: "bench" })),
  });
  if (!scenario) throw new Error(issues.map(({ message }) => message).join("\n"));
  return { ...scenario, events: { verbosity: "MILESTONE" } };
}
