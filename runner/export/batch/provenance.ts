/** What went wrong in a batch, what it took, what it was made of and how to make it again, as HTML. */

import { stringify } from "yaml";
import { type BatchRow, type BatchSpec, type BatchView, cellName } from "../../batch/mod.ts";
import { modelLabel } from "../../offline_label.ts";
import { count, dollars, ellipsis, escapeMarkup, readableSeconds, table } from "../../report/mod.ts";
import type { BatchExport, RunFacts } from "./batch.ts";
import { cellColumns, cellValues, cut } from "./results.ts";

/** Rows of the table of runs, at most. */
const MAX_RUN_ROWS = 200;
const MAX_REASONS = 50;
const MAX_EXAMPLES = 5;
const MAX_KINDS = 20;

/** Runs without a result, and those whose result does not count, by reason. */
export function failures({ view, rows, facts }: BatchExport): string {
  const groups = new Map<string, { what: string; why: string; runs: BatchRow[] }>();
  for (const row of rows) {
    const trouble = troubleOf(row, facts.get(row.n));
    if (trouble === null) continue;
    const key = JSON.stringify(trouble);
    const group = groups.get(key);
    if (group) group.runs.push(row);
    else groups.set(key, { ...trouble, runs: [row] });
  }
  if (groups.size === 0) return "";
  const sorted = [...groups.values()].sort((a, b) => b.runs.length - a.runs.length);
  const shown = sorted.slice(0, MAX_REASONS).map(({ what, why, runs }) => [
    escapeMarkup(what),
    runs.length.toLocaleString("en-US"),
    escapeMarkup(ellipsis(why || "–", 300)),
    runs.slice(0, MAX_EXAMPLES).map((row) => escapeMarkup(runName(row, view))).join("<br>") +
    (runs.length > MAX_EXAMPLES ? `<br>and ${(runs.length - MAX_EXAMPLES).toLocaleString("en-US")} more` : ""),
  ]);
  const columns = [{ name: "What" }, { name: "Runs", isNumber: true }, { name: "Why" }, { name: "Which" }];
  return `<section><h2>Failures and void runs</h2>
${table("Failures and void runs", columns, shown, "small")}${cut(shown.length, sorted.length, "reasons")}
<p class="note">Void runs are left out of all statistics: their agents did not decide themselves. Failed runs have no final \
value; where they are many, those that ended may not be like the others.</p></section>`;
}

function troubleOf(row: BatchRow, facts: RunFacts | undefined): { what: string; why: string } | null {
  const reasons = (facts?.validity.reasons ?? []).join("; ");
  if (row.status === "completed") {
    return row.validity === "valid" || row.validity === null ? null : { what: row.validity, why: reasons };
  }
  const error = row.error && `${row.error.message} (${row.error.code})`;
  if (row.status === "failed") return { what: "failed", why: error ?? facts?.status_reason ?? "" };
  if (row.status === "failed_to_start") return { what: "could not be started", why: error ?? "" };
  if (row.status === "removed") return { what: "removed", why: error ?? "" };
  if (row.status === "cancelled") return { what: "cancelled", why: facts?.status_reason ?? "" };
  return null;
}

function runName({ n, cell, seed, sample, run_id }: BatchRow, { cells, samples }: BatchView): string {
  const draw = [...(seed === null ? [] : [`seed ${seed}`]), ...(samples > 1 ? [`sample ${sample}`] : [])];
  return [run_id ?? `run ${n}`, ellipsis(cellName(cells[cell]!), 80), ...draw].join(", ");
}

/** Time and money, by arm. */
export function costs({ view, rows, facts }: BatchExport): string {
  const arms = [...new Set(view.cells.map(({ arm }) => arm))];
  const line = (name: string, own: readonly BatchRow[]) => {
    const played = own.filter(({ reused, seconds }) => !reused && seconds !== null);
    const seconds = total(played, (row) => row.seconds!);
    const usd = total(own, (row) => row.reused ? 0 : row.cost_usd);
    const calls = total(own, (row) => facts.get(row.n)?.cost.calls ?? 0);
    const tokens = total(
      own,
      (row) => (facts.get(row.n)?.cost.input_tokens ?? 0) + (facts.get(row.n)?.cost.output_tokens ?? 0),
    );
    return [
      escapeMarkup(name),
      ...[played.length, own.filter(({ reused }) => reused).length].map((n) => n.toLocaleString("en-US")),
      played.length === 0 ? "–" : readableSeconds(seconds),
      played.length === 0 ? "–" : readableSeconds(seconds / played.length),
      ...[calls, tokens].map((n) => n.toLocaleString("en-US")),
      dollars(usd),
      played.length === 0 ? "–" : dollars(usd / played.length),
    ];
  };
  const lines = arms.length < 2
    ? []
    : arms.slice(0, MAX_KINDS).map((arm) => line(arm ?? "–", rows.filter((row) => row.arm === arm)));
  const columns = ["Played", "Reused", "Time", "Per run", "Model calls", "Tokens", "Cost", "Per run"];
  const { forecast_usd, usd } = view.cost;
  const forecast = forecast_usd === null || forecast_usd === usd
    ? ""
    : `<p class="note">All of it will have cost about ${dollars(forecast_usd)}, from what the runs cost so far.</p>`;
  return `<section><h2>Cost and time</h2>
${
    table("Cost and time", [
      { name: arms.length < 2 ? "Runs" : "Arm" },
      ...columns.map((name) => ({ name, isNumber: true })),
    ], [...lines, line("all", rows)])
  }
${forecast}<p class="note">Runs that were there before the batch are reused, and cost nothing again. Several runs are played at \
once, so their seconds add up to more than it took.</p></section>`;
}

/** Code, models, seeds, and the key of each run's content. */
export function provenance({ view, rows, facts }: BatchExport): string {
  const runs = [...facts.values()];
  const codes = counted(runs, ({ repo, engine_version, code }) => JSON.stringify([repo, engine_version, code ?? null]));
  const codeRows = codes.slice(0, MAX_KINDS).map(([key, n]) => {
    const [repo, version, code] = JSON.parse(key) as [string, string, RunFacts["code"] | null];
    const hash = (text: string | undefined) =>
      text === undefined ? "–" : `<code>${escapeMarkup(text.slice(0, 16))}</code>`;
    return [
      escapeMarkup(repo),
      n.toLocaleString("en-US"),
      `llm-sim ${escapeMarkup(version)}`,
      hash(code?.framework),
      hash(code?.domain),
      escapeMarkup(code?.deno ?? "–"),
    ];
  });
  const models = counted(runs.flatMap((run) => run.models), (model) => model);
  const modelText = models.length === 0
    ? `<p>No run has called a language model.</p>`
    : `<p>Models: ${
      models.slice(0, MAX_KINDS).map(([model, n]) => `${escapeMarkup(modelLabel(model))} (${count(n, "run")})`).join(
        ", ",
      )
    }.</p>`;
  const shown = rows.slice(0, MAX_RUN_ROWS);
  const runRows = shown.map((row) => [
    String(row.n),
    ...cellValues(view.cells[row.cell]!, view.cells),
    row.seed === null ? "–" : String(row.seed),
    String(row.sample),
    escapeMarkup(row.reused ? `${row.status}, reused` : row.status),
    row.run_id === null ? "–" : `<code>${escapeMarkup(row.run_id)}</code>`,
    `<code>${escapeMarkup(facts.get(row.n)?.content_key.slice(0, 16) ?? "–")}</code>`,
  ]);
  const runColumns = [
    { name: "n", isNumber: true },
    ...cellColumns(view.cells),
    { name: "Seed", isNumber: true },
    { name: "Sample", isNumber: true },
    { name: "Status" },
    { name: "Run" },
    { name: "Content key" },
  ];
  const codeColumns = [
    { name: "Domain" },
    { name: "Runs", isNumber: true },
    ...["Version", "Framework", "Domain's code", "Deno"].map((name) => ({ name })),
  ];
  return `<section><h2>Provenance</h2>
${codeRows.length === 0 ? "" : table("Code that played the runs", codeColumns, codeRows)}${
    cut(codeRows.length, codes.length, "versions")
  }
<div class="facts-text">${modelText}
<p>Seeds: <code>${escapeMarkup(ellipsis(seedsText(view.seeds), 400))}</code>${
    view.samples > 1 ? `, each sampled ${view.samples} times` : ""
  }.${view.seeds.includes(null) ? "" : " Every cell has the same seeds."}</p>
<p>A content key stands for everything that a run's result follows from: scenario, seed, sample, code. Runs with the same key \
are the same.</p></div>
<details><summary>Runs and their content keys</summary>${table("Runs", runColumns, runRows, "small")}${
    cut(shown.length, rows.length, "runs; the exports as CSV and Parquet have all")
  }</details></section>`;
}

/** The batch as a file, and what to type. */
export function reproduction({ view, rows }: BatchExport): string {
  const example = rows.find(({ status, run_id }) => status === "completed" && run_id !== null);
  const one = example === undefined ? null : runCommand(example, view);
  const commands = [
    [
      "the whole batch; runs that are still there are found by their content key and not played again",
      `deno task batch ${view.id}.yaml`,
    ],
    ...(example === undefined ? [] : [["one run again, comparing every file", `deno task replay ${example.run_id}`]]),
    ...(one === null ? [] : [["the same run from its scenario", one]]),
    ["a row for each run", `deno task batches export ${view.id} --format parquet --out ${view.id}.parquet`],
  ];
  const text = commands.map(([why, command]) => `# ${why}\n${command}`).join("\n\n");
  return `<section><h2>How to reproduce</h2>
<p>With the code named above, save this as <code>${
    escapeMarkup(view.id)
  }.yaml</code> in the folder where the batch was \
started: paths of scenarios are as seen from there.</p>
<pre tabindex="0" aria-label="The batch as a file">${escapeMarkup(batchFile(view))}</pre>
<pre tabindex="0" aria-label="Commands">${escapeMarkup(text)}</pre></section>`;
}

/** The batch with the seeds that it was extended by. */
function batchFile({ spec, seeds }: BatchView): string {
  const known = seeds.filter((seed) => seed !== null);
  const batch: BatchSpec = { ...spec, ...(known.length > 0 && { seeds: seedsText(known) }) };
  const text = stringify({ batch }, { lineWidth: 0, aliasDuplicateObjects: false });
  return ellipsis(text, 20_000);
}

function runCommand({ cell, seed, sample }: BatchRow, { cells, spec }: BatchView): string | null {
  const { scenario, set } = cells[cell]!;
  if (typeof scenario !== "string") return null;
  return [
    `deno task run ${shellWord(scenario)}`,
    ...set.map(({ path, value }) =>
      `--set ${shellWord(`${path}=${typeof value === "string" ? value : JSON.stringify(value)}`)}`
    ),
    ...(seed === null ? [] : [`--seed ${seed}`]),
    ...(sample === 0 ? [] : [`--sample ${sample}`]),
    ...(spec.llm_mode === "offline" ? ["--offline"] : []),
  ].join(" ");
}

function shellWord(text: string): string {
  return /^[\w./=:,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Seeds as a batch's file takes them: `1..8,12`. */
export function seedsText(seeds: readonly (number | null)[]): string {
  const parts: string[] = [];
  for (let i = 0; i < seeds.length;) {
    const first = seeds[i]!;
    let end = i + 1;
    while (first !== null && end < seeds.length && seeds[end] === first + end - i) end++;
    parts.push(
      first === null
        ? "the scenario's own"
        : end - i > 2
        ? `${first}..${seeds[end - 1]}`
        : seeds.slice(i, end).join(","),
    );
    i = end;
  }
  return parts.join(",");
}

function counted<T>(all: readonly T[], key: (each: T) => string): [string, number][] {
  const counts = new Map<string, number>();
  for (const each of all) counts.set(key(each), (counts.get(key(each)) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function total(rows: readonly BatchRow[], value: (row: BatchRow) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0);
}
