/** Who may do what where keys are set up. */

import { z } from "zod";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { posted, statusOf, type TestServer, type TestServerOptions, withServer } from "../support/server.ts";
import { endpoint, KeyStore, type Scope, SCOPES } from "../../server/mod.ts";

/** A server with a key of these scopes. */
async function withKey(
  scopes: readonly Scope[],
  body: (server: TestServer, key: string, store: KeyStore) => Promise<void>,
  options: TestServerOptions = {},
): Promise<void> {
  let key = "";
  let store!: KeyStore;
  await withServer({
    ...options,
    before: (_, folder) => {
      store = new KeyStore(`${folder}/output`);
      ({ key } = store.create("tester", scopes));
    },
  }, async (server) => await body(server, key, store));
}

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function problem(answer: Promise<Response>): Promise<string> {
  const { status, code } = await (await answer).json();
  return `${status} ${code}`;
}

/** Signs in as a browser does; the value of its `Cookie`. */
async function signIn({ fetch }: TestServer, key: string): Promise<string> {
  const answer = await fetch("/api/session", posted({ key }));
  await answer.body?.cancel();
  return answer.headers.get("set-cookie")!.split(";")[0]!;
}

Deno.test("where there are keys nothing but the sign-in and its looks is open without one", async () => {
  await withKey(["read"], async ({ fetch }) => {
    for (const path of ["/api/simulations", "/api/features", "/nothing", "/runs/x", "/"]) {
      const answer = await fetch(path);
      assertEquals([answer.status, (await answer.json()).code], [401, "no_key"], path);
      assertEquals(answer.headers.get("www-authenticate"), 'Bearer realm="llm-sim"');
    }
    assertEquals(await problem(fetch("/api/simulations", posted({ scenario: "x" }))), "401 no_key");
    for (const path of ["/sign-in", "/static/tokens.css"]) assertEquals(await statusOf(fetch(path)), 200, path);
  });
});

Deno.test("a key opens what its scopes say, and nothing more", async () => {
  await withKey(["read"], async ({ fetch, app }, key) => {
    assertEquals(await statusOf(fetch("/api/simulations", { headers: bearer(key) })), 200);
    const refused = await fetch("/api/simulations", posted({ scenario: "domain: x" }, bearer(key)));
    const { code, detail, hint } = await refused.json();
    assertEquals([refused.status, code, detail], [403, "scope_missing", "the key 'tester' may not run"]);
    assertMatches(hint, /it may read; make another one: deno task keys create NAME --scopes run/);
    assertEquals((await app.list()).runs, []);
  });
  await withKey(["run"], async ({ fetch }, key) => {
    assertEquals(
      await problem(fetch("/api/simulations", posted({ scenario: "a: [" }, bearer(key)))),
      "422 yaml_syntax",
    );
    assertEquals(await statusOf(fetch("/api/simulations", { headers: bearer(key) })), 200);
  });
});

Deno.test("every scope opens itself and what it includes, for every endpoint", async () => {
  const routes = Object.fromEntries(SCOPES.map((scope) => [
    `/api/${scope}.ts`,
    {
      GET: endpoint({
        operationId: scope,
        summary: scope,
        tags: [],
        scope,
        responses: { 200: { description: "", schema: z.string() } },
        handle: () => scope,
      }),
    },
  ]));
  const opens: { readonly [scope in Scope]: readonly Scope[] } = {
    read: ["read"],
    run: ["read", "run"],
    edit: ["read", "edit"],
    admin: ["read", "run", "edit", "admin"],
  };
  for (const [given, allowed] of Object.entries(opens)) {
    await withKey([given as Scope], async ({ fetch }, key) => {
      for (const scope of SCOPES) {
        const status = await statusOf(fetch(`/api/${scope}`, { headers: bearer(key) }));
        assertEquals(status, allowed.includes(scope) ? 200 : 403, `${given} at ${scope}`);
      }
    }, { routes: { routes, statics: {} } });
  }
});

Deno.test("a wrong key is refused everywhere, also where none is needed", async () => {
  await withKey(["admin"], async ({ fetch }, key) => {
    const wrong = [`${key}x`, key.slice(0, -1), key.toUpperCase(), "x", "a".repeat(600)];
    for (const each of wrong) assertEquals(await problem(fetch("/sign-in", { headers: bearer(each) })), "401 bad_key");
    for (const header of [key, `Basic ${key}`, "Bearer", `Bearer ${key} ${key}`]) {
      assertEquals(
        await problem(fetch("/api/features", { headers: { authorization: header } })),
        "401 bad_key",
        header,
      );
    }
    assertEquals(await statusOf(fetch("/api/features", { headers: { authorization: `bearer  ${key}` } })), 200);
  });
});

Deno.test("who tries many wrong keys is told to wait; a right one from there still opens", async () => {
  await withKey(["admin"], async ({ fetch }, key) => {
    // As time passes some more are let through: how many depends on the machine.
    let wrong = 0;
    while (await statusOf(fetch("/api/features", { headers: bearer(`wrong${wrong}`) })) === 401) wrong++;
    assertTrue(wrong >= 20 && wrong < 60, String(wrong));
    let refused = await fetch("/api/session", posted({ key: "wrong" }));
    while (refused.status === 401) {
      await refused.body?.cancel();
      refused = await fetch("/api/session", posted({ key: "wrong" }));
    }
    assertEquals([refused.status, (await refused.json()).code], [429, "too_many_wrong_keys"]);
    assertMatches(refused.headers.get("retry-after")!, /^\d+$/);
    assertEquals(await statusOf(fetch("/api/features", { headers: bearer(key) })), 200);
  });
});

Deno.test("POST /api/session gives a cookie that stands for the key, out of reach of scripts and other sites", async () => {
  await withKey(["run"], async (server, key) => {
    const { fetch, url } = server;
    const answer = await fetch("/api/session", posted({ key }));
    assertEquals([answer.status, await answer.json()], [200, { name: "tester", scopes: ["read", "run"] }]);
    const cookie = answer.headers.get("set-cookie")!;
    assertMatches(cookie, /^llm_sim_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    assertEquals(cookie.includes(key.split("_")[2]!), false);
    const own = { cookie: `theme=dark; ${cookie.split(";")[0]}` };
    assertEquals(await statusOf(fetch("/api/simulations", { headers: own })), 200);
    const scenario = { scenario: "a: [" };
    // Browsers send cookies by themselves: to change something a page of ours must be behind it.
    assertEquals(await problem(fetch("/api/simulations", posted(scenario, own))), "403 no_origin");
    assertEquals(
      await problem(fetch("/api/simulations", posted(scenario, { ...own, origin: url }))),
      "422 yaml_syntax",
    );
    const foreign = posted(scenario, { ...own, origin: "http://evil.com" });
    assertEquals(await problem(fetch("/api/simulations", foreign)), "403 foreign_origin");
    const socket = { ...own, upgrade: "websocket", connection: "upgrade" };
    assertEquals(await problem(fetch("/api/simulations", { headers: socket })), "403 no_origin");
  });
});

Deno.test("a session ends with sign-out, with its key, and is nobody's afterwards", async () => {
  await withKey(["read"], async (server, key, store) => {
    const { fetch, url } = server;
    const first = { cookie: await signIn(server, key), origin: url };
    const second = { cookie: await signIn(server, key) };
    assertEquals(first.cookie === second.cookie, false);
    const ended = await fetch("/api/session", { method: "DELETE", headers: first });
    assertEquals(ended.status, 204);
    assertMatches(ended.headers.get("set-cookie")!, /^llm_sim_session=; Path=\/; Max-Age=0;/);
    assertEquals(await problem(fetch("/api/features", { headers: first })), "401 no_key");
    assertEquals(await statusOf(fetch("/api/features", { headers: second })), 200);
    store.revoke("tester");
    await new Promise((resolve) => setTimeout(resolve, 600));
    assertEquals(await problem(fetch("/api/features", { headers: second })), "401 no_key");
    assertEquals(await problem(fetch("/api/features", { headers: bearer(key) })), "401 bad_key");
    for (const cookie of ["llm_sim_session=", "llm_sim_session=x", `llm_sim_session=${"a".repeat(43)}`]) {
      assertEquals(await problem(fetch("/api/features", { headers: { cookie } })), "401 no_key");
    }
  });
});

Deno.test("over https the cookie is sent over https only", async () => {
  await withKey(["read"], async ({ fetch }, key) => {
    const answer = await fetch("/api/session", posted({ key }));
    await answer.body?.cancel();
    assertMatches(answer.headers.get("set-cookie")!, /; SameSite=Strict; Secure$/);
  }, { config: { server: { base_url: "https://sim.example.org" } } });
});

Deno.test("a key is in no log, no audit, no file and no answer", async () => {
  await withKey(["read"], async (server, key) => {
    const { fetch, folder, logLines } = server;
    const other = `llmsim_aaaaaaaaaa_${"b".repeat(40)}`;
    const texts: string[] = [];
    const ask = async (path: string, init?: RequestInit) => {
      const answer = await fetch(path, init);
      texts.push(JSON.stringify([...answer.headers]), await answer.text());
    };
    await ask("/api/features", { headers: bearer(key) });
    await ask("/api/session", posted({ key }));
    await ask("/api/session", posted({ key: other, more: 1 }));
    await ask("/api/session", posted({ kee: other }));
    await ask("/api/features", { headers: bearer(other) });
    await ask("/api/features", { headers: { authorization: other } });
    await ask(`/api/features?key=${other}`, { headers: bearer(key) });
    await ask("/sign-in", { method: "POST", body: new URLSearchParams({ key: other }) });
    await ask("/sign-in", { method: "POST", body: new URLSearchParams({ key }) });
    await server.stop();
    const files = [...Deno.readDirSync(`${folder}/output`)].filter(({ isFile }) => isFile)
      .map(({ name }) => Deno.readTextFileSync(`${folder}/output/${name}`));
    const everything = [...texts, ...files, JSON.stringify(logLines())].join("\n");
    assertEquals(everything.includes(key.split("_")[2]!), false);
    assertEquals(everything.includes("b".repeat(40)), false);
    // A key in a path is somebody's mistake, but no reason to write it down.
    assertEquals(files.join("").includes("tester"), true);
  });
});

Deno.test("each key may ask so often a minute, and is told how often", async () => {
  await withKey(["read"], async ({ fetch }, key, store) => {
    const headers = bearer(key);
    const first = await fetch("/api/features", { headers });
    await first.body?.cancel();
    assertEquals([first.headers.get("ratelimit-limit"), first.headers.get("ratelimit-remaining")], ["3", "2"]);
    const rest: number[] = [];
    for (let i = 0; i < 4; i++) rest.push(await statusOf(fetch("/api/features", { headers })));
    assertEquals(rest, [200, 200, 429, 429]);
    const refused = await fetch("/api/features", { headers });
    assertEquals([(await refused.json()).code, refused.headers.get("retry-after")], ["rate_limited", "20"]);
    const other = store.create("other", ["read"]).key;
    await new Promise((resolve) => setTimeout(resolve, 600));
    assertEquals(await statusOf(fetch("/api/features", { headers: bearer(other) })), 200);
  }, { config: { rate_limit: { per_minute: 3 } } });
});

Deno.test("one's own server on loopback has no limit", async () => {
  await withServer({}, async ({ fetch }) => {
    const statuses = new Set<number>();
    for (let i = 0; i < 700; i++) statuses.add(await statusOf(fetch("/api/features")));
    assertEquals([...statuses], [200]);
  });
});

Deno.test("the audit says who changed what and who was refused, and nothing of who only looked", async () => {
  await withKey(["run"], async (server, key) => {
    const { fetch, folder, url } = server;
    await statusOf(fetch("/api/simulations", { headers: bearer(key) }));
    await statusOf(fetch("/api/simulations", posted({ scenario: "a: [" }, { ...bearer(key), "x-request-id": "mine" })));
    await statusOf(fetch("/api/simulations", { headers: bearer("wrong") }));
    await statusOf(fetch("/api/simulations", { headers: { origin: "http://evil.com" } }));
    const cookie = await signIn(server, key);
    await statusOf(fetch("/runs", { method: "POST", headers: { cookie, origin: url } }));
    await server.stop();
    const lines = Deno.readTextFileSync(`${folder}/output/.audit.jsonl`).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals(lines.map(({ principal, via, method, path, status }) => [principal, via, method, path, status]), [
      ["tester", "key", "POST", "/api/simulations", 422],
      [null, null, "GET", "/api/simulations", 401],
      [null, null, "GET", "/api/simulations", 403],
      [null, null, "POST", "/api/session", 200],
      ["tester", "session", "POST", "/runs", 422],
    ]);
    assertEquals(lines[0].request_id, "mine");
    assertMatches(lines[0].at, /^\d{4}-.*Z$/);
    assertEquals(typeof lines[3].signed_in, "string");
    if (Deno.build.os !== "windows") assertEquals(Deno.statSync(`${folder}/output/.audit.jsonl`).mode! & 0o777, 0o600);
  });
});

Deno.test("a run that was started is named in log and audit, with the request that started it", async () => {
  const text = await Deno.readTextFile(new URL("../../scenarios/economic/quick_test.yaml", import.meta.url));
  await withServer({}, async (server) => {
    const { fetch, app, folder, logLines } = server;
    const answer = await fetch("/api/simulations", posted({ scenario: text }));
    const { run_id } = await answer.json();
    await app.wait(run_id);
    await server.stop();
    const request = logLines().find(({ message, run_id: of }) => message === "request" && of === run_id);
    assertEquals(request?.request_id, answer.headers.get("x-request-id"));
    const statuses = logLines().filter(({ message }) => message === "run").map(({ status }) => status);
    assertEquals([statuses[0], statuses.at(-1)], ["running", "completed"]);
    const [audited] = Deno.readTextFileSync(`${folder}/output/.audit.jsonl`).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    assertEquals([audited.run_id, audited.status], [run_id, 202]);
  });
});

Deno.test("an admin lists, makes and revokes keys; secrets are told once, and nobody shuts himself out", async () => {
  const config = { api_keys: [{ name: "pipeline", key_hash: `sha256:${"0".repeat(64)}`, scopes: ["run"] }] };
  await withKey(["admin"], async ({ fetch }, key, store) => {
    const headers = bearer(key);
    const list = async () => await (await fetch("/api/keys", { headers })).json();
    assertEquals((await list()).map(({ name, source }: { name: string; source: string }) => [name, source]), [
      ["pipeline", "configured"],
      ["tester", "made"],
    ]);
    const answer = await fetch("/api/keys", posted({ name: "ci", scopes: ["run", "run"] }, headers));
    assertEquals(answer.status, 201);
    const made = await answer.json();
    assertEquals([made.kept.name, made.kept.scopes, made.kept.revoked_at], ["ci", ["run"], null]);
    assertEquals(await statusOf(fetch("/api/features", { headers: bearer(made.key) })), 200);
    const text = await (await fetch("/api/keys", { headers })).text();
    assertEquals([text.includes(made.key.split("_")[2]), text.includes("key_hash")], [false, false]);
    assertEquals(
      await problem(fetch("/api/keys", posted({ name: "ci", scopes: ["read"] }, headers))),
      "409 key_exists",
    );
    assertEquals(
      await problem(fetch("/api/keys", posted({ name: " a", scopes: ["read"] }, headers))),
      "422 bad_key_name",
    );
    assertEquals(await problem(fetch("/api/keys", posted({ name: "a", scopes: [] }, headers))), "422 invalid_request");

    const revoke = (id: string) => fetch(`/api/keys/${encodeURIComponent(id)}`, { method: "DELETE", headers });
    // By its id alone: a name may be another key's id.
    assertEquals(await problem(revoke("ci")), "404 unknown_key");
    const revoked = await (await revoke(made.kept.id)).json();
    assertMatches(revoked.revoked_at, /^\d{4}-/);
    assertEquals(await statusOf(fetch("/api/features", { headers: bearer(made.key) })), 401);
    assertEquals(await problem(revoke(made.kept.id)), "404 unknown_key");
    assertEquals(await problem(revoke("config:pipeline")), "409 key_is_configured");
    assertEquals(await problem(revoke(store.list()[0]!.id)), "409 key_in_use");
    assertEquals(await statusOf(fetch("/api/keys", { headers })), 200);
  }, { config });
  await withKey(["run", "edit"], async ({ fetch }, key) => {
    for (const [method, path] of [["GET", "/api/keys"], ["POST", "/api/keys"], ["DELETE", "/api/keys/x"]] as const) {
      const body = method === "POST" ? posted({ name: "a", scopes: ["admin"] }).body : null;
      const headers = { ...bearer(key), "content-type": "application/json" };
      assertEquals(await problem(fetch(path, { method, headers, body: body ?? null })), "403 scope_missing");
    }
    const { storage, version, limits } = await (await fetch("/api/server", { headers: bearer(key) })).json();
    assertEquals([storage, typeof version, limits.requests_per_minute], [null, "string", 600]);
  });
});

Deno.test("the first key is made where the server runs, and nowhere else", async () => {
  await withServer({}, async ({ fetch }) => {
    assertEquals(await problem(fetch("/api/keys", posted({ name: "mine", scopes: ["admin"] }))), "409 no_keys");
    assertEquals(await (await fetch("/api/keys")).json(), []);
    const { needs_key, storage, limits } = await (await fetch("/api/server")).json();
    assertEquals([needs_key, storage.folder.endsWith("/output"), limits.requests_per_minute], [false, true, null]);
  });
});

Deno.test("a damaged file of keys is told in settings, where all else can still be seen", async () => {
  const key = "a-key-of-the-configuration";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key)));
  const config = { api_keys: [{ name: "boss", key_hash: `sha256:${digest.toHex()}`, scopes: ["admin"] }] };
  await withServer({ config }, async ({ fetch, folder }) => {
    await Deno.mkdir(`${folder}/output`, { recursive: true });
    await Deno.writeTextFile(`${folder}/output/.keys.json`, "{");
    const answer = await fetch("/settings", { headers: { ...bearer(key), accept: "text/html" } });
    const text = await answer.text();
    assertEquals(answer.status, 200);
    assertMatches(text, /\.keys\.json is not a file of keys.*restore it/s);
    assertMatches(text, /Runs at once/);
    assertEquals(await problem(fetch("/api/keys", { headers: bearer(key) })), "503 bad_keys_file");
  });
});
