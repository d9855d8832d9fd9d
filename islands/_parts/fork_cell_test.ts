import { assertEquals } from "../../tests/support/assert.ts";
import { forkCell } from "./fork_cell.ts";
import type { ConversationOutput, RunOutput } from "./types.ts";

const RUN: RunOutput = {
  type: "run",
  run_id: "r",
  repo: "market",
  status: "completed",
  status_reason: null,
  turn: 9,
  max_turns: 9,
  watch: ["price", "metric.gini"],
  columns: ["turn", "metric.gini", "name", "price"],
  rows: [{ turn: 0, "metric.gini": 0.1, name: "a", price: 100 }, {
    turn: 5,
    "metric.gini": 0.2,
    name: "b",
    price: 98.76543,
  }],
  parent: null,
  error: null,
  log: [],
};

Deno.test("a fork of a run says what it shares, how a variable of that turn is set, and draws the same", () => {
  const { source, caret } = forkCell("base", RUN, 5, "base_fork");
  const body = [
    "from: { run: base, turn: 5 }",
    "# What is to differ from turn 6 on, for example:",
    "# state: { global.price: 98.77 }",
  ].join("\n");
  assertEquals(source, `\`\`\`yaml run #base_fork\n${body}\nwatch: [price, metric.gini]\n\`\`\`\n`);
  assertEquals(caret, body.length);
});

Deno.test("a fork of which nothing is known yet, and one of a conversation, say what may be set", () => {
  assertEquals(
    forkCell("base", null, 0, "b").source.split("\n")[3],
    "# set: { engine.name_of_a_setting: 0.5 }",
  );
  const { source } = forkCell("talk", { type: "conversation" } as ConversationOutput, 2, "talk_fork");
  assertEquals(source.split("\n").slice(0, 2), [
    "```yaml conversation #talk_fork",
    "from: { conversation: talk, turn: 2 }",
  ]);
});
