/** The state that a fork is given: whether its paths can be set, and to these values. */

import {
  checkStatePath,
  checkVariable,
  didYouMean,
  type ElementDefinition,
  formatStatePath,
  type Issue,
  type Json,
  parseStatePath,
  type ResolvedScenario,
  SimError,
  type StatePath,
  type VariableDefinition,
} from "../framework/mod.ts";

/** What is wrong with `state`, path by path; `agents` are those that there may be at that turn. */
export function stateIssues(
  state: { readonly [path: string]: Json },
  scenario: Pick<ResolvedScenario, "state_variables">,
  agents: readonly string[],
): Issue[] {
  return Object.entries(state).flatMap(([text, value]) => {
    try {
      return entryIssues(parseStatePath(text), value, scenario, agents);
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      return error.issues;
    }
  }).map((issue) => ({ ...issue, file: "--state" }));
}

function entryIssues(
  path: StatePath,
  value: Json,
  { state_variables: { agent_vars, global_vars } }: Pick<ResolvedScenario, "state_variables">,
  agents: readonly string[],
): Issue[] {
  const place = formatStatePath(path);
  if (path.kind !== "global" && path.kind !== "agent") {
    return [error("read_only_path", `'${place}' cannot be set`, "set global.<variable> or agents.<name>.<variable>")];
  }
  const names = { agents, agent_vars: Object.keys(agent_vars), global_vars: Object.keys(global_vars), metrics: [] };
  const unknown = checkStatePath(path, names);
  if (unknown) return [unknown];
  const element = elementAt((path.kind === "global" ? global_vars : agent_vars)[path.variable]!, path.keys);
  if (element === null) return [];
  if ("valid" in element) {
    const { key, valid } = element;
    return [error("unknown_path", `unknown path '${place}': there is no entry '${key}'`, didYouMean(key, valid))];
  }
  // As the item of a list, so that elements which are only the name of a type can be checked too.
  const failure = checkVariable({ type: "list", item_type: element.definition }, [value]);
  if (!failure) return [];
  const within = failure.path.slice(1);
  const at = within.length === 0 ? place : `${place}.${within.join(".")}`;
  return [error("invalid_value", `'${at}' cannot be set to this value: ${failure.message}`, "see state_variables")];
}

type Element =
  | { readonly definition: ElementDefinition }
  /** There is no entry of this name; these there are. */
  | { readonly key: string; readonly valid: readonly string[] };

/** What the keys lead to within a variable; null where only the values themselves could tell. */
function elementAt(definition: VariableDefinition, keys: readonly string[]): Element | null {
  let element: ElementDefinition = definition;
  for (const key of keys) {
    const fields = fieldsOf(element);
    if (fields === null) return null;
    const inner: ElementDefinition | undefined = fields instanceof Map ? fields.get(key) : fields.each;
    if (inner === undefined) return { key, valid: fields instanceof Map ? [...fields.keys()] : [] };
    element = inner;
  }
  return { definition: element };
}

/** The entries of a container: by name, or all alike; a scalar has none. Null: any. */
function fieldsOf(element: ElementDefinition): Map<string, ElementDefinition> | { each: ElementDefinition } | null {
  if (typeof element === "string") return new Map();
  switch (element.type) {
    case "object":
      return new Map(Object.entries(element.schema));
    case "dict":
      if (element.schema) return new Map(Object.entries(element.schema));
      return element.value_type ? { each: element.value_type } : null;
    case "list":
      return { each: element.item_type };
    case "tuple":
      return new Map(element.item_types.map((item, i) => [String(i), item]));
    default:
      return new Map();
  }
}

function error(code: string, message: string, hint: string): Issue {
  return { severity: "error", code, message, hint };
}
