/** JSON in which equal values have equal bytes (RFC 8785), and SHA-256 over it. */

import type { createHash } from "node:crypto";
import { formatPath, SimError } from "./issue.ts";

/**
 * The canonical JSON text of `value` (RFC 8785, "JCS"): no blanks, keys sorted by UTF-16 units, numbers as ECMAScript
 * writes them.
 *
 * @throws {SimError} `not_json` when `value` holds something JSON cannot carry (undefined, NaN, infinities, bigints,
 *   functions, objects of classes), a lone surrogate, or itself
 *
 * @example
 * ```ts
 * import { canonicalJson } from "llm-sim";
 * if (canonicalJson({ b: 1e21, a: ["é", -0] }) !== '{"a":["é",0],"b":1e+21}') throw new Error();
 * ```
 */
export function canonicalJson(value: unknown): string {
  return write(value, [], []);
}

/** Loaded when it is first used: that takes 8 ms, and most sandbox processes hash nothing. */
let crypto: { readonly createHash: typeof createHash } | undefined;

/** SHA-256 of bytes, or of a text's UTF-8, as 64 hexadecimal digits. */
export function sha256(textOrBytes: string | Uint8Array): string {
  crypto ??= process.getBuiltinModule("node:crypto");
  return crypto.createHash("sha256").update(textOrBytes).digest("hex");
}

function write(value: unknown, path: (string | number)[], around: object[]): string {
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      if (!Number.isFinite(value)) throw notJson(String(value), path);
      return JSON.stringify(value);
    case "string":
      return text(value, path);
    case "object":
      return value === null ? "null" : container(value, path, around);
    default:
      throw notJson(typeof value === "undefined" ? "undefined" : `a ${typeof value}`, path);
  }
}

function container(value: object, path: (string | number)[], around: object[]): string {
  if (around.includes(value)) throw notJson("a reference to a value around it", path);
  around.push(value);
  const written = Array.isArray(value) ? array(value, path, around) : object(value, path, around);
  around.pop();
  return written;
}

function array(value: readonly unknown[], path: (string | number)[], around: object[]): string {
  // Array.from visits holes too, which are undefined.
  return `[${Array.from(value, (inner, i) => write(inner, [...path, i], around)).join(",")}]`;
}

function object(value: object, path: (string | number)[], around: object[]): string {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw notJson(`an object of class ${prototype.constructor?.name ?? "unknown"}`, path);
  }
  // The default order of sort() is by UTF-16 units, which is the RFC's.
  const entries = Object.keys(value).sort().map((key) => {
    const at = [...path, key];
    return `${text(key, at)}:${write((value as Record<string, unknown>)[key], at, around)}`;
  });
  return `{${entries.join(",")}}`;
}

function text(value: string, path: readonly (string | number)[]): string {
  if (!value.isWellFormed()) throw notJson("a text with a lone surrogate", path);
  return JSON.stringify(value);
}

function notJson(what: string, path: readonly (string | number)[]): SimError {
  return new SimError("not_json", `${formatPath(path)}: ${what} has no canonical JSON`, {
    hint: "use null, booleans, finite numbers, texts, lists and plain objects",
  });
}
