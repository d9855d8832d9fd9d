/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** `/compare?runs=a,b`: runs, and cells of batches, side by side. */

import type { VNode } from "preact";
import ComparePage from "../islands/compare_page.tsx";
import type { CompareOutput, RunRow } from "../runner/mod.ts";
import { page, type PageProps, type Problem, problemOf, type RequestContext } from "../server/mod.ts";
import { ProblemBox } from "./_parts/problem_box.tsx";

/** Runs that are offered. */
const MOST_OFFERED = 50;

interface Data {
  readonly ids: readonly string[];
  /** Null: none are named, or something is wrong with them. */
  readonly output: CompareOutput | null;
  readonly problem: Problem | null;
  /** Ids of the latest runs. */
  readonly offered: readonly string[];
}

export const title = ({ data: { output } }: PageProps<Data>): string => output === null ? "Compare" : named(output);
export const styles = ["batches.css"];

export const handler = {
  async GET(context: RequestContext) {
    const { app, url } = context;
    const ids = url.searchParams.getAll("runs").flatMap((each) => each.split(",")).map((id) => id.trim())
      .filter((id) => id !== "");
    const offered = (await app.listRows({ limit: MOST_OFFERED })).rows.map((row) => (JSON.parse(row) as RunRow).run_id);
    if (ids.length === 0) return page<Data>({ ids, output: null, problem: null, offered });
    try {
      const comparison = await app.compare(ids, await labelsOf(app, ids));
      const of = comparison.runs.map(({ label }) => label);
      return page<Data>({ ids, output: { type: "compare", of, comparison }, problem: null, offered });
    } catch (error) {
      const problem = problemOf(error, url.pathname, context.requestId);
      if (problem.status >= 500) throw error;
      return page<Data>({ ids, output: null, problem, offered }, { status: problem.status });
    }
  },
};

/** What runs of one name and seed are called, by what their ids differ in; undefined: they are told apart without it. */
async function labelsOf(app: RequestContext["app"], ids: readonly string[]): Promise<string[] | undefined> {
  if (ids.some((id) => id.startsWith("batch:"))) return undefined;
  const runs = await Promise.all(ids.map((id) => app.status(id)));
  const names = runs.map(({ run_id, name }) => name ?? run_id);
  if (new Set(runs.map(({ name, seed, parent }) => `${name} ${seed} ${parent?.turn}`)).size === runs.length) {
    return undefined;
  }
  const parts = runs.map(({ run_id }) => run_id.split("_"));
  const same = parts[0]!.findIndex((part, i) => parts.some((other) => other[i] !== part));
  return names.map((name, i) => `${name} ${parts[i]!.slice(Math.max(same, 0)).join("_")}`);
}

function named({ of }: CompareOutput): string {
  return of.length === 2 ? of.join(" and ") : `${of[0]} and ${of.length - 1} others`;
}

export default function Compare({ data }: PageProps<Data>): VNode {
  const { output, problem } = data;
  return (
    <main class="compare-page">
      <h1>{output === null ? "Compare runs" : named(output)}</h1>
      {output !== null && <Links output={output} />}
      {problem !== null && <ProblemBox problem={problem} />}
      {output === null ? <Names data={data} /> : (
        <>
          <ComparePage output={output} />
          <details class="box">
            <summary>Compare others</summary>
            <Names data={data} />
          </details>
        </>
      )}
    </main>
  );
}

function Links({ output: { of, comparison } }: { readonly output: CompareOutput }): VNode {
  return (
    <ul class="compared" aria-label="What is compared">
      {comparison.runs.map(({ id }, i) => (
        <li key={id}>
          <a href={urlOf(id)}>{of[i]}</a> {of[i] === id ? null : <span class="quiet id">{id}</span>}
        </li>
      ))}
    </ul>
  );
}

function urlOf(id: string): string {
  const batch = /^batch:([^/]+)/.exec(id)?.[1];
  return batch === undefined ? `/runs/${encodeURIComponent(id)}` : `/batches/${encodeURIComponent(batch)}`;
}

const FIELDS = ["First run", "Second run", "More, by commas"] as const;

/** A form that names what is compared; what is wrong is said at the field that it is about. */
function Names({ data: { ids, problem, offered } }: { readonly data: Data }): VNode {
  const values = [ids[0] ?? "", ids[1] ?? "", ids.slice(2).join(", ")];
  const wrong = problem === null ? -1 : wrongField(ids, problem.detail);
  return (
    <form class="compare-form" method="get" action="/compare">
      {FIELDS.map((label, i) => (
        <div key={label}>
          <label>
            {label}
            <input
              name="runs"
              list={i < 2 ? "latest-runs" : undefined}
              value={values[i]}
              maxLength={i < 2 ? 400 : 8000}
              spellcheck={false}
              autocomplete="off"
              required={i < 2}
              aria-invalid={i === wrong ? "true" : undefined}
              aria-describedby={i === wrong ? "wrong-run" : undefined}
            />
          </label>
          {i === wrong && <p class="field-problem" id="wrong-run">{problem!.detail}</p>}
        </div>
      ))}
      <datalist id="latest-runs">{offered.map((id) => <option key={id} value={id} />)}</datalist>
      <button class="first" type="submit">Compare</button>
      <p class="quiet">
        Ids of runs, or <code>batch:ID/cell</code> for all runs of a cell. In the{" "}
        <a href="/runs">list of runs</a>, choose two and press Compare.
      </p>
    </form>
  );
}

/** Position of the field that a problem is about; -1: of none by itself. */
function wrongField(ids: readonly string[], detail: string | undefined): number {
  if (ids.length === 1 && !detail?.includes(`'${ids[0]}'`)) return 1;
  const at = ids.findLastIndex((id) => detail?.includes(`'${id}'`));
  return Math.min(at, 2);
}
