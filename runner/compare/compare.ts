/** Two or more runs or cells side by side: what went into them, how they went, where they part, and what that says. */

import { SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { Excluded } from "../batch/mod.ts";
import { meanInterval, wilson } from "../stats.ts";
import type { Manifest, Row, RunStore } from "../store/mod.ts";
import { eventsOfTurn, type TurnDifference, turnDifference } from "./events.ts";
import { differingInputs, type InputDifference, MOST_DIFFERENCES, pathsApart } from "./inputs.ts";
import { firstApart, lookCount, matchesOf } from "./parting.ts";
import { type Kinship, sentenceOf } from "./sentence.ts";
import {
  columnsOf,
  firstDifference,
  type Grid,
  gridOf,
  isShare,
  readValues,
  type Source,
  type Values,
} from "./series.ts";
import { type Side, sidesOf } from "./sides.ts";

/** One side of a comparison. */
export interface ComparedRun {
  /** As it was asked for. */
  readonly id: string;
  readonly label: string;
  /** Runs behind it: 1 of a run by itself. */
  readonly runs: number;
  readonly excluded: Excluded;
  /** Last turn that any of its runs has played. */
  readonly turn: number;
}

/** A metric of one side over turns; lists of one length. */
export interface Series {
  readonly turns: readonly number[];
  /** The value, or the mean over seeds of a cell; null: there is none. */
  readonly values: readonly (number | null)[];
  /** Ends of the mean's interval, Student's, or Wilson's of a share; null: one run, or fewer than two seeds left in that turn. */
  readonly low: readonly (number | null)[] | null;
  readonly high: readonly (number | null)[] | null;
  /** Seeds behind each mean: runs that have ended are in none; null: one run. */
  readonly n: readonly number[] | null;
}

/** The first turn in which sides differ. */
export interface Parting {
  readonly turn: number;
  readonly metric: string;
  /** Positions of the first side and of the one that differs from it. */
  readonly between: readonly [number, number];
  /** The other's value less the first one's. */
  readonly size: number;
  /** How many times the noise floor that is; null: it has none, for one run tells of no noise, and shares, or units that all differ by the same, have an exact test. */
  readonly beyond: number | null;
}

/** What differs in the turn in which sides part. */
export interface AtParting extends TurnDifference {
  /** The run of every side whose events these are: of cells those of one seed, if they have one in common. */
  readonly runs: readonly string[];
}

/** A comparison. */
export interface Comparison {
  readonly runs: readonly ComparedRun[];
  /** Only what differs. */
  readonly inputs: readonly InputDifference[];
  /** Inputs that differ beyond those that are told. */
  readonly more_inputs: number;
  /** Metrics that all sides have, with a series of each side. */
  readonly metrics: readonly { readonly name: string; readonly series: readonly Series[] }[];
  /** Metrics that some sides do not have. */
  readonly left_out: readonly string[];
  /** Null: they do not part, or not beyond the noise floor. */
  readonly parting: Parting | null;
  /** Null: they do not part. */
  readonly at_parting: AtParting | null;
  /** What can be concluded, and what cannot. */
  readonly sentence: string;
}

/**
 * Compares runs, and cells of batches: each with the first.
 *
 * Single runs part at the first difference at all. Cells part beyond the noise floor, which is half the width of the
 * difference's interval, corrected for everything that was looked at; if they have more turns than are kept, the turn is
 * looked for among those that are, and then around it.
 * @param ids 2 to 20 ids of runs, or `batch:<id>/<cell or arm>`
 * @param labels what they are called; default: the shortest names that tell them apart
 * @throws {SimError} `bad_comparison`, `unknown_run`, `unknown_batch`, `unknown_arm`, `nothing_to_compare`,
 *   `nothing_in_common`
 */
export async function compare(
  app: App,
  store: RunStore,
  ids: readonly string[],
  labels: readonly string[] = [],
): Promise<Comparison> {
  const sides = (await sidesOf(app, ids)).map((side, i) => ({ ...side, label: labels[i] ?? side.label }));
  const unit = sides.some(({ runs }) => new Set(runs.map(({ seed }) => seed)).size > 1) ? "seed" : "sample";
  const configs = await Promise.all(sides.map(({ manifest }) => store.config(manifest.run_id)));
  const inputs = differingInputs(
    await Promise.all(sides.map(async ({ runs, manifest }, i) => ({
      manifest,
      config: configs[i]!,
      outside: await store.inputs(manifest.run_id),
      seeds: runs.map(({ seed }) => seed),
      samples: runs.map(({ sample }) => sample),
    }))),
  );
  const heads = await Promise.all(sides.map((side) => firstRow(app, side)));
  const { columns, names, left_out } = sharedColumns(heads.map(columnsOf), sides);
  const isSingle = sides.every(({ runs }) => runs.length === 1);
  const sources = sides.map(({ runs }) =>
    runs.map((run): Source => ({ unit: String(run[unit]), rows: () => app.rows(run.run_id, "global") }))
  );
  const first = isSingle
    ? await firstDifference(sources.map(([source], i) => ({ rows: source!.rows, columns: [...columns[i]!.values()] })))
    : null;

  const lastTurns = sides.map(({ runs }) => runs.reduce((most, { turn }) => Math.max(most, turn), 0));
  const starts = heads.map(({ turn }) => Number(turn));
  const also = new Set([...starts, ...lastTurns, ...(first ? [first.turn] : [])]);
  const every = configs.reduce((common, { metrics }) => leastCommonMultiple(common, metrics.every), 1);
  const width = names.length * sources.reduce((sum, runs) => sum + new Set(runs.map(({ unit }) => unit)).size, 0);
  const grid = gridOf(Math.min(...starts), Math.max(...lastTurns), every, width, also);
  const read = (grid: Grid) => Promise.all(sources.map((runs, i) => readValues(runs, columns[i]!, grid)));
  const values = await read(grid);

  const matches = isSingle ? [] : matchesOf(values);
  const deterministic = isDeterministic(values, names.length) &&
    await areStill(sources, heads.map(columnsOf), left_out, grid);
  // In the end all turns are looked at, also those that are not kept.
  const looks = isSingle ? 0 : Math.ceil(lookCount(values, matches, names.length) * Math.max(1, grid.stride / every));
  const found = first
    ? { ...first, beyond: null }
    : isSingle
    ? null
    : await firstApart(values, { matches, metrics: names.length, looks, deterministic }, {
      stride: grid.stride / every,
      read: (from, until) => read(gridOf(from, until, every, width, new Set())),
    });
  const parting: Parting | null = found && {
    turn: found.turn,
    metric: names[found.metric]!,
    between: [0, found.side],
    size: found.size,
    beyond: found.beyond,
  };
  return {
    runs: sides.map(({ id, label, runs, excluded }, i) => ({
      id,
      label,
      runs: runs.length,
      excluded,
      turn: lastTurns[i]!,
    })),
    inputs: inputs.slice(0, MOST_DIFFERENCES),
    more_inputs: Math.max(0, inputs.length - MOST_DIFFERENCES),
    metrics: names.map((name, metric) => ({
      name,
      series: values.map((side, i) =>
        seriesOf(side, metric, { isOne: sides[i]!.runs.length === 1, isShare: isShare(values, metric) })
      ),
    })),
    left_out,
    parting,
    at_parting: parting && await atParting(app, sides, unit, parting.turn),
    sentence: sentenceOf({
      sides,
      inputs,
      parting,
      kin: isSingle ? await kinshipOf(app, sides) : [],
      matches,
      looks,
      unit,
      deterministic,
      mixed: await Promise.all(sides.map(({ runs }) => mixedInputs(store, runs))),
    }),
  };
}

/** @throws {SimError} `nothing_to_compare` */
async function firstRow(app: App, { runs, label }: Side): Promise<Row> {
  for (const { run_id } of runs) {
    for await (const row of app.rows(run_id, "global")) return row;
  }
  throw new SimError("nothing_to_compare", `${label} has recorded nothing yet`, {
    hint: "wait until it has played a turn",
  });
}

/** @throws {SimError} `nothing_in_common` */
function sharedColumns(all: readonly ReadonlyMap<string, string>[], sides: readonly Side[]) {
  const every = [...new Set(all.flatMap((columns) => [...columns.keys()]))];
  const names = every.filter((name) => all.every((columns) => columns.has(name)));
  if (names.length === 0) {
    const has = all.map((columns, i) => `${sides[i]!.label}: ${[...columns.keys()].slice(0, 8).join(", ") || "none"}`);
    throw new SimError("nothing_in_common", "no metric has the same name in all of them", {
      hint: `give reporters of both the same name under metrics.reporters (${has.join("; ")})`,
    });
  }
  return {
    names,
    left_out: every.filter((name) => !names.includes(name)),
    columns: all.map((columns) => new Map(names.map((name) => [name, columns.get(name)!]))),
  };
}

function seriesOf(
  values: Values,
  metric: number,
  { isOne, isShare }: { readonly isOne: boolean; readonly isShare: boolean },
): Series {
  const turns = values.turns;
  const present = turns.map((turn) => values.at(turn, metric).filter((value) => !Number.isNaN(value)));
  if (isOne) return { turns, values: present.map(([value]) => value ?? null), low: null, high: null, n: null };
  const means = present.map((units) => {
    const mean = meanInterval(units);
    if (!isShare || units.length < 2) return mean;
    return wilson(units.reduce((sum, value) => sum + value), units.length);
  });
  return {
    turns,
    values: means.map(({ estimate }) => estimate),
    low: means.map(({ low }) => low),
    high: means.map(({ high }) => high),
    n: means.map(({ n }) => n),
  };
}

/** Whether every side has several units, and all of them are the same throughout. */
function isDeterministic(sides: readonly Values[], metrics: number): boolean {
  return sides.every((side) =>
    side.units.length > 1 &&
    side.turns.every((turn) =>
      Array.from({ length: metrics }, (_, metric) => side.at(turn, metric))
        .every((units) => units.every((value) => Object.is(value, units[0])))
    )
  );
}

/** Whether the metrics that some sides do not have are the same in all units of those that do, too. */
async function areStill(
  sources: readonly (readonly Source[])[],
  columns: readonly ReadonlyMap<string, string>[],
  names: readonly string[],
  grid: Grid,
): Promise<boolean> {
  for (const [i, runs] of sources.entries()) {
    const own = new Map(
      names.flatMap((name) => columns[i]!.has(name) ? [[name, columns[i]!.get(name)!] as const] : []),
    );
    if (own.size > 0 && !isDeterministic([await readValues(runs, own, grid)], own.size)) return false;
  }
  return true;
}

/** What goes into some runs of a side and not into others, besides seed and sample: paths. */
async function mixedInputs(store: RunStore, runs: Side["runs"]): Promise<string[]> {
  if (runs.length === 1) return [];
  const inputsOf = async ({ run_id }: Side["runs"][number]) => ({
    manifest: await store.manifest(run_id),
    config: await store.config(run_id),
    outside: await store.inputs(run_id),
    seeds: [],
    samples: [],
  });
  const first = await inputsOf(runs[0]!);
  const paths = new Set<string>();
  for (const run of runs.slice(1)) for (const path of pathsApart(first, await inputsOf(run))) paths.add(path);
  return [...paths];
}

async function atParting(app: App, sides: readonly Side[], unit: "seed" | "sample", turn: number): Promise<AtParting> {
  const [{ runs: first }] = sides as [Side];
  const shared = first.find((run) => sides.every(({ runs }) => runs.some((other) => other[unit] === run[unit])));
  const runs = sides.map(({ runs }) => (runs.find((run) => run[unit] === shared?.[unit]) ?? runs[0]!).run_id);
  const events = await Promise.all(runs.map((run) => eventsOfTurn(app.rows(run, "events"), turn)));
  return { runs, ...turnDifference(events) };
}

/** Which of the others share their past with the first one, and until when. */
async function kinshipOf(app: App, sides: readonly Side[]): Promise<Kinship[]> {
  const lines = await Promise.all(sides.map(({ manifest }) => lineOf(app, manifest)));
  const [{ manifest: first }] = sides as [Side];
  return sides.flatMap(({ manifest }, side) => {
    const shared = [...lines[side]!].flatMap(([run, until]) => {
      const other = lines[0]!.get(run);
      return other === undefined ? [] : [Math.min(until, other)];
    });
    if (side === 0 || shared.length === 0) return [];
    const same_chance = manifest.seed === first.seed && manifest.sample === first.sample;
    return [{ side, until: Math.max(...shared), same_chance }];
  });
}

/** A run and those that it was forked from, each with the last turn that it shares with the run. */
async function lineOf(app: App, run: Manifest): Promise<Map<string, number>> {
  const line = new Map([[run.run_id, Infinity]]);
  let until = Infinity;
  for (let { parent } = run; parent && !line.has(parent.run_id);) {
    until = Math.min(until, parent.turn);
    line.set(parent.run_id, until);
    const next: Manifest | null = await app.status(parent.run_id).catch((error) => {
      if (error instanceof SimError && error.code === "unknown_run") return null;
      throw error;
    });
    parent = next?.parent;
  }
  return line;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return a / x * b;
}
