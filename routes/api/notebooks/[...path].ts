/** `/api/notebooks/{path}`: one notebook. */

import { z } from "zod";
import type { Json } from "../../../framework/mod.ts";
import { notebookHtml, type NotebookViewOptions } from "../../../runner/mod.ts";
import {
  anyJson,
  assertMay,
  endpoint,
  notebookTextSchema,
  notebookViewSchema,
  preconditionOf,
  problem,
  removeNotebook,
  reply,
  type RequestContext,
  tagged,
  writeNotebook,
  writtenSchema,
} from "../../../server/mod.ts";
import { prefers } from "../simulations/_parts/accept.ts";
import { DRAFT_LIMIT, MARKDOWN, PATH_PROBLEMS, tagOf, WRITING_PROBLEMS } from "./_parts/notebook.ts";

const params = z.object({
  path: z.string().min(1).meta({
    description: "below the folder of notebooks, with its slashes as they are",
    examples: ["economic/policy_comparison.md"],
  }),
});

const HTML = "text/html";
const PRECONDITIONS = {
  "If-Match": "the ETag of what is to be replaced; `*`: whatever there is",
  "If-None-Match": "`*`: there is none yet",
};
const NO_SUCH = problem("unknown_notebook");
const MISSING = problem("precondition_required");

const values = z.record(z.string().max(200), anyJson);

/** `{"rate":0.05}` in the query. */
const valuesInQuery = z.string().max(100_000).transform((text, context) => {
  try {
    return values.parse(JSON.parse(text)) as { readonly [input: string]: Json };
  } catch {
    // Whatever is wrong with it.
    context.addIssue({ code: "custom", message: "is no JSON object with values of inputs" });
    return z.NEVER;
  }
});

export const GET = endpoint({
  operationId: "readNotebook",
  summary: "A notebook's text, or its page as one file",
  description:
    "As Markdown; as JSON with `Accept: application/json`. `format=html`: the page with what its cells say now, " +
    "as a file that needs no script and no server. Nothing is started for that.",
  tags: ["notebooks"],
  scope: "read",
  params,
  query: z.object({
    format: z.enum(["html"]).optional(),
    set: valuesInQuery.optional().meta({ description: 'with `format=html`: values of inputs, as `{"rate":0.05}`' }),
  }),
  responses: {
    200: {
      description: "the notebook",
      schema: notebookTextSchema,
      content: [MARKDOWN, HTML],
      headers: { ETag: "of the text: its hash; what `If-Match` takes" },
    },
    404: NO_SUCH,
    413: problem("notebook_too_large"),
    422: problem(...PATH_PROBLEMS, "not_text"),
  },
  handle: async ({ params: { path }, query: { format, set } }, { app, request }) => {
    const headers = { "cache-control": "private, no-cache", vary: "Accept" };
    if (format === "html") {
      const page = await notebookHtml(await app.notebooks.view(path, { ...(set && { set }) }));
      const name = path.replace(/\.md$/, "").replaceAll(/[^\w.-]/g, "_");
      return tagged(page, {
        ...headers,
        "content-type": `${HTML}; charset=utf-8`,
        "content-disposition": `attachment; filename="${name}.html"`,
      }, request);
    }
    const read = await app.notebooks.read(path);
    const isJson = prefers(request, "application/json", MARKDOWN);
    const body = isJson ? JSON.stringify(read) : read.text;
    const type = isJson ? "application/json" : `${MARKDOWN}; charset=utf-8`;
    return tagged(body, { ...headers, "content-type": type }, request, tagOf(read.hash));
  },
});

export const PUT = endpoint({
  operationId: "writeNotebook",
  summary: "Write a notebook",
  description:
    "With `base`, the text that the draft was made from, what somebody else has changed on disk meanwhile is " +
    "merged with the draft, and the answer has both; only where both have changed the same lines nothing is written: " +
    "`notebook_conflict`, with the text on `disk`, its `hash` and the `regions`. Without `base` a file that has changed is " +
    "`notebook_changed`. The file is replaced at once, or not at all.",
  tags: ["notebooks"],
  scope: "edit",
  params,
  headers: PRECONDITIONS,
  body: z.strictObject({
    text: z.string(),
    base: z.string().optional().meta({ description: "the text that it was made from" }),
  }).meta({ id: "WriteNotebook" }),
  bodyExamples: { "a draft": { text: "# Growth\n\nIt grows slowly.\n", base: "# Growth\n\nIt grows.\n" } },
  // Both of them.
  bodyLimit: 2 * DRAFT_LIMIT,
  responses: {
    200: { description: "what is on disk now", schema: writtenSchema, headers: { ETag: "its hash" } },
    404: NO_SUCH,
    412: problem("notebook_changed", "notebook_conflict"),
    422: problem(...PATH_PROBLEMS, "bad_precondition"),
    428: MISSING,
    ...WRITING_PROBLEMS,
  },
  handle: async ({ params: { path }, body: { text, base } }, { app, note, request }) => {
    const precondition = preconditionOf(request);
    note({ notebook: path.slice(0, 300) });
    const written = await writeNotebook(app, path, text, precondition, base);
    return reply(200, written, { etag: tagOf(written.hash) });
  },
});

export const DELETE = endpoint({
  operationId: "removeNotebook",
  summary: "Remove a notebook; what its cells have played stays",
  tags: ["notebooks"],
  scope: "edit",
  params,
  headers: { "If-Match": PRECONDITIONS["If-Match"] },
  responses: {
    200: {
      description: "it is gone",
      schema: z.object({ success: z.literal(true), path: z.string() }).meta({ id: "RemovedNotebook" }),
      example: { success: true, path: "notes/growth.md" },
    },
    404: NO_SUCH,
    412: problem("notebook_changed"),
    422: problem(...PATH_PROBLEMS, "bad_precondition"),
    428: MISSING,
    ...WRITING_PROBLEMS,
  },
  handle: async ({ params: { path } }, { app, note, request }) => {
    const precondition = preconditionOf(request);
    note({ notebook: path.slice(0, 300) });
    await removeNotebook(app, path, precondition);
    return { success: true as const, path };
  },
});

const draft = {
  text: z.string().optional().meta({ description: "a draft, in place of the text on disk" }),
  set: values.optional().meta({ description: "values of inputs by id" }),
};
const cells = z.array(z.string().min(1).max(200)).max(1000);

const actions = z.union([
  z.strictObject({ action: z.literal("view"), ...draft }),
  z.strictObject({
    action: z.literal("run"),
    ...draft,
    cells: z.union([cells, z.literal("stale")]).meta({ description: "ids of cells, or all that are stale" }),
    ancestors: z.boolean().optional().meta({ description: "stale cells that these read are run first" }),
    sample_again: z.boolean().optional().meta({ description: "models answer anew: the next sample" }),
    max_cost_usd: z.number().min(0).optional().meta({ description: "dollars for all that is started; more is paused" }),
    mode: z.enum(["auto", "step", "hold"]).optional().meta({
      description: "hold: runs and conversations wait before their first turn; step: after one",
    }),
  }),
  z.strictObject({
    action: z.literal("cancel"),
    ...draft,
    cells: cells.optional().meta({ description: "left out: all that play or wait" }),
  }),
  z.strictObject({ action: z.literal("rename"), to: z.string().min(1).max(500) }),
]).meta({ id: "NotebookAction" });

type Action = z.output<typeof actions>;

/** What each of them needs. */
const SCOPES = { view: "read", run: "run", cancel: "run", rename: "edit" } as const;

export const POST = endpoint({
  operationId: "actOnNotebook",
  summary: "Look at a notebook's page, run or cancel cells, rename it",
  description:
    "`view`: the page of the file or of a draft: cheap cells are computed, results of paid ones are looked up; " +
    "nothing is started. `run` starts paid cells and answers at once with the page as it is then; what is played is told " +
    "by `GET /api/events/stream`. `cancel` ends what cells play. `rename` gives the file another path. `run` and " +
    "`cancel` need a key that may `run`, `rename` one that may `edit`.",
  tags: ["notebooks"],
  scope: "read",
  params,
  body: actions,
  bodyExamples: {
    "the page, with an input moved": { action: "view", set: { rate: 0.05 } },
    "two cells and what they need": { action: "run", cells: ["base", "sweep"], ancestors: true, max_cost_usd: 0 },
    "all that is stale": { action: "run", cells: "stale" },
    "nothing more": { action: "cancel" },
    "another name": { action: "rename", to: "notes/growth_2.md" },
  },
  bodyLimit: DRAFT_LIMIT,
  responses: {
    200: { description: "the page as it is now", schema: notebookViewSchema },
    404: NO_SUCH,
    409: problem("notebook_exists", "nothing_to_sample"),
    422: problem(...PATH_PROBLEMS, "not_text", "unknown_cell"),
    ...WRITING_PROBLEMS,
  },
  handle: async ({ params: { path }, body }, context) => {
    const { note, onlyLooks, principal } = context;
    assertMay(principal, SCOPES[body.action]);
    if (body.action === "view") onlyLooks();
    else note({ notebook: path.slice(0, 300), action: body.action });
    return await acted(path, body, context);
  },
});

async function acted(path: string, action: Action, { app: { notebooks } }: RequestContext) {
  switch (action.action) {
    case "view":
      return await notebooks.view(path, draftOf(action));
    case "run": {
      const { cells, ancestors, sample_again, max_cost_usd, mode } = action;
      return await notebooks.run(path, {
        ...draftOf(action),
        cells,
        ...(ancestors !== undefined && { ancestors }),
        ...(sample_again !== undefined && { sampleAgain: sample_again }),
        ...(max_cost_usd !== undefined && { maxCostUsd: max_cost_usd }),
        ...(mode !== undefined && { mode }),
      });
    }
    case "cancel":
      return await notebooks.cancel(path, action.cells, draftOf(action));
    case "rename":
      await notebooks.rename(path, action.to);
      return await notebooks.view(action.to);
  }
}

interface Draft {
  readonly text?: string | undefined;
  readonly set?: { readonly [input: string]: Json } | undefined;
}

function draftOf({ text, set }: Draft): NotebookViewOptions {
  return { ...(text !== undefined && { text }), ...(set !== undefined && { set }) };
}
