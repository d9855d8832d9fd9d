/** `POST /api/simulations/{id}/replay`. */

import { z } from "zod";
import { endpoint, problem, replaySchema } from "../../../../server/mod.ts";
import { CONTINUING_PROBLEMS, params } from "../_parts/steering.ts";

export const POST = endpoint({
  operationId: "replaySimulation",
  summary: "Play a simulation again and compare every file",
  description: "Answers when that is done: it takes as long as the run took to play, without its models.",
  tags: ["steering"],
  scope: "run",
  params,
  body: z.strictObject({
    keep: z.boolean().default(false).meta({ description: "keep the replay's folder" }),
  }).prefault({}),
  bodyExamples: { "keep nothing": {} },
  responses: {
    200: {
      description: "what was found",
      schema: replaySchema,
      example: {
        run_id: "growth_2agents_20260101_120000_01",
        identical: true,
        divergence: null,
        turns: 100,
        code_changed: false,
        folder: null,
      },
    },
    ...CONTINUING_PROBLEMS,
    409: problem("run_is_live", "nothing_to_replay", "broken_repo", "bad_transition"),
  },
  handle: ({ params: { id }, body: { keep } }, { app }) => app.replay(id, { keep }),
});
