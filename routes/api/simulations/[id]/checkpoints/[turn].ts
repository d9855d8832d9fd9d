/** `GET /api/simulations/{id}/checkpoints/{turn}`. */

import { z } from "zod";
import { checkpointSchema, endpoint, intParam, problem, runIdParam } from "../../../../../server/mod.ts";

export const GET = endpoint({
  operationId: "getCheckpoint",
  summary: "The state that a checkpoint holds",
  tags: ["records"],
  scope: "read",
  params: z.object({ id: runIdParam, turn: intParam(0) }),
  responses: {
    200: { description: "the state", schema: checkpointSchema },
    404: problem("unknown_run", "unknown_checkpoint"),
  },
  handle: async ({ params: { id, turn } }, { app }) => {
    const { run_id } = await app.status(id);
    const { state, agent_order, stats, populations } = await app.checkpoint(id, turn);
    return { run_id, turn, state, agent_order, stats, populations };
  },
});
