/** Pages of notebooks without a server: what a server would say of a text, as far as its pieces go. */

import { parsePage } from "../../runner/notebook/page/mod.ts";
import type { CellView, NotebookView, PieceView } from "../../runner/notebook/view.ts";

/** The view of a text whose cells have come to nothing yet. `with` changes cells by their name. */
export function viewOfText(text: string, cells: { readonly [name: string]: Partial<CellView> } = {}): NotebookView {
  const { pieces, title } = parsePage(text);
  return {
    path: "page.md",
    title,
    hash: `hash of ${text.length}`,
    readonly: false,
    issues: [],
    cost_usd: 0,
    stale: [],
    pieces: pieces.map((piece): PieceView => {
      const { kind, source, line } = piece;
      if (kind === "front") return { kind, source, line };
      if (kind === "prose") return { kind, source, line, html: source, headings: [] };
      const { cell, id, name, flags, body, bodyLine } = piece;
      return {
        kind,
        source,
        line,
        cell,
        id,
        name,
        flags: [...flags],
        body,
        bodyLine,
        status: "fresh",
        reason: null,
        price: null,
        issues: [],
        uses: [],
        usedBy: [],
        output: null,
        dimmed: false,
        provenance: null,
        expect: [],
        ...cells[name],
      };
    }),
  };
}
