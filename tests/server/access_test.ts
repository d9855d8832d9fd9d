/** Streams of those who may not have them any more. */

import { EventHub, HEARTBEAT_INTERVAL, KeyStore, type Principal } from "../../server/mod.ts";
import { world } from "../durability/world.ts";
import { assertEquals } from "../support/assert.ts";
import { SseReader } from "../support/event_source.ts";
import { ManualClock } from "../support/manual_clock.ts";
import { posted, statusOf, type TestServer, withServer } from "../support/server.ts";

interface Stage {
  readonly server: TestServer;
  readonly hub: EventHub;
  readonly clock: ManualClock;
  readonly store: KeyStore;
  /** A run that is parked. */
  readonly run_id: string;
  /** A stream of it that has begun. */
  open(headers: HeadersInit): Promise<SseReader>;
}

/** A server whose streams go by a clock that the test turns. */
async function withStage(body: (stage: Stage) => Promise<void>): Promise<void> {
  const clock = new ManualClock();
  let [hub, store]: [EventHub?, KeyStore?] = [];
  const streams = {
    get clients() {
      return hub!.clients;
    },
    for: (principal: Principal) => hub!.for(principal),
    close: (reason: string) => hub!.close(reason),
  };
  await withServer({
    fixtures: ["slow_writer"],
    listen: { streams },
    before: (app, folder) => {
      hub = new EventHub(app, { clock });
      store = new KeyStore(`${folder}/output`);
    },
  }, async (server) => {
    const { run_id } = await server.app.start({ text: world({ turns: 5, pause: 0 }), mode: "step" });
    await server.app.wait(run_id);
    const open = async (headers: HeadersInit) => {
      const answer = await server.fetch(`/api/simulations/${run_id}/events/stream`, { headers });
      assertEquals(answer.status, 200);
      const reader = new SseReader(answer.body!);
      await reader.until(({ event }) => event === "status");
      return reader;
    };
    await body({ server, hub: hub!, clock, store: store!, run_id, open });
    await hub!.close("the test is over");
  });
}

/** Asks again and again until the answer is this one, for at most ten seconds. */
async function becomes(status: number, ask: () => Promise<Response>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (await statusOf(ask()) !== status) {
    if (performance.now() > deadline) throw new Error(`it did not become ${status} within ten seconds`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What a stream says last, within the next heartbeat. */
async function lastOf(reader: SseReader, clock: ManualClock): Promise<[event: string | undefined, detail: unknown]> {
  clock.advance(HEARTBEAT_INTERVAL);
  const last = (await reader.rest()).at(-1);
  return [last?.event, last && JSON.parse(last.data).detail];
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

Deno.test("a revoked key's streams and web sockets are closed within a heartbeat, and say why", async () => {
  await withStage(async ({ server, hub, clock, store, run_id, open }) => {
    const [{ key }, { key: other }] = [store.create("leaving", ["read"]), store.create("staying", ["read"])];
    await becomes(401, () => server.fetch("/api/features"));
    const [stream, kept] = [await open(bearer(key)), await open(bearer(other))];
    const url = `${server.url.replace("http", "ws")}/api/simulations/${run_id}/stream`;
    // Headers are Deno's own, and not in the types.
    const socket = new WebSocket(url, { headers: bearer(key) } as never);
    await new Promise((resolve) => socket.onmessage = resolve);
    const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
    assertEquals(hub.clients, 3);
    store.revoke("leaving");
    await becomes(401, () => server.fetch("/api/features", { headers: bearer(key) }));
    assertEquals(await lastOf(stream, clock), ["error", "its key was revoked"]);
    const { code, reason } = await closed;
    assertEquals([code, reason], [4401, "its key was revoked"]);
    await kept.close();
  });
});

Deno.test("the streams of a browser that has signed out are closed within a heartbeat", async () => {
  await withStage(async ({ server, clock, store, open }) => {
    const { key } = store.create("browser", ["read"]);
    await becomes(401, () => server.fetch("/api/features"));
    const signIn = async () => {
      const answer = await server.fetch("/api/session", posted({ key }));
      await answer.body?.cancel();
      return { cookie: answer.headers.get("set-cookie")!.split(";")[0]!, origin: server.url };
    };
    const [leaving, staying] = [await signIn(), await signIn()];
    const [stream, kept] = [await open(leaving), await open(staying)];
    assertEquals(await statusOf(server.fetch("/api/session", { method: "DELETE", headers: leaving })), 204);
    assertEquals(await lastOf(stream, clock), ["error", "its session is over, or its key was revoked"]);
    await kept.close();
  });
});

Deno.test("streams of a server that needed no keys are closed once it needs some", async () => {
  await withStage(async ({ server, clock, store, open }) => {
    const stream = await open({});
    store.create("first", ["read"]);
    await becomes(401, () => server.fetch("/api/features"));
    assertEquals(await lastOf(stream, clock), ["error", "this server needs a key now"]);
  });
});

Deno.test("a client that never answers the closing of its web socket holds nothing", async () => {
  await withStage(async ({ server, hub, clock, store, run_id }) => {
    const { hostname, port, host } = new URL(server.url);
    using connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(
      new TextEncoder().encode(
        `GET /api/simulations/${run_id}/stream HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\n` +
          "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
      ),
    );
    let said = "";
    while (!said.includes('"progress"')) {
      const bytes = new Uint8Array(65_536);
      said += new TextDecoder().decode(bytes.subarray(0, await connection.read(bytes) ?? 0));
    }
    assertEquals([hub.clients, hub.runs], [1, 1]);
    store.create("first", ["read"]);
    await becomes(401, () => server.fetch("/api/features"));
    clock.advance(HEARTBEAT_INTERVAL);
    assertEquals([hub.clients, hub.runs, hub.bytes], [0, 0, 0]);
  });
});

Deno.test("a web socket whose client says too much is closed", async () => {
  await withStage(async ({ server, run_id }) => {
    const closedAfter = async (say: (socket: WebSocket) => void) => {
      const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/simulations/${run_id}/stream`);
      await new Promise((resolve) => socket.onmessage = resolve);
      const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
      say(socket);
      return (await closed).code;
    };
    assertEquals(await closedAfter((socket) => socket.send("x".repeat((16 << 10) + 1))), 1009);
    assertEquals(await closedAfter((socket) => socket.send(new Uint8Array((16 << 10) + 1))), 1009);
    const chatty = (socket: WebSocket) => {
      for (let i = 0; i <= 100; i++) socket.send("x");
    };
    assertEquals(await closedAfter(chatty), 1008);
  });
});
