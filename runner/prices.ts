/** What running something would take, told from what runs took before. */

import type { App } from "./app.ts";
import type { PreparedStart } from "./starts.ts";
import type { ModelChoice } from "./gateway/mod.ts";
import type { Price } from "./notebook/mod.ts";
import type { Manifest } from "./store/mod.ts";

/** What one run takes; null: nobody knows. */
export interface Experience {
  readonly seconds: number | null;
  readonly usd: number | null;
}

/** Runs that are looked at, and milliseconds for which what they say is kept. */
const LOOKED_AT = 5;
const KEPT = 5000;

/** What runs took before. */
export class Experiences {
  readonly #app: App;
  readonly #kept = new Map<string, { readonly at: number; readonly experience: Experience }>();

  constructor(app: App) {
    this.#app = app;
  }

  /** What runs of a scenario took, by its name and domain. @param last the cell's own last run, if it has come to its end */
  async of(repo: string, name: string, last: Manifest | null = null): Promise<Experience> {
    if (last?.status === "completed") return { seconds: secondsOf(last), usd: last.cost.usd };
    const key = `${repo} ${name}`;
    const before = this.#kept.get(key);
    if (before && performance.now() - before.at < KEPT) return before.experience;
    const experience = await this.#look(repo, name);
    // The first run may come to its end at any time.
    if (experience.seconds !== null) this.#kept.set(key, { at: performance.now(), experience });
    return experience;
  }

  async #look(repo: string, name: string): Promise<Experience> {
    const { runs } = await this.#app.list({ repo, status: "completed", text: name, limit: LOOKED_AT });
    const same = runs.filter((manifest) => manifest.name === name);
    const seconds = same.map(secondsOf).filter((each) => each !== null);
    return { seconds: mean(seconds), usd: mean(same.map(({ cost }) => cost.usd)) };
  }
}

/** Whether nothing of a start costs anything for certain: no model but the offline one, no service outside. */
export function isFree({ config }: Pick<PreparedStart, "config">, models: readonly ModelChoice[]): boolean {
  const callsServices = config.agents.some((agent) => typeof agent.config.url === "string");
  return !callsServices && models.every(({ kind }) => kind === "offline");
}

/** Seconds from a run's start to its end; null: it has not come to one. */
export function secondsOf({ started_at, ended_at }: Pick<Manifest, "started_at" | "ended_at">): number | null {
  return started_at === undefined || ended_at === undefined
    ? null
    : (Date.parse(ended_at) - Date.parse(started_at)) / 1000;
}

/** What is still to be played. */
export interface Work {
  readonly runs: number;
  readonly of: number;
  readonly free: boolean;
  /** Runs that are played at once. */
  readonly parallel?: number;
}

/** The price of it. */
export function priceOf({ runs, of, free, parallel = 1 }: Work, each: Experience): Price {
  const rounds = Math.ceil(runs / Math.max(1, Math.min(parallel, runs)));
  const seconds = runs === 0 ? 0 : each.seconds === null ? null : rounds * each.seconds;
  const usd = free || runs === 0 ? 0 : each.usd === null ? null : runs * each.usd;
  const parts = [
    of === 1 ? "1 run" : `${runs} of ${of} runs`,
    ...(seconds === null || runs === 0 ? [] : [`about ${duration(seconds)}`]),
    free ? "free" : usd === null ? "cost unknown" : dollars(usd),
  ];
  return { runs, of, seconds, usd, free, text: parts.join(", ") };
}

function duration(seconds: number): string {
  if (seconds < 1) return "1 s";
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}

function dollars(usd: number): string {
  return usd === 0 ? "$0" : usd < 0.01 ? "less than $0.01" : `$${usd.toFixed(2)}`;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
