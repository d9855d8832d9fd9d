/** What has been asked of models and services in one turn: numbers questions, keeps what came of them. */

import type { JsonObject } from "../json.ts";
import type { Call, SettledCall } from "./call.ts";

// Domain code may put another in its place. Not setTimeout, which takes two milliseconds.
const realSetImmediate = setImmediate;

/** Which kind of component asks. */
export type Asker = "agent" | "engine" | "validator";

/** One attempt to have a question answered. */
export interface Attempt {
  readonly call: Call;
  readonly settled: SettledCall;
  /** What is wrong with the answer; null: it is as it should be, or there is none. */
  readonly problem: string | null;
}

/** One question, with all attempts to have it answered. */
export interface Question {
  readonly asker: Asker;
  /** On whose behalf it was asked; empty: the world's. */
  readonly agent: string;
  readonly purpose: string;
  /** Ordinal within agent and purpose, from 1. */
  readonly n: number;
  readonly attempts: readonly Attempt[];
  /** The checked answer, if it is an object; null otherwise. */
  readonly answer: JsonObject | null;
  /** Why there is no answer; null: there is one. `tolerated`: it says nothing of the simulation. */
  readonly failure: { readonly code: string; readonly message: string; readonly tolerated?: true } | null;
}

/** The questions of one turn. */
export class TurnCalls {
  readonly #ordinals = new Map<string, number>();
  #questions: Question[] = [];
  #open = 0;
  #isOver = false;
  #whenNoneIsOpen: (() => void) | undefined;

  /** The next ordinal within agent and purpose, for a question that is open until it is kept. @throws {TypeError} */
  open(agent: string, purpose: string): number {
    if (this.#isOver) throw new TypeError("a context asks in its own turn only, and that is over");
    this.#open++;
    const key = `${agent}\0${purpose}`;
    const n = (this.#ordinals.get(key) ?? 0) + 1;
    this.#ordinals.set(key, n);
    return n;
  }

  /** Keeps a question that has been settled. */
  keep(question: Question): void {
    this.#questions.push(question);
    if (--this.#open === 0) this.#whenNoneIsOpen?.();
  }

  /**
   * Resolves when no question is open, those included whose asker did not wait for the answer: what comes of them belongs
   * to the turn, however late it is, and so does what is asked upon it.
   */
  async settled(): Promise<void> {
    do {
      if (this.#open > 0) await new Promise<void>((resolve) => this.#whenNoneIsOpen = resolve);
      // Whoever was answered has had his say when this task is over: whether he asks on must not depend on how fast others
      // were.
      await new Promise<void>((resolve) => realSetImmediate(resolve));
    } while (this.#open > 0);
  }

  /** Nothing more is asked. */
  close(): void {
    this.#isOver = true;
  }

  /** Whether nothing has been asked since the last {@linkcode TurnCalls.take}. */
  get isIdle(): boolean {
    return this.#open === 0 && this.#questions.length === 0;
  }

  /**
   * The questions that were kept since the last call, in an order that does not depend on which was answered first.
   * @param rank position of an agent among those that acted
   */
  take(rank: (agent: string) => number = () => 0): readonly Question[] {
    const taken = this.#questions;
    this.#questions = [];
    return taken.sort((a, b) => rank(a.agent) - rank(b.agent) || compare(a.purpose, b.purpose) || a.n - b.n);
  }
}

/** By UTF-16 units: the same everywhere. Numbers at the end of a purpose count as numbers. */
function compare(a: string, b: string): number {
  const [, stemA, numberA] = /^(.*?)(\d*)$/s.exec(a)!;
  const [, stemB, numberB] = /^(.*?)(\d*)$/s.exec(b)!;
  if (stemA !== stemB) return stemA! < stemB! ? -1 : 1;
  return Number(numberA) - Number(numberB) || (a === b ? 0 : a < b ? -1 : 1);
}
