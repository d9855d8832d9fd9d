import { TurnCalls } from "./llm/turn_calls.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import { Action, type Decision } from "./action.ts";
import { BaseAgent } from "./agent.ts";
import type { AgentContext, Log } from "./context.ts";
import { agentSlot, DecisionMaker, FailedDecision, type Outcome, RETRIES } from "./decision.ts";
import { RULE_FIRST } from "./human.ts";
import { RecordedInputs } from "./inputs.ts";
import type { SimError } from "./issue.ts";
import type { OnError } from "./scenario/resolved.ts";
import { AgentMap, SimulationState } from "./state.ts";
import { run } from "./steps.ts";

const STATE = new SimulationState({ turn: 6, agents: AgentMap.of([]), global_state: {} });

type Decide = (context: AgentContext) => unknown;

class ScriptedAgent extends BaseAgent {
  asked = 0;
  readonly #decide: Decide;
  readonly #fallback: () => unknown;
  constructor(name: string, decide: Decide, fallback: () => unknown = () => null) {
    super({ name, config: {} });
    this.#decide = decide;
    this.#fallback = fallback;
  }
  override decideAction(_observation: SimulationState, context: AgentContext): Decision | Promise<Decision> {
    this.asked++;
    return this.#decide(context) as Decision;
  }
  override fallbackAction(): Decision {
    return this.#fallback() as Decision;
  }
}

const act = (name: string, action = "work") => new Action(name, action);
const fail = () => {
  throw new Error("no idea");
};

function newMaker(log: Log = () => {}): DecisionMaker {
  const memory = { max_entries: 10, max_turns: null, max_bytes: 1000 };
  return new DecisionMaker({ files: "", log, memory, outside: new RecordedInputs([]) });
}

function askAll(agents: readonly ScriptedAgent[], policy: OnError = "fail", maker = newMaker()) {
  const view = {
    turn: 7,
    observe: () => STATE,
    inboxes: new Map(),
    memories: {},
    control: {},
    remembered: new Map(),
    calls: new TurnCalls(),
  };
  return run(
    maker.askAll(
      agents.map((agent) => agentSlot(agent, 1, { on_error: policy, human: RULE_FIRST, model: () => null })),
      view,
    ),
  );
}

async function ask(agent: ScriptedAgent, policy: OnError): Promise<Outcome> {
  return (await askAll([agent], policy))[0]!;
}

function assertFailed(outcome: Outcome | undefined): FailedDecision {
  assertTrue(outcome instanceof FailedDecision, "the decision failed");
  return outcome;
}

Deno.test("decisions of agents that answer at once need no promise", () => {
  const outcomes = askAll([new ScriptedAgent("A", () => act("A")), new ScriptedAgent("B", () => null)]);
  assertEquals(outcomes, [act("A"), null]);
});

Deno.test("decisions are in agent order, not in the order in which they arrive", async () => {
  const first = Promise.withResolvers<Action>();
  const agents = [
    new ScriptedAgent("A", () => first.promise),
    new ScriptedAgent("B", () => {
      // B's answer lets A's arrive: A is last for certain.
      first.resolve(act("A"));
      return act("B");
    }),
    new ScriptedAgent("C", () => Promise.resolve(act("C"))),
  ];
  assertEquals(await askAll(agents), [act("A"), act("B"), act("C")]);
});

Deno.test("waitingFor names the agents whose answer is outstanding, and nobody afterwards", async () => {
  const late = Promise.withResolvers<null>();
  const maker = newMaker();
  const asking = askAll(
    [new ScriptedAgent("A", () => null), new ScriptedAgent("B", () => late.promise)],
    "fail",
    maker,
  );
  assertEquals([...maker.waitingFor], ["B"]);
  late.resolve(null);
  await asking;
  assertEquals([...maker.waitingFor], []);
});

Deno.test("every agent draws from a stream of its own that another's draws do not disturb", () => {
  const draws: Record<string, number> = {};
  const drawing = (name: string, times: number) =>
    new ScriptedAgent(name, ({ rng }) => {
      for (let i = 0; i < times; i++) draws[name] = rng.next();
      return null;
    });
  askAll([drawing("A", 1), drawing("B", 1)]);
  const before = { ...draws };
  askAll([drawing("A", 5), drawing("B", 1)]);
  assertEquals(draws.B, before.B);
  assertTrue(draws.A !== before.A && before.A !== before.B);
});

Deno.test("fail: the first failing agent in agent order is reported, whichever fails first", async () => {
  const agents = [
    new ScriptedAgent("A", () => Promise.resolve().then(fail)),
    new ScriptedAgent("B", fail),
  ];
  const error = await Promise.resolve(askAll(agents)).then(() => null, (error: SimError) => error);
  assertEquals([error?.code, error?.agent, error?.turn], ["agent_error", "A", 7]);
  assertEquals(error?.message, "agent 'A' failed in turn 7: no idea");
});

Deno.test("skip: asked once, nothing is done instead", async () => {
  const agent = new ScriptedAgent("A", fail);
  const { attempts, instead, policy } = assertFailed(await ask(agent, "skip"));
  assertEquals({ attempts, instead, policy, asked: agent.asked }, {
    attempts: 1,
    instead: null,
    policy: "skip",
    asked: 1,
  });
});

Deno.test("retry: asked again until it answers, each time with draws of its own, the same in every run", async () => {
  const draws: number[] = [];
  const agent = new ScriptedAgent("A", ({ rng }) => {
    draws.push(rng.next());
    return draws.length <= RETRIES ? fail() : act("A");
  });
  assertEquals(await ask(agent, "retry"), act("A"));
  assertEquals(agent.asked, 1 + RETRIES);
  assertEquals(new Set(draws).size, 1 + RETRIES);
  const before = draws.splice(0);
  await ask(agent, "retry");
  assertEquals(draws, before);
});

Deno.test("retry: given up after the last attempt, also when it rejects", async () => {
  const agent = new ScriptedAgent("A", () => Promise.reject(new Error("no idea")));
  const { attempts, instead } = assertFailed(await ask(agent, "retry"));
  assertEquals([attempts, instead, agent.asked], [1 + RETRIES, null, 1 + RETRIES]);
});

Deno.test("fallback: the agent's own fallback is taken instead", async () => {
  const failed = assertFailed(await ask(new ScriptedAgent("A", fail, () => act("A", "rest")), "fallback"));
  assertEquals(failed.instead, act("A", "rest"));
});

Deno.test("fallback: a fallback that throws or answers garbage ends the run", () => {
  const throwing = assertThrows(() => askAll([new ScriptedAgent("A", fail, fail)], "fallback"), "agent_error");
  assertMatches(throwing.message, /^agent 'A' failed in turn 7: its fallback failed too: no idea$/);
  const garbage = assertThrows(() => askAll([new ScriptedAgent("A", fail, () => 42)], "fallback"), "agent_error");
  assertMatches(garbage.message, /its fallback failed too: .*42/);
});

const GARBAGE: Record<string, { answer: unknown; message: RegExp }> = {
  "a number": { answer: 42, message: /returned 42, not an Action/ },
  "undefined": { answer: undefined, message: /returned undefined, not an Action/ },
  "a plain object": { answer: { agent_name: "A", action_name: "work", parameters: {} }, message: /not an Action/ },
  "a list with a text": { answer: [act("A"), "work"], message: /not an Action/ },
  "another's action": { answer: act("B"), message: /an action of 'B', not its own/ },
  "another's action in a list": { answer: [act("A"), act("B")], message: /an action of 'B', not its own/ },
  "NaN": { answer: new Action("A", "work", { n: NaN }), message: /parameter 'n' of action 'work' is NaN/ },
  "infinity in a list": { answer: new Action("A", "work", { n: [1, Infinity] }), message: /is Infinity/ },
  "a date": { answer: new Action("A", "work", { n: new Date(0) as never }), message: /holds a Date/ },
  "a map": { answer: new Action("A", "work", { n: new Map() as never }), message: /holds a Map/ },
  "a function": { answer: new Action("A", "work", { n: (() => 1) as never }), message: /holds a function/ },
  "a bigint": { answer: new Action("A", "work", { n: 1n as never }), message: /holds a bigint/ },
  "a bigint as reasoning": {
    answer: new Action("A", "work", {}, { reasoning: 1n as never }),
    message: /reasoning of an action is 1n, not a text/,
  },
};
for (const [name, { answer, message }] of Object.entries(GARBAGE)) {
  Deno.test(`garbage is told from a decision: ${name}`, async () => {
    assertMatches(assertThrows(() => askAll([new ScriptedAgent("A", () => answer)]), "agent_error").message, message);
    const late = assertFailed(await ask(new ScriptedAgent("A", () => Promise.resolve(answer)), "skip"));
    assertMatches(late.error.message, message);
  });
}

Deno.test("several actions, none, and parameters of every JSON kind are decisions", () => {
  const rich = new Action("A", "work", { n: 1, t: "x", b: true, nothing: null, list: [{ deep: [] }] }, {
    reasoning: "why not",
  });
  assertEquals(askAll([new ScriptedAgent("A", () => [rich, act("A")])]), [[rich, act("A")]]);
  assertEquals(askAll([new ScriptedAgent("A", () => [])]), [[]]);
});

Deno.test("a full disk that an agent meets ends the turn whatever its policy, as the disk's fault", () => {
  for (const policy of ["fail", "retry", "skip", "fallback"] as const) {
    const agent = new ScriptedAgent("A", () => {
      const noSpace = Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
      throw new Error("the diary could not be written", { cause: noSpace });
    });
    const error = assertThrows(() => askAll([agent], policy), "disk_full") as SimError;
    assertEquals([agent.asked, error.turn], [1, 7]);
    assertMatches(error.message, /disk is full/);
  }
});
