/** Population `patch`: the cells on which grass grows, row by row. */

import { Population } from "llm-sim";

/** Cells with grass or without; when it grows back is the engine's. A world of w × h cells has as many members. */
export class PatchPopulation extends Population<unknown, null> {
  static override readonly description =
    "A cell of the meadow: `countdown` is turns until it has grass again, 0: it has.";
  static override readonly requires = { agent_vars: ["countdown"] };

  override decideAll() {
    return { counts: {}, intents: null };
  }

  override applyAll(): void {}
}
