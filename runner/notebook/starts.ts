/** Starts that have been checked, kept as long as what they were read from stays as it is: a view asks for the same ones again. */

import type { App } from "../app.ts";
import type { PreparedStart } from "../starts.ts";
import type { ForkSpec } from "../fork.ts";
import type { ModelChoice } from "../gateway/mod.ts";
import type { PreparedRun } from "../prepare.ts";
import { isFree } from "../prices.ts";
import type { ScenarioStart } from "./computed.ts";
import { Stamps } from "./stamps.ts";

/** A start, and who answers in it. */
export interface Ready {
  readonly start: PreparedStart;
  /** Whether nothing of it costs anything for certain: no model but the offline one, no service outside. */
  readonly free: boolean;
  /** Whether a model answers, the offline one included. */
  readonly asksModels: boolean;
}

/** A fork, and who answers in it. */
export interface ReadyFork extends Ready {
  readonly seed: number;
  /** Under which it would be found, played with this sample. */
  readonly keyOf: (sample: number) => string;
}

/** What a start is beyond its scenario. */
export interface StartWay {
  readonly offline?: boolean;
  readonly needsConversation?: boolean;
}

/** Starts kept at most. */
const MOST_KEPT = 300;

interface Kept<T> {
  readonly stamps: Stamps;
  readonly value: Promise<T>;
}

/** Starts of pages. */
export class Starts {
  readonly #app: App;
  readonly #ready = new Map<string, Kept<Ready>>();
  readonly #looked = new Map<string, Kept<PreparedRun>>();
  readonly #forks = new Map<string, ReadyFork>();

  constructor(app: App) {
    this.#app = app;
  }

  /** A checked start. @throws {SimError} all issues of the scenario */
  async prepare(source: ScenarioStart, way: StartWay = {}): Promise<Ready> {
    const kept = await this.#kept(
      this.#ready,
      JSON.stringify([source, way]),
      source,
      () => this.#prepare(source, way),
      ({ start }) => start.config.files,
    );
    if (this.#app.isCurrent(kept.start)) return kept;
    this.#ready.delete(JSON.stringify([source, way]));
    return await this.#prepare(source, way);
  }

  /** A checked fork of a run that has come to its end. @throws {SimError} as {@linkcode App.fork} */
  async fork(parent: string, spec: ForkSpec): Promise<ReadyFork> {
    const key = JSON.stringify([parent, spec]);
    const kept = this.#forks.get(key);
    if (kept && this.#app.isCurrent(kept.start)) return kept;
    let models: readonly ModelChoice[] = [];
    const fork = await this.#app.prepareFork(parent, spec, (chosen) => models = chosen);
    const ready = { ...fork, ...answering(fork.start, models) };
    if (this.#forks.size >= MOST_KEPT) this.#forks.clear();
    this.#forks.set(key, ready);
    return ready;
  }

  /** All findings about a scenario. @throws {SimError} when a file cannot be read, or the domain cannot be loaded */
  look(source: ScenarioStart): Promise<PreparedRun> {
    const read = () => this.#app.validate(source);
    return this.#kept(this.#looked, JSON.stringify(source), source, read, ({ config }) => config?.files ?? null);
  }

  async #prepare(source: ScenarioStart, { offline, needsConversation }: StartWay): Promise<Ready> {
    let models: readonly ModelChoice[] = [];
    const start = await this.#app.prepare({
      ...source,
      ...(offline && { offline }),
      ...(needsConversation && { needsConversation }),
      onModels: (chosen) => models = chosen,
    });
    return { start, ...answering(start, models) };
  }

  async #kept<T>(
    all: Map<string, Kept<T>>,
    key: string,
    source: ScenarioStart,
    make: () => Promise<T>,
    filesOf: (value: T) => { readonly [name: string]: unknown } | null,
  ): Promise<T> {
    const before = all.get(key);
    if (before?.stamps.hold()) return await before.value;
    const value = make();
    try {
      const files = filesOf(await value);
      const stamps = new Stamps(
        [...(source.file === undefined ? [] : [source.file]), ...Object.keys(files ?? {})],
        files !== null,
      );
      if (all.size >= MOST_KEPT) all.clear();
      all.set(key, { stamps, value });
    } catch (error) {
      all.delete(key);
      throw error;
    }
    return await value;
  }
}

function answering(start: PreparedStart, models: readonly ModelChoice[]): Omit<Ready, "start"> {
  return { free: isFree(start, models), asksModels: models.length > 0 };
}
