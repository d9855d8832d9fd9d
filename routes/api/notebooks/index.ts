/** `GET /api/notebooks` lists notebooks, `POST` makes one. */

import { z } from "zod";
import { STARTERS } from "../../../runner/mod.ts";
import {
  endpoint,
  notebookFileSchema,
  notebookTextSchema,
  problem,
  reply,
  templateText,
  writeNotebook,
} from "../../../server/mod.ts";
import { DRAFT_LIMIT, PATH_PROBLEMS, tagOf, WRITING_PROBLEMS } from "./_parts/notebook.ts";

export const GET = endpoint({
  operationId: "listNotebooks",
  summary: "Notebooks, sorted by path",
  tags: ["notebooks"],
  scope: "read",
  responses: {
    200: {
      description: "all of them",
      schema: z.array(notebookFileSchema),
      example: [{
        path: "economic/policy_comparison.md",
        title: "Which policy pays?",
        hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        modified_at: "2026-01-01T12:00:00.000Z",
        bytes: 2184,
        readonly: false,
      }],
    },
  },
  handle: (_, { app }) => app.notebooks.list(),
});

const name = z.string().min(1).max(500);

export const POST = endpoint({
  operationId: "createNotebook",
  summary: "Make a notebook: of a text, or from a scenario, a run, a batch or a starter",
  tags: ["notebooks"],
  scope: "edit",
  body: z.strictObject({
    path: name.meta({ description: "where it is to be, below the folder of notebooks; it ends in `.md`" }),
    text: z.string().optional().meta({ description: "what is to be in it, in place of `from`" }),
    from: z.strictObject({
      scenario: name.optional().meta({ description: "a domain and one of its scenarios: `economic/growth.yaml`" }),
      run: name.optional().meta({ description: "id of a run" }),
      batch: name.optional().meta({ description: "id of a batch" }),
      starter: z.enum(STARTERS).optional(),
    }).optional().meta({ description: "exactly one of these" }),
  }).meta({ id: "CreateNotebook" }),
  bodyExamples: {
    "from a scenario": { path: "growth.md", from: { scenario: "economic/growth.yaml" } },
    "from a run": { path: "notes/growth.md", from: { run: "growth_2agents_20260101_120000_01" } },
    "two scenarios compared": { path: "compare.md", from: { starter: "compare" } },
    "of a text": { path: "empty.md", text: "# Nothing yet\n" },
  },
  bodyLimit: DRAFT_LIMIT,
  responses: {
    201: {
      description: "it is there",
      schema: notebookTextSchema,
      headers: { Location: "the notebook", ETag: "its hash" },
    },
    404: problem("unknown_run", "unknown_batch", "unknown_domain"),
    409: problem("broken_repo"),
    412: problem("notebook_changed"),
    422: {
      ...problem(...PATH_PROBLEMS, "bad_template", "bad_config_path", "missing_file", "unknown_starter"),
      findings: true,
    },
    ...WRITING_PROBLEMS,
  },
  handle: async ({ body: { path, text, from = {} } }, { app, note }) => {
    note({ notebook: path });
    const { hash, text: written } = await writeNotebook(app, path, text ?? await templateText(app, from), "none");
    const headers = {
      location: `/api/notebooks/${path.split("/").map(encodeURIComponent).join("/")}`,
      etag: tagOf(hash),
    };
    return reply(201, { path, text: written, hash, readonly: false }, headers);
  },
});
