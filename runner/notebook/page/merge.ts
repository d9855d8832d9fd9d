/** Three texts made one: what a page started from, what its user made of it, and what lies on disk. */

import { diff3Merge } from "node-diff3";
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
  const [baseLines, mineLines, diskLines] = [linesOf(base), linesOf(mine), linesOf(disk)];
  const head = commonHead(baseLines, mineLines, diskLines);
  const tail = commonTail(baseLines, mineLines, diskLines, head);
  const middle = (lines: readonly string[]) => lines.slice(head, lines.length - tail);
  const [o, a, b] = [middle(baseLines), middle(mineLines), middle(diskLines)];
  const parts: (MergedText | Omit<MergeConflict, "cell">)[] = [{
    kind: "text",
    text: baseLines.slice(0, head).join(""),
  }];
  for (const region of diff3Merge(a, o, b, { excludeFalseConflicts: true })) {
    if (region.ok !== undefined) parts.push({ kind: "text", text: region.ok.join("") });
    else if (region.conflict !== undefined) {
      const { a: mineOnes, o: baseOnes, b: diskOnes, aIndex } = region.conflict;
      parts.push({
        kind: "conflict",
        mine: mineOnes.join(""),
        disk: diskOnes.join(""),
        base: baseOnes.join(""),
        line: head + aIndex + 1,
      });
    }
  }
  parts.push({ kind: "text", text: baseLines.slice(baseLines.length - tail).join("") });
  const filled = parts.filter((part) => part.kind === "conflict" || part.text !== "");
  return filled.some((part) => part.kind === "conflict")
    ? withCells(mine, filled)
    : { text: filled.map((part) => (part as MergedText).text).join("") };
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
  let next = 0;
  let text = "";
  for (const part of merged.parts) {
    const put = part.kind === "text" ? part.text : chosen(part, choices[next++]!);
    text = put === "" ? text : onNewLine(text) + put;
  }
  return text;
}

function chosen({ mine, disk }: MergeConflict, choice: MergeChoice): string {
  if (choice === "mine") return mine;
  if (choice === "disk") return disk;
  return disk === "" ? mine : onNewLine(mine) + disk;
}

/** The last line of a file may have no ending, and then others come after it. */
function onNewLine(text: string): string {
  return text === "" || /[\r\n]$/.test(text) ? text : `${text}${text.includes("\r\n") ? "\r\n" : "\n"}`;
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

type Texts = readonly (readonly string[])[];

function commonHead(...texts: Texts): number {
  const [first] = texts;
  let count = 0;
  while (count < first!.length && texts.every((lines) => count < lines.length && lines[count] === first![count])) {
    count++;
  }
  return count;
}

function commonTail(base: readonly string[], mine: readonly string[], disk: readonly string[], head: number): number {
  const most = Math.min(base.length, mine.length, disk.length) - head;
  let count = 0;
  const fromEnd = (lines: readonly string[]) => lines[lines.length - 1 - count];
  while (count < most && fromEnd(base) === fromEnd(mine) && fromEnd(base) === fromEnd(disk)) count++;
  return count;
}
