/** `/api/scenarios/{repo}/{config}`: one scenario file. */

import { z } from "zod";
import {
  draftOf,
  endpoint,
  preconditionOf,
  problem,
  removeScenarioFile,
  reply,
  scenarioTextSchema,
  tagged,
  writeScenarioFile,
  writtenScenarioSchema,
} from "../../../../server/mod.ts";
import { prefers } from "../../simulations/_parts/accept.ts";

const params = z.object({
  repo: z.string().min(1).max(200).meta({ description: "name of a domain", examples: ["economic"] }),
  config: z.string().min(1).max(1000).meta({
    description: "one of its scenarios, with its slashes as they are",
    examples: ["growth.yaml"],
  }),
});

/** Of what is written: nobody who tries the examples meets a file that is there. */
const written = params.extend({ config: params.shape.config.meta({ examples: ["mine.yaml"] }) });

const YAML = "application/yaml";
const PRECONDITIONS = {
  "If-Match": "the ETag of what is to be replaced; `*`: whatever there is",
  "If-None-Match": "`*`: there is none yet",
};
const NO_SUCH = problem("unknown_domain", "unknown_scenario");
const MISSING = problem("precondition_required");
const WRITING_PROBLEMS = {
  413: problem("scenario_file_too_large"),
  503: problem("scenario_not_writable", "closing"),
};
/** Bytes of a body that brings two texts of 1 MiB. */
const DRAFT_LIMIT = 5 << 20;

export const GET = endpoint({
  operationId: "readScenario",
  summary: "A scenario's text",
  description: "As YAML; as JSON with `Accept: application/json`.",
  tags: ["repos"],
  scope: "read",
  params,
  responses: {
    200: {
      description: "the scenario",
      schema: scenarioTextSchema,
      content: [YAML],
      headers: { ETag: "of the text: its hash; what `If-Match` takes" },
    },
    404: NO_SUCH,
    409: problem("broken_repo"),
    413: problem("scenario_file_too_large"),
    422: problem("bad_config_path", "not_text"),
  },
  handle: async ({ params: { repo, config } }, { app, request }) => {
    const read = await app.scenarioFiles.read(repo, config);
    const isJson = prefers(request, "application/json", YAML);
    return tagged(
      isJson ? JSON.stringify(read) : read.text,
      {
        "content-type": isJson ? "application/json" : `${YAML}; charset=utf-8`,
        "cache-control": "private, no-cache",
        vary: "Accept",
      },
      request,
      tagOf(read.hash),
    );
  },
});

export const PUT = endpoint({
  operationId: "writeScenario",
  summary: "Write a scenario file",
  description:
    "What is wrong with the text is told and keeps nobody from writing it. With `base`, the text that the draft was made " +
    "from, what somebody else has changed on disk meanwhile is merged with the draft; only where both have changed the same " +
    "lines nothing is written: `scenario_conflict`, with the text on `disk`, its `hash` and the `regions`. Without `base` a " +
    "file that has changed is `scenario_changed`. The file is replaced at once, or not at all.",
  tags: ["repos"],
  scope: "edit",
  params: written,
  headers: PRECONDITIONS,
  body: z.strictObject({
    text: z.string(),
    base: z.string().optional().meta({ description: "the text that it was made from" }),
  }).meta({ id: "WriteScenario" }),
  bodyExamples: {
    "a draft": { text: "domain: economic\nsimulation: { name: growth, max_turns: 100 }\n" },
  },
  bodyLimit: DRAFT_LIMIT,
  responses: {
    200: { description: "what is on disk now", schema: writtenScenarioSchema, headers: { ETag: "its hash" } },
    404: NO_SUCH,
    409: problem("broken_repo", "scenario_readonly", "scenario_exists"),
    412: problem("scenario_changed", "scenario_conflict"),
    422: problem("bad_config_path", "bad_precondition", "not_text"),
    428: MISSING,
    ...WRITING_PROBLEMS,
  },
  handle: async ({ params: { repo, config }, body: { text, base } }, { app, note, request }) => {
    const precondition = preconditionOf(request);
    note({ scenario: `${repo}/${config}`.slice(0, 300) });
    const written = await writeScenarioFile(app, [repo, config], text, precondition, base);
    const { issues } = draftOf(await app.lookAtDraft({ repo, config, text: written.text }));
    return reply(200, { ...written, issues }, { etag: tagOf(written.hash) });
  },
});

export const DELETE = endpoint({
  operationId: "removeScenario",
  summary: "Remove a scenario file; what was played of it stays",
  tags: ["repos"],
  scope: "edit",
  params: written,
  headers: { "If-Match": PRECONDITIONS["If-Match"] },
  responses: {
    200: {
      description: "it is gone",
      schema: z.object({ success: z.literal(true), repo: z.string(), config: z.string() }).meta({
        id: "RemovedScenario",
      }),
      example: { success: true, repo: "economic", config: "mine.yaml" },
    },
    404: NO_SUCH,
    409: problem("broken_repo", "scenario_readonly"),
    412: problem("scenario_changed"),
    422: problem("bad_config_path", "bad_precondition", "not_text"),
    428: MISSING,
    ...WRITING_PROBLEMS,
  },
  handle: async ({ params: { repo, config } }, { app, note, request }) => {
    const precondition = preconditionOf(request);
    note({ scenario: `${repo}/${config}`.slice(0, 300) });
    await removeScenarioFile(app, [repo, config], precondition);
    return { success: true as const, repo, config };
  },
});

function tagOf(hash: string): string {
  return `"${hash}"`;
}
