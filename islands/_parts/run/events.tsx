/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** The events of a run: all of them in one list, narrowed by kind and agent, each with what led to it and what it led to. */

import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { useMounted } from "../actions.tsx";
import { announce } from "../announce.ts";
import { Icon } from "../icons.tsx";
import { count } from "../number_format.tsx";
import { registerKeyHints } from "../shell/commands.ts";
import { AgentPicker, agentsIn } from "./agent_picker.tsx";
import { effectsOf, EventMark, EventPanel } from "./event_panel.tsx";
import { causesOf, EVENT_KINDS, type RunEvent, summaryOf } from "./event_text.ts";
import { LogFrame } from "./log_frame.tsx";
import { LogList } from "./log_list.tsx";
import { isDamaged, type LogFilters, type LogSource } from "./log_store.ts";
import type { RunPageState } from "./page_state.ts";
import { useLog } from "./use_log.ts";

const SOURCE: LogSource = { log: "events", key: "id" };
const TYPES = Object.keys(EVENT_KINDS);
const KEYS = [
  ["ArrowDown", "Next event"],
  ["ArrowUp", "Event before"],
  ["ArrowLeft", "What caused it"],
  ["ArrowRight", "What it caused"],
  ["Escape", "Close the event"],
] as const;

function typesIn(query: URLSearchParams): readonly string[] {
  const wanted = (query.get("types") ?? "").split(",");
  return TYPES.filter((type) => wanted.includes(type));
}

function filtersIn(query: URLSearchParams): LogFilters {
  const [types, agents] = [typesIn(query), agentsIn(query)];
  return {
    ...(types.length > 0 && { types: types.join(",") }),
    ...(agents.length > 0 && { agents: `${agents.join("/")}/` }),
  };
}

/** The tab. */
export function Events({ state }: { readonly state: RunPageState }): VNode {
  const { store, view, choose } = useLog<RunEvent>(state, {
    source: SOURCE,
    filters: filtersIn,
    word: "event",
    hasTurns: true,
  });
  useEffect(() => registerKeyHints(KEYS.map(([keys, title]) => ({ keys, title, group: "Events" }))), []);
  const turn = state.turn.value;
  const chosen = view.chosen.value;
  const query = state.query.value;
  const isNarrowed = Object.keys(filtersIn(query)).length > 0;
  /** Goes to the event that led to the chosen one, or the first that it led to. */
  const follow = async (number: number, isBack: boolean) => {
    try {
      const line = await store.read(number);
      if (isDamaged(line)) return;
      const to = isBack ? causesOf(line)[0] : (await effectsOf(state.runId, number, number, 1)).events[0]?.id;
      if (view.chosen.peek() !== number) return;
      if (to === undefined) {
        announce(isBack ? "nothing that is recorded caused it" : "it caused nothing that is recorded");
      } else choose(to, true);
    } catch (error) {
      announce(state.failed(error).message);
    }
  };
  const onKey = (key: string) => {
    if (chosen === null) return false;
    if (key === "ArrowLeft" || key === "ArrowRight") void follow(chosen, key === "ArrowLeft");
    else if (key === "Escape") choose(null, false);
    else return false;
    return true;
  };
  return (
    <LogFrame
      store={store}
      runId={state.runId}
      noun="event"
      isNarrowed={isNarrowed}
      empty={isNarrowed
        ? (
          <>
            <p>No event is of these kinds and agents.</p>
            <button
              type="button"
              class="button"
              onClick={() => {
                state.put("types", null);
                state.put("agents", null);
              }}
            >
              Show all
            </button>
          </>
        )
        : "No events yet: the first comes when the run begins."}
      filters={<Filters state={state} />}
      hint="Choose an event to see what caused it, what it caused, and all that is written of it."
      list={
        <LogList
          store={store}
          view={view}
          label="Events"
          Line={EventLine}
          isMarked={({ turn_number }) => turn_number === turn}
          onChoose={(number) => choose(number, false)}
          onKey={onKey}
        />
      }
      panel={chosen === null
        ? null
        : <EventPanel {...{ state, store }} number={chosen} onChoose={(number) => choose(number, true)} />}
    />
  );
}

function EventLine({ line }: { readonly line: RunEvent }): VNode {
  return (
    <>
      <span class="event-id">{line.id}</span>
      <span class="event-turn">t&#8202;{count(line.turn_number)}</span>
      <EventMark event={line} />
      <span class="event-agent">{line.agent_id}</span>
      <span class="event-text">{summaryOf(line)}</span>
    </>
  );
}

function Filters({ state }: { readonly state: RunPageState }): VNode {
  const isMounted = useMounted();
  const types = typesIn(state.query.value);
  return (
    <>
      <fieldset class="facets">
        <legend class="visually-hidden">Kinds of events</legend>
        {Object.entries(EVENT_KINDS).map(([type, { icon, title }]) => (
          <label key={type} class="facet" title={title}>
            <input
              type="checkbox"
              disabled={!isMounted}
              checked={types.includes(type)}
              onChange={({ currentTarget: { checked } }) => {
                // What was checked last may not be drawn yet.
                const now = typesIn(state.query.peek());
                const next = TYPES.filter((each) => each === type ? checked : now.includes(each));
                state.put("types", next.length === 0 ? null : next.join(","));
              }}
            />
            <Icon name={icon} />
            {type}
          </label>
        ))}
      </fieldset>
      <AgentPicker state={state} />
    </>
  );
}
