/** Pages of scenario files: found, edited, checked while one types, saved, run; and what may go wrong meanwhile. */

import type { Page } from "playwright-core";
import { manifest } from "../../routes/mod.ts";
import { newKey } from "../../server/auth/api_keys.ts";
import { currentScripts, listen } from "../../server/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import { axeViolations, islandsReady, type Visit, type VisitOptions, withPage, withWindow } from "./browser.ts";
import { soonEquals } from "./soon.ts";

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
  await page.goto(`${base}/scenarios/shop/${config}${query}`);
  await islandsReady(page);
  await page.locator('.scenario[data-live="true"]').waitFor();
  if (query === "") await nearText(page);
}

/** Comes near the text, and waits for its editor. */
async function nearText(page: Page): Promise<void> {
  await page.locator(".scenario-editor").hover();
  await page.locator('.scenario-editor[data-live="true"]').waitFor();
}

const state = (page: Page, word: string) =>
  soonEquals(() => page.locator(".scenario").getAttribute("data-state"), word);
const finding = (page: Page, text: string | RegExp) => page.locator(".finding", { hasText: text });

/** A section of the form. */
const section = (page: Page, name: string) =>
  page.locator("details", { has: page.locator(`> summary > .form-name:text-is("${name}")`) });

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
      await page.locator(".scenario-top .badge", { hasText: "1 error" }).waitFor();
      await caretAfter(page, "simulation:");
      await page.keyboard.press("F8");
      await caretIs(page, "  demnad: 1");
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

    await inWindow(
      "all files are listed by domain, and found by their words; a new one is made of another",
      async (visit) => {
        const { page, base, errors } = visit;
        await page.goto(`${base}/scenarios`);
        await islandsReady(page);
        await page.getByRole("region", { name: "shop" }).getByRole("link", { name: "slow.yaml" }).waitFor();
        await page.keyboard.press("/");
        await page.keyboard.type("DEBATE minds");
        await page.locator(".scenario-search", { hasText: "1 scenario" }).waitFor();
        await page.getByRole("link", { name: "llm_debate.yaml" }).waitFor();
        assertEquals(new URL(page.url()).search, "?q=DEBATE+minds");
        await page.getByRole("searchbox", { name: "Search scenarios" }).fill("nobody has this");
        await page.getByText("No scenario has “nobody has this” in it.").waitFor();
        await page.getByRole("searchbox", { name: "Search scenarios" }).fill("shop");
        await page.getByRole("link", { name: "New scenario of shop" }).click();
        await page.getByRole("radio", { name: "A file that extends another" }).check();
        await page.getByLabel("File to copy or to extend").selectOption("scenarios/slow.yaml");
        await page.getByLabel("Name of the new file").fill("shop.yaml");
        await page.getByRole("button", { name: "Create it" }).click();
        await page.getByRole("alert").getByText("is there already").waitFor();
        errors.length = 0;
        assertEquals(files.read("shop.yaml"), SHOP);
        await page.getByLabel("Name of the new file").fill("slower");
        await page.getByRole("button", { name: "Create it" }).click();
        await page.waitForURL("**/scenarios/shop/scenarios/slower.yaml");
        assertEquals(files.read("slower.yaml"), "extends: slow.yaml\n\nsimulation:\n  name: slower\n");
        await page.getByText("Nothing is wrong with it.").waitFor();
        await page.locator('[role=treeitem][aria-current="page"]', { hasText: "slower" }).waitFor();
      },
    );

    await inWindow("keys, values and help come from the schema of the framework and of the domain", async (visit) => {
      const { page } = visit;
      await open(visit, "shop.yaml");
      const options = page.locator(".cm-tooltip-autocomplete li");
      await caretAfter(page, "validator:");
      await page.keyboard.press("Enter");
      await page.keyboard.type("limits:");
      await page.keyboard.press("Enter");
      await page.keyboard.type("max_c");
      await page.locator(".cm-completionInfo", { hasText: "number" }).waitFor();
      await options.filter({ hasText: "max_cost_usd" }).click();
      await page.keyboard.type("1");
      await caretIs(page, "  max_cost_usd: 1");
      await page.keyboard.press("Enter");
      await page.keyboard.type("on_limit: ");
      await options.filter({ hasText: "pause" }).waitFor();
      await options.filter({ hasText: "fail" }).click();
      await caretIs(page, "  on_limit: fail");
      await page.locator(".scenario-here", { hasText: "limits.on_limit" }).waitFor();
      await page.locator(".cm-line", { hasText: "demand" }).hover({ position: { x: 40, y: 8 } });
      await page.locator(".cm-tooltip .scenario-help", { hasText: "demand" }).waitFor();
      await page.reload();
      await page.getByRole("alert", { name: "Unsaved changes" }).getByRole("button", { name: "Drop them" }).click();
    });

    await inWindow("the form sets values in the text and changes nothing else of it", async (visit) => {
      const { page } = visit;
      await open(visit, "shop.yaml", "?view=form");
      await page.getByRole("spinbutton", { name: "max_turns" }).fill("9");
      await page.getByRole("spinbutton", { name: "max_turns" }).press("Tab");
      await page.getByLabel("schedule").selectOption("random_order");
      await section(page, "agents").locator("> summary").click();
      await section(page, "Bob").locator("> summary").click();
      await section(page, "Bob").getByRole("spinbutton", { name: "count" }).fill("3");
      await page.keyboard.press("Enter");
      await page.locator('.scenario[data-state="changed"]').waitFor();
      const wanted = SHOP.replace("max_turns: 5 }", "max_turns: 9, schedule: random_order }")
        .replace("{ name: Bob, type: trader }", "{ name: Bob, type: trader, count: 3 }");
      await page.getByRole("tab", { name: "Changes" }).click();
      await page.locator(".diff-added", { hasText: "count: 3" }).waitFor();
      assertEquals(await page.locator(".diff-added").count(), 2);
      await page.keyboard.press("Control+s");
      await state(page, "saved");
      assertEquals(files.read("shop.yaml"), wanted);
      files.write("shop.yaml", SHOP);
    });

    await inWindow("what is removed in the form goes with its line, and can be brought back", async (visit) => {
      const { page } = visit;
      await open(visit, "shop.yaml", "?view=form");
      await section(page, "agents").locator("> summary").click();
      await section(page, "Ann").locator("> summary").click();
      await section(page, "Ann").getByRole("button", { name: "Remove Ann" }).click();
      await section(page, "Ann").waitFor({ state: "detached" });
      // Bob, who has taken Ann's place, is as he was.
      assertEquals(await section(page, "Bob").getAttribute("open"), null);
      await page.getByText("Ann is removed").locator("..").getByRole("button", { name: "Undo" }).click();
      await section(page, "Ann").locator("> summary").click();
      await section(page, "Ann").getByRole("button", { name: "Remove Ann" }).click();
      await section(page, "Ann").waitFor({ state: "detached" });
      await section(page, "global_vars").locator("> summary").click();
      await section(page, "stock").locator("> summary").click();
      await section(page, "stock").getByRole("button", { name: "Remove stock" }).click();
      await section(page, "stock").waitFor({ state: "detached" });
      await page.keyboard.press("Control+s");
      await state(page, "saved");
      assertEquals(files.read("shop.yaml"), SHOP.replace(/.*Ann.*\n/, "").replace(/.*goods left.*\n/, ""));
      files.write("shop.yaml", SHOP);
    });

    await inWindow(
      "a notebook and a batch begin with what is saved first; a field that is cleared says nothing",
      async (visit) => {
        const { page } = visit;
        await open(visit, "slow.yaml", "?view=form");
        await page.getByRole("spinbutton", { name: "seed" }).fill("5");
        await page.keyboard.press("Enter");
        await page.getByRole("button", { name: "Clear seed" }).click();
        await page.getByRole("tab", { name: "Changes" }).click();
        await page.getByText("Nothing differs from the file on disk.").waitFor();
        await page.getByRole("tab", { name: "Form" }).click();
        await page.getByRole("spinbutton", { name: "seed" }).fill("6");
        await page.keyboard.press("Enter");
        await state(page, "changed");
        await page.getByRole("button", { name: "Notebook", exact: true }).click();
        await page.waitForURL("**/notebooks/shop/slow.md");
        assertMatches(files.read("slow.yaml"), /max_turns: 7, seed: 6 }/);
        await open(visit, "slow.yaml", "?view=form");
        await page.getByRole("spinbutton", { name: "max_turns" }).fill("3");
        await page.keyboard.press("Enter");
        await state(page, "changed");
        await page.getByRole("button", { name: "Batch…" }).click();
        await page.getByLabel("Seeds").fill("2");
        await page.getByRole("button", { name: "Start batch" }).click();
        await page.waitForURL("**/batches/*");
        assertTrue(files.read("slow.yaml").includes("max_turns: 3,"));
        await page.getByText("2 done").first().waitFor();
      },
    );
  });
});

/** Its code cannot be read. */
const TORN = "export default {";
const HOSTILE = `<img src=x onerror="document.title='hacked'">`;
const READER = newKey("reader", ["read"]);

Deno.test("pages of scenarios, where things go wrong", async (t) => {
  const scripts = await currentScripts();
  const before = (_: unknown, folder: string) => {
    const files = filesIn(folder);
    files.write("shop.yaml", SHOP);
    files.write("broken.yaml", "simulation: { name: x\nagents: [\n");
    files.write(
      "hostile.yaml",
      SHOP.replace("name: shop", `name: '${HOSTILE.replaceAll("'", "''")}'`).replace(
        "Ann",
        HOSTILE.replaceAll('"', ""),
      ),
    );
    files.write(`${HOSTILE.replaceAll("/", "")}.yaml`, SHOP);
    Deno.mkdirSync(`${folder}/domains/torn/scenarios`, { recursive: true });
    Deno.writeTextFileSync(`${folder}/domains/torn/scenarios/kept.yaml`, SHOP.replace("domain: shop", "domain: torn"));
  };
  await withServer({ listen: { scripts }, sources: { shop: MARKET, torn: TORN }, before }, async (server) => {
    const files = filesIn(server.folder);
    const inWindow = (name: string, body: (visit: Visit) => Promise<void>, options: VisitOptions = {}) =>
      t.step(name, () => withWindow(server, body, { viewport: { width: 1440, height: 900 }, ...options }));
    /** Errors of answers that were meant to come. */
    const forget = ({ errors }: Visit) =>
      assertTrue(errors.splice(0).every((error) => /status of 4\d\d|ERR_/.test(error)));

    await inWindow(
      "what somebody else changes meanwhile is taken in, and asked about where both have changed it",
      async (visit) => {
        const { page } = visit;
        await open(visit, "shop.yaml");
        await caretAfter(page, "goods left");
        await page.keyboard.type(" # mine");
        await state(page, "changed");
        files.write("shop.yaml", SHOP.replace("A shop", "A little shop"));
        // Who comes back to the page looks at the disk.
        await page.evaluate(() => dispatchEvent(new Event("focus")));
        await page.locator(".cm-line", { hasText: "A little shop" }).waitFor();
        await page.locator(".cm-line", { hasText: "# mine" }).waitFor();
        assertTrue(!files.read("shop.yaml").includes("# mine"));
        files.write("shop.yaml", SHOP.replace('"goods left"', '"goods"'));
        await page.keyboard.press("Control+s");
        const conflict = page.getByRole("region", { name: "Conflict with the file on disk" });
        await conflict.getByRole("heading", { name: "state_variables" }).waitFor();
        assertEquals(await axeViolations(page), []);
        await conflict.getByRole("button", { name: "Mine", exact: true }).click();
        await state(page, "saved");
        await soonEquals(() => files.read("shop.yaml"), SHOP.replace('"goods left" }', '"goods left" } # mine'));
        forget(visit);
      },
    );

    await inWindow(
      "a file that is deleted while it is edited can be saved again; a deletion can be undone",
      async (visit) => {
        const { page } = visit;
        files.write("shop.yaml", SHOP);
        await open(visit, "shop.yaml");
        await caretAfter(page, "# A shop");
        await page.keyboard.type(" And mine.");
        await state(page, "changed");
        files.remove("shop.yaml");
        await page.keyboard.press("Control+s");
        const gone = page.getByRole("alert", { name: "The file is gone" });
        await gone.getByRole("button", { name: "Save it again" }).click();
        await state(page, "saved");
        await soonEquals(() => files.read("shop.yaml"), SHOP.replace("traders.", "traders. And mine."));
        await page.getByRole("button", { name: "More for this scenario" }).click();
        await page.getByRole("menuitem", { name: "Delete…" }).click();
        await page.getByRole("dialog", { name: "Delete shop.yaml?" }).getByRole("button", { name: "Delete" }).click();
        await gone.getByText("It is deleted.").waitFor();
        assertEquals(files.exists("shop.yaml"), false);
        await gone.getByRole("button", { name: "Undo" }).click();
        await state(page, "saved");
        await soonEquals(() => files.read("shop.yaml"), SHOP.replace("traders.", "traders. And mine."));
        await page.getByRole("button", { name: "More for this scenario" }).click();
        await page.getByRole("menuitem", { name: "Duplicate…" }).click();
        await page.getByLabel("Name of the copy").fill("broken.yaml");
        await page.keyboard.press("Enter");
        await page.getByRole("dialog").getByText("is there already").waitFor();
        await page.getByLabel("Name of the copy").fill("twin.yaml");
        await page.keyboard.press("Enter");
        await page.waitForURL("**/scenarios/shop/twin.yaml");
        assertEquals(files.read("twin.yaml"), files.read("shop.yaml"));
        forget(visit);
      },
    );

    await inWindow(
      "unknown, broken, hostile: each page says what it is, and nothing in a file is more than text",
      async (visit) => {
        const { page, base } = visit;
        await page.goto(`${base}/scenarios/shop/nothing.yaml`);
        await page.getByRole("heading", { name: "shop has no scenario nothing.yaml" }).waitFor();
        await page.getByRole("link", { name: "Create a scenario" }).waitFor();
        await open(visit, "broken.yaml");
        await page.locator(".finding", { hasText: "Error" }).first().waitFor();
        await page.getByRole("tab", { name: "Form" }).click();
        await page.getByText("The text cannot be read").waitFor();
        await open(visit, "hostile.yaml", "?view=form");
        await page.locator(".form-name", { hasText: "onerror" }).or(page.getByLabel("name").first()).first().waitFor();
        await page.getByRole("tab", { name: "Text" }).click();
        await nearText(page);
        await page.locator(".cm-line", { hasText: "onerror" }).first().waitFor();
        await page.goto(`${base}/scenarios?q=onerror`);
        await islandsReady(page);
        await page.locator(".scenario-file", { hasText: "onerror" }).first().waitFor();
        assertEquals(await page.locator("main img").count(), 0);
        await page.locator(".scenario-group li > a", { has: page.locator(".scenario-file", { hasText: "onerror" }) })
          .click();
        await nearText(page);
        assertEquals(await page.locator("main img").count(), 0);
        assertTrue((await page.title()).includes("onerror"));
        forget(visit);
      },
    );

    await inWindow("a domain whose code is broken says so, and its files can be mended all the same", async (visit) => {
      const { page, base } = visit;
      await page.goto(`${base}/scenarios/torn/kept.yaml`);
      await islandsReady(page);
      await page.locator(".scenario-findings .tone-error").first().waitFor();
      await nearText(page);
      await caretAfter(page, "# A shop");
      await page.keyboard.type(" Torn.");
      await page.keyboard.press("Control+s");
      await state(page, "saved");
      assertTrue(Deno.readTextFileSync(`${server.folder}/domains/torn/scenarios/kept.yaml`).includes("Torn."));
      await page.getByRole("tab", { name: "Form" }).click();
      await page.getByText("There is no form").waitFor();
      forget(visit);
    });

    await inWindow(
      "a server that goes and comes back: what is typed stays, and is saved when it is told to",
      async (visit) => {
        const { page, app } = visit;
        files.write("shop.yaml", SHOP);
        await open(visit, "shop.yaml");
        await server.stop();
        await caretAfter(page, "# A shop");
        await page.keyboard.type(" Alone.");
        await state(page, "offline");
        await page.keyboard.press("Control+s");
        const again = listen(app, {
          routes: manifest,
          output: `${server.folder}/output`,
          port: Number(new URL(server.url).port),
          log: { write: () => {}, flush: () => Promise.resolve() },
          scripts,
        });
        try {
          await state(page, "saved");
          await soonEquals(() => files.read("shop.yaml"), SHOP.replace("traders.", "traders. Alone."));
          await page.keyboard.type(" Lost?");
          await state(page, "changed");
          await page.reload();
          await page.getByRole("alert", { name: "Unsaved changes" }).getByRole("button", { name: "Take them up" })
            .click();
          await page.locator(".cm-line", { hasText: "Alone. Lost?" }).waitFor();
          assertTrue(!files.read("shop.yaml").includes("Lost?"));
        } finally {
          await again.stop();
        }
        forget(visit);
      },
    );
  });
});

Deno.test("who may only read can neither edit nor run a scenario", async () => {
  const before = (_: unknown, folder: string) => filesIn(folder).write("shop.yaml", SHOP);
  const config = { api_keys: [{ name: "reader", key_hash: READER.kept.key_hash, scopes: ["read"] }] };
  await withPage(async (visit) => {
    const { page, window, base, errors } = visit;
    await window.setExtraHTTPHeaders({ authorization: `Bearer ${READER.key}` });
    await open(visit, "shop.yaml");
    await page.locator(".saved", { hasText: "read only" }).waitFor();
    await page.locator(".cm-line").first().click();
    await page.keyboard.type("typed");
    await page.keyboard.press("Control+s");
    await page.keyboard.press("Control+Enter");
    assertEquals(await page.locator(".cm-content").getAttribute("aria-readonly"), "true");
    assertEquals(await page.getByRole("button", { name: /^(Save|Run|Batch|Notebook|Duplicate)/ }).count(), 0);
    await page.getByRole("tab", { name: "Form" }).click();
    await page.getByRole("spinbutton", { name: "max_turns" }).waitFor();
    assertEquals(await page.locator(".scenario-form :is(input, select):enabled").count(), 0);
    await page.goto(`${base}/scenarios`);
    assertEquals(await page.getByRole("link", { name: /New/ }).count(), 0);
    assertEquals((await page.goto(`${base}/scenarios/new`))!.status(), 403);
    errors.length = 0;
    assertEquals(filesIn(visit.folder).read("shop.yaml"), SHOP);
  }, { sources: { shop: MARKET }, before, config });
});
