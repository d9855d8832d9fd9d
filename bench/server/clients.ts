/**
 * Many clients of a stream: tells, as JSON, when the last message of each turn had come to each of them. Arguments: URL of
 * the stream, clients, URL to POST to once all of them listen (or nothing). Ends with the streams.
 */

const [url, count, start] = Deno.args as [string, string, string | undefined];
/** By turn: ms since 1970 at each client. */
const arrived = new Map<number, number[]>();
const EVENT = /^data: \{"id":\d+,.*?"turn_number":(\d+)/gm;
let bytes = 0;
let messages = 0;

async function follow(client: number, body: ReadableStream<Uint8Array>): Promise<void> {
  for await (const chunk of body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)) {
    const now = performance.timeOrigin + performance.now();
    if (client === 0) bytes += chunk.length;
    for (const [, turn] of chunk.matchAll(EVENT)) {
      if (client === 0) messages++;
      let times = arrived.get(Number(turn));
      if (times === undefined) arrived.set(Number(turn), times = []);
      times[client] = now;
    }
  }
}

const answers = await Promise.all(Array.from({ length: Number(count) }, () => fetch(url)));
const following = answers.map(({ body }, client) => follow(client, body!));
if (start) await (await fetch(start, { method: "POST" })).body?.cancel();
await Promise.all(following);
// deno-lint-ignore no-console -- the parent reads it
console.log(JSON.stringify({ arrived: [...arrived], bytes, messages }));
