/** `GET /api/events/stream`: many simulations, and what a page shows beside them, live. */

import { z } from "zod";
import { endpoint, lastEventId, problem } from "../../../server/mod.ts";

/** Runs, and batches, that one stream may follow. */
const MOST_RUNS = 100;

/** `ID:after`, or only the id: from the beginning. */
const cursors = z.string().transform((text, context) => {
  const entries = text.split(",");
  if (entries.length > MOST_RUNS) {
    context.addIssue({ code: "custom", message: `more than ${MOST_RUNS} runs` });
    return z.NEVER;
  }
  const found = entries.map((entry) => {
    const [, run_id, after] = /^([A-Za-z0-9_][\w.-]{0,254})(?::(\d{1,15}))?$/.exec(entry) ?? [];
    if (run_id === undefined) {
      context.addIssue({ code: "custom", message: `'${entry.slice(0, 100)}' is not ID or ID:number` });
      return { run_id: "", after: 0 };
    }
    return { run_id, after: Number(after ?? 0) };
  });
  const doubled = found.find(({ run_id }, i) => found.findIndex((other) => other.run_id === run_id) < i);
  if (doubled) context.addIssue({ code: "custom", message: `'${doubled.run_id}' is there twice` });
  return found;
});

const batches = z.string().transform((text, context) => {
  const ids = [...new Set(text.split(","))];
  if (ids.length > MOST_RUNS) context.addIssue({ code: "custom", message: `more than ${MOST_RUNS} batches` });
  const wrong = ids.find((id) => !/^[A-Za-z0-9_][\w.-]{0,254}$/.test(id));
  if (wrong !== undefined) context.addIssue({ code: "custom", message: `'${wrong.slice(0, 100)}' is not an ID` });
  return ids;
});

export const GET = endpoint({
  operationId: "streamSimulations",
  summary: "Events of several simulations and changes of batches and of a notebook, or summaries of all simulations",
  description: "Server-sent events. With `runs` as the stream of one simulation, but every `id:` is the list of all " +
    "cursors, `ID:number,…`; the events say themselves whose they are (`simulation_id`). It closes when all have " +
    "ended. With `batches` there is also `batch`, at first and whenever something has changed, at most four times a " +
    "second: `{batch_id, status, reason, runs, eta_seconds, cost}`, or `status: removed`; with `notebook` there is " +
    "`notebook`, at first and whenever the file changes: `{path, hash}`, where a null `hash` says that there is no such " +
    "file. Neither has an `id:`, and with one of them the stream stays open when all runs have ended. " +
    "Without any of these: first the list of all runs in one or more `snapshot` messages " +
    "(`{first, last, runs: […]}`), then `run` with the summary of a run that has changed, and `removed`; " +
    "`id:` is `EPOCH-number`. Who comes back with it is told what has changed since; when the server knows no more, " +
    "it sends the list anew; with `snapshot=false` who comes for the first time is told only what changes from then on. " +
    "When the key is revoked or the session over, `error` comes last.",
  tags: ["simulations"],
  scope: "read",
  query: z.object({
    runs: cursors.optional().meta({ description: "`ID:after,…`: at most 100 runs" }),
    batches: batches.optional().meta({ description: "`ID,…`: at most 100 batches" }),
    snapshot: z.enum(["true", "false"]).default("true").meta({
      description: "false: of all simulations only what changes, where neither runs, batches nor a notebook are named",
    }),
    notebook: z.string().min(1).max(500).optional().meta({ description: "path of a notebook" }),
  }),
  headers: { "Last-Event-ID": "the last `id:` that the client has; before what `runs` says" },
  responses: {
    200: { description: "the stream", content: "text/event-stream" },
    404: problem("unknown_run", "unknown_batch"),
    422: problem("invalid_request", "bad_notebook_path"),
    429: problem("too_many_own_streams"),
    503: problem("closing", "too_many_streams"),
  },
  handle: async ({ query: { runs, batches, notebook, snapshot } }, { streams, request }) => {
    const isHead = request.method === "HEAD";
    if (runs === undefined && batches === undefined && notebook === undefined) {
      return await streams.summaries(lastEventId(request, z.string().max(100)), isHead, snapshot === "true");
    }
    // What the client has of runs that it did not ask for again is of no interest.
    const last = new Map(lastEventId(request, cursors)?.map(({ run_id, after }) => [run_id, after]));
    const asked = (runs ?? []).map(({ run_id, after }) => ({ run_id, after: last.get(run_id) ?? after }));
    return await streams.events(asked, "cursors", isHead, { batches, notebook });
  },
});
