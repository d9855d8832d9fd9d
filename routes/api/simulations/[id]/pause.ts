/** `POST /api/simulations/{id}/pause`. */

import { endpoint, steeredSchema } from "../../../../server/mod.ts";
import { params, standingStill, STEERING_PROBLEMS } from "../_parts/steering.ts";

export const POST = endpoint({
  operationId: "pauseSimulation",
  summary: "Let a simulation complete its turn, and park it",
  tags: ["steering"],
  scope: "run",
  params,
  responses: {
    200: { description: "it is parked", schema: steeredSchema },
    202: { description: "it will be, when its turn is complete", schema: steeredSchema },
    ...STEERING_PROBLEMS,
  },
  handle: ({ params: { id } }, context) => standingStill(id, context.app.pause(id), context),
});
