/**
 * Every page and every state of a notebook, for people who see little, use no mouse, a telephone or no scripts: by axe in
 * both themes and at both widths, and what axe cannot know.
 */

import type { Page } from "playwright-core";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { type TestServer, withServer } from "../support/server.ts";
import { currentScripts, KeyStore } from "../../server/mod.ts";
import { axeViolations, islandsReady, type Visit, type VisitOptions, withPage, withWindow } from "./browser.ts";
import { EVERY_KIND, WRONG } from "./axe_pages.ts";
import { endless } from "./run_page_world.ts";
import { eventually, soonEquals, soonMatches, soonTrue } from "./soon.ts";

const WIDE = { width: 1280, height: 3000 };
const PHONE = { width: 390, height: 3000 };
/** Milliseconds after which what does not come is missed: runs start processes. */
const PATIENCE = 30_000;

Deno.test("every page and every state of a notebook is for everybody", async (t) => {
  const listen = { scripts: await currentScripts() };
  await withServer({ listen, fixtures: ["market"], before: writeNotebooks }, async (server) => {
    const runs = await played(server);
    const inWindow = (name: string, body: (visit: Visit) => Promise<void>, options: VisitOptions = {}) =>
      t.step(name, () => withWindow(server, body, { viewport: WIDE, reducedMotion: "reduce", ...options }));

    await inWindow("axe finds nothing on any page", async (visit) => {
      for (
        const path of [
          "/",
          "/runs",
          "/conversations",
          "/scenarios",
          "/scenarios/new?repo=economic",
          "/scenarios/economic/growth.yaml",
          "/scenarios/economic/growth.yaml?view=form",
          "/domains",
          "/domains/economic",
          "/settings",
          ...runs,
        ]
      ) {
        await open(visit, path);
        await isForEverybody(visit.page, path);
      }
    });

    await inWindow("axe finds nothing on a notebook with every kind of cell, computed", async (visit) => {
      await open(visit, "/notebooks/every_kind.md");
      const kinds = await visit.page.locator("article[class*=cell-]").evaluateAll((all) =>
        [...new Set(all.map((cell) => /cell-(\w+)/.exec(cell.className)![1]))].sort()
      );
      assertEquals(kinds, [
        ...["batch", "chart", "compare", "conversation", "front", "input", "prose", "run", "scenario", "table"],
      ]);
      await soonEquals(() => visit.page.locator('article:is([data-tone="stale"], [data-tone="error"])').count(), 0);
      await visit.page.locator(".chart-picture svg").nth(3).waitFor();
      await isForEverybody(visit.page, "every kind");
      await visit.page.locator("main details:not([open])").evaluateAll((all) => {
        for (const each of all) (each as HTMLDetailsElement).open = true;
      });
      await visit.page.getByRole("table").nth(3).waitFor();
      assertEquals(await axeViolations(visit.page), [], "all that folds is open");
    });

    await inWindow(
      "axe finds nothing while a cell is edited, with the palette, the menus and the panel's tabs",
      async (visit) => {
        const { page } = visit;
        await open(visit, "/notebooks/every_kind.md");
        for (const name of ["Values", "Runs"]) {
          await page.getByRole("tab", { name }).click();
          assertEquals(await axeViolations(page, ".panel"), [], name);
        }
        await page.locator("#by_turn").focus();
        await page.keyboard.press("Enter");
        await page.locator("#by_turn .cm-content").waitFor();
        await isForEverybody(page, "an editor", "#by_turn");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "More for table by_turn" }).click();
        await page.getByRole("menu").waitFor();
        await isForEverybody(page, "a menu", "#by_turn");
        await page.keyboard.press("Escape");
        await page.keyboard.press("Control+k");
        await page.locator(".palette-entry").first().waitFor();
        await isForEverybody(page, "the palette", "dialog.palette");
      },
    );

    await inWindow("axe finds nothing where things are wrong, stale, empty, or presented", async (visit) => {
      for (const path of ["wrong.md", "every_kind.md?rate=-0.2", "empty.md", "every_kind.md?view=present"]) {
        await open(visit, `/notebooks/${path}`);
        await isForEverybody(visit.page, path);
      }
    });

    await inWindow("axe finds nothing in a conflict", async (visit) => {
      const { page, folder } = visit;
      await open(visit, "/notebooks/shared.md");
      await page.locator("#rate").focus();
      await page.keyboard.press("Enter");
      await page.locator("#rate .cm-content").waitFor();
      await Deno.writeTextFile(`${folder}/notebooks/shared.md`, SHARED.replace("value: 2", "value: 4"));
      await page.keyboard.press("ControlOrMeta+End");
      await page.keyboard.press("Backspace");
      await page.keyboard.type("7");
      await page.getByRole("region", { name: /^Conflict/ }).waitFor();
      await isForEverybody(page, "a conflict");
      // The browser tells of the refusal in its console.
      visit.errors.splice(0, visit.errors.length, ...visit.errors.filter((error) => !error.includes("412")));
    });

    await inWindow("what goes on moves, and stands still for who wants less motion", async (visit) => {
      const { page, app } = visit;
      const { run_id } = await app.start({ text: endless("endless") });
      try {
        await open(visit, "/notebooks/every_kind.md");
        await page.getByRole("region", { name: "Running work" }).waitFor();
        const moving = () =>
          page.evaluate(() => document.getAnimations().filter((each) => each.playState === "running").length);
        await page.locator(".tree .icon-spin").waitFor();
        await soonTrue(async () => await moving() > 0, "the sign of a run that goes on turns");
        await page.emulateMedia({ reducedMotion: "reduce" });
        await eventually(async () => await moving() === 0);
        assertEquals(await axeViolations(page, ".work"), []);
      } finally {
        await app.cancel(run_id);
        await app.wait(run_id);
      }
    }, { reducedMotion: "no-preference" });

    await inWindow("fingers hit everything", async (visit) => {
      const notebooks = ["every_kind", "empty", "wrong"].map((name) => `/notebooks/${name}.md`);
      const tabs = ["charts", "agents", "map", "events", "calls", "inputs", "logs", "files"].map((tab) =>
        `${runs[0]}?tab=${tab}`
      );
      const talks = ["/conversations", runs.at(-1)!];
      const others = ["/", "/runs", "/domains", "/domains/economic", "/settings"];
      for (const path of [...others, ...notebooks, ...tabs, ...talks]) {
        await open(visit, path);
        assertEquals(await tooSmall(visit.page), [], path);
      }
      await visit.page.getByRole("button", { name: "Tree" }).click();
      assertEquals(await tooSmall(visit.page), [], "the tree");
    }, { viewport: { width: 390, height: 844 }, touch: true });

    await inWindow("without scripts all of a notebook is there", async (visit) => {
      const { page, base } = visit;
      await page.goto(`${base}/notebooks/every_kind.md`);
      await page.getByRole("heading", { level: 1, name: "Every kind" }).waitFor();
      await soonMatches(async () => (await page.locator("#base").textContent())!, /completed.*turn \d+ of \d+/s);
      await soonEquals(() => page.locator("#by_turn tbody tr").count(), 3);
      await soonMatches(async () => (await page.locator("#talk").textContent())!, /Book the photographer/);
      for (const { width } of [WIDE, PHONE]) {
        await page.setViewportSize({ width, height: 800 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth);
        assertTrue(wide <= width, `${wide} wide at ${width}`);
      }
    }, { javaScript: false });
  });
});

Deno.test("axe finds nothing where one signs in", async () => {
  await withPage(async ({ page, base, errors }) => {
    await page.goto(`${base}/sign-in`);
    await isForEverybody(page, "sign in");
    await page.getByLabel("Key").fill("wrong");
    await page.keyboard.press("Enter");
    await page.locator(".problem").waitFor();
    await isForEverybody(page, "a wrong key");
    // The browser tells of the refusal in its console.
    errors.splice(0, errors.length, ...errors.filter((error) => !error.includes("401")));
  }, {
    reducedMotion: "reduce",
    before: (_, folder) => void new KeyStore(`${folder}/output`).create("tester", ["read"]),
  });
});

const SHARED = "```yaml input #rate\ntype: range\nmin: 0\nmax: 10\nlabel: Rate\nvalue: 2\n```\n";

async function writeNotebooks(_app: unknown, folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/notebooks`);
  const notebooks = { every_kind: EVERY_KIND, wrong: WRONG, shared: SHARED, empty: "---\ntitle: Empty\n---\n" };
  for (const [name, text] of Object.entries(notebooks)) {
    await Deno.writeTextFile(`${folder}/notebooks/${name}.md`, text);
  }
}

/** Plays what the notebooks have. @returns addresses of pages of runs: one of a simulation, two of a conversation */
async function played({ app }: TestServer): Promise<string[]> {
  for (const path of ["every_kind.md", "wrong.md"]) {
    await app.notebooks.run(path, { cells: "stale", ancestors: true });
    await eventually(async () => {
      const { pieces } = await app.notebooks.view(path, {});
      return pieces.every((piece) => piece.kind !== "cell" || !/^(queued|running|paused)$/.test(piece.status));
    }, PATIENCE);
  }
  const { pieces } = await app.notebooks.view("every_kind.md", {});
  const outputs = pieces.flatMap((piece) => piece.kind === "cell" && piece.output !== null ? [piece.output] : []);
  return outputs.flatMap((output) => {
    if (output.type === "run") return [`/runs/${output.run_id}`];
    return output.type === "conversation"
      ? [`/runs/${output.run.run_id}`, `/conversations/${output.run.run_id}?turn=1`]
      : [];
  });
}

async function open({ page, base }: Visit, path: string): Promise<void> {
  await page.goto(base + path);
  await islandsReady(page);
}

/**
 * Axe finds nothing in the light, in the dark, and on a telephone, where nothing is wider than the window.
 * @param within a selector of what is looked at; default: the whole page
 */
async function isForEverybody(page: Page, what: string, within?: string): Promise<void> {
  await page.emulateMedia({ colorScheme: "light" });
  assertEquals(await axeViolations(page, within), [], `${what}, light`);
  await page.emulateMedia({ colorScheme: "dark" });
  assertEquals(await axeViolations(page, within, ["color-contrast"]), [], `${what}, dark`);
  await page.setViewportSize(PHONE);
  assertEquals(await axeViolations(page, within), [], `${what}, dark, on a telephone`);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  assertTrue(wide <= PHONE.width, `${what} is ${wide} wide on a telephone`);
  await page.setViewportSize(WIDE);
}

/** Pixels that a target has at least. */
const FINGER = 32;

/** Buttons, fields and links that are lower than a finger hits; links in running text may be. */
async function tooSmall(page: Page): Promise<string[]> {
  return await page.evaluate((least) => {
    const all = [
      ...document.querySelectorAll<HTMLElement>("button, a, input, select, textarea, summary, [role=treeitem]"),
    ];
    return all.filter((element) => {
      if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return false;
      // What is pressed is the label around it.
      const target = element.closest("label, .card") ?? element;
      const { width, height } = target.getBoundingClientRect();
      if (width === 0 || height <= 1) return false;
      const inText = element.tagName === "A" &&
        element.closest("p, td, dd, dt, .prose, .facts-line, .provenance, .scenario-head");
      return !inText && height < least;
    }).map((element) =>
      `${element.tagName} ${element.className} ${
        element.textContent!.trim().slice(0, 30)
      }: ${element.getBoundingClientRect().height}`
    );
  }, FINGER);
}
