/** What became of a cell: what the page shows of it, and what those that read it may build on. */

import type { Json } from "../../framework/mod.ts";
import type { Setting } from "../../framework/scenario/mod.ts";
import type { SqlSource } from "../sql/mod.ts";
import type { Row, RunConfig } from "../store/mod.ts";
import type { CellPiece } from "./page/mod.ts";
import type { CellOutput, CellStatus, ExpectView, Price, Provenance, ViewIssue } from "./view.ts";

/**
 * How much of a result there is: `ready` belongs to what the page says now and is complete; `partial` is still growing; `old`
 * belongs to what the page said before; `none`.
 */
export type Readiness = "ready" | "partial" | "old" | "none";

/** A scenario as something to start from. */
export interface ScenarioHandle {
  readonly kind: "scenario";
  readonly source: ScenarioStart;
  /** Id of its cell; null: it was named by its file. */
  readonly id: string | null;
  readonly config: RunConfig;
}

/** What a start is made of: a file or a text, and what is set on top. */
export interface ScenarioStart {
  readonly file?: string;
  readonly text?: string;
  readonly set: readonly Setting[];
}

/** A run or a conversation. */
export interface RunHandle {
  readonly kind: "run";
  readonly run_id: string;
}

/** A batch. */
export interface BatchHandle {
  readonly kind: "batch";
  readonly batch_id: string;
}

/** A query over other cells. */
export interface TableHandle {
  readonly kind: "table";
  readonly sql: string;
  readonly params: { readonly [name: string]: Json };
}

/** What those that read a cell may build on. */
export type Handle = ScenarioHandle | RunHandle | BatchHandle | TableHandle;

/** How a paid cell is started. */
export interface Plan {
  /** Tells what would be started from everything else; starting it twice starts it once. */
  readonly key: string;
  /** Whether a model that costs something may be asked. */
  readonly free: boolean;
  /** Whether there would be another answer if models were asked once more. */
  readonly sampled: boolean;
  /** Starts it; the id of the run or batch. */
  readonly start: (options: StartOptions) => Promise<Started>;
}

/** How a cell is started. */
export interface StartOptions {
  readonly mode: "auto" | "step" | "hold";
  readonly sampleAgain: boolean;
  /** Dollars; null: no limit beyond the cell's own. */
  readonly maxCostUsd: number | null;
}

/** What has been started. */
export interface Started {
  readonly kind: "run" | "batch";
  readonly id: string;
}

/** What became of a cell. */
export interface Computed {
  readonly piece: CellPiece;
  readonly status: CellStatus;
  readonly ready: Readiness;
  readonly reason: string | null;
  readonly price: Price | null;
  /** Of its body and its result; those of its info line and of what it names are the page's. */
  readonly issues: readonly ViewIssue[];
  readonly value?: Json;
  readonly output: CellOutput | null;
  readonly dimmed: boolean;
  readonly provenance: Provenance | null;
  readonly expect: readonly ExpectView[];
  readonly handle?: Handle;
  /** What it is as a table in SQL. */
  readonly table?: SqlSource;
  /** What charts draw of it. */
  readonly rows?: () => Promise<readonly Row[]>;
  /** Changes whenever its result does. */
  readonly stamp: string;
  readonly plan?: Plan;
  /** Cells that have to be run, or to come to their end, before this one can be started. */
  readonly waitsFor?: readonly string[];
}

/** What every kind says of itself beyond these. */
type Rest = Partial<Omit<Computed, "piece" | "status" | "stamp">>;

/** A cell of which nothing is known but its status. */
export function plain(piece: CellPiece, status: CellStatus, rest: Rest = {}, stamp = ""): Computed {
  return {
    piece,
    status,
    ready: "none",
    reason: null,
    price: null,
    issues: [],
    output: null,
    dimmed: false,
    provenance: null,
    expect: [],
    stamp,
    ...rest,
  };
}

/** A cell whose body says what cannot be. */
export function wrong(piece: CellPiece, issues: readonly ViewIssue[]): Computed {
  const first = issues.find(({ severity }) => severity === "error") ?? issues[0];
  return plain(piece, "error", { issues, reason: first?.message ?? null });
}

/** Whether any of these keeps a cell from being computed. */
export function hasErrors(issues: readonly { readonly severity: string }[]): boolean {
  return issues.some(({ severity }) => severity === "error");
}
