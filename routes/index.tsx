/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/`: notebooks, what is going on, and ways to begin. */

import type { VNode } from "preact";
import { SimError } from "../framework/mod.ts";
import { type NotebookFile, type RunRow, type Starter, STARTERS } from "../runner/mod.ts";
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
  templateText,
  writeNotebook,
} from "../server/mod.ts";
import { ShellIcon, type ShellIconName } from "../islands/_parts/shell/shell_icons.tsx";
import { emptyNotebook } from "../islands/_parts/shell/notebook_files.ts";
import { notebookUrl } from "../islands/_parts/shell/tree_model.ts";
import { freePath, namedFor } from "./_parts/notebook_names.ts";
import { ProblemBox } from "./_parts/problem_box.tsx";
import { RunTable } from "./_parts/run_table.tsx";
import { ScenarioOptions } from "./_parts/scenario_options.tsx";
import { age, moment } from "./_parts/times.ts";

/** Notebooks and runs that are shown. */
const [MOST_NOTEBOOKS, MOST_RUNS] = [9, 8];

interface Data {
  /** The last changed first. */
  readonly notebooks: readonly NotebookFile[];
  readonly moreNotebooks: number;
  readonly going: readonly RunRow[];
  readonly runs: readonly RunRow[];
  readonly scenarios: readonly ScenarioName[];
  readonly problem: Problem | null;
}

export const title = "";

/** Starting a notebook writes a file. */
export const handler = {
  async GET(context: RequestContext) {
    const data = await dataOf(context, null);
    return page(data, { same: JSON.stringify(data) });
  },

  async POST(context: RequestContext) {
    const fields = await readForm(context.request);
    try {
      const path = await make(context, fields);
      context.note({ notebook: path });
      return new Response(null, { status: 303, headers: { location: notebookUrl(path) } });
    } catch (error) {
      const problem = problemOf(error, context.url.pathname, context.requestId);
      if (problem.status >= 500) throw error;
      return page(await dataOf(context, problem), { status: problem.status });
    }
  },
};

/** Makes a notebook of what a form asks for; its path. */
async function make({ app, principal }: RequestContext, fields: ReadonlyMap<string, string>): Promise<string> {
  if (!mayDo(principal, "edit")) {
    throw new SimError("scope_missing", "this key may not write notebooks", { hint: "it needs the scope edit" });
  }
  const [starter, scenario, run, batch] = ["starter", "scenario", "run", "batch"].map((name) => fields.get(name));
  const asked = {
    ...(starter && { starter: STARTERS.find((each) => each === starter) ?? (starter as Starter) }),
    ...(scenario && { scenario }),
    ...(run && { run }),
    ...(batch && { batch }),
  };
  const isEmpty = Object.keys(asked).length === 0;
  const wanted = (fields.get("path") ?? "").trim() || namedFor({ starter, scenario, run, batch });
  const taken = new Set((await app.notebooks.list()).map(({ path }) => path));
  const path = freePath(wanted, taken);
  const text = isEmpty ? emptyNotebook(path) : await templateText(app, asked);
  await writeNotebook(app, path, text, "none");
  return path;
}

async function dataOf({ app }: RequestContext, problem: Problem | null): Promise<Data> {
  const [files, going, runs] = await Promise.all([
    app.notebooks.list(),
    app.listRows({ status: ["running", "queued"], limit: MOST_RUNS }),
    app.listRows({ limit: MOST_RUNS }),
  ]);
  const notebooks = files.toSorted((a, b) => a.modified_at < b.modified_at ? 1 : -1);
  return {
    notebooks: notebooks.slice(0, MOST_NOTEBOOKS),
    moreNotebooks: Math.max(0, notebooks.length - MOST_NOTEBOOKS),
    going: going.rows.map((row) => JSON.parse(row)),
    runs: runs.rows.map((row) => JSON.parse(row)),
    scenarios: scenarioNames(app),
    problem,
  };
}

export default function Home({ context, data }: PageProps<Data>): VNode {
  const { notebooks, moreNotebooks, going, runs, scenarios, problem } = data;
  const mayEdit = mayDo(context.principal, "edit");
  return (
    <main class="home">
      <div class="title-row">
        <h1>Notebooks</h1>
        {mayEdit && (
          <form method="post" action="/">
            <button type="submit">
              <ShellIcon name="plus" /> New notebook
            </button>
          </form>
        )}
      </div>
      {problem !== null && <ProblemBox problem={problem} />}
      {notebooks.length > 0 && (
        <ul class="cards">{notebooks.map((notebook) => <NotebookCard key={notebook.path} notebook={notebook} />)}</ul>
      )}
      {moreNotebooks > 0 && <p class="quiet">{moreNotebooks} more in the tree</p>}
      {notebooks.length === 0 && (
        <p class="empty">
          No notebooks yet. {mayEdit ? "Begin with one of these: each is a page that works as it is." : ""}
        </p>
      )}
      {mayEdit && (
        <section aria-labelledby="starters">
          <h2 id="starters">Begin with</h2>
          <ul class="cards">
            {STARTERS.map((starter) => <StarterCard key={starter} starter={starter} />)}
            <li class="card starter">
              <form method="post" action="/">
                <label class="card-title" for="from-scenario">
                  <ShellIcon name="scenario" /> A scenario
                </label>
                <select id="from-scenario" name="scenario">
                  <ScenarioOptions scenarios={scenarios} />
                </select>
                <button type="submit">Make a notebook</button>
              </form>
            </li>
          </ul>
        </section>
      )}
      {going.length > 0 && (
        <section aria-labelledby="going">
          <h2 id="going">Running</h2>
          <RunTable runs={going} />
        </section>
      )}
      <section aria-labelledby="latest">
        <div class="title-row">
          <h2 id="latest">Latest runs</h2>
          <a href="/runs">All runs</a>
        </div>
        {runs.length > 0 ? <RunTable runs={runs} /> : (
          <p class="empty">
            No runs yet. <a href="/runs">Start a scenario</a>, or run a cell of a notebook.
          </p>
        )}
      </section>
    </main>
  );
}

function NotebookCard({ notebook }: { readonly notebook: NotebookFile }): VNode {
  const { path, title, modified_at, readonly } = notebook;
  return (
    <li class="card">
      <a class="card-title" href={notebookUrl(path)}>
        <ShellIcon name="book" /> {title === "" ? path : title}
      </a>
      <span class="card-path">{path}</span>
      <span class="card-foot" title={moment(modified_at)}>
        changed {age(modified_at)}
        {readonly && ", read only"}
      </span>
    </li>
  );
}

const ABOUT: { readonly [starter in Starter]: { readonly icon: ShellIconName; title: string; text: string } } = {
  compare: { icon: "run", title: "Compare two scenarios", text: "Two runs side by side, and where they part." },
  sweep: { icon: "batch", title: "Sweep a parameter", text: "One scenario, many values, a chart of what comes out." },
  conversation: {
    icon: "conversation",
    title: "Talk to a simulated user",
    text: "A user with a goal tests a chat agent, turn by turn.",
  },
};

function StarterCard({ starter }: { readonly starter: Starter }): VNode {
  const { icon, title, text } = ABOUT[starter];
  return (
    <li class="card starter">
      <form method="post" action="/">
        <button class="card-button" type="submit" name="starter" value={starter}>
          <span class="card-title">
            <ShellIcon name={icon} /> {title}
          </span>
          <span class="card-text">{text}</span>
        </button>
      </form>
    </li>
  );
}
