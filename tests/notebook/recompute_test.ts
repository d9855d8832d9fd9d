/** What looking at a page once more costs: nothing that has not changed is computed again. */

import type { App } from "../../runner/mod.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { cell, cellOf, PAGE, played, statuses, withNotebooks, writePage } from "./world.ts";

/** Milliseconds for looking once more at a page of a hundred cells; on two cores that do nothing else it is a tenth of that. */
const LONGEST = 500;

/** Verbs of the app that cost something, counted. */
const COUNTED = ["query", "compare", "prepare", "prepareFork", "validate", "result", "metrics"] as const;

/** How often each verb was asked for while `body` ran; those that were not are left out. */
async function counted(app: App, body: () => Promise<unknown>): Promise<{ [verb: string]: number }> {
  const counts: { [verb: string]: number } = {};
  const verbs = app as unknown as { [verb: string]: (...args: unknown[]) => unknown };
  for (const verb of COUNTED) {
    const own = verbs[verb]!;
    verbs[verb] = (...args) => {
      counts[verb] = (counts[verb] ?? 0) + 1;
      return own.apply(app, args);
    };
  }
  try {
    await body();
  } finally {
    for (const verb of COUNTED) delete verbs[verb];
  }
  return counts;
}

/** Twenty groups of five cells that have nothing to do with each other but a table that nobody moves. */
const HUNDRED = Array.from(
  { length: 20 },
  (_, i) =>
    cell(`yaml input #rate${i}`, `type: number\nvalue: ${0.01 + (i % 3) / 100}`) +
    cell(`yaml scenario #world${i}`, `scenario: growing.yaml\nset: { engine.interest_rate: "\${rate${i}}" }`) +
    cell(`yaml run #run${i}`, `scenario: world${i}\nseed: 1`) +
    cell(`sql table #table${i}`, `select turn, total_economic_value as value, \${rate${i}} as rate from run${i}`) +
    cell("yaml chart", `data: table${i}\nmark: line\nx: turn\ny: value`),
).join("\n");

Deno.test("a page of a hundred cells: looked at once more it costs nothing; an input that is moved, what follows from it", () =>
  withNotebooks(async (app, folder) => {
    await writePage(folder, HUNDRED);
    const view = await played(app);
    const cells = view.pieces.filter((piece) => piece.kind === "cell");
    assertEquals(cells.length, 100);
    assertEquals(new Set(cells.map(({ status }) => status)).size <= 2, true, JSON.stringify(statuses(view)));
    assertEquals(view.stale, []);

    const times: number[] = [];
    const again = async () => {
      for (let i = 0; i < 5; i++) {
        const began = performance.now();
        await app.notebooks.view(PAGE);
        times.push(performance.now() - began);
      }
    };
    assertEquals(await counted(app, again), {}, "looking once more asks for nothing");

    assertTrue(Math.min(...times) < LONGEST, times.map(Math.round).join(" "));

    // A value of before: the run is there, and the table with this value is the one thing that is new.
    const moved = { set: { rate7: 0.01 } };
    assertEquals(await counted(app, () => app.notebooks.view(PAGE, moved)), { query: 1 });
    assertEquals(await counted(app, () => app.notebooks.view(PAGE, moved)), {});
    assertEquals(await counted(app, () => app.notebooks.view(PAGE)), {}, "nor does going back");

    // A new value: its scenario is looked at, its run prepared, and its table made of the run of before, and nothing else.
    const fresh = { set: { rate7: 0.4 } };
    assertEquals(await counted(app, () => app.notebooks.view(PAGE, fresh)), { prepare: 1, query: 1, validate: 1 });
    const stale = await app.notebooks.view(PAGE, fresh);
    assertEquals(stale.stale, ["run7"]);
    assertTrue(cellOf(stale, "table7").dimmed && !cellOf(stale, "table8").dimmed);
  }));
