import { describeDomain } from "llm-sim";
import { assertEquals, assertMatches, assertNear, assertTrue } from "../../tests/support/assert.ts";
import { assertSeeds, testScenarioFiles, typesOf, undescribed } from "../../tests/support/domains.ts";
import { rejections } from "../../tests/support/playing.ts";
import { opinionsOf, play, playText, readScenario, type ScenarioFile, stage } from "./tests/harness.ts";
import social from "./mod.ts";
import { PERSON_VARIABLES, SOCIETY_VARIABLES } from "./variables.ts";

const SCENARIOS = [
  "consensus",
  "hearsay",
  "polarisation",
  "echo_chambers",
  "karate_club",
  "gossip",
  "influencer",
  "borders",
  "salon",
  "llm_debate",
];
const SEEDS = [1, 2, 3, 4, 5];

/** Who went with the instructor when the club split, by node (Zachary 1977). */
const WITH_INSTRUCTOR = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 17, 18, 20, 22];

testScenarioFiles(stage, SCENARIOS, ({ simulation: { name }, state_variables: { agent_vars, global_vars } }) => {
  const globals = [...SOCIETY_VARIABLES, ...(name === "llm_debate" ? ["topic"] : [])];
  assertEquals([Object.keys(agent_vars), Object.keys(global_vars)], [[...PERSON_VARIABLES], globals]);
});

for (const name of SCENARIOS) {
  Deno.test(`${name}: in_range accepts all that people do, on every seed`, async () => {
    for (const seed of SEEDS) {
      const run = await play(readScenario(name), { seed });
      assertEquals(rejections(run), []);
      assertTrue(run.actions.length > run.last.turn, `seed ${seed}`);
    }
  });
}

Deno.test("consensus: all agree, near to what was the mean, on every seed", async () => {
  for (const seed of SEEDS) {
    const { states, last, ended } = await play(readScenario("consensus"), { seed });
    assertMatches(ended!, /spread < 0.01/);
    assertNear(last.global_state.mean_opinion, states[0]!.global_state.mean_opinion, 0.06, `seed ${seed}`);
  }
});

Deno.test("hearsay: with errors the same people never agree, and come close all the same, on every seed", async () => {
  for (const seed of SEEDS) {
    const { states, last, ended } = await play(readScenario("hearsay"), { seed });
    assertEquals(ended, "max_turns", `seed ${seed}`);
    assertTrue(states.slice(20).every(({ global_state }) => global_state.spread > 0.01), `seed ${seed}`);
    assertTrue(last.global_state.spread < 0.6 * states[0]!.global_state.spread, `seed ${seed}`);
  }
});

Deno.test("polarisation: two camps of fifty; with a confidence of 0.3 there is one", async () => {
  const scenario = readScenario("polarisation");
  const { global_state } = (await play(scenario)).last;
  assertEquals([global_state.clusters, global_state.largest_cluster], [2, 0.5]);
  assertTrue(global_state.spread > 0.2, "the camps do not hear each other");
  const open = { ...scenario, agents: [{ ...scenario.agents[0]!, config: { confidence: 0.3 } }] };
  assertEquals((await play(open)).last.global_state.clusters, 1);
});

Deno.test("echo_chambers: one opinion in each community; where all know all they agree, on every seed", async () => {
  for (const seed of SEEDS) {
    const scenario = readScenario("echo_chambers");
    const { last, ended } = await play(scenario, { seed });
    assertEquals([ended, last.global_state.clusters], ["engine: settled", 2], `seed ${seed}`);
    const [left, right] = [opinionsOf(last).slice(0, 15), opinionsOf(last).slice(15)];
    assertTrue(Math.min(...right) - Math.max(...left) > 0.35, `seed ${seed}`);
    const { spatial: _, ...mixed } = scenario;
    assertEquals((await play(mixed, { seed })).last.global_state.clusters, 1, `seed ${seed}`);
  }
});

Deno.test("karate_club: the sides are those of the real split, but for node 9", async () => {
  const { last } = await play(readScenario("karate_club"));
  const against = last.agents.records.filter(({ opinion }) => opinion < 0.5)
    .map(({ name }) => Number(last.space!.position(name))).sort((a, b) => a - b);
  assertEquals(against, WITH_INSTRUCTOR.filter((node) => node !== 9));
});

Deno.test("karate_club: opinions are harmonic, each the mean of the neighbours'", async () => {
  const { space, agents } = (await play(readScenario("karate_club"))).last;
  const opinionAt = (place: string) => agents.get(space!.agentsAt(place)[0]!)!.opinion;
  for (const { name, opinion, stubborn } of agents) {
    if (stubborn) continue;
    const friends = space!.neighbours(space!.position(name)!).map(opinionAt);
    assertNear(opinion, friends.reduce((sum, friend) => sum + friend, 0) / friends.length, 1e-3, name);
  }
});

Deno.test("gossip: the mean is what it was; most agree, on every seed", async () => {
  for (const seed of SEEDS) {
    const { states, last, ended } = await play(readScenario("gossip"), { seed });
    assertEquals(ended, "engine: settled", `seed ${seed}`);
    assertNear(last.global_state.mean_opinion, states[0]!.global_state.mean_opinion, 1e-9);
    assertTrue(last.global_state.largest_cluster > 0.5, `seed ${seed}: ${last.global_state.largest_cluster}`);
  }
});

Deno.test("influencer: the fans follow to one side and, after the intervention, to the other, on every seed", async () => {
  for (const seed of SEEDS) {
    const { states, ended } = await play(readScenario("influencer"), { seed });
    assertTrue(states[39]!.global_state.mean_opinion > 0.85, `seed ${seed}`);
    assertMatches(ended!, /mean_opinion < 0.2/);
  }
  const scenario: ScenarioFile = { ...readScenario("influencer"), interventions: [] };
  const { last } = await play(scenario);
  assertTrue(last.turn === 200 && last.global_state.mean_opinion > 0.85, "without the intervention they stay");
});

Deno.test("borders: a custom fades with the distance from its capital, on every seed; the islet hears of nothing", async () => {
  for (const seed of SEEDS) {
    const { states, last } = await play(readScenario("borders"), { seed });
    const meanOf = (capital: string) => {
      const near = last.space!.neighbours(capital);
      // Over the last turns: errors move everybody a little.
      const late = states.slice(-10).flatMap(({ agents }) => near.map((name) => agents.get(name)!.opinion));
      return late.reduce((sum, opinion) => sum + opinion, 0) / late.length;
    };
    const [forIt, against] = [meanOf("Southdown"), meanOf("Gullcliff")];
    assertTrue(forIt > against + 0.15, `seed ${seed}: ${forIt}, ${against}`);
    assertEquals(last.agents.get("Outer Skerry")!.opinion, 0.5);
  }
});

Deno.test("salon: all come to the mean of opinions weighted by how much each is heard", async () => {
  const scenario = readScenario("salon");
  const { states, last, ended } = await play(scenario);
  assertEquals([ended, last.global_state.clusters], ["engine: settled", 1]);
  const { space, agents } = states[0]!;
  const names = agents.names();
  const rows = names.map((name) => {
    const heard = names.map((other) => Number(space!.edge(name, other)?.weight ?? 0));
    const total = heard.reduce((sum, weight) => sum + weight, 0);
    // The critic keeps 0.7 of its own opinion; the others count theirs like one of weight 1.
    const own = name === "critic" ? 0.7 : 1 / (1 + total);
    return heard.map((weight, i) => names[i] === name ? own : (1 - own) * weight / total);
  });
  let heard = names.map(() => 1 / names.length);
  for (let i = 0; i < 2000; i++) {
    heard = names.map((_, j) => heard.reduce((sum, share, i) => sum + share * rows[i]![j]!, 0));
  }
  const expected = heard.reduce((sum, share, i) => sum + share * agents.records[i]!.opinion, 0);
  assertNear(last.global_state.mean_opinion, expected, 1e-3);
  assertTrue(heard[names.indexOf("critic")]! > 2 / names.length);
});

Deno.test("llm_debate: by the rule that stands in for models one undecided is won by each side, and two camps are left", async () => {
  const { states, last, ended } = await play("llm_debate");
  assertEquals([ended, last.global_state.clusters], ["max_turns", 2]);
  const camps = Object.groupBy(last.agents.records, ({ opinion }) => opinion > 0.5 ? "for" : "against");
  assertEquals(camps.against!.map(({ name }) => name), ["Bruno", "Farid"]);
  assertTrue(states[0]!.agents.get("Dmitri")!.opinion < 0.5 && last.agents.get("Dmitri")!.opinion > 0.7);
  for (const [i, { agents }] of states.entries()) {
    if (i === 0) continue;
    for (const { name, opinion } of agents) {
      assertTrue(Math.abs(opinion - states[i - 1]!.agents.get(name)!.opinion) <= 0.04 + 1e-9, `${name} in turn ${i}`);
    }
  }
});

Deno.test("scenarios: the same seed gives the same states; another seed others, where anything is drawn", async () => {
  const drawn = (name: string) => !["polarisation", "karate_club", "salon", "llm_debate"].includes(name);
  for (const name of SCENARIOS) await assertSeeds(stage, name, { turns: 6, drawn: drawn(name) });
});

Deno.test("an opinion that in_range rejects has its reason in the run, and no effect", async () => {
  const scenario = readScenario("consensus");
  const run = await play({ ...scenario, validator: { type: "in_range", config: { max_step: 0 } } }, { turns: 1 });
  assertEquals(rejections(run).length, 16);
  assertMatches(rejections(run)[0]!, /^opinion cannot go from/);
  assertEquals(opinionsOf(run.last), opinionsOf(run.states[0]!));
});

Deno.test("the domain describes its components with schemas, and its templates play without a rejection", async () => {
  const description = describeDomain(social);
  const people = ["degroot", "bounded_confidence", "llm_speaker", "human"];
  assertEquals(typesOf(description), [people, ["opinion"], ["in_range"]]);
  assertEquals(description.agents.filter(({ llm }) => llm).map(({ type }) => type), ["llm_speaker"]);
  const { agents, engines, validators } = description;
  assertEquals(undescribed([...agents, ...engines, ...validators]), []);
  assertEquals(Object.keys(description.templates), ["opinions", "debate"]);
  for (const text of Object.values(description.templates)) {
    const run = await playText(text);
    assertTrue(run.ended !== null);
    assertEquals(rejections(run), []);
  }
});
