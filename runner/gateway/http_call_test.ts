import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import { callHttp, LONGEST_HTTP_BODY } from "./http_call.ts";
import type { GatewayHttpCall, GatewayOutcome } from "./types.ts";

/** What a canary of a secret would be found by. */
const SECRET = "s3cret-canary";

interface Service extends AsyncDisposable {
  readonly origin: string;
  readonly server: Server;
}

async function serve(handler: (request: IncomingMessage, response: ServerResponse) => void): Promise<Service> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function call(url: string, rest: Partial<GatewayHttpCall> = {}): GatewayHttpCall {
  return { run_id: "run", method: "GET", url, headers: {}, body: null, timeout: 30, ...rest };
}

function get(service: Service, rest: Partial<GatewayHttpCall> = {}, path = "/"): Promise<GatewayOutcome> {
  return callHttp(call(`${service.origin}${path}`, rest), [service.origin], NEVER);
}

function errorOf(outcome: GatewayOutcome): { code: string; message: string } {
  assertTrue(outcome.kind === "given_up", JSON.stringify(outcome));
  return outcome.error;
}

const NEVER = new AbortController().signal;

Deno.test("method, headers and body arrive; status and body come back", async () => {
  await using service = await serve(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    response.statusCode = 418;
    const { authorization, "content-type": type } = request.headers;
    response.end(JSON.stringify([request.method, request.url, authorization, type, body]));
  });
  const outcome = await get(service, {
    method: "POST",
    headers: { Authorization: "Bearer k", "Content-Type": "application/json" },
    body: '{"é":1}',
  }, "/decide?turn=3");
  assertTrue(outcome.kind === "answered");
  assertEquals(outcome.response.status, 418);
  assertEquals(JSON.parse(outcome.response.content), [
    "POST",
    "/decide?turn=3",
    "Bearer k",
    "application/json",
    '{"é":1}',
  ]);
  assertEquals(outcome.account.usage, { input_tokens: 0, output_tokens: 0 });
  assertEquals([outcome.account.cost_usd, outcome.account.retries], [0, 0]);
  assertTrue(outcome.account.latency_ms > 0);
});

Deno.test("HEAD, and a reply without a body", async () => {
  await using service = await serve((_, response) => void response.writeHead(204).end());
  for (const method of ["HEAD", "DELETE"]) {
    const outcome = await get(service, { method });
    assertTrue(outcome.kind === "answered");
    assertEquals(outcome.response, { content: "", status: 204 });
  }
});

Deno.test("an origin that is not allowed is refused, with what to do, and not called", async () => {
  let calls = 0;
  await using service = await serve((_, response) => {
    calls++;
    response.end();
  });
  const { origin } = service;
  const port = new URL(origin).port;
  const elsewhere = [[], ["http://127.0.0.1"], [`https://127.0.0.1:${port}`], [`http://localhost:${port}`], [
    `${origin}0`,
  ]];
  for (const allow of elsewhere) {
    const asked = () => callHttp(call(`${origin}/?token=${SECRET}`), allow, NEVER);
    const error = await assertRejects(asked, "http_not_allowed") as Error & { hint?: string };
    assertMatches(error.message, new RegExp(`may not call ${origin}$`));
    assertMatches(error.hint!, /http_allow: \["http:\/\/127\.0\.0\.1:\d+"\]/);
    assertTrue(!JSON.stringify([error.message, error.hint]).includes(SECRET));
  }
  // What only looks like the allowed origin.
  for (const url of [`${origin}@evil.test/`, `${origin}.evil.test/`, `http://evil.test/${origin}`]) {
    await assertRejects(() => callHttp(call(url), [origin], NEVER));
  }
  assertEquals(calls, 0);
});

Deno.test("an allowed origin is meant as the browser means it: case, default ports and a path make no difference", async () => {
  await using service = await serve((_, response) => void response.end("here"));
  const { origin } = service;
  const outcome = await callHttp(call(`${origin.replace("http", "HTTP")}/x`), [`${origin}/ignored`], NEVER);
  assertTrue(outcome.kind === "answered");
  const named = await callHttp(call("http://nowhere.invalid:80/"), ["http://nowhere.invalid"], NEVER);
  assertEquals(errorOf(named).code, "http_error");
  const error = await assertRejects(() => callHttp(call("https://a.test:8443/"), ["https://a.test"], NEVER));
  assertMatches(error.message, /https:\/\/a\.test:8443/);
});

Deno.test("what cannot be sent is refused, without telling what it holds", async () => {
  const allow = ["http://a.test"];
  const cases: [Partial<GatewayHttpCall>, RegExp][] = [
    [{ url: `${SECRET}/path` }, /not an absolute one/],
    [{ url: "file:///etc/passwd" }, /begins with 'file:'/],
    [{ url: "ftp://a.test/" }, /begins with 'ftp:'/],
    [{ url: `http://${SECRET}@a.test/` }, /http:\/\/a\.test, holds a user name or a password/],
    [{ url: `http://u:${SECRET}@a.test/` }, /holds a user name or a password/],
    [{ headers: { "x-key": `${SECRET}\r\nx: y` } }, /value of its header 'x-key' is not valid/],
    [{ headers: { "x-key": `${SECRET}漢` } }, /value of its header 'x-key' is not valid/],
    [{ headers: { [`Bearer ${SECRET}`]: "1" } }, /name of one of its headers/],
    [{ headers: { Host: "b.test" } }, /sets the header 'Host'/],
    [{ headers: { "Proxy-Authorization": SECRET } }, /sets the header 'Proxy-Authorization'/],
    [{ method: "CONNECT" }, /method 'CONNECT'/],
    [{ method: "GET", body: SECRET }, /method 'GET' with a body/],
    [{ method: "NOT A METHOD" }, /method 'NOT A METHOD'/],
  ];
  for (const [rest, message] of cases) {
    const error = await assertRejects(() => callHttp(call("http://a.test/", rest), allow, NEVER), "bad_http_request");
    assertMatches(error.message, message);
    assertTrue(!JSON.stringify([error.message, error.stack, (error as { hint?: string }).hint]).includes(SECRET));
  }
});

Deno.test("redirects are returned, not followed", async () => {
  let followed = false;
  await using service = await serve((request, response) => {
    followed ||= request.url === "/elsewhere";
    response.writeHead(Number(request.url!.slice(1)), { location: "/elsewhere" }).end("moved");
  });
  for (const status of [301, 302, 303, 307, 308]) {
    const outcome = await get(service, {}, `/${status}`);
    assertTrue(outcome.kind === "answered");
    assertEquals(outcome.response, { content: "moved", status });
  }
  assertTrue(!followed);
});

Deno.test("a body of 1 MiB is taken, one byte more is too much, announced or not, compressed or not", async () => {
  const gzipped = async (bytes: number) =>
    new Uint8Array(
      await new Response(
        new Blob([new Uint8Array(bytes).fill(120)]).stream().pipeThrough(new CompressionStream("gzip")),
      ).arrayBuffer(),
    );
  const bomb = await gzipped(50 * LONGEST_HTTP_BODY);
  const left = Promise.withResolvers<void>();
  await using service = await serve((request, response) => {
    const [, form, bytes] = request.url!.split("/");
    if (form === "bomb") return void response.setHeader("content-encoding", "gzip").end(bomb);
    if (form === "announced") return void response.end("x".repeat(Number(bytes)));
    if (form === "endless") {
      response.on("close", left.resolve);
      const pour = (): void => void (response.destroyed || response.write("x".repeat(65_536), () => pour()));
      return pour();
    }
    response.write("x".repeat(Number(bytes) - 1));
    response.end("x");
  });
  for (const form of ["announced", "pieces"]) {
    const whole = await get(service, {}, `/${form}/${LONGEST_HTTP_BODY}`);
    assertTrue(whole.kind === "answered");
    assertEquals(whole.response.content.length, LONGEST_HTTP_BODY);
    const more = await get(service, {}, `/${form}/${LONGEST_HTTP_BODY + 1}`);
    assertEquals(errorOf(more).code, "reply_too_large");
  }
  for (const form of ["bomb", "endless"]) {
    assertEquals(errorOf(await get(service, {}, `/${form}`)).code, "reply_too_large");
  }
  await left.promise;
});

Deno.test("a service that says nothing, or goes silent in the middle, is given up in time, and its connection closed", async () => {
  const closed: Promise<void>[] = [];
  await using service = await serve((request, response) => {
    closed.push(new Promise((resolve) => response.on("close", resolve)));
    if (request.url === "/middle") response.write("half");
  });
  for (const path of ["/", "/middle"]) {
    const error = errorOf(await get(service, { timeout: 0.05 }, path));
    assertEquals(error, { code: "timeout", message: `GET ${service.origin}: no reply within 0.05 s` });
  }
  await Promise.all(closed);
});

Deno.test("cancelling ends the call and closes its connection, before the reply and in the middle of it", async () => {
  for (const path of ["/", "/middle"]) {
    const arrived = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    await using service = await serve((request, response) => {
      response.on("close", closed.resolve);
      if (request.url === "/middle") response.write("half", () => arrived.resolve());
      else arrived.resolve();
    });
    const cancel = new AbortController();
    // Longer than a packet, as prompts are.
    const asked = call(`${service.origin}${path}`, { method: "POST", body: "x".repeat(100_000) });
    const outcome = callHttp(asked, [service.origin], cancel.signal);
    await arrived.promise;
    const began = performance.now();
    cancel.abort();
    assertEquals(await outcome, { kind: "halted", halt: { code: "cancelled", message: "the call was cancelled" } });
    await closed.promise;
    assertTrue(performance.now() - began < 200, `${performance.now() - began} ms`);
  }
});

Deno.test("a call that is cancelled before it begins is not made", async () => {
  let calls = 0;
  await using service = await serve((_, response) => {
    calls++;
    response.end();
  });
  const outcome = await callHttp(call(service.origin), [service.origin], AbortSignal.abort());
  assertEquals(outcome.kind, "halted");
  assertEquals(calls, 0);
});

Deno.test("network errors are given up as http_error, without URL or headers in their words", async () => {
  const service = await serve((request, response) => {
    if (request.url!.startsWith("/reset")) return void response.destroy();
    response.writeHead(200, { "content-length": "100" });
    response.write("half", () => response.destroy());
  });
  const headers = { authorization: `Bearer ${SECRET}` };
  const path = `/reset?token=${SECRET}`;
  const errors = [
    errorOf(await get(service, { headers }, path)),
    errorOf(await get(service, { headers }, `/cut?${SECRET}`)),
  ];
  await service[Symbol.asyncDispose]();
  errors.push(errorOf(await get(service, { headers }, path)));
  errors.push(errorOf(await callHttp(call(`http://nowhere.invalid/?${SECRET}`), ["http://nowhere.invalid"], NEVER)));
  for (const { code, message } of errors) {
    assertEquals(code, "http_error");
    assertMatches(message, /^GET http:\/\/(127\.0\.0\.1:\d+|nowhere\.invalid): ./);
    assertTrue(!message.includes(SECRET), message);
  }
  assertMatches(errors[2]!.message, /refused/i);
});
