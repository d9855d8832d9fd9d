/** `GET /api/simulations/{id}/config`: the scenario that the run plays. */

import { endpoint, problem, reply, runConfigSchema, tagged } from "../../../../server/mod.ts";
import { params } from "../_parts/steering.ts";
import { prefers } from "../_parts/accept.ts";

const YAML = "application/yaml";

export const GET = endpoint({
  operationId: "getConfig",
  summary: "The scenario that a simulation plays",
  description: "As JSON with all its defaults; with `Accept: application/yaml` as it was given.",
  tags: ["records"],
  scope: "read",
  params,
  responses: {
    200: { description: "the scenario", schema: runConfigSchema, content: YAML },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id } }, { app, request }) => {
    if (prefers(request, YAML, "application/json")) {
      const headers = {
        "content-type": `${YAML}; charset=utf-8`,
        "cache-control": "private, no-cache",
        vary: "Accept",
      };
      return tagged(await app.scenarioText(id), headers, request);
    }
    return reply(200, { run_id: id, scenario: await app.scenarioText(id), config: await app.runConfig(id) }, {
      vary: "Accept",
    });
  },
});
