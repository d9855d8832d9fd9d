/** A plan as text, the way models and people are shown it. */

import type { OutlineOptions } from "./environment.ts";
import type { PlanNode, PlanTree } from "./plan_tree.ts";

const EMPTY = "(plan has no tasks yet)";
const LEGEND = [
  "Legend:",
  "  - [id] name",
  "    instruction (normalized whitespace)",
  "    deps: dependency_ids (if any)",
  "    context: context content",
  "    exec: execution result (if any)",
];
/** Characters of an instruction in the outline of a part. */
const SNIPPET = 90;

/** The outline of a plan: a header with a legend, then its tasks, each with what is known of it. */
export function toOutline(tree: PlanTree, options: OutlineOptions = {}): string {
  if (tree.nodes.size === 0) return EMPTY;
  const { max_depth = Infinity, max_nodes = Infinity } = options;
  const shown = [...tree.nodes.values()].filter((node) => node.depth <= max_depth);
  const lines = [`Plan #${tree.id}: ${oneLine(tree.title)}`, ...LEGEND];
  if (tree.description) lines.push(`Description: ${told(tree.description)}`);
  for (const node of shown.slice(0, max_nodes)) lines.push(...taskLines(tree, node));
  if (shown.length > max_nodes) lines.push(`... truncated after ${max_nodes} nodes ...`);
  return lines.join("\n");
}

/** The outline of one task with what is down to `max_depth` levels below it. */
export function subgraphOutline(tree: PlanTree, id: number, max_depth = 2): string {
  if (!tree.nodes.has(id)) return `(node ${id} not found in plan ${tree.id})`;
  const root = tree.node(id);
  const lines = [`Subgraph rooted at node ${id} (depth ≤ ${max_depth})`];
  for (const node of tree.nodes.values()) {
    const depth = node.depth - root.depth;
    if (depth > max_depth || !tree.isWithin(node.id, id)) continue;
    const instruction = told((node.instruction ?? "").trim());
    const snippet = instruction.length > SNIPPET ? `${instruction.slice(0, SNIPPET)}...` : instruction;
    lines.push(`${"  ".repeat(depth)}${title(tree, node)}${snippet === "" ? "" : ` :: ${snippet}`}`);
  }
  return lines.join("\n");
}

function taskLines(tree: PlanTree, node: PlanNode): string[] {
  const indent = "  ".repeat(node.depth);
  const lines = [`${indent}${title(tree, node)}`];
  const instruction = told(oneLine(node.instruction ?? ""));
  if (instruction !== "") lines.push(`${indent} ${instruction}`);
  if (node.dependencies.length > 0) lines.push(`${indent}  deps: ${node.dependencies.join(",")}`);
  if (node.context_combined) lines.push(`${indent}  context: ${told(node.context_combined.trim())}`);
  for (const section of node.context_sections) {
    const content = told(String(section.content ?? "").trim());
    if (content !== "") {
      lines.push(`${indent}  context [${oneLine(String(section.title || "context section"))}]: ${content}`);
    }
  }
  if (node.execution_result) lines.push(`${indent}  exec: ${told(node.execution_result.trim())}`);
  return lines;
}

/** A name stays on its line: it could pass for other tasks. */
function title(tree: PlanTree, node: PlanNode): string {
  return `- [${node.id}] ${oneLine(tree.nameOf(node.id))}`;
}

/** A text whose lines cannot pass for tasks: those that begin like one have a backslash before it. */
function told(text: string): string {
  return text.replace(/^(\s*)(?=- \[)/gm, "$1\\");
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}
