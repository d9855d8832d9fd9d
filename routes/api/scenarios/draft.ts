/** `POST /api/scenarios/draft`: what is said of a scenario file while it is edited. */

import { z } from "zod";
import { draftOf, draftSchema, endpoint, problem } from "../../../server/mod.ts";

export const POST = endpoint({
  operationId: "lookAtDraft",
  summary: "The draft of a scenario file: findings, its values, and what it is with the files it extends",
  description:
    "The text is looked at as if it were in its place: what it refers to is looked for beside it. A batch file and a plan " +
    "are checked as what they are. Nothing is written.",
  tags: ["repos"],
  scope: "read",
  body: z.strictObject({
    repo: z.string().min(1).max(200),
    config: z.string().min(1).max(1000),
    text: z.string(),
  }).meta({ id: "LookAtDraft" }),
  bodyExamples: {
    "one that extends another": {
      repo: "economic",
      config: "slow.yaml",
      text: "extends: growth.yaml\nsimulation: { name: slow }\nengine: { interest_rate: 0.08 }\n",
    },
  },
  bodyLimit: 3 << 20,
  responses: {
    200: { description: "what was found", schema: draftSchema },
    404: problem("unknown_domain"),
    409: problem("broken_repo", "scenario_exists"),
    422: problem("bad_config_path"),
  },
  handle: async ({ body }, { app, onlyLooks }) => {
    onlyLooks();
    return draftOf(await app.lookAtDraft(body));
  },
});
