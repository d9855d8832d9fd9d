import fc from "../../../tests/support/properties.ts";
import { assertEquals, assertNear, assertTrue } from "../../../tests/support/assert.ts";
import { meanTariff, tradeFlows, type Trader } from "./trade.ts";

const PARAMETERS = { openness: 0.4, trade_elasticity: 4 };

function trader(
  name: string,
  economic_strength: number,
  tariffs: Record<string, number> = {},
  exchange_rate = 1,
): Trader {
  return { name, economic_strength, tariffs, exchange_rate };
}

/** The same model pair by pair, as the equations are written. */
function pairwise(traders: readonly Trader[], { openness, trade_elasticity: sigma }: typeof PARAMETERS) {
  const world = traders.reduce((sum, { economic_strength }) => sum + economic_strength, 0);
  const imports = traders.map(() => 0);
  const exports = traders.map(() => 0);
  const prices = traders.map((buyer, i) => {
    const price = (seller: Trader) =>
      seller.exchange_rate * (1 + (seller === buyer ? 0 : buyer.tariffs[seller.name] ?? 0));
    const theta = (seller: Trader) =>
      seller === buyer
        ? 1 - openness * (1 - buyer.economic_strength / world)
        : openness * seller.economic_strength / world;
    const sum = traders.reduce((total, seller) => total + theta(seller) * price(seller) ** (1 - sigma), 0);
    traders.forEach((seller, j) => {
      if (seller === buyer) return;
      const share = theta(seller) * price(seller) ** (1 - sigma) / sum;
      const atBorder = share * buyer.economic_strength * buyer.exchange_rate / (1 + (buyer.tariffs[seller.name] ?? 0));
      imports[i]! += atBorder;
      exports[j]! += atBorder;
    });
    return sum ** (1 / (1 - sigma)) / buyer.exchange_rate;
  });
  return traders.map((_, i) => ({ imports: imports[i]!, exports: exports[i]!, prices: prices[i]! }));
}

Deno.test("trade: the sums over all nations equal the model written out pair by pair", () => {
  const nation = fc.record({
    economic_strength: fc.double({ min: 1, max: 1000, noNaN: true }),
    exchange_rate: fc.double({ min: 0.5, max: 2, noNaN: true }),
    rates: fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 4, maxLength: 4 }),
  });
  fc.assert(fc.property(fc.array(nation, { minLength: 1, maxLength: 4 }), (drawn) => {
    const traders = drawn.map(({ economic_strength, exchange_rate, rates }, i) =>
      trader(`n${i}`, economic_strength, Object.fromEntries(rates.map((rate, j) => [`n${j}`, rate])), exchange_rate)
    );
    const expected = pairwise(traders, PARAMETERS);
    tradeFlows(traders, PARAMETERS).forEach((flow, i) => {
      const { imports, exports, prices } = expected[i]!;
      assertNear(flow.imports, imports, 1e-8 * (1 + imports), "imports");
      assertNear(flow.exports, exports, 1e-8 * (1 + exports), "exports");
      assertNear(flow.prices, prices, 1e-9, "prices");
    });
  }));
});

Deno.test("trade: without tariffs and at equal exchange rates it is balanced, and prices are 1", () => {
  for (const flow of tradeFlows([trader("A", 900), trader("B", 300), trader("C", 50)], PARAMETERS)) {
    assertNear(flow.balance, 0, 1e-12);
    assertNear(flow.prices, 1, 1e-12);
    assertTrue(flow.imports > 0);
  }
});

Deno.test("trade: what all export is what all import", () => {
  const flows = tradeFlows(
    [trader("A", 900, { B: 0.5 }), trader("B", 300, { A: 0.1 }, 1.3), trader("C", 50)],
    PARAMETERS,
  );
  const sum = (side: "imports" | "exports") => flows.reduce((total, flow) => total + flow[side], 0);
  assertNear(sum("imports"), sum("exports"), 1e-9);
});

Deno.test("trade: a tariff lowers trade with its target, diverts it to the bystander and raises the importer's prices", () => {
  const free = tradeFlows([trader("A", 500), trader("B", 500), trader("C", 500)], PARAMETERS);
  const taxed = tradeFlows([trader("A", 500, { B: 0.3 }), trader("B", 500), trader("C", 500)], PARAMETERS);
  assertTrue(taxed[1]!.exports < free[1]!.exports, "the target exports less");
  assertTrue(taxed[2]!.exports > free[2]!.exports, "the bystander exports more");
  assertTrue(taxed[0]!.prices > 1 && taxed[1]!.prices === free[1]!.prices, "only the importer pays");
});

Deno.test("trade: a dearer exchange rate turns the balance negative", () => {
  const [dear] = tradeFlows([trader("A", 500, {}, 1.1), trader("B", 500)], PARAMETERS);
  assertTrue(dear!.balance < 0, `${dear!.balance}`);
});

Deno.test("trade: tariffs on oneself or on nobody do nothing; a world without output does not trade", () => {
  const plain = tradeFlows([trader("A", 500), trader("B", 500)], PARAMETERS);
  assertEquals(tradeFlows([trader("A", 500, { A: 1, Nowhere: 1 }), trader("B", 500)], PARAMETERS), plain);
  assertEquals(tradeFlows([trader("A", 0)], PARAMETERS), [{ imports: 0, exports: 0, balance: 0, prices: 1 }]);
});

Deno.test("trade: the mean tariff is over all ordered pairs", () => {
  assertEquals(meanTariff([trader("A", 1, { B: 0.6, A: 9 }), trader("B", 1), trader("C", 1)]), 0.6 / 6);
  assertEquals(meanTariff([trader("A", 1)]), 0);
});
