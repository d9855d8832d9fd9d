/**
 * Whether comparisons call what they should: two arms of one scenario with seeds of their own differ by chance alone, and
 * are called different about as often as the level says; where there is a difference, it is called.
 */

import economic from "../../domains/economic/mod.ts";
import { RecordedInputs, type ResolvedScenario, type Rng, rng, SimulationOrchestrator } from "../../framework/mod.ts";
import { loadScenario } from "../../framework/scenario/mod.ts";
import { type BatchCell, type BatchRow, summaryOf } from "../../runner/batch/mod.ts";
import { bootstrapDifference, compareArms, unpairedDifference } from "../../runner/stats.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";

const ROUNDS = 5;
const COMPARISONS = 200;
const REPLICATES = 8;
const LEVEL = 0.05;

/** Quarters that are played. */
const TURNS = 8;

/** On the engine `market`, which draws shocks to demand and productivity for each of its four nations. */
const file = new URL("../../scenarios/economic/growth.yaml", import.meta.url);
const { scenario } = await loadScenario({
  text: Deno.readTextFileSync(file),
  file: "growth.yaml",
  readFile: () => Promise.reject(new Error("growth.yaml refers to no other file")),
});
const growth = scenario!;

/** The world's output after {@linkcode TURNS} quarters. */
async function output(of: ResolvedScenario, seed: number): Promise<number> {
  const inputs = new RecordedInputs([], () => Promise.reject(new Error("growth.yaml asks nobody")));
  const simulation = new SimulationOrchestrator({ domain: economic, scenario: of, run_id: "test", inputs, seed });
  await simulation.start();
  while (simulation.state.turn < TURNS) {
    await simulation.step();
    simulation.take();
  }
  return simulation.state.global_state.total_economic_value as number;
}

/** `growth` with another engine. */
function withEngine(config: object): ResolvedScenario {
  return { ...growth, engine: { ...growth.engine, config: { ...growth.engine.config, ...config } } };
}

/** Outputs of `count` seeds from `from`. */
async function outputs(of: ResolvedScenario, from: number, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < count; i++) found.push(await output(of, from + i));
  return found;
}

/** The arm number `index` of those that `pool` has, none of them with a run of another. */
function armOf(pool: readonly number[], index: number): number[] {
  return pool.slice(index * REPLICATES, (index + 1) * REPLICATES);
}

/** How often a comparison says that its arms differ. */
function called(pairs: readonly (readonly [number[], number[]])[], compare: Compare): number {
  return pairs.filter(([a, b], i) => {
    const { low, high } = compare(a, b, i);
    return low! > 0 || high! < 0;
  }).length;
}

type Compare = (a: number[], b: number[], i: number) => { low: number | null; high: number | null };

const welch: Compare = (a, b) => unpairedDifference(a, b, 1 - LEVEL);
const bootstrap: Compare = (a, b, seed) => bootstrapDifference(a, b, { confidence: 1 - LEVEL, seed });

/** Between which counts `n` trials of chance `p` lie with a chance of at least 1 − `alpha`: exact, from both tails. */
function acceptance(n: number, p: number, alpha: number): readonly [number, number] {
  const chances = Array.from({ length: n + 1 }, () => 0);
  chances[0] = (1 - p) ** n;
  for (let k = 1; k <= n; k++) chances[k] = chances[k - 1]! * (n - k + 1) / k * p / (1 - p);
  const beyond = (from: readonly number[]) => {
    let [k, total] = [0, from[0]!];
    while (total <= alpha / 2) total += from[++k]!;
    return k;
  };
  return [beyond(chances), n - beyond(chances.toReversed())];
}

/** Played once, for all tests: no run is in two arms. */
const pool = await outputs(growth, 1, 2 * ROUNDS * COMPARISONS * REPLICATES);
const same = Array.from(
  { length: ROUNDS * COMPARISONS },
  (_, i) => [armOf(pool, 2 * i), armOf(pool, 2 * i + 1)] as const,
);

Deno.test("A/A: 99.9 % of all counts of 200 trials at 5 % are 2 to 21, of 1,000 trials 29 to 74", () => {
  assertEquals([acceptance(200, 0.05, 0.001), acceptance(1000, 0.05, 0.001)], [[2, 21], [29, 74]]);
});

Deno.test("A/A: growth on market has draws: seeds come to different outputs, the same seed to the same one", async () => {
  assertEquals(new Set(pool).size, pool.length);
  assertEquals(await outputs(growth, 1, 3), pool.slice(0, 3));
});

for (const [name, compare] of [["Welch's interval", welch], ["the bootstrap", bootstrap]] as const) {
  Deno.test(`A/A: ${name} calls 8 seeds different from 8 others about as often as the level says`, () => {
    const rounds = Array.from({ length: ROUNDS }, (_, i) => same.slice(i * COMPARISONS, (i + 1) * COMPARISONS));
    const counts = rounds.map((round) => called(round, compare));
    const told = `of 200 each, ${counts.join(", ")} are called`;
    const [least, most] = acceptance(COMPARISONS, LEVEL, 0.001);
    assertTrue(counts.every((count) => least <= count && count <= most), told);
    const all = counts.reduce((sum, count) => sum + count);
    const [fewest, utmost] = acceptance(ROUNDS * COMPARISONS, LEVEL, 0.001);
    assertTrue(fewest <= all && all <= utmost, told);
  });

  Deno.test(`A/B: ${name} tells nearly always that productivity grows by 2 % in place of 1 %`, async () => {
    const faster = await outputs(withEngine({ productivity_growth: 0.02 }), 100_001, 40 * REPLICATES);
    const pairs = Array.from({ length: 40 }, (_, i) => [armOf(faster, i), armOf(pool, i)] as const);
    const found = called(pairs, compare);
    assertTrue(found >= 38, `${found} of 40 are called`);
  });
}

Deno.test("A/B: a tenth of that is within the noise of other seeds, and told by the same seeds every time", async () => {
  const slightly = await outputs(withEngine({ productivity_growth: 0.011 }), 1, 40 * REPLICATES);
  const arm = (name: string, values: readonly number[], from: number) => ({
    name,
    replicates: values.map((value, i) => ({ seed: from + i, value })),
  });
  const concluded = (from: number) =>
    Array.from({ length: 40 }, (_, i) => {
      const [a, b] = [arm("a", armOf(slightly, i), 1), arm("b", armOf(pool, from === 1 ? i : i + 40), from)];
      return compareArms(a, b).conclusion;
    });
  assertEquals(new Set(concluded(1)), new Set(["above"]));
  const told = concluded(1001).filter((conclusion) => conclusion !== "undecided").length;
  assertTrue(told <= 12, `${told} of 40 are called though they are within the noise`);
});

Deno.test("A/A: with shocks turned off seeds change nothing, and the comparison says so", async () => {
  const off = { demand_shock: { sd: 0 }, productivity_shock: { sd: 0 } };
  const [a, b] = [await outputs(withEngine(off), 1, 2), await outputs(withEngine(off), 11, 2)];
  const arms = [a, b].map((values, i) => ({
    name: "ab"[i]!,
    replicates: values.map((value, seed) => ({ seed: 10 * i + seed, value })),
    varies: new Set(values).size > 1,
  }));
  assertEquals(compareArms(arms[0]!, arms[1]!).conclusion, "deterministic");
});

/** Outcomes with few values, in which a few seeds often come to the same. */
const FEW_VALUES: Readonly<Record<string, (chance: Rng) => number>> = {
  "counts, two in the mean": (chance) => {
    let [count, left] = [0, chance.next()];
    for (let p = Math.exp(-2); left > p; p *= 2 / count) [count, left] = [count + 1, left - p];
    return count;
  },
  "rounded outcomes": (chance) => Math.round(chance.normal(5, 1)),
  "yes or no": (chance) => Number(chance.chance(0.5)),
};

/** What is said of twenty cells, each held against a first one. @param of what a run comes to */
function callsOf(of: () => number, seeds: number): (boolean | null)[] {
  const cells = Array.from({ length: 21 }, (_, index): BatchCell => ({
    index,
    arm: null,
    params: { index },
    set: [],
    scenario: "growth.yaml",
  }));
  const rows = cells.flatMap(({ index, params }) =>
    Array.from({ length: seeds }, (_, i): BatchRow => {
      const run = `run_${index}_${i}`;
      return {
        n: index * seeds + i,
        cell: index,
        arm: null,
        params,
        seed: i + 1,
        sample: 0,
        run_id: run,
        status: "completed",
        validity: "valid",
        metrics: { outcome: of() },
        fingerprint: run,
        cost_usd: 0,
        seconds: 1,
        turns: 8,
        reused: false,
      };
    })
  );
  return summaryOf(cells, rows).metrics[0]!.comparisons.map(({ above_noise }) => above_noise);
}

for (const [name, draw] of Object.entries(FEW_VALUES)) {
  Deno.test(`A/A: of twenty comparisons of ${name} any is called in at most about one batch of twenty`, () => {
    for (const seeds of [2, 3, 8]) {
      const chance = rng(seeds, name, "", 0);
      const batches = Array.from({ length: COMPARISONS }, () => callsOf(() => draw(chance), seeds));
      const wrong = batches.filter((calls) => calls.includes(true)).length;
      assertTrue(wrong <= acceptance(COMPARISONS, LEVEL, 0.001)[1], `${wrong} of ${COMPARISONS}, ${seeds} seeds`);
      assertTrue(batches.every((calls) => calls.length === 20), "twenty are compared");
    }
  });
}

Deno.test("A/B: rounded outcomes that are far apart are told by eight seeds in all of twenty comparisons", () => {
  const chance = rng(1, "apart", "", 0);
  let runs = 0;
  // The first cell has eight runs of about 2, the others of about 20.
  const calls = callsOf(() => Math.round(chance.normal(runs++ < 8 ? 2 : 20, 1)), 8);
  assertEquals(new Set(calls), new Set([true]));
});
