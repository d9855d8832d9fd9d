/** What the REST API does with requests that are not what they should be. */

import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { rawRequest } from "../support/raw_http.ts";
import { posted } from "../support/server.ts";
import { told, withRest } from "./rest_world.ts";

const JSON_TYPE = { "content-type": "application/json" };

Deno.test("unknown runs are 404 wherever they are named", async () => {
  await withRest(async ({ ask }) => {
    const asked: [method: string, path: string, body?: unknown][] = [
      ["GET", ""],
      ["DELETE", ""],
      ["DELETE", "?purge=true"],
      ["PATCH", "", { labels: {} }],
      ["POST", "/pause"],
      ["POST", "/resume"],
      ["POST", "/advance"],
      ["POST", "/fork", { turn: 0 }],
      ["POST", "/replay", {}],
      ["POST", "/interventions", { set: { "global.births": 1 } }],
      ["POST", "/decisions", { agent: "A", action: null }],
      ["PUT", "/controllers/A", { controller: "rule" }],
      ...[
        "results",
        "config",
        "checkpoints",
        "checkpoints/0",
        "events",
        "metrics",
        "metrics.csv",
        "llm",
        "logs",
        "files.zip",
      ]
        .map((part): [string, string] => ["GET", `/${part}`]),
    ];
    for (const [method, path, body] of asked) {
      const answer = await ask(method, `/api/simulations/nothing${path}`, body);
      assertEquals(`${path} ${told(answer)}`, `${path} 404 unknown_run`);
      assertEquals(answer.headers.get("content-type"), "application/problem+json");
    }
  });
});

Deno.test("ids that try to be paths lead nowhere: ..%2f, absolute paths, NUL, links", async () => {
  await withRest(async ({ ask, url, app, folder, start }) => {
    const id = await start({ turns: 1 });
    await app.wait(id);
    await Deno.mkdir(`${folder}/elsewhere/run`, { recursive: true });
    await Deno.copyFile(`${app.folder(id)}/manifest.json`, `${folder}/elsewhere/run/manifest.json`);
    const tricks = [
      "..%2f..%2fetc%2fpasswd",
      "..%2felsewhere%2frun",
      "%2fetc%2fpasswd",
      `${encodeURIComponent(`${folder}/elsewhere/run`)}`,
      `${id}%00`,
      `${id}%2f..%2f${id}`,
      "..%5c..%5cetc",
      ".hosts",
      "%2e%2e%2felsewhere%2frun",
      "~root",
      `${id}%0d%0aX-Evil:1`,
      "a".repeat(3000),
    ];
    const { host } = new URL(url);
    for (const trick of tricks) {
      for (const part of ["", "/config", "/events", "/files.zip", "/results", "/checkpoints/0"]) {
        const answer = await rawRequest(url, {
          target: `/api/simulations/${trick}${part}`,
          headers: [["Host", host]],
        });
        assertEquals(`${trick}${part} ${answer.status}`, `${trick}${part} 404`);
        assertEquals(JSON.parse(answer.body).code, "unknown_run");
        assertTrue(answer.headers.get("x-evil") === undefined);
      }
    }
    // Bytes that are no text are no id either.
    const crooked = await rawRequest(url, { target: "/api/simulations/%ff%fe", headers: [["Host", host]] });
    assertTrue(crooked.status === 404 || crooked.status === 400, String(crooked.status));
    // Dots that stand alone are resolved: what comes out is another path.
    const up = await rawRequest(url, { target: "/api/simulations/../../etc/passwd", headers: [["Host", host]] });
    assertEquals(up.status, 404);
    for (const turn of ["..%2f0", "0%00", "-1", "1e1", "0x1", " 1", "last", ""]) {
      const { status } = await ask("GET", `/api/simulations/${id}/checkpoints/${turn}`);
      assertTrue(status === 422 || status === 404 || (turn === "" && status === 200), `${turn}: ${status}`);
    }
  });
});

Deno.test("configs that try to be paths are refused, and what they name is not told", async () => {
  const secret = "domain: economic\nsecret: do not tell\n";
  await withRest(async ({ ask, folder }) => {
    await Deno.writeTextFile(`${folder}/outside.yaml`, secret);
    await Deno.mkdir(`${folder}/domains/own/scenarios`, { recursive: true });
    await Deno.symlink(`${folder}/outside.yaml`, `${folder}/domains/own/scenarios/link.yaml`);
    await Deno.symlink(folder, `${folder}/domains/own/up`);
    const tricks = [
      "../outside.yaml",
      "scenarios/../../outside.yaml",
      `${folder}/outside.yaml`,
      "/etc/passwd",
      "scenarios/growth.yaml\0.yaml",
      "..\\outside.yaml",
      "link.yaml",
      "scenarios/link.yaml",
      "up/outside.yaml",
      "mod.ts",
      "file:///etc/passwd",
      "http://127.0.0.1/x.yaml",
    ];
    for (const config of tricks) {
      for (const path of ["/api/simulations", "/api/scenarios/validate"]) {
        const answer = await ask("POST", path, { repo: "own", config });
        assertEquals(answer.status, 422, `${config}: ${JSON.stringify(answer.body)}`);
        assertTrue(["bad_config_path", "missing_file"].includes(answer.body.code), `${config}: ${answer.body.code}`);
        assertTrue(!JSON.stringify(answer.body).includes("do not tell"));
      }
    }
    const missing = await ask("POST", "/api/simulations", { repo: "economic", config: "nothing.yaml" });
    assertEquals(told(missing), "422 missing_file");
    assertMatches(missing.body.hint, /nothing\.yaml.*nothing\.yaml/);
    assertEquals(
      told(await ask("POST", "/api/simulations", { repo: "nothing", config: "growth.yaml" })),
      "404 unknown_domain",
    );
    // A scenario's own words reach no further than a path does.
    for (const name of ["/etc/passwd", "../../../../etc/passwd", `${folder}/outside.yaml`]) {
      const answer = await ask("POST", "/api/simulations", { scenario: `extends: ${name}\nsimulation: { name: x }\n` });
      assertEquals(answer.status, 422);
      assertTrue(!/do not tell|root:/.test(JSON.stringify(answer.body)));
    }
  }, {
    sources: {
      own: await Deno.readTextFile(new URL("../fixtures/domains/slow_writer/mod.ts", import.meta.url)),
    },
  });
});

Deno.test("wrong methods are 405 with Allow, wrong types 415, broken JSON 400, too much 413", async () => {
  await withRest(async ({ ask, fetch }) => {
    for (
      const [path, allowed] of [
        ["/api/simulations", "GET, POST, HEAD, OPTIONS"],
        ["/api/simulations/x", "GET, PATCH, DELETE, HEAD, OPTIONS"],
        ["/api/simulations/x/pause", "POST, OPTIONS"],
        ["/api/simulations/x/controllers/a", "PUT, OPTIONS"],
        ["/api/settings", "GET, PATCH, HEAD, OPTIONS"],
        ["/openapi.json", "GET, HEAD, OPTIONS"],
      ] as const
    ) {
      const method = path.endsWith("/a") ? "POST" : "PUT";
      const answer = await ask(method, path);
      assertEquals([told(answer), answer.headers.get("allow")], ["405 method_not_allowed", allowed]);
      const options = await ask("OPTIONS", path);
      assertEquals([options.status, options.headers.get("allow")], [204, allowed]);
    }
    const post = (body: BodyInit, headers: Record<string, string>, path = "/api/simulations") =>
      fetch(path, { method: "POST", body, headers }).then(async (answer) =>
        told({
          status: answer.status,
          headers: answer.headers,
          body: await answer.json(),
        })
      );
    assertEquals(await post("{}", { "content-type": "text/plain" }), "415 wrong_content_type");
    assertEquals(await post("<a/>", { "content-type": "application/xml" }), "415 wrong_content_type");
    assertEquals(await post(new FormData(), {}), "415 wrong_content_type");
    for (const text of ["{", "nonsense", '{"a":}', "[1,]", "\u0000", '{"a":1}{"b":2}']) {
      assertEquals(await post(text, JSON_TYPE), "400 bad_json");
    }
    assertEquals(await post(new Uint8Array([0x22, 0xff, 0xfe, 0x22]), JSON_TYPE), "400 bad_encoding");
    assertEquals(await post("[".repeat(100_000), JSON_TYPE), "400 bad_json");
    assertEquals(await post("", JSON_TYPE), "400 bad_json");
    assertEquals(await post(`{"scenario":"${"a".repeat(5 << 20)}"}`, JSON_TYPE), "413 body_too_large");
    // A scenario that is larger than one may be, in a body that is not.
    const large = await ask("POST", "/api/simulations", { scenario: `# ${"a".repeat(2 << 20)}` });
    assertEquals(large.status, 422);
    assertEquals(told(await ask("GET", "/api/nothing")), "404 not_found");
  });
});

Deno.test("all that is wrong with a request is told at once, with its place", async () => {
  await withRest(async ({ ask }) => {
    const query = await ask("GET", "/api/simulations?limit=0&status=gone,running&since=yesterday&colour=red");
    assertEquals(told(query), "422 invalid_request");
    assertEquals(query.body.errors.map(({ path }: { path: string }) => path).sort(), [
      "query.colour",
      "query.limit",
      "query.since",
      "query.status.0",
    ]);
    const both = await ask("GET", "/api/simulations/x/events?after=-1&limit=many");
    assertEquals(both.body.errors.map(({ path }: { path: string }) => path), ["query.after", "query.limit"]);
    const body = await ask("POST", "/api/simulations/x/fork", { seed: "a", set: [], colour: 1 });
    assertEquals(body.body.errors.map(({ path }: { path: string }) => path).sort(), [
      "body.colour",
      "body.seed",
      "body.set",
      "body.turn",
    ]);
    const start = await ask("POST", "/api/simulations", { repo: 5, config: "a.yaml", mode: "fast" });
    assertEquals(start.body.errors.map(({ path }: { path: string }) => path).sort(), ["body.mode", "body.repo"]);
    assertEquals(start.body.instance, "/api/simulations");
    assertEquals(start.body.request_id, start.headers.get("x-request-id"));
    for (const value of [null, 1, "text", [], [{}], true]) {
      assertEquals(told(await ask("POST", "/api/simulations", value)), "422 invalid_request");
    }
    const polluted = await ask(
      "POST",
      "/api/simulations",
      JSON.parse('{"__proto__":{"repo":"economic"},"config":"growth.yaml"}'),
    );
    assertEquals(polluted.status, 422);
  });
});

Deno.test("a scenario with errors starts nothing; its domain, if it is none, is an error in the document", async () => {
  await withRest(async ({ ask }) => {
    const wrong = await ask("POST", "/api/simulations", { scenario: { domain: "economy", simulation: { name: "x" } } });
    assertEquals(wrong.status, 422);
    assertTrue(wrong.body.errors.length > 0);
    assertEquals((await ask("POST", "/api/simulations", { scenario: "a: &a [*a]" })).status, 422);
    assertEquals((await ask("POST", "/api/simulations", { scenario: "\0" })).status, 422);
    const set = await ask("POST", "/api/simulations", {
      repo: "economic",
      config: "growth.yaml",
      set: { "engine.interes_rate": 1, "__proto__.x": 1 },
    });
    assertEquals(set.status, 422);
    assertEquals((await ask("GET", "/api/simulations")).body, []);
  });
});

Deno.test("what a run cannot do now is 409: one winner of two that resume, none of two that cancel an ended run", async () => {
  await withRest(async ({ ask, app, start }) => {
    const id = await start({ turns: 30, pause: 5 }, { mode: "step" });
    await app.wait(id);
    const at = (path: string) => `/api/simulations/${id}${path}`;
    assertEquals(told(await ask("DELETE", at("?purge=true"))), "409 not_ended");
    const resumed = await Promise.all([1, 2, 3].map(() => ask("POST", at("/resume"))));
    assertEquals(resumed.map(({ status }) => status).sort(), [202, 409, 409]);
    const cancelled = await Promise.all([1, 2].map(() => ask("DELETE", at(""))));
    assertEquals(cancelled.map(({ status }) => status).sort(), [200, 409]);
    assertEquals(told(cancelled.find(({ status }) => status === 409)!), "409 not_running");
    for (const path of ["/pause", "/resume", "/advance"]) {
      assertEquals(told(await ask("POST", at(path))), "409 bad_transition");
    }
    assertEquals(told(await ask("POST", at("/decisions"), { agent: "Ada", action: null })), "409 bad_transition");
    assertEquals(told(await ask("PUT", at("/controllers/Ada"), { controller: "human" })), "409 bad_transition");
    assertEquals(
      told(await ask("POST", at("/interventions"), { set: { "agents.Ada.wealth": 1 } })),
      "409 bad_transition",
    );
    const purged = await Promise.all([1, 2].map(() => ask("DELETE", at("?purge=true"))));
    assertEquals(purged.map(({ status }) => status).sort(), [200, 404]);
  });
});

Deno.test("keys may do what their scopes say; purging and settings need admin", async () => {
  const { KeyStore } = await import("../../server/mod.ts");
  const keys: Record<string, string> = {};
  await withRest(async ({ fetch, app }) => {
    const { run_id } = await app.start({ file: await app.resolveConfig("economic", "growth.yaml"), mode: "step" });
    await app.wait(run_id);
    await app.cancel(run_id);
    const status = async (key: string, method: string, path: string, body?: unknown) => {
      const headers = { authorization: `Bearer ${keys[key]}` };
      const answer = await fetch(path, body === undefined ? { method, headers } : { ...posted(body, headers), method });
      const problem = answer.status >= 400 ? (await answer.json()).code : await answer.body?.cancel();
      return [answer.status, problem ?? ""].join(" ").trim();
    };
    const run = `/api/simulations/${run_id}`;
    assertEquals(await status("read", "GET", run), "200");
    assertEquals(await status("read", "POST", "/api/scenarios/validate", { scenario: "" }), "200");
    assertEquals(await status("read", "POST", "/api/simulations", {}), "403 scope_missing");
    assertEquals(await status("read", "PATCH", run, { labels: {} }), "403 scope_missing");
    assertEquals(await status("run", "PATCH", run, { labels: {} }), "200");
    assertEquals(await status("run", "DELETE", run), "409 not_running");
    assertEquals(await status("run", "DELETE", `${run}?purge=true`), "403 scope_missing");
    assertEquals(await status("run", "PATCH", "/api/settings", { max_concurrent: 1 }), "403 scope_missing");
    assertEquals(await status("admin", "PATCH", "/api/settings", { max_concurrent: 1 }), "200");
    assertEquals(await status("admin", "DELETE", `${run}?purge=true`), "200");
    assertEquals((await fetch(run).then(async (a) => [a.status, (await a.json()).code])).join(" "), "401 no_key");
    for (const path of ["/openapi.json", "/docs", "/docs/rapidoc.js"]) {
      const answer = await fetch(path);
      await answer.body?.cancel();
      assertEquals(answer.status, 401);
    }
  }, {
    before: (_, folder) => {
      const store = new KeyStore(`${folder}/output`);
      for (const scope of ["read", "run", "admin"] as const) keys[scope] = store.create(scope, [scope]).key;
    },
  });
});
