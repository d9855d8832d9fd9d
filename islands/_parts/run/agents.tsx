/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The agents at the turn that is looked at: rows that are sorted, filtered, and drawn only where they are seen. */

import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import "@preact/signals";
import { type Trouble, TroubleBox, useMounted } from "../actions.tsx";
import { api } from "../api.ts";
import { Icon } from "../icons.tsx";
import { count, text } from "../number_format.tsx";
import type { AgentTable } from "../../../runner/mod.ts";
import { Agent } from "./agent.tsx";
import { Populations } from "./populations.tsx";
import type { RunPageState } from "./page_state.ts";
import type { RunSubject } from "./subject.ts";

/** Pixels of a row, of the window on the rows, and rows drawn beyond it. */
const [ROW, HEIGHT, MORE] = [32, 480, 8];
/** Milliseconds that a turn is looked at before its agents are asked for. */
const PAUSE = 100;

/** What they are told. */
export interface AgentsProps {
  readonly state: RunPageState;
  readonly subject: RunSubject;
}

/** The agents. */
export function Agents({ state, subject }: AgentsProps): VNode {
  const isMounted = useMounted();
  const agent = state.query.value.get("agent");
  const table = useAgents(state);
  const [filter, setFilter] = useState("");
  const [sort, setSort] = useState<{ readonly at: number; readonly isDown: boolean } | null>(null);
  const [top, setTop] = useState(0);
  const rows = useMemo(() => table === null || "message" in table ? [] : sorted(table, filter, sort), [
    table,
    filter,
    sort,
  ]);
  if (table === null) return <p class="empty">{isMounted ? "Reading agents…" : "Agents are shown with JavaScript."}</p>;
  if ("message" in table) return <TroubleBox trouble={table} />;
  if (table.total === 0) return <Populations state={state} none="There are no agents at this turn." />;
  const names = ["name", "type", ...table.columns];
  const first = Math.max(0, Math.floor(top / ROW) - MORE);
  const seen = rows.slice(first, first + Math.ceil(HEIGHT / ROW) + 2 * MORE);
  return (
    <div class="run-agents">
      <div class="facts-line">
        <input
          type="search"
          class="run-search"
          aria-label="Find agents"
          placeholder="Find agents"
          value={filter}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
        <span class="muted" role="status">
          {count(rows.length)} of {count(table.total)} agents at turn {count(table.turn)}
          {table.source === "checkpoint" ? ", from its checkpoint" : ""}
        </span>
      </div>
      {agent === null ? null : <Agent key={agent} {...{ state, agent, table }} variables={subject.agentVariables} />}
      <div
        class="agent-window"
        style={`max-height:${HEIGHT}px`}
        tabIndex={0}
        role="group"
        aria-label="Agents"
        onScroll={(event) => setTop(event.currentTarget.scrollTop)}
      >
        <table aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {names.map((name, at) => (
                <th
                  key={name}
                  scope="col"
                  class={typeof rows[0]?.[at] === "number" ? "number" : undefined}
                  aria-sort={sort?.at !== at ? undefined : sort.isDown ? "descending" : "ascending"}
                >
                  <button
                    type="button"
                    class="column"
                    onClick={() => setSort({ at, isDown: sort?.at === at ? !sort.isDown : at > 1 })}
                  >
                    {name}
                    {sort?.at === at ? <Icon name={sort.isDown ? "arrow_down" : "arrow_up"} /> : null}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {first === 0 ? null : <Gap height={first * ROW} width={names.length} />}
            {seen.map((row, i) => (
              <tr key={String(row[0])} aria-rowindex={first + i + 2}>
                <th scope="row">
                  <button
                    type="button"
                    class="plain agent-name"
                    aria-pressed={row[0] === agent}
                    onClick={() => state.put("agent", row[0] === agent ? null : String(row[0]))}
                  >
                    {String(row[0])}
                  </button>
                </th>
                {row.slice(1).map((value, at) => (
                  <td key={at} class={typeof value === "number" ? "number" : undefined}>{text(value, 60)}</td>
                ))}
              </tr>
            ))}
            {rows.length <= first + seen.length
              ? null
              : <Gap height={(rows.length - first - seen.length) * ROW} width={names.length} />}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Gap({ height, width }: { readonly height: number; readonly width: number }): VNode {
  return (
    <tr aria-hidden="true">
      <td class="agent-gap" colSpan={width} style={`height:${height}px`} />
    </tr>
  );
}

function sorted(
  { agents }: AgentTable,
  filter: string,
  sort: { readonly at: number; readonly isDown: boolean } | null,
): readonly (readonly unknown[])[] {
  const wanted = filter.trim().toLowerCase();
  const found = agents.filter((row) =>
    wanted === "" || [row[0], row[1]].some((word) => String(word ?? "").toLowerCase().includes(wanted))
  );
  if (sort === null) return found;
  const { at, isDown } = sort;
  const compare = (a: unknown, b: unknown) =>
    typeof a === "number" && typeof b === "number"
      ? a - b
      : String(a ?? "").localeCompare(String(b ?? ""), "en", { numeric: true });
  return found.toSorted((a, b) => compare(a[at], b[at]) * (isDown ? -1 : 1));
}

/** Tables that are kept. */
const MOST_KEPT = 8;

/** The agents at the turn; while those of another one are read, the old ones stay. */
function useAgents(state: RunPageState): AgentTable | Trouble | null {
  const [table, setTable] = useState<AgentTable | Trouble | null>(null);
  useEffect(() => {
    const kept = new Map<number, AgentTable>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    let asked = 0;
    let answered = 0;
    const read = async (turn: number) => {
      const number = ++asked;
      try {
        const next = kept.get(turn) ??
          await api<AgentTable>(`/api/simulations/${encodeURIComponent(state.runId)}/agents?turn=${turn}`);
        if (next.turn === turn) kept.set(turn, next);
        if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
        // Who follows the newest turn is shown each that comes: from afar there is always another one already.
        if (isOver || (state.following.peek() ? number < answered : turn !== state.turn.peek())) return;
        answered = number;
        setTable(next);
      } catch (error) {
        if (!isOver) setTable(state.failed(error));
      }
    };
    const leave = state.turn.subscribe(() => {
      // The newest one may never rest.
      if (timer !== undefined && state.following.peek()) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = undefined;
        void read(state.turn.peek());
      }, PAUSE);
    });
    return () => {
      isOver = true;
      clearTimeout(timer);
      leave();
    };
  }, [state]);
  return table;
}
