/** When a result is none of what the page says, in which words it is said, and what is found again. */

import { openApp } from "../../runner/app.ts";
import type { RunOutput } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../support/assert.ts";
import { cell, cellOf, GROWING, PAGE, played, statuses, withNotebooks, writePage } from "./world.ts";

const SMALL = cell("yaml input #price", "type: number\nmin: 0\nmax: 1\nvalue: 0.1") +
  cell("yaml input #other", "type: number\nvalue: 1") +
  cell("yaml scenario #growth", 'scenario: growing.yaml\nset: { engine.interest_rate: "${price}" }') +
  cell("yaml run #base", "scenario: growth\nseed: 3") +
  cell("yaml batch #sweep", "scenario: growth\nseeds: 1..2") +
  cell("sql table #last", "select max(turn) as turn from base") +
  "It ends with ${base.total}, at a price of ${price}.\n";

Deno.test("a moved input makes paid cells stale, which say so; moved back, the old result is found at once", () =>
  withNotebooks(async (app, folder) => {
    await writePage(folder, SMALL);
    await played(app);
    const runs = async () => (await app.list()).runs.length;
    const count = await runs();

    const moved = await app.notebooks.view(PAGE, { set: { price: "0.4" } });
    assertEquals(statuses(moved), {
      price: "fresh",
      other: "fresh",
      growth: "fresh",
      base: "stale",
      sweep: "stale",
      last: "blocked",
    });
    for (const name of ["base", "sweep"]) assertEquals(cellOf(moved, name).reason, "price 0.1 → 0.4");
    assertTrue(cellOf(moved, "base").dimmed && cellOf(moved, "base").output !== null, "the old output stays");
    assertTrue(cellOf(moved, "last").dimmed && cellOf(moved, "last").output !== null, "so does what was made of it");
    assertEquals(cellOf(moved, "last").reason, "run base is stale");
    // Prose tells what is of before from what is of now.
    const prose = moved.pieces.findLast((piece) => piece.kind === "prose")!;
    assertMatches(
      prose.html,
      /^<p>It ends with <span class="old" title="from before">[\d.]+<\/span>, at a price of 0\.4\.<\/p>/,
    );
    assertMatches(cellOf(moved, "sweep").price!.text, /^2 of 2 runs, about 1 s, free$/);
    assertEquals(cellOf(moved, "base").price!.free, true);

    const other = await app.notebooks.view(PAGE, { set: { other: 7 } });
    assertEquals(statuses(other).base, "fresh", "what it does not follow from changes nothing");

    const again = await played(app, { set: { price: 0.4 } });
    assertEquals([statuses(again).base, statuses(again).sweep], ["fresh", "fresh"]);
    const back = await app.notebooks.view(PAGE);
    assertEquals([statuses(back).base, statuses(back).sweep, statuses(back).last], ["cached", "cached", "fresh"]);
    assertEquals(cellOf(back, "base").dimmed, false);
    assertTrue(!back.pieces.some((piece) => piece.kind === "prose" && piece.html.includes("old")));
    const total = await runs();
    await played(app);
    assertEquals(await runs(), total, "nothing is played twice");
    assertTrue(total > count, "the other value was played");
  }));

Deno.test("changes of the page and of the scenario's file are told by their paths", () =>
  withNotebooks(async (app, folder) => {
    await writePage(folder, SMALL);
    await played(app);
    const reason = async (text: string) => cellOf(await app.notebooks.view(PAGE, { text }), "base").reason;
    assertEquals(await reason(SMALL.replace("seed: 3", "seed: 4")), "scenario growth: seed 3 → 4");
    assertEquals(
      await reason(SMALL.replace("engine.interest_rate:", "simulation.max_turns: 9, engine.interest_rate:")),
      "scenario growth: simulation.max_turns 6 → 9",
    );
    const four =
      "simulation.max_turns: 9, agents.A.initial_economic_strength: 1, agents.B.initial_economic_strength: 2, " +
      "metrics.every: 2, engine.interest_rate:";
    assertMatches((await reason(SMALL.replace("engine.interest_rate:", four)))!, / and 1 more$/);
    await Deno.writeTextFile(
      `${folder}/notebooks/growing.yaml`,
      GROWING.replace("initial_economic_strength: 50", "initial_economic_strength: 60"),
    );
    assertEquals(await reason(SMALL), "scenario growth: agents.B.initial_economic_strength 50 → 60");
    assertEquals(
      (cellOf(await app.notebooks.view(PAGE), "sweep")).reason,
      "what its scenarios say, or the code that plays them, has changed since",
    );
  }));

Deno.test("after a restart, and without what was remembered, a page finds its runs and batches again", () =>
  withNotebooks(async (app, folder) => {
    await writePage(folder, SMALL);
    const before = cellOf(await played(app), "base").output as RunOutput;
    for (const forget of [false, true]) {
      if (forget) await Deno.remove(`${folder}/output/.notebooks`, { recursive: true });
      const later = await openApp({ output: `${folder}/output`, config: `${folder}/llm-sim.yaml` });
      try {
        const view = await later.notebooks.view(PAGE);
        assertEquals([statuses(view).base, statuses(view).sweep], ["fresh", "fresh"]);
        assertEquals((cellOf(view, "base").output as RunOutput).run_id, before.run_id);
        const moved = cellOf(await later.notebooks.view(PAGE, { set: { price: 0.2 } }), "base");
        assertEquals(
          [moved.status, moved.reason],
          ["stale", forget ? "scenario growth: engine.interest_rate 0.1 → 0.2" : "price 0.1 → 0.2"],
        );
      } finally {
        await later.close();
      }
    }
  }));

Deno.test("a double click, and a second tab, start a cell once", () =>
  withNotebooks(async (app, folder) => {
    await writePage(folder, SMALL);
    await Promise.all([1, 2, 3].map(() => app.notebooks.run(PAGE, { cells: ["base", "sweep"] })));
    await app.notebooks.settled(PAGE);
    const { runs } = await app.list();
    assertEquals(runs.filter(({ notebook }) => notebook?.cell === "base").length, 1);
    assertEquals(app.batches.ids().length, 1);
  }));

Deno.test("what answers by rule cannot be sampled again; a cell that is none can not be run", () =>
  withNotebooks(async (app, folder) => {
    await writePage(folder, SMALL);
    await assertRejects(() => app.notebooks.run(PAGE, { cells: ["base"], sampleAgain: true }), "nothing_to_sample");
    await assertRejects(() => app.notebooks.run(PAGE, { cells: ["bose"] }), "unknown_cell");
    assertEquals((await app.list()).runs, []);
  }));

Deno.test("a cell that is run by itself waits for nobody; with its ancestors it runs after them", () =>
  withNotebooks(async (app, folder) => {
    const fork = cell("yaml run #later", "from: { run: base, turn: 2 }\nset: { engine.interest_rate: 0 }");
    await writePage(folder, SMALL + fork);
    const alone = await app.notebooks.run(PAGE, { cells: ["later"] });
    assertEquals([cellOf(alone, "later").status, cellOf(alone, "later").reason], [
      "stale",
      "run base has not been run yet",
    ]);
    assertEquals((await app.list()).runs, []);
    const started = await app.notebooks.run(PAGE, { cells: ["later"], ancestors: true });
    assertEquals(statuses(started).later, "queued");
    const view = await app.notebooks.settled(PAGE);
    assertEquals([statuses(view).base, statuses(view).later, statuses(view).sweep], ["fresh", "fresh", "stale"]);
  }));

Deno.test("a cancelled page starts nothing more, and says where its runs were cancelled", () =>
  withNotebooks(async (app, folder) => {
    const long = GROWING.replace("max_turns: 6", "max_turns: 100000");
    await Deno.writeTextFile(`${folder}/notebooks/growing.yaml`, long);
    await writePage(folder, SMALL + cell("yaml run #later", "from: { run: base, turn: 2 }"));
    const started = await app.notebooks.run(PAGE, { cells: ["base", "later"] });
    assertEquals(statuses(started).later, "queued");
    await app.notebooks.cancel(PAGE);
    const view = await app.notebooks.settled(PAGE);
    assertEquals(statuses(view).base, "stale");
    assertMatches(cellOf(view, "base").reason!, /^cancelled in turn \d+$/);
    assertEquals((await app.list()).runs.length, 1);
  }));

Deno.test("a cell whose body names what has no value yet waits for it, whatever it makes of the value", () =>
  withNotebooks(async (app, folder) => {
    await writePage(
      folder,
      cell("yaml run #base", "scenario: growing.yaml") +
        cell(
          "yaml run #next",
          'scenario: growing.yaml\nseed: ${base.turn}\nset: { simulation.max_turns: "${base.turn}" }',
        ) +
        cell("yaml run #fork", 'from: { run: base, turn: "${base.turn}" }') +
        cell("yaml batch #sweep", 'scenario: growing.yaml\nseeds: [1, "${next.seed_of_it}", "${base.turn}"]') +
        cell("sql table #later", "select ${base.turn} as turn, count(*) as n from next"),
    );
    const before = await app.notebooks.view(PAGE);
    assertEquals(before.pieces.flatMap((piece) => piece.kind === "cell" ? piece.issues : []), []);
    assertEquals(statuses(before), { base: "stale", next: "stale", fork: "stale", sweep: "stale", later: "blocked" });
    assertEquals(cellOf(before, "next").reason, "run base has not been run yet");
    const after = await played(app);
    assertEquals(statuses(after), { base: "fresh", next: "fresh", fork: "fresh", sweep: "error", later: "fresh" });
    assertEquals(cellOf(after, "next").provenance?.seed, 6);
    assertMatches(cellOf(after, "sweep").reason!, /'next' has no 'seed_of_it'/);
  }));
