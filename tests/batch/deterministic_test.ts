/** What a batch says of its seeds, from what its runs leave. */

import { fromFileUrl } from "../../runner/paths.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { played } from "./world.ts";

const GROWTH = fromFileUrl(new URL("../../scenarios/economic/growth.yaml", import.meta.url));

Deno.test("a metric that does not vary does not make a batch deterministic whose runs do; without draws it is", async () => {
  await withApp({}, async (app) => {
    const of = async (set: Readonly<Record<string, number>>) => {
      const { id, rows } = await played(app, {
        scenario: GROWTH,
        set: { "simulation.max_turns": 3, ...set },
        seeds: "1..2",
        metrics: ["mean_tariff"],
      });
      assertEquals(rows.map(({ metrics }) => Object.keys(metrics)), [["mean_tariff"], ["mean_tariff"]]);
      assertEquals(new Set(rows.map(({ metrics }) => metrics.mean_tariff)).size, 1, "it does not vary");
      return { rows, summary: await app.batches.summary(id) };
    };
    const drawn = await of({});
    assertEquals(new Set(drawn.rows.map(({ fingerprint }) => fingerprint)).size, 2);
    assertEquals([drawn.summary.deterministic, drawn.summary.sentences], [false, [
      "No spread in mean_tariff in 2 seeds: that may be chance, and gives no interval.",
    ]]);
    const fixed = await of({ "engine.demand_shock.sd": 0, "engine.productivity_shock.sd": 0 });
    assertTrue(fixed.summary.deterministic);
  });
});
