/** What keeps a page from being as it says it should be, once it was computed: for `--check`, and for whoever asks. */

import type { CellView, NotebookView } from "./view.ts";

/** Something that is not as it should be, at its place. */
export interface Shortcoming {
  /** Name of the cell; null: the page as a whole. */
  readonly cell: string | null;
  /** `stale_cell`, `expectation`, or the code of what is wrong. */
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  /** Line in the file, from 1. */
  readonly line: number;
  readonly column?: number;
}

/** All of them, in the order of the file. Warnings are none, nor are cells that are off. */
export function shortcomingsOf({ issues, pieces }: NotebookView): Shortcoming[] {
  const own = issues.filter(({ severity }) => severity === "error").map((issue) => ({ cell: null, ...found(issue) }));
  return [...own, ...pieces.flatMap((piece) => piece.kind === "cell" ? ofCell(piece) : [])];
}

function ofCell(cell: CellView): Shortcoming[] {
  if (cell.status === "off" || cell.status === "reserved") return [];
  const errors = cell.issues.filter(({ severity }) => severity === "error");
  const place = { cell: cell.name, line: cell.line };
  const wrong: Shortcoming[] = errors.map((issue) => ({ cell: cell.name, ...found(issue) }));
  if (cell.status !== "fresh" && cell.status !== "cached" && errors.length === 0) {
    const why = cell.reason === null ? "" : `: ${cell.reason}`;
    const hint = HINTS[cell.status];
    wrong.push({
      ...place,
      code: `${cell.status}_cell`,
      message: `${cell.name} is ${cell.status}${why}`,
      ...(hint !== undefined && { hint }),
    });
  }
  for (const { condition, holds, found } of cell.expect) {
    if (holds === true) continue;
    const what = found === undefined ? "" : `: ${found}`;
    const message = holds === false
      ? `${cell.name} is expected to have ${condition}${what}`
      : `${cell.name} cannot be held against ${condition}${what}`;
    wrong.push({ ...place, code: holds === false ? "expectation" : "open_expectation", message });
  }
  return wrong;
}

const HINTS: { readonly [status in CellView["status"]]?: string } = {
  stale: "run it: what it takes is said beside it, and a limit on what models may cost can keep it from being run",
  blocked: "what it reads comes first",
};

function found({ severity: _severity, ...issue }: NotebookView["issues"][number]): Omit<Shortcoming, "cell"> {
  return issue;
}
