/** What somebody without a key, or with one that allows little, may try against the server itself. */

import { Hono } from "hono";
import { SimError } from "../../framework/mod.ts";
import { manifest } from "../../routes/mod.ts";
import { readBytes } from "../../server/body.ts";
import type { Env } from "../../server/env.ts";
import { bodyLimit } from "../../server/middleware/body_limit.ts";
import { KeyStore, listen, ProblemError } from "../../server/mod.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { rawBytes } from "../support/raw_http.ts";
import { statusOf, type TestServer, withServer } from "../support/server.ts";

/** A server that needs a key which nobody in these tests has. */
async function withLocked(body: (server: TestServer) => Promise<void>, perMinute = 600): Promise<void> {
  await withServer({
    config: { rate_limit: { per_minute: perMinute } },
    before: (_, folder) => void new KeyStore(`${folder}/output`).create("somebody else", ["admin"]),
  }, body);
}

Deno.test("a Host, or an address in the first line, that is none is a bad request and no failure", async () => {
  await withLocked(async ({ url, logLines }) => {
    const { host } = new URL(url);
    const heads = [
      "GET / HTTP/1.1\r\nHost: a b\r\n",
      "GET / HTTP/1.1\r\nHost: [::1\r\n",
      "GET / HTTP/1.1\r\nHost: 127.0.0.1:99999\r\n",
      `GET / HTTP/1.1\r\nHost: ${host}.\r\n`,
      `GET http://[/ HTTP/1.1\r\nHost: ${host}\r\n`,
    ];
    for (const head of heads) {
      const { status, body } = await rawBytes(url, `${head}Connection: close\r\n\r\n`);
      assertEquals([status, JSON.parse(body).code], [400, "bad_host"], head);
    }
    assertEquals(logLines().filter(({ level }) => level === "error"), []);
  });
});

Deno.test("a body that does not come is waited for no longer than told, and let go of", async () => {
  let isLetGo = false;
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new Uint8Array([123])),
    cancel: () => void (isLetGo = true),
  });
  const request = new Request("http://localhost/", { method: "POST", body });
  const error = await readBytes(request, 100, 5).catch((error) => error);
  assertTrue(error instanceof ProblemError);
  assertEquals([error.status, error.code, isLetGo], [408, "body_too_slow", true]);
});

Deno.test("a body that a mounted route reads itself is bounded in size and time as well", async () => {
  const hono = new Hono<Env>();
  hono.use(bodyLimit(10, 5));
  hono.onError((error) => new Response(String((error as ProblemError).code)));
  hono.post("/", async (c) => c.text(await c.req.text()));
  const sent = async (body: BodyInit, headers: HeadersInit = {}) =>
    await (await hono.request("/", { method: "POST", body, headers })).text();
  const endless = () => new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array([123])) });
  assertEquals(await sent("0123456789"), "0123456789");
  assertEquals(await sent("01234567890"), "body_too_large");
  assertEquals(await sent("x", { "content-length": "11" }), "body_too_large");
  assertEquals(await sent(endless()), "body_too_slow");
  assertEquals(await sent(endless(), { "content-length": "5" }), "body_too_slow");
});

Deno.test("a client that leaves in the middle of its body is no failure of the server", async () => {
  const body = new ReadableStream({ pull: () => Promise.reject(new Deno.errors.BadResource("it has left")) });
  const error = await readBytes(new Request("http://localhost/", { method: "POST", body }), 100).catch((error) =>
    error
  );
  assertTrue(error instanceof ProblemError);
  assertEquals([error.status, error.code], [400, "body_broken_off"]);
});

Deno.test("whoever floods from the same address does not keep those who watch over the server out", async () => {
  await withLocked(async ({ fetch }) => {
    while (await statusOf(fetch("/api/features")) !== 429);
    assertEquals(await statusOf(fetch("/api/features", { headers: { "x-forwarded-for": "10.0.0.1" } })), 429);
    for (const path of ["/health", "/health/ready"]) assertEquals(await statusOf(fetch(path)), 200, path);
  }, 3);
});

Deno.test("log and audit keep no more of a path than tells what it was", async () => {
  await withLocked(async ({ fetch, folder, logLines, stop }) => {
    assertEquals(await statusOf(fetch(`/api/simulations/${"a".repeat(20_000)}`, { method: "DELETE" })), 401);
    await stop();
    const audit = await Deno.readTextFile(`${folder}/output/.audit.jsonl`);
    assertTrue(audit.includes("/api/simulations/aaa") && audit.length < 2000, String(audit.length));
    const line = JSON.stringify(logLines().find(({ status }) => status === 401));
    assertTrue(line.length < 2000, String(line.length));
  });
});

Deno.test("a server that a proxy lets others reach under a name of its own needs keys", async () => {
  for (const name of ["sim.example.org", "a.lan:81"]) {
    await withApp({ config: { server: { allowed_hosts: [name] } } }, (app, folder) => {
      try {
        listen(app, { routes: manifest, output: `${folder}/output`, port: 0 });
      } catch (error) {
        assertEquals(error instanceof SimError && error.code, "needs_keys");
        return Promise.resolve();
      }
      throw new Error(`it listens for ${name} without keys`);
    });
  }
  await withServer({ config: { server: { allowed_hosts: ["localhost:81"] } } }, async ({ fetch }) => {
    assertEquals(await statusOf(fetch("/health")), 200);
  });
});

Deno.test("a list of more runs than a stream may follow is not looked through", async () => {
  await withServer({}, async ({ fetch }) => {
    const runs = Array.from({ length: 101 }, (_, i) => i === 7 ? "?" : "r").join();
    const answer = await fetch(`/api/events/stream?runs=${runs}`);
    const { status, errors } = await answer.json();
    assertEquals([status, errors.length, errors[0].message], [422, 1, "more than 100 runs"]);
  });
});
