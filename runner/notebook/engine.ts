/** What notebooks do: pages are computed, paid cells started, in order and at most once, and what has to wait goes on by itself. */

import { didYouMean, sha256, SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import { Experiences } from "../prices.ts";
import { isEnded, type RunStore } from "../store/mod.ts";
import { BatchPlans } from "./batch_plans.ts";
import { Comparisons } from "./comparisons.ts";
import type { Computed, Plan, Started, StartOptions } from "./computed.ts";
import type { Services } from "./context.ts";
import type { RunOptions, TemplateSource, ViewOptions } from "./controller.ts";
import { evaluate, type Evaluation, isPaid, type PageSource } from "./evaluate.ts";
import { assertPath, MOST_BYTES, type NotebookFiles } from "./files.ts";
import { limitCost } from "./kinds/paid_run.ts";
import { PageMemory } from "./memory.ts";
import { ancestors, type CellPiece } from "./page/mod.ts";
import { pageView } from "./page_view.ts";
import { RunResults } from "./results.ts";
import { Starts } from "./starts.ts";
import { TableQueries } from "./table_queries.ts";
import type { NotebookView } from "./view.ts";
import { NotebookWatch } from "./watch.ts";

/** Milliseconds between two looks at what another host plays. */
const LOOK = 1000;

/** Path of pages that are looked at before they are written. */
const NEW_PAGE = "new page (not written yet).md";

/** Cells of one page that are to be started, in order. */
interface Job {
  readonly source: PageSource;
  readonly pending: Set<string>;
  readonly options: StartOptions;
  /** What was started or plays on, with the dollars that it had cost before. */
  readonly started: (Started & { readonly before: number })[];
  /** Cells that were started and cost something. */
  readonly paid: Set<string>;
  stopped: boolean;
  done: Promise<void>;
}

/** What came of starting a cell, as long as its source stays what it was. */
interface Fate {
  readonly source: string;
  readonly reason: string;
}

/** The parts of notebooks that are loaded when they are needed. */
export class Engine {
  readonly files: NotebookFiles;
  readonly watch: NotebookWatch;
  readonly memory: PageMemory;
  readonly #app: App;
  readonly #services: Services;
  readonly #jobs = new Map<string, Set<Job>>();
  /** Starts that failed, by page and cell. */
  readonly #failed = new Map<string, Map<string, Fate>>();
  /** Starts that are under way, by what they start. */
  readonly #starting = new Map<string, Promise<Started>>();
  /** Pages that are being computed. */
  readonly #computing = new Map<string, Promise<Evaluation>>();
  readonly #closing = Promise.withResolvers<void>();
  #closed = false;

  constructor(app: App, store: RunStore, files: NotebookFiles) {
    this.#app = app;
    this.files = files;
    this.watch = new NotebookWatch(this.files);
    this.memory = new PageMemory(store);
    this.#services = {
      app,
      starts: new Starts(app),
      results: new RunResults(app),
      experiences: new Experiences(app),
      queries: new TableQueries(app),
      comparisons: new Comparisons(app),
      batches: new BatchPlans(app),
      places: { domains: app.domains().map((name) => app.domainFolder(name)), notebooks: files.root },
    };
  }

  /** As {@linkcode Notebooks.view}. */
  async view(path: string, options: ViewOptions): Promise<NotebookView> {
    const source = this.#source(path, options);
    return this.#shown(await this.#evaluate(source), path);
  }

  /** As {@linkcode Notebooks.run}. */
  async run(path: string, options: RunOptions): Promise<NotebookView> {
    this.#app.assertOpen();
    const source = this.#source(path, options);
    const { mode = "auto", sampleAgain = false, maxCostUsd = null } = options;
    const evaluation = await this.#evaluate(source);
    const job: Job = {
      source,
      pending: new Set(chosen(evaluation, options)),
      options: { mode, sampleAgain, maxCostUsd },
      started: [],
      paid: new Set(),
      stopped: false,
      done: Promise.resolve(),
    };
    for (const name of job.pending) this.#failed.get(path)?.delete(name);
    await this.#advance(job, evaluation);
    if (job.pending.size > 0) this.#goOn(job);
    return await this.view(path, options);
  }

  /** As {@linkcode Notebooks.cancel}. */
  async cancel(path: string, names: readonly string[] | undefined, options: ViewOptions): Promise<NotebookView> {
    const isMeant = (name: string) => names === undefined || names.includes(name);
    for (const job of this.#jobs.get(path) ?? []) {
      for (const name of job.pending) if (isMeant(name)) job.pending.delete(name);
    }
    const { cells } = await this.#evaluate(this.#source(path, options));
    for (const cell of cells.values()) {
      if (!isPaid(cell.piece) || cell.ready !== "partial" || !isMeant(cell.piece.name)) continue;
      const { handle } = cell;
      const cancelled = handle?.kind === "run"
        ? this.#app.cancel(handle.run_id)
        : handle?.kind === "batch"
        ? this.#app.batches.cancel(handle.batch_id)
        : Promise.resolve();
      // It may have come to its end by itself.
      await cancelled.catch(unlessBadTransition);
    }
    return await this.view(path, options);
  }

  /** As {@linkcode Notebooks.settled}. */
  async settled(path: string, options: ViewOptions): Promise<NotebookView> {
    for (;;) {
      await Promise.all([...this.#jobs.get(path) ?? []].map(({ done }) => done));
      const evaluation = await this.#evaluate(this.#source(path, options));
      const live = [...evaluation.cells.values()].filter(isPlaying);
      if (this.#closed || live.length === 0) return this.#shown(evaluation, path);
      await Promise.all(live.map((cell) => this.#standsStill(cell)));
    }
  }

  /** As {@linkcode Notebooks.template}. */
  async template(source: TemplateSource): Promise<string> {
    const { template } = await import("./templates.ts");
    const view = (text: string) => this.view(NEW_PAGE, { text });
    return await template({ app: this.#app, places: this.#services.places, view }, source);
  }

  /** Stops what waits, and tells of no further changes. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#closing.resolve();
    this.watch.close();
    this.#services.queries.close();
    this.#services.batches.close();
    await Promise.all([...this.#jobs.values()].flatMap((jobs) => [...jobs].map(({ done }) => done)));
  }

  #shown(evaluation: Evaluation, path: string): NotebookView {
    const file = this.files.has(path) ? this.files.read(path) : null;
    const jobs = [...this.#jobs.get(path) ?? []];
    return pageView(evaluation, {
      path,
      hash: file?.hash ?? null,
      readonly: file?.readonly ?? false,
      fateOf: (name) => {
        if (jobs.some(({ pending }) => pending.has(name))) {
          return { status: "queued", reason: "waits for what it reads" };
        }
        const fate = this.#failed.get(path)?.get(name);
        if (fate === undefined) return null;
        const piece = evaluation.page.pieces.find((each) => each.kind === "cell" && each.name === name);
        return fate.source === piece?.source ? { status: "failed", reason: fate.reason } : null;
      },
    });
  }

  /** The text and inputs that a page is computed from. @throws {SimError} as {@linkcode NotebookFiles.read} */
  #source(path: string, { text, set = {} }: ViewOptions): PageSource {
    assertPath(path);
    if (text === undefined) return { path, text: this.files.read(path).text, set };
    if (text.length > MOST_BYTES) {
      throw new SimError("notebook_too_large", `the draft has more than ${MOST_BYTES >> 20} MiB`, { hint: "split it" });
    }
    return { path, text, set };
  }

  /** The page computed; who asks for the same while that is done gets the same. */
  #evaluate(source: PageSource): Promise<Evaluation> {
    const key = sha256(JSON.stringify([source.path, source.text, source.set]));
    return this.#computing.getOrInsertComputed(
      key,
      () => evaluate(source, this.#services, this.memory).finally(() => this.#computing.delete(key)),
    );
  }

  /** Starts what can be started now; what is left has to wait, or never can be. */
  async #advance(job: Job, evaluation: Evaluation): Promise<void> {
    const { pending, options } = job;
    const byName = new Map([...evaluation.cells.values()].map((cell) => [cell.piece.name, cell]));
    // What has just been started is on its way, though the page was computed before that.
    const begun = new Set<string>();
    for (const name of [...pending]) {
      if (job.stopped || this.#closed) return;
      const cell = byName.get(name);
      // Another one may have been cancelled while this loop started those before it.
      if (!pending.has(name)) continue;
      if (cell?.plan) {
        const isLimited = options.maxCostUsd !== null && !cell.plan.free;
        // How much is left is known once what costs something has come to its end.
        if (isLimited && [...job.paid].some((other) => begun.has(other) || isPlaying(byName.get(other)))) continue;
        if (isLimited) job.paid.add(name);
        pending.delete(name);
        if (await this.#startCell(job, cell, cell.plan)) begun.add(name);
      } else if (
        !cell?.waitsFor?.some((other) => pending.has(other) || begun.has(other) || isPlaying(byName.get(other)))
      ) {
        pending.delete(name);
        const paused = cell?.waitsFor?.map((other) => byName.get(other)).find((other) => other?.status === "paused");
        if (cell && paused) this.#note(job, cell, `waits for ${paused.piece.name}, which is paused`);
      }
    }
  }

  /** Whether there is something of the cell now that plays, or has been played. */
  async #startCell(job: Job, cell: Computed, plan: Plan): Promise<boolean> {
    const { options, source } = job;
    try {
      const isThere = cell.ready === "ready" || cell.ready === "partial" && cell.status !== "paused";
      if (isThere && !options.sampleAgain) return true;
      const left = options.maxCostUsd === null ? null : options.maxCostUsd - await this.#spent(job);
      if (left !== null && left <= 0 && !plan.free) {
        this.#note(job, cell, `max_cost_usd: ${options.maxCostUsd} is spent`);
        return false;
      }
      const before = cell.status === "paused" && !options.sampleAgain ? cell.provenance?.cost_usd ?? 0 : 0;
      if (cell.status === "paused" && cell.handle?.kind === "run" && !options.sampleAgain) {
        const { run_id } = cell.handle;
        if (left !== null && !plan.free && options.mode !== "hold") limitCost(this.#app, run_id, before + left, before);
        await this.#resume(run_id, options.mode);
        job.started.push({ kind: "run", id: run_id, before });
        return true;
      }
      const key = `${source.path}\n${plan.key}${options.sampleAgain ? " again" : ""}`;
      const started = await this.#starting.getOrInsertComputed(
        key,
        // What is free needs no limit, and a batch with one of 0 would be parked at once.
        () => plan.start({ ...options, maxCostUsd: plan.free ? null : left }).finally(() => this.#starting.delete(key)),
      );
      job.started.push({ ...started, before });
      return true;
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      this.#note(job, cell, error.message);
      return false;
    }
  }

  /** Plays on a run that stands still. */
  async #resume(runId: string, mode: StartOptions["mode"]): Promise<void> {
    if (mode === "step") await this.#app.step(runId);
    else if (mode === "auto") await this.#app.resume(runId);
  }

  /** Dollars that what was started has cost so far. */
  async #spent({ started }: Job): Promise<number> {
    const costs = await Promise.all(
      started.map(async ({ kind, id, before }) => {
        const { cost } = kind === "run" ? await this.#app.status(id) : await this.#app.batches.get(id);
        return cost.usd - before;
      }),
    );
    return costs.reduce((sum, usd) => sum + usd, 0);
  }

  #note({ source: { path } }: Job, { piece }: Computed, reason: string): void {
    this.#failed.getOrInsertComputed(path, () => new Map()).set(piece.name, { source: piece.source, reason });
  }

  /** Starts what has to wait when its time has come. */
  #goOn(job: Job): void {
    const { path } = job.source;
    const jobs = this.#jobs.getOrInsertComputed(path, () => new Set());
    jobs.add(job);
    job.done = this.#untilDone(job).catch((error) => {
      if (!(error instanceof SimError)) throw error;
    }).finally(() => {
      jobs.delete(job);
      if (jobs.size === 0) this.#jobs.delete(path);
    });
  }

  async #untilDone(job: Job): Promise<void> {
    while (job.pending.size > 0 && !this.#closed) {
      const evaluation = await this.#evaluate(job.source);
      await this.#advance(job, evaluation);
      if (job.pending.size === 0) return;
      const after = await this.#evaluate(job.source);
      const live = [...after.cells.values()].filter(isPlaying);
      // What was waited for may have come to its end just now.
      if (live.length === 0) continue;
      await Promise.race([this.#closing.promise, ...live.map((cell) => this.#standsStill(cell))]);
    }
  }

  /** Resolves when what plays stands still. */
  async #standsStill({ handle }: Computed): Promise<void> {
    if (handle?.kind === "batch") {
      const { status } = await this.#app.batches.wait(handle.batch_id);
      if (status === "running") await this.#pause();
    } else if (handle?.kind === "run") {
      const { status } = await this.#app.wait(handle.run_id);
      if (!isEnded(status) && status !== "paused" && status !== "interrupted") await this.#pause();
    }
  }

  /** What another host plays tells nobody here. */
  async #pause(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK);
    await Promise.race([promise, this.#closing.promise]);
    clearTimeout(timer);
  }
}

/** Names of the paid cells that are to be run, those that others read first. @throws {SimError} `unknown_cell`, `nothing_to_sample` */
function chosen(evaluation: Evaluation, { cells: asked, ancestors: withAncestors, sampleAgain }: RunOptions): string[] {
  const { graph, cells, page } = evaluation;
  const wanted = new Set<number>();
  const indexed = [...cells].filter(([, { piece }]) => isPaid(piece));
  const isOpen = ({ status, waitsFor = [] }: Computed) =>
    status === "stale" || status === "blocked" && waitsFor.length > 0;
  if (asked === "stale") { for (const [index, cell] of indexed) if (isOpen(cell)) wanted.add(index); }
  else {
    for (const name of asked) {
      const found = [...cells].find(([, { piece }]) => piece.name.toLowerCase() === name.toLowerCase());
      if (found === undefined) {
        const names = [...cells.values()].map(({ piece }) => piece.name);
        throw new SimError("unknown_cell", `the page has no cell '${name}'`, { hint: didYouMean(name, names) });
      }
      const [index, cell] = found;
      if (isPaid(cell.piece)) wanted.add(index);
      if (sampleAgain && cell.plan && !cell.plan.sampled) {
        throw new SimError("nothing_to_sample", `no model answers in '${name}': it would be the same once more`, {
          hint: "take another seed",
        });
      }
      if (!withAncestors) continue;
      for (const above of ancestors(graph, index)) {
        const other = cells.get(above)!;
        if (isPaid(other.piece) && isOpen(other)) wanted.add(above);
      }
    }
  }
  return graph.order.filter((index) => wanted.has(index)).map((index) => (page.pieces[index] as CellPiece).name);
}

/** Whether a cell's run or batch is on its way. */
function isPlaying(cell: Computed | undefined): boolean {
  return cell !== undefined && isPaid(cell.piece) && cell.ready === "partial" &&
    (cell.status === "queued" || cell.status === "running");
}

function unlessBadTransition(error: unknown): void {
  if (!(error instanceof SimError && error.code === "bad_transition")) throw error;
}
