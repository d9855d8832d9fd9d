/** What models cost a batch, and what becomes of it when they cannot be asked. */

import type { BatchSpec } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { paid, talk, withModels } from "../llm/world.ts";
import { played } from "./world.ts";
import { parse } from "yaml";

/** Long runs: one alone would spend all of it. */
const scenario = parse(talk({ turns: 20_000, agents: 2, llm: "{ provider: test, max_tokens: 20 }" })) as NonNullable<
  BatchSpec["scenario"]
>;

Deno.test("max_cost_usd of a batch parks it while its runs are under way; with more it goes on", async () => {
  await withModels({}, async (app, server) => {
    const limit = 0.002;
    const { id } = await played(app, { scenario, seeds: "1..2", limits: { max_cost_usd: limit } });
    const { status, reason, runs, cost } = await app.batches.get(id);
    assertEquals([status, runs.completed], ["paused", 0]);
    assertEquals(reason, `max_cost_usd: ${limit} is spent; resume it with a higher limit`);
    assertTrue(cost.usd >= limit && Math.abs(cost.usd - paid(server)) < 1e-9, `${cost.usd} of ${paid(server)}`);
    const { received } = server;
    await app.batches.resume(id);
    assertEquals(
      [(await app.batches.wait(id)).status, server.received],
      ["paused", received],
      "there is no more to spend",
    );
    await app.batches.resume(id, { limits: { max_cost_usd: 2 * cost.usd } });
    const again = await app.batches.wait(id);
    assertTrue(again.status === "paused" && again.cost.usd > cost.usd, again.reason ?? again.status);
  });
});

Deno.test("a provider that is down stands in the way of all runs: the batch stands still with that, and begins no other", async () => {
  await withModels({}, async (app, server) => {
    await server.down();
    const { id } = await played(app, { scenario, seeds: "1..40" });
    const { status, reason, runs } = await app.batches.get(id);
    assertEquals([status, runs.failed, runs.completed], ["paused", 0, 0]);
    assertMatches(reason!, /^run '.*': .*test/);
    assertTrue(runs.pending > 0, JSON.stringify(runs));
    await server.up();
  });
});

Deno.test("a budget that a run has for itself stops no other run; that of the host stops the batch", async () => {
  const arms = {
    poor: { set: { "limits.max_tokens": 400 } },
    rich: { set: { "simulation.max_turns": 2 } },
  };
  await withModels({}, async (app) => {
    const { id, rows } = await played(app, { scenario, arms, seeds: "1..3" });
    assertEquals(rows.map(({ status }) => status), Array(3).fill(["paused", "completed"]).flat());
    assertMatches((await app.batches.get(id)).reason!, /^run '.*' is paused: the budget of this run is spent/);
  });
  await withModels({}, async (app) => {
    const { id } = await played(app, { scenario, seeds: "1..40" });
    const { status, reason, runs } = await app.batches.get(id);
    assertEquals(status, "paused");
    assertMatches(reason!, /^run '.*': the budget of this host is spent.*raise budget in llm-sim\.yaml/);
    assertTrue(runs.pending > 0, JSON.stringify(runs));
  }, { config: { budget: { max_tokens: 1200 } } });
});
