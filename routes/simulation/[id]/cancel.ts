/** `POST /simulation/{id}/cancel`. */

import { conversationAnswer, endpoint, problem } from "../../../server/mod.ts";
import { NO_SUCH, params, STARTING_PROBLEMS } from "../_parts/conversation.ts";

export const POST = endpoint({
  operationId: "cancelConversation",
  summary: "End a conversation for good",
  description: "A turn that is being played does not count.",
  tags: ["conversations"],
  scope: "run",
  params,
  responses: {
    200: { description: "it is cancelled", schema: conversationAnswer },
    404: NO_SUCH,
    409: problem("bad_transition", "owned_elsewhere", "run_is_live"),
    ...STARTING_PROBLEMS,
  },
  handle: async ({ params: { id } }, { app }) => ({ run: await app.conversations.cancel(id) }),
});
