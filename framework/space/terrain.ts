/** The part of a space that does not move: locations, what is known of them, and the networks over them. */

import { SimError } from "../issue.ts";
import type { JsonObject } from "../json.ts";
import { type Locations, nearestOf } from "./locations.ts";
import type { Network } from "./network.ts";
import { PersistentArray } from "./persistent_array.ts";
import { levels } from "./search.ts";

/** The kind of a space: `regions` are those of a map. */
export type TopologyType = "grid" | "hex_grid" | "network" | "regions";

/** Locations in all the surroundings that are kept for the next who looks from there. */
const KEPT_LOCATIONS = 50_000;

/** What can be seen from one location. */
export interface Surroundings {
  /** Numbers of the locations, ascending. */
  readonly numbers: readonly number[];
  /** These locations alone. */
  readonly terrain: Terrain;
}

/** Immutable; all versions of a space in which only agents have moved share one, and what it has worked out. */
export class Terrain {
  readonly type: TopologyType;
  readonly locations: Locations;
  /** Of each location, by number. */
  readonly attributes: PersistentArray<JsonObject>;
  /** By name: `default` first, the others by name. */
  readonly networks: ReadonlyMap<string, Network>;
  /** What the scenario says; null in surroundings, which are no scenario's. */
  readonly origin: Terrain | null;
  readonly #kept = new Map<string, Surroundings>();
  #keptLocations = 0;

  /** @param origin left out: the scenario says this */
  constructor(
    type: TopologyType,
    locations: Locations,
    attributes: PersistentArray<JsonObject>,
    networks: Iterable<Network>,
    origin?: Terrain | null,
  ) {
    this.type = type;
    this.locations = locations;
    this.attributes = attributes;
    this.networks = new Map([...networks].sort(byName).map((network) => [network.name, network]));
    this.origin = origin === undefined ? this : origin;
  }

  /** @throws {SimError} `unknown_network` */
  network(name: string): Network {
    const network = this.networks.get(name);
    if (network !== undefined) return network;
    throw new SimError("unknown_network", `there is no network '${name}'`, {
      hint: `createNetwork() makes one; ${nearestOf(name, [...this.networks.keys()])}`,
    });
  }

  /** With these attributes at these locations. */
  withAttributes(attributes: PersistentArray<JsonObject>): Terrain {
    return new Terrain(this.type, this.locations, attributes, this.networks.values(), this.origin);
  }

  /** With a network, in place of the one of its name. */
  withNetwork(network: Network): Terrain {
    if (this.networks.get(network.name) === network) return this;
    return this.#withNetworks([...this.#networksBut(network.name), network]);
  }

  /** Without a network. */
  withoutNetwork(name: string): Terrain {
    return this.#withNetworks(this.#networksBut(name));
  }

  /** What lies within `radius` hops of a location in the network `default`. */
  around(number: number, radius: number): Surroundings {
    const key = `${number} ${radius}`;
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    const found = this.#surroundings(levels(this.network("default"), number, radius).flat().sort((a, b) => a - b));
    this.#keptLocations += found.numbers.length;
    if (this.#keptLocations > KEPT_LOCATIONS) {
      this.#kept.clear();
      this.#keptLocations = found.numbers.length;
    }
    this.#kept.set(key, found);
    return found;
  }

  /** No location at all, and the networks without edges. */
  nothing(): Surroundings {
    return this.#surroundings([]);
  }

  /** Built of what is seen alone: nothing else can be reached from it. */
  #surroundings(numbers: readonly number[]): Surroundings {
    const locations = this.locations.subset(numbers);
    const attributes = PersistentArray.of(numbers.map((number) => this.attributes.get(number)!));
    const networks = [...this.networks.values()].map((network) => network.induced(numbers, locations));
    return { numbers, terrain: new Terrain(this.type, locations, attributes, networks, null) };
  }

  #networksBut(name: string): Network[] {
    return [...this.networks.values()].filter((network) => network.name !== name);
  }

  #withNetworks(networks: readonly Network[]): Terrain {
    return new Terrain(this.type, this.locations, this.attributes, networks, this.origin);
  }
}

function byName(a: Network, b: Network): number {
  if (a.name === "default" || b.name === "default") return a.name === b.name ? 0 : a.name === "default" ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
