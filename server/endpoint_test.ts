import { z } from "zod";
import { SimError } from "../framework/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../tests/support/assert.ts";
import { posted, statusOf, type TestServer, withServer } from "../tests/support/server.ts";
import { type Endpoint, endpoint, many, reply } from "./endpoint.ts";
import { ProblemError } from "./problem.ts";

/** A server with one endpoint, at `/api/t/{id}`. */
async function serving(
  endpoints: { readonly [method in "GET" | "POST"]?: Endpoint },
  body: (server: TestServer) => Promise<void>,
): Promise<void> {
  await withServer({ routes: { routes: { "/api/t/[id].ts": endpoints }, statics: {} } }, body);
}

const described = { operationId: "t", summary: "t", tags: [], scope: "read" } as const;

const whole = endpoint({
  ...described,
  params: z.object({ id: z.string().regex(/^[a-z]+$/, "must be lower-case letters") }),
  query: z.object({ limit: z.coerce.number().int().min(1).default(10), tag: many(z.string()) }),
  body: z.strictObject({ name: z.string(), size: z.union([z.number().positive(), z.literal("auto")]).optional() }),
  responses: { 200: { description: "what came", schema: z.unknown() } },
  handle: (input) => input,
});

Deno.test("an endpoint's input comes checked and converted", async () => {
  await serving({ POST: whole }, async ({ fetch }) => {
    const answer = await fetch("/api/t/abc?limit=3&tag=x&tag=y", posted({ name: "n" }));
    assertEquals(await answer.json(), {
      params: { id: "abc" },
      query: { limit: 3, tag: ["x", "y"] },
      body: { name: "n" },
    });
    const one = await (await fetch("/api/t/abc?tag=x", posted({ name: "n", size: "auto" }))).json();
    assertEquals([one.query, one.body.size], [{ limit: 10, tag: ["x"] }, "auto"]);
  });
});

Deno.test("all that is wrong with all parts is in one 422", async () => {
  await serving({ POST: whole }, async ({ fetch }) => {
    const answer = await fetch("/api/t/ABC?limit=0&limt=3", posted({ size: -1, nme: "x" }));
    assertEquals([answer.status, answer.headers.get("content-type")], [422, "application/problem+json"]);
    const problem = await answer.json();
    assertEquals([problem.code, problem.title, problem.instance], [
      "invalid_request",
      "Unprocessable Content",
      "/api/t/ABC",
    ]);
    assertEquals(problem.request_id, answer.headers.get("x-request-id"));
    assertEquals(problem.errors.map(({ path, code }: Record<string, string>) => `${path} ${code}`), [
      "path.id invalid_value",
      "query.limit invalid_value",
      "query.limt unknown_key",
      "body.name missing_key",
      "body.size invalid_value",
      "body.nme unknown_key",
    ]);
    assertMatches(problem.errors[2].hint, /did you mean 'limit'/);
    assertMatches(problem.errors[5].hint, /did you mean 'name'/);
    assertMatches(problem.detail, /^path\.id: must be lower-case letters \(and 5 more\)$/);
  });
});

Deno.test("a parameter that is there twice, where one is meant, is an error and no list", async () => {
  await serving({ POST: whole }, async ({ fetch }) => {
    const answer = await fetch("/api/t/a?limit=1&limit=2", posted({ name: "n" }));
    assertEquals(answer.status, 422);
    assertEquals((await answer.json()).errors[0].path, "query.limit");
  });
});

Deno.test("a body that cannot be read is 400, of another type 415, too large 413", async () => {
  const small = endpoint({
    ...described,
    body: z.strictObject({ name: z.string() }),
    bodyLimit: 1000,
    responses: { 200: { description: "", schema: z.unknown() } },
    handle: ({ body }) => body,
  });
  await serving({ POST: small }, async ({ fetch }) => {
    const json = { "content-type": "application/json" };
    const sent = async (body: BodyInit | null, headers: Record<string, string> = json) => {
      const answer = await fetch("/api/t/a", { method: "POST", body, headers });
      const { code } = await answer.json();
      return `${answer.status} ${code}`;
    };
    assertEquals(await sent(""), "400 bad_json");
    assertEquals(await sent(null), "400 bad_json");
    assertEquals(await sent('{"name": "n"'), "400 bad_json");
    assertEquals(await sent(`${"[".repeat(65)}${"]".repeat(65)}`), "400 bad_json");
    assertEquals(await sent(`{"name": ${JSON.stringify("[".repeat(100) + '\\"[')}}`), "200 undefined");
    assertEquals(await sent(new Uint8Array([0x22, 0xff, 0x22])), "400 bad_encoding");
    assertEquals(await sent("{}", { "content-type": "text/plain" }), "415 wrong_content_type");
    assertEquals(await sent(new Uint8Array([0x7b, 0x7d]), {}), "415 wrong_content_type");
    assertEquals(
      await sent("name=n", { "content-type": "application/x-www-form-urlencoded" }),
      "415 wrong_content_type",
    );
    assertEquals(await sent('{"name":"n"}', { "content-type": "Application/JSON; charset=utf-8" }), "200 undefined");
    assertEquals(await sent('{"name":"n"}', { "content-type": "application/merge-patch+json" }), "200 undefined");
    assertEquals(await sent(JSON.stringify({ name: "n".repeat(1000) })), "413 body_too_large");
    // Without a length it has to be counted.
    const chunks = ReadableStream.from(Array.from({ length: 500 }, () => new Uint8Array(10_000).fill(0x20)));
    assertEquals(await sent(chunks as unknown as BodyInit), "413 body_too_large");
  });
});

Deno.test("what stands in a broken body is not repeated: it may be a key", async () => {
  await serving({ POST: whole }, async ({ fetch, logLines }) => {
    const headers = { "content-type": "application/json" };
    for (const body of ['{"key": canary}', "canary", '{"name":"n","size":"canary"}', '{"name":["canary"]}']) {
      const answer = await (await fetch("/api/t/a", { method: "POST", headers, body })).text();
      assertEquals(/canary/.test(answer), false, answer);
    }
    assertEquals(/canary/.test(JSON.stringify(logLines())), false);
  });
});

Deno.test("a body may be left out where its schema says so", async () => {
  const optional = endpoint({
    ...described,
    body: z.strictObject({ reason: z.string().optional() }).default({}),
    responses: { 200: { description: "", schema: z.unknown() } },
    handle: ({ body }) => body,
  });
  await serving({ POST: optional }, async ({ fetch }) => {
    assertEquals(await (await fetch("/api/t/a", { method: "POST" })).json(), {});
    assertEquals(await (await fetch("/api/t/a", posted({ reason: "r" }))).json(), { reason: "r" });
    assertEquals(await statusOf(fetch("/api/t/a", posted({ raison: "r" }))), 422);
  });
});

Deno.test("reply() says status and headers; a Response is sent as it is", async () => {
  const GET = endpoint({
    ...described,
    query: z.object({ how: z.enum(["empty", "made", "own"]) }),
    responses: { 201: { description: "made" } },
    handle: ({ query: { how } }) =>
      how === "empty" ? reply(204) : how === "made" ? reply(201, { a: 1 }, { location: "/x" }) : new Response("own"),
  });
  await serving({ GET }, async ({ fetch }) => {
    const empty = await fetch("/api/t/a?how=empty");
    assertEquals([empty.status, await empty.text()], [204, ""]);
    const made = await fetch("/api/t/a?how=made");
    assertEquals([made.status, made.headers.get("location"), await made.json()], [201, "/x", { a: 1 }]);
    assertEquals(made.headers.get("etag"), null);
    assertEquals(await (await fetch("/api/t/a?how=own")).text(), "own");
  });
});

Deno.test("a JSON answer to GET has an ETag, and is 304 to who has it", async () => {
  let value = 1;
  const GET = endpoint({
    ...described,
    responses: { 200: { description: "", schema: z.object({ value: z.number() }) } },
    handle: () => ({ value }),
  });
  await serving({ GET }, async ({ fetch }) => {
    const first = await fetch("/api/t/a");
    const etag = first.headers.get("etag")!;
    assertMatches(etag, /^"[\w-]+"$/);
    assertEquals(await first.json(), { value: 1 });
    for (const header of [etag, `"other", ${etag}`, `W/${etag}`, "*"]) {
      const again = await fetch("/api/t/a", { headers: { "if-none-match": header } });
      assertEquals([again.status, again.headers.get("etag"), await again.text()], [304, etag, ""]);
    }
    value = 2;
    const changed = await fetch("/api/t/a", { headers: { "if-none-match": etag } });
    assertEquals([changed.status, await changed.json()], [200, { value: 2 }]);
  });
});

Deno.test("an error that nobody foresaw is a 500 without its details, which are in the log under the request id", async () => {
  const failing = (error: unknown) =>
    endpoint({
      ...described,
      responses: { 200: { description: "", schema: z.unknown() } },
      handle: () => Promise.reject(error),
    });
  await serving({ GET: failing(new TypeError("secret detail")) }, async ({ fetch, logLines }) => {
    const answer = await fetch("/api/t/a", { headers: { "x-request-id": "mine-1" } });
    assertEquals(answer.status, 500);
    const problem = await answer.json();
    assertEquals([problem.code, problem.request_id], ["internal_error", "mine-1"]);
    assertEquals(JSON.stringify(problem).includes("secret detail"), false);
    const line = logLines().find(({ message }) => message === "request failed");
    assertEquals([line?.request_id, line?.error], ["mine-1", "TypeError: secret detail"]);
    assertMatches(String(line?.stack), /endpoint_test\.ts/);
  });
  // What is no Error at all, too.
  await serving({ GET: failing("only a text") }, async ({ fetch }) => {
    assertEquals(await statusOf(fetch("/api/t/a")), 500);
  });
});

Deno.test("errors of the verbs have the status of their code, and say what to do", async () => {
  let error: Error = new SimError("owned_elsewhere", "run 'x' is being played by process 7", { hint: "kill -INT 7" });
  const GET = endpoint({
    ...described,
    responses: { 200: { description: "", schema: z.unknown() } },
    handle: () => Promise.reject(error),
  });
  await serving({ GET }, async ({ fetch }) => {
    const answer = await fetch("/api/t/a");
    assertEquals(answer.status, 409);
    const { detail, code, hint, errors } = await answer.json();
    assertEquals([detail, code, hint, errors], [error.message, "owned_elsewhere", "kill -INT 7", undefined]);
    error = new ProblemError(503, "later", "not now", { headers: { "retry-after": "7" } });
    const later = await fetch("/api/t/a");
    assertEquals([later.status, later.headers.get("retry-after")], [503, "7"]);
    assertTrue((await later.json()).detail === "not now");
  });
});
