/** What a cell is computed from: its text, what it reads, and what the page remembers of it. */

import type { Issue, Json } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { Experiences } from "../prices.ts";
import type { SqlSource } from "../sql/mod.ts";
import type { BatchPlans } from "./batch_plans.ts";
import { BODIES, type Body, checkBody, type ReadBody, readBody } from "./bodies.ts";
import type { Comparisons } from "./comparisons.ts";
import { type Computed, hasErrors, plain, type ScenarioHandle, wrong } from "./computed.ts";
import type { CellMemory } from "./memory.ts";
import type { CellPiece } from "./page/mod.ts";
import { resolveYaml, type ValueOf } from "./resolve.ts";
import type { CellPlace, RunResults } from "./results.ts";
import { findScenario, type ScenarioPlaces } from "./scenario_files.ts";
import type { Starts } from "./starts.ts";
import type { TableQueries } from "./table_queries.ts";
import type { ViewIssue } from "./view.ts";

/** What all pages share. */
export interface Services {
  readonly app: App;
  readonly starts: Starts;
  readonly results: RunResults;
  readonly experiences: Experiences;
  readonly queries: TableQueries;
  readonly comparisons: Comparisons;
  readonly batches: BatchPlans;
  readonly places: ScenarioPlaces;
}

/** Why a paid cell cannot be started now. */
export interface Unready {
  /** Nothing will change that but an edit, or another run of what went wrong; null: what it waits for can be run, or runs. */
  readonly blocked: string | null;
  /** Paid cells that have to come to their end first. */
  readonly waitsFor: readonly string[];
  readonly reason: string;
}

/** One cell of one page. */
export interface CellContext {
  readonly piece: CellPiece;
  readonly place: CellPlace;
  readonly services: Services;
  /** A cell that it reads. */
  readonly read: (id: string) => Computed | undefined;
  readonly valueOf: ValueOf;
  /** Null: all that it reads is there and belongs to what the page says now. */
  readonly unready: Unready | null;
  /** Values of all inputs that it follows from. */
  readonly inputs: { readonly [id: string]: Json };
  /** Tables that its SQL may name, with what their content changes with. */
  readonly tables: { readonly [id: string]: { readonly source: SqlSource; readonly stamp: string } };
  readonly remembered: CellMemory;
  readonly remember: (change: Partial<CellMemory>) => void;
  /** Value of an input in the page's address. */
  readonly moved: Json | undefined;
}

/** What became of a cell whose body cannot be gone by. */
export interface Unopened {
  readonly computed: Computed;
  /** Whether it names what has no value yet, and may be right once that has one. */
  readonly isWaiting: boolean;
}

/** A body that has been read and is right; or what became of the cell because it is not. */
export type Opened<T> = { readonly body: T; readonly read: ReadBody } | Unopened;

/** The body of a YAML cell by a schema, its references replaced. */
export function openBody<K extends keyof typeof BODIES>(context: CellContext, kind: K): Opened<Body<K>> {
  const opened = openYaml(context);
  if ("computed" in opened) return opened;
  const { body, issues } = checkBody(kind, opened.read);
  return body === null ? unopened(context.piece, issues) : { body, read: opened.read };
}

/** The body of a YAML cell, its references replaced. */
export function openYaml(
  { piece, valueOf }: CellContext,
): { readonly read: ReadBody; readonly text: string } | Unopened {
  const resolved = resolveYaml(piece, valueOf);
  if (hasErrors(resolved.issues)) return unopened(piece, resolved.issues);
  const [missing] = resolved.missing;
  if (missing !== undefined) return { computed: notYet(piece, missing), isWaiting: true };
  const read = readBody(piece, resolved.text);
  if (read.value === undefined || hasErrors(read.issues)) return unopened(piece, read.issues);
  return { read, text: resolved.text };
}

/** A cell that names what has no value yet. */
export function notYet(piece: CellPiece, id: string): Computed {
  return plain(piece, "blocked", { reason: `${id} has no result yet` });
}

function unopened(piece: CellPiece, issues: readonly ViewIssue[]): Unopened {
  return { computed: wrong(piece, issues), isWaiting: false };
}

/** The scenario that a name means: that of a cell, or a file. @throws {SimError} `missing_file`, `file_outside` */
export function scenarioNamed(context: CellContext, name: string): ScenarioHandle | { readonly file: string } {
  const handle = context.read(name)?.handle;
  if (handle?.kind === "scenario") return handle;
  return { file: findScenario(name, context.place.path, context.services.places) };
}

/** Settings as a start takes them; where each is written its `from` says. */
export function settingsOf(
  set: { readonly [path: string]: Json } | undefined,
  at: string,
): { readonly path: string; readonly value: Json; readonly from: string }[] {
  return Object.entries(set ?? {}).map(([path, value]) => ({ path, value, from: `${at}.${path}` }));
}

/** Puts issues of a scenario where a cell names or writes it. @param text whether the cell writes it whole */
export function scenarioIssues(
  issues: readonly Issue[],
  read: ReadBody,
  named: { readonly text: boolean },
): ViewIssue[] {
  return issues.filter(({ severity }) => severity !== "note").map((issue): ViewIssue => {
    const { file, line, column, code, message, hint, severity } = issue;
    const own = named.text && (file === undefined || file === "scenario");
    const setting = file?.startsWith("set.") ? ["set", file.slice(4)] : null;
    const place = setting !== null
      ? read.place(setting)
      : own
      ? { line: read.place([]).line, ...atLine(read, line, column) }
      : read.place(["scenario"]);
    const elsewhere = !own && setting === null && file !== undefined && line !== undefined;
    return {
      severity: severity === "error" ? "error" : "warning",
      code,
      message: elsewhere ? `${file}:${line}: ${message}` : message,
      ...(hint !== undefined && { hint }),
      ...place,
    };
  });
}

function atLine(read: ReadBody, line: number | undefined, column: number | undefined) {
  return line === undefined ? {} : { line: read.firstLine + line - 1, ...(column !== undefined && { column }) };
}
