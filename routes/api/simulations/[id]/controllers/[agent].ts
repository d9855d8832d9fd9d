/** `PUT /api/simulations/{id}/controllers/{agent}`. */

import { z } from "zod";
import { endpoint, inputSchema, problem, runIdParam } from "../../../../../server/mod.ts";
import { STEERING_PROBLEMS } from "../../_parts/steering.ts";

export const PUT = endpoint({
  operationId: "handOver",
  summary: "Hand an agent's decisions to a person, or back to its rule",
  description: "From the next turn on.",
  tags: ["steering"],
  scope: "run",
  params: z.object({ id: runIdParam, agent: z.string().min(1).max(200) }),
  body: z.strictObject({ controller: z.enum(["human", "rule"]) }),
  bodyExamples: { "to a person": { controller: "human" } },
  responses: {
    200: { description: "it is recorded", schema: inputSchema },
    ...STEERING_PROBLEMS,
    404: problem("unknown_run", "unknown_agent"),
    409: problem("bad_transition", "owned_elsewhere", "run_is_live", "no_rule"),
  },
  handle: ({ params: { id, agent }, body: { controller } }, { app }) => app.handOver(id, agent, controller),
});
