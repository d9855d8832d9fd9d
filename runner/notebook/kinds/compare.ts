/** `compare` cells: runs, conversations and cells of batches side by side. */

import { didYouMean, type Json, type JsonObject, SimError } from "../../../framework/mod.ts";
import type { Comparison } from "../../compare/mod.ts";
import type { Body, ReadBody } from "../bodies.ts";
import { type Computed, plain, wrong } from "../computed.ts";
import { type CellContext, openBody } from "../context.ts";
import type { CompareOutput, ViewIssue } from "../view.ts";
import { withExpectations } from "./run.ts";

/** One side: its name on the page, and how the verb calls it. */
interface Side {
  readonly name: string;
  readonly id: string;
}

/** The comparison, each side with the first. */
export async function compareCell(context: CellContext): Promise<Computed> {
  const { piece, services: { comparisons } } = context;
  const opened = openBody(context, "compare");
  if ("computed" in opened) return opened.computed;
  const { body, read } = opened;
  try {
    const sides = await sidesOf(context, body);
    const ids = sides.map(({ id }) => id);
    const stamp = body.of.map((name) => context.read(name)?.stamp ?? name).join("\n");
    const whole = await comparisons.of(ids, sides.map(({ name }) => name), stamp);
    const issues = metricIssues(body, read, whole);
    const comparison = body.metrics === undefined
      ? whole
      : { ...whole, metrics: whole.metrics.filter(({ name }) => body.metrics!.some((each) => isNamed(each, name))) };
    const named = { ...comparison, runs: comparison.runs.map((run, i) => ({ ...run, label: sides[i]!.name })) };
    const output: CompareOutput = { type: "compare", of: sides.map(({ name }) => name), comparison: named };
    const rows = rowsOf(named, sides);
    return withExpectations(
      plain(piece, "fresh", {
        ready: "ready",
        issues,
        value: valueOf(named, sides),
        output,
        rows: () => Promise.resolve(rows),
        table: { rows },
      }, stamp),
      body,
      read,
    );
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    const { code, message, hint } = error;
    if (code === "nothing_to_compare") return plain(piece, "blocked", { reason: message });
    return wrong(piece, [{
      severity: "error",
      code,
      message,
      ...(hint !== undefined && { hint }),
      ...read.place(["of"]),
    }]);
  }
}

/** @throws {SimError} `bad_comparison` */
async function sidesOf(context: CellContext, { of, baseline }: Body<"compare">): Promise<Side[]> {
  const { read, services: { app } } = context;
  if (baseline !== undefined && !of.includes(baseline)) {
    throw new SimError("bad_comparison", `the baseline '${baseline}' is none of those that are compared`, {
      hint: didYouMean(baseline, of),
    });
  }
  const ordered = baseline === undefined ? of : [baseline, ...of.filter((name) => name !== baseline)];
  const sides: Side[] = [];
  for (const name of ordered) {
    const handle = read(name)?.handle;
    if (handle?.kind === "run") sides.push({ name, id: handle.run_id });
    else if (handle?.kind === "batch") {
      const { cells } = await app.batches.get(handle.batch_id);
      for (const { index, arm, params } of cells) {
        const values = Object.entries(params).map(([key, value]) => `${key} ${asWord(value)}`);
        const label = [...(arm === null ? [] : [arm]), ...values].join(", ") || name;
        sides.push({ name: of.length === 1 ? label : `${name}: ${label}`, id: `batch:${handle.batch_id}/${index}` });
      }
    } else sides.push({ name, id: name });
  }
  return sides;
}

function asWord(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function isNamed(asked: string, name: string): boolean {
  return [name, `global.${name}`, `metric.${name}`].includes(asked) || name === `metric.${asked}`;
}

function metricIssues({ metrics }: Body<"compare">, { place }: ReadBody, found: Comparison): ViewIssue[] {
  const names = found.metrics.map(({ name }) => name);
  return (metrics ?? []).flatMap((metric, at): ViewIssue[] =>
    names.some((name) => isNamed(metric, name)) ? [] : [{
      severity: "warning",
      code: "unknown_metric",
      message: `not all of them have a metric '${metric}'`,
      hint: didYouMean(metric, names),
      ...place(["metrics", at]),
    }]
  );
}

/** What `${id}` is: the last value of every metric by side, and how far each is from the first side's. */
function valueOf(comparison: Comparison, sides: readonly Side[]): JsonObject {
  const last = comparison.metrics.map(({ name, series }) => {
    const values = series.map(({ values }) => values.findLast((value) => value !== null) ?? null);
    return { name, values };
  });
  const others = sides.slice(1);
  const bySide = (values: readonly (number | null)[]) =>
    Object.fromEntries(sides.map(({ name }, i) => [name, values[i] ?? null]));
  const less = (a: number | null | undefined, b: number | null | undefined) =>
    typeof a === "number" && typeof b === "number" ? a - b : null;
  const differences = last.map(({ name, values }) => {
    const each = others.map((side, i) => [side.name, less(values[i + 1], values[0])] as const);
    return [name, each.length === 1 ? each[0]![1] : Object.fromEntries(each)] as const;
  });
  return {
    sentence: comparison.sentence,
    differ: comparison.parting !== null,
    turn: comparison.parting?.turn ?? null,
    metric: comparison.parting?.metric ?? null,
    beyond: comparison.parting?.beyond ?? null,
    inputs: comparison.inputs.length + comparison.more_inputs,
    final: Object.fromEntries(last.map(({ name, values }) => [name, bySide(values)])),
    difference: Object.fromEntries(differences),
  };
}

/** One row per side and turn, with a column per metric. */
function rowsOf(comparison: Comparison, sides: readonly Side[]): JsonObject[] {
  return sides.flatMap(({ name: side }, i) => {
    const rows = new Map<number, { [column: string]: Json }>();
    for (const { name, series } of comparison.metrics) {
      series[i]!.turns.forEach((turn, at) => {
        const row = rows.getOrInsertComputed(turn, () => ({ turn, side }));
        row[name] = series[i]!.values[at] ?? null;
      });
    }
    return [...rows.values()].sort((a, b) => (a.turn as number) - (b.turn as number));
  });
}
