/** What `deno bundle` makes of islands; the real bundler, on folders of the test's own. */

import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { ROOT } from "../runner/mod.ts";
import { removeFolder } from "../tests/support/folders.ts";
import { assertEquals, assertMatches, assertRejects, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { bundle, importsOf } from "./bundle.ts";
import { isCurrent, islandFiles, sourceFiles } from "./script_sources.ts";
import { BUILT_FILE, BUILT_FORMAT, bytesFile, Scripts } from "./scripts.ts";

const JSX = "/** @jsxRuntime automatic */\n/** @jsxImportSource preact */\n";

/** Hands `body` a folder below the root with these islands, as a path below it. */
async function withIslands(files: Record<string, string>, body: (folder: string) => Promise<void>): Promise<void> {
  const folder = `output/.test-bundle-${crypto.randomUUID()}`;
  try {
    for (const [file, text] of Object.entries(files)) await write(`${folder}/islands/${file}`, text);
    await body(folder);
  } finally {
    await removeFolder(join(ROOT, folder));
  }
}

async function write(path: string, text: string): Promise<void> {
  await Deno.mkdir(join(ROOT, path, ".."), { recursive: true });
  await Deno.writeTextFile(join(ROOT, path), text);
  // What is built in the moment in which a file is written does not count as built from it.
  const before = Date.now() / 1000 - 10;
  await Deno.utime(join(ROOT, path), before, before);
}

const ISLANDS = {
  "a.tsx": `${JSX}import { shared } from "./_parts/shared.ts"; import { useSignal } from "@preact/signals";
    export default function A() { const late = () => import("./_impl/late.ts"); return <b onClick={late}>{shared}{useSignal(1)}</b>; }`,
  "deep/b.tsx": `${JSX}import { shared } from "../_parts/shared.ts";
    import type { App } from "../../../../runner/mod.ts";
    export default function B({ app }: { app?: App }) { return <i>{shared}{typeof app}</i>; }`,
  "_parts/shared.ts": `export const shared = "shared by both, ".repeat(3);`,
  "_impl/late.ts": `export const late = "much later";`,
};

Deno.test("islands are in one script with what starts them, what is imported later is no part of what it needs, types bring in nothing", async () => {
  await withIslands(ISLANDS, async (folder) => {
    const out = `${folder}/out`;
    const built = await bundle({ islands: `${folder}/islands`, out });
    const own = built.from.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length + 9));
    assertEquals(own, ["_impl/late.ts", "_parts/shared.ts", "a.tsx", "deep/b.tsx"]);
    assertEquals(built.from.filter((file) => file.startsWith("runner/")), []);
    const bytes = await Deno.readFile(join(ROOT, out, bytesFile(built.version)));
    const files = Object.keys(built.files);
    const text = (file: string) => new TextDecoder().decode(bytes.subarray(...built.files[file]![""]!));
    const [start] = built.starts;
    assertEquals(start!.islands, ["a", "deep/b"]);
    const first = [start!.file, ...start!.needs];
    assertTrue(
      ["shared by both, ", "data-place"].every((each) => first.some((file) => text(file).includes(each))),
      `${first}`,
    );
    const later = files.filter((file) => text(file).includes("much later"));
    assertEquals([later.length, first.includes(later[0]!)], [1, false]);
    assertTrue(files.every((file) => file.endsWith(".js")), files.join(" "));
    for (const { gzip } of Object.values(built.files)) {
      assertTrue(gunzipSync(bytes.subarray(...gzip!)).length > 0);
    }
    const scripts = (await Scripts.read(join(ROOT, out)))!;
    assertEquals(scripts.built, built);
    assertMatches(scripts.address(start!.file), /^\/islands\/[0-9a-f]+\/start0\.js$/);
  });
});

Deno.test("of several scripts that start islands a page has the first that has all of its own; what they share they share", async () => {
  await withIslands(ISLANDS, async (folder) => {
    const out = `${folder}/out`;
    const { starts } = await bundle({ islands: `${folder}/islands`, out, starts: [["a"], ["a", "deep/b"]] });
    const scripts = (await Scripts.read(join(ROOT, out)))!;
    assertEquals([["a"], ["deep/b"], []].map((names) => scripts.startOf(names).file), [
      "start0.js",
      "start1.js",
      "start0.js",
    ]);
    assertThrows(() => scripts.startOf(["a", "gone"]));
    // One Preact for both.
    assertTrue(starts[0]!.needs.some((file) => starts[1]!.needs.includes(file)));
  });
});

Deno.test("the same sources make the same version, others another, of which alone is kept", async () => {
  await withIslands(ISLANDS, async (folder) => {
    const options = { islands: `${folder}/islands`, out: `${folder}/out` };
    const first = await bundle(options);
    const [second, third] = await Promise.all([bundle(options), bundle(options)]);
    assertEquals([second.version, third.version], [first.version, first.version]);
    const isSame = () => isCurrent(first.sources, sourceFiles(options.islands, first.from), false);
    assertEquals(await isSame(), true);
    await Deno.utime(join(ROOT, options.islands, "a.tsx"), 1, 1);
    assertEquals(await isSame(), true, "a copy is the same");
    await write(`${options.islands}/_parts/shared.ts`, `export const shared = "another ".repeat(4);`);
    assertEquals(await isSame(), false);
    const changed = await bundle(options);
    assertTrue(changed.version !== first.version);
    const left = [...Deno.readDirSync(join(ROOT, options.out))].map(({ name }) => name).sort();
    assertEquals(left, [bytesFile(changed.version), BUILT_FILE, "start0.ts"].sort());
  });
});

Deno.test("what cannot be built is said in the bundler's words, and what was built before stays", async () => {
  await withIslands(ISLANDS, async (folder) => {
    const options = { islands: `${folder}/islands`, out: `${folder}/out` };
    const { version } = await bundle(options);
    await write(`${options.islands}/a.tsx`, `import { none } from "./none.ts"; export default none;`);
    const error = await assertRejects(() => bundle(options), "bundle_failed");
    assertMatches(error.message, /none\.ts/);
    assertEquals((await Scripts.read(join(ROOT, options.out)))?.built.version, version);
  });
});

Deno.test("what is no list of scripts, or lists what is not there, is as if nothing was built", async () => {
  await withIslands(ISLANDS, async (folder) => {
    const out = join(ROOT, folder);
    assertEquals(await Scripts.read(out), null);
    const listing = (more: object) => JSON.stringify({ format: BUILT_FORMAT, version: "v", files: {}, ...more });
    for (const text of ["", "{", "null", "[]", listing({ format: 0 }), listing({})]) {
      await Deno.writeTextFile(join(out, BUILT_FILE), text);
      assertEquals(await Scripts.read(out), null, text);
    }
  });
});

Deno.test("islandFiles() leaves out parts, tests and what is hidden", async () => {
  const files = ["a.tsx", "a_test.tsx", "b.ts", "_c.tsx", "_parts/d.tsx", ".built/e.tsx", "f/g.tsx", "f/_h/i.tsx"];
  await withIslands(Object.fromEntries(files.map((file) => [file, ""])), (folder) => {
    assertEquals(islandFiles(join(ROOT, folder, "islands")), ["/a.tsx", "/f/g.tsx"]);
    return Promise.resolve();
  });
});

Deno.test("importsOf() reads what a bundled script imports, minified or not, and nothing else", () => {
  const minified =
    `import{a as b,c}from"../chunk-A.js";import"./chunk-B.js";var x='import"./no.js"';import("./later.js");`;
  assertEquals(importsOf(minified), ["../chunk-A.js", "./chunk-B.js"]);
  const readable =
    `import {\n  a\n} from "./chunk-A.js";\n\n// islands/x.tsx\nimport * as d from './chunk-D.js';\nvar y;\n`;
  assertEquals(importsOf(readable), ["./chunk-A.js", "./chunk-D.js"]);
  assertEquals(importsOf(`import("./later.js").then(()=>{});`), []);
  assertEquals(importsOf(`var a=1;export{a};`), []);
});
