/** @jsxImportSource preact */
/** `/runs/{id}`: where one run is, and what can be done with it. */

import type { VNode } from "preact";
import { CONVERSATION_FORMATS, type ConversationRun, isEnded, type Manifest } from "../../runner/mod.ts";
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
import { Status } from "../_parts/status.tsx";
import { moment } from "../_parts/times.ts";
import { Transcript } from "../_parts/transcript.tsx";

/** Seconds after which the page of a run under way is loaded anew. */
const REFRESH = 2;
/** Milliseconds that a verb which ends with the turn is waited for, before the page is shown again. */
const PATIENCE = 1000;

interface Data {
  readonly run: Manifest;
  readonly globals: readonly (readonly [name: string, value: unknown])[];
  /** Null: it is none, or there are none on this server. */
  readonly conversation: ConversationRun | null;
  readonly problem: Problem | null;
}

export const title = ({ data }: PageProps<Data>): string => data.run.run_id;

export const handler = {
  async GET(context: RequestContext, { id }: { readonly id: string }) {
    const data = await dataOf(context, id, null);
    const { status } = data.run;
    const isMoving = status === "queued" || status === "running";
    return page(data, { headers: isMoving ? { refresh: String(REFRESH) } : {} });
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

async function dataOf({ app, features }: RequestContext, id: string, problem: Problem | null): Promise<Data> {
  const run = await app.status(id);
  const mayBe = features.simulatedUserMode && run.repo === "conversation";
  if (mayBe && (await app.runConfig(id)).conversation) {
    return { run, globals: [], conversation: await app.conversations.get(id), problem };
  }
  const state = await app.state(id);
  return { run, globals: Object.entries(state?.state.global_state ?? {}), conversation: null, problem };
}

export default function Run({ context, data: { run, globals, conversation, problem } }: PageProps<Data>): VNode {
  const { run_id, status, turn, max_turns } = run;
  const api = `/api/simulations/${encodeURIComponent(run_id)}`;
  return (
    <main>
      <h1 class="id">{run_id}</h1>
      {problem !== null && <ProblemBox problem={problem} />}
      <section class="box">
        <dl class="facts">
          <dt>Status</dt>
          <dd>
            <Status status={status} />
            {run.status_reason !== undefined && <span class="quiet">&#32;{run.status_reason}</span>}
          </dd>
          <dt>Turn</dt>
          <dd>
            {turn} of at most {max_turns} <progress value={turn} max={max_turns} aria-label="Turns played" />
          </dd>
          <dt>Domain</dt>
          <dd>{run.repo}</dd>
          {run.scenario_path !== undefined && <Fact name="Scenario" value={run.scenario_path} />}
          <Fact name="Seed" value={`${run.seed}, sample ${run.sample}`} />
          {run.parent !== undefined && (
            <>
              <dt>Fork of</dt>
              <dd>
                <a class="id" href={`/runs/${encodeURIComponent(run.parent.run_id)}`}>{run.parent.run_id}</a> at turn
                {" "}
                {run.parent.turn}
              </dd>
            </>
          )}
          <Fact name="Validity" value={[run.validity.state, ...run.validity.reasons].join(": ")} />
          {run.models.length > 0 && <Fact name="Models" value={run.models.join(", ")} />}
          {run.cost.calls > 0 && (
            <Fact name="Cost" value={`$${run.cost.usd.toFixed(4)}, ${run.cost.calls} calls of models`} />
          )}
          <Fact name="Created" value={moment(run.created_at)} />
          {run.ended_at !== undefined && <Fact name="Ended" value={moment(run.ended_at)} />}
          {run.error !== undefined && <Fact name="Error" value={`${run.error.code}: ${run.error.message}`} />}
        </dl>
        {mayDo(context.principal, "run") && !isEnded(status) && <Actions status={status} />}
      </section>
      {conversation !== null && <Transcript run={conversation} />}
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
      {mayDo(context.principal, "edit") && (
        <form method="post" action="/">
          <button type="submit" name="run" value={run_id}>Open in a notebook</button>
        </form>
      )}
      <h2>Data</h2>
      <ul class="plain-list">
        <li>
          <a href={api}>status and state</a> <span class="quiet">(JSON)</span>
        </li>
        {isEnded(status) && (
          <li>
            <a href={`${api}/results`}>results</a> <span class="quiet">(JSON)</span>
          </li>
        )}
        {conversation !== null && CONVERSATION_FORMATS.map((format) => (
          <li key={format}>
            <a href={`/simulation/${encodeURIComponent(run_id)}/export?format=${format}`}>conversation</a>{" "}
            <span class="quiet">({format})</span>
          </li>
        ))}
      </ul>
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
