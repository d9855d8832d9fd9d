/** A notebook with a cell of every kind, for the tests of its page. Text that it is told stands wherever text may stand. */

import type { CellOutput, CellView, NotebookView, PieceView } from "../view.ts";

/** The view. @param said stands wherever somebody's text may stand */
export function exampleView(said = "plain"): NotebookView {
  const rows = Array.from({ length: 30 }, (_, turn) => ({ turn, wealth: 100 + 3 * turn, jobless: 5 + Math.sin(turn) }));
  const provenance = {
    run_id: "growth_2agents_20260101_120000_01",
    content_key: "0123456789abcdef0123",
    seed: 7,
    models: [said],
    cost_usd: 0.0123,
    validity: "degraded",
    reasons: [said],
    at: "2026-01-01T12:00:00.000Z",
    engine_version: "0.1.0",
  };
  const pieces: PieceView[] = [
    { kind: "front", source: `---\ntitle: ${said}\n---\n`, line: 1 },
    {
      kind: "prose",
      source: "# Title\n",
      line: 4,
      html: "<h1>Does it pay?</h1><p>It ends at <strong>9.4</strong>.</p>",
      headings: [{ level: 1, text: "Does it pay?", anchor: "does-it-pay" }],
    },
    cell("input", "rate", said, {
      type: "input",
      control: "range",
      label: said,
      min: 0,
      max: 1,
      value: 0.05,
      standard: 0.02,
    }),
    cell("scenario", "recession", said, {
      type: "scenario",
      base: said,
      name: said,
      domain: said,
      changes: [{ path: said, base: 3, value: said }],
      summary: said,
    }),
    cell("run", "base", said, {
      type: "run",
      run_id: said,
      repo: said,
      status: "failed",
      status_reason: said,
      turn: 29,
      max_turns: 100,
      watch: ["wealth", "jobless"],
      columns: ["wealth", "jobless"],
      rows,
      parent: { run_id: said, turn: 3 },
      error: { message: said, hint: said },
      log: [said],
    }, { status: "failed", provenance, issues: [issue(said)], reason: said }),
    cell("batch", "sweep", said, batchOutput(said), { status: "cached", provenance }),
    cell("conversation", "support", said, conversationOutput(said)),
    cell("compare", "effect", said, {
      type: "compare",
      of: ["base", said],
      comparison: {
        runs: ["base", said].map((label) => ({
          id: label,
          label,
          runs: 1,
          excluded: { void: 0, failed: 0, pending: 0 },
          turn: 29,
        })),
        inputs: [{ path: said, values: [1, said] }],
        more_inputs: 0,
        metrics: [{
          name: said,
          series: [0, 2].map((offset) => ({
            turns: rows.map(({ turn }) => turn),
            values: rows.map(({ wealth }) => wealth + offset),
            low: rows.map(({ wealth }) => wealth + offset - 1),
            high: rows.map(({ wealth }) => wealth + offset + 1),
            n: null,
          })),
        }],
        left_out: [said],
        parting: { turn: 3, metric: said, between: [0, 1], size: 2, beyond: 1.5 },
        at_parting: {
          runs: [],
          decisions: [{ agent: said, values: [said, null] }],
          events: [{ type: said, agent: said, what: said, sides: [1] }],
          more: 0,
        },
        sentence: said,
      },
    } as CellOutput, {
      expect: [
        { condition: "wealth > 100", holds: true, found: said },
        { condition: said, holds: false },
        { condition: "later", holds: null },
      ],
    }),
    cell("table", "by_rate", said, {
      type: "table",
      columns: [{ name: said, type: "VARCHAR" }, { name: "n", type: "BIGINT" }],
      rows: [[said, 3], [null, 4.5]],
      truncated: true,
      ms: 12,
    }),
    cell("chart", null, said, {
      type: "chart",
      data: "by_rate",
      spec: { mark: "dot", x: "turn", y: "wealth", label: said },
      rows: rows.map((row) => ({ ...row, group: said })),
      summary: said,
    }, { dimmed: true, status: "stale", reason: "price 99 → 149" }),
    { ...cell("chart", "hidden", said, null), flags: ["hide"] },
  ];
  return {
    path: "economic/effect.md",
    title: "Does it pay?",
    hash: "0".repeat(64),
    readonly: false,
    issues: [issue(said)],
    pieces,
    cost_usd: 0.0246,
    stale: ["chart 2"],
  };
}

function issue(said: string) {
  return { severity: "warning", code: "some_code", message: said, hint: said, line: 7 } as const;
}

function cell(
  kind: CellView["cell"],
  id: string | null,
  said: string,
  output: CellOutput | null,
  more: Partial<CellView> = {},
): CellView {
  return {
    kind: "cell",
    source: `\`\`\`yaml ${kind}\n${said}\n\`\`\`\n`,
    line: 10,
    cell: kind,
    id,
    name: id ?? `${kind} 1`,
    flags: [],
    body: said,
    bodyLine: 11,
    status: "fresh",
    reason: null,
    price: null,
    issues: [],
    uses: [],
    usedBy: [],
    output,
    dimmed: false,
    provenance: null,
    expect: [],
    ...more,
  };
}

function batchOutput(said: string): CellOutput {
  const counts = { total: 4, completed: 3, void: 0, failed: 1, cancelled: 0, running: 0, pending: 0, reused: 1 };
  const cells = [0.01, 0.05].map((rate, index) => ({ index, arm: said, params: { [said]: rate } }));
  const summaries = cells.map(({ index }) => ({
    cell: index,
    n: 2,
    runs: 2,
    missing: 0,
    mean: 10 + index,
    sd: 1,
    low: 9,
    high: 12,
    median: 10,
    min: 9,
    max: 12,
  }));
  return {
    type: "batch",
    batch: {
      id: said,
      name: said,
      status: "paused",
      reason: said,
      created_at: "2026-01-01T12:00:00.000Z",
      spec: { seeds: "1..2" },
      cells,
      seeds: [1, 2],
      samples: 1,
      runs: counts,
      eta_seconds: null,
      cost: { usd: 0.5, forecast_usd: null },
    },
    counts,
    rows: [
      { n: 0, cell: 0, status: "completed", validity: "valid", reused: true, seconds: null },
      { n: 1, cell: 1, status: "completed", validity: "void", reused: false, seconds: 1 },
      { n: 2, cell: 0, status: "completed", validity: "valid", reused: false, seconds: 1 },
      {
        n: 3,
        cell: 1,
        status: "failed",
        validity: null,
        reused: false,
        seconds: null,
        error: { code: "x", message: said },
      },
    ],
    summary: {
      deterministic: false,
      excluded: { void: 0, failed: 1, pending: 0 },
      metrics: [{ name: said, share: false, cells: summaries, comparisons: [], noise: null, sensitivity: null }],
      sentences: [said],
    },
  } as unknown as CellOutput;
}

function conversationOutput(said: string): CellOutput {
  return {
    type: "conversation",
    writable: false,
    run: {
      run_id: said,
      status: "finished",
      turns: [{
        index: 1,
        simulated_user: {
          message: said,
          desired_action: { kind: said, name: said, parameters: { [said]: said } },
          seal: "",
          salt: "",
          fault: { code: said, message: said },
        },
        chat_agent: {
          reply: said,
          actions: [
            { kind: said, name: said, parameters: { to: 5, [said]: [said] }, success: true, result_message: said },
            { kind: said, name: "move", parameters: {}, success: false, result_message: "" },
          ],
          fault: { code: said, message: said },
        },
        judge: { alignment: "misaligned", explanation: said },
        label: { alignment: "aligned", note: said, by: said, at: "2026-01-01T12:00:00.000Z" },
        goal: said,
        created_at: "2026-01-01T12:00:00.000Z",
      }],
      remaining_turns: 0,
      ended_by: said,
      config: {
        case: said,
        improvement_goal: `${said} in all`,
        user: { kind: said },
        agent: { adapter: said },
        judge: { kind: said },
      },
      outline: said,
      error: { code: said, message: said, hint: said },
      summary: { aligned: 1, misaligned: 0, unclear: 0, passed: true },
      cost: { usd: 0, calls: 0, input_tokens: 0, output_tokens: 0 },
    },
  } as unknown as CellOutput;
}
