/** A page from its inputs to its conversation, with the real app. */

import type { ChartOutput, CompareOutput, RunOutput, TableOutput } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { cell, cellOf, PAGE, played, statuses, withNotebooks, writePage } from "./world.ts";

const TALK = `
plan: conversation/plans/launch.yaml
user:
  kind: scripted
  goal: Get ready
  script:
    - message: Please move task 11 under task 5, it belongs to the preparation.
      desired_action: { name: move_task, parameters: { task_id: 11, new_parent_id: 5 } }
agent: { adapter: rule, behaviour: perfect }
judge: { kind: rules }
max_turns: 1
expect: ["pass_rate == 1", "turns == 1"]
`;

const WHOLE = "# Growth\n\n" +
  cell("yaml input #rate", "type: range\nmin: 0\nmax: 0.5\nstep: 0.01\nvalue: 0.1\nlabel: Rate") +
  cell("yaml scenario #growth extends=growing.yaml", "set:\n  engine.interest_rate: ${rate}") +
  cell(
    "yaml run #base",
    "scenario: growth\nseed: 2\nwatch: [total]\nexpect:\n  - total_economic_value > 100\n  - metric.total > 100 and turn == 6",
  ) +
  cell("yaml run #lower", "from: { run: base, turn: 3 }\nset: { engine.interest_rate: 0 }") +
  cell("yaml compare #effect", "of: [base, lower]\nmetrics: [total]\nexpect: [difference.total < 0]") +
  cell(
    "sql table #rows",
    "select b.turn, b.total_economic_value - l.total_economic_value as apart\nfrom base b join lower l using (turn)\nwhere apart > ${rate} order by turn",
  ) +
  cell("yaml chart", "data: rows\nmark: line\nx: turn\ny: apart") +
  cell("yaml chart", "data: base\nmark: line\nx: turn\ny: total") +
  cell(
    "yaml batch #sweep",
    "scenario: growth\ngrid:\n  rate: { path: engine.interest_rate, values: [0.1, 0.2] }\nseeds: 2..3\nexpect: [done == 4]",
  ) +
  cell(
    "sql table #by_rate",
    "select rate, avg(final_total_economic_value) as value from sweep group by rate order by rate",
  ) +
  cell("yaml conversation #talk", TALK) +
  "Base ends at **${base.total_economic_value}**, the first rate is ${by_rate.rate}, literally $${rate}.\n";

Deno.test("a page is computed from its inputs to its conversation, and nothing of it is started by looking", () =>
  withNotebooks(async (app, folder) => {
    await writePage(folder, WHOLE);
    const before = await app.notebooks.view(PAGE);
    assertEquals(statuses(before), {
      rate: "fresh",
      growth: "fresh",
      base: "stale",
      lower: "stale",
      effect: "blocked",
      rows: "blocked",
      "chart 1": "blocked",
      "chart 2": "blocked",
      sweep: "stale",
      by_rate: "blocked",
      talk: "stale",
    });
    assertEquals(before.stale, ["base", "lower", "sweep", "talk"]);
    assertEquals(cellOf(before, "base").reason, "not run yet");
    assertEquals(cellOf(before, "lower").reason, "run base has not been run yet");
    assertMatches(cellOf(before, "base").price!.text, /^1 run, .*free$|^1 run, free$/);
    assertMatches(cellOf(before, "sweep").price!.text, /^4 of 4 runs/);
    assertEquals((await app.list()).runs, [], "looking has started nothing");

    const after = await played(app);
    assertEquals(
      statuses(after),
      Object.fromEntries(Object.keys(statuses(before)).map((name) => [name, "fresh"])),
      JSON.stringify(
        after.pieces.flatMap((piece) => piece.kind === "cell" ? [[piece.name, piece.reason, piece.issues]] : []),
      ),
    );
    const base = cellOf(after, "base").output as RunOutput;
    assertEquals([base.status, base.turn, base.watch, base.rows.length], ["completed", 6, ["metric.total"], 7]);
    const lower = cellOf(after, "lower").output as RunOutput;
    assertEquals(lower.parent, { run_id: base.run_id, turn: 3 });
    const effect = cellOf(after, "effect").output as CompareOutput;
    assertEquals(effect.comparison.parting?.turn, 4);
    assertEquals(effect.comparison.metrics.map(({ name }) => name), ["total"]);
    const rows = cellOf(after, "rows").output as TableOutput;
    assertEquals(rows.columns.map(({ name }) => name), ["turn", "apart"]);
    assertEquals(rows.rows.map(([turn]) => turn), [4, 5, 6]);
    const chart = cellOf(after, "chart 1").output as ChartOutput;
    assertEquals(chart.rows.map((row) => row.turn), [4, 5, 6]);
    const live = cellOf(after, "chart 2").output as ChartOutput;
    assertEquals([live.run_id, live.spec.y, live.rows.length], [base.run_id, "metric.total", 7]);
    const byRate = cellOf(after, "by_rate").output as TableOutput;
    assertEquals(byRate.rows.map(([rate]) => rate), [0.1, 0.2]);
    for (const name of ["base", "effect", "sweep", "talk"]) {
      for (const expected of cellOf(after, name).expect) {
        assertTrue(expected.holds === true, `${name}: ${expected.condition}: ${expected.found}`);
      }
    }
    const prose = after.pieces.at(-1)!;
    assertMatches(
      prose.kind === "prose" ? prose.html : "",
      /ends at <strong>[\d.]+<\/strong>, the first rate is 0\.1, literally \$\{rate\}/,
    );
    const { provenance } = cellOf(after, "base");
    assertEquals([provenance?.seed, provenance?.validity, provenance?.run_id], [2, "valid", base.run_id]);
    assertEquals((await app.status(base.run_id)).notebook, { path: PAGE, cell: "base" });
    // 2 runs, 4 of the batch of which one is what the first run is, 1 conversation.
    assertEquals(new Set((await app.list()).runs.map(({ content_key }) => content_key)).size, 6);
  }));
