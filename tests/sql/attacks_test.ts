/** What a query must not be able to do: each attempt with what comes of it. */

import fc from "../support/properties.ts";
import { SimError } from "../../framework/mod.ts";
import { MOST_BYTES } from "../../runner/sql/query.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { withWorld, type World } from "./world.ts";

/** A world with one run, and beside the output folder a file with a secret. */
async function withSecret(body: (world: World, secret: string) => Promise<void>): Promise<void> {
  await withWorld(async (world, folder) => {
    const global = [{ turn: 0, x: 1 }, { turn: 1, x: 2 }];
    world.run("a", { global, agents: [{ turn: 0, agent: "X", wealth: 1 }] });
    world.write(".audit.jsonl", '{"key":"secret"}\n');
    const secret = `${folder}/secret.csv`;
    await Deno.writeTextFile(secret, "secret\n");
    const before = await filesBelow(folder);
    await body(world, secret.replaceAll("'", "''"));
    assertEquals(await filesBelow(folder), before, "a query has written");
  });
}

/** Every file with its text, or a link's end. */
async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) found.push(path, ...await filesBelow(path));
    else found.push(`${path}: ${await Deno.readTextFile(path)}`);
  }
  return found.sort();
}

/** Each query is refused with `code`, and says nothing of a secret. */
async function assertRefused(world: World, code: string, queries: readonly string[]): Promise<void> {
  for (const query of queries) {
    const error = await assertRejects(() => world.ask(query), code);
    assertTrue(!/secret"?\n|root:/.test(error.message), `${query}: ${error.message}`);
  }
}

Deno.test("what writes is no SELECT", () =>
  withSecret((world) =>
    assertRefused(world, "not_select", [
      "copy (select 1) to 'a/evil.csv'",
      "copy (select * from turns) to 'a/global.jsonl'",
      "export database 'evil'",
      "attach 'evil.db'",
      "attach ':memory:' as evil",
      "create table evil as select 1",
      "create or replace view runs as select 1",
      "create macro f() as 1",
      "insert into runs values (1)",
      "update runs set turn = 1",
      "delete from runs",
      "merge into runs using runs on true when matched then delete",
      "drop view runs",
      "set memory_limit = '20GB'",
      "set variable x = 1",
      "reset all",
      "pragma memory_limit = '20GB'",
      "pragma version",
      "call enable_logging(storage = 'file', storage_path = 'evil')",
      "install httpfs",
      "load httpfs",
      "checkpoint",
      "prepare p as select 1",
      "begin",
      "use memory",
      "comment on table runs is 'x'",
    ])
  ));

Deno.test("an EXPLAIN is no SELECT: EXPLAIN ANALYZE would run it", () =>
  withSecret((world) => assertRefused(world, "not_select", ["explain select 1", "explain analyze select 1"])));

Deno.test("functions that read, tell or change something cannot be used, wherever they stand", () =>
  withSecret((world, secret) =>
    assertRefused(world, "not_select", [
      `select * from read_text('${secret}')`,
      "select * from read_text('/etc/passwd')",
      "select * from read_text('../secret.csv')",
      "select * from READ_TEXT('.audit.jsonl')",
      "select * from \"read_text\"('a/manifest.json')",
      "select * from system.main.read_text('a/manifest.json')",
      "select * from read_json('a/manifest.json')",
      "select * from read_csv('http://127.0.0.1:1/x.csv')",
      "select * from read_blob('/proc/self/environ')",
      "select * from parquet_metadata('/etc/passwd')",
      "select * from sniff_csv('/etc/passwd')",
      "select * from glob('/etc/*')",
      "select * from query('select * from read_text(''/etc/passwd'')')",
      "select * from query_table('runs')",
      "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
      "select * from enable_logging(storage = 'file', storage_path = 'evil')",
      "select * from enable_profiling()",
      "select * from checkpoint()",
      "select * from duckdb_settings()",
      "select * from duckdb_secrets()",
      "select * from pragma_database_size()",
      "select * from (select 1) t, lateral read_text('/etc/passwd')",
      "select (select content from read_text('/etc/passwd'))",
      "select list_transform([1], lambda x: (select content from read_text('/etc/passwd')))",
      "with a as (select * from read_text('/etc/passwd')) select * from a",
      "select 1 where exists (from read_text('/etc/passwd'))",
      "select 1 union all select content from read_text('/etc/passwd')",
      "select 1 order by (select content from read_text('/etc/passwd'))",
      "select getenv('HOME')",
      "select current_setting('allowed_paths')",
      "select write_log('x')",
      "show tables",
      "select * from (show databases)",
    ])
  ));

Deno.test("a file is no table, under whatever name", () =>
  withSecret((world, secret) =>
    assertRefused(world, "bad_sql", [
      `select * from '${secret}'`,
      `select * from "${secret.replaceAll("''", "'")}"`,
      "from '/etc/passwd'",
      "from '../secret.csv'",
      "from 'a/global.jsonl'",
      "from 'a/*.jsonl'",
      "from '.audit.jsonl'",
      "describe '/etc/passwd'",
      "summarize '../secret.csv'",
      "from duckdb_settings",
      "from information_schema.tables",
      "from pg_catalog.pg_settings",
      "from system.main.duckdb_views",
      "select unnest(glob('*'))",
    ])
  ));

Deno.test("a file that a WITH elsewhere has the name of is refused by DuckDB itself", () =>
  withSecret((world, secret) => {
    const named = `"${secret.replaceAll("''", "'")}"`;
    return assertRefused(world, "not_select", [
      `select (with ${named} as (select 1 as a) select a from ${named}), (select count(*) from ${named})`,
    ]);
  }));

Deno.test("several statements are none, and none is none", () =>
  withSecret(async (world) => {
    await assertRefused(world, "not_select", [
      "select 1; select 2",
      "select 1; copy (select 1) to 'evil'",
      "select 1 /* ; */; drop view runs",
    ]);
    await assertRefused(world, "bad_sql", ["", ";;", "-- select 1", "/* select 1 */"]);
    assertEquals(await world.rows("select 1; -- and no more"), [[1]]);
  }));

Deno.test("comments, quotes and odd letters hide nothing and break nothing", () =>
  withSecret(async (world) => {
    assertEquals(await world.rows("select/**/1/*;copy*/ -- ; copy (select 1) to 'x'"), [[1]]);
    assertEquals(await world.rows("select $$; drop view runs$$, ';', e'\\x27;'"), [["; drop view runs", ";", "';"]]);
    assertEquals(await world.rows("\ufeffselect\u00a01"), [[1]]);
    assertEquals(await world.rows("select '\u202e' as \"\u202e\""), [["\u202e"]]);
    await assertRefused(world, "bad_sql", [
      "\u017felect 1",
      "select 1\0",
      "select U&'\\0061'",
      "select ?",
      "select $a",
    ]);
    await assertRefused(world, "not_select", [
      "select * from/**/read_text/**/('/etc/passwd')",
      "select * from \u00a0read_text('/etc/passwd')",
      "co\u00adpy (select 1) to 'x'".replace("\u00ad", ""),
    ]);
  }));

Deno.test("nesting without end is an error or an answer, not the end of the process", () =>
  withSecret(async (world) => {
    assertEquals(await world.rows(`select ${"(".repeat(5000)}1${")".repeat(5000)}`), [[1]]);
    await assertRefused(world, "bad_sql", [
      `select ${"1+".repeat(20_000)}1`,
      `select ${"not ".repeat(20_000)}true`,
      `select '${"x".repeat(100_000)}'`,
    ]);
  }));

Deno.test("whatever is asked, there are rows or an error of ours, and nothing is written", () =>
  withSecret(async (world, secret) => {
    const words = fc.constantFrom(
      ...[
        "select",
        "*",
        "1",
        "from",
        "turns",
        "runs",
        "where",
        "x",
        "=",
        "(",
        ")",
        ",",
        ";",
        "with",
        "as",
        "copy",
        "to",
      ],
      ...[`'${secret}'`, `"${secret}"`, "read_text", "'a'", "join", "union all", "pivot", "on", "--", "/*", "*/", "\n"],
      ...["values", "describe", "order by", "ü", "'", '"', "$$", "{", "[", "::json"],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(words, { maxLength: 12 }), async (parts) => {
        try {
          const { rows } = await world.ask(`select ${parts.join(" ")}`);
          assertTrue(!JSON.stringify(rows).includes('"secret"'));
        } catch (error) {
          assertTrue(error instanceof SimError, String(error));
          assertMatches(error.code, /^(bad_sql|not_select)$/);
        }
      }),
      { numRuns: 25 },
    );
  }));

Deno.test("a query without end is killed when its time is up", () =>
  withSecret(async (world) => {
    const endless = "select count(*) from range(10000000) a, range(10000000) b where hash(a.range, b.range) = 1";
    const began = performance.now();
    const error = await assertRejects(() => world.ask(endless, { timeout_seconds: 1 }), "sql_timeout");
    assertMatches(error.message, /stopped after 1 s/);
    assertTrue(performance.now() - began < 15_000);
    const recursive = "with recursive a as (select 1 as n union all select n + 1 from a) select max(n) from a";
    await assertRejects(() => world.ask(recursive, { timeout_seconds: 1 }), "sql_timeout");
  }));

Deno.test("a query that eats memory ends with an error, whether DuckDB counts it or not", () =>
  withSecret(async (world) => {
    for (
      const bomb of [
        "select list(range(1000000)) from range(100000)",
        "select string_agg(repeat('x', 1000000), '') from range(5000)",
        "select length(repeat('x', 2000000000))",
        "select a.range, count(*) from range(100000000) a group by 1",
        "select * from range(100000000) order by hash(range)",
      ]
    ) await assertRejects(() => world.ask(bomb, { memory_mb: 128 }), "sql_memory");
  }));

Deno.test("rows beyond the limit are left out, and the answer says so", () =>
  withSecret(async (world) => {
    const { rows, truncated } = await world.ask("select * from range(1000000000)", { limit: 5000 });
    assertEquals([rows.length, truncated], [5000, true]);
    assertEquals((await world.ask("select * from range(3)", { limit: 3 })).truncated, false);
    assertEquals((await world.ask("select * from range(1001)")).rows.length, 1000);
  }));

Deno.test("bytes beyond the limit are left out, and the answer says so", () =>
  withSecret(async (world) => {
    const { rows, truncated } = await world.ask("select repeat('ü', 100000) from range(1000)", { limit: 1000 });
    assertTrue(truncated);
    const bytes = new TextEncoder().encode(JSON.stringify(rows)).length;
    assertTrue(bytes <= MOST_BYTES + 1000 && bytes > MOST_BYTES * 0.9, `${bytes}`);
    const one = await world.ask(`select repeat('x', ${MOST_BYTES}) union all select 'x'`);
    assertEquals([one.rows.length, one.truncated], [0, true]);
  }));

Deno.test("limits outside their bounds are refused", () =>
  withSecret(async (world) => {
    for (
      const options of [
        { limit: 0 },
        { limit: 1e9 },
        { limit: NaN },
        { timeout_seconds: 0 },
        { timeout_seconds: 1e9 },
        {
          memory_mb: 1,
        },
        { memory_mb: 1e9 },
      ]
    ) await assertRejects(() => world.ask("select 1", options), "bad_query_option");
  }));
