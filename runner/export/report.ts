/** A run as one HTML page that needs nothing else. */

import { isOfflineModel, modelLabel } from "../offline_label.ts";
import type { Json, JsonObject } from "../../framework/mod.ts";
import { alignedSvgs, chartTitle } from "./charts.ts";
import {
  badge,
  count,
  dollars,
  ellipsis,
  escapeMarkup,
  fact,
  nameHtml,
  notice,
  readableNumber,
  readableSeconds,
  REPORT_CSS,
  shortTime,
  type Tone,
} from "../report/mod.ts";
import {
  endReason,
  type ExportManifest,
  finalPopulations,
  finalState,
  type Row,
  type RunExport,
  runSeconds,
} from "./run.ts";
import { type Chart, type ChartChoice, chooseCharts } from "./series.ts";

/** Rows of the table of agents, at most; the rest is in the CSV export. */
const MAX_AGENT_ROWS = 200;

/**
 * The run as a self-contained HTML document: no scripts, no requests (its content security policy forbids both), light or
 * dark as the reader's system, fit for print. Whatever comes from the run is escaped.
 */
export function toHtml(run: RunExport): string {
  const { simulation } = run.scenario;
  const title = escapeMarkup(simulation.name);
  const choice = chooseCharts(run);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title} · ${escapeMarkup(run.manifest.run_id)}</title>
<style>${REPORT_CSS}</style>
</head>
<body>
<main>
${header(run)}
${notices(run)}
${facts(run)}
${chartSections(run, choice)}
${worldSection(run)}
${agentsSection(run)}
${eventsSection(run)}
${historySection(run.manifest)}
${scenarioSection(run)}
</main>
<footer>${footer(run.manifest)}</footer>
</body>
</html>
`;
}

function header(run: RunExport): string {
  const { manifest, scenario } = run;
  const { name, description } = scenario.simulation;
  const validity = manifest.validity.state;
  const labels = Object.entries(manifest.labels ?? {}).map(([label, value]) =>
    badge(value === true || value === "" ? label : `${label}: ${String(value)}`, "plain")
  );
  return `<header>
<p class="eyebrow">${escapeMarkup(manifest.repo)} simulation</p>
<h1>${escapeMarkup(name)}</h1>
${description === "" ? "" : `<p class="lead">${escapeMarkup(description)}</p>`}
<p class="badges">${badge(manifest.status, STATUS_TONE[manifest.status] ?? "plain")}
${badge(validity, validity === "valid" ? "good" : validity === "degraded" ? "warn" : "bad")}
${labels.join("\n")}</p>
<p class="run-id"><code>${escapeMarkup(manifest.run_id)}</code></p>
</header>`;
}

const STATUS_TONE: { readonly [status: string]: Tone } = {
  completed: "good",
  failed: "bad",
  cancelled: "warn",
  interrupted: "warn",
  paused: "warn",
};

/** What a reader must know before believing the numbers. */
function notices(run: RunExport): string {
  const { validity, error } = run.manifest;
  const parts: string[] = [];
  if (validity.state !== "valid") {
    const meaning = validity.state === "void"
      ? "This run is void: its numbers say nothing about the scenario."
      : `This run is ${validity.state}: some decisions were not made by the agents themselves.`;
    const reasons = validity.reasons.map((reason) => `<li>${escapeMarkup(reason)}</li>`).join("");
    parts.push(
      notice(validity.state === "void" ? "bad" : "warn", meaning, reasons === "" ? "" : `<ul>${reasons}</ul>`),
    );
  }
  if ((run.manifest.models ?? []).some(isOfflineModel)) {
    const meaning = "No language model took part where the offline provider answered: it answers by rule.";
    parts.push(notice("warn", meaning, ""));
  }
  if (error !== undefined) {
    const place = [
      ...(error.turn === undefined ? [] : [`turn ${error.turn}`]),
      ...(error.agent === undefined ? [] : [`agent ${error.agent}`]),
    ].join(", ");
    const where = place === "" ? "" : ` in ${place}`;
    const hint = error.hint === undefined ? "" : `<p>${escapeMarkup(error.hint)}</p>`;
    const code = `<p><code>${escapeMarkup(error.code)}</code></p>`;
    parts.push(notice("bad", `The run failed${where}: ${error.message}`, hint + code));
  }
  return parts.join("\n");
}

function facts(run: RunExport): string {
  const { manifest } = run;
  const seconds = runSeconds(manifest);
  const { cost } = manifest;
  const agents = finalState(run).agents.length;
  const populations = finalPopulations(run).map(([name, size]) => `${escapeMarkup(name)}: ${readableNumber(size)}`);
  const calls = `${count(cost.calls, "model call")}${cost.reused_calls > 0 ? `, ${cost.reused_calls} reused` : ""}`;
  const tokens = `${readableNumber(cost.input_tokens)} in, ${readableNumber(cost.output_tokens)} out`;
  const models = (manifest.models ?? []).map(modelLabel).map(escapeMarkup).join(", ");
  const rate = seconds === null || seconds === 0
    ? ""
    : `${readableNumber(Number((manifest.turn / seconds).toPrecision(3)))} turns/s`;
  const reason = endReason(run);
  return `<dl class="facts">
${fact("Turns", `${readableNumber(manifest.turn)} <small>of ${readableNumber(manifest.max_turns)}</small>`)}
${fact("Ended because", reason === null ? "–" : escapeMarkup(reason), "wide")}
${fact("Agents", readableNumber(agents), "", populations.join("<br>"))}
${fact("Seed", `${manifest.seed}${manifest.sample === 0 ? "" : ` <small>sample ${manifest.sample}</small>`}`)}
${fact("Running time", seconds === null ? "–" : readableSeconds(seconds), "", rate)}
${
    cost.calls === 0
      ? fact("Cost", "$0", "", "no model calls")
      : fact("Cost", dollars(cost.usd), "", `${calls}<br>tokens: ${tokens}${models === "" ? "" : `<br>${models}`}`)
  }
${
    manifest.parent === undefined ? "" : fact(
      "Forked from",
      `<code>${escapeMarkup(manifest.parent.run_id)}</code>`,
      "wide",
      `at turn ${manifest.parent.turn}`,
    )
  }
</dl>`;
}

function chartSections(run: RunExport, { charts, constants, omitted }: ChartChoice): string {
  const section = (key: Chart["section"], heading: string) => {
    const own = charts.filter((chart) => chart.section === key);
    if (own.length === 0) return "";
    const width = key === "agents" ? 960 : 470;
    const svgs = alignedSvgs(own, {
      width,
      height: key === "agents" ? 280 : 210,
      colors: "css",
      drawTitle: false,
      marks: run.events.marks,
    });
    const figures = own.map((chart, i) => figure(chart, svgs[i]!)).join("\n");
    return `<section><h2>${heading}</h2><div class="charts ${
      key === "agents" ? "full" : "half"
    }">\n${figures}\n</div></section>`;
  };
  const marks = run.events.marks.map((mark) => `<li>turn ${mark.turn}: ${escapeMarkup(mark.label)}</li>`).join("");
  const notes = [
    ...(marks === "" ? [] : [`<div class="marks"><p>Dashed vertical lines:</p><ul>${marks}</ul></div>`]),
    ...(constants.length === 0
      ? []
      : [`<p class="note">Unchanged throughout: ${
        constants.map(({ name, value }) => `<code>${escapeMarkup(name)}</code> ${readableNumber(value)}`).join(", ")
      }.</p>`]),
    ...(omitted.length === 0
      ? []
      : [`<p class="note">Not drawn, for brevity: ${
        omitted.map((name) => `<code>${escapeMarkup(name)}</code>`).join(", ")
      }.</p>`]),
  ];
  const body = [
    section("metrics", "Metrics"),
    section("world", "World"),
    section("agents", "Agents"),
  ].filter((part) => part !== "");
  if (body.length === 0) {
    body.push(`<section><h2>Charts</h2><p>This run recorded no numbers that change.</p></section>`);
  }
  return [...body, ...notes].join("\n");
}

function figure(chart: Chart, svg: string): string {
  const about = [
    ...(chart.description === undefined ? [] : [escapeMarkup(chart.description)]),
    ...(chart.band === undefined
      ? []
      : [`median and 10th to 90th percentile of ${readableNumber(chart.agents ?? 0)} agents`]),
  ].join("; ");
  return `<figure><figcaption><strong>${escapeMarkup(chartTitle(chart))}</strong>${
    about === "" ? "" : `<span class="note">${about}</span>`
  }</figcaption>
${svg}</figure>`;
}

function worldSection(run: RunExport): string {
  const state = finalState(run).global;
  const last = run.global.at(-1) ?? {};
  const metrics = Object.keys(last).filter((key) => key.startsWith("metric."));
  const names = [...metrics, ...Object.keys(state).filter((key) => key !== "turn" && !key.startsWith("metric."))];
  if (names.length === 0) return "";
  const rows = names.map((name) => {
    const final = state[name] ?? last[name] ?? null;
    const values = run.global.flatMap((row) => typeof row[name] === "number" ? [row[name]] : []);
    const first = run.global[0]?.[name];
    const label = `<th scope="row">${nameHtml(name.replace(/^metric\./, ""))}${
      name.startsWith("metric.") ? ` <span class="note">metric</span>` : ""
    }</th>`;
    if (typeof final !== "number" || values.length === 0) {
      return `<tr>${label}${cell(first, "", true)}${
        cell(final, "", true)
      }<td class="num">–</td><td class="num">–</td><td class="num">–</td></tr>`;
    }
    const [low, high] = range(values);
    return `<tr>${label}${cell(first, "", true)}${cell(final, "strong")}${changeCell(first, final)}${cell(low)}${
      cell(high)
    }</tr>`;
  });
  return `<section><h2>Final state of the world</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Final state of the world"><table>
<thead><tr><th scope="col">Variable</th><th scope="col" class="num">First</th><th scope="col" class="num">Final</th>\
<th scope="col" class="num">Change</th><th scope="col" class="num">Lowest</th><th scope="col" class="num">Highest</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table></div></section>`;
}

function agentsSection(run: RunExport): string {
  const { agents } = finalState(run);
  if (agents.length === 0) return "";
  const shown = agents.slice(0, MAX_AGENT_ROWS);
  const columns = [...new Set(shown.flatMap((agent) => Object.keys(agent)))].filter((column) => column !== "name");
  const isNumber = (column: string) => shown.some((agent) => typeof agent[column] === "number");
  const head = columns.map((column) =>
    `<th scope="col"${isNumber(column) ? ` class="num"` : ""}>${nameHtml(column)}</th>`
  ).join("");
  const body = shown.map((agent) =>
    `<tr><th scope="row">${escapeMarkup(String(agent.name ?? ""))}</th>${
      columns.map((column) => cell(agent[column], "", isNumber(column))).join("")
    }</tr>`
  );
  const rest = agents.length > shown.length
    ? `<p class="note">The first ${shown.length} of ${
      readableNumber(agents.length)
    } agents; all are in the run's files.</p>`
    : "";
  return `<section><h2>Final state of the agents</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Final state of the agents"><table>
<thead><tr><th scope="col">Agent</th>${head}</tr></thead>
<tbody>${body.join("\n")}</tbody></table></div>${rest}</section>`;
}

function eventsSection({ events }: RunExport): string {
  const most = Math.max(1, ...Object.values(events.counts));
  const rows = Object.entries(events.counts).map(([type, n]) =>
    `<tr><th scope="row">${escapeMarkup(type)}</th><td class="num">${n.toLocaleString("en-US")}</td>\
<td class="bar"><span style="width:${(n / most * 100).toFixed(1)}%"></span></td></tr>`
  );
  if (rows.length === 0) return `<section><h2>Events</h2><p class="note">No events were recorded.</p></section>`;
  const last = events.last.map((event) =>
    `<tr><td class="num">${escapeMarkup(text(event.id))}</td><td class="num">${
      escapeMarkup(text(event.turn_number))
    }</td>\
<td>${escapeMarkup(text(event.event_type))}</td><td>${escapeMarkup(text(event.agent_id))}</td>\
<td class="what">${escapeMarkup(eventText(event))}</td></tr>`
  );
  return `<section><h2>Events</h2>
<table class="counts"><thead><tr><th scope="col">Type</th><th scope="col" class="num">Number</th><th scope="col">\
<span class="hidden">Share</span></th></tr></thead><tbody>${rows.join("\n")}</tbody></table>
${
    last.length === 0
      ? ""
      : `<details><summary>The last ${last.length} of ${readableNumber(events.total)} events</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Last events"><table class="small"><thead><tr>\
<th scope="col" class="num">Id</th><th scope="col" class="num">Turn</th><th scope="col">Type</th><th scope="col">Agent</th>\
<th scope="col">What</th></tr></thead><tbody>${last.join("\n")}</tbody></table></div></details>`
  }</section>`;
}

function eventText(event: JsonObject): string {
  const description = typeof event.description === "string" ? event.description : "";
  const details = event.details === undefined ? "" : JSON.stringify(event.details);
  return ellipsis([description, details].filter((part) => part !== "").join("  "), 240);
}

function historySection(manifest: ExportManifest): string {
  if (manifest.history.length === 0) return "";
  const entries = manifest.history.map((entry) =>
    `<li><time datetime="${escapeMarkup(entry.at)}">${escapeMarkup(shortTime(entry.at))}</time>\
<span class="state"><strong>${escapeMarkup(entry.status)}</strong> <span class="note">at turn ${entry.turn}${
      entry.reason === undefined ? "" : ` · ${escapeMarkup(entry.reason)}`
    }</span></span></li>`
  );
  return `<section><h2>History</h2><ol class="history">${entries.join("\n")}</ol></section>`;
}

function scenarioSection(run: RunExport): string {
  return `<section><h2>Scenario</h2><details><summary>scenario.yaml as given</summary>
<pre tabindex="0">${escapeMarkup(run.scenario_text)}</pre></details></section>`;
}

function footer(manifest: ExportManifest): string {
  return [
    `Created ${escapeMarkup(shortTime(manifest.created_at))} UTC`,
    ...(manifest.engine_version === undefined ? [] : [`llm-sim ${escapeMarkup(manifest.engine_version)}`]),
    ...(manifest.content_key === undefined
      ? []
      : [`content key <code>${escapeMarkup(manifest.content_key.slice(0, 16))}</code>`]),
  ].join(" · ");
}

/** A table cell: numbers right-aligned, lists and maps as JSON text. */
function cell(value: Json | undefined, className = "", number = typeof value === "number"): string {
  const classes = [...(number ? ["num"] : []), ...(className === "" ? [] : [className])].join(" ");
  const content = typeof value === "number" ? readableNumber(value) : escapeMarkup(ellipsis(text(value) || "–", 120));
  return `<td${classes === "" ? "" : ` class="${classes}"`}>${content}</td>`;
}

function changeCell(first: Row[string] | undefined, final: number): string {
  if (typeof first !== "number") return `<td class="num">–</td>`;
  const change = final - first;
  if (change === 0) return `<td class="num muted">0</td>`;
  const sign = change > 0 ? "+" : "";
  const share = first === 0 ? NaN : change / Math.abs(first) * 100;
  const percent = Number.isFinite(share) && Math.abs(share) < 1e4
    ? ` <span class="note">${sign}${readableNumber(Number(share.toPrecision(3)))} %</span>`
    : "";
  return `<td class="num">${sign}${readableNumber(change)}${percent}</td>`;
}

function text(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function range(values: readonly number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return [low, high];
}
