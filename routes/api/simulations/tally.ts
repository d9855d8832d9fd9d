/** `GET /api/simulations/tally`: how many runs there are. */

import { z } from "zod";
import { endpoint } from "../../../server/mod.ts";
import { conditions, runQueryOf } from "./_parts/query.ts";

const counts = z.record(z.string(), z.int());

export const GET = endpoint({
  operationId: "tallySimulations",
  summary: "How many simulations match, by status, domain and validity",
  tags: ["simulations"],
  scope: "read",
  query: z.object(conditions),
  responses: {
    200: {
      description: "the counts",
      schema: z.object({ total: z.int(), status: counts, repo: counts, validity: counts }).meta({ id: "RunTally" }),
      example: {
        total: 3,
        status: { completed: 2, running: 1 },
        repo: { economic: 3 },
        validity: { valid: 3 },
      },
    },
  },
  handle: ({ query }, { app }) => app.tallyRuns(runQueryOf(query)),
});
