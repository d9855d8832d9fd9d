/** `GET /api/simulations/{id}/logs`. */

import { z } from "zod";
import {
  endpoint,
  intParam,
  LEVELS,
  logLineSchema,
  PAGE_HEADERS,
  pageOfRows,
  problem,
} from "../../../../server/mod.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "listLogs",
  summary: "What a simulation has had to say, in order",
  tags: ["records"],
  scope: "read",
  params,
  query: z.object({
    after: intParam(0).default(0).meta({ description: "only lines with a greater `seq`" }),
    level: z.enum(LEVELS).optional().meta({ description: "of this level or a higher one" }),
    limit: intParam(1, 1000).default(100),
  }),
  responses: {
    200: { description: "a page of lines", schema: z.array(logLineSchema), headers: PAGE_HEADERS },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id }, query: { level, ...query } }, { app, url, request }) =>
    pageOfRows(await app.logs(id, { ...query, ...(level !== undefined && { level }) }), { url, request }),
});
