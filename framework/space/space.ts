/** Space: where agents are, what lies around them, and how to get there. */

import { didYouMean, SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import { type AttributePatch, NO_ATTRIBUTES, patched, sameJson } from "./attributes.ts";
import { CHANGE_KINDS, type NewEdge, type NewNetwork, type SpaceChange } from "./change.ts";
import { cheapestPath, costOf, loadedGraphs } from "./graphs.ts";
import { Network, type NumberedEdge } from "./network.ts";
import { Positions } from "./positions.ts";
import { scenarioTerrain } from "./scenario_terrain.ts";
import { costsWithin, hops, levels, shortestPath } from "./search.ts";
import { decodeSpace, encodeSpace, type SpaceJson } from "./space_json.ts";
import type { Terrain, TopologyType } from "./terrain.ts";
import type { ResolvedSpatial } from "./topology.ts";

/** Which way is looked for. */
export interface WayOptions {
  /** The network that is followed. Default `default`. */
  readonly network?: string;
  /**
   * The edge attribute whose sum is to be smallest, a number from 0; edges without it count 1. Default `weight`;
   * null: every edge counts 1.
   */
  readonly weight?: string | null;
}

/** An edge as {@linkcode Space.edges} lists it. */
export interface SpaceEdge {
  /** One end, or where a directed edge starts. */
  readonly from: string;
  /** The other end. */
  readonly to: string;
  /** What is known of it. */
  readonly attributes: JsonObject;
}

/**
 * Locations, the networks over them, and the positions of agents. Immutable: every change yields a new space that
 * shares with the old one what they have in common, so that moving an agent costs next to nothing.
 *
 * Names of locations: `"x,y"` in grids, axial `"q,r"` in hexagons, the names of a network's nodes and a map's features.
 * There is always a network `default`; others may be made over the same locations. All lists have an order that depends
 * on what the space is, not on how it came about: locations in the order of the topology (a grid row by row), neighbours
 * and edges likewise, networks by name behind `default`, agents in the order in which they were placed (those whose names
 * are whole numbers first).
 *
 * Queries throw a SimError `unknown_location` or `unknown_network` for names that are not there; ask {@linkcode Space.has}
 * first where a location may be out of sight.
 *
 * @example
 * ```ts
 * import { loadGraphs, Space } from "llm-sim";
 * await loadGraphs();
 * const meadow = Space.create({
 *   topology: { type: "grid", width: 4, height: 3, connectivity: 4, wrapping: false },
 *   proximity_radius: 1,
 *   location_attributes: { "1,0": { food: 3 } },
 *   additional_networks: [],
 * });
 * const grazing = meadow.move("cow", "0,0").move("calf", "2,1");
 * if (grazing.neighbours("0,0").join(" ") !== "1,0 0,1") throw new Error("two ways lead out of a corner");
 * if (grazing.distance("0,0", "2,1") !== 3) throw new Error("three steps");
 * const [food] = grazing.locationsWhere(({ food }) => Number(food) > 0);
 * if (grazing.move("cow", food!).agentsWithin("1,0", 2).length !== 2) throw new Error("both are near the food");
 * if (grazing.visibleFrom("cow", 1).has("2,1")) throw new Error("the calf is too far to be seen");
 * if (meadow.position("cow") !== undefined) throw new Error("a space never changes");
 * ```
 */
export class Space {
  readonly #terrain: Terrain;
  readonly #positions: Positions;
  #positionsByName: ReadonlyMap<string, string> | undefined;

  private constructor(terrain: Terrain, positions: Positions) {
    this.#terrain = terrain;
    this.#positions = positions;
  }

  /**
   * The space that a scenario declares, with nobody in it.
   * @throws {SimError} `graphs_not_loaded` before `loadGraphs()`; what is wrong with the declaration
   */
  static create(spatial: ResolvedSpatial): Space {
    loadedGraphs();
    return new Space(scenarioTerrain(spatial), Positions.none());
  }

  /**
   * The space that {@linkcode Space.toJSON} wrote, or llm-sim before, for the scenario that declares `spatial`.
   * @throws {SimError} `bad_space` when it is no space of that scenario; `graphs_not_loaded`
   */
  static fromJSON(json: Json, spatial: ResolvedSpatial): Space {
    loadedGraphs();
    const { terrain, positions } = decodeSpace(json, scenarioTerrain(spatial));
    return new Space(terrain, positions);
  }

  /** The kind of space. */
  get topology_type(): TopologyType {
    return this.#terrain.type;
  }

  /** All locations in the order of the topology. */
  locations(): readonly string[] {
    return this.#terrain.locations.ids;
  }

  /** Whether there is this location. */
  has(location: string): boolean {
    return this.#terrain.locations.find(location) !== undefined;
  }

  /** What is known of a location; it cannot be written to. */
  attributes(location: string): JsonObject {
    return this.#terrain.attributes.get(this.#number(location))!;
  }

  /** The locations for which `accepts` returns true, in the order of locations. */
  locationsWhere(accepts: (attributes: JsonObject, location: string) => boolean): string[] {
    const { locations, attributes } = this.#terrain;
    return locations.ids.filter((id, number) => accepts(attributes.get(number)!, id));
  }

  /** The shape of a location, a GeoJSON geometry; null where it has none. */
  geometry(location: string): Json {
    return this.#terrain.locations.geometry(this.#number(location));
  }

  /** Names of the networks: `default`, then the others by name. */
  networks(): string[] {
    return [...this.#terrain.networks.keys()];
  }

  /** What a network is like. */
  network(name: string): { readonly directed: boolean; readonly attributes: JsonObject } {
    const { directed, attributes } = this.#terrain.network(name);
    return { directed, attributes };
  }

  /** The locations that one leads to in one hop, in the order of locations. */
  neighbours(location: string, network = "default"): readonly string[] {
    return this.#terrain.network(network).names(this.#number(location));
  }

  /** Whether `from` leads to `to` in one hop. No location is adjacent to itself. */
  adjacent(from: string, to: string, network = "default"): boolean {
    return this.edge(from, to, network) !== undefined;
  }

  /** What is known of the edge from one location to another; undefined where there is none. */
  edge(from: string, to: string, network = "default"): JsonObject | undefined {
    return this.#terrain.network(network).edge(this.#number(from), this.#number(to));
  }

  /** All edges of a network in the order of their ends; undirected ones once. */
  edges(network = "default"): SpaceEdge[] {
    const { ids } = this.#terrain.locations;
    const edges = this.#terrain.network(network).edges();
    return Array.from(edges, ([from, to, attributes]) => ({ from: ids[from]!, to: ids[to]!, attributes }));
  }

  /** Hops on the shortest way, 0 to itself; null when none leads there. */
  distance(from: string, to: string, network = "default"): number | null {
    return hops(this.#terrain.network(network), this.#number(from), this.#number(to));
  }

  /**
   * The locations of a cheapest way, both ends included; null when none leads there. Which one of several is taken
   * depends on the network alone.
   * @throws {SimError} `bad_weight` when the attribute of an edge is no number from 0
   */
  path(from: string, to: string, { network = "default", weight = "weight" }: WayOptions = {}): string[] | null {
    const followed = this.#terrain.network(network);
    const [start, end] = [this.#number(from), this.#number(to)];
    const path = isCounted(followed, weight)
      ? shortestPath(followed, start, end)
      : cheapestPath(followed, start, end, weight);
    return path && path.map((number) => this.#terrain.locations.ids[number]!);
  }

  /** What the cheapest way costs, 0 to itself; null when none leads there. @throws {SimError} `bad_weight` */
  cost(from: string, to: string, { network = "default", weight = "weight" }: WayOptions = {}): number | null {
    const followed = this.#terrain.network(network);
    const [start, end] = [this.#number(from), this.#number(to)];
    if (isCounted(followed, weight)) return hops(followed, start, end);
    const path = cheapestPath(followed, start, end, weight);
    return path && costOf(followed, path, weight);
  }

  /**
   * The locations within `radius` hops, itself included, with their hops: the nearest first, of equally near ones in
   * the order of locations.
   */
  within(location: string, radius: number, network = "default"): ReadonlyMap<string, number> {
    checkRadius(radius);
    const { ids } = this.#terrain.locations;
    const found = levels(this.#terrain.network(network), this.#number(location), radius);
    return new Map(found.flatMap((numbers, hops) => numbers.map((number) => [ids[number]!, hops] as const)));
  }

  /**
   * The locations that can be reached for `cost`, itself included, with what each costs: the cheapest first, of equally
   * cheap ones in the order of locations.
   * @throws {SimError} `bad_weight`
   */
  withinCost(
    location: string,
    cost: number,
    { network = "default", weight = "weight" }: WayOptions = {},
  ): ReadonlyMap<string, number> {
    if (weight === null) return this.within(location, cost, network);
    checkRadius(cost);
    const { ids } = this.#terrain.locations;
    const found = costsWithin(this.#terrain.network(network), this.#number(location), cost, weight);
    return new Map(Array.from(found, ([number, cost]) => [ids[number]!, cost]));
  }

  /** Where an agent is; undefined for one that has no place. */
  position(agent: string): string | undefined {
    const number = this.#positions.of(agent);
    return number === undefined ? undefined : this.#terrain.locations.ids[number];
  }

  /** Number of agents that have a place. */
  get placed(): number {
    return this.#positions.size;
  }

  /** Where all agents are. */
  positions(): ReadonlyMap<string, string> {
    const { ids } = this.#terrain.locations;
    return this.#positionsByName ??= new Map(
      this.#positions.entries().map(([agent, number]) => [agent, ids[number]!]),
    );
  }

  /** The agents at a location. */
  agentsAt(location: string): readonly string[] {
    return this.#positions.at(this.#number(location));
  }

  /** The agents within `radius` hops of a location, those at it included, in the order of agents. */
  agentsWithin(location: string, radius: number, network = "default"): string[] {
    checkRadius(radius);
    return this.#positions.atAll(levels(this.#terrain.network(network), this.#number(location), radius).flat());
  }

  /** An agent put at a location, wherever it was. @throws {SimError} `unknown_location` */
  move(agent: string, location: string): Space {
    if (typeof agent !== "string" || agent === "") {
      throw new SimError("bad_agent", `an agent's name is a text that is not empty, not ${JSON.stringify(agent)}`, {
        hint: "move(agent, location)",
      });
    }
    return this.#at(this.#positions.place(agent, this.#number(location)));
  }

  /** Without the position of an agent; the same space when it has none. */
  remove(agent: string): Space {
    return this.#at(this.#positions.remove(agent));
  }

  /**
   * With some attributes of a location replaced or added; those that are `undefined` are taken away.
   * @throws {SimError} `unknown_location`; `bad_attributes` when a value is not JSON
   */
  setAttributes(location: string, attributes: AttributePatch): Space {
    const number = this.#number(location);
    const before = this.#terrain.attributes.get(number)!;
    const declared = this.#terrain.origin?.attributes.get(number);
    const after = patched(before, attributes, `location '${location}'`);
    if (after === before) return this;
    // What is again as the scenario says is the scenario's own, so that it is not listed as changed.
    const kept = declared !== undefined && sameJson(declared, after) ? declared : after;
    return this.#on(this.#terrain.withAttributes(this.#terrain.attributes.with(number, kept)));
  }

  /**
   * With an edge between two locations; of one that is there already the attributes are replaced or added, and those
   * that are `undefined` taken away.
   * @throws {SimError} `unknown_location`, `unknown_network`, `self_loop`, `bad_attributes`
   */
  connect(
    from: string,
    to: string,
    { network = "default", attributes = NO_ATTRIBUTES }: {
      readonly network?: string;
      readonly attributes?: AttributePatch;
    } = {},
  ): Space {
    const changed = this.#terrain.network(network).connect(this.#number(from), this.#number(to), attributes);
    return this.#on(this.#terrain.withNetwork(changed));
  }

  /**
   * Without the edge from one location to another; the same space when there is none.
   * @throws {SimError} `unknown_location`, `unknown_network`
   */
  disconnect(from: string, to: string, network = "default"): Space {
    const changed = this.#terrain.network(network).disconnect(this.#number(from), this.#number(to));
    return this.#on(this.#terrain.withNetwork(changed));
  }

  /**
   * With another network over the same locations.
   * @throws {SimError} `duplicate_network`, `bad_network_name`, `unknown_location`, `self_loop`, `bad_attributes`
   */
  createNetwork(name: string, { directed = false, edges = [], attributes = NO_ATTRIBUTES }: NewNetwork = {}): Space {
    if (typeof name !== "string" || name === "") {
      throw new SimError(
        "bad_network_name",
        `a network's name is a text that is not empty, not ${JSON.stringify(name)}`,
        { hint: "createNetwork(name, { edges })" },
      );
    }
    if (this.#terrain.networks.has(name)) {
      throw new SimError("duplicate_network", `there is a network '${name}' already`, {
        hint: `choose another name, or removeNetwork('${name}') first; networks: ${this.networks().join(", ")}`,
      });
    }
    const known = patched(NO_ATTRIBUTES, attributes, `network '${name}'`);
    const numbered = Array.from(edges, (edge) => this.#numbered(edge));
    const network = Network.of({ name, directed, attributes: known }, this.#terrain.locations, numbered);
    return this.#on(this.#terrain.withNetwork(network));
  }

  /** Without a network. @throws {SimError} `protected_network` for `default`; `unknown_network` */
  removeNetwork(name: string): Space {
    if (name === "default") {
      throw new SimError("protected_network", "the network 'default' cannot be removed", {
        hint: "take its edges away with disconnect(), or make another network",
      });
    }
    this.#terrain.network(name);
    return this.#on(this.#terrain.withoutNetwork(name));
  }

  /**
   * All changes, one after another, or none.
   * @throws {SimError} that of the first change that cannot be made, with its place in the list
   *
   * @example
   * ```ts
   * import type { Space } from "llm-sim";
   * const exchange = (space: Space, a: string, b: string) =>
   *   space.apply([
   *     { kind: "move", agent: a, to: space.position(b)! },
   *     { kind: "move", agent: b, to: space.position(a)! },
   *   ]);
   * ```
   */
  apply(changes: readonly SpaceChange[]): Space {
    return changes.reduce<Space>((space, change, i) => {
      try {
        return space.#changed(change);
      } catch (cause) {
        if (!(cause instanceof SimError)) throw cause;
        throw new SimError(cause.code, `changes[${i}]: ${cause.message}`, {
          cause,
          ...(cause.hint !== undefined && { hint: cause.hint }),
        });
      }
    }, this);
  }

  /**
   * What an agent sees that looks `radius` hops far in the network `default`: the locations within, the agents there,
   * and of the networks what connects these locations. It holds nothing else; a way that leads out of sight is no way
   * in it. An agent without a place sees no location.
   */
  visibleFrom(agent: string, radius: number): Space {
    checkRadius(radius);
    const number = this.#positions.of(agent);
    const { numbers, terrain } = number === undefined ? this.#terrain.nothing() : this.#terrain.around(number, radius);
    return new Space(terrain, this.#positions.within(numbers));
  }

  /** Without the positions of all other agents. */
  restrictedTo(agents: ReadonlySet<string>): Space {
    return this.#at(this.#positions.only((agent) => agents.has(agent)));
  }

  /**
   * What differs from the scenario's declaration, and all positions; of what {@linkcode Space.visibleFrom} returned, all
   * of it. {@linkcode Space.fromJSON} reads it back to an equal space.
   */
  toJSON(): SpaceJson {
    return encodeSpace(this.#terrain, this.#positions);
  }

  #changed(change: SpaceChange): Space {
    switch (change.kind) {
      case "move":
        return this.move(change.agent, change.to);
      case "remove":
        return this.remove(change.agent);
      case "set_attributes":
        return this.setAttributes(change.location, change.attributes);
      case "connect":
        return this.connect(change.from, change.to, change);
      case "disconnect":
        return this.disconnect(change.from, change.to, change.network);
      case "create_network":
        return this.createNetwork(change.name, change);
      case "remove_network":
        return this.removeNetwork(change.name);
      default: {
        const { kind } = change as { readonly kind: unknown };
        throw new SimError("bad_change", `there is no change of kind '${kind}'`, {
          hint: didYouMean(String(kind), CHANGE_KINDS),
        });
      }
    }
  }

  #numbered(edge: NewEdge): NumberedEdge {
    const [from, to, attributes] = "from" in edge ? [edge.from, edge.to, edge.attributes] : edge;
    return [this.#number(from), this.#number(to), attributes ?? NO_ATTRIBUTES];
  }

  #number(location: string): number {
    return this.#terrain.locations.number(location);
  }

  #on(terrain: Terrain): Space {
    return terrain === this.#terrain ? this : new Space(terrain, this.#positions);
  }

  #at(positions: Positions): Space {
    return positions === this.#positions ? this : new Space(this.#terrain, positions);
  }
}

/** Whether every edge counts 1: then hops are counted, which is quicker than adding weights up. */
function isCounted(network: Network, weight: string | null): weight is null {
  return weight === null || !network.hasAttributes;
}

function checkRadius(radius: number): void {
  if (radius >= 0) return;
  throw new SimError("bad_radius", `a radius is a number from 0, not ${radius}`, {
    hint: "Infinity reaches everywhere",
  });
}
