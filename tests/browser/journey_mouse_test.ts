/** The whole way with the mouse, from an empty server to a page with everything on it; keys only type what stands in cells. */

import { assertTrue } from "../support/assert.ts";
import { islandsReady } from "./browser.ts";
import { BODIES, DIFFERENCE, type Journey, withJourney } from "./journey_world.ts";
import { eventually, soonEquals, soonMatches, soonTrue } from "./soon.ts";

/** Adds a cell at the end of the page. */
async function add({ page }: Journey, name: string): Promise<void> {
  await page.getByRole("button", { name: "Add a cell" }).click();
  await page.getByRole("menuitem", { name: new RegExp(`^${name}`) }).click();
}

/** Clicks into a cell's source and puts another text in its place. */
async function write(journey: Journey, label: string, body: string): Promise<void> {
  const { page } = journey;
  const source = journey.cell(label).locator(".plain-source");
  await source.click({ position: { x: 40, y: 12 } });
  await page.locator(".cm-content:focus").waitFor();
  await page.keyboard.press("Control+a");
  await page.keyboard.insertText(body);
}

Deno.test("by mouse: a notebook is made, composed, run, charted, swept, compared, queried, forked, talked with", async () => {
  await withJourney(async (journey) => {
    const { page } = journey;
    const cell = (label: string) => journey.cell(label);

    await page.locator("main").getByRole("button", { name: "New notebook" }).click();
    await page.waitForURL("**/notebooks/untitled.md");
    await islandsReady(page);

    // Composed.
    await add(journey, "Input");
    await write(journey, "input shock", BODIES.input);
    await add(journey, "Scenario");
    await cell("scenario crisis").locator(".cell-title").dblclick();
    await page.getByLabel("Id and options of this scenario").fill("#crisis");
    await page.getByLabel("Id and options of this scenario").press("Enter");
    await write(journey, "scenario crisis", BODIES.scenario);
    await cell("scenario crisis").getByText("1 agent, 60 turns, no models").waitFor();
    await add(journey, "Run");
    await write(journey, "run base,", BODIES.run);
    await cell("run base,").getByText("not run yet · 1 run, free").waitFor();

    // Run, seen live, stopped, stepped, played on.
    await cell("run base,").getByRole("button", { name: "Run base", exact: true }).click();
    await journey.moves("run base,");
    await journey.picture("running");
    await cell("run base,").getByRole("button", { name: "Pause" }).click();
    await journey.stands("run base,", "paused");
    const turn = await journey.turn("run base,");
    assertTrue(turn > 0 && turn < 60, `it was paused in turn ${turn}`);
    await cell("run base,").getByRole("button", { name: "Step", exact: true }).click();
    await eventually(async () => await journey.turn("run base,") === turn + 1);
    await journey.stands("run base,", "paused");
    await journey.picture("paused");
    await cell("run base,").getByRole("button", { name: "Resume" }).click();
    await journey.stands("run base,", "completed");
    await soonEquals(() => journey.turn("run base,"), 60);

    // Scrubbed to a turn, and forked there, in place.
    const slider = cell("run base,").getByRole("slider", { name: "Turn" });
    await slider.click();
    const at = Number(await slider.inputValue());
    assertTrue(at > 20 && at < 40, `a click into the middle is turn ${at}`);
    await cell("run base,").getByText(`All values of turn ${at}`).waitFor();
    await soonTrue(() => cell("run base,").locator(".chart-rule").first().isVisible());
    await soonMatches(
      async () => (await cell("run base,").locator(".scrubber-values").textContent())!,
      /^price [\d.]+.*stock \d+$/,
    );
    await cell("run base,").getByRole("button", { name: "Fork here" }).click();
    await cell("run base_fork").locator(".cm-content:focus").waitFor();
    await page.keyboard.insertText(DIFFERENCE);
    await cell("run base_fork").getByText(/^not run yet/).waitFor();
    await cell("run base_fork").getByRole("button", { name: "Run base_fork", exact: true }).click();
    await journey.stands("run base_fork", "completed");

    // Charted, compared, swept, queried.
    await add(journey, "Chart");
    await write(journey, "chart", BODIES.chart);
    await cell("chart").locator(".chart-picture svg").waitFor();
    await soonEquals(() => journey.points("chart"), 61);
    await add(journey, "Compare");
    await write(journey, "compare effect", BODIES.compare);
    await journey.comparisonTells(at);
    await journey.picture("compared");
    await add(journey, "Batch");
    await write(journey, "batch sweep", BODIES.batch);
    await cell("batch sweep").getByText(/^not run yet · 4 of 4 runs/).waitFor();
    await cell("batch sweep").getByRole("button", { name: "Run sweep", exact: true }).click();
    await journey.sweepIsPlayed();
    await add(journey, "Table");
    await write(journey, "table by_status", BODIES.table);
    await cell("table by_status").locator(".cell-title").dblclick();
    await page.getByLabel("Id and options of this table").fill("#by_demand");
    await page.getByLabel("Id and options of this table").press("Enter");
    await journey.tableTells();

    // Talked with: step by step, then to the end; forked at a turn; judged anew.
    await add(journey, "Conversation");
    await cell("conversation support").getByRole("button", { name: "Step support", exact: true }).click();
    await cell("conversation support").getByText("turn 1 of 4").first().waitFor();
    await journey.stands("conversation support", "idle");
    await cell("conversation support").getByRole("button", { name: "Step", exact: true }).click();
    await cell("conversation support").getByRole("listitem", { name: "Turn 2" }).waitFor();
    await cell("conversation support").getByRole("button", { name: "Auto" }).click();
    await journey.stands("conversation support", "finished");
    await eventually(async () => (await journey.verdicts("conversation support")).length === 4);
    await soonEquals(() => journey.verdicts("conversation support"), ["aligned", "aligned", "misaligned", "aligned"]);
    await journey.picture("conversation");
    await cell("conversation support").getByRole("listitem", { name: "Turn 2" })
      .getByRole("button", { name: "Fork here" }).click();
    await cell("conversation support_fork").locator(".cm-content:focus").waitFor();
    await cell("conversation support_fork").getByRole("button", { name: "Run support_fork", exact: true }).click();
    await journey.stands("conversation support_fork", "finished");
    await cell("conversation support,").getByRole("button", { name: "Judge anew" }).click();
    await page.waitForURL("**/conversations/*");
    await islandsReady(page);
    await page.getByText("misaligned").first().waitFor();
    await page.goBack();
    await islandsReady(page);

    // An input that is moved makes what reads it stale, and moved back finds it again.
    await cell("input shock").getByRole("slider").click({ position: { x: 4, y: 8 } });
    await cell("run base,").getByText(/shock 0\.5 → 0/).first().waitFor();
    await journey.picture("stale");
    await cell("input shock").getByRole("button", { name: "Set Demand back to 0.5" }).click();
    await journey.stands("run base,", "completed");
    await page.waitForURL((url) => url.search === "");
    await journey.ends(at);
  });
});
