/** The verbs of notebooks: files that are pages, and what their cells say, are and cost. */

import { type Json, SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { RunStore } from "../store/mod.ts";
import type { NotebookFile, NotebookNotice, NotebookView } from "./view.ts";

/** A notebook's text as it lies on disk. */
export interface NotebookText {
  readonly path: string;
  readonly text: string;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly hash: string;
  /** Whether the file cannot be written where it lies: saving copies it to the working folder. */
  readonly readonly: boolean;
}

/** On what condition a file is replaced. */
export interface WriteCondition {
  /** Hash of the file that the draft was made from; null: there must be none. */
  readonly ifMatch: string | null;
  /** The text that the draft was made from: what was changed on disk meanwhile is merged with the draft. */
  readonly base?: string;
}

/** What is on disk after writing. */
export interface Written {
  readonly hash: string;
  readonly text: string;
  /** Whether changes that somebody else has made are in it. */
  readonly merged: boolean;
}

/** What a view is made of. */
export interface ViewOptions {
  /** A draft, in place of the text on disk. */
  readonly text?: string;
  /** Values of inputs by id, as they stand in the page's address: texts are read as the control has its values. */
  readonly set?: { readonly [input: string]: Json };
}

/** Which cells to run, and how. */
export interface RunOptions extends ViewOptions {
  /** Ids (or names, of cells without an id), or all that are stale. */
  readonly cells: readonly string[] | "stale";
  /** Whether stale cells that these read are run first. Default: they have to be fresh, or the cell says who blocks it. */
  readonly ancestors?: boolean;
  /** Has models answer anew: the next sample of runs and conversations that ask models. */
  readonly sampleAgain?: boolean;
  /** Dollars that all that is started here may cost together; what would cost more is paused. */
  readonly maxCostUsd?: number;
  /** `hold`: runs and conversations wait, parked, before their first turn; `step`: after one. Default: they play. */
  readonly mode?: "auto" | "step" | "hold";
}

/** From what a notebook is made. */
export type TemplateSource =
  | { readonly scenario: string }
  | { readonly run_id: string }
  | { readonly batch_id: string }
  | { readonly starter: Starter };

/** Notebooks to begin with: two scenarios compared, a parameter swept, a conversation with a simulated user. */
export const STARTERS = ["compare", "sweep", "conversation"] as const;
/** Notebooks to begin with. */
export type Starter = typeof STARTERS[number];

/** The verbs. */
export class Notebooks {
  readonly #app: App;
  readonly #store: RunStore;

  constructor(app: App, store: RunStore) {
    this.#app = app;
    this.#store = store;
  }

  /** All notebooks, sorted by path. */
  list(): Promise<NotebookFile[]> {
    return notBuilt();
  }

  /** A notebook's text. @throws {SimError} `unknown_notebook`, `bad_notebook_path`, `notebook_too_large`, `not_text` */
  read(path: string): Promise<NotebookText> {
    return notBuilt(path);
  }

  /**
   * Replaces a notebook, or makes it. The page itself is not looked at: what is wrong with it is for its view to say.
   * @throws {NotebookConflict} `notebook_changed` when the file is not the one in `ifMatch`; with `base`:
   *   `notebook_conflict` when both sides have changed the same lines
   * @throws {SimError} `bad_notebook_path`, `notebook_too_large`, `notebook_not_writable`
   */
  write(path: string, text: string, condition: WriteCondition): Promise<Written> {
    return notBuilt(path, text, condition);
  }

  /** Removes a notebook. @throws {SimError} `unknown_notebook`, `notebook_not_writable`; {NotebookConflict} `notebook_changed` */
  remove(path: string, condition: { readonly ifMatch: string }): Promise<void> {
    return notBuilt(path, condition);
  }

  /** Gives a notebook another path. @throws {SimError} `unknown_notebook`, `notebook_exists`, `notebook_not_writable` */
  rename(path: string, to: string): Promise<NotebookText> {
    return notBuilt(path, to);
  }

  /**
   * The page as it stands: cheap cells computed, results of paid ones looked up. Starts nothing.
   * @throws {SimError} as {@linkcode read}, unless there is a draft
   */
  view(path: string, options: ViewOptions = {}): Promise<NotebookView> {
    return notBuilt(path, options);
  }

  /**
   * Starts paid cells and returns the page at once; what has to wait for another cell goes on in the background.
   * @throws {SimError} `unknown_cell`, `nothing_to_sample`, and as {@linkcode view}; what is wrong with a cell is in its view
   */
  run(path: string, options: RunOptions): Promise<NotebookView> {
    return notBuilt(path, options);
  }

  /** Ends what cells of a page play, or have waiting; absent: all of them. */
  cancel(path: string, cells?: readonly string[], options: ViewOptions = {}): Promise<NotebookView> {
    return notBuilt(path, cells, options);
  }

  /** Resolves when nothing of a page plays or waits any more, with the page. */
  settled(path: string, options: ViewOptions = {}): Promise<NotebookView> {
    return notBuilt(path, options);
  }

  /** Calls `listener` with every change of a notebook's file, within a second; the result stops it. */
  subscribe(_listener: (notice: NotebookNotice) => void): () => void {
    throw new SimError("not_built", "notebooks are not watched yet");
  }

  /** The text of a new notebook. @throws {SimError} `missing_file`, `unknown_run`, `unknown_batch`, `unknown_starter` */
  template(source: TemplateSource): Promise<string> {
    return notBuilt(source);
  }

  /** Stops watching, and what waits in the background. */
  async close(): Promise<void> {
    await Promise.resolve([this.#app, this.#store]);
  }
}

function notBuilt(..._given: unknown[]): Promise<never> {
  return Promise.reject(new SimError("not_built", "notebooks are not built yet"));
}
