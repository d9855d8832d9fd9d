/** Settings of a component as people read them, from the JSON Schema of its config. */

import { z } from "zod";
import type { JsonObject } from "../../framework/mod.ts";

/** A setting. */
export interface Parameter {
  /** Where it stands in `config:`; `events[].turn` in each entry of a list. */
  readonly path: string;
  /** What it may be, in words: `number`, `whole number or null`, `list of texts`. */
  readonly kind: string;
  /** The words it is chosen from; none: it is not. */
  readonly choices: readonly string[];
  readonly unit: string | null;
  /** What it is where the scenario says nothing, as YAML would have it; null: that is not said. */
  readonly fallback: string | null;
  /** What it may be at least and at most: `0 to 1`. */
  readonly range: string | null;
  readonly isRequired: boolean;
  readonly description: string;
}

/** Settings inside of settings that are told, and settings of one component. */
const [DEEPEST, MOST] = [6, 1000];
/** Characters of a default. */
const LONGEST = 200;

/** All settings, those inside of others after them. */
export function parametersOf(schema: JsonObject): Parameter[] {
  const found: Parameter[] = [];
  collect(settingOf(schema), "", 0, found);
  return found;
}

const some = <T extends z.ZodType>(schema: T) => schema.optional().catch(undefined);
const bound = some(z.number());

/** The part of JSON Schema that settings are described in. What is malformed counts as left out: a domain wrote it. */
const settingSchema = z.object({
  type: some(z.union([z.string(), z.array(z.string())])),
  enum: some(z.array(z.json())),
  const: some(z.json()),
  default: some(z.json()),
  description: some(z.string()),
  unit: some(z.string()),
  minimum: bound,
  maximum: bound,
  exclusiveMinimum: bound,
  exclusiveMaximum: bound,
  minLength: bound,
  maxLength: bound,
  minItems: bound,
  maxItems: bound,
  properties: some(z.record(z.string(), z.unknown())),
  required: some(z.array(z.string())),
  items: z.unknown().optional(),
  additionalProperties: z.unknown().optional(),
  anyOf: some(z.array(z.unknown())),
  oneOf: some(z.array(z.unknown())),
});

type Setting = z.output<typeof settingSchema>;

/** What says nothing of use says nothing. */
function settingOf(value: unknown): Setting {
  return settingSchema.catch({}).parse(value);
}

function collect(schema: Setting, base: string, depth: number, found: Parameter[]): void {
  const { properties = {}, required = [] } = schema;
  for (const [key, value] of Object.entries(properties)) {
    if (found.length >= MOST) return;
    const setting = settingOf(value);
    const path = base + key;
    found.push(parameterOf(path, setting, required.includes(key)));
    if (depth >= DEEPEST) continue;
    for (const [mark, inner] of insideOf(setting)) collect(inner, path + mark, depth + 1, found);
  }
}

/** The objects inside of a setting that have settings of their own, with what leads to them. */
function insideOf(setting: Setting): [mark: string, inner: Setting][] {
  if (setting.properties !== undefined) return [[".", setting]];
  const items = settingOf(setting.items);
  if (items.properties !== undefined) return [["[].", items]];
  const entries = settingOf(setting.additionalProperties);
  if (entries.properties !== undefined) return [[".*.", entries]];
  return alternativesOf(setting).flatMap(insideOf);
}

function parameterOf(path: string, setting: Setting, isRequired: boolean): Parameter {
  const { description, unit } = unitOf(setting);
  const choices = choicesOf(setting);
  return {
    path,
    kind: choices.length > 0 ? "one of" : kindOf(setting),
    choices,
    unit,
    fallback: fallbackOf(setting),
    range: rangeOf(setting),
    isRequired,
    description,
  };
}

const KINDS: { readonly [type: string]: string } = {
  integer: "whole number",
  number: "number",
  string: "text",
  boolean: "true or false",
  object: "map",
  array: "list",
  null: "null",
};

function kindOf(setting: Setting): string {
  const alternatives = alternativesOf(setting);
  if (alternatives.length > 0) return [...new Set(alternatives.map(kindOf))].join(" or ");
  if (setting.const !== undefined) return JSON.stringify(setting.const);
  if (setting.enum !== undefined) return choicesOf(setting).join(" or ");
  const types = [setting.type ?? []].flat();
  if (types.length === 0) return "anything";
  const words = types.map((type) => KINDS[type] ?? type).join(" or ");
  if (words !== "list") return words;
  const inner = kindOf(settingOf(setting.items));
  return inner === "anything" ? words : `list of ${inner.replace(/^(whole number|number|text|map|list)\b/, "$1s")}`;
}

function alternativesOf({ anyOf, oneOf }: Setting): readonly Setting[] {
  return (anyOf ?? oneOf ?? []).map(settingOf);
}

/** The words that are chosen from, where nothing else is possible. */
function choicesOf(setting: Setting): string[] {
  if (setting.enum === undefined) return [];
  return setting.enum.map((choice) => typeof choice === "string" ? choice : JSON.stringify(choice));
}

function fallbackOf(setting: Setting): string | null {
  const { default: value } = setting;
  // What a map has inside says it itself.
  if (value === undefined || (insideOf(setting).length > 0 && JSON.stringify(value) === "{}")) return null;
  const text = typeof value === "string" && value !== "" ? value : JSON.stringify(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

function rangeOf(setting: Setting): string | null {
  const alternatives = alternativesOf(setting);
  if (alternatives.length > 0) {
    const ranges = alternatives.map(rangeOf).filter((range) => range !== null);
    return ranges.length === 0 ? null : ranges.join(" or ");
  }
  return numbersText(setting) ?? lengthText(setting.minLength, setting.maxLength, "characters") ??
    lengthText(setting.minItems, setting.maxItems, "entries");
}

function numbersText({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Setting): string | null {
  const low = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? undefined : figure(minimum);
  const high = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : figure(maximum);
  if (low !== undefined && high !== undefined) return `${low} to ${high}`;
  const bounds = [
    low === undefined ? [] : `at least ${low}`,
    exclusiveMinimum === undefined ? [] : `above ${figure(exclusiveMinimum)}`,
    high === undefined ? [] : `at most ${high}`,
    exclusiveMaximum === undefined ? [] : `below ${figure(exclusiveMaximum)}`,
  ].flat();
  return bounds.length === 0 ? null : bounds.join(", ");
}

function lengthText(least: number | undefined, most: number | undefined, noun: string): string | null {
  if (most !== undefined && most < Number.MAX_SAFE_INTEGER) {
    return least !== undefined && least > 0
      ? `${figure(least)} to ${figure(most)} ${noun}`
      : `at most ${figure(most)} ${noun}`;
  }
  if (least === 1) return "not empty";
  return least !== undefined && least > 0 ? `at least ${figure(least)} ${noun}` : null;
}

/** `−1,000,000`. */
function figure(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: 12 }).replace("-", "−");
}

/** What numbers are counted in. */
const UNIT = /^(?:%(?: .+)?|(?:log )?points|cells|hops|degrees|turns|seconds|energy|°C|W\/m²|share of .+|USD(?: .+)?)$/;

/** The unit: `unit` of the schema, else how the description ends: `neutral rate, % per year`. */
function unitOf({ unit, description = "", ...setting }: Setting): { description: string; unit: string | null } {
  if (unit !== undefined && unit !== "") return { description, unit };
  if (!/number/.test(kindOf(setting))) return { description, unit: null };
  const [, before, tail, rest = ""] = /^(.+), ([^,;]+)(;.*)?$/s.exec(description) ?? [];
  if (before === undefined || tail === undefined || !UNIT.test(tail)) return { description, unit: null };
  return { description: before + rest, unit: tail };
}
