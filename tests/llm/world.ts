/** Runs whose agents ask a model, for the tests of this folder. */

import type { App } from "../../runner/app.ts";
import type { RunNotice } from "../../runner/manager.ts";
import type { Manifest, TapeEntry } from "../../runner/store/mod.ts";
import { type TestAppOptions, withApp } from "../support/app.ts";
import { assertEquals } from "../support/assert.ts";
import { type LLMRequest, LLMServer, type LLMServerOptions } from "../support/llm_server.ts";

/** A key that must never be seen anywhere. */
export const CANARY = "sk-canary-0123456789abcdef";

/** The variable that holds it. */
export const KEY_ENV = "TEST_LLM_KEY";

/** US dollars per million tokens at the provider `test`. */
export const PRICES = { input: 1, output: 2 };

/** How a scenario of the fixture domain `talkers` is to be. */
export interface TalkOptions {
  readonly turns?: number;
  readonly agents?: number;
  /** Questions per agent and turn. */
  readonly questions?: number;
  /** Further keys of each agent's config, YAML flow style without braces. */
  readonly config?: string;
  /** Section `llm`, YAML flow style. */
  readonly llm?: string;
  /** Further top-level sections, YAML. */
  readonly more?: string;
  /** Name of the domain, where it is a copy of the fixture. */
  readonly domain?: string;
}

/** A scenario in which agents ask a model how much to give. */
export function talk(options: TalkOptions = {}): string {
  const { turns = 3, agents = 3, questions = 1, config = "", llm = "{ provider: test }", more = "" } = options;
  const { domain = "talkers" } = options;
  return `domain: ${domain}
simulation: { name: talk, max_turns: ${turns}, checkpoint_interval: 2, seed: 4 }
engine: { type: pot }
validator: { type: always_valid }
agents:
  - { name: A, type: talker, count: ${agents}, config: { questions: ${questions}${
    config === "" ? "" : `, ${config}`
  } } }
state_variables:
  agent_vars: { coins: { type: int, default: 0 } }
  global_vars: { pot: { type: int, default: 0 } }
metrics: { reporters: { richest: { max: coins } } }
llm: ${llm}
${more}`;
}

/** A scenario of the fixture domain `tool_users`: agents whose models put coins into the pot with a tool. */
export function toolUsers(options: Omit<TalkOptions, "questions" | "domain">): string {
  const { turns = 3, agents = 3, config = "", llm = "{ provider: test }", more = "" } = options;
  return `domain: tool_users
simulation: { name: tools, max_turns: ${turns}, checkpoint_interval: 2, seed: 4 }
engine: { type: pot }
validator: { type: always_valid }
agents: [{ name: A, type: tool_user, count: ${agents}, config: { ${config} } }]
state_variables: { global_vars: { pot: { type: int, default: 0 } } }
llm: ${llm}
${more}`;
}

/** Coins that the scripted model gives: they follow from the question alone. */
export function coinsFor(prompt: string): number {
  let sum = 0;
  for (const letter of prompt) sum = (sum * 31 + letter.charCodeAt(0)) % 1009;
  return sum % 10;
}

/** What the scripted model answers. */
export function given({ messages }: Pick<LLMRequest, "messages">): { reasoning: string; coins: number } {
  return { reasoning: "because", coins: coinsFor(JSON.stringify(messages.at(-1))) };
}

/** Whether `request` is a question of this agent, in this turn; absent: of any. */
export function asks({ messages }: Pick<LLMRequest, "messages">, about: {
  readonly turn?: number;
  readonly agent?: string;
  readonly question?: number;
}): boolean {
  const [, turn, agent, question] = /^Turn (\d+): you are (\w+) .* Question (\d+)\.$/.exec(askedIn(messages)[0]!)!;
  return (about.turn === undefined || about.turn === Number(turn)) &&
    (about.agent === undefined || about.agent === agent) &&
    (about.question === undefined || about.question === Number(question));
}

/** What is asked, without what the model is told of how to behave; after an answer that did not fit, once more. */
function askedIn(messages: readonly { readonly role: string; readonly content: string }[]): string[] {
  return messages.filter(({ role }) => role === "user").map(({ content }) => content);
}

/** By what the server counts: the question as a person would read it. */
export function questionOf({ messages }: { readonly messages: Parameters<typeof askedIn>[0] }): string {
  return askedIn(messages).join(" | ");
}

/** Opens an app whose provider `test` is a server of this test's own; both are gone afterwards. */
export async function withModels<T>(
  server: LLMServerOptions,
  body: (app: App, server: LLMServer, folder: string) => Promise<T>,
  options: TestAppOptions & { readonly provider?: Readonly<Record<string, unknown>> } = {},
): Promise<T> {
  await using llm = await LLMServer.start({ key: CANARY, answer: given, keyOf: questionOf, ...server });
  Deno.env.set(KEY_ENV, CANARY);
  try {
    const { provider, ...rest } = options;
    const config = { providers: { test: { ...providerAt(llm.url), ...provider } }, ...options.config };
    return await withApp({ fixtures: ["talkers"], ...rest, config }, (app, folder) => body(app, llm, folder));
  } finally {
    Deno.env.delete(KEY_ENV);
  }
}

/** What `llm-sim.yaml` says of the provider `test`. */
export function providerAt(url: string): Record<string, unknown> {
  return { base_url: url, api_key_env: KEY_ENV, model: "test-model", max_concurrency: 10, prices: PRICES };
}

/** Answers that are held back until they are released. At first none is. */
export class Hold {
  #which: (request: LLMRequest) => boolean = () => false;
  #held: { readonly request: LLMRequest; readonly release: () => void }[] = [];
  readonly #checks = new Set<() => void>();
  #seen = 0;

  /** For the server's `answer`. */
  readonly answer = async (request: LLMRequest): Promise<object> => {
    if (this.#which(request)) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#held.push({ request, release: resolve });
      this.#seen++;
      for (const check of this.#checks) check();
      await promise;
    }
    return given(request);
  };

  /** Holds back what matches, from now on. */
  back(which: (request: LLMRequest) => boolean): void {
    this.#which = which;
    this.#seen = 0;
  }

  /** Resolves when `n` have been held back, whatever has become of them; fails after half a minute. */
  async seen(n = 1): Promise<void> {
    if (this.#seen >= n) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = setTimeout(() => reject(new Error(`${this.#seen} of ${n} questions came`)), 30_000);
    const check = () => this.#seen >= n && resolve();
    this.#checks.add(check);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#checks.delete(check);
    }
  }

  /** Lets those go that match; without `which` all of them, and from now on none is held back. */
  release(which?: (request: LLMRequest) => boolean): void {
    if (!which) this.#which = () => false;
    const going = this.#held.filter(({ request }) => which?.(request) ?? true);
    this.#held = this.#held.filter((each) => !going.includes(each));
    for (const { release } of going) release();
  }
}

/** A run that came to its end. */
export function assertCompleted({ status, status_reason, error }: Manifest): void {
  assertEquals(status, "completed", `${status_reason} ${JSON.stringify(error)}`);
}

/** The text of a run's tape; empty when it has none. */
export function tapeText(folder: string): string {
  try {
    return Deno.readTextFileSync(`${folder}/llm.jsonl`);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** The calls on a run's tape. */
export function tapeOf(folder: string): TapeEntry[] {
  return tapeText(folder).split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

/** The questions on a run's tape, as the server counts them. */
export function questionsOn(folder: string): string[] {
  return tapeOf(folder).map((entry) => entry.kind === "llm" ? questionOf(entry.request) : entry.request.url);
}

/** What is of interest in an event. */
export interface SeenEvent {
  readonly turn: number;
  readonly agent: string | null;
  readonly details: { readonly [name: string]: unknown };
}

/** A run's events of one type, in their order. */
export function eventsOf(folder: string, type: string): SeenEvent[] {
  return Deno.readTextFileSync(`${folder}/events.jsonl`).trimEnd().split("\n").map((line) => JSON.parse(line))
    .filter(({ event_type }) => event_type === type)
    .map(({ turn_number, agent_id = null, details }) => ({ turn: turn_number, agent: agent_id, details }));
}

/** Keeps what a run's people are told; the result stops. */
export function heard(app: App): { readonly notices: readonly RunNotice[]; readonly warnings: () => string[] } {
  const notices: RunNotice[] = [];
  app.subscribe((notice) => void notices.push(notice));
  const warnings = () =>
    notices.flatMap((notice) => notice.kind === "log" && notice.level === "WARNING" ? [notice.text] : []);
  return { notices, warnings };
}

/** US dollars for what the server has answered. */
export function paid({ inputTokens, outputTokens }: Pick<LLMServer, "inputTokens" | "outputTokens">): number {
  return (inputTokens * PRICES.input + outputTokens * PRICES.output) / 1e6;
}
