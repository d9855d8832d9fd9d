/** Errors as a model can use them: what is wrong, and which tool to call next. */

import { formatIssue, SimError } from "../../framework/mod.ts";
import { NotebookConflict } from "../../runner/mod.ts";
import type { Log } from "../log.ts";
import { ProblemError } from "../problem.ts";

/** What to do about an error of this code, in terms of tools. */
const NEXT: Readonly<Record<string, string>> = {
  unknown_run: "list_simulations shows which simulations there are",
  unknown_batch: "query_runs with `select distinct batch_id from runs` shows which batches have runs",
  batch_changed: "call run_batch without batch_id: runs that are the same are found again",
  unknown_arm: "get_batch shows the cells of a batch",
  nothing_to_compare: "get_batch or wait_for_simulation waits until there is something",
  bad_comparison: "list_simulations shows simulations, get_batch the cells of a batch",
  bad_sql: "query_runs without sql lists the tables and their columns",
  not_select: "query_runs without sql lists the tables and their columns",
  sql_timeout: "ask of fewer runs, or for sums instead of rows",
  too_many_queries: "call it again in a moment",
  no_runs: "start_simulation or run_batch makes some",
  too_many_runs: "call run_batch again with fewer values or seeds",
  unknown_domain: "list_scenarios shows which repos and scenarios there are",
  missing_file: "list_scenarios shows which repos and scenarios there are",
  bad_config_path: "list_scenarios shows which repos and scenarios there are",
  unknown_agent: "get_simulation_status shows the agents of the simulation",
  bad_transition: "get_simulation_status says what it is doing; resume_simulation continues one that is paused or " +
    "interrupted; of one that has ended, fork_simulation makes a new one",
  not_running: "get_simulation_results has what it came to; fork_simulation makes a new one of its past",
  no_results: "wait_for_simulation waits until it has ended; get_simulation_status has what there is now",
  owned_elsewhere: "another process plays it: it can be watched here, and steered there",
  not_asked: "get_simulation_status shows under 'waiting' which agents are to be decided for",
  no_such_turn: "leave 'turn' out for the newest state",
  bad_turn: "get_simulation_status says which turn it has reached",
  bad_cursor: "leave 'cursor' out to begin again",
  changes_the_past: "use 'state' to change the present value, or start_simulation with other settings",
  scenario_exists: "call write_scenario again with overwrite: true, or choose another name",
  no_conversation: "get_simulation_status shows what it is; start_conversation starts a conversation",
  busy: "wait_for_simulation waits until it stands still; get_conversation has what has been said so far",
  unknown_plan: "call start_conversation again with one of these, or with a scenario that has a plan of its own",
  too_many_turns: "call start_conversation again with fewer max_turns",
  notebook_changed: "read_notebook has what is there now: make your change to that, and give its hash as if_match",
  notebook_conflict: "read_notebook has what is there now: make your change to that, and give its hash as if_match",
  notebook_exists: "read_notebook has what is there; write_notebook with its hash as if_match replaces it",
  unknown_notebook: "list_notebooks shows which there are; write_notebook makes one",
  unknown_cell: "read_notebook shows the cells of the page",
  unknown_input: "read_notebook shows the inputs of the page and what they take",
  bad_input_value: "read_notebook shows the inputs of the page and what they take",
  scope_missing: "ask the user for a key that may do this",
  no_provider: "ask the user to configure a language model, or take a scenario without one",
};

/** Issues that are told one by one. */
const MOST_ISSUES = 20;
/** Characters of a stretch of a notebook. */
const LONGEST_STRETCH = 300;
/** Characters of the whole text. */
const LONGEST = 6000;

/** The text of an error. One that nobody foresaw is told without its details: those go to the log. */
export function errorText(error: unknown, log: Pick<Log, "failure">): string {
  if (error instanceof ProblemError) return told(error.code, error.message, [], error.hint);
  if (error instanceof SimError) {
    const errors = error.issues.filter(({ severity }) => severity === "error");
    const isPlain = errors.length <= 1 && errors[0]?.path === undefined && errors[0]?.line === undefined;
    if (error instanceof NotebookConflict) return told(error.code, error.message, conflictLines(error), undefined);
    return told(error.code, error.message, isPlain ? [] : errors.map(formatIssue), error.hint);
  }
  log.failure("a tool failed", error);
  return "internal_error: the server failed at this; its log says more. Trying again may help";
}

/** Where both have changed the same, and what is there now. */
function conflictLines({ regions, hash }: NotebookConflict): string[] {
  const shown = (text: string) => {
    const trimmed = text.trim();
    return JSON.stringify(trimmed.length > LONGEST_STRETCH ? `${trimmed.slice(0, LONGEST_STRETCH)}…` : trimmed);
  };
  return [
    ...regions.map(({ line, cell, mine, disk }) =>
      `line ${line}${cell === null ? "" : `, in ${cell}`}: yours ${shown(mine)}, there now ${shown(disk)}`
    ),
    ...(hash === null ? [] : [`hash of what is there now: ${hash}`]),
  ].slice(-MOST_ISSUES);
}

function told(code: string, message: string, issues: readonly string[], hint: string | undefined): string {
  const next = NEXT[code];
  // Hints that speak of the command line are for people at one.
  const usable = hint !== undefined && !(hint.includes("deno task") && next !== undefined) && issues.length === 0;
  const rest = issues.length - MOST_ISSUES;
  const lines = [
    `${code}: ${message}`,
    ...issues.slice(0, MOST_ISSUES),
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...(usable ? [`hint: ${hint}`] : []),
    ...(next === undefined ? [] : [`next: ${next}`]),
  ];
  const text = lines.join("\n");
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
