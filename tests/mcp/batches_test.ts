/** Batches, comparisons, questions and charts as tools of a model. */

import { GROWING, writing } from "../batch/world.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { ERAS, withMcp } from "./clients.ts";

const grid = { rate: { path: "engine.interest_rate", values: [0.05, 0.1] } };
const RATES = { name: "rates", scenario: GROWING, grid, seeds: "1..2" };

for (const era of ERAS) {
  Deno.test(`a batch is run, looked at, compared, asked about, drawn (${era})`, () =>
    withMcp(era, {}, async (client) => {
      const ran = await client.call("run_batch", RATES);
      const { batch_id, status, runs, deterministic, cells, metrics } = ran.value;
      assertEquals([status, runs.completed, deterministic, ran.value.timed_out], ["completed", 4, true, false]);
      assertEquals(cells, [{ index: 0, name: "rate 0.05" }, { index: 1, name: "rate 0.1" }]);
      const total = metrics.find(({ name }: { name: string }) => name === "total");
      assertTrue(total.cells[1].mean > total.cells[0].mean && total.differences[0].estimate > 0);
      assertMatches(ran.text, /is completed: of 4 runs 4 completed\n/);
      assertEquals(ran.links, [`batch://${batch_id}/summary`, `batch://${batch_id}/results`]);
      assertEquals(JSON.parse(await client.read(ran.links[0]!)).deterministic, true);
      assertMatches(await client.read(ran.links[1]!), /^n,/);

      const got = await client.value("get_batch", { batch_id, metrics: ["total"] });
      assertEquals(got.metrics.map(({ name }: { name: string }) => name), ["total"]);
      const more = await client.value("run_batch", { batch_id, more_seeds: 1 });
      assertEquals([more.batch_id, more.runs.total, more.runs.completed], [batch_id, 6, 6]);

      const sides = [`batch:${batch_id}/0`, `batch:${batch_id}/1`];
      const compared = await client.call("compare_simulations", { runs: sides });
      assertEquals(compared.value.inputs, [{ path: "engine.interest_rate", values: [0.05, 0.1] }]);
      assertEquals(compared.value.parting.turn, 1);
      assertEquals(compared.value.metrics[0].last.map(({ turn }: { turn: number }) => turn), [5, 5]);
      assertTrue(compared.text.startsWith(compared.value.sentence));

      const sql = "select cell, count(*) as runs from " + `"${batch_id}"` + " group by cell order by cell";
      const asked = await client.call("query_runs", { sql });
      assertEquals(asked.value.rows, [[0, 3], [1, 3]]);
      assertMatches(asked.text, /^cell \| runs\n0 \| 3\n1 \| 3$/);

      const { content, structuredContent } = await client.client.callTool({
        name: "plot_runs",
        arguments: { batch_id, metric: "total" },
      });
      const { resource } = content.find(({ type }) => type === "resource") as {
        resource: { uri: string; mimeType: string; text: string };
      };
      assertEquals(resource.mimeType, "image/svg+xml");
      assertMatches(resource.text, /^<svg [^]*rate 0\.1[^]*<\/svg>$/);
      assertEquals(await client.read(resource.uri), resource.text);
      const { lines } = structuredContent as { lines: { label: string; runs: number }[] };
      assertEquals(lines.map(({ label, runs }) => [label, runs]), [["rate 0.05", 3], ["rate 0.1", 3]]);
    }));
}

Deno.test("waiting for a batch tells its progress; when the time is over it says how far it is, and goes on", () =>
  withMcp("modern", { fixtures: ["slow_writer"], maxConcurrent: 1 }, async (client, { app }) => {
    const scenario = writing({ turns: 20, pause: 5 });
    const args = { scenario, seeds: "1..4", timeout_seconds: 0, idempotency_key: "monday" };
    const late = await client.call("run_batch", args);
    const { batch_id } = late.value;
    assertEquals([late.value.status, late.value.timed_out, late.isError], ["running", true, false]);
    assertMatches(late.text, /it goes on: get_batch/);
    assertEquals((await client.value("run_batch", args)).batch_id, batch_id);
    const told: number[] = [];
    const { value } = await client.call("get_batch", { batch_id, timeout_seconds: 60 }, {
      onprogress: ({ progress, total }) => void told.push(progress / total!),
    });
    assertEquals([value.status, value.runs.completed, value.timed_out], ["completed", 4, false]);
    assertTrue(told.length >= 2 && told.at(-1) === 1, told.join());

    await app.batches.extend(batch_id, 3);
    await app.batches.pause(batch_id, { now: true });
    const paused = await client.call("get_batch", { batch_id });
    assertMatches(paused.text, /is paused[^]*run_batch with this batch_id plays it on/);
    assertEquals((await client.value("run_batch", { batch_id })).runs.completed, 7);
  }));

Deno.test("one simulation is drawn by itself, and a batch of one cell run by run", () =>
  withMcp("modern", {}, async (client) => {
    const { batch_id } = await client.value("run_batch", { scenario: GROWING, seeds: "1..2" });
    const runs = await client.value("plot_runs", { batch_id, metric: "total_economic_value" });
    assertEquals(runs.lines.length, 2);
    const [{ id }] = runs.lines;
    const one = await client.value("plot_runs", { runs: [id], metric: "metric.total" });
    assertEquals([one.lines.length, one.lines[0].last.turn, one.lines[0].label], [1, 5, id]);
    assertMatches(await client.error("plot_runs", { runs: [id], metric: "totl" }), /^unknown_metric: [^]*total/);
  }));

Deno.test("what went wrong is told with what to do next", () =>
  withMcp("modern", {}, async (client) => {
    const refused = (args: Record<string, unknown>) => client.error("run_batch", args);
    assertMatches(await refused({ scenario: "/etc/passwd" }), /^no_scenario: /);
    assertMatches(await refused({ repo: "economic", config: "/etc/passwd" }), /^bad_config_path: /);
    assertMatches(
      await refused({ ...RATES, grid: { rate: { path: "engine.intrest_rate", values: [1] } } }),
      /interest_rate/,
    );
    assertMatches(await refused({ ...RATES, seeds: "1..90000", samples: 900 }), /^too_many_runs: [^]*next: .*fewer/);
    assertMatches(await refused({ batch_id: "nowhere" }), /^unknown_batch: [^]*\nnext: query_runs/);
    assertMatches(await refused({ batch_id: "nowhere", seeds: [1] }), /^batch_is_planned: /);
    assertMatches(await refused({ ...RATES, more_seeds: 2 }), /^no_batch: /);
    assertMatches(
      await client.error("query_runs", { sql: "select * from runs" }),
      /^no_runs: [^]*next: start_simulation/,
    );
    assertMatches(await client.error("plot_runs", { metric: "total" }), /^no_runs_named: /);
    await client.value("run_batch", RATES);
    assertMatches(
      await client.error("query_runs", { sql: "select\n  sed from runs" }),
      /^bad_sql: [^]*2:3[^]*'seed'[^]*next: query_runs without sql/,
    );
    assertMatches(await client.error("query_runs", { sql: "delete from runs" }), /^not_select: /);
    assertMatches(
      await client.error("compare_simulations", { runs: ["a", "b"] }),
      /^unknown_run: [^]*next: list_simulations/,
    );
  }));

Deno.test("large answers stay below 50 kB: of many rows, cells and lines as many as fit", () =>
  withMcp("modern", {}, async (client, { app }) => {
    const values = Array.from({ length: 20 }, (_, i) => i / 10_000);
    const strength = { path: "agents.A.initial_economic_strength", values: values.map((value) => 100 + value) };
    const rate = { ...grid.rate, values };
    const { id } = await app.batches.start({ spec: { ...RATES, grid: { rate, strength } }, planOnly: true });
    const planned = await client.call("get_batch", { batch_id: id });
    assertTrue(planned.bytes < 50_000, `${planned.bytes}`);
    assertMatches(planned.value.omitted.join(), /^cells: \d+ of 400$/);

    const scenario = { ...GROWING, simulation: { ...GROWING.simulation, max_turns: 200 } };
    const { batch_id } = await client.value("run_batch", {
      ...RATES,
      scenario,
      grid: { rate },
      seeds: [1],
      timeout_seconds: 120,
    });
    const rows = await client.call("query_runs", { sql: "select repeat('x', 300) as x from range(900)", limit: 1000 });
    assertTrue(rows.bytes < 50_000 && rows.value.truncated && rows.value.rows.length > 50, `${rows.bytes}`);
    const tables = await client.call("query_runs");
    assertTrue(tables.bytes < 50_000);
    assertTrue(tables.value.rows.some(([table, column]: string[]) => table === "runs" && column === "seed"));
    const picture = await client.call("plot_runs", { batch_id, metric: "total" });
    assertEquals(picture.value.lines.map(({ last }: { last: { turn: number } }) => last.turn), Array(20).fill(200));
    assertTrue(picture.bytes < 50_000, `${picture.bytes}`);
  }));
