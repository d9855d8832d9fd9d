/** Where the agents of a run are at any turn: as a checkpoint has them, and as they have moved since. */

import { stateUpTo } from "./agent_tables.ts";
import type { Row, RunConfig, RunStore, StoredState } from "./store/mod.ts";

/** Where agents are. */
export interface AgentPositions {
  /** Turn that they are of; before the one that was asked for where moves are not recorded. */
  readonly turn: number;
  /** `moves`: a checkpoint, and the moves that were recorded since; `nothing`: nothing was saved yet. */
  readonly source: "checkpoint" | "moves" | "nothing";
  /** Name of the place by agent; who is nowhere is not in it. */
  readonly positions: { readonly [agent: string]: string };
}

/** Events that are read together. */
const PAGE = 5000;
/** Pages that are read: beyond them a checkpoint has to do. */
const MOST_PAGES = 24;

/** Where agents are at a turn. @throws {SimError} `unknown_run` */
export async function agentPositions(store: RunStore, runId: string, turn: number): Promise<AgentPositions> {
  await store.manifest(runId);
  const config = await store.config(runId);
  const state = await stateUpTo(store, runId, turn);
  if (state === null) return { turn, source: "nothing", positions: {} };
  const saved = positionsOf(state);
  const checkpoint = { turn: state.turn, source: "checkpoint", positions: saved } as const;
  if (state.turn >= turn || !areMovesRecorded(config)) return checkpoint;
  const walk = new Walk(saved, turn);
  return await walk.through(store, runId, state.turn)
    ? { turn: Math.min(turn, walk.reached), source: "moves", positions: Object.fromEntries(walk.positions) }
    : checkpoint;
}

function positionsOf({ state }: StoredState): AgentPositions["positions"] {
  const space = state.spatial_state as { readonly agent_positions?: AgentPositions["positions"] } | null | undefined;
  return space?.agent_positions ?? {};
}

/** Whether every move is an event; of the part too that a fork has of its parents. */
function areMovesRecorded({ state_variables, events, inherited }: RunConfig): boolean {
  const all = [events, ...inherited.map(({ scenario }) => scenario.events)];
  return all.every(({ verbosity }) => verbosity === "STATE" || verbosity === "DETAIL") &&
    // A variable of that name is told in the same way.
    !Object.hasOwn(state_variables.agent_vars, "location");
}

interface Details {
  readonly variable_name?: unknown;
  readonly old_value?: unknown;
  readonly new_value?: unknown;
  readonly operation?: unknown;
  readonly applied?: unknown;
  readonly agent?: { readonly location?: unknown };
}

/** Moves agents by what happened since a checkpoint. */
class Walk {
  readonly positions: Map<string, string>;
  /** The last turn of which something has been read. */
  reached = 0;
  readonly #to: number;
  /** Who has come and has not moved since: a step in the turn of coming is told by no event, only by the next one. */
  readonly #unsure = new Set<string>();

  constructor(saved: AgentPositions["positions"], to: number) {
    this.positions = new Map(Object.entries(saved));
    this.#to = to;
  }

  /** @param from turn of the checkpoint @returns whether all that counts could be read */
  async through(store: RunStore, runId: string, from: number): Promise<boolean> {
    this.reached = from;
    let after: number | null = await store.numberBeforeTurn(runId, "events", from + 1);
    const next = (await store.checkpoints(runId)).find((turn) => turn > this.#to) ?? Infinity;
    for (let i = 0; after !== null; i++) {
      if (i === MOST_PAGES) return false;
      const page: { readonly rows: Row[]; readonly next_after: number | null } = await store.events(runId, {
        after,
        limit: PAGE,
        types: ["ENV", "LIFECYCLE", "MILESTONE"],
      });
      for (const event of page.rows) {
        const turn = this.reached = Number(event.turn_number);
        if (turn > this.#to && this.#unsure.size === 0) return true;
        if (turn > next) return this.#settle(await store.state(runId, next));
        this.#take(event, turn > this.#to);
      }
      after = page.next_after;
      // Others are served meanwhile.
      await new Promise((resolve) => setTimeout(resolve));
    }
    return this.#unsure.size === 0 || this.#settle(await store.state(runId));
  }

  #take({ event_type, agent_id, details }: Row, isLater: boolean): void {
    const agent = String(agent_id);
    const { variable_name, old_value, new_value, operation, applied, agent: spec } = (details ?? {}) as Details;
    if (event_type === "ENV" && variable_name === "location") {
      if (isLater && !this.#unsure.has(agent)) return;
      this.#unsure.delete(agent);
      this.#put(agent, isLater ? old_value : new_value);
    } else if (event_type === "LIFECYCLE" && applied === true) {
      if (operation !== "add_agent" && operation !== "remove_agent") return;
      this.#unsure.delete(agent);
      if (isLater) return;
      this.#put(agent, operation === "add_agent" ? spec?.location : null);
      if (operation === "add_agent") this.#unsure.add(agent);
    }
  }

  #put(agent: string, place: unknown): void {
    if (typeof place === "string") this.positions.set(agent, place);
    else this.positions.delete(agent);
  }

  /** Who has not moved until a later state is where that has them. */
  #settle(state: StoredState | null): boolean {
    if (state === null) return false;
    const saved = positionsOf(state);
    for (const agent of this.#unsure) this.#put(agent, saved[agent]);
    return true;
  }
}
