/** @jsxImportSource preact */
/** `/runs`: all runs, and a form that starts one. */

import type { VNode } from "preact";
import { SimError } from "../../framework/mod.ts";
import {
  conditionsIn,
  type Facets,
  facetsOf,
  runsUrl,
  type RunsView,
  tallied,
  viewOf,
} from "../../islands/_parts/runs/view.ts";
import { WINDOW } from "../../islands/_parts/runs/windows.ts";
import RunsList from "../../islands/runs_list.tsx";
import type { RunQuery, RunRow, RunTally } from "../../runner/mod.ts";
import {
  mayDo,
  page,
  type PageProps,
  type Problem,
  problemOf,
  readForm,
  type RequestContext,
  type ScenarioName,
  scenarioNames,
} from "../../server/mod.ts";
import { ProblemBox } from "../_parts/problem_box.tsx";
import { ScenarioOptions } from "../_parts/scenario_options.tsx";

interface Data {
  readonly view: RunsView;
  /** As JSON, each a row of the table. */
  readonly runs: readonly string[];
  /** Place of the first of them. */
  readonly offset: number;
  readonly tally: RunTally;
  readonly facets: Facets;
  readonly broken: readonly string[];
  readonly scenarios: readonly ScenarioName[];
  readonly form: Form;
  readonly problem: Problem | null;
}

interface Form {
  readonly scenario: string;
  readonly text: string;
  readonly seed: string;
  readonly step: boolean;
}

const EMPTY: Form = { scenario: "", text: "", seed: "", step: false };

export const title = "Runs";
export const styles = ["runs.css"];

export const handler = {
  async GET(context: RequestContext) {
    const data = await dataOf(context, EMPTY, null);
    const { runs, broken, scenarios, tally, facets } = data;
    const names = scenarios.map(({ repo, config }) => `${repo}/${config}`);
    const counts = JSON.stringify([tally, facets]);
    return page(data, { same: [...runs, "", ...broken, "", ...names, "", counts].join("\n") });
  },

  async POST(context: RequestContext) {
    const fields = await readForm(context.request);
    const form: Form = {
      scenario: fields.get("scenario") ?? "",
      text: fields.get("text") ?? "",
      seed: (fields.get("seed") ?? "").trim(),
      step: fields.has("step"),
    };
    try {
      const run_id = await start(context, form);
      context.note({ run_id });
      return new Response(null, { status: 303, headers: { location: `/runs/${encodeURIComponent(run_id)}` } });
    } catch (error) {
      const problem = problemOf(error, context.url.pathname, context.requestId);
      if (problem.status >= 500) throw error;
      return page(await dataOf(context, form, problem), { status: problem.status });
    }
  },
};

async function start({ app }: RequestContext, { scenario, text, seed, step }: Form): Promise<string> {
  const [, repo, config] = /^([^/]+)\/(.+)$/.exec(scenario) ?? [];
  if (text.trim() === "" && (repo === undefined || config === undefined)) {
    throw new SimError("no_scenario", "no scenario was chosen, and none pasted");
  }
  const source = text.trim() !== "" ? { text } : { file: await app.resolveConfig(repo!, config!) };
  const { run_id } = await app.start({
    ...source,
    ...(seed !== "" &&
      { set: [{ path: "simulation.seed", value: /^-?\d+$/.test(seed) ? Number(seed) : seed, from: "seed" }] }),
    ...(step && { mode: "step" as const }),
  });
  return run_id;
}

async function dataOf({ app, url }: RequestContext, form: Form, problem: Problem | null): Promise<Data> {
  const view = viewOf(url.searchParams);
  const offset = Math.floor(Number(/^\d{1,7}$/.exec(url.searchParams.get("offset") ?? "")?.[0] ?? 0) / WINDOW) * WINDOW;
  const { sort, descending, grouped } = view;
  const [{ rows, broken }, ...tallies] = await Promise.all([
    app.listRows({
      ...conditionsOf(view),
      ...((sort !== "created" || !descending || grouped) && { sort: { by: sort, descending, grouped } }),
      ...(offset > 0 && { offset }),
      limit: WINDOW,
    }),
    ...tallied(view).map(([, each]) => app.tallyRuns(conditionsOf(each))),
  ]);
  return {
    view,
    runs: rows,
    offset,
    tally: tallies[0]!,
    facets: facetsOf(view, tallies),
    broken,
    scenarios: scenarioNames(app),
    form,
    problem,
  };
}

function conditionsOf({ status, text, repo, validity, scenario, label, batch }: RunsView): RunQuery {
  return {
    ...(status.length > 0 && { status: status as NonNullable<RunQuery["status"]> }),
    ...(text !== "" && { text }),
    ...(repo !== "" && { repo }),
    ...(validity !== "" && { validity: validity as RunRow["validity"] }),
    ...(scenario !== "" && { scenario }),
    ...(label !== "" && { label }),
    ...(batch !== "" && { batch }),
  };
}

export default function Runs({ context, data }: PageProps<Data>): VNode {
  const { view, runs, offset, tally, facets, broken } = data;
  const { principal } = context;
  return (
    <main class="runs-page">
      <h1>Runs</h1>
      {mayDo(principal, "run") && <StartForm data={data} />}
      {broken.length > 0 && (
        <p class="problem">
          <strong>Unreadable</strong> manifest.json: {broken.slice(0, 5).join(", ")}
          {broken.length > 5 ? ` and ${broken.length - 5} more` : ""}
        </p>
      )}
      <RunsList
        start={{
          view,
          rows: JSON.parse(`[${runs.join()}]`),
          total: tally.total,
          offset,
          repos: tally.repo,
          facets,
          // To the second: a page may be shown twice within one.
          now: Math.floor(Date.now() / 1000) * 1000,
        }}
        mayRun={mayDo(principal, "run")}
        mayDelete={mayDo(principal, "admin")}
      />
      <nav class="pages only-without-script" aria-label="Pages">
        {offset > 0 && <a href={runsUrl(view)}>First</a>}
        {offset + runs.length < tally.total && <a href={partUrl(view, offset + WINDOW)} rel="next">Next {WINDOW}</a>}
      </nav>
    </main>
  );
}

function partUrl(view: RunsView, offset: number): string {
  const url = runsUrl(view);
  return `${url}${url.includes("?") ? "&" : "?"}offset=${offset}`;
}

function StartForm({ data: { view, tally, scenarios, form, problem } }: { readonly data: Data }): VNode {
  // Where there is nothing to look at, starting is what people come for.
  const isFirst = tally.total === 0 && conditionsIn(view) === 0;
  return (
    <details class="box runs-start" open={isFirst || problem !== null}>
      <summary>Start a simulation</summary>
      {problem !== null && <ProblemBox problem={problem} />}
      <form method="post" action="/runs">
        <div class="row">
          <label class="wide">
            Scenario
            <select name="scenario">
              <ScenarioOptions scenarios={scenarios} chosen={form.scenario} />
            </select>
          </label>
          <label>
            Seed
            <input
              class="number"
              name="seed"
              inputMode="numeric"
              placeholder="scenario's"
              value={form.seed}
              maxLength={20}
            />
          </label>
          <label class="check">
            <input type="checkbox" name="step" checked={form.step} />
            park after the first turn
          </label>
          <button class="first" type="submit">Start</button>
        </div>
        <details open={form.text !== ""}>
          <summary>Or paste a scenario of your own</summary>
          <label>
            YAML, in place of the file above
            <textarea name="text" spellcheck={false}>{form.text}</textarea>
          </label>
        </details>
      </form>
    </details>
  );
}
