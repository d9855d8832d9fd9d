/** What somebody may ask, and a model do about it. */

import { assertEquals, assertTrue } from "../support/assert.ts";
import type { TestClient } from "./clients.ts";

const SCENARIOS = ["growth.yaml", "recession.yaml", "trade_war.yaml"];

/**
 * "Start 3 economic simulations comparing different scenarios." "Which one has the highest GDP after 50 turns?" "Is that
 * more than chance?"
 */
export async function dialogue(client: TestClient): Promise<void> {
  const { scenarios } = await client.value("list_scenarios", { repo: "economic" });
  const configs = scenarios.map(({ config }: { config: string }) => config);
  for (const config of SCENARIOS) assertTrue(configs.includes(`scenarios/economic/${config}`), configs.join());

  const started: string[] = [];
  for (const config of SCENARIOS) {
    const { run_id, status } = await client.value("start_simulation", {
      repo: "economic",
      config: `scenarios/${config}`,
      set: { "simulation.max_turns": 50 },
    });
    assertEquals(status, "queued");
    started.push(run_id);
  }

  const gdp = new Map<string, number>();
  for (const run_id of started) {
    const { status, ended } = await client.value("wait_for_simulation", { run_id });
    assertEquals([status, ended], ["completed", true]);
    const { turn, state_turn, global_state } = await client.value("get_simulation_status", { run_id });
    // A recession that is deep enough ends before.
    assertTrue(turn <= 50 && state_turn === turn, `${turn} ${state_turn}`);
    gdp.set(run_id, global_state.total_economic_value);
    const results = await client.value("get_simulation_results", { run_id });
    assertEquals(results.final_state.global_state.total_economic_value, global_state.total_economic_value);
  }
  const { simulations } = await client.value("list_simulations", { repo: "economic", status: "completed" });
  assertEquals(simulations.map(({ run_id }: { run_id: string }) => run_id), started.toReversed());

  const [highest] = [...gdp].toSorted(([, a], [, b]) => b - a)[0]!;
  assertEquals(highest, started[0], JSON.stringify([...gdp]));

  const { batch_id, status, metrics } = await client.value("run_batch", {
    arms: Object.fromEntries(
      SCENARIOS.slice(0, 2).map((config) => [config.replace(".yaml", ""), { repo: "economic", config }]),
    ),
    set: { "simulation.max_turns": 10 },
    seeds: "1..3",
    metrics: ["total_economic_value"],
    timeout_seconds: 120,
  });
  assertEquals([status, metrics[0].differences.length], ["completed", 1]);
  const { rows } = await client.value("query_runs", {
    sql: `select arm, avg(final_total_economic_value) from "${batch_id}" group by arm order by arm`,
  });
  const means = metrics[0].cells.map(({ mean }: { mean: number }) => mean);
  for (const [i, arm] of ["growth", "recession"].entries()) {
    assertEquals(rows[i][0], arm);
    assertTrue(Math.abs(rows[i][1] / means[i] - 1) < 1e-9, JSON.stringify([rows, means]));
  }
}
