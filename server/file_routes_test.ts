import { h } from "preact";
import { z } from "zod";
import { assertEquals, assertMatches } from "../tests/support/assert.ts";
import { statusOf, withServer } from "../tests/support/server.ts";
import { endpoint } from "./endpoint.ts";
import { endpointsOf, routePath } from "./file_routes.ts";
import { type LayoutProps, page, type RouteManifest } from "./page.ts";

Deno.test("routePath() follows Fresh's conventions", () => {
  const paths = {
    "/index.tsx": "/",
    "/about.tsx": "/about",
    "/runs/index.ts": "/runs",
    "/runs/[id].tsx": "/runs/:id",
    "/runs/[id]/index.ts": "/runs/:id",
    "/files/[...path].ts": "/files/:path{.+}",
    "/(people)/sign-in.tsx": "/sign-in",
    "/openapi.json.ts": "/openapi.json",
  };
  for (const [file, path] of Object.entries(paths)) assertEquals(routePath(file), path);
});

/** An endpoint that says its name and its parameters. */
function named(name: string) {
  return {
    GET: endpoint({
      operationId: name.replaceAll(/\W/g, "_"),
      summary: name,
      tags: [],
      scope: "read",
      params: z.looseObject({}),
      responses: { 200: { description: "", schema: z.unknown() } },
      handle: ({ params }) => ({ name, params }),
    }),
  };
}

async function withRoutes(
  routes: RouteManifest["routes"],
  body: (get: (path: string, init?: RequestInit) => Promise<Response>) => Promise<void>,
): Promise<void> {
  await withServer({ routes: { routes, statics: {} } }, async ({ fetch }) => await body(fetch));
}

Deno.test("fixed segments are asked before parameters, and those before the rest, whatever the order of the files", async () => {
  const files = ["/a/[...rest].ts", "/a/[id].ts", "/a/fixed.ts", "/a/[id]/deep.ts", "/a/index.ts"];
  for (const order of [files, files.toReversed()]) {
    await withRoutes(Object.fromEntries(order.map((file) => [file, named(file)])), async (get) => {
      const asked: [path: string, name: string, params: object][] = [
        ["/a", "/a/index.ts", {}],
        ["/a/fixed", "/a/fixed.ts", {}],
        ["/a/7", "/a/[id].ts", { id: "7" }],
        ["/a/x%20y", "/a/[id].ts", { id: "x y" }],
        ["/a/7/deep", "/a/[id]/deep.ts", { id: "7" }],
        ["/a/7/b/c", "/a/[...rest].ts", { rest: "7/b/c" }],
      ];
      for (const [path, name, params] of asked) assertEquals(await (await get(path)).json(), { name, params });
    });
  }
});

Deno.test("other methods are answered 405 with those that there are, OPTIONS tells them, HEAD is GET without a body", async () => {
  await withRoutes({ "/a/[id].ts": named("a") }, async (get) => {
    const refused = await get("/a/1", { method: "PUT", body: "x" });
    assertEquals([refused.status, refused.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    assertEquals((await refused.json()).code, "method_not_allowed");
    const options = await get("/a/1", { method: "OPTIONS" });
    assertEquals([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
    const head = await get("/a/1", { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-type"), await head.text()], [200, "application/json", ""]);
  });
});

Deno.test("what no file answers is a 404 problem", async () => {
  await withRoutes({}, async (get) => {
    const answer = await get("/nothing/here?x=1");
    assertEquals(answer.status, 404);
    const { code, instance } = await answer.json();
    assertEquals([code, instance], ["not_found", "/nothing/here"]);
  });
});

Deno.test("a page is shown inside the layouts of its folders, the innermost first, with its title and what its handler found", async () => {
  const layout = (name: string) => ({ default: ({ children }: LayoutProps) => h(name, null, children) });
  const routes: RouteManifest["routes"] = {
    "/_layout.tsx": layout("outer"),
    "/in/_layout.tsx": layout("inner"),
    "/in/[id].tsx": {
      handler: { GET: (_, { id }) => page({ text: `<${id}>` }, { status: 203, headers: { "x-own": "1" } }) },
      default: ({ data }: { data: { text: string } }) => h("p", null, data.text),
      title: ({ data }) => data.text,
    },
    "/out.tsx": { default: () => h("p", null, "out") },
  };
  await withRoutes(routes, async (get) => {
    const inside = await get("/in/7");
    assertEquals([inside.status, inside.headers.get("x-own")], [203, "1"]);
    const html = await inside.text();
    assertMatches(html, /^<!doctype html>.*<title>&lt;7> · llm-sim<\/title>/);
    assertMatches(html, /<body><outer><inner><p>&lt;7><\/p><\/inner><\/outer><\/body>/);
    assertMatches(await (await get("/out")).text(), /<body><outer><p>out<\/p><\/outer><\/body>/);
  });
});

Deno.test("a page that says what it is made of is made anew for another address, and when that is another", async () => {
  let same = "a";
  const routes: RouteManifest["routes"] = {
    "/[id].tsx": {
      handler: { GET: (_, { id }) => page({ text: `${id} of ${same}` }, { same }) },
      default: ({ data }: { data: { text: string } }) => h("p", null, data.text),
    },
  };
  await withRoutes(routes, async (get) => {
    const told = async (path: string) => /<p>(.*)<\/p>/.exec(await (await get(path)).text())?.[1];
    assertEquals([await told("/1"), await told("/1"), await told("/2")], ["1 of a", "1 of a", "2 of a"]);
    same = "b";
    assertEquals([await told("/1"), await told("/2?x")], ["1 of b", "2 of b"]);
  });
});

Deno.test("a _middleware acts around the routes below its folder, and may answer in their place", async () => {
  const routes: RouteManifest["routes"] = {
    "/in/_middleware.ts": {
      default: async (context: { url: URL }, next: () => Promise<Response>) => {
        if (context.url.searchParams.has("stop")) return new Response("stopped", { status: 418 });
        const answer = await next();
        return new Response(`around ${await answer.text()}`, { headers: { "x-around": "1" } });
      },
    },
    "/in/a.ts": named("a"),
    "/b.ts": named("b"),
  };
  await withRoutes(routes, async (get) => {
    const around = await get("/in/a");
    assertEquals([await around.text(), around.headers.get("x-around")], ['around {"name":"a","params":{}}', "1"]);
    assertEquals(around.headers.get("content-type"), "text/plain;charset=UTF-8");
    assertEquals(await statusOf(get("/in/a?stop")), 418);
    assertEquals(await (await get("/b")).json(), { name: "b", params: {} });
  });
});

Deno.test("a route may become a web socket", async () => {
  const socket = endpoint({
    operationId: "socket",
    summary: "socket",
    tags: [],
    scope: "read",
    responses: { 101: { description: "a web socket" } },
    handle: (_, { request }) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(`heard ${data}`);
      return response;
    },
  });
  await withServer({ routes: { routes: { "/socket.ts": { GET: socket } }, statics: {} } }, async ({ url }) => {
    const client = new WebSocket(`${url.replace("http", "ws")}/socket`);
    const heard = await new Promise((resolve, reject) => {
      client.onopen = () => client.send("this");
      client.onmessage = ({ data }) => resolve(data);
      client.onerror = reject;
    });
    const closed = new Promise((resolve) => client.onclose = resolve);
    client.close();
    await closed;
    assertEquals(heard, "heard this");
  });
});

Deno.test("endpointsOf() lists what there is, as OpenAPI writes paths", async () => {
  const endpoints = await endpointsOf({
    routes: { "/a/[id]/[...rest].ts": named("x"), "/page.tsx": {} },
    lazy: { "/b.ts": { load: () => Promise.resolve(named("y")) } },
    statics: {},
  });
  assertEquals(endpoints.map(({ method, path, spec }) => [method, path, spec.operationId]), [
    ["GET", "/a/{id}/{rest}", "x"],
    ["GET", "/b", "y"],
  ]);
});

Deno.test("a file is loaded at the first request, with its islands, and then as if it had been there", async () => {
  let times = 0;
  const Leaf = ({ text }: { readonly text: string }) => h("i", null, text);
  const lazy = {
    load: () => {
      times++;
      return Promise.resolve({ default: ({ params }: { params: { id: string } }) => h(Leaf, { text: params.id }) });
    },
    islands: { "/leaf.tsx": () => Promise.resolve({ default: Leaf }) },
  };
  const manifest: RouteManifest = {
    routes: { "/a/[...rest].ts": named("rest"), "/a/fixed.ts": named("fixed") },
    lazy: { "/a/[id].tsx": lazy },
    statics: {},
  };
  await withServer({ routes: manifest }, async ({ fetch }) => {
    assertEquals((await (await fetch("/a/fixed")).json()).name, "fixed");
    assertEquals((await (await fetch("/a/b/c")).json()).name, "rest");
    assertEquals(times, 0);
    const [first, second] = await Promise.all([fetch("/a/7"), fetch("/a/8")]);
    assertMatches(await first.text(), /<fresh-island data-island="leaf" [^>]*><i>7<\/i><\/fresh-island>/);
    assertMatches(await second.text(), /<i>8<\/i>/);
    const head = await fetch("/a/7", { method: "HEAD" });
    assertEquals([head.status, await head.text(), head.headers.get("content-type")], [
      200,
      "",
      "text/html; charset=utf-8",
    ]);
    const options = await fetch("/a/7", { method: "OPTIONS" });
    assertEquals([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"]);
    const posted = await fetch("/a/7", { method: "POST" });
    assertEquals([posted.status, posted.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
    await posted.body?.cancel();
    assertEquals(times, 1);
  });
});
