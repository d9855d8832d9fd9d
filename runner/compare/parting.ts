/** The first turn in which sides are further apart than chance takes them. */

import { pairedDifference, pairedSharesTest, unpairedDifference, unpairedSharesTest } from "../stats.ts";
import { isShare, type Values } from "./series.ts";

/** A turn in which two sides are apart. */
export interface Apart {
  readonly turn: number;
  /** Position of the metric. */
  readonly metric: number;
  /** Position of the side that is apart from the first one. */
  readonly side: number;
  /** That side's mean less the first one's. */
  readonly size: number;
  /**
   * In noise floors: how many times the difference that chance alone makes; null: it has none, being just the same in all
   * units or one of shares, and an exact test tells it.
   */
  readonly beyond: number | null;
}

/** How two sides are held against each other. */
export interface Match {
  readonly side: number;
  /** `paired`: units that both have; `unpaired`: all of both; `none`: too few of either to tell. */
  readonly by: "paired" | "unpaired" | "none";
  /** Pairs, or units of both. */
  readonly n: number;
  /** Units that have no counterpart and are left out. */
  readonly left_out: number;
}

/**
 * How every other side is held against the first. Units that both have are pairs, if they are at least two and half of
 * either side's: the same seed is the same luck.
 */
export function matchesOf(sides: readonly { readonly units: readonly string[] }[]): Match[] {
  const [{ units: first }, ...others] = sides as [typeof sides[number], ...(typeof sides[number])[]];
  return others.map(({ units }, i) => {
    const pairs = units.filter((unit) => first.includes(unit)).length;
    const both = units.length + first.length;
    const side = i + 1;
    if (pairs >= 2 && 2 * pairs >= Math.max(units.length, first.length)) {
      return { side, by: "paired", n: pairs, left_out: both - 2 * pairs };
    }
    return { side, by: Math.min(units.length, first.length) >= 2 ? "unpaired" : "none", n: both, left_out: 0 };
  });
}

/** Two samples, matched and without gaps. */
interface Samples {
  readonly match: Match;
  readonly metric: number;
  readonly own: number[];
  readonly first: number[];
}

function* samplesAt(
  sides: readonly Values[],
  matches: readonly Match[],
  metrics: number,
  turn: number,
): Iterable<Samples> {
  const present = (values: readonly number[]) => values.filter((value) => !Number.isNaN(value));
  const [reference] = sides as [Values];
  for (const match of matches) {
    if (match.by === "none") continue;
    const side = sides[match.side]!;
    for (let metric = 0; metric < metrics; metric++) {
      const [own, first] = [side.at(turn, metric), reference.at(turn, metric)];
      if (match.by === "unpaired") {
        yield { match, metric, own: present(own), first: present(first) };
        continue;
      }
      const pairs = side.units.flatMap((unit, i) => {
        const j = reference.units.indexOf(unit);
        return j < 0 || Number.isNaN(own[i]) || Number.isNaN(first[j]) ? [] : [[own[i]!, first[j]!] as const];
      });
      yield { match, metric, own: pairs.map(([value]) => value), first: pairs.map(([, value]) => value) };
    }
  }
}

/** Where nothing differs chance can be wrong about nothing, and in fewer than two there is no spread. */
function canTell({ match, own, first }: Samples): boolean {
  if (own.length < 2 || first.length < 2) return false;
  return match.by === "paired"
    ? own.some((value, i) => value !== first[i])
    : [...own, ...first].some((v) => v !== own[0]);
}

/** How many differences are looked at: the more there are, the further apart one must be. */
export function lookCount(sides: readonly Values[], matches: readonly Match[], metrics: number): number {
  let looks = 0;
  for (const turn of sides[0]!.turns) {
    for (const samples of samplesAt(sides, matches, metrics, turn)) if (canTell(samples)) looks++;
  }
  return looks;
}

/** What is looked at. */
export interface Looks {
  readonly matches: readonly Match[];
  /** How many metrics there are. */
  readonly metrics: number;
  /** How many differences are looked at in all. */
  readonly looks: number;
  /** Whether it is known that nothing is by chance: then every difference is what it is. */
  readonly deterministic?: boolean;
}

/** Turns that have not been kept. */
export interface Gaps {
  /** Rows from one turn that is kept to the next; 1: there are no gaps. */
  readonly stride: number;
  /** Values of a stretch of turns, both ends included, with fewer gaps. */
  readonly read: (from: number, until: number) => Promise<Values[]>;
}

/**
 * The first turn in which a difference is beyond the noise floor: half the width of its interval, corrected for all looks
 * by Bonferroni, so that of sides that are the same at most one comparison in twenty shows any. A difference that is just the
 * same in all units, and one of yes and no, have no floor: their exact p-value must be as small. Of several differences in that turn it is the one that
 * is furthest beyond.
 *
 * Where turns have gaps it is looked for again in the gap before the one that was found; `sides` then have that turn too.
 */
export async function firstApart(sides: readonly Values[], looks: Looks, gaps: Gaps): Promise<Apart | null> {
  let found = apartIn(sides, looks);
  for (let width = gaps.stride; found && width > 1;) {
    const { turn } = found;
    const before = sides[0]!.turns.findLast((each) => each < turn) ?? turn;
    const around = await gaps.read(before, turn);
    const finer = apartIn(around, looks) ?? found;
    const kept = around[0]!.turns;
    // Between two neighbours there is nothing left to find.
    width = kept.length <= 2 ? 1 : Math.ceil(width / (kept.length - 1));
    sides.forEach((side, i) => side.take(around[i]!, finer.turn));
    found = finer;
  }
  return found;
}

function apartIn(
  sides: readonly Values[],
  { matches, metrics, looks, deterministic = false }: Looks,
  level = 0.05,
): Apart | null {
  const corrected = level / Math.max(1, looks);
  for (const turn of sides[0]!.turns) {
    let most: Apart | null = null;
    for (const samples of samplesAt(sides, matches, metrics, turn)) {
      if (!canTell(samples)) continue;
      const { match: { by, side }, metric, own, first } = samples;
      const difference = by === "paired" ? pairedDifference : unpairedDifference;
      const sharesTest = by === "paired" ? pairedSharesTest : unpairedSharesTest;
      const found = difference(own, first, 1 - corrected);
      const { estimate, high, p } = isShare(sides, metric)
        ? { ...found, high: null, p: sharesTest(own, first) }
        : found;
      const size = estimate!;
      const beyond = high === null ? null : Math.abs(size) / (high - size);
      if (size === 0 || (beyond === null ? !deterministic && p! > corrected : beyond <= 1)) continue;
      if (most === null || (beyond ?? Infinity) > (most.beyond ?? Infinity)) {
        most = { turn, metric, side, size, beyond };
      }
    }
    if (most) return most;
  }
  return null;
}
