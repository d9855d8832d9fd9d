/** Config of engine `dice`: the parameters of the model, which are DICE-2016R's where a scenario says nothing. */

import { z } from "zod";

/** A number within bounds, with a default and a description. */
function parameter(value: number, min: number, max: number, description: string) {
  return z.number().min(min).max(max).default(value).describe(description);
}

/** Rules of the treaty. */
const treaty = z.strictObject({
  quorum: parameter(
    0.55,
    0,
    1,
    "coverage from which the treaty is in force: members' share of emissions without abatement",
  ),
  ratchet: parameter(0.1, 0, 1, "most by which the agreed rate changes per turn"),
  phase_in: parameter(0.1, 0, 1, "how much abatement the treaty asks of a member for each turn since it joined"),
  tolerance: parameter(0.05, 0, 1, "share of the required abatement that may be missing without a sanction"),
  sanction: parameter(
    0,
    0,
    0.5,
    "what a nation outside, or in breach, loses if all others sanction it, share of its gross output; 0: no sanctions",
  ),
});

/** Config of engine `dice`. */
export const diceConfig = z.strictObject({
  climate_sensitivity: parameter(3.1, 0.5, 10, "warming at rest with twice the preindustrial CO2, °C"),
  forcing_doubling: parameter(3.6813, 1, 8, "forcing of twice the preindustrial CO2, W/m²"),
  damage_coefficient: parameter(0.00236, 0, 0.1, "damages at 1 °C, share of gross output"),
  damage_exponent: parameter(2, 1, 6, "power of the warming with which damages grow"),
  abatement_exponent: parameter(2.6, 1.5, 5, "power of the abatement rate with which its costs grow"),
  backstop_price: parameter(
    550,
    1,
    10_000,
    "price in 2015 at which all emissions can be avoided, USD of 2010 per tCO2; it falls by 2.5 % per turn",
  ),
  savings_rate: parameter(0.25, 0, 0.9, "share of net output that is invested"),
  treaty: treaty.prefault({}).describe("rules of the treaty that nations may join"),
});

/** Checked config of engine `dice`. */
export type DiceConfig = z.output<typeof diceConfig>;
