/** Delivers messages: where they go is settled when they are sent, what has arrived when the next turn begins. */

import type { Mail } from "./loop_state.ts";
import type { Message, OutgoingMessage } from "./message.ts";
import type { SimulationState } from "./state.ts";

/** What came of sending one message. */
export interface Sending {
  /** What is on its way; null when it goes to nobody. */
  readonly mail: Mail | null;
  /** Names it was sent to that are no agent's. */
  readonly unknown: readonly string[];
}

/** Sends a message in the state at the end of its turn. @param from null: the world */
export function sent(message: OutgoingMessage, from: string | null, state: SimulationState, turn: number): Sending {
  const { to, content, radius } = message;
  const letter: Message = { from, to, ...(radius !== null && { radius }), content, turn };
  if (to === "*") {
    if (radius === null || from === null) return { mail: { message: letter, to: null }, unknown: [] };
    return { mail: { message: letter, to: heardBy(from, radius, state) }, unknown: [] };
  }
  const names = typeof to === "string" ? [to] : [...new Set(to)];
  const known = names.filter((name) => state.agents.has(name));
  const unknown = known.length === names.length ? [] : names.filter((name) => !state.agents.has(name));
  return { mail: known.length === 0 ? null : { message: letter, to: known }, unknown };
}

/** Who is within `radius` hops of the sender; nobody when it is nowhere. */
function heardBy(sender: string, radius: number, { space }: SimulationState): readonly string[] {
  const place = space?.position(sender);
  if (!space || place === undefined) return [];
  return space.agentsWithin(place, radius).filter((name) => name !== sender);
}

/** What lies in the inboxes when a turn begins, and what waits for agents that are paused. */
export interface Delivery {
  readonly inboxes: ReadonlyMap<string, readonly Message[]>;
  readonly kept: readonly Mail[];
}

const NOTHING: Delivery = { inboxes: new Map(), kept: [] };

/** Delivers `mail` to the agents of `state`; what is for agents that have gone is lost. */
export function delivered(mail: readonly Mail[], state: SimulationState): Delivery {
  if (mail.length === 0) return NOTHING;
  const paused = new Set(state.paused_agents);
  const inboxes = new Map<string, Message[]>();
  const kept: Mail[] = [];
  for (const { message, to } of mail) {
    const recipients = to ?? state.agents.names().filter((name) => name !== message.from);
    const waiting: string[] = [];
    for (const name of recipients) {
      if (!state.agents.has(name)) continue;
      if (paused.has(name)) waiting.push(name);
      else {
        const inbox = inboxes.get(name);
        if (inbox) inbox.push(message);
        else inboxes.set(name, [message]);
      }
    }
    if (waiting.length > 0) kept.push({ message, to: waiting });
  }
  return { inboxes, kept };
}
