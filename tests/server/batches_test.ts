/** Batches over real HTTP: started, quoted, looked at, exported, paused, extended; comparisons, and questions in SQL. */

import { KeyStore } from "../../server/mod.ts";
import { GROWING, writing } from "../batch/world.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import { type RestServer, told, withRest } from "./rest_world.ts";

const grid = { rate: { path: "engine.interest_rate", values: [0.05, 0.1] } };
const RATES = { name: "rates", scenario: GROWING, grid, seeds: "1..2" };

const started = async ({ ask }: RestServer, body: Readonly<Record<string, unknown>> = RATES): Promise<string> => {
  const answer = await ask("POST", "/api/batches", body);
  assertEquals(answer.status, 202, JSON.stringify(answer.body));
  assertEquals(answer.headers.get("location"), `/api/batches/${answer.body.batch_id}`);
  return answer.body.batch_id;
};

/** A batch that has come to its end. */
const played = async (server: RestServer, body: Readonly<Record<string, unknown>> = RATES) => {
  const id = await started(server, body);
  await server.app.batches.wait(id);
  return id;
};

Deno.test("a batch is started, looked at with what it says, and listed in pages", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const [first, second] = [await played(server), await played(server, { ...RATES, name: "again" })];
    const { body } = await ask("GET", `/api/batches/${first}`);
    assertEquals([body.status, body.runs.completed, body.cell_count, body.summary], ["completed", 4, 2, null]);
    assertEquals(body.cells[1], { index: 1, name: "rate 0.1", arm: null, params: { rate: 0.1 } });
    assertEquals([body.seeds, body.samples, body.spec.seeds], [[1, 2], 1, "1..2"]);
    const { summary } = (await ask("GET", `/api/batches/${first}?summary=true&metrics=total`)).body;
    assertEquals([summary.deterministic, summary.metrics.map(({ name }: { name: string }) => name)], [true, ["total"]]);
    assertTrue(summary.metrics[0].comparisons[0].difference.estimate > 0);
    assertEquals(told(await ask("GET", `/api/batches/${first}?summary=true&metrics=totl`)), "422 unknown_metric");

    const page = await ask("GET", "/api/batches?limit=1");
    assertEquals(page.body.map(({ batch_id }: { batch_id: string }) => batch_id), [second]);
    assertEquals(page.body[0].runs.reused, 4);
    const next = await ask("GET", `/api/batches?limit=1&cursor=${page.headers.get("x-next-cursor")}`);
    assertEquals([next.body[0].batch_id, next.headers.get("x-next-cursor")], [first, null]);
    assertEquals(told(await ask("GET", "/api/batches?cursor=nowhere")), "422 bad_cursor");
    assertEquals(told(await ask("GET", "/api/batches/nowhere")), "404 unknown_batch");
  });
});

Deno.test("scenarios are named by domain and file, or come along as an object or as YAML, also by arm", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const plan = async (body: Readonly<Record<string, unknown>>) => {
      const id = await started(server, { ...body, plan_only: true });
      return (await ask("GET", `/api/batches/${id}`)).body;
    };
    const file = { repo: "economic", config: "growth.yaml" };
    assertEquals((await plan({ ...file, seeds: [3] })).spec.scenario, "scenarios/economic/growth.yaml");
    assertEquals((await plan({ scenario: JSON.stringify(GROWING) })).spec.scenario, GROWING);
    const arms = { ours: { scenario: JSON.stringify(GROWING) }, theirs: { ...file, set: { "simulation.seed": 4 } } };
    const armed = await plan({ arms });
    assertEquals([armed.status, armed.cells.map(({ arm }: { arm: string }) => arm)], ["planned", ["ours", "theirs"]]);
    assertEquals(armed.spec.arms.theirs.scenario, "scenarios/economic/growth.yaml");

    const swept = await plan({
      repo: "economic",
      config: "sweep_policy.yaml",
      seeds: [1],
      set: { "simulation.max_turns": 2 },
    });
    assertEquals([swept.seeds, swept.spec.set["simulation.max_turns"]], [[1], 2]);
    assertTrue(swept.cell_count > 1 && swept.spec.repo === undefined);
  });
});

Deno.test("no path of this machine is taken for a scenario, and what is wrong is told with its place", async () => {
  await withRest(async ({ ask, folder }) => {
    await Deno.writeTextFile(`${folder}/secret.yaml`, JSON.stringify(GROWING));
    const refused = async (body: unknown) => told(await ask("POST", "/api/batches", body));
    for (const scenario of [`${folder}/secret.yaml`, "scenarios/economic/growth.yaml", "/etc/passwd"]) {
      assertEquals(await refused({ scenario }), "422 no_scenario");
      assertEquals(await refused({ arms: { a: { scenario } } }), "422 no_scenario");
    }
    assertEquals(await refused({ repo: "economic", config: `${folder}/secret.yaml` }), "422 bad_config_path");
    assertEquals(
      await refused({ arms: { a: { repo: "economic", config: "../../deno.json" } } }),
      "422 bad_config_path",
    );
    assertEquals(await refused({ repo: "economic" }), "422 no_scenario");
    assertEquals(await refused({ repo: "economic", config: "growth.yaml", scenario: GROWING }), "422 no_scenario");
    assertEquals(await refused({ seeds: "1..2" }), "422 missing_key");
    assertEquals(await refused({ ...RATES, seeds: [1, 1] }), "422 repeated_seed");
    assertEquals(await refused({ ...RATES, seeds: "1..90000", samples: 1000 }), "422 too_many_runs");
    const large = { ...GROWING, simulation: { ...GROWING.simulation, description: "x".repeat(20_000) } };
    const drawn = { n: 20_000, params: { rate: { path: "engine.interest_rate", uniform: [0, 1] } } };
    assertEquals(await refused({ scenario: large, random: drawn }), "422 batch_too_large");
    assertEquals(await refused({ ...RATES, metrics: ["gpd"] }), "422 unknown_metric");
    assertEquals(await refused({ ...RATES, gird: {} }), "422 invalid_request");
    const typo = await ask("POST", "/api/batches", {
      ...RATES,
      grid: { rate: { path: "engine.intrest_rate", values: [1, 2] } },
    });
    assertEquals(typo.status, 422);
    assertMatches(JSON.stringify(typo.body), /intrest_rate[^]*interest_rate/);
    const broken = await ask("POST", "/api/batches", { scenario: "domain: economic\n  - x: [" });
    assertEquals([broken.status, typeof broken.body.errors[0].line], [422, "number"]);
    assertEquals((await ask("GET", "/api/batches")).body, []);
  });
});

Deno.test("the same start under the same key starts one batch; when that is gone, another", async () => {
  await withRest(async ({ ask, app }) => {
    const key = { "idempotency-key": "sweep-1" };
    const ask1 = (body: unknown) => ask("POST", "/api/batches", body, key);
    const [first, second] = await Promise.all([ask1(RATES), ask1(RATES)]);
    assertEquals([first.status, second.body.batch_id], [202, first.body.batch_id]);
    const { batch_id } = first.body;
    await app.batches.wait(batch_id);
    assertEquals((await ask1(RATES)).body.batch_id, batch_id);
    assertEquals(told(await ask1({ ...RATES, seeds: "1..3" })), "422 idempotency_conflict");
    assertEquals(app.batches.ids(), [batch_id]);
    app.batches.delete(batch_id);
    const anew = await ask1(RATES);
    assertTrue(anew.status === 202 && anew.body.batch_id !== batch_id);
  });
});

Deno.test("results come in pages, as CSV, as Parquet, as a report", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const id = await played(server);
    const rows: { n: number; metrics: { total: number }; status: string }[] = [];
    for (let query = "limit=3";;) {
      const page = await ask("GET", `/api/batches/${id}/results?${query}`);
      rows.push(...page.body);
      const next = page.headers.get("x-next-cursor");
      if (next === null) break;
      query = `limit=3&after=${next}`;
    }
    assertEquals(rows.map(({ n, status }) => [n, status]), [0, 1, 2, 3].map((n) => [n, "completed"]));
    assertTrue(rows[1]!.metrics.total > rows[0]!.metrics.total);

    const csv = await ask("GET", `/api/batches/${id}/results.csv`);
    assertMatches(csv.headers.get("content-type")!, /^text\/csv/);
    assertMatches(csv.body, /^n,.*rate.*run_id.*\r?\n0,/);
    assertEquals((await ask("GET", `/api/batches/${id}/results`, undefined, { accept: "text/csv" })).body, csv.body);
    const parquet = await server.fetch(`/api/batches/${id}/results.parquet`);
    assertEquals(new TextDecoder().decode((await parquet.bytes()).subarray(0, 4)), "PAR1");
    const report = await ask("GET", `/api/batches/${id}/report.html`);
    assertMatches(report.headers.get("content-disposition")!, /^attachment; /);
    assertMatches(report.body, /^<!doctype html>/i);
    assertEquals(told(await ask("GET", "/api/batches/nowhere/results.csv")), "404 unknown_batch");
  });
});

Deno.test("a batch is quoted from a pilot whose runs it finds again", async () => {
  await withRest(async (server) => {
    const { status, body } = await server.ask("POST", "/api/batches/quote", { ...RATES, seeds: "1..8" });
    assertEquals([status, body.runs, body.pilot_runs, body.usd], [200, 16, 4, 0]);
    assertEquals((await server.ask("GET", "/api/batches")).body, []);
    const id = await played(server, { ...RATES, seeds: "1..8" });
    assertEquals((await server.ask("GET", `/api/batches/${id}`)).body.runs.reused, 4);
  });
});

Deno.test("a batch is paused, resumed, extended, cancelled, and forgotten when it has ended", async () => {
  await withRest(async (server) => {
    const { ask, app } = server;
    const id = await started(server, { scenario: writing({ turns: 20, pause: 5 }), seeds: "1..6" });
    const post = (verb: string, body?: unknown) => ask("POST", `/api/batches/${id}/${verb}`, body);
    assertEquals(told(await post("extend", { more: 1 })), "409 bad_transition");
    assertEquals(told(await ask("DELETE", `/api/batches/${id}?purge=true`)), "409 not_ended");
    const paused = await post("pause", { now: true });
    assertEquals([paused.status, paused.body.status], [200, "paused"]);
    assertTrue(paused.body.runs.completed < 6);
    assertEquals(told(await post("pause")), "409 bad_transition");
    assertEquals((await post("resume")).body.status, "running");
    assertEquals((await app.batches.wait(id)).runs.completed, 6);
    assertEquals(told(await post("extend", { seeds: "6..7" })), "422 repeated_seed");
    assertEquals(told(await post("extend", { seeds: "7..900000" })), "422 too_many_runs");
    const extended = await post("extend", { more: 2 });
    assertEquals([extended.status, extended.body.runs.total], [202, 8]);
    assertEquals((await ask("DELETE", `/api/batches/${id}`)).body, { success: true, batch_id: id });
    assertEquals((await app.batches.get(id)).status, "cancelled");
    assertEquals(told(await ask("DELETE", `/api/batches/${id}`)), "409 not_running");
    assertEquals((await ask("DELETE", `/api/batches/${id}?purge=true`)).status, 200);
    assertEquals(told(await ask("GET", `/api/batches/${id}`)), "404 unknown_batch");
    assertTrue((await app.list()).runs.length >= 6, "its runs stay");
  }, { maxConcurrent: 1 });
});

Deno.test("a batch that has reached a limit is resumed with a higher one", async () => {
  await withRest(async (server) => {
    const { ask, app } = server;
    const id = await played(server, { ...RATES, limits: { max_minutes: 1e-9 } });
    const resume = (body?: unknown) => ask("POST", `/api/batches/${id}/resume`, body);
    assertEquals((await resume()).status, 202);
    const { status, reason } = await app.batches.wait(id);
    assertEquals([status, reason], ["paused", "max_minutes: 1e-9 is over; resume it with a higher limit"]);
    assertEquals((await resume({ max_minutes: 0 })).status, 422);
    assertEquals((await resume({ max_minutes: 60 })).status, 202);
    assertEquals((await app.batches.wait(id)).runs.completed, 4);
  });
});

Deno.test("runs and cells of a batch are compared", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    const id = await played(server);
    const sides = `batch:${id}/0,batch:${id}/1`;
    const { status, body } = await ask("GET", `/api/compare?runs=${encodeURIComponent(sides)}`);
    assertEquals(status, 200, JSON.stringify(body));
    assertEquals(body.runs.map(({ runs }: { runs: number }) => runs), [2, 2]);
    assertEquals(body.inputs, [{ path: "engine.interest_rate", values: [0.05, 0.1] }]);
    assertEquals(body.parting.turn, 1);
    assertEquals(told(await ask("GET", `/api/compare?runs=batch:${id}/0`)), "422 bad_comparison");
    assertEquals(told(await ask("GET", `/api/compare?runs=batch:${id}/0,batch:${id}/9`)), "404 unknown_arm");
    assertEquals(told(await ask("GET", "/api/compare?runs=a,b")), "404 unknown_run");
    const planned = await started(server, { ...RATES, seeds: [77], plan_only: true });
    assertEquals(
      told(await ask("GET", `/api/compare?runs=batch:${planned}/0,batch:${planned}/1`)),
      "409 nothing_to_compare",
    );
  });
});

Deno.test("all runs are asked in SQL: rows with their columns, capped; what is wrong has its line and column", async () => {
  await withRest(async (server) => {
    const { ask } = server;
    assertEquals(told(await ask("POST", "/api/query", { sql: "select * from runs" })), "409 no_runs");
    await played(server);
    const query = (sql: string, more = {}) => ask("POST", "/api/query", { sql, ...more });
    const { status, body } = await query("select seed, count(*) as runs from runs group by seed order by seed");
    assertEquals([status, body.rows, body.truncated], [200, [[1, 2], [2, 2]], false]);
    assertEquals(body.columns.map(({ name }: { name: string }) => name), ["seed", "runs"]);
    const few = await query("select * from range(100)", { limit: 3 });
    assertEquals([few.body.rows.length, few.body.truncated], [3, true]);
    const wrong = await query("select run_id,\n  sed from runs");
    assertEquals(told(wrong), "422 bad_sql");
    assertEquals([wrong.body.errors[0].line, wrong.body.errors[0].column], [2, 3]);
    assertMatches(wrong.body.errors[0].hint, /'seed'/);
    assertEquals(told(await query("drop table runs")), "422 not_select");
    assertEquals(told(await query("select 1", { limit: 100_001 })), "422 invalid_request");
    const { tables } = (await ask("GET", "/api/query/schema")).body;
    const names = tables.map(({ name }: { name: string }) => name);
    assertTrue(["runs", "turns", "metrics", "agents", "events"].every((name) => names.includes(name)), names.join());
  });
});

Deno.test("more questions than a few at once are told to come again", async () => {
  await withRest(async (server) => {
    await played(server);
    const slow = "select count(*) from range(20000) a, range(20000) b";
    const asked = Array.from({ length: 8 }, () => server.ask("POST", "/api/query", { sql: slow }));
    const answers = await Promise.all(asked);
    const refused = answers.filter(({ status }) => status === 429);
    assertEquals([refused.length, answers.filter(({ status }) => status === 200).length], [4, 4]);
    assertEquals([told(refused[0]!), refused[0]!.headers.get("retry-after")], ["429 too_many_queries", "1"]);
  });
});

Deno.test("keys that may read look and ask; those that may run start; those that may admin forget", async () => {
  const keys = new Map<string, string>();
  await withServer({
    before: async (_, folder) => {
      const store = new KeyStore(`${folder}/output`);
      for (const scope of ["read", "run", "admin"] as const) keys.set(scope, (await store.create(scope, [scope])).key);
    },
  }, async ({ fetch, app }) => {
    const { id } = await app.batches.start({ spec: RATES });
    await app.batches.wait(id);
    const ask = async (scope: string, method: string, path: string, body?: unknown) => {
      const headers = { authorization: `Bearer ${keys.get(scope)}`, "content-type": "application/json" };
      const answer = await fetch(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      await answer.body?.cancel();
      return answer.status;
    };
    assertEquals(await ask("read", "GET", `/api/batches/${id}/results`), 200);
    assertEquals(await ask("read", "POST", "/api/query", { sql: "select count(*) from runs" }), 200);
    assertEquals(await ask("read", "POST", "/api/batches", RATES), 403);
    assertEquals(await ask("read", "POST", "/api/batches/quote", RATES), 403);
    assertEquals(await ask("run", "POST", `/api/batches/${id}/extend`, { more: 1 }), 202);
    await app.batches.wait(id);
    assertEquals(await ask("run", "DELETE", `/api/batches/${id}?purge=true`), 403);
    assertEquals(await ask("admin", "DELETE", `/api/batches/${id}?purge=true`), 200);
  });
});
