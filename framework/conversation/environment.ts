/** Where a conversation takes place: what both sides see of it, what may be done, and what comes of that. */

import { z } from "zod";
import type { Json, JsonObject } from "../json.ts";
import type { ActionCatalogue } from "./catalogue.ts";
import type { ActionSpec, DoneAction } from "./types.ts";

/** Bounds of an outline. */
export interface OutlineOptions {
  /** Deepest level that is shown. */
  readonly max_depth?: number;
  /** Nodes that are shown at most. */
  readonly max_nodes?: number;
}

/** A place for conversations: pure, its state is a JSON value that an engine keeps. */
export interface Environment {
  /** The state it begins with; null: it has none. */
  readonly initial: Json;
  /** What may be done. */
  readonly catalogue: ActionCatalogue;
  /** What both sides are shown of a state. */
  outline(state: Json, options?: OutlineOptions): string;
  /**
   * What comes of an action: the state after it (the same when it failed) and what is said of it. Parameters that the
   * action does not have take no effect, and stand in `done`. Never throws.
   */
  apply(
    state: Json,
    action: ActionSpec,
  ): { readonly state: Json; readonly done: DoneAction; readonly created?: string };
  /** In what a state differs from the one that was wanted, a line each; null: this environment's states say nothing. */
  differences(wanted: Json, state: Json): readonly string[] | null;
  /**
   * Whether two states that came of `before` are as good as one: they differ in nothing, and what was there before is
   * still itself in both, and not something else in its place. False where states say nothing.
   */
  agree(before: Json, one: Json, other: Json): boolean;
  /** Why a wish repeats what is already there; null: it does not. */
  repeats(state: Json, action: ActionSpec): string | null;
}

/** How a scenario names an environment: a plan, or a list of actions whose effects happen elsewhere. */
export type EnvironmentSpec =
  | { readonly plan: JsonObject }
  | { readonly title: string; readonly outline: string; readonly actions: ActionCatalogue };

/** The schema of an {@linkcode EnvironmentSpec} in a component's config: what it holds was checked when it was loaded. */
export const environmentSpecSchema: z.ZodType<EnvironmentSpec> = z.custom<EnvironmentSpec>(
  (value) => typeof value === "object" && value !== null && ("plan" in value || "actions" in value),
  "expected an environment: { plan }, or { title, outline, actions }",
);
