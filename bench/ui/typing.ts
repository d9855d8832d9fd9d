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

/** One key, milliseconds. */
interface Key {
  /** The main thread's: from `keydown` to the end of what it has set off at once, and the frame that shows it. */
  readonly work: number;
  /** From `keydown` to the end of that frame, with the wait for it. */
  readonly shown: number;
}

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
    const medians: { work: number; shown: number; most: number; cpu: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      await withWindow(browser, async (page) => {
        await page.goto(`${site.url}/notebooks/${name}`);
        await ready(page);
        await page.waitForLoadState("networkidle");
        const found = await typed(page, selector, keys);
        const work = found.keys.map((key) => key.work).sort((a, b) => a - b);
        const shown = spread(found.keys.map((key) => key.shown)).median;
        medians.push({ work: spread(work).median, shown, most: work[Math.floor(work.length * 0.95)]!, cpu: found.cpu });
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
      line("work, p50", medians.map((each) => each.work), FRAME),
      line("work, p95", medians.map((each) => each.most)),
      line("until shown, p50", medians.map((each) => each.shown)),
      line("CPU of all it sets off, mean", medians.map((each) => each.cpu)),
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
): Promise<{ keys: Key[]; after: number; cpu: number }> {
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
    const { keys, seen: { longTasks } } = globalThis as unknown as { keys: Key[]; seen: Seen };
    return { keys, after: Math.max(0, ...longTasks.filter(({ at }) => at >= from).map(({ ms }) => ms)) };
  }, from);
  return { ...found, cpu: each };
}

/** Runs in the page: takes the time of every key. */
function time(): void {
  const keys: Key[] = [];
  (globalThis as unknown as { keys: Key[] }).keys = keys;
  const soon = (act: () => void) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = act;
    port2.postMessage(null);
  };
  addEventListener("keydown", () => {
    const began = performance.now();
    let handled = Infinity;
    soon(() => handled = performance.now());
    requestAnimationFrame(() => {
      const frame = performance.now();
      const before = Math.min(handled, frame) - began;
      // After style, layout and paint of this frame.
      soon(() => {
        const now = performance.now();
        keys.push({ work: before + now - frame, shown: now - began });
      });
    });
  }, { capture: true });
}
