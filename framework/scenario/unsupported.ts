/** Sections whose syntax is known and checked, but which nothing executes yet. */

import type { JsonObject } from "../json.ts";
import type { Reading } from "./reading.ts";
import { scenarioShape } from "./schema.ts";

/** The values of these sections as given, by section; each is noted. */
export function readUnsupported(reading: Reading): JsonObject {
  const batch = reading.valueAt(["batch"]);
  if (batch === undefined || batch === null) return {};
  reading.read<unknown>(scenarioShape.batch, ["batch"]);
  const message = "the file has a section 'batch', so it is a batch of runs: run refuses it, use batch";
  reading.note("not_supported_yet", message, ["batch"], "use batch");
  return { batch };
}
