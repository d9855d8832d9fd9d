/** Which page the user means. */

import { basename, isAbsolute, join, relative, resolve } from "node:path";
import type { App } from "../runner/mod.ts";

/** A page. */
export interface Page {
  /** Below the folder of notebooks, or the name of a file elsewhere. */
  readonly path: string;
  /** Of a file elsewhere: what is in it. */
  readonly text?: string;
  /** Where it lies, for messages. */
  readonly file: string;
}

/**
 * The page that `given` means: a file from here, or a path below the folder of notebooks, with or without `.md`. A file
 * elsewhere is taken as it is.
 * @throws {SimError} `unknown_notebook` with what there is
 */
export async function findPage(app: App, given: string): Promise<Page> {
  const { notebooks } = app;
  const [root, file] = [notebooksRoot(app), resolve(given)];
  const below = belowRoot(root, file);
  if (below !== null && isFile(file)) return { path: below, file: shown(file) };
  const paths = (await notebooks.list()).map(({ path }) => path);
  const path = [given, `${given}.md`].find((each) => paths.includes(each));
  if (path !== undefined) return { path, file: shown(join(root, path)) };
  if (isFile(file)) return { path: basename(file), text: Deno.readTextFileSync(file), file: shown(file) };
  // It says what there is instead.
  const read = await notebooks.read(below ?? given);
  return { path: read.path, file: shown(join(root, read.path)) };
}

/** A path for a new page: a file from here that lies in the folder of notebooks, or a path below that. */
export function newPath(app: App, given: string): string {
  const path = belowRoot(notebooksRoot(app), resolve(given)) ?? given.replaceAll("\\", "/");
  return path.endsWith(".md") ? path : `${path}.md`;
}

/** The folder of notebooks. */
export function notebooksRoot({ config: { folder, notebooks_root = "notebooks" } }: App): string {
  return resolve(folder, notebooks_root);
}

function belowRoot(root: string, file: string): string | null {
  const below = relative(root, file);
  return below === "" || isAbsolute(below) || below.split(/[/\\]/)[0] === ".." ? null : below.replaceAll("\\", "/");
}

/** A path as somebody in the current folder would write it. */
function shown(path: string): string {
  const below = relative(Deno.cwd(), path);
  return below.split(/[/\\]/)[0] === ".." ? path : below;
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    // Whatever keeps it from being one: it is none.
    return false;
  }
}
