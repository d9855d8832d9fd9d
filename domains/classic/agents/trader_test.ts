import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { withEntry } from "../../../tests/support/playing.ts";
import { play } from "../tests/harness.ts";
import { traderConfig } from "./trader.ts";

const total = (column: ArrayLike<number>) => Array.from(column).reduce((sum, own) => sum + own, 0);

for (
  const [activation, gini] of [["sequential", 2 / 3], ["shuffled", 0.63], ["simultaneous", 0.58]] as const
) {
  Deno.test(`trader, ${activation}: ten thousand come to a gini of ${gini.toFixed(2)}, whatever the seed`, async () => {
    for (const seed of [1, 2, 3]) {
      const run = await play("boltzmann", { turns: 150, seed, change: withEntry("traders", { activation }) });
      assertNear(run.metrics.at(-1)!.gini!, gini, 0.012, `seed ${seed}`);
      const wealth = run.last.populations.get("traders")!.column("wealth");
      assertEquals([total(wealth), Math.min(...wealth)], [10_000, 0]);
    }
  });
}

Deno.test("trader: with so much money that nobody runs out, wealth spreads to a gini of 1/2 and not beyond", async () => {
  const change = withEntry("traders", {}, { count: 500, variables: { wealth: 10 } });
  const run = await play("boltzmann", { turns: 3000, change });
  // of a geometric distribution with mean m: (m − q²/(1 − q²))/m with q = m/(1 + m)
  const q = 10 / 11;
  assertNear(run.metrics.at(-1)!.gini!, (10 - q * q / (1 - q * q)) / 10, 0.03);
});

Deno.test("trader: the turn's one event says how many exchanged, or how many gave and kept", async () => {
  const counts = async (activation: string) => {
    const run = await play("boltzmann", { turns: 2, change: withEntry("traders", { activation }, { count: 100 }) });
    return run.actions.map(({ action_payload }) => action_payload);
  };
  assertEquals(await counts("sequential"), [{ exchange: 100 }, { exchange: 100 }]);
  const [first, second] = await counts("simultaneous") as { give: number; keep: number }[];
  assertEquals(first, { give: 100, keep: 0 });
  assertTrue(second!.give < 100 && second!.give + second!.keep === 100);
});

Deno.test("trader: one alone keeps what it has", async () => {
  for (const activation of ["sequential", "shuffled", "simultaneous"]) {
    const run = await play("boltzmann", { turns: 3, change: withEntry("traders", { activation }, { count: 1 }) });
    assertEquals([...run.last.populations.get("traders")!.column("wealth")], [1]);
  }
});

Deno.test("trader: amounts above nothing, debts from nothing; other activations and unknown keys are refused", () => {
  assertEquals(traderConfig.parse({}), { activation: "sequential", amount: 1, debt_limit: 0 });
  for (const bad of [{ amount: 0 }, { debt_limit: -1 }, { activation: "random" }, { amounts: 1 }]) {
    assertTrue(!traderConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});
