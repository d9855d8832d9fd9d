import { assertEquals } from "../../../tests/support/assert.ts";
import {
  filteredNodes,
  foldersAround,
  linesOf,
  moveOf,
  nodesOf,
  notebookUrl,
  scenarioUrl,
  shortAge,
  type TreeData,
  type TreeLine,
} from "./tree_model.ts";

const NOW = Date.UTC(2026, 0, 2);
const run = (run_id: string, status: string) => ({
  run_id,
  name: "growth",
  status,
  repo: "economic",
  current_turn: 3,
  max_turns: 10,
  created_at: "2026-01-01T00:00:00.000Z",
});

const TREE: TreeData = {
  notebooks: [
    { path: "economic/policy comparison.md", title: "Which policy pays?", readonly: false },
    { path: "welcome.md", title: "Welcome", readonly: true },
  ],
  scenarios: [
    { repo: "economic", config: "growth.yaml", kind: "scenario" },
    { repo: "economic", config: "scenarios/sweep.yaml", kind: "batch" },
  ],
  domains: [{ name: "economic", status: "broken" }],
  runs: [run("growth_1", "running"), run("growth_2", "failed")],
};
const NODES = nodesOf(TREE, NOW);
const keys = (lines: readonly TreeLine[]) => lines.filter(({ shown }) => shown).map(({ node }) => node.key);

Deno.test("the tree has four roots, folders before files, and addresses that are escaped", () => {
  assertEquals(NODES.map(({ label }) => label), ["Notebooks", "Scenarios", "Domains", "Runs"]);
  assertEquals(NODES[0]!.children!.map(({ key, file }) => [key, file]), [
    ["notebooks/economic/", undefined],
    ["notebooks/welcome.md", undefined],
  ]);
  const [notebook] = NODES[0]!.children![0]!.children!;
  assertEquals(notebook!.href, "/notebooks/economic/policy%20comparison.md");
  assertEquals(notebook!.file, "economic/policy comparison.md");
  assertEquals(NODES[1]!.children![1]!.children!.map(({ kind, href }) => [kind, href]), [
    ["scenario", "/scenarios/economic/growth.yaml"],
    ["batch", "/scenarios/economic/scenarios/sweep.yaml"],
  ]);
  assertEquals(NODES[3]!.children!.map(({ tail }) => tail), [undefined, "3/10", "1 d"]);
  assertEquals(notebookUrl("a/?#.md"), "/notebooks/a/%3F%23.md");
  assertEquals(scenarioUrl("a b", "c/d.yaml"), "/scenarios/a%20b/c/d.yaml");
});

Deno.test("rows in closed folders are there, but not shown", () => {
  const lines = linesOf(NODES, new Set(["notebooks"]));
  assertEquals(keys(lines), [
    "notebooks",
    "notebooks/economic/",
    "notebooks/welcome.md",
    "scenarios",
    "domains",
    "runs",
  ]);
  assertEquals(lines.length, 16);
  const inner = lines.find(({ node }) => node.key === "notebooks/economic/policy comparison.md")!;
  assertEquals([inner.level, inner.parent, inner.position, inner.of], [3, "notebooks/economic/", 1, 1]);
});

Deno.test("a filter keeps what has all its words, and the folders that lead there", () => {
  const found = (query: string) => linesOf(filteredNodes(NODES, query), null).map(({ node }) => node.key);
  assertEquals(found("PAYS which"), ["notebooks", "notebooks/economic/", "notebooks/economic/policy comparison.md"]);
  assertEquals(found("failed"), ["runs", "runs/growth_2"]);
  assertEquals(found("nothing like it"), []);
  assertEquals(filteredNodes(NODES, "  "), NODES);
});

Deno.test("the folders around a page are found", () => {
  assertEquals(foldersAround(NODES, "/scenarios/economic/growth.yaml"), ["scenarios", "scenarios/economic"]);
  assertEquals(foldersAround(NODES, "/nowhere"), []);
});

Deno.test("arrows, Home, End and letters lead where the authoring practices say", () => {
  const lines = linesOf(NODES, new Set(["notebooks"]));
  const move = (at: string | null, key: string) => moveOf(lines, at, key);
  assertEquals(move("notebooks", "ArrowDown"), { go: "notebooks/economic/" });
  assertEquals(move("notebooks", "ArrowUp"), { go: "notebooks" });
  assertEquals(move("runs", "ArrowDown"), { go: "runs" });
  assertEquals(move("notebooks", "ArrowRight"), { go: "notebooks/economic/" });
  assertEquals(move("notebooks/economic/", "ArrowRight"), { open: "notebooks/economic/" });
  assertEquals(move("notebooks/welcome.md", "ArrowRight"), null);
  assertEquals(move("notebooks/welcome.md", "ArrowLeft"), { go: "notebooks" });
  assertEquals(move("notebooks", "ArrowLeft"), { shut: "notebooks" });
  assertEquals(move("scenarios", "ArrowLeft"), null);
  assertEquals(move("runs", "Home"), { go: "notebooks" });
  assertEquals(move(null, "End"), { go: "runs" });
  assertEquals(move("domains", "d"), null);
  assertEquals(move("domains", "w"), { go: "notebooks/welcome.md" });
  assertEquals(move("notebooks", "Tab"), null);
  assertEquals(moveOf([], null, "ArrowDown"), null);
});

Deno.test("ages are short", () => {
  const age = (seconds: number) => shortAge(new Date(NOW - seconds * 1000).toISOString(), NOW);
  assertEquals([-5, 59, 60, 3600, 86_400 * 40].map(age), ["now", "now", "1 m", "1 h", "40 d"]);
  assertEquals(shortAge("nonsense", NOW), "");
});
