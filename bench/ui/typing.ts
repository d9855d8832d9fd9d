/** What a key costs in an editor of a page of many cells. */

import type { Browser, Page } from "playwright-core";
import { spread } from "../harness.ts";
import { type Budget, type Row, row } from "../report.ts";
import { mainThread, ready, type Seen, withWindow } from "./browser.ts";
import type { Site } from "./site.ts";

/** Milliseconds between two keys, of somebody who types well; and the pause after them, in which the page is looked at anew. */
const BETWEEN = 120;
const PAUSE = 1500;

const FRAME: Budget = { of: "value", at: "most", limit: 16 };

/** Types into cells of YAML and prose in the middle of the page. */
export async function typingRows(
  browser: Browser,
  site: Site,
  { name, cells, keys, rounds }: {
    readonly name: string;
    readonly cells: number;
    readonly keys: number;
    readonly rounds: number;
  },
): Promise<Row[]> {
  const rows: Row[] = [];
  const after: number[] = [];
  for (const [what, selector] of [["YAML", ".cell-input"], ["prose", ".cell-prose"]] as const) {
    const rounded: { median: number; most: number; cpu: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      await withWindow(browser, async (page) => {
        await page.goto(`${site.url}/notebooks/${name}`);
        await ready(page);
        await page.waitForLoadState("networkidle");
        const found = await typed(page, selector, keys);
        const times = found.keys.toSorted((a, b) => a - b);
        rounded.push({ median: spread(times).median, most: times[Math.floor(times.length * 0.95)]!, cpu: found.cpu });
        after.push(found.after);
      });
    }
    const line = (features: string, values: number[], budget?: Budget) =>
      row({
        ...{ name: `a key, ${what}, ${cells} cells`, features, n: null, unit: "ms", value: spread(values) },
        ...{ ratio: null, ratio_to: null },
        ...(budget && { budget }),
      });
    rows.push(
      line("until shown, p50", rounded.map((each) => each.median), FRAME),
      line("until shown, p95", rounded.map((each) => each.most)),
      line("CPU of all it sets off", rounded.map((each) => each.cpu), FRAME),
    );
  }
  const value = spread(after);
  const features = "longest task";
  rows.push(
    row({ name: `a pause, ${cells} cells`, features, n: null, unit: "ms", value, ratio: null, ratio_to: null }),
  );
  return rows;
}

async function typed(
  page: Page,
  selector: string,
  count: number,
): Promise<{ keys: number[]; after: number; cpu: number }> {
  const all = page.locator(selector);
  const place = all.nth(Math.floor(await all.count() / 2));
  await place.scrollIntoViewIfNeeded();
  await place.press("Enter");
  await page.locator(".cm-content").waitFor();
  await page.keyboard.press("Control+End");
  await page.waitForTimeout(PAUSE);
  await page.evaluate(time);
  const cpu = await mainThread(page);
  const before = await cpu();
  for (const letter of `${"# a comment of words ".repeat(count)}`.slice(0, count)) {
    await page.keyboard.press(letter === " " ? "Space" : letter);
    await page.waitForTimeout(BETWEEN);
  }
  const each = (await cpu() - before) / count;
  const from = await page.evaluate(() => performance.now());
  await page.waitForTimeout(PAUSE);
  const found = await page.evaluate((from) => {
    const { keys, seen: { longTasks } } = globalThis as unknown as { keys: number[]; seen: Seen };
    return { keys, after: Math.max(0, ...longTasks.filter(({ at }) => at >= from).map(({ ms }) => ms)) };
  }, from);
  return { ...found, cpu: each };
}

/** Runs in the page: takes for every key the milliseconds from `keydown` to the end of the frame that shows it. */
function time(): void {
  const keys: number[] = [];
  (globalThis as unknown as { keys: number[] }).keys = keys;
  addEventListener("keydown", () => {
    const began = performance.now();
    requestAnimationFrame(() => {
      // After style, layout and paint of this frame.
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => keys.push(performance.now() - began);
      port2.postMessage(null);
    });
  }, { capture: true });
}
