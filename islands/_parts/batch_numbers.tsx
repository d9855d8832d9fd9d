/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** What the runs of a batch say: sentences, and a metric by cell. */

import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { useMounted } from "./actions.tsx";
import { type BatchCell, heatOf, nameOfCell } from "./batch_cells.ts";
import { HeatMap } from "./heat_map.tsx";
import { count, short } from "./number_format.tsx";
import type { BatchSummary } from "./types.ts";

/** What it is told. */
export interface BatchNumbersProps {
  readonly cells: readonly BatchCell[];
  /** Null: no run has ended yet. */
  readonly summary: BatchSummary | null;
  readonly isOver: boolean;
}

/** Sentences first, then the numbers. */
export function BatchNumbers({ cells, summary, isOver }: BatchNumbersProps): VNode {
  const [chosen, choose] = useState<string | null>(null);
  if (summary === null || summary.metrics.length === 0) {
    return (
      <p class="empty">
        {isOver ? "No run was completed: there are no numbers." : "Numbers come with the first run that is completed."}
      </p>
    );
  }
  const { sentences, metrics } = summary;
  const metric = metrics.find(({ name }) => name === chosen) ?? metrics[0]!;
  const heat = heatOf(cells, metric);
  return (
    <div class="batch-numbers">
      <Sentences sentences={sentences} />
      {metrics.length > 1
        ? <MetricChoice names={metrics.map(({ name }) => name)} name={metric.name} choose={choose} />
        : null}
      {heat === null ? <CellTable cells={cells} metric={metric} /> : <HeatMap title={metric.name} {...heat} />}
    </div>
  );
}

/** Sentences that stand open. */
const MOST_OPEN = 4;

function Sentences({ sentences }: { readonly sentences: readonly string[] }): VNode {
  const list = (some: readonly string[]) => (
    <ul class="sentences">
      {some.map((sentence, i) => <li key={i}>{sentence}</li>)}
    </ul>
  );
  const more = sentences.length - MOST_OPEN;
  return more < 2 ? list(sentences) : (
    <div>
      {list(sentences.slice(0, MOST_OPEN))}
      <details class="inputs">
        <summary>{count(more)} more sentences</summary>
        {list(sentences.slice(MOST_OPEN))}
      </details>
    </div>
  );
}

function MetricChoice({ names, name, choose }: {
  readonly names: readonly string[];
  readonly name: string;
  readonly choose: (name: string) => void;
}): VNode {
  const id = useId();
  const isMounted = useMounted();
  return (
    <p class="metric-choice">
      <label for={id}>Metric</label>
      <select id={id} disabled={!isMounted} onChange={(event) => choose(event.currentTarget.value)}>
        {names.map((each) => <option key={each} value={each} selected={each === name}>{each}</option>)}
      </select>
    </p>
  );
}

/** Mean, interval and seeds of every cell, with a picture of where they lie. */
function CellTable({ cells, metric }: {
  readonly cells: readonly BatchCell[];
  readonly metric: BatchSummary["metrics"][number];
}): VNode {
  const ends = metric.cells.flatMap(({ mean, low, high }) => [mean, low, high].filter((end) => end !== null));
  const [least, most] = [Math.min(...ends), Math.max(...ends)];
  const at = (value: number) => most === least ? 50 : 4 + 92 * (value - least) / (most - least);
  return (
    <div class="scroll-box" tabindex={0} role="group" aria-label={`${metric.name} by cell`}>
      <table class="cell-table">
        <thead>
          <tr>
            <th scope="col">Cell</th>
            <th scope="col" class="number">{metric.name}, mean</th>
            <th scope="col" class="number">95 % interval</th>
            <th scope="col" class="number">Seeds</th>
            <th scope="col" class="interval-column">
              <span class="visually-hidden">Picture</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {metric.cells.map(({ cell, n, mean, low, high }) => (
            <tr key={cell}>
              <th scope="row">
                {nameOfCell(cells.find(({ index }) => index === cell) ?? { index: cell, arm: null, params: {} })}
              </th>
              <td class="number">{short(mean)}</td>
              <td class="number">{low === null || high === null ? "–" : `${short(low)} to ${short(high)}`}</td>
              <td class="number">{count(n)}</td>
              <td class="interval-column" aria-hidden="true">
                {mean === null ? null : (
                  <span class="interval">
                    {low === null || high === null
                      ? null
                      : <span class="interval-line" style={`left:${at(low)}%;width:${at(high) - at(low)}%`} />}
                    <span class="interval-dot" style={`left:${at(mean)}%`} />
                  </span>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
