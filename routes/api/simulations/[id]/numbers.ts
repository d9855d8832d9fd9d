/** `GET /api/simulations/{id}/numbers`: where things are in a log. */

import { z } from "zod";
import {
  agentsParam,
  endpoint,
  EVENT_TYPES,
  intParam,
  LEVELS,
  listParam,
  logNumbersSchema,
  LOGS,
  optionalInt,
  problem,
} from "../../../../server/mod.ts";
import { params } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "listNumbers",
  summary: "Numbers of the lines of a log: how many there are, where a turn begins, which ones match",
  description: "For lists that are longer than what is read of them. A page may be empty, and have a next one.",
  tags: ["records"],
  scope: "read",
  params,
  query: z.object({
    log: z.enum(LOGS).default("events"),
    after: intParam(0).default(0).meta({ description: "only greater numbers" }),
    turn: optionalInt(0).meta({ description: "of events and of calls: looks up where it begins" }),
    types: listParam(z.enum(EVENT_TYPES)).meta({ description: "of events: only these types" }),
    agents: agentsParam("of events and of calls: only of these agents"),
    level: z.enum(LEVELS).optional().meta({ description: "of log lines: of this level or a higher one" }),
  }),
  responses: {
    200: { description: "a page of them", schema: logNumbersSchema },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id }, query: { log, after, turn, types, agents, level } }, { app }) => {
    const some = agents.length > 0 ? { agents } : {};
    switch (log) {
      case "events":
        return await app.logNumbers(id, { log, after, ...(types.length > 0 && { types }), ...some }, turn);
      case "llm":
        return await app.logNumbers(id, { log, after, ...some }, turn);
      case "logs":
        return await app.logNumbers(id, { log, after, ...(level !== undefined && { level }) });
    }
  },
});
