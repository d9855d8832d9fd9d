/** `GET /api/tree`: what there is to open. */

import { z } from "zod";
import { endpoint, summarySchema, treeOf } from "../../server/mod.ts";

const tree = z.object({
  notebooks: z.array(z.object({
    path: z.string().meta({ description: "below `/api/notebooks/`" }),
    title: z.string(),
    readonly: z.boolean(),
  })),
  scenarios: z.array(z.object({
    repo: z.string(),
    config: z.string(),
    kind: z.enum(["scenario", "batch", "conversation"]),
  })),
  domains: z.array(z.object({ name: z.string(), status: z.enum(["ok", "broken"]) })),
  runs: z.array(summarySchema).meta({ description: "the newest" }),
}).meta({ id: "Tree" });

export const GET = endpoint({
  operationId: "getTree",
  summary: "What there is to open: notebooks, scenarios, domains, the newest runs",
  tags: ["notebooks"],
  scope: "read",
  responses: {
    200: {
      description: "all of it",
      schema: tree,
      example: {
        notebooks: [{ path: "economic/policy_comparison.md", title: "Which policy pays?", readonly: false }],
        scenarios: [{ repo: "economic", config: "growth.yaml", kind: "scenario" }],
        domains: [{ name: "economic", status: "ok" }],
        runs: [],
      },
    },
  },
  handle: (_, context) => treeOf(context),
});
