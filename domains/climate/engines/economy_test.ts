import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { BASELINE } from "../tests/dice_2016r.ts";
import { abatementCostShare, damageShare, nextCapital, production, rateAtPrice, WORLD_2015 } from "./economy.ts";
import {
  backstopDecline,
  intensityFactor,
  landEmissions,
  otherForcing,
  populationFactor,
  productivityFactor,
  worldPopulation,
} from "./trends.ts";

const DAMAGES = { damage_coefficient: 0.00236, damage_exponent: 2 };
const COSTS = { abatement_exponent: 2.6 };

Deno.test("economy: with the baseline's investment and warming it has the baseline's output and emissions", () => {
  let [capital, productivity, intensity]: number[] = [WORLD_2015.capital, 5.115, WORLD_2015.intensity];
  BASELINE.forEach((year, turn) => {
    const gross = production(productivity!, capital!, worldPopulation(turn));
    assertNear(gross, year.gross_output, 2e-5 * gross, `gross output in ${year.year}:`);
    const backstop = 550 * backstopDecline(turn);
    const rate = rateAtPrice(2 * 1.02 ** (5 * turn), backstop, COSTS);
    const costs = damageShare(year.temperature, DAMAGES) + abatementCostShare(rate, intensity!, backstop, COSTS);
    assertNear(gross * (1 - costs), year.net_output, 2e-5 * gross, `net output in ${year.year}:`);
    assertNear(
      intensity! * gross * (1 - rate) + landEmissions(turn),
      year.emissions,
      2e-3,
      `emissions in ${year.year}:`,
    );
    capital = nextCapital(capital!, year.investment);
    productivity! *= productivityFactor(turn);
    intensity! *= intensityFactor(turn);
  });
});

Deno.test("economy: damages are those of DICE-2016R: 0.236 % of output at 1 °C, 2.1 % at 3 °C, 8.5 % at 6 °C", () => {
  assertEquals([0, 1, 3, 6].map((warming) => Number(damageShare(warming, DAMAGES).toFixed(4))), [
    0,
    0.0024,
    0.0212,
    0.085,
  ]);
  assertEquals(damageShare(-1, DAMAGES), 0);
  assertEquals(damageShare(1e3, DAMAGES), 0.95);
});

Deno.test("economy: avoiding everything in 2015 costs 7.4 % of output, half of it a sixth of that", () => {
  const cost = (rate: number) => abatementCostShare(rate, WORLD_2015.intensity, 550, COSTS);
  assertNear(cost(1), 0.0741, 1e-4);
  assertNear(cost(0.5) / cost(1), 0.5 ** 2.6, 1e-12);
  assertEquals(cost(0), 0);
});

Deno.test("economy: the last tonne avoided costs the price, and the backstop's price avoids everything", () => {
  const backstop = 550;
  for (const price of [2, 50, 300]) {
    const rate = rateAtPrice(price, backstop, COSTS);
    const cost = (at: number) => 1000 * abatementCostShare(at, 1, backstop, COSTS);
    assertNear((cost(rate + 1e-6) - cost(rate - 1e-6)) / 2e-6, price, 1e-3 * price);
  }
  assertEquals(rateAtPrice(backstop, backstop, COSTS), 1);
  assertEquals(rateAtPrice(2 * backstop, backstop, COSTS), 1);
  assertEquals(rateAtPrice(1, 0, COSTS), 1);
});

Deno.test("trends: population goes from 7403 to 10 billion in 2055 and 11.5 in the end, as in DICE", () => {
  assertEquals([0, 1, 8, 17].map((turn) => Math.round(worldPopulation(turn))), [7403, 7853, 10004, 11069]);
  assertNear(worldPopulation(300), 11_500, 1e-6);
  assertNear(worldPopulation(5) * populationFactor(5), worldPopulation(6), 1e-9);
});

Deno.test("trends: productivity, decarbonisation, land use, other forcing and backstop are those of DICE", () => {
  assertNear(5.115 * productivityFactor(0), 5.535714, 1e-6);
  assertNear(WORLD_2015.intensity * intensityFactor(0), 0.324682, 1e-6);
  assertEquals([landEmissions(0), otherForcing(0), otherForcing(17), otherForcing(40)], [2.6, 0.5, 1, 1]);
  assertNear(landEmissions(1), 2.301, 1e-9);
  assertNear(550 * backstopDecline(1), 536.25, 1e-9);
  assertTrue(productivityFactor(0, 2) > productivityFactor(0) && productivityFactor(0, 0) === 1);
  assertTrue(Number.isFinite(productivityFactor(0, 1e3)), "growth beyond the formula's pole is cut");
});
