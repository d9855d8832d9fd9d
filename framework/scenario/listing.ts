/**
 * What a part of a scenario lists, in the scenario itself or in a JSON file that it names: the values, and a way to say
 * what is wrong with them.
 */

import { formatPath, type IssuePath, SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import { shown } from "./expectation.ts";
import type { ReferencedFiles } from "./files.ts";
import { jsonFault } from "./json_fault.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import type { Reading } from "./reading.ts";
import { flawOf } from "./settings.ts";
import { placeOf } from "./source.ts";

/** How many faults of one listing are told: what is wrong with one entry is mostly wrong with all. */
const MOST_FAULTS = 20;

type Report = (severity: "error" | "warning", code: string, message: string, path: IssuePath, hint?: string) => void;

/** Values, and where faults of them are reported. Paths lead from the values inwards. */
export class Listing {
  readonly value: JsonObject;
  readonly #report: Report;
  #faults = 0;

  private constructor(value: JsonObject, report: Report) {
    this.value = value;
    this.#report = report;
  }

  /** What the scenario lists at `path`, as `value` was read from it. */
  static inline(reading: Reading, path: IssuePath, value: JsonObject): Listing {
    return new Listing(value, (severity, code, message, inner, hint) => {
      const at = [...path, ...inner];
      reading[severity === "error" ? "error" : "warn"](code, `${formatPath(at)}: ${message}`, at, hint);
    });
  }

  /**
   * The JSON file that the scenario names at `path`; undefined when it cannot be read, which is reported there. Faults in
   * it are reported there too, with the name of the file and the place in it.
   * @param file the scenario's, for what a setting names
   */
  static async file(
    reading: Reading,
    path: IssuePath,
    file: string,
    files: ReferencedFiles,
  ): Promise<Listing | undefined> {
    const read = await readReferenced(reading, path, file, files);
    if (read === undefined) return undefined;
    const report: Report = (severity, code, message, inner, hint) => {
      const place = inner.length === 0 ? read.file : `${read.file}: ${formatPath(inner)}`;
      reading[severity === "error" ? "error" : "warn"](code, `${place}: ${message}`, path, hint);
    };
    // A byte order mark is no JSON, but editors write it.
    const value = parsed(read.text.replace(/^\uFEFF/, ""), (message, hint, place = "") => {
      reading.error("bad_json", `${read.file}${place}: ${message}`, path, hint);
    });
    return value && new Listing(value, report);
  }

  /** Reports an error at `path`. Of very many only the first are told. */
  error(code: string, message: string, path: IssuePath, hint?: string): void {
    this.#faults++;
    if (this.#faults <= MOST_FAULTS) this.#report("error", code, message, path, hint);
    if (this.#faults === MOST_FAULTS + 1) this.#report("error", "more_issues", "what else is wrong is not shown", []);
  }

  /** Reports a warning at `path`. */
  warn(code: string, message: string, path: IssuePath, hint?: string): void {
    this.#report("warning", code, message, path, hint);
  }

  /** Whether anything is wrong with it. */
  get failed(): boolean {
    return this.#faults > 0;
  }

  /** Whether a key is there and not null. */
  has(key: string): boolean {
    return Object.hasOwn(this.value, key) && this.value[key] !== null;
  }

  /** The list under `key`; undefined when there is something else, which is reported. */
  list(key: string): readonly Json[] | undefined {
    const value = this.value[key];
    if (Array.isArray(value)) return value;
    this.error("invalid_value", `must be a list, not ${shown(value)}`, [key]);
    return undefined;
  }

  /** The map at `path`; undefined when there is something else, which is reported. */
  map(path: IssuePath, value: Json | undefined): JsonObject | undefined {
    if (isMap(value)) return value;
    this.error("invalid_value", `must be a map, not ${shown(value)}`, path);
    return undefined;
  }
}

/** Whether a value is a JSON object. */
export function isMap(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * The file that the scenario names at `path`; undefined when it cannot be read, which is reported there.
 * @param file the scenario's, for what a setting names
 */
export async function readReferenced(
  reading: Reading,
  path: IssuePath,
  file: string,
  files: ReferencedFiles,
): Promise<{ file: string; text: string } | undefined> {
  const place = placeOf(reading.root, path);
  try {
    // What a setting names is relative to the scenario that it is applied to.
    return await files.read(reading.valueAt(path) as string, place.line === undefined ? file : place.file);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    reading.error(error.code, error.message, path, error.hint);
    return undefined;
  }
}

/** The map in a JSON text; `fault` is told where there is none, with the place if it is one. */
function parsed(
  text: string,
  fault: (message: string, hint: string, place?: string) => void,
): JsonObject | undefined {
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    const { line, column, message } = jsonFault(text);
    const hint = "a JSON file has double quotes, no comments, and no comma behind the last entry";
    return void fault(`it is not JSON: ${message}`, hint, `:${line}:${column}`);
  }
  const flaw = flawOf(value, SCENARIO_LIMITS.depth);
  if (flaw !== undefined) return void fault(`it ${flaw}`, "use finite numbers and plain keys, and nest less");
  if (isMap(value)) return value;
  fault(`it must hold a map, not ${shown(value)}`, 'for example {"nodes": ["a", "b"], "edges": [["a", "b"]]}');
}
