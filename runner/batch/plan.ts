/** From what a batch says to the runs that it is: cells × seeds × samples, in an order in which all cells grow alike. */

import { canonicalJson, type Json, rng, sha256, SimError } from "../../framework/mod.ts";
import {
  type BatchBlock,
  type BatchCell,
  type BatchMember,
  type BatchSpec,
  MOST_RUNS,
  readSeeds,
  tooManyRuns,
} from "./spec.ts";

type Combination = { readonly [name: string]: { readonly path: string; readonly value: Json } };

type Arm = NonNullable<BatchSpec["arms"]>[string];

/** Bytes of a plan, in which every cell has its scenario and its settings. */
const MOST_BYTES = 64 << 20;

/** The cells of a batch. @throws {SimError} `too_many_runs` with the number, `batch_too_large`, `bad_grid`, `same_arms` */
export function cellsOf(spec: BatchSpec): BatchCell[] {
  const arms: readonly (readonly [string | null, Arm])[] = spec.arms ? Object.entries(spec.arms) : [[null, {}]];
  const count = arms.length * combinationCount(spec);
  if (count > MOST_RUNS) throw tooMany(count, "combinations");
  assertSmall(spec, count);
  const combinations = combinationsOf(spec);
  const cells = arms.flatMap(([arm, { scenario, set }]) =>
    combinations.map((combination): Omit<BatchCell, "index"> => ({
      arm,
      params: Object.fromEntries(Object.entries(combination).map(([name, { value }]) => [name, value])),
      set: [
        ...settingsOf(spec.set),
        ...settingsOf(set),
        ...Object.values(combination).map(({ path, value }) => ({ path, value })),
      ],
      scenario: scenario ?? spec.scenario!,
    }))
  );
  assertDistinct(cells);
  return cells.map((cell, index) => ({ index, ...cell }));
}

/** The first stretch of seeds. @throws {SimError} `bad_seeds`, `repeated_seed` */
export function firstBlock({ seeds, samples }: BatchSpec): BatchBlock {
  return { seeds: seeds === undefined ? [null] : readSeeds(seeds), samples: samples ?? 1 };
}

/** How many runs that is. */
export function runCount(cells: readonly unknown[], blocks: readonly BatchBlock[]): number {
  return blocks.reduce((sum, { seeds, samples }) => sum + cells.length * seeds.length * samples, 0);
}

/** @throws {SimError} `too_many_runs` */
export function assertPlayable(cells: readonly unknown[], blocks: readonly BatchBlock[]): void {
  const count = runCount(cells, blocks);
  if (count > MOST_RUNS) throw tooMany(count, "runs");
}

/** All runs: seed by seed, so that at any time all cells have been played equally often. */
export function* membersOf(cells: readonly BatchCell[], blocks: readonly BatchBlock[]): Iterable<BatchMember> {
  let n = 0;
  for (const { seeds, samples } of blocks) {
    for (const seed of seeds) {
      for (let sample = 0; sample < samples; sample++) {
        for (const { index } of cells) yield { n: n++, cell: index, seed, sample };
      }
    }
  }
}

function settingsOf(set: BatchSpec["set"]): { path: string; value: Json }[] {
  return Object.entries(set ?? {}).map(([path, value]) => ({ path, value }));
}

function combinationCount({ grid, random, list }: BatchSpec): number {
  if (grid) {
    return Object.entries(grid).reduce((product, [name, parameter]) => product * valueCount(name, parameter), 1);
  }
  return random?.n ?? list?.length ?? 1;
}

type GridParameter = NonNullable<BatchSpec["grid"]>[string];

function valueCount(name: string, parameter: GridParameter): number {
  if ("values" in parameter) return parameter.values.length;
  const { from, to, step } = parameter;
  const steps = (to - from) / step;
  if (step === 0 || !(steps >= 0)) {
    throw new SimError("bad_grid", `'${name}' leads nowhere: from ${from} to ${to} by ${step}`, {
      hint: "from, to and step must point the same way, for example from: 0, to: 1, step: 0.25",
    });
  }
  // A step of 0.1 is not quite a tenth.
  return Math.floor(steps + 1e-9) + 1;
}

function valuesOf(name: string, parameter: GridParameter): readonly Json[] {
  if ("values" in parameter) return parameter.values;
  const { from, step } = parameter;
  const places = Math.max(decimals(from), decimals(step));
  return Array.from({ length: valueCount(name, parameter) }, (_, i) => Number((from + i * step).toFixed(places)));
}

function decimals(value: number): number {
  const [mantissa, exponent] = String(value).split("e") as [string, string | undefined];
  return Math.min(100, Math.max(0, (mantissa.split(".")[1]?.length ?? 0) - Number(exponent ?? 0)));
}

function combinationsOf({ grid, random, list }: BatchSpec): Combination[] {
  if (grid) {
    return Object.entries(grid).reduce<Combination[]>(
      (before, [name, parameter]) =>
        before.flatMap((combination) =>
          valuesOf(name, parameter).map((value) => ({ ...combination, [name]: { path: parameter.path, value } }))
        ),
      [{}],
    );
  }
  if (random) {
    return Array.from({ length: random.n }, (_, i) =>
      Object.fromEntries(
        Object.entries(random.params).map(([name, parameter]) => [
          name,
          { path: parameter.path, value: drawn(parameter, rng(random.seed ?? 1, "batch", name, i + 1)) },
        ]),
      ));
  }
  const paths = [...new Set((list ?? []).flatMap(Object.keys))];
  const names = columnNames(paths);
  return (list ?? [{}]).map((settings) =>
    Object.fromEntries(Object.entries(settings).map(([path, value]) => [names[paths.indexOf(path)]!, { path, value }]))
  );
}

/** A name for each of different paths: its last word, or as many as it takes to tell it from the others. */
export function columnNames(paths: readonly string[]): string[] {
  const tail = (path: string, words: number) => path.split(".").slice(-words).join(".");
  return paths.map((path) => {
    let words = 1;
    while (paths.some((other) => other !== path && tail(other, words) === tail(path, words))) words++;
    return tail(path, words).replaceAll(/[^\w.-]/g, "_").replace(/^(?![A-Za-z_])/, "_");
  });
}

type DrawnParameter = NonNullable<BatchSpec["random"]>["params"][string];

function drawn(parameter: DrawnParameter, stream: ReturnType<typeof rng>): Json {
  if ("uniform" in parameter) return stream.uniform(...parameter.uniform);
  if ("normal" in parameter) return stream.normal(...parameter.normal);
  return stream.choice(parameter.choice);
}

/** Two cells that are the same would be the same runs, counted twice. */
function assertDistinct(cells: readonly Omit<BatchCell, "index">[]): void {
  const seen = new Map<string, Omit<BatchCell, "index">>();
  // Many cells have one scenario: it is looked at once.
  const scenarios = new Map<BatchCell["scenario"], string>();
  for (const cell of cells) {
    const scenario = scenarios.getOrInsertComputed(cell.scenario, (each) => sha256(canonicalJson(each)));
    const key = canonicalJson([scenario, Object.fromEntries(cell.set.map(({ path, value }) => [path, value]))]);
    const same = seen.get(key);
    if (same !== undefined) {
      const both = `${cellName(same)} and ${cellName(cell)}`;
      throw new SimError("same_arms", `${both} are the same`, {
        hint: "every arm and every combination differs in something",
      });
    }
    seen.set(key, cell);
  }
}

/** Numbers of one parameter that are all looked at. */
const FEW = 20;

/**
 * Cells in which there is every arm and every value of every parameter once. Of many numbers the ends stand for those
 * between them, whole ones and others apart: what a setting takes is a range.
 */
export function telling(cells: readonly BatchCell[]): BatchCell[] {
  const values = new Map<string, Map<string, Json>>();
  const parts = ({ arm, params }: BatchCell): [name: string, value: Json][] => [["", arm], ...Object.entries(params)];
  for (const cell of cells) {
    for (const [name, value] of parts(cell)) {
      values.getOrInsertComputed(name, () => new Map()).set(JSON.stringify(value), value);
    }
  }
  const open = new Map(
    [...values].map((
      [name, all],
    ) => [name, new Set([...ends([...all.values()])].map((value) => JSON.stringify(value)))]),
  );
  return cells.filter((cell) => {
    const fresh = parts(cell).filter(([name, value]) => open.get(name)!.delete(JSON.stringify(value)));
    return fresh.length > 0;
  });
}

function* ends(values: readonly Json[]): Iterable<Json> {
  const numbers = values.filter((value) => typeof value === "number");
  yield* values.filter((value) => typeof value !== "number");
  if (numbers.length <= FEW) return yield* numbers;
  const sorted = numbers.toSorted((a, b) => a - b);
  for (const kind of [sorted.filter(Number.isInteger), sorted.filter((value) => !Number.isInteger(value))]) {
    if (kind.length > 0) yield* [kind[0]!, kind.at(-1)!];
  }
}

/** @throws {SimError} `batch_too_large` */
function assertSmall({ scenario, set, arms }: BatchSpec, cells: number): void {
  const bytes = JSON.stringify([scenario, set, arms]).length * cells;
  if (bytes <= MOST_BYTES) return;
  const size = Math.round(bytes / 2 ** 20).toLocaleString("en");
  throw new SimError(
    "batch_too_large",
    `${cells.toLocaleString("en")} cells, each with its scenario and settings, are ${size} MiB`,
    { hint: `at most ${MOST_BYTES >> 20} MiB are kept: put the scenario into a file, and name that` },
  );
}

/** A cell in words: `tight, rate 0.05`. */
export function cellName({ arm, params }: Pick<BatchCell, "arm" | "params">): string {
  const values = Object.entries(params).map(([name, value]) =>
    `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`
  );
  return [...(arm === null ? [] : [arm]), ...values].join(", ") || "the scenario";
}

function tooMany(count: number, what: string): SimError {
  return tooManyRuns(count, what, "take fewer values, or draw some of them: random: { n: 100, params: … }");
}
