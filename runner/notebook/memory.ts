/** What a page remembers of its cells between two looks: a cache, of which all can be found out again from the runs. */

import type { Json } from "../../framework/mod.ts";
import type { RunStore } from "../store/mod.ts";
import { z } from "zod";

const cell = z.object({
  /** The run or batch that was started last. */
  run_id: z.string().optional(),
  batch_id: z.string().optional(),
  /** Inputs that it followed from then. */
  inputs: z.record(z.string(), z.json()).optional(),
  /** Which sample of what it was is shown: models have been asked anew. */
  sample: z.object({ key: z.string(), more: z.int().min(0) }).optional(),
});

const memory = z.object({ format: z.literal(1), cells: z.record(z.string(), cell) });

/** What is remembered of a cell. */
export type CellMemory = z.output<typeof cell>;

/** What pages remember. */
export class PageMemory {
  readonly #store: Pick<RunStore, "notebooks">;
  readonly #pages = new Map<string, Map<string, CellMemory>>();

  constructor(store: Pick<RunStore, "notebooks">) {
    this.#store = store;
  }

  /** What is remembered of a cell of a page. */
  of(page: string, name: string): CellMemory {
    return this.#page(page).get(name) ?? {};
  }

  /** Remembers something more of a cell. */
  remember(page: string, name: string, change: Partial<CellMemory>): void {
    const cells = this.#page(page);
    cells.set(name, { ...cells.get(name), ...change });
    this.#store.notebooks.write(page, { format: 1, cells: Object.fromEntries(cells) as { [name: string]: Json } });
  }

  /** Has a page go by another name. */
  rename(page: string, to: string): void {
    const cells = this.#page(page);
    this.forget(page);
    this.#pages.set(to, cells);
    this.#store.notebooks.write(to, { format: 1, cells: Object.fromEntries(cells) as { [name: string]: Json } });
  }

  /** Forgets a page. */
  forget(page: string): void {
    this.#pages.delete(page);
    this.#store.notebooks.remove(page);
  }

  #page(page: string): Map<string, CellMemory> {
    return this.#pages.getOrInsertComputed(page, () => {
      const read = memory.safeParse(this.#store.notebooks.read(page));
      return new Map(read.success ? Object.entries(read.data.cells) : []);
    });
  }
}
