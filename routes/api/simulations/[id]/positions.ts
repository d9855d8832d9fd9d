/** `GET /api/simulations/{id}/positions`. */

import { z } from "zod";
import { agentPositionsSchema, endpoint, intParam, problem } from "../../../../server/mod.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "listPositions",
  summary: "Where the agents of a simulation are at a turn",
  description:
    "By the moves since the newest checkpoint up to it where moves are recorded, else as that checkpoint has them.",
  tags: ["records"],
  scope: "read",
  params,
  query: z.object({ turn: intParam(0) }),
  responses: {
    200: { description: "the place of each agent", schema: agentPositionsSchema },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id }, query: { turn } }, { app }) => await app.positions(id, turn),
});
