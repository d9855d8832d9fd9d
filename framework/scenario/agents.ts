/** The section `agents`: who takes part. */

import type { z } from "zod";
import { NAME_RULE, nameProblem, numberedName } from "../agent_name.ts";
import { formatPath, type IssuePath } from "../issue.ts";
import type { JsonObject } from "../json.ts";
import { checkVariable } from "../variables.ts";
import { checkTypeName } from "./component.ts";
import type { Reading } from "./reading.ts";
import type { ResolvedAgent } from "./resolved.ts";
import { agentSchema, scenarioShape, type WrittenModel } from "./schema.ts";
import { entryAt, type Place, placeOf } from "./source.ts";
import type { DeclaredVariables } from "./state_variables.ts";

type AgentEntry = z.output<typeof agentSchema>;

/** One entry of `agents:` as read, with its position in the list. */
export interface ReadAgent {
  readonly index: number;
  /** Without its model, which follows from what the scenario says of models as a whole. */
  readonly agent: ResolvedAgent;
  /** What it says of its model; null: nothing. */
  readonly model: WrittenModel | null;
}

/** An entry's name, and how many it stands for. */
export type NamedEntry = Pick<ResolvedAgent, "name" | "count">;

/** The names that an entry of named agents stands for: its own, or `name_1` … `name_<count>`. */
export function agentNames(agent: NamedEntry): string[] {
  if (agent.count === null) return [agent.name];
  return Array.from({ length: agent.count }, (_, i) => `${agent.name}_${i + 1}`);
}

/** Names of an entry with `count` that are suggested. */
const SUGGESTED = 20;

/** The names that entries stand for, as far as they are worth suggesting. */
export function namesToSuggest(entries: readonly NamedEntry[]): string[] {
  return entries.flatMap(({ name, count }) =>
    agentNames({ name, count: count === null ? null : Math.min(count, SUGGESTED) })
  );
}

/** Whether some entry stands for a name. The entries may stand for a million: their names are not written out. */
export function nameTest(entries: readonly NamedEntry[]): (name: string) => boolean {
  const single = new Set(entries.filter(({ count }) => count === null).map(({ name }) => name));
  const counts = new Map(entries.flatMap(({ name, count }) => count === null ? [] : [[name, { count }] as const]));
  return (name) => single.has(name) || memberOf(name, counts, ({ count }) => count) !== undefined;
}

/** All entries that can be read; every finding about the others is reported. */
export function readAgents(reading: Reading, variables: DeclaredVariables): ReadAgent[] {
  const written = reading.valueAt(["agents"]);
  if (!Array.isArray(written) || written.length === 0) {
    if (Array.isArray(written)) {
      reading.error("no_agents", "the scenario has no agents", ["agents"], "add one: - { name: A, type: nation }");
    } else if (written !== undefined) reading.read(scenarioShape.agents, ["agents"]);
    return [];
  }
  const agents: ReadAgent[] = [];
  for (const index of written.keys()) {
    const path = ["agents", index];
    const entry = reading.read(agentSchema, path);
    checkName(reading, [...path, "name"]);
    checkTypeName(reading, [...path, "type"], "agent");
    checkInitialValues(reading, [...path, "variables"], variables);
    const hasBadCount = (reading.valueAt([...path, "count"]) ?? null) !== (entry?.count ?? null);
    if (entry === undefined || hasBadCount) continue;
    agents.push({ index, agent: resolved(entry), model: entry.llm ?? null });
  }
  checkUnique(reading, agents);
  return agents;
}

function resolved(entry: AgentEntry): ResolvedAgent {
  return {
    name: entry.name,
    type: entry.type,
    count: entry.count ?? null,
    config: (entry.config ?? {}) as JsonObject,
    variables: (entry.variables ?? {}) as JsonObject,
    initial_location: entry.initial_location ?? null,
    on_error: entry.on_error ?? "fail",
    llm: null,
  };
}

/** Reports what is wrong with an agent's name at `path`. */
export function checkName(reading: Reading, path: IssuePath): void {
  const name = reading.valueAt(path);
  if (typeof name !== "string") return;
  const problem = nameProblem(name);
  if (problem === null) return;
  const letters = [...name];
  const shown = letters.length > 40 ? `${letters.slice(0, 40).join("")}…` : name;
  reading.error("bad_name", `the agent name ${JSON.stringify(shown)} ${problem}`, path, NAME_RULE);
}

/** Reports what is wrong with the initial values at `path`: variables that are not declared, values that are none of theirs. */
export function checkInitialValues(reading: Reading, path: IssuePath, variables: DeclaredVariables): void {
  for (const name of reading.keysOf(path)) {
    const at = [...path, name];
    const value = reading.valueAt(at) ?? null;
    const written = entryAt(reading.root, at)?.written;
    const label = written === undefined ? formatPath(at) : formatPath([...path.slice(0, -1), written]);
    if (!variables.agent_names.includes(name)) {
      const message = `${label} sets the agent variable '${name}', which is not declared`;
      const hint = `declare it under state_variables.agent_vars, or ${reading.suggest(name, variables.agent_names)}`;
      reading.keyError("unknown_variable", message, at, hint);
      continue;
    }
    const definition = Object.hasOwn(variables.agent_vars, name) ? variables.agent_vars[name] : undefined;
    const problem = definition && checkVariable(definition, value);
    if (problem) {
      const where = [...at, ...problem.path];
      const shown = problem.path.length === 0 ? label : formatPath(where);
      reading.error("invalid_value", `${shown}: ${problem.message}`, where);
    }
  }
}

/** No two agents have one name; entries with `count` are compared without writing their names out. */
function checkUnique(reading: Reading, agents: readonly ReadAgent[]): void {
  const single = new Map<string, number>();
  const counted = new Map<string, ReadAgent>();
  const clash = (name: string, index: number, first: number): void => {
    const place = (i: number) => shownPlace(placeOf(reading.root, ["agents", i, "name"]));
    const message = `two agents are named '${name}': ${place(first)} and ${place(index)}`;
    reading.error("duplicate_agent", message, ["agents", index, "name"], "give every agent a name of its own");
  };
  for (const read of agents.filter(({ agent }) => agent.count !== null)) {
    const first = counted.get(read.agent.name);
    if (first !== undefined) clash(`${read.agent.name}_1`, read.index, first.index);
    else counted.set(read.agent.name, read);
  }
  for (const { agent, index } of agents.filter(({ agent }) => agent.count === null)) {
    const first = single.get(agent.name) ?? memberOf(agent.name, counted, ({ agent }) => agent.count!)?.index;
    if (first !== undefined) clash(agent.name, Math.max(index, first), Math.min(index, first));
    else single.set(agent.name, index);
  }
}

/** The entry with `count` that has a member of this name. */
function memberOf<T>(name: string, counted: ReadonlyMap<string, T>, countOf: (entry: T) => number): T | undefined {
  const numbered = numberedName(name);
  const entry = numbered && counted.get(numbered.entry);
  return entry !== undefined && numbered!.number <= countOf(entry) ? entry : undefined;
}

function shownPlace({ file, line, column }: Place): string {
  return line === undefined ? file : `${file}:${line}:${column}`;
}
