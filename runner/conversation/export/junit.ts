/** Conversations as JUnit XML, which continuous integration shows. */

import { escapeMarkup } from "../../report/mod.ts";
import { modelLabel } from "../../offline_label.ts";
import { alignmentOf, type ConversationRun, type ConverseReport, type SimulatedTurn } from "../types.ts";
import { actionText, toText, wishText } from "./text.ts";

/**
 * The report as JUnit XML: a `testsuite` for each case, a `testcase` for each of its seeds and samples. A conversation
 * that broke is an `error`, one that did not pass a `failure` (its message is the first thing wrong, its text all of
 * them), one that is not over `skipped`. `properties` hold run id, parts and numbers, `system-out` the transcript.
 * Times are seconds between start and last change.
 */
export function toJunit({ name, cases }: Pick<ConverseReport, "name" | "cases">): string {
  const runs = cases.flatMap((each) => each.runs);
  const suites = cases.map((each) => {
    const tests = each.runs.map((run) => testCase(name, each.case, run));
    return element("testsuite", { name: each.case, ...totals(each.runs), timestamp: timestamp(each.runs) }, tests);
  });
  const root = element("testsuites", { name, ...totals(runs) }, suites);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

/** Why a conversation did not pass, the first thing first. */
export function failures(run: ConversationRun): string[] {
  const bad = run.turns.filter((turn) => (alignmentOf(turn) ?? "aligned") !== "aligned").map(turnFailure);
  if (run.summary.end_state === "differs") bad.push("the end state is not the one that was wished for");
  if (bad.length > 0) return bad;
  const why = run.turns.length === 0 ? "no turn was played" : "all turns are aligned, yet it did not pass";
  return [`${run.status}${run.ended_by === null ? "" : ` (${run.ended_by})`}: ${why}`];
}

function turnFailure(turn: SimulatedTurn): string {
  const { judge, label, simulated_user, chat_agent } = turn;
  const why = label === undefined ? judge?.explanation ?? "" : `${label.by}: ${label.note ?? "no reason given"}`;
  const lines = [`turn ${turn.index} ${alignmentOf(turn)}: ${why}`];
  if (judge?.witness && label === undefined) lines.push(`  difference: ${judge.witness.text}`);
  lines.push(`  wanted: ${wishText(simulated_user)}`);
  const done = chat_agent.actions.map((each) => `${actionText(each)}${each.success ? "" : " (failed)"}`);
  lines.push(`  done: ${done.join(", ") || "nothing"}`);
  return lines.join("\n");
}

function testCase(classname: string, name: string, run: ConversationRun): string {
  const parts = [properties(run)];
  switch (outcome(run)) {
    case "error": {
      const { code, message } = run.error ?? { code: "error", message: "it ended without saying why" };
      parts.push(element("error", { type: code, message }, [escapeMarkup(message)]));
      break;
    }
    case "failed": {
      const all = failures(run);
      const type = run.status === "cancelled" ? "cancelled" : run.summary.misaligned > 0 ? "misaligned" : "not_passed";
      parts.push(element("failure", { type, message: all[0]!.split("\n")[0]! }, [escapeMarkup(all.join("\n"))]));
      break;
    }
    case "skipped":
      parts.push(element("skipped", { message: `the conversation is ${run.status}: it is not over` }, []));
  }
  parts.push(element("system-out", {}, [escapeMarkup(toText(run))]));
  const title = `${name} (seed ${run.seed}, sample ${run.sample})`;
  return element("testcase", { classname, name: title, time: seconds([run]) }, parts);
}

function properties(run: ConversationRun): string {
  const { config, summary, cost } = run;
  const values: { readonly [name: string]: string | number | null } = {
    run_id: run.run_id,
    seed: run.seed,
    sample: run.sample,
    status: run.status,
    ended_by: run.ended_by,
    user: config.user.kind,
    agent: config.agent.adapter,
    judge: config.judge.kind,
    turns: run.turns.length,
    aligned: summary.aligned,
    misaligned: summary.misaligned,
    unclear: summary.unclear,
    precision: summary.precision,
    recall: summary.recall,
    end_state: summary.end_state,
    validity: run.validity.state,
    models: run.models.map(modelLabel).join(", "),
    calls: cost.calls,
    cost_usd: cost.usd,
  };
  const given = Object.entries(values).filter(([, value]) => value !== null && value !== "");
  return element("properties", {}, given.map(([name, value]) => element("property", { name, value: value! }, [])));
}

function outcome(run: ConversationRun): "passed" | "failed" | "error" | "skipped" {
  if (run.status === "error") return "error";
  if (run.summary.passed === null) return "skipped";
  return run.summary.passed ? "passed" : "failed";
}

function totals(runs: readonly ConversationRun[]): { readonly [name: string]: string | number } {
  const number = (wanted: string) => runs.filter((run) => outcome(run) === wanted).length;
  return {
    tests: runs.length,
    failures: number("failed"),
    errors: number("error"),
    skipped: number("skipped"),
    time: seconds(runs),
  };
}

function seconds(runs: readonly ConversationRun[]): string {
  const spans = runs.map(({ created_at, updated_at }) => Math.max(0, Date.parse(updated_at) - Date.parse(created_at)));
  return (spans.reduce((a, b) => a + b, 0) / 1000).toFixed(3);
}

function timestamp(runs: readonly ConversationRun[]): string {
  return runs.map((run) => run.created_at).sort()[0] ?? "";
}

function element(
  name: string,
  attributes: { readonly [name: string]: string | number },
  children: readonly string[],
): string {
  // A line break in an attribute would be read as a blank.
  const written = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeMarkup(String(value).replace(/\s+/g, " "))}"`).join("");
  return children.length === 0 ? `<${name}${written}/>` : `<${name}${written}>${children.join("\n")}</${name}>`;
}
