/** llm-sim's hash over the definitions of state variables, byte for byte. */

import { sha256 } from "./canonical_json.ts";
import { SimError } from "./issue.ts";
import type { VariableDefinition, VariableDefinitions } from "./variables.ts";

/**
 * SHA-256 over what Python's `json.dumps(…, sort_keys=True)` writes for name, type, min, max and values of all
 * variables, as llm-sim has it in its checkpoints. Defaults and everything inside containers are not part of it:
 * equal hashes do not mean equal definitions.
 *
 * @throws {SimError} `not_finite` when a bound is NaN or infinite
 */
export function schemaHash(agent_vars: VariableDefinitions, global_vars: VariableDefinitions): string {
  return sha256(`{"agent_vars": ${definitions(agent_vars)}, "global_vars": ${definitions(global_vars)}}`);
}

function definitions(variables: VariableDefinitions): string {
  const entries = Object.entries(variables).sort(([a], [b]) => compareCodePoints(a, b));
  return `{${entries.map(([name, variable]) => `${pythonText(name)}: ${definition(variable)}`).join(", ")}}`;
}

/** The four keys that count, sorted as Python sorts them. */
function definition(variable: VariableDefinition): string {
  const min = "min" in variable ? bound(variable.min) : "null";
  const max = "max" in variable ? bound(variable.max) : "null";
  const values = "values" in variable ? `[${variable.values.map(pythonText).join(", ")}]` : "null";
  return `{"max": ${max}, "min": ${min}, "type": ${pythonText(variable.type)}, "values": ${values}}`;
}

function bound(value: number | null | undefined): string {
  return value === null || value === undefined ? "null" : pythonFloat(value);
}

/** `repr(float(value))` of Python: the same shortest digits as ECMAScript's, laid out by Python's rules. */
function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) throw new SimError("not_finite", `the bound ${value} is not a finite number`);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa, power] = Math.abs(value).toExponential().split("e") as [string, string];
  const digits = mantissa.replace(".", "");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

const SHORT_ESCAPES: { readonly [char: string]: string } = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
};

/** `json.dumps(value)` of Python: everything but printable ASCII is escaped, by UTF-16 unit. */
function pythonText(value: string): string {
  const escaped = value.replace(
    /[^ !#-[\]-~]/g,
    (unit) => SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

/** Python sorts texts by code point, JavaScript by UTF-16 unit; they differ beyond U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const left = Array.from(a, (char) => char.codePointAt(0)!);
  const right = Array.from(b, (char) => char.codePointAt(0)!);
  const i = left.findIndex((point, at) => point !== right[at]);
  if (i < 0) return left.length - right.length;
  return i >= right.length ? 1 : left[i]! - right[i]!;
}
