import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { type CellPiece, type NotebookPage, type PageIssue, parsePage } from "./mod.ts";

function cells(page: NotebookPage): CellPiece[] {
  return page.pieces.filter((piece) => piece.kind === "cell");
}

function codes(issues: readonly PageIssue[]): string[] {
  return issues.map((issue) => `${issue.code} ${issue.line}${issue.column === undefined ? "" : `:${issue.column}`}`);
}

/** Issues of the one cell with this info line. */
function infoCodes(info: string): string[] {
  return codes(cells(parsePage(`\`\`\`${info}\n\`\`\`\n`))[0]!.issues);
}

Deno.test("a page has its front matter, prose and cells, with their lines", () => {
  const page = parsePage(
    '---\nnotebook: 1\ntitle: T\n---\n\n# H\n\n```yaml scenario #g extends="a b.yaml" fold\nset: {}\n```\n\nend\n',
  );
  assertEquals(page.title, "T");
  assertEquals(page.front, { notebook: 1, title: "T" });
  assertEquals(page.pieces.map((piece) => [piece.kind, piece.line]), [["front", 1], ["prose", 6], ["cell", 8], [
    "prose",
    12,
  ]]);
  const [cell] = cells(page);
  assertEquals(
    [cell!.cell, cell!.id, cell!.name, cell!.lang, cell!.body, cell!.bodyLine, cell!.fence, cell!.closed],
    ["scenario", "g", "g", "yaml", "set: {}\n", 9, "```", true],
  );
  assertEquals([...cell!.attributes], [["extends", "a b.yaml"]]);
  assertEquals([...cell!.flags], ["fold"]);
  assertEquals(page.issues, []);
  assertEquals(cell!.issues, []);
  assertEquals(cell!.source, '```yaml scenario #g extends="a b.yaml" fold\nset: {}\n```\n\n');
});

Deno.test("every kind is read, and cells without an id are named by kind and ordinal", () => {
  const kinds = ["yaml input #a", "yaml scenario #b", "yaml run #c", "yaml batch #d", "yaml conversation #e"];
  const more = ["yaml compare #f", "yaml chart", "sql table", "yaml chart #h", "js cell", "js chart", "yaml chart"];
  const page = parsePage([...kinds, ...more].map((info) => `\`\`\`${info}\n\`\`\`\n`).join("\n"));
  assertEquals(
    cells(page).map((cell) => `${cell.cell} ${cell.lang} ${cell.name}`),
    [
      "input yaml a",
      "scenario yaml b",
      "run yaml c",
      "batch yaml d",
      "conversation yaml e",
      "compare yaml f",
      "chart yaml chart 1",
      "table sql table 1",
      "chart yaml h",
      "js js js 1",
      "js js js 2",
      "chart yaml chart 3",
    ],
  );
  assertEquals(cells(page).flatMap((cell) => cell.issues), []);
});

Deno.test("other fences are prose, and what was probably meant is said", () => {
  const page = parsePage(
    "```yaml\na: 1\n```\n\n```python run #a\n```\n\n```yaml scenarion #a\n```\n\n```yaml thing #a\n```\n\n```js title\n```\n",
  );
  assertEquals(cells(page), []);
  assertEquals(codes(page.issues), ["no_cell 8", "no_cell 11"]);
  assertMatches(page.issues[0]!.hint!, /yaml scenario/);
  assertEquals(page.issues[0]!.severity, "warning");
});

Deno.test("cells in comments, lists, quotes and other fences are none", () => {
  const cell = "```yaml run #a\n```\n";
  const inList = `- item\n\n${cell.replaceAll(/^/gm, "  ")}`;
  const texts = [`<!--\n${cell}\n-->\n`, inList, cell.replaceAll(/^/gm, "> "), `\`\`\`\`md\n${cell}\`\`\`\`\n`];
  for (const text of [...texts, `<pre>\n\n${cell}</pre>\n`]) assertEquals(cells(parsePage(text)), [], text);
  assertEquals(cells(parsePage(`<!-- off -->\n\n${cell}`)).length, 1);
});

Deno.test("an indented fence is no cell, and says so", () => {
  const page = parsePage("  ```yaml run #a\n  ```\n");
  assertEquals(cells(page), []);
  assertEquals(codes(page.issues), ["indented_cell 1"]);
});

Deno.test("info lines are read strictly, and their issues stand at their columns", () => {
  assertEquals(infoCodes("yaml run #a"), []);
  assertEquals(infoCodes("\tyaml   run\t#a  "), []);
  assertEquals(infoCodes("yaml run #a #b"), ["two_ids 1:16"]);
  assertEquals(infoCodes("yaml run #1a"), ["bad_id 1:13"]);
  assertEquals(infoCodes("yaml run"), ["no_id 1"]);
  assertEquals(infoCodes("yaml run #Runs"), ["reserved_id 1:13"]);
  assertEquals(infoCodes("yaml run #a colour=red"), ["unknown_attribute 1:16"]);
  assertEquals(infoCodes("yaml scenario #a extends=x.yaml extends=y.yaml"), ["attribute_twice 1:36"]);
  assertEquals(infoCodes("yaml run #a folded"), ["unknown_flag 1:16"]);
  assertEquals(infoCodes('yaml scenario #a extends="x'), ["bad_info 1:21"]);
  assertEquals(infoCodes("yaml run #a {.x} =1 A=1"), ["bad_info 1:16", "bad_info 1:21", "bad_info 1:24"]);
});

Deno.test("an unknown attribute or flag is kept; quotes may hold quotes", () => {
  const [cell] = cells(parsePage('```yaml scenario #a extends="a \\"b\\".yaml" odd=1 strange\n```'));
  assertEquals([...cell!.attributes], [["extends", 'a "b".yaml'], ["odd", "1"]]);
  assertEquals([...cell!.flags], ["strange"]);
});

Deno.test("what is missing is named", () => {
  const [cell] = cells(parsePage("```yaml batch\n```\n"));
  assertEquals(cell!.issues[0]!.message, "this batch has no id: others name it by one");
  assertEquals(cell!.issues[0]!.hint, "write ```yaml batch #batch_1");
});

Deno.test("ids are unique whatever their case, and each of two names the other", () => {
  const [a, b] = cells(parsePage("```yaml input #price\n```\n\n```sql table #Price\n```\n"));
  assertEquals(codes(a!.issues), ["duplicate_id 1:15"]);
  assertEquals(codes(b!.issues), ["duplicate_id 4:14"]);
  assertMatches(a!.issues[0]!.message, /line 4/);
});

Deno.test("an unclosed cell is an error at its line and goes to the end", () => {
  const page = parsePage("# H\n\n```yaml run #a\nseed: 1\n\n```yaml run #b\n");
  const [cell, ...others] = cells(page);
  assertEquals(others, []);
  assertEquals(codes(cell!.issues), ["fence_unclosed 3"]);
  assertEquals(cell!.body, "seed: 1\n\n```yaml run #b\n");
  assertEquals(cell!.closed, false);
  assertEquals(page.open, "```");
});

Deno.test("an unclosed fence or comment that swallows cells is an error of the page at its line", () => {
  const cell = "```yaml run #a\n```\n";
  assertEquals(codes(parsePage(`text\n\n~~~\n\n${cell}`).issues), ["fence_unclosed 3"]);
  assertEquals(codes(parsePage(`<!-- not closed\n\n${cell}`).issues), ["html_unclosed 1"]);
  assertEquals(parsePage(`<!-- not closed\n\n${cell}`).open, "-->");
  assertEquals(parsePage(`<pre>\n\n${cell}`).open, "</pre>");
  assertEquals(parsePage(`<div>\n\n${cell}`).open, null);
});

Deno.test("broken front matter is an error at its place, and the cells work", () => {
  const cell = "\n```yaml input #a\n```\n";
  const broken = parsePage(`---\nnotebook: 1\ntitle: [a\n---\n${cell}`);
  assertEquals(broken.front, null);
  assertEquals(broken.issues[0]!.code, "front_yaml");
  assertTrue([3, 4].includes(broken.issues[0]!.line), `line ${broken.issues[0]!.line}`);
  assertEquals(cells(broken).length, 1);
  const open = parsePage(`---\ntitle: T\n${cell}`);
  assertEquals(codes(open.issues), ["front_unclosed 1"]);
  assertEquals(cells(open).length, 1);
  assertEquals(codes(parsePage(`---\nnotebook: 2\n---\n${cell}`).issues), ["front_version 2"]);
  assertEquals(codes(parsePage(`---\n\ntitle: {a: 1}\n---\n${cell}`).issues), ["front_title 3"]);
  assertEquals(codes(parsePage(`---\n- a\n---\n${cell}`).issues), ["front_yaml 2"]);
  assertEquals(cells(parsePage(`---\n${"a: &a [*a, *a]\n"}---\n${cell}`)).length, 1);
});

Deno.test("the title is the front matter's, else the first heading's, else none", () => {
  assertEquals(parsePage("---\ntitle: 2024\n---\n# H\n").title, "2024");
  assertEquals(parsePage("text\n\n## The *first* `one` &amp; ${x}\n\n# Second\n").title, "The first one & ${x}");
  assertEquals(parsePage("Set\n===\n").title, "Set");
  assertEquals(parsePage("```yaml chart\n# no heading\n```\n").title, "");
  assertEquals(parsePage("---\n\ntext\n").pieces.map((piece) => piece.kind), ["prose"]);
});

Deno.test("CRLF, CR, a byte order mark, tabs, tildes and a missing last ending are all read", () => {
  const text = "---\ntitle: T\n---\n\ntext\n\n```yaml run #a\nseed: 1\n```\n\n~~~~\tsql table\t#t\t\nselect 1\n~~~~~ ";
  for (const ending of ["\n", "\r\n", "\r"]) {
    for (const mark of ["", "\uFEFF"]) {
      const source = mark + text.replaceAll("\n", ending);
      const page = parsePage(source);
      assertEquals(page.pieces.map((piece) => piece.source).join(""), source);
      assertEquals(cells(page).map((cell) => [cell.name, cell.line, cell.closed]), [["a", 7, true], ["t", 11, true]]);
      assertEquals([page.title, page.issues], ["T", []]);
      assertEquals(page.lineEnding, ending === "\r\n" ? "\r\n" : "\n");
    }
  }
  const bare = parsePage("\uFEFF```yaml input #a\n```");
  assertEquals(bare.pieces.map((piece) => piece.source), ["\uFEFF", "```yaml input #a\n```"]);
  assertEquals(parsePage("").pieces, []);
});

Deno.test("conflict markers are one error at the first", () => {
  const page = parsePage("# H\n\n<<<<<<< mine\na\n=======\nb\n>>>>>>> disk\n<<<<<<< mine\n");
  assertEquals(codes(page.issues), ["conflict_markers 3:1"]);
});

Deno.test("issues quote what is wrong, not all of it", () => {
  const long = "x".repeat(100_000);
  const page = parsePage(
    `\`\`\`yaml run #${long}! ${long}=1 -${long} ${long}\n\`\`\`\n\n\`\`\`yaml ${long} #a\n\`\`\`\n`,
  );
  for (const issue of [...page.issues, ...cells(page)[0]!.issues]) {
    assertTrue(issue.message.length + (issue.hint?.length ?? 0) < 400, issue.code);
  }
});
