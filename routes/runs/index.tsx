/** @jsxImportSource preact */
/** `/runs`: the runs, and a form that starts one. */

import type { VNode } from "preact";
import { SimError } from "../../framework/mod.ts";
import { RUN_STATUSES } from "../../runner/mod.ts";
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
import { RunTable } from "../_parts/run_table.tsx";
import { ScenarioOptions } from "../_parts/scenario_options.tsx";

const PAGE_SIZE = 50;

interface Data {
  /** As JSON, each a row of the table. */
  readonly runs: readonly string[];
  readonly broken: readonly string[];
  readonly scenarios: readonly ScenarioName[];
  readonly filter: { readonly status: string; readonly text: string; readonly cursor: string };
  /** Of the page with older runs; null: there are none. */
  readonly older: string | null;
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

export const handler = {
  async GET(context: RequestContext) {
    const data = await dataOf(context, EMPTY, null);
    const { runs, broken, scenarios, older } = data;
    const names = scenarios.map(({ repo, config }) => `${repo}/${config}`);
    return page(data, { same: [...runs, "", ...broken, "", ...names, "", older].join("\n") });
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
  const given = (name: string) => (url.searchParams.get(name) ?? "").slice(0, 200);
  const status = RUN_STATUSES.find((each) => each === given("status"));
  const [text, cursor] = [given("text"), given("cursor")];
  const { rows, broken, next_cursor } = await app.listRows({
    ...(status !== undefined && { status }),
    ...(text !== "" && { text }),
    ...(cursor !== "" && { cursor }),
    limit: PAGE_SIZE,
  });
  return {
    runs: rows,
    broken,
    scenarios: scenarioNames(app),
    filter: { status: status ?? "", text, cursor },
    older: next_cursor,
    form,
    problem,
  };
}

export default function Runs({ context, data }: PageProps<Data>): VNode {
  const { runs, broken, filter, older } = data;
  return (
    <main>
      <h1>Runs</h1>
      {mayDo(context.principal, "run") && <StartForm data={data} />}
      <form class="row filter" method="get" action="/runs" role="search" aria-label="Runs">
        <label>
          Status
          <select name="status">
            <option value="">any</option>
            {RUN_STATUSES.map((each) => (
              <option key={each} value={each} selected={filter.status === each}>{each}</option>
            ))}
          </select>
        </label>
        <label class="wide">
          Part of the id or of the scenario's path
          <input type="search" name="text" value={filter.text} maxLength={200} />
        </label>
        <button type="submit">Filter</button>
      </form>
      {broken.length > 0 && (
        <p class="problem">
          <strong>Unreadable</strong> manifest.json: {broken.slice(0, 5).join(", ")}
          {broken.length > 5 ? ` and ${broken.length - 5} more` : ""}
        </p>
      )}
      {runs.length === 0
        ? <p class="empty">{filter.status === "" && filter.text === "" ? "No runs yet." : "No run matches."}</p>
        : <RunTable runs={JSON.parse(`[${runs.join()}]`)} />}
      <nav class="pages" aria-label="Pages">
        {filter.cursor !== "" && <a href={pageUrl(filter, "")}>Newest</a>}
        {older !== null && <a href={pageUrl(filter, older)} rel="next">Older</a>}
      </nav>
    </main>
  );
}

function StartForm({ data: { scenarios, form, problem } }: { readonly data: Data }): VNode {
  return (
    <section class="box start" aria-labelledby="start">
      <h2 id="start">Start a simulation</h2>
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
    </section>
  );
}

function pageUrl({ status, text }: Data["filter"], cursor: string): string {
  const query = new URLSearchParams({
    ...(status !== "" && { status }),
    ...(text !== "" && { text }),
    ...(cursor !== "" && { cursor }),
  });
  return query.size === 0 ? "/runs" : `/runs?${query}`;
}
