/** The whole way by keyboard alone: the palette, the keys of cells, Tab and Enter. */

import type { Page } from "playwright-core";
import { assertTrue } from "../support/assert.ts";
import { islandsReady } from "./browser.ts";
import { BODIES, DIFFERENCE, withJourney } from "./journey_world.ts";
import { focusIs } from "./notebook_world.ts";
import { eventually, soonEquals } from "./soon.ts";

/** Elements that Tab may pass on the way to one. */
const FAR = 80;

/** What has the focus: its name, and the label of the cell and the turn that it is in. */
async function focused(page: Page): Promise<{ readonly name: string; readonly where: string }> {
  return await page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const labels = (element as HTMLInputElement).labels;
    const name = element.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? element.textContent ?? "";
    const cell = element.closest("article")?.getAttribute("aria-label") ?? "";
    const part = element.closest("li[aria-label]")?.getAttribute("aria-label") ?? "";
    return { name: name.trim(), where: `${cell} ${part}` };
  });
}

/** Presses Tab until what has this name has the focus. @param key `Shift+Tab` goes back */
async function tabTo(page: Page, name: string, where = "", key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  const passed: string[] = [];
  for (let i = 0; i < FAR; i++) {
    const now = await focused(page);
    if (now.name === name && now.where.includes(where)) return;
    passed.push(now.name.slice(0, 20));
    await page.keyboard.press(key);
  }
  throw new Error(`Tab does not lead to ${name}, but to ${passed.join(" | ")}`);
}

/** Goes by what is typed into the palette. */
async function go(page: Page, words: string): Promise<void> {
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Go to, or do, anything" }).waitFor();
  await page.keyboard.type(words);
  await page.keyboard.press("Enter");
}

/** Adds a cell below the one that has the focus, and leaves its editor. */
async function below(page: Page, label: string, info: string, body: string): Promise<void> {
  await page.keyboard.press("b");
  await page.locator(".cm-content:focus").waitFor();
  await page.keyboard.insertText(`\`\`\`${info}\n${body}\n\`\`\``);
  // What was a text is a cell then, with an editor of its own.
  await page.locator(`article[aria-label^="${label}"] .cm-content:focus`).waitFor();
  await page.keyboard.press("Escape");
  // Where a list of what can be completed has come up, the first one has closed that.
  if (await page.evaluate(() => (document.activeElement?.closest(".cm-editor") ?? null) !== null)) {
    await page.keyboard.press("Escape");
  }
  await focusIs(page, label);
}

Deno.test("by keyboard: a notebook is made, composed, run, charted, swept, compared, queried, forked, talked with", async () => {
  await withJourney(async (journey) => {
    const { page } = journey;
    const cell = (label: string) => journey.cell(label);
    const press = (key: string, times = 1) => repeat(times, () => page.keyboard.press(key));

    await go(page, "new notebook");
    await page.getByLabel("Path of the new notebook").waitFor();
    await page.keyboard.type("untitled");
    await press("Enter");
    await page.waitForURL("**/notebooks/untitled.md");
    await islandsReady(page);

    // Composed: cells are typed as they stand in the file.
    await tabTo(page, "front matter");
    await press("j");
    await focusIs(page, "text, Untitled");
    await below(page, "input shock", "yaml input #shock", BODIES.input);
    await below(page, "scenario crisis", "yaml scenario #crisis", BODIES.scenario);
    await below(page, "run base", "yaml run #base", BODIES.run);

    // Run, seen live, stopped, stepped, played on: the focus is never lost.
    await press("Control+Enter");
    await journey.moves("run base");
    await tabTo(page, "Pause", "run base");
    await press("Enter");
    await journey.stands("run base", "paused");
    const turn = await journey.turn("run base");
    assertTrue(turn > 0 && turn < 60, `it was paused in turn ${turn}`);
    await tabTo(page, "Step", "run base");
    await press("Enter");
    await eventually(async () => await journey.turn("run base") === turn + 1);
    await eventually(async () => (await focused(page)).name === "Step");
    await tabTo(page, "Resume", "run base", "Shift+Tab");
    await press("Enter");
    await journey.stands("run base", "completed");
    await eventually(async () => (await focused(page)).name === "Fork here");

    // Scrubbed to a turn, and forked there, in place.
    await tabTo(page, "Turn", "run base");
    await press("ArrowLeft", 25);
    await cell("run base").getByText("All values of turn 35").waitFor();
    await tabTo(page, "Fork here", "run base", "Shift+Tab");
    await press("Enter");
    await cell("run base_fork").locator(".cm-content:focus").waitFor();
    await page.keyboard.insertText(DIFFERENCE);
    await press("Control+Enter");
    await journey.stands("run base_fork", "completed");
    await press("Escape");
    await focusIs(page, "run base_fork");

    // Charted, compared, swept, queried.
    await below(page, "chart", "yaml chart", BODIES.chart);
    await cell("chart").locator(".chart-picture svg").waitFor();
    await below(page, "compare effect", "yaml compare #effect", BODIES.compare);
    await journey.comparisonTells(35);
    await below(page, "batch sweep", "yaml batch #sweep", BODIES.batch);
    await press("Control+Enter");
    await journey.sweepIsPlayed();
    await below(page, "table by_demand", "sql table #by_demand", BODIES.table);
    await journey.tableTells();

    // Talked with: step by step, then to the end; forked at a turn; judged anew.
    const scenario = "scenario: scenarios/conversation/plan_refine_offline.yaml\nmax_turns: 4";
    await below(page, "conversation support", "yaml conversation #support", scenario);
    await tabTo(page, "Step support");
    await press("Enter");
    await cell("conversation support").getByText("turn 1 of 4").first().waitFor();
    await journey.stands("conversation support", "idle");
    await tabTo(page, "Step", "conversation support");
    await press("Enter");
    await cell("conversation support").getByRole("listitem", { name: "Turn 2" }).waitFor();
    await eventually(async () => (await focused(page)).name === "Step");
    await tabTo(page, "Auto", "conversation support");
    await press("Enter");
    await journey.stands("conversation support", "finished");
    await eventually(async () => (await journey.verdicts("conversation support")).length === 4);
    await tabTo(page, "Fork here", "Turn 2");
    await press("Enter");
    await cell("conversation support_fork").locator(".cm-content:focus").waitFor();
    await press("Control+Enter");
    await journey.stands("conversation support_fork", "finished");
    await press("Escape");
    await focusIs(page, "conversation support_fork");
    await press("k");
    await focusIs(page, "conversation support,");
    await tabTo(page, "Judge anew");
    await press("Enter");
    await page.waitForURL("**/conversations/*");
    await islandsReady(page);
    await page.getByText("misaligned").first().waitFor();
    await go(page, "untitled");
    await page.waitForURL("**/notebooks/untitled.md");
    await islandsReady(page);

    // An input that is moved makes what reads it stale, and moved back finds it again.
    await tabTo(page, "front matter");
    await press("j");
    await focusIs(page, "text, Untitled");
    await press("j");
    await focusIs(page, "input shock");
    await tabTo(page, "Demand");
    await press("ArrowRight");
    await cell("run base,").getByText("shock 0.5 → 0.6").first().waitFor();
    await tabTo(page, "Set Demand back to 0.5");
    await press("Enter");
    await journey.stands("run base,", "completed");
    await page.waitForURL((url) => url.search === "");
    await soonEquals(() => cell("input shock").getByRole("slider").inputValue(), "0.5");
    await journey.ends(35);
  });
});

async function repeat(times: number, act: () => Promise<void>): Promise<void> {
  for (let i = 0; i < times; i++) await act();
}
