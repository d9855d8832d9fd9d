/** `GET /api/simulations/{id}/llm`: the tape. */

import { z } from "zod";
import {
  agentsParam,
  callSchema,
  endpoint,
  intParam,
  PAGE_HEADERS,
  pageOfRows,
  problem,
} from "../../../../server/mod.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "listCalls",
  summary: "Settled calls of models and services, in order",
  tags: ["records"],
  scope: "read",
  params,
  query: z.object({
    after: intParam(0).default(0).meta({ description: "only calls with a greater `seq`" }),
    agents: agentsParam("only on behalf of these agents"),
    limit: intParam(1, 200).default(50),
  }),
  responses: {
    200: { description: "a page of them", schema: z.array(callSchema), headers: PAGE_HEADERS },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id }, query: { agents, ...query } }, { app, url, request }) =>
    pageOfRows(await app.llmPage(id, { ...query, ...(agents.length > 0 && { agents }) }), { url, request }),
});
