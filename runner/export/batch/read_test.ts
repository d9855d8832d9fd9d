import { SimError } from "../../../framework/mod.ts";
import { assertEquals, assertRejects, assertTrue } from "../../../tests/support/assert.ts";
import type { Row } from "../run.ts";
import { type ExampleBatch, exampleBatch } from "./example_batch.ts";
import { evenly, readBatch, type RunReader } from "./read.ts";

/** Runs of so many turns whose `gdp` grows by their number, whose `metric.gini` stays; it counts what is read. */
function reader(turns: number, gone: readonly string[] = []): RunReader & { read: string[]; rows_read: number } {
  const { facts } = exampleBatch({ cells: [{ arm: null, params: {} }], seeds: 1 });
  const counted = {
    read: [] as string[],
    rows_read: 0,
    status: (id: string) =>
      gone.includes(id)
        ? Promise.reject(new SimError("unknown_run", `there is no run '${id}'`))
        : Promise.resolve(facts.get(0)!),
    async *rows(id: string): AsyncIterable<Row> {
      counted.read.push(id);
      for (let turn = 0; turn <= turns; turn++) {
        counted.rows_read++;
        yield await Promise.resolve({ turn, gdp: turn * Number(id.split("_").at(-1)), "metric.gini": 0.3 });
      }
    },
  };
  return counted;
}

async function read(options: ExampleBatch, runs: RunReader) {
  const { view, rows, summary } = exampleBatch({ trajectories: false, ...options });
  return await readBatch(view, rows, summary, runs);
}

const cells = (count: number) => Array.from({ length: count }, (_, i) => ({ arm: null, params: { kind: i } }));

Deno.test("readBatch: trajectories are percentiles of the runs of each cell, turn by turn", async () => {
  // Runs 0, 2 and 4 are of the first cell, 1, 3 and 5 of the second.
  const { trajectories } = await read({ cells: cells(2), seeds: 3 }, reader(10));
  assertEquals(trajectories.map(({ metric }) => metric), ["gdp"], "what never moves has no chart");
  const [first, second] = trajectories[0]!.cells;
  assertEquals([first!.cell, first!.n, first!.points.length], [0, 3, 11]);
  assertEquals(first!.points[10], [10, 4, 20, 36]);
  assertEquals(second!.points[10], [10, 14, 30, 46]);
});

Deno.test("readBatch: void, failed and pending runs are no part of trajectories", async () => {
  const runs = reader(3);
  await read({
    cells: cells(1),
    seeds: 4,
    row: ({ n }) =>
      [
        { validity: "void" as const },
        { status: "failed" as const },
        { status: "pending" as const, run_id: null },
        {},
      ][n]!,
  }, runs);
  assertEquals(runs.read.map((id) => id.split("_").at(-1)), ["3"]);
});

Deno.test("readBatch: of many cells and long runs it reads a part", async () => {
  const runs = reader(1000);
  const turns = () => ({ turns: 1000 });
  const { trajectories } = await read({ cells: cells(300), seeds: 30, row: turns }, runs);
  assertEquals(trajectories[0]!.cells.map(({ cell }) => cell), [0, 60, 120, 179, 239, 299]);
  assertEquals(runs.read.length, 6 * 20);
  const { points } = trajectories[0]!.cells[0]!;
  assertTrue(points.length <= 201, `${points.length}`);
  assertEquals([points[0]![0], points.at(-1)![0]], [0, 1000]);
  const long = reader(60_000);
  await read({ cells: cells(2), seeds: 30, row: () => ({ turns: 60_000 }) }, long);
  assertTrue(long.rows_read <= 320_000, `${long.rows_read}`);
});

Deno.test("readBatch: runs that have been removed meanwhile are left out, other errors are not swallowed", async () => {
  const gone = "growth_4agents_20261122_101500_0";
  const { facts } = await read({ cells: cells(1), seeds: 2 }, reader(3, [gone]));
  assertEquals([...facts.keys()], [1]);
  const broken = { ...reader(3), status: () => Promise.reject(new SimError("bad_manifest", "no manifest")) };
  await assertRejects(() => read({}, broken), "bad_manifest");
});

Deno.test("evenly: keeps the ends, and everything where it fits", () => {
  assertEquals(evenly([1, 2, 3], 3), [1, 2, 3]);
  assertEquals(evenly(Array.from({ length: 101 }, (_, i) => i), 5), [0, 25, 50, 75, 100]);
  assertEquals(evenly([], 5), []);
});
