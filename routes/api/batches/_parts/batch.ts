/** What the routes of a batch have in common. */

import { z } from "zod";
import type { BatchFormat } from "../../../../runner/mod.ts";
import {
  BATCH_EXAMPLE,
  batchIdParam,
  batchRowSchema,
  problem,
  type RequestContext,
  type ResponseSpec,
  tagged,
} from "../../../../server/mod.ts";

/** The path parameter. */
export const params = z.object({ id: batchIdParam });

/** A batch that has been started or steered, as it is now. */
export const batchNow = (description: string) => ({ description, schema: batchRowSchema, example: BATCH_EXAMPLE });

/** Problems of reading a batch. */
export const NO_SUCH = problem("unknown_batch");

/** Problems of all that changes a batch. */
export const STEERING_PROBLEMS = {
  404: NO_SUCH,
  409: problem("bad_transition", "owned_elsewhere", "batch_changed"),
  503: problem("closing", "output_not_writable"),
  507: problem("disk_full"),
} as const satisfies { readonly [status: number]: ResponseSpec };

/** Problems of what a batch is asked to be. */
export const SPEC_PROBLEMS = {
  404: problem("unknown_domain", "unknown_provider"),
  409: problem("broken_repo"),
  422: {
    ...problem(
      "no_scenario",
      "too_many_runs",
      "batch_too_large",
      "bad_grid",
      "same_arms",
      "bad_seeds",
      "repeated_seed",
      "unknown_metric",
      "bad_config_path",
      "missing_file",
      "idempotency_conflict",
      "bad_idempotency_key",
    ),
    findings: true,
  },
  503: problem("closing", "output_not_writable"),
  507: problem("disk_full"),
} as const satisfies { readonly [status: number]: ResponseSpec };

/** Media types of exports. */
export const TYPES: { readonly [format in BatchFormat]: string } = {
  csv: "text/csv",
  parquet: "application/vnd.apache.parquet",
  html: "text/html",
};

/** The batch as a file. */
export async function exported(
  id: string,
  format: BatchFormat,
  { app, request }: Pick<RequestContext, "app" | "request">,
): Promise<Response> {
  return tagged(await app.batches.exportBatch(id, format), {
    "content-type": format === "parquet" ? TYPES[format] : `${TYPES[format]}; charset=utf-8`,
    "content-disposition": `attachment; filename="${id.replaceAll(/[^\w.-]/g, "_")}.${format}"`,
    "cache-control": "private, no-cache",
    vary: "Accept",
  }, request);
}
