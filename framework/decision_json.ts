/**
 * Decisions as JSON, for those who decide outside of the sandbox: people now. One entry is one part of a decision:
 *
 * ```json
 * { "action": "invest", "parameters": { "share": 0.2 }, "reasoning": "capital is scarce" }
 * { "message": { "to": "B", "content": "shall we?" } }
 * { "leave": true }
 * { "sleep": 3 }
 * ```
 */

import { z } from "zod";
import { Action, type DecisionPart } from "./action.ts";
import { SimError } from "./issue.ts";
import { type Json, type JsonObject, notJson } from "./json.ts";
import { pauseAgent, removeAgent } from "./lifecycle.ts";
import { OutgoingMessage } from "./message.ts";

const json = z.custom<Json>((value) => notJson(value) === null, "expected JSON");
const parameters = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value) && notJson(value) === null,
  "expected an object",
);

const action = z.strictObject({
  action: z.string().min(1).max(500),
  parameters: parameters.optional(),
  reasoning: z.string().optional(),
  confidence: z.number().min(0).max(1).optional(),
});
const message = z.strictObject({
  message: z.strictObject({
    to: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
    content: json,
    radius: z.number().min(0).optional(),
  }).refine(({ to, radius }) => radius === undefined || to === "*", "a radius goes with messages to '*'"),
});
const leave = z.strictObject({ leave: z.literal(true), reason: z.string().optional() });
const sleep = z.strictObject({ sleep: z.int().min(1), reason: z.string().optional() });

const PARTS = { action, message, leave, sleep } as const;

/** One part of a decision as JSON: an action, a message, leaving, or sitting out some turns. */
export type DecisionJson =
  | {
    readonly action: string;
    readonly parameters?: JsonObject | undefined;
    readonly reasoning?: string | undefined;
    readonly confidence?: number | undefined;
  }
  | {
    readonly message: {
      readonly to: string | readonly string[];
      readonly content: Json;
      readonly radius?: number | undefined;
    };
  }
  | { readonly leave: true; readonly reason?: string | undefined }
  | { readonly sleep: number; readonly reason?: string | undefined };

/**
 * Reads a decision that came as JSON: one part, a list of parts, or null for doing nothing.
 *
 * @throws {SimError} `bad_decision`, saying which part is wrong and how
 *
 * @example
 * ```ts
 * import { readDecision } from "llm-sim";
 * const parts = readDecision({ action: "invest", parameters: { share: 0.2 } });
 * if (parts.length !== 1 || readDecision(null).length !== 0) throw new Error("one action, and nothing");
 * ```
 */
export function readDecision(value: unknown): readonly DecisionJson[] {
  if (value === null || value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).map(readPart);
}

function readPart(value: unknown, i: number): DecisionJson {
  const kinds = Object.keys(PARTS) as (keyof typeof PARTS)[];
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const kind = isObject ? kinds.find((key) => Object.hasOwn(value, key)) : undefined;
  if (kind === undefined) {
    throw bad(i, `has none of ${kinds.join(", ")}`);
  }
  const read = PARTS[kind].safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw bad(i, `${issue!.path.join(".") || kind}: ${issue!.message}`);
}

function bad(i: number, problem: string): SimError {
  return new SimError("bad_decision", `part ${i + 1} of the decision ${problem}`, {
    hint: 'for example {"action":"invest","parameters":{"share":0.2}}, or null to do nothing',
  });
}

/** The parts of a decision of agent `name`. */
export function decisionOf(name: string, parts: readonly DecisionJson[]): readonly DecisionPart[] {
  return parts.map((part) => {
    if ("action" in part) {
      const { action, parameters, reasoning, confidence } = part;
      const reason = {
        ...(reasoning !== undefined && { reasoning }),
        ...(confidence !== undefined && { confidence }),
      };
      return new Action(name, action, parameters, reason);
    }
    if ("message" in part) {
      const { to, content, radius } = part.message;
      return new OutgoingMessage(to, content, radius ?? null);
    }
    return "leave" in part ? removeAgent(name, part.reason) : pauseAgent(name, part.sleep, part.reason);
  });
}
