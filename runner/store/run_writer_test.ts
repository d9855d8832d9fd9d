import { assertEquals, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { type EncodedPopulation, type RunStats, sha256 } from "../../framework/mod.ts";
import { RunWriter } from "./run_writer.ts";

const IDENTITY = { run_id: "run", schema_hash: "0".repeat(64) };
const STATS: RunStats = {
  turns: 0,
  decisions: 0,
  failed_decisions: 0,
  validated: 0,
  rejected: 0,
  initial_value: null,
  final_value: null,
};

function withFolder(body: (folder: string) => void): void {
  const folder = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  try {
    body(folder);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Plays a turn whose state is `size` bytes larger than need be. */
function play(
  writer: RunWriter,
  turn: number,
  numbered: boolean,
  size = 0,
  populations: readonly EncodedPopulation[] = [],
): void {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const events = bytes(`{"id":${writer.nextEventId},"turn":${turn}}\n`);
  const block = { t: "block", turn, events, event_count: 1, global: bytes(`{"turn":${turn}}\n`), agents: bytes("") };
  writer.append({ ...block, checkpoint: null } as Parameters<RunWriter["append"]>[0]);
  const globals = { text: "x".repeat(size) };
  const rest = { reasoning_chains: [], paused_agents: [], auto_resume: {}, spatial_state: null };
  const state = bytes(JSON.stringify({ turn, agents: {}, global_state: globals, ...rest }));
  writer.save(
    turn,
    { numbered, state, stats: STATS, agent_order: [], loop: null, memory: {}, populations } as Parameters<
      RunWriter["save"]
    >[1],
  );
}

/** Bytes on the disk, a file with two names once; manifests and the lock are not the writer's. */
function onDisk(folder: string): number {
  const seen = new Map<number | null, number>();
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) seen.set(-seen.size, onDisk(`${folder}/${name}`));
    else {
      const { ino, size } = Deno.statSync(`${folder}/${name}`);
      seen.set(ino, size);
    }
  }
  return seen.values().reduce((sum, size) => sum + size, 0);
}

Deno.test("RunWriter.size: counts logs, checkpoints, copies of files and files, also after it was opened again", () => {
  withFolder((folder) => {
    let { writer } = RunWriter.open(folder, IDENTITY);
    for (
      const [turn, numbered, size] of [[0, true, 10], [1, false, 20_000], [2, true, 5000], [3, false, 70]] as const
    ) {
      Deno.writeTextFileSync(`${folder}/files/note.txt`, `turn ${turn} ${"y".repeat(300 * turn)}`);
      play(writer, turn, numbered, size);
      assertEquals(writer.size(), onDisk(folder), `turn ${turn}`);
    }
    for (let again = 0; again < 2; again++) {
      writer.close();
      ({ writer } = RunWriter.open(folder, IDENTITY));
      assertEquals(writer.size(), onDisk(folder));
      play(writer, 4 + again, again === 0);
      assertEquals(writer.size(), onDisk(folder));
    }
    writer.close();
  });
});

Deno.test("RunWriter.save: where there are no hard links a numbered checkpoint is written once more", () => {
  withFolder((folder) => {
    const { linkSync } = Deno;
    Deno.linkSync = () => {
      throw new Deno.errors.NotSupported("Operation not permitted (os error 1)");
    };
    try {
      const { writer } = RunWriter.open(folder, IDENTITY);
      play(writer, 0, true);
      writer.close();
    } finally {
      Deno.linkSync = linkSync;
    }
    const read = (name: string) => Deno.readTextFileSync(`${folder}/checkpoints/${name}.json`);
    assertEquals(read("turn_0"), read("last"));
  });
});

Deno.test("RunWriter.settle: cuts a folder back to its last checkpoint, once nobody plays it", () => {
  withFolder((folder) => {
    const { writer } = RunWriter.open(folder, IDENTITY);
    play(writer, 0, true);
    play(writer, 1, false);
    assertThrows(() => RunWriter.settle(folder, "run"), "locked");
    writer.close();
    Deno.writeTextFileSync(`${folder}/global.jsonl`, '{"turn":2}\n{"tu', { append: true });
    assertEquals(RunWriter.settle(folder, "run"), 1);
    assertTrue(Deno.readTextFileSync(`${folder}/global.jsonl`).endsWith('{"turn":1}\n'));
  });
});

Deno.test("RunWriter.settle: a damaged folder is not locked for ever", () => {
  withFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/files`, "a file in the way");
    assertThrows(() => RunWriter.settle(folder, "run"));
    Deno.removeSync(`${folder}/files`);
    assertEquals(RunWriter.settle(folder, "run"), 0);
  });
});

/** A population of four members whose one column is `ages`. */
function crowd(...ages: number[]): EncodedPopulation {
  const bytes = new Uint8Array(Int32Array.from(ages).buffer);
  return { name: "crowd", rows: ages.length, next_id: ages.length, columns: [{ name: "age", type: "int" }], bytes };
}

const fileOf = ({ bytes }: EncodedPopulation) => `${sha256(bytes)}.bin`;
const binsIn = (folder: string) =>
  [...Deno.readDirSync(`${folder}/checkpoints`)].map(({ name }) => name).filter((name) => name.endsWith(".bin")).sort();

Deno.test("RunWriter: columns come back as they were saved, and those that no checkpoint names go", () => {
  withFolder((folder) => {
    let { writer } = RunWriter.open(folder, IDENTITY);
    play(writer, 0, true, 0, [crowd(1, 2)]);
    play(writer, 1, false, 0, [crowd(3, 4)]);
    play(writer, 2, false, 0, [crowd(5, 6)]);
    assertEquals(binsIn(folder), [fileOf(crowd(1, 2)), fileOf(crowd(5, 6))].sort());
    assertEquals(writer.size(), onDisk(folder));
    writer.close();
    Deno.writeTextFileSync(`${folder}/checkpoints/${"0".repeat(64)}.bin`, "left behind by a crash");
    const opened = RunWriter.open(folder, IDENTITY);
    ({ writer } = opened);
    assertEquals([opened.from?.turn, opened.from?.populations], [2, [crowd(5, 6)]]);
    assertEquals(binsIn(folder), [fileOf(crowd(1, 2)), fileOf(crowd(5, 6))].sort());
    assertEquals(writer.size(), onDisk(folder));
    writer.close();
  });
});

Deno.test("RunWriter: columns that did not change are not written again", () => {
  withFolder((folder) => {
    const { writer } = RunWriter.open(folder, IDENTITY);
    play(writer, 0, true, 0, [crowd(1, 2)]);
    const path = `${folder}/checkpoints/${fileOf(crowd(1, 2))}`;
    const { ino } = Deno.statSync(path);
    play(writer, 1, false, 0, [crowd(1, 2)]);
    assertEquals([Deno.statSync(path).ino, binsIn(folder).length], [ino, 1]);
    writer.close();
  });
});

Deno.test("RunWriter: a checkpoint whose columns are missing, short or damaged is not used, the one before is", () => {
  const damages: { readonly [name: string]: (path: string) => void } = {
    missing: (path) => Deno.removeSync(path),
    short: (path) => Deno.truncateSync(path, 7),
    damaged: (path) => Deno.writeFileSync(path, Uint8Array.of(9, 0, 0, 0, 4, 0, 0, 0)),
  };
  for (const [name, damage] of Object.entries(damages)) {
    withFolder((folder) => {
      const { writer } = RunWriter.open(folder, IDENTITY);
      play(writer, 0, true, 0, [crowd(1, 2)]);
      play(writer, 1, true, 0, [crowd(3, 4)]);
      writer.close();
      damage(`${folder}/checkpoints/${fileOf(crowd(3, 4))}`);
      const opened = RunWriter.open(folder, IDENTITY);
      assertEquals([opened.from?.turn, opened.from?.populations], [0, [crowd(1, 2)]], name);
      // The turn is played again, and its columns are written over what was left of them.
      play(opened.writer, 1, true, 0, [crowd(3, 4)]);
      opened.writer.close();
      const again = RunWriter.open(folder, IDENTITY);
      assertEquals([again.from?.turn, again.from?.populations], [1, [crowd(3, 4)]], name);
      again.writer.close();
    });
  }
});

Deno.test("RunWriter: a checkpoint without populations says nothing of them", () => {
  withFolder((folder) => {
    const { writer } = RunWriter.open(folder, IDENTITY);
    play(writer, 0, true);
    writer.close();
    assertTrue(!Deno.readTextFileSync(`${folder}/checkpoints/last.json`).includes("populations"));
  });
});

Deno.test("RunWriter.save: one that is broken off has the numbered checkpoint before the last one", () => {
  withFolder((folder) => {
    const { writer } = RunWriter.open(folder, IDENTITY);
    play(writer, 1, true);
    // In the place of last.json nothing can be put now: it stands for a process that is killed there.
    Deno.removeSync(`${folder}/checkpoints/last.json`);
    Deno.mkdirSync(`${folder}/checkpoints/last.json/full`, { recursive: true });
    assertThrows(() => play(writer, 2, true), "EISDIR");
    writer.close();
    Deno.removeSync(`${folder}/checkpoints/last.json`, { recursive: true });
    const again = RunWriter.open(folder, IDENTITY);
    assertEquals(again.from?.turn, 2);
    again.writer.close();
    assertTrue(Deno.statSync(`${folder}/checkpoints/turn_2.json`).isFile);
  });
});
