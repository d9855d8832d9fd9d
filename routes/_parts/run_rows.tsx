/** @jsxImportSource preact */
/** Rows of the table of runs. Most of them are as they were when somebody asked last. */

import type { VNode } from "preact";
import type { RunRow } from "../../runner/mod.ts";
import { renderHtml } from "../../server/mod.ts";
import { Status } from "./status.tsx";
import { age, moment } from "./times.ts";

/** Rows that are kept: some pages of them. */
const MOST_KEPT = 500;

interface Kept {
  readonly html: string;
  /** When it will read otherwise, in milliseconds since 1970. */
  readonly until: number;
}

/** By the JSON text of a run; those made first are first. */
const kept = new Map<string, Kept>();

/** Rows of runs, as HTML. @param texts JSON, as {@linkcode RunRow} */
export function runRows(texts: readonly string[], now = Date.now()): string {
  return texts.map((text) => rowOf(text, now)).join("");
}

/** Law: the same as if it were made anew, whatever is kept. */
function rowOf(text: string, now: number): string {
  const before = kept.get(text);
  if (before !== undefined && now < before.until) return before.html;
  const run = JSON.parse(text) as RunRow;
  const created = age(Date.parse(run.created_at), now);
  const html = renderHtml(<Row run={run} created={created.text} />);
  kept.delete(text);
  kept.set(text, { html, until: created.until });
  if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
  return html;
}

function Row({ run, created }: { readonly run: RunRow; readonly created: string }): VNode {
  return (
    <tr>
      <td>
        <a class="id" href={`/runs/${encodeURIComponent(run.run_id)}`}>{run.run_id}</a>
      </td>
      <td>
        <Status status={run.status} />
      </td>
      <td class="count">{run.current_turn}/{run.max_turns}</td>
      <td>{run.repo}</td>
      <td class={run.validity === "valid" ? "quiet" : ""}>{run.validity}</td>
      <td class="count">{run.cost_usd === 0 ? "" : `$${run.cost_usd.toFixed(4)}`}</td>
      <td class="quiet" title={moment(run.created_at)}>{created}</td>
    </tr>
  );
}
