import { assertEquals, assertMatches, assertNear, assertRejects, assertTrue } from "../tests/support/assert.ts";
import { withApp } from "../tests/support/app.ts";
import type { SimError } from "../framework/mod.ts";

const SCENARIO = `
simulation: { name: legacy, max_turns: 12 }
engine: { type: economic, interest_rate: 0.1 }
validator: { type: always_valid }
agents:
  - { name: A, type: nation, initial_economic_strength: 1 }
  - { name: B, type: nation, initial_economic_strength: 1 }
`;
const GLOBALS = { interest_rate: 0.1, total_economic_value: 300, gdp_growth: 0, inflation: 0, unemployment: 0 };
const state = (turn: number, agents: Record<string, unknown>) => ({
  turn,
  agents,
  global_state: GLOBALS,
  reasoning_chains: [],
  paused_agents: [],
  auto_resume: {},
  spatial_state: null,
});
const AGENTS = { A: { name: "A", economic_strength: 100 }, B: { name: "B", economic_strength: 200 } };
const METADATA = { run_id: "r", turn: 10, timestamp: "2025-10-01T12:00:00.000001", schema_hash: "0".repeat(64) };
/** As llm-sim writes it, and as it wrote it once. */
const CHECKPOINTS = {
  current: JSON.stringify({ metadata: METADATA, state: state(10, AGENTS) }),
  old: JSON.stringify({ turn: 10, checkpoint_type: "last", timestamp: METADATA.timestamp, state: state(10, AGENTS) }),
};

for (const [format, text] of Object.entries(CHECKPOINTS)) {
  Deno.test(`a run goes on from a checkpoint of llm-sim (${format} format) and replays`, async () => {
    await withApp({}, async (app, folder) => {
      await Deno.writeTextFile(`${folder}/last.json`, text);
      const { run_id } = await app.start({ text: SCENARIO, from: `${folder}/last.json` });
      const end = await app.wait(run_id);
      assertEquals([end.status, end.turn, end.status_reason], ["completed", 12, "max_turns"]);
      const last = (await app.state(run_id))!.state;
      assertNear(last.agents.A!.economic_strength, 100 * 1.1 ** 2, 1e-9);
      assertNear(last.agents.B!.economic_strength, 200 * 1.1 ** 2, 1e-9);
      assertEquals(await app.checkpoints(run_id), [10, 12]);
      assertTrue((await app.replay(run_id)).identical);
      const fork = await app.fork(run_id, {
        turn: 10,
        set: [{ path: "engine.interest_rate", value: 0, from: "test" }],
      });
      await app.wait(fork.run_id);
      assertEquals((await app.state(fork.run_id))!.state.agents.A!.economic_strength, 100);
      assertTrue((await app.replay(fork.run_id)).identical);
    });
  });
}

const REFUSED: { name: string; text: string; code: string; message: RegExp }[] = [
  { name: "another file", text: `{"a": 1}`, code: "bad_checkpoint", message: /metadata/ },
  {
    name: "other agents",
    text: JSON.stringify({
      metadata: METADATA,
      state: state(10, { A: AGENTS.A, C: { name: "C", economic_strength: 1 } }),
    }),
    code: "other_agents",
    message: /it lacks B; it has C besides/,
  },
  {
    name: "values the scenario does not allow",
    text: JSON.stringify({
      metadata: METADATA,
      state: state(10, { ...AGENTS, B: { name: "B", economic_strength: -1 } }),
    }),
    code: "checkpoint_mismatch",
    message: /economic_strength/,
  },
  {
    name: "a turn after the scenario's end",
    text: JSON.stringify({ metadata: { ...METADATA, turn: 12 }, state: state(12, AGENTS) }),
    code: "bad_turn",
    message: /turn 12.*max_turns: 12/,
  },
];

for (const { name, text, code, message } of REFUSED) {
  Deno.test(`a run does not start from ${name}: the checkpoint is named, nothing is left behind`, async () => {
    await withApp({}, async (app, folder) => {
      const from = `${folder}/last.json`;
      await Deno.writeTextFile(from, text);
      const error = await assertRejects(() => app.start({ text: SCENARIO, from }), code) as SimError;
      const errors = error.issues.filter((issue) => issue.severity === "error");
      assertMatches(errors.map((issue) => issue.message).join("\n"), message);
      assertEquals(errors.every((issue) => issue.file === from), true);
      assertEquals((await app.list()).runs, []);
    });
  });
}
