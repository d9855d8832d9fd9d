/** A batch, as HTML: what can be concluded, its numbers and its runs cell by cell, what went wrong. */

import {
  badge,
  count,
  dollars,
  escapeMarkup,
  notice,
  readableNumber,
  table,
  type TableColumn,
} from "../../report/mod.ts";
import type { BatchOutput } from "../view.ts";
import { cut, valueHtml } from "./values.ts";

/** Cells and metrics that are shown, runs of a cell that each have a mark, sentences and failures. */
const MOST_CELLS = 200;
const MOST_METRICS = 6;
const MOST_MARKS = 40;
const MOST_SENTENCES = 8;
const MOST_FAILURES = 5;

type Row = BatchOutput["rows"][number];
type Cell = BatchOutput["batch"]["cells"][number];

/** The batch. */
export function batchHtml({ batch, counts, rows, summary }: BatchOutput): string {
  const { cells, status, reason, cost } = batch;
  const parts = ([
    ["completed", counts.completed],
    ["void", counts.void],
    ["failed", counts.failed],
    ["cancelled", counts.cancelled],
    ["running", counts.running],
    ["pending", counts.pending],
    ["reused", counts.reused],
  ] as const).filter(([, n]) => n > 0).map(([what, n]) => `${readableNumber(n)} ${what}`);
  const facts = [
    `${parts.join(", ")} of ${count(counts.total, "run")}`,
    ...(reason === null ? [] : [escapeMarkup(reason)]),
    dollars(cost.usd),
  ];
  const sentences = (summary?.sentences ?? []).slice(0, MOST_SENTENCES)
    .map((sentence) => `<li>${escapeMarkup(sentence)}</li>`);
  const failed = rows.flatMap(({ n, error }) => error === undefined ? [] : [{ n, error }]);
  return [
    `<p>${badge(status, status === "completed" ? "good" : "warn")} <span class="note">${facts.join(" · ")}</span></p>`,
    sentences.length === 0 ? "" : `<ul class="sentences">${sentences.join("\n")}</ul>`,
    cells.length === 0 ? "" : cellTable(cells, rows, summary) + cut(MOST_CELLS, cells.length, "cells"),
    failed.length === 0 ? "" : notice(
      "bad",
      failed.length === 1 ? "A run has failed" : `${failed.length} runs have failed`,
      `<ul>${
        failed.slice(0, MOST_FAILURES).map(({ n, error }) => `<li>run ${n}: ${escapeMarkup(error.message)}</li>`).join(
          "",
        )
      }</ul>`,
    ),
  ].filter((part) => part !== "").join("\n");
}

/** A line a cell: what sets it apart, how each of its runs stands, and its means with their intervals. */
function cellTable(cells: readonly Cell[], rows: readonly Row[], summary: BatchOutput["summary"]): string {
  const metrics = (summary?.metrics ?? []).slice(0, MOST_METRICS);
  const heads = headsOf(cells);
  const body = cells.slice(0, MOST_CELLS).map((cell) => [
    ...heads.map(({ read }) => read(cell)),
    runsHtml(rows.filter((row) => row.cell === cell.index)),
    ...metrics.map(({ cells: found }) => meanHtml(found.find((each) => each.cell === cell.index))),
  ]);
  const columns: TableColumn[] = [
    ...heads.map(({ name }) => ({ name })),
    { name: "runs" },
    ...metrics.map(({ name }) => ({ name, isNumber: true })),
  ];
  return table("Means and runs by cell", columns, body);
}

type Mean = NonNullable<BatchOutput["summary"]>["metrics"][number]["cells"][number];

function meanHtml(own: Mean | undefined): string {
  if (own === undefined || own.mean === null) return "–";
  const { mean, low, high } = own;
  const interval = low === null || high === null
    ? ""
    : ` <span class="note interval">${readableNumber(low)} to ${readableNumber(high)}</span>`;
  return `${readableNumber(mean)}${interval}`;
}

const MARKS = {
  done: ["✓", "good"],
  reused: ["↺", "good"],
  void: ["∅", "warn"],
  failed: ["✗", "bad"],
  running: ["▸", "plain"],
  pending: ["·", "plain"],
} as const;

function markOf({ status, validity, reused }: Row): keyof typeof MARKS {
  switch (status) {
    case "completed":
      return validity === "void" ? "void" : reused ? "reused" : "done";
    case "failed":
    case "failed_to_start":
    case "removed":
    case "cancelled":
      return "failed";
    case "running":
      return "running";
    default:
      return "pending";
  }
}

/** A mark for every run, or how many there are of each kind. */
function runsHtml(rows: readonly Row[]): string {
  const marks = rows.map(markOf);
  const kinds = (Object.keys(MARKS) as (keyof typeof MARKS)[]).map((kind) =>
    [kind, marks.filter((each) => each === kind).length] as const
  ).filter(([, n]) => n > 0);
  const words = kinds.map(([kind, n]) => `${n} ${kind}`).join(", ");
  if (rows.length > MOST_MARKS || rows.length === 0) return escapeMarkup(words === "" ? "–" : words);
  const drawn = marks.map((kind) => `<span class="mark ${MARKS[kind][1]}">${MARKS[kind][0]}</span>`).join("");
  return `<span class="runs" role="img" aria-label="${escapeMarkup(words)}">${drawn}</span>`;
}

/** Columns that tell cells apart. */
function headsOf(cells: readonly Cell[]): { readonly name: string; read(cell: Cell): string }[] {
  const names = [...new Set(cells.flatMap(({ params }) => Object.keys(params)))];
  const heads = [
    ...(cells.some(({ arm }) => arm !== null)
      ? [{ name: "arm", read: ({ arm }: Cell) => escapeMarkup(arm ?? "–") }]
      : []),
    ...names.map((name) => ({ name, read: ({ params }: Cell) => valueHtml(Reflect.get(params, name)) })),
  ];
  return heads.length > 0 ? heads : [{ name: "cell", read: () => "all runs" }];
}
