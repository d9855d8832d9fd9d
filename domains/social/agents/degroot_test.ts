import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { network, opinionsOf, type PersonEntry, play, society } from "../tests/harness.ts";
import { influence, leftEigenvector, solve } from "../tests/linear_algebra.ts";
import { degrootConfig } from "./degroot.ts";

type Edge = readonly [string, string, number?];

/** People A, B, C … with these opinions, each at the location of its name. */
function people(opinions: readonly number[], given: Partial<PersonEntry>[] = []): PersonEntry[] {
  return opinions.map((opinion, i) => {
    const name = String.fromCharCode(65 + i);
    const entry = { name, type: "degroot" as const, initial_location: name, ...given[i] };
    return { ...entry, variables: { opinion, ...given[i]?.variables } };
  });
}

function ring(size: number): Edge[] {
  const name = (i: number) => String.fromCharCode(65 + i % size);
  return Array.from({ length: size }, (_, i) => [name(i), name(i + 1)] as const);
}

Deno.test("degroot: on a strongly connected, aperiodic network all come to the left eigenvector's mean of first opinions", async () => {
  const weight = fc.double({ min: 0.1, max: 3, noNaN: true });
  const drawn = fc.record({
    size: fc.integer({ min: 2, max: 7 }),
    weights: fc.array(weight, { minLength: 14, maxLength: 14 }),
    chords: fc.array(fc.tuple(fc.nat(6), fc.nat(6)), { maxLength: 7 }),
    opinions: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 7, maxLength: 7 }),
  });
  await fc.assert(
    fc.asyncProperty(drawn, async ({ size, weights, chords, opinions }) => {
      // A directed ring connects all with all; listening to oneself makes it aperiodic.
      const name = (i: number) => String.fromCharCode(65 + i % size);
      const pairs = new Map(ring(size).map(([from, to]) => [`${from}${to}`, [from, to] as const]));
      for (const [a, b] of chords) if (a % size !== b % size) pairs.set(name(a) + name(b), [name(a), name(b)]);
      const edges = [...pairs.values()].map(([from, to], i): Edge => [from, to, weights[i]!]);
      const first = opinions.slice(0, size);
      const names = first.map((_, i) => name(i));
      const shares = leftEigenvector(influence(names, edges));
      const expected = first.reduce((sum, opinion, i) => sum + opinion * shares[i]!, 0);
      const { last } = await play(society(people(first), { spatial: network(edges, true) }), { turns: 800 });
      for (const opinion of opinionsOf(last)) assertNear(opinion, expected, 1e-6);
    }),
    { numRuns: 25 },
  );
});

Deno.test("degroot: where everybody is heard as much as they hear, the mean stays as it was", async () => {
  const opinions = [0.9, 0.1, 0.4, 0.75, 0.2, 0.05, 0.6];
  const mean = opinions.reduce((sum, opinion) => sum + opinion, 0) / opinions.length;
  for (const spatial of [network(ring(7)), undefined]) {
    const { states, last } = await play(society(people(opinions), spatial === undefined ? {} : { spatial }), {
      turns: 300,
    });
    for (const { global_state } of states) assertNear(global_state.mean_opinion, mean, 1e-9);
    for (const opinion of opinionsOf(last)) assertNear(opinion, mean, 1e-9);
  }
});

Deno.test("degroot: two who listen only to each other swap opinions for ever", async () => {
  const config = { self_weight: 0 };
  const { states } = await play(
    society(people([0.2, 0.8], [{ config }, { config }]), { spatial: network([["A", "B"]]) }),
    {
      turns: 11,
    },
  );
  assertEquals(states.slice(-2).map(opinionsOf), [[0.2, 0.8], [0.8, 0.2]]);
});

Deno.test("degroot: one who is stubborn wins", async () => {
  const stubborn = { variables: { stubborn: true } };
  const { last, actions } = await play(
    society(people([0.9, 0.1, 0.2, 0.3, 0.1], [stubborn]), { spatial: network(ring(5)) }),
    { turns: 500 },
  );
  for (const opinion of opinionsOf(last)) assertNear(opinion, 0.9, 1e-9);
  assertEquals(actions.length, 4 * 500, "who is stubborn does nothing");
});

Deno.test("degroot: between two who are stubborn, opinions on a line come to lie on a line", async () => {
  const stubborn = { variables: { stubborn: true } };
  const { last } = await play(
    society(people([0, 0.7, 0.7, 0.1, 1], [stubborn, {}, {}, {}, stubborn]), { spatial: network(ring(5).slice(0, 4)) }),
    { turns: 500 },
  );
  opinionsOf(last).forEach((opinion, i) => assertNear(opinion, i / 4, 1e-9));
});

Deno.test("friedkin-johnsen: opinions come to solve (I − ΛW) x = (I − Λ) x(0)", async () => {
  const [first, susceptibility] = [[0.9, 0.1, 0.5, 0.3], [0.9, 0.6, 1, 0.2]];
  const edges: Edge[] = [["A", "B", 2], ["B", "C", 0.5], ["C", "A", 1], ["C", "D", 3], ["D", "A", 1]];
  const names = ["A", "B", "C", "D"];
  const matrix = influence(names, edges).map((row, i) =>
    row.map((weight, j) => (i === j ? 1 : 0) - susceptibility[i]! * weight)
  );
  const expected = solve(matrix, first.map((opinion, i) => (1 - susceptibility[i]!) * opinion));
  const given = susceptibility.map((share) => ({ config: { susceptibility: share } }));
  const { last } = await play(society(people(first, given), { spatial: network(edges, true) }), { turns: 400 });
  opinionsOf(last).forEach((opinion, i) => assertNear(opinion, expected[i]!, 1e-9, names[i]));
  assertTrue(Math.max(...expected) - Math.min(...expected) > 0.1, "and there is no consensus");
});

Deno.test("degroot: without susceptibility an opinion stays", async () => {
  const { last } = await play(society(people([0.9, 0.1], [{ config: { susceptibility: 0 } }, {}])), { turns: 100 });
  assertEquals(opinionsOf(last)[0], 0.9);
  assertNear(opinionsOf(last)[1]!, 0.9, 1e-9);
});

Deno.test("degroot: people hear their neighbours only, and those at their own location", async () => {
  const apart = society(people([0, 1, 0.5]), { spatial: network([["A", "B"], ["C", "D"]]) });
  assertEquals(opinionsOf((await play(apart, { turns: 1 })).last), [0.5, 0.5, 0.5]);
  const together = society(people([0, 1, 0.5], [{}, { initial_location: "A" }]), { spatial: network([["A", "C"]]) });
  assertEquals(opinionsOf((await play(together, { turns: 1 })).last), [0.5, 0.5, 0.5]);
});

Deno.test("degroot: nearness narrows what is seen, and hearing one's neighbours needs no more", async () => {
  const opinions = [0.9, 0.1, 0.4, 0.75, 0.2];
  const far = society(people(opinions), { spatial: network(ring(5)) });
  const near = { ...far, spatial: { ...far.spatial, proximity_radius: 1 } };
  const [a, b] = [await play(far, { turns: 20 }), await play(near, { turns: 20 })];
  assertEquals(opinionsOf(b.last), opinionsOf(a.last));
});

Deno.test("degroot: config values outside their bounds and unknown keys are refused", () => {
  for (const bad of [{ susceptibility: 1.1 }, { self_weight: -0.1 }, { stubborn: true }]) {
    assertTrue(!degrootConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});
