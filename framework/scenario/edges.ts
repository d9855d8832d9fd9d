/** Nodes and edges as scenarios and JSON files list them, in every form that is read. */

import type { IssuePath } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import type { ResolvedEdge, ResolvedLocation } from "../space/mod.ts";
import { shown } from "./expectation.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import { isMap, type Listing } from "./listing.ts";
import { type LocationNames, nameFault, nameOf } from "./location_names.ts";

const NODE_FORMS = "a node is a name or a map such as { id: harbour, depth: 12 }";
const EDGE_FORMS = "an edge is [a, b], [a, b, weight], [a, b, { … }] or a map with from and to (or source and target)";

/** The locations that a list of nodes stands for; what is wrong with any is reported. */
export function readNodes(listing: Listing): ResolvedLocation[] {
  const first = new Map<string, number>();
  const locations: ResolvedLocation[] = [];
  for (const [i, value] of (listing.list("nodes") ?? []).entries()) {
    const path = ["nodes", i];
    const node = readNode(listing, path, value);
    if (node === undefined) continue;
    const before = first.get(node.id);
    if (before !== undefined) {
      listing.error("duplicate_location", `the location '${node.id}' is listed twice, first as nodes[${before}]`, path);
      continue;
    }
    first.set(node.id, i);
    locations.push(node);
  }
  return locations;
}

function readNode(listing: Listing, path: IssuePath, value: Json): ResolvedLocation | undefined {
  if (!isMap(value)) {
    const fault = nameFault(value);
    if (fault !== null) return void listing.error("bad_name", fault, path, NODE_FORMS);
    return { id: nameOf(value)!, attributes: {} };
  }
  const key = (value.id ?? null) === null ? "name" : "id";
  if ((value[key] ?? null) === null) return void listing.error("missing_key", "it has no id", path, NODE_FORMS);
  const fault = nameFault(value[key]);
  if (fault !== null) return void listing.error("bad_name", fault, [...path, key], NODE_FORMS);
  const attributes = readRest(listing, path, value, [key]);
  return attributes && { id: nameOf(value[key])!, attributes };
}

/** What is known of a node or an edge: its `attributes`, and whatever else stands beside the keys that mean something. */
function readRest(
  listing: Listing,
  path: IssuePath,
  value: JsonObject,
  taken: readonly string[],
): JsonObject | undefined {
  const { attributes, ...others } = value;
  const rest = Object.entries(others).filter(([key]) => !taken.includes(key));
  const own = (attributes ?? null) === null ? {} : listing.map([...path, "attributes"], attributes);
  if (own === undefined) return undefined;
  const twice = rest.find(([key]) => Object.hasOwn(own, key));
  if (twice !== undefined) {
    const message = `${twice[0]} and attributes.${twice[0]} say the same thing`;
    return void listing.error("duplicate_setting", message, path, "keep one of them");
  }
  return { ...Object.fromEntries(rest), ...own };
}

/** Edges of a list, and the names that they use in the order in which they come. */
export interface ReadEdges {
  readonly edges: readonly ResolvedEdge[];
  readonly names: readonly string[];
}

/**
 * The edges that a list stands for; what is wrong with any is reported.
 * @param known names that edges may use; null: any
 */
export function readEdges(listing: Listing, directed: boolean, known: LocationNames | null): ReadEdges {
  const listed = listing.list("edges") ?? [];
  if (listed.length > SCENARIO_LIMITS.edges) {
    const message = `there are ${listed.length} edges; a network has at most ${SCENARIO_LIMITS.edges}`;
    listing.error("too_many_edges", message, ["edges"], "leave out some");
    return { edges: [], names: [] };
  }
  const collected = new EdgeCollection(listing, directed);
  for (const [i, value] of listed.entries()) {
    const path = ["edges", i];
    const edge = readEdge(listing, path, value);
    if (edge !== undefined && areKnown(listing, path, edge, known)) collected.add(path, i, edge);
  }
  return collected;
}

function readEdge(listing: Listing, path: IssuePath, value: Json): ResolvedEdge | undefined {
  if (Array.isArray(value)) return readList(listing, path, value);
  if (isMap(value)) return readMap(listing, path, value);
  listing.error("bad_edge", `${shown(value)} is no edge`, path, EDGE_FORMS);
}

function readList(listing: Listing, path: IssuePath, value: readonly Json[]): ResolvedEdge | undefined {
  if (value.length < 2 || value.length > 3) {
    return void listing.error("bad_edge", `an edge has two ends, not ${value.length} entries`, path, EDGE_FORMS);
  }
  const third = value[2] ?? null;
  const attributes = third === null ? {} : typeof third === "number" ? { weight: third } : third;
  if (!isMap(attributes)) {
    const message = `behind the ends stands a weight or a map, not ${shown(third)}`;
    return void listing.error("bad_edge", message, [...path, 2], EDGE_FORMS);
  }
  return checkedEnds(listing, path, [0, 1], value[0], value[1], attributes);
}

function readMap(listing: Listing, path: IssuePath, value: JsonObject): ResolvedEdge | undefined {
  const given = (key: string) => (value[key] ?? null) !== null;
  const keys = given("from") || given("to") ? ["from", "to"] as const : ["source", "target"] as const;
  const missing = keys.find((key) => !given(key));
  if (missing !== undefined) {
    return void listing.error("missing_key", `it has no '${missing}'`, path, EDGE_FORMS);
  }
  const attributes = readRest(listing, path, value, keys);
  return attributes && checkedEnds(listing, path, keys, value[keys[0]], value[keys[1]], attributes);
}

function checkedEnds(
  listing: Listing,
  path: IssuePath,
  keys: readonly (string | number)[],
  from: Json | undefined,
  to: Json | undefined,
  attributes: JsonObject,
): ResolvedEdge | undefined {
  for (const [i, end] of [from, to].entries()) {
    const fault = nameFault(end);
    if (fault !== null) return void listing.error("bad_name", fault, [...path, keys[i]!], EDGE_FORMS);
  }
  const edge = { from: nameOf(from)!, to: nameOf(to)!, attributes };
  if (edge.from !== edge.to) return edge;
  listing.error(
    "self_loop",
    `'${edge.from}' is connected with itself`,
    path,
    "an edge connects two different locations",
  );
}

function areKnown(listing: Listing, path: IssuePath, { from, to }: ResolvedEdge, known: LocationNames | null): boolean {
  const unknown = known && [from, to].find((end) => !known.has(end));
  if (unknown === null || unknown === undefined) return true;
  listing.error("unknown_location", `there is no location '${unknown}'`, path, known!.hint(unknown));
  return false;
}

/** Edges without repetition. */
class EdgeCollection implements ReadEdges {
  readonly edges: ResolvedEdge[] = [];
  readonly #listing: Listing;
  readonly #directed: boolean;
  readonly #numbers = new Map<string, number>();
  /** Where a pair stands in the list, and what it says, by the numbers of its ends. */
  readonly #pairs = new Map<number, { index: number; attributes: JsonObject }>();

  constructor(listing: Listing, directed: boolean) {
    this.#listing = listing;
    this.#directed = directed;
  }

  get names(): string[] {
    return [...this.#numbers.keys()];
  }

  /** A pair that comes twice counts once; it must say the same both times. */
  add(path: IssuePath, index: number, edge: ResolvedEdge): void {
    const key = this.#key(edge);
    const before = this.#pairs.get(key);
    if (before === undefined) {
      this.#pairs.set(key, { index, attributes: edge.attributes });
      this.edges.push(edge);
    } else if (JSON.stringify(before.attributes) !== JSON.stringify(edge.attributes)) {
      const message = `the edge '${edge.from}' – '${edge.to}' is edges[${before.index}] too, with other attributes`;
      this.#listing.error("duplicate_edge", message, path, "keep one of them");
    }
  }

  #key({ from, to }: ResolvedEdge): number {
    const [a, b] = [this.#number(from), this.#number(to)];
    // Edges name at most two locations each, so that a pair of their numbers stays a safe integer.
    return this.#directed || a < b ? a * 2 * SCENARIO_LIMITS.edges + b : b * 2 * SCENARIO_LIMITS.edges + a;
  }

  #number(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#numbers.size);
    return this.#numbers.size - 1;
  }
}
