/** The command line of a sandbox process, and with it the rights it has. */

import { SimError } from "../../framework/mod.ts";
import { denoDir, fromFileUrl } from "../paths.ts";

/** Hidden subcommand with which a compiled executable becomes a sandbox process. */
export const CHILD_SUBCOMMAND = "__sandbox";

/** A path beside this file, without links: a worker may not import as text what it finds through one. */
function here(relative: string): string {
  const path = fromFileUrl(new URL(relative, import.meta.url));
  return Deno.build.standalone ? path : Deno.realPathSync(path);
}

/** What a sandbox process may touch. */
export interface ChildRights {
  readonly domainFolder: string;
  readonly runFolder: string | null;
  readonly maxMemoryMb: number;
}

/**
 * The command, not yet spawned. Under `deno run` the process reads the framework, the domain and the run's folder, and
 * writes the run's folder; it has no network, no environment, no other program, no foreign package. A compiled
 * executable starts itself and cannot be narrowed: there the worker's permissions are the fence.
 */
export function childCommand(rights: ChildRights): { spawn(): Deno.ChildProcess } {
  const read = [
    here("../../framework/"),
    rights.domainFolder,
    ...(rights.runFolder === null ? [] : [rights.runFolder]),
  ];
  const write = rights.runFolder === null ? [] : [rights.runFolder];
  const args = Deno.build.standalone ? [CHILD_SUBCOMMAND] : [
    "run",
    "--quiet",
    "--no-prompt",
    "--cached-only",
    "--frozen",
    `--config=${here("./sandbox.json")}`,
    `--lock=${here("./sandbox.lock")}`,
    "--ignore-env",
    // The guard inside measures resident memory and should speak first; this is the hard stop.
    `--v8-flags=--max-old-space-size=${Math.ceil(rights.maxMemoryMb * 1.25)}`,
    `--allow-read=${read.map(escapeComma).join(",")}`,
    ...(write.length > 0 ? [`--allow-write=${write.map(escapeComma).join(",")}`] : []),
    here("./child.ts"),
  ];
  const options: Deno.CommandOptions = {
    args,
    cwd: rights.runFolder ?? here("./"),
    clearEnv: true,
    env: {
      DENO_DIR: denoDir(),
      DENO_CACHE_DB_MODE: "memory",
      DENO_NO_UPDATE_CHECK: "1",
      DENO_NO_PROMPT: "1",
      NO_COLOR: "1",
      TZ: "UTC",
      ...(Deno.build.os === "windows" ? { SystemRoot: Deno.env.get("SystemRoot") ?? "" } : {}),
    },
    // Ctrl-C goes to the host alone, which lets the simulation finish its turn.
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  };
  return { spawn: () => spawnDeno(options) };
}

/** Starts this very Deno, or this executable. @throws {SimError} `no_deno` */
export function spawnDeno(options: Deno.CommandOptions): Deno.ChildProcess {
  if (Deno.build.standalone) return new Deno.Command(Deno.execPath(), options).spawn();
  // `--allow-run=deno` is a right to the name: the path behind it is not the same thing when it is a link.
  for (const program of ["deno", Deno.execPath()]) {
    try {
      return new Deno.Command(program, options).spawn();
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) continue;
      throw error;
    }
  }
  throw new SimError("no_deno", "a sandbox process cannot be started: there is no program 'deno' on the PATH", {
    hint: `add ${Deno.execPath().replace(/[^/\\]+$/, "")} to the PATH, or run llm-sim with --allow-run=deno`,
  });
}

/** In a list of paths a comma stands for itself when doubled. */
function escapeComma(path: string): string {
  return path.replaceAll(",", ",,");
}
