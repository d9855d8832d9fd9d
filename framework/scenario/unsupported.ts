/** Sections whose syntax is known and checked, but which nothing executes yet. */

import type { IssuePath } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import type { ReadAgent } from "./agents.ts";
import type { Reading } from "./reading.ts";
import { scenarioShape } from "./schema.ts";

const SECTIONS = ["llm", "conversation", "batch"] as const;

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
    keep(section, [section], value);
  }
  for (const { index, agent } of agents) {
    const path = ["agents", index, "llm"];
    const value = reading.valueAt(path);
    if (value !== undefined && value !== null) keep(`agents.${agent.name}.llm`, path, value);
  }
  return Object.fromEntries(found);
}
