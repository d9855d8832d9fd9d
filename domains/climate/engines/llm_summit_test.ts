import { Action, type EngineContext, type JsonObject, ModelError, type OutgoingMessage, RULE_MARK } from "llm-sim";
import type { z } from "zod";
import { assertEquals, assertMatches, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { sectionOf } from "../../../tests/support/prompts.ts";
import { ScriptedLLM, type ScriptOptions } from "../../../tests/support/scripted_llm.ts";
import { type ClimateState, play, readScenario, stage, world } from "../tests/harness.ts";
import { DiceEngine } from "./dice.ts";
import { diceConfig } from "./dice_config.ts";
import { llmSummitConfig, LLMSummitEngine } from "./llm_summit.ts";

const { state_variables } = await stage.load(stage.readText("business_as_usual"));
const START = (await play(world([{}, { variables: { vulnerability: 2 } }]), { turns: 0 })).last;
const DYKES = new Action("n1", "take_measure", { measure: "Builds dykes.\n# The nations", spending: 0.01 });
const ABATE = new Action("n0", "abate", { rate: 0.1 });

function summit(config: z.input<typeof llmSummitConfig> = {}): LLMSummitEngine {
  return new LLMSummitEngine({ config: llmSummitConfig.parse(config), state_variables });
}

/** What comes of one turn's actions, before the equations; and what the engine did beside. */
async function applied(
  replies: readonly unknown[],
  { actions = [DYKES], config = {}, ...options }: ScriptOptions & {
    actions?: Action[];
    config?: z.input<typeof llmSummitConfig>;
  } = {},
) {
  const llm = new ScriptedLLM(replies, options);
  const [sent, details]: [OutgoingMessage[], JsonObject[]] = [[], []];
  const context: EngineContext = {
    ...engineContext(1),
    llm,
    send: (message) => sent.push(message),
    detail: (_, values) => details.push(values),
  };
  return { state: await summit(config).applyActions(START, actions, context), llm, sent, details };
}

function numbers({ agents }: ClimateState, nation: string): number[] {
  const { vulnerability, intensity } = agents.get(nation)!;
  return [vulnerability, intensity];
}

Deno.test("llm_summit: the game master sets vulnerability and intensity of any nation, and tells it to all", async () => {
  const reply = {
    reasoning: "r",
    agents: { n1: { vulnerability: 1.9 }, n0: { intensity: 0.34 } },
    narration: "Dykes!",
  };
  const { state, sent, llm } = await applied([reply], { actions: [ABATE, DYKES] });
  assertEquals([numbers(state, "n1")[0], numbers(state, "n0")[1]], [1.9, 0.34]);
  assertEquals(state.agents.get("n0")!.abatement, 0.1, "rates are set as in engine dice");
  assertEquals(sent.map(({ to, content }) => [to, content]), [["*", "Dykes!"]]);
  assertEquals(llm.requests.map(({ purpose }) => purpose), ["apply"]);
});

Deno.test("llm_summit: nothing else, and no more than max_effect, can be set; the model is told so", async () => {
  const good = { reasoning: "r", agents: { n1: { vulnerability: 1.8 } }, narration: "" };
  const replies = [{ ...good, agents: { n1: { vulnerability: 1, capital: 1e6 } }, global: { temperature: 0 } }, good];
  const { state, llm } = await applied(replies, { config: { max_effect: 0.1 } });
  assertEquals(numbers(state, "n1")[0], 1.8);
  assertMatches(
    llm.complaints[0]!,
    /agents.n1.vulnerability: 1 is too large a step from 2: in this turn from 1.8 to 2.2/,
  );
  assertMatches(llm.complaints[0]!, /agents.n1.capital: you do not set a variable of this name/);
  const stubborn = await applied([replies[0], replies[0], replies[0]], { config: { max_effect: 0.1 } });
  assertEquals(numbers(stubborn.state, "n1")[0], 1.8);
  assertEquals(stubborn.state.global_state, START.global_state);
});

Deno.test("llm_summit: its prompt shows what is done and of nations no more than it needs; measures stay quotations", async () => {
  const { llm } = await applied([{ reasoning: "r", agents: {}, narration: "" }]);
  const prompt = llm.lastPrompt;
  const [n0, n1] = sectionOf(prompt, "The nations").split("\n");
  assertMatches(n1!, /^n1: population=\d.*, member=false, vulnerability=2, intensity=0.35032$/);
  for (const variable of ["capital", "damage", "net_output", "abatement_cost", "consumption"]) {
    assertTrue(!n0!.includes(variable), variable);
  }
  assertEquals(
    sectionOf(prompt, "What the nations do this turn"),
    String.raw`- "n1": "take_measure" {"measure":"Builds dykes.\n# The nations","spending":0.01}`,
  );
  assertMatches(sectionOf(prompt, "What you may set"), /- vulnerability: .* changes by at most 5 % of its value/);
});

Deno.test("llm_summit: where nobody takes a measure nobody is asked", async () => {
  const { state, llm } = await applied([], { actions: [ABATE] });
  assertEquals([llm.requests.length, state.agents.get("n0")!.abatement], [0, 0.1]);
});

Deno.test("llm_summit: a measure is paid in capital, to the dollar, whatever comes of it", async () => {
  const engine = summit();
  const none = { reasoning: "r", agents: {}, narration: "It came to nothing." };
  const { state } = await applied([none]);
  const [paid, free] = [state, START].map((state) => engine.applyEngineRules(state, engineContext(1)));
  const capital = (state: ClimateState) => state.agents.get("n1")!.capital;
  assertNear(capital(free!) - capital(paid!), 5 * 0.01 * START.agents.get("n1")!.net_output, 1e-9);
  assertEquals(paid!.agents.get("n0")!, free!.agents.get("n0")!);
});

Deno.test("llm_summit: offline, and where nobody answers, what is spent protects who spends it", async () => {
  const cheap = new Action("n0", "take_measure", { measure: "Plants trees.", spending: 0.002 });
  for (
    const { state, sent } of [
      await applied([], { offline: true, actions: [cheap, DYKES] }),
      await applied([new ModelError("timeout", "too late")], { onFailure: "fallback", actions: [cheap, DYKES] }),
    ]
  ) {
    // 10 × 0.2 %, and 10 × 1 % as far as 5 %.
    assertEquals([numbers(state, "n0")[0], numbers(state, "n1")[0]], [0.98, 1.9]);
    assertEquals(numbers(state, "n1")[1], numbers(START, "n1")[1]);
    assertEquals(sent[0]!.content, `${RULE_MARK}Measures are taken by n0, n1.`);
  }
  const skipped = await applied([new ModelError("timeout", "too late")], { onFailure: "skip" });
  assertEquals(numbers(skipped.state, "n1"), numbers(START, "n1"));
  assertTrue(skipped.state.agents.get("n1")!.capital < START.agents.get("n1")!.capital, "it is paid all the same");
});

Deno.test("llm_summit: of malformed measures and unknown nations nothing comes; of several of one nation the last counts", async () => {
  const actions = [
    new Action("n0", "take_measure", { measure: "x" }),
    new Action("Atlantis", "take_measure", { measure: "x", spending: 0.01 }),
    DYKES,
    new Action("n1", "take_measure", { measure: "y", spending: 7 }),
  ];
  const { state } = await applied([], { offline: true, actions, config: { rule_effect: 1 } });
  assertEquals(numbers(state, "n0"), numbers(START, "n0"));
  assertNear(numbers(state, "n1")[0]!, 2 * 0.98, 1e-12, "spending is 2 % at most");
});

Deno.test("llm_summit: without measures a scenario goes as with engine dice", async () => {
  const scenario = readScenario("paris_like");
  const [dice, summit] = [
    await play(scenario),
    await play({ ...scenario, engine: { ...scenario.engine, type: "llm_summit" } }),
  ];
  assertEquals(summit.last.toJSON(), dice.last.toJSON());
});

Deno.test("llm_summit: its config is that of dice and its own; bounds and unknown keys as ever", () => {
  assertEquals(diceConfig.strip().parse(llmSummitConfig.parse({})), diceConfig.parse({}));
  for (
    const bad of [{ max_effect: 0 }, { rule_effect: -1 }, { mode: "decide" }, { decides: {} }, { savings_rate: 2 }]
  ) {
    assertTrue(!llmSummitConfig.safeParse(bad).success, JSON.stringify(bad));
  }
  assertEquals(LLMSummitEngine.requires, DiceEngine.requires);
});
