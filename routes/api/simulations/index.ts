/** `GET /api/simulations` lists runs, `POST` starts one. */

import { z } from "zod";
import {
  anyJson,
  endpoint,
  labelsSchema,
  PAGE_HEADERS,
  pageOfTexts,
  problem,
  reply,
  startedSchema,
  startNamed,
  summarySchema,
} from "../../../server/mod.ts";
import { conditions, order, runQueryOf } from "./_parts/query.ts";

export const GET = endpoint({
  operationId: "listSimulations",
  summary: "Simulations, newest first or as asked for",
  tags: ["simulations"],
  scope: "read",
  query: z.object({ ...conditions, ...order }),
  responses: {
    200: {
      description: "a page of them",
      schema: z.array(summarySchema),
      headers: PAGE_HEADERS,
      example: [{
        run_id: "growth_2agents_20260101_120000_01",
        status: "running",
        repo: "economic",
        current_turn: 45,
        max_turns: 100,
        name: "growth",
        created_at: "2026-01-01T12:00:00.000Z",
        started_at: "2026-01-01T12:00:00.100Z",
        ended_at: null,
        scenario_path: "scenarios/economic/growth.yaml",
        labels: { team: "macro" },
        validity: "valid",
        cost_usd: 0,
        parent: null,
        seed: 42,
        batch_id: null,
      }],
    },
    422: problem("bad_cursor"),
  },
  handle: async ({ query }, { app, url, request }) => {
    const { rows, next_cursor } = await app.listRows(runQueryOf(query));
    return pageOfTexts(rows, next_cursor, { key: "cursor", url, request });
  },
});

const options = {
  seed: z.int().min(0).optional().meta({ description: "varies the world; in place of the scenario's own" }),
  sample: z.int().min(0).optional().meta({ description: "varies only what models answer" }),
  set: z.record(z.string().min(1).max(500), anyJson).optional().meta({
    description: "scenario paths to set, as `agents.NationA.strategy`",
  }),
  labels: labelsSchema.optional(),
  mode: z.enum(["auto", "step"]).optional().meta({ description: "step: park after the first turn" }),
  llm_mode: z.enum(["auto", "offline"]).optional().meta({
    description: "offline: rules answer in place of every model",
  }),
};

export const POST = endpoint({
  operationId: "startSimulation",
  summary: "Start a simulation",
  description:
    "The same `Idempotency-Key` with the same body, from the same caller, is answered with the run that the " +
    "first request started.",
  tags: ["simulations"],
  scope: "run",
  headers: { "Idempotency-Key": "names this request, so that it can be repeated without starting a second run" },
  body: z.union([
    z.strictObject({
      repo: z.string().min(1).max(200).meta({ description: "a domain" }),
      config: z.string().min(1).max(1000).meta({ description: "path of one of its scenarios" }),
      ...options,
    }),
    z.strictObject({
      scenario: z.union([z.string().min(1), z.record(z.string(), anyJson)]).meta({
        description: "the scenario itself, as YAML or as an object",
      }),
      ...options,
    }),
  ]).meta({ id: "StartSimulation" }),
  bodyExamples: {
    "a scenario of a domain": { repo: "economic", config: "scenarios/growth.yaml" },
    "the same, varied": {
      repo: "economic",
      config: "scenarios/growth.yaml",
      seed: 7,
      set: { "engine.interest_rate": 0.02 },
      labels: { team: "macro" },
    },
    "a scenario of one's own": { scenario: "extends: growth.yaml\nsimulation: { max_turns: 5 }\n" },
  },
  responses: {
    202: {
      description: "it is queued",
      schema: startedSchema,
      headers: { Location: "the run" },
      example: { run_id: "growth_2agents_20260101_120000_01", status: "queued" },
    },
    404: problem("unknown_domain"),
    409: problem("broken_repo"),
    422: {
      ...problem("bad_config_path", "missing_file", "idempotency_conflict", "bad_label"),
      findings: true,
    },
    503: problem("closing", "output_not_writable"),
    507: problem("disk_full"),
  },
  handle: async ({ body }, { app, note, principal, request }) => {
    const source = "scenario" in body
      ? { text: typeof body.scenario === "string" ? body.scenario : JSON.stringify(body.scenario) }
      : { file: await app.resolveConfig(body.repo, body.config) };
    const spec = {
      ...source,
      set: [
        ...Object.entries(body.set ?? {}).map(([path, value]) => ({ path, value, from: "set" })),
        ...(body.seed === undefined ? [] : [{ path: "simulation.seed", value: body.seed, from: "seed" }]),
      ],
      ...(body.sample !== undefined && { sample: body.sample }),
      ...(body.labels !== undefined && { labels: body.labels }),
      ...(body.mode !== undefined && { mode: body.mode }),
      ...(body.llm_mode === "offline" && { offline: true }),
    };
    const { run_id } = await startNamed(app, spec, request.headers.get("idempotency-key"), principal);
    note({ run_id });
    return reply(202, { run_id, status: "queued" }, { location: `/api/simulations/${encodeURIComponent(run_id)}` });
  },
});
