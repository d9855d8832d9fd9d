/** Conversations that are really had: through an app, its sandbox and, where one is needed, a model's or an agent's server. */

import type { ActionSpec, ConversationGlobals } from "../../framework/conversation/mod.ts";
import type { JsonObject } from "../../framework/mod.ts";
import type { App } from "../../runner/app.ts";
import type { ConversationRun, ConversationSpec, SimulatedTurn } from "../../runner/mod.ts";
import type { TapeEntry } from "../../runner/store/mod.ts";
import { type TestAppOptions, withApp } from "../support/app.ts";
import { assertEquals } from "../support/assert.ts";
import { type LLMRequest, LLMServer, type LLMServerOptions } from "../support/llm_server.ts";
import { promptOf, sectionOf } from "../support/prompts.ts";

/** Tasks 1 (with 2 below it) and 3. */
export const PLAN = {
  title: "Launch",
  tasks: [{ name: "Research", tasks: [{ name: "Interviews" }] }, { name: "Build" }],
};

/** A call of an action on tasks. */
export function act(name: string, parameters: JsonObject): ActionSpec {
  return { kind: "task_operation", name, parameters };
}

/** What the user of these conversations wants in a turn. */
export function stepWish(n: number): ActionSpec {
  return act("create_task", { name: `Step ${n}`, parent_id: 1, instruction: `Do step ${n} with ten people.` });
}

/** How it says so. */
export function stepMessage(n: number): string {
  return `Please create a task named "Step ${n}" under task 1 with the instruction "Do step ${n} with ten people.".`;
}

/** A section `conversation` in which a script asks a rule for three steps; with some of it changed. */
export function section(changes: JsonObject = {}): JsonObject {
  return {
    plan: PLAN,
    user: { kind: "scripted", script: [1, 2, 3].map((n) => ({ desired_action: { ...stepWish(n) } })) },
    agent: { adapter: "rule" },
    judge: { kind: "rules" },
    stop_on_misalignment: false,
    ...changes,
  };
}

/** A scenario with this section, as text. */
export function scenario(changes: JsonObject = {}, more: JsonObject = {}): string {
  return JSON.stringify({ simulation: { name: "talk", seed: 4 }, conversation: section(changes), ...more });
}

/** A conversation that stands still. */
export async function played(app: App, spec: ConversationSpec): Promise<ConversationRun> {
  const { run_id } = await app.conversations.start(spec);
  return await ended(app, run_id);
}

/** The conversation, as soon as it stands still. */
export async function ended(app: App, runId: string): Promise<ConversationRun> {
  await app.wait(runId);
  return await app.conversations.get(runId);
}

/** That it came to its end, and that its numbers may be believed. */
export function assertFinished({ status, ended_by, error, validity }: ConversationRun): void {
  assertEquals([status, error, validity], ["finished", null, { state: "valid", reasons: [] }], `${ended_by}`);
}

/** Verdicts by turn. */
export function alignments({ turns }: ConversationRun): (string | null)[] {
  return turns.map(({ judge }) => judge?.alignment ?? null);
}

/** What was said, done and judged, without when. */
export function transcriptOf({ turns }: ConversationRun): Omit<SimulatedTurn, "created_at">[] {
  return turns.map(({ created_at: _, ...turn }) => turn);
}

/** The conversation's variables as they were saved last. */
export async function globalsOf(app: App, runId: string): Promise<ConversationGlobals> {
  return (await app.state(runId))!.state.global_state as unknown as ConversationGlobals;
}

/** The calls on a run's tape. */
export function tapeOf(app: App, runId: string): TapeEntry[] {
  const path = `${app.folder(runId)}/llm.jsonl`;
  return Deno.readTextFileSync(path).split("\n").slice(0, -1).map((line) => JSON.parse(line));
}

/** Resolves when a person is waited for in this run. */
export function personAsked(app: App, runId: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = app.subscribe((notice) => {
    if (notice.kind === "decision" && notice.run_id === runId) resolve();
  });
  if (app.pendingDecisions().some(({ run_id }) => run_id === runId)) resolve();
  return promise.finally(stop);
}

// ---- agents behind HTTP

/** What an agent behind HTTP is sent. */
export interface SentToAgent {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly outline: string;
  readonly actions: readonly { readonly name: string }[];
  readonly turn: number;
}

/** An agent under test behind HTTP, which does what the test says. */
export class TestAgent implements AsyncDisposable {
  /** Bodies as they came. */
  readonly bodies: string[] = [];
  readonly origin: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #arrivals: { readonly count: number; readonly resolve: () => void }[] = [];
  #isDown = false;

  /** @param answer a response, or what is sent as JSON */
  constructor(answer: (sent: SentToAgent, signal: AbortSignal) => Response | object | Promise<Response | object>) {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      const body = await request.text();
      this.bodies.push(body);
      for (const { count, resolve } of this.#arrivals) if (this.bodies.length >= count) resolve();
      const answered = await answer(JSON.parse(body), request.signal);
      return answered instanceof Response ? answered : Response.json(answered);
    });
    this.origin = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** The section's key `agent`, with more of it. */
  section(more: JsonObject = {}): JsonObject {
    return { adapter: "http", url: `${this.origin}/chat`, ...more };
  }

  /** Resolves when it has been asked so often in all. */
  whenAsked(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#arrivals.push({ count, resolve });
    if (this.bodies.length >= count) resolve();
    return promise;
  }

  /** Whoever asks now is refused. */
  async down(): Promise<void> {
    if (this.#isDown) return;
    this.#isDown = true;
    await this.#server.shutdown();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }
}

/** Answers that are held back while it is closed. */
export class Gate {
  #closed: PromiseWithResolvers<void> | null = null;
  #reached = Promise.withResolvers<void>();

  close(): void {
    if (this.#closed) return;
    this.#closed = Promise.withResolvers();
    this.#reached = Promise.withResolvers();
  }

  open(): void {
    this.#closed?.resolve();
    this.#closed = null;
  }

  /** Resolves when somebody stands before it since it was closed last. */
  reached(): Promise<void> {
    return this.#reached.promise;
  }

  async passed(): Promise<void> {
    if (!this.#closed) return;
    this.#reached.resolve();
    await this.#closed.promise;
  }
}

/** Does the step that it was asked for last. */
export function obedient({ messages }: SentToAgent): object {
  const n = Number(/Step (\d+)/.exec(messages.at(-1)!.content)![1]);
  return { reply: `I have added step ${n}.`, actions: [{ ...stepWish(n) }] };
}

/** An app whose conversations may be with this agent. */
export function withAgent<T>(agent: TestAgent, body: (app: App, folder: string) => Promise<T>): Promise<T> {
  return withApp({ config: { http_allow: [agent.origin] } }, body);
}

// ---- models

const KEY = "sk-conversation-0123456789";
const KEY_ENV = "TEST_CONVERSATION_KEY";

/** Whose question it is. */
export type Part = "user" | "agent" | "judge";

/** Whose question this is, by what its prompt begins with. */
export function partOf({ messages }: Pick<LLMRequest, "messages">): Part {
  const { content } = messages[0]!;
  if (content.startsWith("You play a person")) return "user";
  return content.startsWith("You compare one action") ? "judge" : "agent";
}

/** The turn in which the user's model is asked. */
export function turnAsked(request: Pick<LLMRequest, "messages">): number {
  return Number(/^This is turn (\d+)\./m.exec(promptOf(request))![1]);
}

/** What the user says now to the agent's model, whichever adapter asks it, and however often. */
export function heardNow({ messages }: Pick<LLMRequest, "messages">): string {
  const asked = messages.filter(({ role }) => role === "user").map(({ content }) => content);
  const prompt = asked.find((content) => content.includes("\n# What the user says now\n"));
  return prompt === undefined ? asked.at(-1)! : sectionOf(prompt, "What the user says now");
}

/** The step that the agent's model is asked for. */
export function stepAsked(request: Pick<LLMRequest, "messages">): number {
  return Number(/Step (\d+)/.exec(heardNow(request))![1]);
}

/** The step as an agent does it that puts free text in its own words: rules cannot tell whether it is what was wanted. */
export function reworded(n: number): ActionSpec {
  return act("create_task", { ...stepWish(n).parameters, instruction: `With ten people, step ${n} is to be done.` });
}

const ALIGNED = { reason: "The same in other words.", alignment: "aligned", alignment_score: 0, confidence: 0.9 };

/** What models answer where the test says nothing else: the next step, the step reworded, aligned. */
export function wellBehaved(request: LLMRequest): object {
  switch (partOf(request)) {
    case "user": {
      const n = turnAsked(request);
      return { user_message: stepMessage(n), desired_action: stepWish(n) };
    }
    case "agent": {
      const n = stepAsked(request);
      return { llm_reply: { message: `I have added step ${n}.` }, actions: [reworded(n)] };
    }
    case "judge":
      return ALIGNED;
  }
}

/** The section of a conversation whose three sides are models. */
export function modelSection(changes: JsonObject = {}): JsonObject {
  const user = { kind: "llm", persona: "You run a small company.", goal: "A plan with all steps." };
  return { user, agent: { adapter: "builtin" }, judge: { kind: "llm" }, max_turns: 3, ...changes };
}

/** Opens an app whose default provider is a server of this test's own; both are gone afterwards. */
export async function withModels<T>(
  options: LLMServerOptions & { readonly provider?: JsonObject },
  body: (app: App, server: LLMServer, folder: string) => Promise<T>,
  more: TestAppOptions = {},
): Promise<T> {
  const { provider, ...behaviour } = options;
  await using server = await LLMServer.start({ key: KEY, answer: wellBehaved, ...behaviour });
  Deno.env.set(KEY_ENV, KEY);
  const config = {
    providers: {
      default: { base_url: server.url, api_key_env: KEY_ENV, model: "test-model", max_concurrency: 10, ...provider },
    },
    ...more.config,
  };
  return await withApp({ ...more, config }, (app, folder) => body(app, server, folder));
}

/** The requests of one side, in their order. */
export function requestsOf(server: LLMServer, part: Part) {
  return server.requests.filter(({ body }) => partOf(body) === part);
}
