/** The notebooks that are looked at for everybody. */

/** A cell of every kind, all of which can be computed. */
export const EVERY_KIND = `---
notebook: 1
title: Every kind
---

# Every kind

Text with **bold**, \`code\`, [a link](other.md), and the value of a run: **\${base.turn}**.

> A quotation.

- one
- two

| a | b |
|---|---|
| 1 | 2 |

\`\`\`yaml input #rate
type: range
min: -0.3
max: 0
step: 0.1
value: -0.1
label: Rate
\`\`\`

\`\`\`yaml input #length
type: number
value: 8
label: Turns
\`\`\`

\`\`\`yaml input #word
type: text
value: any
label: A word
\`\`\`

\`\`\`yaml input #yes
type: toggle
value: true
label: A switch
\`\`\`

\`\`\`yaml input #one_of
type: radio
options: [a, b]
value: a
label: One of two
\`\`\`

\`\`\`yaml input #many_of
type: select
options: [a, b]
value: b
label: One of a list
\`\`\`

\`\`\`yaml scenario #small extends=scenarios/economic/quick_test.yaml
set:
  simulation.max_turns: \${length}
  simulation.termination: null
  engine.interest_rate: \${rate}
\`\`\`

\`\`\`yaml run #base
scenario: small
seed: 1
watch: [total_economic_value]
expect:
  - "turn == 8"
  - "turn > 100"
\`\`\`

\`\`\`yaml run #fork
from: { run: base, turn: 4 }
set: { engine.interest_rate: 0.2 }
watch: [total_economic_value]
\`\`\`

## Compared

\`\`\`yaml compare #effect
of: [base, fork]
metrics: [total_economic_value]
\`\`\`

\`\`\`yaml batch #sweep
scenario: small
grid:
  rate: { path: engine.interest_rate, values: [-0.1, 0.1] }
seeds: 1..2
\`\`\`

\`\`\`sql table #by_turn
SELECT turn, total_economic_value AS value FROM base WHERE turn < 3 ORDER BY turn
\`\`\`

\`\`\`yaml chart
data: base
mark: line
x: turn
y: total_economic_value
label: Value
\`\`\`

\`\`\`yaml chart
data: by_turn
mark: bar
x: turn
y: value
\`\`\`

\`\`\`yaml conversation #talk
scenario: scenarios/conversation/plan_refine_offline.yaml
max_turns: 2
\`\`\`
`;

/** A run that fails, a query that is wrong, a name that is not there, a kind that is reserved, a cell that is off. */
export const WRONG = `# Wrong

\`\`\`yaml scenario #market
domain: market
simulation: { name: market, max_turns: 10 }
engine: { type: exchange, demand: 0.5 }
validator: { type: always_valid }
agents:
  - { name: Ann, type: trader, config: { pause_ms: 0, fail_at: 5 } }
state_variables:
  agent_vars:
    coins: { type: float, default: 10, description: coins }
  global_vars:
    price: { type: float, default: 100, description: "price, coins" }
    stock: { type: float, default: 200, description: "goods left" }
\`\`\`

\`\`\`yaml run #base
scenario: market
\`\`\`

\`\`\`yaml batch #sweep
scenario: market
seeds: 1..2
\`\`\`

\`\`\`sql table #wrong
SELECT prise FROM (SELECT 1 AS price)
\`\`\`

\`\`\`yaml chart
data: nothing
mark: line
x: turn
y: price
\`\`\`

\`\`\`js cell
1 + 1
\`\`\`

\`\`\`yaml run #later off
scenario: market
\`\`\`
`;
