/** The page of a run when things go wrong. */

import { fromFileUrl } from "../../runner/paths.ts";
import { currentScripts } from "../../server/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { posted, type TestServer, withServer } from "../support/server.ts";
import { type Visit, type VisitOptions, withWindow } from "./browser.ts";
import { expected, HOSTILE, market, open, played, QUICK } from "./run_page_world.ts";
import { withServerThatGoes } from "./server_that_goes.ts";
import { eventually } from "./soon.ts";

const MARKET = new URL("../fixtures/domains/market", import.meta.url);

Deno.test("the page of a run when things go wrong", async (t) => {
  const listen = { scripts: await currentScripts() };
  await withServer({ listen, fixtures: ["market"], maxConcurrent: 3 }, async (server) => {
    const inWindow = (name: string, body: (visit: Visit) => Promise<void>, options: VisitOptions = {}) =>
      t.step(name, () => withWindow(server, body, { viewport: { width: 1440, height: 900 }, ...options }));

    await inWindow("what one person does to it, another sees at once", async (visit) => {
      const { page, window, app, base } = visit;
      const id = await played(visit, QUICK, { mode: "step" });
      await open(visit, `/runs/${id}`);
      const other = await window.newPage();
      await open({ page: other, base }, `/runs/${id}`);
      await page.getByRole("button", { name: "Step" }).click();
      await other.locator(".run-page-head").getByText("turn 2 of at most").waitFor();
      await other.getByText("All values of turn 2").waitFor();
      await other.getByRole("button", { name: "Cancel", exact: true }).click();
      await page.locator('.run-page-head [data-status="cancelled"]').waitFor();
      await page.getByRole("button", { name: "Step" }).waitFor({ state: "detached" });
      assertEquals((await app.status(id)).status, "cancelled");
    });

    await inWindow("of two people who steer it, the later one is told kindly", async (visit) => {
      const { page, app, errors } = visit;
      const id = await played(visit, QUICK, { mode: "step" });
      // Somebody else ends it, and this page has not heard of it.
      await page.route("**/api/events/stream**", (route) => route.abort());
      await open(visit, `/runs/${id}`);
      await app.cancel(id);
      await page.getByRole("button", { name: "Resume" }).click();
      await page.getByRole("alert").getByText("Resume was not possible: the run is cancelled now.").waitFor();
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
      expected(errors, "404");
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

    await inWindow("a checkpoint that is damaged is told of, and the one before it taken", async (visit) => {
      const { page, app, errors } = visit;
      const id = await played(visit, market({ turns: 9 }));
      await Deno.writeTextFile(`${app.folder(id)}/checkpoints/turn_8.json`, "{ torn");
      await open(visit, `/runs/${id}?turn=8`);
      await page.getByText("4 checkpoints").waitFor();
      await page.getByText("All values of turn 8").click();
      await page.getByText("4 checkpoints, of which 8 cannot be read").waitFor();
      await page.getByRole("tab", { name: "Agents" }).click();
      await page.getByText("1 of 1 agents at turn 8").waitFor();
      expected(errors, "404");
    });

    await inWindow("a line or a file that is damaged leaves out itself, and nothing else", async (visit) => {
      const { page, app, errors } = visit;
      const id = await played(visit, QUICK);
      const rows = `${app.folder(id)}/global.jsonl`;
      const lines = (await Deno.readTextFile(rows)).split("\n");
      await Deno.writeTextFile(rows, lines.with(2, "{torn").join("\n"));
      await open(visit, `/runs/${id}?turn=1`);
      await page.getByText("Damaged: rows (global.jsonl).").waitFor();
      await page.getByText("All values of turn 1").waitFor();
      await page.locator(".run-charts .chart-picture svg").first().waitFor();
      await Deno.writeTextFile(`${app.folder(id)}/config.json`, "{torn");
      await open(visit, `/runs/${id}`);
      await page.getByText("Damaged: its scenario (config.json), rows (global.jsonl).").waitFor();
      await page.locator('.run-page-head [data-status="completed"]').waitFor();
      expected(errors, "500");
    });

    await inWindow("whatever names say is text", async (visit) => {
      const { page, app } = visit;
      const text = market({ turns: 5, name: HOSTILE }).replace("name: market", `name: ${JSON.stringify(HOSTILE)}`);
      const id = await played(visit, text, { labels: { note: HOSTILE } });
      assertEquals((await app.status(id)).status, "completed");
      for (const tab of ["charts", "agents", "inputs"]) {
        await open(visit, `/runs/${encodeURIComponent(id)}?tab=${tab}&agent=${encodeURIComponent(HOSTILE)}`);
        await page.getByText(`note=${HOSTILE}`).waitFor();
        if (tab !== "inputs") await page.locator("main").getByText(HOSTILE, { exact: true }).first().waitFor();
        assertEquals(await page.locator("main img").count(), 0);
        assertTrue(await page.title() !== "hacked");
      }
      await open(visit, `/runs/${id}?tab=nonsense&turn=-3&agent=nobody`);
      await page.getByText("All values of turn 5").waitFor();
    });
  });
});

Deno.test("a server that goes and comes back: the page says so, and steers the run that was interrupted", async () => {
  const config = { simulation_repos: [{ name: "market", path: fromFileUrl(MARKET) }] };
  await withServerThatGoes({ config }, async ({ url, folder, go, come }) => {
    await withWindow({ url, folder } as TestServer, async (visit) => {
      const { page, errors } = visit;
      const answer = await fetch(`${url}/api/simulations`, posted({ scenario: market({ turns: 5000, pause: 20 }) }));
      const { run_id } = await answer.json();
      await open(visit, `/runs/${run_id}`);
      await page.locator('.run-page-head [data-status="running"]').waitFor();
      await page.locator(".run-charts .chart-picture svg").first().waitFor();
      await go();
      await page.getByText("Connection lost, retrying.").waitFor();
      await page.getByRole("button", { name: "Cancel", exact: true }).click();
      await page.getByRole("alert").getByText("the server does not answer").waitFor();
      await come();
      await page.getByText("Connection lost, retrying.").waitFor({ state: "detached" });
      await page.locator('.run-page-head [data-status="interrupted"]').waitFor();
      await page.getByRole("button", { name: "Resume" }).click();
      await page.locator('.run-page-head [data-status="running"]').waitFor();
      await page.getByRole("button", { name: "Cancel", exact: true }).click();
      await page.locator('.run-page-head [data-status="cancelled"]').waitFor();
      errors.length = 0;
    });
  });
});
