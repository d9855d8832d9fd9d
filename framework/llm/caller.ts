/** The sandbox's side of `context.llm` and `context.http`: asks the host, reads the answers, asks again. */

import { SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import type { ModelSettings, OnFailure } from "../scenario/resolved.ts";
import { answerSchema } from "./answer_schema.ts";
import type { Call, CallAddress, ChatMessage, SettledCall } from "./call.ts";
import { extractJson } from "./extract.ts";
import { feedback, shortened } from "./feedback.ts";
import {
  type AnswerSchema,
  type ChatAnswer,
  type ChatRequest,
  type Http,
  type HttpRequest,
  type HttpResponse,
  type LLM,
  ModelError,
} from "./llm.ts";
import { assertSendable } from "./sendable.ts";
import type { Asker, Attempt, Question, TurnCalls } from "./turn_calls.ts";

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
    const { asker } = this.#options;
    const role = request.role ?? asker;
    const settings = this.#settingsOf(role);
    return await this.#question(request.purpose ?? PURPOSE[asker], request.tolerant, async (address, attempts) => {
      const schema = request.schema === undefined ? null : answerSchema(request.schema);
      const offline = this.isOffline(role) ? asJson(request.offline?.()) : undefined;
      let messages = conversation(request);
      while (true) {
        const call: Call = {
          kind: "llm",
          ...address,
          attempt: attempts.length + 1,
          role,
          messages,
          schema,
          ...(request.tools !== undefined && { tools: request.tools }),
          ...(request.temperature !== undefined && { temperature: request.temperature }),
          ...(request.max_tokens !== undefined && { max_tokens: request.max_tokens }),
          ...(offline !== undefined && { offline }),
        };
        assertSendable(call);
        const settled = await this.#options.ask(call);
        const isLast = attempts.length === settings.max_retries;
        const fitting = settled.response === undefined ? null : readAnswer(request.schema, settled.response.content);
        const problem = fitting !== null && "problem" in fitting ? fitting.problem : null;
        attempts.push({ call, settled, problem });
        // An answer that is not quite as it should be is better than none.
        const read = problem !== null && isLast && request.lenient
          ? readAnswer(request.lenient, settled.response!.content)
          : fitting;
        if (read !== null && "value" in read) {
          const { provider, model, response } = settled;
          const { content: text, tool_calls = [] } = response!;
          const result = { value: read.value, text, tool_calls, provider, model, attempts: attempts.length };
          return { result, answer: isObject(read.json) ? read.json : null };
        }
        if (read === null || isLast) {
          const { code, message } = failureOf(settled, attempts);
          throw this.#error(code, message);
        }
        const said = shortened(settled.response!.content, SHOWN_AGAIN);
        const cut = settled.response!.finish_reason === "length" ? "Your answer was cut off: be brief.\n" : "";
        messages = [...messages, { role: "assistant", content: said }, { role: "user", content: cut + problem! }];
      }
    });
  }

  async request(request: HttpRequest): Promise<HttpResponse> {
    const { method, url, headers = {}, body, purpose, timeout, tolerant } = request;
    return await this.#question(purpose ?? "http", tolerant, async (address, attempts) => {
      const isText = body === undefined || typeof body === "string";
      const call: Call = {
        kind: "http",
        ...address,
        attempt: 1,
        method: (method ?? (body === undefined ? "GET" : "POST")).toUpperCase(),
        url,
        headers: isText ? headers : { "content-type": "application/json", ...headers },
        body: body === undefined ? null : isText ? body as string : JSON.stringify(body),
        ...(timeout !== undefined && { timeout }),
      };
      assertSendable(call);
      const settled = await this.#options.ask(call);
      attempts.push({ call, settled, problem: null });
      const { error, response } = settled;
      if (error?.refused) {
        throw new SimError(error.code, error.message, error.hint === undefined ? {} : { hint: error.hint });
      }
      if (error) throw this.#error(error.code, error.message);
      return { result: { status: response!.status!, body: response!.content }, answer: null };
    });
  }

  /**
   * Has `ask` put one question, and keeps what came of it, also where domain code fails in between. Its ordinal is given
   * out at once, so that questions are numbered as they are asked.
   *
   * @param tolerant whether that no answer could be had says nothing of the simulation; what could not be asked does
   */
  async #question<T>(
    purpose: string,
    tolerant: boolean | undefined,
    ask: (
      address: Omit<CallAddress, "attempt">,
      attempts: Attempt[],
    ) => Promise<{ readonly result: T; readonly answer: JsonObject | null }>,
  ): Promise<T> {
    const { asker, agent, turn, calls } = this.#options;
    const address = { agent, turn, purpose, n: calls.open(agent, purpose) };
    const attempts: Attempt[] = [];
    const keep = (answer: JsonObject | null, failure: Question["failure"]) =>
      calls.keep({ asker, agent, purpose, n: address.n, attempts, answer, failure });
    try {
      const { result, answer } = await ask(address, attempts);
      keep(answer, null);
      return result;
    } catch (error) {
      const { code = "call_error", message = String(error) } = error as { code?: string; message?: string };
      keep(null, { code, message, ...(tolerant === true && error instanceof ModelError && { tolerated: true }) });
      throw error;
    }
  }

  #error(code: string, message: string): ModelError {
    const { agent, turn } = this.#options;
    return new ModelError(code, message, {
      turn,
      ...(agent !== "" && { agent }),
      hint: "on_failure says what follows: fallback, skip or fail",
    });
  }

  #settingsOf(role: string): ModelSettings {
    const settings = this.#options.settings(role);
    if (settings) return settings;
    throw new SimError("no_llm", `${this.#options.asker} asks a model, but none was chosen for this run`, {
      hint: "its class has to say so: static override readonly llm = true; or the scenario needs a section llm: {}",
    });
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
  schema: AnswerSchema<T> | undefined,
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
