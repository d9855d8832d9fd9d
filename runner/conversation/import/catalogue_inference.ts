/** A catalogue of actions from calls of them. */

import {
  type ActionCatalogue,
  type ActionSchema,
  type ParameterSchema,
  type ParameterType,
  readAction,
} from "../../../framework/conversation/mod.ts";
import type { Json, JsonObject } from "../../../framework/mod.ts";

/** A call of an action. */
export interface ExampleCall {
  readonly name: string;
  readonly parameters: JsonObject;
  /** Names of the arguments that count; null: all of them. */
  readonly compared: readonly string[] | null;
}

/** How the names of calls that only read begin. `transfer_to_human…` hands the user over and changes nothing. */
const READING = /^(get|find|search|list|calculate|transfer_to_human|view|show|read|query|look_?up|think)(_|$|[A-Z])/;

/**
 * The actions of `calls`, those that `known` has as they are there. Otherwise an action changes something unless its name
 * begins like that of a call that only reads; a parameter is required when every call gives it, is free text when no call
 * counts it, and else of the first type that all its values fit (null fits any). What was assumed is in the notes.
 */
export function inferredCatalogue(
  calls: readonly ExampleCall[],
  known: ActionCatalogue,
): { readonly catalogue: ActionCatalogue; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const inferred: { mutating: string[]; reading: string[] } = { mutating: [], reading: [] };
  const used = [...Map.groupBy(calls, (call) => call.name)].map(([name, ofName]): [string, ActionSchema] => {
    if (Object.hasOwn(known, name)) return [name, known[name]!];
    const mutating = !READING.test(name);
    inferred[mutating ? "mutating" : "reading"].push(name);
    return [name, {
      kind: "tool_operation",
      description: inWords(name),
      mutating,
      parameters: parametersOf(name, ofName, notes),
    }];
  });
  const { mutating, reading } = inferred;
  if (mutating.length > 0) notes.push(`taken to change something, by their names: ${mutating.join(", ")}`);
  if (reading.length > 0) notes.push(`taken to change nothing, by their names: ${reading.join(", ")}`);
  if (mutating.length + reading.length > 0) {
    notes.push(
      "parameters and their types are those of the calls; others that the actions have are missing",
    );
  }
  return { catalogue: { ...known, ...Object.fromEntries(used) }, notes };
}

function parametersOf(
  action: string,
  calls: readonly ExampleCall[],
  notes: string[],
): { readonly [name: string]: ParameterSchema } {
  const names = new Set(calls.flatMap(({ parameters }) => Object.keys(parameters)));
  return Object.fromEntries([...names].flatMap((name): [string, ParameterSchema][] => {
    const note = (text: string) => notes.push(`${action}.${name} ${text}`);
    const giving = calls.filter(({ parameters }) => Object.hasOwn(parameters, name));
    const counting = giving.filter(({ compared }) => compared === null || compared.includes(name));
    const values = giving.map(({ parameters }) => parameters[name]!).filter((value) => value !== null);
    const counts = counting.length > 0;
    const type = typeOf(name, values, counts);
    if (type === null) {
      note("has values that no one type fits: it is left out");
      return [];
    }
    if (!counts) note(`counts in no call: it is ${type === "text" ? "free text" : "compared all the same"}`);
    else if (counting.length < giving.length) {
      note(`counts in ${counting.length} of ${giving.length} calls: here in all`);
    } else if (type === "text") note("is blank in a call: it is free text");
    const required = counts && values.length === calls.length;
    return [[name, { type, description: inWords(name), ...(required ? { required } : {}) }]];
  }));
}

/** Types in the order in which they are tried, each with the values that suggest it. */
const SUGGESTED: readonly (readonly [type: ParameterType, by: (value: Json, name: string) => boolean])[] = [
  ["id", (value, name) => /(^|_)id$/i.test(name) && (typeof value === "string" || Number.isInteger(value))],
  ["boolean", (value) => typeof value === "boolean"],
  ["integer", (value) => Number.isInteger(value)],
  ["number", (value) => typeof value === "number"],
  ["date", (value) => typeof value === "string"],
  ["string", (value) => typeof value !== "object"],
  ["text", (value) => typeof value !== "object"],
  ["list", (value) => Array.isArray(value)],
  ["object", (value) => typeof value === "object" && !Array.isArray(value)],
];

/** The first type that all values suggest and can be read as; null: there is none. */
function typeOf(name: string, values: readonly Json[], counts: boolean): ParameterType | null {
  if (values.length === 0) return "string";
  const types = SUGGESTED.filter(([type, by]) => values.every((value) => by(value, name) && isReadAs(type, value)));
  if (!counts && types.some(([type]) => type === "text")) return "text";
  return types[0]?.[0] ?? null;
}

/** Whether a scenario may hold `value` where `type` is expected. */
function isReadAs(type: ParameterType, value: Json): boolean {
  const schema = { kind: "-", description: "", mutating: true, parameters: { p: { type, description: "" } } };
  return "action" in readAction({ name: "a", parameters: { p: value } }, { a: schema });
}

/** `cancel_order` as `cancel order`. */
function inWords(name: string): string {
  return name.replaceAll("_", " ").trim() || name;
}
