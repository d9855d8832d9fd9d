import { Action, type JsonObject } from "llm-sim";
import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertMatches, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { engineContext } from "../../../tests/support/contexts.ts";
import { withEntry } from "../../../tests/support/playing.ts";
import { type ClassicState, play } from "../tests/harness.ts";
import { taxLawConfig, TaxLawValidator } from "../validators/tax_law.ts";
import { ClassicEngine } from "./classic.ts";

const AFTER_FIVE = (await play("taxes", { turns: 5 })).last;
const engine = new ClassicEngine({ config: {} });

const wealthOf = (state: ClassicState) => Array.from(state.populations.get("traders")!.column("wealth"));
const moneyIn = (state: ClassicState) =>
  wealthOf(state).reduce((sum, own) => sum + own, 0) + state.agents.get("Exchequer")!.wealth;

function act(action_name: string, parameters: JsonObject, state = AFTER_FIVE): ClassicState {
  const action = new Action("Exchequer", action_name, parameters);
  return engine.applyActions(state as never, [action]) as unknown as ClassicState;
}

Deno.test("classic: a tax takes its rate of what each owns above the exemption, a payment gives the same to each", () => {
  const taxed = act("tax", { of: "traders", rate: 0.2, exempt: 1 });
  const revenue = wealthOf(AFTER_FIVE).reduce((sum, own) => sum + 0.2 * Math.max(0, own - 1), 0);
  wealthOf(taxed).forEach((own, i) => {
    const before = wealthOf(AFTER_FIVE)[i]!;
    assertNear(own, before - 0.2 * Math.max(0, before - 1), 1e-12);
  });
  assertNear(taxed.agents.get("Exchequer")!.wealth, revenue, 1e-9);
  const paid = act("pay_out", { to: "traders", share: 0.5 }, taxed);
  wealthOf(paid).forEach((own, i) => assertNear(own - wealthOf(taxed)[i]!, revenue / 2 / 2000, 1e-9));
  assertNear(paid.agents.get("Exchequer")!.wealth, revenue / 2, 1e-9);
});

Deno.test("classic: whatever is taxed and paid out, money is conserved and nobody is in debt", () => {
  const money = moneyIn(AFTER_FIVE);
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const actions = fc.array(
    fc.tuple(fc.constantFrom("tax", "pay_out"), share, fc.double({ min: 0, max: 5, noNaN: true })),
    {
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(actions, (chosen) => {
      const after = chosen.reduce(
        (state, [name, part, exempt]) =>
          act(name, { of: "traders", to: "traders", rate: part, share: part, exempt }, state),
        AFTER_FIVE,
      );
      assertNear(moneyIn(after), money, 1e-6);
      assertTrue(wealthOf(after).every((own) => own >= 0) && after.agents.get("Exchequer")!.wealth >= -1e-9);
    }),
    { numRuns: 40 },
  );
});

const MALFORMED: [string, JsonObject, RegExp][] = [
  ["tax", { of: "nobody", rate: 0.1 }, /no population "nobody"; known: traders/],
  ["tax", { of: "traders", rate: 2 }, /rate must be from 0 to 1, not 2/],
  ["tax", { of: "traders", rate: "half" }, /rate must be from 0 to 1, not "half"/],
  ["tax", { of: "traders", rate: 0.1, exempt: -1 }, /exempt must be 0 or more, not -1/],
  ["pay_out", { to: 7 }, /no population 7/],
  ["pay_out", { to: "traders", share: -0.1 }, /share must be from 0 to 1, not -0.1/],
  ["steal", {}, /unknown action 'steal'; known: tax, pay_out/],
];

for (const [name, parameters, reason] of MALFORMED) {
  Deno.test(`classic: ${name} ${JSON.stringify(parameters)} has no effect, and tax_law says why`, () => {
    assertTrue(act(name, parameters) === AFTER_FIVE);
    const verdict = judge(name, parameters);
    assertTrue(typeof verdict === "object" && !verdict.accepted);
    assertMatches(verdict.reason!, reason);
  });
}

Deno.test("tax_law: taxes up to max_rate are lawful", () => {
  assertEquals(judge("tax", { of: "traders", rate: 0.2 }), true);
  assertEquals(judge("tax", { of: "traders", rate: 0.21 }), { accepted: false, reason: "a rate of 0.21 is above 0.2" });
});

Deno.test("tax_collector: taxes from its first turn on, every so many turns, while there is more inequality than wanted", async () => {
  const turns = async (config: JsonObject) => {
    const run = await play("taxes", { turns: 12, change: withEntry("Exchequer", config) });
    return run.actions.filter(({ action_type }) => action_type === "tax").length;
  };
  assertEquals(await turns({ first: 4, every: 3, target_gini: 0 }), 3);
  assertEquals(await turns({ first: 13 }), 0);
  assertEquals(await turns({ first: 1, target_gini: 1 }), 0);
});

Deno.test("tax_collector: keeps its share of the treasury", async () => {
  const change = withEntry("Exchequer", { first: 1, target_gini: 0, keep: 1 });
  const { last } = await play("taxes", { turns: 10, change });
  assertTrue(last.agents.get("Exchequer")!.wealth > 100);
  assertNear(moneyIn(last), 2000, 1e-9 * 2000);
});

Deno.test("tax_collector: a population that it does not see ends the run with its name", async () => {
  const failed = play("taxes", { turns: 1, change: withEntry("Exchequer", { of: "peasants", first: 1 }) });
  assertMatches(
    String(await failed.then(() => "played", (error) => error)),
    /sees no population 'peasants'; it sees: traders/,
  );
});

function judge(name: string, parameters: JsonObject) {
  const validator = new TaxLawValidator({ config: taxLawConfig.parse({ max_rate: 0.2 }) });
  return validator.validateAction(new Action("Exchequer", name, parameters), AFTER_FIVE as never);
}

Deno.test("classic: what it is not asked for stays as it is", () => {
  assertTrue(engine.applyActions(AFTER_FIVE as never, []) === AFTER_FIVE as never);
  assertTrue(engine.applyEngineRules(AFTER_FIVE as never, engineContext(6)) === AFTER_FIVE as never);
});
