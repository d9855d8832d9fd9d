// deno-lint-ignore-file no-console
/**
 * `deno task check`: format, lint, types, documentation, import rules; each named with its outcome, closing with
 * `N passed, N failed`. Exits 1 when one failed.
 */

import { ROOT } from "../runner/mod.ts";
import { importViolations } from "./import_rules.ts";

async function deno(args: string[]): Promise<string | null> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  return success ? null : new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

const ROOMS = [
  "main.ts",
  "framework",
  "runner",
  "server",
  "routes",
  "islands",
  "cli",
  "domains",
  "tests",
  "tools",
  "bench",
];

const checks: [name: string, check: () => Promise<string | null>][] = [
  ["fmt", () => deno(["fmt", "--check"])],
  ["lint", () => deno(["lint"])],
  ["types", () => deno(["check", ...ROOMS])],
  ["doc-lint", () => deno(["doc", "--lint", "framework/mod.ts"])],
  ["lock", () => deno(["install", "--frozen", "--entrypoint", "main.ts"])],
  ["import-rules", async () => (await importViolations(ROOT)).join("\n") || null],
];

let failed = 0;
for (const [name, check] of checks) {
  const problem = await check();
  console.log(`${problem === null ? "ok    " : "FAILED"}  ${name}`);
  if (problem === null) continue;
  failed++;
  console.log(problem);
}
console.log(`${checks.length - failed} passed, ${failed} failed`);
Deno.exit(failed > 0 ? 1 : 0);
