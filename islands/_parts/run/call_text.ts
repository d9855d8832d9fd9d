/** Settled calls in words: who was asked what, what came back, what it took, and whether anybody was asked at all. */

import type { IconName } from "../icons.tsx";
import { json, text } from "../number_format.tsx";

/** A tool that a model wanted called. */
export interface CalledTool {
  readonly name?: string;
  readonly arguments?: string;
}

/** A message to a model. */
export interface SentMessage {
  readonly role?: string;
  readonly content?: string;
  readonly tool_calls?: readonly CalledTool[];
}

/** A line of `llm.jsonl`, of which nothing is sure but its number. */
export interface RunCall {
  readonly seq: number;
  readonly kind?: string;
  readonly agent?: string;
  readonly turn?: number;
  readonly purpose?: string;
  readonly n?: number;
  readonly attempt?: number;
  readonly provider?: string;
  readonly model?: string;
  readonly request?: { readonly [name: string]: unknown };
  readonly response?: {
    readonly content?: string;
    readonly finish_reason?: string;
    readonly tool_calls?: readonly CalledTool[];
    readonly status?: number;
  };
  readonly error?: { readonly code?: string; readonly message?: string; readonly hint?: string };
  readonly usage?: { readonly input_tokens?: number; readonly output_tokens?: number };
  readonly cost_usd?: number;
  readonly latency_ms?: number;
  readonly retries?: number;
  readonly at?: string;
  readonly reused_from?: string;
}

/** Who answered. */
export interface Served {
  readonly word: string;
  readonly icon: IconName;
  readonly tone: string;
  readonly title: string;
}

/** Who answered: a tape, a rule in place of a model, or whoever was asked. */
export function servedBy({ reused_from, provider, error }: RunCall): Served {
  if (typeof reused_from === "string") {
    return { word: "tape", icon: "copy", tone: "cached", title: "from the tape of another run: nobody was asked" };
  }
  if (isThere(error)) return { word: "failed", icon: "alert", tone: "error", title: "no answer could be had" };
  if (provider === "offline") {
    return { word: "rule", icon: "step", tone: "queued", title: "answered by a rule in place of a model" };
  }
  return { word: "asked", icon: "check", tone: "done", title: "asked when this run was played" };
}

function isThere<T>(value: T | null | undefined): value is T {
  return value !== undefined && value !== null;
}

/** A text as it is, anything else as JSON, nothing as nothing. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : isThere(value) ? json(value) : "";
}

/** What a model wanted called. */
export function toolsOf(tools: unknown): readonly CalledTool[] {
  return Array.isArray(tools) ? tools.filter((each) => typeof each === "object" && each !== null) : [];
}

/** What was sent to a model, in order. */
export function messagesOf({ request }: RunCall): readonly SentMessage[] {
  const messages = request?.messages;
  return Array.isArray(messages) ? messages.filter((each) => typeof each === "object" && each !== null) : [];
}

/** Member of an answer in which models say why. */
const REASONS = ["reasoning", "rationale", "thoughts", "explanation"];

/** Why a model answered as it did, where its answer is JSON that says so; null: it is not said. */
export function reasoningOf({ response }: RunCall): string | null {
  const texts = [response?.content, ...toolsOf(response?.tool_calls).map((tool) => tool.arguments)];
  for (const each of texts) {
    const answer = parsed(each);
    for (const name of REASONS) {
      if (typeof answer[name] === "string" && answer[name] !== "") return answer[name] as string;
    }
  }
  return null;
}

function parsed(value: unknown): { readonly [name: string]: unknown } {
  if (typeof value !== "string" || !value.trimStart().startsWith("{")) return {};
  try {
    const answer: unknown = JSON.parse(value);
    return typeof answer === "object" && answer !== null ? answer as { readonly [name: string]: unknown } : {};
  } catch {
    return {};
  }
}

/** JSON with its parts below one another; any other text as it is. */
export function readable(value: string): string {
  const first = value.trimStart()[0];
  if (first !== "{" && first !== "[") return value;
  try {
    return JSON.stringify(JSON.parse(value), null, 2);
  } catch {
    return value;
  }
}

/** Characters of a line. */
const LINE = 200;

/** What came of a call, in one line. */
export function outcomeOf({ response, error }: RunCall): string {
  if (isThere(error)) return text(`${asText(error.code) || "error"}: ${asText(error.message)}`, LINE);
  const tools = toolsOf(response?.tool_calls).map((tool) => `${asText(tool.name)}(${asText(tool.arguments)})`);
  const status = typeof response?.status === "number" ? `${response.status} ` : "";
  return text(`${status}${asText(response?.content) || tools.join(", ")}`.replaceAll(/\s+/g, " "), LINE);
}
