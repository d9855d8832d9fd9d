/** The variables of one kind of record, compiled. */

import { formatPath, SimError } from "./issue.ts";
import { deepFreeze, type Json } from "./json.ts";
import { compileCheck, defaultValue, type ValueCheck, type VariableFailure } from "./variable_values.ts";
import { variableDefinitionsIssues } from "./variable_issues.ts";
import type { VariableDefinition, VariableDefinitions } from "./variables.ts";

/**
 * The variables that all records of a kind have (all agents', or the world's): their defaults, and a check that costs
 * a few nanoseconds per variable as long as records keep the order of {@linkcode VariableLayout.defaults}.
 *
 * @example
 * ```ts
 * import { VariableLayout } from "llm-sim";
 * const layout = new VariableLayout({ wealth: { type: "float", min: 0, default: 1 } });
 * const agent = { name: "A", ...layout.defaults() };
 * if (layout.check(agent) !== null) throw new Error("defaults are allowed");
 * if (layout.check({ ...agent, wealth: -1 })?.message !== "-1 is below min 0") throw new Error("-1 is not");
 * ```
 */
export class VariableLayout {
  /** Names in the order of the scenario. */
  readonly names: readonly string[];
  /** Names of the float and int variables. */
  readonly numericNames: readonly string[];
  /** Names of the variables that are recorded in rows: all but those of type `json`. */
  readonly recordedNames: readonly string[];
  /** `names`, not frozen: V8 reads elements of frozen arrays more slowly. */
  readonly #order: string[];
  readonly #defaults: Readonly<Record<string, Json>>;
  readonly #checks: readonly ValueCheck[];
  /** Names of the variables that have something in them. */
  readonly #containers: readonly string[];
  readonly #index: ReadonlyMap<string, number>;
  /** Bounds of float variables; an interval that holds nothing sends every other type to its check. */
  readonly #floor: Float64Array;
  readonly #ceiling: Float64Array;

  /**
   * Compiles the definitions.
   * @throws {SimError} when they make no sense (see {@linkcode variableDefinitionsIssues})
   */
  constructor(variables: VariableDefinitions) {
    const errors = variableDefinitionsIssues(variables, []).filter((issue) => issue.severity === "error");
    if (errors.length > 0) {
      const { code, message, path, hint } = errors[0]!;
      const text = `${formatPath(path ?? [])}: ${message}`;
      throw new SimError(code, text, { issues: errors, ...(hint === undefined ? {} : { hint }) });
    }
    const definitions: readonly (readonly [string, VariableDefinition])[] = Object.entries(variables);
    this.#order = definitions.map(([name]) => name);
    this.names = Object.freeze(this.#order.slice());
    this.numericNames = Object.freeze(
      definitions.filter(([, { type }]) => type === "float" || type === "int").map(([name]) => name),
    );
    this.recordedNames = Object.freeze(definitions.filter(([, { type }]) => type !== "json").map(([name]) => name));
    this.#defaults = Object.fromEntries(
      definitions.map(([name, definition]) => [name, frozenDefault(name, definition)]),
    );
    this.#containers = definitions.filter(([, { type }]) => CONTAINERS.includes(type)).map(([name]) => name);
    this.#checks = definitions.map(([, definition]) => compileCheck(definition));
    this.#index = new Map(this.names.map((name, i) => [name, i]));
    this.#floor = Float64Array.from(definitions, ([, definition]) => bound(definition, "min", -Number.MAX_VALUE));
    this.#ceiling = Float64Array.from(definitions, ([, definition]) => bound(definition, "max", Number.MAX_VALUE));
  }

  /** The values that a record starts with: a fresh object whose lists and dicts are frozen and shared. */
  defaults(): Record<string, Json> {
    return { ...this.#defaults };
  }

  /**
   * What is wrong with a record: a value that its variable does not allow, a variable that is missing, or a key that is
   * none (`name` excepted). The path starts with the variable. Null when all is well.
   */
  check(record: { readonly [variable: string]: unknown }): VariableFailure | null {
    // Enumerating is the fastest way through a record: V8 then finds key, ownership and value without a lookup.
    const names = this.#order;
    const floor = this.#floor;
    const ceiling = this.#ceiling;
    let i = 0;
    for (const key in record) {
      if (!hasOwn.call(record, key)) return this.#checkAnyOrder(record);
      if (key === "name") continue;
      if (i >= names.length || key !== names[i]) return this.#checkAnyOrder(record);
      const value = record[key];
      if (!(typeof value === "number" && value >= floor[i]! && value <= ceiling[i]!)) {
        const failure = this.#checks[i]!(value);
        if (failure) return { path: [key, ...failure.path], message: failure.message };
      }
      i++;
    }
    return i === names.length ? null : this.#checkAnyOrder(record);
  }

  /** Freezes a record with everything in it. */
  freeze(record: { readonly [variable: string]: unknown }): void {
    Object.freeze(record);
    for (let i = 0; i < this.#containers.length; i++) deepFreeze(record[this.#containers[i]!]);
  }

  #checkAnyOrder(record: { readonly [variable: string]: unknown }): VariableFailure | null {
    if (typeof record !== "object" || record === null) return { path: [], message: "a record must be an object" };
    for (let i = 0; i < this.names.length; i++) {
      const name = this.names[i]!;
      if (!Object.hasOwn(record, name)) return { path: [name], message: "the variable is missing" };
      const failure = this.#checks[i]!(record[name]);
      if (failure) return { path: [name, ...failure.path], message: failure.message };
    }
    for (const key of Object.keys(record)) {
      if (key === "name" || this.#index.has(key)) continue;
      return { path: [key], message: "there is no such variable; declare it under state_variables" };
    }
    return null;
  }
}

const CONTAINERS: readonly string[] = ["list", "dict", "object", "tuple", "json"];

// Inside for-in V8 drops this call altogether; Object.hasOwn() it does not.
const { hasOwnProperty: hasOwn } = Object.prototype;

function bound(definition: VariableDefinition, key: "min" | "max", otherwise: number): number {
  return definition.type === "float" ? definition[key] ?? otherwise : NaN;
}

function frozenDefault(name: string, definition: VariableDefinition): Json {
  const value = defaultValue(definition);
  if (value === undefined) throw new SimError("missing_default", `variable '${name}' has no default`);
  return deepFreeze(JSON.parse(JSON.stringify(value)));
}
