import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { BASELINE } from "../tests/dice_2016r.ts";
import { type Carbon, carbonForcing, CO2_PER_CARBON, nextCarbon, PREINDUSTRIAL } from "./carbon_cycle.ts";

function total({ atmosphere, upper, deep }: Carbon): number {
  return atmosphere + upper + deep;
}

/** The reservoirs after so many steps of the same emissions. */
function after(carbon: Carbon, steps: number, emissions = 0): Carbon {
  for (let i = 0; i < steps; i++) carbon = nextCarbon(carbon, emissions);
  return carbon;
}

Deno.test("carbon cycle: with the baseline's emissions it goes through the baseline's reservoirs", () => {
  let carbon: Carbon = { atmosphere: 851, upper: 460, deep: 1740 };
  for (const { year, emissions, atmosphere, upper, deep } of BASELINE) {
    assertNear(carbon.atmosphere, atmosphere, 0.01, `atmosphere in ${year}:`);
    assertNear(carbon.upper, upper, 0.01, `upper in ${year}:`);
    assertNear(carbon.deep, deep, 0.01, `deep in ${year}:`);
    carbon = nextCarbon(carbon, emissions);
  }
});

Deno.test("carbon cycle: a step adds what is emitted, and neither makes nor loses anything else", () => {
  const mass = fc.double({ min: 10, max: 1e5, noNaN: true });
  const carbon = fc.record({ atmosphere: mass, upper: mass, deep: mass });
  fc.assert(fc.property(carbon, fc.double({ min: -100, max: 1000, noNaN: true }), (before, emissions) => {
    const gained = total(nextCarbon(before, emissions)) - total(before);
    assertNear(gained, emissions * 5 / CO2_PER_CARBON, 1e-9 * total(before));
  }));
});

Deno.test("carbon cycle: the preindustrial reservoirs are at rest; without emissions all others come to their proportions", () => {
  const still = nextCarbon(PREINDUSTRIAL, 0);
  for (const [name, mass] of Object.entries(PREINDUSTRIAL)) assertNear(still[name as keyof Carbon], mass, 1e-9, name);
  const start = { atmosphere: 851, upper: 460, deep: 1740 };
  const end = after(start, 10_000);
  const scale = total(start) / total(PREINDUSTRIAL);
  for (const [name, mass] of Object.entries(PREINDUSTRIAL)) {
    assertNear(end[name as keyof Carbon], scale * mass, 1e-3, name);
  }
});

Deno.test("carbon cycle: of an impulse, much is gone from the air in decades, the rest takes many centuries", () => {
  // DICE-2016R keeps more than Earth system models do; those have 0.41 after 100 years (Joos et al. 2013).
  const left = (years: number) => {
    const impulse = { ...PREINDUSTRIAL, atmosphere: PREINDUSTRIAL.atmosphere + 100 };
    return (after(impulse, years / 5).atmosphere - PREINDUSTRIAL.atmosphere) / 100;
  };
  const shares = [0, 50, 100, 500, 1000, 20_000].map(left);
  shares.slice(1).forEach((share, i) => assertTrue(share < shares[i]!, `${shares}`));
  assertNear(left(5), 0.88, 1e-9, "the share that stays for a step");
  assertTrue(left(100) > 0.41 && left(100) < 0.7, `${left(100)} after 100 years`);
  assertNear(left(20_000), PREINDUSTRIAL.atmosphere / total(PREINDUSTRIAL), 1e-6, "what stays for ever");
});

Deno.test("carbon cycle: twice an impulse is twice its effect", () => {
  const impulse = (size: number) => after({ ...PREINDUSTRIAL, atmosphere: 588 + size }, 20).atmosphere - 588;
  assertNear(impulse(200), 2 * impulse(100), 1e-9);
});

Deno.test("carbon cycle: forcing is logarithmic, none before industry and the doubling's for twice as much", () => {
  assertEquals(carbonForcing(588, 3.6813), 0);
  assertNear(carbonForcing(2 * 588, 3.6813), 3.6813, 1e-12);
  assertNear(carbonForcing(4 * 588, 3.6813), 2 * 3.6813, 1e-12);
  assertNear(carbonForcing(851, 3.6813) + 0.5, BASELINE[0]!.forcing, 1e-5);
});
