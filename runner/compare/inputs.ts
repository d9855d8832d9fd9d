/** What goes into runs and differs between them, by scenario path. */

import { canonicalJson, type Json, type JsonObject, sha256, type SimulationInput } from "../../framework/mod.ts";
import type { Manifest, RunConfig } from "../store/mod.ts";

/** One thing that is not the same everywhere. */
export interface InputDifference {
  /**
   * Scenario path as users write it (`engine.interest_rate`, `agents.Aurelia.strategy`), or `code.framework`, `code.deno`,
   * `code.domain`, `models`, `files.<name>`, `initial_state`, `fork`, `outside.<turn>.<kind>`, `sample`.
   */
  readonly path: string;
  /** By side; null: it has none. Several seeds or samples are a list. */
  readonly values: readonly Json[];
}

/** What one run was made of. */
export interface RunInputs {
  readonly manifest: Pick<Manifest, "code" | "models" | "parent">;
  readonly config: RunConfig;
  /** What reached it from outside while it was played. */
  readonly outside: readonly SimulationInput[];
  /** Seeds and samples of all runs of this side. */
  readonly seeds: readonly number[];
  readonly samples: readonly number[];
}

/** Differences that are told; of scenarios of different domains everything differs. */
export const MOST_DIFFERENCES = 200;

/** Sections that say nothing of what is computed, and what is told otherwise. */
const NOT_COMPARED = ["settings", "inherited", "events", "logging", "files", "initial_state"];

/** What differs, in the order of the first side that has it. */
export function differingInputs(sides: readonly RunInputs[]): InputDifference[] {
  const flat = sides.map(inputsOf);
  const paths = [...new Set(flat.flatMap((side) => [...side.keys()]))];
  return paths.flatMap((path) => {
    const values = flat.map((side) => side.get(path) ?? null);
    const first = canonicalJson(values[0]);
    return values.every((value) => canonicalJson(value) === first) ? [] : [{ path, values }];
  });
}

/** What differs between two configurations, and what plays them if that is told. */
export function settledDifferences(
  before: RunConfig,
  now: RunConfig,
  code: { readonly before?: Manifest["code"]; readonly now?: Manifest["code"] } = {},
): InputDifference[] {
  const side = (config: RunConfig, code: Manifest["code"]): RunInputs => ({
    manifest: { models: [], ...(code && { code }) },
    config,
    outside: [],
    seeds: [config.simulation.seed],
    samples: [0],
  });
  return differingInputs([side(before, code.before), side(now, code.now)]);
}

/** Paths of what differs between two runs. */
export function pathsApart(a: RunInputs, b: RunInputs): string[] {
  return differingInputs([a, b]).map(({ path }) => path);
}

function inputsOf({ manifest, config, outside, seeds, samples }: RunInputs): Map<string, Json> {
  const found = new Map<string, Json>([
    ["simulation.seed", oneOrAll(seeds)],
    ["sample", oneOrAll(samples)],
  ]);
  const { name: _name, description: _description, seed: _seed, ...simulation } = config.simulation;
  const sections = Object.entries({ ...config, simulation }).filter(([section]) => !NOT_COMPARED.includes(section));
  const made = new Map<string, Json>();
  // As JSON, what is undefined is not there.
  flatten(JSON.parse(JSON.stringify(Object.fromEntries(sections))) as JsonObject, [], made);
  for (const [path, value] of made) {
    const asWritten = config.conversation ? inConversation(path) : path;
    if (asWritten !== null) found.set(asWritten, value);
  }
  for (const [name, { sha256 }] of Object.entries(config.files)) found.set(`files.${name}`, shown(sha256));
  if (config.initial_state) {
    found.set("initial_state", `turn ${config.initial_state.state.turn}, ${shown(hash(config.initial_state))}`);
  }
  for (const [part, code] of Object.entries(manifest.code ?? {})) {
    found.set(`code.${part}`, part === "deno" ? code : shown(code));
  }
  if (manifest.models.length > 0) found.set("models", manifest.models.join(", "));
  if (manifest.parent) found.set("fork", `of ${manifest.parent.run_id} after turn ${manifest.parent.turn}`);
  for (const { seq, turn, kind, ...input } of outside) {
    const path = `outside.${turn}.${kind}`;
    found.set(found.has(path) ? `${path}.${seq}` : path, bodyOf(input));
  }
  return found;
}

/** Every value by its path; lists of named entries by name, other lists whole. */
function flatten(value: Json, path: readonly string[], into: Map<string, Json>): void {
  if (typeof value !== "object" || value === null) into.set(written(path), value);
  else if (Array.isArray(value)) {
    const names = value.map(nameOf);
    if (names.includes(undefined) || names.length === 0) into.set(written(path), value);
    else value.forEach((entry, i) => flatten(entry, [...path, names[i]!], into));
  } else if (path[0] === "metrics" && path[1] === "reporters" && path.length === 3) into.set(written(path), value);
  else {
    for (const [key, inner] of Object.entries(value)) {
      if (!(key === "name" && path[0] === "agents" && path.length === 2)) flatten(inner, [...path, key], into);
    }
  }
}

function nameOf(value: Json): string | undefined {
  const name = typeof value === "object" && value !== null ? (value as JsonObject).name : undefined;
  return typeof name === "string" ? name : undefined;
}

/** A path in the short form that scenarios are written in. */
function written(path: readonly string[]): string {
  const [section, second, third, ...rest] = path;
  if ((section === "engine" || section === "validator") && second === "config" && third !== undefined) {
    return [section, third, ...rest].join(".");
  }
  const inAgent = section === "agents" && rest.length === 1 ? `${third}.${rest[0]}` : "";
  if (inAgent === "config.strategy") return `agents.${second}.strategy`;
  if (inAgent === "variables.economic_strength") return `agents.${second}.initial_economic_strength`;
  return path.join(".");
}

/** Where the section `conversation` says what its agents are made of; null: their environment, which the engine has too. */
function inConversation(path: string): string | null {
  const [, agent, key] = /^agents\.([^.]+)\.config\.(.*)$/.exec(path) ?? [];
  if (key === undefined) return path;
  return /^environment(?:\.|$)/.test(key) ? null : `conversation.${agent}.${key}`;
}

function bodyOf(input: object): Json {
  const { at: _at, ...rest } = JSON.parse(JSON.stringify(input)) as JsonObject;
  return rest;
}

function oneOrAll(values: readonly number[]): Json {
  const all = [...new Set(values)].sort((a, b) => a - b);
  return all.length === 1 ? all[0]! : all;
}

function hash(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** Enough of a hash to tell two apart. */
function shown(hash: string): string {
  return `sha256 ${hash.slice(0, 12)}`;
}
