/**
 * The protocol between the host and a sandbox process: NDJSON over stdin and stdout, versioned. The child's lines
 * start with a nonce that the host sends before any domain code runs; a line without it is output of the domain.
 */

import {
  LONGEST_HTTP_TIMEOUT,
  LONGEST_PURPOSE,
  LONGEST_ROLE,
  LONGEST_URL,
  MOST_TOOLS,
  SimError,
  TOOL_NAME,
} from "../../framework/keeping.ts";
import { z } from "zod";
import type { Call, Json, JsonObject, ResolvedScenario, StateJson } from "../../framework/mod.ts";
import type { AnswerMessage } from "../../framework/worker/mod.ts";

/** Version of the protocol; both sides refuse any other. */
export const PROTOCOL = 1;
/** Longest line either side accepts, in UTF-16 code units. */
export const MAX_LINE = 64 << 20;

/** First line to a child that plays a run. */
export interface RunInit {
  readonly v: typeof PROTOCOL;
  readonly t: "run";
  readonly nonce: string;
  /** `file:` URL of the domain's module. */
  readonly domain: string;
  /** Absolute real path of the run's folder. */
  readonly folder: string;
  readonly run_id: string;
  /** `schemaHash()` of the variables, which every checkpoint repeats. */
  readonly schema_hash: string;
  /** The state a new run starts from; null: what its engine makes. */
  readonly initial: { readonly state: StateJson; readonly agent_order: readonly string[] } | null;
  /** What to play by, stretch by stretch; the last is open-ended. */
  readonly plan: readonly PlanStretch[];
  /** Park when this turn is complete; null: play to the end of the stretch. */
  readonly stop_after: number | null;
  /** Load everything, and wait for `go` before the first turn. */
  readonly hold?: boolean;
}

/** Up to which turn a run plays by which scenario and seed: a fork has its parent's stretches before its own. */
export interface PlanStretch {
  /** Last turn of the stretch; null: open. */
  readonly until: number | null;
  readonly scenario: ResolvedScenario;
  readonly seed: number;
  /** Varies what models answer. Default 0. */
  readonly sample?: number;
}

/** First line to a child that describes a domain. */
export interface DescribeInit {
  readonly v: typeof PROTOCOL;
  readonly t: "inspect";
  readonly nonce: string;
  readonly domain: string;
  readonly max_memory_mb: number;
}

/** Host to child. */
export type ToChild =
  | RunInit
  | DescribeInit
  | { readonly v: typeof PROTOCOL; readonly t: "go" }
  | { readonly v: typeof PROTOCOL; readonly t: "park"; readonly at_once: boolean }
  | { readonly v: typeof PROTOCOL; readonly t: "offer"; readonly id: number; readonly not_before: number }
  | { readonly v: typeof PROTOCOL } & AnswerMessage
  | { readonly v: typeof PROTOCOL; readonly t: "check"; readonly scenario: ResolvedScenario };

const count = z.number().int().min(0);
const object: z.ZodType<JsonObject> = z.record(z.string(), z.json());
const stats = z.object({
  turns: count,
  decisions: count,
  failed_decisions: count,
  validated: count,
  rejected: count,
  initial_value: z.number().nullable(),
  final_value: z.number().nullable(),
});
const failure = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  turn: count.optional(),
  agent: z.string().optional(),
  stack: z.string().optional(),
});
const issue = z.object({
  severity: z.enum(["error", "warning", "note"]),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  path: z.array(z.union([z.string(), count])).optional(),
});
const component = z.object({
  type: z.string(),
  class: z.string(),
  description: z.string(),
  config: object,
  llm: z.boolean(),
});
const description = z.object({
  name: z.string(),
  description: z.string(),
  agents: z.array(component.extend({ kind: z.enum(["agent", "population"]) })),
  engines: z.array(component),
  validators: z.array(component),
  templates: z.record(z.string(), z.string()),
});

const anyObject = z.custom<JsonObject>((value) => typeof value === "object" && value !== null && !Array.isArray(value));
const address = {
  agent: z.string(),
  turn: count,
  purpose: z.string().min(1).max(LONGEST_PURPOSE),
  n: z.number().int().min(1),
  attempt: z.number().int().min(1),
};
const call: z.ZodType<Call> = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("llm"),
    ...address,
    role: z.string().max(LONGEST_ROLE),
    messages: z.array(z.object({
      role: z.enum(["system", "user", "assistant", "tool"]),
      content: z.string(),
      tool_calls: z.array(z.object({ id: z.string(), name: z.string(), arguments: z.string() })).exactOptional(),
      tool_call_id: z.string().exactOptional(),
    })).min(1),
    schema: anyObject.nullable(),
    tools: z.array(z.object({ name: z.string().regex(TOOL_NAME), description: z.string(), parameters: anyObject }))
      .min(1).max(MOST_TOOLS).exactOptional(),
    temperature: z.number().min(0).exactOptional(),
    max_tokens: z.number().int().min(1).exactOptional(),
    // What it holds is looked at when it is used.
    offline: z.custom<Json>().exactOptional(),
  }),
  z.object({
    kind: z.literal("http"),
    ...address,
    method: z.string().regex(/^[A-Z]{1,20}$/),
    url: z.string().max(LONGEST_URL),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullable(),
    timeout: z.number().positive().max(LONGEST_HTTP_TIMEOUT).exactOptional(),
  }),
]);

const fromChild = z.discriminatedUnion("t", [
  /** The worker has loaded the domain; a run continues after `turn` (null: from the start). */
  z.object({ t: z.literal("loaded"), turn: count.nullable() }),
  /** `turn` is the one being played. */
  z.object({ t: z.literal("heartbeat"), rss_mb: z.number(), turn: count }),
  /** Blocks are in the files up to `turn`; `row` is the newest line of `global.jsonl`. */
  z.object({ t: z.literal("progress"), turn: count, next_event_id: count, row: object.nullable() }),
  z.object({ t: z.literal("saved"), turn: count, numbered: z.boolean() }),
  z.object({
    t: z.literal("request"),
    id: count,
    request: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("commit"), turn: count, offers: z.array(count) }),
      z.object({
        kind: z.literal("decision"),
        agent: z.string(),
        turn: count,
        n: count,
        // What setTimeout() can wait.
        deadline: z.number().positive().max(2_147_483).nullable(),
        // Large, and shown as it is: that it is an object is all that need be known.
        observation: z.custom<JsonObject>((value) => typeof value === "object" && value !== null),
      }),
      z.object({ kind: z.literal("call"), call }),
    ]),
  }),
  z.object({ t: z.literal("waiting"), turn: count, agents: z.array(z.string()), count }),
  z.object({
    t: z.literal("log"),
    level: z.enum(["DEBUG", "INFO", "WARNING", "ERROR"]),
    text: z.string(),
    fields: object.nullable(),
  }),
  z.object({ t: z.literal("ended"), turn: count, reason: z.string(), stats, metrics: object }),
  z.object({ t: z.literal("parked"), turn: count, stats, metrics: object }),
  z.object({ t: z.literal("failed"), turn: count, error: failure, stats: stats.nullable(), metrics: object }),
  z.object({ t: z.literal("described"), description }),
  z.object({ t: z.literal("checked"), issues: z.array(issue) }),
]);

/** Child to host, without the envelope. */
export type FromChild = z.output<typeof fromChild>;

/** Why a simulation could not go on. */
export type Failure = z.output<typeof failure>;

/** One line of a child, nonce included. */
export function encodeFromChild(nonce: string, message: FromChild): string {
  return `\n${nonce}${JSON.stringify({ v: PROTOCOL, ...message })}\n`;
}

/**
 * The message in a child's line, the nonce already removed.
 * @throws {SimError} `bad_message` when it is not one of this version's
 */
export function decodeFromChild(text: string): FromChild {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new SimError("bad_message", "the sandbox sent a line that is not JSON", { cause });
  }
  if ((json as { readonly v?: unknown } | null)?.v !== PROTOCOL) {
    throw new SimError("bad_message", `the sandbox speaks another protocol than version ${PROTOCOL}`);
  }
  const parsed = fromChild.safeParse(json);
  if (!parsed.success) {
    throw new SimError("bad_message", `the sandbox sent a malformed message: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/**
 * Lines of a byte stream, without their newline.
 * @throws {SimError} `line_too_long`
 */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const text = decoder.decode(chunk, { stream: true });
    let from = 0;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", from)) {
      rest.push(text.slice(from, at));
      yield rest.join("");
      rest = [];
      length = 0;
      from = at + 1;
    }
    rest.push(text.slice(from));
    length += text.length - from;
    if (length > MAX_LINE) {
      throw new SimError("line_too_long", `a line of output is longer than ${MAX_LINE} characters`);
    }
  }
  if (length > 0) yield rest.join("");
}
