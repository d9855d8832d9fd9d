/** What a batch keeps to while the world around it changes: its scenario, its runs, other hosts, other batches. */

import { type App, type BatchSpec, openApp } from "../../runner/mod.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { assertPlayedOnce, GROWING, played, writing } from "./world.ts";

const RATES: BatchSpec = {
  scenario: GROWING,
  grid: { rate: { path: "engine.interest_rate", values: [0.1, 0.2] } },
  seeds: "1..2",
};

const stronger = JSON.stringify(GROWING).replace('"initial_economic_strength":100', '"initial_economic_strength":900');

/** With another host on the same output folder. */
async function withOther(folder: string, body: (other: App) => Promise<void>): Promise<void> {
  const other = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
  try {
    await body(other);
  } finally {
    await other.close();
  }
}

Deno.test("a batch whose scenario was edited is neither resumed nor extended, and says which cell; put back, it goes on", () =>
  withApp({}, async (app, folder) => {
    const file = `${folder}/growing.yaml`;
    await Deno.writeTextFile(file, JSON.stringify(GROWING));
    const { id } = await app.batches.start({ spec: { ...RATES, scenario: file }, planOnly: true });
    await Deno.writeTextFile(file, stronger);
    const { message } = await assertRejects(() => app.batches.resume(id), "batch_changed");
    assertMatches(message, /^cell 0 of batch '.*' \(rate 0\.1\): its scenario.* has changed since it was planned$/);
    await assertRejects(() => app.batches.extend(id, 2), "batch_changed");
    assertEquals((await app.batches.get(id)).status, "planned");
    assertEquals((await app.list()).runs, []);
    await Deno.writeTextFile(file, JSON.stringify(GROWING));
    await app.batches.resume(id);
    await app.batches.wait(id);
    await assertPlayedOnce(app, id);
  }));

Deno.test("a batch whose domain has changed is not resumed by another host: it says that it is the domain", () =>
  withApp({ fixtures: ["slow_writer"] }, async (app, folder) => {
    const copy = `${folder}/slow_writer`;
    const config = JSON.parse(await Deno.readTextFile(`${folder}/llm-sim.yaml`));
    await copyFolder(config.simulation_repos[0].path, copy);
    config.simulation_repos[0].path = copy;
    await Deno.writeTextFile(`${folder}/llm-sim.yaml`, JSON.stringify(config));
    const spec = { scenario: writing({ turns: 2, pause: 0 }), seeds: "1..2" };
    let id = "";
    await withOther(folder, async (other) => {
      id = (await other.batches.start({ spec, planOnly: true })).id;
    });
    await Deno.writeTextFile(`${copy}/mod.ts`, "// another version\n", { append: true });
    await withOther(folder, async (other) => {
      const { message } = await assertRejects(() => other.batches.resume(id), "batch_changed");
      assertMatches(message, /the domain has changed since/);
      assertEquals((await other.batches.get(id)).runs.pending, 2);
    });
    assertEquals((await app.list()).runs, []);
  }));

Deno.test("of a batch with more cells than are resolved at once, each keeps what it was when it was played first", () =>
  withApp({}, async (app, folder) => {
    const file = `${folder}/growing.yaml`;
    await Deno.writeTextFile(file, JSON.stringify({ ...GROWING, simulation: { name: "growing", max_turns: 1 } }));
    const grid = { rate: { path: "engine.interest_rate", from: 0, to: 0.2, step: 0.0005 } };
    const { id } = await app.batches.start({ spec: { scenario: file, grid }, planOnly: true });
    const stop = app.batches.subscribe(({ member }) => {
      if (member?.status === "completed") app.batches.pause(id);
    });
    await app.batches.resume(id);
    const paused = await app.batches.wait(id);
    stop();
    assertTrue(paused.status === "paused" && paused.runs.pending > 0);
    await app.delete((await app.batches.results(id))[0]!.run_id!);
    await Deno.writeTextFile(file, stronger);
    await app.batches.resume(id);
    const { status, reason } = await app.batches.wait(id);
    assertEquals(status, "paused");
    assertMatches(reason!, /^cell 0 of batch .* \(rate 0\): its scenario/);
  }));

Deno.test("the scenario's own seed is a seed of the batch: extended, it is not played again", () =>
  withApp({}, async (app) => {
    const { id, rows } = await played(app, {
      scenario: { ...GROWING, simulation: { ...GROWING.simulation, seed: 7 } },
    });
    assertEquals(rows.map(({ seed }) => seed), [7]);
    assertEquals((await app.batches.get(id)).seeds, [7]);
    await assertRejects(() => app.batches.extend(id, [7]), "repeated_seed");
    await app.batches.extend(id, 2);
    await app.batches.wait(id);
    assertEquals((await app.batches.results(id)).map(({ seed }) => seed), [7, 8, 9]);
    await assertPlayedOnce(app, id);
  }));

Deno.test("cells whose scenarios have different seeds keep their own; extended, none of them is played again", () =>
  withApp({}, async (app) => {
    const arms = { a: { set: { "simulation.seed": 3 } }, b: { set: { "simulation.seed": 5 } } };
    const { id, rows } = await played(app, { scenario: GROWING, arms });
    assertEquals(rows.map(({ seed }) => seed), [3, 5]);
    await assertRejects(() => app.batches.extend(id, [5]), "repeated_seed");
    await app.batches.extend(id, 1);
    await app.batches.wait(id);
    assertEquals((await app.batches.results(id)).map(({ seed }) => seed), [3, 5, 6, 6]);
  }));

Deno.test("a batch that is resumed and extended at once does one of them, and loses nothing", () =>
  withApp({}, async (app) => {
    const { id, rows } = await played(app, RATES);
    await app.delete(rows[0]!.run_id!);
    const outcomes = await Promise.allSettled([
      app.batches.resume(id),
      app.batches.extend(id, 4),
      app.batches.resume(id),
    ]);
    assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected", "rejected"]);
    const { status, seeds } = await app.batches.wait(id);
    assertEquals([status, seeds], ["completed", [1, 2]]);
    await assertPlayedOnce(app, id);
    await app.batches.extend(id, 1);
    await app.batches.wait(id);
    await assertPlayedOnce(app, id);
  }));

Deno.test("of two hosts one plays a batch; the other can neither resume, extend, cancel nor delete it", () =>
  withApp({}, async (app, folder) => {
    const { id } = await app.batches.start({ spec: { ...RATES, seeds: "1..8" }, planOnly: true });
    await withOther(folder, async (other) => {
      const outcomes = await Promise.allSettled([app.batches.resume(id), other.batches.resume(id)]);
      assertEquals(outcomes.map(({ status }) => status), ["fulfilled", "rejected"]);
      for (
        const steer of [
          () => other.batches.resume(id),
          () => other.batches.extend(id, 1),
          () => other.batches.cancel(id),
          () => other.batches.pause(id),
        ]
      ) await assertRejects(steer, "owned_elsewhere");
      await assertRejects(() => Promise.resolve().then(() => other.batches.delete(id)), "run_is_live");
      assertEquals(await other.batches.resumeLost(), []);
      await app.batches.wait(id);
      await assertPlayedOnce(app, id);
      // Nobody has it any more.
      await other.batches.extend(id, 1);
      await other.batches.wait(id);
      await assertPlayedOnce(other, id);
    });
  }));

Deno.test("a run that was made for the same place of something else is no run of the batch", () =>
  withApp({}, async (app) => {
    const batch = { id: "growing_20260101_120000_01", n: 0 };
    const first = await app.startPrepared(await app.prepare({ text: JSON.stringify(GROWING) }), { batch, seed: 1 });
    const other = await app.startPrepared(await app.prepare({ text: stronger }), { batch, seed: 1 });
    const again = await app.startPrepared(await app.prepare({ text: stronger }), { batch, seed: 1 });
    assertTrue(first.run_id !== other.run_id && first.content_key !== other.content_key);
    assertEquals(again.run_id, other.run_id);
  }));

Deno.test("the id of a batch that was deleted is not met again", () =>
  withApp({}, async (app) => {
    const made: string[] = [];
    for (let i = 0; i < 5; i++) {
      const { id } = await app.batches.start({ spec: RATES, planOnly: true });
      app.batches.delete(id);
      made.push(id);
    }
    assertEquals(new Set(made).size, made.length);
    assertEquals(app.batches.ids(), []);
  }));

Deno.test("cancelling a batch that stands still cancels the runs that it parked; no host goes on with them", () =>
  withApp({ fixtures: ["slow_writer"], maxConcurrent: 2 }, async (app, folder) => {
    const { id } = await app.batches.start({ spec: { scenario: writing({ turns: 60, pause: 10 }), seeds: "1..4" } });
    await begun(app);
    await app.batches.pause(id, { now: true });
    const parked = (await app.list({ batch: id })).runs;
    assertTrue(parked.some(({ status }) => status === "paused"));
    await app.batches.cancel(id);
    assertEquals((await app.list({ batch: id, status: ["paused", "queued", "running", "interrupted"] })).runs, []);
    assertEquals((await app.batches.get(id)).runs.cancelled, parked.length);

    // One whose host was killed before it could cancel them.
    const [run] = (await app.list({ batch: id, status: "cancelled" })).runs;
    const file = `${folder}/output/${run!.run_id}/manifest.json`;
    const { ended_at: _end, ...manifest } = JSON.parse(await Deno.readTextFile(file));
    await Deno.writeTextFile(
      file,
      JSON.stringify({ ...manifest, status: "interrupted", status_reason: "the host was stopped" }),
    );
    await withOther(folder, async (other) => {
      assertEquals((await other.list({ status: "interrupted" })).runs.map(({ run_id }) => run_id), [run!.run_id]);
      assertEquals(await other.resumeLost(), { resumed: [], failed: [] });
    });
  }));

Deno.test("cancelling a batch that is played cancels runs that have parked by themselves as well", () =>
  withApp({ fixtures: ["slow_writer"], maxConcurrent: 1 }, async (app) => {
    const scenario = writing({ turns: 2000, pause: 10 });
    const arms = { brief: { set: { "limits.max_minutes": 1e-6 } }, long: {} };
    const { id } = await app.batches.start({ spec: { scenario, arms, seeds: "1" } });
    const parked = new Promise<void>((resolve) => {
      const stop = app.batches.subscribe(({ member }) => {
        if (member?.status !== "paused") return;
        stop();
        resolve();
      });
    });
    await parked;
    const { status, runs } = await app.batches.cancel(id);
    assertEquals([status, runs.running, (await app.list({ status: "paused" })).runs], ["cancelled", 0, []]);
  }));

Deno.test("a run that another process removes is counted as removed", () =>
  withApp({}, async (app, folder) => {
    const { id, rows } = await played(app, RATES);
    await withOther(folder, (other) => other.delete(rows[1]!.run_id!));
    const statuses = (await app.batches.results(id)).map(({ status }) => status);
    assertEquals(statuses, ["completed", "removed", "completed", "completed"]);
  }));

Deno.test("retention leaves the runs of batches that can be resumed, found ones too, and takes those of others", () =>
  withApp({ fixtures: ["slow_writer"], maxConcurrent: 1 }, async (app) => {
    const scenario = writing({ turns: 3, pause: 0 });
    const first = await played(app, { scenario, seeds: "1" });
    const { id } = await app.batches.start({ spec: { scenario, seeds: "1..6" }, planOnly: true });
    const stop = app.batches.subscribe(({ member }) => {
      if (member?.n === 1 && member.status === "completed") app.batches.pause(id);
    });
    await app.batches.resume(id);
    const { status, runs } = await app.batches.wait(id);
    stop();
    assertTrue(status === "paused" && runs.reused === 1 && runs.pending > 0);
    const forgotten = await played(app, { ...RATES, seeds: "9" });
    const gone = (await app.prune({ keep_last: 0 })).map(({ run_id }) => run_id);
    assertEquals(gone.toSorted(), forgotten.rows.map(({ run_id }) => run_id!).toSorted());
    assertTrue((await app.status(first.rows[0]!.run_id!)).status === "completed");
    await app.batches.resume(id);
    assertEquals((await app.batches.wait(id)).runs.completed, 6);
    assertEquals((await app.prune({ keep_last: 0 })).length, 6);
  }));

Deno.test("runs that called a service outside are never found again: it may answer otherwise today", async () => {
  let version = 1;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    await request.text();
    return Response.json({ reply: `version ${version}`, message: `version ${version}`, actions: [] });
  });
  try {
    const origin = `http://127.0.0.1:${server.addr.port}`;
    await withApp({ config: { http_allow: [origin], features: { simulatedUserMode: true } } }, async (app) => {
      const spec: BatchSpec = {
        scenario: "scenarios/conversation/regression.yaml",
        set: {
          "conversation.case": "thanks_are_no_request",
          "conversation.agent": { adapter: "http", url: `${origin}/chat` },
        },
        seeds: [1],
      };
      const before = await played(app, spec);
      assertEquals(before.rows.map(({ status, reused }) => [status, reused]), [["completed", false]]);
      version = 2;
      const after = await played(app, spec);
      assertEquals(after.rows.map(({ status, reused }) => [status, reused]), [["completed", false]]);
      assertTrue(after.rows[0]!.run_id !== before.rows[0]!.run_id);
    });
  } finally {
    await server.shutdown();
  }
});

/** Resolves when a run has played a turn. */
function begun(app: App): Promise<void> {
  return new Promise((resolve) => {
    const stop = app.subscribe((notice) => {
      if (notice.kind !== "progress") return;
      stop();
      resolve();
    });
  });
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
