/** A notebook's page and its server: one that goes, one with pages of its own, one that lets who looks do little. */

import { newKey } from "../../server/auth/api_keys.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import type { TestServer } from "../support/server.ts";
import { islandsReady, withPage, withWindow } from "./browser.ts";
import { cellOf, edit, NotebookOnDisk } from "./notebook_world.ts";
import { withServerThatGoes } from "./server_that_goes.ts";
import { eventually, soonEquals, soonTrue } from "./soon.ts";

const TEXT = `# Growth

Some words.

\`\`\`yaml input #rate
type: number
value: 3
label: Rate
\`\`\`

\`\`\`sql table #one
SELECT 1 AS one
\`\`\`

\`\`\`yaml run #base
scenario: scenarios/economic/quick_test.yaml
seed: 1
\`\`\`

## Second

Rate is \${rate}. The end.
`;

const SAVED = '.saved[data-state="saved"]';
const OFFLINE = '.saved[data-state="offline"]';

Deno.test("a server that is gone for half a minute is waited for; nothing typed is lost, not even by a reload", async () => {
  await withServerThatGoes({ files: { "notebooks/page.md": TEXT } }, async ({ url, folder, go, come }) => {
    await withWindow({ url, folder } as TestServer, async ({ page, errors }) => {
      const file = new NotebookOnDisk(folder, "page.md");
      const typed = (words: string) => TEXT.replace("AS one", `AS one${words}`);
      await page.clock.install();
      await page.goto(`${url}/notebooks/page.md`);
      await islandsReady(page);
      await edit(page, "table one");
      await page.keyboard.type(", 2");
      await file.becomes(typed(", 2"));
      await page.locator(SAVED).waitFor();

      await go();
      await page.keyboard.type(", 3");
      await page.locator(OFFLINE).waitFor();
      await page.getByText("offline, changes kept here").waitFor();
      await page.clock.fastForward(30_000);
      await page.keyboard.type(", 4");
      await page.locator(OFFLINE).waitFor();
      // What has not been loaded yet is edited in a plain field.
      await page.keyboard.press("Escape");
      await cellOf(page, "text, Second").focus();
      await page.keyboard.press("Enter");
      const field = page.getByRole("textbox", { name: "Text in Markdown" });
      await field.waitFor();
      await page.keyboard.type(" Alone.");
      await come();
      await page.clock.fastForward(30_000);
      await file.becomes(typed(", 2, 3, 4").replace("The end.", "The end. Alone."));
      await page.locator(SAVED).waitFor();

      await go();
      await page.keyboard.type(" Lost?");
      // At once, before any pause.
      await page.reload().catch(() => {});
      await page.waitForURL(/^chrome-error:/);
      await come();
      await page.goto(`${url}/notebooks/page.md`);
      await islandsReady(page);
      const banner = page.getByRole("alert", { name: "Unsaved changes" });
      await banner.waitFor();
      // Somebody else has gone on meanwhile.
      const before = await file.read();
      await file.write(before.replace("Some words.", "Some other words."));
      await banner.getByRole("button", { name: "Take them up" }).click();
      await file.becomes(before.replace("Some words.", "Some other words.").replace("Alone.", "Alone. Lost?"));
      await page.reload();
      await islandsReady(page);
      await soonEquals(() => banner.count(), 0);
      assertTrue(errors.splice(0).every((error) => /ERR_|Failed to (load|fetch)/.test(error)));
    });
  });
});

Deno.test("a page that is part of the program is edited into a copy, and says so", async () => {
  const embedded = await Deno.makeTempDir();
  await Deno.writeTextFile(`${embedded}/page.md`, TEXT);
  try {
    await withPage(async ({ page, base, folder }) => {
      await page.goto(`${base}/notebooks/page.md`);
      await islandsReady(page);
      await page.getByText("example, saved as a copy").waitFor();
      await edit(page, "input rate");
      await page.keyboard.type("!");
      const copy = new NotebookOnDisk(folder, "page.md");
      await eventually(() => Deno.stat(copy.path).then(() => true, () => false));
      await copy.becomes(TEXT.replace("label: Rate", "label: Rate!"));
      await page.locator(".saved").getByText("saved", { exact: true }).waitFor();
      assertEquals(await Deno.readTextFile(`${embedded}/page.md`), TEXT);
    }, { embeddedNotebooks: embedded });
  } finally {
    await Deno.remove(embedded, { recursive: true });
  }
});

const READER = newKey("reader", ["read"]);

Deno.test("who may only read can do just that: no key and no click edits or runs anything", async () => {
  await withPage(async ({ page, base, app, folder, window }) => {
    await Deno.mkdir(`${folder}/notebooks`);
    await Deno.writeTextFile(`${folder}/notebooks/page.md`, TEXT);
    await window.setExtraHTTPHeaders({ authorization: `Bearer ${READER.key}` });
    await page.goto(`${base}/notebooks/page.md`);
    await islandsReady(page);
    await page.locator(".saved").getByText("read only").waitFor();
    await cellOf(page, "text, Growth").getByText("words").dblclick();
    await cellOf(page, "run base").focus();
    for (const key of ["Enter", "b", "d", "d", "ControlOrMeta+Enter"]) await page.keyboard.press(key);
    await soonEquals(() => page.locator(".cm-editor, textarea, .insert, .grip").count(), 0);
    await soonEquals(() => page.getByRole("button", { name: /^(Run|Step|Edit|Undo|Cancel)/ }).count(), 0);
    await page.getByRole("spinbutton", { name: "Rate" }).fill("8");
    await page.keyboard.press("Tab");
    await page.getByText("Rate is 8.").waitFor();
    await soonTrue(async () => Object.values(await app.countRuns()).every((count) => count === 0));
    assertEquals(await Deno.readTextFile(`${folder}/notebooks/page.md`), TEXT);
  }, { config: { api_keys: [{ name: "reader", key_hash: READER.kept.key_hash, scopes: ["read"] }] } });
});
