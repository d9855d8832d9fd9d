/** What templates are made with: the app, where scenarios of pages lie, and how a page would look. */

import { relative } from "node:path";
import { SimError } from "../../../framework/mod.ts";
import type { App } from "../../app.ts";
import { ROOT } from "../../paths.ts";
import { findScenario, type ScenarioPlaces } from "../scenario_files.ts";
import type { CellView, NotebookView } from "../view.ts";

/** What templates are made with. */
export interface Maker {
  readonly app: App;
  readonly places: ScenarioPlaces;
  /** A page of this text as it would stand. Starts nothing. */
  readonly view: (text: string) => Promise<NotebookView>;
}

/** A name by which pages find the scenario in a file, the one that travels furthest; null: they may not read it. */
export function scenarioName({ places }: Maker, file: string): string | null {
  const real = realPath(file);
  if (real === null) return null;
  for (const name of [below(ROOT, real), below(Deno.cwd(), real), file, real]) {
    if (name !== null && leadsTo(name, places) === real) return name;
  }
  return null;
}

function leadsTo(name: string, places: ScenarioPlaces): string | null {
  try {
    return realPath(findScenario(name, "page.md", places));
  } catch (error) {
    if (error instanceof SimError) return null;
    throw error;
  }
}

function below(folder: string, file: string): string | null {
  const real = realPath(folder);
  const path = real === null ? ".." : relative(real, file).replaceAll("\\", "/");
  return path === ".." || path.startsWith("../") || /^(?:\/|[A-Za-z]:)/.test(path) ? null : path;
}

function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
    throw error;
  }
}

/** The first of these texts in whose page a cell shows a result that belongs to what it says; null: none does. */
export async function firstThatFinds(
  { view }: Maker,
  texts: readonly string[],
  name: string,
  isMeant: (cell: CellView) => boolean,
): Promise<string | null> {
  for (const text of texts) {
    const { pieces } = await view(text);
    const cells = pieces.filter((piece) => piece.kind === "cell");
    const isWrong = cells.some(({ issues }) => issues.some(({ severity }) => severity === "error"));
    const cell = cells.find((each) => each.name === name);
    if (!isWrong && cell && !cell.dimmed && cell.status !== "stale" && isMeant(cell)) return text;
  }
  return null;
}
