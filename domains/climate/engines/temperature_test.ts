import fc from "../../../tests/support/properties.ts";
import { assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { BASELINE } from "../tests/dice_2016r.ts";
import { carbonForcing } from "./carbon_cycle.ts";
import { nextWarmth, type Sensitivity, type Warmth } from "./temperature.ts";

const DICE: Sensitivity = { climate_sensitivity: 3.1, forcing_doubling: 3.6813 };

/** The warming after so many steps of the same forcing. */
function after(warmth: Warmth, steps: number, forcing: number, sensitivity = DICE): Warmth {
  for (let i = 0; i < steps; i++) warmth = nextWarmth(warmth, forcing, sensitivity);
  return warmth;
}

Deno.test("temperature: with the baseline's forcing it goes through the baseline's warming", () => {
  let warmth: Warmth = { surface: 0.85, ocean: 0.0068 };
  BASELINE.forEach(({ year, temperature, ocean }, i) => {
    assertNear(warmth.surface, temperature, 1e-4, `surface in ${year}:`);
    assertNear(warmth.ocean, ocean, 1e-4, `ocean in ${year}:`);
    const next = BASELINE[i + 1];
    if (next !== undefined) warmth = nextWarmth(warmth, next.forcing, DICE);
  });
});

Deno.test("temperature: at rest with doubled CO2, both boxes are as warm as the climate sensitivity says", () => {
  for (const climate_sensitivity of [1.5, 3.1, 4.5]) {
    const sensitivity = { ...DICE, climate_sensitivity };
    const rest = after({ surface: 0, ocean: 0 }, 5000, carbonForcing(2 * 588, DICE.forcing_doubling), sensitivity);
    assertNear(rest.surface, climate_sensitivity, 1e-9);
    assertNear(rest.ocean, climate_sensitivity, 1e-9);
  }
});

Deno.test("temperature: a world at rest stays there", () => {
  fc.assert(fc.property(fc.double({ min: 0, max: 12, noNaN: true }), (warming) => {
    const still = nextWarmth({ surface: warming, ocean: warming }, warming * 3.6813 / 3.1, DICE);
    assertNear(still.surface, warming, 1e-12);
    assertNear(still.ocean, warming, 1e-12);
  }));
});

Deno.test("temperature: after a step in forcing the surface leads, the deep ocean follows, neither overshoots", () => {
  let warmth: Warmth = { surface: 0, ocean: 0 };
  for (let i = 0; i < 400; i++) {
    const next = nextWarmth(warmth, 3.6813, DICE);
    assertTrue(next.surface > warmth.surface && next.ocean >= warmth.ocean, `step ${i}`);
    assertTrue(next.ocean < next.surface && next.surface < 3.1, `step ${i}`);
    warmth = next;
  }
});
