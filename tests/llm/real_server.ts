/**
 * `deno task test:llm`: the contract with a real model's server, at LLM_BASE_URL (with LLM_API_KEY and LLM_MODEL where they
 * are needed). Not part of the tests: what it asks costs money, and what it is answered is nobody's to foresee.
 */

import { z } from "zod";
import { answerSchema, extractJson } from "../../framework/mod.ts";
import { Envelope, Gateway, type GatewayCall, Providers } from "../../runner/gateway/mod.ts";
import { readConfig } from "../../runner/config.ts";
import { runToEnd, withApp } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { talk } from "./world.ts";

const env = (name: string) => Deno.env.get(name);

Deno.test("a real server answers as asked, counts its tokens, and can be left", async () => {
  const gateway = new Gateway();
  try {
    const providers = new Providers(readConfig("llm-sim.yaml", false), env);
    const provider = await providers.resolve("env");
    const model = await providers.modelOf(provider);
    const schema = z.strictObject({ city: z.string(), inhabitants: z.number().int().min(0) });
    const call: GatewayCall = {
      run_id: "contract",
      provider,
      model,
      messages: [{ role: "user", content: "Which city is the capital of France, and how many people live there?" }],
      schema: answerSchema(schema),
      temperature: 0,
      max_tokens: 2048,
      timeout: 120,
      max_retries: 2,
      key: "0".repeat(64),
    };
    const budget = new Envelope({ name: "this test", max_cost_usd: null, max_tokens: 20_000 });
    const outcome = await gateway.call(call, budget, new AbortController().signal);
    assertEquals(outcome.kind, "answered", JSON.stringify(outcome));
    if (outcome.kind !== "answered") return;
    const extracted = extractJson(outcome.response.content);
    assertTrue("value" in extracted, outcome.response.content);
    // What it knows is its own affair; that it answers in the shape it was asked for is the contract.
    if ("value" in extracted) assertTrue(schema.safeParse(extracted.value).success, outcome.response.content);
    assertTrue(outcome.account.usage.output_tokens > 0);

    const unknown = await gateway.call({ ...call, model: "no-such-model" }, budget, new AbortController().signal);
    assertTrue(unknown.kind !== "answered" || model === "no-such-model", "an unknown model is refused");

    const leaving = new AbortController();
    const left = gateway.call(
      { ...call, messages: [{ role: "user", content: "Count to 5000." }] },
      budget,
      leaving.signal,
    );
    leaving.abort();
    assertEquals((await left).kind, "halted");
  } finally {
    await gateway.close();
  }
});

Deno.test("a run asks a real server, and is replayed without it", async () => {
  await withApp({ fixtures: ["talkers"] }, async (app) => {
    const manifest = await runToEnd(app, { text: talk({ turns: 2, agents: 2, llm: "{ provider: env }" }) });
    assertEquals(manifest.status, "completed", manifest.status_reason);
    assertTrue(manifest.cost.calls >= 4);
    assertEquals((await app.replay(manifest.run_id)).identical, true);
  });
});
