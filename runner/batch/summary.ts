/** What the runs of a batch say: every metric by cell, cells against each other, and how much of it is chance. */

import { didYouMean, type Json, SimError } from "../../framework/mod.ts";
import {
  compareArms,
  type ComparedArm,
  compareShares,
  type Comparison,
  correctComparisons,
  DEFAULT_CONFIDENCE,
  describe,
  mean,
  spearman,
  varianceSplit,
  verdict,
  wilson,
} from "../stats.ts";
import { cellName } from "./plan.ts";
import type { BatchCell } from "./spec.ts";
import type { BatchRow } from "./view.ts";

/** Runs that say nothing: they are counted, and left out. */
export interface Excluded {
  /** Completed, but its agents mostly fell back. */
  readonly void: number;
  /** Failed, cancelled, removed or could not be started. */
  readonly failed: number;
  /** Not at their end yet. */
  readonly pending: number;
}

/** A metric in one cell. A seed counts once, with the mean of its samples. */
export interface CellSummary {
  /** Position of the cell. */
  readonly cell: number;
  /** Seeds behind the numbers. */
  readonly n: number;
  /** Runs behind them. */
  readonly runs: number;
  /** Runs that came to their end without a number for this metric. */
  readonly missing: number;
  readonly mean: number | null;
  /** Null for fewer than two seeds. */
  readonly sd: number | null;
  /** End of the mean's interval, Student's, or of a share Wilson's; null for fewer than two seeds, or values without spread. */
  readonly low: number | null;
  readonly high: number | null;
  readonly median: number | null;
  readonly min: number | null;
  readonly max: number | null;
}

/** Two cells against each other. */
export interface CellComparison {
  /** Position of the cell. */
  readonly a: number;
  /** Position of the one that it is held against. */
  readonly b: number;
  /** Seeds that both have; 0: they are not paired. */
  readonly pairs: number;
  /** Seeds that only one of them has, left out of the pairs. */
  readonly left_out: number;
  /** Mean of a less mean of b. It has no interval where the values have no spread, nor of shares: they have their own. */
  readonly difference: { readonly estimate: number | null; readonly low: number | null; readonly high: number | null };
  readonly p: number | null;
  /** By Holm, for all comparisons of this metric. */
  readonly p_adjusted: number | null;
  /** In standard deviations: of the pairs' differences, or else of the runs. */
  readonly effect: number | null;
  /** Whether the difference is more than chance makes, p adjusted; null: that cannot be said. */
  readonly above_noise: boolean | null;
  readonly sentence: string;
}

/** How much of a metric's spread within cells comes from where; standard deviations. */
export interface NoiseSummary {
  /** Of one run with another seed. Without a second sample of some seed the models' part is in it. */
  readonly seed_sd: number | null;
  /** Of one run with another sample, so of models; null: no seed has two samples. */
  readonly sample_sd: number | null;
  /** The mean over comparisons of the smallest difference that they can tell; null: there is none. */
  readonly floor: number | null;
}

/** How a metric goes with a parameter, over the means of cells; −1 to 1. */
export interface Sensitivity {
  readonly param: string;
  /** Spearman's; null: the metric does not vary. */
  readonly rho: number | null;
  /** Null for fewer than four cells. */
  readonly low: number | null;
  readonly high: number | null;
  readonly p: number | null;
  /** Cells behind it. */
  readonly n: number;
}

/** A metric over the batch. */
export interface MetricSummary {
  readonly name: string;
  /** Whether it is 1 for yes and 0 for no, so that means are shares. */
  readonly share: boolean;
  readonly cells: readonly CellSummary[];
  readonly comparisons: readonly CellComparison[];
  /** Null: no cell has two runs. */
  readonly noise: NoiseSummary | null;
  /** Null: no parameter has two numbers as values. */
  readonly sensitivity: readonly Sensitivity[] | null;
}

/** What a batch says. */
export interface BatchSummary {
  /** Whether runs of a cell have the same numbers throughout, also those that are not looked at, and some cell has two seeds. */
  readonly deterministic: boolean;
  readonly excluded: Excluded;
  readonly metrics: readonly MetricSummary[];
  /** What can be concluded and what cannot, most important first. */
  readonly sentences: readonly string[];
}

/** What is summarised. */
export interface SummaryOptions {
  /** Names of metrics; absent: all that are known or that any run has. */
  readonly metrics?: readonly string[];
  /** Metrics that there are, though no run may have a number for them. */
  readonly known?: readonly string[];
  /** Of the intervals. Default 0.95. */
  readonly confidence?: number;
}

/** More cells than this are not held against each other one by one: parameters say more. */
const MOST_COMPARED = 100;
/** Sentences about single comparisons. */
const MOST_TOLD = 12;
/** Metrics that are named in one sentence. */
const MOST_NAMED = 5;

/**
 * Summarises the rows of a batch. Void runs and runs that did not complete are counted and left out.
 *
 * An arm is held against the first arm at the same parameters; without several arms a cell is held against the first one.
 * @throws {SimError} `unknown_metric`, `bad_statistic` for a confidence that is none
 */
export function summaryOf(
  cells: readonly BatchCell[],
  rows: readonly BatchRow[],
  options: SummaryOptions = {},
): BatchSummary {
  const { confidence = DEFAULT_CONFIDENCE } = options;
  const used = rows.filter(({ status, validity }) => status === "completed" && validity !== "void");
  const excluded = excludedOf(rows);
  const names = namesOf(used, options);
  const ofCell = Map.groupBy(used, ({ cell }) => cell);
  const byCell = cells.map(({ index }) => ofCell.get(index) ?? []);
  const deterministic = isDeterministic(byCell);
  const pairs = cells.length > MOST_COMPARED ? [] : pairsOf(cells);
  const metrics = names.map((name) => metricOf(name, { cells, byCell, pairs, deterministic, confidence }));
  return {
    deterministic,
    excluded,
    metrics,
    sentences: sentencesOf({ cells, byCell, excluded, deterministic, metrics, pairs: pairs.length }),
  };
}

type Counted = { readonly status: string; readonly validity: string | null };

/** How many rows say nothing, and why. */
export function excludedOf(rows: readonly Counted[]): Excluded {
  const isOpen = ({ status }: Counted) => ["pending", "queued", "running", "paused", "interrupted"].includes(status);
  return {
    void: rows.filter(({ status, validity }) => status === "completed" && validity === "void").length,
    failed: rows.filter((row) => row.status !== "completed" && !isOpen(row)).length,
    pending: rows.filter(isOpen).length,
  };
}

/** `2 void, 1 failed`; empty when nothing is left out. */
export function excludedText({ void: empty, failed, pending }: Excluded): string {
  return ([[empty, "void"], [failed, "failed"], [pending, "not at their end"]] as const)
    .filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`).join(", ");
}

function namesOf(rows: readonly BatchRow[], { metrics: wanted, known = [] }: SummaryOptions): string[] {
  const bare = (name: string) => name.replace(/^(?:global|metric)\./, "");
  const found = [...new Set(rows.flatMap(({ metrics }) => Object.keys(metrics)))];
  const isFound = (name: string) => found.includes(name) || found.includes(bare(name));
  const all = [...found, ...new Set(known.filter((name) => !isFound(name)).map(bare))];
  if (wanted === undefined || all.length === 0) return wanted?.slice() ?? all;
  return wanted.map((name) => {
    const named = [name, bare(name)].find((each) => all.includes(each));
    if (named !== undefined) return named;
    throw new SimError("unknown_metric", `no run of the batch has a metric '${name}'`, { hint: didYouMean(name, all) });
  });
}

/** Whether some cell has several seeds, and no number at all differs between runs of a cell. */
function isDeterministic(byCell: readonly (readonly BatchRow[])[]): boolean {
  return byCell.some((runs) => new Set(runs.map(({ seed }) => seed)).size > 1) &&
    byCell.every((runs) =>
      runs.every(({ fingerprint }) => fingerprint !== undefined && fingerprint === runs[0]!.fingerprint)
    );
}

/** Which cell is held against which: an arm against the first one at the same parameters, or a cell against the first. */
function pairsOf(cells: readonly BatchCell[]): (readonly [a: BatchCell, b: BatchCell])[] {
  const [first] = cells;
  const hasArms = cells.some(({ arm }) => arm !== first!.arm);
  return cells.flatMap((cell) => {
    const reference = hasArms
      ? cells.find(({ arm, params }) => arm === first!.arm && JSON.stringify(params) === JSON.stringify(cell.params))
      : first;
    return reference === undefined || reference === cell ? [] : [[cell, reference] as const];
  });
}

/** What the metrics of a batch have in common. */
interface Design {
  readonly cells: readonly BatchCell[];
  readonly byCell: readonly (readonly BatchRow[])[];
  readonly pairs: readonly (readonly [BatchCell, BatchCell])[];
  readonly deterministic: boolean;
  readonly confidence: number;
}

interface Value {
  readonly seed: number;
  readonly value: number;
}

function metricOf(name: string, { cells, byCell, pairs, deterministic, confidence }: Design): MetricSummary {
  const values = byCell.map((runs) =>
    runs.flatMap(({ seed, metrics }): Value[] =>
      metrics[name] === undefined ? [] : [{ seed: seed!, value: metrics[name] }]
    )
  );
  const bySeed = values.map((runs) =>
    [...Map.groupBy(runs, ({ seed }) => seed).values()].map((each) => each.map(({ value }) => value))
  );
  const share = isShare(name, byCell.flat());
  const summaries = cells.map(({ index }, i): CellSummary => {
    const seeds = bySeed[i]!.map(mean);
    const { estimate, n, ...rest } = describe(seeds, confidence);
    const runs = values[i]!.length;
    return {
      cell: index,
      n,
      runs,
      missing: byCell[i]!.length - runs,
      mean: estimate,
      ...rest,
      ...(!deterministic && intervalOf(seeds, { share, sd: rest.sd, confidence })),
    };
  });
  const armOf = (cell: BatchCell): ComparedArm => (
    { name: cellName(cell), replicates: values[cell.index]!, varies: !deterministic }
  );
  const compare = share ? compareShares : compareArms;
  const compared = correctComparisons(pairs.map(([a, b]) => compare(armOf(a), armOf(b), confidence)));
  const comparisons = compared.map((comparison, i): CellComparison => {
    const [a, b] = pairs[i]!;
    const { estimate, low, high, p, effect, design, seeds, correction } = comparison;
    const isPaired = design === "paired";
    return {
      a: a.index,
      b: b.index,
      pairs: isPaired ? seeds[0] : 0,
      left_out: isPaired ? bySeed[a.index]!.length + bySeed[b.index]!.length - 2 * seeds[0] : 0,
      difference: { estimate, low, high },
      p,
      p_adjusted: correction?.p ?? p,
      effect,
      above_noise: isAbove(comparison),
      sentence: verdict(comparison),
    };
  });
  return {
    name,
    share,
    cells: summaries,
    comparisons,
    noise: noiseOf(bySeed, compared),
    sensitivity: sensitivityOf(cells, summaries, confidence),
  };
}

/** Whether all values are 0 or 1, and both are there: where there is one of them only, runs must say that it is yes or no. */
function isShare(name: string, runs: readonly BatchRow[]): boolean {
  const values = new Set(runs.flatMap(({ metrics }) => metrics[name] ?? []));
  if (values.size === 0 || !values.isSubsetOf(new Set([0, 1]))) return false;
  return values.size === 2 || runs.some(({ yes_no }) => yes_no?.includes(name));
}

/** An interval in place of Student's, where that says too much: of shares, and of values that are all the same. */
function intervalOf(
  seeds: readonly number[],
  { share, sd, confidence }: { readonly share: boolean; readonly sd: number | null; readonly confidence: number },
): Partial<Pick<CellSummary, "low" | "high">> {
  if (share && seeds.length > 1) {
    const yes = seeds.reduce((sum, part) => sum + part);
    const { low, high } = wilson(yes, seeds.length, confidence);
    return { low, high };
  }
  return sd === 0 ? { low: null, high: null } : {};
}

function isAbove({ conclusion, estimate }: Comparison): boolean | null {
  if (conclusion === "too_few") return null;
  return conclusion === "deterministic" ? estimate !== 0 : conclusion === "above" || conclusion === "below";
}

/** The variance within cells, the mean of all cells that tell of it. */
function noiseOf(
  bySeed: readonly (readonly (readonly number[])[])[],
  compared: readonly Comparison[],
): NoiseSummary | null {
  const splits = bySeed.filter((groups) => groups.flat().length > 1).map(varianceSplit);
  if (splits.length === 0) return null;
  const present = (parts: readonly (number | null)[]) => parts.filter((part) => part !== null);
  const rooted = (parts: readonly number[]) => parts.length === 0 ? null : Math.sqrt(mean(parts));
  const floors = present(compared.map(({ floor }) => floor));
  return {
    seed_sd: rooted(present(splits.map(({ seed, sample, total }) => sample === null ? total : seed))),
    sample_sd: rooted(present(splits.map(({ sample }) => sample))),
    floor: floors.length === 0 ? null : mean(floors),
  };
}

function sensitivityOf(
  cells: readonly BatchCell[],
  summaries: readonly CellSummary[],
  confidence: number,
): Sensitivity[] | null {
  const names = [...new Set(cells.flatMap(({ params }) => Object.keys(params)))].filter((name) => {
    const values = cells.map(({ params }) => params[name]);
    return values.every((value): value is Json & number => typeof value === "number") && new Set(values).size > 1;
  });
  if (names.length === 0) return null;
  const known = summaries.filter(({ mean }) => mean !== null);
  return names.map((param) => {
    const x = known.map(({ cell }) => cells[cell]!.params[param] as number);
    const { estimate, low, high, p, n } = spearman(x, known.map(({ mean }) => mean!), confidence);
    return { param, rho: estimate, low, high, p, n };
  });
}

interface Told {
  readonly cells: readonly BatchCell[];
  readonly byCell: readonly (readonly BatchRow[])[];
  readonly excluded: Excluded;
  readonly deterministic: boolean;
  readonly metrics: readonly MetricSummary[];
  readonly pairs: number;
}

function sentencesOf({ cells, byCell, excluded, deterministic, metrics, pairs }: Told): string[] {
  const runs = byCell.flat();
  const said: string[] = [];
  if (runs.length === 0) said.push("No run is complete and counts: nothing can be concluded.");
  const several = byCell.some((each) => each.length > 1);
  if (deterministic) said.push("deterministic: seeds change nothing. One run a cell says all there is.");
  else if (runs.length > 0 && !several) {
    said.push("One run a cell: without a second seed there is no interval, and no difference can be told from chance.");
  } else if (several && byCell.every((each) => new Set(each.map(({ seed }) => seed)).size < 2)) {
    said.push("All runs have one seed: samples differ in what models answer, and say nothing about other seeds.");
  }
  const still = deterministic ? [] : metrics.filter(({ share, cells }) => !share && isStill(cells));
  if (still.length > 0) {
    const named = still.slice(0, MOST_NAMED).map(({ name }) => name).join(", ");
    const more = still.length > MOST_NAMED ? ` and ${still.length - MOST_NAMED} more` : "";
    const seeds = Math.max(...still.flatMap(({ cells }) => cells.map(({ n }) => n)));
    said.push(`No spread in ${named}${more} in ${seeds} seeds: that may be chance, and gives no interval.`);
  }
  if (pairs === 0 && cells.length > MOST_COMPARED) {
    said.push(
      `${
        cells.length.toLocaleString("en")
      } cells are not held against each other one by one: see how metrics go with parameters.`,
    );
  }
  const all = metrics.flatMap(({ name, comparisons }) => comparisons.map((comparison) => ({ name, ...comparison })));
  const above = all.filter(({ above_noise }) => above_noise === true)
    .toSorted((a, b) => Math.abs(b.effect ?? Infinity) - Math.abs(a.effect ?? Infinity) || 0);
  said.push(...above.slice(0, MOST_TOLD).map(({ name, sentence }) => `${name}: ${sentence}`));
  if (above.length > MOST_TOLD) said.push(`${above.length - MOST_TOLD} more differences are above the noise floor.`);
  const below = all.filter(({ above_noise }) => above_noise === false).length;
  if (below > 0 && !deterministic) {
    said.push(
      `In ${below} of ${all.length} comparisons no difference can be told; that does not show that there is none.`,
    );
  }
  if (metrics.length > 1 && all.some(({ p }) => p !== null)) {
    said.push(
      `Comparisons are corrected within each metric, not across the ${metrics.length}: name the one that matters before you look.`,
    );
  }
  const alone = Math.max(0, ...all.map(({ left_out }) => left_out));
  if (alone > 0) {
    said.push(
      `Up to ${
        counted(alone, "seed")
      } a comparison without counterpart, because a run failed or is void, and left out.`,
    );
  }
  const left = excludedText(excluded);
  if (left !== "") said.push(`Left out: ${left}.`);
  if (excluded.failed > 0 && runs.length > 0) {
    said.push("If runs fail because of how their world went, those that are left are no fair picture of it.");
  }
  return said;
}

/** Whether seeds have been tried, and none came to another value than the others of its cell. */
function isStill(cells: readonly CellSummary[]): boolean {
  return cells.some(({ n }) => n > 1) && cells.every(({ sd }) => sd === null || sd === 0);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
