/**
 * State variables: the ten types a scenario can declare under `state_variables`, their shape and their rules.
 *
 * Three things are told apart: the *shape* of a definition (keys and their types: `variable_shape.ts`), its *sense*
 * (bounds in order, default within them: {@linkcode variableDefinitionIssues}), and the *values* it allows
 * ({@linkcode checkVariable}, {@linkcode variableSchema}, {@linkcode VariableLayout}).
 */

import type { Json } from "./json.ts";

export {
  RESERVED_VARIABLE_NAMES,
  VARIABLE_DEPTH,
  variableDefinitionIssues,
  variableDefinitionsIssues,
  variableNameIssues,
} from "./variable_issues.ts";
export { checkVariable, type VariableFailure } from "./variable_values.ts";
export { VariableLayout } from "./variable_layout.ts";
export { variableSchema } from "./variable_schema.ts";

/** What every definition may carry. */
export interface DescribedDefinition {
  /** For readers of the scenario; no effect. */
  readonly description?: string | null | undefined;
}

/** A finite number. */
export interface FloatDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "float";
  /** Least value allowed. */
  readonly min?: number | null | undefined;
  /** Greatest value allowed. */
  readonly max?: number | null | undefined;
  /** Initial value. Required of a variable; elements of lists and dynamic dicts need none. */
  readonly default?: number | null | undefined;
}

/** A whole number between ±(2^53 − 1). */
export interface IntDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "int";
  /** Least value allowed. */
  readonly min?: number | null | undefined;
  /** Greatest value allowed. */
  readonly max?: number | null | undefined;
  /** Initial value. Required of a variable. */
  readonly default?: number | null | undefined;
}

/** True or false. */
export interface BoolDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "bool";
  /** Accepted as in llm-sim (it is part of the schema hash), without effect. */
  readonly min?: number | null | undefined;
  /** Accepted as in llm-sim (it is part of the schema hash), without effect. */
  readonly max?: number | null | undefined;
  /** Initial value. Required of a variable. */
  readonly default?: boolean | null | undefined;
}

/** One of a set of texts. */
export interface CategoricalDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "categorical";
  /** The texts; at least one. */
  readonly values: readonly string[];
  /** Initial value. Required of a variable. */
  readonly default?: string | null | undefined;
}

/** A text. Without a default, or with `default: null`, it may also be null and starts as null. */
export interface StrDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "str";
  /** Regular expression that must match somewhere in the text; anchor it with `^` and `$`. */
  readonly pattern?: string | null | undefined;
  /** Greatest number of characters (Unicode code points). */
  readonly max_length?: number | null | undefined;
  /** Initial value. */
  readonly default?: string | null | undefined;
}

/** Values by key: either any keys (`key_type` and `value_type`) or exactly the fields of `schema`. */
export interface DictDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "dict";
  /** Keys allowed: any text, or whole numbers written as text (JSON has no others). */
  readonly key_type?: "str" | "int" | null | undefined;
  /** What each value is. */
  readonly value_type?: ElementDefinition | null | undefined;
  /** Greatest number of entries of a dict without `schema`; 1000 unless given. */
  readonly max_length?: number | null | undefined;
  /** The fields, all of them required. */
  readonly schema?: { readonly [field: string]: ElementDefinition } | null | undefined;
  /** Initial value, `{}` unless given; with `schema`, fields left out take their own defaults. */
  readonly default?: { readonly [key: string]: Json } | null | undefined;
}

/** Values of one kind, in order. */
export interface ListDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "list";
  /** What each item is. */
  readonly item_type: ElementDefinition;
  /** Greatest number of items; 1000 unless given. */
  readonly max_length?: number | null | undefined;
  /** Initial value, `[]` unless given. */
  readonly default?: readonly Json[] | null | undefined;
}

/** A fixed number of values, each of its own kind. */
export interface TupleDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "tuple";
  /** What each item is; at least one. */
  readonly item_types: readonly ElementDefinition[];
  /** Initial value; unless given, made of the items' defaults. */
  readonly default?: readonly Json[] | null | undefined;
}

/** A record with exactly the fields of `schema`. */
export interface ObjectDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "object";
  /** The fields, all of them required; at least one. */
  readonly schema: { readonly [field: string]: ElementDefinition };
  /** Initial value; fields left out take their own defaults. */
  readonly default?: { readonly [key: string]: Json } | null | undefined;
}

/**
 * Any JSON value: a document that an engine keeps. It starts as null, is no part of the rows of `global.jsonl` and
 * `agents.jsonl`, and noise leaves it alone.
 */
export interface JsonDefinition extends DescribedDefinition {
  /** Which of the ten types. */
  readonly type: "json";
  /** Greatest number of characters of the value as JSON text; 1,000,000 unless given. */
  readonly max_length?: number | null | undefined;
  /** Initial value, null unless given. */
  readonly default?: Json | undefined;
}

/**
 * One state variable as a scenario declares it.
 *
 * @example
 * ```ts
 * import type { VariableDefinition } from "llm-sim";
 * const wealth: VariableDefinition = { type: "float", min: 0, default: 100 };
 * const inventory: VariableDefinition = { type: "dict", key_type: "str", value_type: { type: "int", min: 0 } };
 * const position: VariableDefinition = { type: "tuple", item_types: ["float", "float"] };
 * console.assert([wealth, inventory, position].length === 3);
 * ```
 */
export type VariableDefinition =
  | FloatDefinition
  | IntDefinition
  | BoolDefinition
  | CategoricalDefinition
  | StrDefinition
  | DictDefinition
  | ListDefinition
  | TupleDefinition
  | ObjectDefinition
  | JsonDefinition;

/** Types that can be named without further settings inside a container; they then start as 0, 0, false and "". */
export type ScalarName = "float" | "int" | "bool" | "str";

/** What is inside a container: a scalar's name or a definition. */
export type ElementDefinition = ScalarName | VariableDefinition;

/** Definitions by name. */
export type VariableDefinitions = { readonly [name: string]: VariableDefinition };

/** All variables of a scenario: each agent's, and the world's. */
export interface StateVariables {
  /** Of every agent. */
  readonly agent_vars: VariableDefinitions;
  /** Of the world. */
  readonly global_vars: VariableDefinitions;
}

/** What a scenario without `state_variables` has, as in llm-sim. */
export const LEGACY_STATE_VARIABLES: StateVariables = {
  agent_vars: { economic_strength: { type: "float", min: 0, default: 0 } },
  global_vars: {
    interest_rate: { type: "float", default: 0.05 },
    total_economic_value: { type: "float", default: 0 },
    gdp_growth: { type: "float", default: 0 },
    inflation: { type: "float", default: 0 },
    unemployment: { type: "float", default: 0 },
  },
};
