/** `GET /api/repos/{name}/scenarios`. */

import { z } from "zod";
import { endpoint, issueOf, problem, scenarioFileSchema } from "../../../../server/mod.ts";

export const GET = endpoint({
  operationId: "listScenarios",
  summary: "Scenario files of a domain, each checked",
  tags: ["repos"],
  scope: "read",
  params: z.object({ name: z.string().min(1) }),
  responses: {
    200: { description: "all of them", schema: z.array(scenarioFileSchema) },
    404: problem("unknown_domain"),
  },
  handle: async ({ params: { name } }, { app }) =>
    (await app.scenarios(name)).map(({ issues, ...file }) => ({ ...file, issues: issues.map(issueOf) })),
});
