/** A web socket as we keep it. */

import type { RuledSocket } from "./socket_rules.ts";
import type { StateSocket } from "./state_feed.ts";

/** Law: it is gone when its client is, or as soon as we close it: a client that never answers that holds nothing of ours. */
export class WatchedSocket implements StateSocket, RuledSocket {
  readonly #socket: WebSocket;
  readonly #onGone: (socket: WatchedSocket) => void;
  #isGone = false;

  /** @param onGone called once */
  constructor(socket: WebSocket, onGone: (socket: WatchedSocket) => void) {
    this.#socket = socket;
    this.#onGone = onGone;
    socket.onclose = socket.onerror = () => this.#leave();
  }

  get readyState(): StateSocket["readyState"] {
    return this.#socket.readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  get onmessage(): WebSocket["onmessage"] {
    return this.#socket.onmessage;
  }

  set onmessage(listener: WebSocket["onmessage"]) {
    this.#socket.onmessage = listener;
  }

  send(text: string): void {
    this.#socket.send(text);
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
    this.#leave();
  }

  #leave(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#onGone(this);
  }
}
