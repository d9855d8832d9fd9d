/** Shows a batch: while it is played, and what came of it. */

import {
  type App,
  type BatchCell,
  type BatchNotice,
  type BatchProgress,
  type BatchRow,
  type BatchSummary,
  type BatchView,
  cellName,
  progressOf,
} from "../runner/mod.ts";
import { commandLine, type Places } from "./command_line.ts";
import type { Terminal } from "./terminal.ts";
import {
  bar,
  displayWidth,
  formatDuration,
  formatNumber,
  formatTable,
  LiveLines,
  pad,
  type Parts,
  plainText,
  statusStyle,
  styled,
  type TableColumn,
  type TextStyle,
  truncate,
} from "./terminal/mod.ts";

/** Milliseconds between redraws of the live view. */
const DRAW_INTERVAL = 200;
/** Milliseconds between lines where there is no terminal. */
const LINE_INTERVAL = 10_000;
/** Columns that a cell's name may take, and that its runs need at least. */
const LONGEST_NAME = 36;
const LEAST_BAR = 6;
/** Cells, metrics, sentences and kinds of failures that are printed. */
const MOST_CELLS = 50;
const MOST_METRICS = 6;
const MOST_SENTENCES = 16;
const MOST_FAILURES = 5;

/** How one run stands, in one character. */
type Mark = "pending" | "running" | "done" | "failed" | "void" | "reused";

const MARKS: { readonly [mark in Mark]: readonly [text: string, style: TextStyle] } = {
  pending: ["·", "dim"],
  running: ["▸", "cyan"],
  done: ["✓", "green"],
  failed: ["✗", "red"],
  void: ["∅", "yellow"],
  reused: ["↺", "blue"],
};

function markOf({ status, validity, reused }: BatchRow): Mark {
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
    case "queued":
    case "paused":
    case "interrupted":
    case "pending":
      return "pending";
  }
}

/** What is drawn of a batch. */
export interface BatchDrawing {
  readonly status: string;
  readonly cells: readonly BatchCell[];
  /** All runs in order: replicate by replicate, and in each of them cell by cell. */
  readonly rows: readonly BatchRow[];
  readonly progress: BatchProgress;
}

/**
 * A line of counts, and below it a grid of cells × replicates with a character for every run; where it does not fit, a bar
 * for every cell; where that does not fit either, one bar.
 * @param room columns
 * @param height rows
 */
export function batchLines({ status, cells, rows, progress }: BatchDrawing, room: number, height: number): Parts[] {
  const head = headLine(status, progress);
  const { runs } = progress;
  const nameWidth = Math.min(LONGEST_NAME, Math.max(...cells.map((cell) => displayWidth(plainText(cellName(cell))))));
  const left = room - nameWidth - 2;
  const replicates = Math.ceil(rows.length / cells.length);
  if (cells.length > height - 1 || left < LEAST_BAR) {
    const ended = runs.total - runs.pending - runs.running;
    return [head, barParts(ended, runs.total, Math.max(1, room - 8))].slice(0, Math.max(1, height));
  }
  const lines = cells.map((cell, c): Parts => {
    const label = [`${pad(truncate(plainText(cellName(cell)), nameWidth), nameWidth)}  `, undefined] as const;
    const own = rows.filter((_, n) => n % cells.length === c).map(markOf);
    if (replicates <= left) return [label, ...own.map((mark) => MARKS[mark])];
    const ended = own.filter((mark) => mark !== "pending" && mark !== "running").length;
    return [label, ...barParts(ended, own.length, Math.max(1, left - 8))];
  });
  return [head, ...lines];
}

function headLine(status: string, { runs, eta_seconds, cost }: BatchProgress): Parts {
  const ended = runs.total - runs.pending - runs.running;
  const counts: Parts = (
    [
      ["done", runs.completed - runs.void - runs.reused],
      ["failed", runs.failed + runs.cancelled],
      ["void", runs.void],
      [
        "reused",
        runs.reused,
      ],
    ] as const
  ).flatMap(([mark, count]) => count === 0 ? [] : [[`  ${MARKS[mark][0]} ${count}`, MARKS[mark][1]] as const]);
  const time = status === "running" && eta_seconds !== null && eta_seconds > 0
    ? `  ${formatDuration(eta_seconds)} left`
    : "";
  const forecast = cost.forecast_usd === null || cost.forecast_usd === cost.usd
    ? ""
    : ` of about ${dollars(cost.forecast_usd)}`;
  return [
    [status, statusStyle(status)],
    [`  ${ended}/${runs.total} runs`, "bold"],
    ...counts,
    [time, "dim"],
    [cost.usd > 0 ? `  ${dollars(cost.usd)}${forecast}` : "", "dim"],
  ];
}

function barParts(ended: number, total: number, width: number): Parts {
  const share = total === 0 ? 0 : ended / total;
  const [full, rest] = bar(share, width);
  return [[full, "cyan"], [rest, "dim"], [` ${String(Math.floor(share * 100)).padStart(3)} %`]];
}

function dollars(usd: number): string {
  return `$${usd >= 0.1 || usd === 0 ? usd.toFixed(2) : usd.toPrecision(2)}`;
}

/** A batch while it is played: drawn in place on a terminal, a line now and then elsewhere. */
export class BatchFollower {
  readonly #terminal: Terminal;
  readonly #lines: LiveLines | null;
  readonly #quiet: boolean;
  readonly #id: string;
  readonly #atOnce: number;
  readonly #stops: readonly (() => void)[];
  /** Null: not known yet. */
  #batch: BatchView | null = null;
  #rows: BatchRow[] = [];
  /** Positions of members by the run that they are. */
  readonly #members = new Map<string, number>();
  #saidAt = performance.now();
  #drawnAt = -Infinity;

  /** Listens from now on, so that nothing is missed of a batch that is begun next. */
  constructor(app: App, terminal: Terminal, id: string, quiet: boolean) {
    this.#terminal = terminal;
    this.#id = id;
    this.#atOnce = app.maxConcurrent;
    this.#quiet = quiet || terminal.json;
    this.#lines = terminal.live && !this.#quiet
      ? new LiveLines({
        write: (text) => terminal.noteRaw(text),
        columns: () => Deno.consoleSize().columns,
        rows: () => Deno.consoleSize().rows,
        color: terminal.color,
      })
      : null;
    this.#stops = [
      app.batches.subscribe((notice) => this.#hear(notice)),
      app.subscribe((notice) => {
        if (notice.kind !== "status" || notice.manifest.status === "completed") return;
        const n = this.#members.get(notice.run_id);
        if (n === undefined) return;
        this.#rows[n] = { ...this.#rows[n]!, status: notice.manifest.status };
        this.#show();
      }),
    ];
  }

  /** Shows the batch. @param rows every run of it, as read before or after what has been heard */
  open(batch: BatchView, rows: readonly BatchRow[]): void {
    this.#batch = batch;
    this.#rows = rows.map((row) => this.#rows[row.n] ?? row);
    this.#show();
  }

  /** Runs that are under way. */
  get playing(): string[] {
    return [...this.#members].flatMap(([run, n]) => ["running", "queued"].includes(this.#rows[n]!.status) ? [run] : []);
  }

  /** A line above the view. */
  say(line: string): void {
    if (this.#lines) this.#lines.replace([plainText(line)], this.#batch ? this.#drawing(this.#batch, this.#lines) : []);
    else this.#terminal.note(plainText(line));
  }

  close(): void {
    for (const stop of this.#stops) stop();
    this.#lines?.replace([], []);
  }

  #hear({ batch_id, member }: BatchNotice): void {
    if (batch_id !== this.#id || !member) return;
    this.#rows[member.n] = member;
    if (member.run_id !== null) this.#members.set(member.run_id, member.n);
    this.#show();
  }

  #show(): void {
    if (this.#batch === null) return;
    const now = performance.now();
    if (this.#lines) {
      if (now - this.#drawnAt < DRAW_INTERVAL) return;
      this.#drawnAt = now;
      this.#lines.replace([], this.#drawing(this.#batch, this.#lines));
    } else if (!this.#quiet && now - this.#saidAt >= LINE_INTERVAL) {
      this.#saidAt = now;
      this.#terminal.note(headLine("running", this.#progress(this.#batch)).map(([text]) => text).join(""));
    }
  }

  #drawing(batch: BatchView, { room, height }: LiveLines): Parts[] {
    const { cells } = batch;
    const progress = this.#progress(batch);
    return batchLines({ status: "running", cells, rows: this.#rows, progress }, room, height);
  }

  #progress({ spec }: BatchView): BatchProgress {
    return progressOf(this.#rows, Math.min(spec.limits?.parallel ?? this.#atOnce, this.#atOnce));
  }
}

/** Prints how a batch stands, its numbers cell by cell, what failed, what can be concluded, and what to do next. */
export function printBatch(
  terminal: Terminal,
  batch: BatchView,
  rows: readonly BatchRow[],
  summary: BatchSummary,
  places: Places,
): void {
  const style = (text: string, textStyle: TextStyle | undefined) => styled(text, textStyle, terminal.stdoutColor);
  const head = headLine(batch.status, batch).map(([text, textStyle]) => style(text, textStyle)).join("");
  terminal.print(`${head}${batch.reason === null ? "" : `: ${plainText(batch.reason)}`}`);
  if (rows.some(({ status }) => status === "completed")) terminal.print(tableOf(terminal, batch, rows, summary));
  for (const line of failuresOf(batch, rows)) terminal.print(`${style(MARKS.failed[0], "red")} ${line}`);
  for (const sentence of summary.sentences.slice(0, MOST_SENTENCES)) terminal.print(plainText(sentence));
  const more = summary.sentences.length - MOST_SENTENCES;
  if (more > 0) terminal.print(`… and ${more} more: ${commandLine(["batches", "show", batch.id, "--json"], places)}`);
  terminal.print(`${style("batch", "dim")}   ${batch.id}`);
  for (const words of nextCommands(batch)) terminal.print(`${style("next", "dim")}    ${commandLine(words, places)}`);
}

function nextCommands({ id, status, runs }: BatchView): string[][] {
  if (status === "cancelled") return [];
  if (status !== "completed") return [["batches", "resume", id]];
  return [
    ...(runs.completed === 0 ? [] : [
      ["batches", "export", id, "--format", "html"],
      ["sql", `SELECT * FROM "${id}"`],
    ]),
    ["batches", "extend", id, "--more", "8"],
  ];
}

/** A line a cell: how many runs count, and mean ± half the width of its interval of as many metrics as fit; shares with its ends. */
function tableOf(
  terminal: Terminal,
  { cells }: BatchView,
  rows: readonly BatchRow[],
  { metrics }: BatchSummary,
): string {
  const counted = rows.filter(({ status, validity }) => status === "completed" && validity !== "void");
  const count = new Map<number, number>();
  for (const { cell } of counted) count.set(cell, (count.get(cell) ?? 0) + 1);
  const params = [...new Set(cells.flatMap((cell) => Object.keys(cell.params)))];
  const inputs: TableColumn<BatchCell>[] = [
    ...(cells.some(({ arm }) => arm !== null) ? [{ title: "arm", value: ({ arm }: BatchCell) => arm }] : []),
    ...params.map((name) => ({ title: name, value: ({ params }: BatchCell) => shown(params[name]) })),
    {
      title: "n",
      value: ({ index }: BatchCell) => count.get(index) ?? 0,
      align: "right",
    },
  ];
  // What is the same everywhere tells nothing; where all of it is, it is shown all the same.
  const telling = metrics.filter((metric) => new Set(counted.map((row) => row.metrics[metric.name])).size > 1);
  const chosen = (telling.length > 0 ? telling : metrics).slice(0, MOST_METRICS);
  const outputs = chosen.map(({ name, share, cells: values }): TableColumn<BatchCell> => ({
    title: name,
    value: ({ index }) => valueText(values.find(({ cell }) => cell === index), share),
    align: "right",
  }));
  const lines = cells.slice(0, MOST_CELLS);
  const looks = { color: terminal.stdoutColor };
  const drawn = (columns: number, maxWidth = Infinity) =>
    formatTable(lines, [...inputs, ...outputs.slice(0, columns)], { ...looks, maxWidth });
  const fits = (columns: number) => Math.max(...drawn(columns).split("\n").map(displayWidth)) <= terminal.columns;
  let columns = outputs.length;
  while (columns > 1 && !fits(columns)) columns--;
  const hidden = [
    ...(cells.length > lines.length ? [countOf(cells.length - lines.length, "more cell")] : []),
    ...(metrics.length > columns ? [countOf(metrics.length - columns, "more metric")] : []),
  ];
  return drawn(columns, terminal.columns) + (hidden.length === 0 ? "" : `\n… and ${hidden.join(", ")}`);
}

function shown(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  return typeof value === "string" || typeof value === "number" ? value : JSON.stringify(value);
}

function valueText(
  values: { readonly mean: number | null; readonly low: number | null; readonly high: number | null } | undefined,
  share: boolean,
): string | null {
  if (values === undefined || values.mean === null) return null;
  const { mean, low, high } = values;
  if (low === null || high === null) return formatNumber(mean);
  // The interval of a share is not as wide on either side.
  return share
    ? `${formatNumber(mean)} [${formatNumber(low)}, ${formatNumber(high)}]`
    : `${formatNumber(mean)} ± ${formatNumber((high - low) / 2)}`;
}

/** What went wrong, a line for each reason. */
function failuresOf({ cells }: BatchView, rows: readonly BatchRow[]): string[] {
  const byReason = new Map<string, BatchRow[]>();
  for (const row of rows) {
    if (markOf(row) !== "failed") continue;
    const reason = row.error === undefined ? row.status : `[${row.error.code}] ${row.error.message}`;
    byReason.getOrInsertComputed(reason, () => []).push(row);
  }
  const lines = [...byReason].map(([reason, failed]) => {
    const where = [...new Set(failed.map(({ cell }) => cellName(cells[cell]!)))];
    const places = `${where.slice(0, 3).join("; ")}${where.length > 3 ? "; …" : ""}`;
    const example = failed[0]!.run_id === null ? "" : `, for example ${failed[0]!.run_id}`;
    return plainText(`${countOf(failed.length, "run")} (${places}): ${reason}${example}`);
  });
  const more = lines.length - MOST_FAILURES;
  return more > 0 ? [...lines.slice(0, MOST_FAILURES), `… and ${more} more reasons`] : lines;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
