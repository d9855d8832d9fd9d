/** Notebooks over real HTTP: listed, read, written with conditions and merges, viewed, run, cancelled, renamed, exported. */

import { join } from "node:path";
import { KeyStore } from "../../server/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { SseReader } from "../support/event_source.ts";
import type { TestServerOptions } from "../support/server.ts";
import { type RestServer, told, withRest } from "./rest_world.ts";

const PAGE = `# Growth

\`\`\`yaml input #rate
type: number
value: 0.05
min: 0
max: 1
\`\`\`

\`\`\`yaml scenario #world
domain: economic
simulation: { name: world, max_turns: 3, seed: 1 }
engine: { type: economic, interest_rate: "\${rate}" }
validator: { type: always_valid }
agents: [{ name: A, type: nation, strategy: grow, initial_economic_strength: 1000 }]
\`\`\`

\`\`\`yaml run #base
scenario: world
expect: ["turn == 3"]
\`\`\`

It ends at \${base.total_economic_value}.
`;

const NEW = { "if-none-match": "*" };
const match = (hash: string) => ({ "if-match": `"${hash}"` });

interface Cell {
  readonly name: string;
  readonly status: string;
  readonly [key: string]: unknown;
}

function cellsOf(view: { readonly pieces: readonly Cell[] }): { readonly [name: string]: Cell } {
  return Object.fromEntries(view.pieces.filter(({ kind }) => kind === "cell").map((cell) => [cell.name, cell]));
}

/** A server whose folder of notebooks is the test's own. */
async function withNotebooks(
  body: (server: RestServer & { readonly root: string }) => Promise<void>,
  options: TestServerOptions = {},
): Promise<void> {
  await withRest(async (server) => {
    await body({ ...server, root: join(server.folder, "notebooks") });
  }, { config: { notebooks_root: "notebooks" }, ...options });
}

Deno.test("a notebook is written, listed, read in two forms, written again, removed", async () => {
  await withNotebooks(async ({ ask, root }) => {
    assertEquals((await ask("GET", "/api/notebooks")).body, []);
    const made = await ask("PUT", "/api/notebooks/notes/growth.md", { text: PAGE }, NEW);
    assertEquals([made.status, made.body.text, made.body.merged], [200, PAGE, false]);
    const { hash } = made.body;
    assertEquals(made.headers.get("etag"), `"${hash}"`);
    assertEquals(Deno.readTextFileSync(join(root, "notes/growth.md")), PAGE);

    const [listed] = (await ask("GET", "/api/notebooks")).body;
    assertEquals([listed.path, listed.title, listed.hash, listed.readonly], ["notes/growth.md", "Growth", hash, false]);
    const text = await ask("GET", "/api/notebooks/notes/growth.md");
    assertEquals([text.body, text.headers.get("content-type"), text.headers.get("etag")], [
      PAGE,
      "text/markdown; charset=utf-8",
      `"${hash}"`,
    ]);
    const json = await ask("GET", "/api/notebooks/notes/growth.md", undefined, { accept: "application/json" });
    assertEquals(json.body, { path: "notes/growth.md", text: PAGE, hash, readonly: false });
    const kept = await ask("GET", "/api/notebooks/notes/growth.md", undefined, { "if-none-match": `"${hash}"` });
    assertEquals([kept.status, kept.body], [304, ""]);
    // A slash is a slash, however it is written.
    assertEquals((await ask("GET", "/api/notebooks/notes%2Fgrowth.md")).body, PAGE);

    const again = await ask("PUT", "/api/notebooks/notes/growth.md", { text: "# Less\n" }, match(hash));
    assertEquals([again.status, again.body.text], [200, "# Less\n"]);
    assertEquals(
      told(await ask("DELETE", "/api/notebooks/notes/growth.md", undefined, match(hash))),
      "412 notebook_changed",
    );
    const gone = await ask("DELETE", "/api/notebooks/notes/growth.md", undefined, match(again.body.hash));
    assertEquals([gone.status, gone.body], [200, { success: true, path: "notes/growth.md" }]);
    assertEquals(told(await ask("GET", "/api/notebooks/notes/growth.md")), "404 unknown_notebook");
  });
});

Deno.test("what somebody else has changed is merged; where both have changed the same nothing is written, and all is told", async () => {
  await withNotebooks(async ({ ask, root }) => {
    const base = "# Growth\n\nOne.\n\nTwo.\n\nThree.\n";
    const { hash } = (await ask("PUT", "/api/notebooks/a.md", { text: base }, NEW)).body;
    const disk = base.replace("Three", "Three on disk");
    Deno.writeTextFileSync(join(root, "a.md"), disk);
    const mine = base.replace("One", "One of mine");

    const changed = await ask("PUT", "/api/notebooks/a.md", { text: mine }, match(hash));
    assertEquals([told(changed), changed.body.disk, changed.body.regions], ["412 notebook_changed", disk, []]);
    const merged = await ask("PUT", "/api/notebooks/a.md", { text: mine, base }, match(hash));
    const both = disk.replace("One", "One of mine");
    assertEquals([merged.status, merged.body.merged, merged.body.text], [200, true, both]);
    assertEquals(Deno.readTextFileSync(join(root, "a.md")), both);

    const other = await ask(
      "PUT",
      "/api/notebooks/a.md",
      { text: base.replace("Three", "Three of mine"), base },
      match(hash),
    );
    assertEquals([told(other), other.body.disk, other.body.hash], ["412 notebook_conflict", both, merged.body.hash]);
    assertEquals(other.body.regions.map(({ mine, disk }: { mine: string; disk: string }) => [mine, disk]), [
      ["Three of mine.\n", "Three on disk.\n"],
    ]);
    assertEquals(Deno.readTextFileSync(join(root, "a.md")), both);
    // Whoever takes what is on disk as the beginning may write.
    const mended = await ask("PUT", "/api/notebooks/a.md", { text: "# Mine\n" }, match(other.body.hash));
    assertEquals(mended.status, 200);
    // What is gone is told too.
    Deno.removeSync(join(root, "a.md"));
    const lost = await ask("PUT", "/api/notebooks/a.md", { text: "# Mine, too\n" }, match(mended.body.hash));
    assertEquals([told(lost), lost.body.disk, lost.body.hash], ["412 notebook_changed", null, null]);
  });
});

Deno.test("nothing is replaced or removed without a condition, nor with one that says nothing", async () => {
  await withNotebooks(async ({ ask, root }) => {
    const put = (headers: Readonly<Record<string, string>>, path = "a.md") =>
      ask("PUT", `/api/notebooks/${path}`, { text: "# A\n" }, headers);
    assertEquals(told(await put({})), "428 precondition_required");
    assertEquals(told(await put({ "if-none-match": '"x"' })), "422 bad_precondition");
    assertEquals(told(await put({ "if-match": "growth" })), "422 bad_precondition");
    assertEquals(told(await put({ ...NEW, "if-match": "*" })), "422 bad_precondition");
    assertEquals(told(await put({ "if-match": "*" })), "404 unknown_notebook");
    assertEquals(told(await put(match("0".repeat(64)))), "412 notebook_changed");
    const { body: { hash } } = await put(NEW);
    const other = await ask("PUT", "/api/notebooks/a.md", { text: "# B\n" }, NEW);
    assertEquals([told(other), other.body.disk], ["412 notebook_changed", "# A\n"]);
    // What is there already is not made once more, even if it is the same; what is as it is to be is no conflict.
    assertEquals(told(await put(NEW)), "412 notebook_changed");
    assertEquals((await put(match("0".repeat(64)))).status, 200);
    assertEquals((await put({ "if-match": `W/"${hash}"` })).status, 200);
    assertEquals((await put({ "if-match": "*" })).status, 200);
    const remove = (headers: Readonly<Record<string, string>>) =>
      ask("DELETE", "/api/notebooks/a.md", undefined, headers);
    assertEquals(told(await remove({})), "428 precondition_required");
    assertEquals(told(await remove(NEW)), "422 bad_precondition");
    assertEquals([...Deno.readDirSync(root)].map(({ name }) => name), ["a.md"]);
    assertEquals((await remove({ "if-match": "*" })).status, 200);
  });
});

Deno.test("no path leads out of the folder, into hidden files, or to anything but Markdown", async () => {
  await withNotebooks(async ({ ask, fetch, root, folder, url }) => {
    Deno.mkdirSync(root, { recursive: true });
    Deno.writeTextFileSync(join(folder, "secret.md"), "secret");
    Deno.symlinkSync(join(folder, "secret.md"), join(root, "link.md"));
    Deno.symlinkSync(folder, join(root, "out"));
    const paths = [
      "..%2fsecret.md",
      "a/..%2f..%2fsecret.md",
      "%2e%2e%2fsecret.md",
      "..%5csecret.md",
      "%2fetc%2fpasswd",
      ".hidden.md",
      ".git/config.md",
      "a.txt",
      "a",
      "%00.md",
      `${"a".repeat(400)}.md`,
      `${"a/".repeat(40)}b.md`,
      "link.md",
      "out/secret.md",
      "out/new.md",
    ];
    for (const path of paths) {
      const read = await ask("GET", `/api/notebooks/${path}`);
      assertMatches(`${path}: ${told(read)}`, /: (422 bad_notebook_path|404 unknown_notebook)$/);
      assertTrue(!JSON.stringify(read.body).includes('"secret"'), path);
      const put = await ask("PUT", `/api/notebooks/${path}`, { text: "# Mine\n" }, NEW);
      assertMatches(`${path}: ${told(put)}`, /: (422 bad_notebook_path|412 notebook_changed)$/);
      const stream = await fetch(`/api/events/stream?notebook=${path}`, { method: "HEAD" });
      assertEquals(stream.status, told(read).startsWith("404") ? 200 : 422, path);
    }
    assertEquals(told(await ask("GET", "/api/notebooks/a%0ab.md")).slice(0, 1), "4");
    assertEquals(told(await ask("PUT", "/api/notebooks/%ff.md", { text: "" }, NEW)).slice(0, 1), "4");
    // A path that a client does not make shorter.
    const { hostname, port } = new URL(url);
    const connection = await Deno.connect({ hostname, port: Number(port) });
    const head =
      `GET /api/notebooks/../../secret.md HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    const answer = await new Response(connection.readable).text();
    assertTrue(!answer.includes("\r\n\r\nsecret"), answer.slice(0, 300));
    assertEquals(Deno.readTextFileSync(join(folder, "secret.md")), "secret");
    assertEquals([...Deno.readDirSync(folder)].some(({ name }) => name === "new.md"), false);
  });
});

Deno.test("what is too large, or no text, is refused, as a body and as a file", async () => {
  await withNotebooks(async ({ ask, root }) => {
    const large = "a".repeat(5 * 1024 * 1024 + 1);
    assertEquals(told(await ask("PUT", "/api/notebooks/a.md", { text: large }, NEW)), "413 notebook_too_large");
    const huge = "a".repeat(7 * 1024 * 1024);
    const viewed = await ask("POST", "/api/notebooks/a.md", { action: "view", text: huge });
    assertEquals(told(viewed), "413 body_too_large");
    Deno.mkdirSync(root, { recursive: true });
    Deno.writeTextFileSync(join(root, "large.md"), large);
    assertEquals(told(await ask("GET", "/api/notebooks/large.md")), "413 notebook_too_large");
    Deno.writeFileSync(join(root, "bytes.md"), new Uint8Array([0xff, 0xfe, 0x00]));
    assertEquals(told(await ask("GET", "/api/notebooks/bytes.md")), "422 not_text");
    for (const body of [{}, { text: 3 }, { text: "a", more: 1 }, [], "text"]) {
      assertEquals((await ask("PUT", "/api/notebooks/a.md", body, NEW)).status, 422, JSON.stringify(body));
    }
  });
});

Deno.test("a page is viewed as it is and as a draft with inputs moved, without starting anything", async () => {
  await withNotebooks(async ({ ask, app }) => {
    const { hash } = (await ask("PUT", "/api/notebooks/a.md", { text: PAGE }, NEW)).body;
    const view = (await ask("POST", "/api/notebooks/a.md", { action: "view" })).body;
    assertEquals([view.path, view.title, view.hash, view.stale], ["a.md", "Growth", hash, ["base"]]);
    assertEquals(view.pieces.map(({ source }: { source: string }) => source).join(""), PAGE);
    assertEquals([cellsOf(view).rate!.value, cellsOf(view).base!.status], [0.05, "stale"]);
    const moved = (await ask("POST", "/api/notebooks/a.md", { action: "view", set: { rate: "0.2" } })).body;
    assertEquals(cellsOf(moved).rate!.value, 0.2);
    const draft = { action: "view", text: PAGE.replace("scenario: world", "scenario: wrld") };
    const broken = cellsOf((await ask("POST", "/api/notebooks/a.md", draft)).body).base!;
    assertEquals(broken.status, "error");
    assertTrue(JSON.stringify(broken.issues).includes("wrld"));
    const unsaved = await ask("POST", "/api/notebooks/new.md", { action: "view", text: PAGE });
    assertEquals([unsaved.status, unsaved.body.hash], [200, null]);
    assertEquals(told(await ask("POST", "/api/notebooks/new.md", { action: "view" })), "404 unknown_notebook");
    assertEquals((await app.list()).runs.length, 0);
  });
});

Deno.test("cells are run, found again, and told of on the page's stream; what a cell is not is refused", async () => {
  await withNotebooks(async ({ ask, app, url, root }) => {
    await ask("PUT", "/api/notebooks/a.md", { text: PAGE }, NEW);
    const run = await ask("POST", "/api/notebooks/a.md", { action: "run", cells: ["base"], max_cost_usd: 0 });
    assertEquals(run.status, 200, JSON.stringify(run.body));
    await app.notebooks.settled("a.md");
    const after = (await ask("POST", "/api/notebooks/a.md", { action: "view" })).body;
    const { base } = cellsOf(after);
    assertMatches(base!.status, /^(fresh|cached)$/);
    assertEquals(base!.expect, [{ ...(base!.expect as object[])[0], condition: "turn == 3", holds: true }]);
    assertEquals(after.stale, []);
    assertEquals((await app.list()).runs.length, 1);
    // Nothing is played twice.
    await ask("POST", "/api/notebooks/a.md", { action: "run", cells: "stale" });
    await app.notebooks.settled("a.md");
    assertEquals((await app.list()).runs.length, 1);

    const post = (body: unknown) => ask("POST", "/api/notebooks/a.md", body);
    assertEquals(told(await post({ action: "run", cells: ["nothing"] })), "422 unknown_cell");
    for (
      const body of [
        { action: "run" },
        { action: "dance" },
        {},
        { action: "run", cells: "all" },
        { action: "run", cells: ["base"], max_cost_usd: -1 },
        { action: "view", set: [] },
        { action: "rename" },
      ]
    ) assertEquals(told(await post(body)), "422 invalid_request", JSON.stringify(body));

    const { run_id } = (await app.list()).runs[0]!;
    const reader = await SseReader.open(`${url}/api/events/stream?runs=${run_id}&notebook=a.md`);
    const first = await reader.until(({ event }) => event === "end");
    assertTrue(first.some(({ event, data }) => event === "notebook" && JSON.parse(data).hash === after.hash));
    Deno.writeTextFileSync(join(root, "a.md"), "# Changed on disk\n");
    const [notice] = await reader.until(({ event }) => event === "notebook");
    const { hash } = (await ask("GET", "/api/notebooks/a.md", undefined, { accept: "application/json" })).body;
    assertEquals(JSON.parse(notice!.data), { path: "a.md", hash });
    await reader.close();
  });
});

Deno.test("a notebook is made from a scenario, a run, a batch, a starter or a text, and given another name", async () => {
  await withNotebooks(async ({ ask, start, app }) => {
    const make = (body: unknown) => ask("POST", "/api/notebooks", body);
    const made = await make({ path: "growth.md", from: { scenario: "economic/growth.yaml" } });
    assertEquals([made.status, made.headers.get("location")], [201, "/api/notebooks/growth.md"]);
    assertEquals((await ask("GET", "/api/notebooks/growth.md")).body, made.body.text);
    const run_id = await start({ turns: 1 });
    await app.wait(run_id);
    assertEquals((await make({ path: "from run.md", from: { run: run_id } })).status, 201);
    assertEquals((await ask("GET", "/api/notebooks/from%20run.md")).status, 200);
    for (const starter of ["compare", "sweep", "conversation"]) {
      const { status, body } = await make({ path: `${starter}.md`, from: { starter } });
      assertEquals(status, 201, JSON.stringify(body));
      const view = (await ask("POST", `/api/notebooks/${starter}.md`, { action: "view" })).body;
      const wrong = view.pieces.flatMap(({ issues = [] }: { issues?: { severity: string }[] }) => issues)
        .filter(({ severity }: { severity: string }) => severity === "error");
      assertEquals(wrong, [], starter);
    }
    assertEquals((await make({ path: "text.md", text: "# Mine\n" })).status, 201);

    assertEquals(told(await make({ path: "text.md", text: "# Mine\n" })), "412 notebook_changed");
    assertEquals(told(await make({ path: "x.md" })), "422 bad_template");
    assertEquals(told(await make({ path: "x.md", from: { run: run_id, starter: "sweep" } })), "422 bad_template");
    assertEquals(told(await make({ path: "x.md", from: { run: "nobody" } })), "404 unknown_run");
    assertEquals(told(await make({ path: "x.md", from: { batch: "nobody" } })), "404 unknown_batch");
    assertEquals(told(await make({ path: "x.md", from: { scenario: "growth.yaml" } })), "422 bad_config_path");
    assertEquals(
      told(await make({ path: "x.md", from: { scenario: "economic/../../deno.json" } })),
      "422 bad_config_path",
    );
    assertEquals(told(await make({ path: "x.md", from: { scenario: "economic/nothing.yaml" } })), "422 missing_file");
    assertEquals(told(await make({ path: "x.md", from: { starter: "dance" } })), "422 invalid_request");
    assertEquals(told(await make({ path: "../x.md", text: "" })), "422 bad_notebook_path");

    const rename = (to: string) => ask("POST", "/api/notebooks/text.md", { action: "rename", to });
    assertEquals(told(await rename("growth.md")), "409 notebook_exists");
    assertEquals(told(await rename("../growth.md")), "422 bad_notebook_path");
    const renamed = await rename("notes/mine.md");
    assertEquals([renamed.status, renamed.body.path], [200, "notes/mine.md"]);
    assertEquals(told(await rename("again.md")), "404 unknown_notebook");
    const tree = (await ask("GET", "/api/tree")).body;
    assertEquals(tree.notebooks.map(({ path }: { path: string }) => path), [
      "compare.md",
      "conversation.md",
      "from run.md",
      "growth.md",
      "notes/mine.md",
      "sweep.md",
    ]);
  });
});

Deno.test("a page is one file that needs nothing else", async () => {
  await withNotebooks(async ({ ask, app }) => {
    await ask("PUT", "/api/notebooks/notes/a.md", { text: PAGE }, NEW);
    await app.notebooks.run("notes/a.md", { cells: "stale" });
    await app.notebooks.settled("notes/a.md");
    const page = await ask("GET", "/api/notebooks/notes/a.md?format=html");
    assertEquals([page.status, page.headers.get("content-disposition")], [200, 'attachment; filename="notes_a.html"']);
    assertMatches(page.body, /^<!doctype html>/);
    assertMatches(page.body, /It ends at [\d.,]+/);
    const other = await ask("GET", `/api/notebooks/notes/a.md?format=html&set=${encodeURIComponent('{"rate":0.2}')}`);
    assertMatches(other.body, /stale/);
    assertEquals(told(await ask("GET", "/api/notebooks/notes/a.md?format=html&set=x")), "422 invalid_request");
    assertEquals(told(await ask("GET", "/api/notebooks/notes/a.md?format=pdf")), "422 invalid_request");
    assertEquals(told(await ask("GET", "/api/notebooks/nothing.md?format=html")), "404 unknown_notebook");
  });
});

Deno.test("each key may do what it is for; looking at a page is not in the audit, changing one is", async () => {
  let keys: { readonly [scope: string]: string } = {};
  await withNotebooks(async ({ ask, folder, stop }) => {
    const by = (scope: string, method: string, path: string, body?: unknown, headers = {}) =>
      ask(method, path, body, { authorization: `Bearer ${keys[scope]}`, ...headers });
    const put = (scope: string) => by(scope, "PUT", "/api/notebooks/a.md", { text: PAGE }, NEW);
    const act = (scope: string, body: unknown) => by(scope, "POST", "/api/notebooks/a.md", body);
    assertEquals(told(await ask("GET", "/api/notebooks")), "401 no_key");
    assertEquals([told(await put("read")), told(await put("run"))], ["403 scope_missing", "403 scope_missing"]);
    assertEquals((await put("edit")).status, 200);
    assertEquals((await act("read", { action: "view" })).status, 200);
    assertEquals(told(await act("read", { action: "run", cells: "stale" })), "403 scope_missing");
    assertEquals(told(await act("read", { action: "cancel" })), "403 scope_missing");
    assertEquals(told(await act("run", { action: "rename", to: "b.md" })), "403 scope_missing");
    assertEquals(
      told(await by("run", "DELETE", "/api/notebooks/a.md", undefined, { "if-match": "*" })),
      "403 scope_missing",
    );
    assertEquals(told(await by("run", "POST", "/api/notebooks", { path: "b.md", text: "" })), "403 scope_missing");
    assertEquals((await act("run", { action: "cancel" })).status, 200);
    assertEquals((await act("edit", { action: "rename", to: "b.md" })).status, 200);
    await stop();
    const lines = Deno.readTextFileSync(`${folder}/output/.audit.jsonl`).trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    const done = lines.filter(({ status }) => status < 300).map((
      { method, notebook, action },
    ) => [method, notebook, action]);
    assertEquals(done, [
      ["PUT", "a.md", undefined],
      ["POST", "a.md", "cancel"],
      ["POST", "a.md", "rename"],
    ]);
  }, {
    before: (_, folder) => {
      const store = new KeyStore(`${folder}/output`);
      keys = Object.fromEntries((["read", "run", "edit"] as const).map((scope) => [
        scope,
        store.create(scope, [scope]).key,
      ]));
    },
  });
});
