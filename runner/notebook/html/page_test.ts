import { parseHTML } from "linkedom";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import type { CellView, ChartSpec, NotebookView } from "../view.ts";
import { exampleView } from "./example_view.ts";
import { notebookHtml } from "./mod.ts";

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>' </style></pre></details></svg>`;

const parsed = (html: string) => parseHTML(html).document;
const textOf = (html: string) => parsed(html).querySelector("main")!.textContent!.replace(/\s+/g, " ");

Deno.test("notebookHtml: hostile text is text wherever it stands", async () => {
  const html = await notebookHtml(exampleView(HOSTILE));
  assertTrue(!/<script|<img/i.test(html));
  assertEquals([...html.matchAll(/<\/style>/g)].length, 1);
  const document = parsed(html);
  assertEquals(document.querySelectorAll("script, img, iframe, object, link").length, 0);
  for (const element of document.querySelectorAll("*")) {
    for (const { name } of element.attributes) assertTrue(!/^on/i.test(name), `${element.tagName} has ${name}`);
  }
  assertEquals(document.querySelector("pre")!.textContent, HOSTILE);
});

Deno.test("notebookHtml: needs nothing from outside and forbids it", async () => {
  const html = await notebookHtml(exampleView());
  assertMatches(html, /content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">/);
  assertTrue(!/\s(src|srcset|action)=|@import|url\(/.test(html));
  assertEquals(
    [...new Set([...html.matchAll(/https?:\/\/[^"' ]+/g)].map(([found]) => found))].filter((url) =>
      !url.startsWith("http://www.w3.org/")
    ),
    [],
  );
});

Deno.test("notebookHtml: every cell shows what it is, how it stands, what came out and its source", async () => {
  const html = await notebookHtml(exampleView());
  const document = parsed(html);
  const cells = [...document.querySelectorAll("section.cell")];
  assertEquals(cells.map((cell) => cell.id), [
    "cell-rate",
    "cell-recession",
    "cell-base",
    "cell-sweep",
    "cell-support",
    "cell-effect",
    "cell-by_rate",
    "cell-chart 1",
  ]);
  for (const cell of cells) assertEquals(cell.querySelectorAll("details.source pre").length, 1);
  assertEquals(cells.map((cell) => cell.querySelectorAll("svg.wide").length), [0, 0, 2, 0, 0, 1, 0, 1]);
  assertEquals(cells[7]!.querySelector(".output")!.className, "output dimmed");
  const text = textOf(html);
  for (
    const part of [
      "Does it pay?It ends at 9.4.",
      "1 stale",
      "1 with errors",
      "1 of 3 expectations hold",
      "1 not met",
      "plain: 0.05 the file says 0.02",
      "turn 29 of 100",
      "✗ failed",
      "✓ cached",
      "! stale price 99 → 149",
      "seed 7",
      "$0.01",
      "degraded: plain",
      "key 0123456789abcdef",
      "9 to 12",
      "Turn 1 aligned by plain",
      "holds wealth > 100",
      "The first 2 of more than 2 rows.",
      "line 7: plain",
    ]
  ) assertTrue(text.includes(part), `'${part}' in ${text}`);
  assertTrue(!/NaN|undefined|\[object|Infinity/.test(html));
});

Deno.test("notebookHtml: charts and tables have names, headings a scope, one colour goes with one series", async () => {
  const document = parsed(await notebookHtml(exampleView()));
  for (const svg of document.querySelectorAll("svg")) {
    assertEquals(svg.getAttribute("role"), "img");
    assertTrue(svg.getAttribute("aria-label") !== "");
  }
  for (const cell of document.querySelectorAll("th")) assertMatches(cell.getAttribute("scope")!, /^(row|col)$/);
  assertEquals(document.querySelectorAll("h1").length, 1);
  const lines = [...document.querySelectorAll("#cell-effect .wide g[aria-label='line'] path")];
  assertEquals(lines.map((line) => /^M[\d.]+,[\d.]+L/.test(line.getAttribute("d")!)), [true, true]);
  const colors = [...document.querySelectorAll("svg [stroke^='var(--series']")].map((mark) =>
    mark.getAttribute("stroke")
  );
  assertEquals(new Set(colors).size >= 4, true, colors.join());
});

Deno.test("notebookHtml: an empty page, and one that has only errors, are pages", async () => {
  const empty: NotebookView = { ...exampleView(), title: "Nothing yet", pieces: [], issues: [], stale: [], hash: null };
  const html = await notebookHtml(empty);
  assertEquals(parsed(html).querySelector("h1")!.textContent, "Nothing yet");
  const broken = await notebookHtml({
    ...empty,
    issues: [{ severity: "error", code: "bad_yaml", message: "the front matter breaks off", line: 1, column: 3 }],
  });
  assertMatches(textOf(broken), /line 1, column 3: the front matter breaks off/);
});

Deno.test("notebookHtml: charts of every kind draw their rows", async () => {
  const rows = [1, 2, 3, 4, 5, 6].map((x) => ({ x, y: x * x, low: x, high: 40, kind: x % 2 === 0 ? "even" : "odd" }));
  const drawn = async (spec: ChartSpec) => {
    const [chart] = exampleView().pieces.filter((piece) => piece.kind === "cell" && piece.cell === "chart");
    const output = { type: "chart", data: "t", spec, rows, summary: "squares" } as const;
    const html = await notebookHtml({ ...exampleView(), pieces: [{ ...chart as CellView, output }] });
    const svg = parsed(html).querySelector("svg")!;
    assertEquals(svg.getAttribute("aria-label"), "squares");
    const marks = [...svg.querySelectorAll("g[aria-label]")]
      .filter((group) => !/axis|grid|frame|ends/.test(group.getAttribute("aria-label")!))
      .map((group) => group.querySelectorAll("path, circle, rect, line").length);
    return marks.reduce((sum, each) => sum + each, 0);
  };
  const xy = { x: "x", y: "y" };
  assertEquals(await drawn({ mark: "line", ...xy }), 1);
  // A line and a band for each.
  assertEquals(await drawn({ mark: "line", ...xy, stroke: "kind", interval: ["low", "high"] }), 4);
  assertEquals(await drawn({ mark: "dot", ...xy, interval: ["low", "high"] }), 12);
  // Here and below one more: the line at 0.
  assertEquals(await drawn({ mark: "bar", x: "kind", y: "y" }), 7);
  assertEquals(await drawn({ mark: "cell", x: "x", y: "kind", fill: "y" }), 6);
  assertEquals(await drawn({ mark: "area", ...xy }), 3);
  assertEquals(await drawn({ mark: "rule", ...xy }), 7);
  assertTrue(await drawn({ mark: "histogram", x: "y" }) > 2);
  assertEquals(await drawn({ mark: "dot", ...xy, facet: "kind", log: "y" }), 6);
});
