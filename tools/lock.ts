/**
 * `deno task lock`: renews `deno.lock`, and `runner/sandbox/sandbox.lock`, which names the only packages that domain
 * code can load. Run it after a change of dependencies; commit both.
 */

import { join } from "node:path";
import { ROOT } from "../runner/mod.ts";

async function deno(...args: string[]): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdin: "null" }).spawn().status;
  if (!success) Deno.exit(1);
}

const sandboxLock = join(ROOT, "runner/sandbox/sandbox.lock");
await Deno.remove(sandboxLock).catch((error) => {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
});
await deno(
  "cache",
  "--config=runner/sandbox/sandbox.json",
  `--lock=${sandboxLock}`,
  "runner/sandbox/child.ts",
  "framework/worker/boot.ts",
  "framework/mod.ts",
);
// All that deno.json names, what only browsers load too: `deno install --frozen` wants nothing more.
await deno("install", "--frozen=false");
await deno(
  "install",
  "--frozen=false",
  "--entrypoint",
  "main.ts",
  "tools/run_tests.ts",
  "bench/main.ts",
  // The process of a query.
  "runner/sql/worker.ts",
  // Programs that tests start.
  "tests/mcp/suite_2025.ts",
  "tests/mcp/suite_2026.ts",
);
