/** What a tool is: what it takes, gives and does. From the first two follow its schemas, its types and its checks. */

import type { z } from "zod";
import type { App } from "../../runner/mod.ts";
import type { Principal, Scope } from "../context.ts";
import type { Plain } from "../endpoint.ts";
import type { Features } from "../features.ts";

/** What a tool works with beside its arguments. */
export interface ToolContext {
  readonly app: App;
  /** Who asks; null where nobody else can: over the pipes of a process of one's own. */
  readonly principal: Principal | null;
  /** Aborted when the client does not wait for the answer any more. */
  readonly signal: AbortSignal;
  /** Tells a client that asked for it how far the call is; what does not go beyond the last `done` is left out. */
  progress(done: number, total: number, message: string): void;
}

/** Where the rest of a shortened answer is. */
export interface Link {
  readonly uri: string;
  readonly name: string;
  readonly mimeType: string;
  /** What is there. */
  readonly description: string;
}

/** A document that comes with an answer. */
export interface Enclosed {
  /** Where the same can be read again. */
  readonly uri: string;
  readonly mimeType: string;
  readonly text: string;
}

/** What a tool answers. */
export interface Answer<T> {
  /** The structured content. */
  readonly value: T;
  /** The same in a few lines, for clients that show their model nothing else. */
  readonly text: string;
  readonly links?: readonly Link[];
  readonly enclosed?: readonly Enclosed[];
}

/** What a tool does to the world, for clients that ask their users first. */
export interface ToolEffect {
  /** Changes nothing. */
  readonly readOnly?: boolean;
  /** May end or replace something that cannot be had back. */
  readonly destructive?: boolean;
  /** Called twice with the same arguments does no more than called once. */
  readonly idempotent?: boolean;
}

/** A tool without types. */
export interface Tool {
  readonly name: string;
  readonly title: string;
  /** For models: what it does, what it needs, what to call next. */
  readonly description: string;
  /** What the caller's key must allow. */
  readonly scope: Scope;
  /** Without which there is no such tool. */
  readonly feature?: keyof Features;
  readonly effect: ToolEffect;
  readonly input: z.ZodObject;
  readonly output: z.ZodObject;
  /** @throws {SimError} or {ProblemError} what the client is told */
  call(args: unknown, context: ToolContext): Promise<Answer<unknown>>;
}

/** Makes a tool. `call` is given arguments that have been checked against `input`. */
export function tool<I extends z.ZodObject, O extends z.ZodObject>(
  spec: Omit<Tool, "input" | "output" | "call"> & {
    readonly input: I;
    readonly output: O;
    call(args: z.output<I>, context: ToolContext): Promise<Answer<Plain<z.input<O>>>>;
  },
): Tool {
  return { ...spec, call: (args, context) => spec.call(args as z.output<I>, context) };
}
