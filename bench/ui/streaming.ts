/** How a page keeps up with two runs that play. */

import type { Browser, Page } from "playwright-core";
import { type Spread, spread } from "../harness.ts";
import { type Row, row } from "../report.ts";
import { mainThread, ready, type Seen, tasksOf, withWindow } from "./browser.ts";
import { streamingPage } from "./pages.ts";
import type { Site } from "./site.ts";

/** Turns that each run has when it is opened, and that it has played by when it is measured. */
export const DRAWN_TURNS = 5000;
/** Milliseconds of a turn: 20 a second. */
const TURN_TIME = 50;

/** The notebook: two runs with two charts each, and a chart cell of each. */
export const STREAMING_PAGE = streamingPage(DRAWN_TURNS, 10 * DRAWN_TURNS, TURN_TIME);

interface Watched {
  /** Milliseconds. */
  readonly longest: number;
  /** Milliseconds of the processor: what others on this machine took does not count. */
  readonly longestCpu: number;
  /** Of more than 50 ms. */
  readonly count: number;
  /** Pictures drawn per second. */
  readonly pictures: number;
  /** Percent of a core. */
  readonly busy: number;
  readonly turns: number;
}

/** Looks at the page of runs that play for so many seconds, several times. */
export async function streamingRows(
  browser: Browser,
  site: Site,
  { name, rounds, seconds }: { readonly name: string; readonly rounds: number; readonly seconds: number },
): Promise<Row[]> {
  await site.play(name, ({ pieces }) => {
    const runs = pieces.filter(({ cell }) => cell === "run");
    return runs.every(({ output }) => (output?.turn ?? 0) >= DRAWN_TURNS);
  });
  const seen: Watched[] = [];
  const opening: number[] = [];
  for (let round = 0; round < rounds; round++) {
    await withWindow(browser, async (page) => {
      await page.goto(`${site.url}/notebooks/${name}`);
      await ready(page);
      await page.locator(".chart-picture svg").nth(3).waitFor();
      opening.push((await longTasks(page, 0)).longest);
      seen.push(await watched(browser, page, seconds));
    }, { width: 1440, height: 1400 });
  }
  await site.act(name, { action: "cancel" });
  const line = (features: string, unit: string, value: Spread, limit?: number) =>
    row({
      ...{ name: "two runs, 20 turns/s", features, n: null, unit, value, ratio: null, ratio_to: null },
      ...(limit !== undefined && { budget: { of: "value", at: "most", limit } }),
    });
  const of = (what: keyof Watched) => spread(seen.map((each) => each[what]));
  return [
    line("longest task", "ms", of("longest"), 100),
    line("longest task, CPU", "ms", of("longestCpu"), 100),
    line(`tasks over 50 ms in ${seconds} s`, "", of("count")),
    line("main thread, CPU", "%", of("busy")),
    line("pictures drawn", "/s", of("pictures")),
    line("turns shown", "/s", of("turns")),
    line("longest task until drawn", "ms", spread(opening)),
  ];
}

async function watched(browser: Browser, page: Page, seconds: number): Promise<Watched> {
  await page.evaluate(() => {
    const counted = { pictures: 0 };
    (globalThis as unknown as { counted: typeof counted }).counted = counted;
    const observer = new MutationObserver((changes) => {
      counted.pictures += changes.filter(({ addedNodes }) => addedNodes.length > 0).length;
    });
    for (const place of document.querySelectorAll(".chart-picture")) observer.observe(place, { childList: true });
  });
  const busy = await mainThread(page);
  const turn = () =>
    page.evaluate(() =>
      Number(
        /turn ([\d,]+) of/.exec(document.querySelector(".run-view .facts-line")!.textContent!)![1]!.replaceAll(",", ""),
      )
    );
  const [from, before, first] = [await page.evaluate(() => performance.now()), await busy(), await turn()];
  const tasks = await tasksOf(browser, page, () => page.waitForTimeout(seconds * 1000));
  const longestCpu = Math.max(0, ...tasks.map(({ cpu }) => cpu));
  const after = await busy();
  const [{ longest, count, now }, last] = [await longTasks(page, from), await turn()];
  const took = (now - from) / 1000;
  const pictures = await page.evaluate(() =>
    (globalThis as unknown as { counted: { pictures: number } }).counted.pictures
  );
  const [busyShare, turns] = [(after - before) / took / 10, (last - first) / took];
  return { longest, longestCpu, count, pictures: pictures / took, busy: busyShare, turns };
}

async function longTasks(page: Page, from: number): Promise<{ longest: number; count: number; now: number }> {
  return await page.evaluate((from) => {
    const { longTasks } = (globalThis as unknown as { seen: Seen }).seen;
    const since = longTasks.filter(({ at }) => at >= from).map(({ ms }) => ms);
    return { longest: Math.max(0, ...since), count: since.length, now: performance.now() };
  }, from);
}
