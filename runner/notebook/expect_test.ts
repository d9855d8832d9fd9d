import { assertEquals, assertMatches } from "../../tests/support/assert.ts";
import { expectations, heldOf } from "./expect.ts";

const VALUE = {
  run_id: "growth_4agents_20260101_120000_01",
  status: "completed",
  turn: 60,
  gini: 0.22118,
  unemployment: 5.25,
  "metric": { unemployment: 4.5 },
  is_done: true,
  nobody: null,
  difference: { output: { fixed: -31.5 }, debt: 2 },
};

const place = (at: number) => ({ line: 10 + at, column: 5 });

/** What becomes of one condition, in a word. */
function judged(condition: string, value: Parameters<typeof heldOf>[0] = VALUE): string {
  const { expect: [view], issues } = expectations([condition], heldOf(value), place);
  return issues.length > 0
    ? `${issues[0]!.code} ${issues[0]!.line}:${issues[0]!.column}`
    : `${view!.holds}: ${view!.found}`;
}

Deno.test("expectations: fields by their names, as global variables, and metrics where both have one", () => {
  assertEquals(judged("gini < 0.3"), "true: gini is 0.22118");
  assertEquals(judged("global.gini >= 0.3"), "false: global.gini is 0.22118");
  assertEquals(judged("unemployment > 5"), "true: unemployment is 5.25");
  assertEquals(judged("metric.unemployment > 5"), "false: metric.unemployment is 4.5");
  assertEquals(judged("metric.gini > 0"), "true: metric.gini is 0.22118");
  assertEquals(judged("turn == 60"), "true: turn is 60");
  assertEquals(judged("difference.output.fixed < 0 and difference.debt > 1").startsWith("true: "), true);
  assertEquals(judged("status == 'completed' and is_done == true").startsWith("true: "), true);
  assertEquals(judged("not gini > 0.5 or turn == 1").startsWith("true: "), true);
});

Deno.test("expectations: words within texts are no names", () => {
  assertMatches(judged("status == 'gini and turn'"), /^false: status is "completed"$/);
  assertMatches(judged('status != "global.gini"'), /^true: /);
});

Deno.test("expectations: what is a plain value is called value", () => {
  assertEquals(judged("value > 3", 4), "true: value is 4");
});

Deno.test("expectations: a condition that cannot be read, or is about nothing, is told at its line, and the others are held", () => {
  assertMatches(judged("gini <"), /^[a-z_]+ 10:5$/);
  const { expect, issues } = expectations(["turn == 60", "gini << 1", "unemploymnt > 1"], heldOf(VALUE), place);
  assertEquals(expect[0], { condition: "turn == 60", holds: true, found: "turn is 60" });
  assertEquals(issues[0]!.line, 11);
  assertEquals(expect[1]!.holds, false);
  assertEquals(expect[2]!.holds, false);
  assertEquals(issues.every(({ message }) => !message.includes("global.")), true, "as the page calls it");
});

Deno.test("expectations: without a value nothing holds or does not", () => {
  assertEquals(heldOf(undefined), null);
  const { expect, issues } = expectations(["turn == 1", "turn =="], null, place);
  assertEquals(expect.map(({ holds }) => holds), [null, null]);
  assertEquals(issues.length, 1, "what cannot be read is told at once");
  assertEquals(expectations(undefined, heldOf(VALUE), place), { expect: [], issues: [] });
});
