import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { afterMeeting, degroot, drawnBack, hegselmannKrause, isClose } from "./opinion_rules.ts";

const opinion = fc.double({ min: 0, max: 1, noNaN: true });
const others = fc.array(fc.record({ opinion, weight: fc.double({ min: 0, max: 5, noNaN: true }) }), { maxLength: 8 });

function equal(...opinions: number[]) {
  return opinions.map((opinion) => ({ opinion, weight: 1 }));
}

Deno.test("degroot: one's own opinion counts like another's, or as much as is said; others by their weights", () => {
  assertNear(degroot(0, equal(0.6, 0.9)), 0.5, 1e-12);
  assertNear(degroot(0, equal(0.6, 0.9), 0.5), 0.375, 1e-12);
  assertNear(degroot(1, [{ opinion: 0, weight: 3 }, { opinion: 1, weight: 1 }], 0), 0.25, 1e-12);
  assertEquals([degroot(0.3, []), degroot(0.3, [], 0), degroot(0.3, [{ opinion: 1, weight: 0 }])], [0.3, 0.3, 0.3]);
});

Deno.test("degroot, hegselmann_krause: an opinion stays within those that made it", () => {
  fc.assert(fc.property(opinion, others, opinion, (own, heard, confidence) => {
    const all = [own, ...heard.map(({ opinion }) => opinion)];
    for (const next of [degroot(own, heard), hegselmannKrause(own, heard, confidence)]) {
      assertTrue(next >= Math.min(...all) - 1e-12 && next <= Math.max(...all) + 1e-12, `${next} of ${all}`);
    }
    assertTrue(Math.abs(hegselmannKrause(own, heard, confidence) - own) <= confidence + 1e-12);
  }));
});

Deno.test("friedkin-johnsen: between influence and the first opinion", () => {
  assertEquals([drawnBack(0.8, 0.2, 1), drawnBack(0.8, 0.2, 0)], [0.8, 0.2]);
  assertNear(drawnBack(0.8, 0.2, 0.5), 0.5, 1e-12);
});

Deno.test("hegselmann_krause: who is too far away does not count, who is just as far as the confidence does", () => {
  assertNear(hegselmannKrause(0.5, equal(0.25, 0.75, 0.8), 0.25), 0.5, 1e-12);
  assertNear(hegselmannKrause(0.5, equal(0.6, 0.9), 0.2), 0.55, 1e-12);
  assertEquals(hegselmannKrause(0.5, equal(0.6, 0.9), 0), 0.5);
  const full = hegselmannKrause(0.1, equal(0.5, 0.9), 1);
  assertNear(full, 0.5, 1e-12, "with full confidence it is the mean of all");
});

Deno.test("deffuant: a meeting keeps the sum, and at rate one half both meet in the middle", () => {
  fc.assert(fc.property(opinion, opinion, fc.double({ min: 0, max: 0.5, noNaN: true }), (a, b, rate) => {
    const [a2, b2] = [afterMeeting(a, b, rate), afterMeeting(b, a, rate)];
    assertNear(a2 + b2, a + b, 1e-12);
    assertTrue(Math.abs(a2 - b2) <= Math.abs(a - b) + 1e-12);
  }));
  assertEquals([afterMeeting(0.2, 0.6, 0.5), isClose(0.2, 0.5, 0.3), isClose(0.2, 0.49, 0.3)], [0.4, false, true]);
});
