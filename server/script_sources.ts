/** What the scripts of pages are built from. */

import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { ROOT } from "../runner/mod.ts";

/** What brings islands to life, below the root. */
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

/** What scripts are built from, as two texts of which each is the same when nothing has changed. */
export interface Sources {
  /** Of times and sizes of the files: quick, but a copy of the same files has another one. */
  readonly stamp: string;
  /** Of their contents. */
  readonly hash: string;
}

/**
 * All files that scripts are built from, below the root.
 * @param islands folder of the islands
 * @param from further modules, which the islands have brought in
 */
export function sourceFiles(islands: string, from: readonly string[]): string[] {
  const own = [...filesBelow(islands), ...filesBelow(dirname(BOOT)), "deno.json", "deno.lock"];
  return [...new Set([...own, ...from])];
}

/** Of the files and how they are built: looked at whenever a server starts. */
export function stampOf(files: readonly string[], dev: boolean): string {
  return digest(
    dev,
    files.map((file) => {
      const { mtime, size } = Deno.statSync(join(ROOT, file));
      return `${file} ${mtime?.getTime()} ${size}`;
    }),
  );
}

/** Of the contents of the files and how they are built. */
export async function hashOf(files: readonly string[], dev: boolean): Promise<string> {
  const texts = await Promise.all(files.map((file) => Deno.readTextFile(join(ROOT, file))));
  return digest(dev, files.flatMap((file, i) => [`${file} ${texts[i]!.length}`, texts[i]!]));
}

/** Whether what was built from `before` would be the same now. */
export async function isCurrent(before: Sources, files: readonly string[], dev: boolean): Promise<boolean> {
  try {
    return before.stamp === stampOf(files, dev) || before.hash === await hashOf(files, dev);
  } catch (error) {
    // A module that was used is not there any more.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

function digest(dev: boolean, parts: readonly string[]): string {
  const hash = createHash("sha256").update(`${Deno.version.deno} ${dev}`);
  for (const part of parts) hash.update(`\n${part}`);
  return hash.digest("hex").slice(0, 16);
}

function filesBelow(folder: string): string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.name.startsWith(".") || /_test\.tsx?$/.test(entry.name)) return [];
    return entry.isDirectory ? filesBelow(path) : [path];
  }).sort();
}
