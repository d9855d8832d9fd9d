import { assertEquals, assertMatches, assertRejects, assertTrue } from "../tests/support/assert.ts";
import { played, type Script, village, villageScenario, villageSimulation } from "../tests/support/village.ts";
import { type DecisionInput, RecordedInputs, type SimulationInput, type TimeoutInput } from "./inputs.ts";
import type { EngineContext } from "./context.ts";
import type { SimError } from "./issue.ts";
import type { Json } from "./json.ts";
import { addAgent, LifecycleRequest, pauseAgent, removeAgent } from "./lifecycle.ts";
import { OutgoingMessage } from "./message.ts";
import type { SimulationOrchestrator } from "./orchestrator.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import { SimulationState } from "./state.ts";

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
  assertEquals([cause.event_type, cause.agent_id], ["DECISION", "B"]);
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
    /could not be built: config: Unrecognized key: "a"$/,
  ],
  ["a place where there is no space", (agent) => agent.spawn({ name: "X", type: "folk", location: "1,1" }), /no space/],
  ["a bad name", (agent) => agent.spawn({ name: "a/b", type: "folk" }), /1 to 100 characters/],
  ["a reserved name", (agent) => agent.spawn({ name: "global", type: "folk" }), /"global" is reserved/],
  ["half a letter", (agent) => agent.spawn({ name: "\ud800", type: "folk" }), /control character/],
  ["a name that is no text", (agent) => agent.spawn({ name: 5, type: "folk" } as never), /name: .*expected string/],
  ["a type that is no text", (agent) => agent.spawn({ name: "X", type: 5 } as never), /type: .*expected string/],
  [
    "a policy that there is not",
    (agent) => agent.spawn({ name: "X", type: "folk", on_error: "ignore" } as never),
    /on_error: /,
  ],
  [
    "a name among the variables",
    (agent) => agent.spawn({ name: "X", type: "folk", variables: { name: "B" } }),
    /variables: a name is no variable/,
  ],
  [
    "settings that are none",
    (agent) => agent.spawn({ name: "X", type: "folk", config: [] } as never),
    /config: expected/,
  ],
  ["a place that is no text", (agent) => agent.spawn({ name: "X", type: "folk", location: 5 } as never), /location: /],
  ["a misspelt part", (agent) => agent.spawn({ name: "X", type: "folk", place: "1,1" } as never), /"place"/],
  ["nothing about the agent", () => new LifecycleRequest("add_agent", "X", null as never), /expected object/],
  ["an unknown operation", (agent) => new LifecycleRequest("explode" as never, agent.name), /no operation 'explode'/],
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

Deno.test("lifecycle: the name of an agent that has gone is nobody else's, and neither are its memory and mail", async () => {
  const inherited: unknown[] = [];
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn, memory, inbox }) => {
      if (turn === 1 && agent.name === "A") {
        memory.add("secret");
        return agent.leave();
      }
      if (turn === 1 && agent.name === "B") return [agent.tell("A", "for A"), agent.spawn({ name: "A", type: "folk" })];
      if (turn === 2 && agent.name === "A_1") {
        inherited.push(memory.recall().length, inbox.length);
        return agent.leave();
      }
      if (turn === 2 && agent.name === "B") return agent.spawn({ name: "X", type: "folk" });
      if (turn === 3) return agent.name === "X" ? agent.leave() : null;
      const wanted = agent.name === "B" && turn === 4 ? ["A", "A_1", "X", "X_1"] : [];
      return wanted.map((name) => agent.spawn({ name, type: "folk" }));
    },
  });
  await played(simulation, 4);
  assertEquals(inherited, [0, 0]);
  assertEquals(names(simulation), ["B", "C", "A_2", "A_1_1", "X_1", "X_1_1"]);
});

Deno.test("lifecycle: a name fits with its number too, and a refused agent uses no number up", async () => {
  const long = "x".repeat(100);
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn }) =>
      agent.name !== "A" || turn > 1
        ? null
        : [{ name: long }, { name: long }, { name: "A", type: "ghost" }, { name: "A" }].map((spec) =>
          agent.spawn({ type: "folk", ...spec })
        ),
  });
  const events = await played(simulation, 2);
  assertEquals(names(simulation), ["A", "B", "C", long, "A_1"]);
  const refused = events.filter(({ event_type, details }) => event_type === "LIFECYCLE" && !details.applied);
  assertMatches(refused[0]!.details.reason, /has 102 characters/);
});

// Bad decisions and forged states

const BAD_PARTS: readonly (readonly [what: string, part: Script["decide"]])[] = [
  ["a message to a number", (agent) => agent.tell(5 as never, "x")],
  ["a message to nobody", (agent) => agent.tell(["B", ""], "x")],
  ["a message with gaps", (agent) => agent.tell("B", [, 1] as never)],
  ["a radius without end", (agent) => agent.broadcast("x", { radius: Infinity })],
  ["a message that was never built", () => Object.create(OutgoingMessage.prototype)],
  ["a message that was written to", (agent) => Object.assign(agent.tell("B", "x"), { content: 10n })],
  ["a request for a number", () => new LifecycleRequest("remove_agent", 5 as never)],
  ["a request that was written to", (agent) => Object.assign(agent.leave(), { reason: 5 })],
  ["a config that is no JSON", (agent) => agent.spawn({ name: "X", type: "folk", config: { x: 10n } } as never)],
  ["a function in a config", (agent) => agent.spawn({ name: "X", type: "folk", config: { x: () => 1 } } as never)],
];

for (const [what, part] of BAD_PARTS) {
  Deno.test(`decisions: ${what} is the agent's own failure`, async () => {
    const simulation = await simulationOf({
      decide: (agent, seen, context) => agent.name === "A" && context.turn === 1 ? part!(agent, seen, context) : null,
    }, { agents: "  - { name: A, type: folk, on_error: skip }\n  - { name: B, type: folk }" });
    const events = await played(simulation, 2);
    assertEquals([simulation.state.turn, simulation.stats.failed_decisions], [2, 1]);
    assertEquals(events.find(({ event_type }) => event_type === "VALIDITY")!.details.kind, "decision_failed");
  });
}

const SPATIAL = "spatial: { topology: { type: grid, width: 3, height: 3 } }";

const FORGERIES: readonly (readonly [what: string, rules: Script["rules"], problem: RegExp, more?: string])[] = [
  ["pauses an agent", (state) => state.with({ paused_agents: ["B"] }), /has other paused_agents/],
  ["sets a timer", (state) => state.with({ auto_resume: { A: 3 } }), /has another auto_resume/],
  ["tells no objects of reasoning", (state) => state.with({ reasoning_chains: [5] as never }), /no list of objects/],
  ["tells no JSON of reasoning", (state) => state.with({ reasoning_chains: [{ x: NaN }] }), /one is NaN/],
  ["loses the space", (state) => state.with({ space: null }), /has lost its space/, SPATIAL],
  ["forges a space", (state) => state.with({ space: {} as never }), /is no Space/, SPATIAL],
  ["narrows the space", (state) => state.with({ space: state.space!.visibleFrom("A", 1) }), /other locations/, SPATIAL],
  ["places nobody", (state) => state.with({ space: state.space!.move("ghost", "1,1") }), /place for 'ghost'/, SPATIAL],
  ["has no agents", (state) => state.with({ agents: [] as never }), /returned no SimulationState/],
];

for (const [what, rules, problem, more] of FORGERIES) {
  Deno.test(`states: an engine that ${what} is told so`, async () => {
    const simulation = await simulationOf({ rules: rules! }, more === undefined ? {} : { more });
    const error = await assertRejects(() => played(simulation, 1), "bad_state");
    assertMatches(error.message, problem);
  });
}

Deno.test("states: an engine may build a state anew as long as nobody is paused in it, and tell of reasoning", async () => {
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn }) => agent.name === "A" && turn === 1 ? agent.sleep(5) : null,
    rules: ({ turn, agents, global_state }) =>
      new SimulationState({ turn, agents, global_state, reasoning_chains: [{ said: "why" }] }) as never,
  });
  await played(simulation, 1);
  assertEquals(simulation.state.reasoning_chains, [{ said: "why" }]);
  const error = await assertRejects(() => played(simulation, 1), "bad_state");
  assertMatches((error as SimError).hint ?? "", /context\.request\(pauseAgent/);
});

/** The village in which everybody has a list of things. */
function withThings(scenario: ResolvedScenario): ResolvedScenario {
  const { agent_vars, global_vars } = scenario.state_variables;
  const things = { type: "list", item_type: "float", default: [] } as const;
  return { ...scenario, state_variables: { agent_vars: { ...agent_vars, things }, global_vars } };
}

type Loose = { things: number[]; coins: number; [key: string]: unknown };
const record = (state: SimulationState, name: string) => state.agents.get(name) as unknown as Loose;

const WRITES: readonly (readonly [what: string, write: (seen: SimulationState) => void])[] = [
  ["a variable", (seen) => record(seen, "A").coins = 50],
  ["a list", (seen) => record(seen, "A").things.push(50)],
  ["the world", (seen) => (seen.global_state as { price: number }).price = 1],
  ["who is paused", (seen) => (seen.paused_agents as string[]).push("B")],
];

for (const schedule of ["simultaneous", "sequential"] as const) {
  for (const resumes of [false, true]) {
    for (const [what, write] of WRITES) {
      Deno.test(`states: nobody writes into ${what} (${schedule}${resumes ? ", resumed" : ""})`, async () => {
        const base = withThings(await villageScenario());
        const scenario = { ...base, simulation: { ...base.simulation, schedule } };
        const script: Script = {
          decide: (agent, seen, { turn }) => {
            if (agent.name === "B" && turn === 2) write(seen);
            return agent.name === "A" ? agent.act("earn", { coins: 1 }) : null;
          },
          rules: (state) =>
            state.with({ agents: state.agents.map((agent) => ({ ...agent, things: [1] })) as typeof state.agents }),
        };
        let simulation = villageSimulation(village(script), scenario);
        await played(simulation, 1);
        if (resumes) {
          const { state, nextEventId, stats } = simulation;
          const from = { state: SimulationState.fromJSON(JSON.parse(JSON.stringify(state))), stats };
          simulation = villageSimulation(village(script), scenario, { from: { ...from, next_event_id: nextEventId } });
        }
        const error = await assertRejects(() => played(simulation, 1), "agent_error");
        assertMatches(error.message, /agent 'B'.*(read only|not extensible)/);
      });
    }
  }
}

Deno.test("states: who writes into the list of records is told so, and the present state stays as it was", async () => {
  for (const schedule of ["simultaneous", "sequential"] as const) {
    const base = await villageScenario();
    const simulation = villageSimulation(
      village({
        decide: (agent, seen) => {
          if (agent.name === "B") (seen.agents.records as unknown[]).reverse();
          return agent.act("earn", { coins: 1 });
        },
      }),
      { ...base, simulation: { ...base.simulation, schedule } },
    );
    await played(simulation, 0);
    const error = await assertRejects(() => played(simulation, 1), "bad_state");
    assertMatches(error.message, /wrote into the list state\.agents\.records/);
    assertEquals(simulation.state.agents.records.map(({ name }) => name), ["A", "B", "C"]);
  }
});

Deno.test("contexts are for one turn: kept longer they refuse everything", async () => {
  for (const method of ["detail", "request", "send"] as const) {
    let kept: EngineContext | undefined;
    const late = { detail: ["late", {}], request: [removeAgent("A")], send: [new OutgoingMessage("*", 1)] }[method];
    const simulation = await simulationOf({
      rules: (state, context) => {
        if (kept) (kept[method] as (...args: unknown[]) => void)(...late);
        kept = context;
        return state;
      },
    });
    const error = await assertRejects(() => played(simulation, 2), "engine_error");
    assertMatches(error.message, new RegExp(`${method}\\(\\) of turn 1, which is over`));
  }
});

Deno.test("events: acting, speaking and asking are one decision of an agent, which causes all three", async () => {
  for (const coins of [1, 1000]) {
    const simulation = await simulationOf({
      decide: (agent) => agent.name === "A" ? [agent.tell("B", 1), agent.act("earn", { coins }), agent.sleep(1)] : null,
    });
    const events = await played(simulation, 1);
    const decisions = events.filter(({ event_type }) => event_type === "DECISION");
    assertEquals(decisions.map(({ agent_id }) => agent_id), ["A"]);
    const caused = events.filter(({ caused_by }) => caused_by?.[0] === decisions[0]!.id);
    assertEquals(caused.map(({ event_type }) => event_type), ["ACTION", "ACTION", "LIFECYCLE"]);
  }
});

// Messages and memory

Deno.test("messages: what was sent changes no more, neither by its sender nor by who receives it", async () => {
  const price = { now: 1 };
  const got: unknown[] = [];
  const refused: string[] = [];
  const refuse = (write: () => void) => {
    try {
      write();
    } catch (error) {
      refused.push((error as Error).name);
    }
  };
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn, inbox }) => {
      if (turn === 1) return agent.name === "A" ? agent.broadcast([price, -0]) : null;
      price.now = 7;
      for (const message of inbox) {
        got.push(message.content);
        refuse(() => (message.content as Json[]).push(1));
        refuse(() => (message as { from: string }).from = "forged");
      }
      if (agent.name === "B") refuse(() => (inbox as unknown[]).pop());
      return null;
    },
  });
  await played(simulation, 2);
  assertEquals(got, [[{ now: 1 }, 0], [{ now: 1 }, 0]]);
  assertEquals(refused, Array(5).fill("TypeError"));
});

Deno.test("messages: one to all reaches those who were there when it was sent", async () => {
  const heard: string[] = [];
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn, inbox }) => {
      for (const { content } of inbox) heard.push(`${turn}${agent.name} ${content}`);
      if (turn === 1 && agent.name === "A") return [agent.broadcast("hi"), agent.spawn({ name: "N", type: "folk" })];
      return turn === 2 && agent.name === "A" ? agent.broadcast("again") : null;
    },
  }, { more: "interventions:\n  - { at: 2, add_agent: { name: M, type: folk } }" });
  await played(simulation, 1);
  assertEquals(simulation.loop.newcomers, ["N"]);
  await played(simulation, 2);
  assertEquals(heard, ["2B hi", "2C hi", "3B again", "3C again", "3N again", "3M again"]);
  assertEquals(simulation.loop.newcomers, []);
});

Deno.test("messages: for a paused agent the newest hundred wait", async () => {
  let heard: readonly unknown[] = [];
  const simulation = await simulationOf({
    decide: (agent, _seen, { turn, inbox }) => {
      if (agent.name === "A" && turn === 1) return agent.sleep(60);
      if (agent.name === "A" && turn > 1 && heard.length === 0) heard = inbox.map(({ content }) => content);
      return agent.name === "C" ? null : [agent.tell("A", turn), agent.broadcast(-turn)];
    },
  }, { turns: 70 });
  await played(simulation, 60);
  assertEquals(simulation.loop.mail.filter(({ to }) => to?.length === 1 && to[0] === "A").length, 101);
  await played(simulation, 2);
  assertEquals([heard.length, heard[0], heard.at(-1)], [102, 11, -61]);
});

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

Deno.test("memory: whose is kept first does not depend on who decided first", async () => {
  const simulation = await simulationOf({
    decide: async ({ name }, _seen, { memory }) => {
      // The first agent is the last to answer.
      for (let i = name.charCodeAt(0); i < 68; i++) await Promise.resolve();
      memory.add(name);
      return null;
    },
  });
  await played(simulation, 1);
  assertEquals(Object.keys(simulation.memories), ["A", "B", "C"]);
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

Deno.test("interventions: one that adds an agent can set what it has", async () => {
  const simulation = await simulationOf({}, {
    more: `interventions:
  - { at: 1, add_agent: { name: N, type: folk, variables: { coins: 2 } }, multiply: { agents.N.coins: 4 } }
  - { at: 2, add_agent: { name: M, type: folk }, add: { agents.M.coins: -1 } }`,
  });
  const events = await played(simulation, 2);
  assertEquals([names(simulation), coins(simulation)], [["A", "B", "C", "N"], [0, 0, 0, 8]]);
  assertEquals(events.filter(({ details }) => details?.applied === false).length, 1);
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
        call: () => Promise.reject(new Error("nothing is called here")),
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

Deno.test("an agent that asks a model is told what was rejected; a rule is not", async () => {
  const inboxes: unknown[] = [];
  for (const llm of [true, false]) {
    const domain = village({
      decide: (agent, _seen, { turn, inbox }) => {
        if (agent.name === "A") inboxes.push(inbox);
        return agent.name === "A" && turn === 1 ? agent.act("earn", { coins: 500 }) : null;
      },
    });
    Object.assign(domain.agents[0]!, { llm });
    await played(villageSimulation(domain, await villageScenario()), 2);
  }
  const told = { from: null, to: "A", content: { rejected: "earn", reason: "too much" }, turn: 1 };
  assertEquals(inboxes, [[], [told], [], []]);
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
  assertEquals(events.find(({ event_type }) => event_type === "VALIDITY")!.details.instead, "fallback");
});

Deno.test("human: a fallback that is nothing is told as such", async () => {
  const late: TimeoutInput = { seq: 1, kind: "timeout", turn: 1, agent: "P", n: 1, body: { deadline: 5 }, at: AT };
  const simulation = await simulationOf({}, {
    agents: "  - { name: P, type: human, config: { deadline: 5 } }\n  - { name: B, type: folk }",
    inputs: { inputs: [late] },
  });
  const events = await played(simulation, 1);
  assertEquals(events.find(({ event_type }) => event_type === "VALIDITY")!.details.instead, "nothing");
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
        call: () => Promise.reject(new Error("nothing is called here")),
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
