/** Follows the runs and batches behind a page's cells, and has the page look again when one of them has moved on. */

import { live } from "../live.ts";
import { type Followed, followedOf, isBusy } from "./following.ts";
import type { NotebookView } from "./types.ts";

/** Milliseconds between two looks at what is under way, when the stream says that something has changed. */
const SOON = 400;
/** Milliseconds after which it is looked at although the stream said nothing: cells that wait for others. */
const LATER = 2500;

/** What is under way on a page. Close it when the page goes. */
export class UnderWay {
  readonly #look: () => void;
  readonly #follows = new Map<string, () => void>();
  #soon: ReturnType<typeof setTimeout> | undefined;
  #later: ReturnType<typeof setTimeout> | undefined;

  /** @param look looks at the page again */
  constructor(look: () => void) {
    this.#look = look;
  }

  /** Follows what may still move, and nothing else any more. */
  follow(view: NotebookView): void {
    const wanted = new Map(followedOf(view).map((each) => [`${each.kind} ${each.id}`, each]));
    for (const [name, stop] of this.#follows) {
      if (wanted.has(name)) continue;
      stop();
      this.#follows.delete(name);
    }
    for (const [name, followed] of wanted) {
      if (!this.#follows.has(name)) this.#follows.set(name, this.#followed(followed));
    }
    clearTimeout(this.#later);
    if (isBusy(view)) this.#later = setTimeout(() => document.hidden || this.#look(), LATER);
  }

  /** Has the page look again, soon. */
  lookSoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#look();
    }, SOON);
  }

  close(): void {
    for (const stop of this.#follows.values()) stop();
    this.#follows.clear();
    clearTimeout(this.#soon);
    clearTimeout(this.#later);
  }

  #followed({ kind, id }: Followed): () => void {
    let last: string | null = null;
    return live().follow(kind, id, (event, data) => {
      if (event === "event" || event === "progress" || event === "cost") return;
      // The first word says what the view has said already.
      const now = JSON.stringify(event === "batch" ? data.runs ?? data : [event, data.status]);
      if (last !== null && last !== now) this.lookSoon();
      last = now;
    });
  }
}
