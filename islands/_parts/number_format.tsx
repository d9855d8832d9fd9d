/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Values as people read them, everywhere the same. Never `NaN`, `undefined` or `[object Object]`. */

import type { VNode } from "preact";
import { compactNumber, ellipsis, minus, readableNumber } from "../../runner/report/markup.ts";

export { compactNumber, words } from "../../runner/report/markup.ts";

/** What stands where there is no value. */
export const NOTHING = "–";

/** A number as tables show it: thousands grouped, six significant digits; `–` for what is none. */
export function number(value: number | null | undefined): string {
  return typeof value === "number" ? readableNumber(value) : NOTHING;
}

/** A whole number with its thousands grouped. */
export function count(value: number | null | undefined): string {
  return typeof value === "number" && Number.isFinite(value)
    ? minus(Math.round(value).toLocaleString("en-US"))
    : NOTHING;
}

/** `1 run`, `1,200 runs`. @param plural where it is not `noun` and an `s` */
export function counted(value: number, noun: string, plural = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : plural}`;
}

/** US dollars: `$0`, `$0.0042`, `$1.20`, `$1,234`. */
export function dollars(usd: number | null | undefined): string {
  if (typeof usd !== "number" || !Number.isFinite(usd)) return NOTHING;
  if (usd === 0) return "$0";
  const [sign, size] = [usd < 0 ? "−" : "", Math.abs(usd)];
  if (size < 0.0001) return `${sign}<$0.0001`;
  if (size < 0.01) return `${sign}$${size.toPrecision(2)}`;
  return `${sign}$${
    size.toLocaleString(
      "en-US",
      size < 1000 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumFractionDigits: 0 },
    )
  }`;
}

/** Seconds in words: `340 ms`, `4.2 s`, `1 min 05 s`, `2 h 03 min`, `3 d 4 h`. */
export function duration(seconds: number | null | undefined): string {
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) return NOTHING;
  const size = Math.max(0, seconds);
  if (size === 0) return "0 s";
  if (size < 0.9995) return `${Math.max(1, Math.round(size * 1000))} ms`;
  if (size < 59.95) return `${size < 9.95 ? size.toFixed(1) : Math.round(size)} s`;
  const whole = Math.round(size);
  const two = (n: number) => String(n).padStart(2, "0");
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${two(Math.floor(whole % 3600 / 60))} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor(whole % 86_400 / 3600)} h`;
}

/** Bytes as disks count them: `0 B`, `3.1 kB`, `412 MB`, `1.2 TB`. */
export function bytesText(bytes: number | null | undefined): string {
  if (typeof bytes !== "number" || !Number.isFinite(bytes) || bytes < 0) return NOTHING;
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let [size, at] = [bytes, 0];
  while (size >= 999.5 && at < units.length - 1) [size, at] = [size / 1000, at + 1];
  return `${at > 0 && size < 9.95 ? size.toFixed(1) : Math.round(size)} ${units[at]}`;
}

/** A share as per cent: `62 %`, `0.4 %`. */
export function percent(share: number | null | undefined): string {
  if (typeof share !== "number" || !Number.isFinite(share)) return NOTHING;
  const value = share * 100;
  return `${value !== 0 && Math.abs(value) < 1 ? number(Number(value.toPrecision(1))) : count(value)} %`;
}

/** `0.42 (0.31 to 0.53)`; without the interval where there is none. */
export function withInterval(mean: number | null, low: number | null, high: number | null): string {
  return mean === null || low === null || high === null
    ? short(mean)
    : `${short(mean)} (${short(low)} to ${short(high)})`;
}

/** A number where there is little room: four significant digits, k, M, B, T. */
export function short(value: number | null | undefined): string {
  return typeof value === "number" ? compactNumber(value) : NOTHING;
}

/** Any value as one line of text: numbers formatted, text as it is, the rest as JSON. @param length most characters */
export function text(value: unknown, length = 300): string {
  switch (typeof value) {
    case "number":
      return number(value);
    case "bigint":
      return minus(value.toLocaleString("en-US"));
    case "string":
      return ellipsis(value, length);
    case "boolean":
      return value ? "yes" : "no";
    case "object":
      return value === null ? NOTHING : ellipsis(json(value), length);
    default:
      return NOTHING;
  }
}

/** A value as JSON; what has none is `–`. */
export function json(value: unknown, indent?: number): string {
  try {
    return JSON.stringify(value, (_, inner) => typeof inner === "bigint" ? Number(inner) : inner, indent) ?? NOTHING;
  } catch {
    return NOTHING;
  }
}

/** A moment: `2026-11-26 14:03 UTC`; `–` for what is none. */
export function moment(iso: string | null | undefined): string {
  return iso && !Number.isNaN(Date.parse(iso)) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : NOTHING;
}

/** A value in its place: numbers with figures of one width. */
export function Value({ value }: { readonly value: unknown }): VNode {
  return typeof value === "number" ? <span class="number">{number(value)}</span> : <span>{text(value)}</span>;
}
