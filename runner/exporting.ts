/** Reads one run for the exporters. */

import type { JsonObject } from "../framework/mod.ts";
import { type RunExport, summarizeEvents } from "./export/mod.ts";
import type { Manifest, Row, RunStore } from "./store/mod.ts";

/** Everything the exporters need to know of a run. */
export async function readRunExport(store: RunStore, manifest: Manifest): Promise<RunExport> {
  const { run_id } = manifest;
  const collect = async (rows: AsyncIterable<Row>): Promise<Row[]> => {
    const all: Row[] = [];
    for await (const row of rows) all.push(row);
    return all;
  };
  return {
    manifest,
    scenario: await store.config(run_id),
    scenario_text: await store.scenarioText(run_id),
    global: await collect(store.rows(run_id, "global")),
    agents: await collect(store.rows(run_id, "agents")),
    result: await store.result(run_id),
    events: await summarizeEvents(store.rows(run_id, "events") as AsyncIterable<JsonObject>),
  };
}
