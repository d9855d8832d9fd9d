/** What an open page hears of its file and its batches, how soon; what a limit on costs keeps from being started. */

import { join } from "node:path";
import { CANARY, given, KEY_ENV, providerAt, talk } from "../llm/world.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { SseReader } from "../support/event_source.ts";
import { LLMServer } from "../support/llm_server.ts";
import { told, withRest } from "./rest_world.ts";

const OWN = { config: { notebooks_root: "notebooks" } };

const SWEEP = `# Sweep

\`\`\`yaml batch #sweep
scenario:
  domain: economic
  simulation: { name: world, max_turns: 3 }
  engine: { type: economic }
  validator: { type: always_valid }
  agents: [{ name: A, type: nation, strategy: grow, initial_economic_strength: 1000 }]
grid:
  rate: { path: engine.interest_rate, values: [0.01, 0.1] }
seeds: 1..2
\`\`\`
`;

Deno.test("whatever becomes of a file is told within a second, however an editor writes it", () =>
  withRest(async ({ url, app, folder }) => {
    const { hash } = await app.notebooks.write("notes/a.md", "# One\n", { ifMatch: null });
    const file = join(folder, "notebooks/notes/a.md");
    const reader = await SseReader.open(`${url}/api/events/stream?notebook=notes/a.md`);
    const heard = async () => JSON.parse((await reader.until(({ event }) => event === "notebook")).at(-1)!.data);
    assertEquals(await heard(), { path: "notes/a.md", hash });
    const changes: [what: string, change: () => void][] = [
      ["written in place", () => Deno.writeTextFileSync(file, "# Two\n")],
      ["written beside it and renamed", () => {
        Deno.writeTextFileSync(`${file}.tmp`, "# Three\n");
        Deno.renameSync(`${file}.tmp`, file);
      }],
      ["removed", () => Deno.removeSync(file)],
      ["made anew", () => Deno.writeTextFileSync(file, "# Four\n")],
      [
        "its folder moved away",
        () => Deno.renameSync(join(folder, "notebooks/notes"), join(folder, "notebooks/other")),
      ],
    ];
    for (const [what, change] of changes) {
      const began = performance.now();
      change();
      const notice = await heard();
      const ms = performance.now() - began;
      const now = await app.notebooks.read("notes/a.md").then(({ hash }) => hash, () => null);
      assertEquals(notice, { path: "notes/a.md", hash: now }, what);
      assertTrue(ms < 1000, `${what}: told after ${ms.toFixed()} ms`);
    }
    await reader.close();
  }, OWN));

Deno.test("a page's batch is told from its start to its end, and whoever comes later hears how it stands", () =>
  withRest(async ({ url, ask, app }) => {
    await app.notebooks.write("sweep.md", SWEEP, { ifMatch: null });
    const run = await ask("POST", "/api/notebooks/sweep.md", { action: "run", cells: "stale" });
    const id = run.body.pieces.find(({ name }: { name?: string }) => name === "sweep").output.batch.id;
    const reader = await SseReader.open(`${url}/api/events/stream?batches=${id}&notebook=sweep.md`);
    const progress = (await reader.until(({ event, data }) =>
      event === "batch" && JSON.parse(data).status === "completed"
    ))
      .filter(({ event }) => event === "batch").map(({ data }) => JSON.parse(data));
    assertTrue(progress.every(({ batch_id }) => batch_id === id));
    const counts = progress.map(({ runs }) => runs.completed);
    assertEquals(counts, counts.toSorted((a, b) => a - b));
    assertEquals([progress.at(-1).runs.total, progress.at(-1).runs.completed], [4, 4]);
    await reader.close();
    const later = await SseReader.open(`${url}/api/events/stream?batches=${id}`);
    const [first] = await later.until(({ event }) => event === "batch");
    assertEquals(JSON.parse(first!.data).status, "completed");
    await later.close();
    assertEquals(told(await ask("GET", "/api/events/stream?batches=nobody")), "404 unknown_batch");
  }, OWN));

Deno.test("a limit of nothing keeps what asks models from being started, and the page says so", async () => {
  await using llm = await LLMServer.start({ key: CANARY, answer: given });
  Deno.env.set(KEY_ENV, CANARY);
  try {
    await withRest(async ({ ask, app, folder }) => {
      Deno.mkdirSync(join(folder, "notebooks"));
      Deno.writeTextFileSync(join(folder, "notebooks/talk.yaml"), talk({ agents: 1 }));
      const text =
        "```yaml run #talk\nscenario: talk.yaml\n```\n\n```sql table #last\nSELECT max(turn) AS turn FROM talk\n```\n";
      await app.notebooks.write("talk.md", text, { ifMatch: null });
      const cellOf = (view: { pieces: { name?: string }[] }, name: string) =>
        view.pieces.find((piece) => piece.name === name) as { status: string; reason: string; provenance: unknown };
      const limited = await ask("POST", "/api/notebooks/talk.md", { action: "run", cells: ["talk"], max_cost_usd: 0 });
      assertEquals([limited.status, llm.received, (await app.list()).runs.length], [200, 0, 0]);
      assertMatches(cellOf(limited.body, "talk").reason, /max_cost_usd: 0 is spent/);
      const allowed = await ask("POST", "/api/notebooks/talk.md", { action: "run", cells: ["talk"], max_cost_usd: 1 });
      assertEquals(allowed.status, 200);
      await app.notebooks.settled("talk.md");
      const { body } = await ask("POST", "/api/notebooks/talk.md", { action: "view" });
      assertEquals([cellOf(body, "talk").status, cellOf(body, "last").status, llm.received], ["fresh", "fresh", 3]);
      assertTrue(body.cost_usd > 0 && body.cost_usd < 1);
    }, { fixtures: ["talkers"], config: { notebooks_root: "notebooks", providers: { test: providerAt(llm.url) } } });
  } finally {
    Deno.env.delete(KEY_ENV);
  }
});

Deno.test("the tree has the notebooks that can be opened, by path, with their titles", () =>
  withRest(async ({ ask, app, folder }) => {
    await app.notebooks.write("b/two.md", "---\ntitle: <b>Two</b>\n---\n", { ifMatch: null });
    await app.notebooks.write("a.md", "# One ${x}\n", { ifMatch: null });
    const root = join(folder, "notebooks");
    Deno.writeTextFileSync(join(root, "large.md"), "a".repeat(6 << 20));
    Deno.writeFileSync(join(root, "bytes.md"), new Uint8Array([0xff, 0xfe]));
    Deno.writeTextFileSync(join(root, ".hidden.md"), "# Hidden\n");
    Deno.writeTextFileSync(join(root, "notes.txt"), "no page");
    Deno.symlinkSync("/etc", join(root, "etc"));
    const { status, headers, body } = await ask("GET", "/api/tree");
    assertEquals([status, headers.get("content-type")], [200, "application/json"]);
    assertEquals(body.notebooks, [
      { path: "a.md", title: "One ${x}", readonly: false },
      { path: "b/two.md", title: "<b>Two</b>", readonly: false },
    ]);
    assertEquals(Object.keys(body).sort(), ["domains", "notebooks", "runs", "scenarios"]);
  }, OWN));
