/** `notebook`: computes a page, plays what of it may be played, and says what every cell comes to. */

import { didYouMean, type Json, SimError } from "../../framework/mod.ts";
import {
  type App,
  asOutputError,
  computeNotebook,
  notebookHtml,
  type NotebookView,
  type NotebookViewOptions,
  type Shortcoming,
  shortcomingsOf,
} from "../../runner/mod.ts";
import { EXIT } from "../exit.ts";
import { onInterrupt } from "../following.ts";
import { findPage, type Page } from "../notebook_page.ts";
import { cellsOf, issuesOf, NotebookFollower, printCells } from "../notebook_view.ts";
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
  return await withApp(options, async (app) => {
    const page = await findPage(app, given!);
    const shown = { ...(page.text !== undefined && { text: page.text }), ...(set && { set }) };
    const before = await app.notebooks.view(page.path, shown);
    assertInputs(before, set ?? {});
    const view = options.run && before.stale.length > 0 ? await played(app, terminal, before, shown, options) : before;
    if (options.html !== undefined) await write(options.html, await notebookHtml(view));
    return tell(terminal, view, page, options);
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
  const stopListening = onInterrupt((times) => {
    if (times === 1) {
      follower.say("finishing the turns that are being played, then parking them (Ctrl-C again: at once)");
    }
    park(app, follower.view, times > 1).catch(unlessOver);
  });
  try {
    return await computeNotebook(app, before.path, { ...shown, maxCostUsd });
  } finally {
    stopListening();
    follower.close();
  }
}

/** Has everything that the page plays stand still. */
async function park(app: App, view: NotebookView, atOnce: boolean): Promise<void> {
  const reason = atOnce ? "stopped by Ctrl-C" : "parked by Ctrl-C";
  await Promise.all(
    cellsOf(view).map(async ({ status, output }) => {
      if (status !== "running" && status !== "queued") return;
      if (output?.type === "batch") return await app.batches.pause(output.batch.id, { now: true, reason });
      const runId = output?.type === "run" ? output.run_id : output?.type === "conversation" ? output.run.run_id : null;
      if (runId !== null) await (atOnce ? app.interrupt(runId, reason) : app.pause(runId, reason));
    }),
  );
}

/** It has come to its end by itself. */
function unlessOver(error: unknown): void {
  if (!(error instanceof SimError)) throw error;
}

/** Says what came of it; returns the exit code. */
function tell(terminal: Terminal, view: NotebookView, page: Page, options: NotebookOptions): number {
  const lacks = shortcomingsOf(view);
  terminal.document({ ...view, shortcomings: lacks });
  if (options.quiet !== true) {
    printCells(terminal, view);
    if (view.cost_usd > 0) terminal.print(`its results cost $${view.cost_usd.toFixed(view.cost_usd < 0.01 ? 4 : 2)}`);
  }
  // Without --check what was not to be run is no fault.
  const told = options.check ? lacks : lacks.filter(isFault);
  terminal.issues(issuesOf(told, page.file));
  if (options.check) {
    if (options.quiet !== true) terminal.print(lacks.length === 0 ? "all is as the page says" : "");
    return lacks.length === 0 ? EXIT.ok : EXIT.failed;
  }
  if (told.length > 0) return EXIT.failed;
  return lacks.some(({ code }) => code === "paused_cell") ? EXIT.interrupted : EXIT.ok;
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

/** @throws {SimError} `unknown_input` */
function assertInputs(view: NotebookView, set: { readonly [id: string]: unknown }): void {
  const ids = cellsOf(view).flatMap(({ cell, id }) => cell === "input" && id !== null ? [id] : []);
  for (const id of Object.keys(set)) {
    if (ids.some((each) => each.toLowerCase() === id.toLowerCase())) continue;
    throw new SimError("unknown_input", `${view.path} has no input '${id}'`, { hint: didYouMean(id, ids) });
  }
}

async function write(file: string, text: string): Promise<void> {
  try {
    await Deno.writeTextFile(file, text);
  } catch (error) {
    throw asOutputError(error, file);
  }
}
