/** Reads a plan from JSON, in the form that authors write or in that of GAgent, and says all that is wrong with it. */

import { didYouMean, formatPath, type Issue, type IssuePath, SimError } from "../issue.ts";
import { frozenJson, type JsonObject, notJson } from "../json.ts";
import { PLAN_LIMITS } from "./plan_limits.ts";

/** What a task says of itself; where it stands follows from the tree. */
export interface PlanTask {
  /** What it is called; blank: `Task` and its id. */
  readonly name: string;
  /** `pending`, `completed` … */
  readonly status: string;
  /** What is to be done; null: nothing is said. */
  readonly instruction: string | null;
  /** Whatever else belongs to it. */
  readonly metadata: JsonObject;
  /** Ids of the tasks that it needs, each once, never in a circle. */
  readonly dependencies: readonly number[];
  /** What is to be known for it. */
  readonly context_combined: string | null;
  /** The same in sections `{title, content}`. */
  readonly context_sections: readonly JsonObject[];
  /** Where that comes from. */
  readonly context_meta: JsonObject;
  /** When that was written. */
  readonly context_updated_at: string | null;
  /** What came of it. */
  readonly execution_result: string | null;
}

/** A plan that has been read: every task stands in exactly one list of children, and dependencies have no circles. */
export interface PlanParts {
  readonly id: number;
  readonly title: string;
  readonly description: string | null;
  readonly metadata: JsonObject;
  /** Greater than every id that was ever given. */
  readonly next_id: number;
  readonly tasks: ReadonlyMap<number, PlanTask>;
  /** Children in their order by parent; null: the top level. */
  readonly children: ReadonlyMap<number | null, readonly number[]>;
}

type Fields = { readonly [key: string]: unknown };

const AUTHOR_PLAN_KEYS = ["id", "title", "description", "metadata", "tasks"];
const AUTHOR_TASK_KEYS = "id name status instruction dependencies context execution_result metadata tasks".split(" ");
const PLAN_KEYS = ["id", "title", "description", "metadata", "next_id", "nodes", "adjacency"];
const NODE_KEYS = [
  ..."id plan_id name status instruction parent_id position depth path metadata dependencies".split(" "),
  ..."context_combined context_sections context_meta context_updated_at execution_result".split(" "),
];

/**
 * The parts of a plan.
 *
 * @throws {SimError} `bad_plan` with an issue for everything that is wrong
 */
export function readPlan(value: unknown): PlanParts {
  const reader = new PlanReader();
  const parts = reader.plan(value);
  const [first] = reader.issues;
  if (first === undefined) return parts;
  throw new SimError("bad_plan", `${formatPath(first.path ?? [])}: ${first.message}`, {
    issues: reader.issues,
    ...(first.hint === undefined ? {} : { hint: first.hint }),
  });
}

/** A task that needs itself, directly or through others; null: there is none. */
export function dependencyCycle(
  tasks: ReadonlyMap<number, { readonly dependencies: readonly number[] }>,
): number | null {
  const seen = new Map<number, "open" | "done">();
  for (const start of tasks.keys()) {
    // A stack of our own: a chain may be as long as the plan.
    const stack = [start];
    while (stack.length > 0) {
      const id = stack.at(-1)!;
      if (seen.has(id)) {
        seen.set(id, "done");
        stack.pop();
        continue;
      }
      seen.set(id, "open");
      for (const needed of tasks.get(id)?.dependencies ?? []) {
        if (seen.get(needed) === "open") return needed;
        if (!seen.has(needed)) stack.push(needed);
      }
    }
  }
  return null;
}

class PlanReader {
  readonly issues: Issue[] = [];
  readonly #tasks = new Map<number, PlanTask>();
  readonly #children = new Map<number | null, number[]>([[null, []]]);
  readonly #paths = new Map<number, IssuePath>();

  plan(value: unknown): PlanParts {
    const flat = typeof value === "object" && value !== null && ("nodes" in value || "adjacency" in value);
    const plan = this.#record(value, [], flat ? PLAN_KEYS : AUTHOR_PLAN_KEYS);
    const title = this.#text(plan.title, ["title"], PLAN_LIMITS.name);
    if (plan.title === undefined || title?.trim() === "") this.#add(["title"], "a plan needs a title");
    if (flat) this.#nodes(plan);
    else this.#authorTasks(plan.tasks);
    if (this.#tasks.size > PLAN_LIMITS.tasks) {
      this.#add([], `the plan has ${this.#tasks.size} tasks`, `a plan has at most ${PLAN_LIMITS.tasks}`);
    }
    this.#checkDependencies();
    const free = this.#freeId();
    const next = absent(plan.next_id) ? free : this.#id(plan.next_id, ["next_id"]) ?? free;
    if (next < free) this.#add(["next_id"], `is ${next}, but task ${free - 1} has a greater id`);
    return {
      id: absent(plan.id) ? 1 : this.#id(plan.id, ["id"]) ?? 1,
      title: title ?? "",
      description: this.#text(plan.description, ["description"], PLAN_LIMITS.text),
      metadata: this.#object(plan.metadata, ["metadata"]),
      next_id: next,
      tasks: this.#tasks,
      children: this.#children,
    };
  }

  /** Tasks in tasks; those without an id get the free ones in the order of the text. */
  #authorTasks(value: unknown): void {
    const found: { task: Fields; path: IssuePath; parent: number | null; id: number | null }[] = [];
    const visit = (list: unknown, path: IssuePath, parent: number | null, level: number) => {
      if (!this.#isShallow(level, path)) return;
      for (const [i, inner] of this.#list(list, path).entries()) {
        const at = [...path, i];
        const task = this.#record(inner, at, AUTHOR_TASK_KEYS);
        const entry = { task, path: at, parent, id: absent(task.id) ? null : this.#id(task.id, [...at, "id"]) };
        visit(task.tasks, [...at, "tasks"], found.push(entry) - 1, level + 1);
      }
    };
    visit(value, ["tasks"], null, 1);
    const given = new Set(found.map((entry) => entry.id));
    let next = 1;
    for (const entry of found) {
      while (entry.id === null && given.has(next)) next += 1;
      entry.id ??= next++;
      const { context, ...task } = entry.task;
      const parent = entry.parent === null ? null : found[entry.parent]!.id;
      if (context !== undefined) this.#text(context, [...entry.path, "context"], PLAN_LIMITS.text);
      const combined = typeof context === "string" ? context : null;
      if (!this.#task(entry.id, { ...task, context_combined: combined }, entry.path)) continue;
      this.#children.set(parent, [...this.#children.get(parent) ?? [], entry.id]);
    }
  }

  /** Nodes by id; their order is that of `adjacency`, else of their positions. */
  #nodes(plan: Fields): void {
    const parents = new Map<number, number | null>();
    const positions = new Map<number, number>();
    for (const [key, value] of Object.entries(this.#record(plan.nodes, ["nodes"]))) {
      const path = ["nodes", key];
      const node = this.#record(value, path, NODE_KEYS);
      const id = this.#id(Number(key), path);
      if (id === null) continue;
      if (!absent(node.id) && node.id !== id) this.#add([...path, "id"], `is ${shown(node.id)} under the key ${key}`);
      if (!this.#task(id, node, path)) continue;
      parents.set(id, absent(node.parent_id) ? null : this.#id(node.parent_id, [...path, "parent_id"]));
      positions.set(id, typeof node.position === "number" ? node.position : 0);
    }
    if (absent(plan.adjacency)) {
      const order = [...parents.keys()].sort((a, b) => positions.get(a)! - positions.get(b)! || a - b);
      for (const id of order) {
        const parent = parents.get(id)!;
        this.#children.set(parent, [...this.#children.get(parent) ?? [], id]);
      }
    } else this.#adjacency(this.#record(plan.adjacency, ["adjacency"]), parents);
    this.#checkReachable();
  }

  #adjacency(adjacency: Fields, parents: ReadonlyMap<number, number | null>): void {
    const placed = new Set<number>();
    for (const [key, list] of Object.entries(adjacency)) {
      const path = ["adjacency", key];
      const parent = key === "None" || key === "null" ? null : this.#id(Number(key), path);
      if (parent === null && key !== "None" && key !== "null") continue;
      const children = this.#list(list, path).flatMap((inner, i) => {
        const id = this.#id(inner, [...path, i]);
        if (id === null) return [];
        if (!parents.has(id)) this.#add([...path, i], `there is no task ${id}`);
        else if (placed.has(id)) this.#add([...path, i], `task ${id} stands in two places`);
        else if (parents.get(id) !== parent) {
          this.#add([...path, i], `task ${id} stands here, but its parent_id is ${parents.get(id)}`);
        }
        placed.add(id);
        return [id];
      });
      this.#children.set(parent, children);
    }
  }

  #checkReachable(): void {
    const reached = new Set<number>();
    const visit = (parent: number | null, level: number) => {
      const children = this.#children.get(parent) ?? [];
      if (children.length > 0 && !this.#isShallow(level, ["nodes"])) return;
      for (const id of children) {
        if (reached.has(id)) continue;
        reached.add(id);
        visit(id, level + 1);
      }
    };
    visit(null, 1);
    for (const id of this.#tasks.keys()) {
      if (!reached.has(id)) this.#add(["nodes", String(id)], "the task is not reached from the top level of the plan");
    }
  }

  #task(id: number, task: Fields, path: IssuePath): boolean {
    if (this.#tasks.has(id)) {
      this.#add(path, `two tasks have the id ${id}`);
      return false;
    }
    const text = (key: string, limit: number = PLAN_LIMITS.text) => this.#text(task[key], [...path, key], limit);
    const dependencies = this.#list(task.dependencies, [...path, "dependencies"])
      .map((value, i) => this.#id(value, [...path, "dependencies", i])).filter((value) => value !== null);
    if (absent(task.name)) this.#add([...path, "name"], "a task needs a name");
    this.#paths.set(id, path);
    this.#tasks.set(id, {
      name: text("name", PLAN_LIMITS.name) ?? "",
      status: text("status", PLAN_LIMITS.name) ?? "pending",
      instruction: text("instruction", PLAN_LIMITS.instruction),
      metadata: this.#object(task.metadata, [...path, "metadata"]),
      dependencies: [...new Set(dependencies)],
      context_combined: text("context_combined"),
      context_sections: this.#list(task.context_sections, [...path, "context_sections"])
        .map((value, i) => this.#object(value, [...path, "context_sections", i])),
      context_meta: this.#object(task.context_meta, [...path, "context_meta"]),
      context_updated_at: text("context_updated_at"),
      execution_result: text("execution_result"),
    });
    return true;
  }

  #checkDependencies(): void {
    for (const [id, task] of this.#tasks) {
      for (const needed of task.dependencies) {
        if (!this.#tasks.has(needed)) {
          this.#add([...this.#paths.get(id)!, "dependencies"], `there is no task ${needed}`);
        }
      }
    }
    const circle = dependencyCycle(this.#tasks);
    if (circle !== null) {
      this.#add([...this.#paths.get(circle)!, "dependencies"], `task ${circle} depends on itself, directly or not`);
    }
  }

  #freeId(): number {
    let free = 1;
    for (const id of this.#tasks.keys()) free = Math.max(free, id + 1);
    return free;
  }

  #isShallow(level: number, path: IssuePath): boolean {
    if (level <= PLAN_LIMITS.levels) return true;
    this.#add(path, `tasks are nested deeper than ${PLAN_LIMITS.levels} levels`);
    return false;
  }

  #record(value: unknown, path: IssuePath, keys?: readonly string[]): Fields {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      this.#add(path, `expected an object, found ${shown(value)}`);
      return {};
    }
    for (const key of Object.keys(value)) {
      if (keys === undefined || keys.includes(key)) continue;
      this.#add([...path, key], `unknown key '${key}'`, didYouMean(key, keys));
    }
    return value as Fields;
  }

  #list(value: unknown, path: IssuePath): readonly unknown[] {
    if (absent(value)) return [];
    if (Array.isArray(value)) return value;
    this.#add(path, `expected a list, found ${shown(value)}`);
    return [];
  }

  #id(value: unknown, path: IssuePath): number | null {
    if (Number.isSafeInteger(value) && value as number >= 1) return value as number;
    this.#add(path, `expected an id, an integer from 1, found ${shown(value)}`);
    return null;
  }

  #text(value: unknown, path: IssuePath, limit: number): string | null {
    if (absent(value)) return null;
    if (typeof value !== "string") this.#add(path, `expected a text, found ${shown(value)}`);
    else if (value.length > limit) this.#add(path, `has ${value.length} characters`, `at most ${limit} are allowed`);
    else return value.toWellFormed();
    return null;
  }

  #object(value: unknown, path: IssuePath): JsonObject {
    if (absent(value)) return {};
    const problem = notJson(value);
    if (problem !== null) this.#add(path, `is no JSON: it ${problem}`);
    else if (typeof value === "object" && !Array.isArray(value)) return frozenJson(value) as JsonObject;
    else this.#add(path, `expected an object, found ${shown(value)}`);
    return {};
  }

  #add(path: IssuePath, message: string, hint?: string): void {
    this.issues.push({ severity: "error", code: "bad_plan", message, path, ...(hint === undefined ? {} : { hint }) });
  }
}

function absent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** A value as messages name it: short. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
