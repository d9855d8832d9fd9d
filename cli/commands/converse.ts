/** `converse`: plays a conversation, or all cases of a scenario, and says what came of them. */

import { dirname } from "node:path";
import { SimError } from "../../framework/mod.ts";
import {
  type App,
  baselineLine,
  type ConversationRun,
  type ConversePlan,
  type ConverseReport,
  converseReport,
  modelLine,
  reportLine,
  toJunit,
} from "../../runner/mod.ts";
import { commandLine } from "../command_line.ts";
import { ConverseView } from "../converse_view.ts";
import { EXIT } from "../exit.ts";
import { onInterrupt } from "../following.ts";
import type { CommonOptions } from "../program.ts";
import { labels, settings, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { plainText } from "../terminal/mod.ts";

interface ConverseOptions extends CommonOptions {
  readonly scenario?: string;
  readonly case?: readonly string[];
  readonly goal?: string;
  readonly turns?: number;
  readonly manual?: boolean;
  readonly seeds?: readonly number[];
  readonly samples?: number;
  readonly failUnder?: number;
  readonly junit?: string;
  readonly set?: readonly string[];
  readonly label?: readonly string[];
  readonly offline?: boolean;
  readonly quiet?: boolean;
  readonly lenient?: boolean;
}

/** Plays what the scenario stands for. */
export async function converse(terminal: Terminal, options: ConverseOptions, [argument]: string[]): Promise<number> {
  const file = argument ?? options.scenario;
  if (file === undefined) {
    throw new SimError("usage", "no scenario was named", {
      hint: commandLine(["converse", "scenarios/conversation/plan_refine_offline.yaml"], {}),
    });
  }
  if (options.junit !== undefined) assertWritable(options.junit);
  return await withApp(options, async (app) => {
    let told = false;
    const plan = await app.conversations.plan({
      file,
      set: settings(options.set, "--set"),
      labels: labels(options.label),
      ...(options.lenient === true && { lenient: true }),
      ...(options.case !== undefined && { cases: options.case }),
      ...(options.goal !== undefined && { goal: options.goal }),
      ...(options.turns !== undefined && { maxTurns: options.turns }),
      ...(options.seeds !== undefined && { seeds: options.seeds }),
      ...(options.samples !== undefined && { samples: options.samples }),
      ...(options.manual === true && { manual: true }),
      onModels: (chosen) => {
        if (told || options.quiet || terminal.json) return;
        told = true;
        for (const choice of chosen) terminal.note(plainText(modelLine(choice)));
      },
      onIssues: (issues) => {
        if (!options.quiet && !told) terminal.issues(issues);
      },
    });
    if (options.manual && plan.runs.length > 1) {
      throw new SimError("usage", `--manual plays one conversation, and this is ${plan.runs.length}`, {
        hint: "choose one: --case NAME, and a single seed",
      });
    }
    const runs = await played(app, terminal, plan, options);
    const idle = new Map<string, boolean | null>();
    for (const { run_id } of runs) idle.set(run_id, await app.conversations.doNothing(run_id));
    const report = converseReport(plan.name, runs, idle);
    if (options.junit !== undefined) Deno.writeTextFileSync(options.junit, toJunit(report));
    terminal.document(report);
    if (!options.quiet) {
      if (runs.length > 1) terminal.print(reportLine(report));
      terminal.print(baselineLine(report)!);
    }
    // What Ctrl-C has kept from being started has not been played either.
    return runs.length < plan.runs.length ? EXIT.interrupted : exitOf(report, options.failUnder, terminal);
  });
}

/** That a report can be there in the end, before all is played and paid for. @throws {SimError} `usage` */
function assertWritable(file: string): void {
  const folder = dirname(file);
  if (!isFolder(folder)) {
    throw new SimError("usage", `--junit ${file}: there is no folder '${folder}'`, { hint: `mkdir -p ${folder}` });
  }
  if (isFolder(file)) {
    throw new SimError("usage", `--junit ${file} is a folder`, { hint: "name a file in it, such as report.xml" });
  }
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}

/** Plays all of them side by side; each is shown as it comes. */
async function played(
  app: App,
  terminal: Terminal,
  plan: ConversePlan,
  options: ConverseOptions,
): Promise<ConversationRun[]> {
  const view = new ConverseView(app, terminal, plan, options);
  const ids: string[] = [];
  let interrupted = false;
  const stopListening = onInterrupt((times) => {
    interrupted = true;
    if (times === 1) view.say("finishing the turns that are being played, then parking (Ctrl-C again: at once)");
    for (const id of ids) {
      const parked = times === 1 ? app.pause(id, "parked by Ctrl-C") : app.interrupt(id, "stopped by Ctrl-C");
      parked.catch(() => {/* it has come to its end by itself */});
    }
  });
  try {
    const started: Promise<ConversationRun>[] = [];
    for (const planned of plan.runs) {
      if (interrupted) break;
      const run_id = await app.conversations.startPlanned(planned);
      ids.push(run_id);
      if (interrupted) app.pause(run_id, "parked by Ctrl-C").catch(() => {/* it has come to its end by itself */});
      started.push(view.follow(run_id));
    }
    return await Promise.all(started);
  } finally {
    stopListening();
    view.close();
  }
}

function exitOf(report: ConverseReport, failUnder: number | undefined, terminal: Terminal): number {
  const runs = report.cases.flatMap((each) => each.runs);
  if (runs.some(({ status }) => status === "error")) return EXIT.failed;
  if (runs.some(({ status }) => status === "cancelled")) return EXIT.cancelled;
  if (runs.some(({ status }) => status === "idle" || status === "running")) return EXIT.interrupted;
  const share = report.passed_share ?? 0;
  if (failUnder === undefined || share >= failUnder) return EXIT.ok;
  terminal.note(`${report.passed} of ${report.total} conversations passed; --fail-under asks for ${failUnder}`);
  return EXIT.failed;
}
