/**
 * Examples of the sections, in the order of the reference. The first ones together are one scenario; further ones take the
 * place of the first. A test loads them all.
 */
export const EXAMPLES: { readonly [section: string]: readonly string[] } = {
  domain: ["domain: economic"],
  simulation: [`simulation:
  name: growth
  description: Four economies over forty years.
  max_turns: 40
  checkpoint_interval: 10
  seed: 7
  schedule: simultaneous
  turn_timeout: 30
  termination:
    when: ["global.inflation > 20", "sum(economic_strength) < 100"]
`],
  engine: [
    `engine: { type: economic, interest_rate: 0.05 }`,
    `engine:
  type: economic
  config: { interest_rate: 0.05 }
`,
  ],
  validator: [`validator: { type: always_valid }`, `validator: { type: always_valid, config: {} }`],
  agents: [`agents:
  - name: Aurelia
    type: nation
    config: { strategy: grow }
    variables: { economic_strength: 1000 }
    initial_location: "0,0"
    on_error: retry
    llm: { temperature: 0.2, prompt: aurelia.md }           # what differs from the section llm
  - { name: trader, type: nation, count: 3 }                # trader_1, trader_2, trader_3
  - name: Delia
    type: human             # a person decides: every domain has this type
    config: { deadline: 60 }
    initial_location: "1,1"
`],
  state_variables: [`state_variables:
  agent_vars:
    economic_strength: { type: float, min: 0, default: 0, description: what it produces a year }
    workers: { type: int, min: 0, max: 1000000, default: 100 }
    at_war: { type: bool, default: false }
    mood: { type: categorical, values: [calm, angry], default: calm }
    motto: { type: str, pattern: "^[A-Z]", max_length: 80, default: Onwards }
    stocks: { type: dict, key_type: str, value_type: { type: int, min: 0 }, max_length: 10 }
    history: { type: list, item_type: float, max_length: 5, default: [1, 2] }
    colour: { type: tuple, item_types: [int, int, int], default: [0, 0, 0] }
    budget: { type: object, schema: { income: float, spent: { type: float, default: 0 } } }
    terms: { type: dict, schema: { tariff: float } }
  global_vars:
    inflation: { type: float, default: 2 }
    total_economic_value: { type: float, default: 0 }
`],
  observability: [
    `observability:
  variable_visibility:
    external: [economic_strength, workers, inflation, total_economic_value]
    internal: [at_war, mood, motto, stocks, history, colour, budget, terms]
  matrix:
    - [Aurelia, trader, insider, 0.1]       # an entry with count stands for all its agents
    - { observer: "*", target: global, level: insider }
    - { observer: Delia, target: Aurelia, level: unaware, noise: 0 }
  default: { level: external, noise: 0 }
`,
    `observability: { enabled: false }`,
  ],
  spatial: [
    `spatial:
  topology: { type: grid, width: 20, height: 10, connectivity: 8, wrapping: true }
  proximity_radius: 3
  location_attributes: { "0,0": { capital: true } }
  additional_networks:
    - { name: rail, edges: [["0,0", "10,5", { weight: 2 }]], directed: false, attributes: { gauge: 1435 } }
    - { name: air, edges_file: air.json }
`,
    `spatial:
  topology: { type: hex_grid, radius: 4, coord_system: axial }
`,
    `spatial:
  topology:
    type: network
    nodes: ["0,0", "1,1", { id: harbour, attributes: { depth: 12 } }, { name: hill }]
    edges:
      - ["0,0", harbour]
      - { from: harbour, to: hill, attributes: { weight: 3 } }
      - { source: hill, target: "1,1" }
    directed: false
    attributes: { hill: { height: 300 } }
`,
    `spatial:
  topology: { type: network, edges_file: roads.json }    # {"nodes": […], "edges": […]}
`,
    `spatial:
  topology: { type: geojson, geojson_file: regions.geojson }    # touching features are neighbours
`,
  ],
  interventions: [`interventions:
  - at: 10
    set: { global.inflation: 4 }
    multiply: { agents.Aurelia.economic_strength: 0.5 }
    note: an earthquake
  - { every: 5, from: 10, until: 30, add: { agents.Delia.workers: 10 } }
  - when: "global.inflation > 12"
    once: true
    message: { to: "*", content: rates will rise }
  - { at: [15, 25], pause_agent: { name: Aurelia, turns: 2 } }
  - at: 20
    add_agent:
      { name: Eos, type: nation, config: {}, variables: { workers: 5 }, location: "1,1", on_error: skip }
  - { at: 30, remove_agent: trader_2, resume_agent: Aurelia }
`],
  metrics: [`metrics:
  every: 1
  agents: [Aurelia, Delia]
  agents_every: 5
  sample: 3
  reporters:
    total: { sum: economic_strength }
    mean: { mean: economic_strength, of: trader }
    poorest: { min: economic_strength }
    richest: { max: economic_strength }
    middle: { median: economic_strength }
    spread: { sd: economic_strength }
    inequality: { gini: economic_strength }
    wars: { count: at_war }
`],
  limits: [`limits:
  max_cost_usd: 2
  max_tokens: 500000
  max_minutes: 30
  max_memory_mb: 2048
  max_output_mb: 500
  on_limit: pause
  max_fallback_share: 0.1
  max_agents: 500
`],
  memory: [`memory: { max_entries: 20, max_turns: 50, max_bytes: 10000 }`],
  events: [`events: { verbosity: STATE }`],
  logging: [`logging: { level: WARNING, format: console }`],
  llm: [
    `llm:
  provider: openai
  model: gpt-5-mini
  temperature: 0.7
  max_tokens: 800
  timeout: 60
  max_retries: 2
  on_failure: fallback
  roles:
    agent: { prompt: nations.md }
    engine: { provider: ollama, temperature: 0 }            # with the model that Ollama has
  tape: record
`,
    `llm: { provider: offline }          # rules answer in the place of a model
`,
  ],
  extends: [`extends: growth.yaml             # everything as there
simulation: { max_turns: 60 }    # maps are merged, lists and everything else replaced
`],
};

/** Contents of the files that the examples refer to. */
export const EXAMPLE_FILES: { readonly [name: string]: string } = {
  "aurelia.md": "You are {{name}}.\n",
  "nations.md": "You are {{name}}. You see:\n{{observation}}\n",
  "air.json": JSON.stringify({ edges: [["0,0", "19,9"]] }),
  "roads.json": JSON.stringify({ nodes: ["0,0", "1,1", "hill"], edges: [["0,0", "hill"], ["hill", "1,1", 2]] }),
  "regions.geojson": JSON.stringify({
    type: "FeatureCollection",
    features: ["0,0", "1,1"].map((name, i) => ({
      type: "Feature",
      properties: { name },
      geometry: { type: "Polygon", coordinates: [[[i, 0], [i + 1, 0], [i + 1, 1], [i, 1], [i, 0]]] },
    })),
  }),
};
