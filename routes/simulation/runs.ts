/** `GET /simulation/runs` lists conversations. */

import { z } from "zod";
import { SESSION_LABEL } from "../../runner/mod.ts";
import { conversationSchema, endpoint, intParam, PAGE_HEADERS, pageOfTexts, problem } from "../../server/mod.ts";

const text = z.string().min(1).max(1000);

export const GET = endpoint({
  operationId: "listConversations",
  summary: "Conversations with all their turns, newest first",
  tags: ["conversations"],
  scope: "read",
  query: z.object({
    label: text.optional().meta({ description: "`key` or `key=value`" }),
    session_id: text.optional().meta({ description: "started under this name" }),
    limit: intParam(1, 100).default(20),
    cursor: text.optional().meta({ description: "`X-Next-Cursor` of the page before" }),
  }),
  responses: {
    200: { description: "a page of them", schema: z.array(conversationSchema), headers: PAGE_HEADERS },
    422: problem("bad_cursor"),
  },
  handle: async ({ query: { label, session_id, limit, cursor } }, { app, url, request }) => {
    const { conversations, next_cursor } = await app.conversations.list({
      limit,
      ...(cursor !== undefined && { cursor }),
      ...(label !== undefined ? { label } : session_id !== undefined && { label: `${SESSION_LABEL}=${session_id}` }),
    });
    const found = session_id === undefined
      ? conversations
      : conversations.filter(({ config }) => config.session_id === session_id);
    return pageOfTexts(found.map((run) => JSON.stringify(run)), next_cursor, { key: "cursor", url, request });
  },
});
