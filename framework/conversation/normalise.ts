/** Reads what a model, a service or an author wrote as an action of a catalogue. */

import { canonicalJson } from "../canonical_json.ts";
import { didYouMean, SimError } from "../issue.ts";
import { frozenJson, type Json, type JsonObject, notJson } from "../json.ts";
import type { ActionCatalogue, ParameterSchema, ParameterType, ReadAction } from "./catalogue.ts";

/** Bytes that the parameters of an action may have as JSON. */
const MAX_BYTES = 64 * 1024;

const YES = ["true", "1", "yes", "y"];
const NO = ["false", "0", "no", "n"];

/** A value of its type, or what was expected instead. */
type Read = { readonly value: Json } | { readonly expected: string };

/** What becomes of parameters that an action does not have. */
export interface ReadOptions {
  /**
   * `drop` leaves them out; `keep` puts them behind the others, as they are written: whoever compares must see that they
   * were given; `refuse` makes them a problem. Default: `drop`.
   */
  readonly unknown?: "drop" | "keep" | "refuse";
}

/**
 * The action that was written, in one form: its kind is the catalogue's, its parameters stand in the catalogue's order
 * and have their types (`"3"` is 3 where an integer is expected, `"#3"` where an id is); those that are null are left
 * out, and so are those that the action does not have, unless `unknown` says otherwise. Codes of problems: `bad_action`
 * (no action at all), `unknown_action`, `bad_parameter`. What comes out is read as itself.
 */
export function readAction(
  written: unknown,
  catalogue: ActionCatalogue,
  { unknown = "drop" }: ReadOptions = {},
): ReadAction {
  if (typeof written !== "object" || written === null || !("name" in written) || typeof written.name !== "string") {
    return {
      code: "bad_action",
      problem: `an action is an object with a name and parameters, found ${shown(written)}`,
    };
  }
  const name = written.name.trim();
  if (!Object.hasOwn(catalogue, name)) {
    return {
      code: "unknown_action",
      problem: `there is no action ${shown(name)}; ${didYouMean(name, Object.keys(catalogue))}`,
    };
  }
  const schema = catalogue[name]!;
  const bad = (problem: string): ReadAction => ({ code: "bad_parameter", problem: `${name}: ${problem}` });
  const given = "parameters" in written ? written.parameters ?? {} : {};
  if (typeof given !== "object" || Array.isArray(given)) return bad(`parameters is ${shown(given)}, not an object`);
  const unfit = unfitness(given);
  if (unfit !== null) return bad(unfit);

  const others = Object.entries(given as JsonObject).filter(([key, value]) =>
    !Object.hasOwn(schema.parameters, key) && value !== null
  );
  const parameters: [string, Json][] = [];
  for (const [parameter, about] of Object.entries(schema.parameters)) {
    const value = Object.hasOwn(given, parameter) ? (given as JsonObject)[parameter] : undefined;
    if (value === undefined || value === null) {
      if (about.required !== true) continue;
      const found = others.length === 0
        ? "it is missing"
        : `it is missing, and there is ${others.map(([key]) => shown(key)).join(", ")}`;
      return bad(`parameter '${parameter}' must be ${EXPECTED[about.type]}; ${found}`);
    }
    const read = readParameter(value, about);
    if ("expected" in read) return bad(`parameter '${parameter}' must be ${read.expected}; found ${shown(value)}`);
    parameters.push([parameter, read.value]);
  }
  if (unknown === "refuse" && others.length > 0) {
    const [key] = others[0]!;
    return bad(`there is no parameter ${shown(key)}; ${didYouMean(key, Object.keys(schema.parameters))}`);
  }
  if (unknown === "keep") parameters.push(...others);
  return { action: frozenJson({ kind: schema.kind, name, parameters: Object.fromEntries(parameters) }) };
}

/** Why parameters cannot be kept; null: they can. */
function unfitness(parameters: object): string | null {
  const problem = notJson(parameters);
  if (problem !== null) return `parameters are no JSON: a value ${problem}`;
  try {
    const bytes = new TextEncoder().encode(canonicalJson(parameters)).length;
    return bytes <= MAX_BYTES ? null : `parameters have ${bytes} bytes, at most ${MAX_BYTES} are read`;
  } catch (error) {
    if (error instanceof SimError) return `parameters: ${error.message}`;
    throw error;
  }
}

function readParameter(value: Json, about: ParameterSchema): Read {
  const read = READERS[about.type](value);
  if ("expected" in read) return read;
  if (about.items !== undefined) return readItems(read.value as readonly Json[], about.items);
  if (about.enum === undefined || about.enum.includes(read.value as string)) return read;
  return { expected: `one of its values (${didYouMean(String(read.value), about.enum)})` };
}

function readItems(list: readonly Json[], type: ParameterType): Read {
  const values: Json[] = [];
  for (const entry of list) {
    const read = READERS[type](entry);
    if ("expected" in read) return { expected: `a list in which each entry is ${read.expected}` };
    values.push(read.value);
  }
  return { value: values };
}

const EXPECTED: { readonly [T in ParameterType]: string } = {
  string: "a text that is not blank",
  text: "a text",
  integer: "an integer",
  number: "a number",
  boolean: "true or false",
  date: "a date such as 2026-11-26 or 2026-11-26T09:30:00Z",
  id: "an id such as 3",
  list: "a list",
  object: "an object",
};

/** How a value of each type is read. */
const READERS: { readonly [T in ParameterType]: (value: Json) => Read } = {
  string: (value) => {
    const text = asText(value)?.trim();
    return text ? { value: text } : { expected: EXPECTED.string };
  },
  text: (value) => read("text", asText(value)),
  integer: (value) => {
    const number = asNumber(value, /^[+-]?\d+$/);
    return read("integer", Number.isSafeInteger(number) ? number : undefined);
  },
  number: (value) => read("number", asNumber(value, /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i)),
  boolean: (value) => {
    if (typeof value === "boolean") return { value };
    const word = String(asText(value)).trim().toLowerCase();
    return YES.includes(word) ? { value: true } : NO.includes(word) ? { value: false } : { expected: EXPECTED.boolean };
  },
  date: (value) => read("date", typeof value === "string" ? asDate(value.trim()) : undefined),
  id: (value) => {
    if (typeof value === "number") return read("id", Number.isSafeInteger(value) ? value + 0 : undefined);
    const text = typeof value === "string" ? value.trim() : "";
    if (text === "") return { expected: EXPECTED.id };
    const digits = /^#?(0|[1-9]\d*)$/.exec(text)?.[1];
    return { value: digits !== undefined && Number.isSafeInteger(Number(digits)) ? Number(digits) : text };
  },
  list: (value) => {
    const list = typeof value === "string" ? parsed(value) : value;
    return read("list", Array.isArray(list) ? list : undefined);
  },
  object: (value) => {
    const object = typeof value === "string" ? parsed(value) : value;
    const isObject = typeof object === "object" && object !== null && !Array.isArray(object);
    return read("object", isObject ? object : undefined);
  },
};

function read(type: ParameterType, value: Json | undefined): Read {
  return value === undefined ? { expected: EXPECTED[type] } : { value };
}

function asText(value: Json): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}

function asNumber(value: Json, written: RegExp): number | undefined {
  const number = typeof value === "string" && written.test(value.trim()) ? Number(value) : value;
  // Added to 0, −0 is 0: JSON has no other.
  return typeof number === "number" && Number.isFinite(number) ? number + 0 : undefined;
}

/** A day as `2026-11-26`; an instant as it is written. */
function asDate(text: string): string | undefined {
  const [, year, month, day, time] = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})([T ].+)?$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const date = `${year}-${month!.padStart(2, "0")}-${day!.padStart(2, "0")}`;
  // Date.parse takes 30 February for 2 March.
  const exists = new Date(`${date}T00:00:00Z`).getUTCDate() === Number(day);
  const instant = date + (time ?? "");
  return exists && !Number.isNaN(Date.parse(instant)) ? instant : undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A value as messages show it: short. */
function shown(value: unknown): string {
  const text = value === undefined ? "nothing" : JSON.stringify(value) ?? typeof value;
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
