/** The scripts of pages: the islands as browsers load them, in memory. No path of a request ever touches the disk. */

import { join } from "node:path";
import type { Hono } from "hono";
import type { Env } from "./env.ts";

/** What was built, as `built.json` says it. Paths are below the folder `version`, URLs below `/islands/<version>/`. */
export interface Built {
  /** {@linkcode BUILT_FORMAT}. */
  readonly format: number;
  /** Hash of all that it was built from: `sourcesHash`. */
  readonly sources: string;
  /** Modules that it was built from, below the root; those of packages are in the lock. */
  readonly from: readonly string[];
  /** Hash of what was built, the name of its folder: other scripts have other addresses. */
  readonly version: string;
  readonly files: readonly string[];
  /** The script that starts islands, and each island's, by name. */
  readonly boot: BuiltEntry;
  readonly islands: { readonly [name: string]: BuiltEntry };
}

/** A script that pages name. */
export interface BuiltEntry {
  readonly file: string;
  /** What it cannot begin without, and what that cannot, but for what is loaded later. */
  readonly needs: readonly string[];
}

/** The file of the folder that says what else is there. */
export const BUILT_FILE = "built.json";

/** Of which form it is. */
export const BUILT_FORMAT = 1;

/** How a file may be sent, beside as it is: content coding and what its name ends with. The best is first. */
export const CODINGS: readonly [coding: string, ending: string][] = [["br", ".br"], ["gzip", ".gz"]];

type Bytes = Uint8Array<ArrayBuffer>;

/** The scripts of pages. */
export class Scripts {
  readonly built: Built;
  /** Where it was read. */
  readonly folder: string;
  readonly #files: ReadonlyMap<string, ReadonlyMap<string, Bytes>>;

  /** @param files of each path the bytes, by content coding; `""`: as they are */
  constructor(folder: string, built: Built, files: ReadonlyMap<string, ReadonlyMap<string, Bytes>>) {
    this.folder = folder;
    this.built = built;
    this.#files = files;
  }

  /** Reads what was built; null when there is nothing. */
  static async read(folder: string): Promise<Scripts | null> {
    const built = await readBuilt(folder);
    if (built === null) return null;
    const files = await Promise.all(built.files.map(async (file) => {
      const path = join(folder, built.version, file);
      const bodies = await Promise.all(
        [["", ""] as const, ...CODINGS].map(async ([coding, ending]) => {
          const bytes = await unlessAbsent(Deno.readFile(path + ending));
          return bytes === null ? [] : [[coding, bytes] as const];
        }),
      );
      return [file, new Map(bodies.flat())] as const;
    }));
    return files.every(([, bodies]) => bodies.has("")) ? new Scripts(folder, built, new Map(files)) : null;
  }

  /** Where a browser finds the file. */
  address(file: string): string {
    return `/islands/${this.built.version}/${file}`;
  }

  /** Has `hono` answer the scripts, to anybody: there is nothing in them that is not in the repository. */
  serve(hono: Hono<Env>): void {
    for (const [file, bodies] of this.#files) {
      hono.get(this.address(file), (c) => answer(bodies, c.req.header("accept-encoding") ?? ""));
    }
  }
}

/** What was built last; null when there is nothing, or nothing that this version has built. */
export async function readBuilt(folder: string): Promise<Built | null> {
  const text = await unlessAbsent(Deno.readTextFile(join(folder, BUILT_FILE)));
  try {
    const built: Built | null = JSON.parse(text ?? "null");
    return built?.format === BUILT_FORMAT ? built : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function answer(bodies: ReadonlyMap<string, Bytes>, accepted: string): Response {
  const best = CODINGS.find(([coding]) => bodies.has(coding) && accepts(accepted, coding))?.[0] ?? "";
  return new Response(bodies.get(best)!, {
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "vary": "accept-encoding",
      ...(best !== "" && { "content-encoding": best }),
    },
  });
}

function accepts(header: string, coding: string): boolean {
  return header.split(",").some((each) => {
    const [name, weight] = each.trim().toLowerCase().split(/\s*;\s*q=/);
    return name === coding && (weight === undefined || Number(weight) > 0);
  });
}

async function unlessAbsent<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
