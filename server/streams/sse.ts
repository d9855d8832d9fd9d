/** Server-sent events as they go over the wire. */

const encoder = new TextEncoder();
const NEWLINE = 10;

/** Events of a log in the form in which they are sent: each with its id, in order, without gaps. */
export interface EventBlock {
  /** Id before the first of them. */
  readonly after: number;
  /** Id of the last of them. */
  readonly last: number;
  /** Whole messages, each `id: N`, `event: event`, `data: …` and an empty line. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Headers of an answer that never ends by itself. Nobody on the way may keep it, gather it up or squeeze it. */
export const SSE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store, no-transform",
  "x-accel-buffering": "no",
};

/** What keeps a connection that has nothing to say from being taken for dead. */
export const HEARTBEAT: Uint8Array<ArrayBuffer> = encoder.encode(": still here\n\n");

/** The first words: how soon a browser is to come back, ms, when it has lost the connection. */
export const OPENING: Uint8Array<ArrayBuffer> = encoder.encode("retry: 1000\n\n");

/** A message. @param data JSON without line breaks, as JSON.stringify makes it */
export function message(event: string, data: string, id?: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`);
}

/** The last message of a stream whose principal may not have it any more. */
export function refusalMessage(detail: string): Uint8Array<ArrayBuffer> {
  return message("error", JSON.stringify({ code: "access_ended", detail }));
}

/**
 * Lines of a log, each a JSON object whose first member is its id, as a block; null where there are none.
 * @param after id before the first of them
 */
export function eventBlock(lines: string, after: number): EventBlock | null {
  let text = "";
  let last = after;
  for (let start = 0, end; (end = lines.indexOf("\n", start)) >= 0; start = end + 1) {
    if (end === start) continue;
    last = idOf(lines, start);
    text += `id: ${last}\nevent: event\ndata: ${lines.slice(start, end)}\n\n`;
  }
  return text === "" ? null : { after, last, bytes: encoder.encode(text) };
}

/** The writer of logs sees to it that every line begins so. */
const ID_AT = '{"id":'.length;

function idOf(lines: string, start: number): number {
  return parseInt(lines.slice(start + ID_AT, start + ID_AT + 16), 10);
}

/** The messages of a block after `after`, without copying them. */
export function messagesAfter(block: EventBlock, after: number): Uint8Array<ArrayBuffer> {
  let at = 0;
  for (let skip = after - block.after; skip > 0; skip--) at = endOfMessage(block.bytes, at);
  return block.bytes.subarray(at);
}

/** The messages with other ids in place of their own, which `idFor` is given. */
export function withIds(messages: Uint8Array, first: number, idFor: (id: number) => string): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (let at = 0, id = first; at < messages.length; id++) {
    const afterId = messages.indexOf(NEWLINE, at);
    const end = endOfMessage(messages, at);
    parts.push(encoder.encode(`id: ${idFor(id)}`), messages.subarray(afterId, end));
    at = end;
  }
  return joined(parts);
}

/** Where the message that begins at `at` ends, its empty line included. */
function endOfMessage(bytes: Uint8Array, at: number): number {
  for (let end = at;;) {
    end = bytes.indexOf(NEWLINE, end);
    if (end < 0) return bytes.length;
    if (bytes[++end] === NEWLINE) return end + 1;
  }
}

/** Several pieces as one. */
export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
