import fc from "../../tests/support/properties.ts";
import { assertEquals } from "../../tests/support/assert.ts";
import { toCsv } from "./csv.ts";

Deno.test("toCsv: header is the union of keys in the order first seen, missing values are empty", () => {
  assertEquals(
    toCsv([{ turn: 0, a: 1 }, { turn: 1, b: true, a: null }]),
    "turn,a,b\r\n0,1,\r\n1,,true\r\n",
  );
});

Deno.test("toCsv: no rows and rows without keys are the empty text", () => {
  assertEquals(toCsv([]), "");
  assertEquals(toCsv([{}]), "");
});

Deno.test("toCsv: commas, quotes, line breaks and outer blanks are quoted, an empty string is not a missing one", () => {
  assertEquals(
    toCsv([{ a: "x,y", b: 'say "hi"', c: "two\nlines", d: " x", e: "", f: null }]),
    'a,b,c,d,e,f\r\n"x,y","say ""hi""","two\nlines"," x","",\r\n',
  );
});

Deno.test("toCsv: lists and maps are JSON text, numbers are as JSON writes them", () => {
  assertEquals(
    toCsv([{ list: [1, "a"], map: { k: null }, n: -1e-7, big: 1e21 }]),
    'list,map,n,big\r\n"[1,""a""]","{""k"":null}",-1e-7,1e+21\r\n',
  );
});

Deno.test("toCsv: text that a spreadsheet would run is made text, in values and in names; numbers stay", () => {
  const csv = toCsv([{
    "=name": "=HYPERLINK(1)",
    b: "+cmd",
    c: "-x",
    d: "@sum",
    e: "\t=1",
    f: "-5.5",
    g: -5,
    h: "＝1",
  }]);
  assertEquals(csv, "'=name,b,c,d,e,f,g,h\r\n'=HYPERLINK(1),'+cmd,'-x,'@sum,'\t=1,-5.5,-5,'＝1\r\n");
});

Deno.test("toCsv: a reader by the RFC gets back every text", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ a: fc.string({ unit: "binary" }), b: fc.constantFrom("x", '"', ",", "\r\n", "\n", "") }), {
      minLength: 1,
      maxLength: 5,
    }),
    (rows) => {
      const read = parse(toCsv(rows)).slice(1).map(([a, b]) => ({ a: a!, b: b! }));
      const plain = (text: string) => text.replace(/^'(?=[=+\-@\t\r\n＝＋－＠])/, "");
      assertEquals(
        read.map(({ a, b }) => ({ a: plain(a), b: plain(b) })),
        rows.map(({ a, b }) => ({ a: plain(a), b: plain(b) })),
      );
    },
  ));
});

/** The fields of a CSV document, by RFC 4180. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < csv.length) {
    let field = "";
    if (csv[at] === '"') {
      for (at++; csv[at] !== '"' || csv[at + 1] === '"'; at++) {
        field += csv[at];
        if (csv[at] === '"') at++;
      }
      at++;
    } else {
      while (at < csv.length && csv[at] !== "," && !csv.startsWith("\r\n", at)) field += csv[at++];
    }
    rows.at(-1)!.push(field);
    if (csv[at] === ",") at++;
    else {
      at += 2;
      if (at < csv.length) rows.push([]);
    }
  }
  return rows;
}
