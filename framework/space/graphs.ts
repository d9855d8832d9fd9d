/**
 * The cheapest way from place to place, by graphology. The package takes 25 ms to load, so it is loaded when a scenario
 * has space, and a network becomes one of its graphs when a path over weights is first asked for.
 */

import { SimError } from "../issue.ts";
import type { JsonObject } from "../json.ts";
import type { Network } from "./network.ts";
import { weightOf } from "./search.ts";

/** What is used of a graph. */
interface Graph {
  addNode(node: string): string;
  addEdge(from: string, to: string, attributes: { readonly weight: number }): string;
}

/** What is used of the packages. */
interface Packages {
  readonly UndirectedGraph: new () => Graph;
  readonly DirectedGraph: new () => Graph;
  readonly cheapest: (graph: Graph, from: string, to: string) => string[] | null;
}

let packages: Packages | undefined;
let loading: Promise<void> | undefined;

/**
 * Loads what a space needs. Await it once before the first {@linkcode Space} is made; the sandbox does so when a
 * scenario has the section `spatial`. Calling it again does nothing.
 */
export async function loadGraphs(): Promise<void> {
  loading ??= load();
  try {
    await loading;
  } catch (error) {
    loading = undefined;
    throw error;
  }
}

/** @throws {SimError} `graphs_not_loaded` before {@linkcode loadGraphs} has been awaited */
export function loadedGraphs(): Packages {
  if (packages !== undefined) return packages;
  throw new SimError("graphs_not_loaded", "a space cannot be made before loadGraphs() has been awaited", {
    hint: "call await loadGraphs() first, once",
  });
}

async function load(): Promise<void> {
  const restore = lendChance();
  try {
    const [graphology, paths] = await Promise.all([import("graphology"), import("graphology-shortest-path")]);
    packages = {
      UndirectedGraph: graphology.UndirectedGraph,
      DirectedGraph: graphology.DirectedGraph,
      cheapest: (graph, from, to) => paths.dijkstra.bidirectional(graph as never, from, to, "weight"),
    };
  } finally {
    restore();
  }
}

/**
 * graphology draws a number for the keys of its edges while it loads, which the sandbox refuses; any number will do.
 * Returns what takes it back.
 */
function lendChance(): () => void {
  const real = Math;
  try {
    real.random();
    return () => {};
  } catch {
    globalThis.Math = Object.create(real, { random: { value: () => 0 } });
    return () => globalThis.Math = real;
  }
}

/** The graphs of networks by the weight they were asked for. A network never changes, so neither do they. */
const graphs = new WeakMap<Network, Map<string, Graph>>();

/**
 * The locations of a cheapest path, both ends included; null when there is none. Which of several equally cheap ones
 * depends on the network alone.
 * @throws {SimError} `bad_weight`
 */
export function cheapestPath(network: Network, from: number, to: number, weight: string): number[] | null {
  const path = loadedGraphs().cheapest(graphOf(network, weight), String(from), String(to));
  return path && path.map(Number);
}

function graphOf(network: Network, weight: string): Graph {
  let known = graphs.get(network);
  if (known === undefined) graphs.set(network, known = new Map());
  let graph = known.get(weight);
  if (graph === undefined) known.set(weight, graph = build(network, weight));
  return graph;
}

/** Its nodes are numbers, not names: the package keeps them as keys of plain objects, where `constructor` is taken. */
function build(network: Network, weight: string): Graph {
  const { DirectedGraph, UndirectedGraph } = loadedGraphs();
  const graph = network.directed ? new DirectedGraph() : new UndirectedGraph();
  for (let number = 0; number < network.locations.ids.length; number++) graph.addNode(String(number));
  for (const [from, to, attributes] of network.edges()) {
    graph.addEdge(String(from), String(to), { weight: weightOf(network, from, to, attributes, weight) });
  }
  return graph;
}

/** What a path costs: its weights added up from its start. */
export function costOf(network: Network, path: readonly number[], weight: string): number {
  let cost = 0;
  for (let i = 1; i < path.length; i++) {
    const attributes: JsonObject = network.edge(path[i - 1]!, path[i]!)!;
    cost += weightOf(network, path[i - 1]!, path[i]!, attributes, weight);
  }
  return cost;
}
