/** What a model does with a notebook for somebody who works on the same page: from finding it to hearing of a change. */

import { join } from "node:path";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { ERAS, type TestClient, withMcp } from "./clients.ts";

const OPTIONS = { config: { notebooks_root: "notebooks" } };
/** Bytes that a result may have. */
const MOST_BYTES = 50_000;

/** Two regimes, and what the person at the other end would like to have compared. */
const PAGE = `# Interest

\`\`\`yaml input #rate
type: range
min: 0
max: 0.2
step: 0.01
value: 0.05
\`\`\`

\`\`\`yaml scenario #world extends=scenarios/economic/basic_economic.yaml
set:
  engine.interest_rate: \${rate}
  simulation.max_turns: 4
\`\`\`

\`\`\`yaml run #base
scenario: world
seed: 1
\`\`\`

What comes of it?
`;

const SWEEP = `
\`\`\`yaml batch #sweep
scenario: world
grid:
  rate: { path: engine.interest_rate, values: [0.01, 0.1] }
seeds: 1..2
expect: [done == 4]
\`\`\`

\`\`\`sql table #by_rate
SELECT rate, avg(final_total_economic_value) AS value FROM sweep GROUP BY rate ORDER BY rate
\`\`\`
`;

for (const era of ERAS) {
  Deno.test(`"add a sweep to my page, run it, and tell me what comes of it" (${era})`, () =>
    withMcp(era, {
      ...OPTIONS,
      before: (_, folder) => {
        Deno.mkdirSync(join(folder, "notebooks/studies"), { recursive: true });
        Deno.writeTextFileSync(join(folder, "notebooks/studies/interest.md"), PAGE);
      },
    }, async (client, { folder }) => {
      const file = join(folder, "notebooks/studies/interest.md");
      const { notebooks: [{ path, title }] } = await client.value("list_notebooks");
      assertEquals([path, title], ["studies/interest.md", "Interest"]);
      const read = await client.value("read_notebook", { path });
      assertEquals([read.text, read.stale], [PAGE, ["base"]]);

      // Meanwhile the person changes a word of it.
      Deno.writeTextFileSync(file, PAGE.replace("# Interest", "# Interest and growth"));
      const text = PAGE + SWEEP;
      const late = await client.error("write_notebook", { path, text, if_match: read.hash });
      assertMatches(late, /^notebook_changed: [^]*hash of what is there now: [0-9a-f]{64}\nnext: read_notebook/);
      const written = await client.value("write_notebook", { path, text, if_match: read.hash, base: read.text });
      assertEquals([written.merged, written.stale], [true, ["base", "sweep"]]);
      assertMatches(Deno.readTextFileSync(file), /^# Interest and growth\n[^]*#by_rate/);

      // And a line that the model changes as well.
      const mine = await client.value("read_notebook", { path });
      Deno.writeTextFileSync(file, mine.text.replace("seeds: 1..2", "seeds: 1..3"));
      const clash = await client.error("write_notebook", {
        path,
        text: mine.text.replace("seeds: 1..2", "seeds: 1..4"),
        if_match: mine.hash,
        base: mine.text,
      });
      assertMatches(
        clash,
        /^notebook_conflict: [^\n]*\nline \d+, in sweep: yours "seeds: 1\.\.4", there now "seeds: 1\.\.3"\nhash of /,
      );
      const [, hash] = /there now: (\w{64})/.exec(clash)!;
      const settled = await client.value("write_notebook", { path, text: mine.text, if_match: hash });
      assertEquals(settled.merged, false);

      const told: { progress: number; total?: number | undefined; message?: string | undefined }[] = [];
      const ran = await client.call("run_notebook", { path }, { onprogress: (progress) => void told.push(progress) });
      assertTrue(!ran.isError && ran.bytes < MOST_BYTES, `${ran.bytes} bytes: ${ran.text}`);
      assertEquals([ran.value.lacks, ran.value.stale, ran.value.timed_out, ran.value.cost_usd], [[], [], false, 0]);
      assertMatches(
        ran.text,
        /all is as the page says\n[^]*sweep: fresh: 4 of 4 runs\nby_rate: fresh: 2 rows, 2 columns/,
      );
      assertTrue(told.every(({ total }) => total === 2) && told.every(({ message }) => message !== ""));
      assertTrue(told.every(({ progress }, i) => i === 0 || progress >= told[i - 1]!.progress));

      await refusals(client, path);
      await heard(client, era, file);
    }));
}

/** What cannot be meant is told with the tool that helps. */
async function refusals(client: TestClient, path: string): Promise<void> {
  for (
    const [tool, more, code] of [
      ["run_notebook", { set: { rate: 7 } }, "bad_input_value"],
      ["run_notebook", { set: { rat: 0.1 } }, "unknown_input"],
      ["read_notebook", { set: { rate: "much" } }, "bad_input_value"],
      ["run_notebook", { cells: ["swep"] }, "unknown_cell"],
    ] as const
  ) {
    assertMatches(await client.error(tool, { path, ...more }), new RegExp(`^${code}: [^]*\nnext: read_notebook`));
  }
}

/** The person changes the page: whoever has subscribed to it is told, and reads what is there. */
async function heard(client: TestClient, era: string, file: string): Promise<void> {
  const uri = "notebook://studies/interest.md";
  const updated = Promise.withResolvers<string>();
  client.client.setNotificationHandler("notifications/resources/updated", ({ params }) => updated.resolve(params.uri));
  const listening = era === "modern"
    ? await client.client.listen({ resourceSubscriptions: [uri] })
    : void await client.client.subscribeResource({ uri });
  Deno.writeTextFileSync(file, "# Done\n");
  assertEquals(await updated.promise, uri);
  assertEquals(await client.read(uri), "# Done\n");
  await listening?.close();
}

Deno.test("notebooks are made from a scenario, a run, a batch, and to begin with; from one thing only", () =>
  withMcp("modern", OPTIONS, async (client) => {
    const { run_id } = await client.value("start_simulation", {
      repo: "economic",
      config: "scenarios/quick_test.yaml",
    });
    await client.value("wait_for_simulation", { run_id });
    const { batch_id } = await client.value("run_batch", {
      arms: { one: { repo: "economic", config: "quick_test.yaml" } },
      seeds: "1..2",
      set: { "simulation.max_turns": 2 },
    });
    const sources = [
      { scenario: "economic/growth.yaml" },
      { run: run_id },
      { batch: batch_id },
      { starter: "compare" },
      { starter: "sweep" },
      { starter: "conversation" },
    ];
    for (const [i, from] of sources.entries()) {
      const made = await client.value("write_notebook", { path: `made/${i}.md`, from });
      assertEquals(made.created, true);
      assertTrue(made.cells.length > 0, JSON.stringify(from));
      assertEquals(made.lacks.filter(({ code }: { code: string }) => !/^(stale|blocked)_cell$|open/.test(code)), []);
    }
    const refused = (more: object) => client.error("write_notebook", { path: "x.md", ...more });
    assertMatches(await refused({}), /^bad_template/);
    assertMatches(await refused({ text: "", from: { starter: "sweep" } }), /^bad_template/);
    assertMatches(await refused({ from: {} }), /^bad_template: a notebook is made from one thing, not from 0/);
    assertMatches(await refused({ from: { run: "nobody" } }), /^unknown_run[^]*next: list_simulations/);
    assertMatches(await refused({ from: { scenario: "economic/../../deno.json" } }), /^bad_config_path/);
    assertMatches(await client.error("write_notebook", { path: "made/0.md", text: "" }), /^notebook_changed/);
  }));

Deno.test("a page however large is told within bounds, with what was left out", () =>
  withMcp("modern", OPTIONS, async (client, { app }) => {
    const cells = Array.from({ length: 400 }, (_, i) =>
      `\`\`\`yaml input #${"long_name_".repeat(8)}${i}
type: text
value: ${"x".repeat(500)}
label: ${"y".repeat(500)}
\`\`\`

\`\`\`yaml run #run${i}
scenario: nowhere${i}
\`\`\`
`);
    await app.notebooks.write("large.md", cells.join("\n"), { ifMatch: null });
    const read = await client.call("read_notebook", { path: "large.md" });
    assertTrue(!read.isError && read.bytes < MOST_BYTES, `${read.bytes} bytes`);
    assertTrue(read.value.omitted.length > 0 && /left out: /.test(read.text), read.text.slice(0, 500));
    const ran = await client.call("run_notebook", { path: "large.md" });
    assertTrue(!ran.isError && ran.bytes < MOST_BYTES, `${ran.bytes} bytes`);
    assertTrue(ran.value.omitted.some((what: string) => what.startsWith("lacks: ")), JSON.stringify(ran.value.omitted));
    // The resource is all of it.
    assertEquals(await client.read("notebook://large.md"), cells.join("\n"));
  }));
