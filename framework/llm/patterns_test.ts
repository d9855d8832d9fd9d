/** Agents, engine and validator that ask a model, in the turn loop. */

import { z } from "zod";
import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import type { Action, Decision, Verdict } from "../action.ts";
import { encodeState } from "../checkpoint.ts";
import { defineDomain } from "../domain.ts";
import { RecordedInputs } from "../inputs.ts";
import { SimulationOrchestrator } from "../orchestrator.ts";
import { loadScenario } from "../scenario/mod.ts";
import type { SimulationState } from "../state.ts";
import type { Call, ModelCall, SettledCall } from "./call.ts";
import { LLMAgent, type LLMAgentConfig } from "./llm_agent.ts";
import { LLMEngine } from "./llm_engine.ts";
import { LLMValidator } from "./llm_validator.ts";
import { RULE_MARK } from "./rule_mark.ts";
import type { RuleUpdate } from "./update_answers.ts";

class HeroLLMAgent extends LLMAgent<LLMAgentConfig, { gold: number }> {
  static override readonly actions = {
    try: { description: "Tries something.", parameters: z.object({ what: z.string().max(200) }) },
  };
  static override readonly speaks = true;
  protected override rule({ agents }: SimulationState<{ gold: number }>): Decision {
    return this.act("try", { what: `dig for gold number ${agents.get(this.name)!.gold + 1}` });
  }
}

class WorldLLMEngine extends LLMEngine {
  protected override ruleUpdate({ agents }: SimulationState, actions: readonly Action[]): RuleUpdate {
    const richer = actions.map(({ agent_name }) => [agent_name, { gold: agents.get(agent_name)!.gold + 1 }]);
    return { agents: Object.fromEntries(richer), narration: `${actions.length} dig` };
  }
}

class LawLLMValidator extends LLMValidator {
  protected override domainDescription(): string {
    return "A land of heroes.";
  }
  protected override ruleVerdict(action: Action): Verdict {
    return action.agent_name !== "Cid" || { accepted: false, reason: "Cid is banned" };
  }
}

const domain = defineDomain({
  name: "saga",
  description: "",
  agents: [HeroLLMAgent],
  engines: [WorldLLMEngine],
  validators: [LawLLMValidator],
});

type Answer = (call: ModelCall) => string | null | Promise<string | null>;

async function saga(provider: string, answer: Answer, schedule = "simultaneous") {
  const text = `
domain: saga
simulation: { name: t, max_turns: 3, seed: 1, schedule: ${schedule} }
engine: { type: world_llm, mode: game_master, max_step: { agent_vars: { gold: 2 } } }
validator: { type: law_llm, permissive: false }
agents:
  - { name: Ann, type: hero_llm, config: { persona: You are brave. } }
  - { name: Bob, type: hero_llm }
  - { name: Cid, type: hero_llm }
state_variables:
  agent_vars: { gold: { type: int, min: 0, default: 0 } }
  global_vars: {}
llm: { provider: ${provider}, model: m, on_failure: fallback, max_retries: 1 }
events: { verbosity: DETAIL }
`;
  const { scenario, issues } = await loadScenario({ text, file: "t.yaml", readFile: () => Promise.reject() });
  assertTrue(scenario, JSON.stringify(issues));
  const calls: ModelCall[] = [];
  const call = async (call: Call): Promise<SettledCall> => {
    calls.push(call as ModelCall);
    const content = await answer(call as ModelCall);
    const outcome = content === null
      ? { error: { code: "timeout", message: "too late" } }
      : { response: { content, finish_reason: "stop" } };
    return {
      provider,
      model: "m",
      usage: { input_tokens: 1, output_tokens: 1 },
      cost_usd: 0,
      latency_ms: 1,
      reused: false,
      retries: 0,
      ...outcome,
    };
  };
  const simulation = new SimulationOrchestrator({
    domain,
    scenario,
    seed: 1,
    now: () => 0,
    inputs: new RecordedInputs([], call),
    run_id: "t",
  });
  await simulation.start();
  while (simulation.ended === null) await simulation.step();
  simulation.finish();
  const events = simulation.take().events.trim().split("\n").map((line) => JSON.parse(line));
  const ofType = (type: string) => events.filter(({ event_type }) => event_type === type).map(({ details }) => details);
  return { state: simulation.state, stats: simulation.stats, calls, events, ofType };
}

const gold = (state: SimulationState) => state.agents.records.map(({ gold }) => gold);
const offline: Answer = (call) => JSON.stringify(call.offline);

Deno.test("offline, a world of language models plays by its rules, and says so wherever reasons are kept", async () => {
  const { state, calls, stats, ofType } = await saga("offline", offline);
  assertEquals(gold(state), [3, 3, 0]);
  assertEquals(calls.length, 3 * (3 + 3 + 1));
  assertEquals(stats.failed_decisions, 0);
  for (const { reasoning } of ofType("DECISION")) assertTrue(reasoning.startsWith(RULE_MARK), reasoning);
  for (const { reasoning } of state.reasoning_chains) {
    assertTrue(String(reasoning).startsWith(RULE_MARK), String(reasoning));
  }
  assertEquals(calls.slice(0, 7).map(({ agent, purpose, n, attempt }) => [agent, purpose, n, attempt]), [
    ["Ann", "decide", 1, 1],
    ["Bob", "decide", 1, 1],
    ["Cid", "decide", 1, 1],
    ["", "judge:Ann#1", 1, 1],
    ["", "judge:Bob#1", 1, 1],
    ["", "judge:Cid#1", 1, 1],
    ["", "apply", 1, 1],
  ]);
  const told = ofType("ACTION").filter(({ action_type }) => action_type === "message");
  assertEquals(told.map(({ action_payload }) => action_payload.content), ["2 dig", "2 dig", "2 dig"]);
});

Deno.test("a hero hears what the game master tells, and remembers what it did", async () => {
  const { calls } = await saga("offline", offline);
  const last = calls.filter(({ agent }) => agent === "Ann").at(-1)!.messages.at(-1)!.content;
  assertMatches(last, /# Messages to you\n\nfrom the world to all: "2 dig"/);
  assertMatches(last, /- Turn 2: try \{"what":"dig for gold number 2"\}/);
});

/** A model that knows what to say. */
const answers: Answer = ({ agent, purpose, turn, attempt }) => {
  const reasons = { reasoning: `${agent}${purpose} in ${turn}`, confidence: 0.9 };
  if (purpose === "decide") {
    return JSON.stringify({ ...reasons, action: "try", parameters: { what: "x" }, message: { to: "*", text: "hi" } });
  }
  if (purpose === "apply") {
    const gold = attempt === 1 ? 100 : turn;
    return "```json\n" + JSON.stringify({ ...reasons, agents: { Ann: { gold } }, narration: "gold!" }) + "\n```";
  }
  return JSON.stringify({ ...reasons, is_valid: !purpose.includes("Bob") });
};

Deno.test("the same answers make the same world, in whichever order they come", async () => {
  const late = (delay: (call: ModelCall) => number): Answer => async (call) => {
    for (let i = delay(call); i > 0; i--) await Promise.resolve();
    return await answers(call);
  };
  const rank = ({ agent, purpose }: ModelCall) => agent.charCodeAt(0) || purpose.charCodeAt(6);
  const first = await saga("p", late((call) => rank(call)));
  const second = await saga("p", late((call) => 200 - rank(call)));
  assertEquals(encodeState(first.state), encodeState(second.state));
  assertEquals(first.events, second.events);
  assertEquals(first.stats, second.stats);
});

Deno.test("a step that is too large is told to the model and done better; a rejected action has its reason", async () => {
  const { state, calls, ofType } = await saga("p", answers);
  assertEquals(gold(state), [3, 0, 0]);
  const [, told] = calls.filter(({ purpose }) => purpose === "apply");
  assertMatches(
    told!.messages.at(-1)!.content,
    /agents.Ann.gold: 100 is too large a step from 0: in this turn from 0 to 2/,
  );
  const bob = ofType("ACTION").find(({ validated }) => validated === false);
  assertEquals(bob.reason, "judge:Bob#1 in 1");
  const [update] = ofType("DETAIL").filter(({ calculation_type }) => calculation_type === "llm_update");
  assertEquals(update.intermediate_values.attempts, 2);
});

Deno.test("a model that keeps to no range is taken by its word as far as that goes, and nothing has failed", async () => {
  const stubborn: Answer = (call) =>
    call.purpose === "apply"
      ? JSON.stringify({ reasoning: "more", agents: { Ann: { gold: 1e9 }, Dan: { gold: 1 } }, narration: "" })
      : answers(call);
  const { state, stats, ofType } = await saga("p", stubborn);
  assertEquals(gold(state), [6, 0, 0]);
  assertEquals(stats.failed_decisions, 0);
  const [update] = ofType("DETAIL").filter(({ calculation_type }) => calculation_type === "llm_update");
  assertEquals(update.intermediate_values.repairs, [
    { at: "agents.Ann.gold", was: 1e9, is: 2 },
    { at: "agents.Dan", was: '{"gold":1}', is: null },
  ]);
  assertEquals(state.reasoning_chains.find(({ component }) => component === "engine")!.reasoning, "more");
});

Deno.test("where nobody answers the rules decide, and every failure is on record", async () => {
  const { state, stats, ofType } = await saga("p", () => null);
  assertEquals(gold(state), [3, 3, 0]);
  assertTrue(stats.failed_decisions >= 3 * 3, `${stats.failed_decisions}`);
  assertEquals(ofType("VALIDITY").filter(({ kind }) => kind === "question_failed").length, 3 * (3 + 3 + 1));
});

Deno.test("agents that act one after the other have their steps measured from the start of the turn", async () => {
  const up: Answer = (call) => {
    if (call.purpose !== "apply") return JSON.stringify(call.offline ?? JSON.parse(String(answers(call))));
    return JSON.stringify({ reasoning: "up", agents: { Ann: { gold: 2 * call.turn } }, narration: "" });
  };
  const { state, calls } = await saga("p", up, "sequential");
  assertEquals(gold(state), [6, 0, 0]);
  const { turn, n } = calls.filter(({ purpose }) => purpose === "apply").at(-1)!;
  assertEquals([turn, n], [3, 2]);
});
