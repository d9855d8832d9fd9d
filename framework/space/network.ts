/** A network over the locations of a space: which of them are connected, and what is known of each connection. */

import { SimError } from "../issue.ts";
import type { JsonObject } from "../json.ts";
import { type AttributePatch, NO_ATTRIBUTES, patched } from "./attributes.ts";
import type { Locations } from "./locations.ts";
import { PersistentArray } from "./persistent_array.ts";

/** What a network is, but for its edges. */
export interface NetworkDefinition {
  readonly name: string;
  /** Whether edges lead one way only. */
  readonly directed: boolean;
  readonly attributes: JsonObject;
}

/** An edge by the numbers of its ends. */
export type NumberedEdge = readonly [from: number, to: number, attributes: AttributePatch];

/** Hops between two locations where they can be computed rather than counted. */
export type Metric = (from: number, to: number) => number;

/** Where one location leads: numbers ascending, attributes beside them; null where no edge has any. */
class Row {
  /** Names of the targets, once they have been asked for. */
  names: readonly string[] | undefined;

  constructor(readonly targets: readonly number[], readonly attributes: readonly JsonObject[] | null) {}

  static of(edges: readonly (readonly [target: number, attributes: JsonObject])[]): Row {
    const plain = edges.every(([, attributes]) => attributes === NO_ATTRIBUTES);
    return new Row(edges.map(([target]) => target), plain ? null : edges.map(([, attributes]) => attributes));
  }

  get edges(): [target: number, attributes: JsonObject][] {
    return this.targets.map((target, i) => [target, this.attributes?.[i] ?? NO_ATTRIBUTES]);
  }

  edge(target: number): JsonObject | undefined {
    const i = this.targets.indexOf(target);
    return i < 0 ? undefined : this.attributes?.[i] ?? NO_ATTRIBUTES;
  }

  with(target: number, attributes: JsonObject): Row {
    return Row.of([...this.without(target).edges, [target, attributes] as const].sort(([a], [b]) => a - b));
  }

  without(target: number): Row {
    return Row.of(this.edges.filter(([other]) => other !== target));
  }
}

const NOWHERE = new Row([], null);

/**
 * An immutable network. No location is connected with itself, and two are connected once (each way, where directed).
 * Changed copies share all rows but those of the ends of the edge.
 */
export class Network {
  readonly name: string;
  readonly directed: boolean;
  readonly attributes: JsonObject;
  readonly locations: Locations;
  /** Hops, where they need not be counted. */
  readonly metric: Metric | null;
  readonly #rows: PersistentArray<Row>;
  #hasAttributes: boolean | undefined;

  private constructor(
    definition: NetworkDefinition,
    locations: Locations,
    rows: PersistentArray<Row>,
    metric: Metric | null = null,
  ) {
    this.name = definition.name;
    this.directed = definition.directed;
    this.attributes = definition.attributes;
    this.locations = locations;
    this.metric = metric;
    this.#rows = rows;
  }

  /**
   * A network of these edges; of one that comes twice the attributes are merged.
   * @throws {SimError} `self_loop`, `bad_attributes`
   */
  static of(definition: NetworkDefinition, locations: Locations, edges: Iterable<NumberedEdge>): Network {
    const found = new Map<number, Map<number, JsonObject>>();
    const put = (from: number, to: number, attributes: JsonObject) => {
      const row = found.get(from);
      if (row === undefined) found.set(from, new Map([[to, attributes]]));
      else row.set(to, attributes);
    };
    for (const [from, to, patch] of edges) {
      checkEnds(from, to, definition.name, locations);
      const before = found.get(from)?.get(to) ?? NO_ATTRIBUTES;
      const attributes = patched(before, patch, edgeLabel(locations, from, to));
      put(from, to, attributes);
      if (!definition.directed) put(to, from, attributes);
    }
    const rows = new Array<Row>(locations.ids.length).fill(NOWHERE);
    for (const [from, row] of found) rows[from] = Row.of([...row].sort(([a], [b]) => a - b));
    return new Network(definition, locations, PersistentArray.of(rows));
  }

  /** An undirected network in which `targets` says where each location leads, in any order, itself not among them. */
  static regular(
    definition: NetworkDefinition,
    locations: Locations,
    targets: (number: number) => readonly number[],
    metric: Metric,
  ): Network {
    const rows = locations.ids.map((_, number) => new Row([...targets(number)].sort((a, b) => a - b), null));
    return new Network(definition, locations, PersistentArray.of(rows), metric);
  }

  /** Where a location leads, by number, ascending. */
  targets(from: number): readonly number[] {
    return this.#row(from).targets;
  }

  /** Names of the locations that a location leads to, in the order of locations. */
  names(from: number): readonly string[] {
    const row = this.#row(from);
    return row.names ??= Object.freeze(row.targets.map((target) => this.locations.ids[target]!));
  }

  /** Attributes of an edge; undefined where there is none. */
  edge(from: number, to: number): JsonObject | undefined {
    return this.#row(from).edge(to);
  }

  /** Where a location leads, with the attributes of each edge, in the order of locations. */
  edgesFrom(from: number): readonly (readonly [target: number, attributes: JsonObject])[] {
    return this.#row(from).edges;
  }

  /** All edges in the order of their ends; undirected ones once, from the end that comes first. */
  *edges(): Generator<[from: number, to: number, attributes: JsonObject]> {
    for (let from = 0; from < this.locations.ids.length; from++) {
      for (const [to, attributes] of this.edgesFrom(from)) {
        if (this.directed || from < to) yield [from, to, attributes];
      }
    }
  }

  /** Whether any edge has attributes. */
  get hasAttributes(): boolean {
    return this.#hasAttributes ??= this.locations.ids.some((_, number) => this.#row(number).attributes !== null);
  }

  /**
   * A copy in which the ends are connected; of an edge that is there already the attributes are changed.
   * @throws {SimError} `self_loop`, `bad_attributes`
   */
  connect(from: number, to: number, patch: AttributePatch): Network {
    checkEnds(from, to, this.name, this.locations);
    const before = this.edge(from, to);
    const attributes = patched(before ?? NO_ATTRIBUTES, patch, edgeLabel(this.locations, from, to));
    if (before === attributes) return this;
    return this.#changed(from, to, (row, target) => row.with(target, attributes));
  }

  /** A copy without this edge; itself where there is none. */
  disconnect(from: number, to: number): Network {
    if (this.edge(from, to) === undefined) return this;
    return this.#changed(from, to, (row, target) => row.without(target));
  }

  /** The part of it between some locations, which `numbers` (ascending) lists and `locations` holds in that order. */
  induced(numbers: readonly number[], locations: Locations): Network {
    const renumbered = new Map(numbers.map((number, i) => [number, i]));
    const rows = numbers.map((number) => {
      const edges = this.edgesFrom(number).filter(([target]) => renumbered.has(target));
      return Row.of(edges.map(([target, attributes]) => [renumbered.get(target)!, attributes] as const));
    });
    return new Network(this, locations, PersistentArray.of(rows));
  }

  #row(number: number): Row {
    return this.#rows.get(number)!;
  }

  #changed(from: number, to: number, change: (row: Row, target: number) => Row): Network {
    const rows = this.#rows.with(from, change(this.#row(from), to));
    return new Network(this, this.locations, this.directed ? rows : rows.with(to, change(this.#row(to), from)));
  }
}

function checkEnds(from: number, to: number, network: string, locations: Locations): void {
  if (from !== to) return;
  throw new SimError("self_loop", `the network '${network}' cannot connect '${locations.ids[from]}' with itself`, {
    hint: "an edge connects two different locations",
  });
}

/** "the edge 'a' – 'b'", for messages. */
export function edgeLabel(locations: Locations, from: number, to: number): string {
  return `the edge '${locations.ids[from]}' – '${locations.ids[to]}'`;
}
