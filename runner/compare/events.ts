/** What happened in one turn of one run and not of another. */

import { canonicalJson, type Json, type JsonObject } from "../../framework/mod.ts";
import type { Row } from "../store/mod.ts";

/** Something that happened on some sides and not on all. */
export interface EventDifference {
  readonly type: string;
  /** Null: it is about none. */
  readonly agent: string | null;
  /** Its description, or what it says in short. */
  readonly what: string;
  /** Positions of the sides on which it happened. */
  readonly sides: readonly number[];
}

/** What an agent did where it did not do the same everywhere. */
export interface DecisionDifference {
  readonly agent: string;
  /** By side; null: it did nothing. Of actions of the same name only what differs is told. */
  readonly values: readonly (string | null)[];
}

/** What a turn's events say of why sides part in it. */
export interface TurnDifference {
  readonly events: readonly EventDifference[];
  readonly decisions: readonly DecisionDifference[];
  /** Events and decisions that differ beyond those that are told. */
  readonly more: number;
}

/** Events and decisions that are told, each. */
export const MOST_EVENTS = 50;
const LONGEST_TEXT = 300;

/** Members of an event that say nothing of what happened: numbers and times, and what may differ between equals. */
const VOLATILE = ["id", "event_id", "timestamp", "simulation_id", "caused_by", "volatile", "turn_number"];

/** The events of one turn; the reading ends with it. */
export async function eventsOfTurn(rows: AsyncIterable<Row>, turn: number): Promise<JsonObject[]> {
  const found: JsonObject[] = [];
  for await (const row of rows) {
    if (Number(row.turn_number) > turn) break;
    if (row.turn_number === turn) found.push(row);
  }
  return found;
}

/** What differs between the events that each side has of a turn. */
export function turnDifference(sides: readonly (readonly JsonObject[])[]): TurnDifference {
  const isAction = ({ event_type }: JsonObject) => event_type === "ACTION";
  const isDecision = ({ event_type }: JsonObject) => event_type === "DECISION";
  // An action says all that its decision says; with little verbosity there are decisions only.
  const acted = sides.some((events) => events.some(isAction)) ? isAction : isDecision;
  const events = differingEvents(sides.map((side) => side.filter((event) => !isAction(event) && !isDecision(event))));
  const decisions = differingDecisions(
    sides.map((side) => side.filter((event) => acted(event) && agentOf(event) !== null)),
  );
  return {
    events: events.slice(0, MOST_EVENTS),
    decisions: decisions.slice(0, MOST_EVENTS),
    more: Math.max(0, events.length - MOST_EVENTS) + Math.max(0, decisions.length - MOST_EVENTS),
  };
}

function differingEvents(sides: readonly (readonly JsonObject[])[]): EventDifference[] {
  const seen = new Map<string, { readonly event: JsonObject; readonly counts: number[] }>();
  sides.forEach((events, side) => {
    for (const event of events) {
      const key = canonicalJson(told(event));
      const entry = seen.get(key) ?? { event, counts: sides.map(() => 0) };
      entry.counts[side]!++;
      seen.set(key, entry);
    }
  });
  return [...seen.values()].flatMap(({ event, counts }) => {
    const most = Math.max(...counts);
    if (counts.every((count) => count === most)) return [];
    const where = counts.flatMap((count, side) => count > Math.min(...counts) ? [side] : []);
    return [{ type: String(event.event_type), agent: agentOf(event), what: textOf(event), sides: where }];
  });
}

function differingDecisions(sides: readonly (readonly JsonObject[])[]): DecisionDifference[] {
  const byAgent = sides.map((events) => Map.groupBy(events, (event) => agentOf(event)!));
  const agents = [...new Set(byAgent.flatMap((side) => [...side.keys()]))];
  return agents.flatMap((agent) => {
    const acts = byAgent.map((side) => side.get(agent) ?? []);
    const keys = acts.map((events) => canonicalJson(events.map(told)));
    if (keys.every((key) => key === keys[0])) return [];
    const same = sameParameters(acts);
    return [{
      agent,
      values: acts.map((events) => events.length === 0 ? null : short(events.map((e) => actText(e, same)).join("; "))),
    }];
  });
}

/** Names of parameters that are the same on all sides, where each has one action and all have the same. */
function sameParameters(acts: readonly (readonly JsonObject[])[]): ReadonlySet<string> {
  const single = acts.flatMap((events) => events.length === 1 ? [objectOf(events[0]!.details)] : []);
  const isOne = single.length === acts.length &&
    single.every(({ action_type }) => action_type === single[0]!.action_type);
  if (!isOne) return new Set();
  const payloads = single.map(({ action_payload }) => objectOf(action_payload));
  return new Set(
    Object.keys(payloads[0]!).filter((key) =>
      payloads.every((payload) =>
        Object.hasOwn(payload, key) && canonicalJson(payload[key]) === canonicalJson(payloads[0]![key])
      )
    ),
  );
}

function actText(event: JsonObject, same: ReadonlySet<string>): string {
  const { action_type, action_name, action_payload, validated, reason } = objectOf(event.details);
  const parameters = Object.entries(objectOf(action_payload)).filter(([key]) => !same.has(key))
    .map(([key, value]) => `${key} ${typeof value === "string" ? value : JSON.stringify(value)}`);
  const refused = validated === false ? [`refused${typeof reason === "string" ? `: ${reason}` : ""}`] : [];
  return [String(action_type ?? action_name ?? "nothing"), ...parameters, ...refused].join(", ");
}

function told(event: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(event).filter(([key]) => !VOLATILE.includes(key)));
}

function textOf({ description, details }: JsonObject): string {
  return short(typeof description === "string" && description !== "" ? description : JSON.stringify(details ?? {}));
}

function short(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}

function agentOf({ agent_id }: JsonObject): string | null {
  return typeof agent_id === "string" ? agent_id : null;
}

function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
