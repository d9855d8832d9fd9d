/** What the page of a run is told of it. */

import { namesToSuggest } from "../../framework/scenario/mod.ts";
import type { RunSubject } from "../../islands/_parts/run/subject.ts";
import { type App, CONVERSATION_FORMATS, type Manifest, type Row, thinned } from "../../runner/mod.ts";
import type { RequestContext } from "../../server/mod.ts";

/** What the page of a run is drawn from. Files that are damaged are left out, and told of. */
export async function subjectOf({ app, features }: RequestContext, run: Manifest): Promise<RunSubject> {
  const { run_id, repo, seed, sample, labels, created_at, parent, error, validity } = run;
  const damaged: string[] = [];
  const config = await readable(() => app.runConfig(run_id), "its scenario (config.json)", damaged);
  const isConversation = features.simulatedUserMode && repo === "conversation" && config?.conversation !== undefined;
  const rows = isConversation ? [] : await readable(() => app.metrics(run_id), "rows (global.jsonl)", damaged) ??
    await readableRows(app, run_id);
  const inputs = await readable(() => app.inputs(run_id), "what reached it (inputs.jsonl)", damaged) ?? [];
  const planned = (config?.interventions ?? []).flatMap(({ at = [] }) => [...at]);
  const came = inputs.flatMap(({ kind, turn }) => kind === "intervention" ? [turn] : []);
  const conversation = isConversation ? await app.conversations.get(run_id) : null;
  const { agent_vars = {}, global_vars = {} } = config?.state_variables ?? {};
  return {
    output: {
      type: "run",
      ...{ run_id, repo, status: run.status, turn: run.turn, max_turns: run.max_turns, rows: thinned(rows), watch: [] },
      status_reason: run.status_reason ?? null,
      columns: columnsOf(rows, Object.keys(global_vars)),
      parent: parent ? { run_id: parent.run_id, turn: parent.turn } : null,
      error: error ? { message: error.message, ...(error.hint !== undefined && { hint: error.hint }) } : null,
      log: [],
    },
    provenance: {
      ...{ run_id, content_key: run.content_key, seed, sample, models: run.models, cost_usd: run.cost.usd },
      ...{
        validity: validity.state,
        reasons: validity.reasons,
        at: run.ended_at ?? null,
        engine_version: run.engine_version,
      },
    },
    ...{ seed, sample, labels, created_at, ended_at: run.ended_at ?? null, batch: run.batch_id ?? null },
    scenario: run.scenario_path === undefined
      ? null
      : { path: run.scenario_path, href: scenarioUrl(run.scenario_path) },
    notebook: run.notebook === undefined ? null : {
      path: run.notebook.path,
      href: `/notebooks/${run.notebook.path.split("/").map(encodeURIComponent).join("/")}`,
    },
    isPlayable: app.domains().includes(repo),
    checkpoints: await app.checkpoints(run_id),
    interventions: [...new Set([...planned, ...came])].sort((a, b) => a - b),
    damaged,
    agentVariables: config?.metrics.agents === "none"
      ? []
      : Object.entries(agent_vars).flatMap(([name, { type }]) => DRAWN.includes(type) ? [name] : []),
    variables: { agent: Object.keys(agent_vars), global: Object.keys(global_vars) },
    agents: namesToSuggest(config?.agents ?? []).slice(0, MOST_AGENTS),
    formats: conversation === null ? [] : CONVERSATION_FORMATS,
    conversation,
    writable: conversation?.config.user.kind === "human",
  };
}

/** Agents that are named to who intervenes. */
const MOST_AGENTS = 200;
/** Types of variables that can be drawn. */
const DRAWN = ["float", "int", "bool"];

/** What a file holds; null, and told of, where it holds no JSON. */
async function readable<T>(read: () => Promise<T>, what: string, damaged: string[]): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    damaged.push(what);
    return null;
  }
}

/** Rows that can be read: a page at a time, which leaves out the others. */
async function readableRows(app: App, runId: string): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let after = -1;;) {
    const page = await app.turnRows(runId, { after, limit: PAGE });
    rows.push(...page.rows);
    if (page.next_after === null) return rows;
    after = page.next_after;
  }
}

/** Rows of a page. */
const PAGE = 10_000;

function columnsOf([first]: readonly Row[], variables: readonly string[]): readonly string[] {
  return first === undefined ? variables : Object.keys(first).filter((name) => name !== "turn");
}

/** The page of a scenario below `scenarios/`. */
function scenarioUrl(path: string): string | null {
  const found = /^scenarios\/([^/]+)\/(.+)$/.exec(path);
  return found === null ? null : `/scenarios/${found.slice(1).join("/").split("/").map(encodeURIComponent).join("/")}`;
}
