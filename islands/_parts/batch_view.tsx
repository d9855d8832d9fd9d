/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A batch: a square for every run, what the runs say so far, what failed, and the buttons that steer it. */

import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import "@preact/signals";
import { ActionButton, ButtonGroup, ConnectionNote, TroubleBox, useActions } from "./actions.tsx";
import { announce } from "./announce.ts";
import { batches } from "./api.ts";
import { countsText, nameOfCell, titleOfRun } from "./batch_cells.ts";
import { BatchFollower, type BatchState, isOver } from "./batch_follower.ts";
import { BatchNumbers } from "./batch_numbers.tsx";
import { Icon } from "./icons.tsx";
import { count, dollars, duration } from "./number_format.tsx";
import { ProgressBar } from "./progress_bar.tsx";
import { ProvenanceButton } from "./provenance.tsx";
import { lookOf, reasonText, StatusBadge } from "./status_badge.tsx";
import { TypedField } from "./typed_field.tsx";
import type { BatchOutput, BatchRow, Provenance } from "./types.ts";

/** What it is told. */
export interface BatchViewProps {
  readonly output: BatchOutput;
  readonly provenance?: Provenance | null;
  /** Whether it listens to the page's stream. Default true. */
  readonly live?: boolean;
  /** Nothing may be steered. */
  readonly readonly?: boolean;
  /** A file says which seeds there are: none are added here. */
  readonly isFixed?: boolean;
  /** It has come to its end, or was steered. */
  readonly onChange?: () => void;
}

/** A batch. */
export function BatchView(props: BatchViewProps): VNode {
  const { output, provenance = null, live = true, readonly = false, isFixed = false, onChange } = props;
  const { batch } = output;
  const { state, again } = useBatch(output, live, onChange);
  const { runs } = state;
  const done = runs.completed + runs.failed + runs.cancelled;
  const isRunning = state.status === "running";
  return (
    <div class="batch-view">
      {isOver(state.status)
        ? null
        : <ProgressBar value={done} max={runs.total} label="runs at their end" text={countsText(runs)} />}
      <div class="run-head">
        <div class="facts-line">
          <StatusBadge
            status={isOver(state.status) && runs.total > 0 && runs.failed === runs.total ? "failed" : state.status}
            detail={reasonText(state.status, state.reason)}
          />
          <span class="number">{countsText(runs)}</span>
          {isRunning && state.eta_seconds !== null && state.eta_seconds > 0
            ? <span class="number">about {duration(state.eta_seconds)} left</span>
            : null}
          <Cost {...state.cost} />
          {provenance === null ? null : <ProvenanceButton provenance={provenance} />}
        </div>
        {readonly ? null : (
          <BatchButtons
            id={batch.id}
            status={state.status}
            isFixed={isFixed}
            onSteered={() => {
              again();
              onChange?.();
            }}
          />
        )}
      </div>
      {isOver(state.status) || !live ? null : <ConnectionNote />}
      <RunGrid rows={state.rows} cells={batch.cells} />
      <BatchNumbers cells={batch.cells} summary={state.summary} isOver={isOver(state.status)} />
      <Failures rows={state.rows} />
      <p class="links">
        <a href={`/api/batches/${encodeURIComponent(batch.id)}/report.html`}>Report</a>
        <a href={`/api/batches/${encodeURIComponent(batch.id)}/results.csv`} download>
          <Icon name="download" /> CSV
        </a>
        <a href={`/api/batches/${encodeURIComponent(batch.id)}/results.parquet`} download>
          <Icon name="download" /> Parquet
        </a>
      </p>
    </div>
  );
}

function useBatch(output: BatchOutput, live: boolean, onChange?: () => void) {
  const told = useRef(onChange);
  told.current = onChange;
  const follower = useMemo(() =>
    new BatchFollower(output, () => {
      announce(`${output.batch.name} ${follower.state.peek().status}, ${countsText(follower.state.peek().runs)}`);
      told.current?.();
    }), [output.batch.id]);
  useEffect(() => follower.adopt(output), [output, follower]);
  const isDone = isOver(output.batch.status);
  useEffect(() => {
    if (!live || isDone) return;
    follower.start();
    return () => follower.stop();
  }, [follower, live, isDone]);
  return { state: follower.state.value, again: () => follower.again() };
}

function Cost({ usd, forecast_usd }: BatchState["cost"]): VNode {
  const more = forecast_usd === null || forecast_usd <= usd ? "" : ` of about ${dollars(forecast_usd)}`;
  return <span class="number">{dollars(usd)}{more}</span>;
}

function BatchButtons({ id, status, isFixed, onSteered }: {
  readonly id: string;
  readonly status: string;
  readonly isFixed: boolean;
  readonly onSteered: () => void;
}): VNode {
  const actions = useActions();
  const [more, setMore] = useState(8);
  const steer = (label: string, verb: () => Promise<unknown>) => async () => {
    if (await actions.act(label, verb)) onSteered();
  };
  return (
    <>
      <ButtonGroup label="Steer the batch">
        {status === "running"
          ? (
            <ActionButton
              icon="pause"
              label="Pause"
              title="Start no further run; those that play come to their end"
              actions={actions}
              onClick={steer("Pause", () => batches.pause(id, false))}
            />
          )
          : null}
        {status === "paused" || status === "planned"
          ? (
            <ActionButton
              icon="play"
              label="Resume"
              primary
              actions={actions}
              onClick={steer("Resume", () => batches.resume(id))}
            />
          )
          : null}
        {isOver(status) ? null : (
          <ActionButton
            icon="stop"
            label="Cancel"
            actions={actions}
            onClick={steer("Cancel", () => batches.cancel(id))}
          />
        )}
        {isFixed || status === "removed" ? null : (
          <span class="button-with">
            <ActionButton
              icon="plus"
              label="Extend"
              title={`${count(more)} more seeds for every cell`}
              actions={actions}
              onClick={steer("Extend", () => batches.extend(id, more))}
            />
            <label>
              <span class="visually-hidden">More seeds for every cell</span>
              <TypedField
                type="number"
                min={1}
                max={10_000}
                value={String(more)}
                onChange={({ currentTarget: field }) => {
                  const next = Math.max(1, Math.round(field.valueAsNumber) || 1);
                  field.value = String(next);
                  setMore(next);
                }}
              />
            </label>
          </span>
        )}
      </ButtonGroup>
      {actions.trouble ? <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} /> : null}
    </>
  );
}

/** Squares of one cell that stand open; a batch may have thousands of runs. */
const MOST_SQUARES = 2000;

/** A square for every run, cell by cell. */
function RunGrid({ rows, cells }: {
  readonly rows: readonly BatchRow[];
  readonly cells: BatchOutput["batch"]["cells"];
}): VNode | null {
  if (rows.length === 0) return null;
  const byCell = Map.groupBy(rows.slice(0, MOST_SQUARES), ({ cell }) => cell);
  const names = new Map(cells.map((cell) => [cell.index, nameOfCell(cell)]));
  return (
    <div class="run-grid">
      {[...byCell].map(([cell, members]) => (
        <div key={cell} class="run-grid-cell">
          {cells.length > 1 ? <span class="run-grid-name">{names.get(cell) ?? `cell ${cell}`}</span> : null}
          <ul class="squares">
            {members.map((row) => (
              <li key={row.n}>
                <Square row={row} />
              </li>
            ))}
          </ul>
        </div>
      ))}
      {rows.length > MOST_SQUARES
        ? <p class="muted">The first {count(MOST_SQUARES)} of {count(rows.length)} runs.</p>
        : null}
    </div>
  );
}

function Square({ row }: { readonly row: BatchRow }): VNode {
  const status = row.status === "completed" && row.validity !== null && row.validity !== "valid"
    ? row.validity
    : row.status;
  const { icon, tone } = lookOf(row.reused && row.status === "completed" && status === row.status ? "cached" : status);
  const title = titleOfRun(row);
  return row.run_id === null
    ? (
      <span class={`square tone-${tone}`} title={title} role="img" aria-label={title}>
        <Icon name={icon} />
      </span>
    )
    : (
      <a
        class={`square tone-${tone}`}
        href={`/runs/${encodeURIComponent(row.run_id)}`}
        title={title}
        aria-label={title}
      >
        <Icon name={icon} />
      </a>
    );
}

/** Failures that are told one by one. */
const MOST_FAILURES = 50;

function Failures({ rows }: { readonly rows: readonly BatchRow[] }): VNode | null {
  const failed = rows.filter(({ status }) =>
    status === "failed" || status === "failed_to_start" || status === "removed"
  );
  if (failed.length === 0) return null;
  return (
    <details class="failures" open>
      <summary>{count(failed.length)} failed</summary>
      <div class="scroll-box" tabindex={0} role="group" aria-label="Runs that failed">
        <table>
          <thead>
            <tr>
              <th scope="col">Run</th>
              <th scope="col">Cell</th>
              <th scope="col" class="number">Seed</th>
              <th scope="col">What went wrong</th>
            </tr>
          </thead>
          <tbody>
            {failed.slice(0, MOST_FAILURES).map((row) => (
              <tr key={row.n}>
                <td>
                  {row.run_id === null
                    ? `run ${count(row.n)}`
                    : <a href={`/runs/${encodeURIComponent(row.run_id)}`}>{row.run_id}</a>}
                </td>
                <td>{nameOfCell({ index: row.cell, arm: row.arm, params: row.params })}</td>
                <td class="number">{count(row.seed)}</td>
                <td class="wraps">{row.error?.message ?? row.status.replaceAll("_", " ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
