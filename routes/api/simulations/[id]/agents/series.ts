/** `GET /api/simulations/{id}/agents/series`. */

import { z } from "zod";
import { agentSeriesSchema, endpoint, intParam, listParam, problem } from "../../../../../server/mod.ts";
import { params } from "../../_parts/steering.ts";

export const GET = endpoint({
  operationId: "getAgentSeries",
  summary: "One variable of a simulation's agents over the turns",
  description:
    "A line for every agent where they are few; else the quantiles of all, and lines of those that are asked for and " +
    "of those with the greatest and the least values at the end. Of long simulations, and of those with many agents, " +
    "turns are chosen evenly.",
  tags: ["records"],
  scope: "read",
  params,
  query: z.object({
    variable: z.string().min(1).max(200),
    agents: listParam(z.string().min(1).max(200)).meta({ description: "that get a line in any case, at most 12" }),
    points: intParam(2, 400).optional().meta({ description: "turns at most; default 400" }),
  }),
  responses: {
    200: { description: "a value by turn, null where there was none", schema: agentSeriesSchema },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id }, query: { variable, agents, points } }, { app }) =>
    await app.agentSeries(id, { variable, agents, ...(points !== undefined && { points }) }),
});
