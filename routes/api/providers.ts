/** `GET /api/providers`: which language models can be asked. Tells no key. */

import { PRICES_AS_OF } from "../../runner/mod.ts";
import { endpoint, providersSchema } from "../../server/mod.ts";

export const GET = endpoint({
  operationId: "listProviders",
  summary: "Providers of language models, and what each lacks",
  tags: ["server"],
  scope: "read",
  responses: {
    200: { description: "all of them, and which one scenarios get that name none", schema: providersSchema },
  },
  handle: async (_, { app }) => ({ ...await app.providers(), prices_as_of: PRICES_AS_OF }),
});
