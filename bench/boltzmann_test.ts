import { assertEquals, assertNear } from "../tests/support/assert.ts";
import { PlainColumns } from "./boltzmann/columns.ts";
import { PlainBoltzmann } from "./boltzmann/mod.ts";
import { startedSimulation } from "./playing.ts";

Deno.test("the plain loop comes to the same wealth as the turn loop", () => {
  const simulation = startedSimulation(100);
  const plain = new PlainBoltzmann(100, "per agent");
  for (let turn = 0; turn < 50; turn++) {
    simulation.step();
    plain.step();
  }
  assertEquals(
    simulation.state.agents.records.map(({ name, wealth }) => ({ name, wealth })),
    plain.agents.map(({ name, wealth }) => ({ name, wealth })),
  );
});

// Observe-then-apply makes each agent a queue w' = max(w − 1, 0) + Poisson(p). With a mean of 1 the share p of agents
// that give is 2 − √2, and the stationary distribution has a gini of 0.580. (One after the other it would be 2/3.)
Deno.test("exchange comes to the gini of its stationary distribution", () => {
  const simulation = startedSimulation(10_000, { metrics: true });
  for (let turn = 0; turn < 150; turn++) simulation.step();
  assertNear(simulation.metrics.gini!, 0.58, 0.01);
});

Deno.test("plain columns come to the same wealth as the population, and to the same gini", () => {
  const simulation = startedSimulation(101, { population: true, metrics: true });
  const plain = new PlainColumns(101, "per member");
  for (let turn = 0; turn < 50; turn++) {
    simulation.step();
    plain.step();
  }
  assertEquals([...simulation.state.populations.get("trader")!.column("wealth")], [...plain.wealth]);
  assertEquals(simulation.metrics.gini, plain.gini());
});

Deno.test("a population comes to the gini of the stationary distribution, as named agents do", () => {
  const simulation = startedSimulation(20_000, { population: true, metrics: true });
  for (let turn = 0; turn < 150; turn++) simulation.step();
  assertNear(simulation.metrics.gini!, 0.58, 0.01);
});
