/** A notebook's page beside its editing: inputs, panel, presenting, rights, and whoever reads it by other means. */

import { assertEquals, assertMatches } from "../support/assert.ts";
import { axeViolations, islandsReady } from "./browser.ts";
import { notebookTest } from "./notebook_test_world.ts";
import { edit, focusIs, fromPageMenu } from "./notebook_world.ts";
import { soonEquals, soonMatches } from "./soon.ts";

const input = (id: string, body: string) => `\`\`\`yaml input #${id}\n${body}\n\`\`\`\n\n`;

const INPUTS = `# Inputs

${input("size", "type: range\nmin: 0\nmax: 1\nstep: 0.1\nvalue: 0.2\nlabel: Size")}${
  input("seed", "type: number\nvalue: 41\nlabel: Seed")
}${input("who", "type: select\noptions: [Ann, Ben]\nvalue: Ann\nlabel: Who")}${
  input("note", "type: text\nvalue: none\nlabel: Note")
}${input("hot", "type: toggle\nvalue: false\nlabel: Hot")}${
  input("way", "type: radio\noptions: [left, right]\nvalue: left\nlabel: Way")
}Now: \${size} \${seed} \${who} \${note} \${hot} \${way}.

\`\`\`yaml run #played
scenario: scenarios/economic/quick_test.yaml
seed: \${seed}
\`\`\`
`;

notebookTest(
  "an input of every type is moved: readers follow, paid ones are stale and say why, the address keeps it, the file does not",
  INPUTS,
  async ({ page, cell, file, open }) => {
    const now = (text: string) => page.getByText(`Now: ${text}.`, { exact: true }).waitFor();
    const search = (text: string) => page.waitForURL((url) => url.search === text);
    await now("0.2 41 Ann none false left");
    await cell("run played").getByRole("button", { name: "Run played" }).last().click();
    await cell("run played, done").waitFor();
    await page.getByRole("slider", { name: "Size" }).focus();
    for (const key of ["ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    await search("?size=0.5");
    await now("0.5 41 Ann none false left");
    await page.getByRole("spinbutton", { name: "Seed" }).fill("42");
    await page.keyboard.press("Tab");
    await cell("run played, stale").getByText("seed 41 → 42").first().waitFor();
    await page.getByRole("combobox", { name: "Who" }).selectOption("Ben");
    await page.getByRole("textbox", { name: "Note" }).fill("two words & more");
    await page.keyboard.press("Tab");
    await page.getByRole("switch", { name: "Hot" }).check();
    await page.getByRole("radiogroup", { name: "Way" }).getByRole("radio", { name: "right" }).check();
    const moved = "?size=0.5&seed=42&who=Ben&note=two+words+%26+more&hot=true&way=right";
    await search(moved);
    await now("0.5 42 Ben two words & more true right");
    // Somebody who is given the link sees the same; nothing of it is in the file.
    await open(page, moved);
    await now("0.5 42 Ben two words & more true right");
    await soonEquals(() => page.getByRole("switch", { name: "Hot" }).isChecked(), true);
    await soonEquals(() => page.getByRole("radio", { name: "right" }).isChecked(), true);
    await soonEquals(() => page.getByRole("combobox", { name: "Who" }).inputValue(), "Ben");
    await soonEquals(() => file.read(), INPUTS);
    for (const label of ["Size", "Seed", "Who", "Note", "Hot", "Way"]) {
      await page.getByRole("button", { name: `Set ${label} back to` }).click();
    }
    await search("");
    await now("0.2 41 Ann none false left");
    await cell("run played, done").waitFor();
    await cell("run played").locator(".provenance summary").first().click();
    const facts = await cell("run played").locator(".provenance dl").first().textContent();
    assertMatches(facts!, /run.*content key.*seed41.*cost.*validityvalid/);
  },
);

notebookTest(
  "the panel leads to headings and cells, tells values and who reads them, and is put away for good",
  INPUTS,
  async ({ page, open }) => {
    const panel = page.getByRole("tabpanel");
    await soonEquals(() => panel.getByRole("link").first().textContent(), "Inputs");
    await panel.getByRole("link", { name: /^played/ }).click();
    await focusIs(page, "run played");
    await page.getByRole("tab", { name: "Outline" }).focus();
    await page.keyboard.press("ArrowRight");
    await soonEquals(() => page.getByRole("tab", { name: "Values" }).getAttribute("aria-selected"), "true");
    const seed = panel.locator("div").filter({ has: page.getByRole("link", { name: "seed", exact: true }) });
    await soonMatches(async () => (await seed.textContent())!, /seed input41read by .*played/);
    await panel.getByRole("link", { name: "way", exact: true }).click();
    await focusIs(page, "input way");
    // What is moved is there at once.
    await page.getByRole("spinbutton", { name: "Seed" }).fill("43");
    await page.keyboard.press("Tab");
    await seed.getByText("43").waitFor();
    await page.getByRole("tab", { name: "Runs" }).click();
    await panel.getByText("Nothing was run for this page yet.").waitFor();
    await fromPageMenu(page, "Hide the panel");
    await page.getByRole("tablist").waitFor({ state: "hidden" });
    await open();
    await soonEquals(() => page.getByRole("tablist").isVisible(), false);
    await fromPageMenu(page, "Show the panel");
    await page.getByRole("tablist").waitFor();
  },
);

/** Runs of equal seeds are one. */
const text = (seed: number) =>
  `# Growth\n\nSome **words**, [a link](#second).\n\n${
    input("rate", "type: number\nvalue: 3\nlabel: Rate")
  }\`\`\`yaml scenario #crisis fold\nscenario: scenarios/economic/quick_test.yaml\nset: { simulation.max_turns: 3 }\n\`\`\`\n
\`\`\`yaml run #base
scenario: crisis
seed: ${seed}
\`\`\`

## Second

Rate is \${rate}.
`;

notebookTest(
  "presented, a page has no source and cannot be edited; inputs move, and come along when one goes back to editing",
  text(51),
  async ({ page, cell, file, path }) => {
    await fromPageMenu(page, "Present");
    await page.waitForURL(`**/${path}?view=present`);
    await islandsReady(page);
    await soonEquals(
      () => page.locator(".cell-source:visible, .toolbar:visible, .grip:visible, .insert:visible").count(),
      0,
    );
    await cell("text, Growth").getByText("words").dblclick();
    await cell("input rate").focus();
    for (const key of ["Enter", "b", "d", "d", "x"]) await page.keyboard.press(key);
    await soonEquals(() => page.locator(".cm-editor, textarea").count(), 0);
    await page.getByRole("spinbutton", { name: "Rate" }).fill("7");
    await page.keyboard.press("Tab");
    await page.getByText("Rate is 7.").waitFor();
    assertEquals(await axeViolations(page), []);
    await page.getByRole("link", { name: "Edit" }).click();
    await page.waitForURL(`**/${path}?rate=7`);
    await islandsReady(page);
    await page.getByText("Rate is 7.").waitFor();
    await edit(page, "input rate");
    await soonEquals(() => file.read(), text(51));
  },
);

notebookTest(
  "who cannot see the page is told: names and states of cells, what is done, what has ended",
  text(52),
  async ({ page, cell }) => {
    const said = (text: string) =>
      page.locator("[role=status][aria-live=polite]").getByText(text, { exact: true }).filter({ visible: true })
        .first().waitFor();
    const labels = () => page.locator("article").evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));
    await cell("run base, stale").waitFor();
    await soonEquals(() => labels(), [
      "text, Growth",
      "input rate, done",
      "scenario crisis, done",
      "run base, stale",
      "text, Second",
    ]);
    // One cell of the page, and what is in it, is in the order of Tab.
    await soonEquals(() => page.locator('article[tabindex="0"]').count(), 1);
    await cell("input rate").focus();
    await page.keyboard.press("Alt+ArrowDown");
    await said("Moved input rate down");
    await page.keyboard.press("d");
    await page.keyboard.press("d");
    await said("Deleted input rate");
    await page.keyboard.press("z");
    await cell("run base").focus();
    await page.keyboard.press("ControlOrMeta+Enter");
    await said("base finished at turn 3");
    await soonEquals(() => page.getByRole("group", { name: "Do with run base" }).count(), 1);
    await cell("run base").getByRole("button", { name: "More for run base" }).click();
    await page.getByRole("menu", { name: "More for run base" }).waitFor();
    assertEquals(await axeViolations(page, "[role=menu]"), []);
    await page.keyboard.press("Escape");
    await edit(page, "run base");
    await cell("run base").getByRole("textbox", { name: "Source of run base" }).waitFor();
    assertEquals(await axeViolations(page, "main"), []);
  },
);

notebookTest("menus are walked by keys, and give the focus back", text(55), async ({ page }) => {
  const button = page.getByRole("button", { name: "More for this page" });
  await button.focus();
  await page.keyboard.press("Enter");
  const items = page.getByRole("menuitem");
  await items.first().waitFor();
  const focused = () => page.evaluate(() => document.activeElement?.textContent ?? "");
  await soonMatches(() => focused(), /^Run all cells/);
  await page.keyboard.press("ArrowDown");
  await soonMatches(() => focused(), /^Save/);
  await page.keyboard.press("End");
  await soonEquals(() => focused(), await items.last().textContent());
  await page.keyboard.press("ArrowDown");
  await soonMatches(() => focused(), /^Run all cells/);
  // Letters in a menu are no commands of cells.
  for (const key of ["d", "d", "b"]) await page.keyboard.press(key);
  await soonEquals(() => page.locator("article").count(), 5);
  await page.keyboard.press("Escape");
  await items.first().waitFor({ state: "detached" });
  await soonEquals(() => page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "More for this page");
});

notebookTest("where little is to move, nothing does", text(56), async ({ page, cell }) => {
  await cell("run base").hover();
  await cell("run base").getByRole("button", { name: "Run base" }).last().click();
  await cell("run base, done").waitFor();
  const moving = await page.evaluate(() =>
    [...document.querySelectorAll("*")].filter((element) => {
      const { transitionDuration, animationDuration, animationIterationCount } = getComputedStyle(element);
      const seconds = [...transitionDuration.split(","), ...animationDuration.split(",")].map(parseFloat);
      return Math.max(...seconds) > 0.01 || animationIterationCount === "infinite";
    }).map(({ className }) => String(className))
  );
  assertEquals(moving, []);
}, { reducedMotion: "reduce" });

notebookTest(
  "without a script the page is read: text, values, results, sources; nothing on it is a dead button",
  text(53),
  async (visit) => {
    const { page, cell, app, path, open } = visit;
    await app.notebooks.run(path, { cells: ["base"] });
    await app.notebooks.settled(path);
    await open(page, "?rate=9");
    await soonEquals(() => page.locator("h1").first().textContent(), "Growth");
    await soonEquals(() => page.getByRole("spinbutton", { name: "Rate" }).inputValue(), "9");
    await page.getByText("Rate is 9.").waitFor();
    await cell("run base, ").getByText("turn 3 of 3").first().waitFor();
    await cell("input rate").getByText("label: Rate").waitFor();
    await soonEquals(() => cell("scenario crisis").getByText("simulation.max_turns").last().isVisible(), false);
    await cell("scenario crisis").getByText("Source", { exact: true }).click();
    await cell("scenario crisis").getByText("set: {").waitFor();
    await page.getByRole("link", { name: "a link" }).click();
    await page.waitForURL(/#second$/);
    const buttons = page.locator("main button:visible:enabled");
    await soonEquals(() => buttons.evaluateAll((all) => all.map(({ outerHTML }) => outerHTML)), []);
  },
  { javaScript: false },
);
