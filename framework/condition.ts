/**
 * Conditions over a state, such as `global.inflation > 20 and not agents.NationA.strength < 10`.
 *
 * ```text
 * condition  = term { "or" term }
 * term       = factor { "and" factor }
 * factor     = "not" factor | "(" condition ")" | comparison
 * comparison = path ( ">" | ">=" | "<" | "<=" | "==" | "!=" ) ( number | string | "true" | "false" | "null" | path )
 * ```
 *
 * Parsed once into a tree that is walked; never run as code.
 */

import { type Issue, SimError } from "./issue.ts";
import type { Json } from "./json.ts";
import type { Metrics } from "./reporter.ts";
import type { SimulationState } from "./state.ts";
import {
  checkStatePath,
  formatStatePath,
  type PathNames,
  readStatePath,
  scanStatePath,
  type StatePath,
} from "./state_path.ts";
import { Scanner } from "./scanner.ts";

/** How two values are compared. */
export type Comparison = ">" | ">=" | "<" | "<=" | "==" | "!=";

/** The right side of a comparison: a value as written, or another path. */
export type Operand =
  | { readonly kind: "literal"; readonly value: number | string | boolean | null }
  | { readonly kind: "path"; readonly path: StatePath };

/** A parsed condition. `and` and `or` have two or more terms. */
export type Condition =
  | { readonly kind: "compare"; readonly path: StatePath; readonly op: Comparison; readonly value: Operand }
  | { readonly kind: "and" | "or"; readonly terms: readonly Condition[] }
  | { readonly kind: "not"; readonly term: Condition };

/**
 * Reads a condition: at most 2000 characters, at most 32 `not` and parentheses inside one another.
 *
 * @throws {SimError} `bad_condition`; its issue has the column in `text`, from 1
 *
 * @example
 * ```ts
 * import { AgentMap, evaluateCondition, parseCondition, SimulationState } from "llm-sim";
 * const condition = parseCondition("global.tax > 0.5 or sum(wealth) == 4");
 * const agents = AgentMap.of([{ name: "A", wealth: 1 }, { name: "B", wealth: 3 }]);
 * const state = new SimulationState({ turn: 0, agents, global_state: { tax: 0.1 } });
 * if (!evaluateCondition(condition, state, {})) throw new Error("the agents have 4 in all");
 * ```
 */
export function parseCondition(text: string): Condition {
  const scanner = new Scanner(text, "bad_condition", EXAMPLE);
  const condition = scanOr(scanner, 0);
  scanner.skipSpace();
  if (!scanner.atEnd) {
    scanner.fail(`expected 'and', 'or' or the end, found ${scanner.found()}`, scanner.at, hintAt(scanner));
  }
  return condition;
}

/** The text of a condition; {@linkcode parseCondition} reads it back to an equal tree. */
export function formatCondition(condition: Condition): string {
  switch (condition.kind) {
    case "compare":
      return `${formatStatePath(condition.path)} ${condition.op} ${formatOperand(condition.value)}`;
    case "not":
      return `not ${formatWithin(condition.term, "not")}`;
    case "and":
    case "or":
      return condition.terms.map((term) => formatWithin(term, condition.kind)).join(` ${condition.kind} `);
  }
}

/**
 * Whether the condition holds. `and` and `or` stop at the first term that decides.
 *
 * `==` and `!=` compare any two values; values of different types are never equal, lists and objects are equal when all
 * their entries are. The other comparisons take two numbers, or two strings (by UTF-16 code unit).
 *
 * @param metrics the reporters' latest values
 * A comparison with a variable of an agent that is not there is false, and so is an order with an aggregate of nothing.
 *
 * @throws {SimError} `bad_condition_value` when two values have no order, `unknown_path` when a path leads nowhere
 */
export function evaluateCondition(condition: Condition, state: SimulationState, metrics: Metrics): boolean {
  switch (condition.kind) {
    case "and":
      return condition.terms.every((term) => evaluateCondition(term, state, metrics));
    case "or":
      return condition.terms.some((term) => evaluateCondition(term, state, metrics));
    case "not":
      return !evaluateCondition(condition.term, state, metrics);
    case "compare": {
      // Agents come and go: no comparison holds for one that is not there.
      if (isGone(condition.path, state) || (condition.value.kind === "path" && isGone(condition.value.path, state))) {
        return false;
      }
      const left = valueAt(condition.path, state, metrics);
      const right = condition.value.kind === "literal"
        ? condition.value.value
        : valueAt(condition.value.path, state, metrics);
      if (condition.op === "==") return sameValue(left, right);
      if (condition.op === "!=") return !sameValue(left, right);
      // Nor does an order with an aggregate of nothing, such as the mean of no agents.
      if (isVoid(condition.path, left) || (condition.value.kind === "path" && isVoid(condition.value.path, right))) {
        return false;
      }
      const ordered = (typeof left === "number" && typeof right === "number") ||
        (typeof left === "string" && typeof right === "string");
      if (!ordered) throw noOrder(condition, left, right, state.turn);
      return holds(condition.op, left, right);
    }
  }
}

/** All paths that a condition reads, in the order of their first appearance. */
export function conditionPaths(condition: Condition): StatePath[] {
  const paths = new Map<string, StatePath>();
  const visit = (part: Condition): void => {
    if (part.kind === "not") return visit(part.term);
    if (part.kind !== "compare") return part.terms.forEach(visit);
    for (const path of part.value.kind === "path" ? [part.path, part.value.path] : [part.path]) {
      const text = formatStatePath(path);
      if (!paths.has(text)) paths.set(text, path);
    }
  };
  visit(condition);
  return [...paths.values()];
}

/** One issue (`unknown_path`) for each path of the condition that names what is not there. */
export function checkConditionPaths(condition: Condition, names: PathNames): Issue[] {
  return conditionPaths(condition).map((path) => checkStatePath(path, names)).filter((issue) => issue !== null);
}

const MAX_DEPTH = 32;
const EXAMPLE = "example: global.inflation > 20 and not (agents.A.wealth < 10 or turn == 5)";
const COMPARISONS: readonly Comparison[] = [">=", "<=", "==", "!=", ">", "<"];
const NUMBER = /[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;

function scanOr(scanner: Scanner, depth: number): Condition {
  return scanChain(scanner, "or", () => scanAnd(scanner, depth));
}

function scanAnd(scanner: Scanner, depth: number): Condition {
  return scanChain(scanner, "and", () => scanFactor(scanner, depth));
}

function scanChain(scanner: Scanner, kind: "and" | "or", scanTerm: () => Condition): Condition {
  const first = scanTerm();
  const terms = [first];
  while (acceptWord(scanner, kind)) terms.push(scanTerm());
  return terms.length === 1 ? first : { kind, terms };
}

function scanFactor(scanner: Scanner, depth: number): Condition {
  scanner.skipSpace();
  const start = scanner.at;
  if (acceptWord(scanner, "not")) {
    refuseDepth(scanner, start, depth);
    return { kind: "not", term: scanFactor(scanner, depth + 1) };
  }
  if (scanner.accept("(")) {
    refuseDepth(scanner, start, depth);
    const inner = scanOr(scanner, depth + 1);
    scanner.skipSpace();
    if (!scanner.accept(")")) {
      scanner.fail(
        `expected ')' for the '(' in column ${start + 1}, found ${scanner.found()}`,
        scanner.at,
        hintAt(scanner),
      );
    }
    return inner;
  }
  return scanComparison(scanner);
}

function refuseDepth(scanner: Scanner, at: number, depth: number): void {
  if (depth >= MAX_DEPTH) {
    scanner.fail(`more than ${MAX_DEPTH} 'not' and parentheses inside one another`, at, "nest less");
  }
}

function scanComparison(scanner: Scanner): Condition {
  const path = scanStatePath(scanner);
  scanner.skipSpace();
  const op = COMPARISONS.find((comparison) => scanner.accept(comparison));
  if (op === undefined) {
    const hint = hintAt(scanner, `compare it with a value: ${formatStatePath(path)} > 5, or == true for a boolean`);
    scanner.fail(`expected one of > >= < <= == !=, found ${scanner.found()}`, scanner.at, hint);
  }
  scanner.skipSpace();
  return { kind: "compare", path, op, value: scanOperand(scanner) };
}

function scanOperand(scanner: Scanner): Operand {
  const start = scanner.at;
  const string = scanner.quoted();
  if (string !== undefined) return { kind: "literal", value: string };
  const digits = scanner.match(NUMBER);
  if (digits !== undefined) {
    const value = Number(digits);
    if (!Number.isFinite(value)) scanner.fail(`the number ${digits.slice(0, 40)} is too large`, start);
    if (scanner.peekWord() !== undefined) scanner.fail(`a number is followed by ${scanner.found()}`);
    return { kind: "literal", value };
  }
  if (acceptWord(scanner, "true")) return { kind: "literal", value: true };
  if (acceptWord(scanner, "false")) return { kind: "literal", value: false };
  if (acceptWord(scanner, "null")) return { kind: "literal", value: null };
  if (scanner.peekWord() === undefined) {
    scanner.fail(`expected a value, found ${scanner.found()}`, scanner.at, VALUE_HINT);
  }
  return { kind: "path", path: scanStatePath(scanner) };
}

const VALUE_HINT = `a value is a number, a "text", true, false, null or a path`;

function acceptWord(scanner: Scanner, word: string): boolean {
  scanner.skipSpace();
  return scanner.peekWord() === word && scanner.accept(word);
}

/** A hint for what people write who know other notations. */
function hintAt(scanner: Scanner, otherwise = EXAMPLE): string {
  const start = scanner.at;
  const foreign = FOREIGN.find(([token]) => scanner.accept(token));
  scanner.at = start;
  return foreign === undefined ? otherwise : `write '${foreign[1]}' instead of '${foreign[0]}'`;
}

const FOREIGN: readonly (readonly [string, string])[] = [
  ["&&", "and"],
  ["||", "or"],
  ["AND", "and"],
  ["OR", "or"],
  ["=>", ">="],
  ["=<", "<="],
  ["=", "=="],
  ["is", "=="],
  ["<>", "!="],
];

function formatWithin(term: Condition, outer: "and" | "or" | "not"): string {
  const text = formatCondition(term);
  const binds = term.kind === "compare" || term.kind === "not" || (term.kind === "and" && outer === "or");
  return binds ? text : `(${text})`;
}

function formatOperand(operand: Operand): string {
  if (operand.kind === "path") return formatStatePath(operand.path);
  return Object.is(operand.value, -0) ? "-0" : JSON.stringify(operand.value);
}

function valueAt(path: StatePath, state: SimulationState, metrics: Metrics): Json {
  const value = readStatePath(path, state, metrics);
  if (value === undefined) {
    throw new SimError("unknown_path", `'${formatStatePath(path)}' has no value after turn ${state.turn}`, {
      hint: "check the names; an agent, a key or a list entry may be gone",
      turn: state.turn,
    });
  }
  return value;
}

function isGone(path: StatePath, state: SimulationState): boolean {
  return path.kind === "agent" && !state.agents.has(path.agent);
}

function isVoid(path: StatePath, value: Json): boolean {
  return value === null && (path.kind === "metric" || path.kind === "aggregate");
}

function sameValue(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [a as { readonly [key: string]: Json }, b as { readonly [key: string]: Json }];
  const keys = Object.keys(left);
  return keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameValue(left[key]!, right[key]!));
}

function holds(op: Exclude<Comparison, "==" | "!=">, left: Json, right: Json): boolean {
  const [a, b] = [left as number, right as number];
  switch (op) {
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
  }
}

function noOrder(condition: Condition, left: Json, right: Json, turn: number): SimError {
  const message = `'${formatCondition(condition)}' compares ${describe(left)} with ${describe(right)}`;
  return new SimError("bad_condition_value", message, {
    hint: "> >= < <= compare two numbers or two texts; == and != compare anything",
    turn,
  });
}

function describe(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
