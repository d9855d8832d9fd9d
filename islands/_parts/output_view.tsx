/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Any output, by the part that shows it. */

import type { VNode } from "preact";
import { BatchView } from "./batch_view.tsx";
import { ChartView } from "./chart.tsx";
import { CompareView } from "./compare_view.tsx";
import { ConversationView } from "./conversation_view.tsx";
import { InputControl } from "./input_control.tsx";
import { RunView } from "./run_view.tsx";
import { ScenarioView } from "./scenario_view.tsx";
import { TableView } from "./table_view.tsx";
import type { CellOutput, InputOutput, Provenance } from "./types.ts";

/** What it is told. */
export interface OutputViewProps {
  readonly output: CellOutput;
  /** Id or name of the cell. */
  readonly name: string;
  readonly provenance?: Provenance | null;
  readonly live?: boolean;
  readonly readonly?: boolean;
  /** An input was moved. */
  readonly onInput?: (value: InputOutput["value"]) => void;
  /** Something was steered or has come to its end: the page may be out of date. */
  readonly onChange?: () => void;
  /** A fork after this turn is wanted; default: one is started, and its page opened. */
  readonly onFork?: (turn: number) => void;
}

/** What a cell shows. */
export function OutputView({ output, name, onInput, onChange, onFork, ...rest }: OutputViewProps): VNode {
  const told = { ...rest, ...(onChange && { onChange }) };
  switch (output.type) {
    case "input":
      return (
        <InputControl
          id={name}
          output={output}
          disabled={rest.readonly ?? false}
          {...(onInput && { onChange: onInput })}
        />
      );
    case "scenario":
      return <ScenarioView output={output} />;
    case "run":
      return <RunView output={output} {...told} {...(onFork && { onFork })} />;
    case "batch":
      return <BatchView output={output} isFixed {...told} />;
    case "conversation":
      return <ConversationView output={output} {...told} {...(onFork && { onFork })} />;
    case "compare":
      return <CompareView output={output} {...told} />;
    case "chart":
      return <ChartView output={output} />;
    case "table":
      return <TableView output={output} name={name} />;
  }
}
