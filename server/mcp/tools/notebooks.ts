/** Tools for notebooks: pages of text and cells that a model writes, runs and reads. */

import { z } from "zod";
import { type Json, SimError } from "../../../framework/mod.ts";
import {
  type App,
  assertInputs,
  cellSeconds,
  type CellView,
  headlineOf,
  type NotebookView,
  type NotebookViewOptions,
  shortcomingsOf,
  STARTERS,
} from "../../../runner/mod.ts";
import { templateText, writeNotebook } from "../../notebook_files.ts";
import type { Precondition } from "../../preconditions.ts";
import { fitted, jsonBytes } from "../fit.ts";
import { json } from "../shapes.ts";
import { within } from "../standing.ts";
import { type Link, tool, type ToolContext } from "../tool.ts";
import { linesText } from "../words.ts";

/** Bytes of an answer's structured content; of a value in it; of a page's text. */
const [MOST_BYTES, VALUE_BYTES, TEXT_BYTES] = [44_000, 1500, 26_000];
/** Notebooks, and findings that are told. */
const [MOST_NOTEBOOKS, MOST_ISSUES] = [200, 30];
/** Lines of a text: cells, what is wrong with them, what was left out. */
const [CELLS_IN_TEXT, WRONG_IN_TEXT, OMITTED_IN_TEXT] = [36, 12, 5];
/** Milliseconds between looks at a page that plays. */
const LOOK = 1000;

const path = z.string().min(1).max(500).describe(
  "path of the notebook, as list_notebooks gives it, such as welcome.md",
);
const set = z.record(z.string().max(200), json).optional().describe(
  'values of inputs by id, in place of those in the file: {"rate": 0.05}',
);

const finding = z.object({ code: z.string(), message: z.string(), line: z.int(), cell: z.string().nullable() });

const cellSchema = z.object({
  name: z.string().describe("its id; of a cell without one its kind and number"),
  kind: z.string(),
  status: z.string().describe(
    "fresh, cached: it is what the page says now; stale: run_notebook plays it; queued, running, paused; blocked: what it " +
      "reads has no value yet; error: the file is wrong; failed: it was tried",
  ),
  reason: z.string().optional(),
  says: z.string().describe("what it comes to, in one line"),
  value: json.optional().describe("what ${name} is, bounded"),
  takes: z.string().optional().describe("what running it would take"),
  seconds: z.number().optional(),
  cost_usd: z.number().optional(),
  run_id: z.string().optional(),
  batch_id: z.string().optional(),
  expect: z.array(z.object({ condition: z.string(), holds: z.boolean().nullable(), found: z.string().optional() }))
    .optional(),
});

/** What the tools say of a page. */
const page = {
  path: z.string(),
  title: z.string(),
  hash: z.string().nullable().describe("of the file: write_notebook takes it as if_match; null: there is no such file"),
  cells: z.array(cellSchema),
  stale: z.array(z.string()).describe("cells that run_notebook would play, in this order"),
  lacks: z.array(finding).describe("what is stale, failed, wrong or not as expected; empty: all is as the page says"),
  cost_usd: z.number().describe("what its results have cost"),
  omitted: z.array(z.string()).optional().describe("what did not fit"),
};

function cellOf(cell: CellView): z.input<typeof cellSchema> {
  const { name, cell: kind, status, reason, price, provenance, expect, value } = cell;
  const seconds = cellSeconds(cell);
  return {
    name,
    kind,
    status,
    ...(reason !== null && { reason: reason.slice(0, 300) }),
    says: headlineOf(cell),
    ...(value !== undefined && { value: fitted(value as Json, VALUE_BYTES, name).value }),
    ...(price !== null && price.runs > 0 && { takes: price.text }),
    ...(seconds !== null && { seconds }),
    ...(provenance !== null && provenance.cost_usd > 0 && { cost_usd: provenance.cost_usd }),
    ...(provenance?.run_id !== undefined && { run_id: provenance.run_id }),
    ...(provenance?.batch_id !== undefined && { batch_id: provenance.batch_id }),
    ...(expect.length > 0 && {
      expect: expect.map(({ condition, holds, found }) => ({
        condition,
        holds,
        ...(found !== undefined && { found }),
      })),
    }),
  };
}

/** The page as it stands, bounded. @param taken bytes that the answer has already */
function pageOf(view: NotebookView, taken = 0) {
  const { path, title, hash, stale, cost_usd } = view;
  const found = shortcomingsOf(view);
  const lacks = found.slice(0, MOST_ISSUES).map(({ code, message, line, cell }) => ({
    code,
    message: message.slice(0, 400),
    line,
    cell,
  }));
  const rest = { path, title: title.slice(0, 300), hash, stale: stale.slice(0, 200), lacks, cost_usd };
  const all = view.pieces.flatMap((piece) => piece.kind === "cell" ? [cellOf(piece)] : []);
  const cells = fitted(all, Math.max(2000, MOST_BYTES - taken - jsonBytes(rest)), "cells");
  const omitted = [
    ...cells.omitted,
    ...(found.length > lacks.length ? [`lacks: ${found.length - lacks.length} of ${found.length}`] : []),
  ].slice(0, 20);
  return { ...rest, cells: cells.value, ...(omitted.length > 0 && { omitted }) };
}

type Page = ReturnType<typeof pageOf>;
type Inputs = { readonly [id: string]: Json };

function cellLines({ cells, lacks, omitted }: Page): string[] {
  const lines = cells.map(({ name, status, reason, says, takes }) => {
    const why = reason === undefined ? "" : ` (${reason})`;
    const price = status === "stale" && takes !== undefined ? `, takes ${takes}` : "";
    return `${name}: ${status}${why}${price}${says === "" ? "" : `: ${says}`}`;
  });
  const wrong = lacks.filter(({ code }) => code !== "stale_cell").map(({ line, message }) =>
    `line ${line}: ${message}`
  );
  return [
    ...lines.slice(0, CELLS_IN_TEXT),
    ...(lines.length > CELLS_IN_TEXT ? [`and ${lines.length - CELLS_IN_TEXT} more cells`] : []),
    ...wrong.slice(0, WRONG_IN_TEXT),
    ...(wrong.length > WRONG_IN_TEXT ? [`and ${wrong.length - WRONG_IN_TEXT} more that are wrong: see lacks`] : []),
    ...(omitted ?? []).slice(0, OMITTED_IN_TEXT).map((what) => `left out: ${what}`),
  ];
}

/** URI of a notebook. */
export function notebookUri(path: string): string {
  return `notebook://${path.split("/").map(encodeURIComponent).join("/")}`;
}

function linkOf(path: string): Link {
  return { uri: notebookUri(path), name: path, mimeType: "text/markdown", description: "its text" };
}

/** `list_notebooks`. */
export const listNotebooks = tool({
  name: "list_notebooks",
  title: "Notebooks",
  description:
    "All notebooks: Markdown pages whose cells start, show and compare simulations. read_notebook has one of them.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({}),
  output: z.object({
    notebooks: z.array(z.object({ path: z.string(), title: z.string(), hash: z.string(), readonly: z.boolean() })),
    omitted: z.int().optional(),
  }),
  async call(_, { app }) {
    const all = await app.notebooks.list();
    const notebooks = all.slice(0, MOST_NOTEBOOKS).map(({ path, title, hash, readonly }) => ({
      path,
      title: title.slice(0, 120),
      hash,
      readonly,
    }));
    const omitted = all.length - notebooks.length;
    return {
      value: { notebooks, ...(omitted > 0 && { omitted }) },
      text: all.length === 0
        ? "no notebooks: write_notebook makes one"
        : linesText(notebooks.map(({ path, title }) => `${path}: ${title}`), 60),
    };
  },
});

/** `read_notebook`. */
export const readNotebook = tool({
  name: "read_notebook",
  title: "A notebook",
  description:
    "The text of a notebook, and where each of its cells stands: what it comes to, what is stale and why, what running it " +
    "would take, what is wrong at which line. Plays nothing.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({ path, set }),
  output: z.object({ ...page, text: z.string(), readonly: z.boolean() }),
  async call({ path, set }, { app }) {
    const view = await app.notebooks.view(path, { ...(set && { set }) });
    assertInputs(view, (set ?? {}) as Inputs);
    const whole = view.pieces.map(({ source }) => source).join("");
    const text = fitted(whole, TEXT_BYTES, "text");
    const said = pageOf(view, jsonBytes(text.value));
    const omitted = [...text.omitted, ...said.omitted ?? []];
    return {
      value: { ...said, text: text.value, readonly: view.readonly, ...(omitted.length > 0 && { omitted }) },
      text: linesText([`${path}: ${said.title}`, ...cellLines({ ...said, omitted })], 60),
      links: [linkOf(path)],
    };
  },
});

/** `write_notebook`. */
export const writeNotebookTool = tool({
  name: "write_notebook",
  title: "Write a notebook",
  description:
    "Saves the text of a notebook. Without if_match it makes a new one and replaces none; with if_match, the hash that " +
    "read_notebook gave, it replaces that text. If somebody has changed the file meanwhile nothing is lost: with `base`, the " +
    "text that was read, both changes are merged, or the lines are told that both have changed. In place of a text, `from` " +
    "makes a new one of a run, a batch or a scenario, or one to begin with. Cells are fences such as " +
    "```yaml run #base, ```yaml batch #sweep, ```sql table #t, ```yaml chart. What is wrong with cells is told by line; it is " +
    "saved all the same. run_notebook plays what is stale.",
  scope: "edit",
  effect: { destructive: true, idempotent: true },
  input: z.strictObject({
    path: path.describe("where it is to be, such as notes/growth.md"),
    text: z.string().max(5 << 20).optional().describe("all of its text (Markdown)"),
    from: z.strictObject({
      scenario: z.string().max(500).optional().describe("a domain and one of its scenarios: economic/growth.yaml"),
      run: z.string().max(300).optional().describe("id of a run"),
      batch: z.string().max(300).optional().describe("id of a batch"),
      starter: z.enum(STARTERS).optional(),
    }).optional().describe("what a new one is made from, in place of text: exactly one of these"),
    if_match: z.string().regex(/^[0-9a-f]{64}$/).optional().describe("hash of the text that it replaces"),
    base: z.string().max(5 << 20).optional().describe("the text with that hash, so that changes can be merged"),
  }),
  output: z.object({ ...page, uri: z.string(), merged: z.boolean(), created: z.boolean() }),
  async call({ path, text, from, if_match, base }, { app }) {
    if ((text === undefined) === (from === undefined)) {
      throw new SimError(
        "bad_template",
        "a notebook is written from a text or from something else, not from both or neither",
        {
          hint: "give text, or from",
        },
      );
    }
    const precondition: Precondition = if_match === undefined ? "none" : { is: if_match };
    const { merged } = await writeNotebook(app, path, text ?? await templateText(app, from!), precondition, base);
    const said = pageOf(await app.notebooks.view(path));
    const created = if_match === undefined;
    return {
      value: { ...said, uri: notebookUri(path), merged, created },
      text: linesText([
        `${created ? "created" : "replaced"} ${path}${merged ? ", with what somebody else has changed" : ""}`,
        ...cellLines(said),
      ], 60),
      links: [linkOf(path)],
    };
  },
});

/** `run_notebook`. */
export const runNotebook = tool({
  name: "run_notebook",
  title: "Run a notebook",
  description:
    "Plays cells of a notebook and says what every cell comes to. Takes ids of cells, or plays all that are stale, with the " +
    "stale cells that they read before them. What models may cost all together is max_cost_usd: 0 unless it is said, which " +
    "is enough for rules and the offline provider. Waits timeout_seconds; when they are over it goes on, and run_notebook " +
    "or read_notebook has what comes of it: what has been played is not played again.",
  scope: "run",
  effect: {},
  input: z.strictObject({
    path,
    cells: z.array(z.string().min(1).max(200)).min(1).max(200).optional().describe(
      "ids of cells; absent: all stale ones",
    ),
    set,
    sample_again: z.boolean().default(false).describe("has models answer anew: the next sample"),
    max_cost_usd: z.number().min(0).default(0),
    timeout_seconds: z.number().min(0).max(600).default(45),
  }),
  output: z.object({ ...page, timed_out: z.boolean().describe("whether something is still being played") }),
  async call({ path, cells, set, sample_again, max_cost_usd, timeout_seconds }, context) {
    const options = set === undefined ? {} : { set };
    // What would be passed over is told before anything is played for it.
    if (set !== undefined) assertInputs(await context.app.notebooks.view(path, options), set as Inputs);
    const begun = await context.app.notebooks.run(path, {
      ...options,
      cells: cells ?? "stale",
      ancestors: true,
      maxCostUsd: max_cost_usd,
      ...(sample_again && { sampleAgain: true }),
    });
    const view = await settled(begun, options, timeout_seconds, context);
    const said = pageOf(view);
    const timed_out = unsettled(view).length > 0;
    return {
      value: { ...said, timed_out },
      text: linesText([
        `${path}: ${
          said.lacks.length === 0 ? "all is as the page says" : `${said.lacks.length} of what it says is not so`
        }`,
        ...cellLines(said),
        ...(timed_out ? ["it goes on: run_notebook waits for it, read_notebook has what there is"] : []),
      ], 60),
      links: [linkOf(path)],
    };
  },
});

/** Cells that play or are about to. */
function unsettled({ pieces }: NotebookView): CellView[] {
  return pieces.filter((piece) => piece.kind === "cell").filter(({ status }) =>
    status === "running" || status === "queued"
  );
}

/** The page when nothing of it plays any more, the time is over, or nobody listens; tells how many cells are done. */
async function settled(
  begun: NotebookView,
  options: NotebookViewOptions,
  seconds: number,
  { app, signal, progress }: ToolContext,
): Promise<NotebookView> {
  const { path } = begun;
  const total = Math.max(1, unsettled(begun).length);
  const tell = (view: NotebookView) => {
    const left = unsettled(view);
    const done = Math.max(0, total - left.length);
    const names = left.slice(0, 3).map((cell) => `${cell.name}: ${headlineOf(cell) || cell.status}`).join("; ");
    progress(done, total, names === "" ? "all cells are done" : names);
  };
  tell(begun);
  const { promise: left, resolve } = Promise.withResolvers<undefined>();
  const onAbort = () => resolve(undefined);
  signal.addEventListener("abort", onAbort);
  const stop = watched(app, path, options, tell);
  try {
    const end = Promise.race([app.notebooks.settled(path, options), left]);
    return await within(seconds * 1000, end) ?? await app.notebooks.view(path, options);
  } finally {
    stop();
    signal.removeEventListener("abort", onAbort);
  }
}

/** Shows the page again and again, until the result is called. */
function watched(
  app: App,
  path: string,
  options: NotebookViewOptions,
  tell: (view: NotebookView) => void,
): () => void {
  let isOver = false;
  let timer = setTimeout(look, LOOK);
  async function look() {
    // What cannot be read now may be read the next time.
    const view = await app.notebooks.view(path, options).catch(() => null);
    if (isOver) return;
    if (view !== null) tell(view);
    timer = setTimeout(look, LOOK);
  }
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
