import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { normalCdf, normalQuantile, studentQuantile, studentTwoSidedP } from "./distributions.ts";

Deno.test("normalQuantile: the values that Wichura (1988) gives for checking AS 241, and one in the tail", () => {
  assertNear(normalQuantile(0.25), -0.6744897501960817, 1e-15);
  assertNear(normalQuantile(0.001), -3.090232306167814, 1e-14);
  assertNear(normalQuantile(1e-8), -5.612001244174789, 1e-9);
});

Deno.test("normalQuantile: the quantiles that tables print", () => {
  assertEquals(normalQuantile(0.5), 0);
  for (const [p, z] of [[0.9, 1.281552], [0.95, 1.644854], [0.975, 1.959964], [0.995, 2.575829], [0.9995, 3.290527]]) {
    assertNear(normalQuantile(p!), z!, 5e-7);
  }
});

Deno.test("normalQuantile: is odd about one half and rises, and normalCdf leads back", () => {
  const probability = fc.double({ min: 1e-8, max: 0.5, noNaN: true });
  fc.assert(fc.property(probability, (p) => assertNear(normalQuantile(p), -normalQuantile(1 - p), 1e-6)));
  fc.assert(fc.property(probability, (p) => assertTrue(normalQuantile(p) > normalQuantile(p * 0.99))));
  fc.assert(fc.property(probability, (p) => assertNear(normalCdf(normalQuantile(p)), p, 1e-9 * p + 1e-15)));
});

Deno.test("normalQuantile: there is none at 0, at 1 and outside", () => {
  for (const p of [0, 1, -0.1, 1.1, NaN]) assertThrows(() => normalQuantile(p), "bad_statistic");
});

Deno.test("studentQuantile: the table of Fisher and Yates, and what tables do not print", () => {
  for (
    const [p, df, t] of [
      [0.975, 1, 12.706],
      [0.975, 2, 4.303],
      [0.975, 7, 2.365],
      [0.975, 14, 2.145],
      [0.975, 30, 2.042],
      [0.95, 9, 1.833],
      [0.995, 9, 3.25],
      [0.9995, 4, 8.61],
    ] as const
  ) {
    assertNear(studentQuantile(p, df), t, 5e-4);
  }
  // With 30 digits from mpmath.
  assertNear(studentQuantile(0.975, 7), 2.364624251592785, 1e-7);
  assertNear(studentQuantile(0.975, 10.37), 2.217409658529482, 1e-7);
  assertNear(studentQuantile(0.975, 1000), 1.9623390808264083, 1e-7);
});

Deno.test("studentQuantile: comes to the normal quantile, and studentTwoSidedP leads back", () => {
  assertNear(studentQuantile(0.975, 1e7), 1.959964, 1e-5);
  const cases = [
    fc.double({ min: 0.001, max: 0.499, noNaN: true }),
    fc.double({ min: 1, max: 5000, noNaN: true }),
  ] as const;
  fc.assert(fc.property(...cases, (p, df) => {
    assertNear(studentTwoSidedP(studentQuantile(p, df), df), 2 * p, 1e-6);
  }));
});

Deno.test("Student's: probabilities and degrees of freedom that cannot be are refused", () => {
  for (const p of [0, 1, NaN]) assertThrows(() => studentQuantile(p, 3), "bad_statistic");
  for (const df of [0, -1, NaN]) {
    assertThrows(() => studentQuantile(0.5, df), "bad_statistic");
    assertThrows(() => studentTwoSidedP(1, df), "bad_statistic");
  }
});
