/** `validate`: checks scenarios without running them. */

import { SimError } from "../../framework/mod.ts";
import { EXIT } from "../exit.ts";
import type { CommonOptions } from "../program.ts";
import { type ScenarioOptions, scenarioSettings, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";
import { plainText, styled } from "../terminal/mod.ts";

/** Prints all findings of all files. */
export async function validate(
  terminal: Terminal,
  options: CommonOptions & ScenarioOptions,
  files: string[],
): Promise<number> {
  return await withApp(options, async (app) => {
    const checked = [];
    for (const file of files) {
      const source = {
        file,
        set: scenarioSettings(options),
        ...(options.lenient === true && { lenient: true }),
        ...(options.from !== undefined && { from: options.from }),
      };
      const { issues, config } = await app.validate(source).catch((error) => {
        if (error instanceof SimError) return { issues: error.issues, config: undefined };
        throw error;
      });
      terminal.issues(issues);
      checked.push({ file, valid: config !== undefined, domain: config?.domain ?? null, issues });
      if (config) {
        const agents = config.agents.reduce((sum, agent) => sum + (agent.count ?? 1), 0);
        const { name, max_turns } = config.simulation;
        const what = `${name}, domain ${config.domain}, ${agents} agents, ${max_turns} turns at most`;
        terminal.print(`${styled("valid", "green", terminal.stdoutColor)}  ${plainText(`${file}: ${what}`)}`);
      }
    }
    const valid = checked.every((each) => each.valid);
    terminal.document({ valid, scenarios: checked });
    return valid ? EXIT.ok : EXIT.usage;
  });
}
