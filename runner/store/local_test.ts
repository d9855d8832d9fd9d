import { assertEquals, assertMatches, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import { LocalStore } from "./local.ts";
import type { Manifest } from "./manifest.ts";
import { transition } from "./manifest.ts";
import { manifestOf } from "./manifest_test_support.ts";
import type { NewRun, RunConfig } from "./store.ts";
import { modelEntry } from "./tape_test_support.ts";

/** A store on a fresh folder; everything is gone afterwards. */
async function withStore(body: (store: LocalStore, folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-test-" }));
  const store = new LocalStore(`${folder}/output`);
  try {
    await body(store, `${folder}/output`);
  } finally {
    store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function newRun(store: LocalStore, facts: Partial<Manifest> = {}, name = "run"): NewRun {
  return {
    name,
    agents: 2,
    scenario_text: "domain: economic\n",
    config: { simulation: { name } } as unknown as RunConfig,
    manifest: (run_id, at) =>
      manifestOf("queued", { run_id, created_at: at, process: { host: store.host, pid: Deno.pid }, ...facts }),
  };
}

Deno.test("LocalStore.create: 150 runs in one second have 150 ids, past 99 with three digits", async () => {
  await withStore(async (store) => {
    const ids: string[] = [];
    for (let i = 0; i < 150; i++) ids.push((await store.create(newRun(store))).run_id);
    assertEquals(new Set(ids).size, 150);
    const second = (id: string) => id.split("_").at(-2)!;
    const fullest = Map.groupBy(ids, second).values().reduce((a, b) => a.length > b.length ? a : b);
    assertEquals(fullest.map((id) => Number(id.split("_").at(-1))), fullest.map((_, i) => i + 1));
    assertTrue(fullest.every((id) => id.split("_").at(-1)!.length === (Number(id.split("_").at(-1)) > 99 ? 3 : 2)));
  });
});

Deno.test("LocalStore.create: odd names stay inside the output folder, visible", async () => {
  await withStore(async (store, output) => {
    for (const name of ["../../escape", "..", "", ".hidden", "a/b\\c", "名前", "x".repeat(500)]) {
      const { run_id } = await store.create(newRun(store, {}, name));
      assertEquals(Deno.statSync(`${output}/${run_id}/manifest.json`).isFile, true);
    }
    assertEquals((await store.list()).runs.length, 7);
    assertEquals([...Deno.readDirSync(`${output}/..`)].map(({ name }) => name), ["output"]);
  });
});

Deno.test("LocalStore.update: changes of one run follow each other, and a refused one changes nothing", async () => {
  await withStore(async (store) => {
    const { run_id } = await store.create(newRun(store));
    await Promise.all(
      Array.from(
        { length: 30 },
        (_, i) => store.update(run_id, (manifest) => ({ ...manifest, labels: { ...manifest.labels, [`l${i}`]: "" } })),
      ),
    );
    assertEquals(Object.keys((await store.manifest(run_id)).labels).length, 30);
    await store.update(run_id, (manifest) => transition(manifest, "cancelled"));
    const before = await store.manifest(run_id);
    await assertRejects(() => store.update(run_id, (manifest) => transition(manifest, "running")), "bad_transition");
    assertEquals(await store.manifest(run_id), before);
    await store.touch(run_id, 5);
    assertEquals(await store.manifest(run_id), { ...before, turn: 5 });
  });
});

Deno.test("LocalStore.update: two stores of one process on one folder do not wait for each other for ever", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    const other = new LocalStore(output);
    try {
      const count = (each: LocalStore) => each.update(run_id, (manifest) => ({ ...manifest, turn: manifest.turn + 1 }));
      await Promise.all(Array.from({ length: 40 }, (_, i) => count(i % 2 === 0 ? store : other)));
      assertEquals((await store.manifest(run_id)).turn, 40);
    } finally {
      other.close();
    }
  });
});

Deno.test("LocalStore: whoever names itself the owner of a run is seen to live until it is closed", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    const other = new LocalStore(output);
    await other.update(run_id, (manifest) => ({ ...manifest, process: { host: other.host, pid: 7 } }));
    const seen = await store.ownership(await store.manifest(run_id));
    assertEquals(seen, { owner: "host", host: other.host, pid: 7 });
    other.close();
    assertEquals(await store.ownership(await store.manifest(run_id)), { owner: "nobody" });
  });
});

Deno.test("LocalStore: runs that are not there are unknown, whatever is asked of them", async () => {
  await withStore(async (store) => {
    for (const id of ["nobody", "..", "a/b", ""]) {
      for (const verb of ["manifest", "checkpoints", "state", "size", "remove"] as const) {
        await assertRejects(() => store[verb](id), "unknown_run");
      }
      await assertRejects(() => store.update(id, (manifest) => manifest), "unknown_run");
      await assertRejects(() => Promise.resolve().then(() => store.folder(id)), "unknown_run");
    }
  });
});

Deno.test("LocalStore.remove: only what nobody plays, and as a whole", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    const other = new LocalStore(output);
    try {
      await assertRejects(() => other.remove(run_id), "run_is_live");
      await store.update(run_id, (manifest) => transition(manifest, "paused"));
      await other.remove(run_id);
    } finally {
      other.close();
    }
    assertEquals([...Deno.readDirSync(output)].map(({ name }) => name).filter((name) => !name.startsWith(".")), []);
    assertEquals((await store.list()).runs, []);
  });
});

Deno.test("LocalStore.list: a thousand manifests, by every filter, newest first", async () => {
  await withStore(async (store, output) => {
    const statuses = ["completed", "failed", "paused"] as const;
    for (let i = 0; i < 1000; i++) {
      const run_id = `run_${String(i).padStart(4, "0")}`;
      Deno.mkdirSync(`${output}/${run_id}`, { recursive: true });
      const manifest = manifestOf(statuses[i % 3]!, {
        run_id,
        repo: i % 2 === 0 ? "economic" : "climate",
        created_at: new Date(Date.UTC(2026, 0, 1) + i * 60_000).toISOString(),
        labels: { ...(i % 10 === 0 && { keep: "yes" }), ...(i % 100 === 0 && { keep: "no", odd: "a=b%_'" }) },
        ...(i === 5 && { scenario_path: "scenarios/economic/special.yaml" }),
      });
      Deno.writeTextFileSync(`${output}/${run_id}/manifest.json`, JSON.stringify(manifest));
    }
    const ids = async (query: Parameters<LocalStore["list"]>[0]) =>
      (await store.list(query)).runs.map(({ run_id }) => run_id);
    const all = await ids({});
    assertEquals([all.length, all[0], all.at(-1)], [1000, "run_0999", "run_0000"]);
    assertEquals((await ids({ status: "failed" })).length, 333);
    assertEquals((await ids({ status: "failed", repo: "climate" })).length, 167);
    assertEquals((await ids({ label: "keep" })).length, 100);
    assertEquals((await ids({ label: "keep=yes" })).length, 90);
    assertEquals((await ids({ label: "odd=a=b%_'" })).length, 10);
    assertEquals(await ids({ label: "nothing" }), []);
    assertEquals(await ids({ text: "_099" }), [
      "run_0999",
      "run_0998",
      "run_0997",
      "run_0996",
      "run_0995",
      "run_0994",
      "run_0993",
      "run_0992",
      "run_0991",
      "run_0990",
    ]);
    assertEquals(await ids({ text: "special" }), ["run_0005"]);
    assertEquals(await ids({ text: "%" }), []);
    assertEquals(await ids({ since: "2026-01-01T16:38:00.000Z" }), ["run_0999", "run_0998"]);
    assertEquals(await ids({ limit: 2 }), ["run_0999", "run_0998"]);
  });
});

Deno.test("LocalStore.list: the index is rebuilt when it is gone, cut short or overwritten", async () => {
  await withStore(async (store, output) => {
    for (let i = 0; i < 5; i++) await store.create(newRun(store));
    assertEquals((await store.list()).runs.length, 5);
    const index = `${output}/.index.sqlite`;
    const damages: Record<string, () => void> = {
      gone: () => ["", "-wal", "-shm"].forEach((suffix) => Deno.removeSync(index + suffix, { recursive: true })),
      "no database": () => Deno.writeTextFileSync(index, "this is no database".repeat(1000)),
      torn: () => Deno.truncateSync(index, 5000),
      "zeros in its midst": () => {
        const bytes = Deno.readFileSync(index);
        Deno.writeFileSync(index, bytes.fill(0, 4096));
      },
      empty: () => Deno.truncateSync(index, 0),
    };
    for (const [name, damage] of Object.entries(damages)) {
      // Closed first: only then everything is in the one file.
      store.close();
      try {
        damage();
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
      const reopened = new LocalStore(output);
      try {
        assertEquals((await reopened.list()).runs.length, 5, name);
        await reopened.create(newRun(reopened));
        const { runs } = await reopened.list();
        assertEquals(runs.length, 6, name);
        await reopened.update(runs[0]!.run_id, (manifest) => transition(manifest, "paused"));
        await reopened.remove(runs[0]!.run_id);
      } finally {
        reopened.close();
      }
    }
  });
});

Deno.test("LocalStore.list: manifests that cannot be read are named, again and again, and the others listed", async () => {
  await withStore(async (store, output) => {
    const good = await store.create(newRun(store));
    const bad = await store.create(newRun(store));
    const half = `${output}/half_made`;
    Deno.mkdirSync(half);
    Deno.writeTextFileSync(`${output}/a_file`, "");
    Deno.writeTextFileSync(`${output}/${bad.run_id}/manifest.json`, '{"format":1,');
    for (let i = 0; i < 2; i++) {
      const { runs, broken } = await store.list();
      assertEquals([runs.map(({ run_id }) => run_id), broken], [[good.run_id], [bad.run_id]]);
    }
    await assertRejects(() => store.manifest(bad.run_id), "bad_manifest");
    Deno.writeTextFileSync(`${output}/${bad.run_id}/manifest.json`, JSON.stringify(bad));
    assertEquals((await store.list()).broken, []);
  });
});

Deno.test("LocalStore.list: sees at once what another store has written", async () => {
  await withStore(async (store, output) => {
    const other = new LocalStore(output);
    try {
      assertEquals((await store.list()).runs, []);
      const { run_id } = await other.create(newRun(other));
      assertEquals((await store.list()).runs.length, 1);
      await other.update(run_id, (manifest) => transition(manifest, "running"));
      assertEquals((await store.list({ status: "running" })).runs.length, 1);
      await other.update(run_id, (manifest) => transition(manifest, "paused"));
      await other.remove(run_id);
      assertEquals((await store.list()).runs, []);
    } finally {
      other.close();
    }
  });
});

Deno.test("LocalStore: an output folder that cannot be is refused with the reason and what to do", async () => {
  await withStore(async (_store, output) => {
    Deno.writeTextFileSync(output, "a file in the way");
    for (const path of [output, `${output}/below`, "/proc/llm-sim-output"]) {
      const store = new LocalStore(path);
      try {
        const error = await assertRejects(() => store.create(newRun(store)), "output_not_writable") as Error & {
          hint: string;
        };
        assertMatches(error.message, new RegExp(`^${path}.* cannot be written: `));
        assertMatches(error.hint, /--output/);
      } finally {
        store.close();
      }
    }
    assertEquals(Deno.readTextFileSync(output), "a file in the way");
  });
});

Deno.test("LocalStore.rows: a torn last line is left out", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    Deno.writeTextFileSync(`${output}/${run_id}/global.jsonl`, '{"turn":0}\n{"turn":1}\n{"tur');
    assertEquals(await Array.fromAsync(store.rows(run_id, "global")), [{ turn: 0 }, { turn: 1 }]);
    assertEquals(await Array.fromAsync(store.rows(run_id, "agents")), []);
  });
});

Deno.test("LocalStore.remove: what another host has just taken up stays", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    await store.update(run_id, (manifest) => transition(manifest, "paused"));
    const other = new LocalStore(output);
    try {
      // Looked at while it was paused, removed when it is not any more.
      const removal = other.remove(run_id);
      const process = { host: store.host, pid: Deno.pid };
      const resumed = store.update(run_id, (manifest) => ({ ...transition(manifest, "queued"), process }));
      await assertRejects(() => removal, "run_is_live");
      await resumed;
      assertEquals((await store.manifest(run_id)).status, "queued");
    } finally {
      other.close();
    }
  });
});

Deno.test("LocalStore.remove: takes the run's replay with it, but not one that is being played", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    await store.update(run_id, (manifest) => transition(manifest, "paused"));
    const replay = await store.replayFolder(run_id);
    const lock = Deno.openSync(`${replay}/.lock`, { read: true, write: true, create: true });
    lock.lockSync(true);
    await assertRejects(() => store.remove(run_id), "run_is_live");
    lock.close();
    await store.remove(run_id);
    assertEquals([...Deno.readDirSync(`${output}/.replay`)], []);
  });
});

Deno.test("LocalStore.touch: what it writes is synced before it takes the manifest's place", async () => {
  await withStore(async (store) => {
    const { run_id } = await store.create(newRun(store));
    const turns: number[] = [];
    await whileSyncing(async () => void turns.push((await store.manifest(run_id)).turn), () => store.touch(run_id, 4));
    assertEquals([...turns, (await store.manifest(run_id)).turn], [0, 4]);
  });
});

Deno.test("LocalStore.touch: what another host changes meanwhile stays changed", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    const other = new LocalStore(output);
    const label = (manifest: Manifest) => ({ ...manifest, labels: { n: String(Number(manifest.labels.n ?? 0) + 1) } });
    let times = 0;
    await whileSyncing(
      async () => void (times++ < 2 && await other.update(run_id, label)),
      () => store.touch(run_id, 4),
    );
    other.close();
    const { turn, labels } = await store.manifest(run_id);
    assertEquals([times, turn, labels], [3, 4, { n: "2" }]);
    assertEquals([...Deno.readDirSync(`${output}/${run_id}`)].filter(({ name }) => name.endsWith(".tmp")), []);
  });
});

Deno.test("LocalStore.touch: of a run that is removed meanwhile nothing comes back", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    const touched = whileSyncing(
      () => Deno.remove(`${output}/${run_id}`, { recursive: true }),
      () => store.touch(run_id, 4),
    );
    await assertRejects(() => touched, "unknown_run");
    assertEquals(await Deno.stat(`${output}/${run_id}`).catch(() => null), null);
  });
});

/** Does `act`, and `then` whenever a file is being synced without waiting for it. */
async function whileSyncing(then: () => Promise<void>, act: () => Promise<void>): Promise<void> {
  const { sync } = Deno.FsFile.prototype;
  Deno.FsFile.prototype.sync = async function (this: Deno.FsFile) {
    await then();
    await sync.call(this);
  };
  try {
    await act();
  } finally {
    Deno.FsFile.prototype.sync = sync;
  }
}

Deno.test("LocalStore.appendInput: a line that was torn is cut off before the next is written", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    const input = { kind: "intervention", turn: 1, body: { set: {} }, at: "2026-01-01T00:00:00.000Z" } as const;
    await store.appendInput(run_id, input);
    Deno.writeTextFileSync(`${output}/${run_id}/inputs.jsonl`, '{"seq":2,"ki', { append: true });
    assertEquals((await store.appendInput(run_id, input)).seq, 2);
    assertEquals((await store.inputs(run_id)).map(({ seq }) => seq), [1, 2]);
  });
});

Deno.test("LocalStore.tape: is the run's own, made with its first entry", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    const tape = await store.tape(run_id, "record");
    assertEquals([...Deno.readDirSync(`${output}/${run_id}`)].some(({ name }) => name === "llm.jsonl"), false);
    const entry = await tape.append(modelEntry());
    await tape.close();
    assertEquals(JSON.parse(Deno.readTextFileSync(`${output}/${run_id}/llm.jsonl`)), entry);
    const reader = await store.tape(run_id, "read");
    assertEquals(await reader.find(entry, entry.key), { entry });
    await reader.close();
    for (const id of ["nobody", ".."]) await assertRejects(() => store.tape(id, "record"), "unknown_run");
  });
});

Deno.test("LocalStore: a file that a damaged run lacks, and one that may not be read, are told as such", async () => {
  await withStore(async (store, output) => {
    const { run_id } = await store.create(newRun(store));
    Deno.removeSync(`${output}/${run_id}/config.json`);
    assertMatches((await assertRejects(() => store.config(run_id), "missing_file_in_run")).message, /config\.json/);
    const { readTextFile } = Deno;
    Deno.readTextFile = () => Promise.reject(new Deno.errors.NotCapable("Requires read access"));
    try {
      assertMatches(
        (await assertRejects(() => store.config(run_id), "output_not_writable")).message,
        /cannot be read: permission denied/,
      );
    } finally {
      Deno.readTextFile = readTextFile;
    }
  });
});

Deno.test("LocalStore.sweep: what was cut short goes, everything else stays", async () => {
  await withStore(async (store, output) => {
    await store.sweep();
    const { run_id } = await store.create(newRun(store));
    const old = new Date(Date.now() - 11 * 60_000);
    const folder = (name: string, age: Date | null) => {
      Deno.mkdirSync(`${output}/${name}`);
      if (age) Deno.utimeSync(`${output}/${name}`, age, age);
    };
    folder(".removed-run_2agents_20260101_000000_01", null);
    folder("run_2agents_20260101_000000_02", old);
    folder("run_2agents_20260101_000000_03", null);
    folder("my_own_folder", old);
    folder("run_2agents_20260101_000000_04", null);
    const lock = Deno.openSync(`${output}/run_2agents_20260101_000000_04/.lock`, { write: true, create: true });
    lock.lockSync(true);
    for (const name of ["/.lock", ""]) Deno.utimeSync(`${output}/run_2agents_20260101_000000_04${name}`, old, old);
    Deno.utimeSync(`${output}/${run_id}`, old, old);
    await store.sweep();
    lock.close();
    const left = [...Deno.readDirSync(output)].map(({ name }) => name).filter((name) => name !== ".hosts").sort();
    assertEquals(
      left,
      [
        "my_own_folder",
        run_id,
        "run_2agents_20260101_000000_03",
        "run_2agents_20260101_000000_04",
      ].sort(),
    );
  });
});
