/**
 * Files of notebooks: Markdown below one folder. A file on disk is always whole; none outside of the folder is read or
 * written, whatever a path or a link says.
 */

import { basename, join } from "node:path";
import { sha256, SimError } from "../../framework/mod.ts";
import { fileBelow, FileTurns, isNotWritable, placeBelow, replaceFile, utf8Of } from "../text_files.ts";
import { NotebookConflict } from "./errors.ts";
import { readFront } from "./page/front.ts";
import { Lines } from "./page/lines.ts";
import type { merge } from "./page/mod.ts";
import type { NotebookFile } from "./view.ts";

/** A notebook's text as it lies on disk. */
export interface NotebookText {
  readonly path: string;
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly hash: string;
  /** Whether the file cannot be written where it lies: saving copies it to the working folder. */
  readonly readonly: boolean;
}

/** On what condition a file is replaced. */
export interface WriteCondition {
  /** Hash of the file that the draft was made from; null: there must be none. */
  readonly ifMatch: string | null;
  /** The text that the draft was made from: what was changed on disk meanwhile is merged with the draft. */
  readonly base?: string;
}

/** What is on disk after writing. */
export interface Written {
  readonly hash: string;
  readonly text: string;
  /** Whether changes that somebody else has made are in it. */
  readonly merged: boolean;
}

/** Bytes of a notebook. */
export const MOST_BYTES = 5 << 20;

/** Characters of a path, how deep it may lead, and files that are listed. */
const LONGEST_PATH = 300;
const DEEPEST = 8;
const MOST_FILES = 5000;

/** A file as it was found. */
interface Known {
  /** Of its time and size. */
  readonly stamp: string;
  readonly hash: string;
  /** As its front matter says; null: the page itself has to be read for it. */
  title: string | null;
}

/** Notebooks of one folder. Nothing that reads whole pages is loaded before it is needed: every page lists notebooks. */
export class NotebookFiles {
  /** Where they are; it need not exist. */
  readonly root: string;
  readonly #embedded: string | null;
  /** By real path, as long as a file stays as it is. */
  readonly #known = new Map<string, Known>();
  readonly #turns = new FileTurns();

  /** @param embedded a second folder, of notebooks that cannot be written: one of the first in its place stands before it */
  constructor(root: string, embedded: string | null = null) {
    this.root = root;
    this.#embedded = embedded;
  }

  /** All notebooks, sorted by path; what cannot be read is left out. */
  async list(): Promise<NotebookFile[]> {
    const found = this.#found();
    const untitled = [...found.values()].filter(({ known }) => known.title === null);
    if (untitled.length > 0) {
      const { parsePage } = await import("./page/parse.ts");
      for (const { file: { path }, known } of untitled) {
        known.title = parsePage(this.#textOf(path)).title || nameOf(path);
      }
    }
    return [...found.values()].map(({ file, known: { title } }) => ({ ...file, title: title! }))
      .sort((a, b) => a.path < b.path ? -1 : 1);
  }

  /** Paths with hashes, of all that can be read. */
  hashes(): Map<string, string> {
    return new Map(this.#found().values().map(({ file: { path, hash } }) => [path, hash]));
  }

  /** A notebook's text. @throws {SimError} `unknown_notebook`, `bad_notebook_path`, `notebook_too_large`, `not_text` */
  read(path: string): NotebookText {
    assertPath(path);
    for (const root of this.#roots()) {
      const real = realFile(root, path);
      if (real === null) continue;
      const text = readText(real, path);
      return { path, text, hash: sha256(text), readonly: root !== this.root };
    }
    const near = [...this.#found().keys()].sort();
    throw new SimError("unknown_notebook", `there is no notebook '${path}'`, {
      hint: near.length === 0 ? "there are none yet" : `there are: ${near.slice(0, 12).join(", ")}`,
    });
  }

  /** Whether there is a notebook, written or embedded. @throws {SimError} `bad_notebook_path` */
  has(path: string): boolean {
    assertPath(path);
    return this.#roots().some((root) => realFile(root, path) !== null);
  }

  /** As {@linkcode Notebooks.write}. */
  async write(path: string, text: string, condition: WriteCondition): Promise<Written> {
    assertPath(path);
    assertSmall(text, path);
    const { merge } = await import("./page/merge.ts");
    return await this.#inTurn(path, () => this.#write(path, text, condition, merge));
  }

  /** As {@linkcode Notebooks.remove}. */
  async remove(path: string, { ifMatch }: { readonly ifMatch: string }): Promise<void> {
    await this.#inTurn(path, () => {
      const present = this.#writable(path);
      if (present.hash !== ifMatch) throw changed(path, present);
      Deno.removeSync(realFile(this.root, path)!);
    });
  }

  /** As {@linkcode Notebooks.rename}. */
  async rename(path: string, to: string): Promise<NotebookText> {
    assertPath(to);
    return await this.#inTurn(path, () => {
      const { text } = this.#writable(path);
      if (this.has(to)) {
        throw new SimError("notebook_exists", `there is a notebook '${to}' already`, { hint: "take another name" });
      }
      replaceFile(placeFor(this.root, to), text);
      Deno.removeSync(realFile(this.root, path)!);
      return this.read(to);
    });
  }

  #write(path: string, text: string, { ifMatch, base }: WriteCondition, mergeTexts: typeof merge): Written {
    const present = this.has(path) ? this.read(path) : null;
    const isAsMeant = present === null ? ifMatch === null : present.hash === ifMatch;
    if (!isAsMeant && ifMatch === null && base === undefined) throw changed(path, present, "is there already");
    const merged = isAsMeant ? null : mergedText(path, { mine: text, base, present, merge: mergeTexts });
    const after = merged ?? text;
    if (present === null || present.readonly || present.text !== after) {
      assertSmall(after, path);
      replaceFile(placeFor(this.root, path), after);
    }
    return { hash: sha256(after), text: after, merged: merged !== null && merged !== text };
  }

  /** @throws {SimError} `unknown_notebook`, `notebook_not_writable` */
  #writable(path: string): NotebookText {
    const present = this.read(path);
    if (!present.readonly) return present;
    throw new SimError("notebook_not_writable", `notebook '${path}' is part of the program`, {
      hint: "saving makes a copy of it in the working folder",
    });
  }

  async #inTurn<T>(path: string, work: () => T): Promise<T> {
    try {
      return await this.#turns.take(path, work);
    } catch (error) {
      throw asWriteError(error, path);
    }
  }

  #roots(): string[] {
    return this.#embedded === null ? [this.root] : [this.root, this.#embedded];
  }

  /** What there is by path, whatever its title. */
  #found(): Map<string, { readonly file: Omit<NotebookFile, "title">; readonly known: Known }> {
    const found = new Map<string, { readonly file: Omit<NotebookFile, "title">; readonly known: Known }>();
    for (const root of [this.#embedded, this.root]) {
      if (root === null) continue;
      for (const path of markdownFiles(root)) {
        const file = this.#file(root, path);
        if (file !== null) found.set(path, file);
      }
    }
    return found;
  }

  /** Its text, or nothing if it has gone meanwhile. */
  #textOf(path: string): string {
    try {
      return this.read(path).text;
    } catch (error) {
      if (error instanceof SimError || error instanceof Deno.errors.NotFound) return "";
      throw error;
    }
  }

  #file(root: string, path: string): { readonly file: Omit<NotebookFile, "title">; readonly known: Known } | null {
    const real = realFile(root, path);
    if (real === null) return null;
    try {
      const { mtime, size, ino } = Deno.statSync(real);
      const stamp = `${mtime?.getTime()}:${size}:${ino}`;
      let known = this.#known.get(real);
      if (known?.stamp !== stamp) {
        const text = readText(real, path);
        known = { stamp, title: readFront(new Lines(text)).front?.title || null, hash: sha256(text) };
        this.#known.set(real, known);
      }
      const modified_at = (mtime ?? new Date(0)).toISOString();
      const file = { path, hash: known.hash, modified_at, bytes: size, readonly: root !== this.root };
      return { file, known };
    } catch (error) {
      // Too large, no text, or just gone: whoever asks for it by its path is told.
      if (error instanceof SimError || error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }
}

/** What a notebook is called that has no title. */
function nameOf(path: string): string {
  return basename(path, ".md");
}

interface Texts {
  readonly mine: string;
  readonly base: string | undefined;
  readonly present: NotebookText | null;
  readonly merge: typeof merge;
}

/** The draft with what was changed on disk. @throws {NotebookConflict} */
function mergedText(path: string, { mine, base, present, merge }: Texts): string {
  if (present !== null && present.text === mine) return mine;
  if (present === null || base === undefined) throw changed(path, present);
  const result = merge(base, mine, present.text);
  if ("text" in result) return result.text;
  throw new NotebookConflict("notebook_conflict", `notebook '${path}' was changed in the same lines on disk`, {
    disk: present.text,
    hash: present.hash,
    regions: result.conflicts.map(({ base, mine, disk, line, cell }) => ({ base, mine, disk, line, cell })),
    hint: "take one of the two, or both, and write that with the hash of the file on disk",
  });
}

function changed(
  path: string,
  present: NotebookText | null,
  what = present === null ? "is not there any more" : "is another one now",
): NotebookConflict {
  return new NotebookConflict("notebook_changed", `notebook '${path}' ${what}`, {
    disk: present?.text ?? null,
    hash: present?.hash ?? null,
    hint: present === null
      ? "write it as a new one (ifMatch: null)"
      : "read it again, or give the text that the draft was made from: then both are merged",
  });
}

/** @throws {SimError} `bad_notebook_path` */
export function assertPath(path: string): void {
  const refuse = (why: string): never => {
    throw new SimError("bad_notebook_path", `'${path.slice(0, 200)}' cannot be the path of a notebook: ${why}`, {
      hint: "write it as economic/policy.md: letters, digits, '_', '-', '.' and spaces, ending in .md",
    });
  };
  if (path.length > LONGEST_PATH) refuse(`it is longer than ${LONGEST_PATH} characters`);
  if (!path.endsWith(".md")) refuse("it does not end in .md");
  const steps = path.split("/");
  if (steps.length > DEEPEST) refuse(`it leads deeper than ${DEEPEST} folders`);
  for (const step of steps) {
    if (step === "" || step === "." || step === "..") refuse("it is not a plain path below the folder of notebooks");
    if (step.startsWith(".")) refuse("it leads to hidden files");
    if (!/^[\p{L}\p{N}\p{M}_.() -]+$/u.test(step) || step !== step.trim()) refuse(`'${step}' is no plain name`);
  }
}

function assertSmall(text: string, path: string): void {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > MOST_BYTES) throw tooLarge(path, bytes);
}

function tooLarge(path: string, bytes: number): SimError {
  const size = (bytes / 2 ** 20).toFixed(1);
  return new SimError("notebook_too_large", `notebook '${path}' has ${size} MiB; ${MOST_BYTES >> 20} are allowed`, {
    hint: "split it, and keep data in files of its own",
  });
}

function readText(real: string, path: string): string {
  const { size } = Deno.statSync(real);
  if (size > MOST_BYTES) throw tooLarge(path, size);
  const text = utf8Of(real);
  if (text === null) {
    throw new SimError("not_text", `notebook '${path}' is not UTF-8 text`, { hint: "save it as UTF-8" });
  }
  return text;
}

/** The real path of a file below `root`; null: there is none. @throws {SimError} `bad_notebook_path` if it leads out */
function realFile(root: string, path: string): string | null {
  return fileBelow(root, path, () => leadsOut(path));
}

/** Where a file is to be written: the folders on the way are made. @throws {SimError} `bad_notebook_path` if it leads out */
function placeFor(root: string, path: string): string {
  return placeBelow(root, path, () => leadsOut(path));
}

function asWriteError(error: unknown, path: string): unknown {
  if (error instanceof SimError) return error;
  if (!isNotWritable(error)) return error;
  const message = `notebook '${path}' cannot be written: ${(error as Error).message}`;
  return new SimError("notebook_not_writable", message, { cause: error, hint: "look at the folder of notebooks" });
}

function leadsOut(path: string): SimError {
  return new SimError("bad_notebook_path", `'${path}' leads out of the folder of notebooks`, {
    hint: "a link may lead to a file below that folder only",
  });
}

/** Paths of the Markdown files below a folder. */
function markdownFiles(root: string): string[] {
  const found: string[] = [];
  const look = (folder: string, depth: number) => {
    for (const { name, isDirectory } of entries(join(root, folder))) {
      if (name.startsWith(".") || name === "node_modules" || found.length >= MOST_FILES) continue;
      const path = folder === "" ? name : `${folder}/${name}`;
      if (isDirectory && depth < DEEPEST) look(path, depth + 1);
      else if (name.endsWith(".md") && isAllowed(root, path)) found.push(path);
    }
  };
  look("", 1);
  return found;
}

function isAllowed(root: string, path: string): boolean {
  try {
    assertPath(path);
    return realFile(root, path) !== null;
  } catch (error) {
    if (error instanceof SimError) return false;
    throw error;
  }
}

function entries(folder: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  } catch {
    // Not there, or not for this user: there is nothing to list.
    return [];
  }
}
