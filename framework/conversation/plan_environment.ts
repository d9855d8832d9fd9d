/** A plan as the place of a conversation: actions on tasks are carried out for real. */

import { canonicalJson } from "../canonical_json.ts";
import { SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import { catalogueText } from "./catalogue_text.ts";
import type { Environment } from "./environment.ts";
import { readAction } from "./normalise.ts";
import { PLAN_ACTIONS } from "./plan_catalogue.ts";
import { pathsOf, planDifferences } from "./plan_differences.ts";
import { subgraphOutline, toOutline } from "./plan_outline.ts";
import { type NewTask, PlanTree, type TaskChange } from "./plan_tree.ts";
import type { ActionSpec } from "./types.ts";

/** What came of an action on a plan. */
interface Effect {
  /** The plan after it; left out: as before. */
  readonly tree?: PlanTree;
  /** Said of it. */
  readonly message: string;
  /** The task that it created. */
  readonly created?: number;
}

/**
 * The environment of one plan; its state is {@linkcode PlanTree.toJSON}. Create, update, move and delete of tasks are
 * carried out, questions are answered from the plan; whatever would need other plans, a runner of tasks or the network
 * succeeds without effect and says so.
 */
export function planEnvironment(plan: PlanTree): Environment {
  return {
    initial: plan.toJSON(),
    catalogue: PLAN_ACTIONS,
    outline: (state, options) => toOutline(PlanTree.read(state), options),
    apply: (state, written) => {
      const read = readAction(written, PLAN_ACTIONS);
      // What an action does not have does nothing, but was said.
      const said = readAction(written, PLAN_ACTIONS, { unknown: "keep" });
      const action = "action" in said ? said.action : written;
      const failed = (message: string) => ({ state, done: { ...action, success: false, result_message: message } });
      if ("problem" in read) return failed(read.problem);
      try {
        const { tree, message, created } = effectOf(PlanTree.read(state), read.action);
        return {
          state: tree?.toJSON() ?? state,
          done: { ...action, success: true, result_message: message },
          ...(created === undefined ? {} : { created: String(created) }),
        };
      } catch (error) {
        if (!(error instanceof SimError)) throw error;
        return failed(error.hint === undefined ? error.message : `${error.message}; ${error.hint}`);
      }
    },
    differences: (wanted, state) => planDifferences(PlanTree.read(wanted), PlanTree.read(state)),
    agree: (before, one, other) => {
      const [a, b] = [PlanTree.read(one), PlanTree.read(other)];
      const [pathA, pathB] = [pathsOf(a), pathsOf(b)];
      return planDifferences(a, b).length === 0 &&
        [...PlanTree.read(before).nodes.keys()].every((id) => pathA.get(id) === pathB.get(id));
    },
    repeats: (state, written) => {
      const read = readAction(written, PLAN_ACTIONS);
      return "problem" in read ? null : repetition(PlanTree.read(state), read.action);
    },
  };
}

/** Carries an action out. */
function effectOf(tree: PlanTree, { name, parameters }: ActionSpec): Effect {
  switch (name) {
    case "create_task": {
      const { tree: after, id } = tree.create(newTask(parameters));
      return { tree: after, created: id, message: `created task ${title(after, id)} ${place(after, id)}` };
    }
    case "update_task":
    case "update_task_instruction": {
      const id = idOf(parameters.task_id!);
      const after = tree.update(id, changeOf(parameters));
      return { tree: after, message: `updated task ${title(after, id)}` };
    }
    case "move_task": {
      const id = idOf(parameters.task_id!);
      const after = tree.move(id, moveOf(parameters));
      return { tree: after, message: `moved task ${title(after, id)}: it is now ${place(after, id)}` };
    }
    case "delete_task": {
      const id = idOf(parameters.task_id!);
      const after = tree.remove(id);
      const below = tree.nodes.size - after.nodes.size - 1;
      return { tree: after, message: `deleted task ${title(tree, id)}${below === 0 ? "" : ` and ${below} below it`}` };
    }
    case "list_plans":
      return { message: `- #${tree.id} ${tree.title} (tasks: ${tree.nodes.size})` };
    case "show_tasks":
      return { message: toOutline(tree) };
    case "query_status":
      return { message: statusOf(tree) };
    case "request_subgraph": {
      const id = parameters.task_id ?? parameters.logical_id;
      if (id === undefined) throw new SimError("bad_parameter", "request_subgraph needs task_id or logical_id");
      return { message: subgraphOutline(tree, tree.node(idOf(id)).id, parameters.max_depth as number | undefined) };
    }
    case "help":
      return { message: catalogueText(PLAN_ACTIONS) };
    default:
      return {
        message: `${name} is recorded, but not executed here: this environment holds one plan and runs nothing`,
      };
  }
}

/** Why a wish repeats what is there; null: it does not. */
function repetition(tree: PlanTree, action: ActionSpec): string | null {
  const { name, parameters } = action;
  try {
    switch (name) {
      case "create_task": {
        const task = newTask(parameters);
        const twin = tree.children(tree.placeFor(task).parent_id).find((id) => sameName(tree.nameOf(id), task.name));
        return twin === undefined ? null : `there is a task of that name in that place: ${title(tree, twin)}`;
      }
      case "delete_task": {
        const id = parameters.task_id!;
        return typeof id === "number" && tree.nodes.has(id) ? null : `there is no task ${id} that could be deleted`;
      }
      case "update_task":
      case "update_task_instruction":
      case "move_task": {
        const after = effectOf(tree, action).tree!;
        return canonicalJson(after.toJSON()) === canonicalJson(tree.toJSON())
          ? `task ${title(tree, idOf(parameters.task_id!))} is like that already`
          : null;
      }
      default:
        return null;
    }
  } catch (error) {
    // What cannot be done has not been done before.
    if (error instanceof SimError) return null;
    throw error;
  }
}

function newTask(parameters: JsonObject): NewTask {
  const ids = ["parent_id", "anchor_task_id", "insert_before", "insert_after"].flatMap((key) =>
    parameters[key] === undefined ? [] : [[key, idOf(parameters[key])]]
  );
  return { ...parameters, ...Object.fromEntries(ids), ...dependenciesOf(parameters) } as unknown as NewTask;
}

function changeOf({ task_id: _, ...parameters }: JsonObject): TaskChange {
  return { ...parameters, ...dependenciesOf(parameters) } as TaskChange;
}

function moveOf({ new_parent_id, new_position }: JsonObject): { new_parent_id?: number; new_position?: number } {
  return {
    ...(new_parent_id === undefined ? {} : { new_parent_id: idOf(new_parent_id) }),
    ...(new_position === undefined ? {} : { new_position: new_position as number }),
  };
}

function dependenciesOf({ dependencies }: JsonObject): { dependencies?: readonly number[] } {
  return dependencies === undefined ? {} : { dependencies: (dependencies as readonly Json[]).map(idOf) };
}

function idOf(id: Json): number {
  if (typeof id === "number") return id;
  throw new SimError("unknown_task", `there is no task ${JSON.stringify(id)}`, { hint: "ids of tasks are numbers" });
}

function sameName(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}

function title(tree: PlanTree, id: number): string {
  return `${id} ${JSON.stringify(tree.nameOf(id))}`;
}

function place(tree: PlanTree, id: number): string {
  const { parent_id, position } = tree.node(id);
  return `${parent_id === null ? "on the top level" : `below task ${title(tree, parent_id)}`}, at position ${position}`;
}

function statusOf(tree: PlanTree): string {
  const counts = new Map<string, number>();
  for (const { status } of tree.nodes.values()) counts.set(status, (counts.get(status) ?? 0) + 1);
  const parts = [...counts].sort(([a], [b]) => a < b ? -1 : 1).map(([status, count]) => `${count} ${status}`);
  const tasks = tree.nodes.size === 1 ? "1 task" : `${tree.nodes.size} tasks`;
  return `Plan #${tree.id} ${JSON.stringify(tree.title)}: ${tasks}${
    parts.length === 0 ? "" : ` (${parts.join(", ")})`
  }`;
}
