/** Which page the user means. */

import { basename, isAbsolute, join, relative, resolve } from "node:path";
import { didYouMean, SimError } from "../framework/mod.ts";
import type { App } from "../runner/mod.ts";
import { commandLine } from "./command_line.ts";

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
 * @throws {SimError} `unknown_notebook` with what there is, `bad_notebook_path`
 */
export async function findPage(app: App, given: string): Promise<Page> {
  const [root, file] = [notebooksRoot(app), resolve(given)];
  const below = belowRoot(root, file);
  if (isFile(file) && file.endsWith(".md")) {
    if (below !== null) return { path: below, file: shown(file) };
    return { path: basename(file), text: Deno.readTextFileSync(file), file: shown(file) };
  }
  const paths = (await app.notebooks.list()).map(({ path }) => path);
  const path = [given, `${given}.md`, ...(below === null ? [] : [below, `${below}.md`])]
    .find((each) => paths.includes(each));
  if (path !== undefined) return { path, file: shown(join(root, path)) };
  if (isFile(file)) {
    throw new SimError("bad_notebook_path", `${shown(file)} is no notebook: its name does not end in .md`, {
      hint: `${commandLine(["notebooks", "list"])} shows what there is`,
    });
  }
  throw new SimError("unknown_notebook", `there is no notebook '${given}'`, {
    hint: paths.length === 0
      ? `there are none yet: ${commandLine(["notebooks", "new", "--help"])}`
      : didYouMean(below ?? given, paths),
  });
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
