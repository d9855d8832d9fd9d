/** `result.json`, and the plan by which a run is played. */

import { type Json, type JsonObject, newStats, type RunStats } from "../framework/mod.ts";
import type { PlanStretch } from "./sandbox/mod.ts";
import type { Manifest, RunConfig, RunStore, StoredState } from "./store/mod.ts";

/** The stretches of a run: those it inherits from its parents, then its own. */
export function playPlan(config: RunConfig, { seed, sample }: Pick<Manifest, "seed" | "sample">): PlanStretch[] {
  const { files: _files, settings: _settings, initial_state: _initial, inherited, ...scenario } = config;
  return [...inherited, { until: null, scenario, seed, sample }];
}

/**
 * What an ended run leaves (`formats.md` 2.2): llm-sim's `{run_metadata, final_state, checkpoints, summary_stats}`,
 * and why it ended, how far it can be trusted, what it cost, and its last metrics.
 */
export async function runResult(
  store: RunStore,
  manifest: Manifest,
  stats: RunStats | null,
  metrics: JsonObject,
  termination_reason: string,
): Promise<JsonObject> {
  const { run_id } = manifest;
  const config = await store.config(run_id);
  const final = await store.state(run_id);
  // A run that was killed could not say its totals; its last checkpoint knows them up to there.
  const totals = stats ?? final?.stats ?? newStats();
  const judged = totals.validated + totals.rejected;
  return {
    run_metadata: {
      run_id,
      simulation_name: config.simulation.name,
      num_agents: final ? numberOfAgents(final) : 0,
      start_time: manifest.started_at ?? manifest.created_at,
      end_time: new Date().toISOString(),
      checkpoint_interval: config.simulation.checkpoint_interval,
    },
    termination_reason,
    validity: { ...manifest.validity },
    cost: manifest.cost as unknown as JsonObject,
    metrics,
    final_state: final ? finalState(final) : null,
    checkpoints: await store.checkpoints(run_id),
    summary_stats: {
      validation: {
        total_validated: totals.validated,
        total_rejected: totals.rejected,
        acceptance_rate: judged === 0 ? 0 : totals.validated / judged,
      },
      decisions: totals.decisions,
      failed_decisions: totals.failed_decisions,
      total_turns: totals.turns,
      final_turn: final?.turn ?? 0,
      ...(totals.initial_value !== null && { initial_value: totals.initial_value }),
      ...(totals.final_value !== null && { final_value: totals.final_value }),
    },
  };
}

function numberOfAgents({ state, populations }: StoredState): number {
  return Object.values(populations).reduce((sum, { rows }) => sum + rows, Object.keys(state.agents).length);
}

/** Of populations it says what there is and which file in `checkpoints/` holds the columns. */
function finalState({ state, populations }: StoredState): JsonObject {
  const isEmpty = Object.keys(populations).length === 0;
  return { ...state, ...(!isEmpty && { populations }) } as unknown as JsonObject;
}

/** The metrics in the last row of `global.jsonl`, for a run that could not say them itself. */
export async function lastMetrics(store: RunStore, runId: string): Promise<JsonObject> {
  let last: JsonObject = {};
  for await (const row of store.rows(runId, "global")) last = row;
  const metrics: Record<string, Json> = {};
  for (const [column, value] of Object.entries(last)) {
    if (column.startsWith("metric.")) metrics[column.slice("metric.".length)] = value;
  }
  return metrics;
}
