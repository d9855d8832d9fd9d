import { cell, cellOf, PAGE, played, statuses, withNotebooks, writePage } from "../../tests/notebook/world.ts";
import { removeFolder } from "../../tests/support/folders.ts";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { openApp } from "../app.ts";
import { NotebookMemory } from "../store/mod.ts";
import { PageMemory } from "./memory.ts";

Deno.test("PageMemory: what was kept is there for the next program, by page and cell, until it is forgotten", async () => {
  const output = await Deno.makeTempDir();
  try {
    const store = { notebooks: new NotebookMemory(output) };
    const memory = new PageMemory(store);
    memory.remember("a/b.md", "base", { run_id: "one", inputs: { price: 1 } });
    memory.remember("a/b.md", "base", { run_id: "two" });
    const later = new PageMemory(store);
    assertEquals(later.of("a/b.md", "base"), { run_id: "two", inputs: { price: 1 } });
    assertEquals([later.of("a/b.md", "other"), later.of("a/b.md", "constructor"), later.of("b.md", "base")], [
      {},
      {},
      {},
    ]);
    later.rename("a/b.md", "c.md");
    assertEquals([later.of("c.md", "base").run_id, later.of("a/b.md", "base")], ["two", {}]);
    assertEquals(new PageMemory(store).of("c.md", "base").run_id, "two");
    later.forget("c.md");
    assertEquals(new PageMemory(store).of("c.md", "base"), {});
  } finally {
    await removeFolder(output);
  }
});

Deno.test("PageMemory: a sidecar that is damaged, of another format or not to be written is as if there were none", () =>
  withNotebooks(async (app, folder) => {
    await writePage(
      folder,
      cell("yaml input #price", "type: number\nvalue: 0.1") +
        cell("yaml run #base", 'scenario: growing.yaml\nset: { engine.interest_rate: "${price}" }'),
    );
    const { run_id } = cellOf(await played(app), "base").provenance!;
    const [sidecar] = [...Deno.readDirSync(`${folder}/output/.notebooks`)].map(({ name }) =>
      `${folder}/output/.notebooks/${name}`
    );
    const kept = Deno.readTextFileSync(sidecar!);
    assertTrue(kept.includes(run_id!), kept);
    for (
      const text of [
        kept.slice(0, -9),
        "",
        "null",
        "[]",
        kept.replace('"format":1', '"format":2'),
        '{"cells":{"base":7}}',
      ]
    ) {
      Deno.writeTextFileSync(sidecar!, text);
      const later = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
      try {
        const view = await later.notebooks.view(PAGE);
        assertEquals([statuses(view).base, cellOf(view, "base").provenance?.run_id], ["fresh", run_id], text);
        const moved = cellOf(await later.notebooks.view(PAGE, { set: { price: 0.2 } }), "base");
        assertEquals(moved.reason, "engine.interest_rate 0.1 → 0.2", "the reason is told from the runs");
      } finally {
        await later.close();
      }
    }
    // A folder in its place: nothing can be kept, and the page works.
    Deno.removeSync(`${folder}/output/.notebooks`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/output/.notebooks`, "in the way");
    const later = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
    try {
      await later.notebooks.run(PAGE, { cells: "stale", set: { price: 0.3 } });
      assertEquals(statuses(await later.notebooks.settled(PAGE, { set: { price: 0.3 } })).base, "fresh");
    } finally {
      await later.close();
    }
  }));
