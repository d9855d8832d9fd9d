/** The section `state_variables`: which variables agents and the world have. */

import type { IssuePath } from "../issue.ts";
import { variableDefinitionSchema } from "../variable_shape.ts";
import {
  LEGACY_STATE_VARIABLES,
  type StateVariables,
  type VariableDefinition,
  variableDefinitionIssues,
  type VariableDefinitions,
  variableNameIssues,
} from "../variables.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import type { Reading } from "./reading.ts";
import { scenarioShape } from "./schema.ts";

/** All variables of a scenario, and the names that are written, those with broken definitions included. */
export interface DeclaredVariables extends StateVariables {
  readonly agent_names: readonly string[];
  readonly global_names: readonly string[];
}

const SECTION = "state_variables";
const GROUPS = ["agent_vars", "global_vars"] as const;

/** The declared variables, or the legacy ones with a warning. */
export function readStateVariables(reading: Reading): DeclaredVariables {
  if ((reading.valueAt([SECTION]) ?? null) === null) return legacyVariables(reading);
  checkShape(reading);
  const agent_names = reading.keysOf([SECTION, "agent_vars"]);
  const global_names = reading.keysOf([SECTION, "global_vars"]);
  const count = agent_names.length + global_names.length;
  if (count > SCENARIO_LIMITS.variables) {
    const hint = "put related values into one dict, list or object variable";
    const message = `the scenario declares ${count} variables; at most ${SCENARIO_LIMITS.variables} are allowed`;
    reading.error("too_many_variables", message, [SECTION], hint);
    return { agent_vars: {}, global_vars: {}, agent_names, global_names };
  }
  const agent_vars = readGroup(reading, [SECTION, "agent_vars"]);
  const global_vars = readGroup(reading, [SECTION, "global_vars"]);
  return { agent_vars, global_vars, agent_names, global_names };
}

function legacyVariables(reading: Reading): DeclaredVariables {
  const { agent_vars, global_vars } = LEGACY_STATE_VARIABLES;
  const [agent_names, global_names] = [Object.keys(agent_vars), Object.keys(global_vars)];
  const have = `agents have ${agent_names.join(", ")}, the world has ${global_names.join(", ")}`;
  const message = "the scenario declares no state_variables, so the legacy ones apply";
  reading.warn("default_variables", message, [], `declare them under state_variables; until then ${have}`);
  return { agent_vars, global_vars, agent_names, global_names };
}

/** The section's own keys and types; the definitions are read one by one, so that one bad one hides no other. */
function checkShape(reading: Reading): void {
  const value = reading.valueAt([SECTION]);
  const isMap = value !== null && typeof value === "object" && !Array.isArray(value);
  if (!isMap) return void reading.read(scenarioShape[SECTION], [SECTION]);
  for (const key of Object.keys(value)) {
    if (!GROUPS.some((group) => group === key)) reading.unknownKey([SECTION, key], GROUPS);
  }
  for (const group of GROUPS) {
    const definitions = reading.valueAt([SECTION, group]) ?? {};
    if (typeof definitions !== "object" || Array.isArray(definitions)) reading.mismatch([SECTION, group]);
  }
}

function readGroup(reading: Reading, path: IssuePath): VariableDefinitions {
  const definitions: [string, VariableDefinition][] = [];
  for (const name of reading.keysOf(path)) {
    const at = [...path, name];
    for (const { code, message, hint } of variableNameIssues(name, at)) reading.keyError(code, message, at, hint);
    const definition = reading.read(variableDefinitionSchema, at, "whole");
    if (definition === undefined) continue;
    const issues = variableDefinitionIssues(definition, at);
    for (const issue of issues) reading.adopt(issue);
    if (!issues.some((issue) => issue.severity === "error")) definitions.push([name, definition]);
  }
  return Object.fromEntries(definitions);
}
