import fc from "fast-check";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import { viewOfText } from "../../../tests/support/notebook_pages.ts";
import { Bin, History, moved, placeOf } from "./history.ts";
import {
  after,
  freeId,
  insert,
  move,
  newKey,
  type Piece,
  pieceAt,
  previous,
  remove,
  setSource,
  stepTarget,
  textOf,
} from "./model.ts";
import { keepsOthers, reconcile } from "./reconcile.ts";

const cell = (id: string, body = "scenario: crisis") => `\`\`\`yaml run #${id}\n${body}\n\`\`\`\n\n`;

function piecesOf(text: string): Piece[] {
  return viewOfText(text).pieces.map((view, i) => ({ key: `p${i}`, source: view.source, view }));
}

const keys = (pieces: readonly Piece[]) => pieces.map(({ key }) => key);
/** The pieces after the server has read them. */
const seen = (pieces: readonly Piece[]) => reconcile(pieces, viewOfText(textOf(pieces)).pieces);

Deno.test("what is inserted stands apart from its neighbours, and what is removed leaves no gap", () => {
  const pieces = piecesOf(`# Title\n\n${cell("a")}${cell("b")}`);
  const added = insert(pieces, "p2", { key: "new", source: "Words.", view: null });
  assertEquals(textOf(added), `# Title\n\n${cell("a")}Words.\n\n${cell("b")}`);
  assertEquals(keys(seen(added)), ["p0", "p1", "new", "p2"]);
  assertEquals(textOf(remove(seen(added), "new")), textOf(pieces));
  assertEquals(textOf(remove(pieces, "p0")), cell("a") + cell("b"));
  assertEquals(textOf(insert([], null, { key: "n", source: "x", view: null })), "x");
});

Deno.test("prose and a cell that touched are kept apart when something between them goes", () => {
  const pieces = piecesOf("above\n```sql table\nSELECT 1\n```\nbelow\n");
  assertEquals(keys(pieces), ["p0", "p1", "p2"]);
  assertEquals(textOf(remove(pieces, "p1")), "above\n\nbelow\n");
});

Deno.test("a piece moves by one, to the end, and nowhere beyond", () => {
  const pieces = piecesOf(`# T\n\n${cell("a")}${cell("b")}`);
  assertEquals(stepTarget(pieces, "p0", -1), undefined);
  assertEquals(stepTarget(pieces, "p2", 1), undefined);
  assertEquals(stepTarget(pieces, "p1", 1), null);
  assertEquals(stepTarget(pieces, "p2", -1), "p1");
  assertEquals(textOf(move(pieces, "p1", null)), `# T\n\n${cell("b")}${cell("a")}`);
  assertEquals(textOf(move(pieces, "p2", "p0")), `${cell("b")}# T\n\n${cell("a")}`);
  assertEquals([after(pieces, "p0"), after(pieces, "p2"), previous(pieces, "p0")], ["p1", null, null]);
});

Deno.test("cells of any page moved, removed and inserted are whole cells still", () => {
  const source = fc.constantFrom(
    cell("a"),
    cell("b").trimEnd() + "\n",
    "Text\n",
    "# Head\n\n",
    "```sql table\nSELECT 1\n```\n",
  );
  const steps = fc.array(fc.tuple(fc.constantFrom("move", "remove", "insert"), fc.nat(9), fc.nat(9)), { maxLength: 8 });
  fc.assert(fc.property(fc.array(source, { minLength: 1, maxLength: 6 }), steps, (sources, todo) => {
    let pieces = piecesOf(sources.join(""));
    const cells = () => viewOfText(textOf(pieces)).pieces.filter(({ kind }) => kind === "cell").length;
    for (const [what, from, to] of todo) {
      const [key, before] = [pieces[from % (pieces.length || 1)]?.key, pieces[to % (pieces.length + 1)]?.key ?? null];
      const had = cells();
      const isCell = pieces.find((piece) => piece.key === key)?.view?.kind === "cell";
      if (what === "move" && key !== undefined) pieces = move(pieces, key, before);
      if (what === "remove" && key !== undefined) pieces = remove(pieces, key);
      if (what === "insert") {
        pieces = insert(pieces, before, { key: newKey(), source: "```yaml chart\ndata: a\n```", view: null });
      }
      pieces = seen(pieces);
      assertEquals(cells(), had + (what === "insert" ? 1 : what === "remove" && isCell ? -1 : 0));
      assertEquals(new Set(keys(pieces)).size, pieces.length);
    }
  }));
});

Deno.test("the server's pieces keep their keys: by id, by text, by likeness between the same neighbours", () => {
  const pieces = piecesOf(`# Title\n\n${cell("a")}Some words stand here.\n\n${cell("b")}`);
  const now = reconcile(
    pieces,
    viewOfText(
      `# Another title\n\n${cell("B", "scenario: other")}Some more words stand here now.\n\n${cell("a")}New.\n`,
    ).pieces,
  );
  assertEquals(keys(now).slice(1, 4), ["p3", "p2", "p1"]);
  assertTrue(!keys(pieces).includes(now[4]!.key));
});

Deno.test("prose that is cut by a fence keeps its key, and so do all others", () => {
  const pieces = piecesOf(`Words\n\n${cell("a")}`);
  const typed = setSource(pieces, "p0", "Words\n\n```yaml input #x\ntype: text\n```\n\nmore\n\n");
  const now = seen(typed);
  assertEquals(now.length, 4);
  assertEquals([now[0]!.key, now[3]!.key], ["p0", "p1"]);
});

Deno.test("a view that says the same stays the same object, and parts that do stay theirs", () => {
  const text = `# T\n\n${cell("a")}`;
  const pieces = piecesOf(text);
  const same = reconcile(pieces, viewOfText(text).pieces);
  assertTrue(same.every((piece, i) => piece === pieces[i]));
  const output = { type: "table", columns: [], rows: [[1]], truncated: false, ms: 1 } as const;
  const before = reconcile(pieces, viewOfText(text, { a: { output } }).pieces);
  const later = reconcile(before, viewOfText(text, { a: { output: structuredClone(output), status: "stale" } }).pieces);
  const [was, is] = [before[1]!.view, later[1]!.view];
  assertTrue(was !== is && was?.kind === "cell" && is?.kind === "cell" && was.output === is.output);
});

Deno.test("a fence that is not closed yet is seen: it swallows the pieces below", () => {
  const pieces = piecesOf(`Words\n\n${cell("a")}${cell("b")}`);
  const open = setSource(pieces, "p0", "Words\n\n```yaml run #new\n\n");
  assertTrue(!keepsOthers(open, viewOfText(textOf(open)).pieces, "p0"));
  const closed = setSource(pieces, "p0", "Words\n\n```yaml run #new\n```\n\n");
  assertTrue(keepsOthers(closed, viewOfText(textOf(closed)).pieces, "p0"));
});

Deno.test("a deleted cell comes back where it was, though the prose around it has grown together and was edited", () => {
  const text = `Above.\n\n${cell("a")}Below.\n`;
  const pieces = piecesOf(text);
  const history = new History();
  history.push({ type: "delete", piece: pieces[1]!, place: placeOf(pieces, "p1") });
  const gone = seen(remove(pieces, "p1"));
  assertEquals(gone.length, 1);
  const back = history.undo(gone)!;
  assertEquals(textOf(back.pieces), text);
  assertEquals(textOf(history.redo(seen(back.pieces))!.pieces), "Above.\n\nBelow.\n");
  const edited = setSource(gone, gone[0]!.key, "Above all.\n\nBelow.\n");
  const again = new History();
  again.push({ type: "delete", piece: pieces[1]!, place: placeOf(pieces, "p1") });
  assertTrue(textOf(again.undo(edited)!.pieces).includes(cell("a").trim()));
});

Deno.test("moves, insertions and changes are undone and done again; what was typed elsewhere stays", () => {
  const pieces = piecesOf(`# T\n\n${cell("a")}${cell("b")}`);
  const history = new History();
  const { pieces: there, step } = moved(pieces, "p2", "p0")!;
  history.push(step);
  const typed = setSource(seen(there), "p0", "# Typed since\n\n");
  const back = history.undo(typed)!;
  assertEquals(textOf(back.pieces), `# Typed since\n\n${cell("a")}${cell("b")}`);
  assertEquals(textOf(history.redo(back.pieces)!.pieces), textOf(typed));
  assertEquals(moved(pieces, "p1", "p1"), null);

  const other = new History();
  const changed = setSource(pieces, "p1", cell("z"));
  other.push({ type: "change", key: "p1", before: cell("a"), after: cell("z") });
  const restored = other.undo(changed)!;
  assertEquals(textOf(restored.pieces), textOf(pieces));
  assertEquals(textOf(other.redo(restored.pieces)!.pieces), textOf(changed));
  assertEquals(other.redo(changed), null);
});

Deno.test("a step about a piece that is gone is passed over", () => {
  const pieces = piecesOf(`${cell("a")}${cell("b")}`);
  const history = new History();
  history.push({ type: "insert", key: "p0", source: pieces[0]!.source });
  history.push({ type: "move", key: "gone", source: "gone", place: { previous: null, next: null } });
  assertEquals(textOf(history.undo(pieces)!.pieces), cell("b"));
  assertEquals(history.undo(pieces), null);
});

Deno.test("the bin gives back what was deleted", () => {
  const bin = new Bin();
  bin.put("one", new Date(0));
  bin.put(" \n", new Date(1));
  bin.put("two", new Date(2));
  assertEquals(bin.contents.map(({ source }) => source), ["two", "one"]);
  assertEquals(bin.take(1), "one");
  assertEquals(bin.take(1), null);
  assertEquals(bin.contents.length, 1);
});

Deno.test("an offset of the file is found in its piece, and an id that is taken gets a number", () => {
  const pieces = piecesOf(`# T\n\n${cell("base")}`);
  assertEquals(pieceAt(pieces, 2), { key: "p0", at: 2 });
  assertEquals(pieceAt(pieces, 8), { key: "p1", at: 3 });
  assertEquals(pieceAt(pieces, 1000), null);
  assertEquals([freeId(pieces, "BASE"), freeId(pieces, "other")], ["BASE_2", "other"]);
});
