/** The page of a run, in a browser: what it shows, and what it steers. */

import { currentScripts } from "../../server/mod.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import { islandsReady, type Visit, type VisitOptions, withPage, withWindow } from "./browser.ts";
import { endless, expected, fits, HOSTILE, open, played, QUICK } from "./run_page_world.ts";
import { eventually } from "./soon.ts";

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
      await page.getByRole("button", { name: "Resume" }).press("Enter");
      await head.locator('[data-status="completed"]').waitFor();
      assertEquals((await app.status(quick)).status, "completed");
      await page.getByRole("button", { name: "Replay" }).click();
      await head.getByText(/Played again: all files of \d+ turns are the same\./).waitFor();
      await page.getByText("Export", { exact: true }).click();
      await head.getByRole("link", { name: "Rows as CSV" }).waitFor();
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
      await page.evaluate(() => {
        const seen: string[] = [];
        Object.assign(globalThis, { seen });
        const output = document.querySelector(".timeline output")!;
        new MutationObserver(() => seen.push(output.textContent!)).observe(output, {
          characterData: true,
          childList: true,
          subtree: true,
        });
      });
      await page.getByRole("button", { name: "Show turn after turn" }).click();
      const seen = () => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
      await eventually(async () => (await seen()).at(-1) === String(last));
      const turns = (await seen()).map(Number);
      assertEquals(turns, turns.toSorted((a, b) => a - b));
      assertTrue(turns.length > 2, `${turns}`);
      await page.getByRole("button", { name: "Show turn after turn" }).waitFor();
    });

    await inWindow(
      "it is forked where one looks, opened in a notebook, and deleted after a second word",
      async (visit) => {
        const { page, app } = visit;
        await open(visit, `/runs/${quick}?turn=2`);
        await page.getByRole("button", { name: "Fork here" }).click();
        await page.waitForURL((url) => url.pathname !== `/runs/${quick}`);
        await islandsReady(page);
        await page.getByText("Fork at turn 2 of").waitFor();
        await page.locator('.run-page-head [data-status="completed"]').waitFor();
        const fork = decodeURIComponent(new URL(page.url()).pathname.replace("/runs/", ""));
        assertEquals((await app.status(fork)).parent?.turn, 2);
        await page.getByRole("button", { name: "Open in a notebook" }).click();
        await page.waitForURL("**/notebooks/**");
        await open(visit, `/runs/${fork}`);
        await page.getByRole("button", { name: "Delete…" }).click();
        await page.getByRole("button", { name: "Keep it" }).click();
        await page.getByRole("button", { name: "Delete…" }).click();
        await page.getByRole("button", { name: "Delete for good" }).click();
        await page.waitForURL("**/runs");
        assertEquals((await app.list()).runs.some(({ run_id }) => run_id === fork), false);
      },
    );

    await inWindow("it is followed while it plays, and stands still for who looks back", async (visit) => {
      const { page, app } = visit;
      const { run_id } = await app.start({ text: endless("followed") });
      await open(visit, `/runs/${run_id}`);
      const turns = () =>
        page.locator(".timeline").evaluate((timeline) => ({
          shown: Number(timeline.querySelector("output")!.textContent!.replaceAll(",", "")),
          played: Number(timeline.querySelector("input")!.max),
        }));
      const shown = async () => (await turns()).shown;
      const played = async () => (await turns()).played;
      await eventually(async () => {
        const { shown, played } = await turns();
        return shown > 20 && shown === played;
      });
      await page.keyboard.press(",");
      await page.waitForURL(/\?turn=\d+$/);
      const turn = await shown();
      await eventually(async () => await played() > turn + 20);
      assertEquals(await shown(), turn);
      await page.getByRole("button", { name: "Newest" }).click();
      await eventually(async () => await shown() > turn + 20);
      await page.getByRole("button", { name: "Pause", exact: true }).click();
      await page.locator('.run-page-head [data-status="paused"]').waitFor();
      await eventually(async () => await shown() === (await app.status(run_id)).turn);
      await app.cancel(run_id);
      await page.locator('.run-page-head [data-status="cancelled"]').waitFor();
    });

    await inWindow("on a telephone, in the dark", async (visit) => {
      for (const tab of ["charts", "agents", "inputs"]) {
        await open(visit, `/runs/${quick}?tab=${tab}`);
        await fits(visit, `run_page_${tab}_390_dark`);
      }
    }, { viewport: { width: 390, height: 844 }, colorScheme: "dark" });

    await inWindow("members of a population are told of as a whole", async (visit) => {
      const { page, app } = visit;
      const file = await app.resolveConfig("classic", "scenarios/boltzmann.yaml");
      const { run_id } = await app.start({ file, set: [{ path: "simulation.max_turns", value: 1, from: "set" }] });
      await app.wait(run_id);
      await open(visit, `/runs/${run_id}?tab=agents`);
      await page.getByText("10,000 members, each with wealth").waitFor();
      await page.getByRole("tab", { name: "Charts" }).click();
      await page.locator(".run-charts .chart-picture svg").first().waitFor();
    });

    await inWindow("a person answers for an agent", async (visit) => {
      const { page, app } = visit;
      const id = await played(visit, QUICK, { mode: "step" });
      await open(visit, `/runs/${id}?tab=inputs`);
      const over = page.getByRole("form", { name: "Hand an agent over" });
      await over.getByRole("combobox", { name: "Agent" }).fill("NationB");
      await over.getByRole("button", { name: "Hand over" }).click();
      await page.locator(".input-list").getByText("NationB").waitFor();
      await page.getByRole("tab", { name: "Charts" }).click();
      await page.getByRole("button", { name: "Resume" }).click();
      await page.getByText("It waits for a person to decide for NationB.").waitFor();
      await page.getByRole("button", { name: "Decide" }).click();
      const form = page.getByRole("form", { name: /Decide for NationB in turn [23]/ });
      await form.getByText("economic_strength").first().waitFor();
      await form.getByRole("textbox", { name: "Action" }).fill("grow");
      await form.getByRole("textbox", { name: /^Parameters/ }).fill("{");
      await form.getByRole("button", { name: "Decide" }).click();
      await form.getByText("the parameters are no JSON").waitFor();
      await form.getByRole("combobox", { name: "Decision" }).selectOption("nothing");
      await form.getByRole("button", { name: "Decide" }).click();
      await eventually(async () => (await app.inputs(id)).some(({ kind }) => kind === "decision"));
      await app.cancel(id);
      await page.locator('.run-page-head [data-status="cancelled"]').waitFor();
    });

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
      expected(errors, "422");
      await form.getByRole("combobox", { name: "What" }).selectOption("message");
      await form.getByRole("combobox", { name: "To" }).fill("*");
      await form.getByRole("textbox", { name: "Message" }).fill(HOSTILE);
      await form.getByRole("button", { name: "Intervene" }).click();
      await page.locator(".input-list").getByText("<img src=x").waitFor();
      assertEquals(await page.locator("main img").count(), 0);
      assertEquals((await app.inputs(id)).map(({ kind, turn }) => [kind, turn]), [["intervention", 2]]);
      await page.getByText("interventions in turn 2").waitFor();
      await fits(visit, "run_page_inputs_1440_light");
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
