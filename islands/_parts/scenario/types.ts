/** What a scenario file and its draft are, as the API says them. */

import type { Json } from "../../../framework/mod.ts";

/** A finding. */
export interface DraftIssue {
  readonly severity: "error" | "warning" | "note";
  readonly path: string;
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  /** Where it is about another file: one that is extended. */
  readonly file?: string | undefined;
}

/** Where the value of a line was written. */
export interface Origin {
  readonly file: string;
  readonly line: number;
}

/** What is said of a text. */
export interface ScenarioDraft {
  readonly kind: "scenario" | "batch" | "plan";
  readonly valid: boolean;
  readonly issues: readonly DraftIssue[];
  readonly max_turns: number | null;
  readonly seed: number | null;
  /** What the text says; null: it cannot be read. */
  readonly written: Json;
  /** With what it extends; null: nothing, or that cannot be read. */
  readonly merged: { readonly text: string; readonly value: Json; readonly origins: readonly (Origin | null)[] } | null;
}

/** A text and what is said of it. */
export interface ScenarioLook {
  readonly text: string;
  /** Null: it could not be looked at. */
  readonly draft: ScenarioDraft | null;
  /** Why it could not. */
  readonly trouble: { readonly message: string; readonly hint?: string | undefined } | null;
}

/** Keys and indexes on the way to a value. */
export type Path = readonly (string | number)[];
