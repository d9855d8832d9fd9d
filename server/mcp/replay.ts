/** The last messages of a session, for clients whose stream was cut: they say which they had last, and get the others. */

import type { EventStore, JSONRPCMessage } from "@modelcontextprotocol/server";

/** Messages that are kept of a session. */
const MOST = 256;
/** Characters of them. */
const MOST_CHARACTERS = 1 << 20;

/** Keeps messages in memory, the newest. */
export class RecentMessages implements EventStore {
  #messages: {
    readonly id: number;
    readonly stream: string;
    readonly message: JSONRPCMessage;
    readonly length: number;
  }[] = [];
  #characters = 0;
  #next = 1;

  storeEvent(stream: string, message: JSONRPCMessage): Promise<string> {
    const id = this.#next++;
    const length = JSON.stringify(message).length;
    this.#messages.push({ id, stream, message, length });
    this.#characters += length;
    while (this.#messages.length > MOST || (this.#characters > MOST_CHARACTERS && this.#messages.length > 1)) {
      this.#characters -= this.#messages.shift()!.length;
    }
    return Promise.resolve(`${id}@${stream}`);
  }

  getStreamIdForEventId(eventId: string): Promise<string | undefined> {
    return Promise.resolve(/^\d+@(.+)$/s.exec(eventId)?.[1]);
  }

  async replayEventsAfter(
    lastEventId: string,
    { send }: { send: (eventId: string, message: JSONRPCMessage) => Promise<void> },
  ): Promise<string> {
    const [, last = "0", stream = ""] = /^(\d+)@(.+)$/s.exec(lastEventId) ?? [];
    const missed = this.#messages.filter((each) => each.stream === stream && each.id > Number(last));
    for (const { id, message } of missed) {
      // Streams begin with an empty message that only gives them an id.
      if (Object.keys(message).length > 0) await send(`${id}@${stream}`, message);
    }
    return stream;
  }
}
