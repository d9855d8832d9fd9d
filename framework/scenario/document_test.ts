import fc from "../../tests/support/properties.ts";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { formatIssue } from "../issue.ts";
import type { Json } from "../json.ts";
import { readDocument } from "./document.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { IssueList, placeOf, toJson } from "./source.ts";

function read(text: string): { value: Json | undefined; codes: string[]; text: string } {
  const issues = new IssueList();
  const tree = readDocument(text, "d.yaml", issues);
  const sorted = issues.sorted("d.yaml");
  const codes = sorted.map(({ code }) => code);
  return { value: tree && toJson(tree), codes, text: sorted.map(formatIssue).join("\n") };
}

Deno.test("readDocument reads YAML 1.2: only true and false are booleans, dates are texts", () => {
  assertEquals(read("a: [yes, true, 0o17, 0x1f, 1_000, 2024-01-01, ~, '1', 1:30, -0.5e3]\n").value, {
    a: ["yes", true, 15, 31, "1_000", "2024-01-01", null, "1", "1:30", -500],
  });
});

Deno.test("readDocument reads keys as texts, as they are written", () => {
  assertEquals(read("1: a\n0x10: b\ntrue: c\n'q r': d\n").value, { "1": "a", "0x10": "b", "true": "c", "q r": "d" });
});

Deno.test("readDocument expands aliases, which may not grow beyond limits", () => {
  assertEquals(read("a: &x { b: [1, 2] }\nc: *x\nd: [*x]\n").value, {
    a: { b: [1, 2] },
    c: { b: [1, 2] },
    d: [{ b: [1, 2] }],
  });
});

Deno.test("an alias's place is where it is used", () => {
  const tree = readDocument("a: &x 5\nb: *x\n", "d.yaml", new IssueList())!;
  assertEquals(placeOf(tree, ["b"]), { file: "d.yaml", line: 2, column: 4 });
});

Deno.test("nesting up to the limit is read, one more is too_deep", () => {
  const nested = (n: number) => "a: " + "[".repeat(n - 1) + "]".repeat(n - 1);
  assertEquals(read(nested(SCENARIO_LIMITS.depth)).codes, []);
  assertEquals(read(nested(SCENARIO_LIMITS.depth + 1)).codes, ["too_deep"]);
});

Deno.test("nesting by aliases counts as nesting", () => {
  const lines = ["a0: &a0 [x]", ...Array.from({ length: 40 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}]`)];
  assertEquals(read(lines.slice(0, 31).join("\n")).codes, []);
  assertEquals(read(lines.join("\n")).codes, ["too_deep"]);
});

Deno.test("aliases up to the limit are read, one more is too_many_aliases", () => {
  const aliases = (n: number) => `a: &x 1\nb: [${Array(n).fill("*x").join(", ")}]`;
  assertEquals(read(aliases(SCENARIO_LIMITS.aliases)).codes, []);
  assertEquals(read(aliases(SCENARIO_LIMITS.aliases + 1)).codes, ["too_many_aliases"]);
});

Deno.test("aliases that multiply are refused before they are expanded", () => {
  const names = [..."abcdefgh"];
  const bomb = names.map((name, i) => {
    const inner = Array(10).fill(i === 0 ? "x" : `*${names[i - 1]}`).join(",");
    return `${name}: &${name} [${inner}]`;
  });
  assertEquals(read(bomb.join("\n")).codes, ["aliases_too_large"]);
  const long = `a: &a ${"x".repeat(500_000)}\nb: [${Array(9).fill("*a").join(", ")}]`;
  assertEquals(read(long).codes, ["aliases_too_large"]);
});

Deno.test("a text up to the limit is read, one byte more is scenario_too_large", () => {
  const text = (bytes: number) => "a: ü" + "x".repeat(bytes - 5);
  assertEquals(read(text(SCENARIO_LIMITS.bytes)).codes, []);
  assertEquals(read(text(SCENARIO_LIMITS.bytes + 1)).codes, ["scenario_too_large"]);
});

Deno.test("texts made to exhaust a reader end with an issue", () => {
  const n = SCENARIO_LIMITS.bytes;
  const bombs: { readonly [name: string]: string } = {
    "open brackets": "[".repeat(n),
    "closed brackets": "[".repeat(n / 2) + "]".repeat(n / 2),
    "compact lists": "- ".repeat(n / 2),
    "compact keys": "? ".repeat(n / 2),
    "open maps": "{a: ".repeat(n / 4),
    "syntax errors": "a: ]\n".repeat(20_000),
    "anchors on one value": "&a ".repeat(30_000),
    "documents": "---\n".repeat(n / 4),
  };
  for (const [name, text] of Object.entries(bombs)) {
    const { value, codes } = read(text);
    assertTrue(value === undefined && codes.length > 0 && codes.length <= 20, `${name}: ${codes.length} issues`);
  }
});

Deno.test("many keys are read in time that grows with their number, and repeated ones are found", () => {
  const keys = Array.from({ length: 60_000 }, (_, i) => `k${i}: ${i}`);
  const { value, codes } = read([...keys, "k7: again"].join("\n"));
  assertEquals(codes, ["duplicate_key"]);
  assertEquals(Object.keys(value as object).length, 60_000);
});

Deno.test("whatever the text is, readDocument answers with a tree or an issue inside the text", () => {
  const fragments = [
    "a",
    ":",
    " ",
    "\n",
    "\t",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&x ",
    "*x",
    "!!str ",
    "!y ",
    "'",
    '"',
    "|",
    ">",
    "#",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "? ",
    "<<: ",
    "__proto__: ",
    ".nan",
    "\\",
    "\r\n",
    "\u0000",
    "\ufeff",
    "😀",
    "\ud800",
    "1e999",
  ];
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(fc.constantFrom(...fragments), { maxLength: 60 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (text) => {
      const issues = new IssueList();
      const tree = readDocument(text, "d.yaml", issues);
      const found = issues.sorted("d.yaml");
      assertTrue(tree !== undefined || found.some(({ severity }) => severity === "error"), "neither tree nor error");
      const lines = text.split("\n").length;
      for (const { line } of found) {
        assertTrue(line !== undefined && line >= 1 && line <= lines, `line ${line} of ${lines}`);
      }
      if (tree !== undefined) JSON.stringify(toJson(tree));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("every JSON value is read back from its JSON text", () => {
  const keys = fc.string().filter((key) => key !== "__proto__" && key !== "<<");
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom(null, true, false),
      fc.double({ noDefaultInfinity: true, noNaN: true }).map((n) => Object.is(n, -0) ? 0 : n),
      fc.string(),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(keys, tie("value"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  fc.assert(
    fc.property(value, (value) => {
      const { value: back, text } = read(JSON.stringify({ value }));
      assertEquals(back, { value } as Json, text);
    }),
    { numRuns: 500 },
  );
});
