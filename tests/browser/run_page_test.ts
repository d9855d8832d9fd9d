/** The page of a run, in a browser: what it shows, what it steers, and what it says when things go wrong. */

import { currentScripts } from "../../server/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import {
  axeViolations,
  islandsReady,
  screenshot,
  type Visit,
  type VisitOptions,
  withPage,
  withWindow,
} from "./browser.ts";
import { eventually } from "./soon.ts";

/** Milliseconds after which what does not come is missed: runs start processes. */
const PATIENCE = 20_000;
const HOSTILE = `<img src=x onerror="document.title='hacked'">`;
const QUICK = await Deno.readTextFile(new URL("../../scenarios/economic/quick_test.yaml", import.meta.url));

/** A market of so many traders. */
function market({ turns, traders = 1, pause = 0 }: { turns: number; traders?: number; pause?: number }): string {
  return `domain: market
simulation: { name: market, max_turns: ${turns} }
engine: { type: exchange }
validator: { type: always_valid }
agents:
  - { name: Ann, type: trader, count: ${traders}, config: { pause_ms: ${pause} } }
state_variables:
  agent_vars: { coins: { type: float, default: 10, description: coins } }
  global_vars:
    price: { type: float, default: 100, description: "price, coins" }
    stock: { type: float, default: 200, description: "goods left" }
`;
}

/** A run of a scenario's text, when it stands still. */
async function played({ app }: Pick<Visit, "app">, text: string, more: object = {}): Promise<string> {
  const { run_id } = await app.start({ text, ...more });
  await app.wait(run_id);
  return run_id;
}

async function open({ page, base, window }: Visit, path: string): Promise<void> {
  window.setDefaultTimeout(PATIENCE);
  await page.goto(base + path);
  await islandsReady(page);
}

async function fits({ page }: Visit, name: string): Promise<void> {
  assertEquals(await axeViolations(page), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assertEquals(wide, 0, `${name} is wider than the window`);
  await screenshot(page, name);
}

/** Resolves when the address has this query. */
const queryIs = ({ page }: Visit, query: string) => page.waitForURL((url) => url.search === query);

Deno.test("the page of a run", async (t) => {
  const listen = { scripts: await currentScripts() };
  await withServer({ listen, fixtures: ["market"], maxConcurrent: 3 }, async (server) => {
    const inWindow = (name: string, body: (visit: Visit) => Promise<void>, options: VisitOptions = {}) =>
      t.step(name, () => withWindow(server, body, { viewport: { width: 1440, height: 900 }, ...options }));
    const quick = await played(server, QUICK, { mode: "step" });

    await inWindow("it is steered and labelled, and tells what becomes of it", async (visit) => {
      const { page, app } = visit;
      await open(visit, `/runs/${quick}`);
      const head = page.locator(".run-page-head");
      await head.getByText("turn 1 of at most 10").waitFor();
      await page.getByRole("button", { name: "Step" }).click();
      await head.getByText("turn 2 of at most").waitFor();
      await page.getByRole("textbox", { name: "New label" }).fill(`team=${HOSTILE}`);
      await page.keyboard.press("Enter");
      await head.getByText(`team=${HOSTILE}`, { exact: true }).waitFor();
      assertEquals((await app.status(quick)).labels, { team: HOSTILE });
      await page.getByRole("button", { name: "Resume" }).click();
      await head.locator('[data-status="completed"]').waitFor();
      assertEquals((await app.status(quick)).status, "completed");
      await page.getByRole("button", { name: "Replay" }).click();
      await head.getByText(/Played again: all files of \d+ turns are the same\./).waitFor();
      await page.getByText("Export", { exact: true }).click();
      assertEquals(await head.getByRole("link", { name: "Rows as CSV" }).isVisible(), true);
      await page.keyboard.press("Escape");
      await head.getByRole("link", { name: "Rows as CSV" }).waitFor({ state: "hidden" });
      await head.getByRole("button", { name: "Remove label team" }).click();
      await head.getByText(`team=${HOSTILE}`).waitFor({ state: "detached" });
      assertEquals(await page.locator("main img").count(), 0);
    });

    await inWindow("its turns are scrubbed by keyboard, and all of the page is at that turn", async (visit) => {
      const { page, app } = visit;
      const { turn: last } = await app.status(quick);
      await open(visit, `/runs/${quick}`);
      await page.locator(".run-charts .chart-picture svg").first().waitFor();
      await page.getByRole("slider", { name: "Turn" }).focus();
      await page.keyboard.press("ArrowLeft");
      await page.keyboard.press("ArrowLeft");
      await queryIs(visit, `?turn=${last - 2}`);
      await page.locator(".chart-rule:not([hidden])").first().waitFor();
      await page.getByText(`All values of turn ${last - 2}`).waitFor();
      await page.getByRole("tab", { name: "Charts" }).focus();
      await page.keyboard.press("ArrowRight");
      await page.getByText(`2 of 2 agents at turn ${last - 2}`).waitFor();
      await page.getByRole("button", { name: "NationA" }).click();
      await queryIs(visit, `?turn=${last - 2}&tab=agents&agent=NationA`);
      await page.reload();
      await islandsReady(page);
      const agent = page.getByRole("region", { name: "Agent NationA" });
      await agent.locator(".chart-rule:not([hidden])").waitFor();
      await fits(visit, "run_page_agents_1440_light");
      await page.getByRole("tab", { name: "Charts" }).click();
      await page.getByText(`All values of turn ${last - 2}`).click();
      await page.keyboard.press(".");
      await page.getByText(`All values of turn ${last - 1}`).waitFor();
      await page.getByRole("button", { name: "Newest" }).click();
      await queryIs(visit, "?agent=NationA");
      await fits(visit, "run_page_charts_1440_light");
      await page.getByRole("button", { name: "Show turn after turn" }).click();
      await page.getByText("All values of turn 1").waitFor();
      await page.getByText(`All values of turn ${last}`).waitFor();
      await page.getByRole("button", { name: "Show turn after turn" }).waitFor();
    });

    await inWindow("on a telephone, in the dark", async (visit) => {
      for (const tab of ["charts", "agents", "inputs"]) {
        await open(visit, `/runs/${quick}?tab=${tab}`);
        await fits(visit, `run_page_${tab}_390_dark`);
      }
    }, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });

    await inWindow("what is asked of a run is checked by the server, and told of at the form", async (visit) => {
      const { page, app, errors } = visit;
      const id = await played(visit, QUICK, { mode: "step" });
      await open(visit, `/runs/${id}`);
      await page.getByRole("button", { name: "Intervene" }).click();
      const form = page.getByRole("form", { name: "Intervene" });
      await form.getByLabel(/Variable/).fill("global.nothing_like_it");
      await form.getByLabel("New value").fill("1");
      await form.getByRole("button", { name: "Intervene" }).click();
      await form.getByRole("alert").getByText(/nothing_like_it/).waitFor();
      errors.splice(0, errors.length, ...errors.filter((error) => !error.includes("422")));
      await form.getByRole("combobox", { name: "What" }).selectOption("message");
      await form.getByRole("textbox", { name: /^To/ }).fill("*");
      await form.getByRole("textbox", { name: "Message" }).fill(HOSTILE);
      await form.getByRole("button", { name: "Intervene" }).click();
      await page.locator(".input-list").getByText("<img src=x").waitFor();
      assertEquals(await page.locator("main img").count(), 0);
      assertEquals((await app.inputs(id)).map(({ kind, turn }) => [kind, turn]), [["intervention", 2]]);
    });

    await inWindow("of two people who steer it, the later one is told kindly", async (visit) => {
      const { page, app, errors } = visit;
      const id = await played(visit, QUICK, { mode: "step" });
      // Somebody else ends it, and this page has not heard of it.
      await page.route("**/api/events/stream**", (route) => route.abort());
      await open(visit, `/runs/${id}`);
      await app.cancel(id);
      await page.getByRole("button", { name: "Resume" }).click();
      await page.getByText("Resume was not possible: the run is cancelled now.").waitFor();
      await page.locator('.run-page-head [data-status="cancelled"]').waitFor();
      errors.length = 0;
    });

    await inWindow("it is deleted while somebody looks at it; what is not there says where to look", async (visit) => {
      const { page, app, base, errors } = visit;
      const id = await played(visit, QUICK);
      await open(visit, `/runs/${id}`);
      await app.delete(id);
      await page.evaluate(() => dispatchEvent(new Event("focus")));
      await page.getByText("This run has been deleted.").waitFor();
      assertEquals(await page.getByRole("button", { name: "Replay" }).count(), 0);
      const gone = await page.goto(`${base}/runs/${id}`);
      assertEquals(gone?.status(), 404);
      await page.getByText(`There is no run ${id}.`).waitFor();
      await page.getByRole("link", { name: "all runs" }).click();
      await page.waitForURL(`${base}/runs`);
      errors.splice(0, errors.length, ...errors.filter((error) => !error.includes("404")));
    });

    await inWindow("ten thousand agents are a spread and a window of rows; the domain may be gone", async (visit) => {
      const { page, app } = visit;
      const id = await played(visit, market({ turns: 2, traders: 10_000 }));
      assertEquals((await app.status(id)).status, "completed");
      const path = `${app.folder(id)}/manifest.json`;
      const manifest = await Deno.readTextFile(path);
      assertMatches(manifest, /"repo": ?"market"/);
      await Deno.writeTextFile(path, manifest.replace(/"repo": ?"market"/, '"repo":"gone"'));
      await open(visit, `/runs/${id}?tab=agents`);
      await page.getByText("The domain gone is not on this server.").waitFor();
      assertEquals(await page.getByRole("button", { name: "Fork here" }).count(), 0);
      await page.getByText("10,000 of 10,000 agents").waitFor();
      assertTrue(await page.locator(".agent-window tbody tr").count() < 60);
      await page.locator(".agent-window").evaluate((element) => element.scrollTo(0, 160_000));
      await eventually(async () =>
        Number(await page.locator("tbody tr[aria-rowindex]").first().getAttribute("aria-rowindex")) > 4000
      );
      await page.getByRole("searchbox", { name: "Find agents" }).fill("_9999");
      await page.getByText("1 of 10,000 agents").waitFor();
      await page.getByRole("tab", { name: "Charts" }).click();
      await page.getByText(/of 10,000 agents: median and spread/).first().waitFor();
    });
  });
});

Deno.test("without scripts a run can be read and steered", async () => {
  await withPage(async (visit) => {
    const { page, base, app } = visit;
    const id = await played(visit, QUICK, { mode: "step" });
    await page.goto(`${base}/runs/${id}`);
    await page.getByText("World at the last saved turn").waitFor();
    await page.getByRole("button", { name: "Play one turn" }).click();
    await page.getByText("turn 2 of at most").waitFor();
    assertEquals((await app.wait(id)).turn, 2);
  }, { javaScript: false });
});
