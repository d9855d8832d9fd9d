/** The offline provider: what asks a model runs on a machine without any, and says everywhere that none has answered. */

import { difference } from "../durability/world.ts";
import { runToEnd, type TestAppOptions, withApp } from "../support/app.ts";
import type { App } from "../../runner/app.ts";
import type { ModelChoice } from "../../runner/gateway/mod.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { assertCompleted, eventsOf, talk, tapeOf, withModels } from "./world.ts";

/** Variables by which a provider is found. */
const VARIABLES = [
  "LLM_BASE_URL",
  "LLM_API_KEY",
  "LLM_MODEL",
  "OPENAI_API_KEY",
  "DASHSCOPE_API_KEY",
  "OPENROUTER_API_KEY",
];

/** An app on a machine that has no model: no key, and no Ollama. */
async function withoutModels<T>(body: (app: App) => Promise<T>, options: TestAppOptions = {}): Promise<T> {
  const before = VARIABLES.map((name) => [name, Deno.env.get(name)] as const);
  for (const name of VARIABLES) Deno.env.delete(name);
  try {
    const config = { providers: { ollama: { base_url: "http://127.0.0.1:1/v1" } } };
    return await withApp({ fixtures: ["talkers"], config, ...options }, body);
  } finally {
    for (const [name, value] of before) if (value !== undefined) Deno.env.set(name, value);
  }
}

const ANY = talk({ llm: "{}" });
/** What the domain's own rule gives in turns 1 to 3. */
const RULED = { pot: (2 + 0 + 1) * 3 };

/** That a run's manifest, tape and events say who answered. */
function assertLabelled(app: App, runId: string, models: readonly string[]): void {
  const tape = tapeOf(app.folder(runId));
  assertEquals(tape.length, 9);
  assertTrue(
    tape.every(({ provider, model, cost_usd }) => provider === "offline" && model === "offline" && cost_usd === 0),
  );
  assertTrue(tape.every(({ usage }) => usage.input_tokens === 0 && usage.output_tokens === 0));
  const events = eventsOf(app.folder(runId), "LLM");
  assertTrue(events.length === 9 && events.every(({ details }) => details.provider === "offline"));
  assertTrue(models.length === 1 && models[0]!.startsWith("offline"), models.join());
}

Deno.test("without any model the offline provider answers by the domain's rule, and is named everywhere", async () => {
  await withoutModels(async (app) => {
    const chosen: ModelChoice[] = [];
    const { run_id } = await app.start({ text: ANY, onModels: (models) => void chosen.push(...models) });
    const run = await app.wait(run_id);
    assertCompleted(run);
    assertEquals(chosen.map(({ provider, kind, priced }) => [provider, kind, priced]), [["offline", "offline", true]]);
    assertMatches(chosen[0]!.found, /no key is set and no Ollama runs here/);
    assertLabelled(app, run_id, run.models);
    assertEquals([run.validity.state, run.cost.usd, run.cost.input_tokens], ["valid", 0, 0]);
    assertEquals((await app.state(run_id))!.state.global_state, RULED);

    const again = await runToEnd(app, { text: ANY });
    assertEquals(await difference(app.folder(run_id), app.folder(again.run_id)), null);
    assertEquals((await app.replay(run_id)).divergence, null);
  });
});

Deno.test("what must have a model does not start without one, and names the variables; a scenario that says offline does", async () => {
  await withoutModels(async (app) => {
    const refused = await assertRejects(() => app.start({ text: ANY, needsModel: true }), "no_provider") as Error & {
      hint: string;
    };
    for (const name of ["OPENAI_API_KEY", "DASHSCOPE_API_KEY", "OPENROUTER_API_KEY", "LLM_BASE_URL"]) {
      assertTrue(refused.message.includes(name), refused.message);
    }
    assertMatches(refused.hint, /--offline.*provider: offline/);
    assertEquals((await app.list()).runs.length, 0);

    const said = await runToEnd(app, { text: talk({ llm: "{ provider: offline }" }), needsModel: true });
    assertCompleted(said);
    assertLabelled(app, said.run_id, said.models);
    // A scenario that names a provider wants that one.
    await assertRejects(() => app.start({ text: talk({ llm: "{ provider: openai }" }) }), "no_key");
  });
});

Deno.test("an app that is offline asks nobody, whatever scenarios name, needs and limit", async () => {
  await withModels({}, async (app, server) => {
    const run = await runToEnd(app, { text: talk({ more: "limits: { max_cost_usd: 0 }" }), needsModel: true });
    assertCompleted(run);
    assertLabelled(app, run.run_id, run.models);
    assertEquals(server.received, 0);
    assertEquals((await app.state(run.run_id))!.state.global_state, RULED);
  }, { offline: true });
});

Deno.test("an offline run that was interrupted goes on offline, also where there is a model by then", async () => {
  await withModels({}, async (app, server) => {
    const text = talk({ llm: "{ provider: offline }" });
    const reference = await runToEnd(app, { text });
    const { run_id } = await runToEnd(app, { text, mode: "step" });
    await app.resume(run_id);
    assertCompleted(await app.wait(run_id));
    assertEquals(await difference(app.folder(reference.run_id), app.folder(run_id)), null);
    const fork = await app.fork(run_id, { turn: 1 });
    const forked = await app.wait(fork.run_id);
    assertEquals([forked.status, forked.cost.reused_calls, server.received], ["completed", 6, 0]);
  });
});
