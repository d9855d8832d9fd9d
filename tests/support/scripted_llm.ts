/** A model that says what a test has written down, for tests of what is made of answers. */

import { type ChatAnswer, type ChatRequest, type LLM, ModelError, type OnFailure } from "../../framework/mod.ts";
import { answerSchema } from "../../framework/llm/answer_schema.ts";
import { feedback } from "../../framework/llm/feedback.ts";

/**
 * What it says: a JSON value, or an error that stands in the place of an answer. To a question without a schema a text or
 * `{ content, tool_calls: [{ name, arguments }] }`.
 */
export type Reply = unknown | ModelError;

/** How it is asked. */
export interface ScriptOptions {
  /** Whether rules answer in its place. */
  readonly offline?: boolean;
  readonly onFailure?: OnFailure;
  /** How often it is asked again. Default 2. */
  readonly retries?: number;
}

/** A model whose answers are known: a list, or by the question's purpose. */
export class ScriptedLLM implements LLM {
  /** Every question, in the order in which they were asked. */
  readonly requests: ChatRequest<unknown>[] = [];
  /** What it was told was wrong. */
  readonly complaints: string[] = [];
  readonly #replies: (purpose: string) => Reply | Promise<Reply>;
  readonly #options: ScriptOptions;

  constructor(
    replies: readonly Reply[] | ((purpose: string) => Reply | Promise<Reply>) = [],
    options: ScriptOptions = {},
  ) {
    const left = Array.isArray(replies) ? [...replies] : [];
    this.#replies = typeof replies === "function" ? replies : () => left.shift();
    this.#options = options;
  }

  /** The text of the last question, system's and user's part. */
  get lastPrompt(): string {
    const { system = "", messages } = this.requests.at(-1)!;
    return `${system}\n${messages}`;
  }

  isOffline(): boolean {
    return this.#options.offline ?? false;
  }

  onFailure(): OnFailure {
    return this.#options.onFailure ?? "fallback";
  }

  async chat<T = string>(request: ChatRequest<T>): Promise<ChatAnswer<T>> {
    this.requests.push(request as ChatRequest<unknown>);
    if (request.schema === undefined) return await this.#speak(request);
    answerSchema(request.schema);
    const offline = this.isOffline() ? JSON.stringify(request.offline?.()) : undefined;
    const { retries = 2 } = this.#options;
    for (let attempt = 1;; attempt++) {
      const reply = offline === undefined ? await this.#replies(request.purpose!) : JSON.parse(offline);
      if (reply instanceof ModelError) throw reply;
      const read = request.schema.safeParse(reply);
      const answer = { ...SCRIPTED, text: JSON.stringify(reply), tool_calls: [], attempts: attempt };
      if (read.success) return { value: read.data, ...answer };
      this.complaints.push(feedback(read.error));
      if (attempt <= retries) continue;
      const last = request.lenient?.safeParse(reply);
      if (last?.success) return { value: last.data, ...answer };
      throw new ModelError("invalid_answer", `never answered as asked: ${this.complaints.at(-1)}`);
    }
  }

  async #speak<T>(request: ChatRequest<T>): Promise<ChatAnswer<T>> {
    const reply = this.isOffline() ? request.offline?.() : await this.#replies(request.purpose!);
    if (reply instanceof ModelError) throw reply;
    const said = typeof reply === "string" ? { content: reply } : reply as Spoken;
    const tool_calls = (said.tool_calls ?? []).map(({ name, arguments: written, id }, i) => ({
      id: id ?? `call_${i + 1}`,
      name,
      arguments: typeof written === "string" ? written : JSON.stringify(written),
    }));
    const text = said.content ?? "";
    // Without a schema T is string.
    return { ...SCRIPTED, value: text as T, text, tool_calls, attempts: 1 };
  }
}

/** An answer to a question without a schema. */
interface Spoken {
  readonly content?: string;
  readonly tool_calls?: readonly { readonly name: string; readonly arguments: unknown; readonly id?: string }[];
}

const SCRIPTED = { provider: "script", model: "scripted" };
