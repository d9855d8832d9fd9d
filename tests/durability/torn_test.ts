/** Whatever a crash may leave of a run's folder, resuming it gives the files of an undisturbed run. */

import type { App } from "../../runner/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { runToEnd, withApp } from "../support/app.ts";
import { assertWholeLogs, copyFolder, difference, stoppedMidway, world } from "./world.ts";

const TURNS = 40;
const SCENARIO = world({ turns: TURNS, pause: 5 });

/** A run that was stopped between checkpoints, its folder, and what an undisturbed one looks like. */
interface Interrupted {
  readonly app: App;
  readonly run_id: string;
  readonly folder: string;
  readonly reference: string;
}

/** Damages copies of one interrupted run, resumes each and compares. */
async function resumedAfter(damages: Record<string, (folder: string) => void>): Promise<void> {
  await withApp({ fixtures: ["slow_writer"] }, async (app, temporary) => {
    const reference = app.folder((await runToEnd(app, { text: SCENARIO })).run_id);
    const start = () => app.start({ text: SCENARIO });
    const run_id = await stoppedMidway(app, 23, start, (id) => app.interrupt(id, "for the test"));
    assertEquals((await app.status(run_id)).status, "interrupted");
    const run: Interrupted = { app, run_id, folder: app.folder(run_id), reference };
    const saved = `${temporary}/saved`;
    copyFolder(run.folder, saved);
    for (const [name, damage] of Object.entries(damages)) {
      Deno.removeSync(run.folder, { recursive: true });
      copyFolder(saved, run.folder);
      damage(run.folder);
      await assertResumes(run, name);
    }
  });
}

async function assertResumes({ app, run_id, folder, reference }: Interrupted, name: string): Promise<void> {
  await app.resume(run_id);
  const { status, status_reason } = await app.wait(run_id);
  assertEquals(status, "completed", `${name}: ${status_reason}`);
  assertEquals(await difference(reference, folder), null, name);
  await assertWholeLogs(folder, TURNS);
}

function cut(path: string, bytes: (size: number) => number): void {
  Deno.truncateSync(path, Math.max(0, Math.floor(bytes(Deno.statSync(path).size))));
}

function turns(folder: string): number[] {
  return [...Deno.readDirSync(`${folder}/checkpoints`)].map(({ name }) => /^turn_(\d+)\.json$/.exec(name)?.[1])
    .filter((turn) => turn !== undefined).map(Number).sort((a, b) => a - b);
}

Deno.test("resuming after a log was cut short goes back to the checkpoint whose lines are all there", async () => {
  await resumedAfter({
    "events cut below the last checkpoint": (folder) => {
      const { metadata } = JSON.parse(Deno.readTextFileSync(`${folder}/checkpoints/last.json`));
      Deno.truncateSync(`${folder}/events.jsonl`, metadata.log_lengths["events.jsonl"] - 1);
    },
    "events cut to a third": (folder) => cut(`${folder}/events.jsonl`, (size) => size / 3),
    "global rows cut to half": (folder) => cut(`${folder}/global.jsonl`, (size) => size / 2),
    "agent rows gone": (folder) => Deno.removeSync(`${folder}/agents.jsonl`),
    "all logs empty": (folder) => {
      for (const log of ["events", "global", "agents"]) Deno.truncateSync(`${folder}/${log}.jsonl`, 0);
    },
  });
});

Deno.test("resuming ignores whatever stands in the logs after the checkpoint", async () => {
  const append = (path: string, text: string) => Deno.writeTextFileSync(path, text, { append: true });
  await resumedAfter({
    "whole lines": (folder) => append(`${folder}/events.jsonl`, '{"id":99999}\n{"id":100000}\n'),
    "a torn line": (folder) => {
      for (const log of ["events", "global", "agents"]) append(`${folder}/${log}.jsonl`, '{"turn":99,"x');
    },
    "zeros": (folder) => append(`${folder}/global.jsonl`, "\0".repeat(5000)),
  });
});

Deno.test("resuming survives a checkpoint that is missing or cannot be read", async () => {
  const last = (folder: string) => `${folder}/checkpoints/last.json`;
  await resumedAfter({
    "last.json missing": (folder) => Deno.removeSync(last(folder)),
    "last.json empty": (folder) => Deno.truncateSync(last(folder), 0),
    "last.json torn": (folder) => cut(last(folder), (size) => size / 2),
    "last.json of zeros": (folder) => Deno.writeFileSync(last(folder), new Uint8Array(3000)),
    "last.json of another format": (folder) => Deno.writeTextFileSync(last(folder), '{"metadata":{"format":3}}'),
    "newest numbered torn": (folder) =>
      cut(`${folder}/checkpoints/turn_${turns(folder).at(-1)}.json`, (size) => size / 2),
    "an old numbered torn": (folder) => cut(`${folder}/checkpoints/turn_7.json`, (size) => size / 2),
    "an old numbered with another's content": (folder) =>
      Deno.copyFileSync(`${folder}/checkpoints/turn_14.json`, `${folder}/checkpoints/turn_7.json`),
    "the first and the last torn": (folder) => {
      cut(`${folder}/checkpoints/turn_0.json`, () => 10);
      cut(last(folder), () => 10);
    },
    "no checkpoints at all": (folder) => Deno.removeSync(`${folder}/checkpoints`, { recursive: true }),
  });
});

Deno.test("resuming removes half-written files", async () => {
  await resumedAfter({
    "half-written files": (folder) => {
      for (const name of ["last.json.tmp", "turn_28.json.tmp", `${"0".repeat(64)}.bin.tmp`]) {
        Deno.writeTextFileSync(`${folder}/checkpoints/${name}`, '{"state":{"turn":');
      }
      Deno.writeTextFileSync(`${folder}/manifest.json.tmp`, '{"format":');
      Deno.writeTextFileSync(`${folder}/result.json.tmp`, "{");
    },
  });
  await withApp({ fixtures: ["slow_writer"] }, async (app) => {
    const start = () => app.start({ text: SCENARIO });
    const run_id = await stoppedMidway(app, 1, start, (id) => app.interrupt(id, "for the test"));
    const left = `${app.folder(run_id)}/checkpoints/${"0".repeat(64)}.bin.tmp`;
    Deno.writeTextFileSync(left, "half");
    await app.resume(run_id);
    await app.wait(run_id);
    assertTrue(![...Deno.readDirSync(`${app.folder(run_id)}/checkpoints`)].some(({ name }) => name.endsWith(".tmp")));
  });
});

Deno.test("resuming brings files/ back, from an earlier checkpoint where copies are gone", async () => {
  await resumedAfter({
    "files/ gone": (folder) => Deno.removeSync(`${folder}/files`, { recursive: true }),
    "strangers in files/": (folder) => {
      Deno.mkdirSync(`${folder}/files/chapters/99/deep`, { recursive: true });
      Deno.writeTextFileSync(`${folder}/files/chapters/99/deep/x`, "x");
      Deno.writeTextFileSync(`${folder}/files/journal_Ada.txt`, "99 99\n", { append: true });
      Deno.symlinkSync("/etc", `${folder}/files/etc`);
    },
    "copies and a file gone": (folder) => {
      for (const { name } of [...Deno.readDirSync(`${folder}/checkpoints`)]) {
        if (name.endsWith(".bin")) Deno.removeSync(`${folder}/checkpoints/${name}`);
      }
      Deno.removeSync(`${folder}/files/summary.json`);
    },
  });
});
