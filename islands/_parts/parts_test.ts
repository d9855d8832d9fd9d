import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { actionLines, nearestAction } from "./action_diff.ts";
import { axesOf, countsText, heatOf, nameOfCell } from "./batch_cells.ts";
import { appendedRows, summaryOfLines, tableOfLines, thinnedRows } from "./chart_text.ts";
import {
  bytesText,
  count,
  dollars,
  duration,
  json,
  number,
  percent,
  short,
  text,
  withInterval,
} from "./number_format.tsx";
import { chosenColumns, horizonOf, numberColumns, rowAt } from "./run_columns.ts";
import { colorOf } from "./series_color.ts";
import { csvOf, kindOfType, sortedOrder, windowOf } from "./table_rows.ts";

Deno.test("numbers: grouped, few digits, and never a word that is none", () => {
  assertEquals([1234567, 0.1 + 0.2, -5.25, 0, 1e-9, 1e18].map(number), [
    "1,234,567",
    "0.3",
    "−5.25",
    "0",
    "1.000e-9",
    "1.000e+18",
  ]);
  for (const none of [null, undefined, NaN, Infinity, -Infinity]) {
    for (const format of [number, count, dollars, duration, percent, short, text]) assertEquals(format(none), "–");
  }
  assertEquals([text(Symbol("x")), text(() => 1), text({ a: [1] }), text(true), text(12n)], [
    "–",
    "–",
    '{"a":[1]}',
    "yes",
    "12",
  ]);
  const circle: { self?: unknown } = {};
  circle.self = circle;
  assertEquals(json(circle), "–");
  assertEquals(text("x".repeat(1000)).length, 300);
});

Deno.test("dollars, durations and shares say as much as is known", () => {
  assertEquals([0, 0.00001, 0.0042, 0.126, 1.2, 1234.5, -3].map(dollars), [
    "$0",
    "<$0.0001",
    "$0.0042",
    "$0.13",
    "$1.20",
    "$1,235",
    "−$3.00",
  ]);
  assertEquals([0, 0.0002, 0.34, 0.9996, 4.21, 9.96, 59.97, 65, 7380, 273_600].map(duration), [
    "0 s",
    "1 ms",
    "340 ms",
    "1.0 s",
    "4.2 s",
    "10 s",
    "1 min 00 s",
    "1 min 05 s",
    "2 h 03 min",
    "3 d 4 h",
  ]);
  assertEquals([0, 0.004, 0.625, 1].map(percent), ["0 %", "0.4 %", "63 %", "100 %"]);
  assertEquals(withInterval(0.42, 0.31, 0.53), "0.42 (0.31 to 0.53)");
  assertEquals(withInterval(0.42, null, null), "0.42");
});

Deno.test("rows are thinned evenly, ends kept, and grow without gaps or doubles", () => {
  const rows = Array.from({ length: 1000 }, (_, turn) => ({ turn }));
  const few = thinnedRows(rows, 10);
  assertEquals([few.length, few[0], few.at(-1)], [10, { turn: 0 }, { turn: 999 }]);
  assertEquals(thinnedRows(rows.slice(0, 3), 10).length, 3);
  const grown = appendedRows(rows.slice(0, 5), rows.slice(3, 8), 100);
  assertEquals(grown.map(({ turn }) => turn), [0, 1, 2, 3, 4, 5, 6, 7]);
  assertTrue(appendedRows(grown, rows.slice(0, 3), 100) === grown, "nothing new changes nothing");
  const much = appendedRows(rows.slice(0, 150), rows.slice(150, 201), 100);
  assertEquals([much.length, much[0]!.turn, much.at(-1)!.turn], [100, 0, 200]);
});

Deno.test("a chart in words and as a table", () => {
  const lines = [{ name: "u", points: [[0, 5], [1, null], [2, 9]] as const }, { name: "v", points: [[2, 1]] as const }];
  assertEquals(
    summaryOfLines([...lines, { name: "w", points: [] }], "turn"),
    "u: from 5 at turn 0 to 9 at turn 2, between 5 and 9; v: 1 at turn 2; w: no values yet",
  );
  assertEquals(tableOfLines(lines, "turn"), {
    columns: ["turn", "u", "v"],
    rows: [[0, 5, null], [1, null, null], [2, 9, 1]],
  });
});

Deno.test("a name keeps its colour", () => {
  const first = colorOf("gdp");
  const others = Array.from({ length: 20 }, (_, i) => colorOf(`other ${i}`));
  assertEquals(colorOf("gdp"), first);
  assertTrue(new Set([first, ...others.slice(0, 15)]).size === 16, "sixteen names are told apart");
});

Deno.test("a table of 5,000 rows has few in the page, wherever it is scrolled, and the same height", () => {
  for (const scrolled of [0, 29, 1000, 72_000, 145_000, 1e9]) {
    const { first, end, above, below } = windowOf(5000, 29, scrolled, 435);
    assertTrue(end - first >= 15 && end - first <= 45, `${end - first} rows at ${scrolled}`);
    assertEquals(above + (end - first) * 29 + below, 5000 * 29);
    if (scrolled < 140_000) assertTrue(first * 29 <= scrolled && end * 29 >= scrolled + 435, `a gap at ${scrolled}`);
  }
  assertEquals(windowOf(3, 29, 0, 87), { first: 0, end: 3, above: 0, below: 0 });
});

Deno.test("rows are sorted by value, numbers as numbers, what is none last, equal ones in their order", () => {
  const rows = [[10, "b"], [null, "a"], [9, "b"], [NaN, "a10"], [-1, "a9"]];
  assertEquals(sortedOrder(rows, null), [0, 1, 2, 3, 4]);
  assertEquals(sortedOrder(rows, { column: 0, isDescending: false }), [4, 2, 0, 1, 3]);
  assertEquals(sortedOrder(rows, { column: 0, isDescending: true }), [0, 2, 4, 1, 3]);
  assertEquals(sortedOrder(rows, { column: 1, isDescending: false }), [1, 4, 3, 0, 2]);
});

Deno.test("CSV: quoted where needed, and no text that a spreadsheet would take for a formula", () => {
  assertEquals(
    csvOf(["a", 'b"c'], [[1, "x,y"], [null, "=1+1"], [-2.5, "-3"], ["line\nbreak", { k: 1 }]]),
    'a,"b""c"\r\n1,"x,y"\r\n,\'=1+1\r\n-2.5,-3\r\n"line\nbreak","{""k"":1}"\r\n',
  );
  assertEquals(
    ["BIGINT", "DECIMAL(18,3)", "TIMESTAMP", "BOOLEAN", "VARCHAR", "INTEGER[]", "STRUCT(a INTEGER)"].map(kindOfType),
    [
      "number",
      "number",
      "date",
      "toggle",
      "text",
      "list",
      "list",
    ],
  );
});

Deno.test("columns to draw: the watched ones, by their bare name too, or the first that change", () => {
  const rows = [{ turn: 0, still: 1, a: 1, name: "x", "metric.gini": 0.1 }, {
    turn: 1,
    still: 1,
    a: 2,
    name: "x",
    "metric.gini": 0.2,
  }];
  const columns = ["turn", "still", "a", "name", "metric.gini"];
  assertEquals(numberColumns(columns, rows), ["still", "a", "metric.gini"]);
  assertEquals(chosenColumns(["gini"], columns, rows), ["metric.gini"]);
  assertEquals(chosenColumns([], columns, rows), ["a", "metric.gini"]);
  assertEquals(chosenColumns([], columns, []), ["still", "a", "name", "metric.gini"]);
});

Deno.test("the row of a turn, or the one before it", () => {
  const rows = [0, 5, 10, 15].map((turn) => ({ turn }));
  assertEquals([-1, 0, 4, 5, 12, 99].map((turn) => rowAt(rows, turn)?.turn), [0, 0, 0, 5, 10, 15]);
  assertEquals(rowAt([], 3), null);
});

const CELLS = [0.02, 0.05].flatMap((rate, i) =>
  ["low", "high"].map((tax, j) => ({ index: 2 * i + j, arm: null, params: { rate, tax, fixed: 1 } }))
);

Deno.test("a batch over two things is a grid; over one or three it is a list", () => {
  const metric = {
    name: "gdp",
    share: false,
    comparisons: [],
    noise: null,
    sensitivity: null,
    cells: CELLS.slice(0, 3).map(({ index }) => ({
      cell: index,
      n: 3,
      runs: 3,
      missing: 0,
      mean: index,
      sd: 1,
      low: index - 1,
      high: index + 1,
      median: 0,
      min: 0,
      max: 0,
    })),
  };
  assertEquals(axesOf(CELLS), ["rate", "tax"]);
  const heat = heatOf(CELLS, metric)!;
  assertEquals([heat.yName, heat.xName, heat.cells.length], ["rate", "tax", 4]);
  assertEquals(heat.cells.map(({ value, n }) => [value, n]), [[0, 3], [1, 3], [2, 3], [null, 0]]);
  assertEquals(heatOf(CELLS.slice(0, 2), metric), null);
  const armed = CELLS.map((cell, i) => ({ ...cell, arm: i < 2 ? "a" : "b" }));
  assertEquals(heatOf(armed, metric), null);
  assertEquals(nameOfCell(CELLS[1]!), "rate=0.02, tax=high, fixed=1");
  assertEquals(nameOfCell({ index: 0, arm: null, params: {} }), "all runs");
});

Deno.test("runs of a batch in words: only what there is", () => {
  const counts = { total: 96, completed: 41, void: 0, failed: 1, cancelled: 0, running: 2, pending: 52, reused: 3 };
  assertEquals(countsText(counts), "41 of 96 done, 3 found, 2 running, 1 failed");
});

Deno.test("an action is held against the wanted one, argument by argument", () => {
  const wanted = { kind: "task", name: "move", parameters: { id: 2, to: { x: 1 }, note: "n" } };
  const done = { kind: "task", name: "move", parameters: { id: 3, to: { x: 1 }, extra: true } };
  assertEquals(actionLines(done, wanted).map(({ mark }) => mark), ["same", "same", "differs", "same", "only"]);
  assertEquals(actionLines(wanted, done).map(({ mark }) => mark), ["same", "same", "differs", "same", "only"]);
  assertEquals(actionLines(wanted, null).every(({ mark }) => mark === "same"), true);
  assertMatches(actionLines(done, wanted)[2]!.text, /^\s+"id": 3$/);
  const near = { ...wanted, parameters: { id: 2 } };
  assertTrue(
    nearestAction(wanted, [done, near, { ...near, name: "other" }]) === done ||
      nearestAction(wanted, [near, done]) === near,
  );
  assertEquals(nearestAction(wanted, [{ ...done, name: "delete" }]), null);
});

Deno.test("the axis of a run that plays is filled by half at least, and ends with the run", () => {
  assertEquals([0, 5, 17, 4000, 60_000].map((turn) => horizonOf(turn, 60_000)), [16, 16, 32, 4096, 60_000]);
  assertEquals(horizonOf(3, 10), 10);
});

Deno.test("bytes are told in the unit that leaves one to three digits; what is no size is none", () => {
  assertEquals([0, 999, 999.6, 1000, 3140, 9949, 9951, 999_499, 999_500, 412e6, 1.2e12, 5e18].map(bytesText), [
    ...["0 B", "999 B", "1.0 kB", "1.0 kB", "3.1 kB", "9.9 kB", "10 kB", "999 kB", "1.0 MB", "412 MB", "1.2 TB"],
    "5000 PB",
  ]);
  assertEquals([null, undefined, NaN, Infinity, -1].map(bytesText), ["–", "–", "–", "–", "–"]);
});
