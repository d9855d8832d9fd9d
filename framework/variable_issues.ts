/** What can be wrong with definitions of state variables that have the right shape. */

import { didYouMean, type Issue, type IssuePath } from "./issue.ts";
import type { Json } from "./json.ts";
import { checkVariable, compilePattern, defaultValue, elementDefinition, isAbsent } from "./variable_values.ts";
import type {
  CategoricalDefinition,
  DictDefinition,
  ElementDefinition,
  FloatDefinition,
  IntDefinition,
  ScalarName,
  StrDefinition,
  VariableDefinition,
  VariableDefinitions,
} from "./variables.ts";

/** How deep containers may nest: dicts and lists within themselves, and all containers together. */
export const VARIABLE_DEPTH: Readonly<Record<"dict" | "list" | "overall", number>> = Object.freeze({
  dict: 4,
  list: 3,
  overall: 10,
});

/** Names no variable can have, because records and rows use them themselves. */
export const RESERVED_VARIABLE_NAMES: readonly string[] = [
  "name",
  "turn",
  "agents",
  "global_state",
  "reasoning_chains",
];

/** Everything that makes no sense in these definitions, their names included. `path` is where they stand. */
export function variableDefinitionsIssues(definitions: VariableDefinitions, path: IssuePath): Issue[] {
  return Object.entries(definitions).flatMap(([name, definition]) => [
    ...variableNameIssues(name, [...path, name]),
    ...variableDefinitionIssues(definition, [...path, name]),
  ]);
}

/** What is wrong with the name of a variable. */
export function variableNameIssues(name: string, path: IssuePath): Issue[] {
  if (!RESERVED_VARIABLE_NAMES.includes(name)) return identifierIssues("variable", name, path);
  const hint = `choose another name; reserved are ${RESERVED_VARIABLE_NAMES.join(", ")}`;
  return [error("reserved_name", `a variable cannot be named '${name}'`, path, hint)];
}

/**
 * Everything that makes no sense in a definition of the right shape: bounds in the wrong order, a default that the
 * definition itself does not allow, a missing one, containers nested too deep, a pattern that does not parse.
 * `path` is where the definition stands; issues point into it.
 */
export function variableDefinitionIssues(definition: VariableDefinition, path: IssuePath): Issue[] {
  return review(definition, path, true, { dict: 0, list: 0, overall: 0 });
}

/** Containers around the definition under review. */
interface Depth {
  readonly dict: number;
  readonly list: number;
  readonly overall: number;
}

/** Walks one definition; children before their container's default, which is checked only against sound children. */
function review(definition: ElementDefinition, path: IssuePath, needsDefault: boolean, around: Depth): Issue[] {
  if (typeof definition === "string" && !isScalarName(definition)) {
    const hint = didYouMean(definition, ["float", "int", "bool", "str"]);
    return [error("unknown_type", `'${definition}' is no type that stands for itself`, path, hint)];
  }
  const full = elementDefinition(definition);
  const depth = deeper(around, full);
  const tooDeep = depthIssue(depth, path);
  if (tooDeep) return [tooDeep];
  const issues = [...settingIssues(full, path), ...childIssues(full, path, needsDefault, depth)];
  const sound = issues.every((issue) => issue.severity !== "error");
  return sound ? [...issues, ...defaultIssues(full, path, needsDefault)] : issues;
}

function settingIssues(definition: VariableDefinition, path: IssuePath): Issue[] {
  switch (definition.type) {
    case "float":
    case "int":
      return boundsIssues(definition, path);
    case "categorical":
      return valuesIssues(definition, path);
    case "str":
      return [...patternIssues(definition, path), ...lengthIssues(definition.max_length, path)];
    case "dict":
      return [...dictIssues(definition, path), ...lengthIssues(definition.max_length, path)];
    case "list":
    case "json":
      return lengthIssues(definition.max_length, path);
    case "tuple":
      if (definition.item_types.length > 0) return [];
      return [error("no_items", "a tuple needs at least one item type", [...path, "item_types"])];
    case "object":
      return emptySchemaIssues(definition.schema, path);
    case "bool":
      return [];
  }
}

function childIssues(definition: VariableDefinition, path: IssuePath, needsDefault: boolean, depth: Depth): Issue[] {
  switch (definition.type) {
    case "list":
      return review(definition.item_type, [...path, "item_type"], false, depth);
    case "tuple": {
      const needed = needsDefault && isAbsent(definition.default);
      return definition.item_types.flatMap((item, i) => review(item, [...path, "item_types", i], needed, depth));
    }
    case "dict": {
      const values = isAbsent(definition.value_type)
        ? []
        : review(definition.value_type, [...path, "value_type"], false, depth);
      return [...values, ...fieldIssues(definition.schema ?? {}, definition.default, path, needsDefault, depth)];
    }
    case "object":
      return fieldIssues(definition.schema, definition.default, path, needsDefault, depth);
    default:
      return [];
  }
}

function fieldIssues(
  schema: { readonly [field: string]: ElementDefinition },
  given: { readonly [key: string]: Json } | null | undefined,
  path: IssuePath,
  needsDefault: boolean,
  depth: Depth,
): Issue[] {
  return Object.entries(schema).flatMap(([field, element]) => {
    const at = [...path, "schema", field];
    const needed = needsDefault && !Object.hasOwn(given ?? {}, field);
    return [...identifierIssues("field", field, at), ...review(element, at, needed, depth)];
  });
}

function defaultIssues(definition: VariableDefinition, path: IssuePath, needsDefault: boolean): Issue[] {
  const value = defaultValue(definition);
  if (value === undefined) {
    if (!needsDefault) return [];
    const hint = `add 'default:' with the value it starts with`;
    return [error("missing_default", `a variable of type ${definition.type} needs a default`, path, hint)];
  }
  // A default made of the parts' defaults was checked part by part.
  if (isAbsent(definition.default)) return [];
  const failure = checkVariable(definition, value);
  if (!failure) return [];
  const hint = "the default must be a value that the definition itself allows";
  return [
    error("bad_default", `the default does not fit: ${failure.message}`, [...path, "default", ...failure.path], hint),
  ];
}

function deeper(around: Depth, definition: VariableDefinition): Depth {
  switch (definition.type) {
    case "dict":
      return { ...around, dict: around.dict + 1, overall: around.overall + 1 };
    case "list":
      return { ...around, list: around.list + 1, overall: around.overall + 1 };
    case "tuple":
    case "object":
      return { ...around, overall: around.overall + 1 };
    default:
      return around;
  }
}

function depthIssue(depth: Depth, path: IssuePath): Issue | undefined {
  const nouns = { dict: "dicts", list: "lists", overall: "containers" };
  for (const kind of ["dict", "list", "overall"] as const) {
    if (depth[kind] <= VARIABLE_DEPTH[kind]) continue;
    const message = `${nouns[kind]} are nested ${depth[kind]} deep; at most ${VARIABLE_DEPTH[kind]} are allowed`;
    return error("too_deep", message, path, "flatten the variable, or split it into several");
  }
}

function boundsIssues(definition: FloatDefinition | IntDefinition, path: IssuePath): Issue[] {
  const { min, max } = definition;
  const issues = (["min", "max"] as const)
    .filter((key) => !isAbsent(definition[key]) && !Number.isFinite(definition[key]))
    .map((key) => error("bad_bounds", `${key} ${definition[key]} is not a finite number`, [...path, key]));
  if (issues.length > 0 || isAbsent(min) || isAbsent(max) || min <= max) return issues;
  return [error("bad_bounds", `min ${min} is above max ${max}`, [...path, "min"], "swap them")];
}

function valuesIssues(definition: CategoricalDefinition, path: IssuePath): Issue[] {
  const { values } = definition;
  const at = [...path, "values"];
  if (values.length === 0) return [error("no_values", "a categorical variable needs at least one value", at)];
  const twice = values.findIndex((value, i) => values.indexOf(value) !== i);
  if (twice < 0) return [];
  return [{
    ...error("duplicate_value", `the value '${values[twice]}' is listed twice`, [...at, twice]),
    severity: "warning",
  }];
}

function patternIssues(definition: StrDefinition, path: IssuePath): Issue[] {
  if (isAbsent(definition.pattern)) return [];
  try {
    compilePattern(definition.pattern);
    return [];
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const hint = "patterns are JavaScript regular expressions with the flag 'u': (?<name>…) instead of (?P<name>…), " +
      "^ and $ instead of \\A and \\Z";
    return [error("bad_pattern", `the pattern does not parse: ${why}`, [...path, "pattern"], hint)];
  }
}

function lengthIssues(length: number | null | undefined, path: IssuePath): Issue[] {
  if (isAbsent(length) || (Number.isSafeInteger(length) && length > 0)) return [];
  return [error("bad_max_length", `max_length ${length} is not a whole number above 0`, [...path, "max_length"])];
}

function dictIssues(definition: DictDefinition, path: IssuePath): Issue[] {
  const { key_type, value_type, schema, max_length } = definition;
  const hint = "give key_type and value_type for any number of entries, or schema for fixed fields";
  if (isAbsent(schema)) {
    if (!isAbsent(key_type) && !isAbsent(value_type)) return [];
    const missing = !isAbsent(key_type)
      ? "value_type"
      : !isAbsent(value_type)
      ? "key_type"
      : "key_type and value_type, or schema";
    return [error("incomplete_dict", `a dict needs ${missing}`, path, hint)];
  }
  for (const [key, value] of Object.entries({ key_type, value_type, max_length })) {
    if (isAbsent(value)) continue;
    return [error("ambiguous_dict", `a dict has either schema or ${key}, not both`, [...path, key], hint)];
  }
  return emptySchemaIssues(schema, path);
}

function emptySchemaIssues(schema: object, path: IssuePath): Issue[] {
  if (Object.keys(schema).length > 0) return [];
  return [error("empty_schema", "a schema needs at least one field", [...path, "schema"])];
}

function identifierIssues(noun: string, name: string, path: IssuePath): Issue[] {
  // '__proto__' is an identifier, but assigning it to a record sets the record's prototype.
  if (/^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(name) && name !== "__proto__") return [];
  const hint = "a letter or '_', then letters, digits and '_'";
  return [error("bad_name", `a ${noun} cannot be named '${name}'`, path, hint)];
}

function isScalarName(name: string): name is ScalarName {
  return name === "float" || name === "int" || name === "bool" || name === "str";
}

function error(code: string, message: string, path: IssuePath, hint?: string): Issue {
  return { severity: "error", code, message, path, ...(hint === undefined ? {} : { hint }) };
}
