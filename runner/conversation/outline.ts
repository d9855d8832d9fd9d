/** What is talked about as it was after a turn, and what the conversation had come to by then. */

import {
  type ActionSpec,
  type ConversationGlobals,
  type OpenWish,
  PlanTree,
} from "../../framework/conversation/mod.ts";
import type { Json } from "../../framework/mod.ts";
import type { RunConfig } from "../store/mod.ts";
import type { SimulatedTurn } from "./types.ts";
import { environmentOf } from "./view.ts";

/** What a turn was to a task of the plan. */
export interface TaskTouch {
  readonly turn: number;
  /** Name of the action. */
  readonly action: string;
  /** The agent has done it, has tried to, or the user wanted it and it was not done in that turn. */
  readonly as: "done" | "failed" | "wanted";
}

/** A task as it was after a turn. */
export interface OutlineTask {
  readonly id: number;
  readonly name: string;
  /** How many tasks it is below. */
  readonly depth: number;
  readonly instruction: string | null;
  readonly dependencies: readonly number[];
  /** Up to that turn, in their order. */
  readonly touches: readonly TaskTouch[];
}

/** A task that was there before, or was made meanwhile, and is there no more. */
export interface RemovedTask {
  readonly id: number;
  readonly name: string;
  readonly turn: number;
}

/** What is talked about, after a turn. */
export interface ConversationOutline {
  /** 0: before anybody spoke. */
  readonly turn: number;
  /** What both sides were shown. */
  readonly text: string;
  /** Title of the plan; null: it is none. */
  readonly title: string | null;
  /** Tasks with those below them, in their order; null: it is no plan. */
  readonly tasks: readonly OutlineTask[] | null;
  readonly removed: readonly RemovedTask[];
  /** Changes that were wanted up to then and had not been made. */
  readonly open: readonly ActionSpec[];
}

/** A state that was saved after a turn; null: the turn before the first. */
export interface SavedTurn {
  readonly turn: number;
  readonly globals: ConversationGlobals;
}

/**
 * The outline after a turn.
 * @param turns the turns up to it
 * @param saved the newest state that was saved up to then: what the agent has done since is done again here
 */
export function outlineAfter(
  turn: number,
  { config, turns, saved }: {
    readonly config: RunConfig;
    readonly turns: readonly SimulatedTurn[];
    readonly saved: SavedTurn | null;
  },
): ConversationOutline {
  const environment = environmentOf(config);
  const since = turns.filter(({ index }) => index > (saved?.turn ?? 0));
  const isReset = config.engine.config.reset_each_turn === true;
  const state = since.reduce<Json>(
    (now, { chat_agent }) =>
      chat_agent.actions.filter(({ success }) => success)
        .reduce((before, action) => environment.apply(before, action).state, isReset ? environment.initial : now),
    saved?.globals.plan ?? environment.initial,
  );
  const isPlan = "plan" in (config.engine.config.environment as { readonly [key: string]: unknown });
  const plan = isPlan ? PlanTree.read(state) : null;
  const isMutating = (name: string) => environment.catalogue[name]?.mutating ?? false;
  // Where every turn begins with the plan as given, nothing is left of the turns before.
  const told = isReset ? turns.slice(-1) : turns;
  const touches = touchesOf(told, isMutating);
  const isCurrent = saved !== null && since.length === 0;
  return {
    turn,
    text: environment.outline(state),
    title: plan?.title ?? null,
    tasks: plan === null ? null : [...plan.nodes.values()].map(({ id, depth, instruction, dependencies }) => ({
      id,
      name: plan.nameOf(id),
      depth,
      instruction,
      dependencies,
      touches: touches.get(id) ?? [],
    })),
    removed: plan === null ? [] : removedTasks(plan, PlanTree.read(environment.initial), told),
    open: isCurrent ? (saved.globals.expected?.open ?? []).map(({ action }: OpenWish) => action) : [],
  };
}

/** What turns were to tasks, by task. */
function touchesOf(
  turns: readonly SimulatedTurn[],
  isMutating: (name: string) => boolean,
): ReadonlyMap<number, readonly TaskTouch[]> {
  const found = new Map<number, TaskTouch[]>();
  const touch = (id: number | null, as: TaskTouch) => {
    if (id !== null) found.set(id, [...found.get(id) ?? [], as]);
  };
  for (const { index: turn, simulated_user: { desired_action: wish }, chat_agent: { actions } } of turns) {
    const changes = actions.filter(({ name }) => isMutating(name));
    for (const action of changes) {
      touch(taskOf(action), { turn, action: action.name, as: action.success ? "done" : "failed" });
    }
    if (wish === null || !isMutating(wish.name)) continue;
    const id = taskOf(wish);
    const isDone = changes.some((action) => action.success && action.name === wish.name && taskOf(action) === id);
    if (!isDone) touch(id, { turn, action: wish.name, as: "wanted" });
  }
  return found;
}

/** The task that an action is about: the one that it has made, or the one that it names; null: none. */
function taskOf({ parameters, created }: ActionSpec & { readonly created?: string }): number | null {
  const id = Number(created ?? parameters.task_id ?? NaN);
  return Number.isInteger(id) ? id : null;
}

function removedTasks(plan: PlanTree, before: PlanTree, turns: readonly SimulatedTurn[]): RemovedTask[] {
  const removed = new Map<number, RemovedTask>();
  const names = new Map([...before.nodes.keys()].map((id) => [id, before.nameOf(id)]));
  for (const { index: turn, chat_agent: { actions } } of turns) {
    for (const action of actions.filter(({ success }) => success)) {
      const id = taskOf(action);
      if (id === null) continue;
      if (typeof action.parameters.name === "string") names.set(id, action.parameters.name);
      if (action.name === "delete_task") removed.set(id, { id, name: names.get(id) ?? `task ${id}`, turn });
    }
  }
  return [...removed.values()].filter(({ id }) => !plan.nodes.has(id));
}
