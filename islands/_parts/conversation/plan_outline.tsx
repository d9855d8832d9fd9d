/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The plan as it was after the turn that is looked at: what the conversation has covered, and what is still wanted. */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type Trouble, TroubleBox, useMounted } from "../actions.tsx";
import { conversations } from "../api.ts";
import { Icon, type IconName } from "../icons.tsx";
import { count, counted, json } from "../number_format.tsx";
import type { ConversationOutline } from "../types.ts";

/** What it is told. */
export interface PlanOutlineProps {
  readonly runId: string;
  /** As it was when the page was made. */
  readonly first: ConversationOutline;
  /** Turns that have been played. */
  readonly played: number;
  /** The turn that is looked at; null: the last one, whichever it is. */
  readonly at: number | null;
  readonly onLook: (turn: number | null) => void;
}

/** The plan. */
export function PlanOutline({ runId, first, played, at, onLook }: PlanOutlineProps): VNode {
  const turn = Math.min(at ?? played, played);
  const { outline, trouble } = useOutline(runId, first, turn);
  return (
    <aside class="plan plan-at" aria-label="The plan">
      <div class="plan-head">
        <h2>{outline.tasks === null ? "What both sides see" : "Plan"}</h2>
        <span class="muted">{turn === 0 ? "before the first turn" : `after turn ${count(turn)}`}</span>
      </div>
      <TurnSlider {...{ turn, played, onLook }} />
      {trouble === null ? null : <TroubleBox trouble={trouble} />}
      {outline.tasks === null ? <pre tabindex={0}>{outline.text}</pre> : (
        <>
          <Covered outline={outline} />
          <ul
            class="plan-tasks"
            tabindex={0}
            aria-label={`Tasks ${turn === 0 ? "at the start" : `after turn ${turn}`}`}
          >
            {outline.tasks.map((task) => <Task key={task.id} task={task} turn={outline.turn} onLook={onLook} />)}
          </ul>
          <Removed outline={outline} onLook={onLook} />
          <Open outline={outline} />
          <details class="action">
            <summary>As both sides see it</summary>
            <pre tabindex={0}>{outline.text}</pre>
          </details>
        </>
      )}
    </aside>
  );
}

/** Reads the outline of a turn; what was read is kept, for the past does not change. */
function useOutline(runId: string, first: ConversationOutline, turn: number) {
  const known = useRef(new Map([[first.turn, first]]));
  const [outline, setOutline] = useState(first);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  useEffect(() => {
    const before = known.current.get(turn);
    if (before !== undefined) {
      setTrouble(null);
      return setOutline(before);
    }
    const stop = new AbortController();
    conversations.outline(runId, turn, stop.signal).then((read) => {
      known.current.set(turn, read);
      if (stop.signal.aborted) return;
      setTrouble(null);
      setOutline(read);
    }).catch((error) => stop.signal.aborted || setTrouble(error as Trouble));
    return () => stop.abort();
  }, [runId, turn]);
  return { outline, trouble };
}

function TurnSlider({ turn, played, onLook }: {
  readonly turn: number;
  readonly played: number;
  readonly onLook: (turn: number | null) => void;
}): VNode | null {
  const isMounted = useMounted();
  if (played === 0) return null;
  const look = (to: number) => onLook(to >= played ? null : Math.max(0, to));
  return (
    <div class="plan-turns">
      <button
        type="button"
        class="quiet icon plan-back"
        aria-label="The turn before"
        disabled={!isMounted || turn <= 0}
        onClick={() => look(turn - 1)}
      >
        <Icon name="chevron" />
      </button>
      <input
        type="range"
        min={0}
        max={played}
        step={1}
        value={turn}
        disabled={!isMounted}
        aria-label="Turn that is looked at"
        aria-valuetext={turn === 0 ? "before the first turn" : `turn ${turn} of ${played}`}
        onInput={(event) => look(Number(event.currentTarget.value))}
      />
      <button
        type="button"
        class="quiet icon"
        aria-label="The turn after"
        disabled={!isMounted || turn >= played}
        onClick={() => look(turn + 1)}
      >
        <Icon name="chevron" />
      </button>
      <span class="number muted">{count(turn)}/{count(played)}</span>
    </div>
  );
}

/** Of a task, the last ones are told one by one. */
const MOST_TOUCHES = 4;

type TaskOf = NonNullable<ConversationOutline["tasks"]>[number];

function Covered({ outline }: { readonly outline: ConversationOutline }): VNode {
  const tasks = outline.tasks!;
  const done = tasks.filter(isDone).length;
  const wanted = tasks.filter((task) => !isDone(task) && task.touches.length > 0).length;
  return (
    <p class="plan-covered">
      <span class="number">{count(done)} of {counted(tasks.length, "task")} covered</span>
      {wanted === 0 ? null : <span class="number tone-stale">{count(wanted)} asked for, not done</span>}
    </p>
  );
}

function isDone({ touches }: TaskOf): boolean {
  return touches.some(({ as }) => as === "done");
}

/** How the last thing that was done or wanted of a task looks. */
const LOOKS: { readonly [as: string]: { readonly icon: IconName; readonly tone: string } } = {
  done: { icon: "check", tone: "tone-done" },
  failed: { icon: "x", tone: "tone-error" },
  wanted: { icon: "alert", tone: "tone-stale" },
};

function Task({ task, turn, onLook }: {
  readonly task: TaskOf;
  readonly turn: number;
  readonly onLook: (turn: number) => void;
}): VNode {
  const { id, name, depth, instruction, dependencies, touches } = task;
  const isNow = touches.some((touch) => touch.turn === turn);
  const last = touches.at(-1);
  const look = LOOKS[isDone(task) ? "done" : last?.as ?? ""] ?? { icon: "circle", tone: "muted" } as const;
  return (
    <li class={isNow ? "plan-task plan-now" : "plan-task"} style={`--depth:${Math.min(depth, 8)}`} data-task={id}>
      <span class={`plan-mark ${look.tone}`}>
        <Icon name={look.icon} />
      </span>
      <div>
        <span class="plan-name">
          <span class="muted number">{id}</span> {name}
        </span>
        {instruction === null ? null : <span class="plan-instruction muted">{instruction}</span>}
        {dependencies.length === 0 ? null : <span class="plan-instruction muted">needs {dependencies.join(", ")}</span>}
        {touches.length > MOST_TOUCHES
          ? <span class="plan-instruction muted">{count(touches.length - MOST_TOUCHES)} times before</span>
          : null}
        {touches.slice(-MOST_TOUCHES).map((touch, i) => (
          <button
            key={i}
            type="button"
            class={`link plan-touch ${LOOKS[touch.as]!.tone}`}
            onClick={() => onLook(touch.turn)}
          >
            {touchText(touch)}
          </button>
        ))}
      </div>
    </li>
  );
}

/** `move task in turn 2`, `wanted in turn 3: delete task`. */
function touchText({ turn, action, as }: TaskOf["touches"][number]): string {
  const verb = action.replaceAll("_", " ");
  if (as === "done") return `${verb}, turn ${turn}`;
  return as === "failed" ? `${verb} failed, turn ${turn}` : `wanted in turn ${turn}: ${verb}`;
}

function Removed({ outline: { removed }, onLook }: {
  readonly outline: ConversationOutline;
  readonly onLook: (turn: number) => void;
}): VNode | null {
  if (removed.length === 0) return null;
  return (
    <>
      <h3>No longer in the plan</h3>
      <ul class="plain-list">
        {removed.map(({ id, name, turn }) => (
          <li key={id}>
            <s>{id} {name}</s>{" "}
            <button type="button" class="link plan-touch" onClick={() => onLook(turn)}>deleted, turn {turn}</button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Open({ outline: { open } }: { readonly outline: ConversationOutline }): VNode | null {
  if (open.length === 0) return null;
  return (
    <>
      <h3>Still wanted</h3>
      <ul class="plain-list">
        {open.map(({ name, parameters }, i) => (
          <li key={i}>
            <code>{name} {json(parameters)}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
