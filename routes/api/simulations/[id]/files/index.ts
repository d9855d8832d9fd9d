/** `GET /api/simulations/{id}/files`: what the simulation has written into `files/`. */

import { z } from "zod";
import { endpoint, problem, runFileSchema } from "../../../../../server/mod.ts";
import { params } from "../../_parts/steering.ts";

/** Files that are listed. */
const MOST_FILES = 10_000;

export const GET = endpoint({
  operationId: "listFiles",
  summary: "Files that a simulation has written, by path",
  tags: ["records"],
  scope: "read",
  params,
  responses: {
    200: { description: `at most ${MOST_FILES.toLocaleString("en-US")} of them`, schema: z.array(runFileSchema) },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id } }, { app }) => [...await app.files(id, MOST_FILES)],
});
