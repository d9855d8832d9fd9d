/** A server as a compiled executable has it: notebooks that cannot be written, scripts that are only read. */

import { join } from "node:path";
import { ROOT } from "../../runner/mod.ts";
import { BUILT_SCRIPTS, currentScripts, Scripts } from "../../server/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { told, withRest } from "./rest_world.ts";

const PATH = "/api/notebooks/welcome.md";
const JSON_TEXT = { accept: "application/json" };

Deno.test("embedded notebooks are there, are copied by saving, and come back when the copy is removed", async () => {
  await withRest(async ({ ask, app, folder }) => {
    const list = async () => {
      const { body } = await ask("GET", "/api/notebooks");
      const { readonly } = body.find(({ path }: { path: string }) => path === "welcome.md");
      return { readonly, paths: body.map(({ path }: { path: string }) => path) };
    };
    const before = await list();
    assertTrue(before.readonly && before.paths.includes("economic/policy_comparison.md"));
    const tree = (await ask("GET", "/api/tree")).body.notebooks;
    assertTrue(tree.every(({ readonly }: { readonly: boolean }) => readonly));
    const embedded = (await ask("GET", PATH, undefined, JSON_TEXT)).body;
    assertEquals(embedded.text, Deno.readTextFileSync(join(ROOT, "notebooks/welcome.md")));

    // It is computed and played as any other.
    const run = await ask("POST", PATH, { action: "run", cells: ["growth"] });
    assertEquals([run.status, run.body.readonly], [200, true]);
    await app.notebooks.settled("welcome.md");
    const view = (await ask("POST", PATH, { action: "view" })).body;
    const growth = view.pieces.find(({ name }: { name?: string }) => name === "growth");
    assertMatches(growth.status, /^(fresh|cached)$/);

    const match = { "if-match": `"${embedded.hash}"` };
    assertEquals(told(await ask("DELETE", PATH, undefined, match)), "503 notebook_not_writable");
    assertEquals(told(await ask("POST", PATH, { action: "rename", to: "mine.md" })), "503 notebook_not_writable");
    const stale = await ask("PUT", PATH, { text: "# Mine\n" }, { "if-match": `"${"0".repeat(64)}"` });
    assertEquals([told(stale), stale.body.disk], ["412 notebook_changed", embedded.text]);

    const text = `${embedded.text}\nMine.\n`;
    const saved = await ask("PUT", PATH, { text }, match);
    assertEquals([saved.status, Deno.readTextFileSync(join(folder, "notebooks/welcome.md"))], [200, text]);
    const after = await list();
    assertEquals([after.readonly, after.paths], [false, before.paths]);
    assertEquals((await ask("GET", PATH)).body, text);
    // What was played is found by what it was made of, whichever of the two says so.
    const copy = (await ask("POST", PATH, { action: "view" })).body;
    const same = copy.pieces.find(({ name }: { name?: string }) => name === "growth");
    assertEquals(same.output.run_id, growth.output.run_id);

    assertEquals((await ask("DELETE", PATH, undefined, { "if-match": `"${saved.body.hash}"` })).status, 200);
    assertEquals((await list()).readonly, true);
    assertEquals((await ask("GET", PATH)).body, embedded.text);
  }, { config: { notebooks_root: "notebooks" }, embeddedNotebooks: join(ROOT, "notebooks") });
});

Deno.test("the page of an embedded notebook has its scripts, which are read from what was built", async () => {
  await currentScripts();
  const scripts = await Scripts.read(join(ROOT, BUILT_SCRIPTS));
  await withRest(async ({ fetch }) => {
    const page = await (await fetch("/notebooks/welcome.md")).text();
    assertMatches(page, /Welcome to llm-sim/);
    const paths = [...page.matchAll(/(?:src|href)="(\/[^"]+\.(?:js|css)[^"]*)"/g)].map(([, path]) => path!);
    assertTrue(paths.some((path) => /\.js/.test(path)) && paths.some((path) => /\.css/.test(path)), paths.join(" "));
    for (const path of paths) {
      const answer = await fetch(path);
      assertEquals([answer.status, (await answer.bytes()).length > 100], [200, true], path);
    }
  }, {
    config: { notebooks_root: "notebooks" },
    embeddedNotebooks: join(ROOT, "notebooks"),
    listen: { scripts },
  });
});
