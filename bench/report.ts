/** The rows of a benchmark, as a table for people and as JSON for machines. */

import { mapSpread, type Measured, type Spread } from "./harness.ts";

/** One row. */
export interface Row {
  readonly name: string;
  /** What was switched on. */
  readonly features: string;
  /** Agents; null where there are none. */
  readonly n: number | null;
  readonly value: Spread;
  readonly unit: string;
  /** To the case named by `ratio_to`, measured in the same rounds. */
  readonly ratio: Spread | null;
  readonly ratio_to: string | null;
  readonly budget: Budget | null;
  /** Whether the median keeps the budget; null without one. */
  readonly ok: boolean | null;
}

/** A limit for the row's value or ratio. */
export interface Budget {
  readonly of: "value" | "ratio";
  readonly at: "most" | "least";
  readonly limit: number;
}

/** A row, with `ok` worked out. */
export function row(fields: Omit<Row, "ok" | "budget"> & { budget?: Budget }): Row {
  const { budget = null, ...rest } = fields;
  if (!budget) return { ...rest, budget, ok: null };
  const value = (budget.of === "value" ? rest.value : rest.ratio)?.median ?? NaN;
  return { ...rest, budget, ok: budget.at === "most" ? value <= budget.limit : value >= budget.limit };
}

/** Wall time in milliseconds as a row. */
export function inMilliseconds(
  { name, features, n }: { name: string; features: string; n: number | null },
  measured: Measured,
  ratioTo: string | null,
  budget?: Budget,
): Row {
  return row({
    ...{ name, features, n, unit: "ms" },
    value: mapSpread(measured.wall, (seconds) => seconds * 1000),
    ratio: ratioTo === null ? null : measured.wallRatio,
    ratio_to: ratioTo,
    ...(budget && { budget }),
  });
}

/** The rows as text, at most 100 columns wide. */
export function table(rows: readonly Row[]): string {
  const cells = rows.map((each) => [
    `${each.name}, ${each.features}`,
    each.n === null ? "" : each.n.toLocaleString("en"),
    shortNumber(each.value.median),
    each.unit,
    `${shortNumber(each.value.low)}–${shortNumber(each.value.high)}`,
    each.ratio === null ? "" : `${shortNumber(each.ratio.median)}× ${each.ratio_to}`,
    each.budget === null ? "" : budgetText(each.budget, each.ok === true),
  ]);
  const heads = ["what", "agents", "median", "unit", "range", "ratio", "budget"];
  const right = new Set([1, 2]);
  const widths = heads.map((head, i) => Math.max(head.length, ...cells.map((line) => line[i]!.length)));
  const format = (line: readonly string[]) =>
    line.map((cell, i) => right.has(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)).join("  ").trimEnd();
  return [format(heads), widths.map((width) => "─".repeat(width)).join("  "), ...cells.map(format)].join("\n");
}

function budgetText({ of, at, limit }: Budget, ok: boolean): string {
  return `${ok ? "ok" : "MISS"} ${at === "most" ? "≤" : "≥"} ${limit}${of === "ratio" ? "×" : ""}`;
}

/** Three digits that matter; `k` thousands and `M` millions. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toPrecision(3)}M`;
  if (size >= 1e4) return `${(value / 1e3).toPrecision(3)}k`;
  return size >= 100 ? value.toFixed(0) : size < 0.01 ? value.toPrecision(2) : value.toPrecision(3);
}
