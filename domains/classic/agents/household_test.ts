import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { type PlayOptions, withEntry } from "../../../tests/support/playing.ts";
import { type ClassicState, play } from "../tests/harness.ts";

function played(config: object, options: PlayOptions = {}) {
  return play("schelling", { turns: 60, ...options, change: withEntry("households", config as never) });
}

const cellsOf = (state: ClassicState) => {
  const members = state.populations.get("households")!;
  const y = members.column("y");
  return Array.from(members.column("x"), (x, i) => `${x},${y[i]}`);
};

Deno.test("household: with 30 % similar wanted, 70 to 77 % become similar, as in NetLogo, on every seed", async () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { metrics } = await played({}, { seed });
    assertNear(metrics[0]!.similar!, 0.5, 0.02, `seed ${seed}`);
    assertNear(metrics.at(-1)!.similar!, 0.735, 0.035, `seed ${seed}`);
  }
});

for (const activation of ["simultaneous", "sequential"]) {
  for (const relocation of ["nearby", "anywhere"]) {
    Deno.test(`household, ${activation}, ${relocation}: more is wanted, more segregated the city gets`, async () => {
      const similar = async (homophily: number) =>
        (await played({ homophily, activation, relocation })).metrics.at(-1)!.similar!;
      const [none, third, half] = [await similar(0), await similar(0.3), await similar(0.5)];
      assertNear(none, 0.5, 0.02);
      assertTrue(third > 0.68 && third < 0.8, `30 % wanted: ${third}`);
      assertTrue(half > 0.8 && half < 0.95, `50 % wanted: ${half}`);
    });
  }
}

Deno.test("household: nobody is lost, nobody shares a cell, and groups keep their sizes", async () => {
  const { last } = await played({ minority_share: 0.2 });
  assertEquals(new Set(cellsOf(last)).size, 2470);
  const group = Array.from(last.populations.get("households")!.column("group"));
  assertEquals(group.filter((own) => own === 1).length, 494);
});

Deno.test("household: who is happy stays where it is, and the turn's event counts who moves", async () => {
  const [before, after] = [await played({}, { turns: 0 }), await played({}, { turns: 1 })];
  const happy = before.last.populations.get("households")!.column("happy");
  const [left, right] = [cellsOf(before.last), cellsOf(after.last)];
  left.forEach((cell, i) => {
    if (happy[i] === 1) assertEquals(right[i], cell);
  });
  const moved = left.filter((cell, i) => right[i] !== cell).length;
  const { stay, move } = after.actions[0]!.action_payload as { stay: number; move: number };
  assertEquals([stay, stay + move], [happy.length - Array.from(happy).filter((own) => own === 0).length, 2470]);
  assertTrue(moved > 0.9 * move && moved <= move, "an unhappy household may find its old cell vacant again");
});

Deno.test("household: more households than cells are refused", async () => {
  const change = withEntry("households", {}, { count: 2602 });
  const error = await play("schelling", { turns: 1, change }).then(() => null, (error: Error) => error);
  assertTrue(error !== null && /2602 households do not fit into 51 × 51 cells/.test(error.message), error?.message);
});
