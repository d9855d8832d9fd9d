/** Rows as an aligned table for a terminal. */

import { formatNumber } from "./format.ts";
import { styled, type TextStyle } from "./style.ts";
import { displayWidth, plainText, truncate } from "./width.ts";

/** One column of {@linkcode formatTable}. */
export interface TableColumn<R> {
  /** Heading. */
  readonly title: string;
  /** What stands in the cell. Numbers are formatted compactly; null and undefined are `–`. */
  readonly value: (row: R) => string | number | null | undefined;
  /** Default: right when all cells are numbers or missing, else left. */
  readonly align?: "left" | "right";
  /** The cell's look. */
  readonly style?: (row: R) => TextStyle | undefined;
  /** The column is never narrower than this, or than its content when that is shorter. Default 6. */
  readonly minWidth?: number;
}

/** How a table is laid out. */
export interface TableOptions {
  readonly color: boolean;
  /** Columns of the terminal; no line is wider. Default: unlimited. */
  readonly maxWidth?: number;
}

const GAP = "  ";

/**
 * `rows` below a heading, columns aligned and two spaces apart, lines joined by `\n` without one at the end. When the
 * table is wider than `maxWidth`, the widest columns are cut with `…` until it fits.
 *
 * @example
 * ```ts
 * import { formatTable } from "./table.ts";
 * const text = formatTable([{ id: "a", turn: 3 }], [
 *   { title: "RUN", value: (run) => run.id },
 *   { title: "TURN", value: (run) => run.turn },
 * ], { color: false });
 * if (text !== "RUN  TURN\na       3") throw new Error(text);
 * ```
 */
export function formatTable<R>(rows: readonly R[], columns: readonly TableColumn<R>[], options: TableOptions): string {
  const maxWidth = options.maxWidth ?? Infinity;
  const cells = columns.map((column) => rows.map((row) => column.value(row)));
  const texts = cells.map((column) => column.map(cellText));
  const aligns = columns.map((column, i) =>
    column.align ?? (cells[i]!.some((cell) => typeof cell === "number") &&
        cells[i]!.every((cell) => typeof cell === "number" || cell === null || cell === undefined)
      ? "right"
      : "left")
  );
  const natural = columns.map((column, i) =>
    texts[i]!.reduce((width, text) => Math.max(width, displayWidth(text)), displayWidth(column.title))
  );
  const least = columns.map((column, i) => Math.min(natural[i]!, column.minWidth ?? 6));
  const widths = shrunk(natural, least, maxWidth - GAP.length * (columns.length - 1));

  const line = (parts: readonly { text: string; style?: TextStyle | undefined }[]) => {
    // The last column is not padded: no blanks at the end of lines.
    const last = parts.length - 1;
    let out = "";
    let used = 0;
    for (const [i, { text, style }] of parts.entries()) {
      const gap = i === 0 ? "" : GAP;
      const room = Math.min(widths[i]!, maxWidth - used - gap.length);
      if (room <= 0) break;
      const cut = truncate(text, room);
      const align = aligns[i]!;
      const space = " ".repeat(i === last && align === "left" ? 0 : Math.max(0, room - displayWidth(cut)));
      const look = styled(cut, style, options.color);
      out += gap + (align === "left" ? look + space : space + look);
      used += gap.length + room;
    }
    return out;
  };
  const head = line(columns.map((column) => ({ text: column.title, style: "bold" as const })));
  const body = rows.map((row, r) =>
    line(columns.map((column, i) => ({ text: texts[i]![r]!, style: column.style?.(row) })))
  );
  return [head, ...body].join("\n");
}

function cellText(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "number" ? formatNumber(value) : plainText(value);
}

/** Widths taken from the widest first until their sum is `room`, none below its `least`. */
function shrunk(natural: readonly number[], least: readonly number[], room: number): number[] {
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - room;
  while (excess > 0) {
    let widest = -1;
    widths.forEach((width, i) => {
      if (width > least[i]! && (widest < 0 || width > widths[widest]!)) widest = i;
    });
    if (widest < 0) break;
    widths[widest]!--;
    excess--;
  }
  return widths;
}
