import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { LocalStore } from "./local.ts";
import { type Manifest, transition } from "./manifest.ts";
import { manifestOf } from "./manifest_test_support.ts";
import type { RunQuery, RunRow } from "./pages.ts";
import type { NewRun, RunConfig } from "./store.ts";

async function withStore(body: (store: LocalStore, output: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-test-" }));
  const store = new LocalStore(`${folder}/output`);
  try {
    await body(store, `${folder}/output`);
  } finally {
    store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

function newRun(facts: Partial<Manifest> = {}): NewRun {
  return {
    name: "run",
    agents: 2,
    scenario_text: "",
    config: { simulation: { name: "run" } } as unknown as RunConfig,
    manifest: (run_id, created_at) => manifestOf("queued", { run_id, created_at, ...facts }),
  };
}

/** Puts a manifest where a run of another host, or of long ago, has it. */
function plant(output: string, i: number, facts: Partial<Manifest> = {}): string {
  const run_id = `old_1agents_20250101_000000_${String(i).padStart(5, "0")}`;
  const created_at = new Date(Date.UTC(2025, 0, 1) + Math.floor(i / 3) * 1000).toISOString();
  Deno.mkdirSync(`${output}/${run_id}`, { recursive: true });
  const manifest = manifestOf("completed", { run_id, created_at, ...facts });
  Deno.writeTextFileSync(`${output}/${run_id}/manifest.json`, JSON.stringify(manifest));
  return run_id;
}

async function paged(store: LocalStore, query: RunQuery, between: () => Promise<unknown> = () => Promise.resolve()) {
  const found: string[] = [];
  let page = await store.listRows(query);
  while (true) {
    assertTrue(page.rows.length <= query.limit!);
    found.push(...page.rows.map((text) => (JSON.parse(text) as RunRow).run_id));
    if (page.next_cursor === null) return found;
    await between();
    page = await store.listRows({ ...query, cursor: page.next_cursor });
  }
}

Deno.test("pages have every run once, newest first, also those of one moment, while others come", async () => {
  await withStore(async (store, output) => {
    const ids = Array.from({ length: 50 }, (_, i) => plant(output, i, { repo: i % 2 === 0 ? "even" : "odd" }))
      .reverse();
    assertEquals((await store.list()).runs.map(({ run_id }) => run_id), ids);
    for (const limit of [1, 7, 49, 50, 51]) {
      const found = await paged(store, { limit }, () => store.create(newRun()));
      assertEquals(found.filter((id) => id.startsWith("old_")), ids, `limit ${limit}`);
      assertEquals(new Set(found).size, found.length);
    }
    const even = await paged(store, { limit: 4, repo: "even", status: ["completed", "failed"] });
    assertEquals(even, ids.filter((_, i) => i % 2 === 1));
    // One is removed between two pages, and it is the one that the page ended with.
    const first = await store.list({ limit: 3, repo: "odd" });
    await store.remove(first.runs.at(-1)!.run_id);
    const next = await store.list({ limit: 3, repo: "odd", cursor: first.next_cursor! });
    assertEquals(next.runs.map(({ run_id }) => run_id), ids.filter((_, i) => i % 2 === 0).slice(3, 6));
  });
});

Deno.test("what a store has written it lists at once, and so does another one on the folder", async () => {
  await withStore(async (store, output) => {
    const other = new LocalStore(output);
    try {
      for (let i = 0; i < 10; i++) plant(output, i);
      await Promise.all([store.list(), other.list()]);
      const { run_id } = await store.create(newRun());
      const seen = async () =>
        (await Promise.all([store, other].map((each) => each.list({ text: run_id })))).map(({ runs: [run] }) =>
          run && [run.status, run.turn, run.labels.a]
        );
      assertEquals(await seen(), [["queued", 0, undefined], ["queued", 0, undefined]]);
      await store.update(run_id, (before) => transition(before, "running"));
      await store.touch(run_id, 4);
      assertEquals(await seen(), [["running", 4, undefined], ["running", 4, undefined]]);
      await other.update(run_id, (before) => ({ ...before, labels: { a: "b" } }));
      assertEquals(await seen(), [["running", 4, "b"], ["running", 4, "b"]]);
      const { process: _, ...ended } = transition(await store.manifest(run_id), "completed", { turn: 9 });
      await store.update(run_id, () => ended);
      assertEquals(await seen(), [["completed", 9, "b"], ["completed", 9, "b"]]);
      await other.update(run_id, (before) => ({ ...before, labels: {} }));
      assertEquals(await seen(), [["completed", 9, undefined], ["completed", 9, undefined]]);
      await other.remove(run_id);
      assertEquals(await seen(), [undefined, undefined]);
    } finally {
      other.close();
    }
  });
});

Deno.test("a run folder that comes or goes by hand is seen by the next list; an ended run that was edited soon", async () => {
  await withStore(async (store, output) => {
    for (let i = 0; i < 150; i++) plant(output, i);
    const count = async () => (await store.list()).runs.length;
    assertEquals(await count(), 150);
    const added = plant(output, 150);
    assertEquals(await count(), 151);
    Deno.removeSync(`${output}/${added}`, { recursive: true });
    assertEquals(await count(), 150);
    plant(output, 7, { labels: { edited: "yes" } });
    const giveUp = performance.now() + 10_000;
    while ((await store.list({ label: "edited" })).runs.length === 0 && performance.now() < giveUp) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assertEquals((await store.list({ label: "edited=yes" })).runs.length, 1);
  });
});

Deno.test("a page of ten thousand runs is found without reading them again", async () => {
  await withStore(async (store, output) => {
    for (let i = 0; i < 10_000; i++) plant(output, i);
    await store.listRows({ limit: 100 });
    const times = [];
    for (let i = 0; i < 50; i++) {
      const start = performance.now();
      assertEquals((await store.listRows({ limit: 100 })).rows.length, 100);
      times.push(performance.now() - start);
    }
    const middle = times.sort((a, b) => a - b)[25]!;
    // Reading them takes hundreds of milliseconds.
    assertTrue(middle < 20, `${middle} ms`);
  });
});

Deno.test("runs are sorted by what is asked for, ties newest first, and any part of them is found", async () => {
  await withStore(async (store, output) => {
    const at = (i: number, facts: Partial<Manifest>) => plant(output, i, facts);
    const cost = (usd: number) => ({ ...manifestOf("completed").cost, usd });
    const ids = [
      at(0, { repo: "b", turn: 5, max_turns: 10, cost: cost(0.2) }),
      at(10, { repo: "a", turn: 5, max_turns: 5, cost: cost(0), validity: { state: "void", reasons: [] } }),
      at(20, { repo: "b", turn: 9, max_turns: 100, cost: cost(0.1), status: "failed" }),
      at(30, { repo: "a", turn: 5, max_turns: 20, cost: cost(0), seed: 7, batch_id: "b1", labels: { team: "x" } }),
    ];
    const order = async (sort: RunQuery["sort"], part: RunQuery = {}) =>
      (await store.listRows({ ...(sort && { sort }), ...part })).rows.map((text) =>
        ids.indexOf((JSON.parse(text) as RunRow).run_id)
      );
    assertEquals(await order(undefined), [3, 2, 1, 0]);
    assertEquals(await order({ by: "created" }), [0, 1, 2, 3]);
    assertEquals(await order({ by: "turn", descending: true }), [2, 3, 1, 0]);
    assertEquals(await order({ by: "progress" }), [2, 3, 0, 1]);
    assertEquals(await order({ by: "cost", descending: true }), [0, 2, 3, 1]);
    assertEquals(await order({ by: "created", descending: true, grouped: true }), [3, 1, 2, 0]);
    assertEquals(await order({ by: "cost", descending: true }, { offset: 1, limit: 2 }), [2, 3]);
    assertEquals(await order({ by: "id", descending: true }), [3, 2, 1, 0]);
    assertEquals(await order({ by: "seed", descending: true }), [3, 2, 1, 0]);
    for (const by of ["batch", "labels"] as const) assertEquals(await order({ by }), [3, 2, 1, 0]);
    assertEquals(await order(undefined, { offset: 3 }), [0]);
    assertEquals((await store.listRows({ sort: { by: "cost" }, limit: 1 })).next_cursor, null);
    assertEquals(await store.tallyRuns(), {
      total: 4,
      status: { completed: 3, failed: 1 },
      repo: { a: 2, b: 2 },
      validity: { valid: 3, void: 1 },
    });
    assertEquals((await store.tallyRuns({ repo: "a", limit: 1 })).total, 2);
  });
});
