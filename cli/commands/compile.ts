/** `compile`: a single executable. */

import { join, relative, resolve } from "node:path";
import { SimError } from "../../framework/mod.ts";
import { ROOT } from "../../runner/mod.ts";
import { manifest } from "../../routes/mod.ts";
import { BUILT_SCRIPTS, currentScripts } from "../../server/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import type { Terminal } from "../terminal.ts";

/** Modules that are not reached from `main.ts` by imports, but by URL inside the sandbox. */
export function sandboxModules(): string[] {
  const domains = [...Deno.readDirSync(join(ROOT, "domains"))].filter((entry) => entry.isDirectory)
    .map((entry) => `domains/${entry.name}/mod.ts`).sort();
  return ["framework/worker/prelude.ts", "framework/worker/boot.ts", ...domains];
}

/** Modules that are not reached by imports either: pages and endpoints, which are found when they are asked for. */
export function routeModules(): string[] {
  const files = Object.entries(manifest.lazy ?? {});
  const islands = files.flatMap(([, route]) => Object.keys(route.islands ?? {}).map((file) => `islands${file}`));
  return [...new Set([...files.map(([file]) => `routes${file}`), ...islands])].sort();
}

/** Builds the executable with `deno compile`. */
export async function compile(terminal: Terminal, options: CommonOptions & { out?: string }): Promise<number> {
  if (Deno.build.standalone) {
    throw new SimError("compiled_already", "this is a compiled executable; compile runs from the sources");
  }
  const out = options.out ?? (Deno.build.os === "windows" ? "llm-sim.exe" : "llm-sim");
  await currentScripts({ building: () => terminal.note("building the scripts of the pages…") });
  const command = new Deno.Command("deno", {
    cwd: ROOT,
    args: [
      "compile",
      "--no-check",
      "--allow-read",
      "--allow-write",
      "--allow-net",
      "--allow-env",
      "--allow-run",
      "--exclude-unused-npm",
      ...[...sandboxModules(), ...routeModules()].flatMap((module) => ["--include", module]),
      "--include",
      "scenarios",
      "--include",
      "notebooks",
      "--include",
      BUILT_SCRIPTS,
      "--output",
      relative(ROOT, resolve(out)),
      "main.ts",
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  terminal.note(said.trim());
  if (!success) {
    const offline = /denort|dl\.deno\.land/.test(said);
    throw new SimError("compile_failed", "deno compile failed", {
      hint: offline
        ? "it downloads its runtime from dl.deno.land; without that, set DENORT_BIN to a denort of this version"
        : "see the lines above",
    });
  }
  terminal.document({ file: out });
  terminal.print(out);
  return EXIT.ok;
}
