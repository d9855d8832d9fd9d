/** Requests of one moment go to the trusted thread together: a hundred agents ask at once. */

import type { AnswerMessage, Asked, OutsideRequest } from "./messages.ts";

/** Most that are sent together: the first are on their way while the last are still being made. */
const TOGETHER = 20;

const { queueMicrotask } = globalThis;

/** Gathers requests and posts them when the moment is over. */
export class RequestQueue {
  readonly #post: (requests: readonly Asked[]) => void;
  readonly #refuse: (answer: AnswerMessage) => void;
  #gathered: Asked[] = [];

  /**
   * @param post sends requests; throws for what cannot be sent to another thread, such as functions
   * @param refuse answers a request that could not be sent
   */
  constructor(post: (requests: readonly Asked[]) => void, refuse: (answer: AnswerMessage) => void) {
    this.#post = post;
    this.#refuse = refuse;
  }

  /** Sends a request, at the latest when what runs now is done. */
  add(id: number, request: OutsideRequest): void {
    const count = this.#gathered.push({ id, request });
    if (count === TOGETHER) this.flush();
    else if (count === 1) queueMicrotask(() => this.flush());
  }

  /** Sends what has been gathered. */
  flush(): void {
    if (this.#gathered.length === 0) return;
    const gathered = this.#gathered;
    this.#gathered = [];
    try {
      this.#post(gathered);
    } catch {
      // One of them is at fault; the others are sent all the same.
      for (const each of gathered) this.#postAlone(each);
    }
  }

  #postAlone(asked: Asked): void {
    try {
      this.#post([asked]);
    } catch (error) {
      const message = `it cannot be sent: ${error instanceof Error ? error.message : String(error)}`;
      this.#refuse({ t: "answer", id: asked.id, error: { code: "bad_call", message } });
    }
  }
}
