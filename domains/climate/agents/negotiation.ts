/** What nations say to each other, and what they remember of it: promises, whether they were kept, their own words. */

import type { AgentMap, AgentMemory, AgentState, Json, Message } from "llm-sim";
import type { NationVariables } from "../variables.ts";
import type { NationConfig } from "./nation_config.ts";

/** A rate that the sender would like all to agree on. */
export interface Proposal {
  readonly kind: "proposal";
  readonly rate: number;
}

/** The abatement rate that the sender will have in turn `turn`. */
export interface Commitment {
  readonly kind: "promise";
  readonly rate: number;
  readonly turn: number;
}

/** A warning from outside that calls for a rate. */
export interface Alarm {
  readonly kind: "alarm";
  readonly rate: number;
}

/** What a nation reads in its inbox. */
export interface Mail {
  /** The others' proposals, in the order of their senders. */
  readonly proposals: readonly number[];
  /** What each has promised for this turn. */
  readonly promises: ReadonlyMap<string, number>;
}

type Seen = AgentMap<NationVariables>;

const PROMISE = "promise";
const RECORD = "record";
const OWN_PROMISE = "own_promise";
const OWN_PROPOSAL = "own_proposal";
const ALARM = "alarm";

/** Reads the inbox and remembers promises and alarms. What is malformed, or promised for another turn, is ignored. */
export function readMail(inbox: readonly Message[], memory: AgentMemory, turn: number): Mail {
  const proposals: number[] = [];
  const promises = new Map<string, number>();
  for (const { from, content } of inbox) {
    const said = understood(content);
    if (said?.kind === "alarm") memory.add({ rate: said.rate }, { kind: ALARM });
    else if (from === null || said === undefined) continue;
    else if (said.kind === "proposal") proposals.push(said.rate);
    else if (said.turn === turn) promises.set(from, said.rate);
  }
  for (const [nation, rate] of promises) memory.add({ nation, rate }, { kind: PROMISE });
  return { proposals, promises };
}

/**
 * Compares what was promised for last turn with what is seen of it; what cannot be seen is not held against anyone.
 * Judgements older than `config.memory` turns are forgotten.
 */
export function judgePromises(
  memory: AgentMemory,
  seen: Seen,
  turn: number,
  config: Pick<NationConfig, "memory" | "tolerance">,
): void {
  memory.forget({ kind: RECORD, before: turn - config.memory });
  for (const { content, turn: heard } of memory.recall({ kind: PROMISE, since: turn - 1 })) {
    if (heard !== turn - 1) continue;
    const { nation, rate } = content as { nation: string; rate: number };
    const observed = observedAbatement(seen.get(nation));
    if (observed !== undefined) memory.add({ nation, kept: observed >= rate - config.tolerance }, { kind: RECORD });
  }
  memory.forget({ kind: PROMISE, before: turn });
}

/** How far a nation can be trusted: the share of the promises remembered that it kept; 1 where nothing is known. */
export function trustIn(nation: string, memory: AgentMemory): number {
  const { kept, judged } = promisesOf(nation, memory);
  return judged === 0 ? 1 : kept / judged;
}

/** How many of a nation's promises are remembered as judged, and how many of these it kept. */
export function promisesOf(nation: string, memory: AgentMemory): { readonly kept: number; readonly judged: number } {
  const records = memory.recall({ kind: RECORD })
    .map(({ content }) => content as { nation: string; kept: boolean })
    .filter((record) => record.nation === nation);
  return { kept: records.filter(({ kept }) => kept).length, judged: records.length };
}

/** The share of its emissions that a nation is seen to avoid; where that is hidden, it follows from its emissions. */
export function observedAbatement(nation: Partial<NationVariables> | undefined): number | undefined {
  if (nation === undefined) return undefined;
  const { abatement, emissions, intensity, gross_output } = nation;
  if (abatement !== undefined) return abatement;
  if (emissions === undefined || intensity === undefined || gross_output === undefined) return undefined;
  const potential = intensity * gross_output;
  return potential > 0 ? 1 - emissions / potential : undefined;
}

/** The rate it has promised for this turn, or undefined. */
export function ownPromise(memory: AgentMemory, turn: number): number | undefined {
  const [last] = memory.recall({ kind: OWN_PROMISE, last: 1 });
  return last !== undefined && last.turn === turn - 1 ? rateOf(last.content) : undefined;
}

/** The rate it proposed last, or undefined. */
export function ownProposal(memory: AgentMemory): number | undefined {
  const [last] = memory.recall({ kind: OWN_PROPOSAL, last: 1 });
  return last && rateOf(last.content);
}

/** The highest rate an alarm has called for, or undefined. */
export function alarmRate(memory: AgentMemory): number | undefined {
  const rates = memory.recall({ kind: ALARM }).map(({ content }) => rateOf(content));
  return rates.length === 0 ? undefined : Math.max(...rates);
}

/** Remembers its own words of this turn in place of the last ones. */
export function rememberOwn(memory: AgentMemory, proposal: number | undefined, promise: number | undefined): void {
  for (const [kind, rate] of [[OWN_PROPOSAL, proposal], [OWN_PROMISE, promise]] as const) {
    if (rate === undefined) continue;
    memory.forget({ kind });
    memory.add({ rate }, { kind });
  }
}

/** The middle of `rates`; undefined of none. */
export function middle(rates: readonly number[]): number | undefined {
  if (rates.length === 0) return undefined;
  const sorted = rates.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** All nations but `own`, in agent order. */
export function othersOf(own: AgentState<NationVariables>, seen: Seen): readonly AgentState<NationVariables>[] {
  return seen.records.filter(({ name }) => name !== own.name);
}

function understood(content: Json): Proposal | Commitment | Alarm | undefined {
  if (content === null || typeof content !== "object" || Array.isArray(content)) return undefined;
  const { kind, rate, turn } = content as { readonly [key: string]: Json };
  if (typeof rate !== "number" || !(rate >= 0 && rate <= 1)) return undefined;
  if (kind === "proposal" || kind === "alarm") return { kind, rate };
  return kind === "promise" && typeof turn === "number" ? { kind, rate, turn } : undefined;
}

function rateOf(content: Json): number {
  return (content as { rate: number }).rate;
}
