/** The page of a run: what it loads, what a turn that is looked at costs, and what it keeps of a run that plays for long. */

import type { Browser, CDPSession, Page } from "playwright-core";
import { spread } from "../harness.ts";
import { type Budget, type Row, row } from "../report.ts";
import { mainThread, onlyGzip, ready, scriptBytes, type Seen, withWindow } from "./browser.ts";
import type { Site } from "./site.ts";

/** Turns of the run that is scrubbed. */
const TURNS = 1000;
/** Events of the run that is watched, of which each turn has at least so many. */
const [EVENTS, EVENTS_OF_TURN] = [100_000, 8];
/** Charts that the page has at first. */
const CHARTS = 4;
const MEGABYTE = 1 << 20;

/** How much is measured. */
export interface RunPageOptions {
  readonly rounds: number;
  /** Turns that are looked at in a round. */
  readonly steps: number;
  /** Of the run that is watched; default {@linkcode EVENTS}. */
  readonly events?: number;
}

/** All rows. */
export async function runPageRows(browser: Browser, site: Site, options: RunPageOptions): Promise<Row[]> {
  const id = await started(site, TURNS);
  while ((await statusOf(site, id)).status !== "completed") await new Promise((resolve) => setTimeout(resolve, 200));
  return [
    ...await loadedRows(browser, site, id),
    ...await scrubbedRows(browser, site, id, options),
    ...await watchedRows(browser, site, "charts", options.events ?? EVENTS),
    ...await watchedRows(browser, site, "events", options.events ?? EVENTS),
  ];
}

function line(features: string, unit: string, values: readonly number[], budget?: Budget): Row {
  return row({
    ...{ name: "page of a run", features, n: null, unit, value: spread([...values]), ratio: null, ratio_to: null },
    ...(budget && { budget }),
  });
}

const most = (limit: number): Budget => ({ of: "value", at: "most", limit });

/** Four nations that grow: eight variables of the world, five of each nation. */
async function started({ url }: Site, turns: number, mode = "auto"): Promise<string> {
  const set = { "simulation.max_turns": turns, "simulation.termination": null };
  const answer = await fetch(`${url}/api/simulations`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ repo: "economic", config: "scenarios/growth.yaml", set, mode }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).run_id;
}

async function statusOf(
  { url }: Site,
  id: string,
): Promise<{ readonly status: string; readonly current_turn: number }> {
  const now = await (await fetch(`${url}/api/simulations/${id}`)).json();
  if (now.status === "failed") throw new Error(JSON.stringify(now.error));
  return now;
}

async function opened(page: Page, site: Site, id: string): Promise<void> {
  await page.goto(`${site.url}/runs/${id}`);
  await ready(page);
  await page.locator(".chart-picture svg").nth(CHARTS - 1).waitFor();
}

async function loadedRows(browser: Browser, site: Site, id: string): Promise<Row[]> {
  const { bytes, alive } = await withWindow(browser, async (page) => {
    await onlyGzip(page);
    await opened(page, site, id);
    await page.waitForLoadState("networkidle");
    return { ...await scriptBytes(page), alive: await ready(page) };
  });
  return [line("scripts with charts", "kB", [bytes / 1000], most(250)), line("until alive", "ms", [alive])];
}

/** What the main thread does for each of the turns that somebody who scrubs passes: five charts, their values, the agents. */
async function scrubbedRows(browser: Browser, site: Site, id: string, options: RunPageOptions): Promise<Row[]> {
  const rows: Row[] = [];
  for (const tab of ["charts", "agents", "events"]) {
    const [medians, longest]: [number[], number[]] = [[], []];
    for (let round = 0; round < options.rounds; round++) {
      await withWindow(browser, async (page) => {
        await opened(page, site, id);
        if (tab !== "charts") await page.locator(`#tab-${tab}`).click();
        await page.waitForLoadState("networkidle");
        const steps = await scrubbed(page, options.steps);
        medians.push(spread(steps).median);
        longest.push(await longestTask(page));
      }, { width: 1440, height: 1400 });
    }
    rows.push(
      line(`${TURNS.toLocaleString("en")} turns, scrubbed, ${tab}, p50`, "ms CPU", medians, most(50)),
      line(`${TURNS.toLocaleString("en")} turns, scrubbed, ${tab}, longest task`, "ms", longest),
    );
  }
  return rows;
}

async function scrubbed(page: Page, count: number): Promise<number[]> {
  await page.evaluate(() => void ((globalThis as unknown as { seen: Seen }).seen.longTasks.length = 0));
  const cpu = await mainThread(page);
  const slider = page.locator(".timeline input[type=range]");
  await slider.focus();
  const steps: number[] = [];
  for (let i = 0; i < count; i++) {
    const before = await cpu();
    // As a hand does it: far at once, every time somewhere else.
    await slider.evaluate((input, to) => {
      (input as HTMLInputElement).valueAsNumber = to;
      input.dispatchEvent(new Event("input", { bubbles: true }));
      return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }, (i * 137) % TURNS);
    steps.push(await cpu() - before);
  }
  return steps;
}

async function longestTask(page: Page): Promise<number> {
  return await page.evaluate(() =>
    Math.max(0, ...(globalThis as unknown as { seen: Seen }).seen.longTasks.map(({ ms }) => ms))
  );
}

/** How much more memory the page has after so many events: what scripts keep, after a collection, and the nodes of the page. */
async function watchedRows(browser: Browser, site: Site, tab: string, events: number): Promise<Row[]> {
  const turns = Math.ceil(events / EVENTS_OF_TURN);
  const id = await started(site, turns, "step");
  return await withWindow(browser, async (page) => {
    await opened(page, site, id);
    if (tab !== "charts") await page.locator(`#tab-${tab}`).click();
    const session = await page.context().newCDPSession(page);
    const before = await memory(session);
    const from = performance.now();
    await page.getByRole("button", { name: "Resume" }).click();
    while ((await statusOf(site, id)).status !== "completed") await page.waitForTimeout(500);
    const { current_turn } = await statusOf(site, id);
    if (current_turn < turns) throw new Error(`the run ended at turn ${current_turn} of ${turns}`);
    await page.locator('.run-page-head [data-status="completed"]').waitFor();
    const after = await memory(session);
    const seconds = (performance.now() - from) / 1000;
    const features = `${tab} open for ${events.toLocaleString("en")} events, ${Math.round(seconds)} s`;
    return [
      line(`${features}, memory`, "MB more", [(after.bytes - before.bytes) / MEGABYTE], most(50)),
      line(`${features}, nodes`, "more", [after.nodes - before.nodes]),
    ];
  });
}

async function memory(session: CDPSession): Promise<{ readonly bytes: number; readonly nodes: number }> {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  const { nodes } = await session.send("Memory.getDOMCounters");
  return { bytes: usedSize, nodes };
}
