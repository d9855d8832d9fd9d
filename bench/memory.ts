/**
 * Group 4: whether memory stays flat over turns. A process of its own plays 10,000 agents with everything switched on and
 * says how much memory it resides in. At first the heap grows until V8 collects all of it for the first time; what
 * counts comes after.
 */

import { fromFileUrl } from "../runner/paths.ts";
import { spread } from "./harness.ts";
import { StoredPlaying } from "./playing.ts";
import { type Row, row } from "./report.ts";

const AGENTS = 10_000;
/** Turns after which memory is looked at; the last two are compared. */
const TURNS = [50, 300, 1500, 3000] as const;
const PROCESSES = 5;

/** Resident memory early and late in a run. */
export function memoryRows(folder: string): Row[] {
  const measured = Array.from({ length: PROCESSES }, (_, i) => memoryOfProcess(`${folder}/${i}`));
  return TURNS.map((turn, at) => {
    const isLast = at === TURNS.length - 1;
    return row({
      ...{ name: "resident memory", features: `after turn ${turn}`, n: AGENTS, unit: "MB" },
      value: spread(measured.map((megabytes) => megabytes[at]!)),
      ratio: isLast ? spread(measured.map((megabytes) => megabytes[at]! / megabytes[at - 1]!)) : null,
      ratio_to: isLast ? `turn ${TURNS[at - 1]}` : null,
      ...(isLast && { budget: { of: "ratio", at: "most", limit: 1.1 } as const }),
    });
  });
}

/** Megabytes after each of {@linkcode TURNS}. */
function memoryOfProcess(folder: string): number[] {
  const args = ["run", "-A", "--no-check", fromFileUrl(new URL(import.meta.url)), folder];
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), { args }).outputSync();
  if (!success) throw new Error(`the memory process failed:\n${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

function playAndTell(folder: string): number[] {
  const playing = new StoredPlaying(folder, AGENTS, { metrics: true, agentsEvery: 10 });
  const resident = TURNS.map((turn) => {
    playing.play(turn - playing.simulation.state.turn);
    return Math.round(Deno.memoryUsage().rss / 1e6);
  });
  playing.close();
  return resident;
}

// deno-lint-ignore no-console -- the parent reads it
if (import.meta.main) console.log(JSON.stringify(playAndTell(Deno.args[0]!)));
