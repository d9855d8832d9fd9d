/** What the client of a web socket may do: listen as long as it is allowed to, and say next to nothing. */

import type { Principal } from "../context.ts";
import { RateLimiter } from "../rate_limiter.ts";
import { HEARTBEAT_INTERVAL } from "./client.ts";
import { every, type StreamClock } from "./source.ts";

/** Bytes of a message that a client may send. Larger ones have been received when this is seen: Deno takes 64 MiB. */
const LARGEST = 16 << 10;
/** Messages a minute that a client may send. */
const MOST_MESSAGES = 100;

/** Codes that sockets are closed with; those from 4000 on are our own. */
const [TOO_LARGE, TOO_MANY, ACCESS_ENDED] = [1009, 1008, 4401];

/** The part of a web socket that is needed here. */
export type RuledSocket = Pick<WebSocket, "close" | "onmessage">;

/**
 * Closes the socket when its client does not keep to that, or may not listen any more: that is looked at every
 * {@linkcode HEARTBEAT_INTERVAL}.
 * @returns what stops looking
 */
export function rule(socket: RuledSocket, principal: Pick<Principal, "refusal">, clock: StreamClock): () => void {
  const limiter = new RateLimiter(MOST_MESSAGES, () => clock.now());
  const close = (code: number, reason: string) => {
    socket.onmessage = null;
    socket.close(code, reason);
  };
  socket.onmessage = ({ data }) => {
    if (sizeOf(data) > LARGEST) close(TOO_LARGE, `a message has more than ${LARGEST} bytes`);
    else if (!limiter.take("").allowed) close(TOO_MANY, `more than ${MOST_MESSAGES} messages a minute`);
  };
  return every(clock, HEARTBEAT_INTERVAL, () => {
    const refusal = principal.refusal();
    if (refusal !== null) close(ACCESS_ENDED, refusal);
  });
}

/** Bytes of a message; of a text at least so many. */
function sizeOf(data: string | Blob | ArrayBuffer): number {
  if (typeof data === "string") return data.length;
  return data instanceof Blob ? data.size : data.byteLength;
}
