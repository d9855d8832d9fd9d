/** The metrics of a run as CSV. */

import { type RequestContext, tagged } from "../../../../server/mod.ts";

/** Media type of CSV. */
export const CSV = "text/csv";

/** The run's rows of `global.jsonl` as CSV. */
export async function metricsCsv(runId: string, { app, request }: RequestContext): Promise<Response> {
  const headers = { "content-type": `${CSV}; charset=utf-8`, "cache-control": "private, no-cache", vary: "Accept" };
  return tagged(await app.metricsCsv(runId), headers, request);
}
