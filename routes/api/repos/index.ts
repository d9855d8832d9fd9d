/** `GET /api/repos`: domains. */

import { z } from "zod";
import { endpoint, lookAtDomains, repoSchema } from "../../../server/mod.ts";

export const GET = endpoint({
  operationId: "listRepos",
  summary: "Domains, the broken ones included",
  tags: ["repos"],
  scope: "read",
  responses: { 200: { description: "all of them", schema: z.array(repoSchema) } },
  handle: (_, { app }) => lookAtDomains(app),
});
