/** Builds the scripts of pages: `deno bundle` makes of the islands what browsers load. */

import { createHash } from "node:crypto";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { SimError } from "../framework/mod.ts";
import { ROOT } from "../runner/mod.ts";
import type { Coding } from "./codings.ts";
import { islandName } from "./islands.tsx";
import { BOOT, hashOf, islandFiles, sourceFiles, type Sources, stampOf } from "./script_sources.ts";
import { type Built, BUILT_FILE, BUILT_FORMAT, bytesFile, type Extent } from "./scripts.ts";

/** What to build. Paths are below the root, with `/`. */
export interface BundleOptions {
  /** Folder of the islands. */
  readonly islands: string;
  /** Folder that gets what is built. */
  readonly out: string;
  /**
   * Islands by name, a list for each script that starts them: a page has the first whose list has all of its islands.
   * Default: one script with all.
   */
  readonly starts?: readonly (readonly string[])[];
  /** Readable, and quick to build: for work on them. */
  readonly dev?: boolean;
}

/**
 * Builds the scripts. What was built before stays until all of it is there, and two builds at once do no harm.
 * @throws {SimError} `bundle_failed` with what the bundler says
 */
export async function bundle(options: BundleOptions): Promise<Built> {
  const { islands: folder, out: outFolder, dev = false } = options;
  const out = join(ROOT, outFolder);
  const began = Date.now();
  await Deno.mkdir(out, { recursive: true });
  const made = await Deno.makeTempDir({ dir: out, prefix: ".new-" });
  try {
    const all = islandFiles(join(ROOT, folder)).map(islandName);
    const lists = options.starts ?? [all];
    const starts = await Promise.all(lists.map((names, i) => startOf(names, folder, `${outFolder}/start${i}.ts`)));
    const { scripts, from } = await bundled(starts, join(made, "scripts"), dev);
    const { bytes, files } = await packed(scripts, dev ? [] : ["br", "gzip"]);
    const built: Built = {
      format: BUILT_FORMAT,
      sources: await sourcesOf(sourceFiles(folder, from), began, dev),
      from,
      version: createHash("sha256").update(bytes).digest("hex").slice(0, 12),
      files,
      starts: lists.map((islands, i) => {
        const file = `start${i}.js`;
        return { islands, file, needs: needsOf(file, scripts) };
      }),
    };
    await put(made, out, built, bytes);
    return built;
  } finally {
    await Deno.remove(made, { recursive: true });
  }
}

/** What the bundler has made. */
interface Bundled {
  /** Texts by path. */
  readonly scripts: ReadonlyMap<string, string>;
  /** Modules that went into it. */
  readonly from: readonly string[];
}

async function bundled(starts: readonly string[], into: string, dev: boolean): Promise<Bundled> {
  await runBundler(starts, into, dev);
  // They are made of the names of the others.
  const from = (await modulesIn(into)).filter((file) => !starts.includes(file));
  if (!dev) await removeMaps(into);
  return { scripts: await scriptsIn(into), from };
}

/**
 * Writes a script that starts islands and has them with it: browsers wait for one answer, not for each.
 * @returns its path below the root
 */
async function startOf(islands: readonly string[], folder: string, path: string): Promise<string> {
  const from = (file: string) => JSON.stringify(relative(dirname(path), file).replaceAll("\\", "/"));
  const imports = islands.map((name, i) => `import * as i${i} from ${from(`${folder}/${name}.tsx`)};`);
  const names = islands.map((name, i) => `${JSON.stringify(name)}: i${i}`);
  const text = [`import { boot } from ${from(BOOT)};`, ...imports, `boot({ ${names.join(", ")} });`, ""].join("\n");
  await Deno.writeTextFile(join(ROOT, path), text);
  return path;
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

/** The modules that went into it, as its source maps say, without those of packages. */
async function modulesIn(folder: string): Promise<string[]> {
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

/** What it was built from; nothing that could be so again if a file has been written since. */
async function sourcesOf(files: readonly string[], began: number, dev: boolean): Promise<Sources> {
  const times = files.map((file) => Deno.statSync(join(ROOT, file)).mtime?.getTime() ?? 0);
  if (Math.max(...times) >= began) return { stamp: "", hash: "" };
  return { stamp: stampOf(files, dev), hash: await hashOf(files, dev) };
}

/** Texts of all scripts by their path. */
async function scriptsIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const texts = outputFiles(folder).map(async (file) => [file, await Deno.readTextFile(join(folder, file))] as const);
  return new Map(await Promise.all(texts));
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

/** All scripts in one run of bytes, as they are and in these codings, and where each is. */
async function packed(
  scripts: ReadonlyMap<string, string>,
  codings: readonly Exclude<Coding, "">[],
): Promise<{ bytes: Uint8Array<ArrayBuffer>; files: Built["files"] }> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let end = 0;
  const add = (bytes: Uint8Array<ArrayBuffer>): Extent => {
    parts.push(bytes);
    return [end, end += bytes.length];
  };
  const files: Record<string, { [coding in Coding]?: Extent }> = {};
  for (const [file, text] of scripts) {
    const bytes = new TextEncoder().encode(text);
    files[file] = { "": add(bytes) };
    for (const coding of codings) files[file][coding] = add(await COMPRESS[coding](bytes));
  }
  return { bytes: new Uint8Array(await new Blob(parts).arrayBuffer()), files };
}

const COMPRESS: { readonly [coding in Exclude<Coding, "">]: (bytes: Uint8Array) => Promise<Uint8Array<ArrayBuffer>> } =
  {
    // The last two steps of brotli take ten times as long for 3 %.
    br: async (bytes) =>
      new Uint8Array(await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })),
    gzip: async (bytes) => new Uint8Array(await promisify(gzip)(bytes, { level: 9 })),
  };

/** Puts the new bytes beside the old ones, then says that they are there, then removes the old ones. */
async function put(made: string, out: string, built: Built, bytes: Uint8Array): Promise<void> {
  const contents = { [bytesFile(built.version)]: bytes, [BUILT_FILE]: JSON.stringify(built, null, 1) };
  for (const [name, content] of Object.entries(contents)) {
    await Deno.writeFile(join(made, name), typeof content === "string" ? new TextEncoder().encode(content) : content);
    await Deno.rename(join(made, name), join(out, name));
  }
  for await (const { name } of Deno.readDir(out)) {
    if (name.endsWith(bytesFile("")) && name !== bytesFile(built.version)) await Deno.remove(join(out, name));
  }
}
