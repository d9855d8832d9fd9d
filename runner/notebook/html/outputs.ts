/** What cells show, as HTML. */

import { badge, count, escapeMarkup, notice, readableNumber, readableSeconds, table } from "../../report/mod.ts";
import { linesOf } from "../chart/lines.ts";
import type {
  CellOutput,
  CellView,
  ChartOutput,
  InputOutput,
  RunOutput,
  ScenarioOutput,
  TableOutput,
} from "../view.ts";
import { batchHtml } from "./batch.ts";
import { chartSvg, figureHtml, HALF, type SeriesColors, WIDE } from "./charts.ts";
import { compareHtml } from "./compare.ts";
import { conversationHtml } from "./conversation.ts";
import { cut, pathHtml, valueHtml } from "./values.ts";

/** Rows of a table that are shown; the page with its scripts has more. */
const MOST_ROWS = 200;

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
    pathHtml(path),
    valueHtml(base),
    `<strong>${valueHtml(value)}</strong>`,
  ]);
  return `<p>${head.join(" ")}</p>
${summary === "" ? "" : `<p class="note">${escapeMarkup(summary)}</p>`}
${
    rows.length === 0
      ? ""
      : table(`What ${name} changes`, [{ name: "path" }, { name: "base" }, { name: "here" }], rows) +
        cut(rows.length, changes.length, "differences")
  }`;
}

function runHtml(output: RunOutput, colors: SeriesColors): string {
  const { status, status_reason, turn, max_turns, seconds, watch, rows, parent, error, log } = output;
  const facts = [
    `turn ${readableNumber(turn)} of ${readableNumber(max_turns)}`,
    ...(status_reason === null ? [] : [escapeMarkup(status_reason)]),
    ...(seconds === null || seconds === undefined ? [] : [readableSeconds(seconds)]),
    ...(parent === null ? [] : [`forked from <code>${escapeMarkup(parent.run_id)}</code> at turn ${parent.turn}`]),
  ];
  const failure = error === null
    ? ""
    : notice("bad", error.message, error.hint === undefined ? "" : `<p>${escapeMarkup(error.hint)}</p>`);
  const figures = watch.map((column) => {
    const lines = linesOf(rows, [column]);
    const title = column.replace(/^metric\./, "");
    const drawn = lines.some(({ points }) => points.some(([, y]) => y !== null));
    const room = watch.length === 1 ? WIDE : HALF;
    return drawn
      ? figureHtml(title, chartSvg({ kind: "lines", lines, xLabel: "turn" }, `${title} by turn`, colors, room))
      : "";
  });
  return `<p>${badge(status, RUN_TONES[status] ?? "plain")} <span class="note">${facts.join(" · ")}</span></p>
${failure}
${log.length === 0 ? "" : `<ul class="sentences">${log.map((line) => `<li>${escapeMarkup(line)}</li>`).join("")}</ul>`}
${
    figures.length === 0
      ? ""
      : `<div class="charts ${watch.length === 1 ? "full" : "half"}">${figures.join("\n")}</div>`
  }`;
}

const RUN_TONES: { readonly [status: string]: "good" | "warn" | "bad" } = {
  completed: "good",
  failed: "bad",
  cancelled: "warn",
  interrupted: "warn",
  paused: "warn",
};

function chartHtml({ spec, rows, summary }: ChartOutput, name: string, colors: SeriesColors): string {
  if (rows.length === 0) return `<p class="note">There are no rows to be drawn.</p>`;
  // What it is called stands above it, and need not stand at its axis as well.
  const { label, ...drawn } = spec;
  return figureHtml(label ?? "", chartSvg({ kind: "spec", spec: drawn, rows }, summary || name, colors, WIDE), summary);
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
