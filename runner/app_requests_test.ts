import { assertEquals, assertRejects } from "../tests/support/assert.ts";
import { runToEnd, withApp } from "../tests/support/app.ts";
import { reached, world } from "../tests/durability/world.ts";
import { openApp } from "./app.ts";

const FIXTURES = { fixtures: ["slow_writer"] };
const TINY = world({ turns: 5, pause: 0 });
const LONG = world({ turns: 1_000_000, pause: 5 });

Deno.test("a request made again gets its run, at once, later and after a restart; another one under its name none", async () => {
  await withApp(FIXTURES, async (app, folder) => {
    const request = { text: TINY, labels: { a: "1", b: "2" }, idempotencyKey: "morning" };
    const twins = await Promise.all([app.start(request), app.start(request), app.start({ ...request })]);
    const { run_id } = twins[0]!;
    assertEquals(twins.map((each) => each.run_id), [run_id, run_id, run_id]);
    await app.wait(run_id);
    const again = await app.start({ ...request, labels: { b: "2", a: "1" } });
    assertEquals([again.run_id, again.status], [run_id, "completed"]);
    await assertRejects(() => app.start({ ...request, sample: 1 }), "idempotency_conflict");
    await assertRejects(() => app.start({ ...request, labels: {} }), "idempotency_conflict");
    const [one, two] = await Promise.allSettled([
      app.start({ ...request, idempotencyKey: "noon" }),
      app.start({ text: LONG, idempotencyKey: "noon" }),
    ]);
    assertEquals([one!.status, two!.status === "rejected" && two!.reason.code], ["fulfilled", "idempotency_conflict"]);
    const restarted = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
    try {
      assertEquals((await restarted.start(request)).run_id, run_id);
      await assertRejects(() => restarted.start({ ...request, text: LONG }), "idempotency_conflict");
    } finally {
      await restarted.close();
    }
    for (const suffix of ["", "-wal", "-shm"]) {
      await Deno.remove(`${folder}/output/.index.sqlite${suffix}`).catch(() => {});
    }
    const forgetful = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
    try {
      assertEquals((await forgetful.start(request)).run_id, run_id, "the index can be deleted at any time");
    } finally {
      await forgetful.close();
    }
  });
});

Deno.test("a request that failed may be made again, and one whose run was deleted makes a new one", async () => {
  await withApp(FIXTURES, async (app) => {
    const broken = { text: TINY.replace("max_turns: 5", "max_turns: 0"), idempotencyKey: "k" };
    await assertRejects(() => app.start(broken));
    const first = await runToEnd(app, { text: TINY, idempotencyKey: "k" });
    await app.delete(first.run_id);
    const second = await runToEnd(app, { text: TINY, idempotencyKey: "k" });
    assertEquals(second.status, "completed");
    for (const idempotencyKey of ["", "a\nb", "x".repeat(301)]) {
      await assertRejects(() => app.start({ text: TINY, idempotencyKey }), "bad_idempotency_key");
    }
    assertEquals((await app.list()).runs.length, 1);
  });
});

Deno.test("what a stopped host has left is continued, in order, a step as a step; what somebody stopped is not", async () => {
  await withApp(FIXTURES, async (app, folder) => {
    const ended = await runToEnd(app, { text: TINY });
    const paused = await app.start({ text: LONG });
    await reached(app, paused.run_id, 1);
    await app.pause(paused.run_id);
    const stopped = await app.start({ text: LONG });
    await reached(app, stopped.run_id, 1);
    await app.interrupt(stopped.run_id, "somebody said so");
    const options = { output: `${folder}/other`, config: `${folder}/llm-sim.yaml` };
    const first = await openApp(options);
    first.maxConcurrent = 1;
    const playing = await first.start({ text: LONG });
    await reached(first, playing.run_id, 2);
    const queued = await first.start({ text: world({ turns: 3, pause: 0 }) });
    const stepped = await first.start({ text: world({ turns: 3, pause: 0 }), mode: "step" });
    await first.close();
    const second = await openApp(options);
    try {
      const { resumed, failed } = await second.resumeLost();
      assertEquals(resumed.map(({ run_id }) => run_id), [playing.run_id, queued.run_id, stepped.run_id]);
      assertEquals(failed, []);
      const { status, turn } = await second.wait(stepped.run_id);
      assertEquals([status, turn], ["paused", 1]);
      assertEquals((await second.wait(queued.run_id)).status, "completed");
      await second.cancel(playing.run_id);
      assertEquals((await second.resumeLost()).resumed, []);
    } finally {
      await second.close();
    }
    assertEquals((await app.resumeLost()).resumed, []);
    assertEquals(
      await Promise.all([ended, paused, stopped].map(async ({ run_id }) => (await app.status(run_id)).status)),
      ["completed", "paused", "interrupted"],
    );
  });
});

Deno.test("one run that cannot be continued keeps no other from it", async () => {
  await withApp(FIXTURES, async (app) => {
    const left = [];
    for (let i = 0; i < 2; i++) {
      const { run_id } = await app.start({ text: LONG });
      await reached(app, run_id, 1);
      await app.interrupt(run_id, "the host was stopped");
      left.push(run_id);
    }
    await Deno.remove(`${app.folder(left[0]!)}/config.json`);
    const { resumed, failed } = await app.resumeLost();
    assertEquals([resumed.map(({ run_id }) => run_id), failed.map(({ run_id }) => run_id)], [[left[1]], [left[0]]]);
    assertEquals(failed[0]!.error.code, "missing_file_in_run");
    await app.cancel(left[1]!);
  });
});

Deno.test("retention works at intervals until it is stopped, and says what has gone", async () => {
  await withApp({ ...FIXTURES, config: { retention: { keep_last: 1 } } }, async (app) => {
    const old = await runToEnd(app, { text: TINY });
    const kept = await runToEnd(app, { text: TINY });
    const removed: string[] = [];
    app.subscribe((notice) => void (notice.kind === "removed" && removed.push(notice.run_id)));
    const rounds: string[][] = [];
    const { promise: twice, resolve } = Promise.withResolvers<void>();
    const stop = app.pruneEvery(20, (gone, error) => {
      assertEquals(error, null);
      if (rounds.push(gone.map(({ run_id }) => run_id)) === 2) resolve();
    });
    await twice;
    stop();
    assertEquals([rounds[0], rounds[1], removed], [[old.run_id], [], [old.run_id]]);
    assertEquals((await app.list()).runs.map(({ run_id }) => run_id), [kept.run_id]);
  });
});
