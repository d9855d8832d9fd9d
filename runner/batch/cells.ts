/** What the cells of a batch are played with: resolved once, noted, and held to. */

import { canonicalJson, didYouMean, type Json, sha256, SimError } from "../../framework/mod.ts";
import type { App } from "../app.ts";
import type { PreparedStart } from "../starts.ts";
import { codeChange } from "../identity.ts";
import type { CellLine, RunStore } from "../store/mod.ts";
import { cellName, telling } from "./plan.ts";
import type { BatchRecord } from "./record.ts";
import type { BatchCell, BatchSpec } from "./spec.ts";

/** With these no further run can be started: the batch stands still, and is resumed when they are mended. */
export const STANDSTILLS: readonly string[] = [
  "disk_full",
  "output_error",
  "output_not_writable",
  "closing",
  "owned_elsewhere",
  "batch_changed",
];

/** Cells that are all resolved before anything is played; of more each is when its turn comes. */
export const MOST_RESOLVED = 200;

/** In place of what a cell is played with, where only its scenario is looked at. */
const NO_CODE = { framework: "", deno: "", domain: "" };

/** Types of variables that are numbers. */
const NUMERIC: readonly string[] = ["float", "int", "bool"];

/** Cells that have been resolved, and what they resolved to at first. */
export interface Resolved {
  readonly starts: Map<number, Promise<PreparedStart>>;
  readonly noted: Map<number, CellLine>;
}

/** Resolves the cells of batches. */
export class CellResolver {
  readonly #app: App;
  readonly #store: RunStore;

  constructor(app: App, store: RunStore) {
    this.#app = app;
    this.#store = store;
  }

  /** Resolves cells that stand for all: other combinations are checked when they are played. */
  async check(spec: BatchSpec, cells: readonly BatchCell[]): Promise<Map<number, PreparedStart>> {
    const starts = new Map<number, PreparedStart>();
    const numbers = new Set<string>();
    const others = new Map<string, string>();
    for (const cell of telling(cells)) {
      const start = await this.#app.prepare(this.#source(spec, cell));
      starts.set(cell.index, start);
      const { state_variables, metrics } = start.config;
      for (const [name, { type }] of Object.entries(state_variables.global_vars)) {
        if (NUMERIC.includes(type)) numbers.add(name).add(`global.${name}`);
        else others.set(name, type).set(`global.${name}`, type);
      }
      for (const name of Object.keys(metrics.reporters)) numbers.add(name).add(`metric.${name}`);
    }
    const plain = [...numbers].filter((name) => !/^(?:global|metric)\./.test(name));
    for (const metric of spec.metrics ?? []) {
      if (numbers.has(metric)) continue;
      const type = others.get(metric);
      throw new SimError(
        "unknown_metric",
        type === undefined
          ? `no scenario of the batch has a metric '${metric}'`
          : `'${metric}' is no number, but of type ${type}`,
        { hint: didYouMean(metric.replace(/^(?:global|metric)\./, ""), plain) },
      );
    }
    return starts;
  }

  /** Resolves all cells, if they are not too many. What is no scenario is told when it is played. */
  async resolveAll(spec: BatchSpec, cells: readonly BatchCell[], starts: Map<number, PreparedStart>): Promise<void> {
    if (cells.length > MOST_RESOLVED) return;
    for (const cell of cells) {
      if (starts.has(cell.index)) continue;
      const start = await this.#app.prepare(this.#source(spec, cell)).catch(unlessTold);
      if (start) starts.set(cell.index, start);
    }
  }

  /** The cells of a batch that is to be played on. @throws {SimError} `batch_changed` */
  async resolved(record: BatchRecord): Promise<Resolved> {
    const resolved: Resolved = { starts: new Map(), noted: await this.#store.batches.cells(record.id) };
    if (record.cells.length > MOST_RESOLVED) return resolved;
    for (const { index } of record.cells) {
      await this.resolve(record, index, resolved).catch((error) => {
        if (!(error instanceof SimError) || STANDSTILLS.includes(error.code)) throw error;
      });
    }
    return resolved;
  }

  /** What a cell's runs are made of: the same from the first to the last. @throws {SimError} `batch_changed` */
  resolve(record: BatchRecord, index: number, { starts, noted }: Resolved): Promise<PreparedStart> {
    return starts.getOrInsertComputed(index, async () => {
      const start = await this.#app.prepare(this.#source(record.spec, record.cells[index]!));
      const now = this.contentOf(index, start);
      const before = noted.get(index);
      if (before) assertSame(record, before, now);
      else {
        this.#store.batches.appendCell(record.id, now);
        noted.set(index, now);
      }
      return start;
    });
  }

  /** What a cell is made of, as it is noted. */
  contentOf(cell: number, start: PreparedStart): CellLine {
    const scenario = this.#app.contentKeyOf({ ...start, code: NO_CODE }, { seed: 0 });
    return { cell, scenario, code: start.code };
  }

  #source({ llm_mode }: BatchSpec, { scenario, set }: BatchCell) {
    return {
      ...(typeof scenario === "string" ? { file: scenario } : { text: JSON.stringify(scenario) }),
      set: set.map((setting) => ({ ...setting, from: "batch" })),
      ...(llm_mode === "offline" && { offline: true }),
    };
  }
}

/** What names the runs of a batch beside what its cells are made of: arms, parameters, seeds, and what is looked at. */
export function layoutOf({ spec: { metrics }, cells, blocks }: Pick<BatchRecord, "spec" | "cells" | "blocks">): string {
  const named = cells.map(({ arm, params }) => [arm, params]);
  return sha256(canonicalJson([named, blocks[0]!, metrics ?? null] as unknown as Json));
}

/** What has changed of what a cell is made of, in words; null: nothing. */
export function changeOf(before: CellLine, now: CellLine): string | null {
  return before.scenario !== now.scenario
    ? "its scenario, or who answers for its models, has changed since it was planned"
    : codeChange(before.code, now.code);
}

/** @throws {SimError} `batch_changed` */
function assertSame(record: BatchRecord, before: CellLine, now: CellLine): void {
  const changed = changeOf(before, now);
  if (changed === null) return;
  const name = cellName(record.cells[now.cell]!);
  throw new SimError("batch_changed", `cell ${now.cell} of batch '${record.id}' (${name}): ${changed}`, {
    hint: "put it back as it was, or start a new batch: runs that are the same are found again",
  });
}

/** What is no scenario is told elsewhere. */
function unlessTold(error: unknown): void {
  if (!(error instanceof SimError)) throw error;
}
