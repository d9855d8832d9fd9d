/**
 * The sections of a scenario that need little more than their defaults: simulation, metrics, limits, memory, events,
 * logging.
 */

import { checkConditionPaths, parseCondition } from "../condition.ts";
import { formatPath, type IssuePath, SimError } from "../issue.ts";
import type { PathNames } from "../state_path.ts";
import { type NamedEntry, namesToSuggest, nameTest, type ReadAgent } from "./agents.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import type { Reading } from "./reading.ts";
import type { ReporterKind, ResolvedReporter, ResolvedScenario } from "./resolved.ts";
import { scenarioShape } from "./schema.ts";
import type { DeclaredVariables } from "./state_variables.ts";

/** Named agents that there may be at once, unless the scenario says otherwise or has more itself. */
const MAX_AGENTS = 10_000;

/** The names that other sections may use. */
export interface ScenarioNames {
  /** Names of agents to suggest; of an entry with a large `count` not all. */
  readonly agents: readonly string[];
  /** Names of the entries under `agents:`; those with `count` may be populations. */
  readonly entries: readonly NamedEntry[];
  readonly variables: DeclaredVariables;
  /** Names of reporters. */
  readonly metrics: readonly string[];
  /** Whether an agent of this name is there from the start. */
  readonly isAgent: (name: string) => boolean;
  /** Whether an agent of this name may be added by an intervention. */
  readonly isAdded: (name: string) => boolean;
}

/** The names of the scenario's agents and variables; of an entry that cannot be read, the name as written. */
export function scenarioNames(
  reading: Reading,
  agents: readonly ReadAgent[],
  variables: DeclaredVariables,
): ScenarioNames {
  const written = namesIn(reading, "agents", []);
  const readable = new Set(agents.map(({ index }) => index));
  const broken = written.filter((name, i): name is string => name !== undefined && !readable.has(i));
  const added = new Set(namesIn(reading, "interventions", ["add_agent"]));
  const entries = [...agents.map(({ agent }) => agent), ...broken.map((name) => ({ name, count: null }))];
  return {
    agents: namesToSuggest(entries),
    entries,
    variables,
    // Whose name is taken gets a number.
    isAdded: (name: string) => added.has(name) || added.has(name.replace(/_[1-9]\d*$/, "")),
    metrics: reading.keysOf(["metrics", "reporters"]),
    isAgent: nameTest(entries),
  };
}

/** `names` with those of agents that interventions add. */
export function withAddedAgents(names: ScenarioNames): ScenarioNames {
  return { ...names, isAgent: (name) => names.isAgent(name) || names.isAdded(name) };
}

/** The names that the entries of a section give below `path`; undefined for those that give none. */
function namesIn(reading: Reading, section: string, path: readonly string[]): (string | undefined)[] {
  const written = reading.valueAt([section]);
  return (Array.isArray(written) ? written : []).map((_, i) => {
    const name = reading.valueAt([section, i, ...path, "name"]);
    return typeof name === "string" ? name : undefined;
  });
}

/** The names that state paths of this scenario may use. */
export function pathNames(reading: Reading, { agents, variables, metrics, isAgent }: ScenarioNames): PathNames {
  return {
    agents: isAgent,
    suggestAgent: (name) => reading.suggest(name, agents),
    agent_vars: variables.agent_names,
    global_vars: variables.global_names,
    metrics,
  };
}

/** The section `simulation`, its conditions checked against the scenario's names. */
export function readSimulation(reading: Reading, names: ScenarioNames): ResolvedScenario["simulation"] | undefined {
  if (reading.valueAt(["simulation"]) === undefined) return undefined;
  const read = reading.read(scenarioShape.simulation, ["simulation"]);
  checkConditions(reading, names);
  if (read === undefined) return undefined;
  const { max_value, min_value } = read.termination ?? {};
  for (const [key, bound] of Object.entries({ max_value, min_value })) {
    if (bound === undefined || bound === null || names.variables.global_names.includes("total_economic_value")) {
      continue;
    }
    const message =
      `simulation.termination.${key} tests global.total_economic_value, which the scenario does not declare`;
    const hint = `write the condition out: when: ["global.<variable> ${key === "max_value" ? ">" : "<"} ${bound}"]`;
    reading.warn("no_effect", message, ["simulation", "termination", key], hint);
  }
  return {
    name: read.name,
    description: read.description ?? "",
    max_turns: read.max_turns,
    checkpoint_interval: read.checkpoint_interval ?? null,
    seed: read.seed ?? 1,
    schedule: read.schedule ?? "simultaneous",
    turn_timeout: read.turn_timeout ?? 60,
    termination: { max_value: max_value ?? null, min_value: min_value ?? null, when: read.termination?.when ?? [] },
  };
}

function checkConditions(reading: Reading, names: ScenarioNames): void {
  const path = ["simulation", "termination", "when"];
  const when = reading.valueAt(path);
  if (!Array.isArray(when)) return;
  when.slice(0, SCENARIO_LIMITS.conditions).forEach((condition, i) => {
    if (typeof condition === "string") checkCondition(reading, condition, [...path, i], names);
  });
}

/** Reports what is wrong with the condition at `path`: how it is written, and names that are not there. */
export function checkCondition(reading: Reading, text: string, path: IssuePath, names: ScenarioNames): void {
  try {
    for (const issue of checkConditionPaths(parseCondition(text), pathNames(reading, names))) {
      const { severity, code, message, hint } = issue;
      reading.adopt({
        severity,
        code,
        message: `${formatPath(path)}: ${message}`,
        path,
        ...(hint !== undefined && { hint }),
      });
    }
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    reading.error(error.code, `${formatPath(path)}: ${error.message}`, path, error.hint);
  }
}

/** The section `metrics`, its agents and variables checked against the scenario's names. */
export function readMetrics(reading: Reading, names: ScenarioNames): ResolvedScenario["metrics"] | undefined {
  const read = reading.read(scenarioShape.metrics, ["metrics"]);
  if (read === undefined && reading.valueAt(["metrics"]) !== undefined) return undefined;
  const agents = read?.agents ?? "all";
  if (typeof agents !== "string") {
    agents.forEach((name, i) => {
      if (names.isAgent(name)) return;
      reading.error(
        "unknown_agent",
        `there is no agent '${name}'`,
        ["metrics", "agents", i],
        reading.suggest(name, names.agents),
      );
    });
  }
  return {
    every: read?.every ?? 1,
    agents,
    agents_every: read?.agents_every ?? 1,
    sample: read?.sample ?? 0,
    reporters: readReporters(reading, read?.reporters ?? {}, names),
  };
}

function readReporters(
  reading: Reading,
  written: { readonly [name: string]: { readonly [kind: string]: string | undefined } | null | undefined },
  { variables, entries }: ScenarioNames,
): ResolvedScenario["metrics"]["reporters"] {
  const reporters: [string, ResolvedReporter][] = [];
  for (const [name, each] of Object.entries(written)) {
    if (!each) continue;
    const { of, ...reporter } = each;
    const path = ["metrics", "reporters", name];
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      const hint = "a name is letters, digits and '_', not starting with a digit";
      reading.keyError("bad_name", `the reporter name '${name}' cannot be used in metric.<name>`, path, hint);
    }
    const given = Object.entries(reporter);
    // Unknown aggregates have had their own error.
    if (given.length === 0 && reading.keysOf(path).some((key) => key !== "of")) continue;
    const [kind, variable] = given[0] ?? [];
    if (given.length !== 1 || kind === undefined || variable === undefined) {
      const found = given.length === 0 ? "none" : given.map(([key]) => key).join(", ");
      const hint = "for example { sum: economic_strength }; make one reporter of each aggregate";
      reading.keyError(
        "bad_reporter",
        `the reporter '${name}' must have exactly one aggregate, not ${found}`,
        path,
        hint,
      );
      continue;
    }
    checkReportedVariable(reading, [...path, kind], kind, variable, variables);
    if (of !== undefined && !entries.some((entry) => entry.name === of)) {
      const hint = reading.suggest(of, entries.map((entry) => entry.name));
      const at = [...path, "of"];
      reading.error("unknown_agent", `${formatPath(at)}: there is no entry '${of}' under agents`, at, hint);
    }
    reporters.push([name, { kind: kind as ReporterKind, variable, ...(of !== undefined && { of }) }]);
  }
  return Object.fromEntries(reporters);
}

function checkReportedVariable(
  reading: Reading,
  path: string[],
  kind: string,
  variable: string,
  variables: DeclaredVariables,
): void {
  // Every agent has a name: it is how all are counted.
  if (kind === "count" && variable === "name") return;
  if (!variables.agent_names.includes(variable)) {
    const hint = reading.suggest(variable, variables.agent_names);
    reading.error("unknown_variable", `${formatPath(path)}: there is no agent variable '${variable}'`, path, hint);
    return;
  }
  const type = Object.hasOwn(variables.agent_vars, variable) ? variables.agent_vars[variable]!.type : undefined;
  const countable = (type: string | undefined) => type === "float" || type === "int" || type === "bool";
  if (type === undefined || countable(type) || kind === "count") return;
  const numeric = Object.entries(variables.agent_vars).filter(([, { type }]) => countable(type));
  const hint = `numeric and bool agent variables: ${
    numeric.map(([name]) => name).join(", ") || "none"
  }; 'count' takes any variable`;
  reading.error(
    "not_numeric",
    `${formatPath(path)}: '${variable}' is of type ${type}, and '${kind}' needs numbers`,
    path,
    hint,
  );
}

/** The section `limits`; there may be at least the agents that the scenario itself names. */
export function readLimits(reading: Reading, names: ScenarioNames): ResolvedScenario["limits"] | undefined {
  const read = reading.read(scenarioShape.limits, ["limits"]);
  if (read === undefined && reading.valueAt(["limits"]) !== undefined) return undefined;
  const single = names.entries.filter(({ count }) => count === null).length;
  if ((read?.max_agents ?? single) < single) {
    const message = `limits.max_agents is ${read!.max_agents}, but the scenario itself names ${single} agents`;
    reading.error("invalid_value", message, ["limits", "max_agents"], "raise it, or leave it out");
  }
  return {
    max_cost_usd: read?.max_cost_usd ?? null,
    max_tokens: read?.max_tokens ?? null,
    max_minutes: read?.max_minutes ?? null,
    max_memory_mb: read?.max_memory_mb ?? 1024,
    max_output_mb: read?.max_output_mb ?? 1024,
    on_limit: read?.on_limit ?? "pause",
    max_fallback_share: read?.max_fallback_share ?? 0.2,
    // Which entries are populations only the domain knows.
    max_agents: read?.max_agents ?? Math.max(MAX_AGENTS, Math.min(countOf(names.entries), SCENARIO_LIMITS.agents)),
  };
}

function countOf(entries: readonly NamedEntry[]): number {
  return entries.reduce((sum, { count }) => sum + (count ?? 1), 0);
}

/** The section `memory`. */
export function readMemory(reading: Reading): ResolvedScenario["memory"] | undefined {
  const read = reading.read(scenarioShape.memory, ["memory"]);
  if (read === undefined && reading.valueAt(["memory"]) !== undefined) return undefined;
  return {
    max_entries: read?.max_entries ?? 100,
    max_turns: read?.max_turns ?? null,
    max_bytes: read?.max_bytes ?? 65_536,
  };
}

/** The section `events`. */
export function readEvents(reading: Reading): ResolvedScenario["events"] | undefined {
  const read = reading.read(scenarioShape.events, ["events"]);
  if (read === undefined && reading.valueAt(["events"]) !== undefined) return undefined;
  return { verbosity: read?.verbosity ?? "ACTION" };
}

/** The section `logging`. */
export function readLogging(reading: Reading): ResolvedScenario["logging"] | undefined {
  const read = reading.read(scenarioShape.logging, ["logging"]);
  if (read === undefined && reading.valueAt(["logging"]) !== undefined) return undefined;
  return { level: read?.level ?? "INFO", format: read?.format ?? "auto" };
}
