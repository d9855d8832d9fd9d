/** Asks the person at the terminal for the decisions that a run waits for. */

import type { JsonObject } from "../framework/mod.ts";
import { SimError } from "../framework/mod.ts";
import type { App, PendingDecision, RunNotice } from "../runner/mod.ts";
import { commandLine, type Places } from "./command_line.ts";
import { DECISION_FORMS, readDecisionLine } from "./decision_line.ts";
import type { RunView } from "./run_view.ts";
import { formatNumber, plainText } from "./terminal/mod.ts";

/** Others that are named in a prompt. */
const OTHERS_SHOWN = 8;
/** Variables of a record that are shown. */
const VARIABLES_SHOWN = 8;

/** Serves one run: decisions are read from stdin, line by line; where stdin has ended, the run is parked. */
export class People {
  readonly #app: App;
  readonly #view: RunView;
  readonly #runId: string;
  readonly #places: Places;
  readonly #waiting: PendingDecision[] = [];
  #lines: AsyncIterator<string> | undefined;
  #helped = false;
  #asking = false;
  /** Whether stdin has ended: nobody is there to decide. */
  #alone = false;
  #parking = false;

  constructor(app: App, view: RunView, runId: string, places: Places) {
    this.#app = app;
    this.#view = view;
    this.#runId = runId;
    this.#places = places;
  }

  /** A notice of the run. */
  hear(notice: RunNotice): void {
    if (notice.kind === "decision") {
      this.#waiting.push(notice.pending);
      if (this.#alone) this.#nobody(notice.pending);
      else this.#ask();
    } else if (notice.kind === "decided") {
      const at = this.#waiting.findIndex(({ agent, turn }) =>
        agent === notice.pending.agent && turn === notice.pending.turn
      );
      if (at >= 0) this.#waiting.splice(at, 1);
      if (notice.by === "timeout") {
        this.#view.say(`the time for ${plainText(notice.pending.agent)} is over; its fallback was taken`);
      }
    }
  }

  /** Asks for one decision after the other. */
  async #ask(): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    this.#view.hold();
    try {
      for (let pending = this.#waiting[0]; pending !== undefined && !this.#alone; pending = this.#waiting[0]) {
        await this.#askFor(pending);
      }
      this.#view.release();
      if (this.#alone) { for (const pending of [...this.#waiting]) this.#nobody(pending); }
    } finally {
      this.#asking = false;
    }
  }

  /** Asks until there is an answer, or nobody is there who could give one. */
  async #askFor(pending: PendingDecision): Promise<void> {
    for (const line of shown(pending)) this.#view.say(line);
    if (!this.#helped) {
      this.#helped = true;
      const width = Math.max(...DECISION_FORMS.map(([form]) => form.length));
      for (const [form, what] of DECISION_FORMS) this.#view.say(`  ${form.padEnd(width)}  ${what}`);
    }
    while (this.#waiting.includes(pending)) {
      this.#view.prompt(`${pending.agent}> `);
      const line = await this.#nextLine();
      if (line === null) {
        this.#alone = true;
        return;
      }
      if (!this.#waiting.includes(pending)) this.#view.say(`too late for ${plainText(pending.agent)}: not counted`);
      else if (line.trim() === "?") {
        for (const each of JSON.stringify(pending.observation, null, 2).split("\n")) this.#view.say(each);
      } else await this.#answer(pending, line);
    }
  }

  async #answer({ agent }: PendingDecision, line: string): Promise<void> {
    try {
      await this.#app.decide(this.#runId, agent, readDecisionLine(line));
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      this.#view.say(`${error.message}${error.hint === undefined ? "" : ` (${error.hint})`}`);
    }
  }

  /** Without a deadline the run would wait for ever: it is parked, to be decided and resumed. */
  #nobody({ agent, turn, deadline }: PendingDecision): void {
    if (deadline !== null || this.#parking) return;
    this.#parking = true;
    this.#view.say(`turn ${turn} waits for a decision of ${agent}, and nobody is here to make it: parking the run`);
    this.#view.say(`  ${commandLine(["decide", this.#runId, agent, "ACTION", "name=value"], this.#places)}`);
    this.#app.pause(this.#runId, `waits for a decision of '${agent}' in turn ${turn}`)
      .catch(() => {/* it has just come to its end by itself */});
  }

  async #nextLine(): Promise<string | null> {
    this.#lines ??= stdinLines();
    const { value, done } = await this.#lines.next();
    return done ? null : value;
  }
}

/** Lines of stdin; a terminal has them edited and sent by the person. */
export async function* stdinLines(): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(4096);
  let rest = "";
  while (true) {
    const read = await Deno.stdin.read(buffer);
    if (read === null) break;
    rest += decoder.decode(buffer.subarray(0, read), { stream: true });
    for (let at = rest.indexOf("\n"); at >= 0; at = rest.indexOf("\n")) {
      yield rest.slice(0, at).replace(/\r$/, "");
      rest = rest.slice(at + 1);
    }
  }
  if (rest !== "") yield rest;
}

/** What the agent sees, in a few lines. */
function shown({ agent, turn, deadline, observation }: PendingDecision): string[] {
  const agents = (observation.agents ?? {}) as { readonly [name: string]: JsonObject };
  const others = Object.keys(agents).filter((name) => name !== agent);
  const inbox = (observation.inbox ?? []) as readonly JsonObject[];
  const named = others.slice(0, OTHERS_SHOWN).map(plainText).join(", ");
  return [
    `turn ${turn}: ${plainText(agent)} decides${deadline === null ? "" : ` within ${deadline} s`}`,
    `  itself  ${values(agents[agent] ?? {})}`,
    `  world   ${values((observation.global_state ?? {}) as JsonObject)}`,
    ...(others.length > 0
      ? [`  sees    ${named}${others.length > OTHERS_SHOWN ? ` and ${others.length - OTHERS_SHOWN} more` : ""}`]
      : []),
    ...inbox.map(({ from, content }) =>
      `  heard   ${plainText(String(from ?? "the world"))}: ${plainText(JSON.stringify(content))}`
    ),
  ];
}

function values(record: JsonObject): string {
  const entries = Object.entries(record).filter(([name]) => name !== "name");
  const texts = entries.slice(0, VARIABLES_SHOWN).map(([name, value]) =>
    `${plainText(name)} ${typeof value === "number" ? formatNumber(value) : plainText(JSON.stringify(value))}`
  );
  return texts.join("  ") + (entries.length > VARIABLES_SHOWN ? "  …" : "") || "nothing";
}
