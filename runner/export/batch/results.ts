/** What came out of a batch, as HTML: results, comparisons, courses over turns. */

import {
  type BatchCell,
  type BatchSummary,
  type CellComparison,
  cellName,
  type MetricSummary,
} from "../../batch/mod.ts";
import type { Json } from "../../../framework/mod.ts";
import { count, ellipsis, escapeMarkup, nameHtml, readableNumber, table, type TableColumn } from "../../report/mod.ts";
import type { BatchExport } from "./batch.ts";
import { type Figure, metricFigures, type Shape, shapeOf, trajectoryFigure } from "./figures.ts";
import { evenly } from "./read.ts";

/** Metrics that are shown, at most; the rest is in the table of runs. */
const MAX_METRICS = 12;
/** Rows of a table of cells or comparisons, at most. */
export const MAX_ROWS = 100;
/** A longer table is folded. */
const MAX_OPEN_ROWS = 20;
const MAX_SENTENCES = 6;

/** What can be said at all, in sentences. */
export function conclusions({ summary }: BatchExport): string {
  if (summary.sentences.length === 0) return "";
  const sentences = summary.sentences.map((sentence) => `<li>${escapeMarkup(sentence)}</li>`);
  return `<section><h2>What can be concluded</h2><ul class="sentences">${sentences.join("\n")}</ul></section>`;
}

/** A section for each metric. */
export function results({ view, summary }: BatchExport): string {
  if (!summary.metrics.some(({ cells }) => cells.some(({ n }) => n > 0))) {
    return `<section><h2>Results</h2><p>There are no results: no run has ended with a number.</p></section>`;
  }
  const shape = shapeOf(view);
  const shown = summary.metrics.slice(0, MAX_METRICS).map((metric) => metricPart(metric, view.cells, shape));
  const rest = summary.metrics.slice(MAX_METRICS).map(({ name }) => nameHtml(name));
  const more = rest.length === 0
    ? ""
    : `<p class="note">Not shown, for brevity: ${rest.slice(0, 50).map((name) => `<code>${name}</code>`).join(", ")}${
      rest.length > 50 ? " and more" : ""
    }. The exports as CSV and Parquet have all; <code>metrics</code> in the batch's file names what is looked at.</p>`;
  return `<section><h2>Results</h2>\n${intervalNote(summary)}${shown.join("\n")}\n${more}</section>`;
}

/** Why a difference can be told where intervals overlap. */
function intervalNote({ metrics }: BatchSummary): string {
  if (!metrics.some(({ comparisons }) => comparisons.some(({ pairs }) => pairs > 0))) return "";
  return `<p class="intro">Intervals are of the mean of each cell by itself. Comparisons are made seed by seed, for all cells have the \
same seeds: they can tell cells apart whose intervals overlap.</p>\n`;
}

/** Some metrics turn by turn. */
export function courses({ view, trajectories }: BatchExport): string {
  if (trajectories.length === 0) return "";
  const figures = trajectories.map((trajectory) => figureHtml(trajectoryFigure(trajectory, view.cells)));
  return `<section><h2>Turn by turn</h2><div class="charts full">${figures.join("\n")}</div></section>`;
}

/** Columns for arm and parameters. */
export function cellColumns(cells: readonly BatchCell[]): TableColumn[] {
  const names = paramNames(cells);
  const isNumber = (name: string) => cells.every(({ params }) => typeof params[name] === "number");
  const columns = [
    ...(cells.some(({ arm }) => arm !== null) ? [{ name: "Arm" }] : []),
    ...names.map((name) => ({ name, isNumber: isNumber(name) })),
  ];
  return columns.length === 0 ? [{ name: "Cell" }] : columns;
}

/** What stands in them. */
export function cellValues(cell: BatchCell, cells: readonly BatchCell[]): string[] {
  const values = [
    ...(cells.some(({ arm }) => arm !== null) ? [escapeMarkup(cell.arm ?? "–")] : []),
    ...paramNames(cells).map((name) => Object.hasOwn(cell.params, name) ? valueHtml(cell.params[name]!) : "–"),
  ];
  return values.length === 0 ? [escapeMarkup(cellName(cell))] : values;
}

/** A value of a scenario, shortened where it is long. */
export function valueHtml(value: Json): string {
  if (typeof value === "number") return readableNumber(value);
  return escapeMarkup(ellipsis(typeof value === "string" ? value : JSON.stringify(value), 120));
}

/** That a table does not show everything; empty when it does. */
export function cut(shown: number, all: number, what: string): string {
  if (shown >= all) return "";
  return `<p class="note">${shown.toLocaleString("en-US")} of ${all.toLocaleString("en-US")} ${what}.</p>`;
}

function paramNames(cells: readonly BatchCell[]): string[] {
  return [...new Set(cells.flatMap(({ params }) => Object.keys(params)))];
}

function metricPart(metric: MetricSummary, cells: readonly BatchCell[], shape: Shape): string {
  const figures = metricFigures(metric, cells, shape).map(figureHtml);
  const parts = [
    `<h3>${nameHtml(metric.name)}</h3>`,
    figures.length === 0
      ? `<p class="note">No run has ended with a value.</p>`
      : `<div class="charts full">${figures.join("\n")}</div>`,
    sentences(metric.comparisons),
    figures.length === 0 ? "" : cellTable(metric, cells),
    comparisonTable(metric, cells),
    noise(metric),
    sensitivity(metric),
  ];
  return `<article class="metric">${parts.filter((part) => part !== "").join("\n")}</article>`;
}

function figureHtml({ caption, note, svg }: Figure): string {
  return `<figure><figcaption><strong>${escapeMarkup(caption)}</strong><span class="note">${
    escapeMarkup(note)
  }</span></figcaption>
${svg}</figure>`;
}

function cellTable({ name, cells: summaries }: MetricSummary, cells: readonly BatchCell[]): string {
  const isSampled = summaries.some(({ n, runs }) => n !== runs);
  const numbers = [
    "Seeds",
    ...(isSampled ? ["Runs"] : []),
    "Mean",
    "95 % interval",
    "SD",
    "Median",
    "Lowest",
    "Highest",
  ];
  const shown = evenly(summaries, MAX_ROWS);
  const rows = shown.map(({ cell, n, runs, mean, low, high, sd, median, min, max }) => [
    ...cellValues(cells[cell]!, cells),
    n.toLocaleString("en-US"),
    ...(isSampled ? [runs.toLocaleString("en-US")] : []),
    `<strong>${numberHtml(mean)}</strong>`,
    intervalHtml(low, high),
    ...[sd, median, min, max].map(numberHtml),
  ]);
  const columns = [...cellColumns(cells), ...numbers.map((name) => ({ name, isNumber: true }))];
  const missing = summaries.reduce((sum, { missing }) => sum + missing, 0);
  const lacking = missing === 0 ? "" : `<p class="note">${count(missing, "run")} ended without a value.</p>`;
  const whole = table(`${name} by cell`, columns, rows) +
    cut(shown.length, summaries.length, "cells, evenly chosen; the exports as CSV and Parquet have all runs") + lacking;
  return rows.length <= MAX_OPEN_ROWS
    ? whole
    : `<details><summary>Table of ${count(summaries.length, "cell")}</summary>${whole}</details>`;
}

function sentences(comparisons: readonly CellComparison[]): string {
  const shown = comparisons.filter(({ sentence }) => sentence !== "").slice(0, MAX_SENTENCES);
  if (shown.length === 0) return "";
  const rest = comparisons.length - shown.length;
  const more = rest > 0 ? `<li class="more">and ${count(rest, "further comparison")}, in the table</li>` : "";
  return `<ul class="sentences">${
    shown.map(({ sentence }) => `<li>${escapeMarkup(sentence)}</li>`).join("\n")
  }${more}</ul>`;
}

function comparisonTable({ name, comparisons }: MetricSummary, cells: readonly BatchCell[]): string {
  if (comparisons.length === 0) return "";
  const label = (index: number) => escapeMarkup(cellName(cells[index]!));
  const rows = comparisons.map(({ a, b, pairs, difference, p, p_adjusted, effect, above_noise }) => [
    `${label(a)} <span class="note">less</span> ${label(b)}`,
    pairs === 0 ? "not paired" : pairs.toLocaleString("en-US"),
    numberHtml(difference.estimate),
    intervalHtml(difference.low, difference.high),
    chanceHtml(p),
    chanceHtml(p_adjusted),
    numberHtml(effect),
    above_noise === null ? "–" : above_noise ? "yes" : "no",
  ]);
  const columns = ["Pairs", "Difference", "95 % interval", "p", "p corrected", "Effect size", "Above noise"];
  return `<details><summary>${count(comparisons.length, "comparison")}, seed by seed</summary>${
    table(
      `Comparisons of ${name}`,
      [{ name: "Difference of" }, ...columns.map((name) => ({ name, isNumber: true }))],
      rows,
    )
  }</details>`;
}

function noise({ noise }: MetricSummary): string {
  if (noise === null) return "";
  const parts = ([
    ["standard deviation from seed to seed", noise.seed_sd],
    ["standard deviation from sample to sample", noise.sample_sd],
    ["differences smaller than about this cannot be told", noise.floor],
  ] as const).flatMap(([what, value]) => value === null ? [] : [`${what}: ${readableNumber(value)}`]);
  return parts.length === 0 ? "" : `<p class="note">Noise: ${parts.join("; ")}.</p>`;
}

function sensitivity({ name, sensitivity }: MetricSummary): string {
  if (sensitivity === null || sensitivity.length === 0) return "";
  const rows = sensitivity.slice(0, MAX_ROWS).map(({ param, rho, low, high, p, n }) => [
    nameHtml(param),
    numberHtml(rho),
    intervalHtml(low, high),
    chanceHtml(p),
    n.toLocaleString("en-US"),
  ]);
  const columns = ["Rank correlation", "95 % interval", "p", "Cells"].map((name) => ({ name, isNumber: true }));
  return `<details><summary>How it follows the parameters</summary>${
    table(`Sensitivity of ${name}`, [{ name: "Parameter" }, ...columns], rows)
  }</details>`;
}

function numberHtml(value: number | null): string {
  return value === null ? "–" : readableNumber(value);
}

function intervalHtml(low: number | null, high: number | null): string {
  return low === null || high === null ? "–" : `${readableNumber(low)} to ${readableNumber(high)}`;
}

/** A probability as journals print it. */
function chanceHtml(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "&lt; 0.001" : p.toFixed(3);
}
