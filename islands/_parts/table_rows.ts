/** Rows of tables: sorted, windowed, and as CSV. */

/** How a table is sorted. */
export interface Sorting {
  readonly column: number;
  readonly isDescending: boolean;
}

/** A part of the rows, with the room that the others take. */
export interface TableWindow {
  readonly first: number;
  /** After the last one. */
  readonly end: number;
  /** Pixels above and below. */
  readonly above: number;
  readonly below: number;
}

/** Rows above and below what is seen, so that scrolling shows no gap. */
const MARGIN = 12;

/** What part of `total` rows of `height` pixels is to be there, when `scrolled` pixels are above a view of `view` pixels. */
export function windowOf(total: number, height: number, scrolled: number, view: number): TableWindow {
  const from = Math.floor(scrolled / height) - MARGIN;
  const until = Math.ceil((scrolled + view) / height) + MARGIN;
  const first = Math.max(0, Math.min(from, total - Math.ceil(view / height)));
  const end = Math.max(first, Math.min(total, until));
  return { first, end, above: first * height, below: (total - end) * height };
}

/** Positions of rows in the order of a column; what has no value comes last, equal ones stay in their order. */
export function sortedOrder(rows: readonly (readonly unknown[])[], sorting: Sorting | null): readonly number[] {
  const order = rows.map((_, i) => i);
  if (sorting === null) return order;
  const { column, isDescending } = sorting;
  const isNone = (value: unknown) => value === null || value === undefined || Number.isNaN(value);
  return order.sort((i, j) => {
    const [a, b] = [rows[i]![column], rows[j]![column]];
    if (isNone(a) || isNone(b)) return Number(isNone(a)) - Number(isNone(b)) || i - j;
    return (isDescending ? -1 : 1) * compared(a, b) || i - j;
  });
}

const collator = new Intl.Collator("en", { numeric: true });

function compared(a: unknown, b: unknown): number {
  if (isNumeric(a) && isNumeric(b)) return a < b ? -1 : a > b ? 1 : 0;
  return collator.compare(plain(a), plain(b));
}

function isNumeric(value: unknown): value is number | bigint | boolean {
  return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean";
}

function plain(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** The table as CSV (RFC 4180). A text that a spreadsheet would take for a formula begins with an apostrophe. */
export function csvOf(columns: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const field = (value: unknown) => {
    const text = plain(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text))
      ? `'${text}`
      : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns, ...rows].map((row) => row.map(field).join(",") + "\r\n").join("");
}

/** What kind of values DuckDB's type has. */
export function kindOfType(type: string): "number" | "date" | "toggle" | "list" | "text" {
  if (/\[\]$|^(?:STRUCT|MAP|LIST|JSON)/i.test(type)) return "list";
  if (/INT|DOUBLE|FLOAT|REAL|DECIMAL|NUMERIC/i.test(type)) return "number";
  if (/DATE|TIME/i.test(type)) return "date";
  return /BOOL/i.test(type) ? "toggle" : "text";
}
