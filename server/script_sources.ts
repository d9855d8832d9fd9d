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

/** Hash of all that the scripts are built from. Quick: it is looked at whenever a server starts. */
export async function sourcesHash(islands: string, dev = false): Promise<string> {
  const files = [
    ...filesBelow(islands),
    ...filesBelow(dirname(BOOT)),
    "deno.json",
    "deno.lock",
  ];
  const texts = await Promise.all(files.map((file) => Deno.readFile(join(ROOT, file))));
  const hash = createHash("sha256").update(`${Deno.version.deno} ${dev}`);
  for (const [i, file] of files.entries()) hash.update(`\n${file} ${texts[i]!.length}\n`).update(texts[i]!);
  return hash.digest("hex").slice(0, 16);
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || /_test\.tsx?$/.test(entry.name)) return [];
    return entry.isDirectory ? filesBelow(path) : [path];
  }).sort();
}
