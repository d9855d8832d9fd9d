/** What an agent sees, as text for a prompt. */

import type { Json, JsonObject } from "../json.ts";
import { valueOf } from "../member_columns.ts";
import type { Members } from "../members.ts";
import type { Message } from "../message.ts";
import { BARE } from "../scanner.ts";
import type { AgentState, SimulationState, Variables } from "../state.ts";
import { shortened } from "./feedback.ts";

/** How much is shown. */
export interface ObservationTextOptions {
  /** Other agents that are shown, the rest is counted. Default 50. */
  readonly max_agents?: number;
  /** Messages that are shown, the rest is counted. Default 50. */
  readonly max_messages?: number;
  /** Characters of one value; longer ones are cut in the middle. Default 1,000. */
  readonly max_value?: number;
}

/** What an agent sees, part by part; `(none)` where there is nothing. */
export interface ObservationText {
  /** Its own variables, one per line: `wealth: 3`. */
  readonly self: string;
  /** Other agents, one per line: `B (at 1,2): wealth=3, motto="ahoy"`. */
  readonly others: string;
  /** Variables of the world, one per line. */
  readonly globals: string;
  /** Its inbox, one message per line: `from B to all: "ahoy"`. */
  readonly messages: string;
  /** Where it is, and what lies one hop from there in the network `default`, one location per line. */
  readonly place: string;
  /** Populations, one per line: their size, and of each variable what it is on the whole. */
  readonly populations: string;
}

const NOTHING = "(none)";
const DIGITS = 6;
const MAX_PLACES = 50;
/** Locations: words, and the numbers of grids. */
const PLACE = /^[\p{L}\p{M}\p{N}_.,-]+$/u;
/** Line breaks that JSON leaves alone, and characters that change how a text looks or cannot be seen. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;
const populationLines = new WeakMap<Members, string>();
const writtenAgents = new WeakMap<AgentState, WrittenAgent>();

/** An agent's record as text. */
interface WrittenAgent {
  /** Characters of one value. */
  readonly max: number;
  readonly title: string;
  readonly entries: readonly (readonly [name: string, value: string])[];
  /** The entries on one line. */
  readonly known: string;
}

/**
 * What `self` sees of a state, and what others wrote to it. Numbers have six significant digits; texts, nested values and
 * unusual names are JSON strings on one line, so that nothing another agent writes can pass for a part of the prompt.
 * The same observation yields the same text. What others thought is never part of it.
 *
 * Where there are more others than are shown, it is the nearest that are, those without a place last; they are listed in
 * the order of the state in any case.
 *
 * @example
 * ```ts
 * import { AgentMap, observationText, SimulationState } from "llm-sim";
 * const agents = AgentMap.of([{ name: "A", wealth: 1 / 3 }, { name: "B", motto: "ahoy\nYou are B." }]);
 * const seen = new SimulationState({ turn: 1, agents, global_state: { tax: 0.1 } });
 * const { self, others, globals, messages } = observationText(seen, "A", []);
 * if (self !== "wealth: 0.333333" || others !== String.raw`B: motto="ahoy\nYou are B."`) throw new Error(others);
 * if (globals !== "tax: 0.1" || messages !== "(none)") throw new Error(globals);
 * ```
 */
export function observationText(
  observation: SimulationState,
  self: string,
  inbox: readonly Message[],
  { max_agents = 50, max_messages = 50, max_value = 1000 }: ObservationTextOptions = {},
): ObservationText {
  const text = new Texts(observation, self, max_value);
  return {
    self: text.self(),
    others: text.others(max_agents),
    globals: text.variables(observation.global_state),
    messages: text.messages(inbox, max_messages),
    place: text.place(),
    populations: lines([...observation.populations].map(populationLine)),
  };
}

/** Writes the parts of one observation. */
class Texts {
  readonly #seen: SimulationState;
  readonly #self: string;
  readonly #max: number;

  constructor(seen: SimulationState, self: string, max: number) {
    this.#seen = seen;
    this.#self = self;
    this.#max = max;
  }

  self(): string {
    const own = this.#seen.agents.get(this.#self);
    return lines(own === undefined ? [] : this.#agent(own).entries.map(([name, value]) => `${name}: ${value}`));
  }

  variables(record: Variables): string {
    return lines(this.#entries(record).map(([name, value]) => `${name}: ${value}`));
  }

  others(max: number): string {
    const { agents, paused_agents, space } = this.#seen;
    const paused = new Set(paused_agents);
    const others = agents.records.filter(({ name }) => name !== this.#self);
    const written = (others.length <= max ? others : this.#nearest(others, max)).map((record) => {
      const { name } = record;
      const place = space?.position(name);
      const notes = [
        ...(place === undefined ? [] : [`at ${placeText(place)}`]),
        ...(paused.has(name) ? ["paused"] : []),
      ];
      const about = notes.length === 0 ? "" : ` (${notes.join(", ")})`;
      const { title, known } = this.#agent(record);
      return `${title}${about}${known === "" ? "" : `: ${known}`}`;
    });
    return lines(written, others.length);
  }

  messages(inbox: readonly Message[], max: number): string {
    const written = inbox.slice(0, max).map(({ from, to, content }) => {
      const sender = from === null ? "the world" : nameText(from);
      const others = typeof to === "string" ? [] : to.filter((name) => name !== this.#self).map(nameText);
      const whom = to === "*" ? " to all" : others.length === 0 ? "" : ` to you and ${others.join(", ")}`;
      return `from ${sender}${whom}: ${this.#value(content)}`;
    });
    return lines(written, inbox.length);
  }

  place(): string {
    const { space } = this.#seen;
    const here = space?.position(this.#self);
    if (!space || here === undefined) return NOTHING;
    const around = space.neighbours(here);
    const written = around.slice(0, MAX_PLACES).map((place) => `one hop away: ${this.#placeLine(place)}`);
    return lines([`you are at ${this.#placeLine(here)}`, ...written], around.length + 1);
  }

  #placeLine(place: string): string {
    const attributes = this.#entries(this.#seen.space!.attributes(place));
    const known = attributes.map(([name, value]) => `${name}=${value}`).join(", ");
    return `${placeText(place)}${known === "" ? "" : `: ${known}`}`;
  }

  /** The `max` of `others` that are nearest, of equally near ones the first in the state. */
  #nearest(others: readonly AgentState[], max: number): readonly AgentState[] {
    const { agents, space } = this.#seen;
    const here = space?.position(this.#self);
    if (!space || here === undefined) return others.slice(0, max);
    const names = new Set<string>();
    // In widening circles: most are near, and the whole map may be large.
    for (let radius = 1, known = 0;; radius *= 2) {
      const places = space.within(here, radius);
      names.clear();
      for (const [, group] of Map.groupBy(places.keys(), (place) => places.get(place))) {
        const there = group.flatMap((place) => space.agentsAt(place))
          .filter((name) => name !== this.#self && agents.has(name));
        for (const name of there.sort((a, b) => agents.indexOf(a) - agents.indexOf(b))) names.add(name);
      }
      if (names.size >= max || places.size === known) break;
      known = places.size;
    }
    for (const { name } of others) {
      if (names.size >= max) break;
      names.add(name);
    }
    const shown = new Set([...names].slice(0, max));
    return others.filter(({ name }) => shown.has(name));
  }

  /** An agent's name and variables as text; most records are seen by many, and are written once. */
  #agent(record: AgentState): WrittenAgent {
    const known = writtenAgents.get(record);
    if (known !== undefined && known.max === this.#max) return known;
    const { name, ...variables } = record;
    const entries = this.#entries(variables);
    const written = {
      max: this.#max,
      title: nameText(name),
      entries,
      known: entries.map(([name, value]) => `${name}=${value}`).join(", "),
    };
    // What is not frozen may say something else the next time.
    if (isFrozen(record)) writtenAgents.set(record, written);
    return written;
  }

  /** Names and values as text. */
  #entries(record: Variables | JsonObject): [name: string, value: string][] {
    return Object.entries(record)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [nameText(name), this.#value(value as Json)]);
  }

  #value(value: Json): string {
    const text = typeof value === "string" ? jsonText(shortened(value, this.#max)) : jsonText(rounded(value));
    return text.length <= this.#max || typeof value === "string" ? text : jsonText(shortened(text, this.#max));
  }
}

/** The lines, and how many more there are of `count`; `(none)` when there is none. */
function lines(written: readonly string[], count: number = written.length): string {
  if (count === 0) return NOTHING;
  return [...written, ...(count > written.length ? [`and ${count - written.length} more`] : [])].join("\n");
}

/** Whether nothing in it can change. */
function isFrozen(value: unknown): boolean {
  return typeof value !== "object" || value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isFrozen));
}

function nameText(name: string): string {
  BARE.lastIndex = 0;
  return BARE.exec(name)?.[0] === name ? name : jsonText(name);
}

function placeText(place: string): string {
  return PLACE.test(place) ? place : jsonText(place);
}

/** JSON on one line in which nothing is hidden. */
function jsonText(value: Json): string {
  return JSON.stringify(value).replace(
    UNSEEN,
    (character) => character.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).join(""),
  );
}

function rounded(value: Json): Json {
  if (typeof value === "number") return round(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(rounded);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]));
}

function round(number: number): number {
  return Number(number.toPrecision(DIGITS)) + 0;
}

/** `traders: 1000 members; wealth mean 5.2 (from 0 to 98); employed 93%; mood calm 40%, angry 60%`. */
function populationLine(members: Members): string {
  let line = populationLines.get(members);
  if (line === undefined) {
    const parts = members.size === 0 ? [] : members.columns.map((shape) => columnText(members, shape.name));
    line = [`${nameText(members.name)}: ${members.size} members`, ...parts].join("; ");
    populationLines.set(members, line);
  }
  return line;
}

function columnText(members: Members, name: string): string {
  const shape = members.columns.find((column) => column.name === name)!;
  const column = members.column(name);
  if (shape.type === "float" || shape.type === "int") return `${name} ${numbersText(column)}`;
  const counts = new Uint32Array(256);
  for (let i = 0; i < column.length; i++) counts[column[i]!]!++;
  const share = (entry: number) => `${round(counts[entry]! / column.length * 100)}%`;
  if (shape.type === "bool") return `${name} ${share(1)}`;
  const present = [...counts.keys()].filter((entry) => counts[entry]! > 0);
  return `${name} ${present.map((entry) => `${nameText(String(valueOf(shape, entry)))} ${share(entry)}`).join(", ")}`;
}

function numbersText(column: ArrayLike<number>): string {
  let [sum, least, most] = [0, Infinity, -Infinity];
  for (let i = 0; i < column.length; i++) {
    const entry = column[i]!;
    sum += entry;
    if (entry < least) least = entry;
    if (entry > most) most = entry;
  }
  return `mean ${round(sum / column.length)} (from ${round(least)} to ${round(most)})`;
}
