/** What cells show, as HTML. */

import {
  badge,
  count,
  dollars,
  ellipsis,
  escapeMarkup,
  nameHtml,
  notice,
  readableNumber,
  readableSeconds,
  table,
  type TableColumn,
} from "../../report/mod.ts";
import { linesOf } from "../chart/lines.ts";
import type {
  BatchOutput,
  CellOutput,
  CellView,
  ChartOutput,
  CompareOutput,
  InputOutput,
  RunOutput,
  ScenarioOutput,
  TableOutput,
} from "../view.ts";
import { chartSvg, figureHtml, type SeriesColors } from "./charts.ts";
import { conversationHtml } from "./conversation.ts";

/** Rows of a table that are shown; the page with its scripts has more. */
const MOST_ROWS = 200;
/** Metrics of a comparison and of a batch that are shown. */
const MOST_METRICS = 6;

/** The output. */
export function outputHtml(output: CellOutput, cell: Pick<CellView, "id" | "name">, colors: SeriesColors): string {
  switch (output.type) {
    case "input":
      return inputHtml(output);
    case "scenario":
      return scenarioHtml(output);
    case "run":
      return runHtml(output, colors);
    case "batch":
      return batchHtml(output);
    case "conversation":
      return conversationHtml(output);
    case "compare":
      return compareHtml(output, colors);
    case "chart":
      return chartHtml(output, cell.name, colors);
    case "table":
      return tableHtml(output, cell.id ?? cell.name);
  }
}

function inputHtml({ label, value, standard }: InputOutput): string {
  const moved = value === standard ? "" : ` <span class="note">the file says ${valueHtml(standard)}</span>`;
  return `<p>${escapeMarkup(label)}: <span class="value">${valueHtml(value)}</span>${moved}</p>`;
}

function scenarioHtml({ base, name, domain, changes, summary }: ScenarioOutput): string {
  const head = [
    `<strong>${escapeMarkup(name)}</strong>`,
    ...(domain === null ? [] : [badge(domain, "plain")]),
    ...(base === null ? [] : [`<span class="note">from <code>${escapeMarkup(base)}</code></span>`]),
  ];
  const rows = changes.slice(0, MOST_ROWS).map(({ path, base, value }) => [
    `<code>${nameHtml(path)}</code>`,
    valueHtml(base),
    `<strong>${valueHtml(value)}</strong>`,
  ]);
  return `<p>${head.join(" ")}</p>
${summary === "" ? "" : `<p class="note">${escapeMarkup(summary)}</p>`}
${
    rows.length === 0
      ? ""
      : table(`What ${name} changes`, [{ name: "Path" }, { name: "Base" }, { name: "Here" }], rows) +
        cut(rows.length, changes.length, "differences")
  }`;
}

function runHtml(output: RunOutput, colors: SeriesColors): string {
  const { status, status_reason, turn, max_turns, watch, rows, parent, error } = output;
  const facts = [
    `turn ${readableNumber(turn)} of ${readableNumber(max_turns)}`,
    ...(status_reason === null ? [] : [escapeMarkup(status_reason)]),
    ...(parent === null ? [] : [`forked from <code>${escapeMarkup(parent.run_id)}</code> at turn ${parent.turn}`]),
  ];
  const failure = error === null
    ? ""
    : notice("bad", error.message, error.hint === undefined ? "" : `<p>${escapeMarkup(error.hint)}</p>`);
  const figures = watch.map((column) => {
    const lines = linesOf(rows, [column]);
    const title = column.replace(/^metric\./, "");
    const drawn = lines.some(({ points }) => points.some(([, y]) => y !== null));
    const room = { width: watch.length === 1 ? 920 : 470, height: watch.length === 1 ? 260 : 210 };
    return drawn
      ? figureHtml(title, chartSvg({ kind: "lines", lines, xLabel: "turn" }, `${title} by turn`, colors, room))
      : "";
  });
  return `<p>${badge(status, RUN_TONES[status] ?? "plain")} <span class="note">${facts.join(" · ")}</span></p>
${failure}
<div class="charts ${watch.length === 1 ? "full" : "half"}">${figures.join("\n")}</div>`;
}

const RUN_TONES: { readonly [status: string]: "good" | "warn" | "bad" } = {
  completed: "good",
  failed: "bad",
  cancelled: "warn",
  interrupted: "warn",
  paused: "warn",
};

function batchHtml({ batch, counts, rows, summary }: BatchOutput): string {
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
  const metrics = (summary?.metrics ?? []).slice(0, MOST_METRICS);
  const head = cellHeads(cells);
  const body = cells.slice(0, MOST_ROWS).map((cell) => [
    ...head.map(({ read }) => read(cell)),
    ...metrics.map(({ cells: found }) => {
      const own = found.find((each) => each.cell === cell.index);
      if (own === undefined || own.mean === null) return "–";
      const interval = own.low === null || own.high === null
        ? ""
        : ` <span class="note">${readableNumber(own.low)} to ${readableNumber(own.high)}</span>`;
      return `${readableNumber(own.mean)}${interval}`;
    }),
  ]);
  const columns: TableColumn[] = [
    ...head.map(({ name }) => ({ name })),
    ...metrics.map(({ name }) => ({ name, isNumber: true })),
  ];
  const failed = rows.filter(({ error }) => error !== undefined).slice(0, 5).map(({ n, error }) =>
    `<li>run ${n}: ${escapeMarkup(error!.message)}</li>`
  );
  const sentences = (summary?.sentences ?? []).slice(0, 8).map((sentence) => `<li>${escapeMarkup(sentence)}</li>`);
  return `<p>${badge(status, status === "completed" ? "good" : "warn")} <span class="note">${
    [
      `${parts.join(", ")} of ${count(counts.total, "run")}`,
      ...(reason === null ? [] : [escapeMarkup(reason)]),
      dollars(cost.usd),
    ]
      .join(" · ")
  }</span></p>
${sentences.length === 0 ? "" : `<ul class="sentences">${sentences.join("\n")}</ul>`}
${metrics.length === 0 ? "" : table("Means by cell", columns, body) + cut(body.length, cells.length, "cells")}
${failed.length === 0 ? "" : notice("bad", "Some runs have failed", `<ul>${failed.join("\n")}</ul>`)}`;
}

function compareHtml({ comparison, of }: CompareOutput, colors: SeriesColors): string {
  const { sentence, inputs, metrics, runs } = comparison;
  const labels = runs.map(({ label }, i) => of[i] ?? label);
  const rows = inputs.slice(0, MOST_ROWS).map(({ path, values }) => [
    `<code>${nameHtml(path)}</code>`,
    ...values.map((value) => valueHtml(value)),
  ]);
  const figures = metrics.slice(0, MOST_METRICS).map(({ name, series }) => {
    const lines = series.map(({ turns, values, low, high }, i) => ({
      name: labels[i]!,
      points: turns.map((turn, t) => [turn, values[t]!] as const),
      ...(low !== null && high !== null && {
        band: turns.flatMap((turn, t) =>
          low[t] === null || high[t] === null ? [] : [[turn, low[t]!, high[t]!] as const]
        ),
      }),
    }));
    const room = { width: metrics.length === 1 ? 920 : 470, height: metrics.length === 1 ? 300 : 230 };
    return figureHtml(name, chartSvg({ kind: "lines", lines, xLabel: "turn" }, `${name} by turn`, colors, room));
  });
  return `<p>${escapeMarkup(sentence)}</p>
<div class="charts ${metrics.length === 1 ? "full" : "half"}">${figures.join("\n")}</div>
${
    rows.length === 0
      ? ""
      : table("Inputs that differ", [{ name: "Input" }, ...labels.map((name) => ({ name }))], rows)
  }`;
}

function chartHtml({ spec, rows, summary }: ChartOutput, name: string, colors: SeriesColors): string {
  if (rows.length === 0) return `<p class="note">There are no rows to be drawn.</p>`;
  return figureHtml(spec.label ?? "", chartSvg({ kind: "spec", spec, rows }, summary || name, colors), summary);
}

function tableHtml({ columns, rows, truncated, ms }: TableOutput, name: string): string {
  if (columns.length === 0) return `<p class="note">The answer has no columns.</p>`;
  const isNumber = (i: number) => rows.some((row) => typeof row[i] === "number");
  const shown = rows.slice(0, MOST_ROWS).map((row) => row.map(valueHtml));
  const more = truncated || rows.length > shown.length
    ? `<p class="note">The first ${shown.length} of ${truncated ? "more than " : ""}${count(rows.length, "row")}.</p>`
    : `<p class="note">${count(rows.length, "row")} in ${readableSeconds(ms / 1000)}</p>`;
  return table(name, columns.map((column, i) => ({ name: column.name, isNumber: isNumber(i) })), shown) + more;
}

/** Columns that tell cells apart. */
function cellHeads(
  cells: BatchOutput["batch"]["cells"],
): { readonly name: string; read(cell: BatchOutput["batch"]["cells"][number]): string }[] {
  const names = [...new Set(cells.flatMap(({ params }) => Object.keys(params)))];
  const heads = [
    ...(cells.some(({ arm }) => arm !== null)
      ? [{ name: "Arm", read: ({ arm }: { arm: string | null }) => escapeMarkup(arm ?? "–") }]
      : []),
    ...names.map((name) => ({ name, read: ({ params }: { params: object }) => valueHtml(Reflect.get(params, name)) })),
  ];
  return heads.length > 0 ? heads : [{ name: "Cell", read: () => "all runs" }];
}

function cut(shown: number, all: number, what: string): string {
  return shown >= all ? "" : `<p class="note">The first ${shown} of ${readableNumber(all)} ${what}.</p>`;
}

/** A value of any kind in one line. */
export function valueHtml(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return readableNumber(value);
  if (typeof value === "bigint") return String(value);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return escapeMarkup(ellipsis(text, 300));
}
