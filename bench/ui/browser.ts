/** The browser of the pages' benchmarks, and what is asked of its pages. */

import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { environmentOf, findChromium } from "../../tests/browser/chromium.ts";

const ARGUMENTS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

/** Null: there is no Chromium here. */
export async function openBrowser(): Promise<Browser | null> {
  const path = findChromium();
  if (path === null) return null;
  const env = { ...Deno.env.toObject(), ...environmentOf(path) };
  return await chromium.launch({ executablePath: path, args: ARGUMENTS, env });
}

/** Opens a window that has seen nothing yet, hands its page to `body`, closes it. */
export async function withWindow<T>(
  browser: Browser,
  body: (page: Page, window: BrowserContext) => Promise<T>,
  viewport: { readonly width: number; readonly height: number } = { width: 1440, height: 900 },
): Promise<T> {
  const window = await browser.newContext({ viewport: { ...viewport } });
  try {
    window.setDefaultTimeout(60_000);
    await window.addInitScript(watch);
    return await body(await window.newPage(), window);
  } finally {
    await window.close();
  }
}

/** What the page's watch has seen, milliseconds since navigation began. */
export interface Seen {
  /** When the last island came to life, or the bare page's script had run; null: not yet. */
  ready: number | null;
  /** Tasks of the main thread of 50 ms and more. */
  readonly longTasks: { readonly at: number; readonly ms: number }[];
}

/** Runs in every page, before anything of it. */
function watch(): void {
  const seen: Seen = { ready: null, longTasks: [] };
  (globalThis as unknown as { seen: Seen }).seen = seen;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) seen.longTasks.push({ at: startTime, ms: duration });
  }).observe({ type: "longtask", buffered: true });
  new MutationObserver(() => {
    if (seen.ready === null && document.querySelector("fresh-island[data-place]:not([data-ready])") === null) {
      seen.ready = performance.now();
    }
  }).observe(document, { subtree: true, attributeFilter: ["data-ready"] });
}

/** Resolves when all islands are alive, with when that was. */
export async function ready(page: Page): Promise<number> {
  const handle = await page.waitForFunction(() => (globalThis as unknown as { seen: Seen }).seen.ready);
  return await handle.jsonValue() as number;
}

/** The scripts that the page has loaded so far, and their bytes as they were sent. */
export async function scriptBytes(page: Page): Promise<{ readonly files: number; readonly bytes: number }> {
  return await page.evaluate(() => {
    const scripts = performance.getEntriesByType("resource").filter(({ name }) =>
      new URL(name).pathname.endsWith(".js")
    );
    const sizes = scripts.map((entry) => (entry as PerformanceResourceTiming).encodedBodySize);
    return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  });
}

/** Has the browser take gzip and nothing better. */
export async function onlyGzip(page: Page): Promise<void> {
  await page.setExtraHTTPHeaders({ "accept-encoding": "gzip" });
}

/** Tells the milliseconds of CPU that the page's main thread has used so far: others on this machine do not count. */
export async function mainThread(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  return async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")!.value * 1000;
  };
}

/** Tasks of a page's main thread: how long each took, and how much of the processor. Milliseconds. */
export interface Task {
  readonly ms: number;
  readonly cpu: number;
}

/** The tasks of the page's main thread while `body` runs. */
export async function tasksOf(browser: Browser, page: Page, body: () => Promise<void>): Promise<Task[]> {
  await browser.startTracing(page, { categories: ["disabled-by-default-devtools.timeline"] });
  await body();
  const { traceEvents } = JSON.parse(new TextDecoder().decode(await browser.stopTracing())) as {
    traceEvents: TraceEvent[];
  };
  // Of the processes that are traced, the one that runs most is the page's.
  const threads = Map.groupBy(
    traceEvents.filter(({ name, tdur }) => name === "RunTask" && tdur !== undefined),
    threadOf,
  );
  const mains = new Set(traceEvents.filter(({ name, args }) => isMain(name, args)).map(threadOf));
  const used = (events: readonly TraceEvent[]) => events.reduce((sum, { tdur }) => sum + tdur!, 0);
  const [most] = [...threads].filter(([thread]) => mains.has(thread)).map(([, events]) => events)
    .sort((a, b) => used(b) - used(a));
  return (most ?? []).map(({ dur, tdur }) => ({ ms: dur! / 1000, cpu: tdur! / 1000 }));
}

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

function threadOf({ pid, tid }: TraceEvent): string {
  return `${pid} ${tid}`;
}

function isMain(name: string, args: TraceEvent["args"]): boolean {
  return name === "thread_name" && args?.name === "CrRendererMain";
}
