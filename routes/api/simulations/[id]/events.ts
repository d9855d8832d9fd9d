/** `GET /api/simulations/{id}/events`. */

import { z } from "zod";
import {
  agentsParam,
  endpoint,
  EVENT_TYPES,
  eventSchema,
  intParam,
  listParam,
  optionalInt,
  PAGE_HEADERS,
  pageOfRows,
  problem,
} from "../../../../server/mod.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "listEvents",
  summary: "Events of a simulation, in order",
  description: "A page may be short, or empty, and have a next one: no more than some megabytes are looked at for one.",
  tags: ["records"],
  scope: "read",
  params,
  query: z.object({
    after: intParam(0).default(0).meta({ description: "only events with a greater id" }),
    types: listParam(z.enum(EVENT_TYPES)).meta({ description: "only these types, separated by commas" }),
    agents: agentsParam("only of these agents"),
    caused_by: optionalInt(1).meta({ description: "only events that this one led to" }),
    limit: intParam(1, 1000).default(100),
  }),
  responses: {
    200: { description: "a page of them", schema: z.array(eventSchema), headers: PAGE_HEADERS },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id }, query: { after, types, agents, caused_by, limit } }, { app, url, request }) => {
    const page = await app.events(id, {
      after,
      limit,
      ...(types.length > 0 && { types }),
      ...(agents.length > 0 && { agents }),
      ...(caused_by !== undefined && { causedBy: caused_by }),
    });
    return pageOfRows(page, { url, request });
  },
});
