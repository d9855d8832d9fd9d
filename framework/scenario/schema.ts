/**
 * The scenario as a zod schema: what a file may hold, section by section. It describes the file as it is written, with
 * the legacy keys; cross references are checked by the section readers.
 */

import { z } from "zod";
import type { Json, JsonObject } from "../json.ts";
import { variableDefinitionSchema } from "../variables.ts";
import { SCENARIO_LIMITS } from "./limits.ts";

/** Any JSON value: documents hold nothing else. */
const json = z.custom<Json>();
const object = z.record(z.string(), json);
const wholeFrom = (min: number) => z.int().min(min);

/** Optional, and an empty value means the same as a missing key. */
const given = <T extends z.ZodType>(schema: T) => schema.nullish();

const llm = z.strictObject({
  provider: given(z.string().describe("name of a provider of llm-sim.yaml")),
  model: given(z.string()),
  host: given(z.string().describe("legacy: base URL of a keyless provider")),
  temperature: given(z.number().min(0)),
  timeout: given(z.number().gt(0).describe("seconds")),
  max_retries: given(wholeFrom(0)),
  stream: given(z.boolean().describe("legacy, without effect")),
  on_failure: given(z.string()),
}).describe("which model answers, and how it is asked");

const agent = z.strictObject({
  name: z.string().describe("unique name"),
  type: z.string().describe("agent type of the domain"),
  count: given(wholeFrom(1).max(SCENARIO_LIMITS.count).describe("stands for the agents name_1 … name_<count>")),
  config: given(object.describe("the agent's own settings, checked by the domain")),
  strategy: given(json.describe("short for config.strategy")),
  variables: given(object.describe("initial values of agent variables")),
  initial_economic_strength: given(json.describe("short for variables.economic_strength")),
  initial_location: given(z.string()),
  on_error: given(z.enum(["fail", "retry", "skip", "fallback"])),
  llm: given(llm),
});

const component = z.looseObject({
  type: z.string().describe("type of the domain"),
  config: given(object.describe("settings, checked by the domain; they may also stand beside type")),
});

const simulation = z.strictObject({
  name: z.string().min(1).max(200),
  description: given(z.string()),
  max_turns: wholeFrom(1),
  checkpoint_interval: given(wholeFrom(1).describe("a numbered checkpoint every so many turns")),
  seed: given(z.int()),
  schedule: given(z.enum(["simultaneous", "sequential", "random_order"])),
  turn_timeout: given(z.number().gt(0).max(86_400).describe("seconds")),
  termination: given(z.strictObject({
    max_value: given(z.number().describe("ends the run when global.total_economic_value is above")),
    min_value: given(z.number().describe("ends the run when global.total_economic_value is below")),
    when: given(z.array(z.string()).max(SCENARIO_LIMITS.conditions).describe("conditions; any of them ends the run")),
  })),
});

const reporter = z.strictObject({
  sum: z.string().optional(),
  mean: z.string().optional(),
  min: z.string().optional(),
  max: z.string().optional(),
  count: z.string().optional(),
  median: z.string().optional(),
  sd: z.string().optional(),
  gini: z.string().optional(),
}).describe("one aggregate over one agent variable");

const metrics = z.strictObject({
  every: given(wholeFrom(1)),
  agents: given(
    z.union([z.enum(["all", "none"]), z.array(z.string())]).describe("all, none, or the names of the agents to record"),
  ),
  agents_every: given(wholeFrom(1)),
  sample: given(wholeFrom(0)),
  reporters: given(z.record(z.string(), reporter)),
});

const limits = z.strictObject({
  max_cost_usd: given(z.number().min(0)),
  max_tokens: given(wholeFrom(0)),
  max_minutes: given(z.number().gt(0)),
  max_memory_mb: given(wholeFrom(1)),
  max_output_mb: given(wholeFrom(1)),
  on_limit: given(z.enum(["pause", "fail"])),
  max_fallback_share: given(z.number().min(0).max(1)),
});

const events = z.strictObject({ verbosity: given(z.enum(["MILESTONE", "DECISION", "ACTION", "STATE", "DETAIL"])) });

const logging = z.strictObject({
  level: given(z.enum(["DEBUG", "INFO", "WARNING", "ERROR"])),
  format: given(z.enum(["json", "console", "auto"])),
});

const stateVariables = z.strictObject({
  agent_vars: given(z.record(z.string(), variableDefinitionSchema)),
  global_vars: given(z.record(z.string(), variableDefinitionSchema)),
});

const visibility = z.enum(["unaware", "external", "insider"]);
const observability = z.strictObject({
  enabled: given(z.boolean()),
  variable_visibility: given(
    z.strictObject({ external: given(z.array(z.string())), internal: given(z.array(z.string())) }),
  ),
  matrix: given(z.array(
    z.union([
      z.tuple([z.string(), z.string(), visibility, z.number().min(0).nullable()]),
      z.strictObject({ observer: z.string(), target: z.string(), level: visibility, noise: given(z.number().min(0)) }),
    ]).describe("a list [observer, target, level, noise]"),
  )),
  default: given(z.strictObject({ level: visibility, noise: given(z.number().min(0)) })),
});

const edge = z.union([z.array(z.string()), object]).describe("a pair [from, to] or a map");
const node = z.union([z.string(), object]).describe("a name or a map");
const network = {
  edges_file: given(z.string()),
  edges: given(z.array(edge)),
  nodes: given(z.array(node)),
  attributes: given(object),
};
const spatial = z.strictObject({
  topology: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("grid"),
      width: wholeFrom(1),
      height: wholeFrom(1),
      connectivity: given(z.union([z.literal(4), z.literal(8)]).describe("4 or 8")),
      wrapping: given(z.boolean()),
    }),
    z.strictObject({ type: z.literal("hex_grid"), radius: wholeFrom(0), coord_system: given(z.string()) }),
    z.strictObject({ type: z.literal("network"), ...network }),
    z.strictObject({ type: z.literal("geojson"), geojson_file: z.string() }),
  ]),
  proximity_radius: given(wholeFrom(0)),
  location_attributes: given(z.record(z.string(), object)),
  additional_networks: given(z.array(z.strictObject({ name: z.string(), ...network }))),
});

const interventions = z.array(z.strictObject({
  at: given(wholeFrom(1)),
  when: given(z.string()),
  once: given(z.boolean()),
  set: given(object),
  note: given(z.string()),
}));

/** The sections of a scenario by key. */
export const scenarioShape = {
  extends: z.string().optional().describe("file whose maps this one merges into"),
  domain: z.string().optional().describe("registered domain; absent: the one that has all types named below"),
  simulation,
  engine: component,
  validator: component,
  agents: z.array(agent).min(1),
  state_variables: given(stateVariables),
  observability: given(observability),
  spatial: given(spatial),
  interventions: given(interventions),
  metrics: given(metrics),
  llm: given(llm),
  limits: given(limits),
  events: given(events),
  logging: given(logging),
  conversation: given(object),
  batch: given(object),
};

/** One entry of `agents:`. */
export const agentSchema = agent;

const scenarioSchema = z.strictObject(scenarioShape);

let cached: JsonObject | undefined;

/**
 * The JSON Schema of a scenario file, for editors.
 *
 * @example
 * ```ts
 * import { scenarioJsonSchema } from "llm-sim/scenario";
 * if (scenarioJsonSchema().type !== "object") throw new Error("a scenario is a map");
 * ```
 */
export function scenarioJsonSchema(): JsonObject {
  cached ??= {
    title: "llm-sim scenario",
    ...z.toJSONSchema(scenarioSchema, { io: "input", unrepresentable: "any" }) as JsonObject,
  };
  return cached;
}
