/** Runs of a scenario's cases, counted. */

import { type Estimate, meanPassHatK } from "../stats.ts";
import type { CaseResult, ConversationCost, ConversationRun, ConverseReport, PassHatK } from "./types.ts";

/** What a run without a case is listed under. */
const NO_CASE = "conversation";
/** Largest k that pass^k is told for. */
const MOST_TRIALS = 8;

/**
 * The report on `runs` of the scenario `name`: cases in the order of their first run.
 * @param idle whether an agent that does nothing would pass, by run; null where not all turns were played
 */
export function converseReport(
  name: string,
  runs: readonly ConversationRun[],
  idle?: ReadonlyMap<string, boolean | null>,
): ConverseReport {
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
    pass_hat_k: passHatKOf(cases),
    ...(idle && { do_nothing: idleOf(runs.map(({ run_id }) => idle.get(run_id) ?? null)) }),
    pass_everything: runs.filter(isLetPass).length,
    cost: runs.map((run) => run.cost).reduce(sum, { usd: 0, calls: 0, input_tokens: 0, output_tokens: 0 }),
  };
}

/** The report in a line: how many passed, and pass^k for the first and the last k. */
export function reportLine({ passed, total, pass_hat_k }: ConverseReport): string {
  const shown = [...new Set([pass_hat_k.at(0), pass_hat_k.at(-1)])].filter((each) => each !== undefined);
  return [`${passed} of ${total} passed`, ...shown.map((each) => `pass^${each.k} ${percent(each)}`)].join(" · ");
}

/**
 * What no skill at all comes to, beside the report: null where it was not asked for. An agent that does nothing is counted
 * over the conversations all of whose turns were played; where these are fewer, the line says so.
 */
export function baselineLine({ do_nothing, pass_everything, total }: ConverseReport): string | null {
  if (do_nothing === undefined) return null;
  const others = total - do_nothing.total;
  const cut = others === 0 ? "" : ` that were played out (${others} ${others === 1 ? "was" : "were"} not)`;
  return `baselines: an agent that does nothing ${do_nothing.passed} of ${do_nothing.total}${cut}` +
    ` · a judge that passes everything ${pass_everything} of ${total}`;
}

function idleOf(outcomes: readonly (boolean | null)[]): { readonly passed: number; readonly total: number } {
  const known = outcomes.filter((passed) => passed !== null);
  return { passed: known.filter((passed) => passed).length, total: known.length };
}

function isLetPass({ status, turns, summary }: ConversationRun): boolean {
  return status === "finished" && turns.length > 0 && summary.end_state !== "differs";
}

function percent({ estimate, low, high }: Estimate): string {
  const whole = (share: number) => Math.round(share * 100);
  return `${whole(estimate ?? 0)} %${low === null || high === null ? "" : ` [${whole(low)}, ${whole(high)}]`}`;
}

function passHatKOf(cases: readonly CaseResult[]): PassHatK[] {
  if (cases.length === 0) return [];
  const fewest = Math.min(MOST_TRIALS, ...cases.map(({ total }) => total));
  const trials = cases.map(({ passed, total }) => ({ successes: passed, n: total }));
  return Array.from({ length: fewest }, (_, i) => ({ k: i + 1, ...meanPassHatK(trials, i + 1) }));
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
