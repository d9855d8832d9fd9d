/** `GET /api/compare`: runs and cells of batches side by side. */

import { z } from "zod";
import { comparisonSchema, endpoint, listParam, problem } from "../../server/mod.ts";

export const GET = endpoint({
  operationId: "compareRuns",
  summary: "Runs, or cells of batches, side by side",
  description:
    "What went into them and differs, every metric over turns, where they part, what happened there, and what can be " +
    "concluded. Each is held against the first.",
  tags: ["batches"],
  scope: "read",
  query: z.object({
    runs: listParam(z.string().min(1).max(400)).meta({
      description: "2 to 20, separated by commas: ids of runs, or `batch:<id>/<cell or arm>`",
    }),
  }),
  responses: {
    200: { description: "the comparison", schema: comparisonSchema },
    404: problem("unknown_run", "unknown_batch", "unknown_arm"),
    409: problem("nothing_to_compare"),
    422: problem("bad_comparison", "nothing_in_common"),
  },
  handle: ({ query: { runs } }, { app }) => app.compare(runs),
});
