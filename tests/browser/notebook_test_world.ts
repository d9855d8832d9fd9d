/**
 * Tests of notebooks in a browser. A file that imports this has one server for all of its tests, and one window for those
 * that need none of their own; each test has a notebook of its own.
 */

import type { Locator, Page } from "playwright-core";
import { currentScripts } from "../../server/mod.ts";
import { assertEquals } from "../support/assert.ts";
import { type TestServer, withServer } from "../support/server.ts";
import { islandsReady, type Visit, type VisitOptions, withWindow } from "./browser.ts";
import { cellOf, NotebookOnDisk } from "./notebook_world.ts";

/** A page of a notebook. */
export interface NotebookVisit extends Visit {
  /** Below the folder of notebooks. */
  readonly path: string;
  /** The file on disk. */
  readonly file: NotebookOnDisk;
  /** The cell or text whose label begins with this: `run base`. */
  cell(label: string): Locator;
  /** Opens the page again, or another one. */
  open(page?: Page, query?: string): Promise<void>;
}

/** How a notebook is looked at. What a window is made with makes it one of the test's own. */
export interface NotebookVisitOptions extends VisitOptions {
  /** Of the first page: `?rate=7`. */
  readonly query?: string;
  /** Whether the test opens the page itself. Default false. */
  readonly unopened?: boolean;
}

let server: TestServer;
let stopServer: () => Promise<void>;
/** The window that tests share. */
let shared: { readonly visit: Visit; readonly close: () => Promise<void> } | null = null;
let notebooks = 0;

Deno.test.beforeAll(async () => {
  const listen = { scripts: await currentScripts() };
  [server, stopServer] = await heldOpen<TestServer>((use) => withServer({ listen }, use));
});

Deno.test.afterAll(async () => {
  await shared?.close();
  await stopServer();
});

/** A test with a notebook of this text, open in the browser; it fails when the page has reported errors. */
export function notebookTest(
  name: string,
  text: string,
  body: (visit: NotebookVisit) => Promise<void>,
  { query = "", unopened = false, ...own }: NotebookVisitOptions = {},
): void {
  const run = (visit: Visit) => visited(visit, text, body, { query, unopened, own });
  const isOwn = Object.keys(own).length > 0;
  Deno.test({
    name,
    // Server and window outlive the test.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => isOwn ? withWindow(server, run, own) : inSharedWindow(run),
  });
}

async function inSharedWindow(run: (visit: Visit) => Promise<void>): Promise<void> {
  shared ??= await openShared();
  const { visit, close } = shared;
  try {
    await run(visit);
    await clear(visit);
    assertEquals(visit.errors.splice(0), [], "the page has reported errors");
  } catch (error) {
    // The next test is to find nothing of this one.
    shared = null;
    visit.errors.length = 0;
    await close();
    throw error;
  }
}

async function openShared(): Promise<NonNullable<typeof shared>> {
  const [visit, close] = await heldOpen<Visit>((use) => withWindow(server, use));
  return { visit, close };
}

interface Opening {
  readonly query: string;
  readonly unopened: boolean;
  readonly own: VisitOptions;
}

async function visited(
  visit: Visit,
  text: string,
  body: (visit: NotebookVisit) => Promise<void>,
  { query, unopened, own }: Opening,
): Promise<void> {
  const path = `page_${++notebooks}.md`;
  await Deno.mkdir(`${visit.folder}/notebooks`, { recursive: true });
  const file = new NotebookOnDisk(visit.folder, path);
  await Deno.writeTextFile(file.path, text);
  const open = async (page = visit.page, search = query) => {
    await page.goto(`${visit.base}/notebooks/${path}${search}`);
    if (own.javaScript !== false) await islandsReady(page);
  };
  if (!unopened) await open();
  await body({ ...visit, path, file, cell: (label) => cellOf(visit.page, label), open });
}

/** Has the shared window be as a new one is. */
async function clear({ page, window }: Visit): Promise<void> {
  for (const other of window.pages()) if (other !== page) await other.close();
  await window.setOffline(false);
  await window.unrouteAll();
  await page.unrouteAll();
  // From a page that keeps nothing there when it goes.
  await page.goto("/health");
  await page.evaluate(() => localStorage.clear());
}

/** Opens something that is closed when its user returns, and keeps it open until it is closed. */
async function heldOpen<T>(
  open: (use: (opened: T) => Promise<void>) => Promise<void>,
): Promise<[opened: T, close: () => Promise<void>]> {
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>();
  let closed!: Promise<void>;
  const opened = await new Promise<T>((resolve, reject) => {
    closed = open((it) => {
      resolve(it);
      return isOver;
    });
    closed.catch(reject);
  });
  return [opened, () => {
    end();
    return closed;
  }];
}
