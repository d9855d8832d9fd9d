/** What is wrong with a page, and with what it plays: told where it can be mended, and the rest of the page goes on. */

import { type CellView, computeNotebook, type NotebookView, type TableOutput } from "../../runner/mod.ts";
import { MOST_BYTES } from "../../runner/notebook/files.ts";
import { MOST_CELLS } from "../../runner/notebook/page/mod.ts";
import { talk, withModels } from "../llm/world.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { cell, cellOf, GROWING, PAGE, played, statuses, withNotebooks, writePage } from "./world.ts";

/** What is right on every page of these tests: seven lines, then what is wrong. */
const RIGHT = cell("yaml input #right", "type: number\nvalue: 7") + "It is ${right}.\n\n";
const AFTER = 8;

interface Fault {
  readonly text: string;
  /** `name code line:column` of everything that is told; `page` stands for the page as a whole. */
  readonly told: readonly string[];
  /** What messages and hints say, all together. */
  readonly says?: RegExp;
}

/** `name code line:column` of every issue; the line told from the end of {@linkcode RIGHT}, the first being 0. */
function toldOf(view: NotebookView): string[] {
  const issues = [
    ...view.issues.map((issue) => ({ name: "page", ...issue })),
    ...cellsOf(view).flatMap(({ name, issues }) => issues.map((issue) => ({ name, ...issue }))),
  ];
  return issues.map(({ name, code, line, column }) =>
    `${name} ${code} ${line - AFTER}${column === undefined ? "" : `:${column}`}`
  );
}

function cellsOf({ pieces }: NotebookView): CellView[] {
  return pieces.filter((piece) => piece.kind === "cell");
}

function wordsOf(view: NotebookView): string {
  const issues = [...view.issues, ...cellsOf(view).flatMap(({ issues }) => issues)];
  return issues.map(({ message, hint }) => `${message}; ${hint ?? ""}`).join("\n");
}

/** Whether what is right on the page came out as it should. */
function assertRestWorks(view: NotebookView, name: string): void {
  assertEquals(cellOf(view, "right").value, 7, name);
  assertTrue(view.pieces.some((piece) => piece.kind === "prose" && piece.html.includes("<p>It is 7.</p>")), name);
}

const TEXTS: { readonly [name: string]: Fault } = {
  "a fence without end": {
    text: "```yaml input #open\ntype: number\n\nmore ${right}\n",
    told: ["open fence_unclosed 0"],
    says: /close it with ```/,
  },
  "an id given twice": {
    text: cell("yaml input #price", "type: number\nvalue: 1") + cell("yaml input #PRICE", "type: number\nvalue: 2"),
    told: ["price duplicate_id 0:15", "PRICE duplicate_id 5:15"],
    says: /capitals make no difference/,
  },
  "cells in a circle": {
    text: cell("yaml scenario #a", "scenario: b\nset: {}") + cell("yaml scenario #b", "scenario: a\nset: {}") +
      cell("sql table #self", "select * from self"),
    told: ["a cycle 0", "b cycle 5", "self cycle 10"],
    says: /this cell reads itself: a → b → a.*this cell reads itself: self → self/s,
  },
  "ids that are none": {
    text: cell("yaml scenario #s", "scenario: growing.yaml\nset:\n  engine.interest_rate: ${rigth}") +
      cell("yaml compare #c", "of: [rigth, nothing]") + "And ${rigth}, ${right.more}.\n",
    told: ["page unknown_id 10:5", "s unknown_id 3:25", "c unknown_id 7:6", "c unknown_id 7:13"],
    says: /did you mean 'right'\?/,
  },
  "a cell of another kind": {
    text: cell("yaml run #r", "scenario: right"),
    told: ["r wrong_kind 1:11"],
    says: /expected the id of a scenario; 'right' is an input/,
  },
  "keys that no cell has": {
    text: cell("yaml run #r", "scenario: growing.yaml\nsede: 1") +
      cell("yaml batch #b", "scenario: growing.yaml\nsedes: 1..3"),
    told: ["r unknown_key 2:7", "b unknown_key 7:8"],
    says: /did you mean 'seed'\?.*did you mean 'seeds'\?/s,
  },
  "controls that cannot be": {
    text: cell("yaml input #a", "type: slider") + cell("yaml input #b", "type: range\nvalue: 1") +
      cell("yaml input #c", "type: number\nmin: 3\nvalue: 1"),
    told: ["a invalid_value 1:7", "b bad_input 5:7", "c bad_input 12:8"],
    says: /a range goes from min to max.*the value 1 is less than 3/s,
  },
  "YAML that is none": {
    text: cell("yaml run #r", "scenario: [growing.yaml\nseed: 1") + cell("yaml input #i", "[]") +
      cell("yaml chart", ""),
    told: ["r yaml_syntax 2:1", "i invalid_value 6:1", "chart 1 empty_file 10:1"],
  },
  "YAML that multiplies, and that is nested without end": {
    text: cell(
      "yaml scenario #bomb",
      [
        "a: &a [1,1,1,1,1,1,1,1,1]",
        ..."bcdefgh".split("").map((name, i) => {
          const before = "abcdefgh"[i];
          return `${name}: &${name} [${Array(9).fill(`*${before}`)}]`;
        }),
      ].join("\n"),
    ) + cell("yaml scenario #deep", `a: ${"[".repeat(20_000)}${"]".repeat(20_000)}`),
    told: ["bomb aliases_too_large 7:23", "deep yaml_syntax 12:*"],
    says: /aliases of aliases multiply.*nested too deep/s,
  },
  "a scenario with an error": {
    text: cell("yaml scenario #whole", GROWING.replace("max_turns: 6", "max_turns: many")) +
      cell("yaml run #of_it", "scenario: whole"),
    told: ["whole invalid_value 2:41"],
    says: /simulation\.max_turns must be an integer ≥ 1, not 'many'/,
  },
  "a setting that no scenario has": {
    text:
      cell("yaml scenario #s", "scenario: growing.yaml\nset:\n  simulation.max_turns: 4\n  simulation.max_trns: 3") +
      cell(
        "yaml batch #b",
        "scenario: growing.yaml\nseeds: 1..2\ngrid:\n  rate: { path: engine.intrest, values: [1] }",
      ),
    told: ["s unknown_path 4:24", "b unknown_key 11:17"],
    says: /did you mean 'max_turns'\?.*engine 'economic' has no setting 'intrest'/s,
  },
  "a scenario's file that is wrong, one that is not there, ones that no page may read": {
    text: cell("yaml scenario #wrong_file", "scenario: wrong.yaml") +
      cell("yaml run #missing", "seed: 1\nscenario: growin.yaml") +
      cell("yaml run #a", "scenario: ../../../../etc/passwd") +
      cell("yaml scenario #b extends=/etc/passwd", "set: {}") +
      cell("yaml run #c", "scenario: ../llm-sim.yaml"),
    told: [
      "wrong_file invalid_value 1:11",
      "missing missing_file 6:11",
      "a file_outside 10:11",
      "b file_outside 14:1",
      "c file_outside 18:11",
    ],
    says: /wrong\.yaml:2: simulation\.max_turns must.*did you mean 'scenarios\/growing\.yaml'/s,
  },
  "a batch's seeds": {
    text: cell("yaml batch #b", "scenario: growing.yaml\nseeds: 3..1"),
    told: ["b bad_seeds 2:8"],
  },
  "a conversation that is none": {
    text: cell("yaml conversation #c", "scenario: growing.yaml") +
      cell("yaml conversation #d", "user: { kind: nobody }"),
    told: ["c no_conversation 1:11", "d invalid_value 5:15"],
  },
  "a domain that cannot be loaded": {
    text: cell("yaml scenario #s", "scenario: broken.yaml") + cell("yaml run #r", "scenario: broken.yaml") +
      cell("yaml batch #b", "scenario: broken.yaml"),
    told: ["s domain_load_error 1:11", "r domain_load_error 5:11", "b domain_load_error 9:1"],
    says: /domain 'broken' cannot be loaded: .*SyntaxError/,
  },
};

Deno.test("a page with faults: each is told at its line, with what would do, and the rest is computed", () =>
  withNotebooks(async (app, folder) => {
    await Deno.writeTextFile(`${folder}/notebooks/wrong.yaml`, GROWING.replace("max_turns: 6", "max_turns: many"));
    await Deno.writeTextFile(`${folder}/notebooks/broken.yaml`, GROWING.replace("domain: economic", "domain: broken"));
    for (const [name, { text, told, says }] of Object.entries(TEXTS)) {
      const view = await app.notebooks.view(PAGE, { text: RIGHT + text });
      const found = toldOf(view).map((each, i) => told[i]?.endsWith(":*") ? each.replace(/:\d+$/, ":*") : each);
      assertEquals(found, told, name);
      if (says) assertMatches(wordsOf(view), says);
      assertRestWorks(view, name);
      const odd = cellsOf(view).filter((each) => each.issues.length > 0 && each.status !== "error");
      assertEquals(odd.map((each) => each.name), [], name);
    }
    // All of them on one page are told as well, and nothing of it was started.
    const all = Object.values(TEXTS).slice(1).map(({ text }) => text).join("\n");
    assertRestWorks(await app.notebooks.view(PAGE, { text: RIGHT + all }), "all");
    await app.notebooks.run(PAGE, { text: RIGHT + all, cells: "stale" });
    assertEquals((await app.list()).runs, []);
  }, { sources: { broken: "export default {" } }));

Deno.test("front matter that cannot be read is told, and the page works without it", () =>
  withNotebooks(async (app) => {
    const told = async (front: string) => {
      const view = await app.notebooks.view(PAGE, { text: `${front}\n${RIGHT}# Here\n` });
      assertRestWorks(view, front);
      return [view.title, ...view.issues.map(({ code, line }) => `${code} ${line}`)];
    };
    assertEquals(await told("---\nnotebook: 1\ntitle: [\n---\n"), ["Here", "front_yaml 3"]);
    assertEquals(await told("---\nnotebook: 1\n"), ["Here", "front_unclosed 1"]);
    assertEquals(await told("---\nnotebook: 2\ntitle: Two\n---\n"), ["Two", "front_version 2"]);
  }));

const FAULTY = `domain: faulty
simulation: { name: faulty, max_turns: 4, seed: 1 }
engine: { type: still_engine }
validator: { type: always_valid }
agents: [{ name: A, type: faulty, config: { fault: throws, from: 3 } }]
state_variables: { agent_vars: { wealth: { type: float, default: 1 } }, global_vars: { clock: { type: int, default: 0 } } }
`;

Deno.test("a run that fails, and SQL that is wrong: what reads them says so, and the others are played to the end", () =>
  withNotebooks(async (app, folder) => {
    await Deno.writeTextFile(`${folder}/notebooks/faulty.yaml`, FAULTY);
    await writePage(
      folder,
      RIGHT + cell("yaml run #bad", "scenario: faulty.yaml\nexpect: [turn == 4]") +
        cell("yaml run #child", "from: { run: bad, turn: 1 }") + cell("sql table #of_bad", "select * from bad") +
        cell("yaml batch #all_bad", "scenario: faulty.yaml\nseeds: 1..2") +
        cell("yaml compare #both", "of: [good, bad]") + cell("yaml run #good", "scenario: growing.yaml") +
        cell("yaml run #fork", "from: { run: good, turn: 3 }\nseed: 5") +
        cell("sql table #turns_of_it", "select count(*) as n,\n  ${right} as seven\nfrom fork") +
        cell("sql table #no_column", "select 1 as one,\n  nothing as two\nfrom good") +
        cell("sql table #no_sql", "select 1 as one\nfrm good") +
        cell("yaml run #late", "from: { run: good, turn: 99 }") +
        cell("yaml chart", "data: turns_of_it\nmark: bar\nx: n\ny: sevn") + "At ${bad.turn} and ${good.turn}.\n",
    );
    const view = await played(app);
    assertEquals(statuses(view), {
      right: "fresh",
      bad: "failed",
      child: "blocked",
      of_bad: "blocked",
      all_bad: "failed",
      both: "blocked",
      good: "fresh",
      fork: "fresh",
      turns_of_it: "fresh",
      no_column: "error",
      no_sql: "error",
      late: "error",
      "chart 1": "error",
    });
    assertMatches(cellOf(view, "bad").reason!, /the harvest is spoiled/);
    assertEquals(cellOf(view, "child").reason, "run bad failed");
    assertEquals(cellOf(view, "all_bad").reason, "all 2 runs failed");
    assertEquals(cellOf(view, "bad").expect, [{ condition: "turn == 4", holds: null }]);
    assertEquals((cellOf(view, "turns_of_it").output as TableOutput).rows, [[7, 7]]);
    const place = (name: string) => {
      const { issues: [issue], bodyLine } = cellOf(view, name);
      return [issue?.code, issue!.line - bodyLine, issue?.column];
    };
    assertEquals(place("no_column"), ["bad_sql", 1, 3]);
    assertEquals(place("no_sql")[0], "bad_sql");
    assertEquals(place("late").slice(0, 2), ["bad_turn", 0]);
    assertEquals(place("chart 1"), ["unknown_column", 3, 4]);
    assertMatches(cellOf(view, "chart 1").issues[0]!.hint!, /did you mean 'seven'/);
    assertMatches(view.pieces.at(-1)!.kind === "prose" ? view.pieces.at(-1)!.source : "", /At/);
  }, { fixtures: ["faulty"] }));

Deno.test("runs that are gone from the output folder are stale again, with what was made of them; played again they are there", () =>
  withNotebooks(async (app, folder) => {
    await writePage(
      folder,
      RIGHT + cell("yaml run #base", "scenario: growing.yaml") +
        cell("yaml run #fork", "from: { run: base, turn: 3 }\nseed: 5") +
        cell("yaml batch #sweep", "scenario: growing.yaml\nseeds: 8..9") +
        cell("sql table #last", "select max(turn) as turn from fork") +
        cell("sql table #all_of_it", "select count(*) as n from sweep"),
    );
    const before = await played(app);
    const runOf = (view: NotebookView, name: string) => cellOf(view, name).provenance!.run_id!;
    await app.delete(runOf(before, "base"));
    const without = await app.notebooks.view(PAGE);
    assertEquals([statuses(without).base, statuses(without).fork, statuses(without).last], [
      "stale",
      "stale",
      "blocked",
    ]);
    assertEquals(cellOf(without, "fork").reason, "run base has not been run yet");
    assertTrue(cellOf(without, "fork").dimmed && cellOf(without, "fork").output !== null, "the old output stays");
    // Not by the program, but by hand.
    await Deno.remove(`${folder}/output/${runOf(before, "fork")}`, { recursive: true });
    for (const id of app.batches.ids()) await Deno.remove(`${folder}/output/.batches/${id}`, { recursive: true });
    const bare = await app.notebooks.view(PAGE);
    assertEquals([statuses(bare).fork, cellOf(bare, "fork").output, statuses(bare).sweep], ["stale", null, "stale"]);
    assertRestWorks(bare, "runs that are gone");
    const again = await played(app);
    assertEquals([...new Set(Object.values(statuses(again)))], ["fresh"]);
    assertTrue(runOf(again, "base") !== runOf(before, "base"));
  }));

Deno.test("hostile texts stay texts: in prose, controls, YAML, SQL, ids and paths", () =>
  withNotebooks(async (app, folder) => {
    await writePage(
      folder,
      RIGHT + cell("yaml input #text", "type: text\nvalue: plain") +
        cell("yaml input #__proto__", "type: number\nvalue: 5") +
        cell("yaml scenario #s", "scenario: growing.yaml\nset:\n  simulation.description: ${text}") +
        cell("yaml run #base", "scenario: growing.yaml") +
        cell("sql table #bound", "select ${text} as said, count(*) as n from base") +
        cell("sql table #drop", "drop table runs") + cell("sql table #file", "select * from read_csv('/etc/passwd')") +
        cell("sql table #out", "copy (select 1) to 'out.csv'") +
        "Said ${text}, ${__proto__}, ${constructor}, ${right.constructor}.\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1))\n",
    );
    await played(app);
    for (
      const said of [
        "</p><script>alert(1)</script>",
        "'; drop table runs; --",
        "x\nsimulation.max_turns: 1",
        "${right} $${right}",
        "{ a: [*b, &c !!js/function 'x'] }",
        '"""\\u0000\u202e',
      ]
    ) {
      const view = await app.notebooks.view(PAGE, { set: { text: said } });
      assertRestWorks(view, said);
      assertEquals(cellOf(view, "text").value, said);
      const scenario = cellOf(view, "s").value as { simulation?: { description?: string; max_turns?: number } };
      assertEquals([scenario.simulation?.description, scenario.simulation?.max_turns], [said, 6]);
      assertEquals((cellOf(view, "bound").output as TableOutput).rows, [[said, 7]]);
      for (const name of ["drop", "file", "out"]) assertEquals(cellOf(view, name).issues[0]?.code, "not_select", name);
      const { html } = view.pieces.findLast((piece) => piece.kind === "prose")!;
      assertTrue(!/<script|href/.test(html), html);
      assertMatches(html, /, 5, <code class="unresolved">\$\{constructor\}<\/code>, <code class="unresolved">/);
    }
    assertEquals((await app.list()).runs.length, 1);
  }));

/** A page as large as may be, of many of the same. */
function large(make: (i: number) => string): string {
  const parts: string[] = [RIGHT];
  let bytes = RIGHT.length;
  for (let i = 0;; i++) {
    const part = make(i);
    if (bytes + part.length > MOST_BYTES) break;
    parts.push(part);
    bytes += part.length;
  }
  return parts.join("") + " ".repeat(MOST_BYTES - bytes);
}

/** Milliseconds for looking at the largest page; on two cores that do nothing else it is a tenth of that. */
const LONGEST = 20_000;

Deno.test("the largest page is shown, whatever it is made of; a larger one is refused", () =>
  withNotebooks(async (app) => {
    const texts = {
      prose: large((i) => `Paragraph ${i} says **what** was seen, and leads [on](x.md).\n\n`),
      "one line": RIGHT + "x".repeat(MOST_BYTES - RIGHT.length),
      references: large((i) => `Value ${i} is \${right}, and \${nothing}.\n\n`),
      cells: large((i) => cell(`yaml input #i${i}`, `type: number\nvalue: ${i}`)),
      "a chain": large((i) => cell(`sql table #t${i}`, `select * from t${i + 1}`)),
      keys: RIGHT + cell("yaml scenario #s", Array.from({ length: 90_000 }, (_, i) => `k${i}: 1`).join("\n")),
    };
    for (const [name, text] of Object.entries(texts)) {
      const began = performance.now();
      const view = await app.notebooks.view(PAGE, { text });
      assertTrue(performance.now() - began < LONGEST, `${name}: ${performance.now() - began} ms`);
      assertRestWorks(view, name);
      const cells = cellsOf(view);
      if (name !== "cells") continue;
      assertEquals([cells[MOST_CELLS - 1]!.status, cells[MOST_CELLS]!.status], ["fresh", "error"]);
      assertEquals(cells[MOST_CELLS]!.issues.map(({ code }) => code), ["too_many_cells"]);
    }
    const { hash } = await app.notebooks.write(PAGE, texts.prose, { ifMatch: null });
    assertEquals((await app.notebooks.view(PAGE)).hash, hash);
    const tooLarge = `${texts.prose}x`;
    await assertRejects(() => app.notebooks.view(PAGE, { text: tooLarge }), "notebook_too_large");
    await assertRejects(() => app.notebooks.write(PAGE, tooLarge, { ifMatch: hash }), "notebook_too_large");
    assertEquals((await app.notebooks.read(PAGE)).hash, hash);
  }));

Deno.test("a budget that is spent keeps a page from what costs, and from nothing else", () =>
  withModels({ latency: 1 }, async (app, _server, folder) => {
    await Deno.mkdir(`${folder}/notebooks`);
    await Deno.writeTextFile(`${folder}/notebooks/growing.yaml`, GROWING);
    await Deno.writeTextFile(
      `${folder}/notebooks/talk.yaml`,
      talk({ turns: 20, agents: 1, llm: "{ provider: test, max_tokens: 20 }" }),
    );
    await writePage(
      folder,
      RIGHT + cell("yaml run #one", "scenario: talk.yaml") + cell("yaml run #free", "scenario: growing.yaml") +
        cell("sql table #of_one", "select * from one"),
    );
    const view = await computeNotebook(app, PAGE, { maxCostUsd: 1 });
    assertEquals([statuses(view).free, statuses(view).right], ["fresh", "fresh"]);
    assertTrue(["paused", "failed"].includes(cellOf(view, "one").status), JSON.stringify(cellOf(view, "one")));
    assertMatches(cellOf(view, "one").reason!, /budget/);
  }, { config: { budget: { max_cost_usd: 1e-5 } } }));
