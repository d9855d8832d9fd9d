/** @jsxRuntime automatic */
/** @jsxImportSource preact */
import type { VNode } from "preact";

/** What a choice is told. */
export interface ChoiceProps {
  readonly label: string;
  readonly name: string;
  readonly value: string;
  /** What stands for the empty value. */
  readonly first: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChange: (value: string) => void;
}

/** A labelled list of which one is chosen; the first one is to leave it as it is. */
export function Choice({ label, name, value, first, options, onChange }: ChoiceProps): VNode {
  return (
    <label>
      {label}
      <select name={name} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="" selected={value === ""}>{first}</option>
        {options.map(([each, words]) => <option key={each} value={each} selected={value === each}>{words}</option>)}
      </select>
    </label>
  );
}
