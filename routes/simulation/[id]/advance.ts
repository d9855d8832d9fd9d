/** `POST /simulation/{id}/advance`. */

import { z } from "zod";
import { conversationSchema, endpoint, problem, simulatedTurnSchema } from "../../../server/mod.ts";
import { NO_SUCH, params, STARTING_PROBLEMS } from "../_parts/conversation.ts";

export const POST = endpoint({
  operationId: "advanceConversation",
  summary: "Play one turn of a conversation",
  description: "Answers when the turn has been played. A turn that has been played is answered as it is; with `turn` " +
    "the request can be repeated without playing two.",
  tags: ["conversations"],
  scope: "run",
  params,
  body: z.strictObject({
    turn: z.int().min(1).optional().meta({ description: "the turn that is wanted; left out: the next one" }),
  }).default({}),
  bodyExamples: { "the next turn": {}, "the third one": { turn: 3 } },
  responses: {
    200: {
      description: "it has been played",
      schema: z.object({
        run: conversationSchema,
        turn: simulatedTurnSchema.nullable().meta({
          description: "null: the user had nothing more to say, or `waiting`",
        }),
        waiting: z.boolean().meta({
          description: "whether a person is to speak: `POST /api/simulations/{id}/decisions`",
        }),
      }).meta({ id: "AdvancedConversation" }),
    },
    404: NO_SUCH,
    409: problem(
      "busy",
      "bad_transition",
      "owned_elsewhere",
      "run_is_live",
      "checkpoint_mismatch",
      "broken_repo",
    ),
    422: { ...problem("bad_turn"), findings: true },
    ...STARTING_PROBLEMS,
  },
  handle: ({ params: { id }, body: { turn } }, { app }) => app.conversations.advance(id, turn),
});
