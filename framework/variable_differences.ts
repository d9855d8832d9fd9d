/** What distinguishes two sets of variable definitions. */

import { canonicalJson } from "./canonical_json.ts";
import { elementDefinition, isAbsent } from "./variable_values.ts";
import type { ElementDefinition, StateVariables } from "./variables.ts";

type Elements = { readonly [name: string]: ElementDefinition };

/**
 * How the variables of `after` differ from those of `before`, one readable line for each difference, descriptions left
 * out; empty when they are the same.
 *
 * @example
 * ```ts
 * import { variableDifferences } from "llm-sim";
 * const lines = variableDifferences(
 *   { agent_vars: { wealth: { type: "float", min: 0, default: 1 } }, global_vars: {} },
 *   { agent_vars: { wealth: { type: "float", default: 1 } }, global_vars: { tax: { type: "float", default: 0 } } },
 * );
 * if (lines.join("\n") !== "agent_vars.wealth: min 0 → none\nglobal_vars.tax: added (float)") throw new Error();
 * ```
 */
export function variableDifferences(before: StateVariables, after: StateVariables): string[] {
  return [
    ...namedDifferences("agent_vars", before.agent_vars, after.agent_vars),
    ...namedDifferences("global_vars", before.global_vars, after.global_vars),
  ];
}

function namedDifferences(at: string, before: Elements, after: Elements): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const place = `${at}.${name}`;
    if (!Object.hasOwn(after, name)) return [`${place}: removed (was ${elementDefinition(before[name]!).type})`];
    if (!Object.hasOwn(before, name)) return [`${place}: added (${elementDefinition(after[name]!).type})`];
    return elementDifferences(place, before[name]!, after[name]!);
  });
}

function elementDifferences(at: string, beforeElement: ElementDefinition, afterElement: ElementDefinition): string[] {
  const before = elementDefinition(beforeElement);
  const after = elementDefinition(afterElement);
  if (before.type !== after.type) return [`${at}: type ${before.type} → ${after.type}`];
  const settings = new Set([...Object.keys(before), ...Object.keys(after)]);
  settings.delete("description");
  return [...settings].flatMap((setting) => {
    const old = (before as unknown as Record<string, unknown>)[setting];
    const now = (after as unknown as Record<string, unknown>)[setting];
    if (setting === "schema" && old && now) return namedDifferences(at, old as Elements, now as Elements);
    if ((setting === "item_type" || setting === "value_type") && old && now) {
      return elementDifferences(`${at}.${setting}`, old as ElementDefinition, now as ElementDefinition);
    }
    if (setting === "item_types" && old && now) {
      return itemDifferences(at, old as readonly ElementDefinition[], now as readonly ElementDefinition[]);
    }
    const [was, is] = [shown(old), shown(now)];
    return was === is ? [] : [`${at}: ${setting} ${was} → ${is}`];
  });
}

function itemDifferences(
  at: string,
  before: readonly ElementDefinition[],
  after: readonly ElementDefinition[],
): string[] {
  if (before.length === after.length) {
    return before.flatMap((item, i) => elementDifferences(`${at}.item_types[${i}]`, item, after[i]!));
  }
  const types = (items: readonly ElementDefinition[]) => items.map((item) => elementDefinition(item).type).join(", ");
  return [`${at}: item_types (${types(before)}) → (${types(after)})`];
}

function shown(setting: unknown): string {
  return isAbsent(setting) ? "none" : canonicalJson(setting);
}
