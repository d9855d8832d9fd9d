/** Group 1: the turn loop at 2, 100 and 10,000 agents, each feature row against the plain loop of the same model. */

import { PlainBoltzmann } from "./boltzmann/mod.ts";
import { type Case, mapSpread, measure, type Measured } from "./harness.ts";
import { playDiscarding, startedSimulation, StoredPlaying } from "./playing.ts";
import { type Budget, type Row, row } from "./report.ts";
import type { Features } from "./scenario.ts";

/** Agent-turns that one measurement of a loop takes. */
const AGENT_TURNS = 400_000;
/** A turn has costs of its own; with two agents they are what is measured. */
const MOST_TURNS = 20_000;

/** Sizes measured. */
export const SIZES = [2, 100, 10_000] as const;

const ATLEAST_PLAIN: Budget = { of: "ratio", at: "least", limit: 0.55 };
const ACTION_EVENTS: Budget = { of: "value", at: "most", limit: 4 };
const EVERYTHING: Budget = { of: "value", at: "most", limit: 1.6 };
const SMALL_TURN: Budget = { of: "value", at: "most", limit: 150 };

/** Rows of all sizes. @param folder for the run folders that are written */
export async function loopRows(folder: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (const n of SIZES) rows.push(...await rowsOfSize(n, `${folder}/${n}`));
  return rows;
}

async function rowsOfSize(n: number, folder: string): Promise<Row[]> {
  const everything = { metrics: true, agentsEvery: 10 };
  const quiet = new StoredPlaying(`${folder}/milestone`, n, everything);
  const noisy = new StoredPlaying(`${folder}/action`, n, { ...everything, verbosity: "ACTION" });
  // Ratios are to the first of a group.
  const bare: Looping[] = [
    { name: "plain", features: "bare", play: plain(n, "per agent", false) },
    { name: "plain", features: "bare, one stream", play: plain(n, "one", false) },
    { name: "loop", features: "bare", play: discarding(n, {}), budget: ATLEAST_PLAIN },
    { name: "loop", features: "events", play: discarding(n, { verbosity: "ACTION" }), budget: ACTION_EVENTS },
  ];
  const gini: Looping[] = [
    { name: "plain", features: "gini", play: plain(n, "per agent", true) },
    { name: "plain", features: "gini, one stream", play: plain(n, "one", true) },
    { name: "loop", features: "gini", play: discarding(n, { metrics: true }), budget: ATLEAST_PLAIN },
    { name: "loop", features: "everything", play: (turns) => quiet.play(turns), budget: EVERYTHING },
    { name: "loop", features: "everything, ACTION", play: (turns) => noisy.play(turns), budget: ACTION_EVENTS },
  ];
  const rows = [...await loopGroup(n, bare), ...await loopGroup(n, gini)];
  quiet.close();
  noisy.close();
  return rows;
}

interface Looping {
  readonly name: string;
  readonly features: string;
  readonly play: (turns: number) => void;
  /** At 10,000 agents. */
  readonly budget?: Budget;
}

async function loopGroup(n: number, loops: readonly Looping[]): Promise<Row[]> {
  const turns = Math.min(MOST_TURNS, Math.ceil(AGENT_TURNS / n));
  const cases = loops.map(({ name, features, play }): Case => ({
    name,
    features,
    n,
    units: turns,
    once: () => play(turns),
    warmUp: 2,
  }));
  const measured = await measure(cases);
  return loops.flatMap((loop, i) => rowsOfLoop(loop, n, measured[i]!, i === 0));
}

/** Turns per second, and CPU time: per agent-turn at the largest size, per turn below. Its ratio is that of speeds. */
function rowsOfLoop({ name, features, budget }: Looping, n: number, measured: Measured, isReference: boolean): Row[] {
  const what = { name, features, n };
  const largest = n === SIZES.at(-1);
  const ratio = isReference ? null : mapSpread(measured.cpuRatio, (cost) => 1 / cost);
  const limit = largest ? budget : n === SIZES[0] && features.startsWith("everything") ? SMALL_TURN : undefined;
  return [
    row({ ...what, value: mapSpread(measured.wall, (s) => 1 / s), unit: "turns/s", ratio: null, ratio_to: null }),
    row({
      ...what,
      value: mapSpread(measured.cpu, (seconds) => seconds * 1e6 / (largest ? n : 1)),
      unit: largest ? "µs/agent-turn" : "µs/turn",
      ratio,
      ratio_to: ratio && "plain",
      ...(limit && { budget: limit }),
    }),
  ];
}

function plain(n: number, streams: "per agent" | "one", gini: boolean): (turns: number) => void {
  const model = new PlainBoltzmann(n, streams);
  return (turns) => {
    for (let i = 0; i < turns; i++) {
      model.step();
      if (gini) model.gini();
    }
  };
}

function discarding(n: number, features: Features): (turns: number) => void {
  const simulation = startedSimulation(n, features);
  return (turns) => playDiscarding(simulation, turns, features.verbosity !== undefined);
}
