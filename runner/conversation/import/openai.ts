/** Chat messages as turns: OpenAI's, and the shapes of the AI SDK and of Anthropic. */

import type { ActionCatalogue, DoneAction, TurnFault } from "../../../framework/conversation/mod.ts";
import { type JsonObject, notJson, SimError } from "../../../framework/mod.ts";
import { toolResult } from "../tool_result.ts";
import { parseJsonOrLines, type Placed } from "./json_text.ts";
import type { RecordedConversation, RecordedTurn } from "./recorded.ts";

/** How messages are read. */
export interface MessagesOptions {
  /** Gives the actions' kinds; those it does not know are of kind `tool_operation`. */
  readonly catalogue?: ActionCatalogue;
}

/**
 * The conversations of a text: JSON lines or one JSON value, each of them `{"messages": [...]}` or a list of messages,
 * or a list of either.
 *
 * A turn begins with a message of the user; the texts of the agent until the next one are its reply, joined by an empty
 * line. Actions are tool calls: OpenAI's `tool_calls` (arguments as text or object) and `function_call`, the AI SDK's
 * parts `tool-call` and `tool-result`, Anthropic's blocks `tool_use` and `tool_result`. A result belongs to the nearest
 * preceding message with a call of its id (and name, where it has one) that has no result yet, there to the first such
 * call; one without an id to the first call without a result. Ids may therefore repeat. What the result says decides
 * whether the call succeeded ({@linkcode toolResult}). Arguments that are no JSON object are a fault of the turn.
 *
 * @throws {SimError} `not_json`; `bad_messages`: with the line and the message it is about
 */
export function readMessages(text: string, options: MessagesOptions = {}): RecordedConversation[] {
  return parseJsonOrLines(text, "the conversation").flatMap(conversationsIn).map(({ place, value }) =>
    new MessagesReader(place, options).read(value as readonly unknown[])
  );
}

/** Lists of messages with their places. */
function conversationsIn({ place, value }: Placed): Placed[] {
  if (isObject(value)) {
    return [{ place: place || "conversation 1", value: messagesOf(value, place || "conversation 1") }];
  }
  if (!Array.isArray(value)) {
    throw badMessages(place, `${describe(value)} is no conversation`);
  }
  const isMessages = value.length > 0 && value.every((each) => isObject(each) && "role" in each);
  if (isMessages) return [{ place: place || "conversation 1", value }];
  return value.map((each, i) => {
    const inner = `${place === "" ? "" : `${place}, `}conversation ${i + 1}`;
    return { place: inner, value: Array.isArray(each) ? each : messagesOf(each, inner) };
  });
}

function messagesOf(value: unknown, place: string): readonly unknown[] {
  const messages = isObject(value) ? value.messages : undefined;
  if (!Array.isArray(messages)) {
    throw badMessages(place, isObject(value) ? "there is no list `messages`" : `${describe(value)} is no conversation`);
  }
  return messages;
}

/** A tool call on its way to become an action. */
interface Call {
  readonly id: string | null;
  readonly name: string;
  readonly parameters: JsonObject;
  result: { readonly success: boolean; readonly result_message: string } | null;
}

/** A turn being read. */
interface OpenTurn {
  readonly message: string;
  readonly replies: string[];
  readonly calls: Call[];
  fault?: TurnFault;
}

/** The parts of a message's content. */
interface Content {
  /** Null: it has no text at all. */
  readonly text: string | null;
  readonly calls: readonly JsonObject[];
  readonly results: readonly JsonObject[];
}

class MessagesReader {
  readonly #place: string;
  readonly #catalogue: ActionCatalogue;
  readonly #system: string[] = [];
  readonly #turns: OpenTurn[] = [];
  /** Calls by the message they came with. */
  readonly #batches: Call[][] = [];
  readonly #notes: string[] = [];
  #at = "";

  constructor(place: string, { catalogue = {} }: MessagesOptions) {
    this.#place = place;
    this.#catalogue = catalogue;
  }

  read(messages: readonly unknown[]): RecordedConversation {
    messages.forEach((message, i) => {
      this.#at = `messages[${i}]`;
      if (!isObject(message)) throw this.#bad(`${describe(message)} is no message`);
      this.#message(message);
    });
    const unanswered = this.#batches.flat().filter((call) => call.result === null).length;
    if (unanswered > 0) {
      this.#notes.push(`tool calls without a result are taken as carried out: ${unanswered}`);
    }
    return {
      place: this.#place,
      system: this.#system.length === 0 ? null : this.#system.join("\n\n"),
      turns: this.#turns.map((turn) => this.#recorded(turn)),
      notes: this.#notes,
    };
  }

  #message(message: JsonObject): void {
    const content = this.#content(message.content);
    switch (message.role) {
      case "system":
      case "developer":
        if (content.text !== null) this.#system.push(content.text);
        return;
      case "user":
        for (const result of content.results) this.#result(result);
        // Anthropic's results come as a message of the user, who has said nothing then.
        if (content.text !== null || content.results.length === 0) {
          this.#turns.push({ message: content.text ?? "", replies: [], calls: [] });
        }
        return;
      case "assistant":
        this.#assistant(message, content);
        return;
      case "tool":
      case "function":
        if (content.results.length > 0) { for (const result of content.results) this.#result(result); }
        else this.#result({ ...message, content: content.text ?? "" });
        return;
      default:
        throw this.#bad(`there is no role ${describe(message.role)}`);
    }
  }

  #assistant(message: JsonObject, { text, calls, results }: Content): void {
    const written: unknown[] = [...calls];
    if (Array.isArray(message.tool_calls)) written.push(...message.tool_calls);
    else if (message.tool_calls !== undefined && message.tool_calls !== null) {
      throw this.#bad("`tool_calls` is no list");
    }
    if (isObject(message.function_call)) written.push(message.function_call);
    const turn = this.#turns.at(-1);
    if (turn === undefined) {
      this.#note("what the agent said or did before the first message of the user is left out");
      return;
    }
    const said = text ?? (typeof message.refusal === "string" ? message.refusal : null);
    if (said !== null) turn.replies.push(said);
    const batch = written.flatMap((call) => this.#call(call, turn) ?? []);
    turn.calls.push(...batch);
    if (batch.length > 0) this.#batches.push(batch);
    for (const result of results) this.#result(result);
  }

  /** Null: its arguments cannot be read, which is a fault of the turn. */
  #call(written: unknown, turn: OpenTurn): Call | null {
    if (!isObject(written)) throw this.#bad(`${describe(written)} is no tool call`);
    const inner = isObject(written.function) ? written.function : written;
    const name = inner.name ?? written.toolName;
    if (typeof name !== "string" || name.trim() === "") throw this.#bad("a tool call has no name");
    const id = written.id ?? written.toolCallId;
    const parameters = argumentsOf(inner.arguments ?? written.args ?? written.input);
    if (parameters === null) {
      turn.fault ??= { code: "not_json", message: `${this.#at}: the arguments of ${name} are no JSON object` };
      return null;
    }
    return { id: typeof id === "string" ? id : null, name: name.trim(), parameters, result: null };
  }

  #result(written: JsonObject): void {
    const id = written.tool_call_id ?? written.toolCallId ?? written.tool_use_id ?? written.id;
    const name = written.name ?? written.toolName;
    const call = this.#callFor(typeof id === "string" ? id : null, typeof name === "string" ? name : null);
    if (call === null) this.#note("a tool result that belongs to no call is left out");
    else call.result = this.#outcome(written);
  }

  #callFor(id: string | null, name: string | null): Call | null {
    for (const batch of this.#batches.toReversed()) {
      const call = batch.find((each) =>
        each.result === null && (id === null || each.id === id) && (name === null || each.name === name)
      );
      if (call !== undefined) return call;
    }
    return null;
  }

  #outcome(written: JsonObject): { success: boolean; result_message: string } {
    const { output } = written;
    // The AI SDK wraps results: {type: "text" | "json" | "error-text" | "error-json" | "content", value}.
    const wrapped = isObject(output) && typeof output.type === "string" && "value" in output ? output : null;
    const value = wrapped === null ? output ?? written.result ?? written.content : wrapped.value;
    const { success, result_message } = toolResult(Array.isArray(value) ? this.#joined(value) : asText(value));
    const hasFailed = written.is_error === true || written.isError === true || written.error === true ||
      written.status === "error" || (wrapped !== null && String(wrapped.type).startsWith("error"));
    return { success: success && !hasFailed, result_message };
  }

  /** Content blocks as text; another list as JSON. */
  #joined(parts: readonly unknown[]): string {
    const isBlocks = parts.length > 0 && parts.every((part) => isObject(part) && typeof part.type === "string");
    return isBlocks ? this.#content(parts).text ?? "" : JSON.stringify(parts);
  }

  #content(content: unknown): Content {
    if (content === undefined || content === null) return { text: null, calls: [], results: [] };
    if (typeof content === "string") return { text: content, calls: [], results: [] };
    if (!Array.isArray(content)) throw this.#bad(`content is ${describe(content)}, not a text or a list of parts`);
    const texts: string[] = [];
    const calls: JsonObject[] = [];
    const results: JsonObject[] = [];
    for (const part of content) {
      const type = isObject(part) ? part.type : undefined;
      if (typeof type !== "string") throw this.#bad(`${describe(part)} is no part of a message`);
      const text = part.text ?? part.refusal;
      if (type === "tool-call" || type === "tool_use") calls.push(part);
      else if (type === "tool-result" || type === "tool_result") results.push(part);
      else if (["text", "input_text", "output_text", "refusal"].includes(type) && typeof text === "string") {
        texts.push(text);
      } else this.#note(`a part of type ${type} is left out`);
    }
    return { text: texts.length === 0 ? null : texts.join("\n"), calls, results };
  }

  #recorded({ message, replies, calls, fault }: OpenTurn): RecordedTurn {
    // Empty texts beside others say nothing; alone they are the answer.
    const said = replies.length > 1 ? replies.filter((reply) => reply !== "") : replies;
    return {
      message,
      desired_action: null,
      reply: replies.length === 0 ? null : said.join("\n\n"),
      actions: calls.map((call): DoneAction => ({
        kind: Object.hasOwn(this.#catalogue, call.name) ? this.#catalogue[call.name]!.kind : "tool_operation",
        name: call.name,
        parameters: call.parameters,
        success: call.result?.success ?? true,
        result_message: call.result?.result_message ?? "",
      })),
      ...(fault === undefined ? {} : { fault }),
    };
  }

  #note(text: string): void {
    this.#notes.push(`${this.#at}: ${text}`);
  }

  #bad(message: string): SimError {
    return badMessages(`${this.#place}, ${this.#at}`, message);
  }
}

/** The arguments of a call; null: they are no JSON object. */
function argumentsOf(written: unknown): JsonObject | null {
  let value = written;
  if (typeof written === "string") {
    // Calls of functions without parameters often come with an empty text.
    if (written.trim() === "") return {};
    try {
      value = JSON.parse(written);
    } catch {
      // What the agent wrote is no JSON: the caller records that.
      return null;
    }
  }
  if (value === undefined || value === null) return {};
  return isObject(value) && notJson(value) === null ? value : null;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}

function badMessages(place: string, message: string): SimError {
  return new SimError("bad_messages", `${place === "" ? "" : `${place}: `}${message}`, {
    hint: 'a conversation is {"messages": [{"role": "user", "content": "…"}, {"role": "assistant", …}]}, one a line',
  });
}
