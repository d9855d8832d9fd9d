/** `GET /simulation/{id}/outline`. */

import { z } from "zod";
import { endpoint, optionalInt, outlineSchema, problem } from "../../../server/mod.ts";
import { NO_SUCH, params } from "../_parts/conversation.ts";

export const GET = endpoint({
  operationId: "getOutline",
  summary: "What is talked about, as it was after a turn",
  description: "Of a plan its tasks, each with the turns that were about it.",
  tags: ["conversations"],
  scope: "read",
  params,
  query: z.object({ turn: optionalInt(0).meta({ description: "0: before anybody spoke; left out: the last one" }) }),
  responses: {
    200: { description: "the outline", schema: outlineSchema },
    404: NO_SUCH,
    422: problem("bad_turn"),
  },
  handle: ({ params: { id }, query: { turn } }, { app }) => app.conversations.outline(id, turn),
});
