/** What a simulated user wants where no model speaks for it. */

import type { Json, JsonObject, Rng } from "llm-sim";
import { type ActionSpec, type Environment, type ParameterSchema, readAction } from "llm-sim/conversation";

/** Prefix of the tasks that are wished for: nothing follows up on them. */
const FOLLOW_UP = "Follow-up: ";

/** A task as plans hold it. */
interface Task {
  readonly id: number;
  readonly name: string;
  readonly instruction?: string | null;
  readonly parent_id?: number | null;
}

/**
 * A change that can be made to `state` and is not wished for yet, drawn from all those that a simple mind thinks of: of a
 * plan a follow-up to a task, an instruction where there is none, a task that moves to the front; elsewhere any action with
 * made-up arguments. Null: there is none.
 *
 * @param isRepeated whether the same was wished for before
 */
export function offlineWish(
  environment: Environment,
  state: Json,
  rng: Rng,
  isRepeated: (action: ActionSpec) => boolean,
): ActionSpec | null {
  const tasks = tasksOf(state);
  const ideas = tasks === null ? callsOf(environment, rng) : tasks.flatMap((task) => changesOf(task));
  const possible = ideas.flatMap((idea) => {
    const read = readAction(idea, environment.catalogue);
    const isPossible = "action" in read && !isRepeated(read.action) &&
      environment.apply(state, read.action).done.success;
    return isPossible ? [read.action] : [];
  });
  return possible.length === 0 ? null : rng.choice(possible);
}

function tasksOf(state: Json): readonly Task[] | null {
  const nodes = (state as JsonObject | null)?.nodes;
  return typeof nodes === "object" && nodes !== null ? Object.values(nodes) as unknown as readonly Task[] : null;
}

function changesOf({ id, name, instruction, parent_id = null }: Task): ActionSpec[] {
  if (name.startsWith(FOLLOW_UP)) return [];
  const parent = parent_id === null ? {} : { parent_id };
  return [
    taskOperation("create_task", { name: `${FOLLOW_UP}${name}`, ...parent }),
    ...(instruction ? [] : [
      taskOperation("update_task_instruction", {
        task_id: id,
        instruction: "Write down who does it and when it is done.",
      }),
    ]),
    taskOperation("move_task", {
      task_id: id,
      ...(parent_id !== null && { new_parent_id: parent_id }),
      new_position: 0,
    }),
  ];
}

function taskOperation(name: string, parameters: JsonObject): ActionSpec {
  return { kind: "task_operation", name, parameters };
}

function callsOf({ catalogue }: Environment, rng: Rng): ActionSpec[] {
  return Object.entries(catalogue).filter(([, { mutating }]) => mutating).map(([name, { kind, parameters }]) => ({
    kind,
    name,
    parameters: Object.fromEntries(
      Object.entries(parameters).filter(([, { required }]) => required)
        .map(([parameter, schema]) => [parameter, madeUp(schema, rng)]),
    ),
  }));
}

function madeUp({ type, enum: choices, default: usual, items }: Omit<ParameterSchema, "description">, rng: Rng): Json {
  if (choices !== undefined && choices.length > 0) return rng.choice(choices);
  if (usual !== undefined) return usual;
  const number = rng.int(1, 99);
  switch (type) {
    case "string":
    case "text":
      return `Example ${number}`;
    case "integer":
    case "number":
      return number;
    case "boolean":
      return true;
    case "date":
      return `2030-01-${String(1 + number % 28).padStart(2, "0")}`;
    case "id":
      return String(number);
    case "list":
      return [madeUp({ type: items ?? "string" }, rng)];
    case "object":
      return { example: number };
  }
}
