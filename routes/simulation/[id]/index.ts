/** `GET /simulation/{id}`: one conversation. */

import { conversationAnswer, endpoint } from "../../../server/mod.ts";
import { NO_SUCH, params } from "../_parts/conversation.ts";

export const GET = endpoint({
  operationId: "getConversation",
  summary: "One conversation: what was said, wanted, done and judged",
  tags: ["conversations"],
  scope: "read",
  params,
  responses: { 200: { description: "it as it stands", schema: conversationAnswer }, 404: NO_SUCH },
  handle: async ({ params: { id } }, { app }) => ({ run: await app.conversations.get(id) }),
});
