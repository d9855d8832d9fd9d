/** Agents whose decisions a person makes. Every domain has the agent type `human`. */

import { z } from "zod";
import type { Decision } from "./action.ts";
import { type AgentSpec, BaseAgent } from "./agent.ts";
import type { Controller } from "./inputs.ts";
import type { DecisionJson } from "./decision_json.ts";
import type { JsonObject } from "./json.ts";

/** Seconds: timers count milliseconds in 31 bits, and fire at once when they are told more. */
const LONGEST = 2_147_483;

const config = z.strictObject({
  deadline: z.number().gt(0).max(LONGEST).nullable().default(null)
    .describe("seconds that a person has for each decision, up to 24.8 days; null: as long as it takes"),
  fallback: z.union([
    z.enum(["nothing", "rule"]),
    z.strictObject({
      action: z.string().min(1).max(500),
      parameters: z.custom<JsonObject>(isObject, "expected an object").optional(),
    }),
  ]).default("nothing").describe(
    "what is done when the deadline has passed: nothing, what the rule does, or an action",
  ),
  rule: z.strictObject({
    type: z.string().describe("agent type of the domain, not 'human'"),
    config: z.custom<JsonObject>(isObject, "expected an object").default({}).describe("its settings"),
  }).nullable().default(null).describe("who decides after a handover, and for fallback: rule"),
}).refine(({ fallback, rule }) => fallback !== "rule" || rule !== null, {
  path: ["fallback"],
  message: "'rule' needs a rule: { type, config }",
}).refine(({ deadline, fallback }) => deadline !== null || fallback === "nothing", {
  path: ["fallback"],
  message: "without a deadline the fallback is never taken; set deadline",
});

/** Settings of an agent of type `human`. */
export type HumanConfig = z.output<typeof config>;

/**
 * An agent whose decisions come from a person: same observation, same actions, same validator as any other. The loop asks
 * the person and never this class, which says only what is written in a scenario.
 */
export class HumanAgent extends BaseAgent<HumanConfig> {
  static override readonly config = config;
  static override readonly description = "A person decides, within a deadline if there is one.";

  /** Built by the framework. */
  constructor(spec: AgentSpec<HumanConfig>) {
    super(spec);
  }

  /** Nothing: a person decides. */
  override decideAction(): Decision {
    return null;
  }
}

/** How the loop deals with a person. */
export interface HumanSettings {
  /** Who decides as long as nothing has been handed over. */
  readonly controller: Controller;
  /** Seconds that a person has; null: as long as it takes. */
  readonly deadline: number | null;
  /** What is done when they have passed: what the agent's own rule does, or these parts. */
  readonly fallback: "rule" | readonly DecisionJson[];
  /** Whether there is a rule to hand over to. */
  readonly hasRule: boolean;
}

/** Of agents that are not of type `human`: their own rule decides, until they are handed over. */
export const RULE_FIRST: HumanSettings = { controller: "rule", deadline: null, fallback: "rule", hasRule: true };

/** The settings that an agent of type `human` has. */
export function humanSettings({ deadline, fallback, rule }: HumanConfig): HumanSettings {
  const parts = fallback === "rule" ? fallback : fallback === "nothing" ? [] : [fallback as DecisionJson];
  return { controller: "human", deadline, fallback: parts, hasRule: rule !== null };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
