/** Sections whose syntax is known and checked, but which nothing executes yet. */

import { type IssuePath, SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import type { ReadAgent } from "./agents.ts";
import type { ReferencedFiles } from "./files.ts";
import type { Reading } from "./reading.ts";
import { scenarioShape } from "./schema.ts";
import { placeOf } from "./source.ts";

const SECTIONS = ["observability", "spatial", "interventions", "llm", "conversation", "batch"] as const;

/** The values of these sections as given, by section (`agents.<name>.llm` for an agent's); each is noted. */
export function readUnsupported(reading: Reading, agents: readonly ReadAgent[]): JsonObject {
  const found: [string, Json][] = [];
  const keep = (section: string, path: IssuePath, value: Json) => {
    const hint = section === "batch" ? "use batch" : undefined;
    const message = section === "batch"
      ? "the file has a section 'batch', so it is a batch of runs: run refuses it, use batch"
      : `section '${section}' is not supported yet; validate passes, run refuses it`;
    reading.note("not_supported_yet", message, path, hint);
    found.push([section, value]);
  };
  for (const section of SECTIONS) {
    const value = reading.valueAt([section]);
    if (value === undefined || value === null) continue;
    reading.read<unknown>(scenarioShape[section], [section]);
    const isOff = section === "observability" && reading.valueAt([section, "enabled"]) === false;
    if (!isOff) keep(section, [section], value);
  }
  for (const { index, agent } of agents) {
    const path = ["agents", index, "llm"];
    const value = reading.valueAt(path);
    if (value !== undefined && value !== null) keep(`agents.${agent.name}.llm`, path, value);
  }
  return Object.fromEntries(found);
}

/** Reads the files that `spatial` refers to; one that cannot be read is reported where it is named. */
export async function readSpatialFiles(reading: Reading, file: string, files: ReferencedFiles): Promise<void> {
  const networks = reading.valueAt(["spatial", "additional_networks"]);
  const paths = [
    ["spatial", "topology", "edges_file"],
    ["spatial", "topology", "geojson_file"],
    ...(Array.isArray(networks) ? networks.map((_, i) => ["spatial", "additional_networks", i, "edges_file"]) : []),
  ];
  for (const path of paths) {
    const reference = reading.valueAt(path);
    if (typeof reference !== "string") continue;
    const place = placeOf(reading.root, path);
    try {
      // What a setting names is relative to the scenario that it is applied to.
      await files.read(reference, place.line === undefined ? file : place.file);
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      reading.error(error.code, error.message, path, error.hint);
    }
  }
}
