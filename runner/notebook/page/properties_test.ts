/** Laws of pages, on pages that nobody would write. */

import { SimError } from "../../../framework/mod.ts";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { randomBody, randomPage } from "../../../tests/support/random_pages.ts";
import fc from "../../../tests/support/properties.ts";
import {
  type CellPiece,
  graphOf,
  insertAfter,
  move,
  type NotebookPage,
  parsePage,
  remove,
  setBody,
  setSource,
} from "./mod.ts";

const MANY = { numRuns: 10_000 };
const SOME = { numRuns: 3000 };

function cellsOf(page: NotebookPage): CellPiece[] {
  return page.pieces.filter((piece) => piece.kind === "cell");
}

/** A cell as it reads; endings of its last line aside, which the last one of a file may lack. */
function reading(cell: CellPiece): string {
  return `${cell.info}\n${cell.body.trimEnd()}`;
}

/** A piece of `page` and what is left of the choice. */
const choice = fc.nat();

Deno.test("the sources of the pieces one after another are the file", () => {
  let cells = 0;
  fc.assert(
    fc.property(randomPage, (text) => {
      const page = parsePage(text);
      assertEquals(page.pieces.map((piece) => piece.source).join(""), text);
      let end = 0;
      for (const piece of page.pieces) {
        assertEquals(piece.start, end);
        assertTrue(piece.end > piece.start);
        assertEquals(text.slice(piece.start, piece.end), piece.source);
        end = piece.end;
        if (piece.kind !== "cell") continue;
        cells++;
        assertEquals(text.slice(piece.bodyStart, piece.bodyEnd), piece.body);
        assertTrue(piece.source.startsWith(piece.fence + piece.info));
        const before = text.slice(0, piece.bodyStart).split(/\r\n?|\n/).length;
        assertTrue(piece.body === "" || before === piece.bodyLine, `line ${piece.bodyLine} is line ${before}`);
      }
      assertEquals(end, text.length);
      graphOf(page);
    }),
    MANY,
  );
  assertTrue(cells > 5000, `only ${cells} cells were read`);
});

Deno.test("a body set to itself, and a source set to itself, change no byte", () => {
  fc.assert(
    fc.property(randomPage, (text) => {
      const page = parsePage(text);
      for (const piece of page.pieces) assertEquals(setSource(page, piece, piece.source), text);
      for (const cell of cellsOf(page)) assertEquals(setBody(page, cell, cell.body), text);
    }),
    MANY,
  );
});

Deno.test("whatever is typed into a cell stays in it, and the other cells read the same", () => {
  fc.assert(
    fc.property(randomPage, randomBody, choice, (text, body, chosen) => {
      const page = parsePage(text);
      const cells = cellsOf(page);
      if (cells.length === 0) return;
      const index = chosen % cells.length;
      const after = cellsOf(parsePage(setBody(page, cells[index]!, body)));
      assertEquals(after.length, cells.length);
      for (const [other, cell] of cells.entries()) {
        const now = after[other]!;
        if (other !== index) assertEquals(`${now.info}\n${now.body}`, `${cell.info}\n${cell.body}`);
        else {
          assertEquals(now.info, cell.info);
          assertEquals(now.body.replaceAll(/\r\n?/g, "\n").replace(/\n$/, ""), body.replace(/\n$/, ""));
        }
      }
    }),
    SOME,
  );
});

Deno.test("a cell that is put in stands where it was put, and the others read the same", () => {
  fc.assert(
    fc.property(randomPage, choice, (text, chosen) => {
      const page = parsePage(text);
      const index = chosen % (page.pieces.length + 1) - 1;
      const after = page.pieces[index] ?? null;
      const edited = parsePage(insertAfter(page, after, "```yaml run #inserted\nseed: 1\n```"));
      const end = after?.end ?? (page.pieces[0]?.kind === "front" ? page.pieces[0].end : 0);
      const expected = cellsOf(page).map(reading);
      expected.splice(
        cellsOf(page).filter((cell) => cell.end <= end).length,
        0,
        "yaml run #inserted\nseed: 1",
      );
      assertEquals(cellsOf(edited).map(reading), expected);
    }),
    SOME,
  );
});

Deno.test("a piece that is taken out takes nothing else with it", () => {
  const refusals = new Refusals();
  fc.assert(
    fc.property(randomPage, choice, (text, chosen) => {
      const page = parsePage(text);
      if (page.pieces.length === 0) return;
      const piece = page.pieces[chosen % page.pieces.length]!;
      const edited = refusals.unlessRefused(() => remove(page, piece));
      if (edited === undefined) return;
      const expected = cellsOf(page).filter((cell) => cell !== piece).map(reading);
      assertEquals(cellsOf(parsePage(edited)).map(reading), expected);
      assertTrue(edited.length <= text.length - piece.source.length + 20);
    }),
    SOME,
  );
});

Deno.test("a piece that is moved stands where it was moved to, and no line is lost", () => {
  const refusals = new Refusals();
  fc.assert(
    fc.property(randomPage, choice, choice, (text, first, second) => {
      const page = parsePage(text);
      const piece = page.pieces[first % Math.max(page.pieces.length, 1)];
      if (piece === undefined || piece.kind === "front") return;
      const before = page.pieces[second % (page.pieces.length + 1)] ?? null;
      const edited = refusals.unlessRefused(() => move(page, piece, before));
      if (edited === undefined) return;
      assertEquals(
        cellsOf(parsePage(edited)).map(reading).sort(),
        cellsOf(page).map(reading).sort(),
      );
      const left = linesOf(edited);
      for (const [line, count] of linesOf(text)) assertTrue((left.get(line) ?? 0) >= count, `lost: ${line}`);
    }),
    SOME,
  );
});

/** Two pieces of prose that come together can make code of what follows: rare, and refused. */
class Refusals {
  #count = 0;

  unlessRefused(edit: () => string): string | undefined {
    try {
      return edit();
    } catch (error) {
      if (!(error instanceof SimError && error.code === "edit_refused")) throw error;
      assertTrue(++this.#count <= 10, `${this.#count} edits were refused`);
      return undefined;
    }
  }
}

/** Lines with more than spaces, and how often each stands there. */
function linesOf(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.replaceAll("\uFEFF", "").split(/\r\n?|\n/)) {
    if (line.trim() !== "") counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}
