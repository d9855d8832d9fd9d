/** `POST /simulation/quote`: what a conversation would be, and take. */

import { conversationQuoteSchema, endpoint, quoteConversation } from "../../server/mod.ts";
import { STARTING_PROBLEMS } from "./_parts/conversation.ts";
import { askedOf, CONVERSATION_EXAMPLES, CONVERSATION_PROBLEMS, conversationBody } from "./_parts/start.ts";

export const POST = endpoint({
  operationId: "quoteConversation",
  summary: "What a conversation would be and take, before it is started",
  description:
    "Takes what POST /simulation/run takes, and starts nothing: who would speak, which models would answer, " +
    "and what it would cost by what others of its scenario have cost.",
  tags: ["conversations"],
  scope: "read",
  body: conversationBody().meta({ id: "QuoteConversation" }),
  bodyExamples: CONVERSATION_EXAMPLES,
  responses: {
    200: { description: "who, which models, and the price", schema: conversationQuoteSchema },
    ...CONVERSATION_PROBLEMS,
    ...STARTING_PROBLEMS,
  },
  handle: ({ body }, { app }) => quoteConversation(app, askedOf(body)),
});
