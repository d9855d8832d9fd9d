/** `GET /simulation/{id}/export`. */

import { z } from "zod";
import { CONVERSATION_FORMATS, exportConversation } from "../../../runner/mod.ts";
import { endpoint, exportedConversation, problem, tagged } from "../../../server/mod.ts";
import { NO_SUCH, params } from "../_parts/conversation.ts";

export const GET = endpoint({
  operationId: "exportConversation",
  summary: "A conversation as a file",
  tags: ["conversations"],
  scope: "read",
  params,
  query: z.object({
    format: z.enum(CONVERSATION_FORMATS).default("txt").meta({
      description:
        "text, Markdown, JSON that reads back, OpenAI messages (JSON Lines), JUnit XML, a case for a scenario",
    }),
  }),
  responses: {
    200: {
      description: "the file",
      schema: exportedConversation,
      content: ["text/plain", "text/markdown", "application/x-ndjson", "application/xml", "application/yaml"],
      headers: { "Content-Disposition": "the file's name" },
    },
    404: NO_SUCH,
    409: problem("no_wishes"),
  },
  handle: async ({ params: { id }, query: { format } }, { app, request }) => {
    const { text, media_type, file_name } = exportConversation(await app.conversations.get(id), format);
    const headers = {
      "content-type": media_type,
      "content-disposition": `attachment; filename="${file_name}"`,
      "cache-control": "private, no-cache",
    };
    return tagged(text, headers, request);
  },
});
