/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Variables of the world and of agents over the turns. */

import type { VNode } from "preact";
import { useMemo, useState } from "preact/hooks";
import "@preact/signals";
import { TroubleBox, useMounted } from "../actions.tsx";
import { Bands, Lines } from "../chart.tsx";
import { Icon } from "../icons.tsx";
import { count, text } from "../number_format.tsx";
import { ColumnChips } from "../run_controls.tsx";
import { chosenColumns, horizonOf, numberColumns, rowAt } from "../run_columns.ts";
import { isEnded } from "../run_follower.ts";
import type { Row, Series } from "../types.ts";
import type { AgentSeries } from "../../../runner/mod.ts";
import { useAgentSeries } from "./agent_series.ts";
import type { RunPageState } from "./page_state.ts";
import { populationText } from "./populations.tsx";
import type { RunSubject } from "./subject.ts";

/** Variables from which on there is a field to find some. */
const MANY = 12;

/** What they are told. */
export interface ChartsProps {
  readonly state: RunPageState;
  readonly subject: RunSubject;
}

/** The charts. */
export function Charts({ state, subject }: ChartsProps): VNode {
  const { output, agentVariables } = subject;
  const run = state.run.value;
  const { rows, turn: newest } = run;
  const columns = rows.length === 0 ? output.columns : Object.keys(rows[0]!).filter((name) => name !== "turn");
  const [chosen, setChosen] = useState(() => chosenColumns(output.watch, columns, rows));
  const [variables, setVariables] = useState<readonly string[]>(() => agentVariables.slice(0, 1));
  const [log, setLog] = useState(false);
  const [agentLog, setAgentLog] = useState(false);
  const [isOverlay, setOverlay] = useState(false);
  const [isByAgent, setByAgent] = useState(false);
  const [search, setSearch] = useState("");
  const marker = state.following.value ? null : state.turn.value;
  const found = (names: readonly string[], picked: readonly string[]) =>
    names.filter((name) => picked.includes(name) || name.toLowerCase().includes(search.toLowerCase()));
  const axis = {
    from: Number(rows[0]?.turn ?? 0),
    to: isEnded(run.status) ? undefined : horizonOf(newest, run.max_turns),
  };
  const numbers = numberColumns(columns, rows);
  const groups = isOverlay ? [chosen].filter((group) => group.length > 0) : chosen.map((name) => [name]);
  return (
    <div class="run-charts">
      <section aria-label="World">
        <div class="title-row">
          <h2>World</h2>
          {numbers.length + agentVariables.length < MANY
            ? null
            : <Choice label="Find a variable" value={search} onInput={setSearch} />}
        </div>
        <ColumnChips all={found(numbers, chosen)} {...{ chosen, setChosen, log, setLog }}>
          <Switch label="in one chart" isOn={isOverlay} set={setOverlay} />
        </ColumnChips>
        <Values {...{ state, columns, chosen }} />
        <div class={groups.length > 1 ? "chart-grid" : "chart-alone"}>
          {groups.map((watch) => (
            <Lines key={watch.join("\n")} height={200} {...{ watch, rows, log, marker, ...axis }} />
          ))}
        </div>
        {chosen.length === 0 ? <p class="empty">Choose a variable to draw it.</p> : null}
      </section>
      {agentVariables.length === 0 ? null : (
        <section aria-label="Agents' variables">
          <div class="title-row">
            <h2>Agents</h2>
            <Chosen state={state} />
          </div>
          <ColumnChips
            all={found(agentVariables, variables)}
            chosen={variables}
            setChosen={setVariables}
            log={agentLog}
            setLog={setAgentLog}
          >
            <Switch label="a chart for each agent" isOn={isByAgent} set={setByAgent} />
          </ColumnChips>
          {variables.map((variable) => (
            <AgentChart key={variable} log={agentLog} {...{ state, variable, isByAgent, marker }} />
          ))}
        </section>
      )}
    </div>
  );
}

/** The agent that has a line in any case. */
function Chosen({ state }: { readonly state: RunPageState }): VNode | null {
  const agent = state.query.value.get("agent");
  if (agent === null) return null;
  return (
    <span class="chip">
      {agent}
      <button type="button" class="plain" aria-label={`Let go of ${agent}`} onClick={() => state.put("agent", null)}>
        <Icon name="x" />
      </button>
    </span>
  );
}

/** Values of the turn that is looked at: those that are drawn, and all on demand. */
function Values({ state, columns, chosen }: {
  readonly state: RunPageState;
  readonly columns: readonly string[];
  readonly chosen: readonly string[];
}): VNode {
  const row = rowAt(state.run.value.rows, state.turn.value);
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="run-values">
      <p class="facts-line">
        {chosen.filter((name) => row?.[name] !== undefined).map((name) => (
          <span key={name}>
            <span class="muted">{name}</span> <strong class="number">{text(row![name])}</strong>
          </span>
        ))}
      </p>
      {row === null ? null : (
        <details class="turn-values" onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>All values of turn {count(Number(row.turn))}</summary>
          {isOpen
            ? (
              <>
                <ValueList values={columns.map((name) => [name, row[name]])} />
                <Saved state={state} shown={columns} />
              </>
            )
            : null}
        </details>
      )}
    </div>
  );
}

function ValueList({ values }: { readonly values: readonly (readonly [name: string, value: unknown])[] }): VNode {
  return (
    <dl class="values">
      {values.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class="number">{text(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What the newest checkpoint at or before the turn has beside the rows: lists, records, and what is known of populations. */
function Saved({ state, shown }: { readonly state: RunPageState; readonly shown: readonly string[] }): VNode | null {
  const world = state.world.value;
  if (world === "loading") return <p class="muted">Reading the checkpoint…</p>;
  if ("message" in world) return <TroubleBox trouble={world} />;
  const others = [
    ...Object.entries(world.globals).filter(([name]) => !shown.includes(name)),
    ...Object.entries(world.populations).map(([name, told]) => [name, populationText(told)] as const),
  ];
  if (others.length === 0) return null;
  return (
    <>
      <p class="muted">In the checkpoint of turn {count(world.turn)}:</p>
      <ValueList values={others} />
    </>
  );
}

function Choice({ label, value, onInput }: {
  readonly label: string;
  readonly value: string;
  readonly onInput: (text: string) => void;
}): VNode {
  const isMounted = useMounted();
  return (
    <input
      type="search"
      class="run-search"
      aria-label={label}
      placeholder={label}
      disabled={!isMounted}
      value={value}
      onInput={(event) => onInput(event.currentTarget.value)}
    />
  );
}

function Switch({ label, isOn, set }: {
  readonly label: string;
  readonly isOn: boolean;
  readonly set: (isOn: boolean) => void;
}): VNode {
  const isMounted = useMounted();
  return (
    <label class="chip chip-choice">
      <input type="checkbox" checked={isOn} disabled={!isMounted} onChange={() => set(!isOn)} />
      {label}
    </label>
  );
}

interface AgentChartProps {
  readonly state: RunPageState;
  readonly variable: string;
  readonly log: boolean;
  readonly isByAgent: boolean;
  readonly marker: number | null;
}

function AgentChart({ state, variable, log, isByAgent, marker }: AgentChartProps): VNode {
  const series = useAgentSeries(state, variable, state.query.value.get("agent"));
  const rows = useMemo((): readonly Row[] => {
    if (series === null || "message" in series) return [];
    return series.turns.map((turn, i) =>
      Object.fromEntries([["turn", turn], ...series.lines.map(({ agent, values }) => [agent, values[i] ?? null])])
    );
  }, [series]);
  const bands = useMemo(() => series === null || "message" in series ? null : bandsOf(series), [series]);
  if (series === null) return <div class="chart-place chart-empty run-waiting">Reading {variable}…</div>;
  if ("message" in series) return <TroubleBox trouble={series} />;
  const agents = series.lines.map(({ agent }) => agent);
  if (bands !== null && !isByAgent) {
    return (
      <Bands
        title={`${variable} of ${count(series.agents)} agents: median and spread, the greatest and the least`}
        labels={bands.labels}
        series={bands.series}
        marker={marker}
      />
    );
  }
  if (agents.length === 0) return <p class="empty">No values of {variable} were recorded.</p>;
  return isByAgent
    ? (
      <div class="chart-grid">
        {agents.map((agent) => (
          <Lines key={agent} watch={[agent]} height={150} title={`${agent}: ${variable}`} {...{ rows, log, marker }} />
        ))}
      </div>
    )
    : <Lines watch={agents} height={260} title={variable} {...{ rows, log, marker }} />;
}

/** The spread of many agents, and lines of some. */
function bandsOf({ turns, lines, spread }: AgentSeries) {
  if (spread === null) return null;
  const of = (values: readonly (number | null)[], more = {}) => ({ turns, values, ...more }) as unknown as Series;
  return {
    labels: ["median, 10 to 90 %", "all", ...lines.map(({ agent }) => agent)],
    series: [
      of(spread.median, { low: spread.p10, high: spread.p90 }),
      of(spread.median.map(() => null), { low: spread.low, high: spread.high }),
      ...lines.map(({ values }) => of(values)),
    ],
  };
}
