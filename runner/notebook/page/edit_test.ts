import { join } from "node:path";
import { parse } from "yaml";
import { assertEquals, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import { ROOT } from "../../paths.ts";
import {
  type CellPiece,
  insertAfter,
  move,
  type NotebookPage,
  parsePage,
  remove,
  setBody,
  setSource,
  setValue,
  withoutValue,
  withValue,
  type YamlValue,
} from "./mod.ts";

const A = "```yaml input #a\nvalue: 1\n```\n";
const B = "```yaml input #b\nvalue: 2\n```\n";

function cell(page: NotebookPage, id: string): CellPiece {
  return page.pieces.find((piece) => piece.kind === "cell" && piece.id === id) as CellPiece;
}

function bodySet(text: string, body: string, id = "a"): string {
  const page = parsePage(text);
  return setBody(page, cell(page, id), body);
}

Deno.test("a body takes the place of the old one, its last line ended", () => {
  assertEquals(bodySet(`x\n\n${A}\ny`, "value: 3"), "x\n\n```yaml input #a\nvalue: 3\n```\n\ny");
  assertEquals(bodySet(A, ""), "```yaml input #a\n```\n");
  assertEquals(bodySet("```yaml input #a", "value: 3"), "```yaml input #a\nvalue: 3");
  assertEquals(bodySet("```yaml input #a\r\n```\r\n", "a: 1\nb: 2"), "```yaml input #a\r\na: 1\r\nb: 2\r\n```\r\n");
});

Deno.test("a fence that the body would close is made longer, both ends of it", () => {
  assertEquals(bodySet(A + B, "```\n ````\n"), "`````yaml input #a\n```\n ````\n`````\n" + B);
  assertEquals(bodySet("~~~yaml input #a\n  ~~~~~  \n", "```\n~~~\n"), "~~~~yaml input #a\n```\n~~~\n  ~~~~~  \n");
  assertEquals(bodySet(A, "    ```\n```js\n"), "```yaml input #a\n    ```\n```js\n```\n");
});

Deno.test("the source of a piece is replaced; what follows begins on a line of its own", () => {
  const page = parsePage(`# H\n${A}end\n`);
  assertEquals(setSource(page, page.pieces[0]!, "# New"), `# New\n${A}end\n`);
  assertEquals(setSource(page, page.pieces[0]!, ""), `${A}end\n`);
  assertEquals(setSource(page, page.pieces[2]!, "other"), `# H\n${A}other`);
});

Deno.test("what is put in has a blank line on both sides, and the rest stays", () => {
  const page = parsePage(`---\nnotebook: 1\n---\n# H\n${A}end`);
  const [front, head, a, end] = page.pieces;
  assertEquals(insertAfter(page, head!, B), `---\nnotebook: 1\n---\n# H\n\n${B}\n${A}end`);
  assertEquals(insertAfter(page, a!, B.trim()), `---\nnotebook: 1\n---\n# H\n${A}\n${B}\nend`);
  assertEquals(insertAfter(page, end!, B), `---\nnotebook: 1\n---\n# H\n${A}end\n\n${B}`);
  assertEquals(insertAfter(page, null, B), `---\nnotebook: 1\n---\n\n${B}\n# H\n${A}end`);
  assertEquals(insertAfter(page, front!, B), insertAfter(page, null, B));
  assertEquals(insertAfter(parsePage(""), null, B), B);
});

Deno.test("what is open at the end is closed before something is put after it", () => {
  const closed = (text: string) => {
    const page = parsePage(text);
    return insertAfter(page, page.pieces.at(-1)!, B);
  };
  assertEquals(closed("```yaml input #a\nvalue: 1"), `\`\`\`yaml input #a\nvalue: 1\n\`\`\`\n\n${B}`);
  assertEquals(closed("text\n<div>\n\n~~~~\nx\n"), `text\n<div>\n\n~~~~\nx\n~~~~\n\n${B}`);
  assertEquals(closed("<!-- note\n"), `<!-- note\n-->\n\n${B}`);
});

Deno.test("what is taken out leaves the paragraphs around it apart", () => {
  const page = parsePage(`one\n${A}two\n\n${B}`);
  assertEquals(remove(page, page.pieces[1]!), `one\n\ntwo\n\n${B}`);
  assertEquals(remove(page, page.pieces[0]!), `${A}two\n\n${B}`);
  assertEquals(remove(page, page.pieces[3]!), `one\n${A}two\n\n`);
});

Deno.test("a list and what looks like part of it are kept apart", () => {
  const text = `- item\n\n${A}\n  \`\`\`\n  code\n\`\`\`\n\n${B}`;
  const page = parsePage(text);
  assertEquals(page.pieces.map((piece) => piece.kind), ["prose", "cell", "prose", "cell"]);
  const removed = parsePage(remove(page, page.pieces[1]!));
  assertEquals(removed.pieces.map((piece) => piece.kind), ["prose", "cell"]);
});

Deno.test("pieces move before others and to the end; the front matter stays first", () => {
  const page = parsePage(`---\nnotebook: 1\n---\n\n${A}\n${B}\nend`);
  const [front, a, b, end] = page.pieces;
  assertEquals(move(page, b!, a!), `---\nnotebook: 1\n---\n\n${B}\n${A}\nend`);
  assertEquals(move(page, b!, front!), `---\nnotebook: 1\n---\n\n${B}\n${A}\nend`);
  assertEquals(move(page, a!, null), `---\nnotebook: 1\n---\n\n${B}\nend\n\n${A}\n`);
  assertEquals(move(page, a!, b!), page.text);
  assertEquals(move(page, a!, a!), page.text);
  assertEquals(move(page, end!, a!), `---\nnotebook: 1\n---\n\nend\n\n${A}\n${B}\n`);
  assertThrows(() => move(page, front!, end!));
});

Deno.test("prose that comes first is not taken for front matter", () => {
  const page = parsePage(`${A}\n---\ntitle: no\n\n---\n`);
  const removed = parsePage(remove(page, page.pieces[0]!));
  assertEquals(removed.pieces.map((piece) => piece.kind), ["prose"]);
});

Deno.test("the byte order mark stays first", () => {
  const page = parsePage(`\uFEFF${A}\n${B}`);
  assertEquals(move(page, page.pieces[2]!, page.pieces[1]!), `\uFEFF${B}\n${A}\n`);
  assertEquals(insertAfter(page, null, "text"), `\uFEFFtext\n\n${A}\n${B}`);
});

Deno.test("a value is set and no other byte of its cell", () => {
  const yaml = "# note\na:   1 # one\nb: { c: 'x', d: [1,  2] }\nlist:\n  - p\n  - q # last\ntext: \"t\"\n\n# end\n";
  const cases: [(string | number)[], YamlValue, string, string][] = [
    [["a"], 2.5, "a:   1 # one", "a:   2.5 # one"],
    [["b", "c"], "it's", "'x'", "'it''s'"],
    [["b", "d", 1], true, "1,  2", "1,  true"],
    [["b", "d", 2], 3, "1,  2]", "1,  2, 3]"],
    [["b", "e"], "x: y", "2] }", '2], e: "x: y" }'],
    [["list", 0], "- no", "- p", '- "- no"'],
    [["list", 2], "r", "- q # last\n", "- q # last\n  - r\n"],
    [["text"], 'say "no"', '"t"', '"say \\"no\\""'],
    [["new"], { "a.b": [1, "x"] }, '"t"\n', '"t"\nnew: { a.b: [1, x] }\n'],
    [["deep", "down"], null, '"t"\n', '"t"\ndeep: { down: null }\n'],
  ];
  for (const [path, value, old, put] of cases) assertEquals(withValue(yaml, path, value), yaml.replace(old, () => put));
});

Deno.test("a value is set where there was none, or a block", () => {
  assertEquals(withValue("", ["a"], 1), "a: 1\n");
  assertEquals(withValue("# only a note\n", ["a", "b"], "x"), "# only a note\na: { b: x }\n");
  assertEquals(withValue("a:\nb: 2\n", ["a"], "x"), "a: x\nb: 2\n");
  assertEquals(withValue("a: # later\n", ["a"], 1), "a: 1 # later\n");
  assertEquals(withValue("a: |\n  one\n  two\nb: 2\n", ["a"], "x"), "a: x\nb: 2\n");
  assertEquals(withValue("a:\n  b: 1\n\nc: 2\n", ["a", "z"], 1), "a:\n  b: 1\n  z: 1\n\nc: 2\n");
  assertEquals(withValue("a: {}\nb: []", ["b", 0], 1), "a: {}\nb: [1]");
  assertEquals(withValue("a: 1\r\nb: 2\r\n", ["c"], 1), "a: 1\r\nb: 2\r\nc: 1\r\n");
  assertEquals(withValue("- a: 1\n- b: 2\n", [0, "z"], 1), "- a: 1\n  z: 1\n- b: 2\n");
  assertEquals(withValue("a: ${x}\n", ["a"], "${y}"), "a: ${y}\n");
  assertEquals(withValue("{ a: 1 }\n", ["a"], "${y}"), '{ a: "${y}" }\n');
});

Deno.test("what is taken out goes with its line, and nothing else does", () => {
  const cases: [yaml: string, path: (string | number)[], left: string][] = [
    ["# x\na: 1 # n\n\n# of b\nb: 2\n", ["a"], "# x\n\n# of b\nb: 2\n"],
    ["# x\na: 1\n\n# of b\nb: 2", ["b"], "# x\na: 1\n\n# of b\n"],
    ["a: |\n  t\n  u\nb: 1\n", ["a"], "b: 1\n"],
    ["a:\nb: 1\n", ["a"], "b: 1\n"],
    ["a: 1\r\nb: 2\r\n", ["a"], "b: 2\r\n"],
    ["a: 1\n", ["a"], ""],
    ["a: # why\n  # because\n  b: 1\nc: 2\n", ["a", "b"], "a: {} # why\n  # because\nc: 2\n"],
    ["- a: 1\n  b: 2\n- c: 1\n", [0, "a"], "- b: 2\n- c: 1\n"],
    ["- a: 1\n", [0, "a"], "- {}\n"],
    ["- a: 1\n  b: [x]\n- c: 1\n", [0], "- c: 1\n"],
    ["x:\n- 1\n-\n- 3 # three\n", ["x", 1], "x:\n- 1\n- 3 # three\n"],
    ["x:\n  - 1\n  - 3 # three\ny: 1\n", ["x", 1], "x:\n  - 1\ny: 1\n"],
    ["x:\n  - 1\ny: 1\n", ["x", 0], "x: []\ny: 1\n"],
    ["x: { a: 1, b: 2 }\n", ["x", "a"], "x: { b: 2 }\n"],
    ["x: { a: 1, b: 2 }\n", ["x", "b"], "x: { a: 1 }\n"],
    ["x: { a: 1 }\n", ["x", "a"], "x: {}\n"],
    ["x: [[1, 2], 3]\n", ["x", 0, 1], "x: [[1], 3]\n"],
    ["a: 1\n", ["b", "c"], "a: 1\n"],
  ];
  for (const [yaml, path, left] of cases) assertEquals(withoutValue(yaml, path), left);
  // Something else needs it, or has it from elsewhere; or it is written in a way that nobody writes.
  assertThrows(() => withoutValue("a: &k 1\nb: *k\n", ["a"]), "cannot_set");
  assertThrows(() => withoutValue("a: &k { x: 1, y: 2 }\nb: *k\n", ["b", "x"]), "cannot_set");
  assertThrows(() => withoutValue("? a\n: 1\nb: 2\n", ["a"]), "cannot_set");
  assertThrows(() => withoutValue("a: [\n", ["a"]), "yaml_syntax");
  assertThrows(() => withoutValue("a: 1\n", []), "cannot_set");
});

Deno.test("whatever is taken out of the scenarios that come with the project, what is left reads as before", async () => {
  let taken = 0;
  for await (const file of yamlFiles(join(ROOT, "scenarios"))) {
    const text = await Deno.readTextFile(file);
    const lines = new Set(text.split("\n"));
    for (const path of pathsIn(parse(text))) {
      // Values that several places share are taken out nowhere.
      if (/[&*]\w/.test(text)) continue;
      const left = withoutValue(text, path);
      const changed = left.split("\n").filter((line) => !lines.has(line));
      assertTrue(changed.length <= 1, `${file}: ${path.join(".")}: ${changed.join("\n")}`);
      taken++;
    }
  }
  assertTrue(taken > 3000);
});

async function* yamlFiles(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) yield* yamlFiles(join(folder, name));
    else if (name.endsWith(".yaml")) yield join(folder, name);
  }
}

function* pathsIn(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    yield at;
    yield* pathsIn(inner, at);
  }
}

Deno.test("what cannot be set is refused, and what is broken too", () => {
  assertThrows(() => withValue("a: 1\n", ["a", "b"], 1), "cannot_set");
  assertThrows(() => withValue("a: [1]\n", ["a", 5], 1), "cannot_set");
  assertThrows(() => withValue("a: [\n", ["a"], 1), "yaml_syntax");
  assertThrows(() => withValue("a: 1\n", [], 1), "cannot_set");
});

Deno.test("a value is set in its cell alone", () => {
  const page = parsePage(`${A}\n${B}`);
  assertEquals(setValue(page, cell(page, "b"), ["value"], 9), `${A}\n${B.replace("2", "9")}`);
});
