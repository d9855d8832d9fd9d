/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The head of a run's page: where it stands, where it comes from, and what can be done with it. */

import type { ComponentChildren, VNode } from "preact";
import { useState } from "preact/hooks";
import "@preact/signals";
import { type Actions, Notice, TroubleBox, useMounted } from "../actions.tsx";
import { Icon } from "../icons.tsx";
import { count, dollars, duration, moment, percent } from "../number_format.tsx";
import { ProgressBar } from "../progress_bar.tsx";
import { ProvenanceButton } from "../provenance.tsx";
import { RunButtons } from "../run_buttons.tsx";
import { isEnded, type RunState } from "../run_follower.ts";
import { reasonText, StatusBadge } from "../status_badge.tsx";
import type { RunPageState } from "./page_state.ts";
import type { May, RunSubject } from "./subject.ts";
import { Delete, Exports, Labels, Replay, type Replayed, ReplayNote } from "./tools.tsx";

/** What it is told. */
export interface HeaderProps {
  readonly state: RunPageState;
  readonly subject: RunSubject;
  readonly may: May;
  readonly actions: Actions;
  readonly onSteered: () => void;
}

/** The head. */
export function Header({ state, subject, may, actions, onSteered }: HeaderProps): VNode {
  const { status } = state.run.value;
  const isOver = isEnded(status);
  const isThere = status !== "removed";
  const isReplayable = subject.isPlayable && subject.conversation === null;
  const [replayed, setReplayed] = useState<Replayed | null>(null);
  return (
    <header class="run-page-head">
      <div class="title-row">
        <h1 class="id">{state.runId}</h1>
        <div class="run-page-tools">
          {may.edit && isThere
            ? (
              <form method="post" action="/">
                <button type="submit" name="run" value={state.runId}>Open in a notebook</button>
              </form>
            )
            : null}
          {isThere ? <Exports runId={state.runId} isOver={isOver} formats={subject.formats} /> : null}
          {may.run && isThere && isReplayable && status !== "queued" && status !== "running"
            ? <Replay runId={state.runId} actions={actions} onReplayed={setReplayed} />
            : null}
          {may.admin && isOver && isThere ? <Delete runId={state.runId} actions={actions} /> : null}
        </div>
      </div>
      {/* Of a conversation, its own view tells how it stands, and steers it. */}
      {subject.conversation === null ? <Standing {...{ state, subject, may, actions, onSteered }} /> : null}
      {actions.trouble ? <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} /> : null}
      {replayed === null ? null : <ReplayNote replayed={replayed} />}
      <Remarks state={state} subject={subject} may={may} />
      <Origin subject={subject} />
      <Labels runId={state.runId} labels={subject.labels} may={{ ...may, run: may.run && isThere }} actions={actions} />
    </header>
  );
}

/** How it stands, and what it can be told now. */
function Standing({ state, subject, may, actions, onSteered }: HeaderProps): VNode {
  const run = state.run.value;
  const { status, turn, max_turns, cost_usd } = run;
  const isOver = isEnded(status);
  return (
    <>
      {isOver
        ? null
        : <ProgressBar value={turn} max={max_turns} label="turns played" text={`turn ${turn} of ${max_turns}`} />}
      <div class="run-head">
        <div class="facts-line">
          <StatusBadge status={status} detail={detailOf(run)} />
          <span class="number">turn {count(turn)} of at most {count(max_turns)}</span>
          {cost_usd === null ? null : <span class="number">{dollars(cost_usd)}</span>}
          <StatusBadge status={run.validity ?? "valid"} />
          <ProvenanceButton provenance={subject.provenance} />
        </div>
        {may.run && status !== "removed"
          ? (
            <div class="buttons">
              <RunButtons
                state={run}
                actions={actions}
                forkTurn={state.turn.value}
                onSteered={onSteered}
                isPlayable={subject.isPlayable}
              />
              {isOver ? null : <Intervene state={state} />}
            </div>
          )
          : null}
      </div>
    </>
  );
}

/** What follows the status: how far it is, or why it stands there. */
function detailOf({ status, turn, max_turns, speed, reason, error }: RunState): string | null {
  if (status === "running") {
    const left = speed === null ? "" : ` · ${duration((max_turns - turn) / speed)} left`;
    return `${percent(turn / Math.max(1, max_turns))}${left}`;
  }
  // What went wrong is told in full below.
  return error === null ? reasonText(status, reason) : null;
}

/** Leads to the forms. */
function Intervene({ state }: { readonly state: RunPageState }): VNode {
  const isMounted = useMounted();
  return (
    <button type="button" disabled={!isMounted} onClick={() => void (state.tab.value = "inputs")}>
      <Icon name="user" />
      Intervene
    </button>
  );
}

/** What must not be overlooked. */
function Remarks({ state, subject, may }: Pick<HeaderProps, "state" | "subject" | "may">): VNode {
  const { status, validity, validity_reasons, error, waiting } = state.run.value;
  return (
    <>
      {status === "removed"
        ? (
          <Notice tone="error">
            <strong role="status">This run has been deleted.</strong> What is shown is what this page knew of it.{" "}
            <a href="/runs">All runs</a>
          </Notice>
        )
        : null}
      {waiting.length === 0 || subject.conversation !== null ? null : (
        <Notice tone="stale" icon="user">
          <strong>It waits for a person to decide for {waiting.join(", ")}.</strong> {may.run
            ? <button type="button" class="plain" onClick={() => void (state.tab.value = "inputs")}>Decide</button>
            : null}
        </Notice>
      )}
      {subject.isPlayable ? null : (
        <Notice tone="stale">
          <strong>The domain {subject.output.repo} is not on this server.</strong>{" "}
          What the run has written can be looked at; it cannot be played on or forked.
        </Notice>
      )}
      {subject.damaged.length === 0 ? null : (
        <Notice tone="error">
          <strong>Damaged: {subject.damaged.join(", ")}.</strong>{" "}
          What cannot be read is left out. Cells that read this run, and its replay, will fail.
        </Notice>
      )}
      {validity === "void" || validity === "degraded"
        ? (
          <Notice tone={validity === "void" ? "error" : "stale"}>
            <strong>
              {validity === "void" ? "Void: its numbers say nothing." : "Degraded: read its numbers with care."}
            </strong>{" "}
            {validity_reasons.join("; ")}
          </Notice>
        )
        : null}
      {error === null ? null : <TroubleBox title="The run failed." trouble={error} />}
    </>
  );
}

/** Where it comes from. */
function Origin({ subject }: { readonly subject: RunSubject }): VNode {
  const { output, scenario, notebook, batch, seed, sample, created_at, ended_at, isPlayable } = subject;
  const { parent, repo } = output;
  return (
    <dl class="run-origin">
      <Fact name="Domain" href={isPlayable ? `/domains/${encodeURIComponent(repo)}` : null}>{repo}</Fact>
      {scenario === null ? null : <Fact name="Scenario" href={scenario.href}>{scenario.path}</Fact>}
      <Fact name="Seed">{seed}{sample === 0 ? "" : `, sample ${sample}`}</Fact>
      {parent === null
        ? null
        : (
          <Fact name={`Fork at turn ${count(parent.turn)} of`} href={`/runs/${encodeURIComponent(parent.run_id)}`}>
            {parent.run_id}
          </Fact>
        )}
      {notebook === null ? null : <Fact name="Notebook" href={notebook.href}>{notebook.path}</Fact>}
      {batch === null ? null : <Fact name="Batch" href={`/batches/${encodeURIComponent(batch)}`}>{batch}</Fact>}
      <Fact name="Created">{moment(created_at)}</Fact>
      {ended_at === null ? null : <Fact name="Ended">{moment(ended_at)}</Fact>}
    </dl>
  );
}

function Fact({ name, href = null, children }: {
  readonly name: string;
  readonly href?: string | null;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{href === null ? children : <a href={href}>{children}</a>}</dd>
    </div>
  );
}
