import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { chartSvg, lineChartSvg, toSvg } from "./charts.ts";
import { LINE_COLORS, LINE_COLORS_DARK } from "../report/mod.ts";
import { exampleRun } from "./example_run.ts";
import { chooseCharts } from "./series.ts";
import { checkXml } from "./xml_test_support.ts";

const HOSTILE = `<script>alert("1")</script>&nbsp;\u00a0\u0007\ud800' ]]> --> 日本`;

const ROWS = [
  { turn: 0, a: 1, b: 30, agent: "x" },
  { turn: 1, a: 2, b: 20, agent: "x" },
  { turn: 2, a: 4, b: 10, agent: "x" },
];

/** Texts in the picture, in document order. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
}

/** The geometry of all paths. */
function paths(svg: string): string[] {
  return [...svg.matchAll(/<path[^>]* d="([^"]*)"|<path d="([^"]*)"[^>]*>/g)].map((match) => match[1] ?? match[2]!);
}

Deno.test("lineChartSvg: a standalone SVG element with size, name and description", () => {
  const svg = lineChartSvg(ROWS, { y: "a", title: "Wealth", unit: "USD bn", width: 500, height: 200 });
  checkXml(svg);
  assertMatches(svg, /^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
  assertMatches(svg, /^<svg [^>]*viewBox="0 0 500 200"/);
  assertMatches(svg, /^<svg [^>]*role="img"/);
  assertMatches(svg, /^<svg [^>]*aria-label="Wealth\. Line chart, turn 0 to 2\. Ends at 4 USD bn\."/);
  assertTrue(texts(svg).includes("Wealth") && texts(svg).includes("USD bn") && texts(svg).includes("turn 0"));
});

Deno.test("lineChartSvg: no group is named without a role, and there are no ids to collide on a page", () => {
  const svg = lineChartSvg(ROWS, { y: "a", title: "t" });
  assertEquals([...svg.matchAll(/aria-label/g)].length, 1);
  assertTrue(!/\sid=/.test(svg));
});

Deno.test("lineChartSvg: several columns are labelled where they end, highest first", () => {
  const labels = texts(lineChartSvg(ROWS, { y: ["a", "b"], title: "t" })).filter((text) => /^[ab] /.test(text));
  assertEquals(labels, ["b 10", "a 4"]);
});

Deno.test("lineChartSvg: labels of lines that end together do not overlap and stay inside", () => {
  const rows = Array.from({ length: 12 }, (_, i) => [0, 1].map((turn) => ({ turn, agent: `a${i}`, y: 5 + i / 1000 })))
    .flat();
  const svg = lineChartSvg(rows, { y: "y", series: "agent", title: "t", height: 260 });
  const tops = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)" dy/g)].map((match) => Number(match[1]));
  assertEquals(tops.length, 12);
  tops.forEach((top, i) => assertTrue(i === 0 || top - tops[i - 1]! >= 12, `${tops}`));
  assertTrue(tops[0]! > 0 && tops.at(-1)! < 260);
});

Deno.test("lineChartSvg: null leaves a gap", () => {
  const rows = [0, 1, 2, 3, 4].map((turn) => ({ turn, y: turn === 2 ? null : turn }));
  const line = paths(lineChartSvg(rows, { y: "y", title: "t" })).find((path) => (path.match(/M/g) ?? []).length === 2);
  assertTrue(line !== undefined, "one path with two pieces");
});

Deno.test("lineChartSvg: constants, one row, no rows, huge and tiny numbers are drawn without NaN", () => {
  const cases: readonly (readonly (number | null)[])[] = [
    [5, 5, 5],
    [0, 0],
    [7],
    [],
    [null],
    [1e300, -1e300],
    [1e-12, 2e-12],
    [0.1 + 0.2, 0.3],
    [1e15, 1e15 + 1],
    [-3, -1],
  ];
  for (const values of cases) {
    const svg = lineChartSvg(values.map((y, turn) => ({ turn, y })), { y: "y", title: "t" });
    checkXml(svg);
    assertTrue(!/NaN|Infinity|undefined/.test(svg), `${values}: ${svg}`);
  }
});

Deno.test("lineChartSvg: axis labels differ from each other", () => {
  for (
    const [from, to] of [[1000, 1001], [0, 3e6], [0.0001, 0.0002], [12_000, 12_100], [-5, 5], [1e9, 1.001e9], [
      0.49999999999999967,
      0.5000000000000001,
    ]] as const
  ) {
    const svg = lineChartSvg([{ turn: 0, y: from }, { turn: 1, y: to }], { y: "y", title: "t" });
    const labels = [...svg.matchAll(/<text[^>]*y="0\.32em"[^>]*>([^<]*)</g)].map((match) => match[1]!);
    assertTrue(labels.length >= 3, `${from} to ${to}: ${labels}`);
    assertEquals(new Set(labels).size, labels.length, `${from} to ${to}: ${labels}`);
  }
});

Deno.test("lineChartSvg: names from the run are text, whatever is in them", () => {
  const rows = ROWS.map((row) => ({ ...row, agent: HOSTILE })).concat(ROWS);
  const svg = lineChartSvg(rows, { y: "a", series: "agent", title: HOSTILE, unit: HOSTILE, xLabel: HOSTILE });
  assertTrue(!checkXml(svg).includes("script"));
  assertTrue(svg.includes("&lt;script&gt;"));
});

Deno.test("chartSvg: many agents are an area and a median with labels", async () => {
  const agents = Array.from({ length: 40 }, (_, i) => `a${i}`);
  const svg = chartSvg(chooseCharts(await exampleRun({ agents })).charts.at(-1)!);
  checkXml(svg);
  assertEquals(texts(svg).map((text) => text.split(" ")[0]).filter((text) => /^p\d+$|median/.test(text!)), [
    "p90",
    "median",
    "p10",
  ]);
  assertMatches(svg, /10th to 90th percentile/);
});

Deno.test("chartSvg: css colours follow the page, literal ones need none", async () => {
  const chart = chooseCharts(await exampleRun()).charts.at(-1)!;
  const css = chartSvg(chart, { colors: "css" });
  assertTrue(css.includes("var(--line-1)") && !/#[0-9a-f]{6}/i.test(css));
  assertTrue(!chartSvg(chart).includes("var("));
});

Deno.test("line colours have a contrast of at least 3:1 on their ground", () => {
  const luminance = (hex: string) => {
    const [r, g, b] = [1, 3, 5].map((at) => {
      const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const contrast = (a: string, b: string) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high! + 0.05) / (low! + 0.05);
  };
  for (const color of LINE_COLORS) assertTrue(contrast(color, "#ffffff") >= 3, color);
  for (const color of LINE_COLORS_DARK) assertTrue(contrast(color, "#171b21") >= 3, color);
});

Deno.test("toSvg: one well-formed document with all main charts, title and description", async () => {
  const svg = toSvg(await exampleRun({ name: HOSTILE, agents: [HOSTILE, "B"], text: HOSTILE }));
  const names = checkXml(svg);
  assertEquals(names.filter((name) => name === "svg").length, 5);
  assertTrue(!names.includes("script"));
  assertMatches(svg, /<desc id="description">completed · turn 20 of 20 · seed 42 · 15 s/);
  assertMatches(svg, /┊ turn 5: cut/);
  const [, height] = /viewBox="0 0 800 (\d+)"/.exec(svg)!;
  const [lastTop] = [...svg.matchAll(/<svg x="32" y="(\d+)"/g)].slice(-1).map((match) => Number(match[1]));
  assertTrue(lastTop! + 300 <= Number(height), "the last chart is inside");
});

Deno.test("toSvg: a run without rows says so", async () => {
  const svg = toSvg({ ...await exampleRun(), global: [], agents: [] });
  checkXml(svg);
  assertMatches(svg, /This run recorded no numbers/);
});

Deno.test("checkXml refuses what an XML parser refuses", () => {
  for (
    const xml of ["<a>", "<a></b>", '<a b="<"/>', "<a>&nbsp;</a>", "<a>\u0007</a>", '<a b="1" b="2"/>', "<a b=1/>"]
  ) {
    assertThrows(() => checkXml(xml));
  }
});
