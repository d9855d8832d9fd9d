/** In what two plans differ, whatever the ids of their tasks: tasks are told by the names on the way to them. */

import { canonicalJson } from "../canonical_json.ts";
import type { PlanNode, PlanTree } from "./plan_tree.ts";

/** In what `found` differs from `wanted`, a line each; none: they are equal but for ids. */
export function planDifferences(wanted: PlanTree, found: PlanTree): readonly string[] {
  const lines: string[] = [];
  if (wanted.title !== found.title) {
    lines.push(`the title of the plan is "${found.title}", wanted was "${wanted.title}"`);
  }
  if (wanted.description !== found.description) lines.push("the description of the plan differs");
  const paths = { wanted: pathsOf(wanted), found: pathsOf(found) };

  const compare = (wantedParent: number | null, foundParent: number | null, where: string) => {
    const left = keyed(wanted, wantedParent);
    const right = keyed(found, foundParent);
    for (const [key, id] of left) if (!right.has(key)) lines.push(`"${wanted.nameOf(id)}" is missing ${where}`);
    for (const [key, id] of right) {
      if (!left.has(key)) lines.push(`"${found.nameOf(id)}" is ${where}, which was not wanted`);
    }
    const shared = [...left.keys()].filter((key) => right.has(key));
    const order = [...right.keys()].filter((key) => left.has(key));
    if (shared.some((key, i) => key !== order[i])) {
      lines.push(`the order ${where} is ${names(found, order, right)}, wanted was ${names(wanted, shared, left)}`);
    }
    for (const key of shared) {
      const [one, other] = [wanted.node(left.get(key)!), found.node(right.get(key)!)];
      const name = wanted.nameOf(one.id);
      lines.push(...nodeDifferences(one, other).map((field) => `"${name}": ${field} differs`));
      const needs = { wanted: needsOf(one, paths.wanted), found: needsOf(other, paths.found) };
      if (needs.wanted.join() !== needs.found.join()) {
        lines.push(`"${name}": depends on ${listed(one, wanted)}, wanted; on ${listed(other, found)}, found`);
      }
      compare(one.id, other.id, `under "${name}"`);
    }
  };
  compare(null, null, "on the top level");
  return lines;
}

function nodeDifferences(wanted: PlanNode, found: PlanNode): string[] {
  const fields = ["status", "instruction", "metadata", "execution_result"] as const;
  return fields.filter((field) => canonicalJson(wanted[field]) !== canonicalJson(found[field]));
}

/** Children by name; the second of the same name has another key. */
function keyed(tree: PlanTree, parent: number | null): Map<string, number> {
  const keys = new Map<string, number>();
  const counts = new Map<string, number>();
  for (const id of tree.children(parent)) {
    const name = tree.nameOf(id);
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    keys.set(JSON.stringify([name, count]), id);
  }
  return keys;
}

/** The keys on the way to each task, by its id: equal for tasks that have the same place in two plans. */
export function pathsOf(tree: PlanTree): ReadonlyMap<number, string> {
  const paths = new Map<number, string>();
  const visit = (parent: number | null, above: string) => {
    for (const [key, id] of keyed(tree, parent)) {
      paths.set(id, above + key);
      visit(id, above + key);
    }
  };
  visit(null, "");
  return paths;
}

function needsOf(node: PlanNode, paths: ReadonlyMap<number, string>): string[] {
  return node.dependencies.map((id) => paths.get(id)!).sort();
}

function listed(node: PlanNode, tree: PlanTree): string {
  return node.dependencies.map((id) => `"${tree.nameOf(id)}"`).join(", ") || "nothing";
}

function names(tree: PlanTree, keys: readonly string[], ids: ReadonlyMap<string, number>): string {
  return keys.map((key) => `"${tree.nameOf(ids.get(key)!)}"`).join(", ");
}
