/** Three texts made one: what a page started from, what its user made of it, and what lies on disk. */

import { merged3, type Region } from "./diff3.ts";
import { lineEndingOf } from "./lines.ts";
import { parsePage } from "./parse.ts";

/** A part in which both sides say the same, or only one has changed something. */
export interface MergedText {
  readonly kind: "text";
  readonly text: string;
}

/** A part that both sides have changed, each in its own way. */
export interface MergeConflict {
  readonly kind: "conflict";
  readonly mine: string;
  readonly disk: string;
  readonly base: string;
  /** Name of the cell that it lies in, as it is called in `mine`; null: it lies in prose, or spans more than one cell. */
  readonly cell: string | null;
  /** First line of it in `mine`, from 1. */
  readonly line: number;
}

/** The merge of three texts. */
export type Merge =
  | { readonly text: string }
  | {
    /** Text and conflicts in their order. */
    readonly parts: readonly (MergedText | MergeConflict)[];
    readonly conflicts: readonly MergeConflict[];
  };

/** Which side of a conflict counts; `both` is mine, then that on disk. */
export type MergeChoice = "mine" | "disk" | "both";

/**
 * Merges by lines, their endings included: what only one side has changed is taken, and what both have changed alike is taken
 * once.
 */
export function merge(base: string, mine: string, disk: string): Merge {
  if (mine === disk || disk === base) return { text: mine };
  if (mine === base) return { text: disk };
  const parts = merged3(linesOf(base), linesOf(mine), linesOf(disk)).map((region) => partOf(region));
  const filled = parts.filter((part) => part.kind === "conflict" || part.text !== "");
  return filled.some((part) => part.kind === "conflict")
    ? withCells(mine, filled)
    : { text: filled.map((part) => (part as MergedText).text).join("") };
}

function partOf(region: Region): MergedText | Omit<MergeConflict, "cell"> {
  if (region.agreed !== undefined) return { kind: "text", text: region.agreed.join("") };
  const { mine, disk, base, at } = region;
  return { kind: "conflict", mine: mine.join(""), disk: disk.join(""), base: base.join(""), line: at + 1 };
}

/**
 * The text of a merge with a choice for each conflict.
 *
 * @throws {RangeError} There are not as many choices as conflicts.
 */
export function resolveMerge(merged: Merge, choices: readonly MergeChoice[]): string {
  if ("text" in merged) return merged.text;
  if (choices.length !== merged.conflicts.length) {
    throw new RangeError(`${merged.conflicts.length} conflicts want as many choices, not ${choices.length}`);
  }
  const ending = lineEndingOf(merged.parts.map((part) => part.kind === "text" ? part.text : part.base).join(""));
  let next = 0;
  const texts = merged.parts.flatMap((part) => part.kind === "text" ? [part.text] : chosen(part, choices[next++]!));
  return texts.filter((text) => text !== "").reduce((all, text) => {
    // The last line of a file may have no ending, and now another comes after it.
    return all + (all === "" || /[\r\n]$/.test(all) ? "" : ending) + text;
  }, "");
}

function chosen({ mine, disk }: MergeConflict, choice: MergeChoice): string[] {
  return choice === "both" ? [mine, disk] : [choice === "mine" ? mine : disk];
}

function withCells(mine: string, parts: readonly (MergedText | Omit<MergeConflict, "cell">)[]): Merge {
  const { pieces } = parsePage(mine);
  const cellAt = (line: number, lines: number): string | null => {
    const piece = pieces.findLast((one) => one.line <= line);
    const last = pieces.findLast((one) => one.line <= line + Math.max(lines - 1, 0));
    return piece?.kind === "cell" && piece === last ? piece.name : null;
  };
  const named = parts.map((part): MergedText | MergeConflict =>
    part.kind === "text" ? part : { ...part, cell: cellAt(part.line, linesOf(part.mine).length) }
  );
  return { parts: named, conflicts: named.filter((part) => part.kind === "conflict") };
}

/** Lines with their endings. */
function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}
