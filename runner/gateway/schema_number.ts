/** Numbers made up within the bounds of a JSON Schema. */

import type { JsonObject, Rng } from "../../framework/mod.ts";

/** How far a number is at most from the bound on one side when there is none on the other. */
const REACH = 100;
/** Wider ranges are those of a number format (±2^53, ±3.4e38), hence no bounds. */
const WIDEST = 1e9;

/** A number that fits `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum`, `multipleOf`, as nearly as one can. */
export function numberWithin(schema: JsonObject, whole: boolean, random: Rng): number {
  const multiple = numberOr(schema.multipleOf, 0) > 0 ? numberOr(schema.multipleOf, 0) : null;
  const step = whole ? wholeStep(multiple ?? 1) : multiple;
  const range = rangeOf(schema, step ?? 0);
  return step === null ? between(range, random) : onGrid(range, step, random);
}

interface Range {
  readonly low: number;
  readonly high: number;
  /** Whether the bounds themselves fit. */
  readonly hasLow: boolean;
  readonly hasHigh: boolean;
}

function rangeOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonObject, step: number): Range {
  const least = Math.max(numberOr(minimum, -Infinity), numberOr(exclusiveMinimum, -Infinity));
  const most = Math.min(numberOr(maximum, Infinity), numberOr(exclusiveMaximum, Infinity));
  let [low, high] = [least, most];
  if (!(most - least <= WIDEST)) {
    const reach = Math.max(REACH, 4 * step);
    low = least > -WIDEST ? least : most < reach ? most - reach : 0;
    high = Math.min(most, low + reach);
  }
  return { low, high, hasLow: exclusiveMinimum !== low, hasHigh: exclusiveMaximum !== high };
}

function between(range: Range, random: Rng): number {
  const value = range.low + (range.high - range.low) * random.next();
  const rounded = Number(value.toPrecision(4));
  if (isInside(rounded, range)) return rounded;
  return isInside(value, range) ? value : range.low + (range.high - range.low) / 2;
}

function onGrid(range: Range, step: number, random: Rng): number {
  const places = decimals(step);
  // Adding 0 makes 0 of −0, which JSON has not.
  const at = (k: number) => Number((k * step).toFixed(places)) + 0;
  // Division may miss a whole number by a hair.
  let first = Math.floor(range.low / step);
  let last = Math.ceil(range.high / step);
  for (let i = 0; i < 2 && !isInside(at(first), range); i++) first++;
  for (let i = 0; i < 2 && !isInside(at(last), range); i++) last--;
  return at(first + (last > first ? Math.floor(random.next() * (last - first + 1)) : 0));
}

function isInside(value: number, { low, high, hasLow, hasHigh }: Range): boolean {
  return (hasLow ? value >= low : value > low) && (hasHigh ? value <= high : value < high);
}

/** The smallest whole multiple of `step`. */
function wholeStep(step: number): number {
  for (let k = 1; k <= 1_000; k++) {
    const multiple = Number((k * step).toFixed(decimals(step)));
    if (Number.isInteger(multiple)) return multiple;
  }
  return 1;
}

/** Decimal places of a number. */
function decimals(value: number): number {
  const [digits = "", exponent = "0"] = String(value).split("e");
  const places = (digits.split(".")[1] ?? "").length - Number(exponent);
  return Math.min(100, Math.max(0, places));
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === "number" ? value : otherwise;
}
