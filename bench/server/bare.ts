/**
 * What the server is measured against: Hono with one handler that returns given bytes, and a loop that sends a message to
 * all who listen. Arguments: file with the bytes, their media type, bytes of a message, ms between messages, messages.
 */

import { Hono } from "hono";

const [file, type, length, interval, count] = Deno.args as [string, string, string, string, string];
const body = await Deno.readFile(file);
const clients = new Set<ReadableStreamDefaultController<Uint8Array>>();
/** Turn by turn, ms since 1970: when it was sent. */
const ended: number[] = [];

const app = new Hono();
app.get("/bytes", () => new Response(body, { headers: { "content-type": type } }));
app.get("/stream", () => {
  let own: ReadableStreamDefaultController<Uint8Array>;
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      own = controller;
      clients.add(controller);
    },
    cancel: () => void clients.delete(own),
  });
  return new Response(stream, { headers: { "content-type": "text/event-stream" } });
});
app.post("/start", () => {
  const encoder = new TextEncoder();
  const padding = "x".repeat(Number(length));
  const timer = setInterval(() => {
    const turn = ended.length + 1;
    const head = `id: ${turn}\nevent: event\ndata: {"id":${turn},"turn_number":${turn},"padding":"`;
    ended.push(performance.timeOrigin + performance.now());
    const message = encoder.encode(`${head}${padding.slice(head.length + 4)}"}\n\n`);
    for (const client of clients) client.enqueue(message);
    if (turn >= Number(count)) {
      clearInterval(timer);
      for (const client of clients) client.close();
    }
  }, Number(interval));
  return new Response("started");
});
app.get("/ended", (c) => c.json(ended));

// deno-lint-ignore no-console -- the parent reads it
Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) }, app.fetch);
