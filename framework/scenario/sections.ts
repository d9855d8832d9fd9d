/** The sections of a scenario that need little more than their defaults: simulation, metrics, limits, events, logging. */

import { checkConditionPaths, parseCondition } from "../condition.ts";
import { formatPath, SimError } from "../issue.ts";
import { agentNames, countAgents, type ReadAgent } from "./agents.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import type { Reading } from "./reading.ts";
import type { ReporterKind, ResolvedScenario } from "./resolved.ts";
import { scenarioShape } from "./schema.ts";
import type { DeclaredVariables } from "./state_variables.ts";

/** The names that conditions, reporters and metrics may use. */
export interface ScenarioNames {
  /** Undefined when there are more than a scenario may have, which is an error of its own. */
  readonly agents: readonly string[] | undefined;
  readonly variables: DeclaredVariables;
}

/** The names of the scenario's agents and variables; of an entry that cannot be read, the name as written. */
export function scenarioNames(
  reading: Reading,
  agents: readonly ReadAgent[],
  variables: DeclaredVariables,
): ScenarioNames {
  if (countAgents(agents) > SCENARIO_LIMITS.agents) return { agents: undefined, variables };
  const written = reading.valueAt(["agents"]);
  const names = (Array.isArray(written) ? written : []).map((_, i) => reading.valueAt(["agents", i, "name"]));
  const read = agents.flatMap(({ agent }) => agentNames(agent));
  const readable = new Set(agents.map(({ index }) => index));
  const broken = names.filter((name, i): name is string => typeof name === "string" && !readable.has(i));
  return { agents: [...read, ...broken], variables };
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

function checkCondition(reading: Reading, text: string, path: (string | number)[], names: ScenarioNames): void {
  try {
    const issues = checkConditionPaths(parseCondition(text), {
      agents: names.agents ?? (() => true),
      agent_vars: names.variables.agent_names,
      global_vars: names.variables.global_names,
      metrics: reading.keysOf(["metrics", "reporters"]),
    });
    for (const issue of issues) {
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
  if (typeof agents !== "string" && names.agents !== undefined) {
    const all = names.agents;
    const known = new Set(all);
    agents.forEach((name, i) => {
      if (known.has(name)) return;
      reading.error(
        "unknown_agent",
        `there is no agent '${name}'`,
        ["metrics", "agents", i],
        reading.suggest(name, all),
      );
    });
  }
  return {
    every: read?.every ?? 1,
    agents,
    agents_every: read?.agents_every ?? 1,
    sample: read?.sample ?? 0,
    reporters: readReporters(reading, read?.reporters ?? {}, names.variables),
  };
}

function readReporters(
  reading: Reading,
  written: { readonly [name: string]: { readonly [kind: string]: string | undefined } },
  variables: DeclaredVariables,
): ResolvedScenario["metrics"]["reporters"] {
  const reporters: [string, { kind: ReporterKind; variable: string }][] = [];
  for (const [name, reporter] of Object.entries(written)) {
    const path = ["metrics", "reporters", name];
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      const hint = "a name is letters, digits and '_', not starting with a digit";
      reading.keyError("bad_name", `the reporter name '${name}' cannot be used in metric.<name>`, path, hint);
    }
    const given = Object.entries(reporter);
    // Unknown aggregates have had their own error.
    if (given.length === 0 && reading.keysOf(path).length > 0) continue;
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
    reporters.push([name, { kind: kind as ReporterKind, variable }]);
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
  if (!variables.agent_names.includes(variable)) {
    const hint = reading.suggest(variable, variables.agent_names);
    reading.error("unknown_variable", `${formatPath(path)}: there is no agent variable '${variable}'`, path, hint);
    return;
  }
  const type = Object.hasOwn(variables.agent_vars, variable) ? variables.agent_vars[variable]!.type : undefined;
  if (type === undefined || type === "float" || type === "int" || kind === "count") return;
  const numeric = Object.entries(variables.agent_vars).filter(([, { type }]) => type === "float" || type === "int");
  const hint = `numeric agent variables: ${
    numeric.map(([name]) => name).join(", ") || "none"
  }; 'count' takes any variable`;
  reading.error(
    "not_numeric",
    `${formatPath(path)}: '${variable}' is of type ${type}, and '${kind}' needs numbers`,
    path,
    hint,
  );
}

/** The section `limits`. */
export function readLimits(reading: Reading): ResolvedScenario["limits"] | undefined {
  const read = reading.read(scenarioShape.limits, ["limits"]);
  if (read === undefined && reading.valueAt(["limits"]) !== undefined) return undefined;
  return {
    max_cost_usd: read?.max_cost_usd ?? null,
    max_tokens: read?.max_tokens ?? null,
    max_minutes: read?.max_minutes ?? null,
    max_memory_mb: read?.max_memory_mb ?? 1024,
    max_output_mb: read?.max_output_mb ?? 1024,
    on_limit: read?.on_limit ?? "pause",
    max_fallback_share: read?.max_fallback_share ?? 0.2,
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
