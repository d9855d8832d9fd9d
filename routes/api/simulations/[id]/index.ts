/** `/api/simulations/{id}`: one run. */

import { z } from "zod";
import { SimError } from "../../../../framework/mod.ts";
import { isEnded } from "../../../../runner/mod.ts";
import {
  assertMay,
  endpoint,
  flagParam,
  optionalInt,
  problem,
  ProblemError,
  runIdParam,
  simulationResponse,
  simulationSchema,
  steered,
  steeredSchema,
} from "../../../../server/mod.ts";

const params = z.object({ id: runIdParam });

export const GET = endpoint({
  operationId: "getSimulation",
  summary: "One simulation with its state",
  tags: ["simulations"],
  scope: "read",
  params,
  query: z.object({ turn: optionalInt(0).meta({ description: "state of an earlier checkpoint" }) }),
  responses: {
    200: { description: "its life and its newest state", schema: simulationSchema },
    404: problem("unknown_run", "unknown_checkpoint"),
  },
  handle: ({ params: { id }, query: { turn } }, { app, request }) => simulationResponse(id, { turn, app, request }),
});

export const DELETE = endpoint({
  operationId: "cancelSimulation",
  summary: "Cancel a simulation, or remove one that has ended",
  description:
    "What it has written stays, unless `purge=true`, which removes a run that has ended and needs a key that " +
    "may `admin`.",
  tags: ["simulations"],
  scope: "run",
  params,
  query: z.object({ purge: flagParam("remove the run and all that it has written") }),
  responses: {
    200: {
      description: "it is cancelled, or gone",
      schema: z.object({ success: z.literal(true), run_id: z.string() }).meta({ id: "Cancelled" }),
      example: { success: true, run_id: "growth_2agents_20260101_120000_01" },
    },
    404: problem("unknown_run"),
    409: problem("not_running", "not_ended", "run_is_live", "owned_elsewhere"),
    503: problem("output_not_writable"),
    507: problem("disk_full"),
  },
  handle: async ({ params: { id }, query: { purge } }, { app, principal }) => {
    if (purge) {
      assertMay(principal, "admin");
      const { run_id, status } = await app.status(id);
      if (!isEnded(status) && status !== "queued" && status !== "running") {
        throw new ProblemError(409, "not_ended", `run '${run_id}' is ${status}`, { hint: "cancel it first" });
      }
      await app.delete(run_id);
      return { success: true as const, run_id };
    }
    try {
      const { run_id } = await app.cancel(id);
      return { success: true as const, run_id };
    } catch (error) {
      if (!(error instanceof SimError) || error.code !== "bad_transition") throw error;
      throw new ProblemError(409, "not_running", error.message, { cause: error, hint: "there is nothing to cancel" });
    }
  },
});

export const PATCH = endpoint({
  operationId: "labelSimulation",
  summary: "Set labels of a simulation",
  tags: ["simulations"],
  scope: "run",
  params,
  body: z.strictObject({
    labels: z.record(z.string(), z.string().nullable()).meta({ description: "null removes one; others stay" }),
  }),
  bodyExamples: { "set one, remove one": { labels: { team: "macro", draft: null } } },
  responses: {
    200: { description: "all its labels", schema: steeredSchema.extend({ labels: z.record(z.string(), z.string()) }) },
    404: problem("unknown_run"),
    422: problem("bad_label"),
    503: problem("output_not_writable"),
    507: problem("disk_full"),
  },
  handle: async ({ params: { id }, body }, { app }) => {
    const manifest = await app.setLabels(id, body.labels);
    return { ...steered(manifest), labels: manifest.labels };
  },
});
