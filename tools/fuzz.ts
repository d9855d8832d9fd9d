// deno-lint-ignore-file no-console
/**
 * `deno task fuzz [ROUNDS]`: runs every property test with a new seed each round and ten times as many examples. Exits 1
 * at the first failure, naming the seed that shows it again.
 */

import { ROOT } from "../runner/mod.ts";

const rounds = Number(Deno.args[0] ?? 10);
const { stdout } = await new Deno.Command("git", {
  args: ["grep", "-l", "support/properties.ts", "--", "*_test.ts"],
  cwd: ROOT,
}).output();
const files = new TextDecoder().decode(stdout).trim().split("\n");
for (let round = 1; round <= rounds; round++) {
  const seed = String(crypto.getRandomValues(new Int32Array(1))[0]!);
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--no-check", "--allow-all", ...files],
    cwd: ROOT,
    env: { NO_COLOR: "1", PROPERTY_SEED: seed, PROPERTY_RUNS: "2000" },
    stdin: "null",
    stderr: "null",
  }).output();
  if (!success) {
    console.log(new TextDecoder().decode(stdout));
    console.log(`failed with PROPERTY_SEED=${seed} PROPERTY_RUNS=2000`);
    Deno.exit(1);
  }
  console.log(`round ${round} of ${rounds}: ${files.length} files passed with seed ${seed}`);
}
