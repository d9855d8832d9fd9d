import { assertEquals, assertMatches, assertRejects, assertTrue } from "../tests/support/assert.ts";
import { played, type Script, village, villageScenario, villageSimulation } from "../tests/support/village.ts";
import { type DecisionInput, RecordedInputs, type SimulationInput, type TimeoutInput } from "./inputs.ts";
import { addAgent, pauseAgent, removeAgent } from "./lifecycle.ts";
import { OutgoingMessage } from "./message.ts";
import type { SimulationOrchestrator } from "./orchestrator.ts";

const AT = "2026-01-01T00:00:00.000Z";

async function simulationOf(
  script: Script,
  options: Parameters<typeof villageScenario>[0] & { inputs?: Parameters<typeof villageSimulation>[2] } = {},
): Promise<SimulationOrchestrator> {
  return villageSimulation(village(script), await villageScenario(options), options.inputs);
}

const names = ({ state }: SimulationOrchestrator) => state.agents.names();
const coins = ({ state }: SimulationOrchestrator) => state.agents.records.map((agent) => agent.coins);

// Lifecycle

Deno.test("lifecycle: an agent that is added acts from the next turn, under a name of its own", async () => {
  const acted: string[] = [];
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn }) => {
      acted.push(`${turn}${agent.name}`);
      return turn === 1 && agent.name === "B"
        ? [
          agent.act("earn", { coins: 1 }),
          agent.spawn({ name: "B", type: "folk", variables: { coins: 7 } }),
          agent.spawn({ name: "D", type: "folk" }),
        ]
        : null;
    },
  });
  const events = await played(simulation, 2);
  assertEquals(acted, ["1A", "1B", "1C", "2A", "2B", "2C", "2B_1", "2D"]);
  assertEquals([names(simulation), coins(simulation)], [["A", "B", "C", "B_1", "D"], [0, 1, 0, 7, 0]]);
  const [life] = events.filter(({ event_type }) => event_type === "LIFECYCLE");
  assertEquals([life!.agent_id, life!.details.operation, life!.details.by, life!.details.applied], [
    "B_1",
    "add_agent",
    "agent B",
    true,
  ]);
  const cause = events.find(({ id }) => id === life!.caused_by![0])!;
  assertEquals([cause.event_type, cause.agent_id], ["ACTION", "B"]);
});

Deno.test("lifecycle: a number is given once, so that a name means one agent in all logs", async () => {
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn }) =>
      agent.name === "A" && turn <= 2
        ? agent.spawn({ name: "A", type: "folk" })
        : agent.name === "A_1"
        ? agent.leave("done")
        : null,
  });
  await played(simulation, 3);
  assertEquals(names(simulation), ["A", "B", "C", "A_2"]);
});

Deno.test("lifecycle: an agent that leaves is gone from the next turn, with its memory and mail", async () => {
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn, memory }) => {
      memory.add("I was here");
      if (turn === 1 && agent.name === "A") return agent.leave("enough");
      return turn === 1 && agent.name === "B" ? agent.tell("A", "stay!") : null;
    },
  });
  const events = await played(simulation, 2);
  assertEquals(names(simulation), ["B", "C"]);
  assertEquals(Object.keys(simulation.memories), ["B", "C"]);
  assertEquals(simulation.loop.mail, []);
  const life = events.find(({ event_type }) => event_type === "LIFECYCLE")!;
  assertEquals([life.agent_id, life.details.operation, life.details.note], ["A", "remove_agent", "enough"]);
});

Deno.test("lifecycle: an agent that sleeps n turns sits out n turns; the timer wakes it", async () => {
  const acted: string[] = [];
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn }) => {
      acted.push(`${turn}${agent.name}`);
      return agent.name === "A" && turn === 1 ? agent.sleep(2) : null;
    },
  });
  const first = await played(simulation, 1);
  assertEquals([simulation.state.paused_agents, simulation.state.auto_resume], [["A"], { A: 3 }]);
  const rest = await played(simulation, 3);
  assertEquals(acted.filter((each) => each.endsWith("A")), ["1A", "4A"]);
  assertEquals(acted.filter((each) => each.endsWith("B")), ["1B", "2B", "3B", "4B"]);
  const lives = [...first, ...rest].filter(({ event_type }) => event_type === "LIFECYCLE");
  assertEquals(lives.map(({ turn_number, details }) => [turn_number, details.operation, details.by]), [
    [1, "pause_agent", "agent A"],
    [4, "resume_agent", "timer"],
  ]);
});

Deno.test("lifecycle: engines let agents come and go, and wake what they have put to sleep", async () => {
  const acted: string[] = [];
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn }) => {
      acted.push(`${turn}${agent.name}`);
      return null;
    },
    rules: (state, context) => {
      if (context.turn === 1) {
        context.request(removeAgent("C", "starved"));
        context.request(addAgent({ name: "D", type: "folk", variables: { coins: 3 } }));
        context.request(pauseAgent("A"));
      }
      return state;
    },
  });
  await played(simulation, 2);
  assertEquals(acted, ["1A", "1B", "1C", "2B", "2D"]);
  assertEquals(simulation.state.paused_agents, ["A"]);
});

const REFUSALS: readonly (readonly [what: string, ask: Script["decide"], reason: RegExp, more?: string])[] = [
  ["an unknown type", (agent) => agent.spawn({ name: "X", type: "ghost" }), /no agent of type 'ghost'/],
  [
    "a value that is not allowed",
    (agent) => agent.spawn({ name: "X", type: "folk", variables: { coins: -1 } }),
    /-1 is below min 0/,
  ],
  [
    "an unknown variable",
    (agent) => agent.spawn({ name: "X", type: "folk", variables: { gold: 1 } }),
    /gold: there is no such variable/,
  ],
  [
    "settings that do not fit",
    (agent) => agent.spawn({ name: "X", type: "folk", config: { a: 1 } }),
    /could not be built/,
  ],
  ["a place where there is no space", (agent) => agent.spawn({ name: "X", type: "folk", location: "1,1" }), /no space/],
  ["a bad name", (agent) => agent.spawn({ name: "a/b", type: "folk" }), /1 to 100 characters/],
  [
    "too many agents",
    (agent) => agent.spawn({ name: "X", type: "folk" }),
    /limits\.max_agents/,
    "limits: { max_agents: 3 }",
  ],
  ["another's life", () => removeAgent("B"), /only for itself/],
];

for (const [what, ask, reason, more] of REFUSALS) {
  Deno.test(`lifecycle: ${what} is refused and recorded, and the turn goes on`, async () => {
    const simulation = await simulationOf({
      decide: (agent, seen, context) => agent.name === "A" && context.turn === 1 ? ask!(agent, seen, context) : null,
    }, more === undefined ? {} : { more });
    const events = await played(simulation, 2);
    const life = events.find(({ event_type }) => event_type === "LIFECYCLE")!;
    assertEquals(life.details.applied, false);
    assertMatches(life.details.reason, reason);
    assertEquals([names(simulation), simulation.state.turn], [["A", "B", "C"], 2]);
  });
}

Deno.test("lifecycle: the last agent stays", async () => {
  const simulation = await simulationOf({ decide: (agent) => agent.leave() });
  const events = await played(simulation, 3);
  assertEquals(names(simulation), ["C"]);
  const refused = events.filter(({ event_type, details }) => event_type === "LIFECYCLE" && !details.applied);
  assertEquals(refused.length, 3);
  assertMatches(refused[0]!.details.reason, /last agent/);
});

// Messages and memory

Deno.test("messages: direct, to several and to all are in the inboxes of the next turn, in the order of their senders", async () => {
  const inboxes: Record<string, unknown[]> = {};
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn, inbox }) => {
      if (inbox.length > 0) inboxes[`${turn}${agent.name}`] = inbox.map(({ from, content }) => [from, content]);
      if (turn !== 1) return null;
      if (agent.name === "A") return agent.tell(["B", "C"], { offer: 3 });
      return agent.name === "B" ? agent.broadcast("hello") : agent.tell("A", [1, 2]);
    },
    rules: (state, context) => {
      if (context.turn === 1) context.send(new OutgoingMessage("*", "night falls"));
      return state;
    },
  });
  const events = await played(simulation, 3);
  assertEquals(inboxes, {
    "2A": [["B", "hello"], ["C", [1, 2]], [null, "night falls"]],
    "2B": [["A", { offer: 3 }], [null, "night falls"]],
    "2C": [["A", { offer: 3 }], ["B", "hello"], [null, "night falls"]],
  });
  const sent = events.filter(({ details }) => details?.action_type === "message");
  assertEquals(sent.map(({ agent_id, details }) => [agent_id, details.action_payload.to]), [
    ["A", ["B", "C"]],
    ["B", "*"],
    ["C", "A"],
    [undefined, "*"],
  ]);
});

Deno.test("messages: a radius counts from where the sender is at the end of the turn", async () => {
  const heard: string[] = [];
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn, inbox }) => {
      for (const { content } of inbox) heard.push(`${agent.name} ${content}`);
      if (turn !== 1 || agent.name !== "A") return null;
      return [agent.act("walk", { to: "2,0" }), agent.broadcast("psst", { radius: 1 })];
    },
  }, {
    agents: [
      "  - { name: A, type: folk, initial_location: '0,0' }",
      "  - { name: B, type: folk, initial_location: '1,0' }",
      "  - { name: C, type: folk, initial_location: '3,0' }",
      "  - { name: D, type: folk, initial_location: '0,0' }",
    ].join("\n"),
    more: "spatial: { topology: { type: grid, width: 5, height: 1 } }",
  });
  await played(simulation, 2);
  assertEquals(heard, ["B psst", "C psst"]);
});

Deno.test("messages: one to nobody is recorded as refused; one to a paused agent waits until it acts", async () => {
  const heard: string[] = [];
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn, inbox }) => {
      for (const { content } of inbox) heard.push(`${turn}${agent.name} ${content}`);
      if (agent.name === "B" && turn === 1) return agent.sleep(2);
      return agent.name === "A" && turn <= 2 ? agent.tell(turn === 1 ? ["B", "Z"] : "B", `wake ${turn}`) : null;
    },
  });
  const events = await played(simulation, 5);
  assertEquals(heard, ["4B wake 1", "4B wake 2"]);
  const refused = events.find(({ details }) => details?.action_type === "message" && !details.validated)!;
  assertMatches(refused.details.reason, /no agent 'Z'/);
});

Deno.test("memory: is an agent's own, kept between turns, and not that of a decision that failed", async () => {
  let failed = false;
  const simulation = await simulationOf({
    decide: (agent, seen, { turn, memory }) => {
      memory.add({ turn }, { kind: agent.name });
      if (agent.name === "A" && turn === 2 && !failed) {
        failed = true;
        throw new Error("not yet");
      }
      assertEquals(memory.recall({ kind: "A" }).length, agent.name === "A" ? turn : 0);
      assertTrue(!JSON.stringify(seen).includes("kind"));
      return null;
    },
  }, { agents: "  - { name: A, type: folk, on_error: retry }\n  - { name: B, type: folk }" });
  await played(simulation, 3);
  assertEquals(simulation.memories.A!.map(({ content }) => content), [{ turn: 1 }, { turn: 2 }, { turn: 3 }]);
});

// Interventions

Deno.test("interventions: at, every, when and once happen at the start of their turns", async () => {
  const prices: number[] = [];
  const simulation = await simulationOf({
    decide: (agent, seen) => {
      if (agent.name === "A") prices.push(seen.global_state.price);
      return null;
    },
  }, {
    more: `interventions:
  - { at: [2, 5], add: { global.price: 1 } }
  - { every: 3, multiply: { global.price: 2 } }
  - { when: "global.price > 40", once: true, set: { global.price: 0 }, note: crash }`,
  });
  const events = await played(simulation, 9);
  //  2: 11; 3: 22; 5: 23; 6: 46; 7: what is seen before is 46; 9: doubled
  assertEquals(prices, [10, 11, 22, 22, 23, 46, 0, 0, 0]);
  const told = events.filter(({ event_type }) => event_type === "INTERVENTION");
  assertEquals(told.map(({ turn_number, details }) => [turn_number, details.planned]), [
    [2, 1],
    [3, 2],
    [5, 1],
    [6, 2],
    [7, 3],
    [9, 2],
  ]);
  const changed = events.find(({ event_type, turn_number }) => event_type === "ENV" && turn_number === 2)!;
  assertEquals(changed.caused_by, [told[0]!.id]);
  assertEquals(simulation.loop.fired.length, 1);
});

Deno.test("interventions: messages, agents that come, go, pause and act again, in this very turn", async () => {
  const acted: string[] = [];
  const heard: string[] = [];
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn, inbox }) => {
      acted.push(`${turn}${agent.name}`);
      for (const { from, content } of inbox) heard.push(`${turn}${agent.name} ${from} ${content}`);
      return null;
    },
  }, {
    more: `interventions:
  - { at: 2, message: { to: "*", content: alarm }, add_agent: { name: D, type: folk }, remove_agent: A }
  - { at: 2, pause_agent: B }
  - { at: 3, resume_agent: B }`,
  });
  await played(simulation, 3);
  assertEquals(acted, ["1A", "1B", "1C", "2C", "2D", "3B", "3C", "3D"]);
  assertEquals(heard, ["2C null alarm", "2D null alarm", "3B null alarm"]);
});

Deno.test("interventions: one that cannot be applied is refused as a whole and recorded; the run goes on", async () => {
  const simulation = await simulationOf({}, {
    more: `interventions:
  - { at: 1, remove_agent: A }
  - { at: 2, set: { global.price: 99, agents.A.coins: 5 } }
  - { at: 2, add: { agents.B.coins: -5 } }
  - { at: 3, set: { global.price: 7 }, remove_agent: A }`,
  });
  const events = await played(simulation, 3);
  const refused = events.filter(({ event_type, details }) =>
    event_type === "INTERVENTION" && details.applied === false
  );
  assertEquals(refused.map(({ details }) => details.planned), [2, 3, 4]);
  assertMatches(refused[1]!.details.reason, /-5 is below min 0/);
  assertEquals(simulation.state.global_state.price, 10);
});

Deno.test("interventions from outside are those of inputs, applied in the turn they name", async () => {
  const inputs: SimulationInput[] = [
    { seq: 1, kind: "intervention", turn: 2, body: { multiply: { "global.price": 3 }, note: "shock" }, at: AT },
    { seq: 2, kind: "intervention", turn: 2, body: { set: { "global.nothing": 3 } }, at: AT },
  ];
  const simulation = await simulationOf({}, { inputs: { inputs } });
  const events = await played(simulation, 2);
  assertEquals(simulation.state.global_state.price, 30);
  const told = events.filter(({ event_type }) => event_type === "INTERVENTION");
  assertEquals(told.map(({ details }) => [details.seq, details.applied ?? true]), [[1, true], [2, false]]);
});

// People

const PERSON =
  "  - { name: P, type: human, config: { deadline: 5, fallback: { action: earn, parameters: { coins: 1 } } } }";

function decision(turn: number, agent: string, ...parts: DecisionInput["body"]["decision"]): DecisionInput {
  return { seq: turn, kind: "decision", turn, agent, n: 1, body: { decision: parts }, at: AT };
}

Deno.test("human: a recorded decision is an action like any other, judged by the same validator", async () => {
  const simulation = await simulationOf({}, {
    agents: `${PERSON}\n  - { name: B, type: folk }`,
    inputs: {
      inputs: [
        decision(1, "P", { action: "earn", parameters: { coins: 5 }, reasoning: "why not" }),
        decision(2, "P", { action: "earn", parameters: { coins: 500 } }),
        decision(3, "P"),
      ],
    },
  });
  const events = await played(simulation, 3);
  assertEquals(coins(simulation), [5, 0]);
  const acted = events.filter(({ event_type, agent_id }) => event_type === "ACTION" && agent_id === "P");
  assertEquals(acted.map(({ details }) => [details.validated, details.reason]), [[true, undefined], [
    false,
    "too much",
  ]]);
});

Deno.test("human: a person whose action was rejected is told so in the next turn", async () => {
  const inboxes: unknown[] = [];
  const simulation = await simulationOf({}, {
    agents: `${PERSON}\n  - { name: B, type: folk }`,
    inputs: {
      inputs: {
        turnInputs: () => [],
        decide: ({ turn, observation }) => {
          inboxes.push(observation.inbox);
          return decision(turn, "P", { action: "earn", parameters: { coins: turn === 1 ? 500 : 1 } });
        },
      },
    },
  });
  await played(simulation, 3);
  const told = { from: null, to: "P", content: { rejected: "earn", reason: "too much" }, turn: 1 };
  assertEquals(inboxes, [[], [told], []]);
});

Deno.test("human: after the deadline the fallback is taken, which the run's validity tells", async () => {
  const late = (turn: number): TimeoutInput => (
    { seq: turn, kind: "timeout", turn, agent: "P", n: 1, body: { deadline: 5 }, at: AT }
  );
  const simulation = await simulationOf({}, {
    agents: `${PERSON}\n  - { name: B, type: folk }`,
    inputs: { inputs: [late(1), late(2)] },
  });
  const events = await played(simulation, 2);
  assertEquals([coins(simulation), simulation.stats.failed_decisions], [[2, 0], 2]);
  assertMatches(
    events.find(({ event_type }) => event_type === "VALIDITY")!.details.error.message,
    /nobody decided.* 5 s/,
  );
});

Deno.test("human: control is handed over between a person and a rule, both ways", async () => {
  const simulation = await simulationOf({ decide: (agent) => agent.act("earn", { coins: 1 }) }, {
    agents: "  - { name: A, type: folk }\n  - { name: P, type: human, config: { rule: { type: folk } } }\n" +
      "  - { name: Q, type: human }",
    inputs: {
      inputs: [
        decision(1, "P", { action: "earn", parameters: { coins: 10 } }),
        decision(1, "Q"),
        { seq: 3, kind: "handover", turn: 2, agent: "P", body: { to: "rule" }, at: AT },
        { seq: 4, kind: "handover", turn: 2, agent: "A", body: { to: "human" }, at: AT },
        { seq: 5, kind: "handover", turn: 2, agent: "Q", body: { to: "rule" }, at: AT },
        decision(2, "A", { action: "earn", parameters: { coins: 50 } }),
        decision(2, "Q"),
      ],
    },
  });
  const events = await played(simulation, 2);
  assertEquals(coins(simulation), [51, 11, 0]);
  const refused = events.find(({ event_type, details }) => event_type === "INTERVENTION" && details.applied === false)!;
  assertMatches(refused.details.reason, /'Q' has no rule/);
});

Deno.test("human: is asked with what its agent sees, and a turn that fails while it waits has not happened", async () => {
  const asked: unknown[] = [];
  const recorded = new RecordedInputs([]);
  let answer: () => Promise<DecisionInput> = () => Promise.resolve(decision(1, "P", { action: "earn" }));
  const simulation = await simulationOf({}, {
    agents: `${PERSON}\n  - { name: B, type: folk, variables: { coins: 3 } }`,
    inputs: {
      inputs: {
        turnInputs: (turn) => recorded.turnInputs(turn),
        decide: (request) => {
          asked.push(request);
          return answer();
        },
      },
    },
  });
  await played(simulation, 1);
  assertEquals(asked, [{
    agent: "P",
    turn: 1,
    n: 1,
    deadline: 5,
    observation: {
      turn: 0,
      agents: { P: { name: "P", coins: 0 }, B: { name: "B", coins: 3 } },
      global_state: { price: 10 },
      spatial_state: null,
      inbox: [],
    },
  }]);
  answer = () => Promise.reject(new Error("gone"));
  const before = simulation.state;
  await assertRejects(async () => await simulation.step());
  assertEquals([simulation.state === before, simulation.take().events], [true, ""]);
});

Deno.test("human: without a recorded decision a run that is only played again says whose is missing", async () => {
  const simulation = await simulationOf({}, { agents: `${PERSON}\n  - { name: B, type: folk }` });
  await simulation.start();
  const error = await assertRejects(async () => await simulation.step(), "not_recorded");
  assertMatches(error.message, /agent 'P' in turn 1/);
});

// Resuming

Deno.test("a simulation that goes on from what it carried plays as one that never stopped", async () => {
  const script: Script = {
    decide: (agent, _seen, { turn, inbox, memory, rng }) => {
      memory.add({ inbox: inbox.length, turn });
      const parts = [agent.act("earn", { coins: rng.int(0, 9) }), agent.broadcast(`${agent.name}${turn}`)];
      if (turn === 3 && agent.name === "A") return [...parts, agent.spawn({ name: "A", type: "folk" })];
      return turn === 4 && agent.name === "B" ? [...parts, agent.sleep(3)] : parts;
    },
  };
  const more = `interventions:\n  - { when: "sum(coins) > 20", once: true, add: { global.price: 1 } }`;
  const scenario = await villageScenario({ more, turns: 9 });
  const whole = villageSimulation(village(script), scenario);
  const expected = await played(whole);
  for (const stop of [0, 2, 3, 4, 5, 8]) {
    const first = villageSimulation(village(script), scenario);
    const before = await played(first, stop);
    const from = JSON.parse(JSON.stringify({ loop: first.loop, memories: first.memories, stats: first.stats }));
    const rest = villageSimulation(village(script), scenario, {
      from: { ...from, state: first.state, next_event_id: first.nextEventId },
    });
    assertEquals([...before, ...await played(rest)], expected);
    assertEquals([rest.loop, rest.memories, rest.stats], [whole.loop, whole.memories, whole.stats]);
  }
});
