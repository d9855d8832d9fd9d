/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import { ActionButton, type Actions, ButtonGroup } from "./actions.tsx";
import { runs } from "./api.ts";
import { count } from "./number_format.tsx";
import { isEnded, type RunState } from "./run_follower.ts";

/** What the buttons are told. */
export interface RunButtonsProps {
  readonly state: RunState;
  readonly actions: Actions;
  /** The last turn that a fork shares. */
  readonly forkTurn: number;
  readonly onSteered: () => void;
  /** Default: a fork is started, and its page opened. */
  readonly onFork?: ((turn: number) => void) | undefined;
  /** Whether its domain is here: without it, it can be neither played on nor forked. Default true. */
  readonly isPlayable?: boolean;
}

/** Pause, step, resume, cancel and fork: those that the run can be told now. */
export function RunButtons(props: RunButtonsProps): VNode {
  const { state, actions, forkTurn, onSteered, onFork, isPlayable = true } = props;
  const { run_id, status } = state;
  const steer = (label: string, verb: (runId: string) => Promise<unknown>) => async () => {
    if (await actions.act(label, () => verb(run_id))) onSteered();
  };
  const fork = () =>
    onFork ? onFork(forkTurn) : actions.act("Fork here", async () => {
      location.assign(`/runs/${encodeURIComponent((await runs.fork(run_id, forkTurn)).run_id)}`);
    });
  const isStill = isPlayable && (status === "paused" || status === "interrupted");
  return (
    <ButtonGroup label="Steer the run">
      {status === "running" || status === "queued"
        ? <ActionButton icon="pause" label="Pause" actions={actions} onClick={steer("Pause", runs.pause)} />
        : null}
      {isStill
        ? (
          <>
            <ActionButton icon="play" label="Resume" primary actions={actions} onClick={steer("Resume", runs.resume)} />
            <ActionButton
              icon="step"
              label="Step"
              title="Play one turn"
              actions={actions}
              onClick={steer("Step", runs.step)}
            />
          </>
        )
        : null}
      {isEnded(status)
        ? null
        : <ActionButton icon="stop" label="Cancel" actions={actions} onClick={steer("Cancel", runs.cancel)} />}
      {!isPlayable || (state.turn === 0 && state.rows.length === 0) ? null : (
        <ActionButton
          icon="fork"
          label="Fork here"
          title={`${onFork ? "Add a cell with" : "Start"} a run that shares the turns up to ${count(forkTurn)}`}
          actions={actions}
          onClick={fork}
        />
      )}
    </ButtonGroup>
  );
}
