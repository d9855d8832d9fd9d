/** Events in words: what kind they are, what happened in one line, and the rest of it in parts. */

import type { EventType } from "../../../framework/mod.ts";
import type { IconName } from "../icons.tsx";
import { json, text } from "../number_format.tsx";

/** A line of `events.jsonl`, of which nothing is sure but its number. */
export interface RunEvent {
  readonly id: number;
  readonly event_type?: string;
  readonly turn_number?: number;
  readonly timestamp?: string;
  readonly agent_id?: string;
  readonly caused_by?: readonly number[];
  readonly description?: string;
  readonly details?: { readonly [name: string]: unknown };
  readonly volatile?: { readonly [name: string]: unknown };
}

/** How a kind of events is shown, and what it is, for people. */
export interface EventKind {
  readonly icon: IconName;
  readonly tone: string;
  readonly title: string;
}

/** Kinds of events, as they are listed. */
export const EVENT_KINDS: { readonly [type in EventType]: EventKind } = {
  SYSTEM: { icon: "info", tone: "queued", title: "the run begins, ends, is resumed" },
  MILESTONE: { icon: "circle", tone: "queued", title: "turns begin and end, conditions come true" },
  VALIDITY: { icon: "alert", tone: "error", title: "what makes results less worth" },
  INTERVENTION: { icon: "bolt", tone: "stale", title: "changes from outside" },
  LIFECYCLE: { icon: "user", tone: "stale", title: "agents come, go, pause" },
  DECISION: { icon: "fork", tone: "running", title: "what agents decided" },
  LLM: { icon: "bot", tone: "cached", title: "calls of models and services" },
  ACTION: { icon: "play", tone: "done", title: "what agents did, and whether it was accepted" },
  ENV: { icon: "table", tone: "queued", title: "variables that changed" },
  DETAIL: { icon: "number", tone: "queued", title: "how numbers came about" },
};

const UNKNOWN_KIND: EventKind = { icon: "info", tone: "queued", title: "of a kind that this page does not know" };

/** How an event is shown. */
export function kindOf({ event_type = "" }: RunEvent): EventKind {
  return Object.hasOwn(EVENT_KINDS, event_type) ? EVENT_KINDS[event_type as EventType] : UNKNOWN_KIND;
}

/** Characters of a line. */
const LINE = 240;

/** What happened, in one line. */
export function summaryOf(event: RunEvent): string {
  const { description } = event;
  return text((typeof description === "string" ? description : told(event)).replaceAll(/\s+/g, " "), LINE);
}

function told(event: RunEvent): string {
  const details = asObject(event.details);
  const word = (name: string) => typeof details[name] === "string" ? details[name] as string : "";
  const reason = word("reason") === "" ? "" : `: ${word("reason")}`;
  switch (event.event_type) {
    case "SYSTEM":
      return joined(spaced(word("system_event_type")), word("status"));
    case "MILESTONE":
      return joined(spaced(word("milestone_type")), word("name"));
    case "DECISION":
      return joined(word("action_name") || spaced(word("decision_type")), word("reasoning"));
    case "ACTION":
      return `${word("action_type")}${payload(details.action_payload)}${
        details.validated === false ? ` – refused${reason}` : ""
      }`;
    case "ENV":
      return `${word("variable_name")} ${short(details.old_value)} → ${short(details.new_value)}`;
    case "LLM":
      return joined(
        [word("purpose"), word("model") || word("url")].filter((part) => part !== "").join(", "),
        errorOf(details) || word("problem") || word("reply"),
      );
    case "VALIDITY":
      return joined(spaced(word("kind")), errorOf(details));
    case "LIFECYCLE":
      return `${word("operation")}${details.applied === false ? ` – refused${reason}` : ""}${
        word("by") === "" ? "" : ` (by ${word("by")})`
      }`;
    case "DETAIL":
      return joined(spaced(word("calculation_type")), shortJson(details.intermediate_values));
    default:
      return shortJson(details);
  }
}

function errorOf(details: { readonly [name: string]: unknown }): string {
  const { message, code } = asObject(details.error);
  return typeof message === "string" ? message : typeof code === "string" ? code : "";
}

function payload(value: unknown): string {
  const entries = Object.entries(asObject(value));
  return entries.length === 0 ? "" : ` ${entries.map(([name, each]) => `${name} ${short(each)}`).join(", ")}`;
}

function asObject(value: unknown): { readonly [name: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as { readonly [name: string]: unknown }
    : {};
}

function joined(head: string, tail: string): string {
  return head === "" ? tail : tail === "" ? head : `${head}: ${tail}`;
}

function spaced(word: string): string {
  return word.replaceAll("_", " ");
}

function short(value: unknown): string {
  return value === undefined ? "–" : text(value, 60);
}

function shortJson(value: unknown): string {
  return value === undefined ? "" : text(json(value), LINE);
}

/** Numbers of the events that led to one: none that are no numbers. */
export function causesOf({ caused_by }: RunEvent): readonly number[] {
  return Array.isArray(caused_by) ? caused_by.filter((id) => Number.isSafeInteger(id) && id > 0).slice(0, 100) : [];
}
