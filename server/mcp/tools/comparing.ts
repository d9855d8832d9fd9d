/** Tools that look at several runs at once: side by side, as a picture, in SQL. */

import { z } from "zod";
import type { Json } from "../../../framework/mod.ts";
import type { App, Comparison, QueryResult } from "../../../runner/mod.ts";
import { ProblemError } from "../../problem.ts";
import { answered } from "../../questions.ts";
import { comparisonSchema } from "../../representations/mod.ts";
import { fitted, jsonBytes } from "../fit.ts";
import { json } from "../shapes.ts";
import { tool } from "../tool.ts";
import { linesText, valueText } from "../words.ts";

/** Bytes of the parts of an answer. */
const [INPUTS_BYTES, METRICS_BYTES, TURN_BYTES, ROWS_BYTES] = [8000, 16_000, 12_000, 40_000];
/** Rows, and characters of each, in a text. */
const [ROWS_IN_TEXT, LONGEST_ROW] = [20, 200];

const ids = (least: number) =>
  z.array(z.string().min(1).max(400)).min(least).max(20).describe(
    "ids of simulations, or cells of batches as batch:<batch_id>/<index or arm>",
  );

const { runs, inputs, parting, at_parting, sentence } = comparisonSchema.shape;

/** The last value of every metric on every side. */
function lastValues({ metrics }: Comparison) {
  return metrics.map(({ name, series }) => ({
    name,
    last: series.map(({ turns, values, low, high }) => {
      const at = values.findLastIndex((value) => value !== null);
      return at < 0 ? null : { turn: turns[at]!, value: values[at]!, low: low?.[at] ?? null, high: high?.[at] ?? null };
    }),
  }));
}

/** `compare_simulations`. */
export const compareSimulations = tool({
  name: "compare_simulations",
  title: "Compare simulations",
  description:
    "Holds simulations, or cells of batches, against the first of them: which inputs differ, what every metric came to, " +
    "the first turn in which they part by more than chance, what happened in it, and what can be concluded.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({ runs: ids(2) }),
  output: z.object({
    runs,
    inputs: z.array(z.object({ path: z.string(), values: z.array(json) })).describe(inputs.description ?? ""),
    metrics: z.array(z.object({
      name: z.string(),
      last: z.array(
        z.object({
          turn: z.int(),
          value: z.number(),
          low: z.number().nullable().describe("end of the mean's 95 % interval; null: it is one run"),
          high: z.number().nullable(),
        }).nullable(),
      ).describe("by side"),
    })),
    parting,
    at_parting,
    sentence,
    omitted: z.array(z.string()).optional().describe("what did not fit"),
  }),
  async call({ runs }, { app }) {
    const found = await app.compare(runs);
    const { parting, sentence, more_inputs, left_out } = found;
    const inputs = fitted(found.inputs, INPUTS_BYTES, "inputs");
    const metrics = fitted(lastValues(found), METRICS_BYTES, "metrics");
    const turn = fitted(found.at_parting, TURN_BYTES, "at_parting");
    const omitted = [
      ...inputs.omitted,
      ...(more_inputs > 0 ? [`inputs: ${more_inputs} more`] : []),
      ...metrics.omitted,
      ...turn.omitted,
    ].slice(0, 20);
    return {
      value: {
        runs: found.runs,
        inputs: inputs.value,
        metrics: metrics.value,
        parting,
        at_parting: turn.value,
        sentence,
        ...(omitted.length > 0 && { omitted }),
      },
      text: linesText([
        sentence,
        ...found.runs.map(({ label, runs, turn }, i) =>
          `${i}: ${label}, ${runs} run${runs === 1 ? "" : "s"}, to turn ${turn}`
        ),
        ...inputs.value.slice(0, 10).map(({ path, values }) => `${path}: ${values.map(valueText).join(" | ")}`),
        ...metrics.value.slice(0, 10).map(({ name, last }) =>
          `${name}: ${last.map((each) => each === null ? "none" : valueText(each.value)).join(" | ")}`
        ),
        ...(left_out.length > 0 ? [`not on all sides: ${left_out.slice(0, 10).join(", ")}`] : []),
        ...omitted.map((what) => `left out: ${what}`),
      ]),
    };
  },
});

/** `query_runs`. */
export const queryRuns = tool({
  name: "query_runs",
  title: "Ask all runs in SQL",
  description:
    "Answers one SELECT (DuckDB) over everything that simulations have recorded. Tables: runs (one row a simulation, with " +
    "final_ columns), turns, metrics (run_id, turn, metric, value), agents, events, llm, and one for every batch. " +
    "Without sql it lists the tables with their columns. Aggregate: at most 1,000 rows and 40 kB are told.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({
    sql: z.string().min(1).max(20_000).optional().describe("one SELECT"),
    limit: z.int().min(1).max(1000).default(100).describe("rows"),
  }),
  output: z.object({
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    rows: z.array(z.array(json)).describe("one value per column"),
    truncated: z.boolean().describe("whether there is more than these rows"),
  }),
  async call({ sql, limit }, { app, signal }) {
    const found = await answered<Rows>(
      app,
      signal,
      () => sql === undefined ? tablesOf(app, signal) : app.query(sql, { limit, signal }),
    );
    const rows: (readonly Json[])[] = [];
    let left = ROWS_BYTES;
    for (const row of found.rows) {
      left -= jsonBytes(row) + 1;
      if (left < 0) break;
      rows.push(row);
    }
    const truncated = found.truncated || rows.length < found.rows.length;
    return {
      value: { columns: found.columns, rows, truncated },
      text: linesText([
        found.columns.map(({ name }) => name).join(" | "),
        ...rows.slice(0, ROWS_IN_TEXT).map((row) => row.map(valueText).join(" | ").slice(0, LONGEST_ROW)),
        ...(rows.length > ROWS_IN_TEXT ? [`and ${rows.length - ROWS_IN_TEXT} more rows`] : []),
        ...(truncated ? ["there is more than this: aggregate, or ask for less"] : []),
      ]),
    };
  },
});

type Rows = Pick<QueryResult, "columns" | "rows" | "truncated">;

/** The tables and columns as rows. */
async function tablesOf(app: App, signal: AbortSignal): Promise<Rows> {
  const { tables } = await app.querySchema({ signal });
  return {
    columns: ["table", "column", "type"].map((name) => ({ name, type: "VARCHAR" })),
    rows: tables.flatMap(({ name, columns }) => columns.map((column) => [name, column.name, column.type])),
    truncated: false,
  };
}

/** `plot_runs`. */
export const plotRuns = tool({
  name: "plot_runs",
  title: "Plot simulations",
  description:
    "Draws a metric over turns, a line for each simulation or cell of a batch (its mean over seeds), as an SVG picture. " +
    "With batch_id it draws all cells of a batch.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({
    runs: ids(1).optional(),
    batch_id: z.string().min(1).max(300).optional().describe("a batch, in place of runs"),
    metric: z.string().min(1).max(300).describe("a global variable or a reporter, as compare_simulations names them"),
  }),
  output: z.object({
    metric: z.string(),
    lines: z.array(z.object({
      id: z.string(),
      label: z.string(),
      runs: z.int().describe("behind the line: of several it is the mean"),
      last: z.object({ turn: z.int(), value: z.number() }).nullable(),
    })),
  }),
  async call({ runs, batch_id, metric }, { app }) {
    if ((runs === undefined) === (batch_id === undefined)) {
      throw new ProblemError(422, "no_runs_named", "it takes either runs or batch_id", {
        hint: "list_simulations shows simulations, get_batch the cells of a batch",
      });
    }
    const asked = runs ?? await linesOf(app, batch_id!);
    const { metric: name, lines, svg } = await app.plot(asked, metric);
    const query = new URLSearchParams({ runs: asked.join(",") });
    return {
      value: { metric: name, lines },
      text: linesText([
        `${name} over turns, drawn as SVG`,
        ...lines.map(({ label, last }) =>
          `${label}: ${last === null ? "no values" : `${valueText(last.value)} in turn ${last.turn}`}`
        ),
      ]),
      enclosed: [{ uri: `chart://${encodeURIComponent(name)}?${query}`, mimeType: "image/svg+xml", text: svg }],
    };
  },
});

/** What is drawn of a batch: its cells, or of a single one its runs. */
async function linesOf(app: App, id: string): Promise<string[]> {
  const { cells } = await app.batches.get(id);
  if (cells.length > 1) return cells.slice(0, 20).map(({ index }) => `batch:${id}/${index}`);
  const rows = await app.batches.results(id);
  return rows.flatMap(({ run_id, status }) => run_id !== null && status === "completed" ? [run_id] : []).slice(0, 20);
}
