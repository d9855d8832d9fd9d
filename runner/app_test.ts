import { assertEquals, assertMatches, assertRejects, assertTrue } from "../tests/support/assert.ts";
import { runToEnd, withApp } from "../tests/support/app.ts";
import { assertWholeLogs, noticed, reached, world } from "../tests/durability/world.ts";
import { kill, sandboxOf } from "../tests/durability/kills.ts";

const FIXTURES = { fixtures: ["slow_writer"] };
const SOURCE = Deno.readTextFileSync(new URL("../tests/fixtures/domains/slow_writer/mod.ts", import.meta.url));
const TINY = world({ turns: 5, pause: 0 });
const LONG = world({ turns: 1_000_000, pause: 5 });

Deno.test("a run leaves the folder that the format describes", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: TINY });
    const folder = app.folder(run_id);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      ".lock",
      "agents.jsonl",
      "checkpoints",
      "config.json",
      "events.jsonl",
      "files",
      "global.jsonl",
      "manifest.json",
      "result.json",
      "scenario.yaml",
    ]);
    assertEquals(Deno.readTextFileSync(`${folder}/scenario.yaml`), TINY);
    await assertWholeLogs(folder, 5);
    assertEquals(await app.checkpoints(run_id), [0, 5]);
    const [state, early] = [await app.state(run_id), await app.state(run_id, 0)];
    assertEquals([state?.turn, early?.turn, state?.agent_order, await app.state(run_id, 3)], [
      5,
      0,
      ["Ada", "Ben"],
      null,
    ]);
    const rows = await Array.fromAsync(app.rows(run_id, "global"));
    assertEquals(rows.at(-1)?.total, state?.state.global_state.total);
    const result = await app.result(run_id);
    assertEquals([result?.termination_reason, result?.checkpoints], ["max_turns", [0, 5]]);
    assertTrue(await app.size(run_id) > 1000);
  });
});

Deno.test("a sandbox process that is killed once goes on from its last checkpoint, and the log of the host says so", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: world({ turns: 60, pause: 12 }) });
    await reached(app, run_id, 5);
    const warned = noticed(
      app,
      run_id,
      (notice) => notice.kind === "log" && /continuing from its last checkpoint/.test(notice.text),
    );
    kill(await sandboxOf(app.folder(run_id)));
    await warned;
    const { status, history } = await app.wait(run_id);
    assertEquals([status, history.map(({ status }) => status)], ["completed", ["queued", "running", "completed"]]);
    await assertWholeLogs(app.folder(run_id), 60);
  });
});

Deno.test("a sandbox process that is killed again and again without getting on fails the run", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: world({ turns: 5, pause: 3_000 }) });
    const before = new Set<number>();
    for (let i = 0; i < 3; i++) {
      let pid = await sandboxOf(app.folder(run_id));
      while (before.has(pid)) pid = await sandboxOf(app.folder(run_id));
      before.add(pid);
      kill(pid);
    }
    const { status, error } = await app.wait(run_id);
    assertEquals([status, error?.code], ["failed", "process_died"]);
  });
});

Deno.test("delete and prune take ended and parked runs, never one that is being played", async () => {
  await withApp(FIXTURES, async (app) => {
    const ended = [];
    for (let i = 0; i < 3; i++) {
      ended.push((await runToEnd(app, { text: TINY, labels: i === 0 ? { keep: "" } : {} })).run_id);
    }
    const live = await app.start({ text: LONG });
    await reached(app, live.run_id, 1);
    await assertRejects(() => app.delete(live.run_id), "run_is_live");
    const rules = { keep_last: 0, protect_labels: ["keep"] };
    const doomed = await app.prune({ ...rules, dryRun: true });
    assertEquals(doomed.map(({ run_id }) => run_id), [ended[2], ended[1]]);
    assertEquals((await app.list()).runs.length, 4);
    await app.prune(rules);
    assertEquals((await app.list()).runs.map(({ run_id }) => run_id), [live.run_id, ended[0]]);
    await app.pause(live.run_id);
    await app.delete(live.run_id);
    await assertRejects(() => app.status(live.run_id), "unknown_run");
  });
});

Deno.test("a scenario that cannot run leaves no folder", async () => {
  await withApp(FIXTURES, async (app, folder) => {
    await assertRejects(() => app.start({ text: "" }));
    await assertRejects(() => app.start({ text: TINY.replace("type: ledger", "type: leger") }));
    await assertRejects(() => app.start({ text: TINY.replace("max_turns: 5", "max_turns: 0") }));
    let found: string[] = [];
    try {
      found = [...Deno.readDirSync(`${folder}/output`)].map(({ name }) => name).filter((name) => !name.startsWith("."));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    assertEquals(found, []);
  });
});

Deno.test("verbs on a run that is not there say so", async () => {
  await withApp(FIXTURES, async (app) => {
    for (
      const verb of ["status", "resume", "step", "pause", "cancel", "delete", "replay", "checkpoints", "size"] as const
    ) {
      await assertRejects(() => app[verb]("no_such_run"), "unknown_run");
    }
    await assertRejects(() => app.fork("no_such_run", { turn: 1 }), "unknown_run");
    await assertRejects(() => app.interrupt("no_such_run", "x"), "unknown_run");
  });
});

Deno.test("a run whose variables are not those of its checkpoint is not resumed, and stays as it is", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await runToEnd(app, { text: LONG, mode: "step" });
    const path = `${app.folder(run_id)}/config.json`;
    const config = Deno.readTextFileSync(path);
    const changed = (change: (variables: { [name: string]: { [key: string]: unknown } }) => void) => {
      const edited = JSON.parse(config);
      change(edited.state_variables.agent_vars);
      Deno.writeTextFileSync(path, JSON.stringify(edited));
    };
    const changes: [RegExp, Parameters<typeof changed>[0]][] = [
      [/wealth/, (variables) => variables.wealth = { type: "str", default: "" }],
      [/debt/, (variables) => variables.debt = { type: "float", default: 0 }],
      [/types or ranges/, (variables) => variables.wealth!.min = -1e9],
    ];
    const before = await app.status(run_id);
    for (const [message, change] of changes) {
      changed(change);
      for (const verb of ["resume", "step"] as const) {
        assertMatches((await assertRejects(() => app[verb](run_id), "checkpoint_mismatch")).message, message);
      }
    }
    assertEquals(await app.status(run_id), before);
    Deno.writeTextFileSync(path, config);
    await app.step(run_id);
    assertEquals((await app.wait(run_id)).turn, 2);
  });
});

Deno.test("resume, step, fork and replay say that the domain has changed since a run was started", async () => {
  await withApp({ sources: { slow_writer: SOURCE } }, async (app, folder) => {
    const { run_id, code } = await runToEnd(app, { text: TINY, mode: "step" });
    assertEquals(code?.deno, Deno.version.deno);
    const unchanged = await app.fork(run_id, { turn: 1 });
    assertEquals([
      (await app.wait(unchanged.run_id)).history[0]!.reason,
      (await app.replay(unchanged.run_id)).code_changed,
    ], [
      undefined,
      false,
    ]);
    Deno.writeTextFileSync(`${folder}/domains/slow_writer/mod.ts`, `${SOURCE}\n// changed\n`);
    await app.step(run_id);
    await app.wait(run_id);
    await app.resume(run_id);
    const { history } = await app.wait(run_id);
    assertEquals(history.filter(({ status }) => status === "queued").map(({ reason }) => reason), [
      undefined,
      "step to turn 2; the domain has changed since it was started",
      "resumed; the domain has changed since it was started",
    ]);
    const fork = await app.fork(run_id, { turn: 2 });
    assertEquals(fork.history[0]!.reason, "forked; the domain has changed since its parent was started");
    await app.wait(fork.run_id);
    const replays = [];
    for (const id of [run_id, unchanged.run_id, fork.run_id]) replays.push((await app.replay(id)).code_changed);
    assertEquals(replays, [true, true, false]);
  });
});
