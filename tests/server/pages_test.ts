/** The pages as a browser without JavaScript uses them. */

import { DOMParser } from "linkedom";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { statusOf, type TestServer, type TestServerOptions, withServer } from "../support/server.ts";
import { KeyStore } from "../../server/mod.ts";

const QUICK = await Deno.readTextFile(new URL("../../scenarios/economic/quick_test.yaml", import.meta.url));

/** What a browser says of itself. */
const BROWSER = { accept: "text/html,application/xhtml+xml" };

// deno-lint-ignore no-explicit-any -- linkedom's documents have no types that fit
async function shown(answer: Promise<Response>): Promise<any> {
  return new DOMParser().parseFromString(await (await answer).text(), "text/html");
}

function form(fields: Readonly<Record<string, string>>, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: "POST", body: new URLSearchParams(fields), headers: { ...BROWSER, ...headers } };
}

/** Starts a run as the form does; its id. */
async function start({ fetch, app }: TestServer, fields: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch("/runs", form(fields));
  assertEquals(answer.status, 303, await answer.text());
  const id = decodeURIComponent(answer.headers.get("location")!.replace("/runs/", ""));
  await app.wait(id);
  return id;
}

Deno.test("/runs starts a scenario that is chosen or pasted, and lists what there is", async () => {
  await withServer({}, async (server) => {
    const empty = await shown(server.fetch("/runs"));
    assertMatches(empty.querySelector("main").textContent, /No runs yet/);
    const choices = [...empty.querySelectorAll("select[name=scenario] option")].map(({ value }: { value: string }) =>
      value
    );
    assertTrue(choices.includes("economic/quick_test.yaml"), choices.join(" "));
    const chosen = await start(server, { scenario: "economic/quick_test.yaml", seed: "7" });
    const pasted = await start(server, { scenario: "economic/quick_test.yaml", text: QUICK, step: "on" });
    assertEquals((await server.app.status(chosen)).seed, 7);
    assertEquals((await server.app.status(pasted)).status, "paused");
    const list = await shown(server.fetch("/runs"));
    const links = [...list.querySelectorAll(".runs-body .run-link")].map((link) => link.getAttribute("href"));
    assertEquals(links, [`/runs/${pasted}`, `/runs/${chosen}`]);
    const statuses = [...list.querySelectorAll(".runs-body .run-status [data-status]")].map((mark) =>
      mark.getAttribute("data-status")
    );
    assertEquals(statuses, ["paused", "completed"]);
  });
});

Deno.test("/runs filters by status and text, and says when nothing matches", async () => {
  await withServer({}, async (server) => {
    const done = await start(server, { text: QUICK });
    const parked = await start(server, { text: QUICK.replace(/name: .*/, "name: other"), step: "on" });
    const runs = async (query: string) =>
      [...(await shown(server.fetch(`/runs${query}`))).querySelectorAll(".runs-body .id")].map(({ textContent }) =>
        textContent
      );
    assertEquals(await runs("?status=paused"), [parked]);
    assertEquals(await runs("?status=&text=other_"), [parked]);
    assertEquals(await runs(`?text=${done}`), [done]);
    assertEquals(await runs("?status=failed"), []);
    assertEquals((await runs("?status=nonsense")).length, 2);
    const kept = await shown(server.fetch("/runs?status=failed&text=%22%3E%3Cscript%3E"));
    assertMatches(kept.querySelector("main").textContent, /No run matches/);
    assertEquals(kept.querySelector("input[name=text]").getAttribute("value"), '"><script>');
    assertEquals(kept.querySelectorAll("script").length, 0);
  });
});

Deno.test("/runs shows fifty runs a page", async () => {
  await withServer({ maxConcurrent: 1 }, async (server) => {
    const first = await start(server, { text: QUICK, step: "on" });
    const manifest = JSON.parse(await Deno.readTextFile(`${server.app.folder(first)}/manifest.json`));
    for (let i = 0; i < 59; i++) {
      const run_id = `made_1agents_20200101_0000${String(i).padStart(2, "0")}_01`;
      const created_at = `2020-01-01T00:00:${String(i).padStart(2, "0")}.000Z`;
      await Deno.mkdir(`${server.folder}/output/${run_id}`);
      await Deno.writeTextFile(
        `${server.folder}/output/${run_id}/manifest.json`,
        JSON.stringify({ ...manifest, run_id, created_at }),
      );
    }
    const page = await shown(server.fetch("/runs"));
    assertEquals(page.querySelectorAll(".runs-body .run-line").length, 50);
    assertEquals(page.querySelector(".runs-body .id").textContent, first);
    const older = await shown(server.fetch(page.querySelector("a[rel=next]").getAttribute("href")));
    assertEquals(older.querySelectorAll(".runs-body .run-line").length, 10);
    assertEquals([...older.querySelectorAll(".runs-body .id")].at(-1).textContent, "made_1agents_20200101_000000_01");
    assertEquals(older.querySelector("a[rel=next]"), null);
    assertEquals(older.querySelector("nav.pages a").getAttribute("href"), "/runs");
  });
});

Deno.test("what is wrong with a scenario is shown above the form, which keeps what was typed", async () => {
  await withServer({}, async ({ fetch, app }) => {
    const text = QUICK.replace("max_turns", "max_turnz") + "\n# <b>typed</b>\n";
    const answer = await fetch("/runs", form({ text, seed: "x1", scenario: "economic/growth.yaml" }));
    assertEquals(answer.status, 422);
    const page = await shown(Promise.resolve(answer));
    assertMatches(page.querySelector(".problem").textContent, /max_turnz/);
    // linkedom leaves the entities of a textarea as they are.
    const typed = page.querySelector("textarea").textContent.trim();
    assertEquals(typed.replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&amp;", "&"), text.trim());
    assertEquals(page.querySelector("input[name=seed]").getAttribute("value"), "x1");
    assertEquals(page.querySelector("option[selected]").getAttribute("value"), "economic/growth.yaml");
    const nothing = await fetch("/runs", form({}));
    assertEquals(nothing.status, 422);
    assertMatches(
      (await shown(Promise.resolve(nothing))).querySelector(".problem").textContent,
      /no scenario was chosen/,
    );
    for (const scenario of ["economic/../../../etc/passwd", "economic//etc/hosts.yaml", "nowhere/a.yaml", "x"]) {
      const status = await statusOf(fetch("/runs", form({ scenario })));
      assertTrue(status === 404 || status === 422, `${scenario} ${status}`);
    }
    assertEquals((await app.list()).runs, []);
  });
});

Deno.test("a form of another type, or one that is too large, is no form", async () => {
  await withServer({}, async ({ fetch }) => {
    const plain = { method: "POST", body: "text=x", headers: { "content-type": "text/plain" } };
    assertEquals(await statusOf(fetch("/runs", plain)), 415);
    assertEquals(await statusOf(fetch("/runs", form({ text: "x".repeat(5 << 20) }))), 413);
  });
});

Deno.test("/runs/{id} shows where a run is, and steers it", async () => {
  await withServer({}, async (server) => {
    const { fetch, app } = server;
    const id = await start(server, { text: QUICK, step: "on" });
    const steer = async (verb: string) => await statusOf(fetch(`/runs/${id}`, form({ verb })));
    const page = await shown(fetch(`/runs/${id}`));
    assertEquals(page.querySelector("h1").textContent, id);
    assertMatches(page.querySelector(".run-page-head").textContent, /paused.*1 of at most/s);
    const verbs = () => [...page.querySelectorAll("button[name=verb]")].map((button) => button.getAttribute("value"));
    assertEquals(verbs(), ["resume", "step", "cancel"]);
    assertEquals(await steer("step"), 303);
    assertEquals((await app.wait(id)).turn, 2);
    assertEquals(await steer("resume"), 303);
    assertEquals((await app.wait(id)).status, "completed");
    const late = await fetch(`/runs/${id}`, form({ verb: "cancel" }));
    assertEquals(late.status, 409);
    const ended = await shown(Promise.resolve(late));
    assertMatches(ended.querySelector(".problem").textContent, /is completed/);
    assertEquals(ended.querySelectorAll("button[name=verb]").length, 0);
    const files = [...ended.querySelectorAll(".run-exports a")].map((link) => link.getAttribute("href"));
    assertEquals(files.includes(`/api/simulations/${id}/results`), true, files.join(" "));
    for (const href of files) assertEquals(await statusOf(fetch(href)), 200, href);
  });
});

Deno.test("the page of a run that moves is loaded anew by itself, that of one which stands is not", async () => {
  await withServer({}, async ({ fetch, app }) => {
    const slow = QUICK.replace(/max_turns: \d+/, "max_turns: 1000000");
    const answer = await fetch("/runs", form({ text: slow }));
    await answer.body?.cancel();
    const path = answer.headers.get("location")!;
    const id = path.replace("/runs/", "");
    const refresh = async () =>
      (await shown(fetch(path, { headers: BROWSER }))).querySelector("noscript meta[http-equiv=refresh]")
        ?.getAttribute("content");
    assertEquals(await refresh(), "2");
    assertEquals(await statusOf(fetch(path, form({ verb: "cancel" }))), 303);
    await app.wait(id);
    assertEquals(await refresh(), undefined);
  });
});

Deno.test("what is not there is a page to browsers and a problem to programs", async () => {
  await withServer({}, async ({ fetch }) => {
    for (const path of ["/runs/none", "/nothing", "/runs/..%2f..%2fetc%2fpasswd", "/runs/%00", "/runs/%ZZ"]) {
      const answer = await fetch(path, { headers: BROWSER });
      assertEquals([answer.status, answer.headers.get("content-type")], [404, "text/html; charset=utf-8"], path);
      const page = await shown(Promise.resolve(answer));
      assertMatches(page.querySelector("main").textContent, /Not Found.*request/s);
    }
    const problem = await fetch("/runs/none");
    assertEquals([problem.status, (await problem.json()).code], [404, "unknown_run"]);
    const api = await fetch("/api/nothing", { headers: BROWSER });
    assertEquals([api.status, (await api.json()).code], [404, "not_found"]);
  });
});

Deno.test("static files are sent with their type and tag, and nothing beside them", async () => {
  await withServer({}, async ({ fetch }) => {
    const css = await fetch("/static/tokens.css");
    assertEquals([css.status, css.headers.get("content-type")], [200, "text/css; charset=utf-8"]);
    assertMatches(await css.text(), /color-scheme: light dark/);
    const headers = { "if-none-match": css.headers.get("etag")! };
    assertEquals(await statusOf(fetch("/static/tokens.css", { headers })), 304);
    for (const path of ["/static/", "/static/..%2fdeno.json", "/static/%2e%2e/deno.json", "/static/tokens.css%00"]) {
      assertEquals(await statusOf(fetch(path)), 404, path);
    }
  });
});

Deno.test("pages name static files by what is in them: those are kept for good, by any other name asked for again", async () => {
  await withServer({}, async ({ fetch }) => {
    const html = await (await fetch("/", { headers: BROWSER })).text();
    const named = [...html.matchAll(/(?:href|src)="(\/static\/[^"]+)"/g)].map(([, href]) => href!);
    assertTrue(named.some((href) => /\.css/.test(href)) && named.some((href) => /\.svg/.test(href)), `${named}`);
    for (const href of named) {
      const answer = await fetch(href);
      assertEquals(answer.headers.get("cache-control"), "public, max-age=31536000, immutable", href);
      await answer.body?.cancel();
      for (const other of [href.replace(/\?.*/, ""), href.replace(/v=.*/, "v=old")]) {
        const asked = await fetch(other);
        assertEquals(asked.headers.get("cache-control"), "public, max-age=0, must-revalidate", other);
        await asked.body?.cancel();
      }
    }
  });
});

/** A server with one key that may `run`. */
async function withKey(body: (server: TestServer, key: string) => Promise<void>): Promise<void> {
  let key = "";
  const before: TestServerOptions["before"] = (_, folder) => {
    ({ key } = new KeyStore(`${folder}/output`).create("Ada <ada>", ["run"]));
  };
  await withServer({ before }, async (server) => await body(server, key));
}

Deno.test("a browser without a session is led to the sign-in and from there to where it wanted to go", async () => {
  await withKey(async (server, key) => {
    const { fetch, url } = server;
    const away = await fetch("/?status=paused", { headers: BROWSER });
    await away.body?.cancel();
    assertEquals([away.status, away.headers.get("location")], [303, "/sign-in?next=%2F%3Fstatus%3Dpaused"]);
    const page = await shown(fetch(away.headers.get("location")!, { headers: BROWSER }));
    const next = page.querySelector("input[name=next]").getAttribute("value");
    assertEquals(next, "/?status=paused");
    const wrong = await fetch("/sign-in", form({ next, key: "canary" }, { origin: url }));
    assertEquals(wrong.status, 401);
    const again = await wrong.text();
    assertEquals(again.includes("canary"), false);
    assertMatches(again, /this key is not one of this server/);
    const entered = await fetch("/sign-in", form({ next, key: ` ${key} ` }, { origin: url }));
    await entered.body?.cancel();
    assertEquals([entered.status, entered.headers.get("location")], [303, "/?status=paused"]);
    const cookie = entered.headers.get("set-cookie")!.split(";")[0]!;
    const home = await shown(fetch("/", { headers: { ...BROWSER, cookie } }));
    assertMatches(home.querySelector("header").textContent, /Ada <ada>Sign out/);
    assertEquals(await statusOf(fetch("/sign-in?next=/x", { headers: { ...BROWSER, cookie } })), 303);
    const out = await fetch("/sign-out", form({}, { cookie, origin: url }));
    await out.body?.cancel();
    assertEquals([out.status, out.headers.get("location")], [303, "/sign-in"]);
    assertEquals(await statusOf(fetch("/", { headers: { ...BROWSER, cookie } })), 303);
  });
});

Deno.test("a sign-in never leads to another site", async () => {
  await withKey(async ({ fetch, url }, key) => {
    const elsewhere = [
      "http://evil.com/",
      "//evil.com/",
      "/\\evil.com",
      "\\\\evil.com",
      "/\t/evil.com",
      "/%09/evil.com",
      "javascript:alert(1)",
      "/..//evil.com",
      "/.//evil.com",
      "",
    ];
    for (const next of elsewhere) {
      const answer = await fetch("/sign-in", form({ next, key }, { origin: url }));
      await answer.body?.cancel();
      const target = new URL(answer.headers.get("location")!, url);
      assertEquals([answer.status, target.origin], [303, url], next);
    }
  });
});

Deno.test("who may only look is shown no form, though another was shown one a moment ago", async () => {
  let [reader, runner] = ["", ""];
  await withServer({
    before: (_, folder) => {
      const store = new KeyStore(`${folder}/output`);
      ({ key: reader } = store.create("reader", ["read"]));
      ({ key: runner } = store.create("runner", ["run"]));
    },
  }, async ({ fetch }) => {
    const headers = { ...BROWSER, authorization: `Bearer ${reader}` };
    const forms = async (key: string) =>
      (await shown(fetch("/runs", { headers: { ...BROWSER, authorization: `Bearer ${key}` } })))
        .querySelectorAll("main form[method=post]").length;
    assertEquals([await forms(runner), await forms(reader), await forms(runner)], [1, 0, 1]);
    assertEquals(await statusOf(fetch("/runs", form({ text: QUICK }, headers))), 403);
  });
});

Deno.test("where no keys are needed there is nothing to sign in to", async () => {
  await withServer({}, async ({ fetch }) => {
    const answer = await fetch("/sign-in?next=/runs/x", { headers: BROWSER });
    await answer.body?.cancel();
    assertEquals([answer.status, answer.headers.get("location")], [303, "/runs/x"]);
    const session = await fetch("/api/session", {
      method: "POST",
      body: '{"key":"x"}',
      headers: { "content-type": "application/json" },
    });
    assertEquals([session.status, (await session.json()).code], [409, "no_keys"]);
  });
});
