import { assertEquals } from "../../tests/support/assert.ts";
import { type EncodedPopulation, newStats } from "../../framework/mod.ts";
import { copyHistory } from "./history.ts";
import { RunWriter } from "./run_writer.ts";
import { Tape } from "./tape.ts";
import type { NewTapeEntry } from "./tape_entry.ts";
import { keyOf, modelEntry, withFolder } from "./tape_test_support.ts";

const IDENTITY = { run_id: "parent", schema_hash: "0".repeat(64) };

/** A population whose one column is `ages`. */
function crowd(...ages: number[]): EncodedPopulation {
  const bytes = new Uint8Array(Int32Array.from(ages).buffer);
  return { name: "crowd", rows: ages.length, next_id: ages.length, columns: [{ name: "age", type: "int" }], bytes };
}

/** Saves turn `turn`, with nothing in its logs. */
function save(writer: RunWriter, turn: number, populations: readonly EncodedPopulation[]): void {
  const rest = { reasoning_chains: [], paused_agents: [], auto_resume: {}, spatial_state: null };
  const state = new TextEncoder().encode(JSON.stringify({ turn, agents: {}, global_state: {}, ...rest }));
  writer.save(turn, { numbered: true, state, stats: newStats(), agent_order: [], loop: null, memory: {}, populations });
}

Deno.test("copyHistory: a fork has the columns of the turns it shares, and no others", async () => {
  const root = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  try {
    const [parent, folder] = [`${root}/parent`, `${root}/child`];
    for (const path of [parent, folder, `${folder}/checkpoints`]) Deno.mkdirSync(path);
    const { writer } = RunWriter.open(parent, IDENTITY);
    for (const turn of [0, 5, 10]) save(writer, turn, [crowd(turn, 7)]);
    writer.close();
    assertEquals(await copyHistory(parent, { folder, run_id: "child" }, "parent", 7), 5);
    const opened = RunWriter.open(folder, { ...IDENTITY, run_id: "child" });
    assertEquals([opened.from?.turn, opened.from?.populations], [5, [crowd(5, 7)]]);
    opened.writer.close();
    assertEquals([...Deno.readDirSync(`${folder}/checkpoints`)].filter(({ name }) => name.endsWith(".bin")).length, 2);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

/** Turns 0, 5 and 10 of a run, with this tape, and a fork of it at `turn`: the path of the fork's tape. */
async function forkedTape(root: string, tape: string | null, turn: number): Promise<string> {
  const [parent, folder] = [`${root}/parent`, `${root}/child`];
  for (const path of [parent, folder, `${folder}/checkpoints`]) Deno.mkdirSync(path);
  const { writer } = RunWriter.open(parent, IDENTITY);
  for (const each of [0, 5, 10]) save(writer, each, []);
  writer.close();
  if (tape !== null) Deno.writeTextFileSync(`${parent}/llm.jsonl`, tape);
  await copyHistory(parent, { folder, run_id: "child" }, "parent", turn);
  return `${folder}/llm.jsonl`;
}

function lineOf(seq: number, entry: object): string {
  return JSON.stringify({ seq, ...entry }) + "\n";
}

Deno.test("copyHistory: a fork has the calls up to its turn, as they were but for what they cost and who made them", async () => {
  await withFolder(async (root) => {
    const early = [
      modelEntry({ turn: 0, agent: "" }),
      modelEntry({ turn: 7, cost_usd: 0.5 }),
      modelEntry({ turn: 7, key: keyOf("another") }),
      modelEntry({ turn: 6, reused_from: "grandparent", cost_usd: 0 }),
    ];
    const lines = [
      lineOf(1, early[0]!),
      lineOf(2, modelEntry({ turn: 8 })),
      "this is damaged\n",
      // What a later version may add stays.
      lineOf(4, { ...early[1]!, extra: [1] }),
      lineOf(5, early[2]!),
      lineOf(6, early[3]!),
      lineOf(7, modelEntry({ turn: 3 })).slice(0, -1),
    ];
    const path = await forkedTape(root, lines.join(""), 7);
    const copied = Deno.readTextFileSync(path).split("\n").slice(0, -1).map((line): unknown => JSON.parse(line));
    const inherited = (seq: number, entry: NewTapeEntry) => ({ seq, ...entry, cost_usd: 0, reused_from: "parent" });
    assertEquals(copied, [
      inherited(1, early[0]!),
      { ...inherited(2, early[1]!), extra: [1] },
      inherited(3, early[2]!),
      { ...inherited(4, early[3]!), reused_from: "grandparent" },
    ]);
    const tape = await Tape.open(path, { mode: "record" });
    assertEquals(tape.totals(7), {
      usd: 0,
      input_tokens: 0,
      output_tokens: 0,
      calls: 0,
      reused_calls: 0,
      retries: 0,
      first_new: null,
    });
    for (const entry of early) assertEquals("entry" in (await tape.find(entry, entry.key))!, true);
    await tape.append(modelEntry({ turn: 8, reused_from: "parent", cost_usd: 0 }));
    assertEquals((await tape.append(modelEntry({ turn: 9 }))).seq, 6);
    assertEquals([tape.totals(7).reused_calls, tape.totals(7).first_new], [1, { turn: 9, agent: "Ada" }]);
    await tape.close();
  });
});

Deno.test("copyHistory: a fork has no tape where there was nothing to copy", async () => {
  for (const tape of [null, "", "torn", lineOf(1, modelEntry({ turn: 8 }))]) {
    await withFolder(async (root) => {
      await forkedTape(root, tape, 7);
      assertEquals([...Deno.readDirSync(`${root}/child`)].some(({ name }) => name === "llm.jsonl"), false);
    });
  }
});
