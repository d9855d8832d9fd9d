/** What a negotiator is told beside what it sees: what abatement costs it, and who has promised what and kept it. */

import type { AgentMemory, AgentState } from "llm-sim";
import { abatementCostShare } from "../engines/economy.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";
import { type Mail, ownPromise, promisesOf } from "./negotiation.ts";
import { tidy } from "./negotiator_answer.ts";
import { COSTS } from "./nation_policy.ts";

const UNKNOWN = "(not known)";
const RATES = [0.1, 0.25, 0.5, 0.75, 1];

/** What abatement costs nation `own` this turn, a line for each of some rates and for the present one. */
export function costsText(own: Partial<NationVariables>, { backstop_price }: Partial<WorldVariables>): string {
  const { intensity, abatement } = own;
  if (intensity === undefined || backstop_price === undefined) return UNKNOWN;
  const rates = [...new Set([...RATES, ...(abatement === undefined ? [] : [tidy(abatement)])])].sort((a, b) => a - b);
  return rates.map((rate) => {
    const cost = 100 * abatementCostShare(rate, intensity, backstop_price, COSTS);
    return `- rate ${rate}: ${Number(cost.toPrecision(2))} % of your output`;
  }).join("\n");
}

/** Who has promised what for this turn, and how far each has kept to it, a line for each nation and one for itself. */
export function promisesText(
  others: readonly Pick<AgentState, "name">[],
  mail: Mail,
  memory: AgentMemory,
  turn: number,
): string {
  const lines = others.map(({ name }) => {
    const promised = mail.promises.get(name);
    const { kept, judged } = promisesOf(name, memory);
    const now = promised === undefined ? "promises nothing for this turn" : `promises ${tidy(promised)} for this turn`;
    const before = judged === 0 ? "" : `; kept ${kept} of the ${judged} promises that you remember`;
    return `- ${nameText(name)}: ${now}${before}`;
  });
  const own = ownPromise(memory, turn);
  return [`- you: promised ${own === undefined ? "nothing" : tidy(own)} for this turn`, ...lines].join("\n");
}

/** What a rule says to all others: what it proposes and promises, in words; null: it is silent. */
export function ruleSays(name: string, proposal: number | null, pledge: number | null): string | null {
  const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;
  const said = [
    ...(pledge === null ? [] : [`will avoid ${percent(pledge)} of its emissions in the next turn`]),
    ...(proposal === null ? [] : [`proposes ${percent(proposal)} for all`]),
  ];
  return said.length === 0 ? null : `${name} ${said.join(", and ")}.`;
}

/** A name on which nothing else can be built. */
function nameText(name: string): string {
  return /^[\p{L}\p{M}\p{N}_-]+$/u.test(name) ? name : JSON.stringify(name);
}
