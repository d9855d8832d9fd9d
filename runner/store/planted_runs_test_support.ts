/** Runs of long ago, as far as lists show them: for tests and benchmarks that need many. */

import type { Manifest } from "./manifest.ts";
import { manifestOf } from "./manifest_test_support.ts";

/** Puts so many manifests where runs have theirs, a second of one day apart; the last is the newest. @param facts of run `i` */
export function plantRuns(output: string, runs: number, facts: (i: number) => Partial<Manifest>): void {
  for (let i = 0; i < runs; i++) {
    const run_id = `old_1agents_20250101_000000_${String(i).padStart(5, "0")}`;
    const created_at = new Date(Date.UTC(2025, 0, 1) + i * 1000).toISOString();
    const manifest = manifestOf("completed", {
      ...{ run_id, created_at, started_at: created_at, name: `old ${i}`, turn: 10 },
      ended_at: new Date(Date.parse(created_at) + 65_000).toISOString(),
      ...facts(i),
    });
    Deno.mkdirSync(`${output}/${run_id}`, { recursive: true });
    Deno.writeTextFileSync(`${output}/${run_id}/manifest.json`, JSON.stringify(manifest));
  }
}
