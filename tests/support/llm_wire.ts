/** Replies of the test server on their way out: whole, in pieces, slowly, cut off. */

import { Buffer } from "node:buffer";
import type { ServerResponse } from "node:http";

/** A reply before it is sent. */
export interface Wire {
  /** HTTP status. */
  readonly status: number;
  /** Besides the content type. */
  readonly headers?: { readonly [name: string]: string };
  /** Content type. */
  readonly type: string;
  /** The body; more than one piece are sent one after the other, as fast as the client takes them. */
  readonly pieces: readonly string[];
  /** ms before each piece. */
  readonly every?: number;
  /** Where the connection is broken off: instead of a reply, or after the pieces, with more announced. */
  readonly broken?: "before" | "after";
}

/**
 * Sends `wire` as the reply `to` a request.
 *
 * @param left aborted when the client leaves
 * @param onSent called when the last piece is handed over, before the client can have seen it
 */
export async function send(to: ServerResponse, wire: Wire, left: AbortSignal, onSent: () => void): Promise<void> {
  const { status, headers, type, pieces, every = 0, broken } = wire;
  if (left.aborted) return;
  if (broken === "before") {
    onSent();
    to.destroy();
    return;
  }
  if (pieces.length === 1 && every === 0 && broken === undefined) {
    onSent();
    to.writeHead(status, { "content-type": type, "content-length": Buffer.byteLength(pieces[0]!), ...headers });
    to.end(pieces[0]);
    return;
  }
  const announced = pieces.reduce((sum, { length }) => sum + 4 * length, 1_000);
  to.writeHead(status, { "content-type": type, ...(broken && { "content-length": announced }), ...headers });
  for (const [i, piece] of pieces.entries()) {
    if (every > 0) await sleep(every, left);
    if (left.aborted) return;
    if (i === pieces.length - 1) onSent();
    await written(to, piece, left);
  }
  if (broken === "after") to.destroy();
  else to.end();
}

/** Resolves when the client has taken the piece, or left. */
function written(to: ServerResponse, piece: string, left: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      left.removeEventListener("abort", end);
      resolve();
    };
    left.addEventListener("abort", end);
    to.write(piece, end);
  });
}

/** Resolves after `ms`, sooner when `signal` is aborted. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = ms === Infinity ? undefined : setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}
