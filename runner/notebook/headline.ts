/** What a cell comes to in one line, for the command line and for models. */

import { compactNumber, ellipsis, readableNumber } from "../report/mod.ts";
import type { CellOutput, CellView } from "./view.ts";

/** Characters of a value, and values that are named. */
const LONGEST_VALUE = 80;
const MOST_VALUES = 4;

/** The line; empty: nothing has come out yet. */
export function headlineOf({ output }: Pick<CellView, "output">): string {
  return output === null ? "" : headline(output);
}

/** Seconds that what the cell shows has taken; null: nobody knows, or nothing was played for it. */
export function cellSeconds({ output }: Pick<CellView, "output">): number | null {
  switch (output?.type) {
    case "run":
      return output.seconds ?? null;
    case "table":
      return output.ms / 1000;
    case "batch": {
      const known = output.rows.flatMap(({ seconds, reused }) => seconds === null || reused ? [] : [seconds]);
      return known.length === 0 ? null : known.reduce((sum, each) => sum + each, 0);
    }
    default:
      return null;
  }
}

function headline(output: CellOutput): string {
  switch (output.type) {
    case "input":
      return text(output.value);
    case "scenario": {
      const { name, changes } = output;
      return changes.length === 0 ? name : `${name}, ${count(changes.length, "change")}`;
    }
    case "run": {
      const { status, turn, max_turns, watch, rows } = output;
      const last = rows.at(-1) ?? {};
      const values = watch.slice(0, MOST_VALUES).flatMap((name) =>
        last[name] === undefined ? [] : [`${name.replace(/^metric\./, "")} ${text(last[name])}`]
      );
      // Rows are there before the manifest says so.
      const played = Math.max(turn, typeof last.turn === "number" ? last.turn : 0);
      const at = status === "completed" ? `turn ${turn}` : `turn ${played} of ${max_turns}`;
      return [at, ...values].join(", ");
    }
    case "batch": {
      const { completed, total, failed, void: isVoid } = output.counts;
      const wrong = [...(failed > 0 ? [`${failed} failed`] : []), ...(isVoid > 0 ? [`${isVoid} void`] : [])];
      return [`${completed} of ${count(total, "run")}`, ...wrong].join(", ");
    }
    case "conversation": {
      const { turns, summary: { aligned, misaligned, unclear, passed } } = output.run;
      const verdicts = [`${aligned} aligned`, ...(misaligned > 0 ? [`${misaligned} misaligned`] : [])];
      return [
        count(turns.length, "turn"),
        ...verdicts,
        ...(unclear > 0 ? [`${unclear} unclear`] : []),
        ...(passed === null ? [] : [passed ? "passed" : "not passed"]),
      ].join(", ");
    }
    case "compare":
      return ellipsis(output.comparison.sentence, 2 * LONGEST_VALUE);
    case "chart":
      return `${output.spec.mark} of ${count(output.rows.length, "row")}`;
    case "table": {
      const { columns, rows, truncated } = output;
      if (rows.length === 1) {
        return columns.slice(0, MOST_VALUES).map(({ name }, i) => `${name} ${text(rows[0]![i])}`).join(", ");
      }
      return `${truncated ? "more than " : ""}${count(rows.length, "row")}, ${count(columns.length, "column")}`;
    }
  }
}

function count(n: number, noun: string): string {
  return `${n.toLocaleString("en-US")} ${noun}${n === 1 ? "" : "s"}`;
}

/** A value in a few characters. */
function text(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "number") return Math.abs(value) < 1e4 ? readableNumber(value) : compactNumber(value);
  return ellipsis(typeof value === "string" ? value : JSON.stringify(value), LONGEST_VALUE);
}
