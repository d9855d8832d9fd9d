/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The turns of a run on one line: a slider that moves the whole page, with marks of what there is. */

import type { VNode } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import "@preact/signals";
import { useMounted } from "../actions.tsx";
import { Icon } from "../icons.tsx";
import { count, counted } from "../number_format.tsx";
import { registerKeyHints } from "../shell/commands.ts";
import { isTyping } from "../shell/keys.ts";
import type { RunPageState } from "./page_state.ts";

/** Marks of one kind that are drawn: more cannot be told apart. */
const MOST_MARKS = 200;

/** Turns with interventions that are named. */
const MOST_NAMED = 12;
/** How a run comes to its end. */
const ENDS = ["failed", "completed", "cancelled"];

/** What it is told. */
export interface TimelineProps {
  readonly state: RunPageState;
}

/** The timeline. */
export function Timeline({ state }: TimelineProps): VNode {
  const interventions = state.interventions.value;
  const id = useId();
  const isMounted = useMounted();
  const last = state.run.value.turn;
  const turn = Math.min(state.turn.value, last);
  const { status } = state.run.value;
  const end = ENDS.includes(status) ? status : null;
  const step = (by: number) => state.goTo(turn + by);
  const [isPlaying, setPlaying] = usePlaying(state);
  useTurnKeys(state);
  return (
    <div class="timeline" role="group" aria-label="Turns">
      <div class="scrubber-line">
        <button
          type="button"
          class="quiet icon"
          aria-label={isPlaying ? "Stop" : "Show turn after turn"}
          title={isPlaying ? "Stop" : "Show turn after turn"}
          disabled={!isMounted || last === 0}
          onClick={() => setPlaying(!isPlaying)}
        >
          <Icon name={isPlaying ? "pause" : "play"} />
        </button>
        <label for={id}>Turn</label>
        <button
          type="button"
          class="quiet"
          aria-label="Turn before"
          disabled={!isMounted || turn === 0}
          onClick={() => step(-1)}
        >
          −
        </button>
        <div class="timeline-track">
          <input
            id={id}
            type="range"
            min={0}
            max={Math.max(1, last)}
            step={1}
            value={turn}
            disabled={!isMounted || last === 0}
            aria-valuetext={`turn ${turn} of ${last}`}
            onInput={(event) => {
              setPlaying(false);
              state.goTo(event.currentTarget.valueAsNumber);
            }}
          />
          <Marks
            checkpoints={state.checkpoints.value}
            damaged={state.damaged.value}
            {...{ end, interventions, last }}
          />
        </div>
        <button
          type="button"
          class="quiet"
          aria-label="Turn after"
          disabled={!isMounted || turn >= last}
          onClick={() => step(1)}
        >
          +
        </button>
        <output for={id} class="number">{count(turn)}</output>
        <button
          type="button"
          class="quiet"
          disabled={!isMounted || state.following.value}
          onClick={() => state.goTo(null)}
        >
          Newest
        </button>
      </div>
      <Words
        checkpoints={state.checkpoints.value}
        damaged={state.damaged.value}
        {...{ end, interventions, last }}
      />
    </div>
  );
}

/** Milliseconds between two turns that are shown by themselves, and steps from the first to the last at most. */
const [FRAME, MOST_FRAMES] = [100, 200];

/** Shows turn after turn, from the first where the newest is shown. */
function usePlaying(state: RunPageState): [boolean, (isPlaying: boolean) => void] {
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return;
    if (state.following.peek()) state.goTo(0);
    const timer = setInterval(() => {
      const last = state.run.peek().turn;
      state.goTo(state.turn.peek() + Math.max(1, Math.ceil(last / MOST_FRAMES)));
      if (state.following.peek()) setPlaying(false);
    }, FRAME);
    return () => clearInterval(timer);
  }, [isPlaying, state]);
  return [isPlaying, setPlaying];
}

/** Turns by keys, wherever the focus is. */
function useTurnKeys(state: RunPageState): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const by = event.key === "," ? -1 : event.key === "." ? 1 : 0;
      if (by === 0 || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      state.goTo(Math.min(state.turn.peek(), state.run.peek().turn) + by);
    };
    addEventListener("keydown", onKeyDown);
    const leave = registerKeyHints([
      { keys: ",", title: "Turn before", group: "Run" },
      { keys: ".", title: "Turn after", group: "Run" },
    ]);
    return () => {
      removeEventListener("keydown", onKeyDown);
      leave();
    };
  }, [state]);
}

interface MarksProps {
  readonly checkpoints: readonly number[];
  readonly damaged: readonly number[];
  readonly interventions: readonly number[];
  readonly end: string | null;
  readonly last: number;
}

/** Where on the line there is something; in words it is told below. */
function Marks({ checkpoints, damaged, interventions, end, last }: MarksProps): VNode {
  const evenly = (turns: readonly number[]) =>
    turns.filter((_, i) => i % Math.ceil(turns.length / MOST_MARKS) === 0).filter((turn) => turn <= last);
  const at = (turn: number) => `left:${(100 * turn / Math.max(1, last)).toFixed(2)}%`;
  return (
    <div class="timeline-marks" aria-hidden="true">
      {evenly(checkpoints).map((turn) => (
        <span
          key={`c${turn}`}
          class={damaged.includes(turn) ? "timeline-mark timeline-damaged" : "timeline-mark"}
          style={at(turn)}
        />
      ))}
      {evenly(interventions).map((turn) => (
        <span key={`i${turn}`} class="timeline-mark timeline-intervention" style={at(turn)} />
      ))}
      {end === null ? null : <span class={`timeline-mark timeline-${end}`} style={at(last)} />}
    </div>
  );
}

function Words({ checkpoints, damaged, interventions, end, last }: MarksProps): VNode {
  const named = interventions.slice(0, MOST_NAMED).map(count).join(", ");
  return (
    <p class="muted timeline-words">
      {counted(checkpoints.length, "checkpoint")}
      {damaged.length === 0 ? "" : `, of which ${damaged.map(count).join(", ")} cannot be read`}
      {interventions.length === 0
        ? ""
        : ` · interventions in ${interventions.length === 1 ? "turn" : "turns"} ${named}`}
      {interventions.length > MOST_NAMED ? ", …" : ""}
      {end === null ? "" : ` · ${end} at turn ${count(last)}`}
    </p>
  );
}
