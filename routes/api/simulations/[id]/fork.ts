/** `POST /api/simulations/{id}/fork`. */

import { z } from "zod";
import { anyJson, endpoint, labelsSchema, problem, reply, startedSchema } from "../../../../server/mod.ts";
import { CONTINUING_PROBLEMS, params } from "../_parts/steering.ts";

export const POST = endpoint({
  operationId: "forkSimulation",
  summary: "Start a simulation that shares another's past",
  tags: ["steering"],
  scope: "run",
  params,
  body: z.strictObject({
    turn: z.int().min(0).meta({ description: "the last turn that both have in common" }),
    set: z.record(z.string().min(1).max(500), anyJson).optional().meta({
      description: "scenario paths that hold from the next turn on",
    }),
    state: z.record(z.string().min(1).max(500), anyJson).optional().meta({
      description: "state paths that are set at the start of the next turn",
    }),
    seed: z.int().min(0).optional(),
    sample: z.int().min(0).optional(),
    labels: labelsSchema.optional(),
    hold: z.boolean().optional().meta({ description: "whether it waits until it is advanced or resumed" }),
  }).meta({ id: "ForkSimulation" }),
  bodyExamples: {
    "another policy from turn 11 on": { turn: 10, set: { "engine.interest_rate": 0.02 } },
    "another state in turn 11": { turn: 10, state: { "global.inflation": 0.1 } },
    "another draw of chance from turn 11 on": { turn: 10, seed: 2 },
  },
  responses: {
    202: {
      description: "it is queued, or waits",
      schema: startedSchema.extend({ status: z.enum(["queued", "paused"]) }).meta({ id: "ForkedSimulation" }),
      headers: { Location: "the fork" },
    },
    ...CONTINUING_PROBLEMS,
    422: { ...problem("bad_turn", "changes_the_past", "bad_label"), findings: true },
  },
  handle: async ({ params: { id }, body: { turn, set, state, seed, sample, labels, hold } }, { app, note }) => {
    const { run_id } = await app.fork(id, {
      turn,
      ...(set !== undefined && {
        set: Object.entries(set).map(([path, value]) => ({ path, value, from: "set" })),
      }),
      ...(state !== undefined && { state }),
      ...(seed !== undefined && { seed }),
      ...(sample !== undefined && { sample }),
      ...(labels !== undefined && { labels }),
      ...(hold === true && { hold }),
    });
    note({ fork: run_id });
    const status = hold === true ? "paused" : "queued";
    return reply(202, { run_id, status }, { location: `/api/simulations/${encodeURIComponent(run_id)}` });
  },
});
