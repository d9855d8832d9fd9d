/** A notebook that is open in a browser, and its file. */

import type { Locator, Page } from "playwright-core";
import { assertEquals } from "../support/assert.ts";
import { islandsReady, type Visit, type VisitOptions, withPage } from "./browser.ts";

/** Milliseconds after which what does not come is missed. */
const PATIENCE = 10_000;

/** A page of a notebook. */
export interface NotebookVisit extends Visit {
  /** The file on disk. */
  readonly file: NotebookOnDisk;
  /** The cell or text whose label begins with this: `run base`. */
  cell(label: string): Locator;
  /** Opens the page again, or a second one. */
  open(page?: Page, query?: string): Promise<void>;
}

/** A notebook's file. */
export class NotebookOnDisk {
  readonly path: string;

  constructor(folder: string, name: string) {
    this.path = `${folder}/notebooks/${name}`;
  }

  async read(): Promise<string> {
    return await Deno.readTextFile(this.path);
  }

  /** As another program would: a new file in the place of the old one. */
  async write(text: string): Promise<void> {
    await Deno.writeTextFile(`${this.path}.new`, text);
    await Deno.rename(`${this.path}.new`, this.path);
  }

  async remove(): Promise<void> {
    await Deno.remove(this.path);
  }

  /** Resolves when the file is this; fails with what it is when that does not happen. */
  async becomes(text: string, ms = 10_000): Promise<void> {
    await eventually(async () => await this.read() === text, ms).catch(async () =>
      assertEquals(await this.read(), text)
    );
  }
}

/** Opens a notebook with this text. */
export async function withNotebook(
  text: string,
  body: (visit: NotebookVisit) => Promise<void>,
  options: VisitOptions & { readonly name?: string; readonly query?: string } = {},
): Promise<void> {
  const { name = "page.md", query = "" } = options;
  await withPage(async (visit) => {
    visit.window.setDefaultTimeout(PATIENCE);
    const open = async (page = visit.page, search = query) => {
      await page.goto(`${visit.base}/notebooks/${name}${search}`);
      if (options.javaScript !== false) await islandsReady(page);
    };
    await open();
    await body({
      ...visit,
      file: new NotebookOnDisk(visit.folder, name),
      cell: (label) => cellOf(visit.page, label),
      open,
    });
  }, {
    ...options,
    before: async (app, folder) => {
      await Deno.mkdir(`${folder}/notebooks`, { recursive: true });
      await Deno.writeTextFile(`${folder}/notebooks/${name}`, text);
      await options.before?.(app, folder);
    },
  });
}

/** The cell or text whose label begins with this. */
export function cellOf(page: Page, label: string): Locator {
  return page.locator(`article[aria-label^="${label}"]`);
}

/** Resolves when `holds` does; fails when it never does. */
export async function eventually(holds: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const until = performance.now() + ms;
  while (!await holds()) {
    if (performance.now() > until) throw new Error(`it did not happen within ${ms} ms: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Resolves when the cell whose label begins with this has the focus. */
export async function focusIs(page: Page, label: string): Promise<void> {
  await page.waitForFunction((start) => document.activeElement?.getAttribute("aria-label")?.startsWith(start), label);
}
