/** `notebook`: computes a page, plays what of it may be played, and says what every cell comes to. */

import { dirname, resolve } from "node:path";
import { type Json, SimError } from "../../framework/mod.ts";
import {
  type App,
  asOutputError,
  assertInputs,
  computeNotebook,
  notebookHtml,
  type NotebookView,
  type NotebookViewOptions,
  type Shortcoming,
  shortcomingsOf,
} from "../../runner/mod.ts";
import { commandLine } from "../command_line.ts";
import { EXIT } from "../exit.ts";
import { onInterrupt } from "../following.ts";
import { money } from "../model_lines.ts";
import { NotebookFollower } from "../notebook_follower.ts";
import { findPage, type Page } from "../notebook_page.ts";
import { cellsOf, issuesOf, printCells } from "../notebook_view.ts";
import type { CommonOptions } from "../program.ts";
import { withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";

interface NotebookOptions extends CommonOptions {
  readonly set?: readonly string[];
  /** False with `--no-run`. */
  readonly run: boolean;
  readonly check?: boolean;
  readonly html?: string;
  readonly maxCostUsd?: number;
  readonly quiet?: boolean;
}

/** Computes a page. */
export async function notebook(terminal: Terminal, options: NotebookOptions, [given]: string[]): Promise<number> {
  const set = inputs(options.set);
  if (options.html !== undefined) assertWritable(options.html);
  return await withApp(options, async (app) => {
    const page = await findPage(app, given!);
    const shown = { ...(page.text !== undefined && { text: page.text }), ...(set && { set }) };
    const before = await app.notebooks.view(page.path, shown);
    assertInputs(before, set ?? {});
    const view = options.run ? await played(app, terminal, before, shown, options) : before;
    if (options.html !== undefined) await write(options.html, await notebookHtml(view));
    return tell(terminal, view, page, options, given!);
  });
}

/** The page once everything that may be played has been. */
async function played(
  app: App,
  terminal: Terminal,
  before: NotebookView,
  shown: NotebookViewOptions,
  { maxCostUsd = 0, quiet }: NotebookOptions,
): Promise<NotebookView> {
  const follower = new NotebookFollower(app, terminal, before, { ...shown, quiet: quiet === true });
  const stopping = new AbortController();
  let times = 0;
  const parked = async () => await park(app, await app.notebooks.view(before.path, shown), times > 1);
  const stopListening = onInterrupt((so) => {
    times = so;
    stopping.abort();
    if (times === 1) {
      follower.say("finishing the turns that are being played, then parking them (Ctrl-C again: at once)");
    }
    parked().catch(unlessOver);
  });
  try {
    return await computeNotebook(app, before.path, {
      ...shown,
      maxCostUsd,
      signal: stopping.signal,
      onProgress: async (view) => {
        follower.show(view);
        // What was just being started when it was to stop.
        if (times > 0) await park(app, view, times > 1).catch(unlessOver);
      },
    });
  } finally {
    stopListening();
    follower.close();
  }
}

/** Has everything that the page plays stand still. */
async function park(app: App, view: NotebookView, atOnce: boolean): Promise<void> {
  const reason = atOnce ? "stopped by Ctrl-C" : "parked by Ctrl-C";
  const parkRun = (run: string) => (atOnce ? app.interrupt(run, reason) : app.pause(run, reason)).catch(unlessOver);
  await Promise.all(
    cellsOf(view).map(async ({ status, output }) => {
      if (status !== "running" && status !== "queued") return;
      if (output?.type === "run") await parkRun(output.run_id);
      if (output?.type === "conversation") await parkRun(output.run.run_id);
      if (output?.type !== "batch") return;
      await app.batches.pause(output.batch.id, { now: true, reason }).catch(unlessOver);
      if (!atOnce) return;
      const playing = (await app.batches.results(output.batch.id)).filter((row) => row.status === "running");
      await Promise.all(playing.map(({ run_id }) => run_id === null ? undefined : parkRun(run_id)));
    }),
  );
}

/** It has come to its end by itself. */
function unlessOver(error: unknown): void {
  if (!(error instanceof SimError)) throw error;
}

/** Says what came of it; returns the exit code. */
function tell(terminal: Terminal, view: NotebookView, page: Page, options: NotebookOptions, given: string): number {
  const lacks = shortcomingsOf(view);
  terminal.document({ ...view, shortcomings: lacks });
  if (options.quiet !== true) {
    printCells(terminal, view);
    if (view.cost_usd > 0) terminal.print(`its results cost ${money(view.cost_usd)}`);
  }
  // Without --check what was not to be run is no fault.
  const told = options.check ? lacks : lacks.filter(isFault);
  terminal.issues(issuesOf(told, page.file));
  const isParked = lacks.some(({ code }) => code === "paused_cell");
  if (options.quiet !== true) {
    if (options.check) terminal.print(verdict(lacks));
    if (options.html !== undefined) terminal.print(`written  ${options.html}`);
    if (isParked) {
      const moved = (options.set ?? []).flatMap((each) => ["--set", each]);
      terminal.print(`next     ${commandLine(["notebook", given, ...moved], options)}`);
    }
  }
  if (options.check) return lacks.length === 0 ? EXIT.ok : EXIT.failed;
  if (told.length > 0) return EXIT.failed;
  return isParked ? EXIT.interrupted : EXIT.ok;
}

/** What `--check` says. */
function verdict(lacks: readonly Shortcoming[]): string {
  return lacks.length === 0
    ? "all is as the page says"
    : `${lacks.length === 1 ? "one thing is" : `${lacks.length} things are`} not as the page says`;
}

function isFault({ code }: Shortcoming): boolean {
  return !["stale_cell", "blocked_cell", "paused_cell", "queued_cell", "running_cell", "open_expectation"].includes(
    code,
  );
}

/** `id=value` texts; numbers and true and false are read as such, as the control then has them. */
function inputs(texts: readonly string[] = []): { readonly [id: string]: Json } | undefined {
  if (texts.length === 0) return undefined;
  return Object.fromEntries(texts.map((text) => {
    const [, id, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(text) ?? [];
    if (id === undefined) {
      throw new SimError("usage", `--set ${text} names no input`, { hint: "write --set price=149" });
    }
    return [id, value!];
  }));
}

/** Tells at once what would be told after an hour. @throws {SimError} `output_not_writable` */
function assertWritable(file: string): void {
  const refuse = (why: string) => {
    throw new SimError("output_not_writable", `${file} cannot be written: ${why}`, { hint: "name another file" });
  };
  if (kindOf(file) === "folder") refuse("it is a folder");
  if (kindOf(dirname(resolve(file))) !== "folder") refuse("its folder is not there");
}

function kindOf(path: string): "folder" | "other" | null {
  try {
    return Deno.statSync(path).isDirectory ? "folder" : "other";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(file, text);
  } catch (error) {
    throw asOutputError(error, file);
  }
}
