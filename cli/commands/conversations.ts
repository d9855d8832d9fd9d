/** `conversations`: lists, shows, exports, labels and judges anew what `converse` has played. */

import { basename } from "node:path";
import { type Alignment, ALIGNMENTS } from "../../framework/conversation/mod.ts";
import { type JsonObject, SimError } from "../../framework/mod.ts";
import {
  type App,
  certificateText,
  type ConversationRun,
  conversationText,
  exportConversation,
  importMessages,
  importTau2,
} from "../../runner/mod.ts";
import { commandLine } from "../command_line.ts";
import type { CommonOptions } from "../program.ts";
import { findRun, labels, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { formatTable, plainText, styled } from "../terminal/mod.ts";

interface ListOptions extends CommonOptions {
  readonly limit?: number;
  readonly label?: string;
}

/** Lists conversations, newest first. */
export async function list(terminal: Terminal, options: ListOptions): Promise<number> {
  return await withApp(options, async (app) => {
    const { conversations } = await app.conversations.list({
      ...(options.limit !== undefined && options.limit > 0 && { limit: options.limit }),
      ...(options.label !== undefined && { label: options.label }),
    });
    terminal.document(conversations);
    if (conversations.length === 0) terminal.print("there are no conversations yet");
    else terminal.print(tableOf(conversations, terminal));
    return 0;
  });
}

function tableOf(conversations: readonly ConversationRun[], terminal: Terminal): string {
  return formatTable(conversations, [
    { title: "CONVERSATION", value: ({ run_id }) => run_id },
    { title: "STATUS", value: ({ status }) => status },
    { title: "CASE", value: ({ config }) => config.case },
    { title: "TURNS", value: ({ turns }) => turns.length },
    { title: "ALIGNED", value: ({ summary }) => summary.aligned },
    { title: "MISALIGNED", value: ({ summary }) => summary.misaligned },
    { title: "UNCLEAR", value: ({ summary }) => summary.unclear },
    { title: "END", value: ({ ended_by }) => ended_by },
    {
      title: "PASSED",
      value: ({ summary: { passed } }) => passed === null ? null : passed ? "yes" : "no",
      style: ({ summary: { passed } }) => passed === null ? undefined : passed ? "green" : "red",
    },
  ], { color: terminal.stdoutColor, ...(terminal.stdoutIsTerminal && { maxWidth: terminal.columns }) });
}

/** Shows one conversation in full. */
export async function show(terminal: Terminal, options: CommonOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const run = await app.conversations.get(await findRun(app, text!));
    terminal.document(run);
    const look = {
      width: Math.min(terminal.columns, 120),
      colour: (each: string, style: Parameters<typeof styled>[1]) => styled(each, style, terminal.stdoutColor),
    };
    terminal.print(conversationText.whole(run, look).trimEnd());
    return 0;
  });
}

interface ExportOptions extends CommonOptions {
  readonly format: string;
  readonly out?: string;
}

/** Writes one conversation in another format. */
export async function exportOne(terminal: Terminal, options: ExportOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const run = await app.conversations.get(await findRun(app, text!));
    const exported = exportConversation(run, options.format);
    const out = options.out ?? (terminal.json || terminal.stdoutIsTerminal ? exported.file_name : undefined);
    if (out === undefined) terminal.write(exported.text);
    else {
      Deno.writeTextFileSync(out, exported.text);
      terminal.document({ run_id: run.run_id, format: options.format, file: out });
      terminal.print(out);
    }
    return 0;
  });
}

interface LabelOptions extends CommonOptions {
  readonly note?: string;
  readonly by?: string;
}

/** Notes what a person says of a turn. */
export async function label(terminal: Terminal, options: LabelOptions, words: string[]): Promise<number> {
  const [text, turn, alignment] = words;
  if (!ALIGNMENTS.includes(alignment as Alignment)) {
    throw new SimError("usage", `'${alignment}' is no verdict`, { hint: `one of ${ALIGNMENTS.join(", ")}` });
  }
  return await withApp(options, async (app) => {
    const run = await app.conversations.label(await findRun(app, text!), Number(turn), {
      alignment: alignment as Alignment,
      by: options.by ?? Deno.env.get("USER") ?? "somebody",
      ...(options.note !== undefined && { note: options.note }),
    });
    terminal.document(run);
    terminal.print(`turn ${turn} of ${run.run_id} is ${alignment}`);
    terminal.print(`next    ${commandLine(["conversations", "certificate"], options)}`);
    return 0;
  });
}

interface JudgeOptions extends CommonOptions {
  readonly judge?: "rules" | "llm";
  readonly provider?: string;
  readonly model?: string;
  readonly rubric?: string;
  readonly sample?: number;
  readonly label?: readonly string[];
}

/** Judges a conversation anew, as a run of its own. */
export async function rejudge(terminal: Terminal, options: JudgeOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const judge = judgeOf(options);
    const { run_id } = await app.conversations.rejudge(await findRun(app, text!), {
      ...(judge && { judge }),
      ...(options.sample !== undefined && { sample: options.sample }),
      labels: labels(options.label),
    });
    await app.wait(run_id);
    const run = await app.conversations.get(run_id);
    terminal.document(run);
    terminal.print(conversationText.whole(run, { width: Math.min(terminal.columns, 120) }).trimEnd());
    return run.status === "finished" ? 0 : 1;
  });
}

function judgeOf({ judge, provider, model, rubric }: JudgeOptions): JsonObject | null {
  if (judge === undefined && provider === undefined && model === undefined && rubric === undefined) return null;
  return {
    kind: judge ?? "llm",
    ...(provider !== undefined && { provider }),
    ...(model !== undefined && { model }),
    ...(rubric !== undefined && { rubric }),
  };
}

/** Says what the judges are worth; with a model, has it judge the labelled turns first. */
export async function certificate(terminal: Terminal, options: JudgeOptions): Promise<number> {
  return await withApp(options, async (app) => {
    if (options.judge === "llm") await certified(app, terminal, judgeOf(options) ?? {});
    const report = await app.conversations.certificate();
    terminal.document(report);
    if (report.bad_labels > 0) {
      const lines = `${report.bad_labels} ${report.bad_labels === 1 ? "line" : "lines"}`;
      terminal.note(
        `warning: ${lines} of .labels/turns.jsonl in the output folder are no labels, and count for nothing`,
      );
    }
    for (const { judge, certificate } of report.labelled) {
      terminal.print(`${plainText(judge)}: ${certificateText(certificate)}`);
    }
    for (const { judge, certificate } of report.own) {
      terminal.print(`${plainText(judge)}, on turns labelled here: ${certificateText(certificate)}`);
    }
    return 0;
  });
}

async function certified(app: App, terminal: Terminal, judge: JsonObject): Promise<void> {
  const runs = await app.conversations.certify(judge);
  terminal.note(`judging ${runs[0]!.config.max_turns} labelled turns three times over`);
  const ended = await Promise.all(runs.map(({ run_id }) => app.wait(run_id)));
  const failed = ended.find(({ status }) => status !== "completed");
  if (failed === undefined) return;
  throw new SimError("not_certified", `run '${failed.run_id}' is ${failed.status}: ${failed.status_reason ?? ""}`, {
    hint: commandLine(["resume", failed.run_id]),
  });
}

interface ImportOptions extends CommonOptions {
  readonly from: "openai" | "tau2";
  readonly out?: string;
}

/** Makes a scenario of conversations or tasks from elsewhere. */
// deno-lint-ignore require-await -- every command is asynchronous
export async function importFile(terminal: Terminal, options: ImportOptions, [file]: string[]): Promise<number> {
  const text = Deno.readTextFileSync(file!);
  const name = basename(file!).replace(/\.[^.]*$/, "");
  const { scenario, notes } = options.from === "tau2" ? importTau2(text, { name }) : importMessages(text, { name });
  for (const note of notes) terminal.note(`note: ${plainText(note)}`);
  terminal.document({ scenario, notes });
  if (options.out === undefined) {
    if (!terminal.json) terminal.write(scenario);
    return 0;
  }
  Deno.writeTextFileSync(options.out, scenario);
  terminal.print(options.out);
  return 0;
}
