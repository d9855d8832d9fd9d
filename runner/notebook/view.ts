/**
 * A notebook as all doors show it: its pieces in the order of the file, and for each cell where it stands, why, and what came
 * out. Types only: pages in the browser read them too.
 */

import type { BatchCounts, BatchRow, BatchSummary, BatchView } from "../batch/mod.ts";
import type { Comparison } from "../compare/mod.ts";
import type { ConversationRun } from "../conversation/mod.ts";
import type { Row } from "../store/mod.ts";
import type { CellKind } from "./page/mod.ts";

/**
 * Where a cell stands.
 *
 * `fresh`: what is shown belongs to what the page says now. `cached`: likewise, and it was found, not computed for this page.
 * `stale`: it was not run yet, or what it reads has changed; only paid cells are ever stale. `blocked`: something that it reads
 * has no value yet. `error`: the file says something that cannot be. `failed`: it was tried and did not work.
 */
export type CellStatus =
  | "fresh"
  | "cached"
  | "stale"
  | "queued"
  | "running"
  | "paused"
  | "failed"
  | "blocked"
  | "error"
  | "off"
  | "reserved";

/** Something wrong, at its place. */
export interface ViewIssue {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Line in the file, from 1. */
  readonly line: number;
  readonly column?: number;
}

/** What running a paid cell would take. */
export interface Price {
  /** Runs that have to be played. */
  readonly runs: number;
  /** Runs that there will be, those that are found included. */
  readonly of: number;
  /** Null: nobody knows. */
  readonly seconds: number | null;
  /** Dollars; null: nobody knows. */
  readonly usd: number | null;
  /** Whether nothing is paid for certain: rules only, the offline provider, or all calls on tape. */
  readonly free: boolean;
  /** `24 of 96 runs, about 40 s, $0.12`. */
  readonly text: string;
}

/** Where a number comes from. */
export interface Provenance {
  readonly run_id?: string;
  readonly batch_id?: string;
  readonly content_key?: string;
  readonly seed?: number;
  readonly sample?: number;
  readonly models: readonly string[];
  readonly cost_usd: number;
  /** `valid`, `degraded`, `void`. */
  readonly validity: string;
  readonly reasons: readonly string[];
  /** ISO 8601 in UTC. */
  readonly at: string | null;
  readonly engine_version?: string;
}

/** One line of `expect:`. */
export interface ExpectView {
  readonly condition: string;
  /** Null: there is nothing to hold it against yet. */
  readonly holds: boolean | null;
  /** What was found: `global.unemployment is 9.4`. */
  readonly found?: string;
}

/** A control. */
export interface InputOutput {
  readonly type: "input";
  readonly control: "range" | "number" | "select" | "text" | "toggle" | "radio";
  readonly label: string;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly options?: readonly { readonly value: string | number | boolean; readonly label: string }[];
  /** As it stands now; {@linkcode standard} is what the file says. */
  readonly value: string | number | boolean;
  readonly standard: string | number | boolean;
}

/** A scenario: what it sets beyond its base. */
export interface ScenarioOutput {
  readonly type: "scenario";
  /** File that it starts from; null: it says everything itself. */
  readonly base: string | null;
  readonly name: string;
  readonly domain: string | null;
  /** Resolved differences to the base, by scenario path. */
  readonly changes: readonly { readonly path: string; readonly base: unknown; readonly value: unknown }[];
  /** Agents, turns, models in one line. */
  readonly summary: string;
}

/** A run, with the rows of its global variables and metrics that the page draws. */
export interface RunOutput {
  readonly type: "run";
  readonly run_id: string;
  readonly repo: string;
  /** As in the manifest. */
  readonly status: string;
  readonly status_reason: string | null;
  readonly turn: number;
  readonly max_turns: number;
  /** Seconds that it has been played so far; absent or null: nobody knows. */
  readonly seconds?: number | null;
  /** Columns to be drawn. */
  readonly watch: readonly string[];
  /** Columns that there are. */
  readonly columns: readonly string[];
  /** At most {@linkcode MOST_ROWS}, evenly thinned; the first and the last always. */
  readonly rows: readonly Row[];
  readonly parent: { readonly run_id: string; readonly turn: number } | null;
  readonly error: { readonly message: string; readonly hint?: string } | null;
  /** Agents that a person decides for, and that wait. */
  readonly log: readonly string[];
}

/** A batch. */
export interface BatchOutput {
  readonly type: "batch";
  readonly batch: BatchView;
  readonly counts: BatchCounts;
  readonly rows: readonly BatchRow[];
  /** Null: no run has ended yet. */
  readonly summary: BatchSummary | null;
}

/** A conversation. */
export interface ConversationOutput {
  readonly type: "conversation";
  readonly run: ConversationRun;
  /** Whether a person speaks for the user. */
  readonly writable: boolean;
}

/** A comparison. */
export interface CompareOutput {
  readonly type: "compare";
  readonly of: readonly string[];
  readonly comparison: Comparison;
}

/** What a chart is told (`chart` cells; also what other islands draw with). */
export interface ChartSpec {
  readonly mark: "line" | "dot" | "bar" | "cell" | "area" | "rule" | "histogram";
  readonly x?: string;
  readonly y?: string | readonly string[];
  readonly fill?: string | { readonly [reducer: string]: string };
  readonly stroke?: string;
  readonly facet?: string;
  /** Column with half the width of an interval around y, or the columns of its ends. */
  readonly interval?: string | readonly [string, string];
  readonly label?: string;
  readonly log?: boolean | "x" | "y" | "both";
}

/** A chart with what it draws. */
export interface ChartOutput {
  readonly type: "chart";
  readonly data: string;
  readonly spec: ChartSpec;
  readonly rows: readonly Row[];
  /** The run whose rows these are: while it is played, the page draws the rows that come. */
  readonly run_id?: string;
  /** For who cannot see it: what is drawn, from where to where. */
  readonly summary: string;
}

/** A table. */
export interface TableOutput {
  readonly type: "table";
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Values by column; at most {@linkcode MOST_ROWS}. */
  readonly rows: readonly (readonly unknown[])[];
  /** More rows than are shown. */
  readonly truncated: boolean;
  readonly ms: number;
}

/** What a cell shows. */
export type CellOutput =
  | InputOutput
  | ScenarioOutput
  | RunOutput
  | BatchOutput
  | ConversationOutput
  | CompareOutput
  | ChartOutput
  | TableOutput;

/** Rows of one output. */
export const MOST_ROWS = 5000;

/** What all pieces have. */
interface PieceBase {
  /** Its text: the sources of all pieces one after another are the file. */
  readonly source: string;
  /** First line in the file, from 1. */
  readonly line: number;
}

/** The front matter. */
export interface FrontView extends PieceBase {
  readonly kind: "front";
}

/** Markdown. */
export interface ProseView extends PieceBase {
  readonly kind: "prose";
  /** Rendered, safe to be put into a page, with its `${references}` replaced. */
  readonly html: string;
  /** Headings, for the outline. */
  readonly headings: readonly { readonly level: number; readonly text: string; readonly anchor: string }[];
}

/** A cell. */
export interface CellView extends PieceBase {
  readonly kind: "cell";
  readonly cell: CellKind;
  readonly id: string | null;
  /** What it is called where it has no id: `chart 2`. */
  readonly name: string;
  /** `fold`, `hide`, `off`, `auto`. */
  readonly flags: readonly string[];
  /** Between the fences. */
  readonly body: string;
  /** Line of the body's first line in the file. */
  readonly bodyLine: number;
  readonly status: CellStatus;
  /** In words: `price 99 → 149`, `not run yet`, `run base has no result yet`. */
  readonly reason: string | null;
  readonly price: Price | null;
  readonly issues: readonly ViewIssue[];
  /** Ids that it reads, and ids (or names) that read it. */
  readonly uses: readonly string[];
  readonly usedBy: readonly string[];
  /** What `${id}` is; absent: nothing yet. Bounded. */
  readonly value?: unknown;
  readonly output: CellOutput | null;
  /** Whether the output belongs to what the page said before. */
  readonly dimmed: boolean;
  readonly provenance: Provenance | null;
  readonly expect: readonly ExpectView[];
}

/** A piece of a notebook. */
export type PieceView = FrontView | ProseView | CellView;

/** A notebook. */
export interface NotebookView {
  /** Below the folder of notebooks: `economic/policy_comparison.md`. */
  readonly path: string;
  readonly title: string;
  /** SHA-256 of the file on disk; of a draft the hash that it was made from. Null: there is no such file yet. */
  readonly hash: string | null;
  /** Whether the file cannot be written where it lies: saving copies it to the working folder. */
  readonly readonly: boolean;
  /** Of the file as a whole. */
  readonly issues: readonly ViewIssue[];
  readonly pieces: readonly PieceView[];
  /** Dollars that its results have cost. */
  readonly cost_usd: number;
  /** Ids of cells that are stale, in the order in which they would run. */
  readonly stale: readonly string[];
}

/** A notebook file. */
export interface NotebookFile {
  readonly path: string;
  readonly title: string;
  readonly hash: string;
  /** ISO 8601 in UTC. */
  readonly modified_at: string;
  readonly bytes: number;
  readonly readonly: boolean;
}

/** A change that the page hears of while it is open. */
export interface NotebookNotice {
  readonly path: string;
  /** Of the file as it is now; null: it is gone. */
  readonly hash: string | null;
}
