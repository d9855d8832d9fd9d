/** Follows a run from the command line: live view, log lines, Ctrl-C, and the words at its end. */

import type { JsonObject } from "../framework/mod.ts";
import { type App, isEnded, type Manifest, type Row, type RunNotice } from "../runner/mod.ts";
import { exitOfRun } from "./exit.ts";
import type { Terminal } from "./terminal.ts";
import {
  formatDuration,
  formatNumber,
  formatTable,
  plainText,
  ProgressView,
  sparkline,
  statusStyle,
  styled,
  type TextStyle,
} from "./terminal/mod.ts";

/** How a run is followed. */
export interface FollowOptions {
  readonly quiet: boolean;
  /** What the run came from, for the summary. */
  readonly title?: string;
}

/** Milliseconds between redraws of the live view. */
const DRAW_INTERVAL = 100;
/** Milliseconds between progress lines where there is no terminal. */
const LINE_INTERVAL = 10_000;
/** Lines of numbers in the live view and the summary. */
const MAX_SERIES = 4;
const LOG_LEVELS = ["DEBUG", "INFO", "WARNING", "ERROR"];

/** Follows a queued or running run until it stands still; returns the exit code. */
export async function followRun(
  app: App,
  terminal: Terminal,
  started: Manifest,
  options: FollowOptions,
): Promise<number> {
  const { run_id } = started;
  const began = performance.now();
  const view = new RunView(terminal, started, options.quiet);
  const unsubscribe = app.subscribe((notice) => {
    if (notice.run_id === run_id) view.show(notice);
  });
  const stopListening = onInterrupt((times) => {
    if (times === 1) {
      view.say("finishing this turn, then parking the run (Ctrl-C again: stop at once)");
      app.pause(run_id).catch(() => {/* it has just come to its end by itself */});
    } else app.interrupt(run_id, "stopped by Ctrl-C").catch(() => {/* likewise */});
  });
  let manifest: Manifest;
  try {
    manifest = await app.wait(run_id);
  } finally {
    stopListening();
    unsubscribe();
    view.close();
  }
  const seconds = (performance.now() - began) / 1000;
  if (terminal.json) terminal.document(await runDocument(app, manifest, seconds));
  else if (options.quiet) terminal.print(app.folder(run_id));
  else await printSummary(app, terminal, manifest, seconds, started.turn);
  if (manifest.error) {
    terminal.issues([{ severity: "error", ...pick(manifest.error) }]);
  }
  return exitOfRun(manifest.status);
}

function pick(error: NonNullable<Manifest["error"]>): { code: string; message: string; hint?: string } {
  return { code: error.code, message: error.message, ...(error.hint !== undefined && { hint: error.hint }) };
}

/** What `--json` prints of a run. */
async function runDocument(app: App, manifest: Manifest, seconds: number): Promise<JsonObject> {
  const state = await app.state(manifest.run_id);
  const result = await app.result(manifest.run_id);
  return {
    run_id: manifest.run_id,
    status: manifest.status,
    turn: manifest.turn,
    termination_reason: result?.termination_reason ?? manifest.status_reason ?? null,
    output: app.folder(manifest.run_id),
    validity: { ...manifest.validity },
    seconds: Math.round(seconds * 1000) / 1000,
    final: state ? { global_state: state.state.global_state, agents: { ...state.state.agents } } : null,
    ...(manifest.error && { error: { ...manifest.error } }),
    ...(manifest.parent && { parent: { ...manifest.parent } }),
  } as JsonObject;
}

async function printSummary(
  app: App,
  terminal: Terminal,
  manifest: Manifest,
  seconds: number,
  fromTurn: number,
): Promise<void> {
  const { run_id, status, turn } = manifest;
  const color = terminal.stdoutColor;
  const style = (text: string, textStyle: TextStyle | undefined) => styled(text, textStyle, color);
  const played = turn - fromTurn;
  const speed = played > 0 && seconds > 0 ? `, ${formatNumber(played / seconds)} turns/s` : "";
  const reason = manifest.status_reason === undefined ? "" : `: ${plainText(manifest.status_reason)}`;
  terminal.print(`${style(status, statusStyle(status))} in turn ${turn}${reason} (${formatDuration(seconds)}${speed})`);
  if (manifest.validity.state !== "valid") {
    terminal.print(
      `${style(manifest.validity.state, "yellow")}: ${manifest.validity.reasons.map(plainText).join("; ")}`,
    );
  }
  const series = await seriesOf(app, run_id);
  const names = chosen(series);
  const width = Math.max(0, ...names.map((name) => name.length));
  for (const name of names) {
    const values = series.get(name)!;
    const [first, last] = [values[0], values.at(-1)];
    const change = `${shown(first)} → ${shown(last)}`;
    terminal.print(`  ${plainText(name).padEnd(width)}  ${style(sparkline(values, 32), "cyan")}  ${change}`);
  }
  await printAgents(app, terminal, run_id);
  terminal.print(`${style("folder", "dim")}  ${app.folder(run_id)}`);
  const next = isEnded(status)
    ? [`deno task export ${run_id} --format html`, `deno task replay ${run_id}`]
    : [`deno task resume ${run_id}`];
  for (const command of next) terminal.print(`${style("next", "dim")}    ${command}`);
}

function shown(value: number | null | undefined): string {
  return typeof value === "number" ? formatNumber(value) : "–";
}

async function printAgents(app: App, terminal: Terminal, runId: string): Promise<void> {
  const state = await app.state(runId);
  if (!state) return;
  const agents = Object.values(state.state.agents);
  const numeric = Object.keys(agents[0] ?? {}).filter((name) => typeof agents[0]![name] === "number").slice(0, 6);
  if (numeric.length === 0 || agents.length === 0) return;
  const shown = agents.slice(0, 8);
  const columns = [
    { title: "agent", value: (agent: typeof shown[number]) => plainText(agent.name) },
    ...numeric.map((name) => ({
      title: name,
      align: "right" as const,
      value: (agent: typeof shown[number]) => formatNumber(agent[name] as number),
    })),
  ];
  const table = formatTable(shown, columns, { color: terminal.stdoutColor, maxWidth: 100 });
  terminal.print(table.split("\n").map((line) => `  ${line}`).join("\n"));
  if (agents.length > shown.length) terminal.print(`  … and ${agents.length - shown.length} more`);
}

/** Numeric columns of `global.jsonl` by name; `metric.` is left out of names. */
async function seriesOf(app: App, runId: string): Promise<Map<string, (number | null)[]>> {
  const series = new Map<string, (number | null)[]>();
  for await (const row of app.rows(runId, "global")) addRow(series, row);
  return series;
}

function addRow(series: Map<string, (number | null)[]>, row: Row): void {
  for (const [column, value] of Object.entries(row)) {
    if (column === "turn" || (typeof value !== "number" && !(value === null && column.startsWith("metric.")))) continue;
    const values = series.get(column);
    if (values) values.push(value);
    else series.set(column, [value]);
  }
}

/** What is worth a line: the reporters, else the world's variables that change. */
function chosen(series: Map<string, (number | null)[]>): string[] {
  const names = [...series.keys()];
  const reporters = names.filter((name) => name.startsWith("metric."));
  const varying = names.filter((name) => !name.startsWith("metric.") && new Set(series.get(name)).size > 1);
  return (reporters.length > 0 ? reporters : varying).slice(0, MAX_SERIES);
}

/** Shows notices of one run while it plays. */
class RunView {
  readonly #terminal: Terminal;
  readonly #view: ProgressView | null;
  readonly #series = new Map<string, (number | null)[]>();
  readonly #maxTurns: number;
  readonly #quiet: boolean;
  #status: string;
  #message: string | undefined;
  #turn: number;
  #firstTurn: number;
  #firstAt = performance.now();
  #drawnAt = -Infinity;
  #lineAt = performance.now();

  constructor(terminal: Terminal, manifest: Manifest, quiet: boolean) {
    this.#terminal = terminal;
    this.#quiet = quiet;
    this.#maxTurns = manifest.max_turns;
    this.#status = manifest.status;
    this.#turn = this.#firstTurn = manifest.turn;
    this.#view = terminal.live && !quiet
      ? new ProgressView({
        write: (text) => Deno.stderr.writeSync(new TextEncoder().encode(text)),
        columns: () => Deno.consoleSize().columns,
        rows: () => Deno.consoleSize().rows,
        color: terminal.color,
        maxTurns: manifest.max_turns,
      })
      : null;
  }

  show(notice: RunNotice): void {
    switch (notice.kind) {
      case "status":
        this.#status = notice.manifest.status;
        if (this.#status === "running") this.#firstAt = performance.now();
        return this.#draw(true);
      case "progress":
        this.#turn = notice.turn;
        this.#message = undefined;
        if (notice.row) addRow(this.#series, notice.row);
        return this.#draw(false);
      case "waiting":
        this.#message = `waiting for ${notice.agents.map(plainText).join(", ")}`;
        return this.#draw(true);
      case "log":
        if (!this.#quiet && LOG_LEVELS.indexOf(notice.level) >= 1) this.say(`${notice.level} ${notice.text}`);
        return;
    }
  }

  /** A line above the live view, or on stderr. */
  say(line: string): void {
    const text = plainText(line);
    if (this.#view) this.#view.print([text]);
    else this.#terminal.note(text);
  }

  close(): void {
    this.#view?.done();
  }

  #draw(now: boolean): void {
    const time = performance.now();
    if (!this.#view) return this.#line(time);
    if (!now && time - this.#drawnAt < DRAW_INTERVAL) return;
    this.#drawnAt = time;
    const seconds = (time - this.#firstAt) / 1000;
    this.#view.update({
      turn: this.#turn,
      turnsPerSecond: seconds > 0 ? (this.#turn - this.#firstTurn) / seconds : 0,
      status: this.#status,
      reporters: Object.fromEntries(
        chosen(this.#series).map((name) => [name.replace(/^metric\./, ""), this.#series.get(name)!]),
      ),
      ...(this.#message !== undefined && { message: this.#message }),
    });
  }

  #line(time: number): void {
    if (this.#quiet || this.#terminal.json || time - this.#lineAt < LINE_INTERVAL) return;
    this.#lineAt = time;
    this.#terminal.note(`${this.#status}: turn ${this.#turn} of at most ${this.#maxTurns}`);
  }
}

/** Calls `act` at each Ctrl-C with how many there have been; the result stops listening. */
function onInterrupt(act: (times: number) => void): () => void {
  let times = 0;
  const listener = () => act(++times);
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, listener);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, listener);
  };
}
