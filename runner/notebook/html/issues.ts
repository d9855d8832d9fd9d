/** What is wrong, as HTML. */

import { escapeMarkup } from "../../export/markup.ts";
import { notice } from "../../export/parts.ts";
import type { ViewIssue } from "../view.ts";

/** All of them, each with its line. */
export function issuesHtml(issues: readonly ViewIssue[]): string {
  return issues.map(({ severity, message, hint, line, column }) => {
    const place = `line ${line}${column === undefined ? "" : `, column ${column}`}`;
    const more = hint === undefined ? "" : `<p>${escapeMarkup(hint)}</p>`;
    return notice(severity === "error" ? "bad" : "warn", `${place}: ${message}`, more);
  }).join("\n");
}
