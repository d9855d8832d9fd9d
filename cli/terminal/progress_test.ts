// deno-lint-ignore-file no-control-regex -- escape sequences are the terminal's language

import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { type Progress, ProgressView } from "./progress.ts";
import { displayWidth } from "./width.ts";

/** A terminal of unlimited height: what is on it after everything written so far, wrapped at `columns`. */
class Terminal {
  columns: number;
  writes = 0;
  widest = 0;
  #lines: string[] = [""];
  #row = 0;
  #column = 0;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): void {
    this.writes++;
    for (const [token] of text.matchAll(/\x1b\[[?0-9;]*[A-Za-z]|[^]/gu)) this.#token(token);
  }

  /** Another width: what has become too long wraps, as terminals do it. */
  resize(columns: number): void {
    const lines = this.screen;
    this.columns = columns;
    [this.#lines, this.#row, this.#column] = [[""], 0, 0];
    for (const line of lines) this.write(`${line}\n`);
  }

  get screen(): string[] {
    const lines = this.#lines.map((line) => line.trimEnd());
    while (lines.at(-1) === "") lines.pop();
    return lines;
  }

  #token(token: string): void {
    const up = /^\x1b\[(\d+)A$/.exec(token);
    if (up) this.#row = Math.max(0, this.#row - Number(up[1]));
    else if (token === "\r") this.#column = 0;
    else if (token === "\n") [this.#row, this.#column] = [this.#row + 1, 0];
    else if (token === "\x1b[K") this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
    else if (token === "\x1b[J") {
      this.#lines.length = this.#row + 1;
      this.#lines[this.#row] = (this.#lines[this.#row] ?? "").slice(0, this.#column);
    } else if (/^\x1b\[(\d+m|\?2026[hl])$/.test(token)) return;
    else if (token.startsWith("\x1b")) throw new Error(`unexpected ${JSON.stringify(token)}`);
    else this.#put(token);
  }

  #put(character: string): void {
    if (this.#column >= this.columns) [this.#row, this.#column] = [this.#row + 1, 0];
    while (this.#lines.length <= this.#row) this.#lines.push("");
    const line = this.#lines[this.#row]!.padEnd(this.#column);
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column++;
    this.widest = Math.max(this.widest, displayWidth(this.#lines[this.#row]!));
  }
}

function viewOn(terminal: Terminal, options: { color?: boolean; rows?: number; maxTurns?: number } = {}): ProgressView {
  return new ProgressView({
    write: (text) => terminal.write(text),
    columns: () => terminal.columns,
    ...(options.rows === undefined ? {} : { rows: () => options.rows! }),
    color: options.color ?? false,
    maxTurns: options.maxTurns ?? 100,
  });
}

function progress(turn: number, more: Partial<Progress> = {}): Progress {
  return {
    turn,
    turnsPerSecond: 20,
    status: "running",
    reporters: { total_value: Array.from({ length: turn + 1 }, (_, i) => 1000 + 10 * i), gini: [0.1, 0.2, 0.3125] },
    ...more,
  };
}

Deno.test("ProgressView: shows bar, turn, speed, time left, and a line per reporter with its current value", () => {
  const terminal = new Terminal(100);
  viewOn(terminal).update(progress(40));
  const [first, total, gini] = terminal.screen;
  assertMatches(first!, /^running █+░+ {2}40 % {2}turn {2}40\/100 {2}20 turns\/s {2}3\.0 s left$/);
  assertMatches(total!, /^total_value {2}▁.*█ +1,400$/);
  assertMatches(gini!, /^gini {9}▁▄█ +0\.3125$/);
});

Deno.test("ProgressView: redraws in place with one write per update, and shrinks without leftovers", () => {
  const terminal = new Terminal(80);
  const view = viewOn(terminal);
  terminal.write("$ run scenario.yaml\n");
  for (let turn = 0; turn <= 50; turn++) view.update(progress(turn, { message: "LLM call" }));
  assertEquals(terminal.screen.length, 5);
  assertEquals(terminal.writes, 52);
  view.update(progress(51, { reporters: {} }));
  assertEquals(terminal.screen.length, 2);
  assertEquals(terminal.screen[0], "$ run scenario.yaml");
});

Deno.test("ProgressView: stays narrower than the terminal at every width", () => {
  for (let columns = 1; columns <= 130; columns++) {
    const terminal = new Terminal(columns);
    const view = viewOn(terminal, { maxTurns: 1_000_000 });
    view.update(
      progress(99, { message: "日本".repeat(50), reporters: { ["reporter_".repeat(20)]: [1, 2, 3], b: [] } }),
    );
    view.update(progress(100));
    assertTrue(terminal.widest < Math.max(2, columns), `at ${columns}: ${terminal.widest}`);
  }
});

Deno.test("ProgressView: a terminal made narrower between updates is cleaned of the wrapped lines", () => {
  const terminal = new Terminal(100);
  const view = viewOn(terminal);
  terminal.write("$ run scenario.yaml\n");
  view.update(progress(40));
  terminal.resize(30);
  assertTrue(terminal.screen.length > 4, "the view has wrapped");
  view.update(progress(41));
  assertEquals(terminal.screen.length, 4);
  assertEquals(terminal.screen[0], "$ run scenario.yaml");
  assertTrue(terminal.screen.every((line) => displayWidth(line) < 30));
});

Deno.test("ProgressView: print puts lines above the view", () => {
  const terminal = new Terminal(80);
  const view = viewOn(terminal);
  view.update(progress(1));
  view.print(["warning: one"]);
  view.update(progress(2));
  view.print(["warning: two"]);
  assertEquals(terminal.screen.slice(0, 2), ["warning: one", "warning: two"]);
  assertMatches(terminal.screen[2]!, /turn {3}2\/100/);
  assertEquals(terminal.screen.length, 5);
});

Deno.test("ProgressView: done replaces the view by the final lines, and nothing is drawn after it", () => {
  const terminal = new Terminal(80);
  const view = viewOn(terminal);
  view.update(progress(99));
  view.done(["completed after 100 turns", "output/run_01"]);
  view.update(progress(100));
  view.done(["again"]);
  assertEquals(terminal.screen, ["completed after 100 turns", "output/run_01"]);
  view.print(["later"]);
  assertEquals(terminal.screen.at(-1), "later");
});

Deno.test("ProgressView: many reporters are cut to the terminal's height, and it says so", () => {
  const terminal = new Terminal(80);
  const reporters = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`r${i}`, [i]]));
  viewOn(terminal, { rows: 12 }).update(progress(1, { reporters }));
  assertTrue(terminal.screen.length <= 11, `${terminal.screen.length}`);
  assertEquals(terminal.screen.at(-1), "… and 42 more");
});

Deno.test("ProgressView: names and messages cannot steer the terminal", () => {
  const terminal = new Terminal(80);
  // The test's terminal throws at sequences that the view does not use.
  viewOn(terminal, { color: true }).update(
    progress(1, { status: "run\x1b[5;5Hning", message: "a\x1b[2Jb\nc", reporters: { "x\x1b]0;y\x07": [1] } }),
  );
  assertEquals(terminal.screen.length, 3);
  assertEquals(terminal.screen[2], "ab c");
});

Deno.test("ProgressView: without speed, turns or values it shows what it has", () => {
  const terminal = new Terminal(80);
  viewOn(terminal, { maxTurns: 0 }).update({
    turn: 0,
    turnsPerSecond: 0,
    status: "queued",
    reporters: { a: [], b: [null] },
  });
  assertMatches(terminal.screen[0]!, /^queued ░+ {3}0 % {2}turn 0\/0$/);
  assertMatches(terminal.screen[1]!, /^a +–$/);
});
