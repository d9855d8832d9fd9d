/** The list of all runs: two thousand of them planted, some that play, by mouse and by keyboard. */

import type { Page } from "playwright-core";
import { manifestOf } from "../../runner/store/manifest_test_support.ts";
import { plantRuns } from "../../runner/store/planted_runs_test_support.ts";
import type { Manifest } from "../../runner/mod.ts";
import { currentScripts, KeyStore } from "../../server/mod.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import { axeViolations, islandsReady, screenshot, type Visit, type VisitOptions, withWindow } from "./browser.ts";
import { endless } from "./run_page_world.ts";
import { soonEquals } from "./soon.ts";

const HOSTILE = `<img src=x onerror="document.title='hacked'">`;
const QUICK = await Deno.readTextFile(new URL("../../scenarios/economic/quick_test.yaml", import.meta.url));

/** Runs of long ago of which all the rest are: enough for scrolling through several windows. */
const MANY = 2000;

const KINDS: { readonly [kind: number]: (i: number) => Partial<Manifest> } = {
  1: () => ({ status: "failed", turn: 3 }),
  2: () => ({ status: "paused", turn: 4 }),
  3: () => ({ validity: { state: "void", reasons: [] }, batch_id: "sweep_1" }),
  4: (i) => ({ labels: { team: "macro" }, cost: { ...manifestOf("completed").cost, usd: i / 1000 } }),
};

function plant(output: string, runs: number): void {
  plantRuns(output, runs, (i) => ({
    repo: i % 2 === 0 ? "even" : "odd",
    ...KINDS[i % 100]?.(i),
    ...(i === runs - 1 && { name: HOSTILE, repo: HOSTILE, scenario_path: HOSTILE, labels: { [HOSTILE]: HOSTILE } }),
  }));
}

async function open({ page, base }: Visit, search = ""): Promise<void> {
  await page.goto(`${base}/runs${search}`);
  await islandsReady(page);
  await page.locator('.runs[data-live="true"]').waitFor();
}

/** Names of the rows that are drawn, from the first to the last. */
async function names(page: Page): Promise<string[]> {
  return await page.locator(".runs-body .run-line[data-run] .run-name.run-link").allTextContents();
}

const total = (page: Page, text: string | RegExp) => page.locator(".runs-total", { hasText: text }).waitFor();

Deno.test("the list of runs", async (t) => {
  const listen = { scripts: await currentScripts() };
  const before = (_: unknown, folder: string) => plant(`${folder}/output`, MANY);
  await withServer({ listen, before, fixtures: ["market"], maxConcurrent: 2 }, async (server) => {
    const inWindow = (name: string, body: (visit: Visit) => Promise<void>, options: VisitOptions = {}) =>
      t.step(name, () => withWindow(server, body, { viewport: { width: 1440, height: 900 }, ...options }));

    await inWindow("2,000 rows scroll, few of which are drawn; whatever names say is text", async (visit) => {
      const { page } = visit;
      await open(visit);
      await total(page, /^2,000 runs/);
      assertEquals((await names(page))[0], HOSTILE);
      assertEquals(await page.title(), "Runs · llm-sim");
      assertEquals(await page.locator("main img").count(), 0);
      const grid = page.getByRole("grid", { name: "Runs" });
      assertEquals(await grid.getAttribute("aria-rowcount"), "2001");
      await grid.evaluate((box) => box.scrollTop = box.scrollHeight / 2);
      await page.locator("a.run-name", { hasText: /^old (9[5-9]\d|10[0-4]\d)$/ }).first().waitFor();
      await grid.evaluate((box) => box.scrollTop = box.scrollHeight);
      await page.locator("a.run-name", { hasText: /^old 0$/ }).waitFor();
      assertEquals(await page.locator(".runs-body .run-line").last().getAttribute("aria-rowindex"), "2001");
      assertTrue(await page.locator(".runs-body .run-line").count() < 60);
      await screenshot(page, "runs_list");
      assertEquals(await axeViolations(page), []);
    });

    await inWindow("filters and order are in the address; back and forth go between them", async (visit) => {
      const { page } = visit;
      await open(visit);
      await page.locator(".facet", { hasText: "failed" }).click();
      await total(page, "20 runs that match");
      assertEquals(new URL(page.url()).search, "?status=failed");
      await page.getByRole("columnheader", { name: "Name, scenario" }).getByRole("link").click();
      await page.locator("a.run-name", { hasText: /^old 1$/ }).waitFor();
      await page.keyboard.press("/");
      await page.keyboard.type("old 12");
      await total(page, "1 run that matches");
      assertEquals(
        new URL(page.url()).search,
        "?status=failed&text=old+12&sort=name",
      );
      await page.goBack();
      await total(page, "20 runs that match");
      await page.goBack();
      await total(page, /^2,000 runs/);
      await page.goForward();
      await total(page, "20 runs that match");
      await page.reload();
      await islandsReady(page);
      await total(page, "20 runs that match");
      await open(visit, "?group=repo&sort=cost");
      await page.locator(".run-group", { hasText: /even\s*1,000 runs/ }).waitFor();
      await open(visit, "?text=nobody");
      await page.getByText("No run matches.").waitFor();
    });

    await inWindow("runs are chosen by keyboard and by mouse; labels of many are set, and undone", async (visit) => {
      const { page, app } = visit;
      await open(visit, "?status=paused");
      const grid = page.getByRole("grid", { name: "Runs" });
      await grid.focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Space");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Shift+ArrowDown");
      await page.getByText("3 runs chosen").waitFor();
      await page.locator(".runs-body .run-line").nth(5).click({ modifiers: ["Shift"], position: { x: 600, y: 20 } });
      await page.getByText("6 runs chosen").waitFor();
      await page.getByRole("checkbox", { name: "Choose all that match" }).click();
      await page.getByRole("checkbox", { name: "Choose all that match" }).click();
      await page.getByText("20 runs chosen").waitFor();
      await page.locator(".runs-body").getByRole("checkbox").first().click();
      await page.getByText("19 runs chosen").waitFor();
      await page.getByRole("button", { name: "Label…" }).click();
      const dialog = page.getByRole("dialog", { name: "Label 19 runs?" });
      assertEquals(await axeViolations(page, ".runs-dialog"), []);
      await dialog.getByLabel("Key").fill("kept");
      await dialog.getByLabel("Value").fill("yes");
      await dialog.getByRole("button", { name: "Set label" }).click();
      await page.getByText("19 runs labelled").first().waitFor();
      assertEquals((await app.tallyRuns({ label: "kept=yes" })).total, 19);
      await page.getByRole("button", { name: "Undo" }).click();
      await page.getByText("Labels of 19 runs are as they were").first().waitFor();
      assertEquals((await app.tallyRuns({ label: "kept" })).total, 0);
    });

    await inWindow(
      "what plays moves, what is new is told, what is cancelled or deleted is seen at once",
      async (visit) => {
        const { page, app } = visit;
        await open(visit);
        await page.locator("a.run-name", { hasText: "old 1998" }).waitFor();
        const { run_id } = await app.start({ text: endless("endless") });
        const row = page.locator(`[data-run="${run_id}"]`);
        await row.locator(".run-turns", { hasText: /^[1-9][\d,]* \/ 1,000,000/ }).waitFor();
        const turn = await row.locator(".run-turns").textContent();
        await page.waitForFunction(
          ([id, seen]) => document.querySelector(`[data-run="${id}"] .run-turns`)?.textContent !== seen,
          [run_id, turn] as const,
        );
        // Somebody who is at a row keeps it.
        await row.click({ position: { x: 700, y: 20 } });
        await page.getByText("1 run chosen").waitFor();
        const other = await app.start({ text: endless("endless") });
        await page.getByRole("button", { name: "1 new run" }).click();
        await page.locator(`[data-run="${other.run_id}"]`).waitFor();
        await page.locator(".facet", { hasText: "failed" }).click();
        await page.locator(".facet", { hasText: "running" }).click();
        await total(page, "22 runs that match");
        await page.getByRole("checkbox", { name: "Choose all that match" }).click();
        await page.getByRole("button", { name: "Cancel…" }).click();
        await page.getByText("Left out: 20 failed already").waitFor();
        await page.getByRole("button", { name: "Cancel them" }).click();
        await page.getByText("2 runs cancelled").first().waitFor();
        await app.wait(run_id);
        await app.wait(other.run_id);
        // It listens, and has looked up what was before that.
        const lookedUp = page.waitForResponse(/\/api\/simulations\?.*q=endless/);
        await open(visit, "?text=endless");
        await lookedUp;
        await page.locator('.runs[data-state="ready"]').waitFor();
        await total(page, "2 runs that match");
        await app.delete(other.run_id);
        await page.locator(`[data-run="${other.run_id}"] .badge`, { hasText: "removed" }).waitFor();
        await page.locator(`[data-run="${run_id}"]`).click({ position: { x: 700, y: 20 } });
        await page.getByRole("button", { name: "Delete…" }).click();
        await page.getByRole("dialog", { name: "Delete 1 run?" }).getByRole("button", { name: "Delete for good" })
          .click();
        await page.getByText("No run matches.").waitFor();
        assertEquals((await app.tallyRuns({ text: "endless" })).total, 0);
      },
    );

    await inWindow("on a telephone runs are cards", async (visit) => {
      const { page } = visit;
      await open(visit);
      await page.locator(".runs-body .run-line").nth(3).locator("input").click();
      await page.getByText("1 run chosen").waitFor();
      assertEquals(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
      assertEquals(await axeViolations(page), []);
      await screenshot(page, "runs_list_phone");
    }, { viewport: { width: 390, height: 844 }, touch: true, colorScheme: "dark" });

    await inWindow("without scripts it is a form and a page of rows", async (visit) => {
      const { page, base } = visit;
      await page.goto(`${base}/runs?repo=odd`);
      await soonEquals(() => page.locator(".runs-body .run-line").count(), 50);
      await page.getByRole("link", { name: "Next 50" }).click();
      await page.waitForURL(/offset=50/);
      await soonEquals(() => page.locator(".runs-body .run-line").count(), 50);
      await page.getByRole("searchbox", { name: "Name, id or scenario" }).fill("old 1201");
      await page.getByRole("button", { name: "Filter" }).click();
      await total(page, "1 run that matches");
    }, { javaScript: false });

    await inWindow("a lost connection is told, and what happened meanwhile is there when it is back", async (visit) => {
      const { page, app, errors } = visit;
      await page.route("**/api/events/stream*", (route) => route.abort());
      await open(visit);
      await page.getByText("Connection lost, retrying.").waitFor();
      assertEquals(await axeViolations(page, ".runs"), []);
      const { run_id } = await app.start({ text: QUICK });
      await app.wait(run_id);
      await page.unroute("**/api/events/stream*");
      await page.getByRole("button", { name: "Try now" }).click();
      await page.locator(`[data-run="${run_id}"] .badge`, { hasText: "completed" }).waitFor();
      await page.getByText("Connection lost, retrying.").waitFor({ state: "detached" });
      await app.delete(run_id);
      errors.splice(0, errors.length, ...errors.filter((error) => !/ERR_FAILED/.test(error)));
    });

    await inWindow("runs that cannot be loaded say why; dismissing it asks again", async (visit) => {
      const { page, errors } = visit;
      await open(visit);
      const broken = "**/api/simulations*";
      await page.route(broken, (route) =>
        route.fulfill({
          status: 503,
          contentType: "application/problem+json",
          body: JSON.stringify({ code: "output_error", detail: "the disk does not answer", hint: "look at its cable" }),
        }));
      await page.locator(".facet", { hasText: "failed" }).click();
      const trouble = page.getByRole("alert").filter({ hasText: "The runs could not be loaded" });
      await trouble.getByText("the disk does not answer").waitFor();
      await trouble.getByText("look at its cable").waitFor();
      assertEquals(await axeViolations(page, ".runs"), []);
      await page.unroute(broken);
      await trouble.getByRole("button", { name: "Dismiss" }).focus();
      await page.keyboard.press("Enter");
      await total(page, "20 runs that match");
      await trouble.waitFor({ state: "detached" });
      errors.splice(0, errors.length, ...errors.filter((error) => !/503/.test(error)));
    });
  });
});

Deno.test("who may only read the list of runs is offered nothing else; a key that is revoked leads to the sign-in", async () => {
  const listen = { scripts: await currentScripts() };
  let store!: KeyStore;
  let [reader, another]: ReturnType<KeyStore["create"]>[] = [];
  const before = (_: unknown, folder: string) => {
    store = new KeyStore(`${folder}/output`);
    // Before the server starts: it looks for new ones twice a second only.
    [reader, another] = ["reader", "another"].map((name) => store.create(name, ["read"]));
    plantRuns(`${folder}/output`, 3, () => ({}));
  };
  await withServer({ listen, before }, (server) =>
    withWindow(server, async (visit) => {
      const { page, base, errors } = visit;
      await page.request.post("/api/session", { data: { key: reader!.key }, headers: { origin: base } });
      await open(visit);
      await page.getByRole("grid", { name: "Runs" }).focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Space");
      await page.keyboard.press("Shift+ArrowDown");
      const bar = page.getByRole("toolbar", { name: "Chosen runs" });
      await bar.getByText("2 runs chosen").waitFor();
      assertEquals(await bar.locator("a, button").allTextContents(), ["Compare", "Choose none"]);
      assertEquals(await page.getByText("Start a simulation").count(), 0);

      await page.route("**/api/events/stream*", (route) => route.abort());
      await page.reload();
      await page.getByText("Connection lost, retrying.").waitFor();
      store.revoke(reader!.kept.id);
      await page.unroute("**/api/events/stream*");
      await page.getByText("The server shows this page nothing any more.").waitFor();
      await page.getByRole("link", { name: "Sign in again" }).click();
      await page.waitForURL(/\/sign-in\?next=%2Fruns$/);
      await page.getByLabel("Key").fill(another!.key);
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/runs$/);
      errors.splice(0, errors.length, ...errors.filter((error) => !/ERR_FAILED|401/.test(error)));
    }));
});
