/** `compare`: runs, or cells of batches, side by side. */

import type { Json } from "../../framework/mod.ts";
import type { App, Comparison, Series } from "../../runner/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { findBatch, findRun, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { formatNumber, formatTable, plainText, styled, type TableColumn, truncate } from "../terminal/mod.ts";

/** Inputs, metrics, and events or decisions that are printed, each. */
const MOST_LINES = 12;
/** Columns of a value of an input. */
const LONGEST_VALUE = 40;

/** Prints how runs differ, where they part, and what that says. */
export async function compare(terminal: Terminal, options: CommonOptions, words: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const ids = await Promise.all(words.map((word) => sideOf(app, word)));
    const comparison = await app.compare(ids);
    terminal.document(comparison);
    if (!terminal.json) print(terminal, comparison);
    return EXIT.ok;
  });
}

/** A run as everywhere; of a batch a cell or an arm: `batch:<batch>/<cell or arm>`. */
async function sideOf(app: App, word: string): Promise<string> {
  const [, batch, cell] = /^batch:([^/]+)\/(.+)$/.exec(word) ?? [];
  return batch === undefined ? await findRun(app, word) : `batch:${findBatch(app, batch)}/${cell}`;
}

function print(terminal: Terminal, comparison: Comparison): void {
  const { runs, inputs, more_inputs, metrics, parting, at_parting, sentence } = comparison;
  const names = runs.map((_, i) => letter(i));
  const section = (title: string) => terminal.print(styled(title, "bold", terminal.stdoutColor));
  const table = <R>(rows: readonly R[], columns: readonly TableColumn<R>[], all = rows.length) => {
    const looks = { color: terminal.stdoutColor, maxWidth: terminal.columns - 2 };
    const text = formatTable(rows.slice(0, MOST_LINES), columns, looks);
    terminal.print(text.split("\n").map((line) => `  ${line}`).join("\n"));
    if (all > MOST_LINES) terminal.print(`  … and ${all - MOST_LINES} more`);
  };
  runs.forEach(({ label, runs: count, turn }, i) => {
    terminal.print(
      plainText(`${names[i]}  ${label}: ${count === 1 ? "one run" : `${count} runs`}, up to turn ${turn}`),
    );
  });
  section("inputs that differ");
  if (inputs.length === 0) terminal.print("  none");
  else {
    table(inputs, [
      { title: "path", value: ({ path }) => path },
      ...names.map((name, i) => ({ title: name, value: (row: typeof inputs[number]) => valueText(row.values[i]!) })),
    ], inputs.length + more_inputs);
  }
  section("metrics in the last turn");
  table(metrics, [
    { title: "metric", value: ({ name }) => name },
    ...names.map((name, i) => ({
      title: name,
      align: "right" as const,
      value: ({ series }: typeof metrics[number]) => lastText(series[i]!),
    })),
  ]);
  if (parting && at_parting) {
    section(`turn ${parting.turn}, in which they part`);
    const lines = [
      ...at_parting.decisions.map(({ agent, values }) =>
        `${agent} decides: ${values.map((value, i) => `${names[i]} ${value ?? "nothing"}`).join("; ")}`
      ),
      ...at_parting.events.map(({ type, agent, what, sides }) =>
        `${sides.map((side) => names[side]).join(", ")} only: ${type}${agent === null ? "" : ` ${agent}`}: ${what}`
      ),
    ];
    for (const line of lines.slice(0, MOST_LINES)) {
      terminal.print(`  ${truncate(plainText(line), terminal.columns - 2)}`);
    }
    const more = lines.length - Math.min(MOST_LINES, lines.length) + at_parting.more;
    if (more > 0) terminal.print(`  … and ${more} more`);
  }
  terminal.print(plainText(sentence));
}

/** A, B, C … */
function letter(side: number): string {
  return String.fromCharCode(65 + side);
}

function valueText(value: Json): string | number | null {
  if (value === null || typeof value === "number") return value;
  return truncate(plainText(typeof value === "string" ? value : JSON.stringify(value)), LONGEST_VALUE);
}

/** The last value that there is, with its interval. */
function lastText({ values, low, high }: Series): string | null {
  const at = values.findLastIndex((value) => value !== null);
  if (at < 0) return null;
  const [from, to] = [low?.[at] ?? null, high?.[at] ?? null];
  const value = formatNumber(values[at]!);
  return from === null || to === null ? value : `${value} ± ${formatNumber((to - from) / 2)}`;
}
