/** The columns that the members of a population have, and what may stand in them. */

import { SimError } from "./issue.ts";
import type { Json, JsonObject } from "./json.ts";
import { checkVariable, type VariableDefinition, type VariableDefinitions } from "./variables.ts";

/** The values of one variable, one entry per member. */
export type Column = Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

/** Types of variables that can be columns. */
export const COLUMN_TYPES = ["float", "int", "bool", "categorical"] as const satisfies readonly ColumnType[];
/** A type of variable that can be a column. */
export type ColumnType = "float" | "int" | "bool" | "categorical";

/** What a column of some name holds. */
export interface ColumnShape {
  /** Name of the variable. */
  readonly name: string;
  /** float: 64 bits; int: 32 bits, signed; bool: a byte, 0 or 1; categorical: a byte, the position in `values`. */
  readonly type: ColumnType;
  /** The texts of a categorical variable. */
  readonly values?: readonly string[];
}

/** A column that a scenario declares. */
interface DeclaredColumn extends ColumnShape {
  readonly definition: VariableDefinition;
  /** The entry that a new member starts with. */
  readonly initial: number;
}

/** Bytes of one entry. */
export const BYTES_OF: { readonly [type in ColumnType]: number } = { float: 8, int: 4, bool: 1, categorical: 1 };
/** Values that a byte can tell apart. */
const MAX_VALUES = 256;
const MAX_INT = 2 ** 31 - 1;

/** Why a variable cannot be a column and what to do, or null when it can. */
export function columnProblem(definition: VariableDefinition): { reason: string; hint: string } | null {
  switch (definition.type) {
    case "float":
    case "bool":
      return null;
    case "int": {
      const start = definition.default ?? 0;
      if (Math.abs(start) <= MAX_INT) return null;
      return { reason: `its default ${start} does not fit into 32 bits`, hint: "declare it as float" };
    }
    case "categorical": {
      const { length } = definition.values;
      if (length <= MAX_VALUES) return null;
      return { reason: `it has ${length} values, and a column can hold ${MAX_VALUES}`, hint: "declare it as int" };
    }
    default: {
      const hint = "a population's variables are of type float, int, bool or categorical; use named agents for others";
      return { reason: `it is of type ${definition.type}`, hint };
    }
  }
}

/** The columns of one population, and with what its members start. */
export class MemberLayout {
  readonly #columns: readonly DeclaredColumn[];
  readonly #index: ReadonlyMap<string, number>;

  /**
   * Columns for the agent variables named by `wanted`, in the order of `variables`; for all that can be columns when it
   * names none. `initial` are values that differ from the defaults.
   *
   * @throws {SimError} `bad_column` when a wanted variable cannot be one, or an initial value has no column or does not fit
   */
  constructor(variables: VariableDefinitions, wanted: readonly string[] = [], initial: JsonObject = {}) {
    const chosen = Object.entries(variables).filter(([name, definition]) =>
      wanted.length === 0 ? columnProblem(definition) === null : wanted.includes(name)
    );
    this.#columns = chosen.map(([name, definition]) => declared(name, definition, initial[name]));
    this.#index = new Map(this.#columns.map(({ name }, i) => [name, i]));
    const stray = Object.keys(initial).find((name) => !this.#index.has(name));
    if (stray !== undefined) {
      const hint = `columns: ${this.names().join(", ") || "none"}; the class names them in requires.agent_vars`;
      throw new SimError("bad_column", `the population has no column '${stray}'`, { hint });
    }
  }

  /** What the columns hold, in order. */
  get columns(): readonly ColumnShape[] {
    return this.#columns;
  }

  /** Names in order. */
  names(): string[] {
    return this.#columns.map(({ name }) => name);
  }

  /** Position of a column, or -1. */
  indexOf(name: string): number {
    return this.#index.get(name) ?? -1;
  }

  /** The entry that a new member starts with in column `index`. */
  initial(index: number): number {
    return this.#columns[index]!.initial;
  }

  /** What a value is in column `index`. @throws {SimError} `bad_column` when it is not allowed there */
  entry(index: number, value: Json): number {
    const { name, definition } = this.#columns[index]!;
    return entryOf(name, definition, value);
  }

  /** An empty column with room for `length` entries. */
  create(index: number, length: number): Column {
    switch (this.#columns[index]!.type) {
      case "float":
        return new Float64Array(length);
      case "int":
        return new Int32Array(length);
      default:
        return new Uint8Array(length);
    }
  }

  /**
   * Position of the first entry that column `index` may not hold, or -1. Writes 0 over −0, which checkpoints of named
   * agents do not know either.
   */
  firstBad(index: number, column: Column): number {
    const { definition } = this.#columns[index]!;
    switch (definition.type) {
      case "float":
        return firstBadFloat(
          column as Float64Array,
          definition.min ?? -Number.MAX_VALUE,
          definition.max ?? Number.MAX_VALUE,
        );
      case "int":
        return firstBadInt(column as Int32Array, definition.min ?? -Infinity, definition.max ?? Infinity);
      case "categorical":
        return firstBadCode(column as Uint8Array, definition.values.length - 1);
      default:
        return firstBadCode(column as Uint8Array, 1);
    }
  }

  /** Why column `index` may not hold an entry. */
  whyBad(index: number, entry: number): string {
    const { definition } = this.#columns[index]!;
    if (definition.type === "bool") return `expected 0 (false) or 1 (true), found ${entry}`;
    if (definition.type === "categorical") {
      return `expected a code from 0 to ${definition.values.length - 1}, found ${entry}`;
    }
    return checkVariable(definition, entry)?.message ?? `${entry} is not allowed`;
  }
}

/** The value that an entry stands for. */
export function valueOf({ type, values }: ColumnShape, entry: number): number | boolean | string {
  if (type === "bool") return entry !== 0;
  return type === "categorical" ? values![entry] ?? "" : entry;
}

function declared(name: string, definition: VariableDefinition, given: Json | undefined): DeclaredColumn {
  const problem = columnProblem(definition);
  if (problem) {
    throw new SimError("bad_column", `'${name}' cannot be a column: ${problem.reason}`, { hint: problem.hint });
  }
  const type = definition.type as ColumnType;
  const initial = entryOf(name, definition, given ?? (definition.default as Json));
  return { name, type, definition, initial, ...(definition.type === "categorical" && { values: definition.values }) };
}

function entryOf(name: string, definition: VariableDefinition, value: Json): number {
  const failure = checkVariable(definition, value);
  if (failure) throw new SimError("bad_column", `${name}: ${failure.message}`);
  if (definition.type === "categorical") return definition.values.indexOf(value as string);
  if (definition.type === "int" && Math.abs(value as number) > MAX_INT) {
    throw new SimError("bad_column", `${name}: ${value} does not fit into 32 bits`, { hint: "declare it as float" });
  }
  return Number(value) + 0;
}

// One loop per kind of array: V8 compiles each for its own.

function firstBadFloat(column: Float64Array, min: number, max: number): number {
  for (let i = 0; i < column.length; i++) {
    const entry = column[i]!;
    // Written so that NaN fails; a sum with 0 is never −0.
    if (!(entry >= min && entry <= max)) return i;
    column[i] = entry + 0;
  }
  return -1;
}

function firstBadInt(column: Int32Array, min: number, max: number): number {
  if (min < -MAX_INT && max >= MAX_INT) return -1;
  for (let i = 0; i < column.length; i++) {
    if (column[i]! < min || column[i]! > max) return i;
  }
  return -1;
}

function firstBadCode(column: Uint8Array, last: number): number {
  for (let i = 0; i < column.length; i++) {
    if (column[i]! > last) return i;
  }
  return -1;
}
