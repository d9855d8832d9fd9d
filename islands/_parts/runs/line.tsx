/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A line of the list: a run, one that is not known yet, or the heading of a group. */

import { Component, type VNode } from "preact";
import { count, counted } from "../number_format.tsx";
import { COLUMNS } from "./columns.tsx";
import type { Group } from "./places.ts";
import type { RunRow } from "./view.ts";

/** What a line is told. */
export interface RunLineProps {
  /** Null: it is not known yet. */
  readonly row: RunRow | null;
  /** Its place in the order, from 0. */
  readonly place: number;
  /** Its line, from 0. */
  readonly line: number;
  readonly now: number;
  readonly isChosen: boolean;
  readonly isActive: boolean;
  readonly isGone: boolean;
  readonly isLive: boolean;
}

/** Id of the element of a line. */
export function lineId(line: number): string {
  return `run-line-${line}`;
}

/** A run's line. It is drawn again only when something of it has changed: many are drawn while a list is scrolled. */
export class RunLine extends Component<RunLineProps> {
  override shouldComponentUpdate(next: RunLineProps): boolean {
    return (Object.keys(next) as (keyof RunLineProps)[]).some((name) => next[name] !== this.props[name]);
  }

  override render({ row, place, line, now, isChosen, isActive, isGone, isLive }: RunLineProps): VNode {
    const about = {
      id: lineId(line),
      role: "row",
      "aria-rowindex": line + 2,
      "data-place": place,
    } as const;
    if (row === null) {
      return (
        <div {...about} class="run-line run-unknown" aria-busy="true">
          <div role="gridcell" aria-colspan={COLUMNS.length + 1}>
            <span class="visually-hidden">Run {count(place + 1)} is loading</span>
          </div>
        </div>
      );
    }
    return (
      <div
        {...about}
        class={`run-line${isActive ? " run-active" : ""}${isGone ? " run-gone" : ""}`}
        aria-selected={isChosen}
        data-run={row.run_id}
      >
        <div class="run-cell run-check" role="gridcell">
          <input
            class="needs-script"
            type="checkbox"
            checked={isChosen}
            disabled={isGone || !isLive}
            tabIndex={-1}
            aria-label={`Choose ${row.run_id}`}
          />
        </div>
        {COLUMNS.map(({ key, isFigure, cell }) => (
          <div key={key} class={`run-cell run-${key}${isFigure ? " figure" : ""}`} role="gridcell">
            {cell({ row, now, isGone, isLive })}
          </div>
        ))}
      </div>
    );
  }
}

/** The heading of a group. */
export function GroupLine({ group, line }: { readonly group: Group; readonly line: number }): VNode {
  return (
    <div id={lineId(line)} class="run-line run-group" role="row" aria-rowindex={line + 2}>
      <div role="gridcell" aria-colspan={COLUMNS.length + 1}>
        <strong>{group.name}</strong> <span class="quiet">{counted(group.rows, "run")}</span>
      </div>
    </div>
  );
}
