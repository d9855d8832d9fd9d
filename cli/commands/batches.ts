/** `batches`: lists, shows, resumes, extends, cancels, deletes and exports what `batch` has planned or played. */

import { SimError } from "../../framework/mod.ts";
import { asOutputError, type BatchFormat, type BatchRow } from "../../runner/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { findBatch, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { formatAge, formatBytes, formatTable, plainText, statusStyle } from "../terminal/mod.ts";
import { followBatch, showBatch } from "./batch.ts";

interface ListOptions extends CommonOptions {
  readonly limit: number;
}

/** Lists batches, newest first. */
export async function list(terminal: Terminal, options: ListOptions): Promise<number> {
  return await withApp(options, async (app) => {
    const batches = await app.batches.list({ limit: options.limit === 0 ? Infinity : options.limit });
    terminal.document({ batches });
    if (batches.length === 0) {
      terminal.print("no batches");
      return EXIT.ok;
    }
    terminal.print(formatTable(batches, [
      { title: "batch", value: ({ id }) => id, minWidth: 24 },
      { title: "status", value: ({ status }) => status, style: ({ status }) => statusStyle(status) },
      { title: "cells", value: ({ cells }) => cells.length },
      { title: "runs", align: "right", value: ({ runs }) => `${runs.completed}/${runs.total}` },
      { title: "failed", value: ({ runs }) => runs.failed },
      { title: "void", value: ({ runs }) => runs.void },
      { title: "age", align: "right", value: ({ created_at }) => formatAge(created_at) },
      { title: "reason", value: ({ reason }) => plainText(reason ?? "") },
    ], { color: terminal.stdoutColor, maxWidth: terminal.stdoutIsTerminal ? terminal.columns : 200 }));
    return EXIT.ok;
  });
}

interface ShowOptions extends CommonOptions {
  readonly runs?: boolean;
}

/** Shows one batch: its numbers, or a line for each of its runs. */
export async function show(terminal: Terminal, options: ShowOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const id = findBatch(app, text!);
    if (!options.runs) {
      await showBatch(app, terminal, id, options);
      return EXIT.ok;
    }
    const rows = await app.batches.results(id);
    terminal.document({ id, rows });
    const params = [...new Set(rows.flatMap((row) => Object.keys(row.params)))];
    terminal.print(formatTable(rows, [
      { title: "n", value: ({ n }) => n },
      ...(rows.some(({ arm }) => arm !== null) ? [{ title: "arm", value: ({ arm }: BatchRow) => arm }] : []),
      ...params.map((name) => ({
        title: name,
        value: ({ params: { [name]: value } }: BatchRow) => value === undefined ? null : JSON.stringify(value),
      })),
      { title: "seed", value: ({ seed }) => seed },
      { title: "sample", value: ({ sample }) => sample },
      { title: "status", value: ({ status }) => status, style: ({ status }) => statusStyle(status) },
      { title: "run", value: ({ run_id, error }) => run_id ?? (error ? plainText(error.message) : null), minWidth: 24 },
    ], { color: terminal.stdoutColor, maxWidth: terminal.stdoutIsTerminal ? terminal.columns : 200 }));
    return EXIT.ok;
  });
}

interface PlayOptions extends CommonOptions {
  readonly quiet?: boolean;
}

interface ResumeOptions extends PlayOptions {
  readonly maxCostUsd?: number;
  readonly maxMinutes?: number;
}

/** Plays what is pending. */
export async function resume(terminal: Terminal, options: ResumeOptions, [text]: string[]): Promise<number> {
  const { maxCostUsd, maxMinutes } = options;
  const limits = {
    ...(maxCostUsd !== undefined && { max_cost_usd: maxCostUsd }),
    ...(maxMinutes !== undefined && { max_minutes: maxMinutes }),
  };
  return await withApp(options, async (app) => {
    const id = findBatch(app, text!);
    return await followBatch(app, terminal, id, () => app.batches.resume(id, { limits }), options);
  });
}

interface ExtendOptions extends PlayOptions {
  readonly more?: number;
  readonly seeds?: string;
}

/** Adds seeds to every cell, and plays them. */
export async function extend(terminal: Terminal, options: ExtendOptions, [text]: string[]): Promise<number> {
  const { more, seeds } = options;
  if ((more === undefined) === (seeds === undefined)) {
    throw new SimError("usage", "say by what it is extended", { hint: "--more 8, or --seeds 21..28" });
  }
  return await withApp(options, async (app) => {
    const id = findBatch(app, text!);
    return await followBatch(app, terminal, id, () => app.batches.extend(id, more ?? seeds!), options);
  });
}

/** Ends a batch for good; what has been played stays. */
export async function cancel(terminal: Terminal, options: CommonOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const view = await app.batches.cancel(findBatch(app, text!));
    terminal.document(view);
    terminal.print(`cancelled  ${view.id}`);
    return EXIT.ok;
  });
}

/** Forgets a batch; its runs stay. */
export async function remove(terminal: Terminal, options: CommonOptions, [text]: string[]): Promise<number> {
  return await withApp(options, (app) => {
    const id = findBatch(app, text!);
    app.batches.delete(id);
    terminal.document({ deleted: id });
    terminal.print(`deleted  ${id}; its runs are still there`);
    return Promise.resolve(EXIT.ok);
  });
}

interface ExportOptions extends CommonOptions {
  readonly format: BatchFormat;
  readonly out?: string;
}

/** Writes a table of the runs, or a report, to a file or to stdout. */
export async function exportOne(terminal: Terminal, options: ExportOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const id = findBatch(app, text!);
    const { format } = options;
    const bytes = await app.batches.exportBatch(id, format);
    const toFile = terminal.stdoutIsTerminal || terminal.json || format === "parquet";
    const out = options.out ?? (toFile ? `${id}.${format}` : undefined);
    if (out === undefined) {
      terminal.write(new TextDecoder().decode(bytes));
      return EXIT.ok;
    }
    try {
      await Deno.writeFile(out, bytes);
    } catch (error) {
      throw asOutputError(error, out);
    }
    terminal.document({ batch: id, format, file: out, bytes: bytes.length });
    terminal.print(`${out}  ${formatBytes(bytes.length)}`);
    return EXIT.ok;
  });
}
