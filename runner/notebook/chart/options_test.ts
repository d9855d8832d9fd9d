import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { assertEquals, assertTrue } from "../../../tests/support/assert.ts";
import type { ChartSpec } from "../view.ts";
import { axesOf, linesOfSpec } from "./lines.ts";
import { type ChartJob, chartOptions } from "./options.ts";

const HOSTILE = `<script>alert("1")</script>`;

/** The picture as an element. */
function drawn(job: ChartJob, width = 640): Element {
  const { document } = parseHTML("<html><body></body></html>");
  const options = chartOptions(Plot, job, { width, height: 240, colorOf: (name) => `var(--of-${name.length})` });
  return Plot.plot({ ...options, document } as Plot.PlotOptions);
}

const texts = (picture: Element) => [...picture.querySelectorAll("text")].map(({ textContent }) => textContent);

const line = (name: string, points: readonly (readonly [number, number | null])[]) => ({ name, points });

Deno.test("lines are labelled where they end, with name and value; one alone with its value", () => {
  const lines = [line("base", [[0, 1], [9, 2]]), line("tight", [[0, 1], [9, 3.25]])];
  const both = texts(drawn({ kind: "lines", lines, xLabel: "turn" }));
  assertTrue(both.includes("base 2") && both.includes("tight 3.25"), both.join("|"));
  const alone = texts(drawn({ kind: "lines", lines: lines.slice(0, 1), xLabel: "turn" }));
  assertTrue(alone.includes("2") && !alone.some((text) => text?.includes("base")), alone.join("|"));
});

Deno.test("a line of many points is drawn with about two for a pixel, its highest among them", () => {
  const points = Array.from({ length: 50_000 }, (_, i) => [i, i === 31_234 ? 99 : Math.sin(i / 900)] as const);
  const picture = drawn({ kind: "lines", lines: [line("a", points)], xLabel: "turn" });
  const path = picture.querySelector('[aria-label="line"] path')!.getAttribute("d")!;
  const drawnPoints = path.split("L").length;
  assertTrue(drawnPoints > 300 && drawnPoints < 640 * 2 * 1.6, `${drawnPoints} points`);
  const top = Math.min(...path.slice(1).split(/[LM]/).map((point) => Number(point.split(",")[1])));
  assertTrue(top < 20, `the highest point is at ${top}`);
});

Deno.test("where the mouse is, the values of all lines are told, by their names", () => {
  const marks = chartOptions(Plot, {
    kind: "lines",
    lines: [line("base", [[0, 1], [1, 2], [2, 3]]), line("tight", [[0, 1], [1, null], [2, 5]])],
    xLabel: "turn",
  }, { width: 640, height: 240, colorOf: () => "red" }).marks as { data?: unknown; channels?: unknown }[];
  const tip = marks.find((mark) => mark?.constructor?.name === "Tip")!;
  assertEquals(tip.data, [
    { x: 0, y: 1, values: [1, 1] },
    { x: 1, y: 2, values: [2, null] },
    { x: 2, y: 3, values: [3, 5] },
  ]);
  const labels = Object.values(tip.channels as { [name: string]: { label?: string } }).map(({ label }) => label);
  assertTrue(labels.includes("base") && labels.includes("tight"), labels.join());
});

Deno.test("pictures below each other have the same margins, however wide their numbers are", () => {
  const margins = (value: number) => {
    const { marginLeft, marginRight } = chartOptions(Plot, {
      kind: "lines",
      lines: [line("a", [[0, value], [9, value * 1.5]])],
      xLabel: "turn",
    }, { width: 640, height: 240, colorOf: () => "red" });
    return [marginLeft, marginRight];
  };
  assertEquals(margins(140), margins(101.7));
});

Deno.test("a gap stays a gap, and what a logarithm has not is none", () => {
  const path = (job: ChartJob) => drawn(job).querySelector('[aria-label="line"] path')!.getAttribute("d")!;
  const lines = [line("a", [[0, 1], [1, 2], [2, null], [3, 4], [4, 5]])];
  assertEquals(path({ kind: "lines", lines, xLabel: "turn" }).split("M").length - 1, 2);
  const withZero = [line("a", [[0, 1], [1, 2], [2, 0], [3, -4], [4, 5], [5, 6]])];
  assertEquals(path({ kind: "lines", lines: withZero, xLabel: "turn", log: true }).split("M").length - 1, 2);
});

Deno.test("no lines, one point and equal points are drawn too", () => {
  for (const points of [[], [[3, 1]], [[0, 0], [1, 0]]] as const) {
    for (const log of [false, true]) {
      const markup = drawn({ kind: "lines", lines: [line("a", points)], xLabel: "turn", log }).outerHTML;
      assertTrue(!/NaN|undefined|Infinity/.test(markup), markup);
    }
  }
});

Deno.test("an interval is drawn around a line", () => {
  const rows = [{ x: 1, y: 2, sd: 0.5 }, { x: 2, y: 3, sd: 0.5 }, { x: 3, y: 3, sd: null }];
  const job = linesOfSpec({ mark: "line", x: "x", y: "y", interval: "sd" }, rows)!;
  assertEquals(job.lines[0]!.band, [[1, 1.5, 2.5], [2, 2.5, 3.5]]);
  assertTrue(drawn(job).querySelectorAll("path[fill-opacity], g[fill-opacity]").length > 0);
});

Deno.test("rows become lines: one for each column, or for each value of the series; dates are read as such", () => {
  const rows = [{ t: 2, a: 1, b: 2, k: "x" }, { t: 1, a: 3, b: 4, k: "y" }, { t: 3, a: 5, b: 6, k: "x" }];
  const names = (spec: ChartSpec) => linesOfSpec(spec, rows)!.lines.map(({ name }) => name);
  assertEquals(names({ mark: "line", x: "t", y: ["a", "b"] }), ["a", "b"]);
  assertEquals(names({ mark: "line", x: "t", y: "a", stroke: "k" }), ["x", "y"]);
  assertEquals(names({ mark: "line", x: "t", y: ["a", "b"], stroke: "k" }), ["x a", "x b", "y a", "y b"]);
  assertEquals(linesOfSpec({ mark: "line", x: "t", y: "a" }, rows)!.lines[0]!.points, [[1, 3], [2, 1], [3, 5]]);
  const dates = [{ at: "2026-01-02 10:00:00", v: 1 }, { at: "2026-01-03", v: 2 }];
  assertEquals(linesOfSpec({ mark: "line", x: "at", y: "v" }, dates)!.xType, "utc");
  assertEquals(linesOfSpec({ mark: "line", x: "at", y: "v" }, [{ at: "May", v: 1 }]), null);
});

Deno.test("the columns that are meant where nobody says so: turn, and the first with numbers", () => {
  assertEquals(axesOf({ mark: "line" }, [{ name: "a", gdp: 1, turn: 0 }]), { x: "turn", y: ["gdp"] });
  assertEquals(axesOf({ mark: "bar" }, [{ name: "a", gdp: 1 }]), { x: "name", y: ["gdp"] });
  assertEquals(axesOf({ mark: "bar" }, []), { x: "x", y: [] });
});

const ROWS = ["a", "b", "c"].flatMap((arm, i) =>
  [0.02, 0.05].map((rate) => ({ arm, rate, mean: 10 * i + rate * 100, low: 1, high: 40, n: 5 }))
);

Deno.test("every mark draws its rows without a word that is none", () => {
  const marks: ChartSpec[] = [
    { mark: "dot", x: "rate", y: "mean", fill: "arm", interval: ["low", "high"] },
    { mark: "bar", x: "arm", y: "mean", interval: ["low", "high"] },
    { mark: "bar", x: "arm", y: "mean", fill: "rate" },
    { mark: "cell", x: "rate", y: "arm", fill: { mean: "mean" } },
    { mark: "area", x: "rate", y: "mean" },
    { mark: "rule", x: "rate", y: "mean" },
    { mark: "histogram", x: "mean" },
    { mark: "line", x: "arm", y: "mean" },
    { mark: "line", x: "rate", y: "mean", stroke: "arm", facet: "n" },
    { mark: "dot", x: "rate", y: "mean", facet: "arm" },
    { mark: "dot", x: "rate", y: "mean", log: "both" },
    { mark: "dot", x: "nothing", y: "nowhere" },
  ];
  for (const spec of marks) {
    for (const rows of [ROWS, ROWS.slice(0, 1), []]) {
      for (const width of [340, 900]) {
        const picture = drawn({ kind: "spec", spec, rows }, width);
        assertEquals(picture.tagName.toLowerCase(), "svg");
        const wrong = texts(picture).find((text) => /NaN|undefined|\[object/.test(text ?? ""));
        assertEquals(wrong, undefined, JSON.stringify(spec));
      }
    }
  }
});

Deno.test("a histogram counts its one column, though no other is there, and has a legend once for all facets", () => {
  const rows = [1, 2, 2, 3, 9].map((price) => ({ price }));
  const bars = (spec: ChartSpec, of: readonly { [name: string]: unknown }[]) =>
    drawn({ kind: "spec", spec, rows: of }).querySelectorAll('[aria-label="rect"] rect').length;
  assertEquals(bars({ mark: "histogram", x: "price" }, rows), 2);
  const grouped: ChartSpec = { mark: "bar", x: "arm", y: "mean", fill: "kind" };
  const kinds = ["x", "y"].flatMap((kind) => ["a", "b"].map((arm) => ({ arm, kind, mean: 1 })));
  const names = texts(drawn({ kind: "spec", spec: grouped, rows: kinds }));
  assertEquals([names.filter((name) => name === "x").length, names.filter((name) => name === "y").length], [1, 1]);
});

Deno.test("a heat map has the number of every cell, reduced as it says", () => {
  const spec: ChartSpec = { mark: "cell", x: "rate", y: "arm", fill: { max: "mean" } };
  const rows = [...ROWS, { ...ROWS[0]!, mean: 77 }];
  const found = texts(drawn({ kind: "spec", spec, rows }));
  assertTrue(found.includes("77") && found.includes("25"), found.join("|"));
  assertTrue(!found.includes("2"), "the smaller one is not shown");
});

Deno.test("several series that cannot be labelled have a legend, in the picture itself", () => {
  const found = texts(drawn({ kind: "spec", spec: { mark: "dot", x: "rate", y: "mean", fill: "arm" }, rows: ROWS }));
  for (const name of ["a", "b", "c"]) assertTrue(found.includes(name), found.join("|"));
});

Deno.test("names from files stay text", () => {
  const rows = [{ [HOSTILE]: HOSTILE, v: 1 }, { [HOSTILE]: "b", v: 2 }];
  for (const spec of [{ mark: "bar", x: HOSTILE, y: "v" }, { mark: "dot", x: "v", y: "v", fill: HOSTILE }] as const) {
    const picture = drawn({ kind: "spec", spec, rows });
    assertEquals(picture.querySelector("script"), null);
    assertTrue(texts(picture).some((text) => text?.startsWith("<script>")), texts(picture).join("|"));
  }
});
