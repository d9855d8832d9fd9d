/** `POST /api/simulations/{id}/advance`. */

import { endpoint, reply, steered, steeredSchema } from "../../../../server/mod.ts";
import { CONTINUING_PROBLEMS, params } from "../_parts/steering.ts";

export const POST = endpoint({
  operationId: "advanceSimulation",
  summary: "Play one turn of a paused or interrupted simulation",
  tags: ["steering"],
  scope: "run",
  params,
  responses: {
    202: { description: "it is queued, and will be parked after its turn", schema: steeredSchema },
    ...CONTINUING_PROBLEMS,
  },
  handle: async ({ params: { id } }, { app }) => reply(202, steered(await app.step(id))),
});
