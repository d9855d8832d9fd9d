import { Action, AgentMap, ModelError, RULE_MARK, SimulationState } from "llm-sim";
import type { z } from "zod";
import { assertEquals, assertMatches, assertRejects, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import { agentContext, newMemory } from "../../../tests/support/contexts.ts";
import { ScriptedLLM, type ScriptOptions } from "../../../tests/support/scripted_llm.ts";
import { type Nation, play, readScenario } from "../tests/harness.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";
import { EconLLMAgent } from "./econ_llm.ts";
import { econLLMConfig } from "./econ_llm_config.ts";
import { NationAgent } from "./nation.ts";
import { nationConfig } from "./nation_config.ts";

type Config = z.input<typeof econLLMConfig>;
type Seen = SimulationState<NationVariables, WorldVariables>;

const START = (await play(readScenario("growth"), { turns: 0 })).last;

/** Nations n0 and n1 at rest, changed as given. */
function market(
  own: Partial<NationVariables> = {},
  partner: Partial<NationVariables> = {},
  names = ["n0", "n1"],
): Seen {
  const rest = START.agents.records[0]!;
  const records = names.map((name, i): Nation => ({ ...rest, ...[own, partner][i], name }));
  return START.with({ agents: AgentMap.of(records) });
}

/** A world as of engine `economic`. */
function small(): Seen {
  const agents = AgentMap.of([{ name: "n0", economic_strength: 42 }]) as unknown as AgentMap<NationVariables>;
  return new SimulationState({ turn: 0, agents, global_state: { inflation: 3 } as WorldVariables });
}

const agentWith = (config: Config = {}, prompt?: string) =>
  new EconLLMAgent({
    name: "n0",
    config: econLLMConfig.parse(config),
    ...(prompt !== undefined && { prompt: { file: "own.md", text: prompt } }),
  });

interface Asked {
  readonly decision: Action | null;
  readonly llm: ScriptedLLM;
  /** What the model was asked, system's and user's part. */
  readonly text: string;
}

async function ask(
  replies: readonly unknown[],
  { config = {}, state = market(), options = {}, turn = 1 }: {
    config?: Config;
    state?: Seen;
    options?: ScriptOptions;
    turn?: number;
  } = {},
): Promise<Asked> {
  const llm = new ScriptedLLM(replies, options);
  const context = { ...agentContext("n0", turn, { memory: newMemory(turn) }), llm };
  const decision = await agentWith(config).decideAction(state, context) as Action | null;
  return { decision, llm, text: llm.lastPrompt };
}

const policy = (parameters: object, action = "set_policy") => ({
  reasoning: "because",
  action,
  parameters,
  confidence: 0.8,
});

Deno.test("econ_llm agent: what the model chooses is the action that rule nations take, with its reasons", async () => {
  const chosen = { policy_rate: 3.5, fiscal_stance: 0.01, tariffs: { n1: 0.1 } };
  const { decision } = await ask([policy(chosen)]);
  assertEquals(decision, new Action("n0", "set_policy", chosen, { reasoning: "because", confidence: 0.8 }));
  assertEquals((await ask([policy({}, "none")])).decision, null);
});

const REFUSED: [string, object, RegExp][] = [
  ["a rate beyond its step", { policy_rate: 9 }, /parameters.policy_rate: Too big: expected number to be <=5.5/],
  ["a rate below zero", { policy_rate: -1 }, /parameters.policy_rate: Too small: expected number to be >=0.5/],
  ["a deficit beyond all means", { fiscal_stance: 0.5 }, /parameters.fiscal_stance: Too big/],
  ["a tariff on nobody", { tariffs: { Atlantis: 0.1 } }, /parameters.tariffs: Unrecognized key: "Atlantis"/],
  ["a tariff on itself", { tariffs: { n0: 0.1 } }, /parameters.tariffs: Unrecognized key: "n0"/],
  ["a tariff above its maximum", { tariffs: { n1: 0.9 } }, /parameters.tariffs.n1: Too big/],
  ["a policy of another name", { interest_rate: 3 }, /Unrecognized key: "interest_rate"/],
];

for (const [what, parameters, complaint] of REFUSED) {
  Deno.test(`econ_llm agent: ${what} is told to the model, which chooses again`, async () => {
    const { decision, llm } = await ask([policy(parameters), policy({ policy_rate: 4 })]);
    assertMatches(llm.complaints[0]!, complaint);
    assertEquals(decision!.parameters, { policy_rate: 4 });
  });
}

Deno.test("econ_llm agent: the step of the policy rate is measured from the present rate, and is the config's", async () => {
  const { llm } = await ask([policy({ policy_rate: 1.9 }), policy({})], {
    config: { max_rate_step: 1 },
    state: market({ policy_rate: 3 }),
  });
  assertMatches(llm.complaints[0]!, />=2/);
  assertMatches(llm.lastPrompt, /policy_rate \(optional\): number from 2 to 4; interest rate, % per year; now 3\n/);
});

Deno.test("econ_llm agent: the prompt tells who governs, how the economy works, what is published, and nothing latent", async () => {
  const { text } = await ask([policy({})], { config: { persona: "You are frugal." } });
  for (
    const part of [
      "You govern n0, a nation",
      "You are frugal.",
      "One turn is a quarter of a year",
      "no instructions to you",
      "- debt: public debt, multiple of a year's output\n",
      "\n# n0\n\neconomic_strength: 1600\n",
      "\n# The world\n\ntotal_economic_value: 4000\n",
      "\n# The other nations\n\nn1: economic_strength=1600, ",
      "- set_policy: Sets policies of your nation",
      "- none: Do nothing this turn.",
      "tariffs (optional): object { n1: number from 0 to 0.6 }",
    ]
  ) assertTrue(text.includes(part), `${part} is not in:\n${text}`);
  for (const latent of ["demand_shock", "productivity:", "productivity=", "capital:", "capital="]) {
    assertTrue(!text.includes(latent), `${latent} is in:\n${text}`);
  }
});

Deno.test("econ_llm agent: without a persona the model is told what the rule aims at", async () => {
  const told = async (config: Config) => (await ask([policy({})], { config })).text;
  assertMatches(await told({}), /You want the economy to grow.*inflation target is 2 %\. You start no trade wars/);
  assertMatches(await told({ strategy: "maintain", tariff_stance: "free_trade" }), /You want stability.*no tariffs/);
  assertMatches(
    await told({ strategy: "decline", tariff_stance: "protectionist", tariff_targets: ["n1"] }),
    /You want thrift.*with tariffs against n1\./,
  );
});

Deno.test("econ_llm agent: where an observation hides what others do, the prompt does without", async () => {
  const hidden = AgentMap.of<NationVariables>([market().agents.get("n0")!, { name: "n1" } as Nation]);
  const { decision, text } = await ask([policy({ tariffs: { n1: 0.1 } })], {
    state: market().with({ agents: hidden }),
  });
  assertEquals(decision!.parameters, { tariffs: { n1: 0.1 } });
  assertMatches(text, /# The other nations\n\nn1\n/);
});

Deno.test("econ_llm agent: alone in the world it has no tariffs to set; among many it names whom it taxes", async () => {
  const alone = await ask([policy({})], { state: market({}, {}, ["n0"]) });
  assertTrue(!alone.text.includes("tariffs (optional)"));
  const many = Array.from({ length: 30 }, (_, i) => `n${i}`);
  const among = await ask([policy({ tariffs: { n29: 0.2 } })], { state: market({}, {}, many) });
  assertEquals(among.decision!.parameters, { tariffs: { n29: 0.2 } });
  assertMatches(among.text, /object whose values are: number from 0 to 0.6/);
});

/** Config and state in which every part of the rule has something to do. */
const RULED: [Config, Seen][] = [
  [{ strategy: "grow" }, market({ inflation: 3.3, output_gap: -2, unemployment: 7 })],
  [{ strategy: "maintain", fiscal_stimulus: 0.04, stimulus_above: 6 }, market({ unemployment: 7, debt: 1.4 })],
  [{ strategy: "decline", max_tariff: 0.3 }, market({}, { tariffs: { n0: 0.5 } })],
  [{ tariff_stance: "protectionist", tariff: 0.2, escalation: 0.1 }, market({ tariffs: { n1: 0.2 } })],
];

Deno.test("econ_llm agent: offline, and as a fallback, it does what nation does with the same config, and says so", async () => {
  for (const [config, state] of RULED) {
    const rule = new NationAgent({ name: "n0", config: nationConfig.parse(config) });
    const { strength: _, ...expected } = (rule.decideAction(state, agentContext("n0", 1)) as Action).parameters;
    const offline = await ask([], { config, state, options: { offline: true } });
    const failing = { ...agentContext("n0", 1), llm: new ScriptedLLM() };
    const fallback = agentWith(config).fallbackAction(state, failing) as Action;
    for (const action of [offline.decision!, fallback]) {
      assertEquals([action.action_name, action.parameters], ["set_policy", expected]);
      assertTrue(action.reasoning!.startsWith(`${RULE_MARK}${config.strategy ?? "grow"}: inflation `));
    }
    assertEquals(offline.llm.complaints, []);
    const { action, parameters } = offline.llm.requests[0]!.offline!() as { action: string; parameters: object };
    assertEquals([action, parameters], ["set_policy", expected], "the question holds all of it");
  }
});

Deno.test("econ_llm agent: the rule keeps to what the nation may do in a turn", async () => {
  const config: Config = { strategy: "grow", investment_share: 0.6, fiscal_stimulus: 0.1, max_rate_step: 1 };
  const state = market({ inflation: 20, output_gap: -20, policy_rate: 3 });
  const { decision } = await ask([], { config, state, options: { offline: true } });
  assertEquals(decision!.parameters, { investment_share: 0.5, policy_rate: 4, fiscal_stance: 0.12, tariffs: {} });
});

Deno.test("econ_llm agent: an answer that never comes is an error for the loop, which asks for the fallback", async () => {
  await assertRejects(() => ask([new ModelError("refused", "no")]), "refused");
});

Deno.test("econ_llm agent: in a world as of engine economic it announces a strategy, and may say what it does for it", async () => {
  const chosen = policy({ measures: "builds harbours" }, "grow");
  const { decision, text } = await ask([chosen], { state: small() });
  assertEquals([decision!.action_name, decision!.parameters], ["grow", { measures: "builds harbours" }]);
  assertMatches(text, /- decline: .*\n {4}- measures \(optional\): text of at most 300 characters/);
  assertTrue(!text.includes("One turn is a quarter"));
  const { decision: ruled } = await ask([], {
    state: small(),
    config: { strategy: "maintain" },
    options: { offline: true },
  });
  assertEquals([ruled!.action_name, ruled!.parameters], ["maintain", {}]);
});

Deno.test("econ_llm agent: a scenario's own prompt may use its placeholders, and no others", async () => {
  const llm = new ScriptedLLM([policy({}, "grow")]);
  const context = { ...agentContext("n0", 1), llm };
  await agentWith({ persona: "P" }, "{{name}} {{persona}} {{turn}}\n{{legend}}").decideAction(small(), context);
  assertEquals(
    llm.requests[0]!.messages,
    "n0 P 1\nWhat the variables mean:\n\n- economic_strength: output; on this scale the nations are compared\n- inflation: %",
  );
  assertThrows(() => agentWith({}, "{{polcy}}"), "bad_prompt");
});

Deno.test("econ_llm agent: its config is nation's and the model's; unknown keys are refused", () => {
  const { history, persona, strategy, max_rate_step } = econLLMConfig.parse({});
  assertEquals([history, persona, strategy, max_rate_step], [3, "", "grow", 2.5]);
  for (const bad of [{ max_rate_step: 0 }, { strategy: "win" }, { goal: "x" }, { history: -1 }]) {
    assertTrue(!econLLMConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});
