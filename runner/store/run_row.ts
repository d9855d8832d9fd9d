/** What a list says of a run. */

import type { Manifest } from "./manifest.ts";
import type { RunRow } from "./pages.ts";

/** The row of a run. */
export function runRow(manifest: Manifest): RunRow {
  const { run_id, status, repo, turn, max_turns, created_at, labels, validity, cost, parent, seed } = manifest;
  return {
    run_id,
    status,
    repo,
    current_turn: turn,
    max_turns,
    // Manifests of older versions do not say it.
    name: manifest.name ?? run_id.replace(/_\d+agents_\d{8}_\d{6}_\d+$/, ""),
    created_at,
    started_at: manifest.started_at ?? null,
    ended_at: manifest.ended_at ?? null,
    scenario_path: manifest.scenario_path ?? null,
    labels,
    validity: validity.state,
    cost_usd: cost.usd,
    parent: parent ? { run_id: parent.run_id, turn: parent.turn } : null,
    seed,
    batch_id: manifest.batch_id ?? null,
  };
}
