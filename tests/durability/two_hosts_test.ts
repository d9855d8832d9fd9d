/** Two hosts on one output folder: each sees the other's live runs and leaves them alone. */

import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { runToEnd } from "../support/app.ts";
import type { App } from "../../runner/app.ts";
import { openWorld } from "./kills.ts";
import { SecondHost } from "./second_host.ts";
import { assertWholeLogs, difference, reached, world } from "./world.ts";
import { removeFolder } from "../support/folders.ts";

const LONG = world({ turns: 1_000_000, pause: 5 });
const SLOW = world({ turns: 40, pause: 15 });

type World = { app: App; output: string; config: string };

function test(name: string, body: (world: World) => Promise<void>, maxConcurrent = 5): void {
  Deno.test(name, async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-test-" }));
    try {
      const opened = await openWorld(folder, maxConcurrent);
      try {
        await body(opened);
      } finally {
        await opened.app.close();
      }
    } finally {
      await removeFolder(folder);
    }
  });
}

test("a host sees another's runs, queued and running, leaves them alone and says who has them", async ({ app, output, config }) => {
  const host = new SecondHost({ output, config, start: [LONG, LONG] });
  const running = await host.says((line) => line.progress !== undefined && line.turn! > 2);
  const id = running.progress!;
  const other = (await host.says((line) => line.done === "start" && line.run_id !== id)).run_id!;
  assertEquals(await app.recover(), []);
  assertEquals((await app.list({ status: "running" })).runs.some(({ run_id }) => run_id === id), true);
  for (const verb of ["resume", "step", "cancel", "pause"] as const) {
    for (const runId of [id, other]) {
      const refused = await assertRejects(() => app[verb](runId), "owned_elsewhere") as Error & { hint: string };
      assertMatches(refused.message, new RegExp(`${host.pid}`));
      assertMatches(refused.hint, new RegExp(`kill -INT ${host.pid}`));
    }
  }
  await assertRejects(() => app.interrupt(id, "x"), "owned_elsewhere");
  await assertRejects(() => app.delete(id), "run_is_live");
  const before = (await app.status(id)).history.length;
  await host.kill();
  assertEquals((await app.recover()).map(({ run_id }) => run_id).sort(), [id, other].sort());
  assertEquals(await app.recover(), []);
  const found = await app.status(id);
  assertEquals([found.status, found.history.length, found.process], ["interrupted", before + 1, undefined]);
  assertEquals(found.turn, (await app.state(id))?.turn);
  assertEquals((await app.cancel(id)).status, "cancelled");
});

test("a run that another host has resumed and only queued is that host's", async ({ app, output, config }) => {
  const parked = await app.start({ text: LONG });
  await reached(app, parked.run_id, 2);
  await app.pause(parked.run_id);
  // One place, taken by a run that does not end: the resumed one waits in the queue of the other host.
  const host = new SecondHost({ output, config, start: [LONG], resume: [parked.run_id] });
  await host.says((line) => line.done === "resume");
  assertEquals((await app.status(parked.run_id)).status, "queued");
  assertEquals(await app.recover(), []);
  await assertRejects(() => app.cancel(parked.run_id), "owned_elsewhere");
  await host.kill();
  assertEquals((await app.recover()).length, 2);
}, 1);

test("a host that was killed leaves a run that resumes without a word about it", async ({ app, output, config }) => {
  const undisturbed = await runToEnd(app, { text: SLOW });
  const host = new SecondHost({ output, config, start: [SLOW] });
  const { progress } = await host.says((line) => line.progress !== undefined && line.turn! >= 5);
  await host.kill();
  // No recover(): the verb itself finds out.
  await app.resume(progress!);
  assertEquals((await app.wait(progress!)).history.map(({ status }) => status), [
    "queued",
    "running",
    "interrupted",
    "queued",
    "running",
    "completed",
  ]);
  assertEquals(await difference(app.folder(undisturbed.run_id), app.folder(progress!)), null);
  await assertWholeLogs(app.folder(progress!), 40);
});

test("two hosts that start runs in the same second give out different ids", async ({ app, output, config }) => {
  const scenario = world({ turns: 1, pause: 0 });
  const host = new SecondHost({ output, config, start: [] });
  await host.says((line) => line.open !== undefined);
  await host.close();
  const both = new SecondHost({ output, config, start: Array(20).fill(scenario) });
  await both.says((line) => line.done === "start");
  const mine = await Promise.all(Array.from({ length: 20 }, () => app.start({ text: scenario })));
  await both.says((line) => line.idle === true);
  const theirs = both.said.filter((line) => line.done === "start").map((line) => line.run_id!);
  const ended = await Promise.all(mine.map(({ run_id }) => app.wait(run_id)));
  assertEquals(ended.map(({ status }) => status), Array(20).fill("completed"));
  assertEquals(both.said.filter((line) => line.refused), []);
  assertEquals(new Set([...mine.map(({ run_id }) => run_id), ...theirs]).size, 40);
  const { runs, broken } = await app.list();
  assertEquals([runs.length, broken], [40, []]);
  assertTrue(runs.every(({ status }) => status === "completed"));
  await both.close();
});

test("of two hosts that resume a run at once one plays it", async ({ app, output, config }) => {
  const { run_id } = await app.start({ text: LONG });
  await reached(app, run_id, 2);
  await app.pause(run_id);
  const hosts = Array.from({ length: 2 }, () => new SecondHost({ output, config, resume: [run_id] }));
  const answers = await Promise.all(hosts.map((host) => host.says((line) => (line.done ?? line.refused) === "resume")));
  assertEquals(answers.filter((answer) => answer.done).length, 1);
  const [loser] = answers.filter((answer) => answer.refused);
  assertTrue(["owned_elsewhere", "bad_transition"].includes(loser!.code!), loser!.code);
  const winner = hosts[answers.findIndex((answer) => answer.done)]!;
  await winner.says((line) => line.progress === run_id);
  await Promise.all(hosts.map((host) => host.kill()));
  await app.recover();
  assertEquals((await app.status(run_id)).history.filter(({ status }) => status === "running").length, 2);
});

test("a process that plays a run locks it against any other that would", async ({ app, output, config }) => {
  const host = new SecondHost({ output, config, start: [LONG] });
  // With the first turns it writes the manifest itself, then for a second it does not.
  const { progress } = await host.says((line) => (line.turn ?? 0) >= 10);
  const id = progress!;
  // Even if a manifest said otherwise.
  const path = `${app.folder(id)}/manifest.json`;
  const manifest = JSON.parse(Deno.readTextFileSync(path));
  Deno.writeTextFileSync(path, JSON.stringify({ ...manifest, status: "paused", process: undefined }));
  await app.resume(id);
  const stood = await app.wait(id);
  assertEquals([stood.status, stood.error?.code], ["interrupted", "locked"]);
  await host.kill();
});
