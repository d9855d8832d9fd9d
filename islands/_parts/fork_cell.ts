/** The cell that a fork becomes on a page: it says what it shares, and how what is to differ is said. */

import { rowAt } from "./run_columns.ts";
import type { CellOutput, Row } from "./types.ts";

/**
 * Source of a cell that forks the cell `parent`.
 * @param turn the last turn that both have in common
 * @param id of the new cell
 * @returns with the offset in its body at which the caret is to stand
 */
export function forkCell(
  parent: string,
  output: CellOutput | null,
  turn: number,
  id: string,
): { readonly source: string; readonly caret: number } {
  const isConversation = output?.type === "conversation";
  const kind = isConversation ? "conversation" : "run";
  const lines = [
    `from: { ${kind}: ${parent}, turn: ${turn} }`,
    `# What is to differ from turn ${turn + 1} on, for example:`,
    isConversation
      ? "# set: { conversation.agent: { adapter: rule, behaviour: forgetful } }"
      : `# ${exampleOf(output, turn)}`,
  ];
  const caret = lines.join("\n").length;
  if (output?.type === "run" && output.watch.length > 0) lines.push(`watch: [${output.watch.join(", ")}]`);
  return { source: `\`\`\`yaml ${kind} #${id}\n${lines.join("\n")}\n\`\`\`\n`, caret };
}

/** A variable of the world as it was, which can be set to something else. */
function exampleOf(output: CellOutput | null, turn: number): string {
  const row: Row | null = output?.type === "run" ? rowAt(output.rows, turn) : null;
  // What the engine computes anew in every turn is named `metric.…`.
  const found = Object.entries(row ?? {}).find(([name, value]) =>
    name !== "turn" && /^\w+$/.test(name) && typeof value === "number"
  );
  if (found === undefined) return "set: { engine.name_of_a_setting: 0.5 }";
  return `state: { global.${found[0]}: ${Number(Number(found[1]).toPrecision(4))} }`;
}
