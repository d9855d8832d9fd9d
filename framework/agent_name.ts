/** Names of agents: which are allowed, and which are numbered ones of an entry. */

import { SCENARIO_LIMITS } from "./scenario/limits.ts";

// deno-lint-ignore no-control-regex -- control characters are what is refused
const NOT_IN_NAMES = /[\u0000-\u001f\u007f-\u009f/]/;
/** `*` stands for any agent, `global` for the world, and a record under `__proto__` would be lost. */
const RESERVED: readonly string[] = ["__proto__", "*", "global"];

/** What names are to be like, for hints. */
export const NAME_RULE =
  `a name has 1 to ${SCENARIO_LIMITS.name} characters, none of them a control character or '/', and is none of ${
    RESERVED.join(", ")
  }`;

/** What is wrong with a name, as the rest of a sentence; null when nothing is. */
export function nameProblem(name: string): string | null {
  const length = [...name].length;
  if (length === 0 || length > SCENARIO_LIMITS.name) return `has ${length} characters`;
  if (NOT_IN_NAMES.test(name) || !name.isWellFormed()) return "holds a control character or '/'";
  return RESERVED.includes(name) ? "is reserved" : null;
}

/** A numbered name in its parts: `trader_12` is number 12 of `trader`. Undefined for a name without a number. */
export function numberedName(name: string): { readonly entry: string; readonly number: number } | undefined {
  const [, entry, number] = name.match(/^(.*)_([1-9]\d*)$/s) ?? [];
  return entry === undefined ? undefined : { entry, number: Number(number) };
}

/** Whether a name is a numbered one of an entry, whatever the number: those born later have higher ones. */
export function isNumbered(name: string, entry: string): boolean {
  return name.startsWith(`${entry}_`) && numberedName(name)?.entry === entry;
}
