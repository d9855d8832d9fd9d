/** `/api/simulations/{id}/interventions`. */

import { z } from "zod";
import {
  anyJson,
  endpoint,
  inputSchema,
  intParam,
  PAGE_HEADERS,
  pageOfRows,
  problem,
  reply,
} from "../../../../server/mod.ts";
import { params, STEERING_PROBLEMS } from "../_parts/steering.ts";

export const GET = endpoint({
  operationId: "listInputs",
  summary: "What has reached a simulation from outside",
  description:
    "Interventions, people's decisions, their timeouts, and handovers, in the order in which they were recorded.",
  tags: ["records"],
  scope: "read",
  params,
  query: z.object({
    after: intParam(0).default(0).meta({ description: "only later ones, by `seq`" }),
    limit: intParam(1, 10_000).default(1000),
  }),
  responses: {
    200: { description: "in order", schema: z.array(inputSchema), headers: PAGE_HEADERS },
    404: problem("unknown_run"),
  },
  handle: async ({ params: { id }, query: { after, limit } }, context) => {
    const later = (await context.app.inputs(id)).filter(({ seq }) => seq > after);
    const rows = later.slice(0, limit);
    return pageOfRows({ rows, next_after: later.length > limit ? rows.at(-1)!.seq : null }, context);
  },
});

export const POST = endpoint({
  operationId: "intervene",
  summary: "Intervene in a simulation",
  description:
    "At the start of its next turn, or of `turn` if that is later. Answers when it is recorded: then it counts, " +
    "and every replay knows of it.",
  tags: ["steering"],
  scope: "run",
  params,
  body: z.looseObject({ turn: z.int().min(1).optional() }).catchall(anyJson).meta({
    id: "Intervention",
    description: "effects as in a scenario's `interventions:`, without a time",
  }),
  bodyExamples: {
    "a stimulus": { set: { "global.interest_rate": 0.02 }, note: "stimulus" },
    "a message in turn 12": { turn: 12, message: { to: "NationA", content: "elections are near" } },
    "an agent leaves": { remove_agent: "NationB" },
  },
  responses: {
    201: { description: "it is recorded", schema: inputSchema },
    ...STEERING_PROBLEMS,
    422: { ...problem("bad_turn"), findings: true },
  },
  handle: async ({ params: { id }, body: { turn, ...effects } }, { app }) =>
    reply(201, await app.intervene(id, effects, turn === undefined ? {} : { turn })),
});
