/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** A control of an input cell. */

import type { TargetedEvent, VNode } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Icon } from "./icons.tsx";
import { text } from "./number_format.tsx";
import { TypedField } from "./typed_field.tsx";
import type { InputOutput } from "./types.ts";

type InputValue = InputOutput["value"];

/** What a control is told. */
export interface InputControlProps {
  /** Of the cell: the name in the page's address. */
  readonly id: string;
  readonly output: InputOutput;
  /** The user has moved it; of a range at most every 100 ms. */
  readonly onChange?: (value: InputValue) => void;
  readonly disabled?: boolean;
}

/** Milliseconds that a range must stand still before it counts. */
const PATIENCE = 100;

/** A control with its label, its value, and a way back to what the file says. */
export function InputControl({ id, output, onChange, disabled = false }: InputControlProps): VNode {
  const field = useId();
  const [value, setValue] = useState<InputValue>(output.value);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => setValue(output.value), [output.value]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (next: InputValue) => {
    setValue(next);
    clearTimeout(timer.current);
    if (output.control !== "range") return onChange?.(next);
    timer.current = setTimeout(() => onChange?.(next), PATIENCE);
  };
  const isMoved = value !== output.standard;
  const isGroup = output.control === "radio";
  return (
    <div
      class={`input-control input-${output.control}`}
      role={isGroup ? "radiogroup" : undefined}
      aria-labelledby={isGroup ? `${field}-label` : undefined}
    >
      {isGroup
        ? <span class="input-label" id={`${field}-label`}>{output.label}</span>
        : <label class="input-label" for={field}>{output.label}</label>}
      <Control {...{ id, field, output, value, disabled, change }} />
      {output.control === "range" ? <output class="number" for={field}>{text(value)}</output> : null}
      <button
        type="button"
        class="quiet icon input-reset"
        disabled={disabled || !isMoved}
        aria-label={`Set ${output.label} back to ${text(output.standard)}`}
        title={`Back to ${text(output.standard)}`}
        onClick={() => change(output.standard)}
      >
        <Icon name="undo" />
      </button>
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly field: string;
  readonly output: InputOutput;
  readonly value: InputValue;
  readonly disabled: boolean;
  readonly change: (value: InputValue) => void;
}

function Control({ id, field, output, value, disabled, change }: ControlProps): VNode {
  const { control, min, max, step, options = [] } = output;
  const common = { id: field, name: id, disabled };
  const numeric = (event: TargetedEvent<HTMLInputElement>) => {
    const next = event.currentTarget.valueAsNumber;
    if (Number.isFinite(next)) change(next);
    else event.currentTarget.value = String(value);
  };
  switch (control) {
    case "range":
      return <input {...common} {...{ min, max, step }} type="range" value={String(value)} onInput={numeric} />;
    case "number":
      return (
        <TypedField
          {...common}
          {...{ min, max }}
          step={step ?? "any"}
          type="number"
          value={String(value)}
          onChange={numeric}
        />
      );
    case "text":
      return (
        <TypedField
          {...common}
          type="text"
          value={String(value)}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
    case "toggle":
      return (
        <input
          {...common}
          type="checkbox"
          role="switch"
          checked={value === true}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      );
    case "select":
      return (
        <select
          {...common}
          onChange={(event) => change(options[event.currentTarget.selectedIndex]?.value ?? value)}
        >
          {options.map((option) => (
            <option key={String(option.value)} value={String(option.value)} selected={option.value === value}>
              {option.label}
            </option>
          ))}
        </select>
      );
    case "radio":
      return (
        <span class="input-options">
          {options.map((option) => (
            <label key={String(option.value)}>
              <input
                type="radio"
                name={`${field}-${id}`}
                value={String(option.value)}
                checked={option.value === value}
                disabled={disabled}
                onChange={() => change(option.value)}
              />
              {option.label}
            </label>
          ))}
        </span>
      );
  }
}
