/** Shows conversations while they are played: one as it is spoken, many as they end. */

import { SimError } from "../framework/mod.ts";
import {
  alignmentOf,
  type App,
  type ConversationRun,
  conversationText,
  type ConversePlan,
  isEnded,
  type RunNotice,
} from "../runner/mod.ts";
import type { Places } from "./command_line.ts";
import { commandLine } from "./command_line.ts";
import { parametersOf } from "./decision_line.ts";
import { stdinLines } from "./people.ts";
import type { Terminal } from "./terminal.ts";
import { plainText, styled } from "./terminal/mod.ts";

/** How conversations are shown. */
export interface ConverseViewOptions extends Places {
  readonly quiet?: boolean;
  /** Whether each turn is waited for. */
  readonly manual?: boolean;
}

/** One conversation in full, or a line for each of many. */
export class ConverseView {
  readonly #app: App;
  readonly #terminal: Terminal;
  readonly #options: ConverseViewOptions;
  readonly #single: boolean;
  readonly #total: number;
  readonly #lines = stdinLines();
  #ended = 0;
  #passed = 0;
  #drawn = false;

  constructor(app: App, terminal: Terminal, plan: ConversePlan, options: ConverseViewOptions) {
    this.#app = app;
    this.#terminal = terminal;
    this.#options = options;
    this.#total = plan.runs.length;
    this.#single = this.#total === 1;
  }

  /** Shows a conversation that has been started; resolves when it stands still. */
  async follow(runId: string): Promise<ConversationRun> {
    const run = this.#single ? await this.#told(runId) : await this.#counted(runId);
    if (this.#options.quiet) this.#terminal.print(this.#app.folder(runId));
    return run;
  }

  /** A line on stderr. */
  say(line: string): void {
    this.#wipe();
    this.#terminal.note(plainText(line));
  }

  close(): void {
    this.#wipe();
    this.#lines.return(undefined).catch(() => {/* nobody reads any more */});
  }

  get #shows(): boolean {
    return !this.#options.quiet && !this.#terminal.json;
  }

  /** One conversation, turn by turn. */
  async #told(runId: string): Promise<ConversationRun> {
    const text = { width: Math.min(this.#terminal.columns, 120), colour: this.#colour() };
    const first = await this.#app.conversations.get(runId);
    if (this.#shows) this.#terminal.print(conversationText.head(first, text));
    let shown = 0;
    let goal = first.config.improvement_goal;
    const show = async () => {
      const run = await this.#app.conversations.get(runId);
      for (const turn of run.turns.slice(shown)) {
        if (this.#shows) this.#terminal.print(`\n${conversationText.turn(turn, { ...text, goal })}`);
        goal = turn.goal ?? goal;
      }
      shown = Math.max(shown, run.turns.length);
      return run;
    };
    let showing: Promise<unknown> = Promise.resolve();
    const stop = this.#app.subscribe((notice) => {
      if (notice.run_id !== runId) return;
      if (notice.kind === "progress") showing = showing.then(show);
      else if (notice.kind === "decision") this.#speak(notice);
    });
    try {
      if (this.#options.manual) await this.#byHand(runId, show);
      else await this.#app.wait(runId);
      await showing;
    } finally {
      stop();
    }
    const run = await show();
    if (this.#shows) {
      this.#terminal.print(`\n${conversationText.end(run, text)}`);
      this.#terminal.print(`output  ${this.#app.folder(runId)}`);
      if (run.status === "idle") this.#terminal.print(`next    ${commandLine(["resume", runId], this.#options)}`);
    }
    return run;
  }

  /** Plays turn after turn, each when somebody asks for it. */
  async #byHand(runId: string, show: () => Promise<ConversationRun>): Promise<void> {
    let run = await show();
    while (run.status === "idle") {
      this.#terminal.noteRaw(`Enter plays turn ${run.turns.length + 1}, q stops: `);
      const { value, done } = await this.#lines.next();
      if (done || value.trim().toLowerCase().startsWith("q")) return;
      const { waiting } = await this.#app.conversations.advance(runId);
      if (waiting) await this.#app.wait(runId);
      run = await show();
    }
  }

  /** Asks the person at the terminal for the user's next utterance; where nobody is there, the run is parked. */
  async #speak({ run_id, pending }: Extract<RunNotice, { kind: "decision" }>): Promise<void> {
    this.#terminal.noteRaw(`you (turn ${pending.turn}; an empty line ends the conversation)> `);
    const said = await this.#lines.next();
    if (said.done) {
      this.say("nobody is here to speak: parking the conversation");
      await this.#app.pause(run_id, "waits for the user to speak").catch(() => {/* it has just ended by itself */});
      return;
    }
    const message = said.value.trim();
    if (message === "") return await this.#decided(run_id, { action: "finish", parameters: {} });
    for (;;) {
      this.#terminal.noteRaw("what would do it (ACTION name=value …; empty: you only talk)> ");
      const { value } = await this.#lines.next();
      const [name, ...words] = (value ?? "").trim().split(/\s+/);
      try {
        const desired_action = name ? { name, parameters: parametersOf(words) } : null;
        return await this.#decided(run_id, { action: "say", parameters: { message, desired_action } });
      } catch (error) {
        if (!(error instanceof SimError)) throw error;
        this.say(`${error.message}${error.hint === undefined ? "" : ` (${error.hint})`}`);
      }
    }
  }

  async #decided(runId: string, decision: unknown): Promise<void> {
    await this.#app.decide(runId, "user", decision);
  }

  /** One of many: a line when it stands still. */
  async #counted(runId: string): Promise<ConversationRun> {
    this.#draw();
    const manifest = await this.#app.wait(runId);
    const run = await this.#app.conversations.get(runId);
    this.#ended++;
    if (run.summary.passed) this.#passed++;
    if (this.#shows && (isEnded(manifest.status) || run.status === "idle")) {
      this.#wipe();
      for (const line of this.#outcome(run)) this.#terminal.print(line);
    }
    this.#draw();
    return run;
  }

  #outcome(run: ConversationRun): string[] {
    const { config, summary: { aligned, misaligned, unclear, passed }, seed, sample, turns } = run;
    const mark = passed ? this.#styled("✓", "green") : this.#styled("✗", "red");
    const which = [config.case ?? "conversation", `seed ${seed}`, ...(sample > 0 ? [`sample ${sample}`] : [])];
    const counts = `${aligned} aligned, ${misaligned} misaligned, ${unclear} unclear`;
    const end = run.ended_by ?? run.status;
    const lines = [`${mark} ${plainText(which.join(" · "))}: ${counts} (${plainText(end)})  ${run.run_id}`];
    const bad = turns.find((turn) => alignmentOf(turn) !== "aligned");
    const why = run.error?.message ?? (bad && `turn ${bad.index}: ${bad.judge?.explanation ?? "not judged"}`);
    if (!passed && why) lines.push(`    ${plainText(why)}`);
    else if (!passed && run.summary.end_state === "differs") {
      lines.push("    the end state is not the one that was wanted");
    }
    return lines;
  }

  #draw(): void {
    if (!this.#terminal.live || this.#options.quiet) return;
    this.#wipe();
    this.#terminal.noteRaw(`${this.#ended} of ${this.#total} conversations, ${this.#passed} passed`);
    this.#drawn = true;
  }

  #wipe(): void {
    if (!this.#drawn) return;
    this.#drawn = false;
    this.#terminal.noteRaw("\r\x1b[K");
  }

  #styled(text: string, style: "green" | "red"): string {
    return styled(text, style, this.#terminal.stdoutColor);
  }

  #colour() {
    return (text: string, style: Parameters<typeof styled>[1]) => styled(text, style, this.#terminal.stdoutColor);
  }
}
