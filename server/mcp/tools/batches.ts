/** Tools for many runs with a plan. */

import { z } from "zod";
import { SimError } from "../../../framework/mod.ts";
import { type App, type BatchRow, type BatchSummary, type BatchView, cellName } from "../../../runner/mod.ts";
import { startBatch } from "../../batch_start.ts";
import { START_NAME } from "../../named_start.ts";
import { ProblemError } from "../../problem.ts";
import { batchRequestOf, batchRowOf, batchRowSchema, batchSummarySchema } from "../../representations/mod.ts";
import { fitted } from "../fit.ts";
import { json } from "../shapes.ts";
import { within } from "../standing.ts";
import { type Link, tool, type ToolContext } from "../tool.ts";
import { linesText, valueText } from "../words.ts";

/** Bytes of the cells and of the metrics in an answer. */
const [CELLS_BYTES, METRICS_BYTES] = [8000, 24_000];
/** Sentences that are told, and characters of each. */
const [MOST_SENTENCES, LONGEST_SENTENCE] = [20, 300];

const batchId = z.string().min(1).max(300).describe("id of the batch, as run_batch gives it");
const timeout = z.number().min(0).max(600);

/** What both tools say of a batch. */
const said = {
  ...batchRowSchema.shape,
  cells: z.array(z.object({ index: z.int(), name: z.string() })).describe(
    "combinations of an arm with parameters; compare_simulations and plot_runs take them as batch:<batch_id>/<index>",
  ),
  sentences: z.array(z.string()).describe("what can be concluded and what cannot, most important first"),
  deterministic: z.boolean().describe("whether seeds change nothing"),
  excluded: batchSummarySchema.shape.excluded,
  metrics: z.array(z.object({
    name: z.string(),
    cells: z.array(z.object({
      cell: z.int(),
      n: z.int().describe("seeds behind the numbers"),
      mean: z.number().nullable(),
      sd: z.number().nullable(),
      low: z.number().nullable().describe("end of the mean's 95 % interval"),
      high: z.number().nullable(),
    })),
    differences: z.array(z.object({
      a: z.int(),
      b: z.int(),
      estimate: z.number().nullable().describe("mean of cell a less that of cell b"),
      low: z.number().nullable(),
      high: z.number().nullable(),
      p: z.number().nullable().describe("adjusted for all comparisons of this metric"),
      above_noise: z.boolean().nullable().describe("null: that cannot be said"),
    })),
  })),
  timed_out: z.boolean().describe("whether it is still being played"),
  omitted: z.array(z.string()).optional().describe("what did not fit: batch://{batch_id}/summary has all of it"),
};

function batchLink(id: string, part: "summary" | "results"): Link {
  return {
    uri: `batch://${encodeURIComponent(id)}/${part}`,
    name: `${part} of ${id}`,
    mimeType: part === "summary" ? "application/json" : "text/csv",
    description: part === "summary" ? "every metric by cell, comparisons, noise" : "a row for every run",
  };
}

function numbersOf({ metrics }: BatchSummary) {
  return metrics.map(({ name, cells, comparisons }) => ({
    name,
    cells: cells.map(({ cell, n, mean, sd, low, high }) => ({ cell, n, mean, sd, low, high })),
    differences: comparisons.map(({ a, b, difference, p_adjusted, above_noise }) => ({
      a,
      b,
      ...difference,
      p: p_adjusted,
      above_noise,
    })),
  }));
}

/** The batch as it stands, bounded. */
async function answerOf(app: App, view: BatchView, metrics: readonly string[] | undefined) {
  const { id, status, reason, runs } = view;
  const summary = await app.batches.summary(id, metrics === undefined ? {} : { metrics });
  const cells = fitted(view.cells.map((cell) => ({ index: cell.index, name: cellName(cell) })), CELLS_BYTES, "cells");
  const numbers = fitted(numbersOf(summary), METRICS_BYTES, "metrics");
  const sentences = summary.sentences.slice(0, MOST_SENTENCES).map((text) => text.slice(0, LONGEST_SENTENCE));
  const omitted = [...cells.omitted, ...numbers.omitted].slice(0, 20);
  const isPlaying = status === "running";
  const counts = Object.entries(runs).filter(([name, count]) => name !== "total" && count > 0)
    .map(([name, count]) => `${count} ${name}`).join(", ");
  return {
    value: {
      ...batchRowOf(view),
      cells: cells.value,
      sentences,
      deterministic: summary.deterministic,
      excluded: summary.excluded,
      metrics: numbers.value,
      timed_out: isPlaying,
      ...(omitted.length > 0 && { omitted }),
    },
    text: linesText([
      `${id} is ${status}${reason === null ? "" : ` (${valueText(reason)})`}: of ${runs.total} runs ${
        counts || "none"
      }`,
      ...sentences.slice(0, 12),
      ...(isPlaying ? ["it goes on: get_batch with timeout_seconds waits for it"] : []),
      ...(status === "paused" || status === "planned" ? ["run_batch with this batch_id plays it on"] : []),
      ...omitted.map((what) => `left out: ${what}`),
    ]),
    links: [batchLink(id, "summary"), batchLink(id, "results")],
  };
}

/** Where a run is that has not come to its end. */
const UNDER_WAY: readonly BatchRow["status"][] = ["pending", "queued", "running", "paused", "interrupted"];

/** Waits until the batch stands still, the time is over, or nobody listens any more; tells how many runs have ended. */
async function waited(id: string, seconds: number, { app, signal, progress }: ToolContext): Promise<BatchView> {
  const { runs } = await app.batches.get(id);
  let ended = runs.total - runs.pending - runs.running;
  const tell = () => progress(ended, runs.total, `${ended} of ${runs.total} runs have ended`);
  tell();
  const stop = app.batches.subscribe(({ batch_id, member }) => {
    if (batch_id !== id || member === undefined || UNDER_WAY.includes(member.status)) return;
    ended++;
    tell();
  });
  const { promise: left, resolve } = Promise.withResolvers<undefined>();
  const onAbort = () => resolve(undefined);
  signal.addEventListener("abort", onAbort);
  try {
    await within(seconds * 1000, Promise.race([app.batches.wait(id), left]));
  } finally {
    stop();
    signal.removeEventListener("abort", onAbort);
  }
  return await app.batches.get(id);
}

/** `run_batch`. */
export const runBatch = tool({
  name: "run_batch",
  title: "Run a batch",
  description:
    "Plays many runs with a plan, the same seeds for every combination, and says what differs by more than chance. " +
    "Takes repo and config of a scenario (or of a batch file, as economic sweep_policy.yaml) or the text of one, with `grid` " +
    '({"rate": {"path": "engine.interest_rate", "values": [0.02, 0.1]}}), `arms` or `list`, and `seeds` ("1..8"). ' +
    "With batch_id in place of these it plays on one that stands still, with more_seeds too. Waits timeout_seconds; when " +
    "they are over the batch goes on, and get_batch has what comes of it. `limits` bound its time and cost.",
  scope: "run",
  effect: {},
  input: z.strictObject({
    ...batchRequestOf(json),
    batch_id: batchId.optional(),
    more_seeds: z.int().min(1).max(10_000).optional().describe("with batch_id: seeds that are added to every cell"),
    timeout_seconds: timeout.default(45),
    idempotency_key: z.string().regex(START_NAME).optional().describe(
      "names this call: made again with the same arguments it starts no second batch, but answers with the first",
    ),
  }),
  output: z.object(said),
  async call({ batch_id, more_seeds, timeout_seconds, idempotency_key, ...asked }, context) {
    const { app, principal } = context;
    if (batch_id === undefined) {
      if (more_seeds !== undefined) {
        throw new ProblemError(422, "no_batch", "more_seeds are for a batch that is there", {
          hint: "name its batch_id",
        });
      }
      const { id } = await startBatch(app, asked, { planOnly: false, name: idempotency_key, principal });
      return await answerOf(app, await waited(id, timeout_seconds, context), asked.metrics);
    }
    if (Object.values(asked).some((value) => value !== undefined)) {
      throw new SimError("batch_is_planned", `batch '${batch_id}' is what it was started as`, {
        hint: "call run_batch without batch_id for another one, or only with batch_id and more_seeds",
      });
    }
    await (more_seeds === undefined ? app.batches.resume(batch_id) : app.batches.extend(batch_id, more_seeds));
    return await answerOf(app, await waited(batch_id, timeout_seconds, context), undefined);
  },
});

/** `get_batch`. */
export const getBatch = tool({
  name: "get_batch",
  title: "A batch",
  description:
    "A batch as it stands: how many runs have ended, what they say by metric and cell, which differences are more than " +
    "chance. With timeout_seconds it waits until the batch stands still, and tells its progress meanwhile.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({
    batch_id: batchId,
    metrics: z.array(z.string().min(1)).max(20).optional().describe("names of metrics; absent: all"),
    timeout_seconds: timeout.default(0),
  }),
  output: z.object(said),
  async call({ batch_id, metrics, timeout_seconds }, context) {
    const { app } = context;
    const view = timeout_seconds === 0
      ? await app.batches.get(batch_id)
      : await waited(batch_id, timeout_seconds, context);
    return await answerOf(app, view, metrics);
  },
});
