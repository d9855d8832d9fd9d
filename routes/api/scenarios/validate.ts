/** `POST /api/scenarios/validate`: what is wrong with a scenario. */

import { z } from "zod";
import { SimError } from "../../../framework/mod.ts";
import { anyJson, endpoint, issueOf, problem, validationSchema } from "../../../server/mod.ts";

const options = {
  set: z.record(z.string().min(1).max(500), anyJson).optional().meta({ description: "scenario paths to set" }),
  lenient: z.boolean().optional().meta({ description: "unknown keys are warnings" }),
};

/** Names of agents shown at most. */
const MOST_AGENTS = 1000;

export const POST = endpoint({
  operationId: "validateScenario",
  summary: "All findings about a scenario",
  description: "A scenario that is wrong is no error of the request: `valid` is false, and `issues` says why.",
  tags: ["repos"],
  scope: "read",
  body: z.union([
    z.strictObject({
      repo: z.string().min(1).max(200),
      config: z.string().min(1).max(1000),
      ...options,
    }),
    z.strictObject({ scenario: z.union([z.string(), z.record(z.string(), anyJson)]), ...options }),
  ]).meta({ id: "ValidateScenario" }),
  bodyExamples: {
    "a text": { scenario: "domain: economic\nsimulation: { name: growth, max_turns: 100 }\n" },
    "a file of a domain": { repo: "economic", config: "growth.yaml" },
  },
  responses: {
    200: { description: "what was found", schema: validationSchema },
    404: problem("unknown_domain"),
    409: problem("broken_repo"),
    422: problem("bad_config_path", "missing_file"),
  },
  handle: async ({ body }, { app }) => {
    const source = "scenario" in body
      ? { text: typeof body.scenario === "string" ? body.scenario : JSON.stringify(body.scenario) }
      : { file: await app.resolveConfig(body.repo, body.config) };
    const { issues, config, agents } = await app.validate({
      ...source,
      set: Object.entries(body.set ?? {}).map(([path, value]) => ({ path, value, from: "set" })),
      ...(body.lenient !== undefined && { lenient: body.lenient }),
    }).catch((error) => {
      // What cannot even be loaded is a finding too.
      if (!(error instanceof SimError) || error.code === "broken_repo") throw error;
      return { issues: error.issues, config: undefined, agents: [] };
    });
    return {
      valid: config !== undefined,
      domain: config?.domain ?? null,
      name: config?.simulation.name ?? null,
      max_turns: config?.simulation.max_turns ?? null,
      agents: agents.slice(0, MOST_AGENTS),
      issues: issues.map(issueOf),
    };
  },
});
