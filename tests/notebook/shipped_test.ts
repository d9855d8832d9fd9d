/** The notebooks that come with the project: computed from nothing, at no cost, they are as they say. */

import { dirname, join } from "node:path";
import { type App, type CellView, computeNotebook, type NotebookView, shortcomingsOf } from "../../runner/mod.ts";
import { ROOT } from "../../runner/paths.ts";
import { NotebookFiles } from "../../runner/notebook/files.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";

const FILES = new NotebookFiles(join(ROOT, "notebooks"));

/** Milliseconds for all pages from an empty output folder; on two cores that do nothing else it is a fifth of that. */
const LONGEST = 120_000;

function cells({ pieces }: NotebookView): CellView[] {
  return pieces.filter((piece) => piece.kind === "cell");
}

function prose({ pieces }: NotebookView): string {
  return pieces.map((piece) => piece.kind === "prose" ? piece.html : "").join("\n");
}

async function computed(app: App, path: string): Promise<NotebookView> {
  return await computeNotebook(app, path, { text: FILES.read(path).text });
}

Deno.test("notebooks that come with the project: nothing stale or failed, every value there, every expectation holds", async (t) => {
  const pages = await FILES.list();
  assertTrue(pages.length >= 6, "there are some");
  await withApp({}, async (app) => {
    const began = performance.now();
    const views: NotebookView[] = [];
    for (const { path } of pages) {
      await t.step(path, async () => {
        const view = await computed(app, path);
        views.push(view);
        assertEquals(shortcomingsOf(view), []);
        const open = cells(view).filter(({ status }) => !["fresh", "cached", "off"].includes(status));
        assertEquals([open.map(({ name }) => name), view.stale], [[], []]);
        assertEquals(cells(view).flatMap(({ issues }) => issues), [], "not even a warning");
        assertEquals(view.cost_usd, 0);
        assertEquals(prose(view).match(/\$\{|NaN|Infinity|undefined|\[object|<strong>–?<\/strong>/g), null);
        for (const { name, output } of cells(view)) {
          if (output?.type === "chart") assertTrue(output.rows.length >= 2, `${name} draws something`);
          if (output?.type === "table") assertTrue(output.rows.length >= 1, `${name} has a row`);
        }
      });
    }
    const took = performance.now() - began;
    assertTrue(took < LONGEST, `${(took / 1000).toFixed(1)} s`);
    const charted = views.filter((view) => cells(view).some(({ output }) => output?.type === "chart"));
    assertTrue(charted.length >= views.length - 1, "all but one have charts");
    const expected = views.filter((view) => cells(view).some(({ expect }) => expect.length > 0));
    assertTrue(expected.length >= views.length - 1, "all but one expect something");
    const { runs } = await app.list({ limit: 1000 });
    assertEquals([...new Set(runs.flatMap(({ models }) => models))], [], "no model was asked");

    await t.step("computed again, nothing is played", async () => {
      const count = runs.length;
      for (const { path } of pages) assertEquals(shortcomingsOf(await computed(app, path)), []);
      assertEquals((await app.list({ limit: 1000 })).runs.length, count);
    });
  });
});

Deno.test("notebooks that come with the project: their links lead somewhere, and what differs by an input computes too", async () => {
  const pages = await FILES.list();
  for (const { path } of pages) {
    const { text } = FILES.read(path);
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      assertTrue(FILES.has(join(dirname(path), target!)), `${path}: ${target}`);
    }
  }
  await withApp({}, async (app) => {
    for (const { path } of pages) {
      const { text } = FILES.read(path);
      const inputs = cells(await app.notebooks.view(path, { text })).flatMap(({ name, output }) =>
        output?.type === "input" ? [{ name, ...output }] : []
      );
      for (const { name, min, max, options } of inputs) {
        for (const value of options?.map((option) => option.value) ?? [min!, max!]) {
          const view = await app.notebooks.view(path, { text, set: { [name]: value } });
          const wrong = cells(view).flatMap(({ issues }) => issues.map(({ message }) => message));
          assertEquals(wrong, [], `${path} with ${name} ${value}`);
        }
      }
    }
    assertEquals((await app.list()).runs, []);
  });
});
