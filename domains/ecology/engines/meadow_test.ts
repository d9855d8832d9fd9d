import { Action, type JsonObject, LifecycleRequest } from "llm-sim";
import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertMatches, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { type Change, withEngine, withEntries } from "../../../tests/support/playing.ts";
import { mean } from "../../../tests/support/waves.ts";
import { play, playText } from "../tests/harness.ts";
import { energyOf, meadow } from "../tests/meadows.ts";
import template from "../templates/meadow.yaml" with { type: "text" };
import { type MeadowState } from "./draft.ts";
import { MeadowEngine } from "./meadow.ts";
import { meadowConfig, winterLeft } from "./meadow_config.ts";

type Acted = readonly [agent: string, action: string, parameters?: JsonObject];

/** The state after these actions, and what the engine asked for. */
function after(state: MeadowState, actions: readonly Acted[], config: object = {}, turn = 7) {
  const requests: LifecycleRequest[] = [];
  const engine = new MeadowEngine({ config: meadowConfig.parse(config) });
  const context = engineContext(turn, requests);
  const acted = engine.applyActions(
    state,
    actions.map(([agent, action, parameters]) => new Action(agent, action, parameters)),
    context,
  );
  return { acted, ruled: engine.applyEngineRules(acted, context), requests };
}

const of = (state: MeadowState, name: string) => state.agents.get(name)!;
const grassOf = (state: MeadowState, place: string) => state.space!.attributes(place).grass;
const WOLF = { name: "wolf_1", at: "4,4" };
const SHEEP = { name: "sheep_1", at: "4,5" };

Deno.test("meadow: energy is conserved in every turn, whatever the rules", async () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const energy = (max: number) => fc.double({ min: 0, max, noNaN: true });
  const configs = fc.record({
    engine: fc.record({
      grass_growth: energy(2),
      regrowth: fc.constantFrom("steady", "logistic"),
      initial_grass: share,
      cover: share,
      bite: energy(5),
      sheep_metabolism: energy(2),
      wolf_metabolism: energy(2),
      move_cost: energy(0.5),
      torpor: share,
      hunt_success: share,
      assimilation: share,
      winter: fc.constantFrom(null, { first: 5, turns: 10, every: null }),
    }),
    life: fc.record({ hibernates: fc.boolean(), max_age: fc.constantFrom(null, 12) }),
    cull: fc.constantFrom(0, 0.1),
    seed: fc.integer({ min: 0, max: 1e6 }),
  });
  await fc.assert(
    fc.asyncProperty(configs, async ({ engine, life, cull, seed }) => {
      const { states } = await playText(
        template.replace("default: 0, min: 0, max: 1, desc", `default: ${cull}, desc`),
        {
          turns: 20,
          seed,
          change: (scenario) =>
            withEngine(engine as JsonObject)(
              withEntries((entry) => ({ ...entry, config: { ...entry.config, ...life } }))(scenario),
            ),
        },
      );
      const start = energyOf(states[0]!);
      for (const state of states) assertNear(energyOf(state), start, 1e-8 * start, `turn ${state.turn}`);
      assertTrue(states.every(({ agents }) => agents.records.every((animal) => animal.energy >= 0)));
    }),
    { numRuns: 20 },
  );
});

Deno.test("meadow: wolves without sheep die out", async () => {
  for (const seed of [1, 2, 3]) {
    const change = withEntries((entry) => entry.name === "sheep" ? null : entry);
    const { last, ended } = await playText(template, { seed, change });
    assertEquals([ended, last.turn <= 13], ["engine: no animals are left", true], `seed ${seed}: turn ${last.turn}`);
  }
});

Deno.test("meadow: without wolves sheep come to what the grass can feed, and do not go beyond it for long", async () => {
  const change = withEntries((entry) => entry.name === "wolf" ? null : entry);
  // grass grows by 0.3 a turn on each of 900 locations at most, and a sheep needs 1
  const limit = 0.3 * 900;
  for (const seed of [1, 2]) {
    const { states } = await playText(template, { seed, turns: 160, change });
    const sheep = states.slice(60).map(({ global_state }) => global_state.sheep);
    assertTrue(mean(sheep) > 0.6 * limit && mean(sheep) < limit, `seed ${seed}: ${mean(sheep)} of ${limit}`);
    assertTrue(Math.max(...sheep) < 1.3 * limit, `seed ${seed}: ${Math.max(...sheep)}`);
  }
});

Deno.test("meadow: animals without a place are put anywhere, each place as likely, others stay where they are", async () => {
  const placed = async (seed: number) => {
    const { last } = await playText(template, {
      turns: 0,
      seed,
      change: withEntries((entry) =>
        entry.name === "wolf" ? { ...entry, count: null, initial_location: "3,3" } : entry
      ),
    });
    assertEquals(last.space!.position("wolf"), "3,3");
    return Array.from({ length: 80 }, (_, i) => last.space!.position(`sheep_${i + 1}`)!);
  };
  const first = await placed(1);
  assertEquals(await placed(1), first);
  const columns = [...first, ...await placed(2), ...await placed(3)].map((place) => Number(place.split(",")[0]));
  assertNear(mean(columns), 14.5, 2);
  assertTrue(new Set(columns).size > 25);
});

Deno.test("meadow: grass and cover are sown, but where a location says itself what it has", async () => {
  const change: Change = (scenario) => ({
    ...scenario,
    spatial: {
      ...scenario.spatial!,
      location_attributes: { "1,2": { grass: 9, cover: true }, "5,5": { cover: false } },
    },
  });
  const { last } = await playText(template, { turns: 0, change });
  assertEquals(last.space!.attributes("1,2"), { grass: 9, cover: true });
  assertEquals(last.space!.attributes("5,5"), { grass: 7, cover: false });
  const hidden = last.space!.locationsWhere(({ cover }) => cover === true);
  assertNear(hidden.length, 225, 50);
  assertNear(last.global_state.grass, 900 * 7 + 2, 1e-6);
});

Deno.test("meadow: more grass than a location holds, and a scenario without space, are refused", async () => {
  const refused = async (change: Change) =>
    String(await playText(template, { turns: 0, change }).then(() => "accepted", (error) => error));
  const full: Change = (scenario) => ({
    ...scenario,
    spatial: { ...scenario.spatial!, location_attributes: { "1,2": { grass: 11 } } },
  });
  assertMatches(await refused(full), /location '1,2' starts with 11 of grass/);
  assertMatches(await refused((scenario) => ({ ...scenario, spatial: null })), /no section 'spatial'/);
});

Deno.test("meadow: a sheep eats its bite, or what there is", () => {
  const state = meadow([SHEEP, { name: "sheep_2", at: "4,5" }], { grass: { "4,5": 4 } });
  const { acted } = after(state, [["sheep_1", "graze"], ["sheep_2", "graze"]]);
  assertEquals([of(acted, "sheep_1").energy, of(acted, "sheep_2").energy].sort(), [11, 9].sort());
  assertEquals(grassOf(acted, "4,5"), 0);
});

Deno.test("meadow: a caught sheep feeds the wolf with its share of energy and body, and is asked to be removed", () => {
  const { acted, ruled, requests } = after(meadow([WOLF, SHEEP]), [["wolf_1", "hunt", { prey: "sheep_1" }]], {
    hunt_success: 1,
    assimilation: 0.5,
    wolf_metabolism: 2,
  });
  assertEquals([of(acted, "wolf_1").energy, of(acted, "sheep_1").fate, of(acted, "sheep_1").energy], [15, "eaten", 0]);
  assertEquals(acted.space!.position("wolf_1"), "4,5");
  assertEquals(requests.map(({ operation, agent, reason }) => [operation, agent, reason]), [
    ["remove_agent", "sheep_1", "eaten by wolf_1"],
  ]);
  assertEquals([of(ruled, "wolf_1").energy, ruled.global_state.sheep, ruled.global_state.wolves], [13, 0, 1]);
});

Deno.test("meadow: two wolves cannot eat the same sheep, and a sheep that is caught does not get away or graze", () => {
  const pack = [WOLF, { name: "wolf_2", at: "4,6" }, SHEEP];
  const hunts: Acted[] = [["wolf_1", "hunt", { prey: "sheep_1" }], ["wolf_2", "hunt", { prey: "sheep_1" }]];
  const { acted, requests } = after(meadow(pack), [...hunts, ["sheep_1", "move", { to: "8,8" }]], { hunt_success: 1 });
  assertEquals([of(acted, "wolf_1").energy, of(acted, "wolf_2").energy].sort((a, b) => a - b), [8, 8 + 0.7 * 14]);
  assertEquals([requests.length, acted.space!.position("sheep_1")], [1, "4,5"]);
});

Deno.test("meadow: prey that is hidden, asleep, out of reach, a wolf or nobody is not caught, and sheep catch nobody", () => {
  const hunt: Acted[] = [["wolf_1", "hunt", { prey: "sheep_1" }]];
  const sure = { hunt_success: 1 };
  for (
    const { requests } of [
      after(meadow([WOLF, SHEEP], { cover: ["4,5"] }), hunt, sure),
      after(meadow([WOLF, SHEEP], { asleep: ["sheep_1"] }), hunt, sure),
      after(meadow([WOLF, { ...SHEEP, at: "4,6" }]), hunt, sure),
      after(meadow([WOLF, { name: "wolf_2", at: "4,5" }]), [["wolf_1", "hunt", { prey: "wolf_2" }]], sure),
      after(meadow([WOLF]), hunt, sure),
      after(meadow([WOLF, SHEEP]), [["wolf_1", "hunt", { prey: 5 }]], sure),
      after(meadow([WOLF, SHEEP]), [["sheep_1", "hunt", { prey: "wolf_1" }]], sure),
    ]
  ) assertEquals(requests, []);
});

Deno.test("meadow: hunts succeed as often as hunt_success says", () => {
  const caught = Array.from(
    { length: 2000 },
    (_, turn) =>
      after(meadow([WOLF, SHEEP], { width: 6 }), [["wolf_1", "hunt", { prey: "sheep_1" }]], { hunt_success: 0.3 }, turn)
        .requests.length,
  );
  assertNear(mean(caught), 0.3, 0.04);
});

Deno.test("meadow: a way costs its hops; one that leads nowhere is not gone", () => {
  const { acted } = after(meadow([SHEEP]), [["sheep_1", "move", { to: "6,7" }]], { move_cost: 0.5 });
  assertEquals([of(acted, "sheep_1").energy, acted.space!.position("sheep_1")], [7, "6,7"]);
  for (const to of ["99,1", 7, null]) {
    assertEquals(after(meadow([SHEEP]), [["sheep_1", "move", { to }]]).acted.space!.position("sheep_1"), "4,5");
  }
});

Deno.test("meadow: who has no energy left starves; who sleeps pays little", () => {
  const state = meadow([{ ...SHEEP, energy: 0.8 }, { name: "sheep_2", at: "1,1", energy: 0.8 }], {
    asleep: ["sheep_2"],
  });
  const { ruled, requests } = after(state, []);
  assertEquals([of(ruled, "sheep_1").fate, of(ruled, "sheep_2").fate], ["starved", "alive"]);
  assertNear(of(ruled, "sheep_2").energy, 0.7, 1e-12);
  assertEquals(requests.map(({ agent, reason }) => [agent, reason]), [["sheep_1", "starved"]]);
  assertEquals([ruled.global_state.sheep, ruled.global_state.asleep], [1, 1]);
});

Deno.test("meadow: a cull shoots wolves with its chance, and nobody else", () => {
  const pack = Array.from({ length: 400 }, (_, i) => ({ name: `wolf_${i}`, at: "4,4" }));
  const { requests } = after(meadow([...pack, SHEEP], { world: { cull: 0.25 } }), []);
  assertNear(requests.length, 100, 30);
  assertTrue(requests.every(({ agent, reason }) => agent.startsWith("wolf_") && reason === "shot"));
});

Deno.test("meadow: the dead do nothing more", () => {
  const dead = { ...SHEEP, fate: "starved", energy: 0, body: 0 } as const;
  const { acted } = after(meadow([dead, WOLF]), [["sheep_1", "graze"], ["wolf_1", "hunt", { prey: "sheep_1" }]]);
  assertEquals([of(acted, "sheep_1").energy, of(acted, "wolf_1").energy, grassOf(acted, "4,5")], [0, 8, 5]);
});

Deno.test("meadow: steady grass grows until it is full; logistic grass most at half its capacity, and not from nothing", () => {
  const grown = (grass: number, regrowth: string) => {
    const { ruled } = after(meadow([SHEEP], { grass: { "0,0": grass } }), [], { regrowth, grass_growth: 0.4 });
    return Number(grassOf(ruled, "0,0")) - grass;
  };
  const near = (found: number, expected: number) => assertNear(found, expected, 1e-12);
  near(grown(0, "steady"), 0.4);
  near(grown(9.9, "steady"), 0.1);
  near(grown(10, "steady"), 0);
  near(grown(5, "logistic"), 0.4);
  near(grown(1, "logistic"), 4 * 0.4 * 0.1 * 0.9);
  near(grown(0, "logistic"), 0);
  near(grown(10, "logistic"), 0);
});

Deno.test("meadow: in winter nothing grows; winters come once, or every so many turns", () => {
  const once = meadowConfig.parse({ winter: { first: 5, turns: 3 } });
  assertEquals([4, 5, 6, 7, 8, 105].map((turn) => winterLeft(once, turn)), [0, 3, 2, 1, 0, 0]);
  const yearly = meadowConfig.parse({ winter: { first: 5, turns: 3, every: 10 } });
  assertEquals([4, 5, 7, 8, 14, 15, 17, 18].map((turn) => winterLeft(yearly, turn)), [0, 3, 1, 0, 0, 3, 1, 0]);
  const frozen = after(meadow([SHEEP]), [], { winter: { first: 7, turns: 2 } }).ruled;
  assertEquals([grassOf(frozen, "0,0"), frozen.global_state.winter], [5, 1]);
});

Deno.test("meadow: sleeping animals do not act, wake when winter is over, and only those that hibernate sleep", async () => {
  const { states, events } = await play("hibernation", { turns: 95 });
  const acts = events.filter(({ event_type }) => event_type === "ACTION");
  for (const { turn, paused_agents } of states.slice(0, -1)) {
    const asleep = new Set(paused_agents);
    // who is asleep after a turn sleeps in the next one, but who wakes then
    const awake = new Set(states[turn + 1]!.paused_agents);
    const acting = acts.filter(({ turn_number, agent_id }) => turn_number === turn + 1 && asleep.has(agent_id!));
    assertTrue(acting.every(({ agent_id }) => !awake.has(agent_id!)), `turn ${turn + 1}`);
  }
  const asleepIn = (turn: number) => states[turn]!.paused_agents;
  assertTrue(asleepIn(30).length > 20 && asleepIn(30).every((name) => name.startsWith("marmot_")));
  assertEquals([asleepIn(29), asleepIn(92)], [[], []]);
  assertEquals(acts.filter(({ turn_number, agent_id }) => turn_number === 50 && agent_id!.startsWith("marmot_")), []);
});
