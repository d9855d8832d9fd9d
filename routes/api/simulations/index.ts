/** `GET /api/simulations` lists runs, `POST` starts one. */

import { z } from "zod";
import { type Manifest, RUN_STATUSES } from "../../../runner/mod.ts";
import { endpoint, findScenario, problem, reply } from "../../../server/mod.ts";

const row = z.object({
  run_id: z.string(),
  status: z.enum(RUN_STATUSES),
  repo: z.string(),
  current_turn: z.number().int(),
  max_turns: z.number().int(),
});

export const GET = endpoint({
  operationId: "listSimulations",
  summary: "Simulations, newest first",
  tags: ["simulations"],
  scope: "read",
  query: z.object({
    repo: z.string().optional(),
    status: z.enum(RUN_STATUSES).optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  responses: { 200: { description: "a page of them", schema: z.array(row) } },
  handle: async ({ query: { repo, status, limit } }, { app }) => {
    const { runs } = await app.list({
      ...(repo !== undefined && { repo }),
      ...(status !== undefined && { status }),
      limit,
    });
    return runs.map(rowOf);
  },
});

const options = {
  sample: z.number().int().min(0).optional(),
  mode: z.enum(["auto", "step"]).optional(),
};

export const POST = endpoint({
  operationId: "startSimulation",
  summary: "Start a simulation",
  tags: ["simulations"],
  scope: "run",
  body: z.union([
    z.strictObject({ repo: z.string().min(1), config: z.string().min(1), ...options }),
    z.strictObject({ scenario: z.union([z.string().min(1), z.record(z.string(), z.json())]), ...options }),
  ]),
  responses: {
    202: {
      description: "it is queued",
      schema: z.object({ run_id: z.string(), status: z.literal("queued") }),
      headers: { Location: "the run" },
    },
    404: problem("unknown_domain"),
    422: problem("invalid_request", "file_not_found"),
    503: problem("closing"),
    507: problem("disk_full"),
  },
  handle: async ({ body }, { app, note }) => {
    const source = "scenario" in body
      ? { text: typeof body.scenario === "string" ? body.scenario : JSON.stringify(body.scenario) }
      : { file: await findScenario(app, body) };
    const { run_id } = await app.start({
      ...source,
      ...(body.sample !== undefined && { sample: body.sample }),
      ...(body.mode !== undefined && { mode: body.mode }),
    });
    note({ run_id });
    return reply(202, { run_id, status: "queued" }, { location: `/api/simulations/${encodeURIComponent(run_id)}` });
  },
});

function rowOf({ run_id, status, repo, turn, max_turns }: Manifest) {
  return { run_id, status, repo, current_turn: turn, max_turns };
}
