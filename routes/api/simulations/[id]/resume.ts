/** `POST /api/simulations/{id}/resume`. */

import { endpoint, reply, steered, steeredSchema } from "../../../../server/mod.ts";
import { CONTINUING_PROBLEMS, params } from "../_parts/steering.ts";

export const POST = endpoint({
  operationId: "resumeSimulation",
  summary: "Continue a paused or interrupted simulation",
  tags: ["steering"],
  scope: "run",
  params,
  responses: { 202: { description: "it is queued", schema: steeredSchema }, ...CONTINUING_PROBLEMS },
  handle: async ({ params: { id } }, { app }) => reply(202, steered(await app.resume(id))),
});
