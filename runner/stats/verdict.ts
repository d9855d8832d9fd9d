/** What two arms of an experiment say of each other, and the sentence that says it. */

import { mean } from "./description.ts";
import { benjaminiHochberg, holmBonferroni } from "./corrections.ts";
import { type Difference, pairedDifference, unpairedDifference } from "./differences.ts";
import { assertConfidence, assertCount, assertValues, DEFAULT_CONFIDENCE } from "./estimate.ts";
import { type VarianceSplit, varianceSplit } from "./noise.ts";

/** What one run came to. */
export interface Replicate {
  /** Runs of the same seed are samples of the same world, of one arm and across arms. */
  readonly seed: number;
  /** The output that is compared. */
  readonly value: number;
}

/** One side of a comparison. */
export interface ComparedArm {
  /** How sentences name it. */
  readonly name: string;
  /** The runs that count. */
  readonly replicates: readonly Replicate[];
  /** How many runs were left out because they are void; default 0. */
  readonly voids?: number;
  /**
   * Whether its runs differ in anything, be it another output or their events. Not given: this output alone tells, and where
   * all runs have the same one, seeds are taken to change nothing.
   */
  readonly varies?: boolean;
}

/**
 * What can be concluded:
 * - `above`, `below`: the first arm is, by more than the noise floor;
 * - `undecided`: the difference is within the noise floor;
 * - `equal`: the arms are the same on each of their seeds, though seeds make a difference;
 * - `deterministic`: all runs of each arm are the same, so the difference is what it is;
 * - `constant`: the same, though the runs differ in something else: how far chance goes cannot be seen from this output;
 * - `too_few`: an arm has fewer than two seeds.
 */
export type Conclusion = "above" | "below" | "undecided" | "equal" | "deterministic" | "constant" | "too_few";

/** A comparison of two arms: the difference is that of the first less the second; a seed counts once, with its samples' mean. */
export interface Comparison extends Difference {
  /** What can be said of them. */
  readonly conclusion: Conclusion;
  /** By seed where the arms share seeds, else independent. */
  readonly design: "paired" | "unpaired";
  /** The names of the arms. */
  readonly arms: readonly [string, string];
  /** Seeds of each arm that are behind the difference. */
  readonly seeds: readonly [number, number];
  /** Runs of each arm that count. */
  readonly runs: readonly [number, number];
  /** Void runs of both, which do not count. */
  readonly voids: number;
  /** Where each arm's variance comes from. */
  readonly splits: readonly [VarianceSplit, VarianceSplit];
  /** Half the interval's width: a smaller difference cannot be told. Null where there is no interval. */
  readonly floor: number | null;
  /** Of the interval. */
  readonly confidence: number;
  /** Set by {@linkcode correctComparisons}. */
  readonly correction?: Correction;
}

/** How a comparison stands among others. */
export interface Correction {
  /** Against any wrong call, or against too large a share of them. */
  readonly method: "holm" | "benjamini-hochberg";
  /** How many comparisons were tested together. */
  readonly comparisons: number;
  /** The p-value that holds among them. */
  readonly p: number;
}

/**
 * Compares two arms. They are paired by the seeds they share, if these are at least two and half of either arm's; seeds of
 * one arm alone are then left out. Otherwise all seeds count, as independent samples.
 *
 * @throws {SimError} `bad_statistic` when a value is not a finite number
 */
export function compareArms(
  first: ComparedArm,
  second: ComparedArm,
  confidence: number = DEFAULT_CONFIDENCE,
): Comparison {
  assertConfidence(confidence);
  const worlds = [bySeed(first), bySeed(second)] as const;
  const shared = [...worlds[0].keys()].filter((seed) => worlds[1].has(seed));
  const paired = shared.length >= 2 && 2 * shared.length >= Math.max(worlds[0].size, worlds[1].size);
  const [a, b] = worlds.map((world) => (paired ? shared : [...world.keys()]).map((seed) => mean(world.get(seed)!))) as [
    number[],
    number[],
  ];
  const difference = paired ? pairedDifference(a, b, confidence) : unpairedDifference(a, b, confidence);
  const { low, high } = difference;
  return {
    ...difference,
    conclusion: concluded(difference, [first, second], [a.length, b.length]),
    design: paired ? "paired" : "unpaired",
    arms: [first.name, second.name],
    seeds: [a.length, b.length],
    runs: [first.replicates.length, second.replicates.length],
    voids: voidsOf(first) + voidsOf(second),
    splits: [varianceSplit([...worlds[0].values()]), varianceSplit([...worlds[1].values()])],
    floor: low === null || high === null ? null : (high - low) / 2,
    confidence,
  };
}

/**
 * The same comparisons, held against chance together: an arm is above another only if its adjusted p-value says so too.
 * Comparisons without a p-value, such as those of deterministic arms, are as they were, and do not count.
 */
export function correctComparisons(
  comparisons: readonly Comparison[],
  method: Correction["method"] = "holm",
): Comparison[] {
  const tested = comparisons.filter(({ p }) => p !== null);
  const adjust = method === "holm" ? holmBonferroni : benjaminiHochberg;
  const adjusted = adjust(tested.map(({ p }) => p!));
  return comparisons.map((comparison) => {
    const at = tested.indexOf(comparison);
    if (at < 0) return comparison;
    const correction = { method, comparisons: tested.length, p: adjusted[at]! };
    const holds = correction.p <= 1 - comparison.confidence;
    return { ...comparison, correction, conclusion: holds ? comparison.conclusion : "undecided" };
  });
}

/** What a comparison says, in a sentence. */
export function verdict(comparison: Comparison): string {
  const left = comparison.voids === 0 ? "" : `; ${counted(comparison.voids, "void run")} left out`;
  return `${claim(comparison)}${left}`;
}

function claim(comparison: Comparison): string {
  const { conclusion, arms: [a, b], estimate, low, high, floor, correction } = comparison;
  if (conclusion === "too_few") return tooFew(comparison);
  const [difference, from, to, hidden] = rounded([estimate!, low!, high!, floor!], floor!);
  const apart = estimate! < 0 ? difference!.slice(1) : difference!;
  if (conclusion === "deterministic") {
    const found = estimate === 0 ? `${a} and ${b} are equal` : `${a} is ${side(estimate!)} ${b} by ${apart}`;
    return `deterministic: seeds change nothing; ${found}`;
  }
  const seeds = counts(comparison);
  if (conclusion === "constant") {
    const found = estimate === 0 ? `${a} and ${b} come to the same` : `${a} is ${side(estimate!)} ${b} by ${apart}`;
    return `no spread to tell chance by: in every run, ${found} ${seeds}`;
  }
  if (conclusion === "equal") return `no difference: ${a} and ${b} are equal on each seed ${seeds}`;
  const interval = `[${from}, ${to}]`;
  const among = correction === undefined || correction.comparisons < 2
    ? ""
    : `, p = ${pText(correction.p)} among ${correction.comparisons} comparisons`;
  if (conclusion === "undecided") {
    const why = Math.abs(estimate!) <= floor! ? `below the noise floor of ${hidden}` : "not told from chance";
    return `no difference can be told: ${a} − ${b} is ${difference} ${interval} ${seeds}, ${why}${among}`;
  }
  const [near, far] = conclusion === "above" ? [from!, to!] : rounded([-high!, -low!], floor!);
  return `${a} is ${conclusion} ${b} by ${apart} [${near}, ${far}] ${seeds}${among}`;
}

function tooFew({ arms, seeds, runs }: Comparison): string {
  const missing = runs.findIndex((count) => count === 0);
  if (missing >= 0) return `${arms[missing]} has no run that counts: nothing can be concluded`;
  if (runs.every((count) => count === 1)) return "one run each: nothing can be concluded";
  const short = seeds.findIndex((count) => count < 2);
  return `${arms[short]} has one seed: nothing can be concluded about others`;
}

function counts({ design, seeds: [a, b] }: Comparison): string {
  return design === "paired" ? `(${a} paired seeds)` : `(${a} and ${b} seeds)`;
}

function side(difference: number): "above" | "below" {
  return difference > 0 ? "above" : "below";
}

/** Texts of numbers whose uncertainty is `half`, to two digits of that; of exact ones, to six digits. */
function rounded(numbers: readonly number[], half: number): string[] {
  if (half === 0) return numbers.map((value) => signed(String(Number(value.toPrecision(6)))));
  const decimals = 1 - Math.floor(Math.log10(half));
  if (decimals > 9 || decimals < -9) return numbers.map((value) => signed(value.toExponential(2)));
  const step = 10 ** -decimals;
  return numbers.map((value) =>
    signed(decimals > 0 ? value.toFixed(decimals) : String(Math.round(value / step) * step))
  );
}

/** With real minuses, and none before 0. */
function signed(number: string): string {
  return Number(number) === 0 ? number.replace("-", "") : number.replaceAll("-", "−");
}

function pText(p: number): string {
  return p < 0.001 ? "0.001 or less" : p.toPrecision(2);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function concluded(
  { estimate, low, high }: Difference,
  arms: readonly ComparedArm[],
  seeds: readonly number[],
): Conclusion {
  if (estimate === null || low === null || high === null || seeds.some((count) => count < 2)) return "too_few";
  if (arms.every(({ replicates }) => replicates.every(({ value }) => value === replicates[0]!.value))) {
    return arms.some(({ varies }) => varies === true) ? "constant" : "deterministic";
  }
  if (low === 0 && high === 0) return "equal";
  return low > 0 ? "above" : high < 0 ? "below" : "undecided";
}

/** The values of each seed, seeds in the order of their first run. */
function bySeed({ replicates }: ComparedArm): Map<number, number[]> {
  assertValues(replicates.map(({ value }) => value));
  const groups = Map.groupBy(replicates, ({ seed }) => seed);
  return new Map(Array.from(groups, ([seed, runs]) => [seed, runs.map(({ value }) => value)]));
}

function voidsOf({ voids = 0 }: ComparedArm): number {
  assertCount("voids", voids);
  return voids;
}
