/** The table of attempts in this folder's README. `deno run -A tests/sandbox/readme.ts` writes it anew. */

import { ATTEMPTS } from "./attempts.ts";
import { STATIC_IMPORTS } from "./static_imports.ts";

const README = new URL("./README.md", import.meta.url);
const START = "<!-- attempts: made by readme.ts -->";

/** The README as it should be: the present text up to the mark, then the table. */
export function expectedReadme(present: string): string {
  const head = present.slice(0, present.indexOf(START));
  const groups = [
    ...ATTEMPTS.map(({ title, attempts }) => ({ title, rows: attempts.map((row) => [row.attempt, row.result]) })),
    { title: "Static imports, at load", rows: STATIC_IMPORTS.map((row) => [row.attempt, row.result]) },
  ];
  return `${head}${START}\n\n${groups.map(({ title, rows }) => `## ${title}\n\n${table(rows)}`).join("\n\n")}\n`;
}

/** Columns as wide as their widest cell, as `deno fmt` has them. */
function table(rows: readonly string[][]): string {
  const all = [["Attempt", "Result"], ...rows.map((row) => row.map((cell) => cell.replaceAll("|", "\\|")))];
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(" | ")} |`;
  return [line(all[0]!), line(widths.map((width) => "-".repeat(width))), ...all.slice(1).map(line)].join("\n");
}

/** The README as it is. */
export function presentReadme(): string {
  return Deno.readTextFileSync(README);
}

if (import.meta.main) Deno.writeTextFileSync(README, expectedReadme(presentReadme()));
