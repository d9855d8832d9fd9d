/** `run`: plays a scenario to its end. */

import { followRun } from "../following.ts";
import type { CommonOptions } from "../program.ts";
import { labels, type ScenarioOptions, scenarioSettings, withApp } from "../session.ts";
import { modelLine } from "../../runner/mod.ts";
import type { Terminal } from "../terminal.ts";
import { plainText } from "../terminal/mod.ts";

interface RunOptions extends CommonOptions, ScenarioOptions {
  readonly sample?: number;
  readonly label?: readonly string[];
  readonly quiet?: boolean;
  readonly step?: boolean;
  readonly offline?: boolean;
}

/** Starts a run and follows it. */
export async function run(terminal: Terminal, options: RunOptions, [file]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const source = {
      file: file!,
      set: scenarioSettings(options),
      ...(options.lenient === true && { lenient: true }),
      ...(options.from !== undefined && { from: options.from }),
    };
    const manifest = await app.start({
      ...source,
      labels: labels(options.label),
      ...(options.sample !== undefined && { sample: options.sample }),
      ...(options.step === true && { mode: "step" as const }),
      onModels: (chosen) => {
        if (options.quiet || terminal.json) return;
        for (const choice of chosen) terminal.note(plainText(modelLine(choice)));
      },
      onIssues: (issues) => {
        if (!options.quiet) terminal.issues(issues);
      },
    });
    return await followRun(app, terminal, manifest, options);
  });
}
