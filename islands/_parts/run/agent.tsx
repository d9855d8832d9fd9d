/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** One agent: what it is at the turn that is looked at, and how it came there. */

import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import "@preact/signals";
import { TroubleBox } from "../actions.tsx";
import { Lines } from "../chart.tsx";
import { Icon } from "../icons.tsx";
import { count, text } from "../number_format.tsx";
import type { AgentTable } from "../../../runner/mod.ts";
import type { Row } from "../types.ts";
import { useAgentSeries } from "./agent_series.ts";
import type { RunPageState } from "./page_state.ts";

/** Variables that are drawn before somebody asks for more. */
const MOST_DRAWN = 3;

/** What it is told. */
export interface AgentProps {
  readonly state: RunPageState;
  /** Its name. */
  readonly agent: string;
  readonly table: AgentTable;
  /** Variables that can be drawn. */
  readonly variables: readonly string[];
}

/** The agent. */
export function Agent({ state, agent, table, variables }: AgentProps): VNode {
  const row = table.agents.find(([name]) => name === agent);
  const [isAll, setAll] = useState(false);
  const drawn = isAll ? variables : variables.slice(0, MOST_DRAWN);
  return (
    <section class="box agent-detail" aria-label={`Agent ${agent}`}>
      <div class="title-row">
        <h2>
          {agent} {row?.[1] ? <span class="muted">{text(row[1])}</span> : null}
        </h2>
        <button type="button" class="quiet icon" aria-label="Close" onClick={() => state.put("agent", null)}>
          <Icon name="x" />
        </button>
      </div>
      {row === undefined ? <p class="muted">It is not there at turn {count(table.turn)}.</p> : (
        <dl class="values">
          {table.columns.map((name, at) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd class="number">{text(row[at + 2])}</dd>
            </div>
          ))}
        </dl>
      )}
      <div class="chart-grid">
        {drawn.map((variable) => <Line key={variable} {...{ state, agent, variable }} />)}
      </div>
      {drawn.length === variables.length ? null : (
        <button type="button" class="quiet" onClick={() => setAll(true)}>
          Draw {count(variables.length - drawn.length)} more
        </button>
      )}
    </section>
  );
}

/** One of its variables over the turns. */
function Line({ state, agent, variable }: {
  readonly state: RunPageState;
  readonly agent: string;
  readonly variable: string;
}): VNode {
  const series = useAgentSeries(state, variable, agent);
  const rows = useMemo((): readonly Row[] => {
    if (series === null || "message" in series) return [];
    const line = series.lines.find((each) => each.agent === agent);
    return series.turns.map((turn, i) => ({ turn, [variable]: line?.values[i] ?? null }));
  }, [series, agent, variable]);
  if (series !== null && "message" in series) return <TroubleBox trouble={series} />;
  const marker = state.following.value ? null : state.turn.value;
  return <Lines watch={[variable]} height={150} {...{ rows, marker }} />;
}
