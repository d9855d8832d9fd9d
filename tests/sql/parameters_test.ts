/** Values that are bound to a query, and tables that it brings with it. */

import type { SimError } from "../../framework/mod.ts";
import { assertEquals, assertMatches, assertRejects } from "../support/assert.ts";
import { withWorld, type World } from "./world.ts";

function twoRuns(world: World): void {
  world.run("a", { global: [{ turn: 0, x: 1 }, { turn: 1, x: 2, "metric.y": 5 }] });
  world.run("b", { global: [{ turn: 0, x: 10 }, { turn: 1, x: 20 }, { turn: 2, x: 30 }] });
}

Deno.test("values are bound with their types", () =>
  withWorld(async (world) => {
    const params = { n: 3, r: 0.5, t: "it's", b: true, nothing: null, list: [1, 2.5], deep: { a: 1 } };
    twoRuns(world);
    assertEquals(
      await world.rows(
        "select $n + 1, $r, $t, $b, $nothing, list_sum($list), ($deep::json->>'a')::int, typeof($n), typeof($r)",
        { params },
      ),
      [[4, 0.5, "it's", true, null, 3.5, 1, "BIGINT", "DOUBLE"]],
    );
  }));

Deno.test("a value is never read as SQL", () =>
  withWorld(async (world) => {
    twoRuns(world);
    const hostile = "'; drop table runs; -- \" ) union select 'stolen";
    assertEquals(await world.rows("select $v as v", { params: { v: hostile } }), [[hostile]]);
    assertEquals(await world.rows("select count(*) from runs where run_id = $v", { params: { v: hostile } }), [[0]]);
    assertEquals(
      await world.rows("select * from t", { tables: { t: { sql: "select $v as v", params: { v: hostile } } } }),
      [[hostile]],
    );
    await assertRejects(() => world.ask("select * from $v", { params: { v: "runs" } }), "bad_sql");
    assertEquals(await world.rows("select v from t", { tables: { t: { rows: [{ v: hostile }] } } }), [[hostile]]);
  }));

Deno.test("a value that nobody has bound is an error with its name", () =>
  withWorld(async (world) => {
    twoRuns(world);
    const error = await assertRejects(() => world.ask("select $missing, $n", { params: { n: 1 } }), "bad_sql");
    assertMatches(error.message, /nothing is bound to \$missing/);
  }));

Deno.test("tables of a query's own are a run's turns, rows, and other queries with values of their own", () =>
  withWorld(async (world) => {
    twoRuns(world);
    const tables = {
      base: { run: "b" },
      limits: { rows: [{ name: "low", edge: 15 }, { name: "high", edge: 25 }] },
      above: { sql: "select turn, x from Base where x > $n", params: { n: 15 } },
      counted: { sql: "select count(*) as n, sum(x) as x from above" },
    };
    assertEquals(await world.rows("select turn, x from base order by turn", { tables }), [[0, 10], [1, 20], [2, 30]]);
    assertEquals(await world.rows("select n, x from COUNTED", { tables }), [[2, 50]]);
    assertEquals(
      await world.rows("select name, (select count(*) from above where x > edge) from limits order by edge", {
        tables,
      }),
      [["low", 2], ["high", 1]],
    );
    const joined = await world.ask("select b.x, t.x from base b join turns t using (turn) where t.run_id = 'a'", {
      tables,
    });
    assertEquals([joined.rows, joined.reads], [[[10, 1], [20, 2]], ["turns"]]);
  }));

Deno.test("a table of one's own stands before one of the runs, and can be called as that is", () =>
  withWorld(async (world) => {
    twoRuns(world);
    const tables = { turns: { run: "a" }, runs: { sql: "select 7 as seven" } };
    assertEquals(await world.rows("select count(*) from turns", { tables }), [[2]]);
    assertEquals(await world.rows("select * from runs", { tables }), [[7]]);
  }));

Deno.test("the gate looks at queries within queries as it does at the outer one", () =>
  withWorld(async (world) => {
    twoRuns(world);
    const refused = [
      "create table evil as select 1",
      "select 1; select 2",
      "copy (select 1) to 'evil.csv'",
      "select * from read_text('a/manifest.json')",
      "select * from read_csv('/etc/passwd')",
      "select getenv('HOME')",
    ];
    for (const sql of refused) {
      const error = await assertRejects(() => world.ask("select * from t", { tables: { t: { sql } } }), "not_select");
      assertMatches(error.message, /^table 't': /);
    }
    await assertRejects(
      () => world.ask("select * from t", { tables: { t: { sql: "select * from '/etc/passwd'" } } }),
      "bad_sql",
    );
  }));

Deno.test("tables that read themselves, and runs and batches that are none, are told", () =>
  withWorld(async (world) => {
    twoRuns(world);
    const circle = { a1: { sql: "select * from b1" }, b1: { sql: "select * from a1" } };
    assertMatches(
      (await assertRejects(() => world.ask("select * from a1", { tables: circle }), "bad_sql")).message,
      /reads itself/,
    );
    for (const tables of [{ t: { run: "gone" } }, { t: { run: "../a" } }, { t: { batch: "gone" } }]) {
      await assertRejects(() => world.ask("select * from t", { tables }), "unknown_source");
    }
    const error = await assertRejects(
      () => world.ask("select * from bose", { tables: { base: { run: "a" } } }),
      "bad_sql",
    );
    assertMatches((error as SimError).hint ?? "", /did you mean 'base'/);
  }));
