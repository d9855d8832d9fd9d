import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { batchCsv } from "./csv.ts";
import { exampleBatch } from "./example_batch.ts";
import { batchParquet } from "./parquet.ts";

const FAILED = { code: "agent_failed", message: "division by zero" };

/** Two arms and two seeds, of which one run has failed, one is void and one has not begun. */
function mixed() {
  return exampleBatch({
    cells: [
      { arm: "tight", params: { rate: 0.08, plan: ["a", 1] } },
      { arm: "loose", params: { rate: 0.01, plan: "none" } },
    ],
    seeds: 2,
    row: ({ n }) =>
      [
        { reused: true },
        { status: "failed" as const, metrics: {}, error: FAILED },
        { validity: "void" as const, cost_usd: 0.25 },
        { status: "pending" as const, run_id: null, seed: null, validity: null, seconds: null, turns: 0, metrics: {} },
      ][n]!,
  }).rows;
}

Deno.test("batchCsv: a line a run, a column a parameter and a metric", () => {
  const lines = batchCsv(mixed()).split("\r\n");
  assertEquals(
    lines[0],
    "n,arm,rate,plan,seed,sample,run_id,status,validity,reused,turns,seconds,cost_usd,gdp,gini",
  );
  assertMatches(
    lines[1]!,
    /^0,tight,0\.08,"\[""a"",1\]",1,0,growth_4agents_20261122_101500_0,completed,valid,true,20,1\.5,0,[\d.]+,[\d.]+$/,
  );
  assertEquals(lines[2], "1,loose,0.01,none,1,0,growth_4agents_20261122_101500_1,failed,valid,false,20,1.5,0,,");
  assertMatches(lines[3]!, /^2,tight,.*,completed,void,false,20,1\.5,0\.25,[\d.]+,[\d.]+$/);
  assertEquals(lines[4], "3,loose,0.01,none,,0,,pending,,false,0,,0,,");
  assertEquals(lines.length, 6);
});

Deno.test("batchCsv: what a spreadsheet would run is text, and what has commas is quoted", () => {
  const { rows } = exampleBatch({
    cells: [{ arm: '=cmd|"/c calc"', params: { "+note": "a, b", "-x": -1 } }],
    seeds: 1,
    metrics: () => ({ "@sum": -2 }),
  });
  const [header, line] = batchCsv(rows).split("\r\n");
  assertEquals(header!.split(",").filter((name) => name.startsWith("'")), ["'+note", "'-x", "'@sum"]);
  assertMatches(line!, /^0,"'=cmd\|""\/c calc""","a, b",-1,1,0,.*,-2$/);
});

Deno.test("batchCsv: parameters and metrics whose names are taken are told apart", () => {
  const { rows } = exampleBatch({
    cells: [{ arm: null, params: { seed: 3, rate: 1 } }],
    seeds: 1,
    metrics: () => ({ rate: 7, status: 8, param_seed: 9 }),
  });
  const [header, line] = batchCsv(rows).split("\r\n").map((text) => text.split(","));
  const value = (name: string) => line![header!.indexOf(name)];
  assertEquals(["param_seed", "rate", "final_rate", "final_status", "final_param_seed"].map(value), [
    "3",
    "1",
    "7",
    "8",
    "9",
  ]);
  assertEquals(new Set(header).size, header!.length);
});

Deno.test("batchCsv: a parameter called __proto__ is a column like any other", () => {
  const params = JSON.parse('{"__proto__": 5, "constructor": 6}');
  const { rows } = exampleBatch({ cells: [{ arm: null, params }], seeds: 1 });
  const [header, line] = batchCsv(rows).split("\r\n").map((text) => text.split(","));
  assertEquals([header![2], line![2], header![3], line![3]], ["__proto__", "5", "constructor", "6"]);
});

Deno.test("batchParquet: the rows come back with their types", async () => {
  const rows = mixed();
  const read = await parquetReadObjects({ file: batchParquet(rows, "b").buffer });
  assertEquals(read.length, 4);
  assertEquals(read[0], {
    n: 0,
    arm: "tight",
    rate: 0.08,
    plan: '["a",1]',
    seed: 1n,
    sample: 0,
    run_id: "growth_4agents_20261122_101500_0",
    status: "completed",
    validity: "valid",
    reused: true,
    turns: 20,
    seconds: 1.5,
    cost_usd: 0,
    gdp: rows[0]!.metrics.gdp,
    gini: rows[0]!.metrics.gini,
  });
  assertEquals([read[3]!.seed, read[3]!.run_id, read[3]!.seconds, read[3]!.gdp], [null, null, null, null]);
});

Deno.test("batchParquet: types follow from the columns, the batch's id is in the metadata", () => {
  const metadata = parquetMetadata(batchParquet(mixed(), "rates_01").buffer);
  const types = Object.fromEntries(
    metadata.schema.slice(1).map(({ name, type, converted_type, repetition_type }) => [
      name,
      [converted_type ?? type, repetition_type],
    ]),
  );
  assertEquals(types.n, ["INT32", "REQUIRED"]);
  assertEquals(types.arm, ["UTF8", "OPTIONAL"]);
  assertEquals(types.rate, ["DOUBLE", "OPTIONAL"]);
  assertEquals(types.seed, ["INT64", "OPTIONAL"]);
  assertEquals(types.reused, ["BOOLEAN", "REQUIRED"]);
  assertEquals(types.gdp, ["DOUBLE", "OPTIONAL"]);
  assertTrue(metadata.key_value_metadata!.some(({ key, value }) => key === "batch_id" && value === "rates_01"));
});

Deno.test("batchParquet: seeds beyond 32 bits, arms and parameters without values", async () => {
  const { rows } = exampleBatch({
    cells: [{ arm: null, params: { on: true, note: 'ü, "x"' } }, { arm: null, params: { on: false, note: "" } }],
    seeds: 1,
    row: () => ({ seed: Number.MAX_SAFE_INTEGER }),
  });
  const read = await parquetReadObjects({ file: batchParquet(rows, "b").buffer });
  assertEquals(read.map(({ seed, arm, on, note }) => [seed, arm, on, note]), [
    [9007199254740991n, null, true, 'ü, "x"'],
    [9007199254740991n, null, false, ""],
  ]);
});

Deno.test("batchCsv, batchParquet: the same batch gives the same bytes", () => {
  assertEquals(batchCsv(mixed()), batchCsv(mixed()));
  assertEquals(batchParquet(mixed(), "b"), batchParquet(mixed(), "b"));
});
