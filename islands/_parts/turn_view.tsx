/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** One turn of a conversation: what was said, wanted, done and judged. */

import { Component, type VNode } from "preact";
import { useState } from "preact/hooks";
import { type ActionLine, actionLines, nearestAction } from "./action_diff.ts";
import { ActionButton, type Actions, useMounted } from "./actions.tsx";
import { Icon } from "./icons.tsx";
import { counted, moment, percent } from "./number_format.tsx";
import { StatusBadge } from "./status_badge.tsx";
import type { SimulatedTurn } from "./types.ts";

/** Verdicts that a person may give. */
const ALIGNMENTS = ["aligned", "misaligned", "unclear"] as const;

/** What it is told. */
export interface TurnViewProps {
  readonly turn: SimulatedTurn;
  /** What the whole conversation is for: a turn's own goal is told where it is another one. */
  readonly common: string | null;
  readonly actions: Actions;
  readonly readonly: boolean;
  readonly onLabel: (turn: number, alignment: string, note: string) => void;
  /** What people have said of it is taken back. */
  readonly onUnlabel: (turn: number) => void;
  readonly onFork: (turn: number) => void;
  /** Default true. */
  readonly mayLabel?: boolean;
  /** What another judge said of it before. */
  readonly earlier?: string | null;
  /** Whether the page shows the state after this turn. */
  readonly isLookedAt?: boolean;
  /** The state after a turn is to be shown. */
  readonly onLook?: (turn: number) => void;
}

/** A turn, drawn again only when it is another one to look at: there may be a thousand. */
export class TurnView extends Component<TurnViewProps> {
  override shouldComponentUpdate(next: TurnViewProps): boolean {
    const { turn, common, readonly, mayLabel, isLookedAt, actions } = this.props;
    return turn !== next.turn || common !== next.common || readonly !== next.readonly || mayLabel !== next.mayLabel ||
      isLookedAt !== next.isLookedAt || actions.busy !== next.actions.busy;
  }

  override render(): VNode {
    return <Turn {...this.props} />;
  }
}

function Turn(props: TurnViewProps): VNode {
  const { turn, common, actions, readonly, onLabel, onUnlabel, onFork, mayLabel = true, isLookedAt, onLook } = props;
  const { index, simulated_user: user, chat_agent: agent, goal } = turn;
  const wanted = user.desired_action;
  const nearest = wanted === null ? null : nearestAction(wanted, agent.actions);
  return (
    <li class={isLookedAt ? "turn turn-looked-at" : "turn"} aria-label={`Turn ${index}`}>
      <div class="turn-head">
        {onLook === undefined ? <span class="muted">Turn {index}</span> : (
          <button
            type="button"
            class="link"
            aria-pressed={isLookedAt}
            title={`Show the plan as it was after turn ${index}`}
            onClick={() => onLook(index)}
          >
            Turn {index}
          </button>
        )}
        {goal === null || goal === common ? null : <span class="muted">Goal: {goal}</span>}
      </div>
      <div class="bubble bubble-user">
        <p class="speaker">
          <Icon name="user" /> User
        </p>
        <p class="said">{user.message}</p>
        {user.fault ? <Fault {...user.fault} /> : null}
        <details class="action">
          <summary>
            {wanted === null ? "wants no action" : (
              <>
                wants <code>{wanted.name}</code>
              </>
            )}
          </summary>
          {wanted === null ? null : <Lines lines={actionLines(wanted, nearest)} />}
          <p class="muted seal" title="Taken before the agent was asked">sealed {user.seal.slice(0, 12)}</p>
        </details>
      </div>
      <div class="bubble bubble-agent">
        <p class="speaker">
          <Icon name="bot" /> Agent
        </p>
        <p class="said">{agent.reply || <span class="muted">no answer</span>}</p>
        {agent.fault ? <Fault {...agent.fault} /> : null}
        {agent.actions.length === 0
          ? <p class="muted">did nothing</p>
          : (
            <details class="action" open={agent.actions.length === 1}>
              <summary>
                did {counted(agent.actions.length, "action")}: {agent.actions.map(({ name }) => name).join(", ")}
              </summary>
              {agent.actions.map((action, i) => (
                <div key={i} class="done-action">
                  <Lines lines={actionLines(action, action === nearest ? wanted : null)} />
                  <p class={action.success ? "muted" : "tone-error"}>
                    <Icon name={action.success ? "check" : "x"} /> {action.success ? "" : "failed: "}
                    {action.result_message}
                  </p>
                </div>
              ))}
            </details>
          )}
      </div>
      <Verdict turn={turn} earlier={props.earlier ?? null} />
      {readonly ? null : (
        <div class="turn-tools">
          {mayLabel ? <Override {...{ turn, actions, onLabel, onUnlabel }} /> : null}
          <ActionButton
            icon="fork"
            label="Fork here"
            title={`A conversation that shares the turns up to ${index}`}
            actions={actions}
            onClick={() => onFork(index)}
          />
        </div>
      )}
    </li>
  );
}

const MARKS: { readonly [mark in ActionLine["mark"]]: string } = { same: " ", differs: "≠", only: "+" };

function Lines({ lines }: { readonly lines: readonly ActionLine[] }): VNode {
  return (
    <pre class="action-lines" tabindex={0}>
      {lines.map(({ text, mark }, i) => (
        <span key={i} class={`line line-${mark}`}>
          <span class="line-mark" title={mark === "same" ? undefined : mark === "differs" ? "differs" : "only here"}>
            {MARKS[mark]}
          </span>
          {text}
          {"\n"}
        </span>
      ))}
    </pre>
  );
}

function Fault({ code, message }: { readonly code: string; readonly message: string }): VNode {
  return (
    <p class="fault tone-error">
      <Icon name="alert" /> {code.replaceAll("_", " ")}: {message}
    </p>
  );
}

function Verdict({ turn: { judge, label }, earlier }: {
  readonly turn: SimulatedTurn;
  readonly earlier: string | null;
}): VNode {
  if (judge === null && label === undefined) return <p class="verdict muted">Not judged yet.</p>;
  const sure = judge?.confidence === undefined ? null : `${percent(judge.confidence)} sure`;
  return (
    <div class="verdict">
      {label === undefined ? null : (
        <p>
          <StatusBadge status={label.alignment} detail={`says ${label.by}`} /> {label.note}{" "}
          <span class="muted" title={label.at}>{moment(label.at)}</span>
        </p>
      )}
      {judge === null ? null : (
        <p class={label === undefined ? undefined : "overridden"}>
          {label === undefined ? null : "The judge said: "}
          <StatusBadge status={judge.alignment} detail={sure ?? `by ${judge.by}`} /> {judge.explanation}
        </p>
      )}
      {earlier === null ? null : (
        <p class="muted">
          {earlier === judge?.alignment ? "As the judge before." : (
            <>
              The judge before said: <StatusBadge status={earlier} />
            </>
          )}
        </p>
      )}
      {judge?.witness && !judge.explanation.includes(judge.witness.text)
        ? <p class="muted witness">{judge.witness.text}</p>
        : null}
    </div>
  );
}

type OverrideProps = Pick<TurnViewProps, "turn" | "actions" | "onLabel" | "onUnlabel">;

function Override({ turn, actions, onLabel, onUnlabel }: OverrideProps): VNode {
  const isMounted = useMounted();
  const [alignment, setAlignment] = useState<string>(turn.label?.alignment ?? turn.judge?.alignment ?? "aligned");
  const [note, setNote] = useState(turn.label?.note ?? "");
  return (
    <details class="override">
      <summary>Override verdict</summary>
      <fieldset disabled={!isMounted}>
        <legend class="visually-hidden">Verdict on turn {turn.index}</legend>
        {ALIGNMENTS.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name={`verdict-${turn.index}`}
              checked={alignment === each}
              onChange={() => setAlignment(each)}
            />
            {each}
          </label>
        ))}
        <label class="override-note">
          Why
          <input type="text" maxLength={4000} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
        </label>
        <ActionButton
          icon="check"
          label="Save verdict"
          actions={actions}
          onClick={() => onLabel(turn.index, alignment, note)}
        />
        {turn.label === undefined ? null : (
          <ActionButton
            icon="undo"
            label="Take back"
            title="The judge's verdict counts again"
            actions={actions}
            onClick={() => onUnlabel(turn.index)}
          />
        )}
      </fieldset>
    </details>
  );
}
