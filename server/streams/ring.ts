/** The newest events of a run, shared by all who follow it. */

import { type EventBlock, messagesAfter } from "./sse.ts";

/**
 * Law: the blocks follow each other without gaps, from {@linkcode EventRing.floor} to {@linkcode EventRing.head}; they
 * take no more than the limit, but for one block that is larger by itself.
 */
export class EventRing {
  readonly #limit: number;
  #blocks: EventBlock[] = [];
  #head = 0;
  #bytes = 0;

  /** @param limit bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Id of the newest event that has been seen here. */
  get head(): number {
    return this.#head;
  }

  /** Who has everything up to this id finds the rest here. */
  get floor(): number {
    return this.#blocks[0]?.after ?? this.#head;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds the newest events. A block that does not begin where the others end takes their place. */
  push(block: EventBlock): void {
    if (block.after !== this.#head) this.clear();
    this.#blocks.push(block);
    this.#head = block.last;
    this.#bytes += block.bytes.length;
    while (this.#bytes > this.#limit && this.#blocks.length > 1) this.#bytes -= this.#blocks.shift()!.bytes.length;
  }

  /** Forgets all events, but not how far they went. */
  clear(): void {
    this.#blocks = [];
    this.#bytes = 0;
  }

  /** The messages that follow `cursor`, from one block; null: they are not here. */
  after(cursor: number): { readonly bytes: Uint8Array<ArrayBuffer>; readonly last: number } | null {
    if (cursor < this.floor || cursor >= this.#head) return null;
    // The newest are asked for most.
    const block = this.#blocks.findLast((block) => block.after <= cursor)!;
    return { bytes: block.after === cursor ? block.bytes : messagesAfter(block, cursor), last: block.last };
  }
}
