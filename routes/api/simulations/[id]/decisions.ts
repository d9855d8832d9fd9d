/** `POST /api/simulations/{id}/decisions`. */

import { z } from "zod";
import { anyJson, endpoint, inputSchema, problem, reply } from "../../../../server/mod.ts";
import { params, STEERING_PROBLEMS } from "../_parts/steering.ts";

export const POST = endpoint({
  operationId: "decide",
  summary: "Decide for an agent",
  description:
    "In a run that waits for the agent's decision, or in one that stands still for its next turn. Who is waited " +
    "for is in `waiting` of `GET /api/simulations/{id}`.",
  tags: ["steering"],
  scope: "run",
  params,
  body: z.strictObject({
    agent: z.string().min(1).max(200),
    turn: z.int().min(1).optional().meta({ description: "refuses the decision when another turn is asked about" }),
    action: anyJson.meta({
      description:
        "`{action, parameters, reasoning}`, `{message: {to, content}}`, `{leave: true}`, `{sleep: turns}`, " +
        "a list of these, or null for nothing",
    }),
  }).meta({ id: "Decision" }),
  bodyExamples: {
    "an action": { agent: "NationA", turn: 3, action: { action: "invest", parameters: { share: 0.2 } } },
    "nothing": { agent: "NationA", action: null },
  },
  responses: {
    201: { description: "it is recorded", schema: inputSchema },
    ...STEERING_PROBLEMS,
    404: problem("unknown_run", "unknown_agent"),
    409: problem("bad_transition", "owned_elsewhere", "run_is_live", "not_asked"),
    422: { ...problem("bad_decision"), findings: true },
  },
  handle: async ({ params: { id }, body: { agent, turn, action } }, { app }) =>
    reply(201, await app.decide(id, agent, action, turn === undefined ? {} : { turn })),
});
