/** Text files below a folder: none outside of it is reached, whatever a path or a link says; a file on disk is always whole. */

import { basename, dirname, join, sep as SEPARATOR } from "node:path";
import type { SimError } from "../framework/mod.ts";

/** What is thrown for a path that leads out of the folder. */
export type LeadsOut = () => SimError;

/** The real path of a file below `root`; null: there is none. @throws `leadsOut()` if it is elsewhere */
export function fileBelow(root: string, path: string, leadsOut: LeadsOut): string | null {
  try {
    const real = Deno.realPathSync(join(root, path));
    if (!isWithin(real, Deno.realPathSync(root))) throw leadsOut();
    return Deno.statSync(real).isFile ? real : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

/** Where a file is to be written: the folders on the way are made. @throws `leadsOut()` if it would be elsewhere */
export function placeBelow(root: string, path: string, leadsOut: LeadsOut): string {
  const there = fileBelow(root, path, leadsOut);
  if (there !== null) return there;
  Deno.mkdirSync(root, { recursive: true });
  const realRoot = Deno.realPathSync(root);
  let folder = realRoot;
  for (const step of path.split("/").slice(0, -1)) {
    const next = join(folder, step);
    try {
      folder = Deno.realPathSync(next);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
      Deno.mkdirSync(next);
      folder = next;
    }
    if (!isWithin(folder, realRoot)) throw leadsOut();
  }
  return join(folder, basename(path));
}

/** Replaces a file: written beside it, then renamed. */
export function replaceFile(file: string, text: string): void {
  const temporary = join(dirname(file), `.${basename(file)}.${crypto.randomUUID()}.tmp`);
  try {
    Deno.writeTextFileSync(temporary, text);
    const mode = modeOf(file);
    if (mode !== null && Deno.build.os !== "windows") Deno.chmodSync(temporary, mode);
    Deno.renameSync(temporary, file);
  } catch (error) {
    try {
      Deno.removeSync(temporary);
    } catch {
      // It was not even made.
    }
    throw error;
  }
}

/** The text of a file; null: it is not UTF-8. */
export function utf8Of(file: string): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Deno.readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** Whether an error of the system says that a file cannot be written where it is to be. */
export function isNotWritable(error: unknown): boolean {
  const code = (error as { code?: string } | null)?.code;
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotADirectory ||
    ["EROFS", "EACCES", "ENOSPC", "ENOTDIR"].includes(code ?? "");
}

/** Work on files, one after another: between looking at a file and replacing it nobody of this process does so too. */
export class FileTurns {
  /** Settles when the work that came last to a path is done. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Does it when all that was to be done with this path before is done. */
  async take<T>(path: string, work: () => T | Promise<T>): Promise<T> {
    const before = this.#last.get(path) ?? Promise.resolve();
    const mine = before.then(work);
    const settled = mine.then(() => {}, () => {});
    this.#last.set(path, settled);
    settled.then(() => {
      if (this.#last.get(path) === settled) this.#last.delete(path);
    });
    return await mine;
  }
}

function modeOf(file: string): number | null {
  try {
    const { mode } = Deno.statSync(file);
    return mode === null ? null : mode & 0o777;
  } catch {
    return null;
  }
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith(SEPARATOR) ? root : `${root}${SEPARATOR}`);
}
