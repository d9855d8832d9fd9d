/** Text into HTML and SVG, and numbers into text for readers. */

/**
 * `text` for element content and quoted attributes of HTML and XML. Characters that XML forbids even as references
 * (controls, lone surrogates) become U+FFFD.
 */
export function escapeMarkup(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

const ENTITIES: { readonly [character: string]: string } = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** `text` without the characters that XML forbids and without those that reorder what stands around them. */
export function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- controls are what is looked for
  return text.toWellFormed().replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, "\ufffd")
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
}

/** At most `length` characters of `text`, with an ellipsis where it was cut. */
export function ellipsis(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("").trimEnd()}…`;
}

/** A number as tables show it: thousands grouped, at most six significant digits or all integer digits. */
export function readableNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return minus(value.toExponential(3));
  const decimals = size >= 1e5 ? 0 : size === 0 ? 0 : Math.max(0, Math.min(6, 5 - Math.floor(Math.log10(size)) - 1));
  return minus(grouped(shortest(value.toFixed(decimals))));
}

/** Without zeros at the end of its decimals. */
function shortest(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/**
 * With a comma before every three digits. As `Intl.NumberFormat` does, but the first of those takes some ten milliseconds, which
 * every program and every page would wait for.
 */
function grouped(text: string): string {
  return text.replace(/^-?\d+/, (whole) => whole.replace(/\B(?=(?:\d{3})+$)/g, ","));
}

/** A number as charts label it: four significant digits, k, M, B, T above 10,000. */
export function compactNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && size < 1e-3) return minus(value.toExponential(1));
  const { divisor, suffix } = magnitude(size);
  const rounded = Number((value / divisor).toPrecision(size >= 1e15 ? 3 : 4));
  // From there on JavaScript writes an exponent.
  const text = Math.abs(rounded) < 1e21 ? String(rounded) : BigInt(rounded).toString();
  return minus(grouped(text)) + suffix;
}

/** The unit prefix in which a number of this size is written: 1 below 10,000, then thousands and so on. */
export function magnitude(size: number): { readonly divisor: number; readonly suffix: string } {
  if (size < 1e4) return { divisor: 1, suffix: "" };
  if (size < 1e6) return { divisor: 1e3, suffix: "k" };
  if (size < 1e9) return { divisor: 1e6, suffix: "M" };
  if (size < 1e12) return { divisor: 1e9, suffix: "B" };
  return { divisor: 1e12, suffix: "T" };
}

/** A true minus sign, which is as wide as a plus. */
export function minus(text: string): string {
  return text.startsWith("-") ? `−${text.slice(1)}` : text;
}

/** Seconds in words: `0.42 s`, `12.3 s`, `4 min 05 s`, `2 h 03 min`. */
export function readableSeconds(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole % 3600 / 60)];
  const two = (n: number) => String(n).padStart(2, "0");
  return hours > 0 ? `${hours} h ${two(minutes)} min` : `${minutes} min ${two(whole % 60)} s`;
}

/** `interest_rate` as `interest rate`, for titles. */
export function words(identifier: string): string {
  return identifier.replaceAll("_", " ");
}
