import { parseHTML } from "linkedom";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { readableNumber } from "../../report/mod.ts";
import { checkXml } from "../xml_test_support.ts";
import type { BatchExport } from "./batch.ts";
import { type ExampleBatch, exampleBatch } from "./example_batch.ts";
import { batchHtml } from "./report.ts";

const HOSTILE = `"><script>alert(1)</script><img src=x onerror=alert(1)>' </style></pre></details>`;

function parsed(html: string) {
  return parseHTML(html).document;
}

/** The page's text with single spaces. */
function textOf(batch: BatchExport): string {
  return parsed(batchHtml(batch)).querySelector("body")!.textContent!.replace(/\s+/g, " ");
}

const grid = (columns: number, rows: number, arms: readonly (string | null)[] = [null]) =>
  arms.flatMap((arm) =>
    Array.from(
      { length: columns },
      (_, x) => Array.from({ length: rows }, (_, y) => ({ arm, params: { rate: x / 100, tax: y / 10 } })),
    ).flat()
  );

const failed = (row: { readonly n: number }) => ({
  status: "failed" as const,
  metrics: {},
  error: { code: "agent_failed", message: row.n % 2 ? "division by zero" : "no such agent" },
});

/** Batches of all kinds. */
const KINDS: { readonly [name: string]: ExampleBatch } = {
  "one parameter": {},
  "one parameter and arms": {
    cells: ["tight", "loose"].flatMap((arm) => [1, 2, 3].map((rate) => ({ arm, params: { rate } }))),
  },
  "arms": { cells: ["tight", "loose"].map((arm) => ({ arm, params: {} })) },
  "two parameters": { cells: grid(4, 3) },
  "two parameters and arms": { cells: grid(3, 3, ["a", "b"]) },
  "drawn parameters": {
    cells: Array.from({ length: 20 }, (_, i) => ({ arm: null, params: { rate: Math.sin(i), tax: Math.cos(i) } })),
    spec: { random: { n: 20, params: { rate: { path: "engine.rate", uniform: [-1, 1] } } } },
  },
  "one run": { cells: [{ arm: null, params: {} }], seeds: 1 },
  "not begun": {
    row: () => ({ status: "pending", run_id: null, validity: null, seconds: null, metrics: {}, turns: 0 }),
    view: { status: "planned", eta_seconds: null, cost: { usd: 0, forecast_usd: null } },
  },
  "all failed": { row: failed },
  "all void": { row: () => ({ validity: "void" }) },
};

for (const [kind, options] of Object.entries(KINDS)) {
  Deno.test(`batchHtml: ${kind}: whole, labelled, and needs nothing from outside`, () => {
    const html = batchHtml(exampleBatch(options));
    assertTrue(!/NaN|undefined|Infinity|\[object/.test(html));
    assertMatches(html, /http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'/);
    assertTrue(!/\s(src|href|srcset|action)=|@import|url\(|<script/.test(html));
    const document = parsed(html);
    for (const heading of ["Design", "Results", "Cost and time", "Provenance", "How to reproduce"]) {
      assertTrue([...document.querySelectorAll("h2")].some(({ textContent }) => textContent === heading), heading);
    }
    for (const svg of html.match(/<svg[\s\S]*?<\/svg>/g) ?? []) checkXml(svg);
    for (const chart of document.querySelectorAll("figure svg")) {
      assertEquals(chart.getAttribute("role"), "img");
      assertTrue(chart.getAttribute("aria-label")!.length > 20);
    }
    for (const cell of document.querySelectorAll("th")) assertMatches(cell.getAttribute("scope")!, /^(row|col)$/);
    for (const region of document.querySelectorAll(".scroll")) assertTrue(region.getAttribute("aria-label"));
  });
}

Deno.test("batchHtml: every chart of results has a table with the same cells", () => {
  for (const kind of ["one parameter", "arms", "two parameters", "drawn parameters"]) {
    const batch = exampleBatch(KINDS[kind]!);
    const metrics = [...parsed(batchHtml(batch)).querySelectorAll(".metric")];
    assertEquals(metrics.length, 2);
    for (const metric of metrics) {
      assertTrue(metric.querySelectorAll("figure").length >= 1);
      assertEquals(metric.querySelectorAll('[aria-label$="by cell"] tbody tr').length, batch.view.cells.length);
    }
  }
});

Deno.test("batchHtml: the chart follows from what the cells differ in", () => {
  const first = (options: ExampleBatch) => {
    const metric = parsed(batchHtml(exampleBatch(options))).querySelector(".metric")!;
    return [...metric.querySelectorAll("svg")].map((svg) =>
      /(Dot chart over|Dot|Line|Heat)/.exec(svg.getAttribute("aria-label")!)![0]
    );
  };
  assertEquals(first(KINDS["one parameter"]!), ["Line"]);
  assertEquals(first(KINDS["one parameter and arms"]!), ["Line"]);
  assertEquals(first(KINDS["arms"]!), ["Dot"]);
  assertEquals(first(KINDS["two parameters"]!), ["Heat", "Dot"]);
  assertEquals(first(KINDS["two parameters and arms"]!), ["Heat", "Heat", "Dot"]);
  assertEquals(first({ cells: grid(10, 10) }), ["Heat"]);
  assertEquals(first(KINDS["drawn parameters"]!), ["Dot chart over", "Dot chart over"]);
  assertEquals(first({ cells: ["x", "y", "z"].map((kind) => ({ arm: null, params: { kind } })) }), ["Dot"]);
});

Deno.test("batchHtml: a heat map has a tile a combination, a line a point a value", () => {
  const heat = parsed(batchHtml(exampleBatch(KINDS["two parameters"]!))).querySelector(".metric svg")!;
  assertEquals(heat.querySelectorAll("g rect").length, 12);
  assertTrue(heat.textContent!.includes("rate 0.03, tax 0.2: 1,2"));
  const line = parsed(batchHtml(exampleBatch())).querySelector(".metric svg")!;
  assertEquals([...line.querySelectorAll("circle title")].length, 5);
});

Deno.test("batchHtml: numbers are those of the summary", () => {
  const batch = exampleBatch();
  const document = parsed(batchHtml(batch));
  batch.summary.metrics.forEach((metric, i) => {
    const part = document.querySelectorAll(".metric")[i]!;
    const rows = [...part.querySelectorAll('[aria-label$="by cell"] tbody tr')];
    metric.cells.forEach(({ n, mean, low, high, sd, median, min, max }, j) => {
      assertEquals([...rows[j]!.querySelectorAll("td")].map(({ textContent }) => textContent), [
        String(n),
        readableNumber(mean!),
        `${readableNumber(low!)} to ${readableNumber(high!)}`,
        ...[sd, median, min, max].map((value) => readableNumber(value!)),
      ]);
    });
    const compared = [...part.querySelectorAll('[aria-label^="Comparisons"] tbody tr')];
    assertEquals(compared.length, 4);
    const { pairs, difference, p, p_adjusted, effect, above_noise } = metric.comparisons[0]!;
    assertEquals([...compared[0]!.querySelectorAll("th, td")].map(({ textContent }) => textContent), [
      "rate 0.02 less rate 0.01",
      String(pairs),
      readableNumber(difference.estimate!),
      `${readableNumber(difference.low!)} to ${readableNumber(difference.high!)}`,
      ...[p!, p_adjusted!].map((chance) => chance < 0.001 ? "< 0.001" : chance.toFixed(3)),
      readableNumber(effect!),
      above_noise ? "yes" : "no",
    ]);
  });
});

Deno.test("batchHtml: says what can be concluded before it shows numbers", () => {
  const html = batchHtml(exampleBatch({ sentence: "Nothing beats anything here." }));
  assertTrue(html.indexOf("What can be concluded") < html.indexOf("<h2>Results"));
  assertEquals(html.split("Nothing beats anything here.").length - 1, 1 + 2 * 4);
});

Deno.test("batchHtml: void, failed and unfinished runs are told before the numbers, with reasons", () => {
  const batch = exampleBatch({
    row: ({ n }) =>
      n === 0
        ? { validity: "void" }
        : n < 8
        ? failed({ n })
        : n === 9
        ? { status: "pending", run_id: null, metrics: {} }
        : {},
    facts: { validity: { reasons: ["12 of 60 decisions fell back"] } },
    view: { status: "paused", reason: "max_cost_usd: 5 is spent" },
  });
  const document = parsed(batchHtml(batch));
  const notices = [...document.querySelectorAll(".notice")].map(({ textContent }) => textContent);
  assertMatches(notices[0]!, /The batch is paused: 1 run of 40 has not come to an end.*max_cost_usd: 5 is spent/s);
  assertMatches(notices[1]!, /1 run of 40 is void and left out of all results/);
  const rows = [...document.querySelectorAll('[aria-label="Failures and void runs"] tbody tr')]
    .map(({ textContent }) => textContent!);
  assertEquals(rows.length, 3);
  assertMatches(
    rows[0]!,
    /^failed4division by zero \(agent_failed\)growth_4agents_20261122_101500_1, rate 0.02, seed 1/,
  );
  assertMatches(rows[1]!, /^failed3no such agent/);
  assertMatches(rows[2]!, /^void112 of 60 decisions fell back/);
});

Deno.test("batchHtml: a batch without trouble has no section about it, a deterministic one says so", () => {
  const batch = exampleBatch();
  assertTrue(!textOf(batch).includes("Failures and void runs"));
  assertEquals(parsed(batchHtml(batch)).querySelectorAll(".notice").length, 0);
  assertMatches(
    textOf({ ...batch, summary: { ...batch.summary, deterministic: true } }),
    /Deterministic: seeds change nothing here/,
  );
});

Deno.test("batchHtml: names code, models, seeds, content keys and cost", () => {
  const text = textOf(exampleBatch({
    seeds: 3,
    row: ({ n }) => ({ cost_usd: 0.5, reused: n === 0 }),
    facts: { models: ["openai gpt-5-mini"], cost: { calls: 10, input_tokens: 900, output_tokens: 100 } },
    view: { cost: { usd: 7, forecast_usd: 9 }, seeds: [1, 2, 3, 7, 10, 11], samples: 2 },
  }));
  for (
    const part of [
      "f00dfeedf00dfeed",
      "d0d0d0d0d0d0d0d0",
      "2.9.0",
      "llm-sim 0.1.0",
      "openai gpt-5-mini (15 runs)",
      "Seeds: 1..3,7,10,11, each sampled 2 times",
      "0123456789abcdef",
      "$7.00",
      "about $9.00",
      "15,000",
      "completed, reused",
    ]
  ) assertTrue(text.includes(part), `'${part}' in ${text}`);
});

Deno.test("batchHtml: tells how to play it again: the batch with all its seeds, a run with its settings", () => {
  const document = parsed(batchHtml(exampleBatch({
    cells: [{ arm: null, params: { rate: 0.1, note: "it's a b" } }],
    spec: { name: "rates", seeds: "1..2", llm_mode: "offline" },
    seeds: 2,
    view: { seeds: [1, 2, 3, 4] },
  })));
  const [file, commands] = [...document.querySelectorAll("pre")].map(({ textContent }) => textContent!);
  assertEquals(file, "batch:\n  scenario: growth.yaml\n  name: rates\n  seeds: 1..4\n  llm_mode: offline\n");
  for (
    const command of [
      "deno task batch rates_20261122_101500_01.yaml",
      "deno task replay growth_4agents_20261122_101500_0",
      `deno task run growth.yaml --set engine.rate=0.1 --set 'engine.note=it'\\''s a b' --seed 1 --offline`,
      "deno task batches export rates_20261122_101500_01 --format parquet",
    ]
  ) assertTrue(commands!.includes(command), `${command} in ${commands}`);
});

Deno.test("batchHtml: hostile names are text wherever they appear", () => {
  const batch = exampleBatch({
    cells: [HOSTILE, "b"].map((arm) => ({ arm, params: { [HOSTILE]: HOSTILE, note: [HOSTILE] } })),
    seeds: 2,
    sentence: HOSTILE,
    metrics: () => ({ [HOSTILE]: 1, b: 2 }),
    row: ({ n }) =>
      n === 3 ? { status: "failed", metrics: {}, error: { code: HOSTILE, message: HOSTILE } } : { run_id: HOSTILE },
    facts: {
      repo: HOSTILE,
      content_key: HOSTILE,
      engine_version: HOSTILE,
      code: { framework: HOSTILE, deno: HOSTILE, domain: HOSTILE },
      models: [HOSTILE],
      validity: { reasons: [HOSTILE] },
    },
    view: { id: HOSTILE, name: HOSTILE, reason: HOSTILE, created_at: HOSTILE, status: "paused" },
    spec: {
      description: HOSTILE,
      scenario: HOSTILE,
      set: { [HOSTILE]: HOSTILE },
      arms: { [HOSTILE]: { scenario: HOSTILE, set: { [HOSTILE]: HOSTILE } } },
      grid: { [HOSTILE]: { path: HOSTILE, values: [HOSTILE] } },
      metrics: [HOSTILE],
    },
  });
  const html = batchHtml(batch);
  assertTrue(!/<script|<img/i.test(html));
  assertEquals([...html.matchAll(/<\/style>/g)].length, 1);
  const document = parsed(html);
  assertEquals(document.querySelector("h1")!.textContent, HOSTILE);
  assertEquals(document.querySelectorAll("script, img, iframe, object, link, a").length, 0);
  assertEquals([...document.querySelectorAll("*")].filter((element) => element.hasAttribute("onerror")).length, 0);
  for (const svg of html.match(/<svg[\s\S]*?<\/svg>/g)!) checkXml(svg);
});

Deno.test("batchHtml: a thousand cells are a page: tables are cut, charts thinned, and both say so", () => {
  const cells = Array.from({ length: 1000 }, (_, i) => ({ arm: null, params: { kind: `k${i}` } }));
  const metrics = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`metric_${i}`, i]));
  const batch = exampleBatch({ cells, seeds: 2, metrics: (_, seed) => ({ ...metrics, gdp: seed }) });
  const html = batchHtml(batch);
  assertTrue(html.length < 2_000_000, `${html.length}`);
  const document = parsed(html);
  assertEquals(document.querySelectorAll(".metric").length, 12);
  const metric = document.querySelector(".metric")!;
  assertEquals(metric.querySelectorAll("svg circle").length, 40);
  assertMatches(metric.querySelector("figcaption")!.textContent!, /40 of 1,000 cells/);
  assertEquals(metric.querySelectorAll('[aria-label$="by cell"] tbody tr').length, 100);
  const text = metric.textContent!;
  assertMatches(text, /100 of 1,000 cells/);
  assertEquals(document.querySelectorAll('[aria-label="Runs"] tbody tr').length, 200);
  assertMatches(document.querySelector("main")!.textContent!, /Not shown, for brevity: .*metric_29/s);
  const heat = batchHtml(exampleBatch({ cells: grid(100, 100), seeds: 1 }));
  assertTrue(heat.length < 2_000_000, `${heat.length}`);
  assertEquals(parsed(heat).querySelectorAll(".metric svg")[0]!.querySelectorAll("g rect").length, 2500);
});

Deno.test("batchHtml: the same batch gives the same page", () => {
  assertEquals(batchHtml(exampleBatch({ cells: grid(4, 4) })), batchHtml(exampleBatch({ cells: grid(4, 4) })));
});
