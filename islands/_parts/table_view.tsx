/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A table: sorted by any column, only the rows in sight are there, copied as CSV. */

import type { VNode } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ActionButton, TroubleBox, useActions, useMounted } from "./actions.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { counted, duration, text } from "./number_format.tsx";
import { csvOf, kindOfType, sortedOrder, type Sorting, windowOf } from "./table_rows.ts";
import type { TableOutput } from "./types.ts";

/** What it is told. */
export interface TableViewProps {
  readonly output: TableOutput;
  /** Of the cell: what the table is called. */
  readonly name?: string;
}

/** Height of a row, pixels; the style sheet has the same. */
const ROW_HEIGHT = 29;
/** Rows that are in sight at once, at most. */
const MOST_IN_SIGHT = 15;
/** Rows that a page without scripts has. */
const MOST_PLAIN = 200;

const ICONS: { readonly [kind in ReturnType<typeof kindOfType>]: IconName } = {
  number: "number",
  date: "calendar",
  toggle: "toggle",
  list: "list",
  text: "text",
};

/** A table. */
export function TableView({ output, name = "table" }: TableViewProps): VNode {
  const { columns, rows, truncated, ms } = output;
  const isMounted = useMounted();
  const actions = useActions();
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [scrolled, setScrolled] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const order = useMemo(() => sortedOrder(rows, sorting), [rows, sorting]);
  const view = Math.min(rows.length, MOST_IN_SIGHT) * ROW_HEIGHT;
  useEffect(() => {
    if (box.current) box.current.scrollTop = 0;
    setScrolled(0);
  }, [sorting, rows]);
  const part = isMounted
    ? windowOf(rows.length, ROW_HEIGHT, scrolled, view)
    : { first: 0, end: Math.min(rows.length, MOST_PLAIN), above: 0, below: 0 };
  const sortBy = (column: number) =>
    setSorting(
      sorting?.column !== column
        ? { column, isDescending: false }
        : sorting.isDescending
        ? null
        : { column, isDescending: true },
    );
  const copy = () =>
    actions.act("Copy as CSV", async () => {
      await navigator.clipboard.writeText(csvOf(columns.map(({ name }) => name), order.map((i) => rows[i]!)));
    });
  return (
    <div class="table-view">
      {rows.length === 0
        ? (
          <p class="empty">
            0 rows. {columns.length > 0
              ? <span class="muted">Columns: {columns.map((each) => each.name).join(", ")}</span>
              : null}
          </p>
        )
        : (
          <div
            class="table-scroll"
            ref={box}
            tabindex={0}
            role="group"
            aria-label={`${name}, ${counted(rows.length, "row")}`}
            style={`max-height:${view + ROW_HEIGHT + 6}px`}
            onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}
          >
            <table aria-rowcount={rows.length + 1}>
              <thead>
                <tr aria-rowindex={1}>
                  {columns.map(({ name, type }, i) => {
                    const kind = kindOfType(type);
                    const isSorted = sorting?.column === i;
                    return (
                      <th
                        key={name}
                        scope="col"
                        class={kind === "number" ? "number" : undefined}
                        aria-sort={isSorted ? sorting.isDescending ? "descending" : "ascending" : "none"}
                      >
                        <button
                          type="button"
                          class="column"
                          disabled={!isMounted}
                          title={type}
                          onClick={() => sortBy(i)}
                        >
                          <Icon name={ICONS[kind]} />
                          <span>{name}</span>
                          {isSorted ? <Icon name={sorting.isDescending ? "arrow_down" : "arrow_up"} /> : null}
                        </button>
                      </th>
                    );
                  })}
                </tr>
              </thead>
              <tbody>
                {part.above > 0 ? <Gap height={part.above} columns={columns.length} /> : null}
                {order.slice(part.first, part.end).map((at, i) => (
                  <tr key={at} aria-rowindex={part.first + i + 2}>
                    {columns.map(({ name, type }, column) => (
                      <Cell
                        key={name}
                        value={rows[at]![column]}
                        isNumber={kindOfType(type) === "number"}
                        isRun={name === "run_id" || name === "parent_run_id"}
                      />
                    ))}
                  </tr>
                ))}
                {part.below > 0 ? <Gap height={part.below} columns={columns.length} /> : null}
              </tbody>
            </table>
          </div>
        )}
      <div class="table-foot">
        <span class="muted">
          {counted(rows.length, "row")}
          {truncated ? " – there are more; only the first are shown" : ""} · {duration(ms / 1000)}
        </span>
        {rows.length === 0 ? null : <ActionButton icon="copy" label="Copy as CSV" actions={actions} onClick={copy} />}
      </div>
      {!isMounted && rows.length > MOST_PLAIN ? <p class="muted">The first {MOST_PLAIN} rows.</p> : null}
      {actions.trouble ? <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} /> : null}
    </div>
  );
}

interface CellProps {
  readonly value: unknown;
  readonly isNumber: boolean;
  /** Its text names a run. */
  readonly isRun: boolean;
}

function Cell({ value, isNumber, isRun }: CellProps): VNode {
  const shown = text(value);
  if (isRun && typeof value === "string") {
    return (
      <td>
        <a href={`/runs/${encodeURIComponent(value)}`}>{shown}</a>
      </td>
    );
  }
  const isLong = typeof value === "string" && value.length > 40;
  return <td class={isNumber ? "number" : undefined} title={isLong ? text(value, 2000) : undefined}>{shown}</td>;
}

function Gap({ height, columns }: { readonly height: number; readonly columns: number }): VNode {
  return (
    <tr aria-hidden="true" class="table-gap">
      <td colspan={columns} style={`height:${height}px`} />
    </tr>
  );
}
