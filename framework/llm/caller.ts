/** The sandbox's side of `context.llm` and `context.http`: asks the host, reads the answers, asks again. */

import { SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import type { ModelSettings, OnFailure } from "../scenario/resolved.ts";
import { answerSchema } from "./answer_schema.ts";
import type { Call, CallAddress, ChatMessage, SettledCall } from "./call.ts";
import { extractJson } from "./extract.ts";
import { feedback, shortened } from "./feedback.ts";
import {
  type ChatAnswer,
  type ChatRequest,
  type Http,
  type HttpRequest,
  type HttpResponse,
  type LLM,
  ModelError,
} from "./llm.ts";
import type { Asker, Attempt, TurnCalls } from "./turn_calls.ts";

/** Characters of an answer that does not fit which the model is shown again. */
const SHOWN_AGAIN = 4000;

/** What a question is for when nobody says. */
const PURPOSE: Record<Asker, string> = { agent: "decide", engine: "apply", validator: "judge" };

/** On whose behalf is asked, and who answers. */
export interface CallerOptions {
  readonly asker: Asker;
  /** Name of the agent; empty for engine and validator. */
  readonly agent: string;
  readonly turn: number;
  readonly calls: TurnCalls;
  /** Settings that count in a role; null: there is no model. */
  readonly settings: (role: string) => ModelSettings | null;
  /** The host. Never settles when the turn is abandoned. */
  readonly ask: (call: Call) => Promise<SettledCall>;
}

/** What one component asks in one turn. */
export class Caller implements LLM, Http {
  readonly #options: CallerOptions;

  constructor(options: CallerOptions) {
    this.#options = options;
  }

  isOffline(role: string = this.#options.asker): boolean {
    return this.#options.settings(role)?.provider === "offline";
  }

  onFailure(role: string = this.#options.asker): OnFailure {
    return this.#options.settings(role)?.on_failure ?? "fail";
  }

  async chat<T = string>(request: ChatRequest<T>): Promise<ChatAnswer<T>> {
    const { asker, agent, turn } = this.#options;
    const role = request.role ?? asker;
    const settings = this.#settingsOf(role);
    const address = this.#address(request.purpose ?? PURPOSE[asker]);
    const schema = request.schema === undefined ? null : answerSchema(request.schema);
    const offline = this.isOffline(role) ? asJson(request.offline?.()) : undefined;
    const attempts: Attempt[] = [];
    let messages = conversation(request);
    while (true) {
      const call: Call = {
        kind: "llm",
        ...address,
        attempt: attempts.length + 1,
        role,
        messages,
        schema,
        ...(request.temperature !== undefined && { temperature: request.temperature }),
        ...(request.max_tokens !== undefined && { max_tokens: request.max_tokens }),
        ...(offline !== undefined && { offline }),
      };
      const settled = await this.#ask(address, call, attempts);
      const read = settled.response === undefined ? null : readAnswer(request, settled.response.content);
      const problem = read !== null && "problem" in read ? read.problem : null;
      attempts.push({ call, settled, problem });
      if (read !== null && "value" in read) {
        this.#keep(address, attempts, isObject(read.json) ? read.json : null, null);
        const { provider, model } = settled;
        return { value: read.value, text: settled.response!.content, provider, model, attempts: attempts.length };
      }
      if (read === null || attempts.length > settings.max_retries) {
        const failure = failureOf(settled, attempts);
        this.#keep(address, attempts, null, failure);
        throw new ModelError(failure.code, failure.message, {
          turn,
          ...(agent !== "" && { agent }),
          hint: "on_failure says what follows: fallback, skip or fail",
        });
      }
      const said = shortened(settled.response!.content, SHOWN_AGAIN);
      const cut = settled.response!.finish_reason === "length" ? "Your answer was cut off: be brief.\n" : "";
      messages = [...messages, { role: "assistant", content: said }, { role: "user", content: cut + problem! }];
    }
  }

  async request({ method, url, headers = {}, body, purpose }: HttpRequest): Promise<HttpResponse> {
    const { turn, agent } = this.#options;
    const address = this.#address(purpose ?? "http");
    const isText = body === undefined || typeof body === "string";
    const call: Call = {
      kind: "http",
      ...address,
      attempt: 1,
      method: (method ?? (body === undefined ? "GET" : "POST")).toUpperCase(),
      url,
      headers: isText ? headers : { "content-type": "application/json", ...headers },
      body: body === undefined ? null : isText ? body as string : JSON.stringify(body),
    };
    const settled = await this.#ask(address, call, []);
    const attempts = [{ call, settled, problem: null }];
    const { error, response } = settled;
    this.#keep(address, attempts, null, error ?? null);
    if (error) throw new ModelError(error.code, error.message, { turn, ...(agent !== "" && { agent }) });
    return { status: response!.status!, body: response!.content };
  }

  /** What the host refuses is the scenario's or the domain's fault, and no model's. */
  async #ask(
    address: Omit<CallAddress, "attempt">,
    call: Call,
    attempts: readonly Attempt[],
  ): Promise<SettledCall> {
    try {
      return await this.#options.ask(call);
    } catch (error) {
      const { code = "call_error", message } = error as Error & { code?: string };
      this.#keep(address, attempts, null, { code, message });
      throw error;
    }
  }

  #settingsOf(role: string): ModelSettings {
    const settings = this.#options.settings(role);
    if (settings) return settings;
    throw new SimError("no_llm", `${this.#options.asker} asks a model, but none was chosen for this run`, {
      hint: "its class has to say so: static override readonly llm = true; or the scenario needs a section llm: {}",
    });
  }

  /** All but the attempt; the ordinal is given out at once, so that questions are numbered as they are asked. */
  #address(purpose: string): Omit<CallAddress, "attempt"> {
    const { agent, turn, calls } = this.#options;
    return { agent, turn, purpose, n: calls.open(agent, purpose) };
  }

  #keep(
    { agent, purpose, n }: Omit<CallAddress, "attempt">,
    attempts: readonly Attempt[],
    answer: JsonObject | null,
    failure: { readonly code: string; readonly message: string } | null,
  ): void {
    this.#options.calls.keep({ asker: this.#options.asker, agent, purpose, n, attempts, answer, failure });
  }
}

function conversation({ system, messages }: Pick<ChatRequest, "system" | "messages">): readonly ChatMessage[] {
  return [
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    ...(typeof messages === "string" ? [{ role: "user" as const, content: messages }] : messages),
  ];
}

/** The answer as the schema reads it, or what the model is told of it. */
function readAnswer<T>(
  { schema }: Pick<ChatRequest<T>, "schema">,
  text: string,
): { readonly value: T; readonly json: Json } | { readonly problem: string } {
  // Without a schema T is string.
  if (schema === undefined) return { value: text as T, json: text };
  const extracted = extractJson(text);
  if ("problem" in extracted) return { problem: feedback(extracted.problem) };
  const parsed = schema.safeParse(extracted.value);
  return parsed.success ? { value: parsed.data, json: extracted.value } : { problem: feedback(parsed.error) };
}

function failureOf(settled: SettledCall, attempts: readonly Attempt[]): { code: string; message: string } {
  const { provider, model, error } = settled;
  if (error) return { code: error.code, message: `no answer from ${provider} ${model}: ${error.message}` };
  const last = attempts.at(-1)!.problem!;
  const times = attempts.length === 1 ? "once" : `${attempts.length} times`;
  return {
    code: "invalid_answer",
    message: `${provider} ${model} was asked ${times} and never answered as asked: ${shortened(last, 300)}`,
  };
}

function asJson(value: unknown): Json | undefined {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
