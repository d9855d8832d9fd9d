/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";
import type { Provenance, TableOutput } from "./types.ts";

/** What it is told. */
export interface TableViewProps {
  readonly output: TableOutput;
  /** Of the cell, for the file's name. */
  readonly name?: string;
}

/** In short, until there is more. */
export function TableView({ output }: TableViewProps): VNode {
  return <p>{output.type}</p>;
}

/** Kept for props. */
export type Shown = Provenance;
