/** Which models scenarios get, with real servers on this machine. */

import type { ResolvedScenario } from "../../framework/mod.ts";
import { load, scenarioText } from "../../framework/scenario/testing.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import { LLMServer } from "../../tests/support/llm_server.ts";
import type { ServerConfig } from "../config.ts";
import { chooseModels, type FoundProvider, modelLine } from "./models.ts";
import { Providers } from "./providers.ts";

const KEY = "sk-canary-77d1";

interface Setup {
  readonly config?: ServerConfig["providers"];
  readonly budget?: ServerConfig["budget"];
  readonly env?: { readonly [name: string]: string };
  readonly offline?: boolean;
}

/** Providers where no Ollama runs. */
async function providers({ config = {}, budget, env = {}, offline = false }: Setup = {}): Promise<Providers> {
  const closed = await LLMServer.start();
  await closed.close();
  const variables: Setup["env"] = { OLLAMA_HOST: closed.origin, ...env };
  return new Providers({ providers: config, budget }, (name) => variables[name], { offline });
}

async function scenario(more: string, agents?: string): Promise<ResolvedScenario> {
  const { scenario, issues } = await load(scenarioText(agents === undefined ? {} : { agents }, more));
  assertTrue(scenario !== undefined, JSON.stringify(issues));
  return scenario;
}

const RUN = { allowOffline: true };
const VERDICT = { allowOffline: false };

Deno.test("chooseModels: a scenario that says nothing of models, and needs none, stays as it is", async () => {
  const plain = await scenario("");
  const result = await chooseModels(plain, false, await providers(), VERDICT);
  assertTrue(result.scenario === plain);
  assertEquals(result.chosen, []);
});

Deno.test("chooseModels: one that says nothing and needs a model gets the default", async () => {
  const known = await providers({ env: { OPENAI_API_KEY: KEY } });
  const { scenario: filled, chosen } = await chooseModels(await scenario(""), true, known, VERDICT);
  assertEquals([filled.llm!.provider, filled.llm!.model, filled.llm!.tape], ["openai", "gpt-5-mini", "record"]);
  assertEquals(chosen, [{
    provider: "openai",
    kind: "openai",
    model: "gpt-5-mini",
    roles: ["*"],
    agents: 0,
    found: "OPENAI_API_KEY is set",
    priced: true,
  }]);
  assertEquals(chosen.map(modelLine), ["LLM: openai gpt-5-mini (OPENAI_API_KEY is set)"]);
  assertTrue(!JSON.stringify([filled, chosen]).includes(KEY));
});

Deno.test("chooseModels: without any provider a run is answered by rule, and says so; a verdict is refused", async () => {
  const plain = await scenario("llm: { model: gpt-5 }");
  const { scenario: filled, chosen } = await chooseModels(plain, true, await providers(), RUN);
  assertEquals([filled.llm!.provider, filled.llm!.model], ["offline", "offline"]);
  assertEquals(chosen.map(modelLine), [
    "LLM: offline: answers by rule, not a language model (no key is set and no Ollama runs here)",
  ]);
  await assertRejects(async () => chooseModels(plain, true, await providers(), VERDICT), "no_provider");
  const named = await scenario("llm: { provider: offline }");
  const asked = await chooseModels(named, true, await providers({ env: { OPENAI_API_KEY: KEY } }), VERDICT);
  assertEquals(asked.chosen.map(modelLine), [
    "LLM: offline: answers by rule, not a language model (chosen by name)",
  ]);
});

Deno.test("chooseModels: every role and agent gets its model, each pair once, each server asked once", async () => {
  let lists = 0;
  const stop = new AbortController();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen() {} }, () => {
    lists++;
    return Response.json({ data: [{ id: "local-7b" }] });
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const known = await providers({ config: { vllm: { base_url: `${origin}/v1` } }, env: { OPENAI_API_KEY: KEY } });
  const whole = await scenario(
    `
llm:
  model: gpt-5
  roles:
    engine: { provider: vllm }
    judge: { provider: vllm, temperature: 0 }
    agent: { model: gpt-5-nano }
`,
    `agents:
  - { name: A, type: n }
  - { name: B, type: n, llm: { provider: vllm } }
  - { name: C, type: n, count: 3, llm: { temperature: 0 } }
`,
  );
  const { scenario: filled, chosen } = await chooseModels(whole, true, known, VERDICT);
  const of = (settings: { provider: string; model: string | null } | null | undefined) =>
    settings && `${settings.provider} ${settings.model}`;
  const { llm, agents } = filled;
  assertEquals(of(llm), "openai gpt-5");
  assertEquals([of(llm!.roles.engine), of(llm!.roles.judge), of(llm!.roles.agent)], [
    "vllm local-7b",
    "vllm local-7b",
    "openai gpt-5-nano",
  ]);
  assertEquals(agents.map((agent) => of(agent.llm)), [null, "vllm local-7b", "openai gpt-5-nano"]);
  assertEquals(llm!.roles.judge!.temperature, 0);
  assertEquals(chosen.map(({ provider, model, roles, agents }) => [provider, model, roles, agents]), [
    ["openai", "gpt-5", ["*"], 0],
    ["vllm", "local-7b", ["engine", "judge"], 1],
    ["openai", "gpt-5-nano", ["agent"], 3],
  ]);
  assertEquals(chosen.map(modelLine), [
    "LLM: openai gpt-5 (OPENAI_API_KEY is set)",
    "LLM: vllm local-7b for engine, judge and 1 agent (llm-sim.yaml)",
    "LLM: openai gpt-5-nano for agent and 3 agents (OPENAI_API_KEY is set)",
  ]);
  assertEquals(lists, 1);
  const again = await chooseModels(filled, true, known, VERDICT);
  assertEquals(again.scenario, filled, "what is chosen stays chosen");
  stop.abort();
  await server.finished;
});

Deno.test("chooseModels: a legacy host is chosen by its address, and its model as written", async () => {
  const legacy = await scenario(`llm: { host: "http://localhost:11434", model: "gemma:3" }`);
  const { scenario: filled, chosen } = await chooseModels(legacy, false, await providers(), VERDICT);
  assertEquals([filled.llm!.provider, filled.llm!.model], ["host:http://localhost:11434", "gemma:3"]);
  assertEquals(chosen.map(modelLine), ["LLM: host:http://localhost:11434 gemma:3 (llm.host of the scenario)"]);
  const mine = await providers({ config: { mine: { base_url: "http://localhost:11434/api/v1" } } });
  assertEquals((await chooseModels(legacy, false, mine, VERDICT)).scenario.llm!.provider, "mine");
  const far = await scenario(`llm: { host: "https://elsewhere.example", model: m }`);
  await assertRejects(async () => chooseModels(far, false, await providers(), RUN), "host_not_allowed");
});

Deno.test("chooseModels: a limit on money needs models whose price is known", async () => {
  const config = {
    mine: { base_url: "http://gpu.lan/v1", model: "m" },
    paid: { base_url: "http://gpu.lan/v1", model: "m", prices: { m: { input: 1, output: 1 } } },
  };
  const limited = (provider: string, limits: string) =>
    scenario(`llm: { provider: ${provider} }\nlimits: { ${limits} }`);
  const known = await providers({ config });
  const error = await assertRejects(
    async () => chooseModels(await limited("mine", "max_cost_usd: 1"), true, known, RUN),
    "no_price",
  ) as Error & { hint?: string };
  assertEquals(error.message, "limits.max_cost_usd is set, but nobody knows what model 'm' of provider 'mine' costs");
  assertMatches(error.hint ?? "", /llm-sim\.yaml.*providers\.mine\.prices: \{ input: …, output: … \}/);
  const { chosen } = await chooseModels(await limited("mine", "max_tokens: 10"), true, known, RUN);
  assertEquals(chosen.map(modelLine), ["LLM: mine m (llm-sim.yaml; what it costs is not known)"]);
  await chooseModels(await limited("paid", "max_cost_usd: 1"), true, known, RUN);
  await chooseModels(await limited("offline", "max_cost_usd: 0"), true, known, RUN);
  const whole = await providers({ config, budget: { max_cost_usd: 5 } });
  const budget = await assertRejects(async () => chooseModels(await limited("mine", ""), true, whole, RUN), "no_price");
  assertMatches(budget.message, /^budget\.max_cost_usd of llm-sim\.yaml is set/);
  const tokens = await providers({ config, budget: { max_tokens: 5 } });
  assertEquals((await chooseModels(await limited("mine", ""), true, tokens, RUN)).chosen.length, 1);
});

Deno.test("chooseModels: --offline needs neither keys nor servers nor prices", async () => {
  const whole = await scenario(
    `llm: { provider: nobody, model: x, roles: { engine: { provider: openai } } }\nlimits: { max_cost_usd: 1 }`,
  );
  const { scenario: filled, chosen } = await chooseModels(whole, true, await providers({ offline: true }), VERDICT);
  assertEquals([filled.llm!.provider, filled.llm!.roles.engine!.model], ["offline", "offline"]);
  assertEquals(chosen.map(modelLine), ["LLM: offline: answers by rule, not a language model (--offline)"]);
});

Deno.test("chooseModels: what was resolved for one scenario of a batch is not resolved again for the next", async () => {
  const asked: string[] = [];
  const stop = new AbortController();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen() {} }, ({ url }) => {
    asked.push(new URL(url).pathname);
    return Response.json({ models: [{ name: "llama3.2" }], data: [{ id: "llama3.2" }] });
  });
  const known = await providers({ env: { OLLAMA_HOST: `127.0.0.1:${server.addr.port}` } });
  const memo = new Map<string, FoundProvider>();
  for (let i = 0; i < 3; i++) {
    const { chosen } = await chooseModels(await scenario("llm: {}"), true, known, { ...VERDICT, memo });
    assertEquals(chosen.map(({ provider, model }) => `${provider} ${model}`), ["ollama llama3.2"]);
  }
  assertEquals(asked, ["/api/tags", "/v1/models"]);
  stop.abort();
  await server.finished;
});

const ROLES = { SIM_USER_MODEL: "gpt-5-nano", SIM_JUDGE_MODEL: "gpt-5" };

async function conversation(more: string): Promise<ResolvedScenario> {
  return { ...await scenario(more), domain: "conversation" };
}

Deno.test("chooseModels: in a conversation the simulated user and the judge have the models that the environment names", async () => {
  const known = await providers({ env: { OPENAI_API_KEY: KEY, ...ROLES } });
  const { scenario: filled, chosen } = await chooseModels(await conversation(""), true, known, VERDICT);
  const { roles } = filled.llm!;
  assertEquals(Object.entries(roles).map(([role, { provider, model }]) => [role, provider, model]), [
    ["simulated_user", "openai", "gpt-5-nano"],
    ["judge", "openai", "gpt-5"],
  ]);
  assertEquals(chosen.map(modelLine), [
    "LLM: openai gpt-5-mini (OPENAI_API_KEY is set)",
    "LLM: openai gpt-5-nano for simulated_user (OPENAI_API_KEY is set)",
    "LLM: openai gpt-5 for judge (OPENAI_API_KEY is set)",
  ]);
  assertEquals(
    Object.keys(roles.judge!),
    Object.keys((await scenario("llm: { roles: { judge: {} } }")).llm!.roles.judge!),
  );
  const elsewhere = await providers({
    env: { OPENAI_API_KEY: KEY, SIM_USER_MODEL: "gpt-4o", SIM_JUDGE_MODEL: "gpt-4o" },
  });
  assertEquals((await chooseModels(filled, true, elsewhere, VERDICT)).scenario, filled, "what is chosen stays chosen");
});

Deno.test("chooseModels: what a scenario names goes before the environment, which names models for conversations alone", async () => {
  const known = await providers({
    config: { mine: { base_url: "http://gpu.lan/v1", model: "m" } },
    env: { OPENAI_API_KEY: KEY, ...ROLES },
  });
  const models = async (given: ResolvedScenario, from = known) => {
    const { llm } = (await chooseModels(given, true, from, RUN)).scenario;
    return Object.entries(llm!.roles).map(([role, { provider, model }]) => `${role}: ${provider} ${model}`);
  };
  assertEquals(await models(await conversation("llm: { model: gpt-4o }")), []);
  assertEquals(await models(await conversation("llm: { roles: { judge: { model: gpt-4o, temperature: 0 } } }")), [
    "judge: openai gpt-4o",
    "simulated_user: openai gpt-5-nano",
  ]);
  assertEquals(await models(await conversation("llm: { model: gpt-4o, roles: { judge: { provider: mine } } }")), [
    "judge: mine gpt-5",
  ]);
  assertEquals(await models(await scenario("")), []);
  assertEquals(await models(await conversation(""), await providers({ env: { OPENAI_API_KEY: KEY } })), []);
  assertEquals(await models(await conversation(""), await providers({ env: { ...ROLES } })), [], "a rule has no model");
});

Deno.test("chooseModels: where nobody names a model, Qwen is asked for its largest", async () => {
  const known = await providers({ env: { DASHSCOPE_API_KEY: KEY } });
  const { chosen } = await chooseModels(await conversation("llm: { roles: { judge: {} } }"), true, known, VERDICT);
  assertEquals(chosen.map(({ provider, model, priced }) => [provider, model, priced]), [["qwen", "qwen3-max", true]]);
});
