import { assertEquals, assertMatches } from "../../../tests/support/assert.ts";
import { ancestors, dependants, graphOf, isBareId, type NotebookPage, type PageGraph, parsePage } from "./mod.ts";

/** Cells by their info lines and bodies; what is no pair is prose. */
function pageOf(...parts: ([info: string, body: string] | string)[]): NotebookPage {
  return parsePage(
    parts.map((part) => typeof part === "string" ? `${part}\n` : `\`\`\`${part[0]}\n${part[1]}\n\`\`\`\n`).join("\n"),
  );
}

function nameOf(page: NotebookPage, index: number): string {
  const piece = page.pieces[index]!;
  return piece.kind === "cell" ? piece.name : `prose in line ${piece.line}`;
}

/** `a <- b, c`. */
function edges(page: NotebookPage, graph: PageGraph): string[] {
  return [...graph.reads].map(([index, reads]) =>
    `${nameOf(page, index)} <- ${reads.map((read) => nameOf(page, read)).join(", ")}`
  );
}

/** `name: code line:column message (hint)`. */
function issues(page: NotebookPage): string[] {
  return [...graphOf(page).issues].flatMap(([index, list]) =>
    list.map(({ code, line, column, message, hint }) =>
      `${nameOf(page, index)}: ${code} ${line}:${column ?? "-"} ${message}${hint === undefined ? "" : ` (${hint})`}`
    )
  );
}

/** The example of the design. */
const EXAMPLE = `---
notebook: 1
title: Does a stimulus at turn 45 pay off?
---

# Does a stimulus at turn 45 pay off?

\`\`\`yaml input #rate
type: range
min: 0
max: 0.08
step: 0.01
value: 0.02
label: Policy rate after the stimulus
\`\`\`

\`\`\`yaml scenario #recession extends=scenarios/economic/recession.yaml
set:
  simulation.max_turns: 100
\`\`\`

\`\`\`yaml run #base
scenario: recession
seed: 1
watch: [total_economic_value, unemployment]
\`\`\`

\`\`\`yaml run #stimulated
from: { run: base, turn: 45 }
state: { global.interest_rate: "\${rate}" }
expect:
  - "global.unemployment < 9"
\`\`\`

\`\`\`yaml compare #effect
of: [base, stimulated]
metrics: [total_economic_value, unemployment]
\`\`\`

Stimulated unemployment ends at **\${stimulated.unemployment}** (base \${base.unemployment}).

\`\`\`yaml batch #sweep
scenario: recession
grid:
  rate: { path: engine.interest_rate, values: [0.01, 0.03, 0.05] }
seeds: 1..20
limits: { parallel: 2 }
\`\`\`

\`\`\`sql table #by_rate
SELECT rate, avg(final_total_economic_value) AS value, stddev(final_total_economic_value) AS sd, count(*) AS runs
FROM sweep WHERE status = 'completed' GROUP BY rate ORDER BY rate
\`\`\`

\`\`\`yaml chart
data: by_rate
mark: dot
x: rate
y: value
interval: sd
\`\`\`

\`\`\`yaml conversation #support
scenario: scenarios/conversation/plan_refine_offline.yaml
max_turns: 4
\`\`\`
`;

Deno.test("the example of the design has its graph, and nothing is wrong with it", () => {
  const page = parsePage(EXAMPLE);
  const graph = graphOf(page);
  assertEquals(edges(page, graph), [
    "base <- recession",
    "stimulated <- rate, base",
    "effect <- base, stimulated",
    "prose in line 40 <- base, stimulated",
    "sweep <- recession",
    "by_rate <- sweep",
    "chart 1 <- by_rate",
  ]);
  assertEquals([page.issues, issues(page), graph.cycles], [[], [], []]);
  assertEquals(page.pieces.flatMap((piece) => piece.kind === "cell" ? piece.issues : []), []);
  const of = (name: string) => graph.byId.get(name)!;
  assertEquals(ancestors(graph, of("effect")).map((index) => nameOf(page, index)), [
    "rate",
    "recession",
    "base",
    "stimulated",
  ]);
  assertEquals(dependants(graph, of("rate")).map((index) => nameOf(page, index)), [
    "stimulated",
    "effect",
    "prose in line 40",
  ]);
  const [, rate] = graph.uses.get(of("stimulated"))!;
  assertEquals(rate, { id: "rate", via: "reference", path: [], raw: "${rate}", to: of("rate"), line: 30, column: 33 });
});

Deno.test("keys that take an id are read; files and runs of the store are no ids", () => {
  const page = pageOf(
    ["yaml scenario #s", "scenario: t"],
    ["yaml scenario #t extends=s2", ""],
    ["yaml scenario #s2", "scenario: a.yaml"],
    ["yaml batch #b", "scenario: s\narms:\n  one: { scenario: t }\n  two: { scenario: x/y.yaml }"],
    ["yaml batch #b2", "arms: [{ scenario: s }]"],
    ["yaml run #r", "scenario: S\nfrom: { run: market_4agents_20260101_120000_00 }"],
    ["yaml conversation #c", "scenario: s\nfrom: { conversation: c2, turn: 1 }"],
    ["yaml conversation #c2", "scenario: x/y.yaml\nfrom: { run: r }"],
    ["yaml compare #d", "of: [r, b]\nbaseline: r\nmetrics: [b2]"],
    ["yaml chart", "data: b\nx: r"],
  );
  assertEquals(edges(page, graphOf(page)), [
    "s <- t",
    "t <- s2",
    "b <- s, t",
    "b2 <- s",
    "r <- s",
    "c <- s, c2",
    "c2 <- r",
    "d <- b, r",
    "chart 1 <- b",
  ]);
  assertEquals(issues(page), []);
  assertEquals(["a", "a_b", "a.b", "a/b", "1a", "x.yaml"].map(isBareId), [true, true, false, false, false, false]);
});

Deno.test("an unknown id is an error at its place, with what was meant", () => {
  const page = pageOf(
    ["yaml scenario #growth", ""],
    ["yaml run #base", "scenario: grwoth\nset:\n  a: ${prise}"],
    ["sql table #t", "select ${prise} from grwoth"],
    "Ends at ${bases.x}.",
  );
  assertEquals(issues(page), [
    "base: unknown_id 6:11 no cell has the id 'grwoth' (did you mean 'growth'? valid: growth, base, t; a file has a slash " +
    "or ends with .yaml)",
    "base: unknown_id 8:6 no cell has the id 'prise' (valid: growth, base, t)",
    "t: unknown_id 12:8 no cell has the id 'prise' (valid: growth, base, t)",
    "prose in line 15: unknown_id 15:9 no cell has the id 'bases' (did you mean 'base'? valid: growth, base, t)",
  ]);
  assertEquals(graphOf(page).issues.get(3)![0]!.severity, "warning");
});

Deno.test("a cycle is an error of every cell on it, and of no other", () => {
  const page = pageOf(
    ["yaml input #before", "label: ${c}"],
    ["yaml input #a", "label: ${b}"],
    ["yaml input #b", "label: ${c}"],
    ["yaml input #c", "label: ${a}"],
    ["yaml input #self", "label: ${self}"],
    ["yaml input #fine", "value: 1"],
  );
  assertEquals(issues(page), [
    "a: cycle 5:- this cell reads itself: a → b → c → a (take one of these names out)",
    "b: cycle 9:- this cell reads itself: b → c → a → b (take one of these names out)",
    "c: cycle 13:- this cell reads itself: c → a → b → c (take one of these names out)",
    "self: cycle 17:- this cell reads itself: self → self (take one of these names out)",
  ]);
  const graph = graphOf(page);
  assertEquals(graph.cycles, [[1, 2, 3], [4]]);
  assertEquals(graph.order, [1, 2, 3, 0, 4, 5]);
});

Deno.test("a cell comes after what it reads, else where it stands", () => {
  const page = pageOf(
    ["yaml chart", "data: t"],
    ["yaml input #z", "value: 1"],
    ["sql table #t", "select ${x}"],
    ["yaml input #x", "value: 1"],
  );
  assertEquals(graphOf(page).order.map((index) => nameOf(page, index)), ["x", "t", "chart 1", "z"]);
});

Deno.test("YAML and SQL read neither charts nor js; keys name cells of their kind", () => {
  const page = pageOf(
    ["yaml chart #pic", "data: given"],
    ["js cell #code", "price"],
    ["yaml input #price", "label: ${pic} ${code.a}"],
    ["sql table #t", "select * from code, given"],
    ["yaml run #r", "scenario: price"],
    ["yaml input #given", "value: 1"],
    "${code} ${pic}",
  );
  assertEquals(issues(page).map((issue) => issue.replace(/ \(.*/, "")), [
    "pic: wrong_kind 2:7 expected the id of a run, batch, conversation, compare or table; 'given' is an input",
    "price: forbidden_reference 10:8 'pic' is a chart, which has no value",
    "price: forbidden_reference 10:15 'code' is a js cell",
    "t: forbidden_reference 14:15 'code' is a js cell",
    "r: wrong_kind 18:11 expected the id of a scenario; 'price' is an input",
  ]);
});

Deno.test("who reads a cell that is off is behind it, over others too", () => {
  const page = pageOf(
    ["yaml run #a off", ""],
    ["sql table #b", "select * from a"],
    ["yaml chart", "data: b"],
    ["yaml input #c", "value: 1"],
  );
  assertEquals([...graphOf(page).off], [[0, 0], [1, 0], [2, 0]]);
});

Deno.test("broken YAML, and what is no reference, leave the other cells alone", () => {
  const page = pageOf(
    ["yaml run #a", "scenario: [\n  x: ${b"],
    ["yaml run #b", "set: { a: '${a+b}' }\nscenario: s # ${comment}"],
    ["yaml scenario #s", "${key}: 1"],
  );
  const found = issues(page).filter((issue) => !issue.startsWith("a:"));
  assertEquals(found.length, 1);
  assertMatches(found[0]!, /^b: bad_reference 7:12 '\$\{a\+b\}' is no reference/);
  assertEquals(edges(page, graphOf(page)).filter((edge) => !edge.startsWith("a ")), ["b <- s"]);
});

Deno.test("of two cells with one id the first is read", () => {
  const page = pageOf(["yaml input #a", "value: 1"], ["yaml input #A", "value: 2"], ["sql table", "select ${A}"]);
  assertEquals([...graphOf(page).reads], [[2, [0]]]);
});
