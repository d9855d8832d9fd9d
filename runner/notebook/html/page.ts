/** A notebook as one HTML page that needs nothing else. */

import { badge, escapeMarkup, REPORT_CSS } from "../../report/mod.ts";
import type { CellView, NotebookView, PieceView } from "../view.ts";
import { statusOf } from "./status.ts";
import { NOTEBOOK_CSS } from "./css.ts";
import { issuesHtml } from "./issues.ts";
import { SeriesColors } from "./charts.ts";
import { outputHtml } from "./outputs.ts";
import { factsHtml } from "./facts.ts";

/**
 * The notebook as a self-contained HTML document: no scripts, no requests (its content security policy forbids both), light
 * or dark as the reader's system, fit for print. Prose is as the view has it, which is safe; everything else is escaped.
 * Large tables are cut, and say so.
 */
export function notebookPage(view: NotebookView): string {
  const colors = new SeriesColors();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(view.title)}</title>
<style>${REPORT_CSS}${NOTEBOOK_CSS}</style>
</head>
<body>
<main>
${header(view)}
${view.pieces.map((piece) => pieceHtml(piece, colors)).filter((piece) => piece !== "").join("\n")}
</main>
<footer>${footer(view)}</footer>
</body>
</html>
`;
}

/** What a reader must know before believing the numbers. */
function header({ title, issues, pieces, stale }: NotebookView): string {
  const expectations = cellsOf(pieces).flatMap(({ expect }) => expect);
  const [held, broken] = [true, false].map((holds) => expectations.filter((each) => each.holds === holds).length);
  const failed = cellsOf(pieces).filter(({ status }) => status === "failed" || status === "error").length;
  const badges = [
    ...(stale.length > 0 ? [badge(`${stale.length} stale`, "warn")] : []),
    ...(failed > 0 ? [badge(`${failed} with errors`, "bad")] : []),
    ...(held! > 0 ? [badge(`${held} of ${expectations.length} expectations hold`, broken! > 0 ? "warn" : "good")] : []),
    ...(broken! > 0 ? [badge(`${broken} not met`, "bad")] : []),
  ];
  const own = `<h1>${escapeMarkup(title)}</h1>`;
  return `<header>
${hasHeading(pieces, title) ? "" : own}
${badges.length === 0 ? "" : `<p class="badges">${badges.join("\n")}</p>`}
${issuesHtml(issues)}
</header>`;
}

/** Whether the page itself begins with its title. */
function hasHeading(pieces: readonly PieceView[], title: string): boolean {
  const prose = pieces.find(({ kind }) => kind === "prose");
  return prose?.kind === "prose" && prose.headings[0]?.level === 1 && prose.headings[0].text === title;
}

function cellsOf(pieces: readonly PieceView[]): CellView[] {
  return pieces.filter((piece) => piece.kind === "cell");
}

function pieceHtml(piece: PieceView, colors: SeriesColors): string {
  switch (piece.kind) {
    case "front":
      return "";
    case "prose":
      return piece.html.trim() === "" ? "" : `<div class="prose">${piece.html}</div>`;
    case "cell":
      return piece.flags.includes("hide") ? "" : cellHtml(piece, colors);
  }
}

function cellHtml(cell: CellView, colors: SeriesColors): string {
  const { name, cell: kind, issues, output, dimmed, expect } = cell;
  const parts = [
    issuesHtml(issues),
    output === null ? "" : `<div class="output${dimmed ? " dimmed" : ""}">${outputHtml(output, cell, colors)}</div>`,
    expect.map(({ condition, holds, found }) =>
      `<p class="expect">${
        badge(holds === null ? "open" : holds ? "holds" : "not met", TONE_OF[String(holds)]!)
      } <code>${escapeMarkup(condition)}</code>${
        found === undefined ? "" : ` <span class="note">${escapeMarkup(found)}</span>`
      }</p>`
    ).join("\n"),
    factsHtml(cell),
    `<details class="source"><summary>${escapeMarkup(kind)} source</summary><pre tabindex="0"><code>${
      escapeMarkup(cell.body)
    }</code></pre></details>`,
  ];
  return `<section class="cell" id="${escapeMarkup(`cell-${cell.id ?? name}`)}" aria-label="${
    escapeMarkup(`${name}, ${statusOf(cell).word}`)
  }">
<p class="cell-head"><strong>${escapeMarkup(cell.id ?? name)}</strong> <span class="note">${
    escapeMarkup(kind)
  }</span> ${statusHtml(cell)}</p>
${parts.filter((part) => part !== "").join("\n")}
</section>`;
}

const TONE_OF: { readonly [holds: string]: "good" | "bad" | "plain" } = { true: "good", false: "bad", null: "plain" };

function statusHtml(cell: CellView): string {
  // What costs nothing is always done.
  if (cell.status === "fresh" && cell.provenance === null && cell.reason === null) return "";
  const { icon, word, tone } = statusOf(cell);
  // What is wrong stands below, with its line.
  const isTold = cell.reason === null || cell.issues.some(({ message }) => message === cell.reason);
  const why = isTold ? "" : ` <span class="note">${escapeMarkup(cell.reason!)}</span>`;
  return `${badge(`${icon} ${word}`, tone)}${why}`;
}

function footer({ path, hash, cost_usd }: NotebookView): string {
  return [
    `notebook <code>${escapeMarkup(path)}</code>`,
    ...(hash === null ? [] : [`<code>${escapeMarkup(hash.slice(0, 12))}</code>`]),
    cost_usd === 0 ? "at no cost" : `its results cost $${cost_usd.toFixed(cost_usd < 0.01 ? 4 : 2)}`,
  ].join(" · ");
}
