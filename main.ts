/** The command line: `run`, `validate`, `runs`, `resume`, `fork`, `replay`, `export`, `domains`, `schema`, `compile`. */

import { enterInitialFolder, runProgram } from "./cli/mod.ts";

if (import.meta.main) {
  if (Deno.args[0] === "__sandbox") {
    // A compiled executable has no `deno run` to start a sandbox with: it starts itself, and becomes the child here.
    const { serveChild } = await import("./runner/sandbox/child.ts");
    await serveChild();
  }
  enterInitialFolder();
  Deno.exit(await runProgram(Deno.args));
}
