/**
 * Pages in a real Chromium, of a real server. A file that imports this has one browser for all of its tests; each test
 * has a server, an output folder and a window of its own, and fails when the page has reported an error.
 *
 * `BROWSER_SLOWDOWN=4 deno task test tests/browser` has pages compute four times slower, and 100 ms away from the server
 * each way: tests that do not wait for what they look at fail there, and so do pages that lose what is done meanwhile.
 */

import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { currentScripts, type Scripts } from "../../server/mod.ts";
import { ROOT } from "../../runner/mod.ts";
import { assertEquals } from "../support/assert.ts";
import { type TestServer, type TestServerOptions, withServer } from "../support/server.ts";
import { environmentOf, findChromium } from "./chromium.ts";
import { PATIENCE } from "./soon.ts";

/** A page and its server. */
export interface Visit {
  readonly page: Page;
  /** The window, of which there may be further pages. */
  readonly window: BrowserContext;
  /** Address of the server, without a slash at the end. */
  readonly base: string;
  readonly server: TestServer;
  readonly app: TestServer["app"];
  /** Has `output/` in it, and whatever a test puts there. */
  readonly folder: string;
  /** Errors that the page has reported so far. A test that expects some takes them out. */
  readonly errors: string[];
}

/** How a page is looked at. */
export interface VisitOptions extends TestServerOptions {
  readonly colorScheme?: "light" | "dark";
  /** Default: 1280 by 800. */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Default true. */
  readonly javaScript?: boolean;
  /** A telephone's: fingers in place of a mouse. Default false. */
  readonly touch?: boolean;
  /** Default: as most people have it. */
  readonly reducedMotion?: "reduce" | "no-preference";
  /** Default: of this repository's islands. */
  readonly scripts?: Scripts | null;
}

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** How many times slower than this machine pages compute. */
const SLOWDOWN = Number(Deno.env.get("BROWSER_SLOWDOWN") ?? 1);
/** Milliseconds to the server and back, each. */
const LATENCY = 25 * SLOWDOWN;

let browser: Browser | undefined;

Deno.test.beforeAll(async () => {
  if (SLOWDOWN > 1) delayRequests();
  const path = findChromium();
  if (path === null) {
    throw new Error("no Chromium is here: deno task test installs one, CHROMIUM=/path/to/it names one");
  }
  const env = { ...Deno.env.toObject(), ...environmentOf(path) };
  browser = await chromium.launch({ executablePath: path, args: ARGUMENTS, env });
});

Deno.test.afterAll(async () => await browser?.close());

/** Starts a server, opens a window, hands both to `body`, closes both; fails when the page has reported errors. */
export async function withPage(body: (visit: Visit) => Promise<void>, options: VisitOptions = {}): Promise<void> {
  const scripts = options.scripts === undefined ? await currentScripts() : options.scripts;
  await withServer(
    { ...options, listen: { scripts, ...options.listen } },
    (server) => withWindow(server, body, options),
  );
}

/** Opens a window of a server that runs, hands it to `body`, closes it; fails when the page has reported errors. */
export async function withWindow(
  server: TestServer,
  body: (visit: Visit) => Promise<void>,
  options: VisitOptions = {},
): Promise<void> {
  const { colorScheme = "light", viewport = { width: 1280, height: 800 }, javaScript = true } = options;
  const { reducedMotion, touch = false } = options;
  const window = await browser!.newContext({
    colorScheme,
    viewport: { ...viewport },
    javaScriptEnabled: javaScript,
    reducedMotion: reducedMotion ?? null,
    hasTouch: touch,
    isMobile: touch,
    baseURL: server.url,
  });
  try {
    const errors: string[] = [];
    window.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    window.on("weberror", (error) => errors.push(String(error.error().stack ?? error.error())));
    window.setDefaultTimeout(PATIENCE);
    const page = await window.newPage();
    if (SLOWDOWN > 1) await slowDown(page);
    await body({ page, window, base: server.url, server, app: server.app, folder: server.folder, errors });
    assertEquals(errors, [], "the page has reported errors");
  } finally {
    await window.close();
  }
}

async function slowDown(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await session.send("Network.enable");
  // Of answers only: requests are with the server at once, see delayRequests.
  const network = { offline: false, latency: LATENCY, downloadThroughput: -1, uploadThroughput: -1 };
  await session.send("Network.emulateNetworkConditions", network);
}

function delayRequests(): void {
  const { serve } = Deno;
  const late = (handle: Deno.ServeHandler): Deno.ServeHandler => async (request, info) => {
    await new Promise((resolve) => setTimeout(resolve, LATENCY));
    return await handle(request, info);
  };
  Object.assign(Deno, {
    serve: (options: Deno.ServeTcpOptions, handle: Deno.ServeHandler) => serve(options, late(handle)),
  });
}

/**
 * What axe finds wrong for people who use the page by other means: rule, weight, where.
 * @param within a selector; default: the whole page
 * @param rules default: all
 */
export async function axeViolations(page: Page, within?: string, rules?: readonly string[]): Promise<string[]> {
  // Not as a script of the page, which its policy would refuse.
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(
    async ([selector, runOnly]) =>
      await (globalThis as unknown as { axe: typeof axe }).axe.run(selector ?? document, {
        resultTypes: ["violations"],
        ...(runOnly && { runOnly: [...runOnly] }),
      }),
    [within, rules] as const,
  );
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) =>
      `${id} (${impact}) at ${target.join(" ")}: ${failureSummary?.split("\n").slice(1).join("; ").trim()}`
    )
  );
}

/** Takes a picture of the whole page to `docs/screenshots/NAME.png` when SCREENSHOTS is set; else does nothing. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = Deno.env.get("SCREENSHOTS");
  if (folder) await page.screenshot({ path: `${folder === "1" ? `${ROOT}/docs/screenshots` : folder}/${name}.png` });
}

/** Resolves when every island of the page is alive. */
export async function islandsReady(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("fresh-island[data-place]")].every((island) => island.hasAttribute("data-ready"))
  );
}
