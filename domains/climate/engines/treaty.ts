/**
 * The treaty: who belongs to it, what its members agree on, what it asks of each, and what breaking it costs.
 *
 * In force it asks every member for the agreed rate, approached by `phase_in` per turn since it joined. Nations outside
 * and members in breach may be sanctioned by the members that comply (a climate club, Nordhaus 2015).
 */

import type { AgentState } from "llm-sim";
import { clamp, NATION_BOUNDS, type NationVariables, WORLD_BOUNDS, type WorldVariables } from "../variables.ts";
import type { DiceConfig } from "./dice_config.ts";

type Nation = AgentState<NationVariables>;
type Rules = DiceConfig["treaty"];
type Standing = Pick<WorldVariables, "treaty_members" | "treaty_coverage" | "treaty_in_force" | "treaty_rate">;

/** Abatement as a share of what the treaty asked for; 1 where it asked for nothing. */
export function complianceOf({ member, required, abatement }: Nation): number {
  return member && required > 0 ? clamp(abatement / required, NATION_BOUNDS.compliance) : 1;
}

/** Whether a nation is a member that does what is asked of it. */
export function isInGoodStanding({ member, compliance }: Nation, { tolerance }: Rules): boolean {
  return member && compliance >= 1 - tolerance;
}

/** What sanctions cost `nation`, share of its gross output: in proportion to the output of those who impose them. */
export function sanctionOn(nation: Nation, nations: readonly Nation[], inForce: boolean, rules: Rules): number {
  if (!inForce || rules.sanction === 0 || isInGoodStanding(nation, rules)) return 0;
  const others = nations.filter(({ name }) => name !== nation.name);
  const club = others.filter((other) => isInGoodStanding(other, rules));
  const all = sum(others, ({ gross_output }) => gross_output);
  return all > 0 ? rules.sanction * sum(club, ({ gross_output }) => gross_output) / all : 0;
}

/** The treaty after this turn's accessions, withdrawals and votes; `before` is the rate agreed until now. */
export function standingOf(nations: readonly Nation[], before: number, rules: Rules): Standing {
  const members = nations.filter(({ member }) => member);
  const potential = ({ intensity, gross_output }: Nation) => intensity * gross_output;
  const world = sum(nations, potential);
  const coverage = world > 0 ? clamp(sum(members, potential) / world, WORLD_BOUNDS.treaty_coverage) : 0;
  const inForce = members.length > 0 && coverage >= rules.quorum;
  return {
    treaty_members: members.length,
    treaty_coverage: coverage,
    treaty_in_force: inForce,
    treaty_rate: inForce ? clamp(agreedRate(members, before, rules), WORLD_BOUNDS.treaty_rate) : 0,
  };
}

/** What the treaty asks of `nation` in the turn after `turn`. */
export function requirementOf(
  { member, member_since }: Nation,
  { treaty_in_force, treaty_rate }: Standing,
  turn: number,
  { phase_in }: Rules,
): number {
  if (!member || !treaty_in_force) return 0;
  return Math.min(treaty_rate, phase_in * (turn + 1 - member_since));
}

/** The mean of the members' votes, weighted by output, as far as the ratchet allows. */
function agreedRate(members: readonly Nation[], before: number, { ratchet }: Rules): number {
  const weight = sum(members, ({ gross_output }) => gross_output);
  const wanted = weight > 0 ? sum(members, ({ vote, gross_output }) => vote * (gross_output / weight)) : 0;
  return clamp(wanted, { min: before - ratchet, max: before + ratchet });
}

function sum(nations: readonly Nation[], value: (nation: Nation) => number): number {
  return nations.reduce((total, nation) => total + value(nation), 0);
}
