import { assertEquals, assertMatches, assertRejects, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { runToEnd, withApp } from "../tests/support/app.ts";
import { assertWholeLogs, difference, noticed, reached, world } from "../tests/durability/world.ts";
import { openWorld } from "../tests/durability/kills.ts";
import { DomainRegistry } from "./domains.ts";
import { SimulationManager } from "./manager.ts";
import type { App } from "./app.ts";
import { Gateway } from "./gateway/mod.ts";
import { fromFileUrl } from "./paths.ts";
import { LocalStore, type Manifest, type RunStatus, transition } from "./store/mod.ts";

const SLOW = world({ turns: 40, pause: 15 });
/** Does not end while a test runs. */
const LONG = world({ turns: 1_000_000, pause: 5 });
const FIXTURES = { fixtures: ["slow_writer"] };
const SOURCE = Deno.readTextFileSync(new URL("../tests/fixtures/domains/slow_writer/mod.ts", import.meta.url));

/** That manifest, result, logs and last checkpoint of an ended run tell of one and the same turn. */
async function assertOneEnd(app: App, { run_id, turn }: Manifest): Promise<void> {
  const row = (await Array.fromAsync(app.rows(run_id, "global"))).at(-1)!;
  const result = (await app.result(run_id))!;
  const { final_turn } = result.summary_stats as { final_turn: number };
  const found = { row: row.turn, final_turn, saved: (await app.state(run_id))?.turn };
  assertEquals<unknown>(found, { row: turn, final_turn: turn, saved: turn });
  assertEquals<unknown>(result.metrics, { richest: row["metric.richest"] });
  await assertWholeLogs(app.folder(run_id), turn);
}

/** Statuses announced, in order, as `run id status`. */
function announcements(app: App): { all: [string, RunStatus][]; of: (runId: string) => RunStatus[] } {
  const all: [string, RunStatus][] = [];
  app.subscribe((notice) => {
    if (notice.kind === "status") all.push([notice.run_id, notice.manifest.status]);
  });
  return { all, of: (runId) => all.filter(([id]) => id === runId).map(([, status]) => status) };
}

function statuses(manifest: Manifest): RunStatus[] {
  return manifest.history.map(({ status }) => status);
}

Deno.test("no more than max_concurrent runs play at once, the others start in the order they came", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 2 }, async (app) => {
    let playing = 0;
    let most = 0;
    const began: string[] = [];
    app.subscribe((notice) => {
      if (notice.kind !== "status") return;
      if (notice.manifest.status === "running") {
        began.push(notice.run_id);
        most = Math.max(most, ++playing);
      } else playing--;
    });
    const runs = [];
    for (let i = 0; i < 6; i++) runs.push((await app.start({ text: world({ turns: 10, pause: 1 }) })).run_id);
    assertEquals(
      (await Promise.all(runs.map((id) => app.wait(id)))).map(({ status }) => status),
      Array(6).fill("completed"),
    );
    assertEquals([began, most, playing], [runs, 2, 0]);
  });
});

Deno.test("raising max_concurrent starts what is queued", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const first = await app.start({ text: LONG });
    const second = await app.start({ text: LONG });
    await reached(app, first.run_id, 1);
    assertEquals((await app.status(second.run_id)).status, "queued");
    const started = noticed(
      app,
      second.run_id,
      (notice) => notice.kind === "status" && notice.manifest.status === "running",
    );
    app.maxConcurrent = 2;
    await started;
    await Promise.all([first, second].map(({ run_id }) => app.cancel(run_id)));
  });
});

Deno.test("a status is on disk when it is announced", async () => {
  await withApp(FIXTURES, async (app) => {
    const found: [string, string][] = [];
    app.subscribe((notice) => {
      if (notice.kind !== "status") return;
      const onDisk = JSON.parse(Deno.readTextFileSync(`${app.folder(notice.run_id)}/manifest.json`));
      found.push([notice.manifest.status, onDisk.status]);
    });
    const { run_id } = await app.start({ text: SLOW });
    await reached(app, run_id, 3);
    await app.pause(run_id);
    await app.resume(run_id);
    await app.wait(run_id);
    assertEquals(found, ["running", "paused", "running", "completed"].map((status) => [status, status]));
  });
});

Deno.test("pause, step and resume leave the files of an undisturbed run, and a history", async () => {
  await withApp(FIXTURES, async (app) => {
    const undisturbed = await runToEnd(app, { text: SLOW });
    const { run_id } = await app.start({ text: SLOW, mode: "step" });
    assertEquals([(await app.wait(run_id)).status, (await app.status(run_id)).turn], ["paused", 1]);
    for (const turn of [2, 3]) {
      await app.step(run_id);
      const { status, turn: at, process } = await app.wait(run_id);
      assertEquals([status, at, process], ["paused", turn, undefined]);
    }
    await app.resume(run_id);
    await reached(app, run_id, 15);
    const paused = await app.pause(run_id);
    assertTrue(paused.turn >= 15 && paused.turn < 40);
    assertEquals((await app.state(run_id))?.turn, paused.turn);
    await app.resume(run_id);
    const ended = await app.wait(run_id);
    assertEquals(
      statuses(ended).join(" "),
      Array(4).fill("queued running paused").join(" ") + " queued running completed",
    );
    assertEquals(await difference(app.folder(undisturbed.run_id), app.folder(run_id)), null);
    await assertWholeLogs(app.folder(run_id), 40);
    for (const [i, { at }] of ended.history.entries()) assertTrue(i === 0 || at >= ended.history[i - 1]!.at);
  });
});

Deno.test("a run can be paused at any moment, from before its process has started on", async () => {
  await withApp(FIXTURES, async (app) => {
    const undisturbed = await runToEnd(app, { text: SLOW });
    const { run_id } = await app.start({ text: SLOW });
    // At once: no process yet; then as soon as it is running; then in the midst.
    assertEquals((await app.pause(run_id)).status, "paused");
    await app.resume(run_id);
    await noticed(app, run_id, (notice) => notice.kind === "status" && notice.manifest.status === "running");
    const early = await app.pause(run_id);
    assertEquals(early.status, "paused");
    assertTrue(early.turn < 40, `paused at ${early.turn}`);
    await app.resume(run_id);
    assertEquals((await app.wait(run_id)).status, "completed");
    assertEquals(await difference(app.folder(undisturbed.run_id), app.folder(run_id)), null);
  });
});

Deno.test("cancel ends queued, running and paused runs for good, with the result so far", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const told = announcements(app);
    const running = await app.start({ text: LONG });
    const queued = await app.start({ text: LONG });
    await reached(app, running.run_id, 3);
    assertEquals((await app.cancel(queued.run_id)).status, "cancelled");
    assertEquals(told.of(queued.run_id), ["cancelled"]);
    await app.pause(running.run_id);
    const paused = await app.cancel(running.run_id);
    assertEquals([paused.status, typeof paused.ended_at], ["cancelled", "string"]);
    const live = await app.start({ text: LONG });
    await reached(app, live.run_id, 3);
    const cancelled = await app.cancel(live.run_id);
    assertEquals([cancelled.status, cancelled.process], ["cancelled", undefined]);
    for (const { run_id } of [running, queued, live]) {
      const result = await app.result(run_id);
      assertEquals(result?.termination_reason, "cancelled");
      for (const verb of ["resume", "pause", "cancel", "step"] as const) {
        await assertRejects(() => app[verb](run_id), "bad_transition");
      }
    }
    const summary = (await app.result(live.run_id))?.summary_stats as { total_turns: number };
    assertEquals(summary.total_turns, (await app.state(live.run_id))?.turn);
  });
});

Deno.test("a queued run that is paused loses its place and plays when resumed", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const first = await app.start({ text: LONG });
    const second = await app.start({ text: world({ turns: 5, pause: 0 }) });
    assertEquals((await app.pause(second.run_id)).status, "paused");
    await reached(app, first.run_id, 1);
    await app.cancel(first.run_id);
    assertEquals((await app.status(second.run_id)).status, "paused");
    await app.resume(second.run_id);
    assertEquals((await app.wait(second.run_id)).status, "completed");
  });
});

Deno.test("max_minutes pauses or fails a run, as its limits say, and a limit of years is none", async () => {
  await withApp(FIXTURES, async (app) => {
    const text = (limits: string) => world({ turns: 1_000_000, pause: 2, extra: `limits: ${limits}` });
    const paused = await runToEnd(app, { text: text("{ max_minutes: 0.01, on_limit: pause }") });
    assertEquals(paused.status, "paused");
    assertMatches(paused.status_reason!, /max_minutes: 0.01/);
    const failed = await runToEnd(app, { text: text("{ max_minutes: 0.01, on_limit: fail }") });
    assertEquals([failed.status, failed.error?.code], ["failed", "max_minutes"]);
    assertTrue(await app.result(failed.run_id) !== null);
    const patient = await runToEnd(app, {
      text: world({ turns: 30, pause: 3, extra: "limits: { max_minutes: 1000000, on_limit: fail }" }),
    });
    assertEquals(patient.status, "completed");
  });
});

Deno.test("closing an app parks what runs and what waits; another app continues both", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-test-" }));
  try {
    const { app, output, config } = await openWorld(folder, 1);
    const undisturbed = await runToEnd(app, { text: SLOW });
    const running = await app.start({ text: SLOW });
    const queued = await app.start({ text: SLOW });
    await reached(app, running.run_id, 3);
    await app.close();
    await assertRejects(() => app.resume(running.run_id), "closing");
    const { app: next } = await openWorld(folder, 2);
    try {
      assertEquals([output, config], [`${folder}/output`, `${folder}/llm-sim.yaml`]);
      for (const { run_id } of [running, queued]) {
        const manifest = await next.status(run_id);
        assertEquals([manifest.status, manifest.status_reason], ["interrupted", "the host was stopped"]);
        await next.resume(run_id);
        assertEquals((await next.wait(run_id)).status, "completed");
        assertEquals(await difference(next.folder(undisturbed.run_id), next.folder(run_id)), null);
      }
    } finally {
      await next.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("waiting for a run answers with how it stands, however late one asks", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: world({ turns: 5, pause: 0 }) });
    const waits = [app.wait(run_id)];
    app.subscribe((notice) => {
      if (notice.run_id === run_id) waits.push(app.wait(run_id));
    });
    await waits[0];
    assertTrue(waits.length > 2);
    assertEquals((await Promise.all(waits)).map(({ status }) => status), Array(waits.length).fill("completed"));
    await assertRejects(() => app.wait("no_such_run"), "unknown_run");
  });
});

Deno.test("two resumes at once: one plays the run, the other is told", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: SLOW });
    await reached(app, run_id, 3);
    await app.pause(run_id);
    const answers = await Promise.allSettled([app.resume(run_id), app.resume(run_id), app.step(run_id)]);
    const refused = answers.filter((answer) => answer.status === "rejected").map(({ reason }) => reason.code);
    assertEquals(refused, ["bad_transition", "bad_transition"]);
    await app.wait(run_id);
  });
});

Deno.test("a cancelled run completes the turn it is in, and its files agree on where it ended", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: world({ turns: 1_000_000, pause: 200 }) });
    await reached(app, run_id, 3);
    const cancelled = await app.cancel(run_id);
    assertTrue(cancelled.turn >= 3 && cancelled.turn <= 7, `at ${cancelled.turn}`);
    assertEquals(cancelled.status_reason, "cancelled by request");
    await assertOneEnd(app, cancelled);
  });
});

Deno.test("a run killed in the midst of a turn is brought to its last checkpoint, and its files agree on it", async () => {
  const endless = SOURCE.replace(`throw new Error("the pen broke")`, "return new Promise(() => {}) as never");
  await withApp({ sources: { slow_writer: endless } }, async (app) => {
    const { run_id } = await app.start({ text: world({ turns: 60, pause: 1, failAt: 40, interval: 50 }) });
    await noticed(app, run_id, (notice) => notice.kind === "waiting" && notice.turn === 40);
    const cancelled = await app.cancel(run_id);
    assertEquals(cancelled.status, "cancelled");
    await assertOneEnd(app, cancelled);
    const limits = "limits: { max_minutes: 0.05, on_limit: fail }";
    const failed = await runToEnd(app, { text: world({ turns: 1_000_000, pause: 1, interval: 5000, extra: limits }) });
    assertEquals(failed.error?.code, "max_minutes");
    await assertOneEnd(app, failed);
  });
});

Deno.test("an interrupted run says the turn it will continue from; cancelled there, its files agree on it", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: world({ turns: 1_000_000, pause: 2, interval: 5000 }) });
    await reached(app, run_id, 30);
    const interrupted = await app.interrupt(run_id, "for the test");
    assertEquals([interrupted.status, interrupted.turn], ["interrupted", (await app.state(run_id))?.turn]);
    await assertOneEnd(app, await app.cancel(run_id));
  });
});

Deno.test("cancelling a run that has been taken up elsewhere meanwhile is refused and leaves no result", async () => {
  await withApp(FIXTURES, async (app, folder) => {
    const store = new LocalStore(`${folder}/output`);
    try {
      const domains = DomainRegistry.open({ simulation_repos: [], folder }, store);
      const provider = () => Promise.reject(new Error("no model in this test"));
      const gateway = new Gateway();
      const manager = new SimulationManager({ store, domains, gateway, provider, maxConcurrent: 1 });
      const { run_id } = await runToEnd(app, { text: LONG, mode: "step" });
      const seen = await store.manifest(run_id);
      await app.resume(run_id);
      await reached(app, run_id, 3);
      await assertRejects(() => manager.cancel(seen), "owned_elsewhere");
      assertEquals([await app.result(run_id), (await app.status(run_id)).status], [null, "running"]);
      await app.pause(run_id);
      // Paused again: it looks the same, and may be cancelled. Only once.
      const both = await Promise.allSettled([manager.cancel(seen), manager.cancel(seen)]);
      assertEquals(both.map((each) => each.status === "fulfilled" || each.reason.code), [true, "bad_transition"]);
    } finally {
      store.close();
    }
  });
});

Deno.test("a listener that fails is told no more; the run and the other listeners go on", async () => {
  await withApp(FIXTURES, async (app) => {
    let calls = 0;
    app.subscribe(() => {
      calls++;
      throw new Error("no ears");
    });
    const logged: string[] = [];
    app.subscribe((notice) => {
      if (notice.kind === "log") logged.push(`${notice.level} ${notice.text}`);
    });
    const { status } = await runToEnd(app, { text: world({ turns: 5, pause: 0 }) });
    assertEquals([status, calls, logged], ["completed", 1, ["ERROR a listener failed and is told no more: no ears"]]);
  });
});

Deno.test("who waits for a run whose manifest has become unreadable is told", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const first = await app.start({ text: LONG });
    const second = await app.start({ text: LONG });
    const waiting = app.wait(second.run_id);
    Deno.writeTextFileSync(`${app.folder(second.run_id)}/manifest.json`, "{");
    await reached(app, first.run_id, 1);
    await app.cancel(first.run_id);
    const { status, error } = await waiting;
    assertEquals([status, error?.code], ["interrupted", "bad_manifest"]);
  });
});

Deno.test("max_minutes counts all stretches of a run", async () => {
  await withApp(FIXTURES, async (app) => {
    const limits = "limits: { max_minutes: 0.03, on_limit: pause }";
    const { run_id, turn } = await runToEnd(app, { text: world({ turns: 1_000_000, pause: 2, extra: limits }) });
    await app.resume(run_id);
    const again = await app.wait(run_id);
    assertEquals(again.status, "paused");
    assertTrue(turn > 20 && again.turn - turn <= 10, `${turn} turns, then ${again.turn - turn} more`);
  });
});

Deno.test("only what is at least of the scenario's logging level is told, with the format it asks for", async () => {
  const logging = SOURCE.replace(
    "const { pause_ms } = this.config;",
    `const { pause_ms } = this.config; context.log("INFO", "quiet"); context.log("WARNING", "loud");`,
  );
  await withApp({ sources: { slow_writer: logging } }, async (app) => {
    const told: string[] = [];
    app.subscribe((notice) => {
      if (notice.kind === "log") told.push(`${notice.format} ${notice.text}`);
    });
    await runToEnd(app, { text: world({ turns: 1, pause: 0, extra: "logging: { level: WARNING, format: json }" }) });
    assertEquals(told, ["json loud", "json loud"]);
    await runToEnd(app, { text: world({ turns: 1, pause: 0 }) });
    assertEquals(told.slice(2), Array(2).fill(["auto quiet", "auto loud"]).flat());
  });
});

Deno.test("the error of a failed run has the stack of what was thrown", async () => {
  await withApp(FIXTURES, async (app) => {
    const { error } = await runToEnd(app, { text: world({ turns: 5, pause: 0, failAt: 2 }) });
    assertMatches(error!.stack!, /the pen broke[^]*slow_writer\/mod\.ts/);
    assertTrue(error!.stack!.length <= 4000);
  });
});

/** What each attempt came to: `done`, or the error's code and message. */
async function outcomes(...attempts: Promise<unknown>[]): Promise<string[]> {
  return (await Promise.allSettled(attempts)).map((each) =>
    each.status === "fulfilled" ? "done" : `${each.reason.code}: ${each.reason.message.replace(/'[^']*'/, "ID")}`
  );
}

Deno.test("of several who cancel a run one does, the others are told how it stands", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const { run_id } = await app.start({ text: world({ turns: 1_000_000, pause: 300 }) });
    const queued = await app.start({ text: LONG });
    await reached(app, run_id, 1);
    const third = (id: string) => outcomes(app.cancel(id), app.cancel(id), app.cancel(id));
    const told = await third(run_id);
    assertEquals(told[0], "done");
    for (const each of told.slice(1)) assertEquals(each, "bad_transition: run ID is being cancelled");
    assertEquals(await outcomes(app.cancel(run_id)), ["bad_transition: run ID is cancelled"]);
    await reached(app, queued.run_id, 1);
    await app.pause(queued.run_id);
    const [won, ...lost] = (await third(queued.run_id)).sort().reverse();
    assertEquals(won, "done");
    for (const each of lost) assertMatches(each, /^bad_transition: run ID (has just become|is) cancelled$/);
    assertEquals((await app.status(queued.run_id)).history.filter(({ status }) => status === "cancelled").length, 1);
  });
});

Deno.test("of several who cancel a queued run, or one that is just being started, one does", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const first = await app.start({ text: LONG });
    const queued = await app.start({ text: LONG });
    for (const id of [queued.run_id, first.run_id]) {
      const told = (await outcomes(app.cancel(id), app.cancel(id), app.pause(id))).sort();
      assertEquals(told.filter((each) => each === "done").length, 1, told.join("; "));
      for (const each of told.filter((each) => each !== "done")) {
        assertMatches(each, /^bad_transition: run ID (is|has)/);
      }
      assertEquals(statuses(await app.status(id)).at(-1), "cancelled");
      assertTrue((await app.status(id)).history.every(({ reason }) => reason !== "its process is gone"));
    }
  });
});

Deno.test("a run that is being cancelled is not paused, resumed or deleted", async () => {
  await withApp(FIXTURES, async (app) => {
    const { run_id } = await app.start({ text: world({ turns: 1_000_000, pause: 300 }) });
    await reached(app, run_id, 1);
    const cancelled = app.cancel(run_id);
    // Until the simulation has heard of it.
    await app.status(run_id);
    assertEquals(await outcomes(app.pause(run_id), app.resume(run_id), app.step(run_id), app.delete(run_id)), [
      "bad_transition: run ID is being cancelled",
      "bad_transition: run ID is running",
      "bad_transition: run ID is running",
      "run_is_live: run ID is queued or running: cancel it first",
    ]);
    assertEquals((await cancelled).status, "cancelled");
    await app.delete(run_id);
    await assertRejects(() => app.delete(run_id), "unknown_run");
  });
});

Deno.test("lowering max_concurrent ends nobody and starts nobody until fewer play", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 3 }, async (app) => {
    const runs: Manifest[] = [];
    for (let i = 0; i < 5; i++) runs.push(await app.start({ text: LONG }));
    const [a, b, c, d, e] = runs.map(({ run_id }) => run_id) as [string, string, string, string, string];
    for (const id of [a, b, c]) await reached(app, id, 1);
    app.maxConcurrent = 1;
    const now = async () => await Promise.all([a, b, c, d, e].map(async (id) => (await app.status(id)).status));
    assertEquals(await now(), ["running", "running", "running", "queued", "queued"]);
    await app.cancel(a);
    await app.pause(b);
    assertEquals(await now(), ["cancelled", "paused", "running", "queued", "queued"]);
    const started = noticed(app, d, (notice) => notice.kind === "status" && notice.manifest.status === "running");
    await app.resume(b);
    await app.cancel(c);
    await started;
    assertEquals(
      await now(),
      ["cancelled", "queued", "cancelled", "running", "queued"],
      "who comes back waits its turn",
    );
    for (const value of [-1, 1.5, NaN, 1001]) assertThrows(() => app.maxConcurrent = value, "bad_value");
    assertEquals(app.maxConcurrent, 1);
    for (const id of [e, b, d]) await app.cancel(id);
  });
});

Deno.test("listeners hear of runs that are queued and that are gone", async () => {
  await withApp(FIXTURES, async (app) => {
    const heard: string[] = [];
    app.subscribe((notice) => {
      if (notice.kind === "changed" || notice.kind === "status") heard.push(`${notice.kind} ${notice.manifest.status}`);
      if (notice.kind === "removed") heard.push("removed");
    });
    const { run_id } = await runToEnd(app, { text: world({ turns: 2, pause: 0 }), mode: "step" });
    await app.resume(run_id);
    await app.wait(run_id);
    await app.delete(run_id);
    assertEquals(heard, [
      ...["changed queued", "status running", "status paused"],
      ...["changed queued", "status running", "status completed"],
      "removed",
    ]);
  });
});

/** Process ids of sandboxes of runs in this output folder. */
function sandboxesOf(folder: string): number[] {
  return [...Deno.readDirSync("/proc")].filter(({ name }) => /^\d+$/.test(name)).map(({ name }) => Number(name))
    .filter((pid) => {
      try {
        return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(folder);
      } catch {
        return false; // it has just ended
      }
    });
}

Deno.test("a queued run finds its process ready; what reaches it while it waits counts, and it goes with its run", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const first = (await app.start({ text: LONG })).run_id;
    const second = (await app.start({ text: world({ turns: 3, pause: 1 }) })).run_id;
    const third = (await app.start({ text: LONG })).run_id;
    // It has been started although there is no place for it yet.
    while (sandboxesOf(second).length === 0) await noticed(app, first, ({ kind }) => kind === "progress");
    assertEquals((await app.status(second)).status, "queued");
    await app.intervene(second, { set: { "agents.Ada.wealth": 5 }, note: "while it waited" });
    await app.cancel(third);
    assertEquals(sandboxesOf(third), []);
    await app.cancel(first);
    assertEquals((await app.wait(second)).status, "completed");
    const events = await Array.fromAsync(app.rows(second, "events"));
    const turns = events.filter(({ event_type }) => event_type === "INTERVENTION").map(({ turn_number }) =>
      turn_number
    );
    assertEquals(turns, [1]);
    assertEquals((await app.replay(second)).identical, true);
  });
});

Deno.test("a queued run that cannot be made ready is told when it is played; the others go on", async () => {
  await withApp({ ...FIXTURES, maxConcurrent: 1 }, async (app) => {
    const first = (await app.start({ text: LONG })).run_id;
    const broken = (await app.start({ text: LONG })).run_id;
    Deno.writeTextFileSync(`${app.folder(broken)}/config.json`, "{");
    const third = (await app.start({ text: world({ turns: 3, pause: 0 }) })).run_id;
    await reached(app, first, 5);
    await app.cancel(first);
    assertEquals((await app.wait(broken)).status, "interrupted");
    assertEquals((await app.wait(third)).status, "completed");
  });
});

Deno.test("what is recorded for a queued run is there when it begins: it waits for what is being recorded", async () => {
  await withApp(FIXTURES, async (app, folder) => {
    const store = new LocalStore(`${folder}/output`);
    const domain = fromFileUrl(new URL("../tests/fixtures/domains/slow_writer", import.meta.url));
    const domains = DomainRegistry.open({ simulation_repos: [{ name: "slow_writer", path: domain }], folder }, store);
    const provider = () => Promise.reject(new Error("no model in this test"));
    const gateway = new Gateway();
    const manager = new SimulationManager({ store, domains, gateway, provider, maxConcurrent: 1 });
    try {
      const { run_id } = await app.start({ text: world({ turns: 3, pause: 0 }), mode: "hold" });
      const queued = await store.update(run_id, (before) => ({
        ...transition(before, "queued"),
        process: { host: store.host, pid: Deno.pid },
      }));
      const gate = Promise.withResolvers<void>();
      const body = { set: { "agents.Ada.wealth": 5 } };
      const recorded = manager.beforeItBegins(run_id, async () => {
        await gate.promise;
        return await store.appendInput(run_id, { kind: "intervention", turn: 1, body, at: new Date().toISOString() });
      });
      const begun = Promise.withResolvers<void>();
      manager.subscribe(({ kind }) => kind === "status" && begun.resolve());
      await manager.enqueue(queued);
      assertEquals(await Promise.race([begun.promise, Promise.resolve("not yet")]), "not yet");
      gate.resolve();
      assertEquals((await recorded)?.turn, 1);
      await begun.promise;
      assertEquals(await manager.beforeItBegins(run_id, () => Promise.resolve("too late")), null);
      assertEquals((await manager.wait(run_id)).status, "completed");
      const events = await Array.fromAsync(store.rows(run_id, "events"));
      assertEquals(events.filter(({ event_type }) => event_type === "INTERVENTION").length, 1);
    } finally {
      await manager.close();
      await domains.close();
      await gateway.close();
      store.close();
    }
  });
});
