/** `resume`: continues a parked or interrupted run. */

import { followRun } from "../following.ts";
import type { CommonOptions } from "../program.ts";
import { findRun, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";

interface ResumeOptions extends CommonOptions {
  readonly step?: boolean;
  readonly quiet?: boolean;
}

/** Continues a run and follows it. */
export async function resume(terminal: Terminal, options: ResumeOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const id = await findRun(app, text!);
    const manifest = options.step ? await app.step(id) : await app.resume(id);
    return await followRun(app, terminal, manifest, options);
  });
}
