/** Follows a run from the command line: live view, log lines, Ctrl-C, and its end. */

import type { JsonObject } from "../framework/mod.ts";
import type { App, Manifest } from "../runner/mod.ts";
import type { Places } from "./command_line.ts";
import { exitOfRun } from "./exit.ts";
import { People } from "./people.ts";
import { RunView } from "./run_view.ts";
import { printSummary } from "./summary.ts";
import type { Terminal } from "./terminal.ts";

/** How a run is followed. */
export interface FollowOptions extends Places {
  readonly quiet?: boolean;
}

/** Milliseconds within which signals are one: `deno task` passes on the Ctrl-C that the terminal has sent to all. */
const ONE_INTERRUPT = 300;

/** Follows a queued or running run until it stands still; returns the exit code. */
export async function followRun(
  app: App,
  terminal: Terminal,
  started: Manifest,
  options: FollowOptions,
): Promise<number> {
  const { run_id } = started;
  const began = performance.now();
  const view = new RunView(terminal, started, options.quiet === true);
  const people = new People(app, view, run_id, options);
  const unsubscribe = app.subscribe((notice) => {
    if (notice.run_id !== run_id) return;
    view.show(notice);
    people.hear(notice);
  });
  const stopListening = onInterrupt((times) => {
    if (times === 1) {
      view.say("finishing this turn, then parking the run (Ctrl-C again: stop at once)");
      app.pause(run_id, "parked by Ctrl-C").catch(() => {/* it has just come to its end by itself */});
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
  else await printSummary(app, terminal, manifest, { seconds, fromTurn: started.turn, places: options });
  if (manifest.error) {
    const { code, message, hint } = manifest.error;
    terminal.issues([{ severity: "error", code, message, ...(hint !== undefined && { hint }) }]);
  }
  return exitOfRun(manifest.status);
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
    models: manifest.models,
    cost: { ...manifest.cost },
    seconds: Math.round(seconds * 1000) / 1000,
    final: state ? { global_state: state.state.global_state, agents: { ...state.state.agents } } : null,
    ...(manifest.error && { error: { ...manifest.error } }),
    ...(manifest.parent && { parent: { ...manifest.parent } }),
  } as JsonObject;
}

/** Calls `act` at each Ctrl-C with how many there have been; the result stops listening. */
export function onInterrupt(act: (times: number) => void): () => void {
  let times = 0;
  let heardAt = -Infinity;
  const listener = () => {
    const now = performance.now();
    if (now - heardAt < ONE_INTERRUPT) return;
    heardAt = now;
    act(++times);
  };
  const signals: Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, listener);
  return () => {
    for (const signal of signals) Deno.removeSignalListener(signal, listener);
  };
}
