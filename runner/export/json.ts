/** A run as one JSON document. */

import type { RunExport } from "./run.ts";

/**
 * Everything of the run in one document, indented: `{format: 1, manifest, scenario, scenario_text, result, global, agents,
 * events}`, with the names of the run folder's files. `global` and `agents` are the rows; `events` is the summary
 * `{total, counts, last, marks}`.
 */
export function toJson(run: RunExport): string {
  const { manifest, scenario, scenario_text, result, global, agents, events } = run;
  const head = JSON.stringify({ format: 1, manifest, scenario, scenario_text, result, events }, null, 2);
  // A row a line: readable, and a tenth of the lines that full indentation would give.
  return `${head.slice(0, -2)},\n  "global": ${rowLines(global)},\n  "agents": ${rowLines(agents)}\n}\n`;
}

function rowLines(rows: readonly object[]): string {
  if (rows.length === 0) return "[]";
  return `[\n${rows.map((row) => `    ${JSON.stringify(row)}`).join(",\n")}\n  ]`;
}
