import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import type { Json, JsonObject } from "../../framework/mod.ts";
import { finalMetrics, fingerprintOf, yesNoMetrics } from "./view.ts";

/** What a run leaves. */
function result(change: { readonly output?: Json; readonly strength?: number; readonly extra?: JsonObject } = {}) {
  const { output = 5, strength = 2, extra = {} } = change;
  return {
    run_metadata: { run_id: "r1", start_time: "2026-01-01T12:00:00.000Z" },
    final_state: { turn: 4, global_state: { output }, agents: { A: { strength, mood: "calm", list: [1, 2] } } },
    metrics: { total: 7 },
    ...extra,
  };
}

Deno.test("fingerprintOf: differs with any number of the last turn, of the world, an agent or a reporter", () => {
  const same = fingerprintOf(result());
  assertEquals(fingerprintOf(result()), same);
  const others = [
    result({ output: 6 }),
    result({ output: false }),
    result({ strength: 3 }),
    result({
      extra: { metrics: { total: 8 } },
    }),
    result({ extra: { metrics: null } }),
  ];
  for (const other of others) assertTrue(fingerprintOf(other) !== same, JSON.stringify(other));
});

Deno.test("fingerprintOf: names, times and what a run cost are no part of it; nothing has one as well", () => {
  const other = result({
    extra: { run_metadata: { run_id: "r2" }, cost: { usd: 3 }, summary_stats: { decisions: 9 } },
  });
  assertEquals(fingerprintOf(other), fingerprintOf(result()));
  assertEquals(fingerprintOf({}), fingerprintOf({ final_state: null, metrics: null }));
});

Deno.test("yesNoMetrics: those that are true or false, under the names that metrics have", () => {
  const won = result({ output: true, extra: { metrics: { total: 7, output: false, flat: true } } });
  assertEquals(yesNoMetrics(won), ["output", "metric.output", "flat"]);
  assertEquals(finalMetrics(won), { output: 1, total: 7, "metric.output": 0, flat: 1 });
});
