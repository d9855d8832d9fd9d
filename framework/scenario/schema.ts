/**
 * The scenario as a zod schema: what a file may hold, section by section. It describes the file as it is written, with
 * the legacy keys; cross references are checked by the section readers.
 */

import { z } from "zod";
import type { Json, JsonObject } from "../json.ts";
import { conversationSchema } from "./conversation_schema.ts";
import { variableDefinitionSchema } from "../variable_shape.ts";
import { SCENARIO_LIMITS } from "./limits.ts";

/** Any JSON value: documents hold nothing else. */
const json = z.custom<Json>();
const object = z.record(z.string(), json);
const wholeFrom = (min: number) => z.int().min(min);

/** Optional, and an empty value means the same as a missing key. */
const given = <T extends z.ZodType>(schema: T) => schema.nullish();

const named = () => z.string().min(1).max(200);

/** What may be said of a model, for all roles, for one role, and for one agent. */
const modelKeys = {
  provider: given(
    named().describe(
      "`default`, a provider of llm-sim.yaml, or a preset; without `model` beside it, with its own model",
    ),
  ),
  model: given(named().describe("name of the model, as the provider knows it; absent: the provider's own")),
  temperature: given(
    z.number().min(0).describe("how freely the model chooses its words; absent: as the provider does"),
  ),
  max_tokens: given(wholeFrom(1).describe("longest answer; absent: as the provider likes")),
  timeout: given(z.number().gt(0).max(86_400).describe("seconds that one answer may take")),
  max_retries: given(
    wholeFrom(0).max(100).describe("how often a call that failed, or an answer that does not fit, is asked for again"),
  ),
  on_failure: given(
    z.enum(["fallback", "skip", "fail"]).describe(
      "when no good answer can be had: the rule decides; nothing is done; the run fails",
    ),
  ),
  prompt: given(named().describe("file with a template in place of the component's own")),
};

const model = z.strictObject(modelKeys);

const llm = z.strictObject({
  ...modelKeys,
  roles: given(
    z.record(z.string(), given(model)).describe(
      "where agent, engine, validator or a role of the domain's own differs; keys as here, but roles, tape and host",
    ),
  ),
  tape: given(
    z.enum(["record", "off"]).describe("whether answers are kept, so that resume, fork and replay find them"),
  ),
  host: given(named().describe("legacy: address of a keyless provider: this machine, or one of llm-sim.yaml")),
  stream: given(z.boolean().describe("legacy: without effect")),
}).describe("which model answers, and how it is asked");

const onError = z.enum(["fail", "retry", "skip", "fallback"]).describe(
  "when a decision fails: the run fails; it is asked for twice more; the agent does nothing; its fallbackAction is taken",
);

const agent = z.strictObject({
  name: z.string().describe("unique name; 1 to 100 characters, no control characters, no /"),
  type: z.string().describe("agent type of the domain"),
  count: given(
    wholeFrom(1).max(SCENARIO_LIMITS.count).describe(
      "stands for the agents name_1 … name_<count>, at most 10,000; of a population: how many members it has",
    ),
  ),
  config: given(object.describe("the agent's own settings, checked by the domain")),
  strategy: given(json.describe("legacy: short for config.strategy")),
  variables: given(object.describe("initial values of agent variables that differ from their defaults")),
  initial_economic_strength: given(json.describe("legacy: short for variables.economic_strength")),
  initial_location: given(z.string().describe("where it starts in space")),
  on_error: given(onError),
  llm: given(model.describe("its own model, where it differs; the keys of llm but roles, tape and host")),
});

const component = z.looseObject({
  type: z.string().describe("type of the domain"),
  config: given(object.describe("settings, checked by the domain; they may also stand beside type")),
});

const simulation = z.strictObject({
  name: z.string().min(1).max(200).describe("short name; ids of runs begin with it"),
  description: given(z.string().describe("for people")),
  max_turns: wholeFrom(1).describe("the run ends after this turn at the latest"),
  checkpoint_interval: given(
    wholeFrom(1).describe("a numbered checkpoint every so many turns, beside the first and the last"),
  ),
  seed: given(z.int().describe("seed of all random streams; another seed is another world")),
  schedule: given(
    z.enum(["simultaneous", "sequential", "random_order"]).describe(
      "all decide from the same state, or one after the other, each seeing what came before",
    ),
  ),
  turn_timeout: given(
    z.number().gt(0).max(86_400).describe("seconds that a turn may take, waiting for people not counted"),
  ),
  termination: given(
    z.strictObject({
      max_value: given(z.number().describe("legacy: ends the run when global.total_economic_value is above")),
      min_value: given(z.number().describe("legacy: ends the run when global.total_economic_value is below")),
      when: given(z.array(z.string()).max(SCENARIO_LIMITS.conditions).describe("conditions; any of them ends the run")),
    }).describe("when the run ends before max_turns; looked at after every turn and before the first"),
  ),
}).describe("the run as a whole");

const reporter = z.strictObject({
  sum: z.string().optional().describe("agent variable: the sum of its values"),
  mean: z.string().optional().describe("agent variable: the mean"),
  min: z.string().optional().describe("agent variable: the least value"),
  max: z.string().optional().describe("agent variable: the greatest value"),
  count: z.string().optional().describe("agent variable of any type: of how many it is neither 0, false nor empty"),
  median: z.string().optional().describe("agent variable: the median"),
  sd: z.string().optional().describe("agent variable: the sample standard deviation"),
  gini: z.string().optional().describe("agent variable: the Gini coefficient, 0 when all are equal"),
  of: z.string().optional().describe("name of an entry of agents: only over what it stands for"),
}).describe("one aggregate over one agent variable");

const metrics = z.strictObject({
  every: given(wholeFrom(1).describe("a row of global.jsonl every so many turns")),
  agents: given(
    z.union([z.enum(["all", "none"]), z.array(z.string())]).describe(
      "whose rows go to agents.jsonl: all, none, or the names of the agents to record",
    ),
  ),
  agents_every: given(wholeFrom(1).describe("rows of agents.jsonl every so many turns")),
  sample: given(wholeFrom(0).describe("members per population that have rows in agents.jsonl")),
  reporters: given(
    z.record(z.string(), given(reporter))
      .describe("aggregates by name; conditions know them as metric.<name>; empty: none, where a base file has one"),
  ),
}).describe("what is recorded as rows");

const limits = z.strictObject({
  max_cost_usd: given(z.number().min(0).describe("US dollars for calls of models")),
  max_tokens: given(wholeFrom(0).describe("tokens of calls of models")),
  max_minutes: given(z.number().gt(0).describe("minutes of playing, all resumes together")),
  max_memory_mb: given(wholeFrom(1).describe("memory of the simulation's process, MiB; beyond it the run fails")),
  max_output_mb: given(wholeFrom(1).describe("logs, checkpoints and files/ together, MiB; beyond it the run fails")),
  on_limit: given(z.enum(["pause", "fail"]).describe("what follows when money, tokens or minutes are spent")),
  max_fallback_share: given(
    z.number().min(0).max(1).describe("share of decisions that may be skipped or replaced; above it the run is void"),
  ),
  max_agents: given(wholeFrom(1).describe("named agents that there may be at once")),
}).describe("what a run may use");

const memory = z.strictObject({
  max_entries: given(wholeFrom(0).describe("what an agent remembers at most; the oldest is forgotten first")),
  max_turns: given(wholeFrom(1).describe("how long it remembers")),
  max_bytes: given(wholeFrom(0).describe("of JSON text")),
}).describe("how much every agent may remember");

const events = z.strictObject({
  verbosity: given(
    z.enum(["MILESTONE", "DECISION", "ACTION", "STATE", "DETAIL"]).describe(
      "what goes into events.jsonl; each level contains those before",
    ),
  ),
}).describe("how much goes into the event log");

const logging = z.strictObject({
  level: given(z.enum(["DEBUG", "INFO", "WARNING", "ERROR"]).describe("the least important lines that are shown")),
  format: given(
    z.enum(["json", "console", "auto"]).describe(
      "how they are shown; auto: json where ENVIRONMENT is production, else console",
    ),
  ),
}).describe("what of domain code's log is shown on stderr");

const stateVariables = z.strictObject({
  agent_vars: given(z.record(z.string(), variableDefinitionSchema).describe("variables of every agent, by name")),
  global_vars: given(z.record(z.string(), variableDefinitionSchema).describe("variables of the world, by name")),
}).describe("what the state is made of; values are checked after every turn");

const visibility = z.enum(["unaware", "external", "insider"]).describe(
  "how much is seen: nothing, what is listed as external, everything",
);
const noise = z.number().min(0).describe("numbers are seen as v · (1 + U(−noise, noise))");
const observability = z.strictObject({
  enabled: given(z.boolean().describe("whether the section counts")),
  variable_visibility: given(z.strictObject({
    external: given(z.array(z.string())).describe("variables seen at level external"),
    internal: given(z.array(z.string())).describe("variables seen at level insider only"),
  })).describe("which variables are seen at which level"),
  matrix: given(z.array(z.union([
    z.tuple([z.string(), z.string(), visibility, noise.nullable()]).describe(
      "a list [observer, target, level, noise]",
    ),
    z.strictObject({
      observer: z.string().describe("an agent, an entry with count, or * for any"),
      target: z.string().describe("likewise, or a population, or global for the world"),
      level: visibility,
      noise: given(noise),
    }),
  ]))).describe("pairs that differ from the default; the more exact one counts, by observer first"),
  default: given(z.strictObject({ level: visibility, noise: given(noise) })).describe("all other pairs"),
}).describe("who sees what of whom; absent: everybody sees everything");

const locationName = z.union([z.string(), z.int()]);
const edge = z.union([
  z.tuple([locationName, locationName]).describe("a list [from, to]"),
  z.tuple([locationName, locationName, z.union([z.number(), object])]).describe("a list [from, to, weight or map]"),
  z.looseObject({
    from: given(locationName.describe("one end, or where a directed edge starts")),
    to: given(locationName.describe("the other end")),
    source: given(locationName.describe("the same as from")),
    target: given(locationName.describe("the same as to")),
    attributes: given(object.describe("what is known of it; other keys count as attributes too")),
  }),
]);
const node = z.union([
  locationName,
  z.looseObject({
    id: given(locationName.describe("unique name")),
    name: given(locationName.describe("the same as id")),
    attributes: given(object.describe("what is known of it; other keys count as attributes too")),
  }),
]);
const edgeList = {
  edges_file: given(z.string().describe("JSON file with edges")),
  edges: given(z.array(edge)).describe("which locations are connected"),
  directed: given(z.boolean().describe("whether edges lead one way only")),
};
const spatial = z.strictObject({
  topology: z.discriminatedUnion("type", [
    z.strictObject({
      type: z.literal("grid"),
      width: wholeFrom(1).describe("columns"),
      height: wholeFrom(1).describe("rows"),
      connectivity: given(z.union([z.literal(4), z.literal(8)]).describe("neighbours of an inner location")),
      wrapping: given(z.boolean().describe("whether opposite edges touch")),
    }),
    z.strictObject({
      type: z.literal("hex_grid"),
      radius: wholeFrom(0).describe("rings around the centre"),
      coord_system: given(z.literal("axial").describe("how locations are numbered")),
    }),
    z.strictObject({
      type: z.literal("network"),
      nodes: given(z.array(node)).describe("the locations; absent: the ends of the edges"),
      ...edgeList,
      attributes: given(z.record(z.string(), object).describe("attributes by location")),
    }),
    z.strictObject({ type: z.literal("geojson"), geojson_file: z.string().describe("a FeatureCollection") }),
  ]).describe("which locations there are, and what connects them"),
  proximity_radius: given(wholeFrom(0).describe("hops that agents see; absent: they see everything")),
  location_attributes: given(z.record(z.string(), object).describe("attributes by location")),
  additional_networks: given(z.array(z.strictObject({
    name: z.string().describe("unique name, not default"),
    ...edgeList,
    attributes: given(object.describe("what is known of the network")),
  }))).describe("further networks over the same locations"),
}).describe("where agents can be; absent: nowhere");

const operands = z.record(z.string(), z.number());
const turn = wholeFrom(1);

/** What an intervention does. */
const interventionBody = {
  set: given(object.describe("state paths and their new values")),
  add: given(operands.describe("state paths and what is added to them")),
  multiply: given(operands.describe("state paths and what they are multiplied by")),
  message: given(z.strictObject({
    to: z.union([z.string(), z.array(z.string()).min(1)]).describe("an agent, several, or * for all"),
    content: json.describe("any JSON value"),
  })).describe("a message from the world, in the inboxes this very turn"),
  add_agent: given(z.strictObject({
    name: z.string().describe("where it is taken name_1, name_2 …"),
    type: z.string().describe("agent type of the domain"),
    config: given(object.describe("the agent's own settings, checked by the domain")),
    variables: given(object.describe("initial values of agent variables")),
    location: given(z.string().describe("where it starts in space")),
    on_error: given(onError),
  })).describe("an agent that joins and acts from this very turn"),
  remove_agent: given(z.string().describe("an agent that leaves")),
  pause_agent: given(z.union([
    z.string(),
    z.strictObject({
      name: z.string().describe("the agent"),
      turns: given(wholeFrom(1).describe("how long; absent: until it is resumed")),
    }),
  ])).describe("an agent that stops acting: its name, or how long too"),
  resume_agent: given(z.string().describe("a paused agent that acts again")),
  note: given(z.string().describe("why, for people")),
};

/** One entry of `interventions:`. */
export const interventionSchema = z.strictObject({
  at: given(z.union([turn, z.array(turn).min(1)]).describe("turns at whose start it happens")),
  every: given(wholeFrom(1).describe("at the start of every so many turns")),
  from: given(turn.describe("with every: the first turn")),
  until: given(turn.describe("with every or when: the last turn")),
  when: given(z.string().describe("a condition on the state before the turn")),
  once: given(z.boolean().describe("with when: only the first time")),
  ...interventionBody,
});
const interventions = z.array(interventionSchema).max(SCENARIO_LIMITS.interventions).describe(
  "what happens from outside, as planned",
);

/** The sections of a scenario by key. */
export const scenarioShape = {
  extends: z.string().optional().describe("file whose maps this one merges into"),
  domain: z.string().optional().describe(
    "registered domain; absent: the one that has all types that the scenario names",
  ),
  simulation,
  engine: component.describe("the rules of the world"),
  validator: component.describe("the judge of actions"),
  agents: z.array(agent).min(1).describe("who acts, in agent order"),
  state_variables: given(stateVariables),
  observability: given(observability),
  spatial: given(spatial),
  interventions: given(interventions),
  metrics: given(metrics),
  llm: given(llm),
  limits: given(limits),
  memory: given(memory),
  events: given(events),
  logging: given(logging),
  conversation: given(conversationSchema),
  batch: given(object.describe("a file with it is a batch of runs and no scenario: use batch")),
};

/** One entry of `agents:`. */
export const agentSchema = agent;

/** What an agent or a role says of its model. */
export type WrittenModel = z.output<typeof model>;

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
  cached ??= extensible(wholeScenarioJsonSchema() as SchemaNode);
  return cached;
}

let cachedWhole: JsonObject | undefined;

/** The JSON Schema of a scenario that extends no other: what must be said stands as `required` where it must be said. */
export function wholeScenarioJsonSchema(): JsonObject {
  cachedWhole ??= {
    title: "llm-sim scenario",
    ...z.toJSONSchema(scenarioSchema, { io: "input", unrepresentable: "any" }) as JsonObject,
  };
  return cachedWhole;
}

/** A map of a JSON Schema. */
type SchemaNode = JsonObject & {
  readonly required?: readonly string[];
  readonly properties?: { readonly [key: string]: SchemaNode };
};

/**
 * What a scenario must say, a file with `extends` need not, for its base may have said it, nor one with `conversation`, of
 * which it is made.
 */
function extensible(schema: SchemaNode): JsonObject {
  const merged = Object.entries(schema.properties!).filter(([, { required }]) => required !== undefined);
  const needed = (keys: readonly string[]) => ({
    type: "object",
    required: keys,
    properties: Object.fromEntries(keys.map((key) => [key, true] as const)),
  });
  const { required, ...rest } = schema;
  return {
    ...rest,
    properties: {
      ...schema.properties,
      ...Object.fromEntries(merged.map(([key, { required: _needed, ...map }]) => [key, map])),
    },
    if: { anyOf: [needed(["extends"]), needed(["conversation"])] },
    else: {
      ...needed(required!),
      properties: {
        ...needed(required!).properties,
        ...Object.fromEntries(merged.map(([key, map]) => [key, needed(map.required!)])),
      },
    },
  };
}
