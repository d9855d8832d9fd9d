/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** Which agents a list is narrowed to: names in the address, with slashes between, which no name holds. */

import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import { useMounted } from "../actions.tsx";
import { Icon } from "../icons.tsx";
import type { RunPageState } from "./page_state.ts";

/** Names that are offered. */
const MOST_OFFERED = 300;
/** Names that can be chosen. */
const MOST_CHOSEN = 50;

/** The agents that the address names. */
export function agentsIn(query: URLSearchParams): readonly string[] {
  return [...new Set((query.get("agents") ?? "").split("/").filter((name) => name !== ""))].slice(0, MOST_CHOSEN);
}

/** The field and the names that are chosen. */
export function AgentPicker({ state }: { readonly state: RunPageState }): VNode {
  const isMounted = useMounted();
  const id = useId();
  const [isUsed, setUsed] = useState(false);
  const chosen = agentsIn(state.query.value);
  /** Of those that are chosen by now: the last choice may not be drawn yet. */
  const choose = (change: (names: readonly string[]) => readonly string[]) => {
    const names = change(agentsIn(state.query.peek()));
    state.put("agents", names.length === 0 ? null : `${names.join("/")}/`);
  };
  const add = (field: HTMLInputElement) => {
    const name = field.value.replaceAll("/", "").trim();
    if (name !== "") choose((names) => names.includes(name) ? names : [...names, name]);
    field.value = "";
  };
  return (
    <div class="agent-picker">
      <label for={id}>Agents</label>
      <input
        id={id}
        type="search"
        placeholder={chosen.length === 0 ? "all" : "and…"}
        disabled={!isMounted || chosen.length >= MOST_CHOSEN}
        list={`${id}-names`}
        maxLength={200}
        autocomplete="off"
        onFocus={() => setUsed(true)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          add(event.currentTarget);
        }}
        onChange={(event) => add(event.currentTarget)}
      />
      <datalist id={`${id}-names`}>{isUsed && <Names state={state} chosen={chosen} />}</datalist>
      {chosen.map((name) => (
        <button
          key={name}
          type="button"
          class="chip"
          aria-label={`Not only ${name}`}
          onClick={() => choose((names) => names.filter((each) => each !== name))}
        >
          <span class="chip-name">{name}</span>
          <Icon name="x" />
        </button>
      ))}
    </div>
  );
}

/** Looks at the world: only who narrows the list has it read. */
function Names({ state, chosen }: { readonly state: RunPageState; readonly chosen: readonly string[] }): VNode {
  const world = state.world.value;
  const names = typeof world === "object" && "order" in world ? world.order : [];
  return (
    <>
      {names.filter((name) => !chosen.includes(name)).slice(0, MOST_OFFERED).map((name) => (
        <option key={name} value={name} />
      ))}
    </>
  );
}
