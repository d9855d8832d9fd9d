/** What a list of runs shows, and what is done to it. */

import { type ReadonlySignal, signal } from "@preact/signals";
import { api } from "../api.ts";
import type { Trouble } from "../actions.tsx";
import type { LiveData } from "../live.ts";
import { type Group, groupsOf, lineCount } from "./places.ts";
import { chosenCount, extended, isChosen, NONE, only, type Selection, toggled, without } from "./selection.ts";
import {
  EVERY_RUN,
  type Facets,
  facetsOf,
  matches,
  requestOf,
  type RunRow,
  type RunsView,
  type RunTally,
  searchOf,
  tallied,
  viewOf,
} from "./view.ts";
import { RowWindows, WINDOW } from "./windows.ts";

/** What a list begins with, as the server has found it. */
export interface RunsStart {
  readonly view: RunsView;
  readonly rows: readonly RunRow[];
  readonly total: number;
  /** Place of the first of them, a multiple of {@linkcode WINDOW}. */
  readonly offset: number;
  /** Of the view, by domain. */
  readonly repos: RunTally["repo"];
  readonly facets: Facets;
  /** When that was, ms since 1970. */
  readonly now: number;
}

/** What a store needs of the page. */
export interface RunsEnv {
  get<T>(path: string, signal?: AbortSignal): Promise<T>;
  /** Calls back once after so many milliseconds, unless the result is called before. */
  after(ms: number, ring: () => void): () => void;
  /** Shows an address. @param replace whether it takes the place of the one before */
  show(search: string, replace: boolean): void;
}

/** Milliseconds of quiet before what is typed is looked for; and between counts while runs change. */
const [TYPING, COUNTING] = [250, 1000];
/** Windows that are loaded anew at most when all is. */
const MOST_ANEW = 6;

/** The list. */
export class RunsStore {
  readonly windows: RowWindows;
  readonly #env: RunsEnv;
  readonly #view;
  readonly #facets;
  readonly #groups = signal<readonly Group[] | null>(null);
  readonly #selection = signal<Selection>(NONE);
  readonly #state = signal<"ready" | "loading" | Trouble>("ready");
  readonly #fresh = signal(0);
  /** Place of the row that the keyboard is at; null: none yet. */
  readonly active = signal<number | null>(null);
  /** Of the list, as of the last count. */
  readonly total;
  /** Whether the first rows are looked at: new ones may come in by themselves. */
  isAtTop = true;
  /** What is looked at: places of rows. */
  shown: { readonly first: number; readonly end: number };
  /** Called when another list is there: whether somebody has come back to it. */
  onBegin: (isBack: boolean) => void = () => {};
  /** Where a range begins. */
  #anchor = 0;
  /** Chosen runs, as they were seen last. */
  readonly #chosen = new Map<string, RunRow>();
  /** Runs that have come since the list was loaded. */
  readonly #new = new Set<string>();
  /** Creation of the newest run that is known of, ISO-8601: what is newer is new. */
  #newest: string;
  #loads = 0;
  #cancelLoad: (() => void) | null = null;
  #cancelCount: (() => void) | null = null;
  /** Whether rows have come or gone since the list was loaded: then their places are others now. */
  #isShifted = false;

  constructor({ view, rows, total, offset, repos, facets, now }: RunsStart, env: RunsEnv = BROWSER) {
    this.#env = env;
    this.#view = signal(view);
    this.#facets = signal(facets);
    this.total = signal(total);
    this.#newest = new Date(now).toISOString();
    this.windows = new RowWindows((part, signal) => env.get(requestOf(this.#view.peek(), part), signal));
    this.shown = { first: offset, end: offset + rows.length };
    this.#begin(total, repos, rows, offset / WINDOW);
  }

  /** What is asked for. */
  get view(): ReadonlySignal<RunsView> {
    return this.#view;
  }

  /** Counts by kind. */
  get facets(): ReadonlySignal<Facets> {
    return this.#facets;
  }

  /** Groups in their order; null: nothing is grouped. */
  get groups(): ReadonlySignal<readonly Group[] | null> {
    return this.#groups;
  }

  get selection(): ReadonlySignal<Selection> {
    return this.#selection;
  }

  get state(): ReadonlySignal<"ready" | "loading" | Trouble> {
    return this.#state;
  }

  /** How many runs have come that are not shown yet. */
  get fresh(): ReadonlySignal<number> {
    return this.#fresh;
  }

  /** Lines in all. */
  get lines(): number {
    return lineCount(this.windows.total, this.#groups.value);
  }

  // ── what is asked for ─────────────────────────────────────────────────────────────────────────────────────────────

  /** Asks for other runs, or another order. @param typing whether more may follow at once */
  ask(change: Partial<RunsView>, { typing = false } = {}): void {
    const view = { ...this.#view.peek(), ...change };
    this.#view.value = view;
    this.#cancelLoad?.();
    const go = () => {
      this.#cancelLoad = null;
      this.#env.show(searchOf(view), typing);
      void this.load();
    };
    if (typing) this.#cancelLoad = this.#env.after(TYPING, go);
    else go();
  }

  /** Asks for all runs in the order there is. */
  askForAll(): void {
    const { sort, descending, grouped } = this.#view.peek();
    this.ask({ ...EVERY_RUN, sort, descending, grouped });
  }

  /** Takes up what the address says: somebody has gone back or forth. */
  readAddress(search: string): void {
    this.#view.value = viewOf(new URLSearchParams(search));
    void this.load({ isBack: true });
  }

  /** Loads the list from its beginning. @param isBack whether somebody has come back to it */
  async load({ isBack = false } = {}): Promise<void> {
    this.choose(NONE);
    this.active.value = null;
    await this.#loadAt(0, 2);
    this.onBegin(isBack);
  }

  /** Loads what is looked at anew, where it is. */
  async refresh(): Promise<void> {
    const window = Math.floor(this.shown.first / WINDOW);
    await this.#loadAt(window, Math.min(MOST_ANEW, Math.ceil(this.shown.end / WINDOW) - window));
  }

  async #loadAt(window: number, windows: number): Promise<void> {
    const load = ++this.#loads;
    const view = this.#view.peek();
    this.#state.value = "loading";
    try {
      const part = { offset: window * WINDOW, limit: Math.max(1, windows) * WINDOW };
      const [rows, tallies] = await Promise.all([
        this.#env.get<readonly RunRow[]>(requestOf(view, part)),
        this.#tallies(view),
      ]);
      if (load !== this.#loads) return;
      this.#facets.value = facetsOf(view, tallies);
      const active = this.active.peek() === null ? null : this.windows.row(this.active.peek()!);
      this.#begin(tallies[0]!.total, tallies[0]!.repo, rows, window);
      if (active !== null) this.active.value = this.windows.placeOf(active.run_id) ?? this.active.peek();
      this.#state.value = "ready";
    } catch (error) {
      if (load === this.#loads) this.#fail(error);
    }
  }

  #begin(total: number, repos: RunTally["repo"], rows: readonly RunRow[], window = 0): void {
    this.#groups.value = this.#view.peek().grouped ? groupsOf(repos) : null;
    this.total.value = total;
    this.#new.clear();
    this.#fresh.value = 0;
    this.#isShifted = false;
    for (const row of rows) this.#note(row);
    this.windows.begin(total, rows, window);
  }

  /** Sees to it that rows are there to be shown. */
  async want(first: number, end: number): Promise<void> {
    this.shown = { first, end };
    if (this.windows.has(first, end)) return;
    // Others have other places now: all that is shown is to be of one moment.
    if (this.#isShifted) return await this.refresh();
    try {
      await this.windows.want(first, end);
      if (typeof this.#state.peek() === "object") this.#state.value = "ready";
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    const { message, hint } = error as Trouble;
    this.#state.value = { message: message || String(error), hint };
  }

  // ── what is heard ─────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes up what the page's stream says. */
  hear(event: string, data: LiveData): void {
    const runId = String(data.run_id);
    if (event === "removed") {
      if (this.windows.markGone(runId)) this.#isShifted = true;
      this.#chosen.delete(runId);
      this.choose(without(this.#selection.peek(), [runId]));
      this.#countSoon();
    }
    if (event !== "run") return;
    const row = data as unknown as RunRow;
    if (this.#chosen.has(runId)) this.#chosen.set(runId, row);
    const isNew = row.created_at > this.#newest || this.#new.has(runId);
    if (!this.windows.patch(row) && isNew && matches(this.#view.peek(), row)) {
      this.#new.add(runId);
      this.#isShifted = true;
      this.#fresh.value = this.#new.size;
    }
    this.#countSoon();
  }

  /** Counts, and shows what has come, when it has been quiet for a moment. */
  #countSoon(): void {
    this.#cancelCount ??= this.#env.after(COUNTING, () => {
      this.#cancelCount = null;
      void (this.#fresh.peek() > 0 && this.#mayShift() ? this.refresh() : this.#count());
    });
  }

  /** Whether rows may move without anybody losing theirs. */
  #mayShift(): boolean {
    const { sort, descending, grouped } = this.#view.peek();
    return this.isAtTop && sort === "created" && descending && !grouped &&
      chosenCount(this.#selection.peek(), this.total.peek()) === 0 && this.active.peek() === null;
  }

  async #count(): Promise<void> {
    const view = this.#view.peek();
    const loads = this.#loads;
    try {
      const tallies = await this.#tallies(view);
      if (loads !== this.#loads) return;
      this.#facets.value = facetsOf(view, tallies);
      this.total.value = tallies[0]!.total;
    } catch {
      // What was counted last stays, and is counted again with the next change.
    }
  }

  async #tallies(view: RunsView): Promise<RunTally[]> {
    return await Promise.all(tallied(view).map(([, each]) => this.#env.get<RunTally>(requestOf(each))));
  }

  #note({ created_at }: RunRow): void {
    if (created_at > this.#newest) this.#newest = created_at;
  }

  // ── what is chosen ────────────────────────────────────────────────────────────────────────────────────────────────

  /** Chooses. @param rows those of them that are known */
  choose(selection: Selection, rows: readonly RunRow[] = []): void {
    for (const row of rows) this.#chosen.set(row.run_id, row);
    if (selection.ids.size === 0) this.#chosen.clear();
    this.#selection.value = selection;
  }

  /** Chooses only the row at a place. */
  chooseOnly(place: number): void {
    const row = this.#rowToChoose(place);
    this.#anchor = place;
    if (row === null) return;
    this.#chosen.clear();
    this.choose(only([row.run_id]), [row]);
  }

  /** Chooses the row at a place, or does so no more. */
  toggle(place: number): void {
    const row = this.#rowToChoose(place);
    this.#anchor = place;
    if (row !== null) this.choose(toggled(this.#selection.peek(), row.run_id), [row]);
  }

  /** Chooses all rows from where the last one was chosen to this place. @param add to those that are chosen */
  async chooseTo(place: number, { add = false } = {}): Promise<void> {
    const [first, last] = [Math.min(place, this.#anchor), Math.max(place, this.#anchor)];
    try {
      const rows = (await this.windows.read(first, last + 1)).filter(({ run_id }) => !this.windows.isGone(run_id));
      const ids = rows.map(({ run_id }) => run_id);
      this.choose(add ? extended(this.#selection.peek(), ids) : only(ids), rows);
    } catch (error) {
      this.#fail(error);
    }
  }

  #rowToChoose(place: number): RunRow | null {
    const row = this.windows.row(place);
    return row === null || this.windows.isGone(row.run_id) ? null : row;
  }

  /** The chosen runs. @throws what loading throws */
  async chosenRows(): Promise<readonly RunRow[]> {
    const selection = this.#selection.peek();
    if (!selection.all) return [...selection.ids].map((id) => this.#chosen.get(id)).filter((row) => row !== undefined);
    const all = await this.windows.read(0, Math.max(this.windows.total, this.total.peek()));
    return all.filter(({ run_id }) => isChosen(selection, run_id));
  }
}

const BROWSER: RunsEnv = {
  get: (path, signal) => api(path, signal === undefined ? {} : { signal }),
  after: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
  show: (search, replace) => {
    const url = `${location.pathname}${search}`;
    if (replace) history.replaceState(null, "", url);
    else history.pushState(null, "", url);
  },
};
