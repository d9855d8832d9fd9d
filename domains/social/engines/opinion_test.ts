import fc from "../../../tests/support/properties.ts";
import { Action, AgentMap, type JsonObject, type SimError, SimulationState } from "llm-sim";
import { assertEquals, assertNear, assertRejects, assertTrue } from "../../../tests/support/assert.ts";
import { configSamples } from "../../../tests/support/config_samples.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { boundedConfidenceConfig } from "../agents/bounded_confidence.ts";
import { degrootConfig } from "../agents/degroot.ts";
import {
  network,
  opinionsOf,
  type Person,
  type PersonEntry,
  play,
  society,
  type SocietyState,
} from "../tests/harness.ts";
import { type PersonVariables, SOCIETY_VARIABLES, type SocietyVariables } from "../variables.ts";
import { opinionConfig, OpinionEngine } from "./opinion.ts";

function person(name: string, opinion: number, given: Partial<PersonVariables> = {}): Person {
  return { name, opinion, initial_opinion: opinion, last_opinion: opinion, stubborn: false, ...given };
}

function stateOf(...people: Person[]): SocietyState {
  const global_state = Object.fromEntries(SOCIETY_VARIABLES.map((name) => [name, 0])) as unknown as SocietyVariables;
  return new SimulationState<PersonVariables, SocietyVariables>({ turn: 0, agents: AgentMap.of(people), global_state });
}

function engineWith(config: object = {}): OpinionEngine {
  return new OpinionEngine({ config: opinionConfig.parse(config) });
}

function apply(state: SocietyState, ...actions: [string, string, JsonObject][]): number[] {
  const built = actions.map(([agent, name, parameters]) => new Action(agent, name, parameters));
  return opinionsOf(engineWith().applyActions(state, built, engineContext(1)));
}

Deno.test("opinion: adopt sets an opinion, moves it into range, and leaves what is malformed", () => {
  const state = stateOf(person("A", 0.2), person("B", 0.6));
  assertEquals(apply(state, ["A", "adopt", { opinion: 0.4 }]), [0.4, 0.6]);
  assertEquals(apply(state, ["A", "adopt", { opinion: 7 }], ["B", "adopt", { opinion: -7 }]), [1, 0]);
  assertEquals(apply(state, ["A", "adopt", { opinion: "for" }], ["B", "sing", {}], ["A", "adopt", {}]), [0.2, 0.6]);
});

Deno.test("opinion: who meets moves towards each other if close enough, one pair after the other", () => {
  const state = stateOf(person("A", 0.2), person("B", 0.6), person("C", 0.9));
  const meeting = (other: string, confidence = 0.5) => ({ with: other, confidence, rate: 0.5 });
  assertEquals(apply(state, ["A", "meet", meeting("B")]), [0.4, 0.4, 0.9]);
  assertEquals(apply(state, ["A", "meet", meeting("B", 0.39)]), [0.2, 0.6, 0.9]);
  const [a, b, c] = apply(state, ["A", "meet", meeting("B")], ["B", "meet", meeting("C", 0.45)]);
  assertEquals([a, b, c], [0.4, 0.4, 0.9], "B has moved away from C meanwhile");
  assertEquals(apply(state, ["A", "meet", meeting("D")], ["A", "meet", {}]), [0.2, 0.6, 0.9]);
});

Deno.test("opinion: the stubborn are moved by nothing, and others by them", () => {
  const state = stateOf(person("A", 0.2), person("B", 0.6, { stubborn: true }));
  assertEquals(apply(state, ["B", "adopt", { opinion: 0.1 }]), [0.2, 0.6]);
  assertEquals(apply(state, ["A", "meet", { with: "B", confidence: 1, rate: 0.5 }]), [0.4, 0.6]);
});

Deno.test("opinion: opinions at the start are given, around what is given, uniform or even; the stubborn keep theirs", () => {
  const people = [person("A", 0.3), person("B", 0.3, { stubborn: true }), person("C", 0.9)];
  const start = (initial: string) => {
    const { agents } = engineWith({ initial, initial_spread: 0.2 }).initializeState(
      stateOf(...people),
      engineContext(0),
    );
    for (const { opinion, initial_opinion, last_opinion } of agents) {
      assertEquals([initial_opinion, last_opinion], [opinion, opinion]);
    }
    return agents.records.map(({ opinion }) => opinion);
  };
  assertEquals(start("given"), [0.3, 0.3, 0.9]);
  assertEquals(start("even"), [0, 0.3, 1]);
  const [a, b, c] = start("around");
  assertTrue(a !== 0.3 && Math.abs(a! - 0.3) <= 0.2 && b === 0.3 && c! >= 0.7 && c! <= 1);
  const uniform = start("uniform");
  assertTrue(uniform[0] !== 0.3 && uniform[1] === 0.3);
  assertEquals(start("uniform"), uniform, "the same seed draws the same");
});

Deno.test("opinion: uniform opinions are spread over the whole range", async () => {
  const { last } = await play(
    society([{ name: "p", type: "degroot", count: 1000 }], { engine: { initial: "uniform" } }),
    {
      turns: 0,
    },
  );
  const { mean_opinion, opinion_sd } = last.global_state;
  // Standard errors are 0.009 and 0.006.
  assertNear(mean_opinion, 0.5, 0.04);
  assertNear(opinion_sd, Math.sqrt(1 / 12), 0.03);
});

Deno.test("opinion: the run ends when nothing has changed for settled_turns, and never with settled_below 0", async () => {
  const two: PersonEntry[] = [{ name: "p", type: "degroot", count: 2 }];
  const engine = { initial: "even", settled_below: 1e-4, settled_turns: 4 } as const;
  const { last, ended } = await play(society(two, { engine }), { turns: 50 });
  // Both are at 0.5 after the first turn, which is not quiet; then four quiet ones.
  assertEquals([ended, last.turn, last.global_state.quiet_turns], ["engine: settled", 5, 4]);
  const endless = await play(society(two, { engine: { ...engine, settled_below: 0 } }), { turns: 50 });
  assertEquals(endless.last.turn, 50);
});

Deno.test("opinion: what an intervention changes counts as a change", async () => {
  const scenario = society([{ name: "p", type: "degroot", count: 2 }], { engine: { initial: "even" } });
  const { states } = await play({ ...scenario, interventions: [{ at: 3, set: { "agents.p_1.opinion": 1 } }] }, {
    turns: 4,
  });
  const changes = states.map(({ global_state }) => global_state.change);
  assertEquals(changes, [0, 0.5, 0, 0.25, 0]);
});

Deno.test("opinion: people get the location of their name, or the first that is free", async () => {
  const people: PersonEntry[] = [
    { name: "C", type: "degroot" },
    { name: "p", type: "degroot", count: 2 },
    { name: "given", type: "degroot", initial_location: "A" },
  ];
  const { last } = await play(society(people, { spatial: network([["A", "B"], ["B", "C"], ["C", "D"]]) }), {
    turns: 1,
  });
  assertEquals(Object.fromEntries(last.space!.positions()), { C: "C", p_1: "B", p_2: "D", given: "A" });
});

Deno.test("opinion: more people than locations are refused with a hint", async () => {
  const crowd = society([{ name: "p", type: "degroot", count: 3 }], { spatial: network([["A", "B"]]) });
  const error = await assertRejects(() => play(crowd, { turns: 0 }));
  assertEquals((error.cause as SimError).code, "no_room");
});

Deno.test("opinion: config values outside their bounds and unknown keys are refused", () => {
  for (const bad of [{ initial: "odd" }, { cluster_gap: 2 }, { settled_turns: 0 }, { setled_below: 1 }]) {
    assertTrue(!opinionConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});

Deno.test("opinion: opinions stay from 0 to 1 under any legal config, on a network and without", async () => {
  const entry = (type: PersonEntry["type"], schema: typeof degrootConfig | typeof boundedConfidenceConfig) =>
    fc.record({
      type: fc.constant(type),
      count: fc.integer({ min: 1, max: 6 }),
      config: configSamples(schema, []) as fc.Arbitrary<NonNullable<PersonEntry["config"]>>,
      variables: fc.record({ opinion: fc.double({ min: 0, max: 1, noNaN: true }), stubborn: fc.boolean() }),
    });
  const legal = fc.record({
    groups: fc.array(fc.oneof(entry("degroot", degrootConfig), entry("bounded_confidence", boundedConfidenceConfig)), {
      minLength: 1,
      maxLength: 3,
    }),
    engine: configSamples(opinionConfig, []),
    grid: fc.boolean(),
    schedule: fc.constantFrom("simultaneous", "sequential", "random_order"),
  });
  await fc.assert(
    fc.asyncProperty(legal, async ({ groups, engine, grid, schedule }) => {
      const people = groups.map((group, i) => ({ name: `g${i}`, ...group }));
      const spatial = { topology: { type: "grid", width: 5, height: 4 } };
      const { states, actions } = await play(
        society(people, { engine, schedule, ...(grid && { spatial }) }),
        { turns: 10 },
      );
      assertTrue(actions.every(({ validated }) => validated), "in_range accepts whatever people do");
      for (const state of states) {
        for (const opinion of opinionsOf(state)) assertTrue(opinion >= 0 && opinion <= 1, `${opinion}`);
      }
    }),
    { numRuns: 60 },
  );
});
