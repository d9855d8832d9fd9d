/** Shows one run while it plays. */

import type { Manifest, RunNotice } from "../runner/mod.ts";
import { logLine } from "./log_line.ts";
import { costText } from "./model_lines.ts";
import type { Terminal } from "./terminal.ts";
import { plainText, ProgressView } from "./terminal/mod.ts";
import { Traces } from "./trace.ts";

/** Milliseconds between redraws of the live view. */
const DRAW_INTERVAL = 100;
/** Milliseconds between progress lines where there is no terminal. */
const LINE_INTERVAL = 10_000;
/** Reporters in the live view. */
const MAX_REPORTERS = 4;

/** A live view on a terminal; elsewhere a line now and then. */
export class RunView {
  readonly #terminal: Terminal;
  readonly #view: ProgressView | null;
  readonly #traces = new Traces();
  readonly #maxTurns: number;
  readonly #quiet: boolean;
  readonly #firstTurn: number;
  #status: string;
  #message: string | undefined;
  /** What calls of models have cost. */
  #cost: string | undefined;
  #turn: number;
  #firstAt = performance.now();
  #drawnAt = -Infinity;
  /** Whether somebody is asked for something below the lines. */
  #held = false;
  #lineAt = performance.now();

  constructor(terminal: Terminal, manifest: Manifest, quiet: boolean) {
    this.#terminal = terminal;
    this.#quiet = quiet;
    this.#maxTurns = manifest.max_turns;
    this.#status = manifest.status;
    this.#turn = this.#firstTurn = manifest.turn;
    this.#view = terminal.live && !quiet
      ? new ProgressView({
        write: (text) => terminal.noteRaw(text),
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
        if (notice.row) this.#traces.add(notice.row);
        return this.#draw(false);
      case "waiting":
        this.#message = `waiting for ${notice.agents.map(plainText).join(", ")}`;
        return this.#draw(true);
      case "log":
        if (!this.#quiet) this.say(logLine(notice));
        return;
      case "cost":
        this.#cost = costText(notice.cost);
        return this.#draw(false);
      case "decision":
      case "decided":
      case "changed":
      case "removed":
      case "call":
      case "killed":
        return;
    }
  }

  /** A line above the live view, or on stderr. */
  say(line: string): void {
    const text = plainText(line);
    if (this.#view && !this.#held) this.#view.print([text]);
    else this.#terminal.note(text);
  }

  /** Takes the live view away: somebody is asked for something. */
  hold(): void {
    this.#held = true;
    this.#view?.hide();
  }

  /** Shows the live view again. */
  release(): void {
    this.#held = false;
    this.#draw(true);
  }

  /** The beginning of the line on which somebody answers. */
  prompt(text: string): void {
    this.#terminal.noteRaw(plainText(text));
  }

  close(): void {
    this.#view?.done();
  }

  #draw(now: boolean): void {
    const time = performance.now();
    if (this.#held) return;
    if (!this.#view) return this.#line(time);
    if (!now && time - this.#drawnAt < DRAW_INTERVAL) return;
    this.#drawnAt = time;
    const seconds = (time - this.#firstAt) / 1000;
    const message = [this.#message, this.#cost].filter((text) => text !== undefined).join("; ");
    this.#view.update({
      turn: this.#turn,
      turnsPerSecond: seconds > 0 ? (this.#turn - this.#firstTurn) / seconds : 0,
      status: this.#status,
      reporters: Object.fromEntries(this.#traces.chosen(MAX_REPORTERS).map(([name, trace]) => [name, trace.values()])),
      ...(message !== "" && { message }),
    });
  }

  #line(time: number): void {
    if (this.#quiet || this.#terminal.json || time - this.#lineAt < LINE_INTERVAL) return;
    this.#lineAt = time;
    const cost = this.#cost === undefined ? "" : `; ${this.#cost}`;
    this.#terminal.note(`${this.#status}: turn ${this.#turn} of at most ${this.#maxTurns}${cost}`);
  }
}
