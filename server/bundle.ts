/** Builds the scripts of pages: `deno bundle` makes of the islands what browsers load. */

import { createHash } from "node:crypto";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { SimError } from "../framework/mod.ts";
import { ROOT } from "../runner/mod.ts";
import { islandName } from "./islands.tsx";
import { BOOT, islandFiles, sourcesHash } from "./script_sources.ts";
import { type Built, BUILT_FILE, BUILT_FORMAT, type BuiltEntry, CODINGS } from "./scripts.ts";

/** What to build. Paths are below the root, with `/`. */
export interface BundleOptions {
  /** Folder of the islands. */
  readonly islands: string;
  /** Folder that gets what is built. */
  readonly out: string;
  /** Readable, and quick to build: for work on them. */
  readonly dev?: boolean;
}

/**
 * Builds the scripts. What was built before stays until all of it is there, and two builds at once do no harm.
 * @throws {SimError} `bundle_failed` with what the bundler says
 */
export async function bundle(options: BundleOptions): Promise<Built> {
  const out = join(ROOT, options.out);
  const began = Date.now();
  await Deno.mkdir(out, { recursive: true });
  const folder = await Deno.makeTempDir({ dir: out, prefix: ".new-" });
  try {
    const islands = islandFiles(join(ROOT, options.islands));
    const entries = [BOOT, ...islands.map((file) => options.islands + file)];
    await runBundler(entries, folder, options.dev === true);
    const from = await sourcesOf(folder);
    if (options.dev !== true) await removeMaps(folder);
    const sources = await sourcesHash(options.islands, from, options.dev === true);
    // Else what was written meanwhile would be taken for what was built.
    const isOld = (await Promise.all(from.map((file) => changedSince(file, began)))).includes(true);
    const about = { sources: isOld ? "changed while it was built" : sources, from };
    const built = await describe(folder, about, islands, outputsOf(entries));
    if (options.dev !== true) await compressAll(folder, built.files);
    await put(folder, out, built);
    return built;
  } finally {
    await Deno.remove(folder, { recursive: true }).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    });
  }
}

async function runBundler(entries: readonly string[], folder: string, dev: boolean): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command("deno", {
    args: [
      "bundle",
      "--quiet",
      "--platform=browser",
      "--code-splitting",
      // With it packages are built as for production.
      ...(dev ? ["--sourcemap=linked"] : ["--sourcemap=external", "--minify"]),
      `--outdir=${relative(ROOT, folder)}`,
      ...entries,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  if (success) return;
  const said = (new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr)).trim();
  throw new SimError("bundle_failed", `the scripts of the pages could not be built: ${said.slice(0, 4000)}`, {
    hint: "deno bundle fetches its bundler from npm when it is used for the first time; deno task build tries again",
  });
}

/** Where the bundler puts what it makes of each entry: below the folder that all have in common. */
function outputsOf(entries: readonly string[]): string[] {
  const folders = entries.map((entry) => entry.split("/").slice(0, -1));
  let common = 0;
  while (folders.every((names) => names[common] !== undefined && names[common] === folders[0]![common])) common++;
  return entries.map((entry) => entry.split("/").slice(common).join("/").replace(/\.tsx?$/, ".js"));
}

/** The modules that went into it, as its source maps say, without those of packages. */
async function sourcesOf(folder: string): Promise<string[]> {
  const found = await Promise.all(
    mapsIn(folder).map(async (map) => {
      const { sources }: { sources: string[] } = JSON.parse(await Deno.readTextFile(join(folder, map)));
      return sources.map((source) => relative(ROOT, resolve(folder, dirname(map), source)).replaceAll("\\", "/"));
    }),
  );
  return [...new Set(found.flat())].filter((file) => !file.startsWith("..") && !isAbsolute(file)).sort();
}

async function removeMaps(folder: string): Promise<void> {
  await Promise.all(mapsIn(folder).map((map) => Deno.remove(join(folder, map))));
}

function mapsIn(folder: string): string[] {
  return outputFiles(folder).filter((file) => file.endsWith(".map"));
}

async function changedSince(file: string, time: number): Promise<boolean> {
  const { mtime } = await Deno.stat(join(ROOT, file));
  return mtime !== null && mtime.getTime() >= time;
}

async function describe(
  folder: string,
  about: Pick<Built, "sources" | "from">,
  islands: readonly string[],
  outputs: readonly string[],
): Promise<Built> {
  const files = outputFiles(folder);
  const texts = new Map(
    await Promise.all(files.map(async (file) => [file, await Deno.readTextFile(join(folder, file))] as const)),
  );
  const hash = createHash("sha256");
  for (const [file, text] of texts) hash.update(`\n${file} ${text.length}\n`).update(text);
  const entry = (file: string): BuiltEntry => ({ file, needs: needsOf(file, texts) });
  return {
    format: BUILT_FORMAT,
    ...about,
    version: hash.digest("hex").slice(0, 12),
    files,
    boot: entry(outputs[0]!),
    islands: Object.fromEntries(islands.map((file, i) => [islandName(file), entry(outputs[i + 1]!)])),
  };
}

function outputFiles(folder: string, below = ""): string[] {
  return [...Deno.readDirSync(join(folder, below))].flatMap((entry) => {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    return entry.isDirectory ? outputFiles(folder, path) : [path];
  }).sort();
}

/** Scripts that are loaded with this one, in the order in which they are met. */
function needsOf(file: string, texts: ReadonlyMap<string, string>): string[] {
  const needs = new Set<string>();
  const visit = (of: string) => {
    const text = texts.get(of);
    if (text === undefined) throw new TypeError(`the bundler has not made ${of}`);
    for (const specifier of importsOf(text)) {
      const path = join(dirname(of), specifier).replaceAll("\\", "/");
      if (needs.has(path)) continue;
      needs.add(path);
      visit(path);
    }
  };
  visit(file);
  return [...needs];
}

/** What a bundled script imports: statements at its beginning, with nothing between them. */
export function importsOf(text: string): string[] {
  const statement = /\s*(?:\/\/[^\n]*\n\s*)*import\s*(?:[^"'()]*?from\s*)?["']([^"'\n]+)["'];?/y;
  const specifiers: string[] = [];
  for (let match = statement.exec(text); match !== null; match = statement.exec(text)) specifiers.push(match[1]!);
  return specifiers;
}

async function compressAll(folder: string, files: readonly string[]): Promise<void> {
  const compress: Readonly<Record<string, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
    // The last two steps of brotli take ten times as long for 3 %.
    br: (bytes) => promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    gzip: (bytes) => promisify(gzip)(bytes, { level: 9 }),
  };
  await Promise.all(files.map(async (file) => {
    const path = join(folder, file);
    const bytes = await Deno.readFile(path);
    for (const [coding, ending] of CODINGS) await Deno.writeFile(path + ending, await compress[coding]!(bytes));
  }));
}

/** Puts the new files beside the old ones, then says that they are there, then removes the old ones. */
async function put(folder: string, out: string, built: Built): Promise<void> {
  const target = join(out, built.version);
  await Deno.chmod(folder, 0o755).catch(() => {/* Windows has none of it. */});
  try {
    await Deno.rename(folder, target);
  } catch (error) {
    // The same has been built before. Another version of Deno may compress otherwise, which does not matter.
    if (!(await Deno.stat(target).then(({ isDirectory }) => isDirectory, () => false))) throw error;
  }
  const list = `${folder}.json`;
  await Deno.writeTextFile(list, JSON.stringify(built, null, 1));
  await Deno.rename(list, join(out, BUILT_FILE));
  for await (const { name, isDirectory } of Deno.readDir(out)) {
    if (isDirectory && name !== built.version && !name.startsWith(".new-")) {
      await Deno.remove(join(out, name), { recursive: true });
    }
  }
}
