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
  const letter: Message = Object.freeze({ from, to, ...(radius !== null && { radius }), content, turn });
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

/** Messages that wait for one paused agent; of more the oldest are lost. */
const WAITING = 100;

/**
 * Delivers `mail` in turn `turn` to the agents of `state`; what is for agents that have gone is lost.
 * @param newcomers agents that came after the messages of the turn before were sent
 */
export function delivered(
  mail: readonly Mail[],
  state: SimulationState,
  turn: number,
  newcomers: readonly string[],
): Delivery {
  if (mail.length === 0) return NOTHING;
  const paused = new Set(state.paused_agents);
  const late = new Set(newcomers);
  const all = state.agents.names();
  const old = late.size === 0 ? all : all.filter((name) => !late.has(name));
  const inboxes = new Map<string, Message[]>();
  const kept: { readonly message: Message; readonly to: string[] }[] = [];
  for (const { message, to } of mail) {
    const waiting: string[] = [];
    for (const name of to ?? (message.turn < turn ? old : all)) {
      if (to === null ? name === message.from : !state.agents.has(name)) continue;
      if (paused.has(name)) waiting.push(name);
      else {
        const inbox = inboxes.get(name);
        if (inbox) inbox.push(message);
        else inboxes.set(name, [message]);
      }
    }
    if (waiting.length > 0) kept.push({ message, to: waiting });
  }
  for (const inbox of inboxes.values()) Object.freeze(inbox);
  return { inboxes, kept: newest(kept) };
}

/** Of what waits for each agent the newest messages. */
function newest(mail: readonly { readonly message: Message; readonly to: string[] }[]): readonly Mail[] {
  if (mail.length <= WAITING) return mail;
  const waiting = new Map<string, number>();
  const kept: Mail[] = [];
  for (const { message, to } of mail.toReversed()) {
    const names = to.filter((name) => {
      const count = (waiting.get(name) ?? 0) + 1;
      waiting.set(name, count);
      return count <= WAITING;
    });
    if (names.length > 0) kept.push({ message, to: names });
  }
  return kept.reverse();
}
