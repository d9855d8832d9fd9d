import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import type { Row } from "../store/mod.ts";
import { columnsOf, firstDifference, gridOf, isShare, MOST_POINTS, readValues, type Source, Values } from "./series.ts";

/** Rows as a stream: one every so many turns. */
function rowsOf(turns: number, value: (turn: number) => Row[string], every = 1) {
  return async function* (): AsyncGenerator<Row> {
    for (let turn = 0; turn <= turns; turn += every) yield await Promise.resolve({ turn, output: value(turn) });
  };
}

const COLUMNS = new Map([["output", "output"]]);

Deno.test("series: of a hundred thousand turns at most 2,000 are kept, first, last and parting among them", async () => {
  const also = new Set([0, 99_999, 31_337]);
  const values = await readValues(
    [{ unit: "1", rows: rowsOf(99_999, (turn) => 2 * turn) }],
    COLUMNS,
    gridOf(0, 99_999, 1, 1, also),
  );
  const { turns } = values;
  assertTrue(turns.length <= MOST_POINTS && turns.length > MOST_POINTS / 2, `${turns.length}`);
  for (const turn of also) assertTrue(turns.includes(turn), `${turn}`);
  const gaps = new Set(turns.slice(1).map((turn, i) => turn - turns[i]!));
  assertTrue(Math.max(...gaps) <= 51, "evenly");
  assertEquals(values.at(31_337, 0), [62_674]);
});

Deno.test("series: few turns are all kept, also those that are recorded every so often", async () => {
  const read = async (every: number) => {
    const grid = gridOf(0, 105, every, 1, new Set([0, 105]));
    return (await readValues([{ unit: "1", rows: rowsOf(105, () => 1, every) }], COLUMNS, grid)).turns;
  };
  assertEquals((await read(1)).length, 106);
  assertEquals(await read(25), [0, 25, 50, 75, 100]);
});

Deno.test("series: what is kept is what is recorded, whatever the distance between rows", () => {
  const { stride } = gridOf(0, 1_000_000, 7, 1, new Set());
  assertEquals(stride % 7, 0);
});

Deno.test("series: the more values a turn has the fewer turns are kept", () => {
  const turns = (values: number) => 2000 / gridOf(0, 2000, 1, values, new Set()).stride;
  assertTrue(turns(100_000) <= 80);
});

Deno.test("series: runs of one unit are averaged, and what is no number is not there", async () => {
  const sources: Source[] = [
    { unit: "1", rows: rowsOf(2, (turn) => turn) },
    { unit: "1", rows: rowsOf(2, (turn) => turn === 1 ? null : turn + 2) },
    { unit: "2", rows: rowsOf(1, () => true) },
  ];
  const values = await readValues(sources, COLUMNS, gridOf(0, 2, 1, 2, new Set()));
  assertEquals([values.units, values.turns], [["1", "2"], [0, 1, 2]]);
  assertEquals([values.at(0, 0), values.at(1, 0), values.at(2, 0)], [[1, 1], [1, 1], [3, NaN]]);
});

Deno.test("series: a reporter has its own name, unless a variable has it too", () => {
  assertEquals([
    ...columnsOf({ turn: 1, gini: 2, "metric.gini": 3, "metric.total": 4, mood: "good", open: false, gap: null }),
  ], [
    ["gini", "gini"],
    ["metric.gini", "metric.gini"],
    ["total", "metric.total"],
    ["open", "open"],
    ["gap", "gap"],
  ]);
});

Deno.test("firstDifference: turn by turn, the metric that differs most for its size", async () => {
  const side = (change: (turn: number) => Row) => ({
    columns: ["a", "b"],
    rows: async function* (): AsyncGenerator<Row> {
      for (let turn = 0; turn < 9; turn++) yield await Promise.resolve({ turn, a: 1000, b: 1, ...change(turn) });
    },
  });
  const same = side(() => ({}));
  assertEquals(await firstDifference([same, side(() => ({}))]), null);
  const late = side((turn): Row => turn >= 6 ? { a: 1010, b: 1.5 } : {});
  assertEquals(await firstDifference([same, late]), { turn: 6, metric: 1, side: 1, size: 0.5 });
  const early = side((turn): Row => turn >= 4 ? { a: 999 } : {});
  assertEquals(await firstDifference([same, late, early]), { turn: 4, metric: 0, side: 2, size: -1 });
});

Deno.test("firstDifference: only turns that all have recorded are compared, and every reading is ended", async () => {
  let open = 0;
  const side = (every: number, value: (turn: number) => number) => ({
    columns: ["output"],
    rows: async function* () {
      open++;
      try {
        yield* rowsOf(100, value, every)();
      } finally {
        open--;
      }
    },
  });
  const found = await firstDifference([side(2, () => 0), side(3, (turn) => turn >= 7 ? 1 : 0)]);
  assertEquals([found?.turn, open], [12, 0]);
});

Deno.test("series: yes and no is 1 in some runs and 0 in others, on whichever side; only one of them may be a number", () => {
  const of = (...values: readonly number[]) => {
    const side = new Values(["won"], values.map(String));
    values.forEach((value, unit) => side.add(1, unit, [value]));
    return side;
  };
  assertEquals(
    [[of(0, 1), of(1)], [of(0), of(1)], [of(0, NaN), of(0, 1)], [of(0), of(0)], [of(0, 1), of(0.5)], [of(0, 2), of(1)]]
      .map((sides) => isShare(sides, 0)),
    [true, true, true, false, false, false],
  );
});
