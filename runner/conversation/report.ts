/** Runs of a scenario's cases, counted. */

import type { CaseResult, ConversationCost, ConversationRun, ConverseReport } from "./types.ts";

/** What a run without a case is listed under. */
const NO_CASE = "conversation";

/** The report on `runs` of the scenario `name`: cases in the order of their first run. */
export function converseReport(name: string, runs: readonly ConversationRun[]): ConverseReport {
  const byCase = Map.groupBy(runs, (run) => run.config.case ?? NO_CASE);
  const cases = [...byCase].map(([name, ofCase]): CaseResult => ({
    case: name,
    runs: ofCase,
    passed: passedOf(ofCase),
    total: ofCase.length,
  }));
  const passed = passedOf(runs);
  return {
    name,
    cases,
    passed,
    total: runs.length,
    passed_share: runs.length === 0 ? null : passed / runs.length,
    cost: runs.map((run) => run.cost).reduce(sum, { usd: 0, calls: 0, input_tokens: 0, output_tokens: 0 }),
  };
}

function passedOf(runs: readonly ConversationRun[]): number {
  return runs.filter((run) => run.summary.passed === true).length;
}

function sum(a: ConversationCost, b: ConversationCost): ConversationCost {
  return {
    usd: a.usd + b.usd,
    calls: a.calls + b.calls,
    input_tokens: a.input_tokens + b.input_tokens,
    output_tokens: a.output_tokens + b.output_tokens,
  };
}
