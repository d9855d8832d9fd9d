/** Sections whose syntax is known and checked, but which nothing executes yet. */

import type { Json, JsonObject } from "../json.ts";
import type { Reading } from "./reading.ts";
import { scenarioShape } from "./schema.ts";

const SECTIONS = ["conversation", "batch"] as const;

/** The values of these sections as given, by section; each is noted. */
export function readUnsupported(reading: Reading): JsonObject {
  const found: [string, Json][] = [];
  for (const section of SECTIONS) {
    const value = reading.valueAt([section]);
    if (value === undefined || value === null) continue;
    reading.read<unknown>(scenarioShape[section], [section]);
    const hint = section === "batch" ? "use batch" : undefined;
    const message = section === "batch"
      ? "the file has a section 'batch', so it is a batch of runs: run refuses it, use batch"
      : `section '${section}' is not supported yet; validate passes, run refuses it`;
    reading.note("not_supported_yet", message, [section], hint);
    found.push([section, value]);
  }
  return Object.fromEntries(found);
}
