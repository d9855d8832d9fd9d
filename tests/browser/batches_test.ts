/** Batches and comparisons on pages of their own. */

import { assertEquals, assertMatches } from "../support/assert.ts";
import { axeViolations, islandsReady, screenshot, type Visit, withPage, withWindow } from "./browser.ts";
import { soonEquals, soonMatches, soonTrue } from "./soon.ts";

const SPEC = {
  name: "shocks",
  scenario: "scenarios/economic/growth.yaml",
  set: { "simulation.max_turns": 8 },
  grid: { shock: { path: "engine.demand_shock.sd", values: [0.1, 0.3] } },
  seeds: [1, 2],
  metrics: ["output", "gini"],
};

async function open({ page }: Visit, path: string): Promise<number> {
  const answer = await page.goto(path);
  await islandsReady(page);
  return answer!.status();
}

async function fits(visit: Visit, name: string): Promise<void> {
  const { page } = visit;
  assertEquals(await axeViolations(page), [], name);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assertEquals(wide, 0, `${name} is wider than the window`);
  await screenshot(page, name);
}

Deno.test("a batch is started, watched, found in the list, extended, compared and opened in a notebook", async () => {
  await withPage(async (visit) => {
    const { page, app, server } = visit;
    await open(visit, "/batches");
    await page.getByText("No batches yet.").waitFor();
    const { id } = await app.batches.start({ spec: SPEC });
    assertEquals(await open(visit, `/batches/${id}`), 200);
    await page.getByRole("heading", { level: 1, name: "shocks" }).waitFor();
    await page.locator('.badge[data-status="completed"]').first().waitFor();
    await page.getByText("4 of 4 done", { exact: true }).waitFor();
    await page.getByRole("main").getByRole("table").first().waitFor();
    await fits(visit, "batch_1280_light");

    await page.getByRole("link", { name: "Batches", exact: true }).first().click();
    await page.getByRole("cell", { name: "4/4" }).waitFor();
    await fits(visit, "batches_1280_light");
    await page.getByRole("cell", { name: "shocks" }).getByRole("link").click();

    await page.getByLabel("More seeds for every cell").fill("1");
    await page.getByRole("button", { name: "Extend" }).click();
    await page.getByText("6 of 6 done", { exact: true }).waitFor();
    assertEquals((await app.batches.results(id)).length, 6);

    const [first, second] = (await app.batches.results(id)).map(({ run_id }) => run_id!);
    await open(visit, "/compare");
    await page.getByLabel("First run").fill(first!);
    await page.getByLabel("Second run").fill(`${second}x`);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText(/no run/i).first().waitFor();
    await soonEquals(() => page.getByLabel("Second run").getAttribute("aria-invalid"), "true");
    visit.errors.length = 0;
    await page.getByLabel("Second run").fill(second!);
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText(/inputs? differ/).first().waitFor();
    assertMatches(page.url(), /runs=/);
    await soonMatches(() => page.getByRole("heading", { level: 1 }).innerText(), /^growth \d+ and growth \d+$/);
    await fits(visit, "compare_1280_light");

    await withWindow(server, async (phone) => {
      for (const path of ["/batches", `/batches/${id}`, `/compare?runs=${first},${second}`]) {
        await open(phone, path);
        await fits(phone, `${path.split(/[/?]/)[1]}_${path.includes(id) ? "one_" : ""}390_dark`);
      }
    }, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });

    await open(visit, `/batches/${id}`);
    await page.getByRole("button", { name: "Open in a notebook" }).click();
    await page.waitForURL(/\/notebooks\//);
  });
});

Deno.test("without scripts there is all that the server knows; what there is not says where to look", async () => {
  await withPage(async (visit) => {
    const { page, app } = visit;
    const { id } = await app.batches.start({ spec: SPEC });
    await app.batches.wait(id);
    await page.goto(`/batches/${id}`);
    await page.getByText("4 of 4 done", { exact: true }).waitFor();
    const results = await app.batches.results(id);
    await page.goto(`/compare?runs=${results[0]!.run_id},${results[1]!.run_id}`);
    await page.getByText(/inputs? differ/).first().waitFor();
    assertEquals((await page.goto("/batches/rates_20200101_000000_01"))!.status(), 404);
    await soonTrue(() => page.getByRole("link", { name: "all batches" }).isVisible());
    assertEquals((await page.goto("/batches?offset=50"))!.status(), 200);
    await page.getByRole("link", { name: "The newest ones" }).click();
    await page.getByRole("cell", { name: "4/4" }).waitFor();
    visit.errors.length = 0;
  }, { javaScript: false });
});
