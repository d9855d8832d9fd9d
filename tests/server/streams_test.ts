/** Live streams over real connections: many clients, lost connections, killed processes, other hosts. */

import { openApp } from "../../runner/app.ts";
import { manifest } from "../../routes/mod.ts";
import { EventHub, listen, type Principal } from "../../server/mod.ts";
import { kill, sandboxOf } from "../durability/kills.ts";
import { SecondHost } from "../durability/second_host.ts";
import { noticed, reached, world } from "../durability/world.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { numbersOf, SseReader } from "../support/event_source.ts";
import type { TestAppOptions } from "../support/app.ts";
import { type TestServer, withServer } from "../support/server.ts";

const FIXTURES = { fixtures: ["slow_writer"] };

const dense = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + 1 + i);
const eventsUrl = (server: { readonly url: string }, runId: string) =>
  `${server.url}/api/simulations/${runId}/events/stream`;

/** A server with a hub that the test looks into. */
async function withHub(
  body: (server: TestServer, hub: () => EventHub) => Promise<void>,
  domains: TestAppOptions = FIXTURES,
): Promise<void> {
  let hub!: EventHub;
  const streams = {
    get clients() {
      return hub.clients;
    },
    for: (principal: Principal) => hub.for(principal),
    close: (reason: string) => hub.close(reason),
  };
  await withServer({
    ...domains,
    listen: { streams },
    before: (app) => void (hub = new EventHub(app, { pollInterval: 100 })),
  }, (server) => body(server, () => hub));
}

/** Resolves when `condition` holds; looks again and again, for at most ten seconds. */
async function holds(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`${what} within ten seconds`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("two hundred clients of one run get all its events, dense, and its end", async () => {
  await withHub(async (server, hub) => {
    const { run_id } = await server.app.start({ text: world({ turns: 80, pause: 5 }) });
    const readers = await Promise.all(Array.from({ length: 200 }, () => SseReader.open(eventsUrl(server, run_id))));
    assertEquals([hub().clients, hub().runs], [200, 1]);
    const all = await Promise.all(readers.map((reader) => reader.rest()));
    const last = await server.app.lastEventId(run_id);
    assertTrue(last > 500, `${last} events`);
    for (const messages of all) {
      assertEquals(messages[0]?.event, "status");
      assertEquals(numbersOf(messages), dense(0, last));
      const end = messages.at(-1)!;
      assertEquals([end.event, JSON.parse(end.data).status, JSON.parse(end.data).last_id], ["end", "completed", last]);
    }
    const lines = Deno.readTextFileSync(`${server.app.folder(run_id)}/events.jsonl`).trimEnd().split("\n");
    assertEquals(all[0]!.filter(({ event }) => event === "event").map(({ data }) => data), lines);
    await holds(() => hub().clients === 0 && hub().runs === 0 && hub().bytes === 0, "nothing is left");
  });
});

Deno.test("a client that comes back with Last-Event-ID goes on where it was, however often", async () => {
  await withHub(async (server) => {
    const { run_id } = await server.app.start({ text: world({ turns: 60, pause: 5 }) });
    const url = eventsUrl(server, run_id);
    const found: number[] = [];
    for (let isOver = false, seed = 7; !isOver;) {
      const reader = await SseReader.open(url, found.length > 0 ? { lastEventId: String(found.at(-1)) } : {});
      seed = (seed * 1103515245 + 12345) % 2147483648;
      for (let left = 1 + seed % 90; left > 0; left--) {
        const message = await reader.next();
        if (message?.event === "event") found.push(Number(message.id));
        if (message === null) isOver = true;
        if (message === null) break;
      }
      await reader.close();
    }
    const last = await server.app.lastEventId(run_id);
    assertEquals(found, dense(0, last));
    // The same by the query; the header counts more.
    const rest = await (await SseReader.open(`${url}?after=${last - 3}`)).rest();
    assertEquals(numbersOf(rest), dense(last - 3, last));
    const header = await (await SseReader.open(`${url}?after=0`, { lastEventId: String(last - 1) })).rest();
    assertEquals(numbersOf(header), [last]);
  });
});

Deno.test("a client that goes away is noticed, however large its request was", async () => {
  await withHub(async (server, hub) => {
    const { run_id } = await server.app.start({ text: world({ turns: 1_000_000, pause: 20 }) });
    const { hostname, port, host } = new URL(server.url);
    for (const length of [10, 600, 6000]) {
      const connection = await Deno.connect({ hostname, port: Number(port) });
      const head = `GET /api/simulations/${run_id}/events/stream HTTP/1.1\r\nHost: ${host}\r\nCookie: a=${
        "x".repeat(length)
      }\r\n`;
      await connection.write(new TextEncoder().encode(`${head}\r\n`));
      await connection.read(new Uint8Array(4096));
      assertEquals(hub().clients, 1);
      connection.close();
      await holds(() => hub().clients === 0 && hub().runs === 0, `a request of ${length} bytes is noticed to be gone`);
    }
    // Nobody has read a byte.
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(
      new TextEncoder().encode(`GET /api/simulations/${run_id}/events/stream HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
    );
    connection.close();
    // HEAD opens no stream.
    const answer = await server.fetch(`/api/simulations/${run_id}/events/stream`, { method: "HEAD" });
    assertEquals([answer.status, await answer.text()], [200, ""]);
    await holds(() => hub().clients === 0 && hub().runs === 0, "it is noticed to be gone");
    await server.app.cancel(run_id);
  });
});

Deno.test("a sandbox process is killed, then the run interrupted and resumed: the stream has no gap", async () => {
  await withHub(async (server) => {
    const { app } = server;
    const { run_id } = await app.start({ text: world({ turns: 60, pause: 10, interval: 20 }) });
    const reader = await SseReader.open(eventsUrl(server, run_id));
    const following = reader.rest();
    await reached(app, run_id, 8);
    const restarted = noticed(
      app,
      run_id,
      (notice) => notice.kind === "log" && /continuing from its last checkpoint/.test(notice.text),
    );
    kill(await sandboxOf(app.folder(run_id)));
    await restarted;
    const again = reached(app, run_id, 12);
    await again;
    await app.interrupt(run_id, "for a test");
    const seen = await app.lastEventId(run_id);
    await app.resume(run_id);
    const { status } = await app.wait(run_id);
    const messages = await following;
    const last = await app.lastEventId(run_id);
    assertTrue(status === "completed" && seen < last);
    assertEquals(numbersOf(messages), dense(0, last));
    const told = messages.filter(({ event }) => event === "status").map(({ data }) => JSON.parse(data).status);
    assertTrue(told.includes("interrupted"), told.join());
    assertEquals(told.at(-1), "completed");
  });
});

Deno.test("the server is stopped and started anew: clients go on by their last id", async () => {
  await withServer(FIXTURES, async (server) => {
    const { run_id } = await server.app.start({ text: world({ turns: 50, pause: 10 }) });
    const reader = await SseReader.open(eventsUrl(server, run_id));
    const before = await reader.until(({ id }) => Number(id) > 40);
    const rest = reader.rest();
    await server.stop();
    const last = await rest;
    assertEquals([last.at(-1)?.event, last.some(({ event }) => event === "end")], ["closing", false]);
    const app = await openApp({ output: `${server.folder}/output`, config: `${server.folder}/llm-sim.yaml` });
    const log = { write: () => {}, flush: () => Promise.resolve() };
    const next = listen(app, { routes: manifest, output: `${server.folder}/output`, port: 0, log });
    const again = await SseReader.open(eventsUrl({ url: next.url.slice(0, -1) }, run_id), {
      lastEventId: reader.lastEventId,
    });
    assertEquals(JSON.parse((await again.next())!.data).status, "interrupted");
    await app.resume(run_id);
    const after = await again.rest();
    assertEquals(numbersOf([...before, ...last, ...after]), dense(0, await app.lastEventId(run_id)));
    await next.stop();
  });
});

/** A hundred agents that all act in every turn, at once. */
const BUSY = {
  sources: {
    busy: `import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
class BeeAgent extends BaseAgent { decideAction() { return this.act("buzz", {}); } }
class HiveEngine extends BaseEngine { applyActions(state) { return state; } applyEngineRules(state) { return state; } }
class EveryValidator extends BaseValidator { validateAction() { return true; } }
export default defineDomain({ name: "busy", description: "Many do much.", agents: [BeeAgent], engines: [HiveEngine], validators: [EveryValidator] });
`,
  },
};
const BUSY_WORLD = `domain: busy
simulation: { name: busy, max_turns: 500, seed: 1 }
engine: { type: hive }
validator: { type: every }
agents: [{ name: bee, type: bee, count: 100 }]
state_variables: { agent_vars: { x: { type: float, default: 0 } }, global_vars: {} }
events: { verbosity: STATE }
`;

Deno.test("a client that takes nothing holds no memory, and gets every event when it goes on", async () => {
  await withHub(async (server, hub) => {
    const { run_id } = await server.app.start({ text: BUSY_WORLD });
    const { hostname, port, host } = new URL(server.url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    await connection.write(
      new TextEncoder().encode(`GET /api/simulations/${run_id}/events/stream HTTP/1.0\r\nHost: ${host}\r\n\r\n`),
    );
    let most = 0;
    const watch = setInterval(() => most = Math.max(most, hub().bytes), 5);
    await server.app.wait(run_id);
    clearInterval(watch);
    assertTrue(hub().clients === 1 && most > 0 && most <= (1 << 20) + (256 << 10), `${most} bytes were held`);
    const reader = new SseReader(connection.readable.pipeThrough(withoutHead()));
    const messages = await reader.rest();
    const last = await server.app.lastEventId(run_id);
    assertTrue(last > 100_000, `${last} events`);
    assertEquals(numbersOf(messages).length, last);
    assertEquals(numbersOf(messages).findIndex((id, i) => id !== i + 1), -1);
  }, BUSY);
});

/** What follows the head of an answer of HTTP/1.0, whose body is not in chunks. */
function withoutHead(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let head: string | null = "";
  return new TransformStream({
    transform: (bytes, controller) => {
      if (head === null) return controller.enqueue(bytes);
      // One character for one byte.
      head += Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      const end = head.indexOf("\r\n\r\n");
      if (end < 0) return;
      const body = head.slice(end + 4);
      head = null;
      controller.enqueue(Uint8Array.from(body, (letter) => letter.charCodeAt(0)));
    },
  });
}

Deno.test("runs of another host are followed like our own", async () => {
  await withHub(async (server) => {
    const { folder, app } = server;
    const task = { output: `${folder}/output`, config: `${folder}/llm-sim.yaml` };
    const other = new SecondHost({ ...task, start: [world({ turns: 120, pause: 25 })] });
    const { run_id } = await other.says(({ done }) => done === "start");
    const list = await SseReader.open(`${server.url}/api/events/stream`);
    const reader = await SseReader.open(eventsUrl(server, run_id!));
    const messages = await reader.rest();
    const last = await app.lastEventId(run_id!);
    assertEquals(numbersOf(messages), dense(0, last));
    assertEquals(messages.at(-1)?.event, "end");
    assertTrue(messages.filter(({ event }) => event === "progress").length > 1, "it was told of its turns");
    // The list has seen it end as well.
    const completed = ({ event, data }: { event: string; data: string }) =>
      event === "run" && JSON.parse(data).run_id === run_id && JSON.parse(data).status === "completed";
    await list.until(completed);
    await list.close();
    await other.close();
  });
});

Deno.test("several runs in one stream, and the list of all", async () => {
  await withHub(async (server) => {
    const { app } = server;
    const list = await SseReader.open(`${server.url}/api/events/stream`);
    assertEquals(JSON.parse((await list.next())!.data), { first: true, last: true, runs: [] });
    const runs = await Promise.all([1, 2].map((seed) => app.start({ text: world({ turns: 20, pause: 2, seed }) })));
    const [a, b] = runs.map(({ run_id }) => run_id);
    const url = `${server.url}/api/events/stream?runs=${a}:5,${b}`;
    const reader = await SseReader.open(url);
    const first = await reader.until(({ id }) => Number(/:(\d+)$/.exec(id)?.[1]) > 30);
    await reader.close();
    const second = await (await SseReader.open(url, { lastEventId: reader.lastEventId })).rest();
    const events = [...first, ...second].filter(({ event }) => event === "event").map(({ data }) => JSON.parse(data));
    const of = (runId?: string) => events.filter(({ simulation_id }) => simulation_id === runId).map(({ id }) => id);
    assertEquals(of(a), dense(5, await app.lastEventId(a!)));
    assertEquals(of(b), dense(0, await app.lastEventId(b!)));
    const seen = await list.until(({ event, data }) => event === "run" && JSON.parse(data).status === "completed");
    assertMatches(seen.at(-1)!.id, /^[0-9a-f]{8}-\d+$/);
    await list.close();
    for (const query of ["?runs=", "?runs=..%2fx", `?runs=${a},${a}`, `?runs=${a}:x`, "?run=x"]) {
      const answer = await server.fetch(`/api/events/stream${query}`);
      assertEquals([answer.status, (await answer.json()).code], [422, "invalid_request"], query);
    }
    const unknown = await server.fetch(`/api/events/stream?runs=${a},nobody`);
    assertEquals([unknown.status, (await unknown.json()).code], [404, "unknown_run"]);
    const bad = await server.fetch(`/api/simulations/${a}/events/stream`, { headers: { "last-event-id": "x" } });
    assertEquals(bad.status, 422);
    await bad.body?.cancel();
  });
});

interface StateMessage {
  readonly type: string;
  readonly run_id: string;
  readonly turn: number;
  readonly status: string;
  readonly state: { readonly agents: Record<string, unknown>; readonly global_state: Record<string, unknown> } | null;
}

Deno.test("web socket: the state at once, then once a second, then complete", async () => {
  await withHub(async (server, hub) => {
    const { run_id } = await server.app.start({ text: world({ turns: 100, pause: 12 }) });
    await reached(server.app, run_id, 3);
    const socket = new WebSocket(`${server.url.replace("http", "ws")}/api/simulations/${run_id}/stream`);
    const messages: { at: number; message: StateMessage }[] = [];
    socket.onmessage = ({ data }) => messages.push({ at: performance.now(), message: JSON.parse(data) });
    const closed = await new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
    assertEquals([closed.code, closed.reason], [1000, "completed"]);
    assertTrue(messages.length >= 3, `${messages.length} messages`);
    const { message: first } = messages[0]!;
    assertEquals(Object.keys(first), ["type", "run_id", "turn", "status", "state"]);
    assertEquals([first.type, first.run_id, first.status, Object.keys(first.state!.agents)], [
      "progress",
      run_id,
      "running",
      ["Ada", "Ben"],
    ]);
    messages.slice(1).forEach(({ at }, i) => assertTrue(at - messages[i]!.at > 800, `${at - messages[i]!.at} ms`));
    const { message: last } = messages.at(-1)!;
    const stored = await server.app.state(run_id);
    assertEquals([last.type, last.turn, last.status], ["complete", 100, "completed"]);
    assertEquals(last.state?.global_state, stored?.state.global_state as never);
    await holds(() => hub().clients === 0 && hub().runs === 0, "nothing is left");
  });
});

Deno.test("web socket: one that goes away is noticed; what is no web socket, or of a foreign page, is refused", async () => {
  await withHub(async (server, hub) => {
    const { run_id } = await server.app.start({ text: world({ turns: 1_000_000, pause: 20 }) });
    const path = `/api/simulations/${run_id}/stream`;
    const socket = new WebSocket(server.url.replace("http", "ws") + path);
    await new Promise((resolve) => socket.onmessage = resolve);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    assertEquals(hub().clients, 1);
    socket.close();
    await closed;
    await holds(() => hub().clients === 0 && hub().runs === 0, "it is noticed to be gone");
    const plain = await server.fetch(path);
    assertEquals([plain.status, (await plain.json()).code], [426, "upgrade_required"]);
    const unknown = await server.fetch("/api/simulations/nobody/stream");
    assertEquals([unknown.status, (await unknown.json()).code], [404, "unknown_run"]);
    const foreign = await server.fetch(path, { headers: { upgrade: "websocket", origin: "http://evil.example" } });
    assertEquals([foreign.status, (await foreign.json()).code], [403, "foreign_origin"]);
    assertEquals(hub().runs, 0);
    await server.app.cancel(run_id);
  });
});

Deno.test("turns that were quick are told while the next one takes its time", async () => {
  const sources = {
    pensive: `import { BaseAgent, BaseEngine, BaseValidator, defineDomain } from "llm-sim";
class ThinkerAgent extends BaseAgent {
  async decideAction(_, { turn }) {
    if (turn === 4) await new Promise((resolve) => setTimeout(resolve, 1500));
    return this.act("think", {});
  }
}
class RoomEngine extends BaseEngine { applyActions(state) { return state; } applyEngineRules(state) { return state; } }
class EveryValidator extends BaseValidator { validateAction() { return true; } }
export default defineDomain({ name: "pensive", description: "One thinks.", agents: [ThinkerAgent], engines: [RoomEngine], validators: [EveryValidator] });
`,
  };
  const text = `domain: pensive
simulation: { name: pensive, max_turns: 4, seed: 1 }
engine: { type: room }
validator: { type: every }
agents: [{ name: Ada, type: thinker }]
state_variables: { agent_vars: { x: { type: float, default: 0 } }, global_vars: {} }
events: { verbosity: STATE }
`;
  await withHub(async (server) => {
    const { run_id } = await server.app.start({ text });
    const reader = await SseReader.open(eventsUrl(server, run_id));
    const ended = ({ event, data }: { event: string; data: string }, turn: number) =>
      event === "event" && data.includes('"turn_end"') && JSON.parse(data).turn_number === turn;
    await reader.until((message) => ended(message, 3));
    const third = performance.now();
    await reader.until((message) => ended(message, 4));
    assertTrue(performance.now() - third > 500, "turn 3 was told long before the end of turn 4");
    assertEquals((await reader.rest()).at(-1)?.event, "end");
  }, { sources });
});
