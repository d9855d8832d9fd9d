/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A run: how it stands, its lines as they grow, any turn of it, and the buttons that steer it. */

import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
// Components that read signals are drawn again when they change.
import "@preact/signals";
import { ConnectionNote, Notice, TroubleBox, useActions } from "./actions.tsx";
import { announce } from "./announce.ts";
import { Lines } from "./chart.tsx";
import { Icon } from "./icons.tsx";
import { count, dollars, duration, percent } from "./number_format.tsx";
import { ProgressBar } from "./progress_bar.tsx";
import { ProvenanceButton } from "./provenance.tsx";
import { RunButtons } from "./run_buttons.tsx";
import { chosenColumns, horizonOf, numberColumns } from "./run_columns.ts";
import { isEnded, RunFollower, type RunState } from "./run_follower.ts";
import { ColumnChips, Scrubber } from "./run_controls.tsx";
import { reasonText, StatusBadge } from "./status_badge.tsx";
import type { Provenance, RunOutput } from "./types.ts";

/** What it is told. */
export interface RunViewProps {
  readonly output: RunOutput;
  readonly provenance?: Provenance | null;
  /** Whether it listens to the page's stream. Default true. */
  readonly live?: boolean;
  /** Nothing may be steered. */
  readonly readonly?: boolean;
  /** A fork after this turn is wanted; default: one is started, and its page opened. */
  readonly onFork?: (turn: number) => void;
  /** It has come to its end, or was steered. */
  readonly onChange?: () => void;
}

/** A run. */
export function RunView(props: RunViewProps): VNode {
  const { output, provenance = null, live = true, readonly = false, onFork, onChange } = props;
  const { state, again } = useRun(output, provenance, live, onChange);
  const { rows, turn } = state;
  const actions = useActions();
  const [chosen, setChosen] = useState(() => chosenColumns(output.watch, output.columns, output.rows));
  const watched = output.watch.join("\n");
  useEffect(() => setChosen(chosenColumns(output.watch, output.columns, rows)), [
    output.run_id,
    watched,
    rows.length === 0,
  ]);
  const [log, setLog] = useState(false);
  const [at, setAt] = useState<number | null>(null);
  const first = Number(rows[0]?.turn ?? 0);
  const isOver = isEnded(state.status);
  const marker = at === null ? null : Math.min(at, turn);
  return (
    <div class="run-view">
      {isOver ? null : (
        <ProgressBar
          value={turn}
          max={state.max_turns}
          label="turns played"
          text={`turn ${turn} of ${state.max_turns}`}
        />
      )}
      <div class="run-head">
        <Facts {...{ state, output, provenance }} />
        {readonly ? null : (
          <RunButtons
            {...{ state, actions }}
            forkTurn={marker ?? turn}
            onSteered={() => {
              again();
              onChange?.();
            }}
            onFork={onFork}
          />
        )}
      </div>
      {isOver || !live ? null : <ConnectionNote />}
      {actions.trouble ? <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} /> : null}
      <Remarks state={state} />
      <ColumnChips all={numberColumns(output.columns, rows)} {...{ chosen, setChosen, log, setLog }} />
      <div class={chosen.length > 1 ? "chart-grid" : "chart-alone"}>
        {chosen.map((name) => (
          <Lines
            key={name}
            watch={[name]}
            height={chosen.length > 1 ? 170 : 240}
            from={first}
            to={isOver ? undefined : horizonOf(turn, state.max_turns)}
            {...{ rows, log, marker }}
          />
        ))}
      </div>
      {chosen.length === 0 ? <p class="empty">Choose a column to draw it.</p> : null}
      {rows.length > 1
        ? <Scrubber {...{ rows, first, marker, setAt, chosen }} last={turn} columns={output.columns} />
        : null}
      {output.log.length === 0 ? null : (
        <details class="run-log">
          <summary>Log, {count(output.log.length)} lines</summary>
          <pre class="scroll-box" tabindex={0}>{output.log.join("\n")}</pre>
        </details>
      )}
    </div>
  );
}

/** Follows a run while it plays. */
function useRun(output: RunOutput, provenance: Provenance | null, live: boolean, onChange?: () => void) {
  const told = useRef(onChange);
  told.current = onChange;
  const follower = useMemo(() =>
    new RunFollower(output, provenance, () => {
      const { status, turn } = follower.state.peek();
      announce(`run ${status} at turn ${turn}`);
      told.current?.();
    }), [output.run_id]);
  useEffect(() => follower.adopt(output, provenance), [output, provenance, follower]);
  const isOver = isEnded(output.status);
  useEffect(() => {
    if (!live || isOver) return;
    follower.start();
    return () => follower.stop();
  }, [follower, live, isOver]);
  return { state: follower.state.value, again: () => follower.again() };
}

function Facts({ state, output, provenance }: {
  readonly state: RunState;
  readonly output: RunOutput;
  readonly provenance: Provenance | null;
}): VNode {
  const { status, turn, max_turns, speed, cost_usd, waiting } = state;
  const isPlaying = status === "running";
  const left = isPlaying && speed !== null ? ` · ${duration((max_turns - turn) / speed)} left` : "";
  const detail = isPlaying
    ? `${percent(max_turns > 0 ? turn / max_turns : 0)}${left}`
    // What went wrong is told in full below.
    : status === "queued" && state.reason === null
    ? "until a place is free"
    : state.error === null
    ? reasonText(status, state.reason)
    : null;
  return (
    <div class="facts-line">
      <StatusBadge status={status} detail={detail} />
      <span class="number">turn {count(turn)} of {count(max_turns)}</span>
      {output.seconds === undefined || output.seconds === null
        ? null
        : <Elapsed isPlaying={isPlaying} seconds={output.seconds} />}
      {cost_usd === null ? null : <span class="number">{dollars(cost_usd)}</span>}
      {waiting.length === 0 ? null : <span class="muted">waits for {waiting.join(", ")}</span>}
      {output.parent === null ? null : (
        <span>
          <Icon name="fork" /> of{" "}
          <a href={`/runs/${encodeURIComponent(output.parent.run_id)}`}>{output.parent.run_id}</a> at turn{" "}
          {count(output.parent.turn)}
        </span>
      )}
      {provenance === null ? null : <ProvenanceButton provenance={provenance} />}
    </div>
  );
}

/** Seconds that it has been played, counting on while it plays. */
function Elapsed({ isPlaying, seconds }: { readonly isPlaying: boolean; readonly seconds: number }): VNode {
  const [more, setMore] = useState(0);
  useEffect(() => setMore(0), [seconds]);
  useEffect(() => {
    if (!isPlaying) return;
    let last = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      setMore((before) => before + (now - last) / 1000);
      last = now;
    }, 1000);
    return () => clearInterval(timer);
  }, [isPlaying]);
  return <span class="number">{duration(seconds + more)}</span>;
}

/** What must not be overlooked: whether its numbers may be believed, what went wrong. */
function Remarks({ state }: { readonly state: RunState }): VNode {
  const { validity, validity_reasons: reasons, error } = state;
  return (
    <>
      {validity === "void"
        ? (
          <Notice tone="error">
            <strong>Void: its numbers say nothing.</strong> {reasons.join("; ")}
          </Notice>
        )
        : validity === "degraded"
        ? (
          <Notice tone="stale">
            <strong>Degraded: read its numbers with care.</strong> {reasons.join("; ")}
          </Notice>
        )
        : null}
      {error === null ? null : <TroubleBox title="The run failed." trouble={error} />}
    </>
  );
}
