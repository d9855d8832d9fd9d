/** Runs whose agents ask a model, for the tests of this folder. */

import { type TestAppOptions, withApp } from "../support/app.ts";
import type { App } from "../../runner/app.ts";
import { LLMServer, type LLMServerOptions } from "../support/llm_server.ts";

/** A key that must never be seen anywhere. */
export const CANARY = "sk-canary-0123456789abcdef";

/** How a scenario of the fixture domain `talkers` is to be. */
export interface TalkOptions {
  readonly turns?: number;
  readonly agents?: number;
  /** Questions per agent and turn. */
  readonly questions?: number;
  /** Section `llm`, YAML flow style. */
  readonly llm?: string;
  /** Further top-level sections, YAML. */
  readonly more?: string;
}

/** A scenario in which agents ask a model how much to give. */
export function talk(
  { turns = 3, agents = 3, questions = 1, llm = "{ provider: test }", more = "" }: TalkOptions = {},
) {
  return `domain: talkers
simulation: { name: talk, max_turns: ${turns}, checkpoint_interval: 2, seed: 4 }
engine: { type: pot }
validator: { type: always_valid }
agents:
  - { name: A, type: talker, count: ${agents}, config: { questions: ${questions} } }
state_variables:
  agent_vars: { coins: { type: int, default: 0 } }
  global_vars: { pot: { type: int, default: 0 } }
metrics: { reporters: { richest: { max: coins } } }
llm: ${llm}
${more}`;
}

/** Coins that the scripted model gives: they follow from the question alone. */
export function coinsFor(prompt: string): number {
  let sum = 0;
  for (const letter of prompt) sum = (sum * 31 + letter.charCodeAt(0)) % 1009;
  return sum % 10;
}

/** Opens an app whose provider `test` is a server of this test's own; both are gone afterwards. */
export async function withModels<T>(
  server: LLMServerOptions,
  body: (app: App, server: LLMServer, folder: string) => Promise<T>,
  options: TestAppOptions & { readonly provider?: Readonly<Record<string, unknown>> } = {},
): Promise<T> {
  await using llm = await LLMServer.start({
    key: CANARY,
    answer: ({ messages }) => ({ reasoning: "because", coins: coinsFor(JSON.stringify(messages.at(-1))) }),
    ...server,
  });
  Deno.env.set("TEST_LLM_KEY", CANARY);
  try {
    const provider = {
      base_url: llm.url,
      api_key_env: "TEST_LLM_KEY",
      model: "test-model",
      max_concurrency: 10,
      prices: { input: 1, output: 2 },
      ...options.provider,
    };
    const config = { providers: { test: provider }, ...options.config };
    return await withApp({ fixtures: ["talkers"], ...options, config }, (app, folder) => body(app, llm, folder));
  } finally {
    Deno.env.delete("TEST_LLM_KEY");
  }
}
