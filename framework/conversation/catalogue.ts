/** What may be done in an environment: actions, their parameters, and how what a model wrote is read as one of them. */

import type { Json } from "../json.ts";
import type { ActionSpec } from "./types.ts";

/** What a parameter holds, and so how two values of it are compared. */
export type ParameterType = "string" | "text" | "integer" | "number" | "boolean" | "date" | "id" | "list" | "object";

/** One parameter of an action. */
export interface ParameterSchema {
  /**
   * What it holds. `string` compares exactly, `text` is free (a difference is for a judge), `id` as ids are written
   * (`3`, `"3"`, `"#3"`), `date` by day or instant, `number` with a tolerance of 1e-9 of its size.
   */
  readonly type: ParameterType;
  /** What it means. */
  readonly description: string;
  /** Whether the action is none without it. Default: it may be left out. */
  readonly required?: boolean;
  /** What counts when it is left out. */
  readonly default?: Json;
  /** The values it may have. */
  readonly enum?: readonly string[];
  /** Of a list: what its entries are; left out: any JSON. */
  readonly items?: Exclude<ParameterType, "list" | "object">;
  /** Of a list: whether its order means nothing. */
  readonly unordered?: boolean;
}

/** One action of an environment. */
export interface ActionSchema {
  /** Family of the action. */
  readonly kind: string;
  /** What it does, for models and people. */
  readonly description: string;
  /** Whether it changes anything: only such actions count. */
  readonly mutating: boolean;
  /** Parameters by name. */
  readonly parameters: { readonly [name: string]: ParameterSchema };
  /** Whether nothing else may be done in the same turn. */
  readonly alone?: boolean;
}

/** The actions of an environment by name. */
export type ActionCatalogue = { readonly [name: string]: ActionSchema };

/** An action that is one of the catalogue, or why it is none. */
export type ReadAction = { readonly action: ActionSpec } | { readonly problem: string; readonly code: string };
