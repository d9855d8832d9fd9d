/** What a map shows of a world: who is where, what is known of places, and what either is coloured by. Pure. */

import type { JsonObject } from "../../../framework/mod.ts";
import { counted, text, words } from "../number_format.tsx";
import { type MapPlan, networkOf, type PlanNetwork } from "./map_plan.ts";
import type { Variables, World } from "./page_state.ts";

/** A world on its map. */
export interface MapWorld {
  /** Names of the agents in each place. */
  readonly agents: readonly (readonly string[])[];
  readonly attributes: readonly JsonObject[];
  readonly networks: readonly PlanNetwork[];
  /** Agents that are nowhere. */
  readonly nowhere: readonly string[];
}

const NOBODY: readonly string[] = [];

/** A world on a map. */
export function mapWorld(plan: MapPlan, { space, order }: World): MapWorld {
  const agents: (readonly string[])[] = new Array(plan.ids.length).fill(NOBODY);
  const nowhere: string[] = [];
  const positions = asObject(space?.agent_positions);
  for (const name of order) {
    const place = Object.hasOwn(positions, name) ? plan.positions.get(String(positions[name])) : undefined;
    if (place === undefined) nowhere.push(name);
    else if (agents[place] === NOBODY) agents[place] = [name];
    else (agents[place] as string[]).push(name);
  }
  return { agents, nowhere, attributes: attributesOf(plan, space), networks: networksOf(plan, space) };
}

function attributesOf(plan: MapPlan, space: Variables | null): readonly JsonObject[] {
  const changed = Object.entries(asObject(space?.locations));
  if (changed.length === 0) return plan.attributes;
  const attributes = [...plan.attributes];
  for (const [id, known] of changed) {
    const place = plan.positions.get(id);
    if (place !== undefined) attributes[place] = asObject(asObject(known).attributes) as JsonObject;
  }
  return attributes;
}

function networksOf(plan: MapPlan, space: Variables | null): readonly PlanNetwork[] {
  const changed = asObject(space?.networks);
  const removed = Array.isArray(space?.removed_networks) ? space.removed_networks : [];
  const kept = plan.networks.filter(({ name }) => !removed.includes(name) && !Object.hasOwn(changed, name));
  const others = Object.entries(changed).map(([name, network]) => {
    const { directed, edges } = asObject(network);
    return networkOf(name, directed === true, Array.isArray(edges) ? edges : [], plan.positions);
  });
  return [...kept, ...others];
}

function asObject(value: unknown): Variables {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Variables : {};
}

// ── what is coloured ────────────────────────────────────────────────────────────────────────────────────────────────

/** A variable as the scenario declares it. */
export interface DeclaredVariable {
  readonly type?: string;
  readonly values?: readonly string[];
  readonly min?: number | null;
  readonly max?: number | null;
}

/** By what places are coloured: `count`, `attribute NAME`, `agents NAME` (mean or only value of those there), `held NAME`. */
export interface Choice {
  /** For the address. */
  readonly key: string;
  readonly words: string;
}

/** What agents can be coloured by. */
export function agentChoices(declared: { readonly [name: string]: DeclaredVariable }): Choice[] {
  return Object.entries(declared).filter(([, { type = "" }]) => COLOURED.includes(type))
    .map(([name]) => ({ key: name, words: words(name) }));
}

const COLOURED = ["float", "int", "bool", "categorical", "str"];

/** What places can be coloured by, as far as it is known by now. */
export function placeChoices(
  plan: MapPlan,
  world: MapWorld | null,
  declared: { readonly [name: string]: DeclaredVariable },
): Choice[] {
  const names = new Set<string>();
  for (const attributes of (world?.attributes ?? plan.attributes).slice(0, 2000)) {
    for (const name in attributes) if (isColoured(attributes[name])) names.add(name);
  }
  const lists = Object.entries(declared).filter(([, { type }]) => type === "list").map(([name]) => name);
  return [
    { key: "count", words: "number of agents" },
    ...[...names].sort().map((name) => ({ key: `attribute ${name}`, words: words(name) })),
    ...agentChoices(declared).map(({ key, words }) => ({ key: `agents ${key}`, words: `${words} of agents there` })),
    ...lists.map((name) => ({ key: `held ${name}`, words: `agent that has it in ${words(name)}` })),
  ];
}

function isColoured(value: unknown): boolean {
  return ["number", "boolean", "string"].includes(typeof value);
}

/** A value that has a colour; null: none. */
export type Shade = number | string | null;

/** The shade of every agent. */
export function agentShades(choice: string | null, { agents }: World): ReadonlyMap<string, Shade> {
  if (choice === null) return new Map();
  return new Map(Object.entries(agents).map(([name, variables]) => [name, shadeOf(variables[choice])]));
}

/** The shade of every place. */
export function placeShades(choice: string | null, plan: MapPlan, map: MapWorld, world: World): readonly Shade[] {
  const [kind, name = ""] = choice === null ? ["none"] : split(choice);
  switch (kind) {
    case "count":
      return map.agents.map(({ length }) => length);
    case "attribute":
      return map.attributes.map((attributes) => Object.hasOwn(attributes, name) ? shadeOf(attributes[name]) : null);
    case "agents":
      return map.agents.map((agents) => together(agents.map((agent) => shadeOf(world.agents[agent]?.[name]))));
    case "held":
      return heldBy(name, plan, world);
    default:
      return plan.ids.map(() => null);
  }
}

function split(choice: string): [kind: string, name: string] {
  const at = choice.indexOf(" ");
  return at < 0 ? [choice, ""] : [choice.slice(0, at), choice.slice(at + 1)];
}

function shadeOf(value: unknown): Shade {
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "boolean") return value ? "yes" : "no";
  return typeof value === "string" ? value : null;
}

/** The mean of numbers, else the word of most; null: nobody has any. */
function together(shades: readonly Shade[]): Shade {
  const numbers = shades.filter((shade) => typeof shade === "number");
  if (numbers.length > 0) return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
  const times = new Map<string, number>();
  for (const shade of shades) if (typeof shade === "string") times.set(shade, (times.get(shade) ?? 0) + 1);
  return [...times].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null;
}

/** Said of places that several agents have. */
export const CONTESTED = "several";

function heldBy(name: string, plan: MapPlan, { agents, order }: World): readonly Shade[] {
  const holders: Shade[] = plan.ids.map(() => null);
  for (const agent of order) {
    const held = agents[agent]?.[name];
    for (const id of Array.isArray(held) ? new Set(held) : []) {
      const place = plan.positions.get(String(id));
      if (place !== undefined) holders[place] = holders[place] === null ? agent : CONTESTED;
    }
  }
  return holders;
}

/** What shades mean: numbers between two, or words in their order. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  /** Words; empty: they are numbers. */
  readonly words: readonly string[];
}

/** Which of the page's series colours words have, in their order. The last ones are those of ranges. */
export const WORD_SERIES = [1, 4, 5, 6, 7, 8, 2, 3] as const;
/** The series colours of ranges: of places, and of agents, who stand on them. */
export const RANGE_SERIES = { places: 3, agents: 2 } as const;
/** Words that have colours of their own. */
export const MOST_WORDS: number = WORD_SERIES.length;

/**
 * The scale of shades. Law: what was on the one before stays where it was, so that turns can be compared: a range widens,
 * words are added.
 */
export function scaleOf(shades: Iterable<Shade>, declared: DeclaredVariable | undefined, before: Scale | null): Scale {
  let { low, high } = before ?? { low: Infinity, high: -Infinity };
  const seen = new Set(before?.words ?? declared?.values ?? []);
  const isKnown = before === null && typeof declared?.min === "number" && typeof declared?.max === "number" &&
    declared.max - declared.min <= 1000;
  if (isKnown) [low, high] = [declared.min!, declared.max!];
  for (const shade of shades) {
    if (typeof shade === "number") [low, high] = [Math.min(low, shade), Math.max(high, shade)];
    else if (shade !== null) seen.add(shade);
  }
  const words = [...seen];
  if (before !== null && before.low === low && before.high === high && before.words.length === words.length) {
    return before;
  }
  return { low, high, words };
}

/** The declaration that a choice of places or agents is of. */
export function declaredOf(
  choice: string | null,
  of: "agents" | "places",
  declared: { readonly [name: string]: DeclaredVariable },
): DeclaredVariable | undefined {
  if (choice === null) return undefined;
  const [kind, name] = of === "agents" ? ["agents", choice] : split(choice);
  if (kind === "count") return { min: 0 };
  return kind === "agents" && Object.hasOwn(declared, name) ? declared[name] : undefined;
}

/** A place in words, for who listens. */
export function placeText(
  place: number,
  plan: MapPlan,
  map: MapWorld,
  shade: Shade,
  shadeWords: string | null,
): string {
  const agents = map.agents[place]!;
  const names = agents.slice(0, 5).join(", ") + (agents.length > 5 ? " and others" : "");
  return [
    plan.ids[place]!,
    ...(shadeWords === null || shade === null ? [] : [`${shadeWords} ${text(shade)}`]),
    agents.length === 0 ? "nobody there" : `${counted(agents.length, "agent")}: ${names}`,
  ].join(", ");
}
