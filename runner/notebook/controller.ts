/** The verbs of notebooks: files that are pages, and what their cells say, are and cost. */

import { resolve } from "node:path";
import type { Json } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { RunStore } from "../store/mod.ts";
import type { Engine } from "./engine.ts";
import type { NotebookFiles, NotebookText, WriteCondition, Written } from "./files.ts";
import type { NotebookFile, NotebookNotice, NotebookView } from "./view.ts";

/** What a view is made of. */
export interface ViewOptions {
  /** A draft, in place of the text on disk. */
  readonly text?: string;
  /** Values of inputs by id, as they stand in the page's address: texts are read as the control has its values. */
  readonly set?: { readonly [input: string]: Json };
}

/** Which cells to run, and how. */
export interface RunOptions extends ViewOptions {
  /** Names of cells (ids, or `chart 2`), or all that are stale. What is paused plays on. */
  readonly cells: readonly string[] | "stale";
  /** Whether stale cells that these read are run first. Default: no, then nothing is started that reads one. */
  readonly ancestors?: boolean;
  /** Has models answer anew: the next sample of runs and conversations that ask models. */
  readonly sampleAgain?: boolean;
  /** Dollars that what is started here may cost; what would cost more is paused, or not started. */
  readonly maxCostUsd?: number;
  /** `hold`: runs and conversations wait, parked, before their first turn; `step`: after one. Forks play. Default `auto`. */
  readonly mode?: "auto" | "step" | "hold";
}

/** Notebooks to begin with: two scenarios compared, a parameter swept, a conversation with a simulated user. */
export const STARTERS = ["compare", "sweep", "conversation"] as const;
/** Notebooks to begin with. */
export type Starter = typeof STARTERS[number];

/** From what a notebook is made: a scenario's file, a run, a batch, or nothing. */
export type TemplateSource =
  | { readonly scenario: string }
  | { readonly run_id: string }
  | { readonly batch_id: string }
  | { readonly starter: Starter };

/** The verbs. */
export class Notebooks {
  readonly #app: App;
  readonly #store: RunStore;
  readonly #embedded: string | null;
  #files: Promise<NotebookFiles> | undefined;
  #engine: Promise<Engine> | undefined;

  /** @param embedded a folder of notebooks that cannot be written */
  constructor(app: App, store: RunStore, embedded: string | null) {
    this.#app = app;
    this.#store = store;
    this.#embedded = embedded;
  }

  /** All notebooks, sorted by path; those that cannot be read are left out. */
  async list(): Promise<NotebookFile[]> {
    return (await this.#folder()).list();
  }

  /** A notebook's text. @throws {SimError} `unknown_notebook`, `bad_notebook_path`, `notebook_too_large`, `not_text` */
  async read(path: string): Promise<NotebookText> {
    return (await this.#folder()).read(path);
  }

  /**
   * Replaces a notebook, or makes it. The page itself is not looked at: what is wrong with it is for its view to say.
   * @throws {NotebookConflict} `notebook_changed` when the file is not the one in `ifMatch`; with `base`:
   *   `notebook_conflict` when both sides have changed the same lines
   * @throws {SimError} `bad_notebook_path`, `notebook_too_large`, `notebook_not_writable`
   */
  async write(path: string, text: string, condition: WriteCondition): Promise<Written> {
    return await (await this.#folder()).write(path, text, condition);
  }

  /** Removes a notebook. @throws {SimError} `unknown_notebook`, `notebook_not_writable`; {NotebookConflict} `notebook_changed` */
  async remove(path: string, condition: { readonly ifMatch: string }): Promise<void> {
    const { files, memory } = await this.#opened();
    await files.remove(path, condition);
    memory.forget(path);
  }

  /** Gives a notebook another path. @throws {SimError} `unknown_notebook`, `notebook_exists`, `notebook_not_writable` */
  async rename(path: string, to: string): Promise<NotebookText> {
    const { files, memory } = await this.#opened();
    const renamed = await files.rename(path, to);
    memory.rename(path, to);
    return renamed;
  }

  /**
   * The page as it stands: cheap cells computed, results of paid ones looked up. Starts nothing.
   * @throws {SimError} `bad_notebook_path`, `notebook_too_large`; without a draft as {@linkcode Notebooks.read}
   */
  async view(path: string, options: ViewOptions = {}): Promise<NotebookView> {
    return await (await this.#opened()).view(path, options);
  }

  /**
   * Starts paid cells and returns the page at once; what has to wait for another cell goes on in the background.
   * @throws {SimError} `unknown_cell`, `nothing_to_sample`, `closing`, and as {@linkcode Notebooks.view}; what is wrong with a
   *   cell is in its view
   */
  async run(path: string, options: RunOptions): Promise<NotebookView> {
    return await (await this.#opened()).run(path, options);
  }

  /** Ends what cells of a page play or have waiting; absent: all of them. */
  async cancel(path: string, cells?: readonly string[], options: ViewOptions = {}): Promise<NotebookView> {
    return await (await this.#opened()).cancel(path, cells, options);
  }

  /** Resolves when nothing of a page plays or waits any more, with the page. */
  async settled(path: string, options: ViewOptions = {}): Promise<NotebookView> {
    return await (await this.#opened()).settled(path, options);
  }

  /** Calls `listener` with every change of a notebook's file, within a second; the result stops it. */
  subscribe(listener: (notice: NotebookNotice) => void): () => void {
    let isHeard = true;
    let stop = () => {};
    this.#opened().then(({ watch }) => {
      if (isHeard) stop = watch.subscribe(listener);
    });
    return () => {
      isHeard = false;
      stop();
    };
  }

  /**
   * The text of a new notebook. Of a run or a batch its cells find what there is: nothing is played for it.
   * @throws {SimError} `missing_file`, `file_outside`, `unknown_run`, `unknown_batch`, `unknown_starter`
   */
  async template(source: TemplateSource): Promise<string> {
    return await (await this.#opened()).template(source);
  }

  /** Stops watching, and what waits in the background. */
  async close(): Promise<void> {
    await (await this.#engine)?.close();
  }

  /** The files alone: they are listed beside every page. */
  #folder(): Promise<NotebookFiles> {
    return this.#files ??= import("./files.ts").then(({ NotebookFiles }) => {
      const { folder, notebooks_root = "notebooks" } = this.#app.config;
      return new NotebookFiles(resolve(folder, notebooks_root), this.#embedded);
    });
  }

  /** What every plain run would wait for is loaded when the first page is looked at. */
  #opened(): Promise<Engine> {
    return this.#engine ??= Promise.all([import("./engine.ts"), this.#folder()])
      .then(([{ Engine }, files]) => new Engine(this.#app, this.#store, files));
  }
}
