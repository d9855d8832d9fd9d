import { assertEquals, assertTrue } from "../tests/support/assert.ts";
import { withFolder } from "../tests/cli/support.ts";
import { agentSeries, agentTable } from "./agent_tables.ts";
import { NumberedLogs } from "./store/numbered_log.ts";
import type { Row, RunStore } from "./store/mod.ts";

const names = (count: number) => Array.from({ length: count }, (_, i) => `a_${i + 1}`);

/** A store with one run of `count` agents, whose rows are of these turns, and whose checkpoints are of those. */
function storeOf({ count = 3, rows = [] as number[], checkpoints = [] as number[], agents = "all" }) {
  const asked: number[] = [];
  const rowsOf = (turn: number): Row[] => names(count).map((agent, i) => ({ turn, agent, coins: turn * i, on: i > 0 }));
  const stateOf = (turn: number) => ({
    turn,
    state: { turn, agents: Object.fromEntries(names(count).map((name) => [name, { name, coins: -turn }])) },
    agent_order: names(count),
  });
  const store = {
    config: () => Promise.resolve({ agents: [{ name: "a", count, type: "folk" }], metrics: { agents } }),
    agentRows: (_: string, turn: number) => {
      asked.push(turn);
      const at = rows.findLast((each) => each <= turn);
      return Promise.resolve(at === undefined ? [] : rowsOf(at));
    },
    checkpoints: () => Promise.resolve([...checkpoints]),
    state: (_: string, turn?: number) => {
      const at = turn ?? checkpoints.at(-1);
      return Promise.resolve(at === undefined ? null : stateOf(at));
    },
  };
  return { store: store as unknown as RunStore, asked };
}

Deno.test("agentTable() has the agents as they were recorded in that turn, with their types", async () => {
  const { store } = storeOf({ rows: [0, 1, 2], checkpoints: [0] });
  assertEquals(await agentTable(store, "r", 2), {
    turn: 2,
    source: "rows",
    columns: ["coins", "on"],
    agents: [["a_1", "folk", 0, false], ["a_2", "folk", 2, true], ["a_3", "folk", 4, true]],
    total: 3,
  });
});

Deno.test("agentTable() of a turn without rows has what is newest up to it: a checkpoint, or rows before", async () => {
  const at = async (turn: number | undefined, parts: Parameters<typeof storeOf>[0]) => {
    const { turn: seen, source } = await agentTable(storeOf(parts).store, "r", turn);
    return `${source} ${seen}`;
  };
  assertEquals(await at(7, { rows: [0, 5], checkpoints: [0, 6, 12] }), "checkpoint 6");
  assertEquals(await at(9, { rows: [0, 8], checkpoints: [0, 6, 12] }), "rows 8");
  assertEquals(await at(undefined, { rows: [0, 8], checkpoints: [0, 6, 12] }), "checkpoint 12");
  assertEquals(await at(9, { rows: [8], checkpoints: [6], agents: "none" }), "checkpoint 6");
  assertEquals(await at(3, { rows: [], checkpoints: [6] }), "nothing 3");
});

Deno.test("agentSeries() has a line for each of few agents, at every turn", async () => {
  const { store } = storeOf({ rows: [0, 2, 4] });
  const series = await agentSeries(store, "r", { variable: "coins" });
  assertEquals(series, {
    variable: "coins",
    turns: [0, 2, 4],
    agents: 3,
    lines: [
      { agent: "a_1", values: [0, 0, 0] },
      { agent: "a_2", values: [0, 2, 4] },
      { agent: "a_3", values: [0, 4, 8] },
    ],
    spread: null,
  });
  assertEquals((await agentSeries(store, "r", { variable: "on" })).lines[1]!.values, [1, 1, 1]);
  assertEquals((await agentSeries(store, "r", { variable: "none" })).agents, 0);
});

Deno.test("agentSeries() of many agents has their quantiles, the extremes, and whoever is asked for; it is bounded", async () => {
  const { store, asked } = storeOf({ count: 10_000, rows: Array.from({ length: 1000 }, (_, turn) => turn) });
  const { turns, agents, lines, spread } = await agentSeries(store, "r", { variable: "coins", agents: ["a_7"] });
  assertEquals([turns.length, turns[0], turns.at(-1), agents], [20, 0, 999, 10_000]);
  assertEquals(asked.length, 20);
  assertEquals(lines.map(({ agent }) => agent), ["a_7", "a_10000", "a_9999", "a_9998", "a_3", "a_2", "a_1"]);
  assertEquals([spread!.low.at(-1), spread!.high.at(-1)], [0, 999 * 9999]);
  assertTrue(Math.abs(spread!.median.at(-1)! - 999 * 5000) < 1000);
  const few = await agentSeries(storeOf({ rows: [...Array(1000).keys()] }).store, "r", {
    variable: "coins",
    points: 50,
  });
  assertEquals([few.turns.length, few.turns.at(-1)], [50, 999]);
});

Deno.test("NumberedLogs.numbered() has all lines of the last number up to one; a damaged line is passed over", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/agents.jsonl`;
    const line = (turn: number, agent: string) => `${JSON.stringify({ turn, agent, text: "x".repeat(3000) })}\n`;
    const damaged = '{"turn":4,"agent":"C","te\n';
    await Deno.writeTextFile(path, [0, 2, 4].map((turn) => line(turn, "A") + line(turn, "B")).join("") + damaged);
    const logs = new NumberedLogs();
    const seen = (most: number) =>
      logs.numbered<{ turn: number; agent: string }>(path, "turn", most, 1 << 20).map(({ turn, agent }) =>
        `${turn}${agent}`
      );
    assertEquals([seen(0), seen(1), seen(3), seen(99)], [["0A", "0B"], ["0A", "0B"], ["2A", "2B"], ["4A", "4B"]]);
    assertEquals(logs.numbered(`${folder}/none`, "turn", 3, 1000), []);
  });
});
