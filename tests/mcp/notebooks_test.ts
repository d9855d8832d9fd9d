/** Notebooks as tools and resources of a model. */

import { join } from "node:path";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { ERAS, withMcp } from "./clients.ts";

const OPTIONS = { config: { notebooks_root: "notebooks" } };

const page = (turns: number) =>
  `# Growth

\`\`\`yaml input #rate
type: number
value: 0.05
\`\`\`

\`\`\`yaml run #base
scenario:
  domain: economic
  simulation: { name: world, max_turns: ${turns}, seed: 1 }
  engine: { type: economic, interest_rate: "\${rate}" }
  validator: { type: always_valid }
  agents: [{ name: A, type: nation, strategy: grow, initial_economic_strength: 1000 }]
expect: ["turn == 3"]
\`\`\`

\`\`\`sql table #last
SELECT turn, total_economic_value AS value FROM base ORDER BY turn DESC LIMIT 1
\`\`\`
`;

for (const era of ERAS) {
  Deno.test(`a notebook is written, run, read, changed (${era})`, () =>
    withMcp(era, OPTIONS, async (client, { app }) => {
      assertMatches((await client.call("list_notebooks", {})).text, /write_notebook makes one/);
      const written = await client.call("write_notebook", { path: "notes/growth.md", text: page(3) });
      assertEquals([written.value.created, written.value.stale, written.links], [
        true,
        ["base"],
        ["notebook://notes/growth.md"],
      ]);
      assertMatches(written.text, /^created notes\/growth\.md\n[^]*base: stale/);
      assertEquals(await client.read("notebook://notes/growth.md"), page(3));

      const told: string[] = [];
      const ran = await client.call("run_notebook", { path: "notes/growth.md" }, {
        onprogress: ({ message }) => void told.push(message ?? ""),
      });
      const [rate, base, last] = ran.value.cells;
      assertEquals([rate.value, base.status, base.expect[0].holds, last.value.turn], [0.05, "fresh", true, 3]);
      assertEquals([ran.value.lacks, ran.value.stale, ran.value.timed_out], [[], [], false]);
      assertMatches(ran.text, /all is as the page says[^]*base: fresh[^]*turn 3/);
      assertTrue(told.length > 0);
      assertEquals((await app.status(base.run_id)).turn, 3);

      const moved = await client.value("read_notebook", { path: "notes/growth.md", set: { rate: 0.1 } });
      assertEquals([moved.text, moved.stale, moved.cells[1].status], [page(3), ["base"], "stale"]);
      assertMatches(moved.lacks[0].message, /rate 0\.05 → 0\.1/);
      const other = await client.value("run_notebook", {
        path: "notes/growth.md",
        set: { rate: 0.1 },
        cells: ["base"],
      });
      assertEquals(other.stale, []);

      const { hash } = moved;
      const text = page(4);
      const changed = await client.value("write_notebook", { path: "notes/growth.md", text, if_match: hash });
      assertEquals([changed.created, changed.merged], [false, false]);
      const broken = await client.call("run_notebook", { path: "notes/growth.md" });
      assertEquals(broken.value.lacks.map(({ code, cell }: { code: string; cell: string }) => [code, cell]), [
        ["expectation", "base"],
      ]);
      assertMatches(broken.text, /1 of what it says is not so[^]*line 8: base is expected to have turn == 3/);
      assertEquals((await client.value("list_notebooks", {})).notebooks.map(({ path }: { path: string }) => path), [
        "notes/growth.md",
      ]);
    }));

  Deno.test(`notebooks are listed, completed and told of as resources (${era})`, () =>
    withMcp(era, OPTIONS, async (client, { app, folder }) => {
      await app.notebooks.write("a b/growth.md", page(1), { ifMatch: null });
      const { resources } = await client.client.listResources();
      const { uri, mimeType } = resources.find(({ uri }) => uri.startsWith("notebook:"))!;
      assertEquals([uri, mimeType], ["notebook://a%20b/growth.md", "text/markdown"]);
      assertEquals(await client.read(uri), page(1));
      const { completion } = await client.client.complete({
        ref: { type: "ref/resource", uri: "notebook://{+path}" },
        argument: { name: "path", value: "gro" },
      });
      assertEquals(completion.values, ["a b/growth.md"]);

      const heard = Promise.withResolvers<string>();
      client.client.setNotificationHandler(
        "notifications/resources/updated",
        ({ params }) => heard.resolve(params.uri),
      );
      const listening = era === "modern"
        ? await client.client.listen({ resourceSubscriptions: [uri], resourcesListChanged: true })
        : void await client.client.subscribeResource({ uri });
      Deno.writeTextFileSync(join(folder, "notebooks/a b/growth.md"), "# Changed by somebody\n");
      assertEquals(await heard.promise, uri);
      await listening?.close();
    }));
}

Deno.test("what was changed meanwhile is merged, or told with what to do next", () =>
  withMcp("modern", OPTIONS, async (client, { folder }) => {
    const base = "# Growth\n\nOne.\n\nTwo.\n\nThree.\n";
    const { hash } = await client.value("write_notebook", { path: "a.md", text: base });
    const file = join(folder, "notebooks/a.md");
    Deno.writeTextFileSync(file, base.replace("Three", "Three on disk"));
    const text = base.replace("One", "One of mine");
    assertMatches(
      await client.error("write_notebook", { path: "a.md", text, if_match: hash }),
      /^notebook_changed: [^]*next: read_notebook/,
    );
    const merged = await client.value("write_notebook", { path: "a.md", text, if_match: hash, base });
    assertEquals(merged.merged, true);
    assertMatches(Deno.readTextFileSync(file), /One of mine[^]*Three on disk/);
    const clash = base.replace("Three", "Three of mine");
    assertMatches(
      await client.error("write_notebook", { path: "a.md", text: clash, if_match: hash, base }),
      /^notebook_conflict: [^]*next: read_notebook/,
    );
    assertMatches(await client.error("write_notebook", { path: "a.md", text: clash }), /^notebook_changed/);
  }));

Deno.test("what cannot be is told: paths, cells, values; a page with errors is saved and says them", () =>
  withMcp("modern", OPTIONS, async (client) => {
    assertMatches(await client.error("read_notebook", { path: "nothing.md" }), /^unknown_notebook: [^]*list_notebooks/);
    assertMatches(await client.error("read_notebook", { path: "../x.md" }), /^bad_notebook_path/);
    assertMatches(await client.error("write_notebook", { path: "a.txt", text: "" }), /^bad_notebook_path/);
    const text = page(3).replace("SELECT turn", "SELECT trun");
    await client.value("write_notebook", { path: "a.md", text });
    assertMatches(
      await client.error("run_notebook", { path: "a.md", cells: ["nobody"] }),
      /^unknown_cell[^]*read_notebook/,
    );
    const ran = await client.value("run_notebook", { path: "a.md" });
    assertEquals(ran.lacks.map(({ cell, line }: { cell: string; line: number }) => [cell, line]), [["last", 19]]);
    // Of so many turns that they are not over before anybody looks.
    await client.value("write_notebook", { path: "long.md", text: page(3000) });
    const late = await client.value("run_notebook", { path: "long.md", timeout_seconds: 0 });
    assertEquals([late.timed_out, late.cells[1].status === "running" || late.cells[1].status === "queued"], [
      true,
      true,
    ]);
    const after = await client.value("run_notebook", { path: "long.md" });
    assertEquals([after.timed_out, after.cells[1].value.turn], [false, 3000]);
  }));
