/** Notebooks of tests: an app with a folder of pages and a small scenario beside them. */

import type { App, CellView, NotebookView } from "../../runner/mod.ts";
import { assertTrue } from "../support/assert.ts";
import { type TestAppOptions, withApp } from "../support/app.ts";

/** Two nations that grow for `max_turns` turns; nothing is drawn. */
export const GROWING = `domain: economic
simulation: { name: growing, max_turns: 6, checkpoint_interval: 2, seed: 1 }
engine: { type: economic, interest_rate: 0.05 }
validator: { type: always_valid }
agents:
  - { name: A, type: nation, initial_economic_strength: 100 }
  - { name: B, type: nation, initial_economic_strength: 50 }
state_variables:
  agent_vars: { economic_strength: { type: float, default: 0 } }
  global_vars:
    total_economic_value: { type: float, default: 0 }
metrics: { reporters: { total: { sum: economic_strength } } }
`;

/** Path of the page that is tested. */
export const PAGE = "page.md";

/** A cell as it is written. */
export function cell(info: string, body: string): string {
  return `\`\`\`${info}\n${body.trim()}\n\`\`\`\n\n`;
}

/** Opens an app whose notebooks lie in a folder of their own, with `growing.yaml` among them. */
export async function withNotebooks(
  body: (app: App, folder: string) => Promise<void>,
  options: TestAppOptions = {},
): Promise<void> {
  await withApp(options, async (app, folder) => {
    await Deno.mkdir(`${folder}/notebooks`);
    await Deno.writeTextFile(`${folder}/notebooks/growing.yaml`, GROWING);
    await body(app, folder);
  });
}

/** Writes the page that is tested. */
export async function writePage(folder: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/notebooks/${PAGE}`, text);
}

/** The cell of a page with this name. */
export function cellOf(view: NotebookView, name: string): CellView {
  const found = view.pieces.find((piece) => piece.kind === "cell" && piece.name === name);
  assertTrue(found?.kind === "cell", `there is no cell '${name}'`);
  return found as CellView;
}

/** Status of every cell by its name. */
export function statuses(view: NotebookView): { [name: string]: string } {
  return Object.fromEntries(view.pieces.flatMap((piece) => piece.kind === "cell" ? [[piece.name, piece.status]] : []));
}

/** Runs what is stale on the page and waits for all of it. */
export async function played(
  app: App,
  options: { set?: { [id: string]: number | string } } = {},
): Promise<NotebookView> {
  await app.notebooks.run(PAGE, { cells: "stale", ...options });
  return await app.notebooks.settled(PAGE, options);
}
