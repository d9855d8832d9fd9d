/** `batch`: plays many runs by a plan, from a batch file or of one scenario, and says what came of them. */

import { SimError } from "../../framework/mod.ts";
import type { App, BatchSpec } from "../../runner/mod.ts";
import { specOfFile, specOfScenario, type SpecOptions } from "../batch_spec.ts";
import { BatchFollower, printBatch } from "../batch_view.ts";
import { commandLine, type Places } from "../command_line.ts";
import { EXIT } from "../exit.ts";
import { onInterrupt } from "../following.ts";
import type { CommonOptions } from "../program.ts";
import { withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { plainText } from "../terminal/mod.ts";

interface BatchOptions extends CommonOptions, SpecOptions {
  readonly plan?: boolean;
  readonly quote?: boolean;
  readonly yes?: boolean;
  readonly quiet?: boolean;
}

/** Plays a batch. */
export async function batch(terminal: Terminal, options: BatchOptions, [file]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const spec = await specOf(app, file!, options);
    if (options.quote && !await isAgreed(app, terminal, spec, options)) return EXIT.ok;
    const { id, runs, cells } = await app.batches.start({ spec, planOnly: true });
    if (options.plan) {
      terminal.document(await app.batches.get(id));
      if (options.quiet) terminal.print(id);
      else {
        terminal.print(`planned  ${id}: ${countText(cells.length, runs.total)}`);
        terminal.print(`next     ${commandLine(["batches", "resume", id], options)}`);
      }
      return EXIT.ok;
    }
    return await followBatch(app, terminal, id, () => app.batches.resume(id), options);
  });
}

/** What a file and the options say, be it a batch or a scenario. */
async function specOf(app: App, file: string, options: SpecOptions): Promise<BatchSpec> {
  const spec = await app.batches.read(file);
  return spec === null ? specOfScenario(file, options) : specOfFile(spec, options);
}

/** A pilot, and whether all of it is to be played. */
async function isAgreed(app: App, terminal: Terminal, spec: BatchSpec, { yes }: BatchOptions): Promise<boolean> {
  const quote = await app.batches.quote({ spec });
  if (yes !== true) terminal.document(quote);
  for (const sentence of quote.sentences) terminal.print(plainText(sentence));
  if (yes === true) return true;
  if (!terminal.live || !Deno.stdin.isTerminal()) return false;
  return confirm("Play all of it?");
}

/** How large a batch is. */
export function countText(cells: number, runs: number): string {
  const number = (count: number, what: string) => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
  return `${number(runs, "run")} of ${number(cells, "cell")}`;
}

/** Begins or goes on with a batch, shows it until it stands still, and says what came of it; returns the exit code. */
export async function followBatch(
  app: App,
  terminal: Terminal,
  id: string,
  begin: () => Promise<unknown>,
  options: Places & { readonly quiet?: boolean },
): Promise<number> {
  const { spec } = await app.batches.get(id);
  app.maxConcurrent = Math.max(app.maxConcurrent, spec.limits?.parallel ?? 1);
  const view = new BatchFollower(app, terminal, id, options.quiet === true);
  const stopListening = onInterrupt((times) => {
    if (times === 1) {
      view.say("finishing the turns that are being played, then parking the batch (Ctrl-C again: at once)");
      app.batches.pause(id, { now: true, reason: "parked by Ctrl-C" }).catch(unlessOver);
    } else for (const run of view.playing) app.interrupt(run, "stopped by Ctrl-C").catch(unlessOver);
  });
  try {
    await begin();
    view.open(await app.batches.get(id), await app.batches.results(id));
    await app.batches.wait(id);
    view.close();
    // Still listening: whoever is impatient shall see what has been parked.
    return await showBatch(app, terminal, id, options);
  } finally {
    stopListening();
    view.close();
  }
}

/** Prints a batch as it stands; returns the exit code that stands for it. */
export async function showBatch(
  app: App,
  terminal: Terminal,
  id: string,
  options: Places & { readonly quiet?: boolean },
): Promise<number> {
  const view = await app.batches.get(id);
  const summary = await app.batches.summary(id);
  terminal.document({ ...view, summary });
  if (options.quiet) terminal.print(id);
  else if (!terminal.json) printBatch(terminal, view, await app.batches.results(id), summary, options);
  switch (view.status) {
    case "completed":
      return view.runs.failed > 0 ? EXIT.failed : EXIT.ok;
    case "cancelled":
      return EXIT.cancelled;
    case "planned":
    case "running":
    case "paused":
      return EXIT.interrupted;
  }
}

/** It has come to its end by itself. */
function unlessOver(error: unknown): void {
  if (!(error instanceof SimError)) throw error;
}
