/** The notebooks that are pictured, beside those that ship. */

/** Models govern two of its nations: it costs money, and takes its time. */
export const TRADE_WAR = `---
notebook: 1
title: Who gets through a trade war?
---

# Who gets through a trade war?

Two nations follow rules, two are governed by a language model. In turn 4 a crisis strikes everywhere; in turn 9
Ironside puts tariffs on all others.

\`\`\`yaml input #tariff
type: range
min: 0
max: 0.3
step: 0.05
value: 0.1
label: Ironside's first tariff
\`\`\`

\`\`\`yaml scenario #war extends=scenarios/economic/hybrid_simulation.yaml fold
set:
  simulation.max_turns: 60
  simulation.termination: null
  agents.Ironside.config.tariff: \${tariff}
\`\`\`

\`\`\`yaml run #one fold
scenario: war
seed: 1
watch: [output, unemployment]
\`\`\`

\`\`\`yaml batch #many fold
scenario: war
arms:
  tariffs: {}
  free_trade: { set: { agents.Ironside.config.tariff_stance: free_trade } }
seeds: 1..8
set: { simulation.max_turns: 6, llm.model: quick }
metrics: [output, trade]
limits: { parallel: 1 }
\`\`\`
`;

/** Requests of the run's model that are answered at once: two a turn. */
export const RUN_ANSWERS = 2 * 34;
/** Of the batch's: seven runs, and some of what comes then. */
export const BATCH_ANSWERS = 2 * 6 * 7 + 5;

/** Everything goes wrong: a run fails, a table cannot be asked so, a name is not there. */
export const FAILED = `---
notebook: 1
title: Where the price comes from
---

# Where the price comes from

Traders buy one piece each, every turn. The price follows demand, and the stock runs out.

\`\`\`yaml scenario #market
domain: market
simulation: { name: market, max_turns: 60 }
engine: { type: exchange, demand: 0.5 }
validator: { type: always_valid }
agents:
  - { name: Ann, type: trader, config: { pause_ms: 0, fail_at: 41 } }
state_variables:
  agent_vars:
    coins: { type: float, default: 10, description: coins }
  global_vars:
    price: { type: float, default: 100, description: "price, coins" }
    stock: { type: float, default: 200, description: "goods left" }
\`\`\`

\`\`\`yaml run #base
scenario: market
seed: 1
watch: [price, stock]
\`\`\`

\`\`\`sql table #dear
SELECT turn, price FROM (VALUES (1, 100), (2, 103)) AS told(turn, price) WHERE prise > 101
\`\`\`

\`\`\`yaml chart
data: cheap
mark: line
x: turn
y: price
\`\`\`

The price ends at **\${base.price}**, and the stock at **\${base.stcok}**.
`;

/** One number that is edited on both sides. */
export const SHARED = `---
notebook: 1
title: A page that two people edit
---

# A page that two people edit

\`\`\`yaml input #rate
type: range
min: 0
max: 10
step: 1
value: 2
label: Policy rate, % per year
\`\`\`

\`\`\`sql table #rates
SELECT \${rate} AS rate, \${rate} / 100.0 AS share
\`\`\`

The rate is **\${rate} %**.
`;

/** As the tree makes it. */
export const EMPTY = `---
notebook: 1
title: Untitled
---
`;
