import { assertEquals } from "../../../tests/support/assert.ts";
import { entriesOf, rankedEntries } from "./palette_entries.ts";

const ENTRIES = entriesOf({
  notebooks: [{ path: "economic/fork_at_45.md", title: "Does a stimulus pay off?", readonly: false }],
  scenarios: [{ repo: "economic", config: "recession.yaml", kind: "scenario" }],
  domains: [{ name: "economic", status: "ok" }],
  runs: [{
    run_id: "recession_3agents_20260101_120000_01",
    name: "recession",
    status: "failed",
    repo: "economic",
    current_turn: 1,
    max_turns: 2,
    created_at: "2026-01-01T12:00:00.000Z",
  }],
}, [{ id: "stale", title: "Run all stale cells", run: () => {} }]);

const first = (query: string) => rankedEntries(ENTRIES, query)[0]?.id;

Deno.test("titles, paths and ids are found, a command by the beginnings of its words", () => {
  assertEquals(first("stimulus"), "notebook economic/fork_at_45.md");
  assertEquals(first("fork45"), "notebook economic/fork_at_45.md");
  assertEquals(first("rasc"), "command stale");
  assertEquals(first("120000_01"), "run recession_3agents_20260101_120000_01");
  assertEquals(first("run failed"), "run recession_3agents_20260101_120000_01");
  assertEquals(first("qqqq"), undefined);
});

Deno.test("of a scenario and its runs the scenario comes first", () => {
  assertEquals(rankedEntries(ENTRIES, "recession").map(({ kind }) => kind), ["Scenario", "Run, failed"]);
});

Deno.test("without a query everything is there, and before the tree is known what needs none", () => {
  assertEquals(rankedEntries(ENTRIES, " ").length, ENTRIES.length);
  assertEquals(entriesOf(null, []).map(({ title }) => title), [
    "Home",
    "Scenarios",
    "Runs",
    "Batches",
    "Compare runs",
    "Domains",
    "Settings",
    "API reference",
  ]);
});
