/** `/`: the runs, and a form that starts one. */

import type { VNode } from "preact";
import { type Manifest, RUN_STATUSES, type RunQuery } from "../runner/mod.ts";
import {
  findScenario,
  mayDo,
  page,
  type PageProps,
  type Problem,
  problemOf,
  readForm,
  type RequestContext,
  type ScenarioFile,
  scenarioFiles,
} from "../server/mod.ts";
import { ProblemBox } from "./_parts/problem_box.tsx";
import { Status } from "./_parts/status.tsx";
import { age, moment } from "./_parts/times.ts";

const PAGE_SIZE = 50;
/** Pages that can be asked for: further down, a filter finds more. */
const LAST_PAGE = 2000;

interface Data {
  readonly runs: readonly Manifest[];
  readonly broken: readonly string[];
  readonly scenarios: readonly ScenarioFile[];
  readonly filter: { readonly status: string; readonly text: string; readonly page: number };
  readonly hasMore: boolean;
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

export const title = "Simulations";

export const handler = {
  async GET(context: RequestContext) {
    return page(await dataOf(context, EMPTY, null));
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
  const source = text.trim() !== ""
    ? { text }
    : { file: await findScenario(app, { repo: repo ?? "", config: config ?? "" }) };
  const { run_id } = await app.start({
    ...source,
    ...(seed !== "" &&
      { set: [{ path: "simulation.seed", value: /^-?\d+$/.test(seed) ? Number(seed) : seed, from: "seed" }] }),
    ...(step && { mode: "step" as const }),
  });
  return run_id;
}

async function dataOf({ app, url }: RequestContext, form: Form, problem: Problem | null): Promise<Data> {
  const given = url.searchParams.get("status") ?? "";
  const status = RUN_STATUSES.find((each) => each === given);
  const text = (url.searchParams.get("text") ?? "").slice(0, 200);
  const number = Math.min(LAST_PAGE, Math.max(1, Math.trunc(Number(url.searchParams.get("page") ?? 1)) || 1));
  const query: RunQuery = {
    ...(status !== undefined && { status }),
    ...(text !== "" && { text }),
    limit: number * PAGE_SIZE + 1,
  };
  const { runs, broken } = await app.list(query);
  return {
    runs: runs.slice((number - 1) * PAGE_SIZE, number * PAGE_SIZE),
    broken,
    scenarios: scenarioFiles(app),
    filter: { status: status ?? "", text, page: number },
    hasMore: runs.length > number * PAGE_SIZE,
    form,
    problem,
  };
}

export default function Runs({ context, data }: PageProps<Data>): VNode {
  const { runs, broken, filter, hasMore } = data;
  return (
    <main>
      <h1>Simulations</h1>
      {mayDo(context.principal, "run") && <StartForm data={data} />}
      <h2>Runs</h2>
      <form class="row" method="get" action="/">
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
        ? <p class="quiet">{filter.status === "" && filter.text === "" ? "No runs yet." : "No run matches."}</p>
        : <RunTable runs={runs} />}
      <nav class="pages" aria-label="Pages">
        {filter.page > 1 && <a href={pageUrl(filter, filter.page - 1)} rel="prev">Newer</a>}
        {hasMore && <a href={pageUrl(filter, filter.page + 1)} rel="next">Older</a>}
      </nav>
    </main>
  );
}

function StartForm({ data: { scenarios, form, problem } }: { readonly data: Data }): VNode {
  return (
    <section class="panel">
      {problem !== null && <ProblemBox problem={problem} />}
      <form method="post" action="/">
        <div class="row">
          <label class="wide">
            Scenario
            <select name="scenario">
              {[...Map.groupBy(scenarios, ({ repo }) => repo)].map(([repo, files]) => (
                <optgroup key={repo} label={repo}>
                  {files.map(({ config }) => {
                    const value = `${repo}/${config}`;
                    return <option key={value} value={value} selected={form.scenario === value}>{config}</option>;
                  })}
                </optgroup>
              ))}
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

function RunTable({ runs }: { readonly runs: readonly Manifest[] }): VNode {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Status</th>
            <th scope="col" class="count">Turn</th>
            <th scope="col">Domain</th>
            <th scope="col">Validity</th>
            <th scope="col" class="count">Cost</th>
            <th scope="col">Started</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.run_id}>
              <td>
                <a class="id" href={`/runs/${encodeURIComponent(run.run_id)}`}>{run.run_id}</a>
              </td>
              <td>
                <Status status={run.status} />
              </td>
              <td class="count">{run.turn}/{run.max_turns}</td>
              <td>{run.repo}</td>
              <td class={run.validity.state === "valid" ? "quiet" : ""} title={run.validity.reasons.join("; ")}>
                {run.validity.state}
              </td>
              <td class="count">{run.cost.calls === 0 ? "" : `$${run.cost.usd.toFixed(4)}`}</td>
              <td class="quiet" title={moment(run.created_at)}>{age(run.created_at)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function pageUrl({ status, text }: Data["filter"], number: number): string {
  const query = new URLSearchParams({
    ...(status !== "" && { status }),
    ...(text !== "" && { text }),
    ...(number > 1 && { page: String(number) }),
  });
  return query.size === 0 ? "/" : `/?${query}`;
}
