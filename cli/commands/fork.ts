/** `fork`: starts a run that shares another's past. */

import { followRun } from "../following.ts";
import type { CommonOptions } from "../program.ts";
import { findRun, labels, settings, withApp } from "../session.ts";
import type { Terminal } from "../terminal.ts";

interface ForkOptions extends CommonOptions {
  readonly turn: number;
  readonly seed?: number;
  readonly sample?: number;
  readonly set?: readonly string[];
  readonly state?: readonly string[];
  readonly label?: readonly string[];
  readonly quiet?: boolean;
}

/** Forks a run and follows the fork. */
export async function fork(terminal: Terminal, options: ForkOptions, [text]: string[]): Promise<number> {
  return await withApp(options, async (app) => {
    const id = await findRun(app, text!);
    const state = Object.fromEntries(settings(options.state, "--state").map(({ path, value }) => [path, value]));
    const manifest = await app.fork(id, {
      turn: options.turn,
      set: settings(options.set, "--set"),
      ...(options.state !== undefined && { state }),
      ...(options.seed !== undefined && { seed: options.seed }),
      ...(options.sample !== undefined && { sample: options.sample }),
      labels: labels(options.label),
    });
    return await followRun(app, terminal, manifest, options);
  });
}
