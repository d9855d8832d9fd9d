/** A batch as one HTML page that needs nothing else. */

import type { BatchSpec, BatchView } from "../../batch/mod.ts";
import { isOfflineModel } from "../../offline_label.ts";
import {
  badge,
  count,
  dollars,
  escapeMarkup,
  fact,
  nameHtml,
  notice,
  readableNumber,
  readableSeconds,
  REPORT_CSS,
  shortTime,
  table,
  type Tone,
} from "../../report/mod.ts";
import type { BatchExport } from "./batch.ts";
import { costs, failures, provenance, reproduction, seedsText } from "./provenance.ts";
import { conclusions, courses, cut, MAX_ROWS, results, valueHtml } from "./results.ts";

const BATCH_CSS = `
h3{font-size:1.0625rem;line-height:1.3;margin:0 0 12px;font-weight:650;overflow-wrap:anywhere}
.intro{margin-bottom:24px;max-width:76ch}
.metric{margin-top:40px}
.metric:first-of-type{margin-top:0}
.metric .scroll,.metric .sentences{margin-top:16px}
.sentences{margin:0;padding-left:20px;max-width:76ch;overflow-wrap:anywhere}
.sentences li+li{margin-top:4px}
.sentences .more{list-style:none;color:var(--muted)}
.design .scroll+.scroll,.facts-text,pre+pre{margin-top:16px}
.facts-text p+p{margin-top:6px}
section>p+pre,section>p+.scroll{margin-top:12px}
td .note{white-space:nowrap}
`;

/**
 * The batch as a self-contained HTML document: no scripts, no requests (its content security policy forbids both), light or
 * dark as the reader's system, fit for print. Whatever comes from the batch is escaped; tables and charts are capped, so
 * that a batch of a thousand cells is still a page.
 */
export function batchHtml(batch: BatchExport): string {
  const { view } = batch;
  const sections = [
    header(view),
    notices(batch),
    facts(batch),
    conclusions(batch),
    design(view),
    results(batch),
    courses(batch),
    failures(batch),
    costs(batch),
    provenance(batch),
    reproduction(batch),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(view.name)} · ${escapeMarkup(view.id)}</title>
<style>${REPORT_CSS}${BATCH_CSS}</style>
</head>
<body>
<main>
${sections.filter((section) => section !== "").join("\n")}
</main>
<footer>Created ${escapeMarkup(shortTime(view.created_at))} UTC · batch <code>${escapeMarkup(view.id)}</code></footer>
</body>
</html>
`;
}

const STATUS_TONE: { readonly [status in BatchView["status"]]: Tone } = {
  planned: "plain",
  running: "warn",
  paused: "warn",
  completed: "good",
  cancelled: "warn",
};

function header({ name, id, spec, status, runs }: BatchView): string {
  const counts = ([
    ["void", runs.void, "bad"],
    ["failed", runs.failed, "bad"],
    ["cancelled", runs.cancelled, "warn"],
    ["running", runs.running, "warn"],
    ["pending", runs.pending, "plain"],
    ["reused", runs.reused, "plain"],
  ] as const).filter(([, n]) => n > 0).map(([what, n, tone]) => badge(`${n.toLocaleString("en-US")} ${what}`, tone));
  return `<header>
<p class="eyebrow">Batch of simulations</p>
<h1>${escapeMarkup(name)}</h1>
${spec.description === undefined ? "" : `<p class="lead">${escapeMarkup(spec.description)}</p>`}
<p class="badges">${badge(status, STATUS_TONE[status])}
${counts.join("\n")}</p>
<p class="run-id"><code>${escapeMarkup(id)}</code></p>
</header>`;
}

/** What a reader must know before believing the numbers. */
function notices({ view, summary, facts }: BatchExport): string {
  const { runs, status, reason } = view;
  const parts: string[] = [];
  const why = reason === null ? "" : `<p>${escapeMarkup(reason)}</p>`;
  const left = runs.pending + runs.running;
  if (left > 0) {
    const word = left === 1 ? "has" : "have";
    parts.push(
      notice(
        "warn",
        `The batch is ${status}: ${count(left, "run")} of ${
          runs.total.toLocaleString("en-US")
        } ${word} not come to an end.`,
        why,
      ),
    );
  }
  if (runs.total > 0 && runs.failed === runs.total) parts.push(notice("bad", "No run has succeeded.", ""));
  if (runs.void > 0) {
    const text = `${count(runs.void, "run")} of ${runs.total.toLocaleString("en-US")} ${
      runs.void === 1 ? "is" : "are"
    } void and left out of all results.`;
    parts.push(notice("warn", text, ""));
  }
  if (summary.deterministic && runs.completed > 0) {
    const text = "Deterministic: seeds change nothing here, so there is one result a cell and no interval.";
    parts.push(notice("plain", text, ""));
  }
  if ([...facts.values()].some(({ models }) => models.some(isOfflineModel))) {
    const text = "No language model took part where the offline provider answered: it answers by rule.";
    parts.push(notice("warn", text, ""));
  }
  return parts.join("\n");
}

function facts({ view, rows, summary }: BatchExport): string {
  const { cells, seeds, samples, runs, cost, eta_seconds } = view;
  const arms = new Set(cells.map(({ arm }) => arm)).size;
  const played = rows.filter(({ reused, seconds }) => !reused && seconds !== null);
  const seconds = played.reduce((sum, row) => sum + row.seconds!, 0);
  const { excluded } = summary;
  const counted = runs.completed - runs.void;
  const leftOut = [
    ...(excluded.void > 0 ? [`${excluded.void.toLocaleString("en-US")} void`] : []),
    ...(excluded.failed > 0 ? [`${excluded.failed.toLocaleString("en-US")} failed`] : []),
    ...(excluded.pending > 0 ? [`${excluded.pending.toLocaleString("en-US")} pending`] : []),
  ];
  const eta = eta_seconds === null || eta_seconds === 0 ? "" : `about ${readableSeconds(eta_seconds)} left`;
  return `<dl class="facts">
${
    fact(
      "Runs that count",
      `${readableNumber(counted)} <small>of ${readableNumber(runs.total)}</small>`,
      "",
      leftOut.join("<br>"),
    )
  }
${fact("Cells", readableNumber(cells.length), "", arms > 1 ? count(arms, "arm") : "")}
${
    fact(
      "Runs a cell",
      readableNumber(seeds.length * samples),
      "",
      `${count(seeds.length, "seed")} × ${count(samples, "sample")}`,
    )
  }
${fact("Metrics", readableNumber(summary.metrics.length))}
${
    fact(
      "Running time",
      played.length === 0 ? "–" : readableSeconds(seconds),
      "",
      ["all runs together", eta].filter((part) => part !== "").join("<br>"),
    )
  }
${fact("Cost", cost.usd === 0 ? "$0" : dollars(cost.usd))}
</dl>`;
}

/** What is varied, what holds in all runs. */
function design({ spec, cells, seeds, samples }: BatchView): string {
  const scenario = typeof spec.scenario === "string"
    ? `<code>${escapeMarkup(spec.scenario)}</code>`
    : "written in the batch";
  const limits = Object.entries(spec.limits ?? {}).map(([name, value]) => `${name} ${readableNumber(value ?? NaN)}`);
  const rows = [
    ...(spec.scenario === undefined ? [] : [["Scenario", scenario]]),
    [
      "Seeds",
      `<code>${escapeMarkup(seedsText(seeds.slice(0, 200)))}</code>${seeds.length > 200 ? " and more" : ""}${
        seeds.includes(null) ? "" : ", the same in every cell"
      }`,
    ],
    ["Samples of each seed", readableNumber(samples)],
    ...(spec.random
      ? [["Combinations", `${readableNumber(spec.random.n)} drawn by chance, seed ${spec.random.seed ?? 1}`]]
      : []),
    ...Object.entries(spec.set ?? {}).slice(0, MAX_ROWS).map(([path, value]) => [
      `<code>${nameHtml(path)}</code>`,
      `${valueHtml(value)} <span class="note">in all runs</span>`,
    ]),
    ...(spec.metrics ? [["Metrics", spec.metrics.map((name) => `<code>${nameHtml(name)}</code>`).join(", ")]] : []),
    ...(limits.length > 0 ? [["Limits", escapeMarkup(limits.join(", "))]] : []),
    ...(spec.llm_mode === "offline" ? [["Models", "none: rules answer in place of every model"]] : []),
  ];
  return `<section class="design"><h2>Design</h2>
<p>${count(cells.length, "cell")} × ${count(seeds.length, "seed")} × ${count(samples, "sample")} = ${
    count(cells.length * seeds.length * samples, "run")
  }.</p>
${table("Design", [{ name: "What" }, { name: "Value" }], rows)}
${armTable(spec)}${parameterTable(spec)}</section>`;
}

function armTable({ arms, scenario }: BatchSpec): string {
  if (arms === undefined) return "";
  const all = Object.entries(arms);
  const rows = all.slice(0, MAX_ROWS).map(([name, arm]) => {
    const own = arm.scenario ?? scenario;
    const set = Object.entries(arm.set ?? {}).slice(0, 20).map(([path, value]) =>
      `<code>${nameHtml(path)}</code> = ${valueHtml(value)}`
    );
    return [
      escapeMarkup(name),
      typeof own === "string" ? `<code>${escapeMarkup(own)}</code>` : "written in the batch",
      set.join("<br>") || "–",
    ];
  });
  return table("Arms", [{ name: "Arm" }, { name: "Scenario" }, { name: "Settings" }], rows) +
    cut(rows.length, all.length, "arms");
}

function parameterTable({ grid, random, list }: BatchSpec): string {
  const rows = [
    ...Object.entries(grid ?? {}).map(([name, parameter]) => [
      nameHtml(name),
      `<code>${nameHtml(parameter.path)}</code>`,
      "values" in parameter
        ? parameter.values.slice(0, 30).map(valueHtml).join(", ") +
          (parameter.values.length > 30 ? ` and ${parameter.values.length - 30} more` : "")
        : `${readableNumber(parameter.from)} to ${readableNumber(parameter.to)} by ${readableNumber(parameter.step)}`,
    ]),
    ...Object.entries(random?.params ?? {}).map(([name, parameter]) => [
      nameHtml(name),
      `<code>${nameHtml(parameter.path)}</code>`,
      "uniform" in parameter
        ? `uniform between ${parameter.uniform.map(readableNumber).join(" and ")}`
        : "normal" in parameter
        ? `normal, mean ${readableNumber(parameter.normal[0])}, standard deviation ${
          readableNumber(parameter.normal[1])
        }`
        : `one of ${parameter.choice.slice(0, 30).map(valueHtml).join(", ")}`,
    ]),
  ];
  if (list) rows.push([count(list.length, "combination"), "–", "as listed; see the results"]);
  if (rows.length === 0) return "";
  const columns = [{ name: "Parameter" }, { name: "Path" }, { name: "Values" }];
  return table("Parameters", columns, rows.slice(0, MAX_ROWS)) + cut(MAX_ROWS, rows.length, "parameters");
}
