/** Pages of scenario files: found, edited, checked while one types, saved, run; and what may go wrong meanwhile. */

import type { Page } from "playwright-core";
import { currentScripts } from "../../server/mod.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import { islandsReady, type Visit, type VisitOptions, withWindow } from "./browser.ts";

const MARKET = await Deno.readTextFile(new URL("../fixtures/domains/market/mod.ts", import.meta.url));

const SHOP = `# A shop of two traders.
domain: shop
simulation: { name: shop, max_turns: 5 }
engine:
  type: exchange
  demand: 0.5   # of each trader
validator: { type: always_valid }
agents:
  - { name: Ann, type: trader, config: { pause_ms: 0 } }
  - { name: Bob, type: trader }
state_variables:
  agent_vars:
    coins: { type: float, default: 10, description: coins }
  global_vars:
    price: { type: float, default: 100, description: "price, coins" }
    stock: { type: float, default: 200, description: "goods left" }
`;

/** The files of a domain of the test's own, which may be written. */
function filesIn(folder: string) {
  const scenarios = `${folder}/domains/shop/scenarios`;
  return {
    read: (name: string) => Deno.readTextFileSync(`${scenarios}/${name}`),
    write: (name: string, text: string) => {
      Deno.mkdirSync(scenarios, { recursive: true });
      Deno.writeTextFileSync(`${scenarios}/${name}`, text);
    },
    remove: (name: string) => Deno.removeSync(`${scenarios}/${name}`),
    exists: (name: string) => {
      try {
        return Deno.statSync(`${scenarios}/${name}`).isFile;
      } catch {
        return false;
      }
    },
  };
}

async function open({ page, base }: Visit, config: string, query = ""): Promise<void> {
  page.setDefaultTimeout(15_000);
  await page.goto(`${base}/scenarios/shop/${config}${query}`);
  await islandsReady(page);
  await page.locator('.scenario[data-live="true"]').waitFor();
  if (query === "") await page.locator('.scenario-editor[data-live="true"]').waitFor();
}

const state = (page: Page, word: string) => page.locator(`.scenario[data-state="${word}"]`).waitFor();
const finding = (page: Page, text: string | RegExp) => page.locator(".finding", { hasText: text });

/** Puts the caret at the end of the line that has these words in it. */
async function caretAfter(page: Page, words: string): Promise<void> {
  await page.locator(".cm-line", { hasText: words }).click();
  await page.keyboard.press("End");
}

/** Resolves when the caret is in this line. */
async function caretIs(page: Page, line: string): Promise<void> {
  const caret = (line: string) => getSelection()?.anchorNode?.parentElement?.closest(".cm-line")?.textContent === line;
  await page.waitForFunction(caret, line);
}

Deno.test("pages of scenarios", async (t) => {
  const listen = { scripts: await currentScripts() };
  const before = (_: unknown, folder: string) => {
    const files = filesIn(folder);
    files.write("shop.yaml", SHOP);
    files.write("slow.yaml", "extends: shop.yaml\nsimulation: { name: slow, max_turns: 7 }\n");
  };
  await withServer({ listen, sources: { shop: MARKET }, before }, async (server) => {
    const files = filesIn(server.folder);
    const inWindow = (name: string, body: (visit: Visit) => Promise<void>, options: VisitOptions = {}) =>
      t.step(name, () => withWindow(server, body, { viewport: { width: 1440, height: 900 }, ...options }));

    await inWindow("what is typed is checked at its place, saved by Mod-s as it was typed, and run", async (visit) => {
      const { page, app } = visit;
      await open(visit, "shop.yaml");
      await page.getByText("Nothing is wrong with it.").waitFor();
      await caretAfter(page, "type: exchange");
      await page.keyboard.press("Enter");
      await page.keyboard.type("demnad: 1");
      await finding(page, "line 6").waitFor();
      await page.locator(".cm-lintRange-error", { hasText: "demnad" }).waitFor();
      await page.locator(".scenario-head .badge", { hasText: "1 error" }).waitFor();
      await caretAfter(page, "simulation:");
      await finding(page, "line 6").click();
      await caretIs(page, "  demnad: 1");
      await page.keyboard.press("Control+z");
      await page.keyboard.press("Control+z");
      await page.getByText("Nothing is wrong with it.").waitFor();
      await caretAfter(page, "max_turns");
      await page.keyboard.type("   # few");
      await state(page, "changed");
      await page.keyboard.press("Control+s");
      await state(page, "saved");
      assertEquals(files.read("shop.yaml"), SHOP.replace("max_turns: 5 }", "max_turns: 5 }   # few"));
      await caretAfter(page, "max_turns");
      await page.keyboard.type(", very few");
      await page.keyboard.press("Control+Enter");
      await page.waitForURL(/\/runs\/shop_/);
      assertTrue(files.read("shop.yaml").includes("# few, very few"));
      const run = new URL(page.url()).pathname.split("/").at(-1)!;
      assertEquals((await app.wait(run)).max_turns, 5);
      files.write("shop.yaml", SHOP);
    });

    await inWindow("a file that extends another is shown with it, and where each line is written", async (visit) => {
      const { page } = visit;
      await open(visit, "slow.yaml", "?view=resolved");
      await page.getByRole("tab", { name: "Resolved", selected: true }).waitFor();
      const line = (text: string) => page.locator(".resolved tr", { hasText: text });
      await line("demand: 0.5").locator(".line-origin", { hasText: "shop.yaml:6" }).waitFor();
      await line("max_turns: 7").getByRole("button", { name: "here:2" }).click();
      await page.getByRole("tab", { name: "Text", selected: true }).waitFor();
      await caretIs(page, "simulation: { name: slow, max_turns: 7 }");
      assertEquals(new URL(page.url()).search, "");
    });
  });
});
