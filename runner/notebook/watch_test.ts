import { join } from "node:path";
import { removeFolder } from "../../tests/support/folders.ts";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { sha256 } from "../../framework/mod.ts";
import { NotebookFiles } from "./files.ts";
import type { NotebookNotice } from "./view.ts";
import { NotebookWatch } from "./watch.ts";

/** Milliseconds in which a change is heard of: pages promise a second. */
const SOON = 1000;
/** Milliseconds after which a test gives up. */
const LATE = 10_000;

interface Heard {
  /** The next notices, as many as these: `path hash`, sorted. */
  readonly next: (count: number) => Promise<string[]>;
  readonly all: readonly NotebookNotice[];
  readonly stop: () => void;
}

function heardFrom(watch: NotebookWatch): Heard {
  const all: NotebookNotice[] = [];
  let taken = 0;
  let wake = () => {};
  const stop = watch.subscribe((notice) => {
    all.push(notice);
    wake();
  });
  return {
    all,
    stop,
    async next(count) {
      const deadline = AbortSignal.timeout(LATE);
      while (all.length < taken + count) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        deadline.addEventListener("abort", () => resolve());
        await promise;
        assertTrue(!deadline.aborted, `heard of ${JSON.stringify(all.slice(taken))}, not of ${count}`);
      }
      const notices = all.slice(taken, taken + count);
      taken += count;
      return notices.map(({ path, hash }) => `${path} ${hash?.slice(0, 8) ?? "gone"}`).sort();
    },
  };
}

async function withWatch(
  body: (watch: NotebookWatch, files: NotebookFiles, root: string) => Promise<void>,
): Promise<void> {
  const around = await Deno.realPath(await Deno.makeTempDir());
  const files = new NotebookFiles(join(around, "notebooks"));
  const watch = new NotebookWatch(files);
  try {
    await body(watch, files, files.root);
  } finally {
    watch.close();
    await removeFolder(around);
  }
}

const short = (text: string) => sha256(text).slice(0, 8);

Deno.test("NotebookWatch: whoever writes, renames or removes a page, it is heard of within a second", () =>
  withWatch(async (watch, files, root) => {
    await files.write("a.md", "one", { ifMatch: null });
    const heard = heardFrom(watch);
    const took: number[] = [];
    const soon = async (count: number) => {
      const began = performance.now();
      const notices = await heard.next(count);
      took.push(performance.now() - began);
      return notices;
    };
    await files.write("a.md", "two", { ifMatch: sha256("one") });
    assertEquals(await soon(1), [`a.md ${short("two")}`]);
    // As editors do: another file first, then a rename over it; or in place, in steps.
    await Deno.writeTextFile(join(root, ".a.md.swp"), "three");
    await Deno.rename(join(root, ".a.md.swp"), join(root, "a.md"));
    assertEquals(await soon(1), [`a.md ${short("three")}`]);
    const file = await Deno.open(join(root, "a.md"), { write: true, truncate: true });
    await file.write(new TextEncoder().encode("fo"));
    await file.write(new TextEncoder().encode("ur"));
    file.close();
    // Of a file that is written in steps each may be heard of: the last word is the whole.
    while ((await soon(1))[0] !== `a.md ${short("four")}`);
    await Deno.mkdir(join(root, "notes"));
    await Deno.writeTextFile(join(root, "notes/b.md"), "b");
    assertEquals(await soon(1), [`notes/b.md ${short("b")}`]);
    await Deno.rename(join(root, "notes/b.md"), join(root, "c.md"));
    assertEquals(await soon(2), [`c.md ${short("b")}`, "notes/b.md gone"]);
    await Deno.remove(join(root, "c.md"));
    assertEquals(await soon(1), ["c.md gone"]);
    // A busy machine may be late with some of them.
    assertTrue(Math.min(...took) < SOON, took.join());
  }));

Deno.test("NotebookWatch: what changes nothing of a page is not heard of", () =>
  withWatch(async (watch, files, root) => {
    await files.write("a.md", "one", { ifMatch: null });
    const heard = heardFrom(watch);
    await Deno.writeTextFile(join(root, "a.md"), "one");
    await Deno.utime(join(root, "a.md"), new Date(0), new Date(0));
    await Deno.writeTextFile(join(root, "notes.txt"), "x");
    await Deno.writeTextFile(join(root, ".hidden.md"), "x");
    await Deno.writeTextFile(join(root, "last.md"), "x");
    assertEquals(await heard.next(1), [`last.md ${short("x")}`]);
    assertEquals(heard.all.length, 1);
  }));

Deno.test("NotebookWatch: a folder that is made later, or put in another's place, is watched as well", () =>
  withWatch(async (watch, files, root) => {
    const heard = heardFrom(watch);
    await files.write("a.md", "one", { ifMatch: null });
    assertEquals(await heard.next(1), [`a.md ${short("one")}`]);
    await Deno.rename(root, `${root}_old`);
    assertEquals(await heard.next(1), ["a.md gone"]);
    await Deno.mkdir(root);
    await Deno.writeTextFile(join(root, "b.md"), "b");
    assertEquals(await heard.next(1), [`b.md ${short("b")}`]);
    await Deno.writeTextFile(join(root, "b.md"), "bb");
    assertEquals(await heard.next(1), [`b.md ${short("bb")}`]);
  }));

Deno.test("NotebookWatch: every listener hears until it stops, and after a pause only of what comes then", () =>
  withWatch(async (watch, files) => {
    await files.write("a.md", "one", { ifMatch: null });
    const [first, second] = [heardFrom(watch), heardFrom(watch)];
    await files.write("a.md", "two", { ifMatch: sha256("one") });
    assertEquals([await first.next(1), await second.next(1)], [[`a.md ${short("two")}`], [`a.md ${short("two")}`]]);
    first.stop();
    await files.write("a.md", "three", { ifMatch: sha256("two") });
    assertEquals(await second.next(1), [`a.md ${short("three")}`]);
    assertEquals(first.all.length, 1);
    second.stop();
    await files.write("a.md", "four", { ifMatch: sha256("three") });
    const third = heardFrom(watch);
    await files.write("b.md", "b", { ifMatch: null });
    assertEquals(await third.next(1), [`b.md ${short("b")}`]);
    assertEquals([second.all.length, third.all.length], [2, 1]);
  }));
