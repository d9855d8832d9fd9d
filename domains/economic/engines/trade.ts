/** Trade between nations: gravity-sized demand for each other's goods, diverted by tariffs. */

/** One nation as a trader. */
export interface Trader {
  readonly name: string;
  readonly economic_strength: number;
  /** Price of its goods in common currency. */
  readonly exchange_rate: number;
  readonly tariffs: { readonly [partner: string]: number };
}

/** What trade means for one nation; values are value units per year in common currency, at border prices. */
export interface TradeFlows {
  readonly imports: number;
  readonly exports: number;
  /** Exports less imports, as a share of the nation's own output. */
  readonly balance: number;
  /** Price of what the nation buys relative to what it makes; 1 when trade is free and all exchange rates are alike. */
  readonly prices: number;
}

/** The two parameters of trade. */
export interface TradeParameters {
  /** Share of spending that would go abroad if every nation were small. */
  readonly openness: number;
  /** Armington elasticity of substitution, > 1. */
  readonly trade_elasticity: number;
}

/**
 * All nations' trade, in their order.
 *
 * At equal prices nation i spends the share θij = openness × Yj / ΣY on goods of j, and the rest, θii, at home. With
 * exchange rates e and ad-valorem tariffs t, the shares become θij (ej (1 + tij))^(1−σ) / Di, where Di is the sum of
 * these terms (home has no tariff), and its price index is Di^(1/(1−σ)). Without tariffs and with equal exchange
 * rates, trade is balanced between any two nations. What a tariff brings in is given back to households.
 *
 * Costs grow with the number of nations plus the number of tariffs, not with the number of pairs.
 */
export function tradeFlows(traders: readonly Trader[], parameters: TradeParameters): TradeFlows[] {
  const { openness, trade_elasticity: sigma } = parameters;
  const world = traders.reduce((sum, trader) => sum + trader.economic_strength, 0);
  if (!(world > 0)) return traders.map(() => ({ imports: 0, exports: 0, balance: 0, prices: 1 }));

  const position = new Map(traders.map((trader, i) => [trader.name, i]));
  const barriers = traders.map((trader, i) => barriersOf(trader, i, position));
  const appeal = traders.map((trader) => trader.exchange_rate ** (1 - sigma));
  const weight = traders.map((trader, j) => openness * (trader.economic_strength / world) * appeal[j]!);
  const weights = weight.reduce((sum, share) => sum + share, 0);
  const market = traders.map(({ economic_strength, exchange_rate }, i) => {
    const home = (1 - openness * (1 - economic_strength / world)) * appeal[i]!;
    const lost = barriers[i]!.reduce(
      (sum, { partner, rate }) => sum + weight[partner]! * (1 - (1 + rate) ** (1 - sigma)),
      0,
    );
    const denominator = home + Math.max(0, weights - weight[i]! - lost);
    return { denominator, spending: exchange_rate * economic_strength / denominator };
  });

  // Trade as if nobody had tariffs, from sums over all; then what each tariff takes away.
  const spending = market.reduce((sum, { spending }) => sum + spending, 0);
  const exports = weight.map((share, j) => share * (spending - market[j]!.spending));
  const imports = weight.map((share, i) => market[i]!.spending * (weights - share));
  barriers.forEach((list, i) => {
    for (const { partner, rate } of list) {
      const free = weight[partner]! * market[i]!.spending;
      const taxed = free * (1 + rate) ** -sigma;
      imports[i]! -= free - taxed;
      exports[partner]! -= free - taxed;
    }
  });
  return traders.map(({ economic_strength, exchange_rate }, i) => {
    const income = economic_strength * exchange_rate;
    return {
      // Rounding may leave a trace below zero where everything is taxed away.
      imports: Math.max(0, imports[i]!),
      exports: Math.max(0, exports[i]!),
      balance: income > 0 ? (exports[i]! - imports[i]!) / income : 0,
      prices: market[i]!.denominator ** (1 / (1 - sigma)) / exchange_rate,
    };
  });
}

/** Mean tariff over all ordered pairs of different nations. */
export function meanTariff(traders: readonly Trader[]): number {
  if (traders.length < 2) return 0;
  const position = new Map(traders.map((trader, i) => [trader.name, i]));
  let sum = 0;
  traders.forEach((trader, i) => {
    for (const { rate } of barriersOf(trader, i, position)) sum += rate;
  });
  return sum / (traders.length * (traders.length - 1));
}

function barriersOf(
  trader: Trader,
  index: number,
  position: ReadonlyMap<string, number>,
): { partner: number; rate: number }[] {
  const barriers: { partner: number; rate: number }[] = [];
  for (const [name, rate] of Object.entries(trader.tariffs)) {
    const partner = position.get(name);
    if (partner !== undefined && partner !== index && rate > 0) barriers.push({ partner, rate });
  }
  return barriers;
}
