/** Validator `tax_law`: what a tax may take. */

import { type Action, BaseValidator, type SimulationState, type Verdict } from "llm-sim";
import { z } from "zod";
import { isPopulation, isShare, PAY_OUT, TAX } from "../engines/classic.ts";
import type { MoneyVariables } from "../variables.ts";

/** Config of validator `tax_law`. */
export const taxLawConfig = z.strictObject({
  max_rate: z.number().min(0).max(1).default(0.5).describe("highest share of anybody's wealth that one tax may take"),
});

/** Judges `tax` and `pay_out`; every rejection has its reason. */
export class TaxLawValidator extends BaseValidator<z.output<typeof taxLawConfig>, MoneyVariables> {
  static override readonly config = taxLawConfig;
  static override readonly description = "Rejects unknown actions, taxes above max_rate and payments to nobody.";

  override validateAction({ action_name, parameters }: Action, state: SimulationState<MoneyVariables>): Verdict {
    const { of, to, rate, exempt = 0, share = 1 } = parameters;
    const reason = action_name === TAX
      ? wrongName(of, state) ?? wrongTax(rate, exempt, this.config.max_rate)
      : action_name === PAY_OUT
      ? wrongName(to, state) ?? (isShare(share) ? undefined : `share must be from 0 to 1, not ${shown(share)}`)
      : `unknown action '${action_name}'; known: ${TAX}, ${PAY_OUT}`;
    return reason === undefined ? true : { accepted: false, reason };
  }
}

type Parameter = Action["parameters"][string] | undefined;

function wrongName(name: Parameter, state: SimulationState<MoneyVariables>): string | undefined {
  if (isPopulation(name, state)) return undefined;
  return `there is no population ${shown(name)}; known: ${state.populations.names().join(", ") || "none"}`;
}

function wrongTax(rate: Parameter, exempt: Parameter, max: number): string | undefined {
  if (!isShare(rate)) return `rate must be from 0 to 1, not ${shown(rate)}`;
  if (rate > max) return `a rate of ${rate} is above ${max}`;
  return typeof exempt === "number" && exempt >= 0 ? undefined : `exempt must be 0 or more, not ${shown(exempt)}`;
}

function shown(value: Parameter): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
