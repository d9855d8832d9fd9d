/** The scripts of pages: the islands as browsers load them, in memory. No path of a request ever touches the disk. */

import { join } from "node:path";
import type { Hono } from "hono";
import { type Coding, codingFor } from "./codings.ts";
import type { Env } from "./env.ts";
import type { Sources } from "./script_sources.ts";

/** What was built, as `built.json` says it; the bytes are in one file beside it. */
export interface Built {
  /** {@linkcode BUILT_FORMAT}. */
  readonly format: number;
  readonly sources: Sources;
  /** Modules that it was built from, below the root; those of packages are in the lock. */
  readonly from: readonly string[];
  /** Hash of what was built, in the name of the file and in addresses: other scripts have others. */
  readonly version: string;
  /** Where the bytes of each script are, by content coding. */
  readonly files: { readonly [file: string]: { readonly [coding in Coding]?: Extent } };
  /** The scripts that start islands. */
  readonly starts: readonly BuiltStart[];
}

/** Where bytes are in a file. */
export type Extent = readonly [start: number, end: number];

/** A script that starts islands. */
export interface BuiltStart {
  /** Names of the islands that it has with it. */
  readonly islands: readonly string[];
  readonly file: string;
  /** What it cannot begin without, and what that cannot, but for what is loaded later. */
  readonly needs: readonly string[];
}

/** The file of the folder that says what else is there. */
export const BUILT_FILE = "built.json";

/** Of which form it is. */
export const BUILT_FORMAT = 5;

/** Name of the file with the bytes of this version. */
export function bytesFile(version: string): string {
  return `${version}.bin`;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** The scripts of pages. */
export class Scripts {
  readonly built: Built;
  readonly #bytes: Bytes;

  /** @param bytes of all scripts */
  constructor(built: Built, bytes: Bytes) {
    this.built = built;
    this.#bytes = bytes;
  }

  /** Reads what was built; null when there is nothing. */
  static async read(folder: string): Promise<Scripts | null> {
    const built = await readBuilt(folder);
    if (built === null) return null;
    const bytes = await unlessAbsent(Deno.readFile(join(folder, bytesFile(built.version))));
    return bytes === null ? null : new Scripts(built, bytes);
  }

  /** The first script that has all of these islands with it. */
  startOf(islands: readonly string[]): BuiltStart {
    const start = this.built.starts.find((each) => islands.every((name) => each.islands.includes(name)));
    if (start === undefined) throw new TypeError(`no script has all of these islands: ${islands.join(", ")}`);
    return start;
  }

  /** Where a browser finds the file. */
  address(file: string): string {
    // Some proxies let nobody have what is hidden.
    return `/islands/${this.built.version}/${file.replace(/(?<=^|\/)\./g, "")}`;
  }

  /** Has `hono` answer the scripts, to anybody: there is nothing in them that is not in the repository. */
  serve(hono: Hono<Env>): void {
    for (const [file, extents] of Object.entries(this.built.files)) {
      hono.get(this.address(file), (c) => {
        const coding = codingFor(c.req.header("accept-encoding") ?? null, (each) => extents[each] !== undefined);
        return answer(this.#bytes.subarray(...extents[coding]!), coding);
      });
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

function answer(bytes: Bytes, coding: Coding): Response {
  return new Response(bytes, {
    headers: {
      "content-type": "text/javascript; charset=utf-8",
      "cache-control": "public, max-age=31536000, immutable",
      "vary": "accept-encoding",
      ...(coding !== "" && { "content-encoding": coding }),
    },
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
