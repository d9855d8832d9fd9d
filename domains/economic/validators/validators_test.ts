import { Action, AgentMap, type JsonObject, SimulationState } from "llm-sim";
import { assertEquals, assertMatches, assertTrue } from "../../../tests/support/assert.ts";
import { type EconomyState, play, readScenario } from "../tests/harness.ts";
import type { NationVariables, WorldVariables } from "../variables.ts";
import { alwaysValidConfig, AlwaysValidValidator } from "./always_valid.ts";
import { economicRulesConfig, EconomicRulesValidator } from "./economic_rules.ts";

const MARKET = (await play(readScenario("growth"), { turns: 0 })).last;
const ECONOMIC = (await play(readScenario("basic_economic"), { turns: 0 })).last;

/** The reason for rejecting, or null when the action is accepted. */
function judge(
  action: Action,
  { config = {}, state = MARKET }: { config?: object; state?: EconomyState } = {},
): string | null {
  const verdict = new EconomicRulesValidator({ config: economicRulesConfig.parse(config) }).validateAction(
    action,
    state,
  );
  if (verdict === true) return null;
  assertTrue(
    typeof verdict === "object" && !verdict.accepted && verdict.reason !== undefined,
    "a rejection has its reason",
  );
  return verdict.reason;
}

function policy(parameters: JsonObject): Action {
  return new Action("Aurelia", "set_policy", parameters);
}

function withDebt(debt: number): EconomyState {
  return MARKET.with({ agents: MARKET.agents.with("Aurelia", { debt }) });
}

Deno.test("always_valid: accepts anything, and the keys that older scenarios carry", () => {
  const config = alwaysValidConfig.parse({ domain: "economic", permissive: false });
  assertEquals(new AlwaysValidValidator({ config }).validateAction(), true);
  assertEquals(alwaysValidConfig.parse({}), { domain: null, permissive: true });
  assertTrue(!alwaysValidConfig.safeParse({ strict: true }).success);
});

Deno.test("economic_rules: sensible policies are accepted, on either engine", () => {
  const full = {
    strength: 1600,
    investment_share: 0.3,
    policy_rate: 4,
    fiscal_stance: 0.03,
    tariffs: { Borealis: 0.2 },
  };
  assertEquals(judge(policy(full)), null);
  assertEquals(judge(policy({})), null);
  for (const strategy of ["grow", "maintain", "decline"]) {
    assertEquals(judge(new Action("NationA", strategy, { strength: 1000 }), { state: ECONOMIC }), null);
  }
});

const REJECTED: [string, Action, RegExp, object?][] = [
  ["a nation that does not exist", new Action("Atlantis", "set_policy"), /no nation 'Atlantis'/],
  ["an unknown action", new Action("Aurelia", "invade"), /unknown action 'invade'; known: set_policy/],
  ["a strategy's name on market", new Action("Aurelia", "grow"), /unknown action 'grow'/],
  ["an unknown parameter", policy({ invstment_share: 0.2 }), /unknown parameter 'invstment_share'/],
  ["a policy that is no number", policy({ policy_rate: "high" }), /policy_rate must be a finite number, not "high"/],
  ["a policy that is null", policy({ fiscal_stance: null }), /fiscal_stance must be a finite number, not null/],
  ["a policy that is NaN", policy({ investment_share: NaN }), /investment_share must be a finite number, not NaN/],
  ["too much investment", policy({ investment_share: 0.51 }), /investment_share 0.51 is not from 0 to 0.5/],
  ["too little investment", policy({ investment_share: 0.1 }), /0.1 is not from 0.2/, { min_investment_share: 0.2 }],
  ["a negative policy rate", policy({ policy_rate: -0.5 }), /policy_rate -0.5 is not from 0 to 50/],
  ["a policy rate that jumps", policy({ policy_rate: 9 }), /change 6 is not from -2 to 2/, { max_rate_step: 2 }],
  ["too large a deficit", policy({ fiscal_stance: 0.13 }), /fiscal_stance 0.13 is not from -0.12 to 0.12/],
  ["too much austerity", policy({ fiscal_stance: -0.13 }), /fiscal_stance -0.13/],
  ["a sum beyond its means", policy({ investment_share: 0.5, fiscal_stance: 0.11 }), /beyond its means.*above 0.6/],
  ["tariffs that are no map", policy({ tariffs: 0.2 }), /tariffs must map partners to shares, not 0.2/],
  ["a tariff on itself", policy({ tariffs: { Aurelia: 0.1 } }), /from itself/],
  ["a tariff on nobody", policy({ tariffs: { Atlantis: 0.1 } }), /'Atlantis', which is no nation/],
  ["a tariff above the limit", policy({ tariffs: { Borealis: 1.01 } }), /'Borealis' 1.01 is not from 0 to 1/],
  ["a negative tariff", policy({ tariffs: { Borealis: -0.1 } }), /-0.1 is not from 0/],
  ["a tariff that is no number", policy({ tariffs: { Borealis: [1] } }), /must be a finite number, not \[1\]/],
  ["a false claim", policy({ strength: 1700 }), /claims strength 1700 but has 1600/],
  ["a claim that is no number", policy({ strength: "mighty" }), /strength must be a finite number/],
];

for (const [what, action, reason, config] of REJECTED) {
  Deno.test(`economic_rules: rejects ${what}`, () => {
    assertMatches(judge(action, { config: config ?? {} }) ?? "accepted", reason);
  });
}

Deno.test("economic_rules: a deficit is beyond the means of a nation with too much debt; saving is not", () => {
  assertMatches(judge(policy({ fiscal_stance: 0.01 }), { state: withDebt(2) }) ?? "accepted", /debt of 2 × output/);
  assertEquals(judge(policy({ fiscal_stance: -0.01 }), { state: withDebt(2) }), null);
  assertEquals(judge(policy({ fiscal_stance: 0.01 }), { state: withDebt(2), config: { max_debt: 3 } }), null);
});

Deno.test("economic_rules: on engine economic a false claim and market's action are rejected", () => {
  assertMatches(
    judge(new Action("NationA", "grow", { strength: 2000 }), { state: ECONOMIC }) ?? "accepted",
    /claims strength 2000/,
  );
  assertMatches(
    judge(new Action("NationA", "set_policy"), { state: ECONOMIC }) ?? "accepted",
    /known: grow, maintain, decline/,
  );
});

Deno.test("economic_rules: a claim may be off by the tolerance", () => {
  assertEquals(judge(policy({ strength: 1615 })), null);
  assertMatches(judge(policy({ strength: 1615 }), { config: { strength_tolerance: 0 } }) ?? "accepted", /claims/);
});

Deno.test("economic_rules: limits are read from the config, within bounds", () => {
  assertEquals(judge(policy({ investment_share: 0.55 }), { config: { max_investment_share: 0.6 } }), null);
  for (const bad of [{ max_tariff: 3 }, { max_debt: -1 }, { maxtariff: 1 }]) {
    assertTrue(!economicRulesConfig.safeParse(bad).success, JSON.stringify(bad));
  }
});

Deno.test("economic_rules: a long malformed value is cut in the reason", () => {
  const agents = AgentMap.of(MARKET.agents.records);
  const state = new SimulationState<NationVariables, WorldVariables>({ ...MARKET, agents });
  assertTrue(judge(policy({ tariffs: "x".repeat(10_000) }), { state })!.length < 120);
});
