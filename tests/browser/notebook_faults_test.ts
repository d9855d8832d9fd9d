/** A notebook when things go wrong: files that change underneath, servers that go, texts that are hostile, broken or huge. */

import type { Page } from "playwright-core";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { axeViolations, islandsReady, screenshot } from "./browser.ts";
import { notebookTest } from "./notebook_test_world.ts";
import { cellOf, edit } from "./notebook_world.ts";
import { eventually, soonEquals, soonTrue } from "./soon.ts";

const INPUT = "```yaml input #rate\ntype: number\nvalue: 3\nlabel: Rate\n```\n\n";
const TABLE = "```sql table #one\nSELECT 1 AS one\n```\n\n";
const TEXT = `# Growth\n\nSome words.\n\n${INPUT}${TABLE}## Second\n\nThe end.\n`;

const SAVED = '.saved[data-state="saved"]';
const OFFLINE = '.saved[data-state="offline"]';
const CONFLICT = { name: "Conflict with the file on disk" };

/** Has no writing reach the server, until the result is called. */
async function withoutWrites(page: Page): Promise<() => Promise<void>> {
  const address = "**/api/notebooks/**";
  await page.route(address, (route) => route.request().method() === "PUT" ? route.abort() : route.continue());
  return () => page.unroute(address);
}

notebookTest(
  "a change on disk appears within a second, without taking the caret; where one types, both are kept",
  TEXT,
  async ({ page, cell, file }) => {
    // That it is seen tells that the stream is open.
    await file.write(TEXT.replace("The end.", "The very end."));
    await page.getByText("The very end.").waitFor();
    const begun = performance.now();
    await file.write(TEXT.replace("The end.", "Another end."));
    await page.getByText("Another end.").waitFor();
    assertTrue(performance.now() - begun < 1500, `${performance.now() - begun} ms`);
    await edit(page, "table one");
    await page.keyboard.type(", 2");
    await file.write(TEXT.replace("The end.", "A third end."));
    await page.keyboard.type(" AS two");
    await page.getByText("A third end.").waitFor();
    await page.keyboard.type(", 3");
    await file.becomes(TEXT.replace("The end.", "A third end.").replace("AS one", "AS one, 2 AS two, 3"));
    // Also into the very text that is edited: above the caret, which stays behind the same word.
    await edit(page, "text, Second");
    await page.keyboard.press("ArrowLeft");
    await file.write((await file.read()).replace("## Second\n", "## Second\n\nFirst this.\n"));
    await cell("text, Second").locator(".cm-content").getByText("First this.").waitFor();
    await page.keyboard.type(", or not");
    await eventually(async () => (await file.read()).endsWith("First this.\n\nA third end, or not.\n"));
  },
);

notebookTest(
  "the same lines changed in two places are asked about, cell by cell, and nothing is written meanwhile",
  TEXT,
  async ({ page, cell, file, errors }) => {
    await edit(page, "input rate");
    const reconnect = await withoutWrites(page);
    await page.keyboard.type(" mine");
    await page.keyboard.press("Escape");
    await edit(page, "text, Second");
    await page.keyboard.type(" Mine.");
    await page.keyboard.press("Escape");
    await edit(page, "table one");
    await page.keyboard.type(", 5 AS five");
    await page.keyboard.press("Escape");
    await page.locator(OFFLINE).waitFor();
    const theirs = TEXT.replace("label: Rate", "label: Rate disk").replace("The end.", "The end. Theirs.")
      .replace("AS one", "AS one, 6 AS six");
    await file.write(theirs);
    await reconnect();
    const conflict = page.getByRole("region", CONFLICT);
    await conflict.waitFor();
    await soonEquals(() => conflict.getByRole("heading", { level: 3 }).allTextContents(), [
      "input #rate",
      "table #one",
      "text",
    ]);
    assertEquals(await axeViolations(page, ".conflict"), []);
    await screenshot(page, "notebook_conflict");
    const take = (where: string, what: string) =>
      conflict.getByRole("group", { name: `Take for ${where}` }).getByRole("button", { name: what }).click();
    await take("table #one", "Both");
    await take("text", "Disk");
    // Another cell can be edited meanwhile, and answers that were given stay.
    await edit(page, "text, Growth");
    await page.keyboard.type(" Typed.");
    await page.keyboard.press("Escape");
    await soonEquals(() => file.read(), theirs);
    await soonEquals(() => page.locator('.saved[data-state="conflict"]').count(), 1);
    await take("input #rate", "Mine");
    await conflict.waitFor({ state: "detached" });
    await eventually(async () => (await file.read()).includes("label: Rate mine"));
    await page.locator(SAVED).waitFor();
    const text = await file.read();
    assertTrue(text.includes("SELECT 1 AS one, 5 AS five\nSELECT 1 AS one, 6 AS six\n"), text);
    assertTrue(text.endsWith("The end. Theirs.\n") && text.includes("Typed."), text);
    await soonTrue(async () => await cell("input rate").getByText("Rate mine").count() > 0);
    errors.length = 0;
  },
);

notebookTest(
  "a file that is deleted stays on the page with all that is typed, and is written again when that is wanted",
  TEXT,
  async ({ page, file, open, errors }) => {
    await file.write(TEXT.replace("The end.", "An end."));
    await page.getByText("An end.").waitFor();
    await file.remove();
    const banner = page.getByRole("alert", { name: "The file is gone" });
    await banner.waitFor();
    // One that comes back by itself is taken as it is.
    await file.write(TEXT);
    await banner.waitFor({ state: "detached" });
    await page.getByText("The end.").waitFor();
    await file.remove();
    await banner.waitFor();
    await edit(page, "text, Second");
    await page.keyboard.type("!");
    // Not even a reload loses it: there is no page any more, but the draft.
    await eventually(async () => (await page.evaluate(() => JSON.stringify(localStorage))).includes("The end.!"));
    assertEquals(await Deno.stat(file.path).catch(() => null), null);
    await banner.getByRole("button", { name: "Save it again" }).click();
    await file.becomes(TEXT.replace("The end.", "The end.!"));
    await page.locator(SAVED).waitFor();
    await open();
    errors.length = 0;
  },
);

notebookTest("two browsers on one page: each shows what the other writes, both typing", TEXT, async (visit) => {
  const { page, window, cell, open, file, errors } = visit;
  const other = await window.newPage();
  await open(other);
  await edit(other, "table one");
  await page.bringToFront();
  await edit(page, "text, Second");
  for (const n of [1, 2, 3]) {
    await page.keyboard.type(` Here${n}.`);
    await other.keyboard.type(`, ${n}`);
  }
  const both = TEXT.replace("AS one", "AS one, 1, 2, 3").replace("The end.", "The end. Here1. Here2. Here3.");
  await file.becomes(both);
  await cell("table one").getByText("SELECT 1 AS one, 1, 2, 3").waitFor();
  await cellOf(other, "text, Second").getByText("Here3.").waitFor();
  // A cell that one of them deletes while the other types in it is asked about, not lost.
  await page.keyboard.press("Escape");
  const reconnect = await withoutWrites(other);
  await other.keyboard.type(", 4");
  await other.locator(OFFLINE).waitFor();
  await cell("table one").focus();
  await page.keyboard.press("d");
  await page.keyboard.press("d");
  await file.becomes(both.replace(/```sql[^]*?```\n\n/, ""));
  await reconnect();
  const conflict = other.getByRole("region", CONFLICT);
  await conflict.getByText("nothing", { exact: true }).waitFor();
  await conflict.getByRole("button", { name: "Mine" }).click();
  await file.becomes(both.replace("1, 2, 3", "1, 2, 3, 4"));
  await cell("table one").getByText("1, 2, 3, 4").waitFor();
  errors.length = 0;
});

notebookTest("a draft that is found can be dropped", TEXT, async ({ page, open, file, errors }) => {
  await withoutWrites(page);
  await edit(page, "table one");
  await page.keyboard.type(", 2 AS two");
  await page.locator(OFFLINE).waitFor();
  await open();
  const banner = page.getByRole("alert", { name: "Unsaved changes" });
  await banner.getByRole("button", { name: "Drop them" }).click();
  await banner.waitFor({ state: "detached" });
  await open();
  await soonEquals(async () => [await banner.count(), await file.read()], [0, TEXT]);
  errors.length = 0;
});

const PAID = `${INPUT}\`\`\`yaml run #played auto
scenario: scenarios/economic/quick_test.yaml
seed: \${rate}
\`\`\`
`;

notebookTest(
  "a link whose address moves inputs starts nothing; auto acts only after Run, and only when a person moves the input",
  PAID,
  async ({ page, cell, open, app }) => {
    const asked: string[] = [];
    page.on("request", (request) => {
      const action = /"action":"(\w+)"/.exec(request.postData() ?? "")?.[1];
      if (action !== undefined) asked.push(action);
    });
    const runs = async () => Object.values(await app.countRuns()).reduce((sum, n) => sum + n, 0);
    const begun = await runs();
    await open(page, "?rate=21");
    await cell("run played, stale").waitFor();
    await soonEquals(() => cell("input rate").getByRole("spinbutton").inputValue(), "21");
    await cell("run played").getByRole("button", { name: "Run played" }).last().click();
    await cell("run played, done").waitFor();
    await soonEquals(() => runs(), begun + 1);
    asked.length = 0;
    // A link to other values, after the person has allowed it to act.
    await open(page, "?rate=22");
    await cell("run played, stale").waitFor();
    await edit(page, "run played");
    await page.keyboard.press("End");
    await page.keyboard.type(" ");
    await page.keyboard.press("Backspace");
    await eventually(() => asked.includes("view"));
    await page.locator(SAVED).waitFor();
    await soonEquals(async () => [asked.filter((action) => action === "run"), await runs()], [[], begun + 1]);
    await page.keyboard.press("Escape");
    await cell("input rate").getByRole("spinbutton").fill("23");
    await page.keyboard.press("Tab");
    await cell("run played, done").waitFor();
    await soonEquals(() => runs(), begun + 2);
    assertEquals(new URL(page.url()).search, "?rate=23");
    // Back to a value that was played: its result is there at once, and nothing is played.
    await cell("input rate").getByRole("spinbutton").fill("21");
    await page.keyboard.press("Tab");
    await cell("run played, cached").waitFor();
    await soonEquals(() => runs(), begun + 2);
    // Once its source has changed it has to be allowed anew.
    await edit(page, "run played");
    await page.keyboard.type(" # other");
    await page.locator(SAVED).waitFor();
    await page.keyboard.press("Escape");
    await cell("input rate").getByRole("spinbutton").fill("24");
    await page.keyboard.press("Tab");
    await cell("run played, stale").waitFor();
    await soonEquals(() => runs(), begun + 2);
  },
);

const EVIL = '<img src="/pwned.png" onerror="window.pwned=1"><script>window.pwned=2</script>';
const HOSTILE = `---
title: '${EVIL}'
---

# Head ${EVIL}

<script>window.pwned=3</script>
<svg onload="window.pwned=4"><script>window.pwned=5</script></svg>
<iframe src="/pwned"></iframe><object data="/pwned"></object><embed src="/pwned"><base href="http://pwned.example/">
<meta http-equiv="refresh" content="0;url=/pwned"><link rel="stylesheet" href="/pwned.css"><style>@import "/pwned.css";</style>
<form action="/pwned"><button>Save</button></form><input autofocus onfocus="window.pwned=6">
<a href="javascript:window.pwned=7">script</a> [also](javascript:window.pwned=8) [data](data:text/html,<script>alert(1)</script>)
<div style="position:fixed;inset:0" onclick="window.pwned=9" onmouseover="window.pwned=10">cover</div>
![elsewhere](http://pwned.example/a.png) ![here](/pwned.png)

\`\`\`yaml input #evil
type: select
label: '${EVIL}'
options: ['${EVIL}', two]
value: two
\`\`\`

\`\`\`yaml conversation #talk
scenario: scenarios/conversation/plan_refine_offline.yaml
set:
  conversation.user.goal: '${EVIL}'
  conversation.user.script:
    - message: '${EVIL} [x](javascript:window.pwned=11)'
      desired_action: { name: create_task, parameters: { name: '${EVIL}', parent_id: 5, instruction: '${EVIL}' } }
    - message: '${EVIL}'
      desired_action: null
\`\`\`

\`\`\`sql table #rows
SELECT '${EVIL.replaceAll("'", "''")}' AS "${EVIL.replaceAll('"', '""')}" FROM talk
\`\`\`

Shown: \${evil}
`;

notebookTest(
  "hostile Markdown, values and transcripts are text: nothing runs, nothing is loaded, nothing looks like the page's own",
  HOSTILE,
  async ({ page, base, cell, errors }) => {
    const [loaded, dialogs]: [string[], string[]] = [[], []];
    page.on("request", (request) => loaded.push(request.url()));
    page.on("dialog", (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    await page.goto(`${page.url()}?evil=${encodeURIComponent(EVIL)}#${encodeURIComponent(EVIL)}`);
    await islandsReady(page);
    await cell("conversation talk").getByRole("button", { name: "Run talk" }).last().click();
    await cell("conversation talk, done").waitFor();
    await cell("conversation talk").getByText("window.pwned=11").first().waitFor();
    for (const link of await page.locator(".prose a").all()) await link.click({ noWaitAfter: true, timeout: 2000 });
    await page.getByRole("tab", { name: "Values" }).click();
    await page.getByRole("tab", { name: "Runs" }).click();
    const elements =
      "script:not([nonce], [type='application/json']), iframe, object, embed, base, .cells form, .prose :is(input, style, meta, link)";
    const found = await page.evaluate((selector) => ({
      pwned: (globalThis as unknown as { pwned?: number }).pwned ?? null,
      elements: [...document.querySelectorAll(selector)].map(({ outerHTML }) => outerHTML),
      handlers: [...document.querySelectorAll("*")].flatMap(({ attributes }) =>
        [...attributes].filter(({ name, value }) => name.startsWith("on") || /^javascript:/i.test(value)).map((at) =>
          at.value
        )
      ),
      styled: document.querySelectorAll(".prose [style]").length,
    }), elements);
    assertEquals(found, { pwned: null, elements: [], handlers: [], styled: 0 });
    assertEquals(dialogs, []);
    // A picture that the page names, and nothing else of what it names, nor anything from elsewhere.
    assertEquals(
      new Set(loaded.filter((url) => !url.startsWith(base) || /pwned/.test(new URL(url).pathname))),
      new Set([
        `${base}/pwned.png`,
      ]),
    );
    // And were something to slip through: the page's policy refuses it.
    const slipped = await page.evaluate(async () => {
      const script = document.createElement("script");
      script.textContent = "window.pwned = 12";
      const picture = document.createElement("div");
      picture.innerHTML = '<img src="data:," onerror="window.pwned = 13">';
      document.body.append(script, picture);
      await new Promise((resolve) => setTimeout(resolve, 50));
      return (globalThis as unknown as { pwned?: number }).pwned ?? null;
    });
    assertEquals(slipped, null);
    assertTrue(errors.splice(0).every((error) => /Content Security Policy|violates|404/.test(error)));
  },
);

const BROKEN = `---
title: [never closed
---

# Still here

${INPUT.replace("rate", "fine")}${INPUT}\`\`\`yaml input #rate
value: 1
\`\`\`

\`\`\`yaml chart
data: nobody
mark: cloud
\`\`\`

\`\`\`yaml scenario #a
scenario: b
\`\`\`

\`\`\`yaml scenario #b
scenario: a
\`\`\`

\`\`\`sql table #bad
SELEC 1
\`\`\`
`;

notebookTest(
  "broken front matter, ids that are taken, cycles, unknown names and wrong SQL stand at their place; the rest works",
  BROKEN,
  async ({ page, cell, file }) => {
    await page.getByText(/Line \d+: /).first().waitFor();
    await cell("input fine, done").waitFor();
    for (
      const [label, words] of [["chart", /nobody/], ["scenario a", /cycle|reads itself/i], [
        "scenario b",
        /cycle|reads itself/i,
      ]] as const
    ) {
      await cell(label).locator(".issue, .badge").getByText(words).first().waitFor();
    }
    await cell("input rate").first().locator(".issue").getByText(/rate/).first().waitFor();
    // A way leads from what is wrong to its line.
    await cell("chart").locator(".issue").getByRole("button", { name: /line/ }).first().click();
    await cell("chart").locator(".cm-focused").waitFor();
    await page.keyboard.press("Escape");
    await edit(page, "front matter");
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("title: Mended");
    await file.becomes(BROKEN.replace("[never closed", "Mended"));
    await page.locator(".notebook-name").getByText("Mended").waitFor();
    await page.getByText(/Line \d+: /).first().waitFor({ state: "detached" });
  },
);

const PARAGRAPH = `${"Words of a very long page, one after another. ".repeat(20)}\n\n`;
const HUGE = `# Huge\n\n${INPUT}${
  Array.from({ length: 20 }, (_, i) => `${PARAGRAPH.repeat(270)}\`\`\`yaml input #in_${i}\nvalue: ${i}\n\`\`\`\n\n`)
    .join("")
}`;

notebookTest(
  "a page of five megabytes opens, is typed in without waiting, and is saved; one that grows beyond is kept, and that is said",
  HUGE,
  async ({ page, file, open, errors }) => {
    assertTrue(HUGE.length > 4_900_000 && HUGE.length < 5 << 20, `${HUGE.length}`);
    await edit(page, "input rate");
    await page.keyboard.type("!");
    await file.becomes(HUGE.replace("label: Rate", "label: Rate!"));
    await page.locator(SAVED).waitFor();
    const times = await page.evaluate(async () => {
      const taken: number[] = [];
      for (let i = 0; i < 20; i++) {
        const begun = performance.now();
        document.execCommand("insertText", false, "x");
        document.querySelector(".cm-content")!.getBoundingClientRect();
        taken.push(performance.now() - begun);
        await new Promise((resolve) => requestAnimationFrame(resolve));
      }
      return taken.sort((a, b) => a - b);
    });
    assertTrue(times[10]! < 50, `${times[10]} ms at the median`);
    await file.becomes(HUGE.replace("label: Rate", `label: Rate!${"x".repeat(20)}`));
    await page.locator(SAVED).waitFor();
    await page.evaluate(() => document.execCommand("insertText", false, "y".repeat(400_000)));
    await page.getByRole("alert", { name: "Not saved" }).getByText("kept in this browser").waitFor();
    await open();
    const banner = page.getByRole("alert", { name: "Unsaved changes" });
    await banner.getByRole("button", { name: "Drop them" }).click();
    await banner.waitFor({ state: "detached" });
    errors.length = 0;
  },
);
