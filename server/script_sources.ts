/** What the scripts of pages are built from. */

import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { ROOT } from "../runner/mod.ts";

/** The script that starts islands, below the root. */
export const BOOT = "server/client/boot.ts";

/** Paths of the islands below their folder, from `/`, sorted: `/run/view.tsx`. Names with `_` are for their parts. */
export function islandFiles(folder: string, below = ""): string[] {
  return [...Deno.readDirSync(folder + below)].flatMap((entry) => {
    const path = `${below}/${entry.name}`;
    if (/^[._]/.test(entry.name)) return [];
    if (entry.isDirectory) return islandFiles(folder, path);
    return /(?<!_test)\.tsx$/.test(entry.name) ? [path] : [];
  }).sort();
}

/**
 * Hash of all that scripts are built from. Quick: it is looked at whenever a server starts.
 * @param islands folder of the islands, below the root
 * @param from further modules, below the root, which the islands have brought in
 */
export async function sourcesHash(islands: string, from: readonly string[], dev: boolean): Promise<string> {
  const own = [...filesBelow(islands), ...filesBelow(dirname(BOOT)), "deno.json", "deno.lock"];
  const files = [...new Set([...own, ...from])];
  const texts = await Promise.all(files.map((file) => readFile(join(ROOT, file))));
  const hash = createHash("sha256").update(`${Deno.version.deno} ${dev}`);
  for (const [i, file] of files.entries()) hash.update(`\n${file} ${texts[i]!.length}\n`).update(texts[i]!);
  return hash.digest("hex").slice(0, 16);
}

/** Nothing for what is not there any more: that is another hash too. */
async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return new Uint8Array();
    throw error;
  }
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || /_test\.tsx?$/.test(entry.name)) return [];
    return entry.isDirectory ? filesBelow(path) : [path];
  }).sort();
}
