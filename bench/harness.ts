/**
 * Measures cases in interleaved rounds. Absolute times mean little on a shared machine, so every case is compared with
 * a reference that ran in the same round; what is reported is the median over the rounds, with the range.
 */

import process from "node:process";

/** Rounds per group; at least five. */
export const ROUNDS = 7;

/** Seconds that some work took. */
export interface Cost {
  readonly wall: number;
  /** User and system time of this process and of the children it waited for. */
  readonly cpu: number;
}

/** Something measured: `once()` does `units` units of work. */
export interface Case {
  readonly name: string;
  /** What was switched on. */
  readonly features: string;
  /** Agents. */
  readonly n: number;
  /** Units of work per call. */
  readonly units: number;
  /** Does the work; may say itself what it cost, as a process of another toolchain does. */
  readonly once: () => void | Promise<Cost | void>;
  /** Calls before measuring begins, so that the JIT has done its work. Default 1. */
  readonly warmUp?: number;
}

/** Median and range over the rounds. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What the rounds say of one case, per unit of work, seconds. */
export interface Measured {
  readonly wall: Spread;
  readonly cpu: Spread;
  /** Case's cost divided by the reference's, round by round. 1 for the reference itself. */
  readonly wallRatio: Spread;
  readonly cpuRatio: Spread;
  /** Case's cost beyond the reference's, round by round. 0 for the reference itself. */
  readonly cpuBeyond: Spread;
}

/** Measures `cases` in interleaved rounds; ratios are to the first one. */
export async function measure(cases: readonly Case[], rounds = ROUNDS): Promise<Measured[]> {
  for (const { once, warmUp = 1 } of cases) for (let i = 0; i < warmUp; i++) await once();
  const costs: Cost[][] = cases.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [i, { once, units }] of cases.entries()) {
      const { wall, cpu } = await costOf(once);
      costs[i]!.push({ wall: wall / units, cpu: cpu / units });
    }
  }
  const reference = costs[0]!;
  return costs.map((own) => ({
    wall: spread(own.map(({ wall }) => wall)),
    cpu: spread(own.map(({ cpu }) => cpu)),
    wallRatio: spread(own.map(({ wall }, round) => wall / reference[round]!.wall)),
    cpuRatio: spread(own.map(({ cpu }, round) => cpu / reference[round]!.cpu)),
    cpuBeyond: spread(own.map(({ cpu }, round) => cpu - reference[round]!.cpu)),
  }));
}

/** Runs `work` once and says what it cost. */
export async function costOf(work: () => void | Promise<Cost | void>): Promise<Cost> {
  const before = cpuSeconds();
  const began = performance.now();
  const working = work();
  const own = working && await working;
  if (own) return own;
  return { wall: (performance.now() - began) / 1000, cpu: cpuSeconds() - before };
}

/** Median and range. */
export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >>> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, low: sorted[0]!, high: sorted.at(-1)! };
}

/** The same spread in another unit, or of the reciprocal. */
export function mapSpread({ median, low, high }: Spread, change: (value: number) => number): Spread {
  const [a, b] = [change(low), change(high)];
  return { median: change(median), low: Math.min(a, b), high: Math.max(a, b) };
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6 + childrenSeconds();
}

/** Linux alone tells what children used, in hundredths of a second; elsewhere it is left out. */
function childrenSeconds(): number {
  if (Deno.build.os !== "linux") return 0;
  const text = Deno.readTextFileSync("/proc/self/stat");
  // The second field is the program's name in parentheses and may hold spaces; user and system time are 16 and 17.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / 100;
}
