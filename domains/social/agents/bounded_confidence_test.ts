import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { clusterSizes } from "../engines/statistics.ts";
import { network, opinionsOf, type PersonEntry, play, society, type SocietyState } from "../tests/harness.ts";
import { boundedConfidenceConfig } from "./bounded_confidence.ts";

const SEEDS = [1, 2, 3];

function crowd(count: number, config: NonNullable<PersonEntry["config"]>): PersonEntry[] {
  return [{ name: "p", type: "bounded_confidence", count, config }];
}

/** Numbers of people in the camps that have more than a fortieth of them. */
function camps(state: SocietyState, confidence: number): number[] {
  return clusterSizes(opinionsOf(state), confidence / 2).filter((size) => size > state.agents.size / 40);
}

Deno.test("hegselmann_krause: with a confidence of 0.5 and more, all agree", async () => {
  for (const confidence of [0.5, 0.7, 1]) {
    for (const seed of SEEDS) {
      const { last } = await play(society(crowd(80, { confidence }), { engine: { initial: "uniform" } }), {
        turns: 30,
        seed,
      });
      assertTrue(last.global_state.spread < 1e-9, `confidence ${confidence}, seed ${seed}`);
    }
  }
});

Deno.test("hegselmann_krause: with little confidence e there are about 1 / (2e) camps, further apart than e", async () => {
  for (const confidence of [0.05, 0.07, 0.1, 0.15, 0.2]) {
    const { last, ended } = await play(
      society(crowd(200, { confidence }), { engine: { initial: "even", settled_below: 1e-9 } }),
      { turns: 200 },
    );
    assertEquals(ended, "engine: settled");
    const found = camps(last, confidence);
    assertTrue(Math.abs(found.length - 1 / (2 * confidence)) <= 1.5, `confidence ${confidence}: ${found}`);
    const opinions = [...new Set(opinionsOf(last).map((opinion) => opinion.toFixed(6)))].map(Number).sort((a, b) =>
      a - b
    );
    opinions.slice(1).forEach((opinion, i) => assertTrue(opinion - opinions[i]! > confidence, `${opinions}`));
  }
});

Deno.test("hegselmann_krause: nobody overtakes anybody, and even opinions stay symmetrical", async () => {
  const { states } = await play(society(crowd(60, { confidence: 0.15 }), { engine: { initial: "even" } }), {
    turns: 20,
  });
  for (const state of states) {
    const opinions = opinionsOf(state);
    opinions.slice(1).forEach((opinion, i) => assertTrue(opinion >= opinions[i]! - 1e-12, `turn ${state.turn}`));
    assertNear(state.global_state.mean_opinion, 0.5, 1e-9);
  }
});

Deno.test("hegselmann_krause: it is over after finitely many turns", async () => {
  const { states } = await play(society(crowd(50, { confidence: 0.2 }), { engine: { initial: "uniform" } }), {
    turns: 60,
  });
  assertTrue(states.slice(-20).every(({ global_state }) => global_state.change < 1e-12));
});

Deno.test("hegselmann_krause: one who is stubborn draws those within reach, and only those", async () => {
  const others = [0.5, 0.45, 0.1].map((opinion, i): PersonEntry => ({
    name: `p${i}`,
    type: "bounded_confidence",
    config: { confidence: 0.2 },
    variables: { opinion },
  }));
  const zealot: PersonEntry = { name: "z", type: "bounded_confidence", variables: { opinion: 0.6, stubborn: true } };
  const { last } = await play(society([zealot, ...others]), { turns: 300 });
  const [, ...moved] = opinionsOf(last);
  assertNear(moved[0]!, 0.6, 1e-6);
  assertNear(moved[1]!, 0.6, 1e-6);
  assertEquals(moved[2], 0.1);
});

Deno.test("deffuant: with confidence d there are about 1 / (2d) camps, on every seed", async () => {
  for (const confidence of [0.1, 0.15, 0.2]) {
    for (const seed of SEEDS) {
      const scenario = society(crowd(150, { rule: "deffuant", confidence }), {
        engine: { initial: "uniform", settled_below: 1e-3 },
        schedule: "random_order",
      });
      const found = camps((await play(scenario, { turns: 150, seed })).last, confidence);
      assertTrue(Math.abs(found.length - 1 / (2 * confidence)) <= 1.5, `d ${confidence}, seed ${seed}: ${found}`);
    }
  }
});

Deno.test("deffuant: with a confidence above 0.5 all agree, on what was the mean from the start, in any schedule", async () => {
  for (const schedule of ["simultaneous", "sequential", "random_order"]) {
    const scenario = society(crowd(40, { rule: "deffuant", confidence: 0.6, rate: 0.3 }), {
      engine: { initial: "uniform" },
      schedule,
    });
    const { states, last } = await play(scenario, { turns: 120 });
    const mean = states[0]!.global_state.mean_opinion;
    for (const { global_state } of states) assertNear(global_state.mean_opinion, mean, 1e-9, schedule);
    assertTrue(last.global_state.spread < 1e-3, `${schedule}: ${last.global_state.spread}`);
  }
});

Deno.test("deffuant: only neighbours meet", async () => {
  const scenario = society(crowd(4, { rule: "deffuant", confidence: 1 }), {
    engine: { initial: "even" },
    spatial: network([["p_1", "p_2"], ["p_3", "p_4"]]),
    schedule: "random_order",
  });
  const { last } = await play(scenario, { turns: 20 });
  const third = 1 / 3;
  [third / 2, third / 2, 1 - third / 2, 1 - third / 2].forEach((expected, i) =>
    assertNear(opinionsOf(last)[i]!, expected, 1e-9)
  );
});

Deno.test("bounded_confidence: who has nobody to listen to stays as it is", async () => {
  for (const rule of ["hegselmann_krause", "deffuant"] as const) {
    const { last } = await play(society(crowd(1, { rule })), { turns: 3 });
    assertEquals(opinionsOf(last), [0.5]);
  }
});

Deno.test("bounded_confidence: config values outside their bounds and unknown keys are refused", () => {
  for (const bad of [{ rule: "degroot" }, { confidence: 2 }, { rate: 0.6 }, { epsilon: 0.1 }]) {
    assertTrue(!boundedConfidenceConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});
