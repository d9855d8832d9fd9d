/** `GET /api/repos/{name}/components`. */

import { z } from "zod";
import { componentsSchema, endpoint, problem } from "../../../../server/mod.ts";

export const GET = endpoint({
  operationId: "getComponents",
  summary: "Agents, engines and validators of a domain",
  tags: ["repos"],
  scope: "read",
  params: z.object({ name: z.string().min(1) }),
  responses: {
    200: { description: "with the schemas of their configs", schema: componentsSchema },
    404: problem("unknown_domain"),
    409: problem("broken_repo", "domain_load_error"),
  },
  handle: ({ params: { name } }, { app }) => app.describeDomain(name),
});
