/** Pages that reload when the server has been started anew: for work on them. */

import type { Mount } from "./server.ts";

const PATH = "/dev/live";

/** The page's side: the stream tells which process it comes from; a page reloads when that is another one. */
export const LIVE_RELOAD = `let first;new EventSource(${JSON.stringify(PATH)}).onmessage=({data})=>` +
  `{first??=data;if(first!==data)location.reload()}`;

/** The server's side. */
export const liveReload: Mount = (hono, { onClose }) => {
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>();
  const hello = new TextEncoder().encode(`retry: 200\ndata: ${crypto.randomUUID()}\n\n`);
  hono.get(PATH, () => {
    let stream: ReadableStreamDefaultController<Uint8Array>;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        stream = controller;
        streams.add(stream);
        stream.enqueue(hello);
      },
      cancel: () => void streams.delete(stream),
    });
    return new Response(body, { headers: { "content-type": "text/event-stream", "cache-control": "no-store" } });
  });
  onClose(() => {
    for (const stream of streams) stream.close();
    streams.clear();
  });
};
