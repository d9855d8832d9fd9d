/** `GET /api/simulations/{id}/agents`. */

import { z } from "zod";
import { agentTableSchema, endpoint, optionalInt, problem } from "../../../../../server/mod.ts";
import { params } from "../../_parts/steering.ts";

export const GET = endpoint({
  operationId: "listAgents",
  summary: "The agents of a simulation at a turn, with their variables",
  description: "As they were recorded in that turn, else as the newest checkpoint up to it has them.",
  tags: ["records"],
  scope: "read",
  params,
  query: z.object({ turn: optionalInt(0).meta({ description: "left out: the newest" }) }),
  responses: {
    200: { description: "at most 20,000 of them", schema: agentTableSchema },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id }, query: { turn } }, { app }) => await app.agents(id, turn),
});
