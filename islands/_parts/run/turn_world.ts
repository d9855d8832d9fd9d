/** The world at the very turn that is looked at: what was saved last before it, with what was recorded since. */

import { signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { AgentPositions, AgentTable } from "../../../runner/mod.ts";
import { api } from "../api.ts";
import { count } from "../number_format.tsx";
import type { RunPageState, Variables, World } from "./page_state.ts";

/** A world, and of which turns its parts are. */
export interface TurnWorld {
  readonly world: World;
  /** Turn that agents are where they are. */
  readonly positions: number;
  /** Turn that variables of agents are of. */
  readonly variables: number;
}

/** Milliseconds that a turn is looked at before it is asked for: who scrubs passes many. */
const PAUSE = 100;
/** Milliseconds between two looks at a run that plays. */
const PACE = 400;
/** Turns that are kept. */
const MOST_KEPT = 12;

/** The world as it was saved: all of one turn. */
export function savedWorld(world: World): TurnWorld {
  return { world, positions: world.turn, variables: world.turn };
}

/** A saved world, and in it what was recorded of a later turn: where agents were, and their variables. */
export function turnWorld(saved: World, positions: AgentPositions, table: AgentTable): TurnWorld {
  const isMoved = positions.source !== "nothing" && positions.turn > saved.turn;
  const isRecorded = table.source === "rows" && table.turn > saved.turn && table.total === table.agents.length;
  const agents = isRecorded ? variablesIn(table) : saved.agents;
  // Who has come since is only in what was recorded.
  const order = isRecorded
    ? table.agents.map(([name]) => String(name))
    : isMoved
    ? [...new Set([...saved.order, ...Object.keys(positions.positions)])]
    : saved.order;
  const space = isMoved ? { ...saved.space, agent_positions: positions.positions } : saved.space;
  return {
    world: { ...saved, agents, order, space },
    positions: isMoved ? positions.turn : saved.turn,
    variables: isRecorded ? table.turn : saved.turn,
  };
}

/** The turn that a world is of: of which at least something is known. */
export function turnOf({ positions, variables }: TurnWorld): number {
  return Math.max(positions, variables);
}

/** What of a world is not of the turn that is looked at, as the rest of a sentence. */
export function ofThen(turn: number, shown: TurnWorld): string {
  const { world, positions, variables } = shown;
  const known = turnOf(shown);
  const old = [
    ...(positions < known ? ["where agents are"] : []),
    ...(variables < known ? ["what agents are"] : []),
    ...(world.turn < known ? ["what places are"] : []),
  ];
  const late = known < turn ? `, the last one before turn ${count(turn)} that is known` : "";
  return old.length === 0 ? late : `${late}; ${old.join(", ")}: as it was saved at turn ${count(world.turn)}`;
}

function variablesIn({ columns, agents }: AgentTable): { readonly [name: string]: Variables } {
  return Object.fromEntries(agents.map(([name, , ...values]) => [
    String(name),
    Object.fromEntries(columns.map((column, i) => [column, values[i]])),
  ]));
}

/** Follows the turn; null: nothing is known yet. While another turn is read, the one before stays. */
export function useTurnWorld(state: RunPageState): TurnWorld | null {
  const shown = useMemo(() => signal<TurnWorld | null>(null), []);
  useEffect(() => {
    const kept = new Map<string, TurnWorld>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asked = 0;
    let answered = 0;
    const read = async (saved: World, turn: number) => {
      timer = undefined;
      const number = ++asked;
      const key = `${saved.turn} ${turn}`;
      let next = kept.get(key);
      if (next === undefined) {
        const run = `/api/simulations/${encodeURIComponent(state.runId)}`;
        try {
          const [positions, table] = await Promise.all([
            api<AgentPositions>(`${run}/positions?turn=${turn}`),
            api<AgentTable>(`${run}/agents?turn=${turn}`),
          ]);
          next = turnWorld(saved, positions, table);
          kept.set(key, next);
          if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
        } catch (error) {
          // What was saved is there; that the server does not answer is told by what asks for it.
          state.failed(error);
          next = savedWorld(saved);
        }
      }
      // Who follows the newest turn is shown each that comes: from afar there is always another one already.
      if (number <= answered || (number < asked && !state.following.peek())) return;
      answered = number;
      shown.value = next;
    };
    const look = () => {
      const saved = state.world.peek();
      if (typeof saved !== "object" || !("agents" in saved)) return;
      const turn = state.turn.peek();
      if (saved.turn === turn || saved.turn > turn) {
        clearTimeout(timer);
        timer = undefined;
        answered = asked;
        if (shown.peek()?.world !== saved) shown.value = savedWorld(saved);
        return;
      }
      if (shown.peek() === null) shown.value = savedWorld(saved);
      const isMoving = state.following.peek() && state.run.peek().status === "running";
      if (isMoving && timer !== undefined) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        const now = state.world.peek();
        if (typeof now === "object" && "agents" in now) void read(now, state.turn.peek());
      }, isMoving ? PACE : PAUSE);
    };
    const stops = [state.world.subscribe(look), state.turn.subscribe(look)];
    return () => {
      clearTimeout(timer);
      answered = asked;
      stops.forEach((stop) => stop());
    };
  }, [state]);
  return shown.value;
}
