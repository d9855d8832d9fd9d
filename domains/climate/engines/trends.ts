/** What DICE-2016R takes as given: paths by turn. Turn 0 is 2015, DICE's first period; a turn is five years. */

const POPULATION = { start: 7403, limit: 11_500, approach: 0.134 } as const;
const PRODUCTIVITY_GROWTH = { start: 0.076, decline: 0.025 } as const;
const DECARBONISATION = { start: -0.0152, decline: 0.001 } as const;
const BACKSTOP_DECLINE = 0.025;
const LAND = { start: 2.6, decline: 0.115 } as const;
const OTHER_FORCING = { start: 0.5, end: 1, turns: 17 } as const;

/** World population, millions: the distance to the limit shrinks, in logarithms, by 13.4 % per turn. */
export function worldPopulation(turn: number): number {
  const { start, limit, approach } = POPULATION;
  return limit * (start / limit) ** ((1 - approach) ** turn);
}

/** Factor by which a population grows from turn `turn` to the next. */
export function populationFactor(turn: number): number {
  return worldPopulation(turn + 1) / worldPopulation(turn);
}

/** Factor by which productivity grows from turn `turn` to the next; `growth` multiplies DICE's rate of growth. */
export function productivityFactor(turn: number, growth = 1): number {
  return 1 / (1 - Math.min(0.9, growth * PRODUCTIVITY_GROWTH.start * Math.exp(-PRODUCTIVITY_GROWTH.decline * turn)));
}

/** Factor by which emissions per output change from turn `turn` to the next. */
export function intensityFactor(turn: number): number {
  return Math.exp(5 * DECARBONISATION.start * (1 - DECARBONISATION.decline) ** (5 * turn));
}

/** Share of the backstop's price of 2015 that is left in turn `turn`. */
export function backstopDecline(turn: number): number {
  return (1 - BACKSTOP_DECLINE) ** turn;
}

/** Emissions of land use, GtCO2 per year. */
export function landEmissions(turn: number): number {
  return LAND.start * (1 - LAND.decline) ** turn;
}

/** Forcing of everything but CO2, W/m²: rises evenly until 2100. */
export function otherForcing(turn: number): number {
  const { start, end, turns } = OTHER_FORCING;
  return start + (end - start) * Math.min(turn, turns) / turns;
}
