/** What two arms of an experiment say of each other, and the sentence that says it. */

import { mean } from "./description.ts";
import { benjaminiHochberg, holmBonferroni } from "./corrections.ts";
import { type Difference, pairedDifference, unpairedDifference } from "./differences.ts";
import { assertConfidence, assertCount, assertValues, DEFAULT_CONFIDENCE, type Estimate, sum } from "./estimate.ts";
import { pairedSharesTest, unpairedSharesTest } from "./exact.ts";
import { type VarianceSplit, varianceSplit } from "./noise.ts";
import { wilson } from "./proportions.ts";

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
   * Whether its runs differ in anything, be it another output or their events. Only where it is known that they do not, by
   * false, equal outputs are certain; otherwise they may be chance.
   */
  readonly varies?: boolean;
}

/**
 * What can be concluded:
 * - `above`, `below`: the first arm is, by more than chance makes;
 * - `undecided`: chance may have made the difference;
 * - `equal`: the arms are the same on each of their seeds;
 * - `deterministic`: all runs of each arm are known to be the same, so the difference is what it is;
 * - `too_few`: an arm has fewer than two seeds.
 */
export type Conclusion = "above" | "below" | "undecided" | "equal" | "deterministic" | "too_few";

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
  /** Of yes and no: the share of yes of each arm, with Wilson's interval; absent of other outputs. */
  readonly shares?: readonly [Estimate, Estimate];
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
  const matched = matchedArms(first, second, confidence);
  const difference = matched.paired ? pairedDifference : unpairedDifference;
  return comparison([first, second], matched, difference(matched.a, matched.b, confidence));
}

/**
 * Compares the shares of two arms whose outputs are 1 for yes and 0 for no, matched as {@linkcode compareArms} does. There is
 * no interval of the difference but one of each share, Wilson's; the tests are {@linkcode pairedSharesTest} and
 * {@linkcode unpairedSharesTest}. A seed whose samples disagree counts in part.
 *
 * @throws {SimError} `bad_statistic` when a value is not from 0 to 1
 */
export function compareShares(
  first: ComparedArm,
  second: ComparedArm,
  confidence: number = DEFAULT_CONFIDENCE,
): Comparison {
  const matched = matchedArms(first, second, confidence);
  const { a, b, paired } = matched;
  const n = paired ? a.length : a.length + b.length;
  const shares = [wilson(sum(a), a.length, confidence), wilson(sum(b), b.length, confidence)] as const;
  const estimate = a.length === 0 || b.length === 0 ? null : mean(a) - mean(b);
  const test = paired ? pairedSharesTest : unpairedSharesTest;
  const p = a.length < 2 || b.length < 2 ? null : test(a, b);
  return {
    ...comparison([first, second], matched, { estimate, low: null, high: null, n, t: null, df: null, p, effect: null }),
    shares,
  };
}

/** The seeds of two arms that are held against each other. */
interface Matched {
  readonly paired: boolean;
  /** One value a seed; by pairs in the same order. */
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly splits: readonly [VarianceSplit, VarianceSplit];
  readonly confidence: number;
}

function matchedArms(first: ComparedArm, second: ComparedArm, confidence: number): Matched {
  assertConfidence(confidence);
  const worlds = [bySeed(first), bySeed(second)] as const;
  const shared = [...worlds[0].keys()].filter((seed) => worlds[1].has(seed));
  const paired = shared.length >= 2 && 2 * shared.length >= Math.max(worlds[0].size, worlds[1].size);
  const [a, b] = worlds.map((world) => (paired ? shared : [...world.keys()]).map((seed) => mean(world.get(seed)!))) as [
    number[],
    number[],
  ];
  const splits = [varianceSplit([...worlds[0].values()]), varianceSplit([...worlds[1].values()])] as const;
  return { paired, a, b, splits, confidence };
}

function comparison(
  arms: readonly [ComparedArm, ComparedArm],
  { paired, a, b, splits, confidence }: Matched,
  found: Difference,
): Comparison {
  const [first, second] = arms;
  const { estimate } = found;
  const conclusion = concluded(found, arms, { paired, a, b, confidence });
  const difference = conclusion === "deterministic" ? { ...found, low: estimate, high: estimate, p: null } : found;
  const { low, high } = difference;
  return {
    ...difference,
    conclusion,
    design: paired ? "paired" : "unpaired",
    arms: [first.name, second.name],
    seeds: [a.length, b.length],
    runs: [first.replicates.length, second.replicates.length],
    voids: voidsOf(first) + voidsOf(second),
    splits,
    floor: low === null || high === null ? null : (high - low) / 2,
    confidence,
  };
}

/**
 * The same comparisons, held against chance together: an arm is above another only if its adjusted p-value says so too.
 * Comparisons without a p-value, those of deterministic arms and of too few seeds, are as they were, and do not count.
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
    const { conclusion, confidence } = comparison;
    const holds = conclusion === "equal" || correction.p <= 1 - confidence;
    return { ...comparison, correction, conclusion: holds ? conclusion : "undecided" };
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
  const [difference, from, to, hidden] = rounded(
    [estimate!, low ?? estimate!, high ?? estimate!, floor ?? 0],
    floor ?? 0,
  );
  const apart = estimate! < 0 ? difference!.slice(1) : difference!;
  if (conclusion === "deterministic") {
    const found = estimate === 0 ? `${a} and ${b} are equal` : `${a} is ${side(estimate!)} ${b} by ${apart}`;
    return `deterministic: seeds change nothing; ${found}`;
  }
  const seeds = counts(comparison);
  if (conclusion === "equal") {
    const where = comparison.design === "paired" ? "on each seed" : "in every run";
    return `no difference: ${a} and ${b} are equal ${where} ${seeds}`;
  }
  if (floor === null) return exactClaim(comparison, apart, difference!);
  const interval = `[${from}, ${to}]`;
  const among = correction === undefined || correction.comparisons < 2 ? "" : `, p = ${chance(comparison)}`;
  if (conclusion === "undecided") {
    const why = Math.abs(estimate!) <= floor ? `below the noise floor of ${hidden}` : "not told from chance";
    return `no difference can be told: ${a} − ${b} is ${difference} ${interval} ${seeds}, ${why}${among}`;
  }
  const [near, far] = conclusion === "above" ? [from!, to!] : rounded([-high!, -low!], floor);
  return `${a} is ${conclusion} ${b} by ${apart} [${near}, ${far}] ${seeds}${among}`;
}

/** Of what has no interval of the difference: shares, and values without spread. */
function exactClaim(comparison: Comparison, apart: string, difference: string): string {
  const { conclusion, arms: [a, b], shares } = comparison;
  const [seeds, exact] = [counts(comparison), `exact p = ${chance(comparison)}`];
  const told = conclusion === "above" || conclusion === "below";
  if (shares) {
    const [own, other] = shares.map(shareText);
    return told
      ? `${a} is ${conclusion} ${b}: ${own} against ${other} ${seeds}, ${exact}`
      : `no difference can be told: ${a} is ${own}, ${b} ${other} ${seeds}, ${exact}`;
  }
  return told
    ? `${a} is ${conclusion} ${b} by ${apart} each time ${seeds}, ${exact}`
    : `no difference can be told: ${a} − ${b} is ${difference} each time ${seeds}, too few to tell that from chance, ${exact}`;
}

/** `88 % [53, 98]` */
function shareText({ estimate, low, high }: Estimate): string {
  const [share, from, to] = [estimate!, low!, high!].map((part) => String(Math.round(100 * part)));
  return `${share} % [${from}, ${to}]`;
}

/** The p-value, among others if there are any. */
function chance({ p, correction }: Comparison): string {
  return correction === undefined || correction.comparisons < 2
    ? pText(p!)
    : `${pText(correction.p)} among ${correction.comparisons} comparisons`;
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
  { estimate, low, high, p }: Difference,
  arms: readonly ComparedArm[],
  { paired, a, b, confidence }: Omit<Matched, "splits">,
): Conclusion {
  if (estimate === null || a.length < 2 || b.length < 2) return "too_few";
  const isConstant = arms.every(({ replicates }) => replicates.every(({ value }) => value === replicates[0]!.value));
  if (isConstant && arms.every(({ varies }) => varies === false)) return "deterministic";
  if (estimate === 0 && (paired ? a.every((value, i) => value === b[i]) : isConstant)) return "equal";
  if (low !== null && high !== null) return low > 0 ? "above" : high < 0 ? "below" : "undecided";
  return p! > 1 - confidence ? "undecided" : side(estimate);
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
