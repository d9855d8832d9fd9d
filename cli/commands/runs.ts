/** `runs list|show|cancel|delete|prune`. */

import type { App, Manifest, RunStatus } from "../../runner/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { findRun, withApp } from "../session.ts";
import { modelLines, printAgents } from "../summary.ts";
import type { Terminal } from "../terminal.ts";
import {
  formatAge,
  formatBytes,
  formatDuration,
  formatNumber,
  formatTable,
  plainText,
  statusStyle,
  styled,
} from "../terminal/mod.ts";

interface ListOptions extends CommonOptions {
  readonly status?: RunStatus;
  readonly domain?: string;
  readonly label?: string;
  readonly text?: string;
  readonly limit: number;
}

/** Lists runs, newest first. */
export async function list(terminal: Terminal, options: ListOptions): Promise<number> {
  return await withApp(options, async (app) => {
    const { runs, broken } = await app.list({
      ...(options.status !== undefined && { status: options.status }),
      ...(options.domain !== undefined && { repo: options.domain }),
      ...(options.label !== undefined && { label: options.label }),
      ...(options.text !== undefined && { text: options.text }),
      ...(options.limit > 0 && { limit: options.limit }),
    });
    terminal.document({ runs, broken });
    for (const id of broken) terminal.note(`warning[bad_manifest]: run '${id}' has an unreadable manifest.json`);
    if (runs.length === 0) terminal.print("no runs");
    else printRuns(terminal, runs);
    return EXIT.ok;
  });
}

function printRuns(terminal: Terminal, runs: readonly Manifest[]): void {
  const columns = [
    { title: "run", value: (run: Manifest) => run.run_id, minWidth: 24 },
    { title: "status", value: (run: Manifest) => run.status, style: (run: Manifest) => statusStyle(run.status) },
    { title: "turn", align: "right" as const, value: (run: Manifest) => `${run.turn}/${run.max_turns}` },
    { title: "validity", value: (run: Manifest) => run.validity.state },
    { title: "age", align: "right" as const, value: (run: Manifest) => formatAge(run.created_at) },
    { title: "reason", value: (run: Manifest) => plainText(run.status_reason ?? "") },
  ];
  // A pipe has no width, and ids must be whole there.
  const maxWidth = terminal.stdoutIsTerminal ? terminal.columns : 200;
  terminal.print(formatTable(runs, columns, { color: terminal.stdoutColor, maxWidth }));
}

/** Shows one run. */
export async function show(terminal: Terminal, options: CommonOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const id = await findRun(app, text!);
    const manifest = await app.status(id);
    const [checkpoints, state, size] = await Promise.all([app.checkpoints(id), app.state(id), app.size(id)]);
    if (terminal.json) {
      const result = await app.result(id);
      const last = state && { turn: state.turn, global_state: state.state.global_state, agents: state.state.agents };
      terminal.document({ manifest, folder: app.folder(id), checkpoints, state: last, result, bytes: size });
      return EXIT.ok;
    }
    const color = terminal.stdoutColor;
    const line = (name: string, value: string) => terminal.print(`${styled(name.padEnd(12), "dim", color)}${value}`);
    terminal.print(`${styled(id, "bold", color)}  ${styled(manifest.status, statusStyle(manifest.status), color)}`);
    line("domain", manifest.repo);
    if (manifest.scenario_path !== undefined) line("scenario", plainText(manifest.scenario_path));
    line("turn", `${manifest.turn} of at most ${manifest.max_turns}`);
    line("seed", `${manifest.seed}, sample ${manifest.sample}`);
    line("validity", [manifest.validity.state, ...manifest.validity.reasons].map(plainText).join(": "));
    for (const text of modelLines(manifest)) line("models", plainText(text));
    if (manifest.parent) line("fork of", `${manifest.parent.run_id} at turn ${manifest.parent.turn}`);
    const labelTexts = Object.entries(manifest.labels).map(([key, value]) => value === "" ? key : `${key}=${value}`);
    if (labelTexts.length > 0) line("labels", labelTexts.join(", "));
    if (manifest.started_at !== undefined && manifest.ended_at !== undefined) {
      line("took", formatDuration((Date.parse(manifest.ended_at) - Date.parse(manifest.started_at)) / 1000));
    }
    line("checkpoints", shortened(checkpoints));
    line("size", formatBytes(size));
    line("folder", app.folder(id));
    terminal.print(styled("history", "dim", color));
    for (const { at, status, turn, reason } of manifest.history) {
      terminal.print(
        `  ${at}  ${status.padEnd(11)} turn ${turn}${reason === undefined ? "" : `: ${plainText(reason)}`}`,
      );
    }
    if (manifest.error) {
      const { code, message, hint, stack } = manifest.error;
      terminal.issues([{ severity: "error", code, message, ...(hint !== undefined && { hint }) }]);
      for (const place of stack?.split("\n") ?? []) {
        terminal.note(styled(`  ${plainText(place)}`, "dim", terminal.color));
      }
    }
    if (state) {
      terminal.print(styled(`state after turn ${state.turn}`, "dim", color));
      for (const [name, value] of Object.entries(state.state.global_state)) {
        terminal.print(
          `  ${plainText(name)}: ${typeof value === "number" ? formatNumber(value) : plainText(JSON.stringify(value))}`,
        );
      }
    }
    await printAgents(app, terminal, id);
    return EXIT.ok;
  });
}

function shortened(turns: readonly number[]): string {
  if (turns.length <= 12) return turns.join(", ") || "none";
  return `${turns.slice(0, 5).join(", ")}, … ${turns.slice(-5).join(", ")} (${turns.length})`;
}

/** Ends parked or interrupted runs. */
export async function cancel(terminal: Terminal, options: CommonOptions, texts: string[]): Promise<number> {
  return await each(terminal, options, texts, "cancelled", async (app, id) => {
    await app.cancel(id);
  });
}

/** Removes runs. */
export async function remove(terminal: Terminal, options: CommonOptions, texts: string[]): Promise<number> {
  return await each(terminal, options, texts, "deleted", (app, id) => app.delete(id));
}

async function each(
  terminal: Terminal,
  options: CommonOptions,
  texts: string[],
  done: string,
  act: (app: App, id: string) => Promise<void>,
): Promise<number> {
  return await withApp(options, async (app) => {
    // All are looked up before any is touched.
    const ids = [];
    for (const text of texts) ids.push(await findRun(app, text));
    for (const id of ids) {
      await act(app, id);
      terminal.print(`${done}  ${id}`);
    }
    terminal.document({ [done]: ids });
    return EXIT.ok;
  });
}

interface PruneOptions extends CommonOptions {
  readonly keepDays?: number;
  readonly keepLast?: number;
  readonly dryRun?: boolean;
}

/** Removes old ended runs. */
export async function prune(terminal: Terminal, options: PruneOptions): Promise<number> {
  return await withApp(options, async (app) => {
    const gone = await app.prune({
      ...(options.keepDays !== undefined && { keep_days: options.keepDays }),
      ...(options.keepLast !== undefined && { keep_last: options.keepLast }),
      ...(options.dryRun !== undefined && { dryRun: options.dryRun }),
    });
    const verb = options.dryRun ? "would delete" : "deleted";
    terminal.document({ dry_run: options.dryRun === true, runs: gone.map((run) => run.run_id) });
    for (const { run_id } of gone) terminal.print(`${verb}  ${run_id}`);
    const { keep_days, keep_last } = {
      ...app.config.retention,
      keep_days: options.keepDays,
      keep_last: options.keepLast,
    };
    const ruled = [keep_days, keep_last, app.config.retention.keep_days, app.config.retention.keep_last].some((rule) =>
      rule !== undefined
    );
    terminal.print(
      ruled
        ? `${verb} ${gone.length} ${gone.length === 1 ? "run" : "runs"}`
        : "no rule says what may go: give --keep-days or --keep-last, or set retention in llm-sim.yaml",
    );
    return EXIT.ok;
  });
}
