/** `validate`: checks scenarios and batches without running them. */

import { type Issue, SimError } from "../../framework/mod.ts";
import type { App, BatchSpec, RunConfig } from "../../runner/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { type ScenarioOptions, scenarioSettings, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { plainText, styled } from "../terminal/mod.ts";
import { countText } from "./batch.ts";

type ValidateOptions = CommonOptions & ScenarioOptions;

/** What is found out about one file. */
interface Checked {
  readonly file: string;
  readonly valid: boolean;
  readonly domain: string | null;
  /** Of a batch: how large it is. */
  readonly batch?: { readonly cells: number; readonly runs: number };
  readonly issues: readonly Issue[];
  /** In words; null: it is not valid. */
  readonly what: string | null;
}

/** Prints all findings of all files. */
export async function validate(terminal: Terminal, options: ValidateOptions, files: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const checked = [];
    for (const file of files) {
      const { what, ...found } = await check(app, file, options);
      terminal.issues(found.issues);
      checked.push(found);
      if (what === null) continue;
      terminal.print(`${styled("valid", "green", terminal.stdoutColor)}  ${plainText(`${file}: ${what}`)}`);
    }
    const valid = checked.every((each) => each.valid);
    terminal.document({ valid, scenarios: checked });
    return valid ? EXIT.ok : EXIT.usage;
  });
}

async function check(app: App, file: string, options: ValidateOptions): Promise<Checked> {
  try {
    const spec = await app.batches.read(file);
    return spec === null ? await checkScenario(app, file, options) : await checkBatch(app, file, spec, options);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    return { file, valid: false, domain: null, issues: error.issues, what: null };
  }
}

async function checkScenario(app: App, file: string, options: ValidateOptions): Promise<Checked> {
  const { issues, config } = await app.validate({
    file,
    set: scenarioSettings(options),
    ...(options.lenient === true && { lenient: true }),
    ...(options.from !== undefined && { from: options.from }),
  });
  const valid = config !== undefined;
  return { file, valid, domain: config?.domain ?? null, issues, what: valid ? scenarioText(config) : null };
}

function scenarioText({ domain, agents, simulation: { name, max_turns } }: RunConfig): string {
  const count = agents.reduce((sum, agent) => sum + (agent.count ?? 1), 0);
  return `${name}, domain ${domain}, ${count} agents, ${max_turns} turns at most`;
}

/** Every arm and every value of a batch. */
async function checkBatch(app: App, file: string, written: BatchSpec, options: ValidateOptions): Promise<Checked> {
  const set = Object.fromEntries(scenarioSettings(options).map(({ path, value }) => [path, value]));
  const { cells, runs } = await app.batches.check({ ...written, set: { ...written.set, ...set } });
  const what = `a batch: ${countText(cells.length, runs)}`;
  return { file, valid: true, domain: null, batch: { cells: cells.length, runs }, issues: [], what };
}
