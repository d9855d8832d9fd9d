/** What a batch will take, told from a few of its runs before the rest is played. */

import { expectedHalfWidth, pairedDifferences, sd } from "../stats.ts";
import type { CheckedBatch } from "./controller.ts";
import { cellName } from "./plan.ts";
import { excludedOf, excludedText } from "./summary.ts";
import type { BatchCell, BatchSpec } from "./spec.ts";
import type { BatchRow } from "./view.ts";

/** How exactly a mean will be known. */
export interface ExpectedInterval {
  readonly metric: string;
  /** Position of the cell. */
  readonly cell: number;
  /** Position of the cell that it is held against, seed by seed; null: the interval is that of the cell's own mean. */
  readonly against: number | null;
  /** Standard deviation over the pilot's seeds. */
  readonly sd: number;
  /** Half the width of the 95 % interval with all seeds of the batch, if they vary as those of the pilot do. */
  readonly expected_half_width: number;
}

/** What a batch will take. */
export interface BatchQuote {
  /** Runs of the batch. */
  readonly runs: number;
  /** Runs that the pilot played or found; the batch does not play them again. */
  readonly pilot_runs: number;
  /** Null: no run of the pilot came to its end. */
  readonly seconds_per_run: number | null;
  /** Minutes that the rest of the batch takes on this host. */
  readonly minutes: number | null;
  /** US dollars for all runs, the pilot's included. */
  readonly usd: number | null;
  readonly usd_per_run: number | null;
  readonly intervals: readonly ExpectedInterval[];
  readonly sentences: readonly string[];
}

/** Seeds of a pilot, unless it is asked for others. */
export const PILOT_SEEDS = 2;
/** Cells of a pilot. */
const MOST_CELLS = 3;

/** Cells that a pilot plays: the first, the last, and one between. */
export function pilotCells(cells: readonly BatchCell[]): BatchCell[] {
  if (cells.length <= MOST_CELLS) return [...cells];
  return [cells[0]!, cells[Math.floor(cells.length / 2)]!, cells.at(-1)!];
}

/** The batch that a pilot is. Its runs have the same content as those of the batch, which therefore finds them. */
export function pilotSpec({ spec, cells, blocks }: CheckedBatch, seeds: number): BatchSpec {
  const chosen = blocks.flatMap((block) => block.seeds).slice(0, seeds).filter((seed) => seed !== null);
  const { metrics, limits, llm_mode } = spec;
  return {
    name: `${(spec.name ?? "batch").slice(0, 90)}_pilot`,
    arms: Object.fromEntries(
      pilotCells(cells).map(({ scenario, set }, i) => [
        `cell_${i}`,
        { scenario, set: Object.fromEntries(set.map(({ path, value }) => [path, value])) },
      ]),
    ),
    ...(chosen.length > 0 && { seeds: chosen }),
    ...(metrics && { metrics }),
    ...(limits && { limits }),
    ...(llm_mode && { llm_mode }),
  };
}

/**
 * What the pilot's rows say of the batch.
 * @param rows of the pilot; its cells are {@linkcode pilotCells}
 * @param parallel runs that are played at once
 */
export function quoteOf(
  { cells, blocks, runs }: CheckedBatch,
  rows: readonly BatchRow[],
  parallel: number,
): BatchQuote {
  const done = rows.filter(({ seconds }) => seconds !== null);
  const used = rows.filter(({ status, validity }) => status === "completed" && validity !== "void");
  const piloted = pilotCells(cells);
  const seeds = blocks.reduce((sum, block) => sum + block.seeds.length, 0);
  const average = (values: readonly number[]) =>
    values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
  const seconds_per_run = average(done.map(({ seconds }) => seconds!));
  const usd_per_run = average(done.map(({ cost_usd }) => cost_usd));
  const left = runs - used.length;
  const minutes = seconds_per_run === null ? null : left * seconds_per_run / Math.max(1, Math.min(parallel, left)) / 60;
  const intervals = intervalsOf(piloted, used, seeds);
  return {
    runs,
    pilot_runs: done.length,
    seconds_per_run,
    minutes,
    usd: usd_per_run === null ? null : usd_per_run * runs,
    usd_per_run,
    intervals,
    sentences: [...sentencesOf({ runs, left, seeds, rows, used, minutes, usd_per_run, intervals, piloted })],
  };
}

function intervalsOf(piloted: readonly BatchCell[], used: readonly BatchRow[], seeds: number): ExpectedInterval[] {
  const names = [...new Set(used.flatMap(({ metrics }) => Object.keys(metrics)))];
  const valuesOf = (pilot: number, metric: string) =>
    new Map(
      used.flatMap((row) =>
        row.cell === pilot && row.metrics[metric] !== undefined ? [[row.seed, row.metrics[metric]]] : []
      ),
    );
  return names.flatMap((metric) => {
    const byCell = piloted.map((_, pilot) => valuesOf(pilot, metric));
    const interval = (cell: number, against: number | null, values: readonly number[]): ExpectedInterval[] => {
      const expected_half_width = expectedHalfWidth(values, Math.max(0, seeds - values.length));
      return expected_half_width === null ? [] : [{ metric, cell, against, sd: sd(values), expected_half_width }];
    };
    return piloted.flatMap(({ index }, pilot) => {
      const own = byCell[pilot]!;
      const shared = [...own.keys()].filter((seed) => byCell[0]!.has(seed));
      const of = (values: ReadonlyMap<number | null, number>) => shared.map((seed) => values.get(seed)!);
      return [
        ...interval(index, null, [...own.values()]),
        ...(pilot === 0 ? [] : interval(index, piloted[0]!.index, pairedDifferences(of(own), of(byCell[0]!)))),
      ];
    });
  });
}

interface Quoted {
  readonly runs: number;
  readonly left: number;
  readonly seeds: number;
  readonly rows: readonly BatchRow[];
  readonly used: readonly BatchRow[];
  readonly minutes: number | null;
  readonly usd_per_run: number | null;
  readonly intervals: readonly ExpectedInterval[];
  readonly piloted: readonly BatchCell[];
}

function* sentencesOf(
  { runs, left, seeds, rows, used, minutes, usd_per_run, intervals, piloted }: Quoted,
): Iterable<string> {
  const excluded = excludedText(excludedOf(rows));
  if (minutes === null) {
    const error = rows.find(({ error }) => error)?.error;
    yield `No run of the pilot came to its end${error ? `: ${error.message}` : ""}. What the batch takes is not known.`;
    return;
  }
  const money = usd_per_run! === 0
    ? "Models cost nothing."
    : `Models cost about $${Number((usd_per_run! * runs).toPrecision(2))} in all.`;
  yield `${runs.toLocaleString("en")} runs, of which ${used.length} are there already; the other ${
    left.toLocaleString("en")
  } take about ` +
    `${timeText(minutes)}. ${money}`;
  if (excluded !== "") {
    yield `Of the ${rows.length} runs of the pilot are ${excluded}: expect about as many in the batch.`;
  }
  const pilotSeeds = new Set(used.map(({ seed }) => seed)).size;
  if (seeds < 2) {
    yield "With one seed a cell there is no interval, and no difference can be told from chance: name more seeds.";
    return;
  }
  if (intervals.length === 0) return;
  if (intervals.every(({ against, sd }) => against !== null || sd === 0)) {
    yield `In the pilot seeds change nothing: if that is so, one seed a cell says as much as ${seeds}.`;
    return;
  }
  const pair = intervals.filter(({ against }) => against !== null);
  for (const { metric, cell, against, expected_half_width } of (pair.length > 0 ? pair : intervals).slice(0, 5)) {
    const name = (index: number) => cellName(piloted.find((each) => each.index === index)!);
    const what = against === null ? `the mean for ${name(cell)}` : `${name(cell)} less ${name(against)}`;
    yield `${metric}: ${what} will be known to about ±${
      Number(expected_half_width.toPrecision(2))
    } from ${seeds} seeds.`;
  }
  yield `Widths are told from ${pilotSeeds} seeds, and rough: ` +
    (pilotSeeds < 5 ? "the true spread may be several times as large." : "the true spread may be larger.");
}

function timeText(minutes: number): string {
  if (minutes <= 1) return minutes <= 1 / 60 ? "a second" : `${Math.ceil(minutes * 60)} seconds`;
  return minutes < 120 ? `${Math.ceil(minutes)} minutes` : `${(minutes / 60).toFixed(1)} hours`;
}
