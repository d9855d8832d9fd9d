/** `/simulation/{id}/turns/{turn}/label`. */

import { z } from "zod";
import { alignmentSchema, conversationAnswer, endpoint, intParam, problem } from "../../../../../server/mod.ts";
import { NO_SUCH, params, STARTING_PROBLEMS } from "../../../_parts/conversation.ts";

export const PUT = endpoint({
  operationId: "labelTurn",
  summary: "Say what a person thinks of a turn",
  description: "It counts more than the judge's verdict, and for the judge's certificate.",
  tags: ["conversations"],
  scope: "edit",
  params: params.extend({ turn: intParam(1) }),
  body: z.strictObject({
    alignment: alignmentSchema,
    note: z.string().max(4000).optional().meta({ description: "why" }),
    by: z.string().min(1).max(200).optional().meta({ description: "who; left out: the name of the key" }),
  }).meta({ id: "TurnLabel" }),
  bodyExamples: { "the judge was too strict": { alignment: "aligned", note: "The wording does not matter." } },
  responses: {
    200: { description: "with its verdicts counted anew", schema: conversationAnswer },
    404: NO_SUCH,
    422: problem("bad_turn", "bad_turn_label"),
    ...STARTING_PROBLEMS,
  },
  handle: async ({ params: { id, turn }, body: { alignment, note, by } }, { app, principal }) => ({
    run: await app.conversations.label(id, turn, {
      alignment,
      by: by ?? principal!.name,
      ...(note !== undefined && { note }),
    }),
  }),
});

export const DELETE = endpoint({
  operationId: "unlabelTurn",
  summary: "Take back what people have said of a turn",
  description: "The judge's verdict counts again. That there was a label, and who took it back, stays on record.",
  tags: ["conversations"],
  scope: "edit",
  params: params.extend({ turn: intParam(1) }),
  responses: {
    200: { description: "with its verdicts counted anew", schema: conversationAnswer },
    404: NO_SUCH,
    422: problem("bad_turn"),
    ...STARTING_PROBLEMS,
  },
  handle: async ({ params: { id, turn } }, { app, principal }) => ({
    run: await app.conversations.unlabel(id, turn, principal!.name),
  }),
});
