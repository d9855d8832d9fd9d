/** Values of inputs that somebody gives with a page, held against its controls. */

import { didYouMean, type Json, SimError } from "../../framework/mod.ts";
import type { CellView, NotebookView } from "./view.ts";

/**
 * Refuses values that a page would pass over: whoever opens an address sees what holds instead, whoever runs a page without
 * looking at it does not.
 * @param view the page, viewed with `set`
 * @throws {SimError} `unknown_input`, `bad_input_value`
 */
export function assertInputs(view: NotebookView, set: { readonly [input: string]: Json }): void {
  const inputs = view.pieces.filter((piece): piece is CellView =>
    piece.kind === "cell" && piece.cell === "input" && piece.id !== null
  );
  for (const id of Object.keys(set)) {
    const input = inputs.find((each) => each.id!.toLowerCase() === id.toLowerCase());
    if (input === undefined) {
      const ids = inputs.map((each) => each.id!);
      throw new SimError("unknown_input", `${view.path} has no input '${id}'`, {
        hint: ids.length === 0 ? "it has none" : didYouMean(id, ids),
      });
    }
    if (!input.issues.some(({ code }) => code === "bad_input_value")) continue;
    throw new SimError("bad_input_value", `input '${input.id}' cannot be ${JSON.stringify(set[id])}`, {
      hint: `it takes ${takes(input)}`,
    });
  }
}

/** What a control has for values, in words. */
function takes({ output }: CellView): string {
  if (output?.type !== "input") return "what its control says";
  const { control, options, min, max } = output;
  if (options !== undefined) return `one of ${options.map(({ value }) => String(value)).join(", ")}`;
  switch (control) {
    case "toggle":
      return "true or false";
    case "text":
      return "a text";
    default: {
      if (min !== undefined && max !== undefined) return `a number from ${min} to ${max}`;
      return min !== undefined ? `a number from ${min}` : max !== undefined ? `a number up to ${max}` : "a number";
    }
  }
}
