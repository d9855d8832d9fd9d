/** One line of `llm.jsonl` (`formats.md` 2.5): a settled call, what was sent and what came of it. */

import type {
  Call,
  CallAddress,
  CallError,
  CallResponse,
  ChatMessage,
  ChatTool,
  JsonObject,
  SettledCall,
  Usage,
} from "../../framework/mod.ts";
import { z } from "zod";

/** Name of the tape in a run's folder. */
export const TAPE_FILE = "llm.jsonl";

/** What a model was sent. */
export interface SentToModel {
  /** Whose settings counted. */
  readonly role: string;
  readonly messages: readonly ChatMessage[];
  /** JSON Schema of the answer; null: free text. */
  readonly schema: JsonObject | null;
  /** Absent: none. */
  readonly tools?: readonly ChatTool[];
  /** Null: the provider's default. */
  readonly temperature: number | null;
  /** Longest answer, tokens; null: the provider's default. */
  readonly max_tokens: number | null;
}

/** What a service was sent, but for headers, which may hold secrets. */
export interface SentToService {
  readonly method: string;
  readonly url: string;
  readonly body: string | null;
}

interface Settled extends CallAddress {
  /** Number of the line, from 1. */
  readonly seq: number;
  /** What {@linkcode callKey} makes of the call. */
  readonly key: string;
  /** Name of the provider; of an HTTP call its origin. */
  readonly provider: string;
  /** The model's name; empty for HTTP. */
  readonly model: string;
  /** What came back. Either this or `error` is there. */
  readonly response?: CallResponse;
  /** Why the call was given up. */
  readonly error?: CallError;
  /** Tokens that the call took when it was made. */
  readonly usage: Usage;
  /** US dollars that this run paid: 0 for what was reused. */
  readonly cost_usd: number;
  /** From the first try to the last word when the call was made, ms. */
  readonly latency_ms: number;
  /** Tries that failed on the way and were made again; absent: none. */
  readonly retries?: number;
  /** When this run had the answer, ISO-8601 UTC. */
  readonly at: string;
  /** Id of the run that made the call, where it was not this one. */
  readonly reused_from?: string;
}

/** A call of a model. */
export interface ModelEntry extends Settled {
  readonly kind: "llm";
  readonly request: SentToModel;
}

/** A call of a service. */
export interface HttpEntry extends Settled {
  readonly kind: "http";
  readonly request: SentToService;
}

/** A settled call. */
export type TapeEntry = ModelEntry | HttpEntry;

/** A settled call that has no number yet. */
export type NewTapeEntry = Omit<ModelEntry, "seq"> | Omit<HttpEntry, "seq">;

const text = z.string();
const count = z.int().min(0);
const ordinal = z.int().min(1);
const amount = z.number().min(0);
// Whatever it says, it is JSON.
const object = z.custom<JsonObject>((value) => typeof value === "object" && !Array.isArray(value));
const toolCalls = z.array(z.object({ id: text, name: text, arguments: text }));
const settled = {
  seq: ordinal,
  agent: text,
  turn: count,
  purpose: text,
  n: ordinal,
  attempt: ordinal,
  key: z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits"),
  provider: text,
  model: text,
  response: z.object({
    content: text,
    finish_reason: text.exactOptional(),
    tool_calls: toolCalls.exactOptional(),
    status: z.int().exactOptional(),
  }).exactOptional(),
  error: z.object({ code: text, message: text }).exactOptional(),
  usage: z.object({ input_tokens: count, output_tokens: count }),
  cost_usd: amount,
  latency_ms: amount,
  retries: count.exactOptional(),
  at: text,
  reused_from: text.exactOptional(),
};
const schema: z.ZodType<TapeEntry> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("llm"),
    ...settled,
    request: z.object({
      role: text,
      messages: z.array(z.object({
        role: z.enum(["system", "user", "assistant", "tool"]),
        content: text,
        tool_calls: toolCalls.exactOptional(),
        tool_call_id: text.exactOptional(),
      })),
      schema: object.nullable(),
      tools: z.array(z.object({ name: text, description: text, parameters: object })).exactOptional(),
      temperature: z.number().nullable(),
      max_tokens: count.nullable(),
    }),
  }),
  z.object({
    kind: z.literal("http"),
    ...settled,
    request: z.object({ method: text, url: text, body: text.nullable() }),
  }),
]).refine((entry) => (entry.response === undefined) !== (entry.error === undefined), {
  message: "either a response or an error is expected",
});

/** What is wrong with an entry, for people; null when nothing is. */
export function entryProblem(entry: unknown): string | null {
  const read = schema.safeParse(entry);
  return read.success ? null : z.prettifyError(read.error);
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A line as an entry, with whatever else it says; null when it is none. */
export function decodeEntry(line: Uint8Array): TapeEntry | null {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(line));
  } catch (error) {
    // Not UTF-8, or not JSON.
    if (error instanceof TypeError || error instanceof SyntaxError) return null;
    throw error;
  }
  return schema.safeParse(value).success ? value as TapeEntry : null;
}

/**
 * The entry of a call that has been settled.
 *
 * @param call a model's, with the temperature and the longest answer that were asked for, wherever they come from
 * @param key what {@linkcode callKey} makes of it
 * @param at now, ISO-8601 UTC
 * @param reusedFrom the run on whose tape the answer was found; then it cost nothing. Absent: the call was made
 */
export function entryOf(call: Call, key: string, settled: SettledCall, at: string, reusedFrom?: string): NewTapeEntry {
  const { agent, turn, purpose, n, attempt } = call;
  const address = { agent, turn, purpose, n, attempt };
  const { provider, model, response, error, usage, latency_ms, retries } = settled;
  const outcome = {
    ...(response && { response }),
    ...(error && { error }),
    usage,
    cost_usd: reusedFrom === undefined ? settled.cost_usd : 0,
    latency_ms,
    ...(retries > 0 && { retries }),
    at,
    ...(reusedFrom !== undefined && { reused_from: reusedFrom }),
  };
  if (call.kind === "http") {
    const { method, url, body } = call;
    return { kind: "http", ...address, key, provider, model, request: { method, url, body }, ...outcome };
  }
  const { role, messages, schema, tools, temperature = null, max_tokens = null } = call;
  const request = { role, messages, schema, ...(tools && { tools }), temperature, max_tokens };
  return { kind: "llm", ...address, key, provider, model, request, ...outcome };
}

/**
 * What came of a call, as its entry says.
 * @param reused whether it was found on another run's tape; an entry that says so itself counts as reused anyway
 */
export function settledOf(entry: TapeEntry, reused: boolean): SettledCall {
  const { provider, model, response, error, usage, cost_usd, latency_ms, retries = 0 } = entry;
  const isReused = reused || entry.reused_from !== undefined;
  return {
    provider,
    model,
    ...(response && { response }),
    ...(error && { error }),
    usage,
    cost_usd: isReused ? 0 : cost_usd,
    latency_ms,
    retries,
    reused: isReused,
  };
}

/** The address as one text, the same for the same address and for no other. */
export function addressText({ turn, agent, purpose, n, attempt }: CallAddress): string {
  return JSON.stringify([turn, agent, purpose, n, attempt]);
}

/** The address that {@linkcode addressText} was given. */
export function addressIn(text: string): CallAddress {
  const [turn, agent, purpose, n, attempt] = JSON.parse(text) as [number, string, string, number, number];
  return { agent, turn, purpose, n, attempt };
}
