/** The words at the end of a run. */

import { type App, isEnded, type Manifest, modelLabel } from "../runner/mod.ts";
import { commandLine, type Places } from "./command_line.ts";
import type { Terminal } from "./terminal.ts";
import {
  displayWidth,
  formatDuration,
  formatNumber,
  formatTable,
  pad,
  plainText,
  sparkline,
  statusStyle,
  styled,
  type TextStyle,
  truncate,
} from "./terminal/mod.ts";
import { costText, reuseText } from "./model_lines.ts";
import { Traces, type TraceValue } from "./trace.ts";

/** What the summary knows beside the run itself. */
export interface Followed {
  /** How long it was followed. */
  readonly seconds: number;
  /** The turn it started or continued from. */
  readonly fromTurn: number;
  /** Where the next command finds it. */
  readonly places: Places;
}

const MAX_REPORTERS = 8;
const MAX_AGENTS = 8;
const MAX_VARIABLES = 6;
const SPARK_WIDTH = 32;
/** Speed over a shorter time is mostly the start of a process. */
const LEAST_SECONDS = 1;

/** Prints how the run stands, the course of its numbers, its agents, its folder, and what to do next. */
export async function printSummary(
  app: App,
  terminal: Terminal,
  manifest: Manifest,
  followed: Followed,
): Promise<void> {
  const { run_id, status, turn } = manifest;
  const style = (text: string, textStyle: TextStyle | undefined) => styled(text, textStyle, terminal.stdoutColor);
  const { seconds, fromTurn } = followed;
  const speed = seconds < LEAST_SECONDS ? "" : `, ${formatNumber((turn - fromTurn) / seconds)} turns/s`;
  const reason = manifest.status_reason === undefined ? "" : `: ${plainText(manifest.status_reason)}`;
  terminal.print(`${style(status, statusStyle(status))} in turn ${turn}${reason} (${formatDuration(seconds)}${speed})`);
  const { state, reasons } = manifest.validity;
  if (state !== "valid") terminal.print(`${style(state, "yellow")}: ${reasons.map(plainText).join("; ")}`);
  for (const line of modelLines(manifest)) terminal.print(`${style("models", "dim")}  ${plainText(line)}`);
  await printTraces(app, terminal, run_id);
  await printAgents(app, terminal, run_id);
  terminal.print(`${style("folder", "dim")}  ${app.folder(run_id)}`);
  for (const words of nextCommands(manifest)) {
    terminal.print(`${style("next", "dim")}    ${commandLine(words, followed.places)}`);
  }
}

/** Which models answered, what they cost, what was reused; nothing for runs that asked none. */
export function modelLines({ models, cost }: Manifest): string[] {
  if (models.length === 0 && cost.calls === 0) return [];
  const reused = reuseText(cost);
  return [
    [models.map(modelLabel).join("; "), costText(cost)].filter((text) => text !== "").join(": "),
    ...(reused === null ? [] : [reused]),
  ];
}

function nextCommands({ run_id, status }: Manifest): string[][] {
  if (!isEnded(status)) return [["resume", run_id]];
  if (status === "failed") return [["runs", "show", run_id]];
  return [["export", run_id, "--format", "html"], ["replay", run_id]];
}

async function printTraces(app: App, terminal: Terminal, runId: string): Promise<void> {
  const traces = new Traces();
  for await (const row of app.rows(runId, "global")) traces.add(row);
  const lines = traces.chosen(MAX_REPORTERS).map(([name, trace]) => ({
    name: plainText(name),
    values: trace.values(),
    change: `${shown(trace.first)} → ${shown(trace.last)}`,
  }));
  const widest = (texts: string[]) => Math.max(0, ...texts.map(displayWidth));
  const nameWidth = Math.min(30, widest(lines.map(({ name }) => name)));
  const sparkWidth = Math.min(SPARK_WIDTH, terminal.columns - nameWidth - 6 - widest(lines.map((line) => line.change)));
  for (const { name, values, change } of lines) {
    const drawn = pad(sparkline(values, sparkWidth), Math.min(sparkWidth, values.length));
    const spark = sparkWidth < 4 ? "" : `${styled(drawn, "cyan", terminal.stdoutColor)}  `;
    terminal.print(`  ${pad(truncate(name, nameWidth), nameWidth)}  ${spark}${change}`);
  }
}

function shown(value: TraceValue): string {
  return value === null ? "–" : formatNumber(value);
}

/** Prints the first agents with their first numbers, as last saved. */
export async function printAgents(app: App, terminal: Terminal, runId: string): Promise<void> {
  const state = await app.state(runId);
  const agents = Object.values(state?.state.agents ?? {});
  const variables = Object.keys(agents[0] ?? {}).filter((name) => typeof agents[0]![name] === "number");
  if (variables.length === 0) return;
  const rows = agents.slice(0, MAX_AGENTS);
  const columns = [
    { title: "agent", value: (agent: typeof rows[number]) => plainText(agent.name) },
    ...variables.slice(0, MAX_VARIABLES).map((name) => ({
      title: name,
      align: "right" as const,
      value: (agent: typeof rows[number]) => formatNumber(agent[name] as number),
    })),
  ];
  const table = formatTable(rows, columns, { color: terminal.stdoutColor, maxWidth: terminal.columns - 2 });
  terminal.print(table.split("\n").map((line) => `  ${line}`).join("\n"));
  if (agents.length > rows.length) terminal.print(`  … and ${agents.length - rows.length} more`);
}
