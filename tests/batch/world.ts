/** Batches of tests: small scenarios, and what is checked of every batch. */

import type { App, BatchRow, BatchSpec } from "../../runner/mod.ts";
import { assertEquals } from "../support/assert.ts";
import { world, type WorldOptions } from "../durability/world.ts";
import { parse } from "yaml";

/** Two nations that grow for five turns; nothing is drawn. */
export const GROWING = {
  domain: "economic",
  simulation: { name: "growing", max_turns: 5 },
  engine: { type: "economic", interest_rate: 0.05 },
  validator: { type: "always_valid" },
  agents: [
    { name: "A", type: "nation", initial_economic_strength: 100 },
    { name: "B", type: "nation", initial_economic_strength: 50 },
  ],
  state_variables: {
    agent_vars: { economic_strength: { type: "float", default: 0 } },
    global_vars: { total_economic_value: { type: "float", default: 0 } },
  },
  metrics: { reporters: { total: { sum: "economic_strength" } } },
} as const;

/** The scenario of the fixture domain `slow_writer`, in place. */
export function writing(options: WorldOptions): NonNullable<BatchSpec["scenario"]> {
  return parse(world(options));
}

/** Plays a batch to its end, or until it stands still. */
export async function played(app: App, spec: BatchSpec): Promise<{ id: string; rows: BatchRow[] }> {
  const { id } = await app.batches.start({ spec });
  await app.batches.wait(id);
  return { id, rows: await app.batches.results(id) };
}

/** That every member of a batch has a run of its own, that all are complete, and that there are no others. */
export async function assertPlayedOnce(app: App, id: string): Promise<void> {
  const rows = await app.batches.results(id);
  assertEquals(rows.filter(({ status }) => status !== "completed"), []);
  const runs = rows.map(({ run_id }) => run_id!);
  assertEquals(new Set(runs).size, runs.length, "a run for every member");
  assertEquals((await app.list()).runs.map(({ run_id }) => run_id).toSorted(), runs.toSorted());
}
