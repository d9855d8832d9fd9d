/** A comparison, as HTML: what can be concluded, what went in, how it went, and where it parted. */

import { count, escapeMarkup, nameHtml, readableNumber, table } from "../../report/mod.ts";
import type { CompareOutput } from "../view.ts";
import { chartSvg, figureHtml, HALF, type SeriesColors, WIDE } from "./charts.ts";
import { cut, pathHtml, valueHtml } from "./values.ts";

/** Inputs, metrics, and decisions and events that are shown. */
const MOST_INPUTS = 200;
const MOST_METRICS = 6;
const MOST_DIFFERENCES = 30;

type Comparison = CompareOutput["comparison"];

/** The comparison. */
export function compareHtml({ comparison, of }: CompareOutput, colors: SeriesColors): string {
  const { sentence, inputs, more_inputs, runs, left_out, metrics } = comparison;
  const labels = runs.map(({ label }, i) => runs.length === of.length ? of[i]! : label);
  const rows = inputs.slice(0, MOST_INPUTS).map(({ path, values }) => [
    pathHtml(path),
    ...labels.map((_, i) => valueHtml(values[i])),
  ]);
  const columns = [{ name: "input" }, ...labels.map((name) => ({ name }))];
  return [
    `<p>${escapeMarkup(sentence)}</p>`,
    `<p class="note">${runs.map((run, i) => sideHtml(run, labels[i]!)).join(" · ")}</p>`,
    rows.length === 0
      ? `<p class="note">Nothing that went in differs.</p>`
      : table("Inputs that differ", columns, rows) + cut(rows.length, inputs.length + more_inputs, "differences"),
    figuresHtml(comparison, labels, colors),
    metrics.length > MOST_METRICS
      ? `<p class="note">The first ${MOST_METRICS} of ${count(metrics.length, "metric")}.</p>`
      : "",
    left_out.length === 0 ? "" : `<p class="note">Not in all of them: ${left_out.map(nameHtml).join(", ")}.</p>`,
    partingHtml(comparison, labels),
  ].filter((part) => part !== "").join("\n");
}

function sideHtml({ runs, excluded, turn }: Comparison["runs"][number], label: string): string {
  const out = excluded.void + excluded.failed + excluded.pending;
  const left = out === 0 ? "" : `, ${readableNumber(out)} left out`;
  return `<strong>${escapeMarkup(label)}</strong> ${count(runs, "run")}, to turn ${readableNumber(turn)}${left}`;
}

function figuresHtml({ metrics, parting }: Comparison, labels: readonly string[], colors: SeriesColors): string {
  // The metric in which they part is what they are about.
  const ordered = [...metrics].sort((a, b) => Number(b.name === parting?.metric) - Number(a.name === parting?.metric));
  const isAlone = ordered.length === 1;
  const room = isAlone ? WIDE : HALF;
  const figures = ordered.slice(0, MOST_METRICS).map(({ name, series }) => {
    const lines = series.map(({ turns, values, low, high }, i) => ({
      name: labels[i]!,
      points: turns.map((turn, t) => [turn, values[t]!] as const),
      ...(low !== null && high !== null && {
        band: turns.flatMap((turn, t) =>
          low[t] === null || high[t] === null ? [] : [[turn, low[t]!, high[t]!] as const]
        ),
      }),
    }));
    return figureHtml(name, chartSvg({ kind: "lines", lines, xLabel: "turn" }, `${name} by turn`, colors, room));
  });
  return figures.length === 0 ? "" : `<div class="charts ${isAlone ? "full" : "half"}">${figures.join("\n")}</div>`;
}

function partingHtml({ parting, at_parting }: Comparison, labels: readonly string[]): string {
  if (parting === null) return "";
  const [first, other] = parting.between;
  const beyond = parting.beyond === null ? "" : `, ${readableNumber(parting.beyond)} times the noise`;
  const head = `<p><strong>They part in turn ${readableNumber(parting.turn)}.</strong> ${nameHtml(parting.metric)}: ${
    escapeMarkup(labels[other] ?? "")
  } less ${escapeMarkup(labels[first] ?? "")} is ${readableNumber(parting.size)}${beyond}.</p>`;
  if (at_parting === null) return head;
  const { decisions, events } = at_parting;
  const columns = (first: string) => [{ name: first }, ...labels.map((name) => ({ name }))];
  const decided = decisions.slice(0, MOST_DIFFERENCES).map(({ agent, values }) => [
    escapeMarkup(agent),
    ...labels.map((_, i) => valueHtml(values[i])),
  ]);
  const happened = events.slice(0, MOST_DIFFERENCES).map(({ type, agent, what, sides }) => [
    escapeMarkup(agent === null ? type : `${type} ${agent}`),
    ...labels.map((_, i) => sides.includes(i) ? valueHtml(what) : "–"),
  ]);
  return [
    head,
    decided.length === 0 ? "" : table("Decisions in that turn", columns("decision of"), decided),
    happened.length === 0 ? "" : table("Events in that turn", columns("event"), happened),
  ].filter((part) => part !== "").join("\n");
}
