/** @jsxRuntime automatic */
/** @jsxImportSource preact */
/** One place of a map: what is known of it and who is there; and all places as a table. */

import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { count, counted, text } from "../number_format.tsx";
import { LogPanel } from "./log_frame.tsx";
import type { MapPlan } from "./map_plan.ts";
import type { MapWorld, Shade } from "./map_world.ts";
import { Members } from "./members.tsx";
import type { RunPageState, World } from "./page_state.ts";

/** What the panel is told. */
export interface MapPanelProps {
  readonly state: RunPageState;
  readonly plan: MapPlan;
  readonly map: MapWorld;
  readonly world: World;
  /** The variable that agents are coloured by. */
  readonly colour: string | null;
  readonly place: number;
  readonly onClose: () => void;
}

/** Agents that are listed. */
const MOST_AGENTS = 100;

/** The panel. */
export function MapPanel({ state, plan, map, world, colour, place, onClose }: MapPanelProps): VNode {
  const agents = map.agents[place]!;
  const attributes = map.attributes[place]!;
  const eventsOf = (agent: string) => {
    state.put("agents", `${agent}/`);
    state.tab.value = "events";
  };
  return (
    <LogPanel title={<span class="event-who">{plan.ids[place]}</span>} number={place} onClose={onClose}>
      {Object.keys(attributes).length > 0 && (
        <section>
          <h3>Place</h3>
          <Members of={attributes} />
        </section>
      )}
      <section>
        <h3>{counted(agents.length, "agent")}</h3>
        {agents.length === 0 ? <p class="muted">Nobody is there.</p> : (
          <ul class="map-agents">
            {agents.slice(0, MOST_AGENTS).map((agent) => (
              <li key={agent}>
                <details open={agents.length === 1}>
                  <summary>
                    <span class="event-who">{agent}</span>
                    {colour !== null && <span class="muted">{text(world.agents[agent]?.[colour], 40)}</span>}
                  </summary>
                  <Members of={world.agents[agent] ?? {}} />
                  <button type="button" class="quiet" onClick={() => eventsOf(agent)}>Its events</button>
                </details>
              </li>
            ))}
          </ul>
        )}
        {agents.length > MOST_AGENTS && <p class="muted">and {count(agents.length - MOST_AGENTS)} more</p>}
      </section>
    </LogPanel>
  );
}

/** Places of the table. */
const MOST_PLACES = 300;

/** The same as a table, for who does not look at pictures. */
export function PlacesTable({ plan, map, shades, fill, onChoose }: {
  readonly plan: MapPlan;
  readonly map: MapWorld;
  readonly shades: readonly Shade[];
  /** What places are coloured by, in words. */
  readonly fill: string | null;
  readonly onChoose: (place: number) => void;
}): VNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="chart-table" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Show as table</summary>
      {isOpen && <Rows {...{ plan, map, shades, fill, onChoose }} />}
    </details>
  );
}

function Rows({ plan, map, shades, fill, onChoose }: Parameters<typeof PlacesTable>[0]): VNode {
  // Where somebody is comes first.
  const places = plan.ids.map((_, place) => place)
    .sort((a, b) => map.agents[b]!.length - map.agents[a]!.length || a - b);
  return (
    <>
      <div class="scroll-box" tabindex={0} role="group" aria-label="Places as a table">
        <table>
          <thead>
            <tr>
              <th scope="col">place</th>
              <th scope="col" class="number">agents</th>
              {fill !== null && <th scope="col">{fill}</th>}
              <th scope="col">who</th>
            </tr>
          </thead>
          <tbody>
            {places.slice(0, MOST_PLACES).map((place) => {
              const agents = map.agents[place]!;
              return (
                <tr key={place}>
                  <th scope="row">
                    <button type="button" class="plain" onClick={() => onChoose(place)}>{plan.ids[place]}</button>
                  </th>
                  <td class="number">{count(agents.length)}</td>
                  {fill !== null && (
                    <td class={typeof shades[place] === "number" ? "number" : ""}>{text(shades[place])}</td>
                  )}
                  <td class="wraps">
                    {agents.slice(0, 5).join(", ")}
                    {agents.length > 5 && `, and ${count(agents.length - 5)} more`}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {plan.ids.length > MOST_PLACES && (
        <p class="muted">
          {count(MOST_PLACES)} of {counted(plan.ids.length, "place")}, those with the most agents first.
        </p>
      )}
    </>
  );
}
