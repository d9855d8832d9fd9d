/** @jsxImportSource preact */
/** `/runs/{id}`: one run, as it stands and as it was at any of its turns, and what can be done with it. */

import type { VNode } from "preact";
import RunPage from "../../islands/run_page.tsx";
import type { RunSubject } from "../../islands/_parts/run/subject.ts";
import { isEnded, type Manifest } from "../../runner/mod.ts";
import {
  mayDo,
  page,
  type PageProps,
  type Problem,
  problemOf,
  readForm,
  type RequestContext,
} from "../../server/mod.ts";
import { ProblemBox } from "../_parts/problem_box.tsx";
import { subjectOf } from "../_parts/run_subject.ts";

export const styles = ["run_page.css", "run_tabs.css"];

/** Seconds after which the page of a run under way is loaded anew where there are no scripts. */
const REFRESH = 2;
/** Milliseconds that a verb which ends with the turn is waited for, before the page is shown again. */
const PATIENCE = 1000;

interface Data {
  /** Null: there is no such run. */
  readonly subject: RunSubject | null;
  readonly id: string;
  readonly globals: readonly (readonly [name: string, value: unknown])[];
  readonly problem: Problem | null;
}

export const title = ({ data }: PageProps<Data>): string => data.subject === null ? "No such run" : data.id;

export const handler = {
  async GET(context: RequestContext, { id }: { readonly id: string }) {
    try {
      return page(await dataOf(context, id, null));
    } catch (error) {
      const problem = problemOf(error, context.url.pathname, context.requestId);
      if (problem.code !== "unknown_run" || context.request.headers.get("accept")?.includes("text/html") !== true) {
        throw error;
      }
      return page<Data>({ subject: null, id, globals: [], problem }, { status: 404 });
    }
  },

  async POST(context: RequestContext, { id }: { readonly id: string }) {
    context.note({ run_id: id });
    const fields = await readForm(context.request);
    try {
      await act(context, id, fields.get("verb") ?? "");
      return new Response(null, { status: 303, headers: { location: `/runs/${encodeURIComponent(id)}` } });
    } catch (error) {
      const problem = problemOf(error, context.url.pathname, context.requestId);
      if (problem.status >= 500 || problem.status === 404) throw error;
      return page(await dataOf(context, id, problem), { status: problem.status });
    }
  },
};

const VERBS = ["pause", "resume", "step", "cancel"] as const;

async function act({ app, log }: RequestContext, id: string, word: string): Promise<void> {
  const verb = VERBS.find((each) => each === word);
  if (verb === undefined) return;
  const { promise: late, resolve } = Promise.withResolvers<void>();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    resolve();
  }, PATIENCE);
  const done = app[verb](id);
  // What goes wrong later than the page is shown can only be told in the log.
  done.catch((error) => isLate && log.failure(`${verb} failed`, error, { run_id: id }));
  try {
    await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function dataOf(context: RequestContext, id: string, problem: Problem | null): Promise<Data> {
  const { app } = context;
  const run = await app.status(id);
  const subject = await subjectOf(context, run);
  const globals = Object.entries((await app.state(id))?.state.global_state ?? {});
  return { subject, id: run.run_id, globals: subject.conversation === null ? globals : [], problem };
}

export default function Run({ context, data: { subject, id, globals, problem } }: PageProps<Data>): VNode {
  if (subject === null) return <Missing id={id} problem={problem!} />;
  const { principal, url } = context;
  const may = { run: mayDo(principal, "run"), edit: mayDo(principal, "edit"), admin: mayDo(principal, "admin") };
  const status = subject.output.status as Manifest["status"];
  const isMoving = status === "queued" || status === "running";
  return (
    <div class="run-slot">
      {problem !== null && <ProblemBox problem={problem} />}
      <RunPage subject={subject} may={may} query={url.search} />
      {isMoving && (
        <noscript>
          <meta http-equiv="refresh" content={String(REFRESH)} />
        </noscript>
      )}
      <section class="plain-run" aria-label="Without scripts">
        {may.run && !isEnded(status) && <Actions status={status} />}
        {globals.length > 0 && (
          <>
            <h2>World at the last saved turn</h2>
            <dl class="facts box">
              {globals.slice(0, MOST_VARIABLES).map(([name, value]) => (
                <Fact key={name} name={name} value={shortJson(value)} />
              ))}
            </dl>
          </>
        )}
      </section>
    </div>
  );
}

/** There is no such run: what may have become of it, and where to look. */
function Missing({ id, problem }: { readonly id: string; readonly problem: Problem }): VNode {
  const name = id.replace(/_\d+agents_\d{8}_\d{6}_\d+$/, "").slice(0, 100);
  return (
    <main class="narrow">
      <h1>Not Found</h1>
      <p>
        There is no run <code>{id}</code>. It may have been deleted, or its address was cut off.
      </p>
      <p>
        <a href={`/runs?text=${encodeURIComponent(name)}`}>Runs with a name like it</a>, <a href="/runs">all runs</a>,
        {" "}
        <a href="/">home</a>
      </p>
      <p class="quiet">
        <code>{problem.code}</code>, request <code>{problem.request_id}</code>
      </p>
    </main>
  );
}

/** Variables shown, and characters of each: a world may have thousands. */
const [MOST_VARIABLES, MOST_CHARACTERS] = [60, 200];

function shortJson(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS)}…`;
}

function Fact({ name, value }: { readonly name: string; readonly value: string }): VNode {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function Actions({ status }: { readonly status: Manifest["status"] }): VNode {
  const moving = status === "queued" || status === "running";
  const verbs: readonly (readonly [verb: typeof VERBS[number], words: string])[] = moving
    ? [["pause", "Pause"], ["cancel", "Cancel"]]
    : [["resume", "Resume"], ["step", "Play one turn"], ["cancel", "Cancel"]];
  return (
    <form class="actions" method="post">
      {verbs.map(([verb, words]) => <button key={verb} type="submit" name="verb" value={verb}>{words}</button>)}
    </form>
  );
}
