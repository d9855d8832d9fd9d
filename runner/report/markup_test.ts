import { assertEquals } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { compactNumber, magnitude, minus, readableNumber } from "./markup.ts";

/** Numbers of every size, and those that people write. */
const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: 0, max: 9 })).map(([n, e]) => n / 10 ** e),
).filter((value) => !Object.is(value, -0));

Deno.test("numbers are written as Intl writes them", () => {
  const decimals = Array.from({ length: 7 }, (_, at) => new Intl.NumberFormat("en-US", { maximumFractionDigits: at }));
  const digits = [3, 4].map((at) => new Intl.NumberFormat("en-US", { maximumSignificantDigits: at }));
  fc.assert(
    fc.property(numbers, (value) => {
      const size = Math.abs(value);
      if (size === 0 || (size >= 1e-4 && size < 1e15)) {
        const at = size >= 1e5 || size === 0 ? 0 : Math.max(0, Math.min(6, 4 - Math.floor(Math.log10(size))));
        assertEquals(readableNumber(value), minus(decimals[at]!.format(value)));
      }
      if (size === 0 || (size >= 1e-3 && size < 1e30)) {
        const { divisor, suffix } = magnitude(size);
        assertEquals(compactNumber(value), minus(digits[size >= 1e15 ? 0 : 1]!.format(value / divisor)) + suffix);
      }
    }),
    { numRuns: 5000 },
  );
});
