/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A conversation: its turns, the plan that it is about, and the buttons that play it. */

import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import "@preact/signals";
import { ActionButton, ButtonGroup, ConnectionNote, Notice, TroubleBox, useActions } from "./actions.tsx";
import { announce } from "./announce.ts";
import { type ApiError, conversations, runs } from "./api.ts";
import { conversationUrl } from "./conversation/line.ts";
import { live } from "./live.ts";
import { count, dollars, percent } from "./number_format.tsx";
import { ProgressBar } from "./progress_bar.tsx";
import { ProvenanceButton } from "./provenance.tsx";
import { reasonText, StatusBadge } from "./status_badge.tsx";
import { MessageBox, USER } from "./message_box.tsx";
import { TurnView } from "./turn_view.tsx";
import type { ConversationOutput, ConversationRun, Provenance } from "./types.ts";

/** What it is told. */
export interface ConversationViewProps {
  readonly output: ConversationOutput;
  readonly provenance?: Provenance | null;
  /** Whether it listens to the page's stream. Default true. */
  readonly live?: boolean;
  /** Nothing may be steered. */
  readonly readonly?: boolean;
  /** A fork after this turn is wanted; default: one is started, and its page opened. */
  readonly onFork?: (turn: number) => void;
  /** It has come to its end, or was steered. */
  readonly onChange?: () => void;
  /** What it has on a page of its own. */
  readonly page?: ConversationPageParts;
}

/** What a conversation has on its own page, beside what a cell shows of it. */
export interface ConversationPageParts {
  /** The turn that is looked at; null: the last one, whichever it is. */
  readonly at: number | null;
  readonly onLook: (turn: number | null) => void;
  readonly mayLabel: boolean;
  /** Another judge is wanted: who, is asked first. */
  readonly onJudgeAnew: () => void;
  /** What the judge before said, by turn; empty: there was none. */
  readonly earlier: readonly (string | null)[];
  /** What asks, if anything does. */
  readonly dialog: (run: ConversationRun) => VNode | null;
  /** Told of it whenever it has been read anew. */
  readonly onRun: (run: ConversationRun) => void;
  /** Stands beside what was said, in place of the outline as text. */
  readonly aside: (run: ConversationRun) => VNode;
}

/** A conversation. */
export function ConversationView(props: ConversationViewProps): VNode {
  const { output, provenance = null, live: listens = true, onChange, page } = props;
  const { run, setRun, refresh, isGone, lose } = useConversation(output, listens, onChange);
  useEffect(() => page?.onRun(run), [run]);
  const actions = useActions(lose);
  const [isBusy, setBusy] = useState(false);
  const [isPerson, setPerson] = useState(output.writable);
  useEffect(() => setPerson(output.writable), [output]);
  const isOver = isGone || ["finished", "cancelled", "error"].includes(run.status);
  const readonly = isGone || props.readonly === true;
  const played = run.turns.length;
  const most = run.config.max_turns;
  const open = (runId: string) => location.assign(conversationUrl(runId));
  const reason = reasonText(run.status, run.ended_by ?? run.status_reason);
  const isLong = reason !== null && reason.length > LONGEST_DETAIL;
  const looked = page === undefined ? null : Math.min(page.at ?? played, played);
  const steer = (label: string, verb: () => Promise<unknown>) => async () => {
    if (!await actions.act(label, verb)) return;
    await refresh();
    onChange?.();
  };
  const verbs = useLatest({
    onLook: (index: number) => page?.onLook(index === played ? null : index),
    onLabel: (index: number, alignment: string, note: string) =>
      void actions.act("Save verdict", async () => {
        setRun(await conversations.label(run.run_id, index, alignment, note));
        onChange?.();
      }),
    onUnlabel: (index: number) =>
      void actions.act("Take back", async () => {
        setRun(await conversations.unlabel(run.run_id, index));
        onChange?.();
      }),
    onFork: (index: number) =>
      props.onFork
        ? props.onFork(index)
        : void actions.act("Fork here", async () => open((await runs.fork(run.run_id, index)).run_id)),
  });
  return (
    <div class="conversation-view">
      {isOver
        ? null
        : <ProgressBar value={played} max={most} label="turns played" text={`turn ${played} of ${most}`} />}
      <div class="run-head">
        <div class="facts-line">
          <StatusBadge status={run.status} detail={isLong ? null : reason} />
          <span class="number">turn {count(played)} of {count(most)}</span>
          <Tally run={run} />
          <span class="number">{dollars(run.cost.usd)}</span>
          {provenance === null ? null : <ProvenanceButton provenance={provenance} />}
          {page === undefined ? <a href={conversationUrl(run.run_id)}>its page</a> : null}
        </div>
        {readonly ? null : (
          <ButtonGroup label="Play the conversation">
            {/* First, so that the buttons that are pressed again and again stay where they are. */}
            {played === 0 && (page === undefined || isOver) ? null : (
              <ActionButton
                icon="redo"
                disabled={played === 0}
                label="Judge anew"
                title="As a run of its own; nobody speaks anew"
                actions={actions}
                onClick={() =>
                  page ? page.onJudgeAnew() : void actions.act(
                    "Judge anew",
                    async () => open((await conversations.rejudge(run.run_id)).run_id),
                  )}
              />
            )}
            {page === undefined || isOver || run.config.user.kind === "human" ? null : (
              <ActionButton
                icon="user"
                label={isPerson ? "Give back" : "Take over"}
                title={isPerson
                  ? `The ${run.config.user.kind} user speaks again, from the next turn on`
                  : "You speak for the user, from the next turn on"}
                actions={actions}
                onClick={() =>
                  void actions.act(isPerson ? "Give back" : "Take over", async () => {
                    await runs.handOver(run.run_id, USER, isPerson ? "rule" : "human");
                    setPerson(!isPerson);
                  })}
              />
            )}
            {run.status === "idle"
              ? (
                <>
                  <ActionButton
                    icon="step"
                    label="Step"
                    primary
                    title="Play one turn"
                    actions={actions}
                    onClick={steer("Step", async () => {
                      setBusy(false);
                      try {
                        const { run: next, waiting } = await conversations.advance(run.run_id, played + 1);
                        setRun(next);
                        if (waiting) announce("A person is to speak for the user");
                      } catch (error) {
                        // Somebody else was faster: what is wanted comes.
                        if ((error as ApiError).code !== "busy") throw error;
                        setBusy(true);
                      }
                    })}
                  />
                  <ActionButton
                    icon="play"
                    label="Auto"
                    title="Play until it ends"
                    actions={actions}
                    onClick={steer("Auto", () => runs.resume(run.run_id))}
                  />
                </>
              )
              : null}
            {run.status === "running"
              ? (
                <ActionButton
                  icon="pause"
                  label="Stop"
                  title="After this turn"
                  actions={actions}
                  onClick={steer("Stop", () => runs.pause(run.run_id))}
                />
              )
              : null}
            {isOver ? null : (
              <ActionButton
                icon="x"
                label="Cancel"
                title="End it for good"
                actions={actions}
                onClick={steer("Cancel", () => conversations.cancel(run.run_id))}
              />
            )}
          </ButtonGroup>
        )}
      </div>
      {page?.dialog(run)}
      {isOver || !listens ? null : <ConnectionNote />}
      {actions.trouble ? <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} /> : null}
      {isGone
        ? <Notice tone="error">This conversation has been deleted. What was read of it is still shown.</Notice>
        : null}
      {isBusy && !isOver
        ? (
          <Notice tone="running" icon="info">
            Somebody else plays this turn already; it is shown when it has been.
          </Notice>
        )
        : null}
      {isLong && !isGone ? <Notice tone="stale">{reason}</Notice> : null}
      <Believable run={run} />
      {run.error === null ? null : <TroubleBox title="The conversation broke off." trouble={run.error} />}
      {run.config.improvement_goal === null ? null : <p class="goal">Goal: {run.config.improvement_goal}</p>}
      <p class="muted parties">
        {run.config.case === null ? "" : `Case ${run.config.case} · `}user {run.config.user.kind} · agent{" "}
        {run.config.agent.adapter} · judge {run.config.judge.kind} · seed {count(run.seed)}
      </p>
      <div class={run.outline === null && page === undefined ? "conversation" : "conversation conversation-with-plan"}>
        <div>
          {played === 0 ? <p class="empty">Nothing has been said yet.</p> : null}
          <ol class="turns">
            {run.turns.map((turn) => (
              <TurnView
                key={turn.index}
                turn={turn}
                common={run.config.improvement_goal}
                actions={actions}
                readonly={readonly}
                {...(page &&
                  {
                    isLookedAt: turn.index === looked,
                    onLook: verbs.onLook,
                    mayLabel: page.mayLabel,
                    earlier: page.earlier[turn.index - 1] ?? null,
                  })}
                onLabel={verbs.onLabel}
                onUnlabel={verbs.onUnlabel}
                onFork={verbs.onFork}
              />
            ))}
          </ol>
          {isPerson && !readonly && !isOver ? <MessageBox runId={run.run_id} onSaid={refresh} /> : null}
        </div>
        {page !== undefined ? page.aside(run) : run.outline === null ? null : (
          <aside class="plan" aria-label="The plan">
            <h2>Plan</h2>
            <pre tabindex={0}>{run.outline}</pre>
          </aside>
        )}
      </div>
    </div>
  );
}

/** The same functions at every drawing, which do what they do at the last one. */
function useLatest<T extends { readonly [name: string]: (...args: never[]) => unknown }>(verbs: T): T {
  const latest = useRef(verbs);
  latest.current = verbs;
  const same = useMemo(() =>
    Object.fromEntries(
      Object.keys(verbs).map((name) => [name, (...args: never[]) => latest.current[name]!(...args)]),
    ), []);
  return same as T;
}

/** Characters that fit into a badge. */
const LONGEST_DETAIL = 60;
/** Milliseconds between two readings of a conversation that is played. */
const READ_INTERVAL = 500;

/** Reads the conversation again whenever the page's stream tells of it. */
function useConversation(output: ConversationOutput, listens: boolean, onChange?: () => void) {
  const [run, setRun] = useState(output.run);
  const told = useRef(onChange);
  told.current = onChange;
  useEffect(() => setRun(output.run), [output.run]);
  const { run_id, status } = output.run;
  const [isGone, setGone] = useState(false);
  const lose = (error: unknown) => (error as ApiError).code === "unknown_run" && setGone(true);
  const refresh = async () => {
    try {
      setRun(await conversations.get(run_id));
    } catch (error) {
      // What is shown stays; that the server is gone is said elsewhere.
      lose(error);
    }
  };
  const isOver = ["finished", "cancelled", "error"].includes(status);
  useEffect(() => {
    if (!listens || isOver) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const unfollow = live().follow("run", run_id, (event, data) => {
      if (event === "cost") return;
      if (event === "end") {
        announce(`conversation ${data.status}`);
        if (data.status === "removed") setGone(true);
        told.current?.();
      }
      timer ??= setTimeout(() => {
        timer = undefined;
        void refresh();
      }, READ_INTERVAL);
    });
    return () => {
      clearTimeout(timer);
      unfollow();
    };
  }, [run_id, listens, isOver]);
  return { run, setRun, refresh, isGone, lose };
}

function Tally({ run: { summary } }: { readonly run: ConversationRun }): VNode {
  const { aligned, misaligned, unclear, recall, passed } = summary;
  return (
    <>
      <span class="number">
        {count(aligned)} aligned, {count(misaligned)} misaligned, {count(unclear)} unclear
      </span>
      {recall === null ? null : <span class="number">{percent(recall)} of what was wanted done</span>}
      {passed === null
        ? null
        : <StatusBadge status={passed ? "completed" : "failed"} word={passed ? "passed" : "did not pass"} />}
    </>
  );
}

function Believable({ run: { validity } }: { readonly run: ConversationRun }): VNode | null {
  if (validity.state === "valid") return null;
  return (
    <Notice tone={validity.state === "void" ? "error" : "stale"}>
      <strong>
        {validity.state === "void" ? "Void: its numbers say nothing." : "Degraded: read its numbers with care."}
      </strong>{" "}
      {validity.reasons.join("; ")}
    </Notice>
  );
}
