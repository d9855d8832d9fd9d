import { property, string } from "fast-check";
import { assertEquals } from "../../../tests/support/assert.ts";
import { asProse, infoOf, newlineOf, partsOf, withBody, withFlag, withInfo, withKind } from "./fences.ts";
import fc from "fast-check";
import { parsePage } from "../../../runner/notebook/page/mod.ts";

const RUN = "```yaml run #base fold\nscenario: crisis\n```\n\n";

Deno.test("a piece's text is cut into fence, body and fence, and joined again it is the same", () => {
  assertEquals(partsOf(RUN), { open: "```yaml run #base fold\n", body: "scenario: crisis", close: "\n```\n\n" });
  assertEquals(partsOf("---\ntitle: A\n---\n\n"), { open: "---\n", body: "title: A", close: "\n---\n\n" });
  assertEquals(partsOf("---\n---\n"), { open: "---\n", body: "", close: "---\n" });
  assertEquals(partsOf("\n\nSome text\n\nmore.\n\n"), { open: "\n\n", body: "Some text\n\nmore.", close: "\n\n" });
  assertEquals(partsOf("```sql table\nSELECT 1"), { open: "```sql table\n", body: "SELECT 1", close: "" });
  fc.assert(
    property(string({ unit: fc.constantFrom("`", "~", "-", "\n", "\r\n", " ", "yaml run #a", "x") }), (text) => {
      const { open, body, close } = partsOf(text);
      assertEquals(open + body + close, text);
    }),
  );
});

Deno.test("the body that a cell is given is the body that the server reads, whatever is in it", () => {
  const part = fc.constantFrom("`", "```", "~~~", "\n", " ", "a: 1", "---", "```yaml run #b");
  fc.assert(property(fc.array(part).map((parts) => parts.join("")), (body) => {
    const source = withBody(RUN, body);
    const [cell, ...others] = parsePage(source).pieces;
    assertEquals([others.length, cell?.kind], [0, "cell"]);
    if (cell?.kind !== "cell") return;
    assertEquals(cell.id, "base");
    assertEquals(cell.body, body === "" ? "" : `${body}\n`);
    assertEquals(partsOf(source).body, body);
  }));
});

Deno.test("a body that is emptied and filled again leaves the cell as it was", () => {
  assertEquals(withBody(RUN, ""), "```yaml run #base fold\n```\n\n");
  assertEquals(withBody(withBody(RUN, ""), "scenario: crisis"), RUN);
  assertEquals(withBody("---\n---\n", "title: A"), "---\ntitle: A\n---\n");
});

Deno.test("lines keep the ending that the file has", () => {
  const windows = RUN.replaceAll("\n", "\r\n");
  assertEquals(newlineOf(windows), "\r\n");
  assertEquals(newlineOf("a\r\nb\n"), "\n");
  assertEquals(withBody(windows, "a: 1\r\nb: 2"), "```yaml run #base fold\r\na: 1\r\nb: 2\r\n```\r\n\r\n");
});

Deno.test("an info line is read and changed word by word", () => {
  const source = '```yaml scenario #g extends="a b.yaml" fold\n```\n';
  assertEquals(infoOf(source), {
    fence: "```",
    language: "yaml",
    kind: "scenario",
    id: "g",
    flags: ["fold"],
    rest: '#g extends="a b.yaml" fold',
  });
  assertEquals(withFlag(source, "fold", false), '```yaml scenario #g extends="a b.yaml"\n```\n');
  assertEquals(withFlag(source, "hide", true), '```yaml scenario #g extends="a b.yaml" fold hide\n```\n');
  assertEquals(withFlag(source, "fold", true), source);
  assertEquals(withInfo(source, "#h"), "```yaml scenario #h\n```\n");
  assertEquals(withInfo(source, ""), "```yaml scenario\n```\n");
  assertEquals(infoOf("```yaml\na: 1\n```\n"), null);
  assertEquals(infoOf("Text with ```yaml run #a in it"), null);
});

Deno.test("a cell becomes another kind, or prose, and prose a cell", () => {
  assertEquals(withKind(RUN, "yaml", "batch"), RUN.replace("run", "batch"));
  assertEquals(asProse(RUN), "scenario: crisis\n\n");
  assertEquals(asProse("```sql table\n```"), "\n");
  assertEquals(asProse("```sql table\nSELECT 1"), "SELECT 1\n");
  assertEquals(withKind("SELECT 1\n", "sql", "table"), "```sql table\nSELECT 1\n```\n");
  assertEquals(withKind("a ``` b\n```\n", "sql", "table"), "````sql table\na ``` b\n```\n````\n");
});
