/** `GET /api/simulations/{id}/results`: the run's `result.json`. */

import { endpoint, problem, ProblemError, reply, resultSchema } from "../../../../server/mod.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "getResults",
  summary: "What an ended simulation leaves",
  tags: ["records"],
  scope: "read",
  params,
  responses: {
    200: { description: "`result.json`", schema: resultSchema },
    404: problem("unknown_run", "no_result"),
  },
  handle: async ({ params: { id } }, { app }) => {
    const { status } = await app.status(id);
    const result = await app.result(id);
    if (result !== null) return reply(200, result);
    throw new ProblemError(404, "no_result", `run '${id}' is ${status} and has no result`, {
      hint: "a run has one when it has ended",
    });
  },
});
