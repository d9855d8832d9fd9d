/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Forms of a run's page. */

import type { ComponentChildren, VNode } from "preact";
import { useId } from "preact/hooks";
import { type Actions, TroubleBox, useMounted } from "../actions.tsx";

/** What a form of a run is told. */
export interface FormProps {
  readonly path: string;
  readonly onDone: () => Promise<void>;
}

/** A form that says below its fields what the server finds wrong. */
export function Form({ label, name, actions, onSend, children }: {
  readonly label: string;
  readonly name: string;
  readonly actions: Actions;
  readonly onSend: () => void;
  readonly children: ComponentChildren;
}): VNode {
  const isMounted = useMounted();
  return (
    <form
      class="box run-form"
      aria-label={name}
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      <h2>{name}</h2>
      <fieldset disabled={!isMounted || actions.busy !== null}>{children}</fieldset>
      {actions.trouble ? <TroubleBox trouble={actions.trouble} onDismiss={actions.dismiss} /> : null}
      <button type="submit" disabled={!isMounted || actions.busy !== null}>{label}</button>
    </form>
  );
}

/** A value as somebody writes it: JSON where it is that, else a text. */
export function valueOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A field that must be filled in. @param offered what may be meant */
export function Field({ label, value, set, offered = [], example }: {
  readonly label: string;
  readonly value: string;
  readonly set: (text: string) => void;
  readonly offered?: readonly string[];
  readonly example?: string | undefined;
}): VNode {
  const list = useId();
  return (
    <label>
      {label}
      <input
        type="text"
        required
        autocomplete="off"
        placeholder={example}
        value={value}
        list={offered.length === 0 ? undefined : list}
        onInput={(event) => set(event.currentTarget.value)}
      />
      {offered.length === 0 ? null : (
        <datalist id={list}>
          {offered.map((word) => <option key={word} value={word} />)}
        </datalist>
      )}
    </label>
  );
}
