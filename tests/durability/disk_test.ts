/** A disk that is full or read-only: the run stands still with the reason, and goes on as if nothing had been. */

import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { runToEnd, withApp } from "../support/app.ts";
import { type App, openApp } from "../../runner/app.ts";
import { openWorld } from "./kills.ts";
import { SecondHost } from "./second_host.ts";
import { assertWholeLogs, difference, reached, world } from "./world.ts";
import { removeFolder } from "../support/folders.ts";

const TURNS = 300;
/** A simulation that writes no files of its own: what fails is our writing. */
const QUIET = `domain: economic
simulation: { name: disk, max_turns: ${TURNS}, checkpoint_interval: 50 }
engine: { type: economic, interest_rate: 0.001 }
validator: { type: always_valid }
agents:
${
  Array.from({ length: 10 }, (_, i) => `  - { name: Nation${i}, type: nation, initial_economic_strength: ${1000 + i} }`)
    .join("\n")
}
events: { verbosity: DETAIL }
`;

async function temporary(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-test-" }));
  try {
    await body(folder);
  } finally {
    await removeFolder(folder);
  }
}

async function command(...[program, ...args]: string[]): Promise<boolean> {
  const { success } = await new Deno.Command(program!, { args, stdout: "null", stderr: "null" }).output();
  return success;
}

/** A file system of 1 MiB at `folder/small`; false where this user may not mount one. */
async function mountSmall(folder: string): Promise<boolean> {
  Deno.mkdirSync(`${folder}/small`);
  if (Deno.build.os !== "linux") return false;
  return await command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", `${folder}/small`);
}

/** An app whose output folder is `output`, with the fixture domains. */
async function withAppOn<T>(folder: string, output: string, body: (app: App) => Promise<T>): Promise<T> {
  const app = await openApp({ output, config: `${folder}/llm-sim.yaml` });
  try {
    return await body(app);
  } finally {
    await app.close();
  }
}

/** Fills the small file system with a run, makes room, resumes, compares. */
async function survivesFullDisk(
  folder: string,
  makeRoom: () => Promise<boolean>,
): Promise<void> {
  const { app } = await openWorld(folder);
  try {
    const undisturbed = await runToEnd(app, { text: QUIET });
    assertEquals(undisturbed.status, "completed");
    await withAppOn(folder, `${folder}/small/output`, async (small) => {
      const { run_id } = await small.start({ text: QUIET });
      const stands = await small.wait(run_id);
      assertEquals(stands.status, "interrupted");
      assertEquals(stands.error?.code, "disk_full");
      assertTrue(stands.error!.hint !== undefined);
      // On such a disk runs can still be listed, by another host too.
      await withAppOn(folder, `${folder}/small/output`, async (other) => {
        assertEquals((await other.list()).runs.map((run) => run.run_id), [run_id]);
      });
      await assertRejects(() =>
        small.start({ text: QUIET }).then(async ({ run_id }) => {
          // A last free page may be enough to start with: then it must come to the same end.
          const { error } = await small.wait(run_id);
          await small.delete(run_id);
          throw Object.assign(new Error(error?.message), { code: error?.code });
        })
      );
      assertTrue(await makeRoom());
      await small.resume(run_id);
      assertEquals((await small.wait(run_id)).status, "completed");
      assertEquals(await difference(app.folder(undisturbed.run_id), small.folder(run_id)), null);
      await assertWholeLogs(small.folder(run_id), TURNS, 10);
    });
  } finally {
    await app.close();
  }
}

/** Where no file system can be mounted, a limit on the size of files stands for it: writing fails there as well. */
async function survivesLimit(folder: string): Promise<void> {
  const { app, output, config } = await openWorld(folder);
  try {
    const text = world({ turns: 150, pause: 0 });
    const undisturbed = await runToEnd(app, { text });
    const host = new SecondHost({ output, config, start: [text] }, 400);
    const { run_id } = await host.says((line) => line.status !== undefined && line.status !== "running");
    const stands = await app.status(run_id!);
    assertEquals([stands.status, stands.error?.code], ["interrupted", "output_error"]);
    assertMatches(stands.error!.hint!, /resume/);
    await host.close();
    await app.resume(run_id!);
    assertEquals((await app.wait(run_id!)).status, "completed");
    assertEquals(await difference(app.folder(undisturbed.run_id), app.folder(run_id!)), null);
    await assertWholeLogs(app.folder(run_id!), 150);
  } finally {
    await app.close();
  }
}

Deno.test("a run that cannot write on stands still with the reason and resumes to the files of an undisturbed one", async () => {
  await temporary(survivesLimit);
});

Deno.test("a run on a disk that is full, or becomes so, resumes when there is room", async () => {
  await temporary(async (folder) => {
    if (!await mountSmall(folder)) return await survivesLimit(folder);
    try {
      await survivesFullDisk(folder, () => command("mount", "-o", "remount,size=32m", `${folder}/small`));
    } finally {
      await command("umount", "-l", `${folder}/small`);
    }
  });
});

Deno.test("on a read-only disk runs can be listed, nothing is started or resumed, and nothing is lost", async () => {
  await temporary(async (folder) => {
    const { app } = await openWorld(folder);
    await app.close();
    const mounted = await mountSmall(folder);
    const small = `${folder}/small`;
    const output = `${small}/output`;
    // Who may not mount is bound by permission bits, which root is not.
    const allow = (write: boolean) =>
      mounted
        ? command("mount", "-o", `remount,size=32m,${write ? "rw" : "ro"}`, small)
        : command("chmod", "-R", write ? "u+w" : "a-w", small);
    try {
      assertTrue(await allow(true));
      const text = world({ turns: 40, pause: 15 });
      const [undisturbed, parked] = await withAppOn(folder, output, async (app) => {
        const whole = await runToEnd(app, { text });
        const { run_id } = await app.start({ text });
        await reached(app, run_id, 5);
        await app.pause(run_id);
        return [whole.run_id, run_id];
      });
      assertTrue(await allow(false));
      await withAppOn(folder, output, async (app) => {
        assertEquals((await app.list()).runs.map(({ status }) => status), ["paused", "completed"]);
        for (const attempt of [() => app.resume(parked), () => app.cancel(parked), () => app.start({ text })]) {
          const { message } = await assertRejects(attempt, "output_not_writable");
          assertMatches(message, /cannot be written: (the file system is read-only|permission denied)/);
        }
        assertEquals((await app.status(parked)).status, "paused");
      });
      assertTrue(await allow(true));
      await withAppOn(folder, output, async (app) => {
        await app.resume(parked);
        assertEquals((await app.wait(parked)).status, "completed");
        assertEquals(await difference(app.folder(undisturbed), app.folder(parked)), null);
      });
    } finally {
      await allow(true);
      if (mounted) await command("umount", "-l", small);
    }
  });
});

Deno.test("an output folder that cannot be made is refused before anything is written", async () => {
  await temporary(async (folder) => {
    await (await openWorld(folder)).app.close();
    Deno.writeTextFileSync(`${folder}/file`, "in the way");
    for (const output of [`${folder}/file`, `${folder}/file/below`, "/proc/llm-sim"]) {
      const error = await assertRejects(
        () => withAppOn(folder, output, (app) => app.start({ text: QUIET })),
        "output_not_writable",
      ) as Error & { hint: string };
      assertMatches(error.message, /cannot be written/);
      assertMatches(error.hint, /--output/);
    }
    assertEquals(Deno.readTextFileSync(`${folder}/file`), "in the way");
  });
});

Deno.test("a run that writes much is saved as it goes", async () => {
  await withApp({}, async (app) => {
    const text = QUIET.replace(/max_turns: .*? }/, "max_turns: 10000000 }") + "limits: { max_output_mb: 4000 }\n";
    const { run_id } = await app.start({ text });
    let saved = 0;
    for (const from = performance.now(); saved === 0 && performance.now() - from < 20_000;) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      saved = (await app.state(run_id))?.turn ?? 0;
    }
    assertTrue(saved > 0, "it is saved while it is played");
    await app.cancel(run_id);
    const { status, turn } = await app.wait(run_id);
    assertEquals([status, turn >= saved], ["cancelled", true]);
    await assertWholeLogs(app.folder(run_id), turn, 10);
  });
});
