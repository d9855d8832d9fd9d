import { assertEquals, assertMatches, assertRejects, assertTrue } from "../tests/support/assert.ts";
import { runToEnd, withApp } from "../tests/support/app.ts";
import { noticed, world } from "../tests/durability/world.ts";
import type { RunRow } from "./store/mod.ts";

const FIXTURES = { fixtures: ["slow_writer"] };
const TINY = world({ turns: 5, pause: 0 });
const TALKATIVE = `
import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
class IdleAgent extends BaseAgent { decideAction() { return null; } }
class StillEngine extends BaseEngine {
  applyActions(state) { return state; }
  applyEngineRules(state, context) {
    context.log("INFO", "the sun is up", { turn: context.turn });
    context.log("WARNING", "clouds");
    return state;
  }
}
class AlwaysValidValidator extends BaseValidator { validateAction() { return true; } }
export default defineDomain({ name: "talkative", description: "A test.", agents: [IdleAgent],
  engines: [StillEngine], validators: [AlwaysValidValidator] });
`;

Deno.test("events come in pages by number, type and agent, and as the lines of the file", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: TINY });
    const all = await Array.fromAsync(app.rows(run_id, "events"));
    const found = [];
    for (let after: number | null = 0; after !== null;) {
      const page: Awaited<ReturnType<typeof app.events>> = await app.events(run_id, { after, limit: 3 });
      found.push(...page.rows);
      after = page.next_after;
    }
    assertEquals(found, all);
    const { rows } = await app.events(run_id, { types: ["ACTION"], agents: ["Ada"], limit: 100 });
    assertEquals(rows, all.filter(({ event_type, agent_id }) => event_type === "ACTION" && agent_id === "Ada"));
    assertTrue(rows.length > 0);
    assertEquals(await app.lastEventId(run_id), all.length);
    const file = Deno.readTextFileSync(`${app.folder(run_id)}/events.jsonl`);
    assertEquals(await app.readEvents(run_id, 0, 1e6), { text: file, last_id: all.length });
    const rest = await app.readEvents(run_id, 4, 1e6);
    assertEquals(rest.text, file.split("\n").slice(4).join("\n"));
    for (const verb of ["events", "logs", "llmPage"] as const) {
      await assertRejects(() => app[verb]("no_such_run", { limit: 1 }), "unknown_run");
      await assertRejects(() => app[verb]("../../etc", { limit: 1 }), "unknown_run");
      await assertRejects(() => app[verb](run_id, { limit: 0, after: 1 }), "bad_page");
    }
    await assertRejects(() => app.readEvents("no_such_run", 0, 10), "unknown_run");
    await assertRejects(() => app.lastEventId("no_such_run"), "unknown_run");
    assertEquals((await app.llmPage(run_id, { limit: 5 })).rows, []);
  });
});

Deno.test("metrics are the rows of the run, and the same as CSV", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: TINY });
    const rows = await app.metrics(run_id);
    assertEquals(rows.map(({ turn }) => turn), [0, 1, 2, 3, 4, 5]);
    const csv = (await app.metricsCsv(run_id)).trimEnd().split(/\r?\n/);
    assertEquals([csv.length, csv[0]!.split(",").sort()], [7, Object.keys(rows[0]!).sort()]);
    await assertRejects(() => app.metrics("no_such_run"), "unknown_run");
  });
});

Deno.test("what a domain logs is kept with the run, by level, in pages", async () => {
  await withApp({ sources: { talkative: TALKATIVE } }, async (app) => {
    const text = `domain: talkative
simulation: { name: talk, max_turns: 3 }
engine: { type: still }
validator: { type: always_valid }
agents: [{ name: A, type: idle }]
state_variables: { agent_vars: {}, global_vars: {} }
`;
    const { run_id } = await runToEnd(app, { text });
    const { rows, next_after } = await app.logs(run_id, { limit: 100 });
    assertEquals(rows.map(({ seq, level, text }) => [seq, level, text]), [
      [1, "INFO", "the sun is up"],
      [2, "WARNING", "clouds"],
      [3, "INFO", "the sun is up"],
      [4, "WARNING", "clouds"],
      [5, "INFO", "the sun is up"],
      [6, "WARNING", "clouds"],
    ]);
    assertEquals([next_after, rows[4]!.fields], [null, { turn: 3 }]);
    const warnings = await app.logs(run_id, { level: "WARNING", after: 2, limit: 1 });
    assertEquals([warnings.rows.map(({ seq }) => seq), warnings.next_after], [[4], 4]);
    const { identical } = await app.replay(run_id);
    assertEquals(identical, true, "log lines take no part in sameness");
  });
});

Deno.test("labels are set and removed on any run, and listeners hear of it", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: TINY, labels: { team: "one", old: "" } });
    const told = noticed(app, run_id, (notice) => notice.kind === "changed" && notice.manifest.labels.kept === "yes");
    const { labels } = await app.setLabels(run_id, { kept: "yes", team: "two", old: null, none: null });
    assertEquals(labels, { team: "two", kept: "yes" });
    await told;
    assertEquals((await app.status(run_id)).labels, labels);
    assertEquals((await app.list({ label: "kept=yes" })).runs.map(({ run_id }) => run_id), [run_id]);
    const bad: { [key: string]: string }[] = [
      { "": "x" },
      { "a=b": "x" },
      { "a b": "x" },
      { key: "x".repeat(201) },
      { key: "a\nb" },
      JSON.parse('{"__proto__":"x"}'),
      Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, ""])),
    ];
    for (const each of bad) {
      await assertRejects(() => app.setLabels(run_id, each), "bad_label");
      await assertRejects(() => app.start({ text: TINY, labels: each }), "bad_label");
    }
    await assertRejects(() => app.setLabels("no_such_run", { a: "b" }), "unknown_run");
    assertEquals((await app.status(run_id)).labels, labels);
    assertEquals((await app.list()).runs.length, 1);
  });
});

Deno.test("a numbered checkpoint is found by its turn, and others are named", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: TINY });
    assertEquals((await app.checkpoint(run_id, 5)).turn, 5);
    const error = await assertRejects(() => app.checkpoint(run_id, 3), "unknown_checkpoint") as { hint?: string };
    assertMatches(error.hint!, /turns 0, 5$/);
    await assertRejects(() => app.checkpoint("no_such_run", 0), "unknown_run");
  });
});

Deno.test("the files of a run come as an archive", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: TINY });
    const archive = new Uint8Array(await new Response(await app.filesZip(run_id)).arrayBuffer());
    const text = new TextDecoder("latin1").decode(archive);
    const journal = Deno.readTextFileSync(`${app.folder(run_id)}/files/journal_Ada.txt`);
    assertTrue(text.startsWith("PK\x03\x04") && text.includes(`journal_Ada.txt${journal}`));
    await assertRejects(() => app.filesZip("no_such_run"), "unknown_run");
  });
});

Deno.test("lists come in pages, as manifests and as rows", async () => {
  await withApp(FIXTURES, async (app) => {
    const ids = [];
    for (let i = 0; i < 5; i++) {
      ids.unshift((await runToEnd(app, { text: TINY, mode: i === 0 ? "step" : "auto" })).run_id);
    }
    const fork = await app.fork(ids[0]!, { turn: 0 });
    await app.wait(fork.run_id);
    const pages: string[][] = [];
    for (let cursor: string | null = ""; cursor !== null;) {
      const page: Awaited<ReturnType<typeof app.list>> = await app.list({ limit: 2, ...(cursor !== "" && { cursor }) });
      pages.push(page.runs.map(({ run_id }) => run_id));
      cursor = page.next_cursor;
    }
    assertEquals(pages, [[fork.run_id, ids[0]!], [ids[1]!, ids[2]!], [ids[3]!, ids[4]!]]);
    const { rows } = await app.listRows({ status: ["completed"], limit: 1 });
    const row = JSON.parse(rows[0]!) as RunRow;
    const { created_at, started_at, ended_at } = await app.status(fork.run_id);
    assertEquals(row, {
      run_id: fork.run_id,
      status: "completed",
      repo: "slow_writer",
      current_turn: 5,
      max_turns: 5,
      name: "durable",
      created_at,
      started_at: started_at!,
      ended_at: ended_at!,
      scenario_path: null,
      labels: {},
      validity: "valid",
      cost_usd: 0,
      parent: { run_id: ids[0]!, turn: 0 },
      seed: 3,
      batch_id: null,
    });
    const count = async (query: Parameters<typeof app.list>[0]) => (await app.listRows(query)).rows.length;
    assertEquals([
      await count({ status: ["paused", "completed"] }),
      await count({ status: "paused" }),
      await count({ status: [] }),
      await count({ text: "durable" }),
      await count({ text: "nobody" }),
      await count({ validity: "valid" }),
      await count({ validity: "void" }),
      await count({ batch: "b1" }),
      await count({ scenario: "growth.yaml" }),
    ], [6, 1, 0, 6, 0, 6, 0, 0, 0]);
    for (const cursor of ["", "x", "../..", "bm90aGluZw", "\0"]) {
      await assertRejects(() => app.list({ cursor }), "bad_cursor");
    }
  });
});
