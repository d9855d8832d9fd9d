/** Whom a person listens to. */

import type { AgentState, SimulationState } from "llm-sim";
import type { PersonVariables, SocietyVariables } from "../variables.ts";

/** Another person, as far as it is seen, and how much weight its opinion has. */
export interface Neighbour {
  readonly name: string;
  readonly opinion: number;
  readonly weight: number;
}

type Society = SimulationState<PersonVariables, SocietyVariables>;

/**
 * The people whose opinions `own` sees: in space those at its own location and at neighbouring ones, these weighted by
 * the edge's `weight` (1 where it has none), and everybody where there is no space. A directed edge leads to the one
 * who is listened to.
 */
export function neighboursOf(own: AgentState<PersonVariables>, { agents, space }: Society): Neighbour[] {
  if (space === null) return agents.records.flatMap((other) => other.name === own.name ? [] : seen(other, 1));
  const here = space.position(own.name);
  if (here === undefined) return [];
  const at = (place: string, weight: number) =>
    space.agentsAt(place).filter((name) => name !== own.name).flatMap((name) => seen(agents.get(name), weight));
  return [
    ...at(here, 1),
    ...space.neighbours(here).flatMap((place) => at(place, weightOf(space.edge(here, place)?.weight))),
  ];
}

/**
 * The people who hear `own`: everybody where there is no space, in space those at its own location and those from whose
 * locations an edge leads there. Whom it does not see is not among them.
 */
export function listenersOf(own: AgentState<PersonVariables>, { agents, space }: Society): string[] {
  const others = agents.names().filter((name) => name !== own.name);
  if (space === null) return others;
  const here = space.position(own.name);
  if (here === undefined) return [];
  return others.filter((name) => {
    const there = space.position(name);
    return there !== undefined && (there === here || space.neighbours(there).includes(here));
  });
}

/** Nothing where the person or its opinion is hidden. */
function seen(person: AgentState<PersonVariables> | undefined, weight: number): Neighbour[] {
  const opinion: number | undefined = person?.opinion;
  return person === undefined || opinion === undefined ? [] : [{ name: person.name, opinion, weight }];
}

function weightOf(weight: unknown): number {
  return typeof weight === "number" && weight >= 0 ? weight : 1;
}
