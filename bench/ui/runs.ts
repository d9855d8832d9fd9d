/** How soon the list of all runs is alive where there are ten thousand, beside the same page where there are ten. */

import { join } from "node:path";
import type { Browser } from "playwright-core";
import { plantRuns } from "../../runner/store/planted_runs_test_support.ts";
import { type Spread, spread } from "../harness.ts";
import { type Budget, type Row, row } from "../report.ts";
import { mainThread, onlyGzip, ready, scriptBytes, withWindow } from "./browser.ts";
import { Site } from "./site.ts";

const TWICE: Budget = { of: "ratio", at: "most", limit: 2 };
const [FEW, MANY] = [10, 10_000] as const;

/**
 * From the beginning of the navigation, in a window that has nothing in its cache, until every island is alive and rows are
 * drawn. Each list is another server's, looked at in turn, so that what else the machine does meets both.
 */
export async function runsRows(browser: Browser, folder: string, rounds: number): Promise<Row[]> {
  await using few = await serving(join(folder, "runs_few"), FEW);
  await using many = await serving(join(folder, "runs_many"), MANY);
  const lists = [few, many].map(({ url }) => ({ address: `${url}/runs`, times: [] as number[], used: [] as number[] }));
  for (let round = -1; round < rounds; round++) {
    for (const { address, times, used } of lists) {
      const [time, cpu] = await opened(browser, address);
      if (round < 0) continue;
      times.push(time);
      used.push(cpu);
    }
  }
  const [short, long] = lists as [typeof lists[number], typeof lists[number]];
  const line = (what: string, runs: number, values: number[], to?: number[], budget?: Budget) =>
    row({
      ...{ name: `list of runs, ${what}`, features: `${runs.toLocaleString("en")} runs`, n: null, unit: "ms" },
      value: spread(values),
      ratio: to === undefined ? null : ratios(values, to),
      ratio_to: to === undefined ? null : `${FEW} runs`,
      ...(budget && { budget }),
    });
  return [
    line("first interactive", FEW, short.times),
    line("first interactive", MANY, long.times, short.times, TWICE),
    line("CPU", FEW, short.used),
    line("CPU", MANY, long.used, short.used, TWICE),
    await scripts(browser, long.address),
  ];
}

async function serving(folder: string, runs: number): Promise<Site> {
  Deno.mkdirSync(folder, { recursive: true });
  plantRuns(`${folder}/output`, runs, (i) => ({ repo: i % 2 === 0 ? "even" : "odd" }));
  return await Site.ours(folder, {});
}

/** Milliseconds until the list is alive, and those that the page's main thread has computed. */
async function opened(browser: Browser, address: string): Promise<[time: number, cpu: number]> {
  return await withWindow(browser, async (page) => {
    const cpu = await mainThread(page);
    await page.goto(address);
    const time = await ready(page);
    if (await page.locator('.runs[data-live="true"] .run-line[data-run]').count() < FEW) {
      throw new Error("the list of runs has no rows");
    }
    return [time, await cpu()];
  });
}

/** What the page loads, as gzip sends it. */
async function scripts(browser: Browser, address: string): Promise<Row> {
  const { bytes } = await withWindow(browser, async (page) => {
    await onlyGzip(page);
    await page.goto(address);
    await ready(page);
    await page.waitForLoadState("networkidle");
    return await scriptBytes(page);
  });
  return row({
    ...{ name: "list of runs, scripts", features: `${MANY.toLocaleString("en")} runs`, n: null, unit: "kB" },
    ...{ value: spread([bytes / 1000]), ratio: null, ratio_to: null },
    budget: { of: "value", at: "most", limit: 250 },
  });
}

function ratios(values: readonly number[], to: readonly number[]): Spread {
  return spread(values.map((value, round) => value / to[round]!));
}
