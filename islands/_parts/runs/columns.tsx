/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What is told of each run, column by column. */

import type { VNode } from "preact";
import { count, dollars } from "../number_format.tsx";
import { ProgressBar } from "../progress_bar.tsx";
import { runUrl } from "../shell/tree_model.ts";
import { StatusBadge, StatusMark } from "../status_badge.tsx";
import { ago, exactly, played } from "./times.ts";
import { EVERY_RUN, type RunRow, runsUrl, type SortKey } from "./view.ts";

/** What a cell is told. */
export interface CellProps {
  readonly row: RunRow;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly isGone: boolean;
  /** Whether the list is one stop of the Tab key: then nothing in it is another. */
  readonly isLive: boolean;
}

/** A column. */
export interface Column {
  readonly key: string;
  readonly title: string;
  readonly sort: SortKey;
  /** Figures stand at the right. */
  readonly isFigure?: boolean;
  readonly cell: (props: CellProps) => VNode | string;
}

const stop = (isLive: boolean) => isLive ? { tabIndex: -1 } : {};

/** The columns, in their order. */
export const COLUMNS: readonly Column[] = [
  {
    key: "status",
    title: "Status",
    sort: "status",
    cell: ({ row, isGone }) => <StatusBadge status={isGone ? "removed" : row.status} />,
  },
  {
    key: "name",
    title: "Name, scenario",
    sort: "name",
    cell: ({ row, isGone, isLive }) => (
      <>
        {isGone
          ? <span class="run-name" title={row.name}>{row.name}</span>
          : <a class="run-name run-link" href={runUrl(row.run_id)} title={row.name} {...stop(isLive)}>{row.name}</a>}
        <span class="run-scenario" title={row.scenario_path ?? row.repo}>{row.scenario_path ?? row.repo}</span>
      </>
    ),
  },
  {
    key: "id",
    title: "Run id",
    sort: "id",
    cell: ({ row }) => <span class="id" title={row.run_id}>{row.run_id}</span>,
  },
  {
    key: "progress",
    title: "Progress",
    sort: "progress",
    cell: ({ row: { current_turn, max_turns, run_id } }) => (
      <>
        <span class="run-turns">{count(current_turn)} / {count(max_turns)}</span>
        <ProgressBar
          value={current_turn}
          max={max_turns}
          label={`Progress of ${run_id}`}
          text={`turn ${current_turn} of ${max_turns}`}
        />
      </>
    ),
  },
  {
    key: "created",
    title: "Started",
    sort: "created",
    cell: ({ row, now }) => {
      const at = row.started_at ?? row.created_at;
      return <time dateTime={at} title={exactly(at)}>{ago(at, now)}</time>;
    },
  },
  {
    key: "seconds",
    title: "Duration",
    sort: "seconds",
    isFigure: true,
    cell: ({ row, now }) => played(row, now),
  },
  { key: "seed", title: "Seed", sort: "seed", isFigure: true, cell: ({ row }) => String(row.seed ?? "–") },
  { key: "cost", title: "Cost", sort: "cost", isFigure: true, cell: ({ row }) => dollars(row.cost_usd) },
  {
    key: "validity",
    title: "Validity",
    sort: "validity",
    cell: ({ row }) => <StatusMark status={row.validity} />,
  },
  {
    key: "labels",
    title: "Labels",
    sort: "labels",
    cell: ({ row, isLive }) => (
      <>
        {Object.entries(row.labels).map(([key, value]) => {
          const label = value === "" ? key : `${key}=${value}`;
          return (
            <a
              key={key}
              class="run-label"
              href={runsUrl({ ...EVERY_RUN, label })}
              title={`Runs labelled ${label}`}
              data-narrow="label"
              data-value={label}
              {...stop(isLive)}
            >
              {label}
            </a>
          );
        })}
      </>
    ),
  },
  {
    key: "batch",
    title: "Batch",
    sort: "batch",
    cell: ({ row: { batch_id }, isLive }) =>
      batch_id === null ? "" : (
        <a
          href={runsUrl({ ...EVERY_RUN, batch: batch_id })}
          title={`Runs of batch ${batch_id}`}
          data-narrow="batch"
          data-value={batch_id}
          {...stop(isLive)}
        >
          {batch_id}
        </a>
      ),
  },
  {
    key: "parent",
    title: "Fork of",
    sort: "parent",
    cell: ({ row: { parent }, isLive }) =>
      parent === null ? "" : (
        <a
          href={runUrl(parent.run_id)}
          title={`${parent.run_id}, after turn ${parent.turn}`}
          aria-label={`${parent.run_id}, after turn ${parent.turn}`}
          {...stop(isLive)}
        >
          turn {parent.turn}
        </a>
      ),
  },
];
