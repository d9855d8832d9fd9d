/** Cells of a batch: their names, and the grid that they make. */

import { count, text } from "./number_format.tsx";
import type { HeatCell } from "./heat_map.tsx";
import type { Batch, BatchRow, BatchSummary } from "./types.ts";

/** One combination of an arm with parameters. */
export type BatchCell = Pick<Batch["cells"][number], "index" | "arm" | "params">;

/** `rate=0.05, arm`; `all runs` for a batch of one cell. */
export function nameOfCell({ arm, params }: BatchCell): string {
  const parts = [
    ...(arm === null ? [] : [arm]),
    ...Object.entries(params).map(([name, value]) => `${name}=${text(value, 60)}`),
  ];
  return parts.length === 0 ? "all runs" : parts.join(", ");
}

/** What varies over the cells: parameters, and the arm where there are several. */
export function axesOf(cells: readonly BatchCell[]): string[] {
  const names = new Set(cells.flatMap(({ params }) => Object.keys(params)));
  const varying = [...names].filter((name) => new Set(cells.map(({ params }) => text(params[name]))).size > 1);
  return [...(new Set(cells.map(({ arm }) => arm)).size > 1 ? ["arm"] : []), ...varying];
}

/** A metric over the two things that vary; null: it is not two that do, or some combination is there twice. */
export function heatOf(
  cells: readonly BatchCell[],
  metric: BatchSummary["metrics"][number],
): { readonly xName: string; readonly yName: string; readonly cells: readonly HeatCell[] } | null {
  const axes = axesOf(cells);
  if (axes.length !== 2) return null;
  const [yName, xName] = axes as [string, string];
  const valueOf = (cell: BatchCell, axis: string) =>
    axis === "arm" && !Object.hasOwn(cell.params, "arm") ? cell.arm ?? "–" : text(cell.params[axis], 60);
  const heat = cells.map((cell): HeatCell => {
    const found = metric.cells.find((each) => each.cell === cell.index);
    return {
      x: valueOf(cell, xName),
      y: valueOf(cell, yName),
      value: found?.mean ?? null,
      low: found?.low ?? null,
      high: found?.high ?? null,
      n: found?.n ?? 0,
    };
  });
  const places = new Set(heat.map(({ x, y }) => `${x}\n${y}`));
  return places.size === heat.length ? { xName, yName, cells: heat } : null;
}

/** What a square says of a run: `seed 3, rate=0.05: completed, 12 turns`. */
export function titleOfRun(row: BatchRow): string {
  const name = nameOfCell({ index: row.cell, arm: row.arm, params: row.params });
  const seed = row.seed === null
    ? ""
    : `seed ${count(row.seed)}${row.sample > 0 ? `, sample ${count(row.sample)}` : ""}, `;
  const validity = row.validity === null || row.validity === "valid" ? "" : `, ${row.validity}`;
  const error = row.error === undefined ? "" : `: ${text(row.error.message, 200)}`;
  return `${seed}${name}: ${row.status.replaceAll("_", " ")}${validity}${row.reused ? ", found" : ""}${error}`;
}

/** `41 of 96 done, 1 failed, 2 running`. */
export function countsText(
  { total, completed, void: empty, failed, cancelled, running, reused }: Batch["runs"],
): string {
  return [
    `${count(completed)} of ${count(total)} done`,
    ...([[reused, "found"], [running, "running"], [failed, "failed"], [empty, "void"], [
      cancelled,
      "cancelled",
    ]] as const)
      .filter(([many]) => many > 0).map(([many, word]) => `${count(many)} ${word}`),
  ].join(", ");
}
