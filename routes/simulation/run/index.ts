/** `POST /simulation/run` starts a conversation. */

import { conversationAnswer, endpoint, startConversation } from "../../../server/mod.ts";
import { made, STARTING_PROBLEMS } from "../_parts/conversation.ts";
import { askedOf, CONVERSATION_EXAMPLES, CONVERSATION_PROBLEMS, conversationBody } from "../_parts/start.ts";

export const POST = endpoint({
  operationId: "startConversation",
  summary: "Start a conversation of a simulated user with an agent under test",
  description:
    "Takes a scenario, its section `conversation` alone, or only `plan_id`: then a model plays the user and " +
    "the built-in assistant is under test. The same `Idempotency-Key` with the same body, from the same caller, is " +
    "answered with the conversation that the first request started.",
  tags: ["conversations"],
  scope: "run",
  headers: { "Idempotency-Key": "names this request, so that it can be repeated without starting a second run" },
  body: conversationBody().meta({ id: "StartConversation" }),
  bodyExamples: CONVERSATION_EXAMPLES,
  responses: {
    202: {
      description: "it is queued, or waits to be advanced",
      schema: conversationAnswer,
      headers: { Location: "it" },
    },
    ...CONVERSATION_PROBLEMS,
    ...STARTING_PROBLEMS,
  },
  handle: async ({ body }, { app, note, principal, request }) => {
    const run = await startConversation(app, askedOf(body), request.headers.get("idempotency-key"), principal);
    note({ run_id: run.run_id });
    return made(run);
  },
});
