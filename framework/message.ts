/** Messages between agents: sent in one turn, in the inbox of the next. */

import { frozenJson, type Json, notJson } from "./json.ts";

/** A message as it lies in an inbox. */
export interface Message {
  /** Who sent it; null: the world (an engine or an intervention). */
  readonly from: string | null;
  /** To whom it was sent: one agent, several, or `*` for all others. */
  readonly to: string | readonly string[];
  /** With `to: "*"`: only to agents within so many hops of the sender when it was sent. */
  readonly radius?: number;
  /** What it says. */
  readonly content: Json;
  /** Turn in which it was sent. */
  readonly turn: number;
}

/**
 * What an agent or an engine sends: a value that cannot be wrong once built. Agents return it from `decideAction`, alone
 * or beside actions; engines hand it to `context.send`. It is delivered in the next turn.
 *
 * @example
 * ```ts
 * import { OutgoingMessage } from "llm-sim";
 * const offer = new OutgoingMessage("B", { price: 12 });
 * const alarm = new OutgoingMessage("*", "fire!", 2);
 * if (offer.to !== "B" || alarm.radius !== 2) throw new Error("unreachable");
 * ```
 */
export class OutgoingMessage {
  /** One agent, several, or `*` for all others. */
  readonly to: string | readonly string[];
  /** What it says. */
  readonly content: Json;
  /** With `to: "*"`: hops within which it is heard; null: everywhere. */
  readonly radius: number | null;

  /**
   * A message to `to`.
   * @throws {RangeError} when it goes to nobody, the content is not JSON, or a radius is no number from 0 or given with
   * names
   */
  constructor(to: string | readonly string[], content: Json, radius: number | null = null) {
    const names: readonly unknown[] = Array.isArray(to) ? to : [to];
    if (names.length === 0 || !names.every((name) => typeof name === "string" && name !== "")) {
      throw new RangeError(`a message goes to an agent, to several, or to '*', not to ${Deno.inspect(to)}`);
    }
    const problem = notJson(content);
    if (problem !== null) throw new RangeError(`the content of a message ${problem}`);
    if (radius !== null && (to !== "*" || !(Number.isFinite(radius) && radius >= 0))) {
      throw new RangeError(`a radius is 0 or more and goes with messages to '*', not ${radius} to ${String(to)}`);
    }
    // Copies: what was sent does not change with what the sender goes on to do.
    this.to = frozenJson(to);
    this.content = frozenJson(content);
    this.radius = radius;
  }
}
