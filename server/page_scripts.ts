/** The scripts of pages for a server that starts: what was built, built anew when it is out of date. */

import { join } from "node:path";
import { ROOT } from "../runner/mod.ts";
import { islandName } from "./islands.tsx";
import type { Log } from "./log.ts";
import { isCurrent, islandFiles, sourceFiles } from "./script_sources.ts";
import { readBuilt, Scripts } from "./scripts.ts";

/** Folder of the islands. */
const ISLANDS = "islands";
/** Folder of the built scripts, which is not in the repository. */
export const BUILT_SCRIPTS: string = `${ISLANDS}/.built`;
/** The same for work on them. */
const DEV_SCRIPTS = `${ISLANDS}/.dev`;

/** Islands that are on every page. */
const SHELL = ["palette", "shell_tree", "theme_switch", "toasts", "tree_controls", "work_strip"];
/** Pages that have an editor from the start: what else is heavy does not come with it. */
const WITH_EDITOR = ["scenario_page"];

/** How scripts are built. */
export interface ScriptOptions {
  /** For work on them: readable, quick to build. */
  readonly dev?: boolean;
  /** Whether they are built though nothing has changed. */
  readonly always?: boolean;
  /** Called before they are built. */
  readonly building?: () => void;
}

/**
 * The scripts of this repository's islands; null in an executable that was compiled without.
 * @throws {SimError} `bundle_failed`
 */
export async function currentScripts({ dev = false, always, building }: ScriptOptions = {}): Promise<Scripts | null> {
  const out = dev ? DEV_SCRIPTS : BUILT_SCRIPTS;
  const folder = join(ROOT, out);
  if (Deno.build.standalone) return await Scripts.read(folder);
  const before = always === true ? null : await readBuilt(folder);
  if (before !== null && await isCurrent(before.sources, sourceFiles(ISLANDS, before.from), dev)) {
    const scripts = await Scripts.read(folder);
    if (scripts !== null) return scripts;
  }
  building?.();
  // Loaded when it is needed: the first page does not wait for it.
  const { bundle } = await import("./bundle.ts");
  const others = islandFiles(join(ROOT, ISLANDS)).map(islandName).filter((name) => !WITH_EDITOR.includes(name));
  await bundle({ islands: ISLANDS, out, dev, starts: [others, [...SHELL, ...WITH_EDITOR]] });
  return await Scripts.read(folder);
}

/** As {@linkcode currentScripts}; if they cannot be built the log says why, and pages are shown without. */
export async function scriptsForServer(log: Log, options: ScriptOptions = {}): Promise<Scripts | null> {
  try {
    return await currentScripts({ ...options, building: () => log.info("building the scripts of the pages…") });
  } catch (error) {
    log.failure("pages are shown without scripts", error);
    return null;
  }
}
