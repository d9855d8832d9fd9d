import { assertEquals, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { Blobs } from "./blobs.ts";
import { FilesFolder, type FilesSnapshot, KEEP_BYTES } from "./files_folder.ts";

/** A folder with its copies, to be emptied, filled and restored. */
class Fixture {
  readonly root = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  readonly files = `${this.root}/files`;
  readonly checkpoints = `${this.root}/checkpoints`;
  readonly blobs = new Blobs(this.checkpoints);
  readonly folder: FilesFolder;

  constructor() {
    Deno.mkdirSync(this.checkpoints);
    this.folder = new FilesFolder(this.files, this.blobs);
  }

  write(path: string, content: string | Uint8Array): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    Deno.writeFileSync(`${this.files}/${path}`, bytes);
  }

  read(path: string): string {
    return Deno.readTextFileSync(`${this.files}/${path}`);
  }

  /** Takes a snapshot as a checkpoint does. */
  save(numbered = false): FilesSnapshot {
    const snapshot = this.folder.snapshot();
    this.blobs.saved(hashesOf(snapshot), numbered);
    return snapshot;
  }

  /** What a process started anew would restore. */
  reopened(): FilesFolder {
    return new FilesFolder(this.files, new Blobs(this.checkpoints));
  }

  copies(): number {
    return [...Deno.readDirSync(this.checkpoints)].length;
  }

  paths(below = ""): string[] {
    return [...Deno.readDirSync(`${this.files}/${below}`)].flatMap((entry) =>
      entry.isDirectory
        ? [`${below}${entry.name}/`, ...this.paths(`${below}${entry.name}/`)]
        : [`${below}${entry.name}`]
    ).sort();
  }
}

function hashesOf(snapshot: FilesSnapshot): string[] {
  return Object.values(snapshot).map((file) => file.sha256);
}

function test(name: string, body: (fixture: Fixture) => void): void {
  Deno.test(`FilesFolder: ${name}`, () => {
    const fixture = new Fixture();
    try {
      body(fixture);
    } finally {
      Deno.removeSync(fixture.root, { recursive: true });
    }
  });
}

test("a file that was appended to is cut to what the snapshot saw", (it) => {
  it.write("log.txt", "one\n");
  const snapshot = it.save();
  it.write("log.txt", "one\ntwo\n");
  it.reopened().restore(snapshot);
  assertEquals(it.read("log.txt"), "one\n");
});

test("a file that was rewritten, shortened or removed comes back", (it) => {
  for (const name of ["a", "b", "c"]) it.write(name, `first ${name}`);
  const snapshot = it.save();
  it.write("a", "FIRST a");
  it.write("b", "first");
  Deno.removeSync(`${it.files}/c`);
  it.reopened().restore(snapshot);
  assertEquals(["a", "b", "c"].map((name) => it.read(name)), ["first a", "first b", "first c"]);
});

test("what was made after the snapshot goes, folders with all they hold", (it) => {
  it.write("old", "");
  const snapshot = it.save();
  it.write("new", "x");
  Deno.mkdirSync(`${it.files}/deep/deeper`, { recursive: true });
  it.write("deep/deeper/file", "x");
  it.reopened().restore(snapshot);
  assertEquals(it.paths(), ["old"]);
});

test("folders come back, empty ones too, and a file takes the place of a folder and a folder that of a file", (it) => {
  Deno.mkdirSync(`${it.files}/a/empty`, { recursive: true });
  it.write("a/file", "1");
  it.write("swap", "file");
  const snapshot = it.save();
  Deno.removeSync(`${it.files}/a`, { recursive: true });
  it.write("a", "now a file");
  Deno.removeSync(`${it.files}/swap`);
  Deno.mkdirSync(`${it.files}/swap`);
  it.write("swap/inner", "2");
  it.reopened().restore(snapshot);
  assertEquals(it.paths(), ["a/", "a/empty/", "a/file", "swap"]);
  assertEquals([it.read("a/file"), it.read("swap")], ["1", "file"]);
});

test("a large file that was only appended to comes back without a copy of it", (it) => {
  it.write("large", new Uint8Array(KEEP_BYTES + 1).fill(7));
  const snapshot = it.save();
  assertEquals(it.copies(), 0);
  it.write("large", new Uint8Array(KEEP_BYTES + 100).fill(7));
  assertTrue(it.reopened().canRestore(snapshot));
  it.reopened().restore(snapshot);
  assertEquals(Deno.statSync(`${it.files}/large`).size, KEEP_BYTES + 1);
});

test("a large file that was rewritten cannot be brought back, and that is said beforehand", (it) => {
  it.write("large", new Uint8Array(KEEP_BYTES + 1).fill(7));
  const snapshot = it.save();
  it.write("large", new Uint8Array(KEEP_BYTES + 1).fill(8));
  assertEquals(it.reopened().canRestore(snapshot), false);
  it.write("large", new Uint8Array(KEEP_BYTES).fill(7));
  assertEquals(it.reopened().canRestore(snapshot), false);
});

test("a link placed by hand is neither followed nor kept", (it) => {
  const outside = `${it.root}/outside`;
  Deno.mkdirSync(outside);
  Deno.writeTextFileSync(`${outside}/secret`, "keep me");
  it.write("plain", "1");
  Deno.symlinkSync(outside, `${it.files}/link`);
  Deno.symlinkSync(`${outside}/secret`, `${it.files}/file_link`);
  const snapshot = it.save();
  assertEquals(Object.keys(snapshot), ["plain"]);
  assertEquals(it.folder.size(), 1);
  it.reopened().restore(snapshot);
  assertEquals(it.paths(), ["plain"]);
  assertEquals(Deno.readTextFileSync(`${outside}/secret`), "keep me");
});

test("a link in the place of a file is replaced, and what it points to stays as it is", (it) => {
  it.write("plain", "original");
  const snapshot = it.save();
  Deno.removeSync(`${it.files}/plain`);
  Deno.writeTextFileSync(`${it.root}/target`, "original and more");
  Deno.symlinkSync(`${it.root}/target`, `${it.files}/plain`);
  it.reopened().restore(snapshot);
  assertEquals(it.read("plain"), "original");
  assertTrue(Deno.lstatSync(`${it.files}/plain`).isFile);
  assertEquals(Deno.readTextFileSync(`${it.root}/target`), "original and more");
});

test("a change that keeps size and time is seen", (it) => {
  const time = new Date();
  it.write("file", "aaaa");
  Deno.utimeSync(`${it.files}/file`, time, time);
  const first = it.save();
  it.write("file", "bbbb");
  Deno.utimeSync(`${it.files}/file`, time, time);
  assertTrue(it.save()["file"]!.sha256 !== first["file"]!.sha256);
});

test("a file that went and came back as it was can still be restored", (it) => {
  const old = new Date(Date.now() - 60_000);
  it.write("file", "content");
  Deno.utimeSync(`${it.files}/file`, old, old);
  it.save();
  Deno.removeSync(`${it.files}/file`);
  it.save();
  it.write("file", "content");
  Deno.utimeSync(`${it.files}/file`, old, old);
  const snapshot = it.save();
  Deno.removeSync(`${it.files}/file`);
  it.reopened().restore(snapshot);
  assertEquals(it.read("file"), "content");
});

test("copies go when no checkpoint needs them: those of the last state with the next, those of numbered ones never", (it) => {
  it.write("file", "one");
  const numbered = it.save(true);
  it.write("file", "two");
  it.save();
  it.write("file", "three");
  const last = it.save();
  assertEquals(it.copies(), 2);
  it.folder.restore(numbered);
  assertEquals(it.read("file"), "one");
  const reopened = it.reopened();
  new Blobs(it.checkpoints).retain({ last: hashesOf(last), numbered: [] });
  assertEquals(it.copies(), 1);
  assertEquals([reopened.canRestore(last), reopened.canRestore({ file: { ...numbered.file!, bytes: 99 } })], [
    true,
    false,
  ]);
});

test("a copy that is damaged cannot bring its file back, and that is said beforehand", (it) => {
  it.write("file", "content");
  const snapshot = it.save();
  it.write("file", "other");
  assertTrue(it.reopened().canRestore(snapshot));
  Deno.writeTextFileSync(`${it.checkpoints}/${snapshot["file"]!.sha256}.bin`, "CONTENT");
  assertEquals(it.reopened().canRestore(snapshot), false);
});

test("equal files share one copy", (it) => {
  for (const name of ["a", "b", "c"]) it.write(name, "same");
  it.save();
  assertEquals(it.copies(), 1);
});

Deno.test("FilesFolder: its size can be taken while files come and go", async () => {
  const fixture = new Fixture();
  // A busy worker cannot be terminated: it is told to stop, and says when it has.
  const source = `const folder = ${JSON.stringify(fixture.files)};
    self.onmessage = ({ data: stop }) => {
      self.postMessage("going");
      for (let i = 0; Atomics.load(stop, 0) === 0; i++) {
        Deno.mkdirSync(folder + "/d");
        Deno.writeTextFileSync(folder + "/d/part", String(i));
        Deno.renameSync(folder + "/d/part", folder + "/whole");
        Deno.removeSync(folder + "/d");
      }
      self.postMessage("stopped");
    };`;
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(URL.createObjectURL(new Blob([source], { type: "text/javascript" })), {
    type: "module",
    deno: { permissions: "inherit" },
  } as WorkerOptions);
  const said = () => new Promise((resolve) => worker.onmessage = resolve);
  try {
    const going = said();
    worker.postMessage(stop);
    await going;
    // Without care for what has just gone this fails within the first dozens.
    for (let i = 0; i < 3000; i++) fixture.folder.size();
  } finally {
    const stopped = said();
    Atomics.store(stop, 0, 1);
    await stopped;
    worker.terminate();
    Deno.removeSync(fixture.root, { recursive: true });
  }
});

test("a name that no checkpoint could hold is refused instead of forgotten", (it) => {
  it.write("__proto__", "lost?");
  assertThrows(() => it.save(), "bad_file_name");
});
