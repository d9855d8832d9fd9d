/** What is under way, as pages show it: one stream, runs that are found again, and every way in which one can end. */

import type { Page } from "playwright-core";
import { fromFileUrl } from "../../runner/paths.ts";
import { withFolder } from "../cli/support.ts";
import { serve } from "../server/served.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { HeldAgent } from "../support/held_agent.ts";
import type { TestServer } from "../support/server.ts";
import { islandsReady, screenshot, type Visit, type VisitOptions, withPage, withWindow } from "./browser.ts";
import { cellOf } from "./notebook_world.ts";
import { eventually, PATIENCE, soonEquals, soonMatches, soonTrue } from "./soon.ts";

/** A cell of a file. */
const cell = (info: string, body: string) => `\`\`\`${info}\n${body}\n\`\`\`\n\n`;

/** A scenario cell: a market of so many turns, each of which takes so many milliseconds. */
function market(id: string, turns: number, pause: number, more = ""): string {
  return cell(
    `yaml scenario #${id} fold`,
    `domain: market
simulation: { name: ${id}, max_turns: ${turns} }
engine: { type: exchange }
validator: { type: always_valid }
agents:
  - { name: Ann, type: trader, config: { pause_ms: ${pause}${more} } }
state_variables:
  agent_vars: { coins: { type: float, default: 10, description: coins } }
  global_vars:
    price: { type: float, default: 100, description: "price, coins" }
    stock: { type: float, default: 200, description: "goods left" }`,
  );
}

const run = (id: string, scenario: string, more = "") =>
  cell(`yaml run #${id} fold`, `scenario: ${scenario}\nseed: 1\nwatch: [price]${more}`);
const batch = (id: string, scenario: string, seeds: string) =>
  cell(`yaml batch #${id} fold`, `scenario: ${scenario}\nseeds: ${seeds}\nlimits: { parallel: 1 }`);

/** Opens a notebook with this text. */
async function withNotebook(
  text: string,
  body: (visit: Visit) => Promise<void>,
  options: VisitOptions = {},
): Promise<void> {
  await withPage(async (visit) => {
    await open(visit.page, visit.base);
    await body(visit);
  }, {
    fixtures: ["market"],
    ...options,
    before: (_app, folder) => written(folder, text),
  });
}

async function written(folder: string, text: string): Promise<void> {
  await Deno.mkdir(`${folder}/notebooks`, { recursive: true });
  await Deno.writeTextFile(`${folder}/notebooks/page.md`, text);
}

async function open(page: Page, base: string): Promise<void> {
  await page.goto(`${base}/notebooks/page.md`);
  await islandsReady(page);
}

async function start(page: Page, id: string): Promise<void> {
  await page.getByRole("button", { name: `Run ${id}`, exact: true }).click();
}

/** Resolves when a cell's output tells of this status. */
async function stands(page: Page, label: string, status: string): Promise<void> {
  await cellOf(page, label).locator(`.cell-output .badge[data-status="${status}"]`).first().waitFor();
}

async function turnOf(page: Page, label: string): Promise<number> {
  const told = cellOf(page, label).locator(".facts-line").getByText(/^turn \d+ of \d+$/);
  return Number(/\d+/.exec((await told.textContent())!)![0]);
}

/** Resolves when the turn goes on. */
async function goesOn(page: Page, label: string): Promise<void> {
  const before = await turnOf(page, label);
  await eventually(async () => await turnOf(page, label) > before);
}

/** Runs that the server has. */
async function runsOf(
  server: Pick<TestServer, "url">,
): Promise<{ readonly run_id: string; readonly status: string }[]> {
  return await (await fetch(`${server.url}/api/simulations?limit=100`)).json();
}

/** Counts the streams that a page has open, from before its first script on. */
async function countStreams(page: Page): Promise<() => Promise<{ open: number; most: number }>> {
  await page.addInitScript(() => {
    const counts = { open: 0, most: 0 };
    (globalThis as unknown as { streams: typeof counts }).streams = counts;
    globalThis.EventSource = class extends EventSource {
      constructor(url: string | URL, init?: EventSourceInit) {
        super(url, init);
        counts.most = Math.max(counts.most, ++counts.open);
      }
      override close() {
        if (this.readyState !== this.CLOSED) counts.open--;
        super.close();
      }
    };
  });
  return () => page.evaluate(() => (globalThis as unknown as { streams: { open: number; most: number } }).streams);
}

/** Has a page believe that its tab is hidden, or shown again. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
    Object.defineProperty(document, "visibilityState", {
      configurable: true,
      get: () => hidden ? "hidden" : "visible",
    });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

Deno.test("a page of many cells has one stream, none while it is hidden, and draws only what has changed", async () => {
  const many = ["one", "two", "three"].map((id, i) => run(id, "slow", `\nsample: ${i}`)).join("");
  const text = `# Many\n\n${market("slow", 400, 50)}${many}${batch("sweep", "slow", "5..6")}${
    cell("sql table #still", "SELECT 1 AS one")
  }`;
  await withNotebook(text, async ({ page, base, server }) => {
    const streams = await countStreams(page);
    await open(page, base);
    await eventually(async () => (await streams()).open === 1);
    await page.getByRole("button", { name: "Run stale" }).click();
    for (const id of ["run one", "run two", "run three"]) await stands(page, id, "running");
    await stands(page, "batch sweep", "running");
    for (const id of ["run one", "run two", "run three"]) await goesOn(page, id);
    await soonEquals(() => streams(), { open: 1, most: 1 });

    // Rows come once, and what is not of them is not drawn again.
    const asked: { readonly run: string; readonly after: number }[] = [];
    page.on("request", (request) => {
      const found = /simulations\/([^/]+)\/metrics(?:\?after=(\d+))?/.exec(request.url());
      if (found) asked.push({ run: found[1]!, after: Number(found[2] ?? -1) });
    });
    const changes = await page.evaluate(async () => {
      const still = document.getElementById("still")!;
      const one = document.getElementById("one")!;
      const seen = { still: 0, pictures: 0, others: 0 };
      const watcher = new MutationObserver((all) => {
        for (const { target } of all) {
          const element = target instanceof Element ? target : target.parentElement!;
          if (still.contains(element)) seen.still++;
          else if (one.contains(element) && element.closest(".chart-picture")) seen.pictures++;
          else if (one.contains(element) && element.closest(".cell-source, .cell-head")) seen.others++;
        }
      });
      watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      const begun = performance.now();
      while (seen.pictures < 5) await new Promise((resolve) => requestAnimationFrame(resolve));
      watcher.disconnect();
      return { ...seen, seconds: (performance.now() - begun) / 1000 };
    });
    assertEquals([changes.still, changes.others], [0, 0]);
    const first = asked.filter((each) => each.run === asked[0]!.run).map(({ after }) => after);
    // At most five times a second, and the one that was under way.
    assertTrue(first.length <= 5 * changes.seconds + 2, `${first.length} requests in ${changes.seconds} s`);
    assertTrue(first.every((after, i) => after >= 0 && (i === 0 || after >= first[i - 1]!)), first.join());

    await setHidden(page, true);
    await eventually(async () => (await streams()).open === 0);
    const before = await turnOf(page, "run two");
    const address = await cellOf(page, "run two").locator(".provenance a").getAttribute("href");
    const rows = `/api/simulations/${address!.split("/").at(-1)}/metrics?after=${before + 5}`;
    await eventually(async () => (await (await server.fetch(rows)).json()).length > 0);
    assertTrue(await turnOf(page, "run two") <= before + 1, "nothing is heard while nobody looks");
    await setHidden(page, false);
    await eventually(async () => (await streams()).open === 1);
    await eventually(async () => await turnOf(page, "run two") > before + 5);
    await soonEquals(async () => (await streams()).most, 1);

    // All of it is ended at once, and said to be.
    await page.getByRole("button", { name: "Interrupt" }).click();
    for (const label of ["run one", "run two", "run three"]) {
      await cellOf(page, label).getByText("cancelled").first().waitFor();
    }
    await eventually(async () => (await runsOf(server)).every(({ status }) => status === "cancelled"));
    await screenshot(page, "live_cancelled");
  });
});

Deno.test("a run and a batch are found again after a reload and by a second tab, and nothing is played twice", async () => {
  const text = `# Found\n\n${market("slow", 150, 30)}${market("brief", 90, 30)}${run("one", "slow")}${
    batch("sweep", "brief", "3..4")
  }`;
  await withNotebook(text, async ({ page, window, base, server }) => {
    await page.getByRole("button", { name: "Run stale" }).click();
    await stands(page, "run one", "running");
    await stands(page, "batch sweep", "running");
    await open(page, base);
    await stands(page, "run one", "running");
    await goesOn(page, "run one");
    const other = await window.newPage();
    await open(other, base);
    await stands(other, "run one", "running");
    await stands(other, "batch sweep", "running");
    await goesOn(other, "run one");
    for (const tab of [page, other]) {
      await stands(tab, "run one", "completed");
      await stands(tab, "batch sweep", "completed");
      await cellOf(tab, "batch sweep").getByText("2 of 2 done").waitFor();
      await soonEquals(() => turnOf(tab, "run one"), 150);
    }
    const all = await runsOf(server);
    assertEquals(all.map(({ status }) => status), ["completed", "completed", "completed"]);
    await open(page, base);
    await stands(page, "run one", "completed");
    assertEquals((await runsOf(server)).length, all.length);
  });
});

Deno.test("a server that dies and comes back on its port: the page says so, finds its runs, and shows them to their end", async () => {
  await withFolder(async (folder) => {
    const path = fromFileUrl(new URL("../fixtures/domains/market", import.meta.url));
    const config = `${folder}/llm-sim.yaml`;
    await Deno.writeTextFile(config, JSON.stringify({ simulation_repos: [{ name: "market", path }] }));
    await written(
      folder,
      `# Restarted\n\n${market("slow", 120, 25)}${market("brief", 60, 25)}${run("one", "slow")}${
        batch("sweep", "brief", "3..4")
      }`,
    );
    const args = ["--config", config, "--output", `${folder}/output`];
    await using first = await serve(args);
    await withWindow({ url: first.url, folder } as TestServer, async ({ page, base, errors }) => {
      await open(page, base);
      await page.getByRole("button", { name: "Run stale" }).click();
      await stands(page, "run one", "running");
      await stands(page, "batch sweep", "running");
      await goesOn(page, "run one");
      await first.kill();
      await page.getByText("Connection lost, retrying.").first().waitFor();
      await screenshot(page, "live_lost");
      const before = await turnOf(page, "run one");
      await using second = await serve([...args, "--port", new URL(base).port]);
      assertEquals(second.url, base);
      await eventually(async () => await turnOf(page, "run one") > before, 2 * PATIENCE);
      await stands(page, "run one", "completed");
      await stands(page, "batch sweep", "completed");
      await soonEquals(() => page.getByText("Connection lost").count(), 0);
      assertEquals((await runsOf(second)).map(({ status }) => status), ["completed", "completed", "completed"]);
      await page.close();
      // The console tells of every try.
      assertTrue(errors.splice(0).every((error) => /ERR_CONNECTION|ERR_INCOMPLETE|Failed to load/.test(error)));
    });
  });
});

Deno.test("what has ended says where it comes from: run, key, seed, sample, model, cost, validity", async () => {
  const text = `# Ended\n\n${market("quick", 5, 1)}${run("one", "quick")}${batch("sweep", "quick", "3..4")}`;
  await withNotebook(text, async ({ page, server }) => {
    await page.getByRole("button", { name: "Run stale" }).click();
    await stands(page, "run one", "completed");
    await stands(page, "batch sweep", "completed");
    const facts = async (label: string) => {
      const box = cellOf(page, label).locator(".provenance").first();
      await box.locator("summary").click();
      let said: Record<string, string> = {};
      // What the page says of the end comes after the end itself.
      await eventually(async () => {
        said = Object.fromEntries(
          await box.locator("dt").evaluateAll((names) =>
            names.map((name) => [name.textContent!, name.nextElementSibling!.textContent!])
          ),
        );
        return "validity" in said && said.when !== "–";
      });
      await screenshot(page, `live_provenance_${label.split(" ")[0]}`);
      await box.locator("summary").click();
      return said;
    };
    const one = await facts("run one");
    const manifest = await (await server.fetch(`/api/simulations/${one.run}`)).json();
    assertMatches(one["content key"]!, /^[0-9a-f]{16}$/);
    assertTrue(manifest.content_key.startsWith(one["content key"]));
    assertEquals([one.seed, one.sample, one.models, one.cost, one.validity], ["1", "0", "none", "$0", "valid"]);
    assertMatches(one.when!, /^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
    const sweep = await facts("batch sweep");
    assertMatches(sweep.batch!, /\w/);
    assertEquals([sweep.models, sweep.cost, sweep.validity], ["none", "$0", "valid"]);
  });
});

Deno.test("one that waits is queued; one that fails says in which turn, why, and what to try, in runs and in batches", async () => {
  const text = `# Failing\n\n${market("slow", 4000, 25)}${market("broken", 40, 1, ", fail_at: 7")}${
    run("one", "slow")
  }${run("two", "broken")}${batch("sweep", "broken", "1..2")}`;
  await withNotebook(text, async ({ page }) => {
    await start(page, "one");
    await stands(page, "run one", "running");
    await start(page, "two");
    await stands(page, "run two", "queued");
    await screenshot(page, "live_queued");
    await cellOf(page, "run one").getByRole("button", { name: "Cancel" }).first().click();
    await stands(page, "run two", "failed");
    const trouble = cellOf(page, "run two").locator(".trouble");
    await trouble.getByText(/^What to try: .*on_error/).waitFor();
    await soonMatches(async () => (await trouble.textContent())!, /agent 'Ann' failed in turn 7: the ledger is torn/);
    await soonEquals(() => turnOf(page, "run two"), 6);
    await start(page, "sweep");
    await stands(page, "batch sweep", "failed");
    const failures = cellOf(page, "batch sweep").getByRole("group", { name: "Runs that failed" });
    await failures.getByText("agent 'Ann' failed in turn 7: the ledger is torn").nth(1).waitFor();
    await cellOf(page, "batch sweep").getByText("No run was completed: there are no numbers.").waitFor();
    await screenshot(page, "live_failed");
    // It can be tried again, which a mended scenario is needed for.
    await soonTrue(async () => await page.getByRole("button", { name: "Run run two" }).count() > 0);
  }, { maxConcurrent: 1 });
});

Deno.test("a conversation is stopped after the turn that it plays, and goes on from there", async () => {
  await using agent = new HeldAgent();
  const text = `# Stopped\n\n${
    cell(
      "yaml conversation #talk",
      `scenario: scenarios/conversation/plan_refine_offline.yaml
set: { conversation.agent: { adapter: http, url: "${agent.url}" } }
max_turns: 3`,
    )
  }`;
  await withNotebook(text, async ({ page, app }) => {
    const talk = cellOf(page, "conversation talk");
    agent.hold();
    await start(page, "talk");
    await agent.whenAsked(1);
    const { promise: stopping, resolve: isStopping } = Promise.withResolvers<void>();
    const pause = app.pause.bind(app);
    app.pause = (...args) => {
      isStopping();
      return pause(...args);
    };
    await talk.getByRole("button", { name: "Stop" }).click();
    // With the server: a turn that ends before it knows is followed by another.
    await stopping;
    agent.release();
    await stands(page, "conversation talk", "idle");
    await talk.getByRole("listitem", { name: "Turn 1" }).waitFor();
    await soonEquals(() => talk.getByRole("listitem", { name: /^Turn/ }).count(), 1);
    await screenshot(page, "live_stopped");
    await talk.getByRole("button", { name: "Auto" }).click();
    await stands(page, "conversation talk", "finished");
    await talk.getByRole("listitem", { name: "Turn 3" }).waitFor();
    assertEquals(agent.asked.length, 3);
  }, { config: { http_allow: [agent.origin] } });
});
