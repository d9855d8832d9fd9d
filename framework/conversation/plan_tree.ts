/** A plan: tasks below tasks, in an order, with dependencies; the operations on it give new plans. */

import { SimError } from "../issue.ts";
import { frozenJson, type Json, type JsonObject } from "../json.ts";
import { PLAN_LIMITS } from "./plan_limits.ts";
import { dependencyCycle, type PlanParts, type PlanTask, readPlan } from "./read_plan.ts";

/** One task and where it stands. */
export interface PlanNode extends PlanTask {
  /** Number of the task, never used again in its plan. */
  readonly id: number;
  /** Number of its plan. */
  readonly plan_id: number;
  /** The task that it is below; null: it is on the top level. */
  readonly parent_id: number | null;
  /** Its place among its siblings, from 0. */
  readonly position: number;
  /** How many tasks it is below. */
  readonly depth: number;
  /** The ids from the top level down to it: `/1/4`. */
  readonly path: string;
}

/** Where {@linkcode PlanTree.create} puts a task beside or below another. */
export const ANCHOR_POSITIONS = ["first_child", "last_child", "before", "after"] as const;
/** Where {@linkcode PlanTree.create} puts a task beside or below another. */
export type AnchorPosition = typeof ANCHOR_POSITIONS[number];

/** A task to be, and its place: `position` wins over an anchor, an anchor over the end. */
export interface NewTask {
  /** What it is called: not blank. */
  readonly name: string;
  /** The task it is to be below; left out: as the anchor says, else the top level. */
  readonly parent_id?: number | null;
  /** What is to be done. */
  readonly instruction?: string | null;
  /** Whatever else belongs to it. */
  readonly metadata?: JsonObject;
  /** Tasks that it needs; what stands there twice counts once. */
  readonly dependencies?: readonly number[];
  /** The task that `anchor_position` speaks of; left out: the parent, where that may be. */
  readonly anchor_task_id?: number;
  /** Default: `after`. */
  readonly anchor_position?: AnchorPosition;
  /** Its place among its siblings, from 0. */
  readonly position?: number;
  /** Short for the anchor position `before` that task. */
  readonly insert_before?: number;
  /** Short for the anchor position `after` that task. */
  readonly insert_after?: number;
}

/** What is to be another in a task; what is left out stays. */
export interface TaskChange {
  /** What it is called: not blank. */
  readonly name?: string;
  /** What is to be done; null: nothing is said. */
  readonly instruction?: string | null;
  /** All of it anew. */
  readonly metadata?: JsonObject;
  /** All of them anew. */
  readonly dependencies?: readonly number[];
  /** `pending`, `completed` … */
  readonly status?: string;
}

/** A place in a plan. */
export interface Place {
  /** The task above it; null: it is on the top level. */
  readonly parent_id: number | null;
  /** Place among the siblings, from 0. */
  readonly position: number;
}

type Children = ReadonlyMap<number | null, readonly number[]>;

/**
 * A plan, immutable. Of every plan holds: each task is reached from the top level exactly once; positions among
 * siblings are 0, 1, 2 …; depth and path are those of the way to it; dependencies name tasks of the plan and have no
 * circles; no id is given twice, not even after a removal; `PlanTree.read(tree.toJSON())` is an equal plan.
 */
export class PlanTree {
  /** Number of the plan. */
  readonly id: number;
  /** What it is called. */
  readonly title: string;
  /** What it is for; null: nothing is said. */
  readonly description: string | null;
  /** Whatever else belongs to it. */
  readonly metadata: JsonObject;
  /** Id of the next task. */
  readonly next_id: number;
  /** All tasks, parents before their children, siblings in their order. */
  readonly nodes: ReadonlyMap<number, PlanNode>;
  readonly #children: Children;

  private constructor(parts: PlanParts) {
    this.id = parts.id;
    this.title = parts.title;
    this.description = parts.description;
    this.metadata = parts.metadata;
    this.next_id = parts.next_id;
    this.#children = parts.children;
    const nodes = new Map<number, PlanNode>();
    const place = (parent_id: number | null, depth: number, above: string) => {
      for (const [position, id] of this.children(parent_id).entries()) {
        const path = `${above}/${id}`;
        const task = parts.tasks.get(id)!;
        nodes.set(id, Object.freeze({ ...task, id, plan_id: parts.id, parent_id, position, depth, path }));
        place(id, depth + 1, path);
      }
    };
    place(null, 0, "");
    this.nodes = nodes;
  }

  /**
   * A plan as authors write it (`tasks` in `tasks`), or as {@linkcode PlanTree.toJSON} does.
   *
   * @throws {SimError} `bad_plan` with an issue for everything that is wrong
   */
  static read(value: unknown): PlanTree {
    return new PlanTree(readPlan(value));
  }

  /** The plan in GAgent's form, with `next_id`: keys are texts, the top level's is `None`. */
  toJSON(): JsonObject {
    const { id, title, description, metadata, next_id } = this;
    const nodes: Record<string, Json> = {};
    const adjacency: Record<string, Json> = { None: this.children(null) };
    for (const node of this.nodes.values()) {
      nodes[node.id] = node as unknown as JsonObject;
      const children = this.children(node.id);
      if (children.length > 0) adjacency[node.id] = children;
    }
    return frozenJson({ id, title, description, metadata, next_id, nodes, adjacency });
  }

  /** Ids of the tasks directly below one, in their order; null: those of the top level. */
  children(id: number | null): readonly number[] {
    return this.#children.get(id) ?? [];
  }

  /**
   * One task.
   *
   * @throws {SimError} `unknown_task`
   */
  node(id: number): PlanNode {
    const node = this.nodes.get(id);
    if (node !== undefined) return node;
    const ids = [...this.nodes.keys()];
    const shown = ids.slice(0, 20).join(", ") + (ids.length > 20 ? ` … (${ids.length} in all)` : "");
    throw new SimError("unknown_task", `there is no task ${id} in plan ${this.id}`, {
      hint: ids.length === 0 ? "the plan has no tasks yet" : `tasks are: ${shown}`,
    });
  }

  /** What a task is called: its name, else `Task` and its id. */
  nameOf(id: number): string {
    return this.node(id).name.trim() || `Task ${id}`;
  }

  /** Whether a task is below another, or that itself. */
  isWithin(id: number, ancestor: number): boolean {
    for (let at: number | null = id; at !== null; at = this.node(at).parent_id) if (at === ancestor) return true;
    return false;
  }

  /**
   * Where a new task would stand.
   *
   * @throws {SimError} `unknown_task`, `bad_position`, `bad_anchor`
   */
  placeFor(task: NewTask): Place {
    const anchor = this.#anchor(task);
    const parent_id = task.parent_id ?? anchor?.parent_id ?? null;
    if (parent_id !== null) this.node(parent_id);
    if (anchor !== null && anchor.parent_id !== parent_id) {
      throw new SimError(
        "bad_anchor",
        `the anchor is not ${parent_id === null ? "on the top level" : `below task ${parent_id}`}`,
        {
          hint: "leave out parent_id, or name an anchor there",
        },
      );
    }
    const count = this.children(parent_id).length;
    return { parent_id, position: checkedPosition(task.position, count) ?? anchor?.position ?? count };
  }

  /**
   * The plan with one task more.
   *
   * @throws {SimError} `unknown_task`, `bad_position`, `bad_anchor`, `bad_task`, `plan_too_big`
   */
  create(task: NewTask): { readonly tree: PlanTree; readonly id: number } {
    const { parent_id, position } = this.placeFor(task);
    const id = this.next_id;
    if (this.nodes.size >= PLAN_LIMITS.tasks) {
      throw new SimError("plan_too_big", `plan ${this.id} has ${this.nodes.size} tasks, and none can be added`, {
        hint: "remove tasks that are not needed",
      });
    }
    this.#checkLevels(parent_id, 1);
    const added: PlanTask = {
      name: checkedName(task.name),
      status: "pending",
      instruction: checkedText("instruction", task.instruction ?? null, PLAN_LIMITS.instruction),
      metadata: frozenJson(task.metadata ?? {}),
      dependencies: this.#known(task.dependencies ?? []),
      context_combined: null,
      context_sections: [],
      context_meta: {},
      context_updated_at: null,
      execution_result: null,
    };
    const children = new Map(this.#children).set(parent_id, inserted(this.children(parent_id), position, id));
    return {
      tree: this.#with({ tasks: new Map<number, PlanTask>(this.nodes).set(id, added), children, next_id: id + 1 }),
      id,
    };
  }

  /**
   * The plan with a task that says something else.
   *
   * @throws {SimError} `unknown_task`, `bad_task`, `cycle`
   */
  update(id: number, change: TaskChange): PlanTree {
    const before = this.node(id);
    const { name, instruction, metadata, dependencies, status } = change;
    const after: PlanTask = {
      ...before,
      ...(name === undefined ? {} : { name: checkedName(name) }),
      ...(instruction === undefined
        ? {}
        : { instruction: checkedText("instruction", instruction, PLAN_LIMITS.instruction) }),
      ...(metadata === undefined ? {} : { metadata: frozenJson(metadata) }),
      ...(status === undefined ? {} : { status: checkedText("status", status.trim() || "pending", PLAN_LIMITS.name)! }),
      ...(dependencies === undefined ? {} : { dependencies: this.#known(dependencies) }),
    };
    const tasks = new Map<number, PlanTask>(this.nodes).set(id, after);
    if (dependencies !== undefined && dependencyCycle(tasks) !== null) {
      throw new SimError(
        "cycle",
        `task ${id} cannot depend on ${after.dependencies.join(", ")}: it would need itself`,
        {
          hint: "name tasks that do not depend on it",
        },
      );
    }
    return this.#with({ tasks });
  }

  /** The plan with other dependencies of a task: {@linkcode PlanTree.update} with those alone. */
  setDependencies(id: number, dependencies: readonly number[]): PlanTree {
    return this.update(id, { dependencies });
  }

  /**
   * The plan with a task, and what is below it, elsewhere: below `new_parent_id` (left out: on the top level), at
   * `new_position` among its siblings there (left out: at the end, or where it is when the parent stays).
   *
   * @throws {SimError} `unknown_task`, `cycle` below itself, `bad_position`
   */
  move(id: number, to: { readonly new_parent_id?: number | null; readonly new_position?: number } = {}): PlanTree {
    const node = this.node(id);
    const parent_id = to.new_parent_id ?? null;
    if (parent_id !== null && this.isWithin(parent_id, id)) {
      throw new SimError(
        "cycle",
        `task ${id} cannot be moved below task ${parent_id}, which is ${parent_id === id ? "itself" : "below it"}`,
        {
          hint: "name a task that is not below it",
        },
      );
    }
    const stays = parent_id === node.parent_id;
    if (stays && to.new_position === undefined) return this;
    this.#checkLevels(parent_id, this.#levels(id));
    const children = new Map(this.#children).set(node.parent_id, without(this.children(node.parent_id), id));
    const siblings = children.get(parent_id) ?? [];
    const position = checkedPosition(to.new_position, siblings.length) ?? siblings.length;
    return this.#with({ children: children.set(parent_id, inserted(siblings, position, id)) });
  }

  /**
   * The plan without a task, all that is below it, and the dependencies on any of these.
   *
   * @throws {SimError} `unknown_task`
   */
  remove(id: number): PlanTree {
    const { parent_id } = this.node(id);
    const gone = new Set([...this.nodes.keys()].filter((other) => this.isWithin(other, id)));
    const tasks = new Map<number, PlanTask>();
    for (const node of this.nodes.values()) {
      if (gone.has(node.id)) continue;
      tasks.set(node.id, { ...node, dependencies: node.dependencies.filter((needed) => !gone.has(needed)) });
    }
    const children = new Map(this.#children).set(parent_id, without(this.children(parent_id), id));
    for (const removed of gone) children.delete(removed);
    return this.#with({ tasks, children });
  }

  #with(changed: Partial<PlanParts>): PlanTree {
    const { id, title, description, metadata, next_id } = this;
    return new PlanTree({
      id,
      title,
      description,
      metadata,
      next_id,
      tasks: this.nodes,
      children: this.#children,
      ...changed,
    });
  }

  /** The place that an anchor means; null: there is none. */
  #anchor(task: NewTask): Place | null {
    const { anchor_task_id, insert_before, insert_after } = task;
    const named = [anchor_task_id, insert_before, insert_after].filter((id) => id !== undefined);
    if (named.length > 1) {
      throw new SimError("bad_anchor", `a new task has one anchor, not ${named.length}`, {
        hint: "give one of anchor_task_id, insert_before, insert_after",
      });
    }
    if (insert_before !== undefined) return this.#beside(insert_before, 0);
    if (insert_after !== undefined) return this.#beside(insert_after, 1);
    if (anchor_task_id === undefined && task.anchor_position === undefined) return null;
    const position = task.anchor_position ?? "after";
    if (position === "first_child" || position === "last_child") {
      const parent_id = anchor_task_id ?? task.parent_id ?? null;
      if (parent_id !== null) this.node(parent_id);
      return { parent_id, position: position === "first_child" ? 0 : this.children(parent_id).length };
    }
    if (anchor_task_id === undefined) {
      throw new SimError("bad_anchor", `'${position}' needs a task to be put ${position}`, {
        hint: "give anchor_task_id",
      });
    }
    return this.#beside(anchor_task_id, position === "before" ? 0 : 1);
  }

  #beside(id: number, offset: 0 | 1): Place {
    const { parent_id, position } = this.node(id);
    return { parent_id, position: position + offset };
  }

  #known(dependencies: readonly number[]): readonly number[] {
    return [...new Set(dependencies)].map((id) => this.node(id).id);
  }

  /** How many levels a task and what is below it take. */
  #levels(id: number): number {
    return 1 + Math.max(0, ...this.children(id).map((child) => this.#levels(child)));
  }

  #checkLevels(parent_id: number | null, levels: number): void {
    const depth = parent_id === null ? 0 : this.node(parent_id).depth + 1;
    if (depth + levels <= PLAN_LIMITS.levels) return;
    throw new SimError("plan_too_big", `tasks would be nested deeper than ${PLAN_LIMITS.levels} levels`, {
      hint: "put the task higher up",
    });
  }
}

function inserted(ids: readonly number[], position: number, id: number): readonly number[] {
  return ids.toSpliced(position, 0, id);
}

function without(ids: readonly number[], id: number): readonly number[] {
  return ids.filter((other) => other !== id);
}

function checkedPosition(position: number | undefined, count: number): number | undefined {
  if (position === undefined || (Number.isInteger(position) && position >= 0 && position <= count)) return position;
  throw new SimError("bad_position", `there is no position ${position} among ${count} siblings`, {
    hint: `positions are counted from 0; ${count} is the end`,
  });
}

function checkedName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === "") throw new SimError("bad_task", "a task needs a name", { hint: "give a name that is not blank" });
  return checkedText("name", trimmed, PLAN_LIMITS.name)!;
}

function checkedText(what: string, text: string | null, limit: number): string | null {
  if (text === null || text.length <= limit) return text?.toWellFormed() ?? null;
  throw new SimError("bad_task", `the ${what} has ${text.length} characters`, { hint: `at most ${limit} are allowed` });
}
