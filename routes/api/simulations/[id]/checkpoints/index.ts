/** `GET /api/simulations/{id}/checkpoints`. */

import { z } from "zod";
import { checkpointRefSchema, endpoint, problem } from "../../../../../server/mod.ts";
import { params } from "../../_parts/steering.ts";

export const GET = endpoint({
  operationId: "listCheckpoints",
  summary: "Numbered checkpoints of a simulation",
  tags: ["records"],
  scope: "read",
  params,
  responses: {
    200: { description: "by turn", schema: z.array(checkpointRefSchema) },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id } }, { app }) => {
    await app.status(id);
    return (await app.checkpoints(id)).map((turn) => ({ turn, name: `turn_${turn}` }));
  },
});
