/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { ChartOutput, Provenance } from "./types.ts";

/** What it is told. */
export interface ChartViewProps {
  readonly output: ChartOutput;
  readonly title?: string;
  readonly height?: number;
}

/** In short, until there is more. */
export function ChartView({ output }: ChartViewProps): VNode {
  return <p>{output.type}</p>;
}

/** Kept for props. */
export type Shown = Provenance;
