import { KeyStore, type Mount, type Scope } from "../../server/mod.ts";
import { McpEndpoint } from "../../server/mcp/http.ts";
import { mcp, mountMcp } from "../../server/mcp/mod.ts";
import { newServer } from "../../server/mcp/server.ts";
import type { SessionLimits } from "../../server/mcp/sessions.ts";
import { Updates } from "../../server/mcp/updates.ts";
import { assertEquals, assertMatches, assertRejects } from "../support/assert.ts";
import { type TestServer, withServer } from "../support/server.ts";
import { ERAS, httpTransport, withClient } from "./clients.ts";

const INITIALIZE = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
});

const ACCEPT = { accept: "application/json, text/event-stream", "content-type": "application/json" };

/** Sends a message; status, session and body of the answer. */
async function post({ fetch }: TestServer, body: string, headers: Record<string, string> = {}) {
  const response = await fetch("/mcp", { method: "POST", body, headers: { ...ACCEPT, ...headers } });
  return { status: response.status, session: response.headers.get("mcp-session-id"), text: await response.text() };
}

const PING = JSON.stringify({ jsonrpc: "2.0", id: 2, method: "ping" });

const inSession = (session: string | null) => ({
  "mcp-session-id": session ?? "",
  "mcp-protocol-version": "2025-11-25",
});

function keyed(body: (server: TestServer, key: (scope: Scope) => string) => Promise<void>): Promise<void> {
  const keys = new Map<Scope, string>();
  return withServer({
    listen: { mounts: [mcp] },
    before: (_, folder) => {
      const store = new KeyStore(`${folder}/output`);
      for (const scope of ["read", "run", "edit"] as const) keys.set(scope, store.create(scope, [scope]).key);
    },
  }, (server) => body(server, (scope) => keys.get(scope)!));
}

for (const era of ERAS) {
  Deno.test(`a key may call what its scopes allow (${era})`, () =>
    keyed(async (server, key) => {
      const own = { repo: "economic", config: "x.yaml", scenario: "x" };
      await withClient(httpTransport(server, key("read")), era, async (client) => {
        assertEquals((await client.value("list_simulations")).simulations, []);
        assertMatches(
          await client.error("start_simulation", { repo: "economic", config: "growth.yaml" }),
          /^scope_missing: .*may not run/,
        );
        assertMatches(await client.error("write_scenario", own), /^scope_missing: .*may not edit/);
      });
      await withClient(httpTransport(server, key("run")), era, async (client) => {
        const { run_id } = await client.value("start_simulation", { repo: "economic", config: "growth.yaml" });
        await client.value("cancel_simulation", { run_id });
        assertMatches(await client.error("write_scenario", own), /^scope_missing/);
      });
      await withClient(httpTransport(server, key("edit")), era, async (client) => {
        assertMatches(
          await client.error("start_simulation", { repo: "economic", config: "growth.yaml" }),
          /^scope_missing/,
        );
        assertMatches(await client.error("write_scenario", { ...own, config: "../x.yaml" }), /^bad_config_path/);
      });
    }));
}

Deno.test("without a key, for another host, from another origin: refused before MCP hears of it", () =>
  keyed(async (server, key) => {
    assertEquals((await post(server, INITIALIZE)).status, 401);
    assertEquals((await post(server, INITIALIZE, { authorization: "Bearer llmsim_no_such" })).status, 401);
    const authorization = `Bearer ${key("read")}`;
    assertEquals((await post(server, INITIALIZE, { authorization, origin: "http://evil.example" })).status, 403);
    assertEquals((await post(server, INITIALIZE, { authorization })).status, 200);
  }));

Deno.test("a session is its owner's alone, and ends when it is told to", () =>
  keyed(async (server, key) => {
    const [one, other] = [key("read"), key("run")].map((each) => ({ authorization: `Bearer ${each}` }));
    const { session } = await post(server, INITIALIZE, one);
    assertEquals((await post(server, PING, { ...one, ...inSession(session) })).status, 200);
    assertEquals((await post(server, PING, { ...other, ...inSession(session) })).status, 404);
    assertEquals((await post(server, PING, one)).status, 400);
    const ended = await server.fetch("/mcp", { method: "DELETE", headers: { ...one, ...inSession(session) } });
    await ended.body?.cancel();
    assertEquals([ended.status, (await post(server, PING, { ...one, ...inSession(session) })).status], [200, 404]);
    const get = await server.fetch("/mcp", { headers: { ...one, accept: "text/event-stream" } });
    await get.body?.cancel();
    assertEquals([get.status, get.headers.get("allow")], [405, "POST"]);
  }));

Deno.test("what is no message is refused as JSON-RPC has it", () =>
  withServer({ listen: { mounts: [mcp] } }, async (server) => {
    for (const body of ["", "{", "[]", "1", '{"jsonrpc":"2.0"}', '{"jsonrpc":"2.0","id":1,"method":7}']) {
      const { status, text } = await post(server, body);
      assertEquals(status, 400, body);
      assertEquals(typeof JSON.parse(text).error.code, "number", body);
    }
    const nested = (depth: number) => `{"jsonrpc":"2.0","id":1,"method":"ping","params":${"[".repeat(depth)}`;
    const deep = await post(server, nested(64) + "]".repeat(64) + "}");
    assertEquals([deep.status, JSON.parse(deep.text).error], [400, {
      code: -32700,
      message: "Parse error: the body nests deeper than 64 levels",
    }]);
    assertEquals((await post(server, nested(63) + "]".repeat(63) + "}")).text.includes("nests"), false);
    const { status } = await post(server, INITIALIZE, { "content-type": "text/plain" });
    assertEquals(status, 415);
    assertEquals((await post(server, `"${"x".repeat(5 << 20)}"`)).status, 413);
  }));

/** Our tools, with sessions that are bounded so. */
function bounded(sessions: SessionLimits, checkInterval = 10) {
  const opened: { endpoint?: McpEndpoint } = {};
  const mount = mountMcp(({ app, log }) => {
    const updates = new Updates(app);
    opened.endpoint = new McpEndpoint({
      make: () => newServer({ app, log, updates }),
      updates,
      sessions,
      checkInterval,
      onError: (error) => log.failure("mcp", error),
    });
    return Promise.resolve(opened.endpoint);
  });
  return { mount, count: () => opened.endpoint!.sessions };
}

Deno.test("sessions are bounded: the one not used for longest makes room, one in use never", async () => {
  const { mount, count } = bounded({ most: 2 });
  await withServer({ listen: { mounts: [mount] } }, async (server) => {
    const [first, second] = [await post(server, INITIALIZE), await post(server, INITIALIZE)];
    assertEquals((await post(server, PING, inSession(first.session))).status, 200);
    const third = await post(server, INITIALIZE);
    assertEquals(count(), 2);
    assertEquals((await post(server, PING, inSession(second.session))).status, 404);
    const streams = [first, third].map(({ session }) =>
      server.fetch("/mcp", { headers: { accept: "text/event-stream", ...inSession(session) } })
    );
    const open = await Promise.all(streams);
    assertEquals(open.map(({ status }) => status), [200, 200]);
    assertEquals((await post(server, INITIALIZE)).status, 503);
    await open[0]!.body!.cancel();
    // The server hears of it soon.
    while ((await post(server, INITIALIZE)).status !== 200) await new Promise((resolve) => setTimeout(resolve, 10));
    assertEquals((await post(server, PING, inSession(first.session))).status, 404);
    await open[1]!.body!.cancel();
  });
});

/** A server with these mounts, and two keys. */
function withTwoKeys(
  mount: Mount,
  body: (server: TestServer, keys: readonly [string, string], store: KeyStore) => Promise<void>,
): Promise<void> {
  let [store, keys]: [KeyStore?, [string, string]?] = [];
  return withServer({
    listen: { mounts: [mount] },
    before: (_, folder) => {
      store = new KeyStore(`${folder}/output`);
      keys = [store.create("one", ["read"]).key, store.create("other", ["read"]).key];
    },
  }, (server) => body(server, keys!, store!));
}

Deno.test("one key has its share of the sessions: beyond it only its own make room", async () => {
  const { mount, count } = bounded({ most: 40 });
  await withTwoKeys(mount, async (server, keys) => {
    const [one, other] = keys.map((key) => ({ authorization: `Bearer ${key}` }));
    const theirs = await post(server, INITIALIZE, other);
    const first = await post(server, INITIALIZE, one);
    for (let i = 0; i < 10; i++) await post(server, INITIALIZE, one);
    assertEquals(count(), 11);
    assertEquals((await post(server, PING, { ...one, ...inSession(first.session) })).status, 404);
    assertEquals((await post(server, PING, { ...other, ...inSession(theirs.session) })).status, 200);
  });
});

Deno.test("one key has its share of the streams that wait for changes, in the present revision", async () => {
  const { mount } = bounded({});
  await withTwoKeys(mount, async (server, [one, other]) => {
    await withClient(httpTransport(server, one), "modern", async ({ client }) => {
      for (let i = 0; i < 64; i++) await client.listen({ resourcesListChanged: true });
      await assertRejects(() => client.listen({ resourcesListChanged: true }));
      await withClient(httpTransport(server, other), "modern", async ({ client: theirs }) => {
        await theirs.listen({ resourcesListChanged: true });
      });
    });
  });
});

Deno.test("a revoked key's sessions end, and its streams with a word about why", async () => {
  const { mount, count } = bounded({});
  await withTwoKeys(mount, async (server, [one, other], store) => {
    const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
    const { session } = await post(server, INITIALIZE, bearer(one));
    const theirs = await post(server, INITIALIZE, bearer(other));
    const headers = { accept: "text/event-stream", ...bearer(one), ...inSession(session) };
    const stream = await server.fetch("/mcp", { headers });
    const listening = Promise.withResolvers<string>();
    await withClient(httpTransport(server, one), "modern", async ({ client }) => {
      const { closed } = await client.listen({ resourcesListChanged: true });
      store.revoke("one");
      closed.then(listening.resolve);
      assertMatches(
        await stream.text(),
        /event: error\ndata: \{"code":"access_ended","detail":"its key was revoked"\}\n\n$/,
      );
      assertEquals(await listening.promise, "remote");
    });
    assertEquals(count(), 1);
    assertEquals((await post(server, PING, { ...bearer(one), ...inSession(session) })).status, 401);
    assertEquals((await post(server, PING, { ...bearer(other), ...inSession(theirs.session) })).status, 200);
  });
});

Deno.test("a session that nobody uses is forgotten", async () => {
  const { mount, count } = bounded({ idleMs: 30 });
  await withServer({ listen: { mounts: [mount] } }, async (server) => {
    const { session } = await post(server, INITIALIZE);
    assertEquals(count(), 1);
    while (count() > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    assertEquals((await post(server, PING, inSession(session))).status, 404);
  });
});

Deno.test("the audit names the tool and the simulation, and no arguments", () =>
  withServer({ listen: { mounts: [mcp] } }, async (server) => {
    await withClient(httpTransport(server), "modern", async (client) => {
      await client.error("cancel_simulation", { run_id: "nobody" });
    });
    await server.stop();
    const lines = (await Deno.readTextFile(`${server.folder}/output/.audit.jsonl`)).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    const line = lines.find(({ mcp }) => mcp === "tools/call cancel_simulation");
    assertEquals([line.run_id, line.path, line.status], ["nobody", "/mcp", 200]);
  }));

Deno.test("a server that stops ends the streams of its clients", () =>
  withServer({ listen: { mounts: [mcp] } }, async (server) => {
    const { session } = await post(server, INITIALIZE);
    const stream = await server.fetch("/mcp", { headers: { accept: "text/event-stream", ...inSession(session) } });
    const rest = stream.text();
    await server.stop();
    await rest;
  }));
