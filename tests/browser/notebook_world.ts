/** Notebooks in a browser, and their files: what tests look at and do. */

import type { Locator, Page } from "playwright-core";
import { soonEquals } from "./soon.ts";

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

  /** Resolves when the file is there and is this; fails with what it is when that does not happen. */
  async becomes(text: string): Promise<void> {
    await soonEquals(() => this.read(), text);
  }
}

/** The cell or text whose label begins with this. */
export function cellOf(page: Page, label: string): Locator {
  return page.locator(`article[aria-label^="${label}"]`);
}

/** Edits a cell's source or a text by the keyboard, the caret at the end. */
export async function edit(page: Page, label: string): Promise<void> {
  const cell = cellOf(page, label);
  await cell.focus();
  await page.keyboard.press("Enter");
  await cell.locator(".cm-content:focus").waitFor();
  await page.keyboard.press("ControlOrMeta+End");
}

/** Resolves when the cell whose label begins with this has the focus. */
export async function focusIs(page: Page, label: string): Promise<void> {
  await page.waitForFunction((start) => document.activeElement?.getAttribute("aria-label")?.startsWith(start), label);
}

/** Does something of the page's own menu. */
export async function fromPageMenu(page: Page, entry: string): Promise<void> {
  await page.getByRole("button", { name: "More for this page" }).click();
  await page.getByRole("menuitem", { name: entry }).click();
}
