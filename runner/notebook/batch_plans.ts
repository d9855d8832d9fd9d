/** Plans of batches that pages describe, kept as long as what they were read from stays as it is; and what they would take. */

import type { App } from "../app.ts";
import type { BatchRow, BatchSummary, PlannedBatch } from "../batch/mod.ts";
import { type Experiences, priceOf } from "../prices.ts";
import { Stamps } from "./stamps.ts";
import type { Price } from "./view.ts";

/** Plans that are kept. */
const MOST_KEPT = 50;

/** Plans of batches. */
export class BatchPlans {
  readonly #app: App;
  readonly #plans = new Map<string, { readonly plan: PlannedBatch; readonly stamps: Stamps }>();
  readonly #summaries = new Map<string, { readonly stamp: string; readonly summary: BatchSummary | null }>();
  /** Content keys of which there is a run; those do not go away soon. */
  readonly #found = new Set<string>();
  readonly #unheard: () => void;

  constructor(app: App) {
    this.#app = app;
    this.#unheard = app.subscribe(({ kind }) => {
      if (kind === "removed") this.#found.clear();
    });
  }

  /** What a batch would be. @throws {SimError} all that is wrong with it */
  async plan(spec: unknown): Promise<PlannedBatch> {
    const key = JSON.stringify(spec);
    const before = this.#plans.get(key);
    if (before?.stamps.hold() && this.#isCurrent(before.plan)) return before.plan;
    const plan = await this.#app.batches.plan(spec);
    const starts = [...plan.starts.values()];
    const files = starts.flatMap(({ scenario_path, config }) =>
      [scenario_path ?? [], Object.keys(config.files)].flat()
    );
    if (this.#plans.size >= MOST_KEPT) this.#plans.clear();
    this.#plans.set(key, { plan, stamps: new Stamps(files, starts.length === plan.cells.length) });
    return plan;
  }

  #isCurrent({ starts }: PlannedBatch): boolean {
    const byDomain = new Map([...starts.values()].map((start) => [start.config.domain, start]));
    return [...byDomain.values()].every((start) => this.#app.isCurrent(start));
  }

  /** What its runs say so far. */
  async summary(id: string, stamp: string, rows: readonly BatchRow[]): Promise<BatchSummary | null> {
    if (!rows.some(({ status }) => status === "completed")) return null;
    const before = this.#summaries.get(id);
    if (before?.stamp === stamp) return before.summary;
    const summary = await this.#app.batches.summary(id);
    if (this.#summaries.size >= MOST_KEPT) this.#summaries.clear();
    this.#summaries.set(id, { stamp, summary });
    return summary;
  }

  /** Whether nothing of it costs anything for certain. */
  isFree({ spec, starts }: PlannedBatch): boolean {
    if (spec.llm_mode === "offline") return true;
    return [...starts.values()].every(({ config: { llm, agents } }) => {
      const settings = llm === null
        ? []
        : [llm, ...Object.values(llm.roles), ...agents.flatMap((agent) => agent.llm ?? [])];
      return settings.every(({ provider }) => provider === "offline") &&
        !agents.some(({ config }) => typeof config.url === "string");
    });
  }

  /** What playing it would take; runs that there are already are found. */
  async price(planned: PlannedBatch, { experiences }: { readonly experiences: Experiences }): Promise<Price> {
    const [first] = planned.starts.values();
    const each = first === undefined
      ? { seconds: null, usd: null }
      : await experiences.of(first.config.domain, first.config.simulation.name);
    const most = this.#app.maxConcurrent;
    return priceOf({
      runs: planned.keys === null ? planned.runs : await this.#missing(planned.keys),
      of: planned.runs,
      free: this.isFree(planned),
      parallel: Math.min(planned.spec.limits?.parallel ?? most, most),
    }, each);
  }

  async #missing(keys: readonly string[]): Promise<number> {
    let missing = 0;
    for (const key of keys) {
      if (!this.#found.has(key) && await this.#app.findEqual(key) !== null) this.#found.add(key);
      if (!this.#found.has(key)) missing++;
    }
    return missing;
  }

  /** Hears of no further changes. */
  close(): void {
    this.#unheard();
  }
}
