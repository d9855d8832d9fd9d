import { assertEquals, assertNear, assertThrows, assertTrue } from "../tests/support/assert.ts";
import fc from "../tests/support/properties.ts";
import { MemberLayout } from "./member_columns.ts";
import { MemberDraws } from "./member_draws.ts";
import { createMembers, type Members, PopulationMap } from "./members.ts";
import type { PopulationContext } from "./population.ts";
import { Rng } from "./rng.ts";
import { fillBlocks } from "./threefry.ts";

const LAYOUT = new MemberLayout({ x: { type: "float", default: 0 } });

/** Members with these ids, ascending. */
function membersWith(ids: readonly number[]): Members {
  const all = createMembers("people", LAYOUT, (ids.at(-1) ?? -1) + 1);
  const kept = new Set(ids);
  return PopulationMap.of([all])
    .update("people", (next) => next.keep(Array.from({ length: next.size }, (_, id) => kept.has(id) ? 1 : 0)))
    .get("people")!;
}

function contextOf(members: Members, { seed = 1, turn = 3, population = "people" } = {}): PopulationContext {
  return new MemberDraws(seed, population).context(members, { turn, files: "", log: () => {} });
}

/** Everything that members draw, by id. */
function drawn(members: Members, context = contextOf(members)): { [id: number]: readonly number[] } {
  const [uniforms, small, large, normals] = [
    context.uniforms("a"),
    context.integers("a", 1000),
    context.integers("b", 2 ** 31),
    context.normals("a"),
  ];
  return Object.fromEntries(
    Array.from(members.ids, (id, i) => [
      id,
      [uniforms[i]!, small[i]!, large[i]!, normals[i]!, context.rngOf(i, "a").next()],
    ]),
  );
}

Deno.test("fillBlocks() gives the blocks that Rng draws", () => {
  for (const [key, turn] of [[[0, 0], 0], [[0xffffffff, 0x12345678], 7], [[1, 0x80000000], 0x7fffffff]] as const) {
    const words = new Uint32Array(40);
    fillBlocks(words, key, turn, Uint32Array.from({ length: 20 }, (_, i) => i));
    const stream = new Rng(key, turn);
    assertEquals([...words], Array.from({ length: 20 }, () => stream.nextBlock()).flat());
  }
});

Deno.test("what a member draws does not depend on how many others there are, and who", () => {
  const all = drawn(createMembers("people", LAYOUT, 64));
  const some = fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 64 });
  fc.assert(fc.property(some, (ids) => {
    const members = membersWith(ids.sort((a, b) => a - b));
    for (const [id, values] of Object.entries(drawn(members))) assertEquals(values, all[Number(id)]!, `member ${id}`);
  }));
});

Deno.test("which of two members comes first does not depend on the others", () => {
  const order = (members: Members) => [...contextOf(members).order("a")].map((position) => members.ids[position]!);
  const all = order(createMembers("people", LAYOUT, 64));
  const some = fc.uniqueArray(fc.integer({ min: 0, max: 63 }), { maxLength: 64 });
  fc.assert(fc.property(some, (ids) => {
    const kept = new Set(ids);
    assertEquals(order(membersWith(ids.sort((a, b) => a - b))), all.filter((id) => kept.has(id)));
  }));
});

Deno.test("draws differ by seed, population, purpose, kind, turn and member, and are the same again", () => {
  const members = createMembers("people", LAYOUT, 8);
  const of = (context: PopulationContext, purpose = "a") => [...context.uniforms(purpose)];
  const one = of(contextOf(members));
  assertEquals(of(contextOf(members)), one);
  const others = [
    of(contextOf(members, { seed: 2 })),
    of(contextOf(members, { population: "others" })),
    of(contextOf(members), "b"),
    of(contextOf(members, { turn: 4 })),
    [...contextOf(members).integers("a", 2 ** 20)].map((value) => value / 2 ** 20),
    Array.from(one, (_, i) => contextOf(members).rngOf(i, "a").next()),
  ];
  const seen = new Set(one);
  assertEquals(seen.size, 8);
  for (const values of others) {
    for (const value of values) {
      assertTrue(!seen.has(value), `${value} was drawn twice`);
      seen.add(value);
    }
  }
});

Deno.test("draws of one purpose stay while others are drawn, and follow the members when they change", () => {
  const draws = new MemberDraws(1, "people");
  const base = { turn: 3, files: "", log: () => {} };
  const members = createMembers("people", LAYOUT, 10);
  const context = draws.context(members, base);
  const [first, again] = [context.uniforms("a"), [...context.uniforms("a")]];
  context.uniforms("b");
  context.integers("a", 5);
  assertEquals([...first], again);
  PopulationMap.of([members]).update("people", (next) => {
    const inside = draws.context(next, base);
    next.keep([0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    assertEquals([...inside.uniforms("a")], again.filter((_, i) => i % 2 === 1));
    next.append(1);
    assertEquals(inside.uniforms("a").length, 6);
  });
  assertEquals([...context.uniforms("a")], again);
});

Deno.test("integers() are below their bound and equally likely, whether 32 bits divide evenly or not", () => {
  const members = createMembers("people", LAYOUT, 60_000);
  for (const bound of [1, 2, 3, 7, 10]) {
    const counts = new Array<number>(bound).fill(0);
    for (const value of contextOf(members).integers(`of ${bound}`, bound)) counts[value]!++;
    const expected = 60_000 / bound;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    // Far beyond the 99.99 % quantile of nine degrees of freedom.
    assertTrue(chiSquare < 40, `${bound}: ${counts.join(" ")}`);
  }
  for (const bound of [2 ** 21, 2 ** 21 + 1, 3 * 2 ** 29, 2 ** 31 - 1, 2 ** 31]) {
    const values = contextOf(members).integers("large", bound);
    assertTrue(values.every((value) => value >= 0 && value < bound));
    assertNear(values.reduce((sum, value) => sum + value / bound, 0) / 60_000, 0.5, 0.01, `${bound}:`);
  }
  for (const bound of [0, -1, 1.5, NaN, 2 ** 31 + 1]) assertThrows(() => contextOf(members).integers("x", bound));
});

Deno.test("uniforms() are in [0, 1) with the moments of a uniform, normals() with those of a normal", () => {
  const members = createMembers("people", LAYOUT, 100_000);
  const moments = (values: Float64Array) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
  };
  const uniforms = contextOf(members).uniforms("a");
  assertTrue(uniforms.every((value) => value >= 0 && value < 1));
  assertNear(moments(uniforms).mean, 0.5, 0.005);
  assertNear(moments(uniforms).variance, 1 / 12, 0.002);
  const normals = contextOf(members).normals("a");
  assertNear(moments(normals).mean, 0, 0.02);
  assertNear(moments(normals).variance, 1, 0.03);
  // Those that share a block are independent too.
  const covariance = normals.reduce((sum, value, i) => i % 2 === 0 ? sum + value * normals[i + 1]! : sum, 0) / 50_000;
  assertNear(covariance, 0, 0.02);
});

Deno.test("order() holds every position once, and the first place goes around", () => {
  const members = createMembers("people", LAYOUT, 100);
  const firsts = new Set<number>();
  for (let turn = 1; turn <= 50; turn++) {
    const order = contextOf(members, { turn }).order("a");
    assertEquals([...order].sort((a, b) => a - b), Array.from({ length: 100 }, (_, i) => i));
    firsts.add(order[0]!);
  }
  assertTrue(firsts.size > 25, `${firsts.size} of 50`);
});

Deno.test("nobody draws nothing", () => {
  const context = contextOf(createMembers("people", LAYOUT, 0));
  assertEquals([context.uniforms("a").length, context.order("a").length], [0, 0]);
  assertThrows(() => context.rngOf(0, "a"));
});
