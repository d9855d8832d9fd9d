/** The shell around every page, by keyboard and by pointer, in both themes and at three widths. */

import type { Page } from "playwright-core";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { posted } from "../support/server.ts";
import { axeViolations, islandsReady, type Visit, withPage } from "./browser.ts";
import { endless } from "./run_page_world.ts";
import { eventually, soonEquals, soonMatches } from "./soon.ts";

async function visit({ page, base }: Visit, path: string): Promise<void> {
  await page.goto(base + path);
  await islandsReady(page);
}

/** Text of what has the focus. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => document.activeElement?.textContent ?? "");
}

Deno.test("the palette opens by keys, finds by letters, goes there; Escape gives the focus back", async () => {
  await withPage(async (open) => {
    const { page } = open;
    await visit(open, "/runs");
    await page.getByLabel("Seed").focus();
    await page.keyboard.press("Control+k");
    const input = page.getByRole("combobox", { name: "Go to, or do, anything" });
    await input.waitFor();
    await page.keyboard.type("recess");
    const option = page.locator(".palette-entry[aria-selected=true]");
    await soonMatches(async () => (await option.textContent())!, /^recession.*economic\/recession\.yaml.*Scenario/);
    await soonEquals(() => input.getAttribute("aria-activedescendant"), await option.getAttribute("id"));
    await page.keyboard.press("Escape");
    await page.locator("dialog.palette").waitFor({ state: "hidden" });
    await soonEquals(() => page.evaluate(() => document.activeElement?.getAttribute("name")), "seed");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("recess");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/scenarios/economic/recession.yaml");
  });
});

Deno.test("the palette does what is registered, and arrows go round", async () => {
  await withPage(async (open) => {
    const { page } = open;
    await visit(open, "/");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("theme dark");
    await page.keyboard.press("Enter");
    await page.locator("html[data-theme=dark]").waitFor();
    await page.keyboard.press("Control+k");
    await page.keyboard.press("ArrowUp");
    await page.locator(".palette-entry:last-child[aria-selected=true]").waitFor();
    await page.keyboard.press("ArrowDown");
    await page.locator(".palette-entry:first-child[aria-selected=true]").waitFor();
    await page.keyboard.type("qqqqqq");
    await page.getByText("Nothing fits “qqqqqq”.").waitFor();
  });
});

/** A key as DevTools sends it. */
const sent = (key: string, { keyCode = key.toUpperCase().charCodeAt(0), text = key, modifiers = 0 } = {}) => ({
  key,
  text,
  modifiers,
  windowsVirtualKeyCode: keyCode,
});

Deno.test("the palette is closed, opened and typed into before anything of it is drawn", async () => {
  await withPage(async (open) => {
    const { page, window } = open;
    await visit(open, "/");
    const session = await window.newCDPSession(page);
    const option = page.locator(".palette-entry[aria-selected=true]");
    const entries = async (typed: string) => {
      await soonEquals(() => page.locator("dialog.palette input").inputValue(), typed);
      await option.waitFor();
    };
    for (const leave of [sent("Enter", { keyCode: 13, text: "\r" }), sent("Escape", { keyCode: 27, text: "" }), null]) {
      await page.keyboard.press("Control+k");
      await page.keyboard.type("theme dark");
      await entries("theme dark");
      const busy = page.evaluate(() => {
        for (const from = performance.now(); performance.now() - from < 200;);
      });
      const toggle = sent("k", { text: "", modifiers: 2 });
      const keys = [leave ?? toggle, toggle, ...[..."theme light"].map((letter) => sent(letter))];
      await Promise.all(keys.flatMap((key) => [
        session.send("Input.dispatchKeyEvent", { type: "keyDown", ...key }),
        session.send("Input.dispatchKeyEvent", { type: "keyUp", ...key, text: "" }),
      ]));
      await busy;
      await entries("theme light");
      await page.keyboard.press("Escape");
    }
  });
});

Deno.test("? lists the keys, but not where it is typed", async () => {
  await withPage(async (open) => {
    const { page } = open;
    await visit(open, "/runs");
    await page.getByLabel("Seed").fill("");
    await page.getByLabel("Seed").press("?");
    await soonEquals(() => page.getByLabel("Seed").inputValue(), "?");
    await soonEquals(() => page.locator("dialog[open]").count(), 0);
    await page.locator("h1").click();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).getByText("Show or hide the tree").waitFor();
  });
});

Deno.test("the tree is walked by arrows, and is one stop of the Tab key", async () => {
  await withPage(async (open) => {
    const { page } = open;
    await visit(open, "/");
    await page.getByLabel("Filter the tree").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await soonMatches(() => focused(page), /^Notebooks/);
    await page.keyboard.press("ArrowDown");
    const reached = async (text: RegExp, key: string) => {
      for (let i = 0; i < 20 && !text.test(await focused(page)); i++) await page.keyboard.press(key);
      await soonMatches(() => focused(page), text);
    };
    await page.keyboard.press("Home");
    await reached(/^Scenarios/, "ArrowDown");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await soonEquals(() => focused(page), "All scenarios");
    await reached(/^economic/, "ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("r");
    await soonEquals(() => focused(page), "recession");
    await soonEquals(() => page.locator('[role=treeitem][tabindex="0"]').count(), 1);
    await page.keyboard.press("ArrowLeft");
    await soonEquals(() => focused(page), "economic");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("r");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/scenarios/economic/recession.yaml");
    await islandsReady(page);
    // As it was left, and drawn so by the server.
    const row = page.locator('[role=treeitem][aria-current="page"]');
    await soonEquals(async () => [await row.textContent(), await row.isVisible()], ["recession", true]);
  });
});

Deno.test("the filter keeps what fits, arrow down leads into it", async () => {
  await withPage(async (open) => {
    const { page } = open;
    await visit(open, "/");
    await page.getByLabel("Filter the tree").fill("carbon");
    await soonEquals(() => page.locator(".tree-row:visible .tree-label").allTextContents(), [
      "Scenarios",
      "climate",
      "carbon_shock",
    ]);
    await page.keyboard.press("ArrowDown");
    await soonEquals(() => focused(page), "carbon_shock");
    await page.getByLabel("Filter the tree").fill("qqqq");
    await page.getByText("Nothing has “qqqq” in it.").waitFor();
    await page.getByLabel("Filter the tree").press("Escape");
    await soonEquals(() => page.getByLabel("Filter the tree").inputValue(), "");
  });
});

Deno.test("the tree is put away, widened by keys, and both are kept", async () => {
  await withPage(async (open) => {
    const { page } = open;
    await visit(open, "/");
    const pane = page.locator("#tree");
    const width = async () => (await pane.boundingBox())!.width;
    await soonEquals(() => width(), 240);
    await page.getByRole("separator", { name: "Width of the tree" }).press("ArrowRight");
    await soonEquals(() => width(), 256);
    await page.keyboard.press("Control+b");
    await pane.waitFor({ state: "hidden" });
    await visit(open, "/runs");
    await soonEquals(() => pane.isVisible(), false);
    await page.getByRole("button", { name: "Tree" }).click();
    await soonEquals(() => width(), 256);
  });
});

Deno.test("a notebook is made, renamed, deleted and brought back in the tree, by keys alone", async () => {
  await withPage(async (open) => {
    const { page, folder } = open;
    const files = () =>
      [...Deno.readDirSync(`${folder}/notebooks`)].map(({ name }) => name).filter((n) => /^[^.]/.test(n));
    await visit(open, "/runs");
    await page.keyboard.press("Control+k");
    await page.keyboard.type("new notebook");
    await page.keyboard.press("Enter");
    await page.getByLabel("Path of the new notebook").waitFor();
    await page.keyboard.type("first_page");
    await page.keyboard.press("Enter");
    await page.waitForURL("**/notebooks/first_page.md");
    assertEquals(files(), ["first_page.md"]);
    await visit(open, "/runs");
    await page.locator('[data-key="notebooks/first_page.md"]').focus();
    await page.keyboard.press("F2");
    await page.getByLabel("New path of first_page.md").waitFor();
    await page.keyboard.type("second");
    await page.keyboard.press("Enter");
    const row = page.locator('[data-key="notebooks/second.md"]');
    await row.waitFor();
    assertEquals(files(), ["second.md"]);
    await row.focus();
    await page.keyboard.press("Delete");
    await row.waitFor({ state: "detached" });
    assertEquals(files(), []);
    assertEquals(await axeViolations(page), []);
    await page.getByRole("button", { name: "Undo" }).click();
    await row.waitFor();
    assertMatches(await Deno.readTextFile(`${folder}/notebooks/second.md`), /^# First page$/m);
  });
});

Deno.test("the menu of a notebook opens by the pointer, walks by arrows, closes by Escape", async () => {
  await withPage(async (open) => {
    const { page } = open;
    await visit(open, "/");
    const row = page.locator('[data-key="notebooks/a.md"]');
    await row.click({ button: "right" });
    const menu = page.getByRole("menu", { name: "a.md" });
    await menu.waitFor();
    assertEquals(await axeViolations(page), []);
    await page.keyboard.press("ArrowDown");
    await soonMatches(() => focused(page), /Rename/);
    await page.keyboard.press("Escape");
    await menu.waitFor({ state: "detached" });
    await soonEquals(() => focused(page), "a");
    await page.keyboard.press("Shift+F10");
    await menu.getByRole("menuitem", { name: /Rename/ }).click();
    await page.getByLabel("New path of a.md").press("Escape");
    await row.waitFor();
  }, { before: writeNotebook });
});

Deno.test("the panel's tabs are walked by arrows; in a drawer Escape closes it and gives the focus back", async () => {
  await withPage(async (open) => {
    const { page } = open;
    await visit(open, "/notebooks/a.md");
    const panel = page.getByRole("complementary", { name: "Outline, values, runs" });
    await panel.getByRole("tab", { name: "Outline" }).focus();
    await page.keyboard.press("ArrowRight");
    await soonEquals(() => focused(page), "Values");
    await panel.getByRole("tabpanel", { name: "Values" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    await panel.getByRole("tabpanel", { name: "Runs" }).waitFor();
    await page.keyboard.press("Tab");
    await soonEquals(() => page.evaluate(() => document.activeElement?.getAttribute("role")), "tabpanel");
    await page.setViewportSize({ width: 1024, height: 800 });
    await panel.waitFor({ state: "hidden" });
    const button = page.getByRole("button", { name: "Outline, values, runs" });
    await button.focus();
    await page.keyboard.press("Enter");
    await panel.waitFor();
    await page.keyboard.press("Tab");
    await soonEquals(() => focused(page), "Runs");
    await page.keyboard.press("Escape");
    await panel.waitFor({ state: "hidden" });
    await soonEquals(
      () => page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
      "Outline, values, runs",
    );
  }, { before: writeNotebook });
});

async function writeNotebook(_app: unknown, folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/notebooks`);
  await Deno.writeTextFile(`${folder}/notebooks/a.md`, "# A\n");
}

Deno.test("the theme is switched at once, and the next page comes in it", async () => {
  await withPage(async (open) => {
    const { page } = open;
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await visit(open, "/");
    await soonEquals(() => ground(), "rgb(255, 255, 255)");
    const button = page.getByRole("button", { name: /^Theme/ });
    await button.click();
    await button.click();
    await soonEquals(() => ground(), "rgb(21, 23, 26)");
    await visit(open, "/runs");
    await soonEquals(() => ground(), "rgb(21, 23, 26)");
    await button.click();
    await soonEquals(() => ground(), "rgb(255, 255, 255)", "as the system");
  });
});

Deno.test("running work is shown, leads to its page, is cancelled, and its end is told", async () => {
  await withPage(async (open) => {
    const { page, server } = open;
    const answer = await server.fetch("/api/simulations", posted({ scenario: endless("endless") }));
    const { run_id } = await answer.json();
    await visit(open, "/");
    const strip = page.getByRole("region", { name: "Running work" });
    await soonEquals(() => strip.getByRole("link").getAttribute("href"), `/runs/${run_id}`);
    await strip.getByRole("button", { name: "Cancel endless" }).click();
    await page.getByText("endless has ended", { exact: true }).first().waitFor();
    await strip.waitFor({ state: "detached" });
    assertEquals((await server.app.wait(run_id)).status, "cancelled");
    await page.locator(`[data-key="runs/${run_id}"] .mark[data-status=cancelled]`).waitFor();
    await page.getByRole("button", { name: "Look" }).click();
    await page.waitForURL(`**/runs/${run_id}`);
  }, { fixtures: ["market"] });
});

Deno.test("a batch is one line of running work from the start, and its runs are not told to have ended", async () => {
  await withPage(async (open) => {
    const { page, base, server, app } = open;
    const { batch_id } =
      await (await server.fetch("/api/batches", posted({ scenario: endless("endless"), seeds: "1..2" })))
        .json();
    const query = `/api/simulations?status=running&batch=${batch_id}`;
    await eventually(async () => (await (await server.fetch(query)).json()).length === 2);
    const lines = (html: string) => html.split('class="work-line"').length - 1;
    await soonEquals(
      async () => lines(await (await server.fetch("/", { headers: { accept: "text/html" } })).text()),
      1,
    );
    const looked = page.waitForResponse((response) => response.url().includes(`batch=${batch_id}`));
    await page.goto(base);
    await (await looked).finished();
    await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await soonEquals(() => page.locator(".work-line").count(), 1);
    await soonEquals(() => page.locator(".toast").count(), 0);
    await app.batches.cancel(batch_id);
  }, { fixtures: ["market"] });
});

Deno.test("without scripts the whole tree is open, the theme is a form, the drawer opens", async () => {
  await withPage(async ({ page, base }) => {
    await page.goto(base);
    await page.getByRole("treeitem", { name: "recession" }).waitFor();
    await page.getByRole("button", { name: /^Theme/ }).click();
    await page.locator("html[data-theme=light]").waitFor();
    await page.setViewportSize({ width: 390, height: 800 });
    await soonEquals(() => page.locator("#tree").isVisible(), false);
    await page.getByRole("button", { name: "Tree" }).click();
    await page.locator("#tree").waitFor();
  }, { javaScript: false });
});

Deno.test("a phone has the tree in a drawer that Escape closes", async () => {
  await withPage(async (open) => {
    const { page } = open;
    await visit(open, "/");
    const button = page.getByRole("button", { name: "Tree" });
    await button.click();
    const tree = page.locator("#tree");
    await tree.waitFor();
    await page.keyboard.press("Escape");
    await tree.waitFor({ state: "hidden" });
    await soonEquals(() => page.evaluate(() => document.activeElement?.getAttribute("popovertarget")), "tree");
  }, { viewport: { width: 390, height: 844 } });
});

const PAGES = ["/", "/runs", "/scenarios/economic/growth.yaml", "/domains/economic", "/nothing"];

// What axe finds on pages is in axe_test.ts.
Deno.test("nothing is wider than the window", async () => {
  await withPage(async ({ page, base, errors }) => {
    for (const path of PAGES) {
      await page.goto(base + path);
      if (path !== "/nothing") await islandsReady(page);
      for (const width of [1440, 1024, 390, 320]) {
        await page.setViewportSize({ width, height: 800 });
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assertTrue(excess <= 0, `${path} at ${width} is ${excess} too wide`);
      }
    }
    // The page that is not there says so in the console.
    errors.splice(0, errors.length, ...errors.filter((error) => !error.includes("404")));
  });
});

for (const colorScheme of ["light", "dark"] as const) {
  Deno.test(`axe finds nothing in palette, keys and drawer, ${colorScheme}`, async () => {
    await withPage(async (open) => {
      const { page } = open;
      await visit(open, "/");
      await page.keyboard.press("Control+k");
      await page.locator(".palette-entry").first().waitFor();
      assertEquals(await axeViolations(page), [], "palette");
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keys" }).waitFor();
      assertEquals(await axeViolations(page), [], "keys");
      await page.keyboard.press("Escape");
      await page.setViewportSize({ width: 390, height: 800 });
      await page.getByRole("button", { name: "Tree" }).click();
      assertEquals(await axeViolations(page), [], "drawer");
    }, { colorScheme, reducedMotion: "reduce" });
  });
}
