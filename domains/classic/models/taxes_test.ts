import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { giniOf, levy, payOut } from "./taxes.ts";

const wealths = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });
const share = fc.double({ min: 0, max: 1, noNaN: true });
const total = (wealth: Float64Array) => wealth.reduce((sum, own) => sum + own, 0);

Deno.test("levy and payOut: what is taken is what the members lose, what is paid out what they get", () => {
  fc.assert(fc.property(wealths, share, fc.double({ min: 0, max: 100, noNaN: true }), (owned, rate, exempt) => {
    const wealth = Float64Array.from(owned);
    const before = total(wealth);
    const revenue = levy(wealth, rate, exempt);
    assertNear(total(wealth) + revenue, before, 1e-9 * (1 + before));
    assertTrue(wealth.every((own, i) => own >= Math.min(owned[i]!, exempt) - 1e-9), "what is exempt stays");
    assertEquals(payOut(wealth, revenue), revenue);
    assertNear(total(wealth), before, 1e-9 * (1 + before));
  }));
});

Deno.test("levy: a flat tax paid out to all makes no one's rank change and never raises gini", () => {
  fc.assert(fc.property(wealths, share, (owned, rate) => {
    const wealth = Float64Array.from(owned);
    payOut(wealth, levy(wealth, rate, 0));
    assertTrue(giniOf(wealth) <= giniOf(Float64Array.from(owned)) + 1e-9);
  }));
});

Deno.test("payOut: pays nothing where there is nobody", () => {
  assertEquals(payOut(new Float64Array(0), 5), 0);
});

Deno.test("giniOf: 0 when all own the same or nothing, (n − 1)/n when one owns all", () => {
  assertEquals(giniOf(Float64Array.of(3, 3, 3)), 0);
  assertEquals(giniOf(Float64Array.of(0, 0)), 0);
  assertEquals(giniOf(Float64Array.of(0, 8, 0, 0)), 0.75);
});
