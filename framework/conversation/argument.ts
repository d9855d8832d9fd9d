/** Whether two values of a parameter mean the same. */

import type { Json, JsonObject } from "../json.ts";
import type { ParameterSchema, ParameterType } from "./catalogue.ts";

/** How two values, or two actions, fit: `unclear` is for a judge. */
export type Fit = "same" | "unclear" | "different";

/** Share of its size by which a number may be off. */
const TOLERANCE = 1e-9;

/**
 * The value of an argument: what is written, else its default; undefined when it is left out. Null counts as left
 * out: that is how many models write it.
 */
export function argumentOf(
  schema: ParameterSchema | undefined,
  parameters: JsonObject,
  name: string,
): Json | undefined {
  return (Object.hasOwn(parameters, name) ? parameters[name] : undefined) ?? schema?.default ?? undefined;
}

/**
 * Whether two values of one parameter mean the same. Symmetric.
 *
 * - `string`: after Unicode normalisation (NFC) with blanks collapsed and trimmed; a number or boolean as it is written
 * - `text`: like `string`, but a difference is unclear
 * - `number`: up to 1e-9 of the greater one's size; a numeric text counts as its number. `integer`: whole numbers exactly
 * - `date`: the same instant (without a zone: UTC), or the same day where one of them has no time; unclear where one of
 *   them cannot be read, or can be read in two ways (05/06/2026)
 * - `id`: `#3`, `"3"` and `3` are the same; case does not matter
 * - `boolean`: `true`, `yes`, `y`, `on` and `1` are the same, and so are their opposites
 * - `list`: entry by entry as its `items` say, or as a multiset when it is unordered
 * - `object`, entries without a type, and what has no schema: deep equality, with texts like `string` and numbers up to
 *   the tolerance
 *
 * A left-out (undefined or null) value is the same only as another left-out one.
 */
export function compareArgument(
  schema: ParameterSchema | undefined,
  wanted: Json | undefined,
  done: Json | undefined,
): Fit {
  if (wanted === undefined || wanted === null || done === undefined || done === null) {
    return fitOf((wanted ?? null) === (done ?? null));
  }
  switch (schema?.type) {
    case "string":
      return fitOf(sameJson(asText(wanted), asText(done)));
    case "text":
      return sameJson(asText(wanted), asText(done)) ? "same" : "unclear";
    case "integer":
    case "number":
      return fitOf(sameNumber(wanted, done, schema.type === "integer"));
    case "date":
      return compareDates(wanted, done);
    case "id":
      return fitOf(sameJson(asId(wanted), asId(done)));
    case "boolean":
      return fitOf(sameJson(asBoolean(wanted), asBoolean(done)));
    case "list":
      return compareLists(schema, wanted, done);
    case "object":
    case undefined:
      return fitOf(sameJson(wanted, done));
  }
}

function fitOf(same: boolean): Fit {
  return same ? "same" : "different";
}

/** Deep equality, texts normalised and numbers with their tolerance. */
function sameJson(a: Json, b: Json): boolean {
  if (typeof a === "string" && typeof b === "string") return normalised(a) === normalised(b);
  if (typeof a === "number" && typeof b === "number") return near(a, b);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((inner, i) => sameJson(inner, b[i]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key]!, b[key]!));
  }
  return a === b;
}

function isObject(value: Json): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function normalised(text: string): string {
  return text.normalize("NFC").replace(/\s+/gu, " ").trim();
}

function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

function asText(value: Json): Json {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

function asId(value: Json): Json {
  const text = asText(value);
  return typeof text === "string" ? normalised(normalised(text).replace(/^#/, "")).toLowerCase() : text;
}

function asBoolean(value: Json): Json {
  const text = asText(value);
  if (typeof text !== "string") return text;
  const word = normalised(text).toLowerCase();
  return /^(true|yes|y|on|1)$/.test(word) ? true : /^(false|no|n|off|0)$/.test(word) ? false : word;
}

function compareLists({ items, unordered }: ParameterSchema, wanted: Json, done: Json): Fit {
  if (!Array.isArray(wanted) || !Array.isArray(done)) return fitOf(sameJson(wanted, done));
  if (wanted.length !== done.length) return "different";
  const entry = items === undefined ? undefined : { type: items, description: "" };
  const inOrder = (list: readonly Json[]) => unordered === true ? sorted(list, items) : list;
  const others = inOrder(done);
  const fits = inOrder(wanted).map((value, i) => compareArgument(entry, value, others[i]));
  return fits.includes("different") ? "different" : fits.includes("unclear") ? "unclear" : "same";
}

/** A list in an order that lists of the same entries share, however these are written. */
function sorted(list: readonly Json[], items: ParameterType | undefined): readonly Json[] {
  return list.map((value) => ({ value, key: readEntry(items, value) }))
    .toSorted((a, b) => byElement(a.key, b.key))
    .map(({ value }) => value);
}

function readEntry(items: ParameterType | undefined, value: Json): Json {
  switch (items) {
    case "id":
      return asId(value);
    case "boolean":
      return asBoolean(value);
    case "integer":
    case "number":
      return asNumber(value) ?? asText(value);
    case "date": {
      const [reading] = readDate(value);
      return reading === undefined ? asText(value) : reading.instant ?? reading.day * 86_400_000;
    }
    default: {
      const text = items === undefined ? value : asText(value);
      return typeof text === "string" ? normalised(text) : text;
    }
  }
}

/** Numbers by size, so that a tolerance pairs the right ones, before everything else by its content. */
function byElement(a: Json, b: Json): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a === "number" || typeof b === "number") return typeof a === "number" ? -1 : 1;
  const [left, right] = [contentKey(a), contentKey(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A text that equal JSON values share, whatever the order of their keys. Unlike canonical JSON, it takes any text. */
export function contentKey(value: unknown): string {
  return JSON.stringify(
    value,
    (_, inner) =>
      typeof inner === "object" && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => a < b ? -1 : 1))
        : inner,
  );
}

function sameNumber(wanted: Json, done: Json, whole: boolean): boolean {
  const [a, b] = [asNumber(wanted), asNumber(done)];
  if (a === null || b === null) return sameJson(asText(wanted), asText(done));
  return whole && Number.isSafeInteger(a) && Number.isSafeInteger(b) ? a === b : near(a, b);
}

function asNumber(value: Json): number | null {
  if (typeof value === "number") return value;
  const numeric = typeof value === "string" && /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i.test(value);
  return numeric ? Number(value) : null;
}

/** One way to read a date: its day as written (days since 1970), its instant when it has a time (milliseconds). */
interface DateReading {
  readonly day: number;
  readonly instant?: number;
}

function compareDates(wanted: Json, done: Json): Fit {
  if (sameJson(asText(wanted), asText(done))) return "same";
  const [a, b] = [readDate(wanted), readDate(done)];
  if (a.length === 0 || b.length === 0) return "unclear";
  const agree = a.some((one) => b.some((other) => sameTime(one, other)));
  return !agree ? "different" : a.length === 1 && b.length === 1 ? "same" : "unclear";
}

function sameTime(a: DateReading, b: DateReading): boolean {
  if (a.instant === undefined || b.instant === undefined) return a.day === b.day;
  return a.instant === b.instant;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const MONTH = "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|" +
  "oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\\.?";
const DAY = "(\\d{1,2})(?:st|nd|rd|th)?";
const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})/;
const DAY_MONTH = new RegExp(`^${DAY}(?: of)? ${MONTH},? (\\d{4})`);
const MONTH_DAY = new RegExp(`^${MONTH} ${DAY},? (\\d{4})`);
const WEEKDAY = /^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?,? /;
const TIME =
  /^(?:t| at |, | )(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?( ?[ap]m)?(?: ?(z|utc|gmt|[+-]\d{2}:?\d{2}))?$/;

/** Every way to read a date; none when it is written in no usual format. */
function readDate(value: Json): DateReading[] {
  if (typeof value !== "string") return [];
  const text = normalised(value).toLowerCase().replace(WEEKDAY, "");
  let found: RegExpExecArray | null;
  /** Year, month, day. */
  let days: [string | undefined, number, string | undefined][] = [];
  if ((found = YEAR_FIRST.exec(text))) days = [[found[1], Number(found[3]), found[4]]];
  else if ((found = YEAR_LAST.exec(text))) {
    days = [[found[4], Number(found[1]), found[3]]];
    if (found[1] !== found[3]) days.push([found[4], Number(found[3]), found[1]]);
  } else if ((found = DAY_MONTH.exec(text))) days = [[found[3], monthOf(found[2]!), found[1]]];
  else if ((found = MONTH_DAY.exec(text))) days = [[found[3], monthOf(found[1]!), found[2]]];
  if (found === null) return [];
  const rest = text.slice(found[0].length);
  const time = rest === "" ? undefined : timeOf(rest);
  if (time === null) return [];
  return days.flatMap(([year, month, day]) => {
    const start = dayOf(Number(year), month, Number(day));
    if (start === null) return [];
    return [time === undefined ? { day: start } : { day: start, instant: start * 86_400_000 + time }];
  });
}

function monthOf(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3)) + 1;
}

/** Days since 1970; null when there is no such day. */
function dayOf(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1) return null;
  const first = Date.UTC(year, month - 1, 1) / 86_400_000;
  return day <= Date.UTC(year, month, 1) / 86_400_000 - first ? first + day - 1 : null;
}

/** Milliseconds from the day's start to a time in UTC; null when it is none. */
function timeOf(text: string): number | null {
  const found = TIME.exec(text);
  if (found === null) return null;
  const [, hours, minutes, seconds = "0", fraction = "", half, zone = "z"] = found;
  let hour = Number(hours);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return null;
    hour = hour % 12 + (half.trim() === "pm" ? 12 : 0);
  }
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return null;
  const offset = /^[+-]/.test(zone)
    ? (zone[0] === "-" ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2)))
    : 0;
  return ((hour * 60 + Number(minutes) - offset) * 60 + Number(seconds)) * 1000 +
    Math.round(Number(`0.${fraction || 0}`) * 1000);
}
