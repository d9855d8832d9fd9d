/** `notebooks`: lists pages, and makes new ones. */

import { join } from "node:path";
import { SimError } from "../../framework/mod.ts";
import type { App, Starter, TemplateSource } from "../../runner/mod.ts";
import { commandLine } from "../command_line.ts";
import { EXIT } from "../exit.ts";
import { newPath, notebooksRoot } from "../notebook_page.ts";
import type { CommonOptions } from "../program.ts";
import { findBatch, findRun, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { formatAge, formatTable, plainText } from "../terminal/mod.ts";

/** Lists pages by path. */
export async function list(terminal: Terminal, options: CommonOptions): Promise<number> {
  return await withApp(options, async (app) => {
    const notebooks = await app.notebooks.list();
    terminal.document({ notebooks });
    if (notebooks.length === 0) {
      terminal.print("no notebooks");
      return EXIT.ok;
    }
    terminal.print(formatTable(notebooks, [
      { title: "notebook", value: ({ path }) => plainText(path), minWidth: 24 },
      { title: "title", value: ({ title }) => plainText(title) },
      { title: "age", align: "right", value: ({ modified_at }) => formatAge(modified_at) },
      { title: "", value: ({ readonly }) => readonly ? "embedded" : "" },
    ], { color: terminal.stdoutColor, maxWidth: terminal.stdoutIsTerminal ? terminal.columns : 200 }));
    return EXIT.ok;
  });
}

interface NewOptions extends CommonOptions {
  readonly fromScenario?: string;
  readonly fromRun?: string;
  readonly fromBatch?: string;
  readonly starter?: Starter;
}

/** Makes a page that there is not yet. */
export async function create(terminal: Terminal, options: NewOptions, [given]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const text = await app.notebooks.template(await sourceOf(app, options));
    const path = newPath(app, given!);
    const { hash } = await app.notebooks.write(path, text, { ifMatch: null });
    const file = join(notebooksRoot(app), path);
    terminal.document({ path, file, hash });
    terminal.print(`written  ${file}`);
    terminal.print(`next     ${commandLine(["notebook", path], options)}`);
    return EXIT.ok;
  });
}

async function sourceOf(app: App, { fromScenario, fromRun, fromBatch, starter }: NewOptions): Promise<TemplateSource> {
  const given = [fromScenario, fromRun, fromBatch, starter].filter((each) => each !== undefined);
  if (given.length !== 1) {
    throw new SimError("usage", `a notebook is made from one thing, not from ${given.length}`, {
      hint: "say --from-scenario FILE, --from-run RUN, --from-batch BATCH or --starter NAME",
    });
  }
  if (fromScenario !== undefined) return { scenario: fromScenario };
  if (fromRun !== undefined) return { run_id: await findRun(app, fromRun) };
  return fromBatch !== undefined ? { batch_id: findBatch(app, fromBatch) } : { starter: starter! };
}
