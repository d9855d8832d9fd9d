/**
 * State paths: how conditions, interventions and forks name a value of a state.
 *
 * | path | value |
 * |---|---|
 * | `turn` | turns completed |
 * | `global.<variable>` | a world variable |
 * | `agents.<name>.<variable>` | a variable of one agent |
 * | `metric.<name>` | a reporter's latest value; null where it has none |
 * | `sum(<variable>)`, also `mean`, `min`, `max`, `count` | an aggregate over agents and members, as reporters compute it |
 *
 * After a variable, `.key` goes into a dictionary or object and `.0` into a list: `global.prices.oil`. A name with other
 * characters than letters, digits, `_` and `-` is quoted: `agents."New York".wealth`.
 */

import { didYouMean, type Issue, nearest, SimError } from "./issue.ts";
import type { Json } from "./json.ts";
import { countMembers, memberNumbers } from "./member_numbers.ts";
import type { Members } from "./members.ts";
import { computeReporter, isPresent, type Metrics, numericValue } from "./reporter.ts";
import { BARE, excerpt, Scanner } from "./scanner.ts";
import type { AgentState, SimulationState, Variables } from "./state.ts";

/** An aggregate over all named agents and members of populations. */
export type Aggregate = "sum" | "mean" | "min" | "max" | "count";

/** A parsed state path. `keys` lead into the variable's value; they are empty for the value itself. */
export type StatePath =
  | { readonly kind: "turn" }
  | { readonly kind: "global"; readonly variable: string; readonly keys: readonly string[] }
  | { readonly kind: "agent"; readonly agent: string; readonly variable: string; readonly keys: readonly string[] }
  | { readonly kind: "metric"; readonly name: string }
  | {
    readonly kind: "aggregate";
    readonly aggregate: Aggregate;
    readonly variable: string;
    readonly keys: readonly string[];
  };

/** The names that paths may use. */
export interface PathNames {
  /** Agents' names, or a test for them where agents come and go. */
  readonly agents: readonly string[] | ((name: string) => boolean);
  /** With a test for agents: what to write instead of a name that is none. */
  readonly suggestAgent?: (name: string) => string;
  /** Names of agent variables. */
  readonly agent_vars: readonly string[];
  /** Names of world variables. */
  readonly global_vars: readonly string[];
  /** Names of reporters. */
  readonly metrics: readonly string[];
}

/** A new value for a place in a state. */
export interface StateEntry {
  /** Where: `global.` or `agents.`, nothing else. */
  readonly path: StatePath;
  /** What to write there. */
  readonly value: Json;
}

/**
 * Reads a path from its text; whether the names exist is for {@linkcode checkStatePath} to say.
 *
 * @throws {SimError} `bad_path`; its issue has the column in `text`, from 1
 *
 * @example
 * ```ts
 * import { formatStatePath, parseStatePath } from "llm-sim";
 * const path = parseStatePath('agents."New York".wealth');
 * if (path.kind !== "agent" || path.agent !== "New York") throw new Error("the agent is New York");
 * if (formatStatePath(path) !== 'agents."New York".wealth') throw new Error("it is written as it was read");
 * ```
 */
export function parseStatePath(text: string): StatePath {
  const scanner = new Scanner(text, "bad_path", PATH_HINT);
  scanner.skipSpace();
  const path = scanStatePath(scanner);
  scanner.skipSpace();
  if (!scanner.atEnd) scanner.fail(`expected the path to end, found ${scanner.found()}`);
  return path;
}

/** The text of a path; {@linkcode parseStatePath} reads it back to an equal path. */
export function formatStatePath(path: StatePath): string {
  switch (path.kind) {
    case "turn":
      return "turn";
    case "global":
      return ["global", ...[path.variable, ...path.keys].map(formatSegment)].join(".");
    case "agent":
      return ["agents", ...[path.agent, path.variable, ...path.keys].map(formatSegment)].join(".");
    case "metric":
      return `metric.${formatSegment(path.name)}`;
    case "aggregate":
      return `${path.aggregate}(${[path.variable, ...path.keys].map(formatSegment).join(".")})`;
  }
}

/**
 * The value at `path`; undefined when there is no such agent, variable, key or metric.
 *
 * Aggregates follow {@linkcode computeReporter}: agents whose value is neither number nor boolean are left out (`count`
 * looks at all), and `mean`, `min` and `max` of nothing are null.
 */
export function readStatePath(path: StatePath, state: SimulationState, metrics: Metrics): Json | undefined {
  switch (path.kind) {
    case "turn":
      return state.turn;
    case "global":
      return readVariable(state.global_state, path.variable, path.keys);
    case "agent": {
      const agent = state.agents.get(path.agent);
      return agent === undefined ? undefined : readVariable(agent, path.variable, path.keys);
    }
    case "metric":
      return Object.hasOwn(metrics, path.name) ? metrics[path.name] : undefined;
    case "aggregate":
      return readAggregate(path.aggregate, path.variable, path.keys, state);
  }
}

/**
 * A new state with `entries` written in their order. Only places that exist can be written: a path never adds a variable,
 * a key or a list entry. Types and ranges are not checked here.
 *
 * @throws {SimError} `unknown_path` when there is no such place, `read_only_path` for anything but `global.` and
 * `agents.` and for an agent's name
 *
 * @example
 * ```ts
 * import { AgentMap, parseStatePath, SimulationState, writeStatePaths } from "llm-sim";
 * const state = new SimulationState({ turn: 0, agents: AgentMap.of([]), global_state: { prices: { oil: 80, gas: 30 } } });
 * const shock = writeStatePaths(state, [{ path: parseStatePath("global.prices.oil"), value: 120 }]);
 * if (shock.global_state.prices.oil !== 120 || shock.global_state.prices.gas !== 30) throw new Error("oil only");
 * ```
 */
export function writeStatePaths(state: SimulationState, entries: readonly StateEntry[]): SimulationState {
  let globals = state.global_state;
  const changed = new Map<string, AgentState>();
  for (const { path, value } of entries) {
    if (path.kind === "global") {
      if (!Object.hasOwn(globals, path.variable)) throw unknownPlace(path, state);
      globals = { ...globals, [path.variable]: replaceWithin(globals[path.variable], path.keys, value, path) };
    } else if (path.kind === "agent") {
      const agent = changed.get(path.agent) ?? state.agents.get(path.agent);
      if (agent === undefined) throw unknownPlace(path, state);
      if (path.variable === "name") throw readOnly(path, "an agent keeps its name");
      if (!Object.hasOwn(agent, path.variable)) throw unknownPlace(path, state);
      changed.set(path.agent, {
        ...agent,
        [path.variable]: replaceWithin(agent[path.variable], path.keys, value, path),
      });
    } else {
      throw readOnly(path, "set global.<variable> or agents.<name>.<variable>");
    }
  }
  const agents = changed.size === 0 ? state.agents : state.agents.map((agent) => changed.get(agent.name) ?? agent);
  return globals === state.global_state && changed.size === 0 ? state : state.with({ global_state: globals, agents });
}

/** The issue (`unknown_path`) of a path that names what is not there, or null. Keys within a variable are not checked. */
export function checkStatePath(path: StatePath, names: PathNames): Issue | null {
  switch (path.kind) {
    case "turn":
      return null;
    case "global":
      return unknownName(path, "global variable", path.variable, names.global_vars);
    case "agent":
      return unknownAgent(path, path.agent, names) ??
        unknownName(path, "agent variable", path.variable, names.agent_vars);
    case "metric":
      return unknownName(path, "metric", path.name, names.metrics);
    case "aggregate":
      return unknownName(path, "agent variable", path.variable, names.agent_vars);
  }
}

function readVariable(variables: Variables, variable: string, keys: readonly string[]): Json | undefined {
  let value: Json | undefined = Object.hasOwn(variables, variable) ? variables[variable] : undefined;
  for (let i = 0; i < keys.length && value !== undefined; i++) value = child(value, keys[i]!);
  return value;
}

function child(value: Json, key: string): Json | undefined {
  if (value === null || typeof value !== "object") return undefined;
  if (isList(value)) return LIST_INDEX.test(key) ? value[Number(key)] : undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function readAggregate(
  aggregate: Aggregate,
  variable: string,
  keys: readonly string[],
  { agents: { records }, populations }: SimulationState,
): Json | undefined {
  // Members have numbers and no entries within them.
  const withColumn = [...populations].filter((members) => keys.length === 0 && members.has(variable));
  // A key may be missing everywhere, as in a dictionary of holdings; a variable may not.
  const isKnown = withColumn.length > 0 || records.length === 0 && populations.size === 0 ||
    records.some((record) => Object.hasOwn(record, variable));
  if (!isKnown) return undefined;
  if (aggregate === "count") return countPresent(records, variable, keys, withColumn);
  const columns = withColumn.map((members) => memberNumbers(members, variable)).filter((column) => column !== null);
  const values = new Float64Array(columns.reduce((sum, column) => sum + column.length, records.length));
  let length = 0;
  for (const record of records) {
    const number = numericValue(readVariable(record, variable, keys));
    if (number !== undefined) values[length++] = number;
  }
  for (const column of columns) {
    values.set(column, length);
    length += column.length;
  }
  return computeReporter(aggregate, values.subarray(0, length));
}

function countPresent(
  records: readonly AgentState[],
  variable: string,
  keys: readonly string[],
  populations: readonly Members[],
): number {
  const count = records.filter((record) => isPresent(readVariable(record, variable, keys))).length;
  return populations.reduce((sum, members) => sum + countMembers(members, variable), count);
}

function replaceWithin(before: Json, keys: readonly string[], value: Json, path: StatePath, depth = 0): Json {
  const key = keys[depth];
  if (key === undefined) return value;
  const inner = child(before, key);
  if (inner === undefined) throw unknownKey(path, keys.slice(0, depth), key, before);
  const after = replaceWithin(inner, keys, value, path, depth + 1);
  if (isList(before)) return before.with(Number(key), after);
  return { ...before as { readonly [key: string]: Json }, [key]: after };
}

function unknownPlace(path: StatePath, state: SimulationState): SimError {
  const agent = path.kind === "agent" ? state.agents.get(path.agent) : undefined;
  const issue = checkStatePath(path, {
    agents: state.agents.names(),
    agent_vars: Object.keys(agent ?? {}).filter((name) => name !== "name"),
    global_vars: Object.keys(state.global_state),
    metrics: [],
  });
  return issueError(issue ?? unknownIssue(path, "there is no such place", PATH_HINT));
}

function unknownKey(path: StatePath, above: readonly string[], key: string, value: Json): SimError {
  const parent = path.kind === "global" || path.kind === "agent" ? formatStatePath({ ...path, keys: above }) : "";
  if (value === null || typeof value !== "object") {
    return issueError(
      unknownIssue(path, `'${parent}' has no entries, it is ${JSON.stringify(value)}`, `set '${parent}'`),
    );
  }
  const hint = !isList(value)
    ? didYouMean(key, Object.keys(value))
    : value.length === 0
    ? "the list is empty"
    : `the list's entries are 0 to ${value.length - 1}`;
  return issueError(unknownIssue(path, `'${parent}' has no entry '${key}'`, hint));
}

function unknownAgent(path: StatePath, name: string, { agents, suggestAgent }: PathNames): Issue | null {
  if (typeof agents !== "function") return unknownName(path, "agent", name, agents);
  if (agents(name)) return null;
  const hint = suggestAgent?.(name) ?? "check the name under 'agents:'";
  return unknownIssue(path, `there is no agent '${name}'`, hint);
}

function unknownName(path: StatePath, what: string, name: string, valid: readonly string[]): Issue | null {
  return valid.includes(name) ? null : unknownIssue(path, `there is no ${what} '${name}'`, didYouMean(name, valid));
}

function unknownIssue(path: StatePath, why: string, hint: string): Issue {
  return { severity: "error", code: "unknown_path", message: `unknown path '${formatStatePath(path)}': ${why}`, hint };
}

function readOnly(path: StatePath, hint: string): SimError {
  return new SimError("read_only_path", `'${formatStatePath(path)}' cannot be set`, { hint });
}

function issueError(issue: Issue): SimError {
  return new SimError(issue.code, issue.message, {
    issues: [issue],
    ...(issue.hint === undefined ? {} : { hint: issue.hint }),
  });
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

const PATH_HINT = "paths are turn, global.<variable>, agents.<name>.<variable>, metric.<name>, sum(<agent variable>)";
const QUOTE_HINT = `a name with other characters than letters, digits, '_' and '-' is quoted: agents."New York".wealth`;
const PART_HINT = `write global.<variable>, agents.<name>.<variable> or metric.<name>; ${QUOTE_HINT}`;
const AGGREGATES: readonly Aggregate[] = ["sum", "mean", "min", "max", "count"];
const LIST_INDEX = /^(?:0|[1-9][0-9]{0,9})$/;
const BARE_ONLY = /^[\p{L}\p{M}\p{N}_-]+$/u;
/** What an agent's name cannot contain. */
const NOT_IN_NAMES = /[\p{Cc}/]/u;

function formatSegment(segment: string): string {
  return BARE_ONLY.test(segment) ? segment : JSON.stringify(segment);
}

/** Reads the path that starts where `scanner` stands; shared with the parser of conditions. */
export function scanStatePath(scanner: Scanner): StatePath {
  const start = scanner.at;
  const root = scanner.match(BARE);
  if (root === undefined) scanner.fail(`expected a path, found ${scanner.found()}`);
  const aggregate = AGGREGATES.find((name) => name === root);
  if (aggregate !== undefined) return scanAggregate(scanner, aggregate);
  switch (root) {
    case "turn":
      if (scanner.accept(".")) scanner.fail("'turn' is a number and has no parts", scanner.at - 1);
      return { kind: "turn" };
    case "global":
      return { kind: "global", variable: scanPart(scanner, "a variable"), keys: scanKeys(scanner) };
    case "agents":
      return {
        kind: "agent",
        agent: scanAgentName(scanner),
        variable: scanPart(scanner, "a variable"),
        keys: scanKeys(scanner),
      };
    case "metric":
      return { kind: "metric", name: scanPart(scanner, "a metric") };
  }
  const near = nearest(root, ["turn", "global", "agents", "metric", ...AGGREGATES]);
  scanner.fail(
    `no path begins with '${excerpt(root, 0)}'`,
    start,
    near === undefined ? PATH_HINT : `did you mean '${near}'? ${PATH_HINT}`,
  );
}

function scanAggregate(scanner: Scanner, aggregate: Aggregate): StatePath {
  scanner.skipSpace();
  if (!scanner.accept("(")) {
    scanner.fail(
      `expected '(' after '${aggregate}', found ${scanner.found()}`,
      scanner.at,
      `write ${aggregate}(wealth)`,
    );
  }
  scanner.skipSpace();
  const variable = scanSegment(scanner, "an agent variable");
  const keys = scanKeys(scanner);
  scanner.skipSpace();
  if (!scanner.accept(")")) scanner.fail(`expected ')', found ${scanner.found()}`);
  return { kind: "aggregate", aggregate, variable, keys };
}

function scanAgentName(scanner: Scanner): string {
  const start = scanner.at + 1;
  const name = scanPart(scanner, "an agent's name");
  if (NOT_IN_NAMES.test(name)) scanner.fail("an agent's name has no control characters and no '/'", start);
  return name;
}

function scanPart(scanner: Scanner, what: string): string {
  if (!scanner.accept(".")) scanner.fail(`expected '.' and ${what}, found ${scanner.found()}`, scanner.at, PART_HINT);
  return scanSegment(scanner, what);
}

function scanKeys(scanner: Scanner): string[] {
  const keys: string[] = [];
  while (scanner.accept(".")) keys.push(scanSegment(scanner, "a key", true));
  return keys;
}

function scanSegment(scanner: Scanner, what: string, mayBeEmpty = false): string {
  const start = scanner.at;
  const segment = scanner.quoted() ?? scanner.match(BARE);
  if (segment === undefined) scanner.fail(`expected ${what}, found ${scanner.found()}`, start, QUOTE_HINT);
  if (segment === "" && !mayBeEmpty) scanner.fail(`expected ${what}, found an empty name`, start);
  return segment;
}
