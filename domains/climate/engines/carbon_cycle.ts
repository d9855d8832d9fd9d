/**
 * The three-reservoir carbon cycle of DICE-2016R, in steps of five years (Nordhaus 2017; equations in the README).
 *
 * Invariant: a step moves carbon between reservoirs and adds what is emitted; it neither makes nor loses any.
 */

/** Carbon by reservoir, GtC. */
export interface Carbon {
  readonly atmosphere: number;
  /** Biosphere and upper ocean. */
  readonly upper: number;
  /** Deep ocean. */
  readonly deep: number;
}

/** Years per step. */
export const STEP_YEARS = 5;
/** Mass of CO2 per mass of carbon, as DICE rounds it. */
export const CO2_PER_CARBON = 3.666;
/** GtC in the atmosphere for each ppm of CO2. */
export const CARBON_PER_PPM = 2.13;
/** The reservoirs at rest, in 1750, GtC. */
export const PREINDUSTRIAL: Carbon = { atmosphere: 588, upper: 360, deep: 1720 };

/** Share of the atmosphere's carbon that goes to the upper reservoir in a step. */
const DOWN = 0.12;
/** Share of the upper reservoir's carbon that goes to the deep ocean in a step. */
const DEEPER = 0.007;
// The ways back are such that the preindustrial state is at rest.
const UP = DOWN * PREINDUSTRIAL.atmosphere / PREINDUSTRIAL.upper;
const RISING = DEEPER * PREINDUSTRIAL.upper / PREINDUSTRIAL.deep;

/** The reservoirs five years later; `emissions` are in GtCO2 per year. */
export function nextCarbon({ atmosphere, upper, deep }: Carbon, emissions: number): Carbon {
  const emitted = emissions * STEP_YEARS / CO2_PER_CARBON;
  return {
    atmosphere: atmosphere - DOWN * atmosphere + UP * upper + emitted,
    upper: upper + DOWN * atmosphere - (UP + DEEPER) * upper + RISING * deep,
    deep: deep + DEEPER * upper - RISING * deep,
  };
}

/** Forcing of the CO2 in the atmosphere since 1750, W/m²; `doubling` is that of twice the preindustrial amount. */
export function carbonForcing(atmosphere: number, doubling: number): number {
  return doubling * Math.log2(atmosphere / PREINDUSTRIAL.atmosphere);
}
