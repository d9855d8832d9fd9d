/** A tape whose disk is slow, full or failing, and whose process is killed. */

import { assertEquals, assertMatches, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import { ROOT } from "../paths.ts";
import { Tape } from "./tape.ts";
import type { TapeEntry } from "./tape_entry.ts";
import {
  entriesIn,
  found,
  keyOf,
  linesIn,
  modelEntry,
  noSpace,
  withFolder,
  withMethod,
  withTape,
} from "./tape_test_support.ts";

/** Whether a promise has settled by now, with everything that was due. */
async function hasSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  const note = () => settled = true;
  promise.then(note, note);
  await new Promise((resolve) => setTimeout(resolve, 0));
  return settled;
}

Deno.test("Tape.append: a hundred at once are written at once, synced together, and told when that is done", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    const gates: PromiseWithResolvers<void>[] = [];
    const gated = (syncData: Deno.FsFile["syncData"]) =>
      async function (this: Deno.FsFile) {
        gates.push(Promise.withResolvers());
        await gates.at(-1)!.promise;
        await syncData.call(this);
      };
    await withMethod("syncData", gated, async () => {
      const tape = await Tape.open(path, { mode: "record" });
      const at = (i: number) => modelEntry({ agent: `agent ${i}` });
      const first = Array.from({ length: 100 }, (_, i) => tape.append(at(i)));
      // A process that was killed now would have lost nothing.
      assertEquals(entriesIn(path).map(({ seq, agent }) => [seq, agent]), first.map((_, i) => [i + 1, `agent ${i}`]));
      assertEquals(await hasSettled(Promise.race(first)), false);
      assertEquals([gates.length, await found(tape, at(0))], [1, null]);
      const late = Array.from({ length: 50 }, (_, i) => tape.append(at(100 + i)));
      gates[0]!.resolve();
      assertEquals((await Promise.all(first)).map(({ seq }) => seq), first.map((_, i) => i + 1));
      // The sync under way when they were written does not count for these.
      assertEquals([await hasSettled(Promise.race(late)), gates.length], [false, 2]);
      const closed = tape.close();
      assertEquals(await hasSettled(closed), false);
      gates[1]!.resolve();
      await closed;
      assertEquals((await Promise.all(late)).at(-1)!.seq, 150);
      assertEquals([gates.length, linesIn(path).length], [2, 150]);
    });
  });
});

Deno.test("Tape.append: the file is made by the first, and its name is on disk before that resolves", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    for (const mode of ["record", "read"] as const) {
      await withTape(path, mode, async (tape) => {
        assertEquals([await tape.find(modelEntry(), keyOf("x")), tape.totals().calls, tape.addresses(9)], [
          null,
          0,
          [],
        ]);
      });
      assertEquals([...Deno.readDirSync(folder)], []);
    }
    let synced = 0;
    const counted = (syncSync: Deno.FsFile["syncSync"]) =>
      function (this: Deno.FsFile) {
        synced++;
        syncSync.call(this);
      };
    await withMethod("syncSync", counted, async () => {
      await withTape(path, "record", async (tape) => {
        for (let turn = 0; turn < 3; turn++) {
          await tape.append(modelEntry({ turn }));
          assertEquals(synced, 1);
        }
      });
    });
  });
});

Deno.test("Tape.open: lines that a killed process may have left unsynced are synced before they are relied on", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    Deno.writeTextFileSync(path, JSON.stringify({ seq: 1, ...modelEntry() }) + "\n");
    let synced = 0;
    const counted = (syncData: Deno.FsFile["syncData"]) =>
      async function (this: Deno.FsFile) {
        await syncData.call(this);
        synced++;
      };
    await withMethod("syncData", counted, async () => {
      await withTape(path, "read", (tape) => assertEquals([tape.totals().calls, synced], [1, 0]));
      await withTape(path, "record", (tape) => assertEquals([tape.totals().calls, synced], [1, 1]));
    });
  });
});

Deno.test("Tape.append: what a sync that failed was to keep is taken back, and there is room for more later", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    let failing = false;
    const failingAtTimes = (syncData: Deno.FsFile["syncData"]) =>
      async function (this: Deno.FsFile) {
        await syncData.call(this);
        if (failing) throw noSpace();
      };
    await withMethod("syncData", failingAtTimes, async () => {
      await withTape(path, "record", async (tape) => {
        await tape.append(modelEntry({ turn: 1 }));
        const before = Deno.readTextFileSync(path);
        failing = true;
        const lost = [2, 3].map((turn) => tape.append(modelEntry({ turn })));
        // Written while the sync that is going to fail is under way.
        await Promise.resolve();
        lost.push(tape.append(modelEntry({ turn: 4 })));
        const refusals = await Promise.all(lost.map((each) => assertRejects(() => each, "disk_full")));
        assertMatches((refusals[0] as Error & { hint: string }).hint, /make room/);
        assertEquals(Deno.readTextFileSync(path), before);
        assertEquals([await found(tape, modelEntry({ turn: 3 })), tape.totals().calls], [null, 1]);
        failing = false;
        assertEquals((await tape.append(modelEntry({ turn: 3 }))).seq, 2);
      });
    });
    assertEquals(entriesIn(path).map(({ seq, turn }) => [seq, turn]), [[1, 1], [2, 3]]);
  });
});

Deno.test("Tape.append: a line that was written in part is cut off again, even when that fails at first", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    let room = Infinity;
    const bounded = (writeSync: Deno.FsFile["writeSync"]) =>
      function (this: Deno.FsFile, bytes: Uint8Array) {
        const fits = bytes.subarray(0, room);
        if (fits.length === 0 && bytes.length > 0) throw noSpace();
        room -= fits.length;
        return writeSync.call(this, fits);
      };
    let isStuck = false;
    const stuck = (truncateSync: Deno.FsFile["truncateSync"]) =>
      function (this: Deno.FsFile, length?: number) {
        if (isStuck) throw new Error("the disk fails (os error 5)");
        truncateSync.call(this, length);
      };
    await withMethod(
      "writeSync",
      bounded,
      () =>
        withMethod("truncateSync", stuck, () =>
          withTape(path, "record", async (tape) => {
            await tape.append(modelEntry({ turn: 0 }));
            const before = Deno.readTextFileSync(path);
            for (let fits = 0; fits < before.length; fits++) {
              room = fits;
              await assertRejects(() => tape.append(modelEntry({ turn: 1 })), "disk_full");
              assertEquals(Deno.readTextFileSync(path), before, `${fits} bytes fitted`);
            }
            room = 100;
            isStuck = true;
            await assertRejects(() => tape.append(modelEntry({ turn: 1 })), "disk_full");
            assertEquals(Deno.statSync(path).size, before.length + 100);
            await assertRejects(() => tape.append(modelEntry({ turn: 1 })), "output_not_writable");
            isStuck = false;
            room = Infinity;
            // Shorter than what had been left.
            const [written] = await Promise.all([
              tape.append(modelEntry({ turn: 1 })),
              assertRejects(() => (room = 10, tape.append(modelEntry({ turn: 2 }))), "disk_full"),
            ]);
            assertEquals(written.seq, 2);
            assertEquals(await found(tape, modelEntry({ turn: 1 })), written);
          })),
    );
    assertEquals(entriesIn(path).map(({ seq, turn }) => [seq, turn]), [[1, 0], [2, 1]]);
  });
});

Deno.test("Tape.append: what a process has been told of is there when it is killed, and nothing is there in part", async () => {
  await withFolder(async (folder) => {
    for (const enough of [1, 20, 50]) {
      const path = `${folder}/${enough}.jsonl`;
      const process = appending(path, 1_000_000).spawn();
      let told = "";
      let isKilled = false;
      for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
        told += text;
        if (isKilled || told.split("\n").length <= enough) continue;
        process.kill("SIGKILL");
        isKilled = true;
      }
      await process.status;
      await withTape(path, "record", async (tape) => {
        assertEquals(tape.damaged, []);
        const turns = told.split("\n").length - 1;
        assertTrue(turns >= enough);
        for (let turn = 0; turn < turns; turn++) assertTrue(await found(tape, modelEntry({ turn })) !== null);
        const { seq } = await tape.append(modelEntry({ turn: 2_000_000 }));
        assertEquals(entriesIn(path).map((entry) => entry.seq), Array.from({ length: seq }, (_, i) => i + 1));
      });
    }
  });
});

Deno.test("Tape.append: a file that may not grow is refused as such, and keeps whole lines", survivesLimit);

Deno.test("Tape.append: on a full disk it is refused, and goes on when there is room", async () => {
  await withFolder(async (folder) => {
    const command = async (...[program, ...args]: string[]) =>
      (await new Deno.Command(program!, { args, stdout: "null", stderr: "null" }).output()).success;
    const canMount = Deno.build.os === "linux" &&
      await command("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
    if (!canMount) return await survivesLimit();
    try {
      const path = `${folder}/llm.jsonl`;
      const filler = `${folder}/filler`;
      Deno.writeFileSync(filler, new Uint8Array(500_000));
      await withTape(path, "record", async (tape) => {
        const { code, kept } = await fill(tape, path);
        assertEquals([code, kept.length > 10], ["disk_full", true]);
        Deno.removeSync(filler);
        const next = await tape.append(modelEntry({ turn: 500 }));
        assertEquals(next.seq, kept.length + 1);
        for (const entry of [...kept, next]) assertEquals(await found(tape, entry), entry);
      });
    } finally {
      await command("umount", "-l", folder);
    }
  });
});

/** Appends long entries until one is refused; then the tape is as if that had not been tried. */
async function fill(tape: Tape, path: string): Promise<{ code: string | undefined; kept: TapeEntry[] }> {
  const kept: TapeEntry[] = [];
  while (true) {
    const { length } = kept;
    try {
      kept.push(await tape.append(modelEntry({ turn: length, response: { content: "x".repeat(15_000) } })));
    } catch (error) {
      assertEquals(entriesIn(path), kept);
      assertEquals(Deno.readTextFileSync(path).at(-1), "\n");
      return { code: (error as { code?: string }).code, kept };
    }
  }
}

/** In a process that can write no file of more than 100 KiB. */
async function survivesLimit(): Promise<void> {
  await withFolder(async (folder) => {
    const path = `${folder}/llm.jsonl`;
    const { stdout } = await appending(path, 8, 200).output();
    const said = new TextDecoder().decode(stdout).trimEnd().split("\n");
    assertEquals(said, ["1", "2", "3", "4", "5", "6", "output_not_writable", "7"]);
    assertEquals(entriesIn(path).map(({ seq, turn }) => [seq, turn]).at(-1), [7, 7]);
    await withTape(path, "read", async (tape) => assertTrue(await found(tape, modelEntry({ turn: 7 })) !== null));
  });
}

/** A process that appends to the tape at `path`: of turns 0, 1, 2 … those that `turns` says, the last one short. */
function appending(path: string, turns: number, fileBlocks?: number): Deno.Command {
  const imported = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);
  const code = `
    import { Tape } from ${imported("./tape.ts")};
    import { modelEntry } from ${imported("./tape_test_support.ts")};
    const tape = await Tape.open(${JSON.stringify(path)}, { mode: "record" });
    for (let turn = 0; turn < ${turns}; turn++) {
      const content = "x".repeat(turn === ${turns} - 1 ? 10 : 15_000);
      const append = (agent) => tape.append(modelEntry({ turn, agent, response: { content } }));
      console.log(await append("Ada").then(({ seq }) => seq, ({ code }) => code));
      // Lines that nobody waits for.
      if (${fileBlocks === undefined}) append("Bob"), append("Cleo");
    }
    await tape.close();
  `;
  const deno = [Deno.execPath(), "eval", "--quiet", "--ext=ts", code];
  const limited = ["sh", "-c", `trap "" XFSZ; ulimit -f ${fileBlocks}; exec "$@"`, "sh", ...deno];
  const [program, ...args] = fileBlocks === undefined ? deno : limited;
  return new Deno.Command(program!, { args, cwd: ROOT, stdout: "piped", stderr: "inherit" });
}
