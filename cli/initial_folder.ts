/** Where the user is. */

import { isAbsolute, relative } from "node:path";
import { ROOT } from "../runner/mod.ts";

/**
 * `deno task` runs in the folder of `deno.json`. Whoever calls it from a folder below that one means the paths that they
 * type from there, so that is where the program goes.
 */
export function enterInitialFolder(): void {
  const folder = Deno.env.get("INIT_CWD");
  if (Deno.build.standalone || folder === undefined || !isBelowRoot(folder) || Deno.cwd() !== ROOT) return;
  try {
    Deno.chdir(folder);
  } catch (error) {
    // It has been removed since.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Whether `folder` lies in a folder of the repository. */
export function isBelowRoot(folder: string): boolean {
  const below = relative(ROOT, folder);
  return below !== "" && !isAbsolute(below) && below.split(/[/\\]/)[0] !== "..";
}
