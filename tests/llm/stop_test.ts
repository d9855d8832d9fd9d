/** Runs that are stopped while models are asked: pausing completes the turn, all else reaches the sockets at once. */

import { openApp } from "../../runner/app.ts";
import { difference } from "../durability/world.ts";
import { runToEnd } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { asks, assertCompleted, Hold, questionsOn, talk, withModels } from "./world.ts";

/** A try may take a minute, and there are three: whoever stops sooner than this has not waited for an answer. */
const PROMPT_MS = 10_000;
const TEXT = talk({ questions: 2 });
const CALLS = 18;

async function promptly<T>(body: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await body();
  const took = performance.now() - began;
  assertTrue(took < PROMPT_MS, `took ${took} ms`);
  return result;
}

Deno.test("pausing waits for the answers of the turn, and a resumed run asks on from there", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server) => {
    const reference = app.folder((await runToEnd(app, { text: TEXT })).run_id);
    server.reset();
    hold.back((request) => asks(request, { turn: 2 }));
    const { run_id } = await app.start({ text: TEXT });
    await hold.seen(3);
    const pausing = app.pause(run_id);
    hold.release();
    const paused = await pausing;
    assertEquals([paused.status, paused.status_reason], ["paused", "paused by request"]);
    assertEquals([server.answered, server.received, server.aborted], [paused.turn * 6, paused.turn * 6, 0]);
    assertEquals((await app.state(run_id))?.turn, paused.turn);
    assertEquals(paused.cost.calls, paused.turn * 6);
    await app.resume(run_id);
    const run = await app.wait(run_id);
    assertCompleted(run);
    assertEquals([server.received, server.repeated, run.cost.calls], [CALLS, [], CALLS]);
    assertEquals(await difference(reference, app.folder(run_id)), null);
  });
});

for (const isQueuing of [false, true]) {
  const where = isQueuing ? ", also of calls that wait for their place" : "";
  Deno.test(`cancelling ends the run for good and hangs up at once${where}`, async () => {
    const hangs = { behave: () => "hang" as const };
    await withModels(hangs, async (app, server) => {
      const { run_id } = await app.start({ text: talk() });
      const calls = isQueuing ? 1 : 3;
      await server.whenInFlight(calls);
      const cancelled = await promptly(async () => {
        const cancelling = app.cancel(run_id);
        await server.whenAborted(calls);
        return await cancelling;
      });
      assertEquals([cancelled.status, cancelled.turn, cancelled.cost.calls], ["cancelled", 0, 0]);
      assertEquals([server.received, server.inFlight, questionsOn(app.folder(run_id))], [calls, 0, []]);
      assertEquals((await app.result(run_id))?.termination_reason, "cancelled");
    }, { provider: { max_concurrency: isQueuing ? 1 : 10 } });
  });
}

Deno.test("interrupting hangs up at once; what had been answered is not asked again", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server) => {
    const reference = app.folder((await runToEnd(app, { text: TEXT })).run_id);
    server.reset();
    hold.back((request) => asks(request, { turn: 2, question: 2 }));
    const { run_id } = await app.start({ text: TEXT });
    await hold.seen(3);
    const interrupted = await promptly(async () => {
      const interrupting = app.interrupt(run_id, "test");
      await server.whenAborted(3);
      return await interrupting;
    });
    assertEquals([interrupted.status, interrupted.error], ["interrupted", undefined]);
    assertEquals(interrupted.cost.calls, 9);
    hold.release();
    await app.resume(run_id);
    assertCompleted(await app.wait(run_id));
    assertEquals([server.received, server.answered, server.repeated], [CALLS + 3, CALLS, []]);
    assertEquals(await difference(reference, app.folder(run_id)), null);
  });
});

Deno.test("closing the app hangs up at once, and its runs go on where another opens it", async () => {
  const hold = new Hold();
  await withModels({ answer: hold.answer }, async (app, server, folder) => {
    const reference = app.folder((await runToEnd(app, { text: TEXT })).run_id);
    server.reset();
    // Two have been answered and ask on while the app closes, one hangs.
    hold.back((request) => asks(request, { turn: 2, agent: "A_1" }) || asks(request, { turn: 2, question: 2 }));
    const { run_id } = await app.start({ text: TEXT });
    await hold.seen(3);
    await promptly(async () => {
      const closing = app.close();
      await server.whenAborted(3);
      await closing;
    });
    hold.release();
    const other = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
    try {
      const found = await other.status(run_id);
      assertEquals([found.status, found.status_reason, found.turn], ["interrupted", "the host was stopped", 1]);
      await other.resume(run_id);
      assertCompleted(await other.wait(run_id));
      assertEquals([server.received, server.answered, server.repeated], [CALLS + 3, CALLS, []]);
      assertEquals(await difference(reference, other.folder(run_id)), null);
    } finally {
      await other.close();
    }
  });
});
