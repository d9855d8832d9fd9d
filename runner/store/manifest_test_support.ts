/** Manifests for tests. */

import type { Manifest, RunStatus } from "./manifest.ts";

/** A manifest of this status. */
export function manifestOf(status: RunStatus, facts: Partial<Manifest> = {}): Manifest {
  return {
    format: 1,
    run_id: "run_2agents_20260101_000000_01",
    repo: "economic",
    content_key: "0".repeat(64),
    engine_version: "0.1.0",
    status,
    history: [{ at: "2026-01-01T00:00:00.000Z", status, turn: 0 }],
    created_at: "2026-01-01T00:00:00.000Z",
    turn: 0,
    max_turns: 10,
    seed: 1,
    sample: 0,
    labels: {},
    validity: { state: "valid", reasons: [] },
    cost: { usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, reused_calls: 0 },
    models: [],
    process: { host: "1-abc", pid: 1 },
    ...facts,
  };
}
