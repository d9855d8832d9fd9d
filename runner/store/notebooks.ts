/**
 * `.notebooks/<page>.json`: what the pages of notebooks remember of their cells. All of it can be found out again from the
 * runs, so it may be deleted at any time, and what cannot be written is not kept.
 */

import type { Json } from "../../framework/mod.ts";
import { removeIfThere, writeDurably } from "./durable.ts";

/** Folder of what notebooks remember, below the output folder. */
const NOTEBOOKS = ".notebooks";

/** What notebooks remember. */
export class NotebookMemory {
  readonly #root: string;

  /** @param output the output folder */
  constructor(output: string) {
    this.#root = `${output}/${NOTEBOOKS}`;
  }

  /** What was kept of a page; null: nothing, or nothing that can be read. @param page its path, as `economic/a.md` */
  read(page: string): Json | null {
    try {
      return JSON.parse(Deno.readTextFileSync(this.#path(page)));
    } catch {
      return null;
    }
  }

  /** Keeps what is to be known of a page, if that can be done. */
  write(page: string, value: Json): void {
    const path = this.#path(page);
    try {
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      writeDurably(path, JSON.stringify(value) + "\n");
    } catch {
      // The disk is full or may not be written: what is not kept is found out again.
    }
  }

  /** Forgets a page. */
  remove(page: string): void {
    try {
      removeIfThere(this.#path(page));
    } catch {
      // It may not be removed: then it is the memory of a page that is not there, and does no harm.
    }
  }

  #path(page: string): string {
    const steps = page.split("/").map((step) => step.replaceAll(/[^\p{L}\p{N}._ -]/gu, "_").replace(/^\.+/, "_"));
    return `${this.#root}/${steps.join("/")}.json`;
  }
}
