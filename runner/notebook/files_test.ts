import { dirname, join } from "node:path";
import { removeFolder } from "../../tests/support/folders.ts";
import { assertEquals, assertMatches, assertRejects, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { sha256 } from "../../framework/mod.ts";
import { NotebookConflict } from "./errors.ts";
import { MOST_BYTES, NotebookFiles } from "./files.ts";

const PAGE = "# One\n\nfirst\n\nsecond\n\nthird\n";

async function withFolder(body: (files: NotebookFiles, root: string, around: string) => Promise<void>): Promise<void> {
  const around = await Deno.realPath(await Deno.makeTempDir());
  try {
    await body(new NotebookFiles(join(around, "notebooks")), join(around, "notebooks"), around);
  } finally {
    await removeFolder(around);
  }
}

/** All files below a folder, hidden ones too. */
function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) =>
    isDirectory ? namesIn(join(folder, name)).map((below) => `${name}/${below}`) : [name]
  ).sort();
}

Deno.test("NotebookFiles: made with the folders on the way, read as it was written, byte for byte", () =>
  withFolder(async (files, root) => {
    assertEquals(await files.list(), []);
    for (const [path, text] of [["a.md", PAGE], ["deep/er/Ärger (2).md", "\uFEFFx\r\ny"], ["empty.md", ""]] as const) {
      const written = await files.write(path, text, { ifMatch: null });
      assertEquals(written, { hash: sha256(text), text, merged: false });
      assertEquals(files.read(path), { path, text, hash: sha256(text), readonly: false });
      assertEquals(new TextDecoder("utf-8", { ignoreBOM: true }).decode(Deno.readFileSync(join(root, path))), text);
    }
    const listed = await files.list();
    assertEquals(listed.map(({ path, title }) => [path, title]), [
      ["a.md", "One"],
      ["deep/er/Ärger (2).md", "Ärger (2)"],
      ["empty.md", "empty"],
    ]);
    assertEquals(namesIn(root).length, 3, "nothing else is left");
    const unknown = assertThrows(() => files.read("b.md"), "unknown_notebook") as Error & { hint?: string };
    assertMatches(unknown.hint!, /there are: a\.md, deep/);
  }));

Deno.test("NotebookFiles: no path leads out of the folder, to hidden files, or to what is no page", () =>
  withFolder(async (files, root, around) => {
    await Deno.mkdir(root);
    await Deno.writeTextFile(join(around, "outside.md"), "secret");
    for (
      const path of [
        "../outside.md",
        "a/../../outside.md",
        join(around, "outside.md"),
        "/etc/passwd.md",
        ".hidden.md",
        "a/.git/b.md",
        "a//b.md",
        "./a.md",
        "a.txt",
        "a.md/",
        "",
        ".md",
        "a\0.md",
        "a\\..\\b.md",
        "C:\\a.md",
        "a:b.md",
        "a\nb.md",
        " a.md",
        `${"x".repeat(300)}.md`,
        `${"d/".repeat(9)}a.md`,
        "%2e%2e/outside.md",
        "..%2foutside.md",
      ]
    ) {
      assertThrows(() => files.read(path), "bad_notebook_path");
      await assertRejects(() => files.write(path, "x", { ifMatch: null }), "bad_notebook_path");
      await assertRejects(() => files.rename("a.md", path), "bad_notebook_path");
    }
    assertEquals(Deno.readTextFileSync(join(around, "outside.md")), "secret");
    assertEquals(namesIn(around), ["outside.md"]);
  }));

Deno.test("NotebookFiles: a link may lead to a page in the folder, and to none outside of it", () =>
  withFolder(async (files, root, around) => {
    await files.write("a.md", PAGE, { ifMatch: null });
    await Deno.mkdir(join(around, "other"));
    await Deno.writeTextFile(join(around, "other/secret.md"), "secret");
    await Deno.symlink(join(root, "a.md"), join(root, "alias.md"));
    await Deno.symlink(join(around, "other/secret.md"), join(root, "file.md"));
    await Deno.symlink(join(around, "other"), join(root, "folder"));
    await Deno.symlink(join(root, "nowhere.md"), join(root, "dangling.md"));
    assertEquals(files.read("alias.md").text, PAGE);
    for (const path of ["file.md", "folder/secret.md"]) {
      assertThrows(() => files.read(path), "bad_notebook_path");
      await assertRejects(() => files.write(path, "x", { ifMatch: null }), "bad_notebook_path");
      await assertRejects(() => files.remove(path, { ifMatch: sha256("secret") }), "bad_notebook_path");
    }
    await assertRejects(() => files.write("folder/new.md", "x", { ifMatch: null }), "bad_notebook_path");
    assertThrows(() => files.read("dangling.md"), "unknown_notebook");
    assertEquals((await files.list()).map(({ path }) => path), ["a.md", "alias.md"]);
    assertEquals(namesIn(join(around, "other")), ["secret.md"]);
    assertEquals(Deno.readTextFileSync(join(around, "other/secret.md")), "secret");
  }));

Deno.test("NotebookFiles: what is too large or no text is told, left out of the list, and never written", () =>
  withFolder(async (files, root) => {
    const { hash } = await files.write("a.md", "x".repeat(MOST_BYTES), { ifMatch: null });
    await assertRejects(() => files.write("a.md", "x".repeat(MOST_BYTES + 1), { ifMatch: hash }), "notebook_too_large");
    await assertRejects(
      () => files.write("b.md", "ä".repeat(MOST_BYTES / 2 + 1), { ifMatch: null }),
      "notebook_too_large",
    );
    await Deno.writeTextFile(join(root, "large.md"), "x".repeat(MOST_BYTES + 1));
    await Deno.writeFile(join(root, "binary.md"), new Uint8Array([0x23, 0xff, 0xfe, 0x00]));
    assertThrows(() => files.read("large.md"), "notebook_too_large");
    assertThrows(() => files.read("binary.md"), "not_text");
    assertEquals((await files.list()).map(({ path }) => path), ["a.md"]);
  }));

Deno.test("NotebookFiles: a file is replaced as a whole, keeps its mode, and stays as it was where it cannot be", () =>
  withFolder(async (files, root) => {
    const { hash } = await files.write("a/b.md", PAGE, { ifMatch: null });
    const file = join(root, "a/b.md");
    await Deno.chmod(file, 0o640);
    const before = Deno.statSync(file);
    const { hash: second } = await files.write("a/b.md", "two", { ifMatch: hash });
    const after = Deno.statSync(file);
    assertEquals(after.mode! & 0o777, 0o640);
    assertTrue(after.ino !== before.ino, "another file took its place");
    // Whoever has the old one open reads it to its end.
    using reader = Deno.openSync(file);
    await files.write("a/b.md", "three", { ifMatch: second });
    const bytes = new Uint8Array(10);
    assertEquals(new TextDecoder().decode(bytes.subarray(0, reader.readSync(bytes)!)), "two");
    // The same text again is no write.
    const { ino } = Deno.statSync(file);
    await files.write("a/b.md", "three", { ifMatch: sha256("three") });
    assertEquals(Deno.statSync(file).ino, ino);
    assertEquals(namesIn(root), ["a/b.md"]);
    // A file where a folder is to be.
    await Deno.writeTextFile(join(root, "plain.md"), "x");
    await assertRejects(() => files.write("plain.md/c.md", "x", { ifMatch: null }), "notebook_not_writable");
    assertEquals(namesIn(root), ["a/b.md", "plain.md"]);
  }));

Deno.test("NotebookFiles: of writers at once one wins, and the others are told what is there now", () =>
  withFolder(async (files, root) => {
    const { hash } = await files.write("a.md", PAGE, { ifMatch: null });
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => files.write("a.md", `${PAGE}${i}\n`, { ifMatch: hash })),
    );
    const won = results.filter((result) => result.status === "fulfilled");
    assertEquals(won.length, 1);
    for (const result of results) {
      if (result.status === "fulfilled") continue;
      const { code, disk, hash } = result.reason as NotebookConflict;
      assertEquals([code, disk, hash], ["notebook_changed", won[0]!.value.text, won[0]!.value.hash]);
    }
    // With the text that each was made from all of them are merged, one after another.
    const base = "a\n\nb\n\nc\n\nd\n\ne\n";
    const { hash: first } = await files.write("m.md", base, { ifMatch: null });
    await Promise.all(
      [..."abcde"].map((line) => files.write("m.md", base.replace(line, line.repeat(3)), { ifMatch: first, base })),
    );
    assertEquals(files.read("m.md").text, "aaa\n\nbbb\n\nccc\n\nddd\n\neee\n");
    const made = await Promise.allSettled([1, 2, 3].map((n) => files.write("new.md", `${n}`, { ifMatch: null })));
    assertEquals(made.map(({ status }) => status).sort(), ["fulfilled", "rejected", "rejected"]);
    assertEquals(namesIn(root), ["a.md", "m.md", "new.md"]);
  }));

Deno.test("NotebookFiles: readers see a whole file whenever they look, while another program writes", () =>
  withFolder(async (files, root) => {
    const texts = ["x".repeat(300_000), "y".repeat(300_000)];
    let { hash } = await files.write("a.md", texts[0]!, { ifMatch: null });
    const reader = new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `let seen = 0; const end = Date.now() + 700; console.log("ready");
        while (Date.now() < end) { const text = Deno.readTextFileSync(${JSON.stringify(join(root, "a.md"))});
          if (!/^(x{300000}|y{300000})$/.test(text)) { console.log("torn"); Deno.exit(1); } seen++; }
        console.log(seen > 3 ? "whole" : "too slow");`,
      ],
      stdout: "piped",
    }).spawn();
    let output = "";
    let isOver = false;
    const read = (async () => {
      for await (const part of reader.stdout.pipeThrough(new TextDecoderStream())) output += part;
      isOver = true;
    })();
    for (let i = 1; !isOver; i++) {
      ({ hash } = await files.write("a.md", texts[i % 2]!, { ifMatch: hash }));
      await new Promise((resolve) => setTimeout(resolve));
    }
    await read;
    assertEquals(output.trim().split("\n"), ["ready", "whole"]);
    assertEquals((await reader.status).code, 0);
  }));

Deno.test("NotebookFiles.write: what was changed on disk meanwhile is merged, told, or a conflict with its regions", () =>
  withFolder(async (files, root) => {
    const { hash } = await files.write("a.md", PAGE, { ifMatch: null });
    const theirs = PAGE.replace("third", "third, theirs");
    await Deno.writeTextFile(join(root, "a.md"), theirs);
    const mine = PAGE.replace("first", "first, mine");

    const told = await assertRejects(
      () => files.write("a.md", mine, { ifMatch: hash }),
      "notebook_changed",
    ) as NotebookConflict;
    assertEquals([told.disk, told.hash, told.regions], [theirs, sha256(theirs), []]);
    assertEquals(files.read("a.md").text, theirs, "nothing is lost by being told");

    const both = theirs.replace("first", "first, mine");
    assertEquals(await files.write("a.md", mine, { ifMatch: hash, base: PAGE }), {
      hash: sha256(both),
      text: both,
      merged: true,
    });

    const against = PAGE.replace("first", "first, another");
    const conflict = await assertRejects(
      () => files.write("a.md", against, { ifMatch: hash, base: PAGE }),
      "notebook_conflict",
    ) as NotebookConflict;
    assertEquals(conflict.disk, both);
    assertEquals(conflict.regions.map(({ mine, disk, base }) => [base.trim(), mine.trim(), disk.trim()]), [
      ["first", "first, another", "first, mine"],
    ]);
    assertEquals(files.read("a.md").text, both);

    // The same change on both sides is none, and what is gone is told as gone.
    assertEquals((await files.write("a.md", both, { ifMatch: hash, base: PAGE })).merged, false);
    await Deno.remove(join(root, "a.md"));
    const gone = await assertRejects(
      () => files.write("a.md", mine, { ifMatch: hash, base: PAGE }),
      "notebook_changed",
    );
    assertEquals((gone as NotebookConflict).disk, null);
    await files.write("a.md", mine, { ifMatch: null });
    await assertRejects(() => files.write("a.md", mine, { ifMatch: null }), "notebook_changed");
  }));

Deno.test("NotebookFiles: removed by who has seen it, renamed to where nothing is", () =>
  withFolder(async (files, root) => {
    const { hash } = await files.write("a.md", PAGE, { ifMatch: null });
    await files.write("b.md", "b", { ifMatch: null });
    await assertRejects(() => files.remove("a.md", { ifMatch: sha256("b") }), "notebook_changed");
    await assertRejects(() => files.rename("a.md", "b.md"), "notebook_exists");
    assertEquals((await files.rename("a.md", "notes/a.md")).hash, hash);
    assertEquals(namesIn(root), ["b.md", "notes/a.md"]);
    await files.remove("notes/a.md", { ifMatch: hash });
    await assertRejects(() => files.remove("notes/a.md", { ifMatch: hash }), "unknown_notebook");
    await assertRejects(() => files.rename("notes/a.md", "c.md"), "unknown_notebook");
  }));

Deno.test("NotebookFiles: embedded pages are read, copied when they are written, and seen again when the copy is gone", () =>
  withFolder(async (_, root, around) => {
    const embedded = join(around, "embedded");
    await Deno.mkdir(join(embedded, "a"), { recursive: true });
    await Deno.writeTextFile(join(embedded, "a/page.md"), PAGE);
    const files = new NotebookFiles(root, embedded);
    const { hash, readonly } = files.read("a/page.md");
    assertTrue(readonly);
    await assertRejects(() => files.remove("a/page.md", { ifMatch: hash }), "notebook_not_writable");
    await assertRejects(() => files.rename("a/page.md", "b.md"), "notebook_not_writable");
    await assertRejects(() => files.rename("b.md", "a/page.md"), "unknown_notebook");
    const written = await files.write("a/page.md", `${PAGE}mine\n`, { ifMatch: hash });
    assertEquals([files.read("a/page.md").readonly, (await files.list()).length], [false, 1]);
    assertEquals(Deno.readTextFileSync(join(embedded, "a/page.md")), PAGE);
    await files.remove("a/page.md", { ifMatch: written.hash });
    assertEquals(files.read("a/page.md").text, PAGE);
    // Also unchanged it is copied: whoever saves it has it.
    await files.write("a/page.md", PAGE, { ifMatch: hash });
    assertEquals(namesIn(dirname(join(root, "a/page.md"))), ["page.md"]);
  }));
