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
  const tables = groups.map(({ title, rows }) =>
    [`## ${title}`, "", "| Attempt | Result |", "| --- | --- |", ...rows.map(([a, r]) => `| ${a} | ${r} |`)].join("\n")
  );
  return `${head}${START}\n\n${tables.join("\n\n")}\n`;
}

/** The README as it is. */
export function presentReadme(): string {
  return Deno.readTextFileSync(README);
}

if (import.meta.main) Deno.writeTextFileSync(README, expectedReadme(presentReadme()));
