/**
 * `deno task compile` completes and embeds everything that is needed at run time. What is made is not started: that
 * needs `denort`, the runtime that `deno compile` downloads; with `DENORT_BIN` the deno binary stands in for it.
 */

import { join, relative } from "node:path";
import { routeModules } from "../../cli/commands/compile.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { cli, documentOf, ROOT, withFolder } from "./support.ts";

/** Modules from which something starts: the program, its sandbox process, the worker's two, every domain. */
function entryPoints(): string[] {
  const domains = [...Deno.readDirSync(join(ROOT, "domains"))].filter((entry) => entry.isDirectory)
    .map((entry) => `domains/${entry.name}/mod.ts`);
  return [
    "main.ts",
    "runner/sandbox/child.ts",
    "framework/worker/prelude.ts",
    "framework/worker/boot.ts",
    ...domains,
  ];
}

/** Writes a module that imports every page and endpoint, which the program finds by their names. @returns its path */
async function importingRoutes(folder: string): Promise<string> {
  const entry = join(folder, "routes.ts");
  const files = routeModules().map((file) => `import ${JSON.stringify(`file://${join(ROOT, file)}`)};`);
  assertTrue(files.length > 80, `${files.length}`);
  await Deno.writeTextFile(entry, files.join("\n"));
  return entry;
}

/** A module as `deno info --json` tells of it. */
interface ModuleInfo {
  readonly specifier: string;
  readonly local?: string;
  readonly dependencies?: readonly { readonly code?: { readonly specifier: string } }[];
}

/** Local files that `entry` needs at run time: those reached without imports that are for types alone. */
async function neededBy(entry: string): Promise<string[]> {
  const process = new Deno.Command("deno", {
    args: ["info", "--json", "--config", "deno.json", entry],
    cwd: ROOT,
    stdin: "null",
  });
  const { success, stdout, stderr } = await process.output();
  assertTrue(success, new TextDecoder().decode(stderr));
  const info: { roots: string[]; modules: ModuleInfo[] } = JSON.parse(new TextDecoder().decode(stdout));
  const modules = new Map(info.modules.map((module) => [module.specifier, module]));
  const reached = new Set(info.roots);
  for (const specifier of reached) {
    for (const { code } of modules.get(specifier)?.dependencies ?? []) if (code) reached.add(code.specifier);
  }
  return [...reached].filter((specifier) => specifier.startsWith("file:"))
    .map((specifier) => relative(ROOT, modules.get(specifier)!.local!)).filter((file) => !file.startsWith(".."));
}

/** What `deno compile` says it has embedded: paths of files, and folders of which it has embedded everything. */
function embeddedFiles(said: string): { files: Set<string>; folders: string[] } {
  const files = new Set<string>();
  const folders: string[] = [];
  const path: string[] = [];
  for (const line of said.split("\n")) {
    const [, branches, name] = /^([│├└─┬ ]+)[─┬] (.+?)(?: \([\d.]+[KMG]?B.*\))?$/.exec(line) ?? [];
    if (branches === undefined || name === undefined) continue;
    path.length = Math.floor(branches.length / 2) - 1;
    path.push(name);
    const whole = path.join("/");
    if (whole.endsWith("/*")) folders.push(whole.slice(0, -1));
    else files.add(whole);
  }
  return { files, folders };
}

Deno.test("compile embeds every module and file that is needed at run time", () =>
  withFolder(async (folder) => {
    const out = join(folder, "llm-sim");
    const env = { DENORT_BIN: await Deno.realPath(Deno.execPath()), NO_COLOR: "1" };
    const result = await cli(["compile", "--json", "--out", out], { env });
    assertEquals(result.code, 0, result.stderr);
    assertEquals(documentOf(result), { file: out });
    assertTrue((await Deno.stat(out)).size > 10_000_000);

    const { files, folders } = embeddedFiles(result.stderr);
    const isEmbedded = (file: string) => files.has(file) || folders.some((each) => file.startsWith(each));
    // The reading of the list is right: what is not there is not found in it.
    assertTrue(isEmbedded("main.ts") && !isEmbedded("cli/none.ts") && !isEmbedded("runner/domains_test.ts"));

    const entries = [...entryPoints(), await importingRoutes(folder)];
    const needed = new Set((await Promise.all(entries.map(neededBy))).flat());
    assertTrue(needed.has("routes/runs/[id].tsx") && needed.has("islands/run_page.tsx"));
    assertTrue(needed.size > 80, `${needed.size}`);
    assertTrue([...needed].some((file) => file.endsWith(".yaml")), "the domains' texts are modules too");
    assertEquals([...needed].filter((file) => !isEmbedded(file)), []);
    for (const entry of Deno.readDirSync(join(ROOT, "scenarios", "economic"))) {
      assertTrue(isEmbedded(`scenarios/economic/${entry.name}`), entry.name);
    }
    for (const page of ["welcome.md", "economic/policy_comparison.md"]) {
      assertTrue(isEmbedded(`notebooks/${page}`), page);
    }
    // Style sheets are modules of the manifest, from which pages are served.
    for (const { name } of Deno.readDirSync(join(ROOT, "static"))) {
      assertTrue(needed.has(`static/${name}`) && isEmbedded(`static/${name}`), name);
    }
    // The scripts of pages, which an executable cannot build.
    const { version } = JSON.parse(await Deno.readTextFile(join(ROOT, "islands/.built/built.json")));
    for (const file of ["built.json", `${version}.bin`]) assertTrue(isEmbedded(`islands/.built/${file}`), file);
    // The hash of a domain is read from its folder, whose README and tests are not part of it.
    assertTrue(!isEmbedded("domains/economic/README.md") && !isEmbedded("domains/economic/scenarios_test.ts"));
  }));

Deno.test("without a runtime to embed into, compile says what it needs and leaves nothing", () =>
  withFolder(async (folder) => {
    const out = join(folder, "llm-sim");
    const env = { DENORT_BIN: join(folder, "none"), NO_COLOR: "1" };
    const result = await cli(["compile", "--json", "--out", out], { env });
    assertEquals(result.code, 1, result.stderr);
    assertEquals(documentOf(result).error.code, "compile_failed");
    assertTrue(/DENORT_BIN/.test(result.stderr), result.stderr);
    assertEquals([...Deno.readDirSync(folder)], []);
  }));
