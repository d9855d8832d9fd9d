/** A notebook of a batch, which its cell finds again: what its cells came to, and how sure that is. */

import { type Json, type JsonObject, SimError } from "../../../framework/mod.ts";
import { type BatchRow, type BatchSpec, type BatchView, columnNames, readSeeds } from "../../batch/mod.ts";
import { finalOf, MOST_NUMBERS, namedNumbers, type NumberColumn, numbersOf } from "./columns.ts";
import { firstThatFinds, type Maker, scenarioName } from "./maker.ts";
import { cellText, code, pageText, sentence, sqlName, titleOf, yamlText } from "./writing.ts";

/** Cells that are compared side by side. */
const MOST_COMPARED = 6;

/** What is written about a batch. */
interface About {
  readonly title: string;
  readonly prose?: string | undefined;
  /** Numbers that it looks at, where somebody knows. */
  readonly numbers?: readonly NumberColumn[] | undefined;
}

/** The text. @throws {SimError} `unknown_batch` */
export async function fromBatch(maker: Maker, id: string): Promise<string> {
  const { app } = maker;
  const batch = await app.batches.get(id);
  const rows = await app.batches.results(id);
  const numbers = numbersFound(batch.spec, rows);
  const about = { title: titleOf(batch.name), numbers };
  const prose =
    `These are the runs of batch ${code(id)}: the cell finds them by what they were made of, and plays nothing ` +
    "before something in it has changed.";
  const text = await batchText(maker, batch.spec, { ...about, prose });
  const found = await firstThatFinds(maker, [text], "batch", ({ output }) => output?.type === "batch");
  return found ?? archiveText(batch, about.title, numbers);
}

/** A notebook of what a batch says. */
export async function batchText(maker: Maker, spec: BatchSpec, { title, prose, numbers }: About): Promise<string> {
  const { scenario, set, arms, grid, random, list, seeds, samples, metrics, limits, llm_mode } = nameScenarios(
    maker,
    spec,
  );
  const body = yamlText({
    scenario,
    set,
    arms,
    grid,
    random,
    list,
    seeds,
    samples,
    metrics,
    limits: limits && Object.keys(limits).length > 0 ? limits : undefined,
    llm_mode,
  } as { readonly [key: string]: Json | undefined });
  const planned = await maker.app.batches.check(spec).catch(unlessWrong);
  const looked = numbers ?? await numbersPlanned(maker, spec);
  const keys = keysOf(spec);
  return pageText(title, [
    spec.description === undefined ? null : sentence(spec.description),
    prose ?? null,
    cellText("yaml batch #batch", body),
    "**${batch.completed}** of ${batch.runs} runs have come to a good end.",
    ...resultParts({ from: "batch", keys, numbers: looked, isRepeated: isRepeated(spec) }),
    ...(planned && planned.cells.length > 1 && planned.cells.length <= MOST_COMPARED ? compareParts(looked) : []),
  ]);
}

/** The batch with its scenarios named as pages find them; where they may not, as they were. */
function nameScenarios(maker: Maker, spec: BatchSpec): BatchSpec {
  const named = <S extends { readonly scenario?: BatchSpec["scenario"] }>(part: S): S => {
    if (typeof part.scenario !== "string") return part;
    return { ...part, scenario: scenarioName(maker, part.scenario) ?? part.scenario };
  };
  if (spec.arms === undefined) return named(spec);
  const arms = Object.fromEntries(Object.entries(spec.arms).map(([name, arm]) => [name, named(arm)]));
  return { ...named(spec), arms };
}

/** Columns by which its cells are told apart. */
function keysOf({ arms, grid, random, list }: BatchSpec): string[] {
  const listed = columnNames([...new Set((list ?? []).flatMap(Object.keys))]);
  const params = list ? listed : Object.keys(grid ?? random?.params ?? {});
  return [...params, ...(arms ? ["arm"] : [])];
}

function isRepeated({ seeds, samples = 1 }: BatchSpec): boolean {
  return samples > 1 || seeds !== undefined && readSeeds(seeds).length > 1;
}

/** Numbers that are looked at; what is yes or no is none. */
function numbersFound({ metrics }: BatchSpec, rows: readonly BatchRow[]): NumberColumn[] {
  const done = rows.find(({ status }) => status === "completed");
  return namedNumbers(metrics ?? Object.keys(done?.metrics ?? {}))
    .filter(({ name }) => !done?.yes_no?.includes(name)).slice(0, MOST_NUMBERS);
}

async function numbersPlanned({ app }: Maker, { metrics, scenario, arms }: BatchSpec): Promise<NumberColumn[]> {
  const first = scenario ?? Object.values(arms ?? {})[0]!.scenario!;
  const source = typeof first === "string" ? { file: first } : { text: JSON.stringify(first) };
  const config = (await app.validate(source).catch(unlessWrong))?.config;
  if (config === undefined) return [];
  const isNumber = ({ name }: NumberColumn) => config.state_variables.global_vars[name]?.type !== "bool";
  return metrics === undefined ? numbersOf(config) : namedNumbers(metrics).filter(isNumber).slice(0, MOST_NUMBERS);
}

/** What is wrong with a scenario its cell says. */
function unlessWrong(error: unknown): null {
  if (error instanceof SimError) return null;
  throw error;
}

interface Results {
  /** A cell, or the batch itself. */
  readonly from: string;
  readonly keys: readonly string[];
  readonly numbers: readonly NumberColumn[];
  /** Whether each cell is played more than once. */
  readonly isRepeated: boolean;
}

/** A table of what came out, and a chart of it. */
function resultParts({ from, keys, numbers, isRepeated }: Results): string[] {
  const [number] = numbers;
  const done = `FROM ${sqlName(from)}\nWHERE status = 'completed' AND validity_state <> 'void'`;
  if (number === undefined) {
    return [
      cellText("sql table #by_status", `SELECT status, count(*) AS runs\nFROM ${sqlName(from)}\nGROUP BY status`),
    ];
  }
  const label = `${titleOf(number.name)} at the end`;
  if (keys.length === 0) {
    const finals = numbers.map((each) => `${finalOf(each)} AS ${sqlName(each.name)}`).join(", ");
    return [
      cellText("sql table #by_seed", `SELECT seed, ${finals}\n${done}\nORDER BY seed`),
      cellText("yaml chart", yamlText({ data: "by_seed", mark: "dot", x: "seed", y: number.name, label })),
    ];
  }
  const spread = sqlName(`${number.name}_sd`);
  const columns = [
    ...keys.map(sqlName),
    ...numbers.map((each) => `avg(${finalOf(each)}) AS ${sqlName(each.name)}`),
    ...(isRepeated ? [`stddev(${finalOf(number)}) AS ${spread}`] : []),
    "count(*) AS runs",
  ];
  const [x, stroke, facet] = keys;
  const chart = {
    data: "by_cell",
    mark: "dot",
    x,
    y: number.name,
    stroke,
    facet,
    interval: isRepeated ? `${number.name}_sd` : undefined,
    label: isRepeated ? `${label}, mean and standard deviation` : label,
  };
  return [
    "## What came out",
    cellText("sql table #by_cell", `SELECT ${columns.join(",\n       ")}\n${done}\nGROUP BY ALL\nORDER BY ALL`),
    cellText("yaml chart", yamlText(chart)),
  ];
}

/** What may be said of the cells, each held against the first. */
function compareParts(numbers: readonly NumberColumn[]): string[] {
  const body: JsonObject = { of: ["batch"], ...(numbers.length > 0 && { metrics: numbers.map(({ name }) => name) }) };
  return [
    "Which of these differences are more than luck? Each is held against the first, seed by seed.",
    cellText("yaml compare #effect", yamlText(body)),
  ];
}

/** Of a batch that would be another one if it were planned again: its runs are asked for by its id. */
function archiveText({ id, spec, created_at }: BatchView, title: string, numbers: readonly NumberColumn[]): string {
  return pageText(title, [
    spec.description === undefined ? null : sentence(spec.description),
    `These are the runs of batch ${code(id)} of ${
      created_at.slice(0, 10)
    }. What they were made of has changed since, or lies ` +
    "where pages do not read: they are asked for by the batch's name.",
    cellText("sql table #members", `SELECT n, seed, status, turn\nFROM ${sqlName(id)}\nORDER BY n`),
    ...resultParts({ from: id, keys: keysOf(spec), numbers, isRepeated: isRepeated(spec) }),
  ]);
}
