/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What a page has of outputs before any script, and without one. */

import { parseHTML } from "linkedom";
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import { assertEquals, assertTrue } from "../../tests/support/assert.ts";
import { Expectations } from "./expectations.tsx";
import { Icon } from "./icons.tsx";
import { OutputView } from "./output_view.tsx";
import { PriceTag } from "./price.tsx";
import { ProgressBar } from "./progress_bar.tsx";
import { lookOf, StatusBadge } from "./status_badge.tsx";
import type { BatchOutput, CellOutput, ConversationRun, Provenance, RunOutput, SimulatedTurn } from "./types.ts";

const HOSTILE = `<img src=x onerror="alert(1)"><script>alert(2)</script>\u202e]]>`;

/** The part as a page has it. */
function page(part: VNode): Element {
  const html = renderToString(part);
  assertTrue(!/NaN|undefined|\[object |Infinity/.test(html), html.slice(0, 3000));
  const { document } = parseHTML(`<html><body>${html}</body></html>`);
  const body = document.body as unknown as Element;
  assertEquals([body.querySelectorAll("script").length, body.querySelectorAll("img").length], [0, 0], html);
  // Names for who listens.
  for (const control of body.querySelectorAll("input, select, textarea")) {
    const id = control.getAttribute("id");
    const isNamed = control.closest("label") !== null ||
      (id !== null && body.querySelector(`label[for="${id}"]`) !== null);
    assertTrue(isNamed, `no label: ${control.outerHTML}`);
  }
  for (const button of body.querySelectorAll("button, a")) {
    assertTrue(
      (button.textContent ?? "").trim() !== "" || button.hasAttribute("aria-label"),
      `no name: ${button.outerHTML}`,
    );
  }
  return body;
}

const view = (output: CellOutput, more: object = {}) => page(<OutputView output={output} name="it" {...more} />);
const textOf = (element: Element) => element.textContent ?? "";

const PROVENANCE: Provenance = {
  run_id: HOSTILE,
  content_key: "c".repeat(64),
  seed: 7,
  sample: 0,
  models: [HOSTILE],
  cost_usd: 0.0123,
  validity: "degraded",
  reasons: [HOSTILE],
  at: "2026-11-26T10:00:00.000Z",
};

const RUN: RunOutput = {
  type: "run",
  run_id: "r<1>",
  repo: "economic",
  status: "running",
  status_reason: HOSTILE,
  turn: 45,
  max_turns: 100,
  watch: [HOSTILE],
  columns: ["turn", HOSTILE, "flag"],
  rows: [{ turn: 0, [HOSTILE]: 1, flag: true }, { turn: 45, [HOSTILE]: null, flag: false }],
  parent: { run_id: HOSTILE, turn: 3 },
  error: { message: HOSTILE, hint: HOSTILE },
  log: [HOSTILE],
};

Deno.test("a run: how it stands, its numbers as a table, what went wrong, where it comes from", () => {
  const body = view(RUN, { provenance: PROVENANCE });
  const text = textOf(body);
  for (const part of ["running", "45 %", "turn 45 of 100", "Degraded", "What to try", "$0.01"]) {
    assertTrue(text.includes(part), `${part}: ${text}`);
  }
  const bar = body.querySelector("[role=progressbar]")!;
  assertEquals([bar.getAttribute("aria-valuenow"), bar.getAttribute("aria-valuemax")], ["45", "100"]);
  assertTrue(body.querySelectorAll("details.chart-table td").length >= 4, "the numbers are there without a script");
  assertTrue(
    [...body.querySelectorAll("button")].every((button) => button.hasAttribute("disabled")),
    "no button does nothing",
  );
});

Deno.test("a run without rows, columns or an end is shown too", () => {
  const empty: RunOutput = {
    ...RUN,
    rows: [],
    columns: [],
    watch: [],
    turn: 0,
    max_turns: 0,
    error: null,
    log: [],
    parent: null,
  };
  assertTrue(textOf(view(empty)).includes("turn 0 of 0"));
  const over = view({ ...empty, status: "completed", status_reason: null });
  assertEquals(over.querySelector("[role=progressbar]"), null);
  assertEquals(view({ ...RUN, status: "completed" }, { readonly: true }).querySelectorAll(".buttons button").length, 0);
});

const input = (
  control: "range" | "number" | "select" | "text" | "toggle" | "radio",
  value: string | number | boolean,
) =>
  view({
    type: "input",
    control,
    label: HOSTILE,
    value,
    standard: value,
    options: [{ value: 1, label: HOSTILE }, { value: "b", label: "B" }],
    ...(control === "range" && { min: 0, max: 1, step: 0.1 }),
  });

Deno.test("every control has its label, its value and what it may be", () => {
  assertEquals(input("range", 0.5).querySelector("input")!.getAttribute("max"), "1");
  assertTrue(textOf(input("range", 0.5)).includes("0.5"));
  assertEquals(input("number", 3).querySelector("input")!.getAttribute("value"), "3");
  assertEquals(input("text", HOSTILE).querySelector("input")!.getAttribute("value"), HOSTILE);
  assertEquals(input("toggle", true).querySelector("input")!.hasAttribute("checked"), true);
  assertEquals(input("select", "b").querySelector("option[selected]")!.textContent, "B");
  assertEquals(input("radio", 1).querySelectorAll("input[checked]").length, 1);
});

Deno.test("a scenario: what differs from its base, path by path", () => {
  const changes = [{ path: HOSTILE, base: null, value: { a: HOSTILE } }, { path: "x", base: 0.05, value: [1, 2] }];
  const text = textOf(
    view({ type: "scenario", base: HOSTILE, name: HOSTILE, domain: null, changes, summary: HOSTILE }),
  );
  assertTrue(text.includes("0.05") && text.includes("[1,2]") && text.includes("–"), text);
  assertTrue(
    textOf(view({ type: "scenario", base: "b", name: "n", domain: "d", changes: [], summary: "" })).includes(
      "Nothing differs",
    ),
  );
});

Deno.test("a table: its rows, how many there are, and that there are more; none is said so", () => {
  const columns = [{ name: HOSTILE, type: "VARCHAR" }, { name: "n", type: "DOUBLE" }];
  const rows = Array.from({ length: 300 }, (_, i) => [HOSTILE, i === 0 ? null : i * 1000]);
  const body = view({ type: "table", columns, rows, truncated: true, ms: 3.2 });
  assertEquals(body.querySelectorAll("tbody tr").length, 200);
  assertTrue(textOf(body).includes("300 rows – there are more") && textOf(body).includes("The first 200 rows"));
  assertEquals(body.querySelector("td.number")!.textContent, "–");
  assertTrue(textOf(view({ type: "table", columns, rows: [], truncated: false, ms: 1 })).includes("0 rows."));
  view({ type: "table", columns: [], rows: [], truncated: false, ms: 1 });
});

Deno.test("a chart: its title, what it shows in words, its rows", () => {
  const rows = [{ x: "a", y: 1, z: { k: 1 } }, { x: HOSTILE, y: null, z: [] }];
  const body = view({ type: "chart", data: "d", spec: { mark: "bar", x: "x", y: "y" }, rows, summary: HOSTILE });
  assertTrue(textOf(body).startsWith("y over x of d"), textOf(body));
  assertTrue(body.querySelector("[role=img]")!.getAttribute("aria-label")!.includes("onerror"));
  assertTrue(
    textOf(view({ type: "chart", data: "d", spec: { mark: "line" }, rows: [], summary: "" })).includes(
      "No rows to draw yet",
    ),
  );
});

const CELLS = [0.1, 0.2].flatMap((rate, i) =>
  ["x", HOSTILE].map((tax, j) => ({ index: 2 * i + j, arm: null, params: { rate, tax }, set: [], scenario: "s.yaml" }))
);

const COUNTS = { total: 4, completed: 1, void: 1, failed: 1, cancelled: 0, running: 1, pending: 1, reused: 0 };

const BATCH: BatchOutput = {
  type: "batch",
  batch: {
    id: "b",
    name: HOSTILE,
    status: "running",
    reason: null,
    created_at: "2026-11-26T10:00:00.000Z",
    spec: {},
    cells: CELLS,
    seeds: [1],
    samples: 1,
    runs: COUNTS,
    eta_seconds: 38,
    cost: { usd: 0.12, forecast_usd: 0.5 },
  },
  counts: COUNTS,
  rows: CELLS.map(({ index, params }) => ({
    n: index,
    cell: index,
    arm: null,
    params,
    seed: 1,
    sample: 0,
    run_id: index === 0 ? null : `run_${index}`,
    status: (["failed_to_start", "running", "completed", "pending"] as const)[index]!,
    validity: index === 2 ? "void" : null,
    metrics: {},
    cost_usd: 0,
    seconds: null,
    turns: 0,
    reused: false,
    ...(index === 0 && { error: { code: "x", message: HOSTILE } }),
  })),
  summary: {
    deterministic: false,
    excluded: { void: 1, failed: 1, pending: 2 },
    sentences: [HOSTILE, "One.", "Two.", "Three.", "Four.", "Five."],
    metrics: ["gdp", HOSTILE].map((name) => ({
      name,
      share: false,
      comparisons: [],
      noise: null,
      sensitivity: null,
      cells: CELLS.map(({ index }) => ({
        cell: index,
        n: 3,
        runs: 3,
        missing: 0,
        mean: index === 3 ? null : 1000 + index,
        sd: 1,
        low: index === 0 ? null : 999,
        high: index === 0 ? null : 1010,
        median: 1,
        min: 0,
        max: 2,
      })),
    })),
  },
};

Deno.test("a batch: a square for every run, means with interval and seeds, failures, time and money", () => {
  const body = view(BATCH);
  const text = textOf(body);
  assertEquals(body.querySelectorAll(".square").length, 4);
  assertEquals(body.querySelectorAll("a.square").length, 3);
  for (
    const part of [
      "1 of 4 done, 1 running, 1 failed, 1 void",
      "about 38 s left",
      "$0.12 of about $0.50",
      "1 failed",
      "n 3",
    ]
  ) {
    assertTrue(text.includes(part), `${part}: ${text}`);
  }
  assertEquals(body.querySelectorAll("table.heat-map td").length, 4);
  assertEquals(textOf(body.querySelector("td.heat-none")!), "–");
  assertEquals(body.querySelector(".links a")!.getAttribute("href"), "/api/batches/b/report.html");
});

Deno.test("a batch that has said nothing yet, or varies one thing, is a list", () => {
  assertTrue(
    textOf(view({ ...BATCH, rows: [], summary: null })).includes("Numbers come with the first run that is completed"),
  );
  const one = { ...BATCH, batch: { ...BATCH.batch, cells: CELLS.slice(0, 1) } };
  assertEquals(view(one).querySelector("table.heat-map"), null);
});

Deno.test("a comparison: the sentence, what differs, where they part, side by side", () => {
  const series = { turns: [0, 1], values: [1, null], low: [0.5, null], high: [1.5, null], n: [3, 0] };
  const excluded = { void: 1, failed: 0, pending: 0 };
  const body = view({
    type: "compare",
    of: ["base", "base"],
    comparison: {
      runs: ["a", "b"].map((id) => ({ id, label: HOSTILE, runs: 3, excluded, turn: 1 })),
      inputs: [{ path: HOSTILE, values: [0.1, { x: HOSTILE }] }],
      more_inputs: 2,
      metrics: ["gdp", HOSTILE].map((name) => ({
        name,
        series: [series, { ...series, low: null, high: null, n: null }],
      })),
      left_out: [HOSTILE],
      parting: { turn: 1, metric: HOSTILE, between: [0, 1], size: -0.4, beyond: 3.1 },
      at_parting: {
        runs: ["a", "b"],
        events: [{ type: "SHOCK", agent: null, what: HOSTILE, sides: [1] }],
        decisions: [{ agent: HOSTILE, values: [HOSTILE, null] }],
        more: 4,
      },
      sentence: HOSTILE,
    },
  });
  const text = textOf(body);
  assertTrue(text.trimStart().startsWith("<img"), "the sentence comes first");
  for (
    const part of ["3 inputs differ", "They part in turn 1", "−0.4", "3.1 times the noise", "and 4 more", "base (2)"]
  ) {
    assertTrue(text.includes(part), `${part}: ${text}`);
  }
});

const TURN: SimulatedTurn = {
  index: 1,
  simulated_user: {
    message: HOSTILE,
    desired_action: { kind: "task", name: "move", parameters: { id: 2, note: HOSTILE } },
    seal: "ab".repeat(32),
    salt: "s",
    fault: { code: "out_of_character", message: HOSTILE },
  },
  chat_agent: {
    reply: null,
    actions: [{
      kind: "task",
      name: "move",
      parameters: { id: 3, [HOSTILE]: 1 },
      success: false,
      result_message: HOSTILE,
    }],
    fault: { code: "not_json", message: HOSTILE },
  },
  judge: {
    alignment: "misaligned",
    explanation: HOSTILE,
    confidence: 0.9,
    witness: { kind: "wrong_argument", text: "id should be 2" },
    by: "rules",
    precision: null,
    recall: null,
  },
  label: { alignment: "aligned", note: HOSTILE, by: HOSTILE, at: "2026-11-26T10:00:00.000Z" },
  goal: HOSTILE,
  created_at: "2026-11-26T10:00:00.000Z",
};

const CONVERSATION: ConversationRun = {
  run_id: "c",
  status: "idle",
  ended_by: null,
  config: {
    session_id: null,
    plan_id: null,
    improvement_goal: HOSTILE,
    case: HOSTILE,
    max_turns: 5,
    stop_on_alignment: false,
    stop_on_misalignment: true,
    extra_actions: "flag",
    max_actions_per_turn: 3,
    user: { kind: "human" },
    agent: { adapter: "rule" },
    judge: { kind: "rules" },
  },
  seed: 1,
  sample: 0,
  turns: [TURN],
  remaining_turns: 4,
  created_at: "2026-11-26T10:00:00.000Z",
  updated_at: "2026-11-26T10:00:00.000Z",
  error: { code: "x", message: HOSTILE, hint: HOSTILE },
  alignment_issues: [],
  summary: { aligned: 1, misaligned: 0, unclear: 0, precision: null, recall: 0.5, end_state: "unknown", passed: null },
  outline: HOSTILE,
  validity: { state: "void", reasons: [HOSTILE] },
  cost: { usd: 0, calls: 0, input_tokens: 0, output_tokens: 0 },
  models: [],
};

Deno.test("a conversation: what was said, wanted and done, with what differs marked, and both verdicts", () => {
  const body = view({ type: "conversation", run: CONVERSATION, writable: true });
  const text = textOf(body);
  for (
    const part of [
      "turn 1 of 5",
      "wants move",
      "did 1 action: move",
      "90 % sure",
      "id should be 2",
      "Void",
      "no answer",
    ]
  ) {
    assertTrue(text.includes(part), `${part}: ${text}`);
  }
  const marked = [...body.querySelectorAll(".line-differs, .line-only")].map((line) => textOf(line).trim());
  assertEquals(marked.filter((line) => line.startsWith("≠")).length, 2);
  assertEquals(body.querySelectorAll("textarea").length, 2);
  assertTrue(textOf(body.querySelector(".plan")!).includes("onerror"));
});

Deno.test("nobody writes where a model speaks, where it is over, or where nothing may be changed", () => {
  for (
    const [run, writable, readonly] of [
      [CONVERSATION, false, false],
      [{ ...CONVERSATION, status: "finished" as const }, true, false],
      [CONVERSATION, true, true],
    ] as const
  ) {
    const body = view({ type: "conversation", run, writable }, { readonly });
    assertEquals(body.querySelectorAll(".message-box").length, 0);
  }
  const unspoken = { ...CONVERSATION, turns: [], outline: null, error: null };
  assertTrue(
    textOf(view({ type: "conversation", run: unspoken, writable: false })).includes("Nothing has been said yet"),
  );
});

Deno.test("a status is icon and word, whichever it is; a price and expectations are words", () => {
  for (const status of ["fresh", "stale", "failed_to_start", "never heard of", "constructor", HOSTILE]) {
    const body = page(<StatusBadge status={status} detail={HOSTILE} />);
    assertTrue(body.querySelector("svg path") !== null && textOf(body.querySelector(".badge-word")!) !== "", status);
  }
  assertEquals(lookOf("toString").tone, "queued");
  page(<PriceTag price={{ runs: 1, of: 2, seconds: null, usd: null, free: true, text: HOSTILE }} />);
  const expect = [{ condition: HOSTILE, holds: false, found: HOSTILE }, { condition: "a", holds: null }, {
    condition: "b",
    holds: true,
  }];
  const text = textOf(page(<Expectations expect={expect} />));
  assertTrue(text.includes("does not hold") && text.includes("not known yet") && text.includes("holds"));
  assertEquals(renderToString(<Expectations expect={[]} />), "");
  assertEquals(page(<Icon name="check" />).querySelector("svg")!.getAttribute("aria-hidden"), "true");
  for (const [value, max] of [[0, 0], [5, 3], [-1, 3]] as const) {
    page(<ProgressBar value={value} max={max} label="x" />);
  }
});
