/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A grid of numbers, each on a ground the deeper the higher; a table, so that everybody can read it. */

import type { VNode } from "preact";
import { short, text } from "./number_format.tsx";

/** One cell. */
export interface HeatCell {
  readonly x: string;
  readonly y: string;
  /** Null: nothing is known yet. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Seeds behind it. */
  readonly n: number;
}

/** What it is told. */
export interface HeatMapProps {
  /** What the numbers are. */
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly cells: readonly HeatCell[];
}

/** Values of a grid over two parameters. */
export function HeatMap({ title, xName, yName, cells }: HeatMapProps): VNode {
  const [xs, ys] = [[...new Set(cells.map(({ x }) => x))], [...new Set(cells.map(({ y }) => y))]];
  const values = cells.flatMap(({ value }) => value === null ? [] : [value]);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return (
    <div class="scroll-x" tabindex={0} role="group" aria-label={`${title} over ${xName} and ${yName}`}>
      <table class="heat-map">
        <caption>
          {title} <span class="muted">mean, interval at 95 %, seeds</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">{yName} / {xName}</th>
            {xs.map((x) => <th key={x} scope="col">{text(x, 40)}</th>)}
          </tr>
        </thead>
        <tbody>
          {ys.map((y) => (
            <tr key={y}>
              <th scope="row">{text(y, 40)}</th>
              {xs.map((x) => (
                <Cell
                  key={x}
                  cell={cells.find((cell) => cell.x === x && cell.y === y)}
                  range={[low, high]}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Cell({ cell, range: [low, high] }: {
  readonly cell: HeatCell | undefined;
  readonly range: readonly [number, number];
}): VNode {
  if (cell === undefined || cell.value === null) return <td class="heat-none">–</td>;
  const share = low === high ? 0.3 : (cell.value - low) / (high - low);
  return (
    <td style={`--heat:${Math.round(8 + 44 * share)}%`}>
      <span class="heat-value">{short(cell.value)}</span>
      <span class="heat-more">
        {cell.low === null || cell.high === null ? "" : `${short(cell.low)} … ${short(cell.high)}, `}n {cell.n}
      </span>
    </td>
  );
}
