/** `GET /api/repos/{name}/schema`. */

import { z } from "zod";
import { endpoint, jsonObject, problem } from "../../../../server/mod.ts";

export const GET = endpoint({
  operationId: "getScenarioSchema",
  summary: "JSON Schema of a domain's scenarios, its components' settings included",
  tags: ["repos"],
  scope: "read",
  params: z.object({ name: z.string().min(1) }),
  responses: {
    200: { description: "JSON Schema 2020-12", schema: jsonObject, example: { title: "scenario of economic" } },
    404: problem("unknown_domain"),
    409: problem("broken_repo", "domain_load_error"),
  },
  handle: ({ params: { name } }, { app }) => app.scenarioSchema(name),
});
