import { assertEquals } from "../../tests/support/assert.ts";
import { type EncodedPopulation, newStats } from "../../framework/mod.ts";
import { copyHistory } from "./history.ts";
import { RunWriter } from "./run_writer.ts";

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
