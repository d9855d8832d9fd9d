/** What a nation decides, as functions of what it sees, hears and remembers. */

import type { AgentMemory, AgentState } from "llm-sim";
import { abatementCostShare, rateAtPrice } from "../engines/economy.ts";
import { STEP_YEARS } from "../engines/carbon_cycle.ts";
import { type Bounds, clamp, JOIN, LEAVE, type NationVariables, VOTE, type WorldVariables } from "../variables.ts";
import type { NationConfig, Strategy } from "./nation_config.ts";
import { alarmRate, type Mail, middle, observedAbatement, ownPromise, ownProposal, trustIn } from "./negotiation.ts";

type Nation = AgentState<NationVariables>;
type Other = Partial<NationVariables> & { readonly name: string };

/** What a strategy means where the config says nothing. */
interface Stance {
  readonly ambition: number;
  readonly step: number;
  readonly concession: number;
}

const STANCES: { readonly [strategy in Strategy]: Stance } = {
  free_rider: { ambition: 0, step: 0, concession: 0 },
  conditional: { ambition: 0.8, step: 0.03, concession: 0.3 },
  cooperator: { ambition: 1, step: 0.06, concession: 0.3 },
  green: { ambition: 1, step: 0.1, concession: 0 },
};

/** Yearly growth of a nation's own carbon price, as in DICE's baseline. */
const PRICE_GROWTH = 1.02;
/** What nations reckon with: DICE's costs. */
export const COSTS = { abatement_exponent: 2.6 } as const;
/** Members' share of the others' output from which a conditional nation belongs to the treaty too. */
const CRITICAL_MASS = 0.25;
/** Members' mean compliance below which a conditional nation leaves. */
const ENOUGH_COMPLIANCE = 0.75;

/** A nation's aims in one turn. */
export interface Aims {
  /** It does no less: what its own carbon price makes worth while. */
  readonly least: number;
  /** It does no more, unless the treaty asks for it. */
  readonly most: number;
  /** By how much it raises its rate of its own accord. */
  readonly step: number;
}

/** What a nation does and says in one turn. */
export interface Position {
  /** Its abatement rate. */
  readonly rate: number;
  /** Whether it wants to belong to the treaty. */
  readonly belongs: boolean;
  /** The rate that it proposes to all; undefined: none. */
  readonly proposed: number | undefined;
  /** The rate that it promises for the next turn; undefined: none. */
  readonly promised: number | undefined;
}

/** What a nation with this config does and says after it has read its mail and judged last turn's promises. */
export function positionOf(
  own: Nation,
  others: readonly Other[],
  world: Partial<WorldVariables>,
  config: NationConfig,
  mail: Mail,
  memory: AgentMemory,
  turn: number,
): Position {
  const aims = aimsOf(config, world, memory, turn);
  const belongs = wantsToBelong(own, others, config, world);
  const wishes = (after: Nation) => wishedRate(after, others, config, aims, mail, memory);

  const due = Math.max(aims.least, own.member && belongs ? own.required : 0);
  const rides = config.strategy === "free_rider";
  const word = rides ? undefined : ownPromise(memory, turn);
  const rate = withinStep(Math.max(due, word ?? wishes(own)), own, config);
  if (rides) return { rate, belongs, proposed: undefined, promised: bluffed(rate, config) };
  const next = { ...own, abatement: rate };
  return {
    rate,
    belongs,
    proposed: proposal(config, aims, mail, memory),
    promised: withinStep(wishes(next), next, config),
  };
}

/** An action in the treaty: its name, and its parameters. */
export type TreatyAction = readonly [name: string, parameters: { readonly rate?: number }];

/** What a nation does in the treaty: joins, votes for another rate than before, or leaves; null: nothing. */
export function treatyBusiness(
  { member, vote }: Pick<NationVariables, "member" | "vote">,
  belongs: boolean,
  rate: number,
): TreatyAction | null {
  if (!belongs) return member ? [LEAVE, {}] : null;
  if (!member) return [JOIN, { rate }];
  return rate === vote ? null : [VOTE, { rate }];
}

/** The aims of a nation with this config; an alarm that it heeds raises them. */
export function aimsOf(config: NationConfig, world: Partial<WorldVariables>, memory: AgentMemory, turn: number): Aims {
  const stance = STANCES[config.strategy];
  const alarm = config.heeds_alarm ? alarmRate(memory) : undefined;
  const price = config.carbon_price * PRICE_GROWTH ** (STEP_YEARS * turn);
  const own = world.backstop_price === undefined ? 0 : rateAtPrice(price, world.backstop_price, COSTS);
  const least = Math.max(own, config.strategy === "free_rider" ? alarm ?? 0 : 0);
  return {
    least,
    most: Math.max(least, config.ambition ?? stance.ambition, alarm ?? 0),
    step: alarm === undefined ? config.step ?? stance.step : config.max_step,
  };
}

/** The rate it proposes to all: its ambition at first, then closer to the middle of what the others propose. */
export function proposal(config: NationConfig, aims: Aims, mail: Mail, memory: AgentMemory): number {
  const concession = config.concession ?? STANCES[config.strategy].concession;
  // An alarm is no matter for bargaining.
  const alarmed = config.heeds_alarm && alarmRate(memory) !== undefined;
  const last = alarmed ? aims.most : ownProposal(memory) ?? aims.most;
  const others = middle(mail.proposals);
  return others === undefined || alarmed ? last : last + concession * (others - last);
}

/** What another will do this turn: as it promised, as far as it can be trusted, and for the rest as it did last. */
export function expectedOf(other: Other, mail: Mail, memory: AgentMemory): number | undefined {
  const promised = mail.promises.get(other.name);
  const did = observedAbatement(other);
  if (promised === undefined) return did;
  const trust = trustIn(other.name, memory);
  return trust * promised + (1 - trust) * Math.min(promised, did ?? 0);
}

/** The rate that a nation would choose this turn, before promises, treaty and the limit of a step. */
export function wishedRate(
  own: Nation,
  others: readonly Other[],
  config: NationConfig,
  aims: Aims,
  mail: Mail,
  memory: AgentMemory,
): number {
  switch (config.strategy) {
    case "free_rider":
      return aims.least;
    case "green":
      return within(own.abatement + aims.step, aims);
    case "cooperator":
      return within(Math.min(own.abatement + aims.step, proposal(config, aims, mail, memory)), aims);
    case "conditional": {
      const expected = weightedMean(others, (other) => expectedOf(other, mail, memory));
      return within((expected ?? own.abatement) + aims.step, aims);
    }
  }
}

/** The rate closest to `wished` that one step allows, from 0 to 1. */
export function withinStep(wished: number, own: Nation, config: NationConfig): number {
  return clamp(wished, reachOf(own, config));
}

/** The rates that one step allows, from 0 to 1. */
export function reachOf(own: Nation, { max_step }: Pick<NationConfig, "max_step">): Bounds {
  return { min: Math.max(0, own.abatement - max_step), max: Math.min(1, own.abatement + max_step) };
}

/** Whether it wants to belong to the treaty. */
export function wantsToBelong(
  own: Nation,
  others: readonly Other[],
  config: NationConfig,
  world: Partial<WorldVariables>,
): boolean {
  switch (config.strategy) {
    case "green":
    case "cooperator":
      return true;
    case "conditional":
      return membersShare(others) >= CRITICAL_MASS &&
        (weightedMean(others.filter(({ member }) => member === true), ({ compliance }) => compliance) ?? 1) >=
          ENOUGH_COMPLIANCE;
    case "free_rider":
      return sanctionsExceedCosts(own, others, world);
  }
}

/** Whether staying outside would cost more than doing what the treaty asks; it looks no further than today's costs. */
function sanctionsExceedCosts(own: Nation, others: readonly Other[], world: Partial<WorldVariables>): boolean {
  const { treaty_in_force, treaty_sanction, treaty_rate, backstop_price } = world;
  if (treaty_in_force !== true || treaty_rate === undefined || backstop_price === undefined) return false;
  const outside = (treaty_sanction ?? 0) * membersShare(others);
  const inside = abatementCostShare(treaty_rate, own.intensity, backstop_price, COSTS);
  return outside > inside;
}

/** Members' share of the output of those whose output is seen. */
function membersShare(others: readonly Other[]): number {
  return weightedMean(others, ({ member }) => member === true ? 1 : 0) ?? 0;
}

/** The mean of what is known, weighted by output; undefined when nothing is. */
function weightedMean(others: readonly Other[], value: (other: Other) => number | undefined): number | undefined {
  let sum = 0;
  let weight = 0;
  for (const other of others) {
    const known = value(other);
    if (known === undefined || other.gross_output === undefined) continue;
    sum += known * other.gross_output;
    weight += other.gross_output;
  }
  return weight > 0 ? sum / weight : undefined;
}

/** What a free rider that bluffs promises; a silent one promises nothing. */
function bluffed(rate: number, { bluff }: NationConfig): number | undefined {
  return bluff > 0 ? Math.min(1, rate + bluff) : undefined;
}

function within(rate: number, { least, most }: Aims): number {
  return clamp(rate, { min: least, max: most });
}
