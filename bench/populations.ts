/**
 * Group 6: populations of 10,000 and 100,000 members with gini each turn, against the same model as plain loops over
 * typed arrays, and against Mesa where it is installed.
 */

import { PlainColumns } from "./boltzmann/columns.ts";
import { type Case, mapSpread, measure } from "./harness.ts";
import { runMesa } from "./mesa.ts";
import { playDiscarding, startedSimulation, StoredPlaying } from "./playing.ts";
import { type Budget, type Row, row } from "./report.ts";
import { schellingCases } from "./schelling.ts";

/** Member-turns that one measurement takes; Mesa, being slow, is given fewer. */
const MEMBER_TURNS = 20_000_000;
const MESA_MEMBER_TURNS = 500_000;
const SIZES = [10_000, 100_000] as const;

const FEATURES = { population: true, metrics: true } as const;
const ATLEAST_PLAIN: Budget = { of: "ratio", at: "least", limit: 0.5 };
const ATLEAST_MESA: Budget = { of: "ratio", at: "least", limit: 50 };

/** @param python that has Mesa; null when there is none */
export async function populationRows(python: string | null, folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const n of SIZES) {
    rows.push(...await besidePlain(n, `${folder}/${n}`));
    if (python !== null) rows.push(...await besideMesa(n, python));
  }
  if (python !== null) rows.push(...await rowsOf("Mesa", await schellingCases(python)));
  return rows;
}

async function besidePlain(n: number, folder: string): Promise<Row[]> {
  const turns = MEMBER_TURNS / n;
  const simulation = startedSimulation(n, FEATURES);
  const stored = new StoredPlaying(folder, n, FEATURES);
  const rows = await rowsOf(
    "plain columns",
    [
      { name: "plain columns", features: "gini", once: plain(n, "per member", turns) },
      { name: "plain columns", features: "gini, one stream", once: plain(n, "one", turns) },
      { name: "population", features: "gini", once: () => playDiscarding(simulation, turns), budget: ATLEAST_PLAIN },
      { name: "population", features: "gini, checkpoints", once: () => stored.play(turns) },
    ].map((each) => ({ ...each, n, units: MEMBER_TURNS, warmUp: 2 })),
  );
  stored.close();
  return rows;
}

function besideMesa(n: number, python: string): Promise<Row[]> {
  const simulation = startedSimulation(n, FEATURES);
  const turns = MEMBER_TURNS / n;
  return rowsOf("Mesa", [
    {
      ...{ name: "Mesa", features: "gini", n, units: MESA_MEMBER_TURNS },
      once: () => runMesa(python, "boltzmann_mesa.py", [n, MESA_MEMBER_TURNS / n]),
    },
    {
      ...{ name: "population", features: "gini", n, units: MEMBER_TURNS, warmUp: 2, budget: ATLEAST_MESA },
      once: () => playDiscarding(simulation, turns),
    },
  ]);
}

/** CPU time per member-turn, and the ratio of speeds to the first case. */
async function rowsOf(reference: string, cases: readonly (Case & { readonly budget?: Budget })[]): Promise<Row[]> {
  const measured = await measure(cases);
  return cases.map(({ name, features, n, budget }, i) =>
    row({
      ...{ name, features, n, unit: "ns/member-turn" },
      value: mapSpread(measured[i]!.cpu, (seconds) => seconds * 1e9),
      ratio: i === 0 ? null : mapSpread(measured[i]!.cpuRatio, (cost) => 1 / cost),
      ratio_to: i === 0 ? null : reference,
      ...(budget && { budget }),
    })
  );
}

function plain(n: number, streams: "per member" | "one", turns: number): () => void {
  const model = new PlainColumns(n, streams);
  return () => {
    for (let i = 0; i < turns; i++) {
      model.step();
      model.gini();
    }
  };
}
