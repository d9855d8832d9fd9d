/** A conversation as JSON that reads back. */

import { z } from "zod";
import {
  type ActionSpec,
  ALIGNMENTS,
  type DoneAction,
  type JudgeVerdict,
  type Witness,
} from "../../../framework/conversation/mod.ts";
import { canonicalJson, formatPath, type JsonObject, notJson, SimError } from "../../../framework/mod.ts";
import { jsonFault } from "../../../framework/scenario/mod.ts";
import { CONVERSATION_STATUSES, type ConversationRun } from "../types.ts";

/** Version of the document. */
const FORMAT = 1;

/**
 * The conversation on one line of canonical JSON (RFC 8785), `{"format":1, …}` with the names of {@linkcode
 * ConversationRun}: equal conversations have equal bytes. {@linkcode readConversation} reads it. Lone surrogates, which
 * no UTF-8 can carry, become U+FFFD.
 */
export function toJson(run: ConversationRun): string {
  return `${canonicalJson({ format: FORMAT, ...wellFormed(run) })}\n`;
}

/**
 * The conversation that {@linkcode toJson} wrote; keys it does not know are left out.
 *
 * @throws {SimError} `not_json`; `bad_conversation`: it is JSON, but no conversation
 */
export function readConversation(text: string): ConversationRun {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const { line, column, message } = jsonFault(text);
    throw new SimError("not_json", `line ${line}, column ${column}: the conversation is not JSON: ${message}`, {
      hint: "give the document that the export to json wrote, whole",
    });
  }
  const read = document.safeParse(value);
  if (!read.success) {
    const { path, message } = read.error.issues[0]!;
    throw new SimError("bad_conversation", `${formatPath(path as (string | number)[])}: ${message}`, {
      hint: "give the document that the export to json wrote; other formats are imported",
    });
  }
  const { format: _, ...run } = read.data;
  return run as ConversationRun;
}

function wellFormed<T>(value: T): T {
  if (typeof value === "string") return value.toWellFormed() as T;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(wellFormed) as T;
  // An absent optional field may be there as undefined, which JSON has not.
  return Object.fromEntries(
    Object.entries(value).filter(([, inner]) => inner !== undefined)
      .map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]),
  ) as T;
}

const count = z.int().min(0);
const share = z.number().min(0).max(1).nullable();
const text = z.string();
const name = text.min(1);
// z.record would drop a key `__proto__`, which a model may write.
const parameters = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value) && notJson(value) === null,
  "expected an object of JSON values",
);
const json = z.custom((value) => notJson(value) === null, "expected a JSON value");

const action: z.ZodType<ActionSpec> = z.object({ kind: name, name, parameters });
const done: z.ZodType<DoneAction> = z.object({
  kind: name,
  name,
  parameters,
  success: z.boolean(),
  result_message: text,
});
const fault = z.object({ code: name, message: text });

const WITNESSES = [
  "missing_action",
  "failed_action",
  "missing_argument",
  "wrong_argument",
  "unasked_argument",
  "free_text",
  "extra_action",
  "unanswered",
  "no_expectation",
] as const satisfies readonly Witness["kind"][];

const verdict: z.ZodType<JudgeVerdict> = z.object({
  alignment: z.enum(ALIGNMENTS),
  explanation: text,
  confidence: z.number().min(0).max(1).optional(),
  score: z.union([z.literal(0), z.literal(1)]).optional(),
  rubric: z.record(text, z.number()).optional(),
  witness: z.object({
    kind: z.enum(WITNESSES),
    text,
    wanted: action.optional(),
    done: action.optional(),
    argument: text.optional(),
    wanted_value: json.optional(),
    done_value: json.optional(),
  }).nullable(),
  by: z.enum(["rules", "llm", "person"]),
  precision: share,
  recall: share,
}) as never;

const turn = z.object({
  index: z.int().min(1),
  simulated_user: z.object({
    message: text,
    desired_action: action.nullable(),
    seal: text,
    salt: text,
    fault: fault.optional(),
  }),
  chat_agent: z.object({ reply: text.nullable(), actions: z.array(done), fault: fault.optional() }),
  judge: verdict.nullable(),
  label: z.object({ alignment: z.enum(ALIGNMENTS), note: text.optional(), by: text, at: text }).optional(),
  goal: text.nullable(),
  created_at: text,
});

const config = z.object({
  session_id: text.nullable(),
  plan_id: text.nullable(),
  improvement_goal: text.nullable(),
  case: text.nullable(),
  max_turns: count,
  stop_on_alignment: z.boolean(),
  stop_on_misalignment: z.boolean(),
  extra_actions: z.enum(["tolerate", "flag", "fail"]),
  max_actions_per_turn: count,
  user: z.object({ kind: text }),
  agent: z.object({ adapter: text }),
  judge: z.object({ kind: text }),
});

const document = z.object({
  format: z.literal(FORMAT),
  run_id: name,
  status: z.enum(CONVERSATION_STATUSES),
  ended_by: text.nullable(),
  config,
  seed: z.int(),
  sample: count,
  turns: z.array(turn),
  remaining_turns: count,
  created_at: text,
  updated_at: text,
  error: z.object({ code: text, message: text, hint: text.exactOptional() }).nullable(),
  alignment_issues: z.array(z.object({ turn_index: z.int().min(1), reason: text, delivered: z.boolean() })),
  summary: z.object({
    aligned: count,
    misaligned: count,
    unclear: count,
    precision: share,
    recall: share,
    end_state: z.enum(["unknown", "agrees", "differs"]),
    passed: z.boolean().nullable(),
  }),
  outline: text.nullable(),
  validity: z.object({ state: text, reasons: z.array(text) }),
  cost: z.object({ usd: z.number().min(0), calls: count, input_tokens: count, output_tokens: count }),
  models: z.array(text),
});
