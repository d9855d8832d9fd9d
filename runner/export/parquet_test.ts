import { parquetReadObjects } from "hyparquet";
import { assertEquals } from "../../tests/support/assert.ts";
import { rowsParquet } from "./parquet.ts";

Deno.test("rowsParquet() reads back: numbers, truth, texts, and JSON where values are of several kinds", async () => {
  const rows = [
    { turn: 0, rate: 0.5, open: true, mood: "calm", mixed: 1 },
    { turn: 1, rate: -2, open: false, mood: "é", mixed: { a: [1] } },
    { turn: 2, late: "x" },
  ];
  const file = rowsParquet(rows).buffer;
  assertEquals(await parquetReadObjects({ file }), [
    { turn: 0, rate: 0.5, open: true, mood: "calm", mixed: "1", late: null },
    { turn: 1, rate: -2, open: false, mood: "é", mixed: '{"a":[1]}', late: null },
    { turn: 2, rate: null, open: null, mood: null, mixed: null, late: "x" },
  ]);
});

Deno.test("rowsParquet() of no rows is a file without columns", async () => {
  assertEquals(await parquetReadObjects({ file: rowsParquet([]).buffer }), []);
});
