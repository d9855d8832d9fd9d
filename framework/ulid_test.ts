import fc from "../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { EventIds, ulidTime } from "./ulid.ts";

const NOON = Date.UTC(2026, 0, 1, 12);

Deno.test("EventIds makes ULIDs: 26 characters of Crockford's base 32", () => {
  const ids = new EventIds(1, "run");
  for (const number of [0, 1, 31, 32, 1023, 1024, 2 ** 32, 2 ** 40 - 1]) {
    assertMatches(ids.id(number, NOON), /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  }
});

Deno.test("EventIds writes time, run and number where the specification has time and randomness", () => {
  const ids = new EventIds(1, "run");
  const [first, second] = [ids.id(0, 1469918176385), ids.id(33, 1469918176385)];
  // the time of the ULID specification's own example, 01ARYZ6S41TSV4RRFFQ69G5FAV
  assertEquals(first.slice(0, 10), "01ARYZ6S41");
  assertEquals(first.slice(18), "00000000");
  assertEquals(second.slice(18), "00000011");
  assertEquals(second.slice(0, 18), first.slice(0, 18));
  assertEquals(ids.id(2 ** 40 - 1, 2 ** 48 - 1).slice(0, 10), "7ZZZZZZZZZ");
  assertEquals(ids.id(2 ** 40 - 1, 0).slice(18), "ZZZZZZZZ");
});

Deno.test("EventIds gives the same ids for the same run and others for any other", () => {
  const id = (seed: number, runKey?: string) => new EventIds(seed, runKey).id(5, NOON);
  assertEquals(id(1, "run"), id(1, "run"));
  const different = [id(1, "run"), id(2, "run"), id(1, "other"), id(1), id(11), id(-1), id(Number.MAX_SAFE_INTEGER)];
  assertEquals(new Set(different).size, different.length);
});

Deno.test("EventIds does not depend on what was asked before", () => {
  const ids = new EventIds(3);
  const calls = fc.array(fc.tuple(fc.constantFrom(0, 1, 1023, 1024, 2 ** 33), fc.constantFrom(0, 5, NOON)), {
    minLength: 1,
  });
  fc.assert(fc.property(calls, (calls) => {
    for (const [number, time] of calls) assertEquals(ids.id(number, time), new EventIds(3).id(number, time));
  }));
});

Deno.test("EventIds sorts by time, then by number", () => {
  const ids = new EventIds(1, "run");
  const number = fc.integer({ min: 0, max: 2 ** 40 - 1 });
  const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
  fc.assert(fc.property(number, number, time, time, (a, b, early, late) => {
    assertEquals(Math.sign(a - b), order(ids.id(a, early), ids.id(b, early)));
    if (early !== late) assertEquals(early < late, ids.id(a, early) < ids.id(b, late));
  }));
});

Deno.test("EventIds refuses numbers and times that do not fit, and goes on", () => {
  const ids = new EventIds(1);
  const before = ids.id(7, NOON);
  for (const wrong of [-1, 0.5, NaN, Infinity, 2 ** 40]) {
    assertMatches(
      assertThrows(() => ids.id(wrong, NOON)).message,
      /event number is an integer from 0 to 1099511627775/,
    );
  }
  for (const wrong of [-1, 0.5, NaN, Infinity, 2 ** 48]) {
    assertMatches(assertThrows(() => ids.id(7, wrong)).message, /the time is an integer/);
  }
  assertEquals(ids.id(7, NOON), before);
});

Deno.test("ulidTime() reads back the time", () => {
  assertEquals(ulidTime("01ARYZ6S41TSV4RRFFQ69G5FAV"), 1469918176385);
  assertEquals(ulidTime("01aryz6s41tsv4rrffq69g5fav"), 1469918176385);
  const ids = new EventIds(1);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (time) => assertEquals(ulidTime(ids.id(1, time)), time)),
  );
});

Deno.test("ulidTime() refuses what is no ULID", () => {
  const wrong = [
    "",
    "01ARYZ6S41",
    "81ARYZ6S41TSV4RRFFQ69G5FAV",
    "01ARYZ6S41TSV4RRFFQ69G5FAU",
    "01ARYZ6S41TSV4RRFFQ69G5FAVX",
  ];
  for (const text of wrong) assertThrows(() => ulidTime(text), "bad_ulid");
  assertTrue(assertThrows(() => ulidTime("x".repeat(5000))).message.length < 100);
});

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
