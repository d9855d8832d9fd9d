/** `GET /api/server`: what the server says of itself. */

import { endpoint, serverFactsSchema } from "../../server/mod.ts";
import { factsOf, storageFor } from "../_parts/server_facts.ts";

export const GET = endpoint({
  operationId: "getServer",
  summary: "Version, limits, and what the output folder takes",
  tags: ["server"],
  scope: "read",
  responses: { 200: { description: "what there is to say", schema: serverFactsSchema } },
  handle: async (_, context) => ({ ...factsOf(context), storage: await storageFor(context) }),
});
