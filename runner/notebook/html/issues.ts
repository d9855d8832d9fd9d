/** What is wrong, as HTML. */

import { escapeMarkup, notice } from "../../report/mod.ts";
import type { ViewIssue } from "../view.ts";

/** All of them, each with its line. */
export function issuesHtml(issues: readonly ViewIssue[]): string {
  return issues.map(({ severity, message, hint, line, column }) => {
    const place = `line ${line}${column === undefined ? "" : `, column ${column}`}`;
    const more = hint === undefined ? "" : `<p class="hint">${escapeMarkup(hint)}</p>`;
    return notice(severity === "error" ? "bad" : "warn", `${place}: ${message}`, more);
  }).join("\n");
}
