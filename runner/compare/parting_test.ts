import { rng } from "../../framework/mod.ts";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { type Apart, firstApart, lookCount, matchesOf } from "./parting.ts";
import { gridOf, readValues, type Values } from "./series.ts";

const COLUMNS = new Map([["output", "output"]]);

/** A side of one run a seed, by turn. */
function sideOf(seeds: readonly number[], turns: number, value: (seed: number, turn: number) => number) {
  return (from: number, until: number, stride = 1): Promise<Values> =>
    readValues(
      seeds.map((seed) => ({
        unit: String(seed),
        rows: async function* () {
          for (let turn = 0; turn <= turns; turn++) yield await Promise.resolve({ turn, output: value(seed, turn) });
        },
      })),
      COLUMNS,
      { ...gridOf(from, until, 1, 1, new Set()), stride },
    );
}

/** Where sides of `turns` turns part, with a gap of `stride` between turns. */
async function apart(
  sides: readonly ReturnType<typeof sideOf>[],
  turns: number,
  stride = 1,
  deterministic = false,
): Promise<Apart | null> {
  const values = await Promise.all(sides.map((side) => side(0, turns, stride)));
  const matches = matchesOf(values);
  const looks = lookCount(values, matches, 1) * stride;
  const read = (from: number, until: number) => Promise.all(sides.map((side) => side(from, until)));
  return await firstApart(values, { matches, metrics: 1, looks, deterministic }, { stride, read });
}

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
/** The luck of a seed: a walk that both sides share, with little noise of their own. */
const luck = (seed: number, turn: number, arm = "") => 10 * seed + rng(seed, arm, "", turn).normal(0, 0.1);

Deno.test("parting: paired sides part where one is moved by more than noise, whatever seeds do", async () => {
  const found = await apart([
    sideOf(SEEDS, 40, (seed, turn) => luck(seed, turn, "a")),
    sideOf(SEEDS, 40, (seed, turn) => luck(seed, turn, "b") - (turn >= 23 ? 2 : 0)),
  ], 40);
  assertEquals([found?.turn, found?.side], [23, 1]);
  assertTrue(found!.size < -1.5 && found!.beyond! > 1);
});

Deno.test("parting: it is found in the gaps between turns that are kept", async () => {
  const sides = [
    sideOf(SEEDS, 400, (seed, turn) => luck(seed, turn, "a")),
    sideOf(SEEDS, 400, (seed, turn) => luck(seed, turn, "b") + (turn >= 233 ? 2 : 0)),
  ];
  assertEquals((await apart(sides, 400, 50))?.turn, 233);
});

Deno.test("parting: pairs that differ by just the same prove it by being many, or where nothing is by chance", async () => {
  const sides = (seeds: readonly number[]) => [
    sideOf(seeds, 9, (seed) => seed),
    sideOf(seeds, 9, (seed, turn) => turn >= 3 ? seed + 0.5 : seed),
  ];
  const parted = { turn: 3, metric: 0, side: 1, size: 0.5, beyond: null };
  // 2 · 2^(−n) against 0.05 by 7 looks.
  assertEquals(await apart(sides(SEEDS.slice(0, 2)), 9), null);
  assertEquals(await apart(sides(SEEDS), 9), null);
  assertEquals(await apart(sides([...SEEDS, 9]), 9), parted);
  assertEquals(await apart(sides(SEEDS.slice(0, 2)), 9, 1, true), parted);
});

Deno.test("parting: yes and no part by an exact test, which few seeds do not pass", async () => {
  const sides = (seeds: readonly number[]) => [
    sideOf(seeds, 5, () => 0),
    sideOf(seeds, 5, (seed, turn) => turn >= 2 && seed !== 1 ? 1 : 0),
  ];
  // Six of seven, 2 · 2^(−6), and eight of nine, 2 · 2^(−8), against 0.05 by 4 looks: Student would call both.
  assertEquals(await apart(sides(SEEDS.slice(0, 7)), 5), null);
  assertEquals(await apart(sides([...SEEDS, 9]), 5), { turn: 2, metric: 0, side: 1, size: 8 / 9, beyond: null });
  const others = sideOf(SEEDS.map((seed) => seed + 100), 5, (_, turn) => turn >= 2 ? 1 : 0);
  assertEquals((await apart([sideOf(SEEDS, 5, () => 0), others], 5))?.turn, 2);
});

Deno.test("parting: sides with seeds of their own are not paired, and need more to be apart", async () => {
  const others = SEEDS.map((seed) => seed + 100);
  const noise = (arm: string) => (seed: number, turn: number) => rng(seed, arm, "", turn).normal(0, 1);
  const first = sideOf(SEEDS, 30, noise("a"));
  assertEquals(await apart([first, sideOf(others, 30, noise("b"))], 30), null);
  const moved = sideOf(others, 30, (seed, turn) => noise("b")(seed, turn) + (turn >= 12 ? 9 : 0));
  assertEquals((await apart([first, moved], 30))?.turn, 12);
});

Deno.test("parting: seeds that one side alone has are left out; of one seed nothing is told", () => {
  assertEquals(
    matchesOf([{ units: ["1", "2", "3"] }, { units: ["2", "3", "4"] }, { units: ["7", "8"] }, { units: ["1"] }]),
    [
      { side: 1, by: "paired", n: 2, left_out: 2 },
      { side: 2, by: "unpaired", n: 5, left_out: 0 },
      { side: 3, by: "none", n: 4, left_out: 0 },
    ],
  );
});

Deno.test("parting: of sides that are the same at most about one comparison in twenty shows any, however many turns", async () => {
  let parted = 0;
  for (let i = 0; i < 200; i++) {
    const walk = (arm: string) => {
      const walks = new Map(SEEDS.map((seed) => {
        const steps = rng(seed, arm, "walk", i);
        let at = 0;
        return [seed, Array.from({ length: 21 }, () => at += steps.normal(0, 1))];
      }));
      return sideOf(SEEDS, 20, (seed, turn) => walks.get(seed)![turn]!);
    };
    if (await apart([walk("a"), walk("b")], 20)) parted++;
  }
  // 10 are expected at most; 17 or more of 200 at a rate of 5 % has a chance of 3 %.
  assertTrue(parted <= 16, `${parted} of 200`);
});
