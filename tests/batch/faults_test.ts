/** What goes wrong while a batch is played: it is data, or the batch stands still and goes on where it was. */

import type { App, BatchSpec } from "../../runner/mod.ts";
import { openApp } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { withApp } from "../support/app.ts";
import { removeFolder } from "../support/folders.ts";
import { openWorld } from "../durability/kills.ts";
import { assertPlayedOnce, GROWING, played, writing } from "./world.ts";

const RATES: BatchSpec = {
  scenario: GROWING,
  grid: { rate: { path: "engine.interest_rate", values: [0.1, 0.2] } },
  seeds: "1..2",
};

Deno.test("a cell whose runs fail does not stop the others; its failures are counted, with their reason", () =>
  withApp({ fixtures: ["slow_writer"] }, async (app) => {
    const { id, rows } = await played(app, {
      scenario: writing({ turns: 4, pause: 0 }),
      grid: { at: { path: "agents.Ada.config.fail_at", values: [null, 2, 1] } },
      seeds: "1..2",
    });
    assertEquals(rows.map(({ cell, status }) => [cell, status]), [
      [0, "completed"],
      [1, "failed"],
      [2, "failed"],
      [0, "completed"],
      [1, "failed"],
      [2, "failed"],
    ]);
    assertTrue(rows.every(({ status, error }) => (status === "failed") === (error !== undefined)));
    const { status, runs } = await app.batches.get(id);
    assertEquals([status, runs.completed, runs.failed, runs.pending], ["completed", 2, 4, 0]);
    // What has failed once fails again: it is no reason to play it anew.
    await assertRejects(() => app.batches.resume(id), "bad_transition");
  }));

Deno.test("a combination that is no scenario fails to start, alone; resumed, it is tried again", () =>
  withApp({}, async (app, folder) => {
    const file = `${folder}/growing.yaml`;
    await Deno.writeTextFile(file, JSON.stringify(GROWING));
    const { id } = await app.batches.start({ spec: { ...RATES, scenario: file }, planOnly: true });
    await Deno.remove(file);
    await app.batches.resume(id);
    const view = await app.batches.wait(id);
    assertEquals([view.status, view.runs.failed], ["completed", 4]);
    const [row] = await app.batches.results(id);
    assertEquals([row!.status, row!.run_id, row!.error!.code], ["failed_to_start", null, "missing_file"]);
    await Deno.writeTextFile(file, JSON.stringify(GROWING));
    await app.batches.resume(id);
    await app.batches.wait(id);
    await assertPlayedOnce(app, id);
  }));

Deno.test("a run that is deleted meanwhile is counted as removed, the others stay; resumed, it is played again", () =>
  withApp({}, async (app) => {
    const { id, rows } = await played(app, RATES);
    await app.delete(rows[1]!.run_id!);
    const after = await app.batches.results(id);
    assertEquals(after.map(({ status }) => status), ["completed", "removed", "completed", "completed"]);
    assertEquals([after[1]!.metrics, after[1]!.error!.code], [{}, "unknown_run"]);
    assertEquals((await app.batches.get(id)).runs.failed, 1);
    await app.batches.resume(id);
    await app.batches.wait(id);
    await assertPlayedOnce(app, id);
    const again = await app.batches.results(id);
    assertEquals(again[1]!.metrics, rows[1]!.metrics);
    assertEquals(again[0]!.run_id, rows[0]!.run_id);
  }));

Deno.test("a batch that was cut short while it was made never was; one whose file is torn is told by its name alone", () =>
  withApp({}, async (app, folder) => {
    const { id } = await played(app, { ...RATES, seeds: "1" });
    const torn = await played(app, { ...RATES, seeds: "2" });
    const batches = `${folder}/output/.batches`;
    Deno.mkdirSync(`${batches}/batch_20990101_000000_01`);
    Deno.writeTextFileSync(`${batches}/${torn.id}/batch.json`, '{"format":1,');
    assertEquals(app.batches.ids().toSorted(), [id, torn.id].toSorted());
    assertEquals((await app.batches.list()).map((batch) => batch.id), [id]);
    assertEquals(await app.batches.resumeLost(), []);
    await assertRejects(() => app.batches.get(torn.id), "bad_batch");
    await assertRejects(() => app.batches.get("batch_20990101_000000_01"), "unknown_batch");
  }));

Deno.test("a run that is deleted while its batch is played does not stop it", () =>
  withApp({ fixtures: ["slow_writer"], maxConcurrent: 1 }, async (app) => {
    const spec = { scenario: writing({ turns: 5, pause: 5 }), seeds: "1..4" };
    const deleted = Promise.withResolvers<void>();
    const stop = app.batches.subscribe(({ member }) => {
      if (member?.n === 0 && member.status === "completed") {
        app.delete(member.run_id!).then(deleted.resolve, deleted.reject);
      }
    });
    const { id, rows } = await played(app, spec);
    await deleted.promise;
    stop();
    assertEquals(rows.map(({ status }) => status), ["removed", "completed", "completed", "completed"]);
    assertEquals((await app.batches.get(id)).status, "completed");
  }));

Deno.test("a batch that is paused at once parks its runs and starts no other; resumed, nothing is played twice", () =>
  withApp({ fixtures: ["slow_writer"], maxConcurrent: 2 }, async (app) => {
    const { id } = await app.batches.start({ spec: { scenario: writing({ turns: 60, pause: 10 }), seeds: "1..6" } });
    await begun(app);
    const paused = await app.batches.pause(id, { now: true, reason: "for lunch" });
    assertEquals([paused.status, paused.reason], ["paused", "for lunch"]);
    assertEquals((await app.list({ status: "running" })).runs, []);
    assertTrue((await app.list({ status: "paused" })).runs.length > 0);
    assertTrue(paused.runs.pending > 0);
    await app.batches.resume(id);
    await app.batches.wait(id);
    await assertPlayedOnce(app, id);
  }));

Deno.test("a cancelled batch ends its runs, and cannot be resumed or extended", () =>
  withApp({ fixtures: ["slow_writer"], maxConcurrent: 2 }, async (app) => {
    const { id } = await app.batches.start({ spec: { scenario: writing({ turns: 60, pause: 10 }), seeds: "1..6" } });
    await begun(app);
    const { status, runs } = await app.batches.cancel(id);
    assertEquals(status, "cancelled");
    assertEquals(runs.running, 0);
    assertTrue(runs.cancelled > 0 && runs.pending > 0);
    await assertRejects(() => app.batches.resume(id), "bad_transition");
    await assertRejects(() => app.batches.extend(id, 2), "bad_transition");
  }));

Deno.test("a run that stands still by itself stops no other: its batch is parked at the end, names it, and can be resumed", () =>
  withApp({ fixtures: ["slow_writer"], maxConcurrent: 1 }, async (app) => {
    const { id } = await app.batches.start({ spec: { scenario: writing({ turns: 60, pause: 10 }), seeds: "1..8" } });
    const run = await begun(app);
    await app.pause(run, "somebody wants to look at it");
    const view = await app.batches.wait(id);
    assertEquals([view.status, view.reason], ["paused", `run '${run}' is paused: somebody wants to look at it`]);
    assertEquals([view.runs.completed, view.runs.running], [7, 1]);
    await app.batches.resume(id);
    await app.batches.wait(id);
    await assertPlayedOnce(app, id);
  }));

Deno.test("a budget of minutes parks a batch, and says so", () =>
  withApp({ maxConcurrent: 1 }, async (app) => {
    const { id } = await played(app, { ...RATES, seeds: "1..8", limits: { max_minutes: 0.001 } });
    const { status, reason, runs } = await app.batches.get(id);
    assertEquals([status, reason], ["paused", "max_minutes: 0.001 is over; resume it with a higher limit"]);
    assertTrue(runs.pending > 0, "some are left");
    await app.batches.resume(id, { limits: { max_minutes: 60 } });
    await app.batches.wait(id);
    await assertPlayedOnce(app, id);
  }));

Deno.test("a budget of minutes parks runs that are under way as well", () =>
  withApp({ fixtures: ["slow_writer"], maxConcurrent: 2 }, async (app) => {
    const { id } = await played(app, {
      scenario: writing({ turns: 2000, pause: 10 }),
      seeds: "1..2",
      limits: { max_minutes: 0.02 },
    });
    const { status, reason, runs } = await app.batches.get(id);
    assertEquals([status, runs.completed, runs.running], ["paused", 0, 2]);
    assertMatches(reason!, /max_minutes: 0\.02 is over/);
    assertEquals((await app.list({ status: "paused" })).runs.length, 2);
  }));

Deno.test("runs that park at limits of their own stop no other run of the batch", () =>
  withApp({ fixtures: ["slow_writer"], maxConcurrent: 2 }, async (app) => {
    const { id, rows } = await played(app, {
      scenario: writing({ turns: 2, pause: 20 }),
      arms: { slow: { set: { "limits.max_minutes": 1e-6, "simulation.max_turns": 20_000 } }, quick: {} },
      seeds: "1..4",
    });
    const of = (arm: string) => rows.filter((row) => row.arm === arm).map(({ status }) => status);
    assertEquals(of("quick"), Array(4).fill("completed"));
    assertEquals(of("slow"), Array(4).fill("paused"));
    const { status, reason } = await app.batches.get(id);
    assertEquals(status, "paused");
    assertMatches(reason!, /^run '.*' is paused: max_minutes: .*; 1 more stand still$/);
  }));

Deno.test("on a disk that is full a batch stands still with the reason; with room again it goes on, nothing twice", async () => {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-test-" }));
  const small = `${folder}/small`;
  Deno.mkdirSync(small);
  const mounted = await command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small);
  try {
    await (await openWorld(folder, 1)).app.close();
    const app = await openApp({ output: `${small}/output`, config: `${folder}/llm-sim.yaml` });
    try {
      const { id } = await app.batches.start({ spec: { ...RATES, seeds: "1..30" }, planOnly: true });
      // Where nothing may be mounted, a folder that is no folder any more stands for the disk.
      if (!mounted) await Deno.chmod(`${small}/output`, 0o500);
      await app.batches.resume(id).then(() => app.batches.wait(id), () => {});
      const view = await app.batches.get(id);
      assertTrue(["paused", "planned"].includes(view.status), view.status);
      if (mounted) assertMatches(view.reason!, /disk is full/);
      assertTrue(view.runs.pending > 0);
      if (mounted) await command("mount", "-o", "remount,size=64m", small);
      else await Deno.chmod(`${small}/output`, 0o700);
      await app.batches.resume(id);
      const done = await app.batches.wait(id);
      assertEquals([done.status, done.runs.completed], ["completed", 60], done.reason ?? "");
      await assertPlayedOnce(app, id);
    } finally {
      await app.close();
    }
  } finally {
    if (mounted) await command("umount", "-l", small);
    await removeFolder(folder);
  }
});

/** The first run that has played a turn. */
function begun(app: App): Promise<string> {
  return new Promise((resolve) => {
    const stop = app.subscribe((notice) => {
      if (notice.kind !== "progress") return;
      stop();
      resolve(notice.run_id);
    });
  });
}

async function command(...[program, ...args]: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(program!, { args, stdout: "null", stderr: "null" }).output();
  return success;
}
