/** What the editor of a cell can complete. */

import type { EditorWords } from "../../_impl/editor_words.ts";
import { api } from "../api.ts";
import { infoOf } from "./fences.ts";
import type { Session } from "./session.ts";

type Key = EditorWords["keys"][number];

const keysOf = (words: Readonly<Record<string, string>>): Key[] =>
  Object.entries(words).map(([key, does]) => ({ key, does }));

/** Keys of bodies, by kind. */
const KEYS: { readonly [kind: string]: readonly Key[] } = {
  input: keysOf({
    type: "range, number, select, text, toggle, radio",
    label: "what people read",
    value: "where it stands at first",
    min: "the least",
    max: "the most",
    step: "from one value to the next",
    options: "of select and radio",
  }),
  scenario: keysOf({ scenario: "file or id that it starts from", set: "scenario path: value" }),
  run: keysOf({
    scenario: "id or file",
    seed: "a number",
    sample: "of the models' answers",
    watch: "metrics that are drawn",
    from: "{ run: id, turn } of a fork",
    set: "scenario path: value",
    state: "what changes at the fork",
    expect: "conditions on the result",
  }),
  batch: keysOf({
    scenario: "id or file",
    grid: "name: { path, values }",
    arms: "name: changes",
    seeds: "1..20",
    samples: "of the models' answers",
    limits: "{ parallel, max_cost_usd }",
    expect: "conditions on the result",
  }),
  conversation: keysOf({
    scenario: "file",
    user: "who speaks",
    agent: "who answers",
    judge: "who judges",
    max_turns: "at most",
    from: "{ conversation: id, turn } of a fork",
    set: "what changes",
  }),
  compare: keysOf({
    of: "[ids]",
    metrics: "what is compared",
    baseline: "id that others are held against",
    expect: "conditions on the result",
  }),
  chart: keysOf({
    data: "id of a run, batch or table",
    mark: "line, dot, bar, cell, area, rule, histogram",
    x: "column",
    y: "column, or several",
    fill: "column, or { mean: column }",
    stroke: "column",
    facet: "column: one picture each",
    interval: "column of half widths",
    label: "text",
    log: "true, x, y, both",
  }),
};

let tables: Promise<Readonly<Record<string, readonly string[]>>> | null = null;

/** What can be completed in a cell of this kind. */
export function wordsFor({ store }: Session, kind: string | null): EditorWords {
  const ids = store.pieces.flatMap(({ source }) => {
    const info = infoOf(source);
    return info === null || info.id === null ? [] : [{ id: info.id, kind: info.kind }];
  });
  return { ids, keys: KEYS[kind ?? ""] ?? [], tables: () => tables ??= readTables() };
}

async function readTables(): Promise<Readonly<Record<string, readonly string[]>>> {
  try {
    const { tables: found } = await api<{
      readonly tables: readonly { readonly name: string; readonly columns: readonly { readonly name: string }[] }[];
    }>("/api/query/schema");
    return Object.fromEntries(found.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
  } catch {
    // Completion is a help; the next editor asks again.
    tables = null;
    return {};
  }
}
