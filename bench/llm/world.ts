/** What the rows of the group `llm` share: scenarios whose agents ask a test server, the app that plays them, bare loops. */

import { OpenAI } from "openai";
import type { Call, ResolvedScenario } from "../../framework/mod.ts";
import type { AnswerMode } from "../../runner/gateway/answer_mode.ts";
import { FetchClient } from "../../runner/gateway/client.ts";
import { type ChatBody, chatBody } from "../../runner/gateway/request.ts";
import type { GatewayCall, Provider } from "../../runner/gateway/mod.ts";
import { type App, openApp, ROOT } from "../../runner/mod.ts";
import { DEFAULT_LLM } from "../../framework/llm/settings.ts";
import type { Manifest, ModelEntry } from "../../runner/store/mod.ts";
import { tapeOf } from "../../tests/llm/world.ts";
import { boltzmannScenario } from "../scenario.ts";

/** The model that the test server has. */
export const MODEL = "test-model";

/** `short`: one line is asked (the fixture domain `talkers`); `long`: all that an agent sees (`bench/llm/givers`). */
export type Prompts = "short" | "long";

/** Opens an app whose provider is the server at `url`, asked so many times at once. */
export async function llmApp(folder: string, url: string, concurrency: number): Promise<App> {
  Deno.mkdirSync(folder, { recursive: true });
  const repos = [
    { name: "talkers", path: `${ROOT}/tests/fixtures/domains/talkers` },
    { name: "givers", path: `${ROOT}/bench/llm/givers` },
  ];
  const providers = { bench: { base_url: url, model: MODEL, max_concurrency: concurrency } };
  Deno.writeTextFileSync(`${folder}/llm-sim.yaml`, JSON.stringify({ simulation_repos: repos, providers }));
  return await openApp({ config: `${folder}/llm-sim.yaml`, output: `${folder}/output` });
}

/** What is played, and how it went. */
export interface Played {
  readonly manifest: Manifest;
  readonly folder: string;
  /** Seconds from the beginning of the first turn to the end: all answers on the tape, all events and states on disk. */
  readonly span: number;
}

/** Plays `turns` turns of `agents` agents that each ask once a turn. @throws {Error} unless every call was answered */
export async function play(app: App, prompts: Prompts, agents: number, turns: number): Promise<Played> {
  const { run_id } = await app.start({ text: scenarioText(prompts, agents, turns) });
  const manifest = await app.wait(run_id);
  const { status, status_reason, cost } = manifest;
  if (status !== "completed" || cost.calls !== agents * turns || manifest.validity.state !== "valid") {
    throw new Error(`a run is ${status} after ${cost.calls} calls: ${status_reason}`);
  }
  const folder = app.folder(run_id);
  return { manifest, folder, span: spanOf(folder) };
}

/** A scenario in which every agent asks once a turn; saves and rows as by default, every event. */
export function scenarioText(prompts: Prompts, agents: number, turns: number): string {
  const [domain, agent, engine, variable] = prompts === "short"
    ? ["talkers", "talker", "pot", "coins: { type: int, default: 0 }"]
    : ["givers", "giver", "giving", "wealth: { type: float, default: 1 }"];
  const pot = prompts === "short" ? "{ pot: { type: int, default: 0 } }" : "{}";
  return `domain: ${domain}
simulation: { name: ${prompts}, max_turns: ${turns}, seed: 1 }
engine: { type: ${engine} }
validator: { type: always_valid }
agents:
  - { name: agent, type: ${agent}, count: ${agents} }
state_variables: { agent_vars: { ${variable} }, global_vars: ${pot} }
llm: { provider: bench }
`;
}

/** From the beginning of the first turn to the last event, which is written when the last state is on disk. */
function spanOf(folder: string): number {
  const lines = Deno.readTextFileSync(`${folder}/events.jsonl`).trimEnd().split("\n");
  const at = (line: string) => Date.parse((JSON.parse(line) as { timestamp: string }).timestamp);
  const first = lines.find((line) => line.includes(`"turn_start"`))!;
  return (at(lines.at(-1)!) - at(first)) / 1000;
}

/** The calls of a run, as they are on its tape; short of what may be absent. */
export function callsOf(folder: string): ModelCall[] {
  return (tapeOf(folder) as ModelEntry[]).map(({ agent, turn, purpose, n, attempt, request }) => ({
    ...{ kind: "llm", agent, turn, purpose, n, attempt },
    ...{ role: request.role, messages: request.messages, schema: request.schema },
  }));
}

/** A call of a model. */
export type ModelCall = Extract<Call, { kind: "llm" }>;

/** Turns of calls, in the order in which they were made. */
export function byTurn(calls: readonly ModelCall[]): readonly (readonly ModelCall[])[] {
  return [...Map.groupBy(calls, ({ turn }) => turn).values()];
}

/** The call as the gateway is asked for it. */
export function gatewayCall({ messages, schema }: ModelCall, provider: Provider): GatewayCall {
  return {
    ...{ run_id: "bench", provider, model: MODEL, messages, schema, temperature: null, max_tokens: null },
    ...{ timeout: 60, max_retries: 2, key: "0".repeat(64) },
  };
}

/** What is sent for each of the calls: the same bytes by all who ask. */
export function bodiesOf(calls: readonly ModelCall[], provider: Provider): ChatBody[] {
  const asking = { mode: "json_schema" as AnswerMode, temperature: true, length: provider.length_parameter };
  return calls.map((call) => chatBody(gatewayCall(call, provider), asking, null));
}

/** The server at `url` as a provider. */
export function benchProvider(url: string, concurrency: number): Provider {
  return {
    ...{ name: "bench", kind: "openai", base_url: url, key: null, key_env: null, model: MODEL },
    ...{ max_concurrency: concurrency, rpm: null, tpm: null, pricesOf: () => null, length_parameter: "max_tokens" },
    found: "bench",
  };
}

/** A scenario of `agents` agents that may ask the provider of {@linkcode benchProvider}. */
export function askingScenario(agents: number): ResolvedScenario {
  return { ...boltzmannScenario(agents), llm: { ...DEFAULT_LLM, provider: "bench", model: MODEL } };
}

/** Does `work` for all of `items`, up to `atOnce` at a time. */
export async function pooled<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T, i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < items.length; i = next++) await work(items[i]!, i);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

/** Somebody who asks without anything around it. */
export interface BareClient {
  /** Asks, and parses the answer. */
  readonly ask: (body: ChatBody, signal?: AbortSignal) => Promise<void>;
  readonly close: () => void;
}

const NEVER = new AbortController().signal;

/** The client that the gateway has. */
export function bareFetch(provider: Provider): BareClient {
  const client = new FetchClient();
  return {
    ask: async (body, signal = NEVER) => {
      const outcome = await client.chat({ provider, body, timeout_ms: 60_000, signal });
      if (outcome.kind === "fault") throw new Error(outcome.text);
      JSON.parse(outcome.content);
    },
    close: () => client.close(),
  };
}

/** The `openai` package as it comes, but for retries. */
export function bareSdk({ base_url }: Provider): BareClient {
  const client = new OpenAI({ baseURL: base_url, apiKey: "none", maxRetries: 0 });
  return {
    ask: async (body, signal) => {
      const params = body as OpenAI.ChatCompletionCreateParamsNonStreaming;
      const { choices } = await client.chat.completions.create(params, { ...(signal && { signal }) });
      JSON.parse(choices[0]!.message.content!);
    },
    close: () => {},
  };
}
