import fc from "../tests/support/properties.ts";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../tests/support/assert.ts";
import {
  checkCheckpointVariables,
  type Checkpoint,
  type CheckpointFiles,
  type CheckpointMetadata,
  composeCheckpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  encodeState,
  variableDifferences,
} from "./checkpoint.ts";
import type { SimError } from "./issue.ts";
import type { JsonObject } from "./json.ts";
import { schemaHash } from "./schema_hash.ts";
import { encodeLoop, type LoopState } from "./loop_state.ts";
import { AgentMap, SimulationState } from "./state.ts";
import { LEGACY_STATE_VARIABLES, type StateVariables } from "./variables.ts";

const HASH = schemaHash(LEGACY_STATE_VARIABLES.agent_vars, LEGACY_STATE_VARIABLES.global_vars);

const METADATA: CheckpointMetadata = {
  run_id: "growth_2agents_20261122_004356_01",
  turn: 3,
  timestamp: "2026-11-22T00:43:56.308Z",
  schema_hash: HASH,
  format: 2,
  log_lengths: { "events.jsonl": 1200, "global.jsonl": 310, "agents.jsonl": 0 },
  next_event_id: 17,
  stats: { turns: 3, initial_value: null },
};

const STATE: SimulationState = new SimulationState({
  turn: 3,
  agents: AgentMap.of([{ name: "B", economic_strength: 1.5 }, { name: "A", economic_strength: 0.1 + 0.2 }]),
  global_state: {
    interest_rate: 0.05,
    total_economic_value: 1.8,
    gdp_growth: 0,
    inflation: 5e-324,
    unemployment: 1e21,
  },
  reasoning_chains: [{ component: "engine", reasoning: '\u2028 "quoted"' }],
  paused_agents: ["A"],
  auto_resume: { A: 2 },
});

/** A checkpoint as llm-sim 0.4.2 writes it: indented, naive local time, no format. */
const LLM_SIM = `{
  "metadata": {
    "run_id": "basic_economic_2agents_20251014_093012_01",
    "turn": 2,
    "timestamp": "2025-10-14T09:30:14.308368",
    "schema_hash": "${HASH}"
  },
  "state": {
    "turn": 2,
    "agents": {
      "Nation_B": {"name": "Nation_B", "economic_strength": 1653.75},
      "Nation_A": {"name": "Nation_A", "economic_strength": 1102.5}
    },
    "global_state": {
      "interest_rate": 0.05, "total_economic_value": 2756.25, "gdp_growth": 0.0, "inflation": 0.0, "unemployment": 0.0
    },
    "reasoning_chains": [],
    "paused_agents": [],
    "auto_resume": {},
    "spatial_state": null
  }
}
`;

const LEGACY = `{
  "turn": 5,
  "checkpoint_type": "interval",
  "state": {
    "turn": 5,
    "agents": {"Nation_A": {"name": "Nation_A", "economic_strength": 1276.28}},
    "global_state": {"interest_rate": 0.05, "total_economic_value": 1276.28, "gdp_growth": 0.0, "inflation": 0.0,
                     "unemployment": 0.0},
    "reasoning_chains": [{"component": "agent", "agent_name": "Nation_A", "prompt": "…", "retry_count": 0}]
  },
  "timestamp": "2025-10-02T18:00:01.000001"
}`;

/** The message of the refusal; fails when the text is accepted. */
function refusal(text: string): string {
  return assertThrows(() => decodeCheckpoint(text), "bad_checkpoint").message;
}

/** A copy of a checkpoint's JSON with the value at `path` replaced, or removed for undefined. */
function altered(text: string, path: string, value?: unknown): string {
  const content = JSON.parse(text);
  const steps = path.split("/");
  const last = steps.pop()!;
  const target = steps.reduce((inner, step) => inner[step], content);
  if (value === undefined) delete target[last];
  else target[last] = value;
  return JSON.stringify(content);
}

Deno.test("decodeCheckpoint() brings back what encodeCheckpoint() was given", () => {
  const files = { "out/a.csv": { sha256: HASH, bytes: 12 }, "out/": { sha256: "", bytes: 0 } };
  const memory = { A: [{ turn: 2, kind: "seen", content: ["B"] }, { turn: 3, content: null }] };
  const loop: LoopState = {
    added: { A: { type: "nation", config: { x: 1 }, on_error: "skip" } },
    numbers: { wolf: 3 },
    control: { A: "human" },
    fired: ["0a1b", "2c"],
    mail: [{ message: { from: null, to: "*", content: "hi", turn: 3 }, to: null }],
    newcomers: ["wolf_2"],
  };
  const text = encodeCheckpoint({ metadata: METADATA, state: STATE, memory, files, loop: encodeLoop(loop)! });
  const decoded = decodeCheckpoint(text);
  assertEquals(decoded.loop, loop);
  assertEquals(decoded.metadata, METADATA);
  assertEquals<unknown>(decoded.memory, memory);
  assertEquals<unknown>(decoded.files, files);
  assertEquals(decoded.agent_order, ["B", "A"]);
  const state = SimulationState.fromJSON(decoded.state, decoded.agent_order);
  assertEquals(encodeState(state), encodeState(STATE));
  assertEquals(state.agents.get("A")?.economic_strength, 0.1 + 0.2);
});

Deno.test("encodeState() writes what JSON.stringify() writes of the state", () => {
  assertEquals(JSON.parse(encodeState(STATE)), JSON.parse(JSON.stringify(STATE)));
  const empty = new SimulationState({ turn: 0, agents: AgentMap.of([]), global_state: {} });
  assertEquals(JSON.parse(encodeState(empty)), JSON.parse(JSON.stringify(empty)));
});

Deno.test("a checkpoint keeps the order of agents with any names", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.nat().map(String),
    fc.constantFrom("__proto__", "name", "toString", '"'),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { maxLength: 12 }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (names, x) => {
        const state = STATE.with({
          agents: AgentMap.of(names.map((name) => ({ name, x }))),
          paused_agents: [],
          auto_resume: {},
        });
        const decoded = decodeCheckpoint(encodeCheckpoint({ metadata: METADATA, state }));
        const back = SimulationState.fromJSON(decoded.state, decoded.agent_order);
        assertEquals(back.agents.names(), names);
        // JSON has no negative zero.
        assertTrue(back.agents.records.every((record) => record.x === x));
      },
    ),
  );
});

Deno.test("a state text cannot override what the host says about logs and files", () => {
  const forged = { ...METADATA, log_lengths: { "events.jsonl": 0, "global.jsonl": 0, "agents.jsonl": 0 } };
  const evil = `${encodeState(STATE)},"metadata":${
    JSON.stringify(forged)
  },"files":{},"agent_order":["X"],"memory":{"A":1}`;
  const files = { "a.csv": { sha256: HASH, bytes: 1 } };
  const agent_order = ["B", "A"];
  const decoded = decodeCheckpoint(composeCheckpoint({ metadata: METADATA, state: evil, files, agent_order }));
  assertEquals(decoded.metadata, METADATA);
  assertEquals<unknown>(decoded.files, files);
  assertEquals(decoded.memory, {});
  const state = `${encodeState(STATE)},"extra":1`;
  assertMatches(refusal(composeCheckpoint({ metadata: METADATA, state, agent_order })), /extra/);
});

Deno.test("composeCheckpoint() refuses file names that could not be restored inside files/", () => {
  const compose = (files: CheckpointFiles) =>
    composeCheckpoint({ metadata: METADATA, state: encodeState(STATE), files, agent_order: [] });
  for (const path of ["../x", "/etc/x", "a/../b", "a\\b", "C:/x", "", "a//b", "./a", "a/.."]) {
    assertThrows(() => compose({ [path]: { sha256: HASH, bytes: 1 } }), "bad_file_name");
  }
  compose({ "a/.b/c..d.txt": { sha256: HASH, bytes: 1 } });
});

Deno.test("decodeCheckpoint() reads llm-sim's checkpoints", () => {
  const { metadata, state, agent_order, memory, files } = decodeCheckpoint(LLM_SIM);
  assertEquals<unknown>(metadata, {
    run_id: "basic_economic_2agents_20251014_093012_01",
    turn: 2,
    timestamp: "2025-10-14T09:30:14.308368",
    schema_hash: HASH,
    format: 1,
    log_lengths: {},
    next_event_id: 1,
    stats: {},
  });
  assertEquals(agent_order, ["Nation_B", "Nation_A"]);
  assertEquals([memory, files], [{}, {}]);
  assertEquals(state.agents.Nation_A, { name: "Nation_A", economic_strength: 1102.5 });
  assertEquals(state.spatial_state, null);
});

Deno.test("decodeCheckpoint() reads llm-sim's legacy checkpoints and fills in what they leave out", () => {
  const { metadata, state } = decodeCheckpoint(LEGACY);
  assertEquals([metadata.format, metadata.turn, metadata.run_id, metadata.schema_hash], [0, 5, null, null]);
  assertEquals(metadata.timestamp, "2025-10-02T18:00:01.000001");
  assertEquals([state.paused_agents, state.auto_resume, state.spatial_state], [[], {}, null]);
  assertEquals(state.reasoning_chains.length, 1);
  for (const type of ["last", "final"]) {
    assertEquals(decodeCheckpoint(altered(LEGACY, "checkpoint_type", type)).metadata.turn, 5);
  }
});

Deno.test("decodeCheckpoint() says what is missing or wrong in each format", () => {
  const own = encodeCheckpoint({ metadata: METADATA, state: STATE });
  const cases: [string, RegExp][] = [
    ["", /it is not JSON/],
    [own.slice(0, -20), /it is not JSON/],
    ["[]", /it is not a JSON object/],
    ["{}", /neither 'metadata' \(llm-sim\) nor 'checkpoint_type'/],
    [altered(own, "metadata/format", 3), /metadata\.format: format 3 is not known; 2 is the newest/],
    [altered(own, "metadata/next_event_id"), /metadata\.next_event_id: it is missing/],
    [altered(own, "metadata/log_lengths/agents.jsonl"), /metadata\.log_lengths\.agents\.jsonl: it is missing/],
    [altered(own, "metadata/log_lengths/events.jsonl", -1), /metadata\.log_lengths\.events\.jsonl: /],
    [altered(own, "metadata/timestamp", "yesterday"), /metadata\.timestamp: expected an ISO-8601 time in UTC/],
    [altered(own, "metadata/schema_hash", "abc"), /metadata\.schema_hash: expected 64 hexadecimal digits/],
    [altered(own, "agent_order"), /agent_order: it is missing/],
    [altered(own, "agent_order", ["A"]), /agent_order: it does not list every agent/],
    [altered(own, "agent_order", ["A", "A"]), /agent_order: it does not list every agent/],
    [altered(own, "agent_order", ["A", "C"]), /agent_order: it does not list every agent/],
    [altered(own, "files", { "../x": { sha256: HASH, bytes: 1 } }), /files\.\.\.\/x/],
    [altered(own, "populations", {}), /populations/],
    [altered(own, "memory"), /memory: it is missing/],
    [altered(own, "state/spatial_state"), /state\.spatial_state: it is missing/],
    [altered(own, "state/turn", 4), /state\.turn: 4 is not the checkpoint's turn 3/],
    [altered(own, "state/agents/A", 7), /state\.agents\.A: expected an object/],
    [altered(own, "state/agents/A/name"), /state\.agents\.A\.name: it is missing/],
    [altered(own, "state/agents/A/name", "B"), /state\.agents\.A\.name: "B" is not the agent's name 'A'/],
    [altered(own, "state/paused_agents", []), /state\.auto_resume\.A: the agent is not among paused_agents/],
    [altered(LLM_SIM, "state"), /state: it is missing/],
    [altered(LLM_SIM, "state/agents", []), /state\.agents: expected an object/],
    [altered(LLM_SIM, "metadata/turn", 3), /state\.turn: 2 is not the checkpoint's turn 3/],
    [altered(LLM_SIM, "metadata/run_id"), /metadata\.run_id: it is missing/],
    [altered(LEGACY, "checkpoint_type", "first"), /checkpoint_type: /],
    [altered(LEGACY, "state/global_state"), /state\.global_state: it is missing/],
    [altered(LEGACY, "turn", -1), /turn: /],
  ];
  for (const [text, message] of cases) assertMatches(refusal(text), message);
});

Deno.test("decodeCheckpoint() lists every problem in its issues, with the place", () => {
  const text = altered(altered(LLM_SIM, "metadata/run_id"), "state/agents");
  const error = assertThrows(() => decodeCheckpoint(text), "bad_checkpoint") as SimError;
  assertEquals(error.issues.map((issue) => issue.path), [["metadata", "run_id"], ["state", "agents"]]);
});

Deno.test("decodeCheckpoint() throws nothing but bad_checkpoint, whatever JSON it is given", () => {
  const own = encodeCheckpoint({ metadata: METADATA, state: STATE });
  const paths = [
    "metadata",
    "state",
    "files",
    "memory",
    "agent_order",
    "state/agents",
    "state/agents/A",
    "metadata/log_lengths",
  ];
  fc.assert(
    fc.property(fc.constantFrom(own, LLM_SIM), fc.constantFrom(...paths), fc.jsonValue(), (text, path, value) => {
      try {
        decodeCheckpoint(altered(text, path, value));
      } catch (error) {
        assertEquals((error as SimError).code, "bad_checkpoint");
      }
    }),
  );
});

function checkpointOf(agents: Record<string, JsonObject>, global_state?: JsonObject): Checkpoint {
  const named = Object.fromEntries(Object.entries(agents).map(([name, agent]) => [name, { name, ...agent }]));
  const changed = altered(LLM_SIM, "state/agents", named);
  return decodeCheckpoint(global_state ? altered(changed, "state/global_state", global_state) : changed);
}

Deno.test("checkCheckpointVariables() accepts a checkpoint of the same variables", () => {
  checkCheckpointVariables(decodeCheckpoint(LLM_SIM), LEGACY_STATE_VARIABLES);
});

Deno.test("checkCheckpointVariables() lists what does not fit, and what many agents share once", () => {
  const checkpoint = checkpointOf(
    { A: { economic_strength: 1 }, B: { wealth: 1 }, C: { wealth: 2 }, D: { economic_strength: -1 } },
    { interest_rate: 0.05 },
  );
  const error = assertThrows(
    () => checkCheckpointVariables(checkpoint, LEGACY_STATE_VARIABLES),
    "checkpoint_mismatch",
  ) as SimError;
  assertEquals(error.issues.map(({ path, message }) => [path, message]), [
    [["state", "agents", "B", "economic_strength"], "the variable is missing (so in 2 agents)"],
    [["state", "agents", "D", "economic_strength"], "-1 is below min 0"],
    [["state", "global_state", "total_economic_value"], "the variable is missing"],
  ]);
  assertMatches(
    error.message,
    /turn 2 does not fit the scenario: state\.agents\.B\.economic_strength: the variable is missing/,
  );
});

Deno.test("checkCheckpointVariables() refuses numbers that JSON reads as infinite", () => {
  const text = LLM_SIM.replace("1102.5", "1e999");
  assertThrows(() => checkCheckpointVariables(decodeCheckpoint(text), LEGACY_STATE_VARIABLES), "checkpoint_mismatch");
});

Deno.test("variableDifferences() names every difference at every depth", () => {
  const before: StateVariables = {
    agent_vars: {
      gone: { type: "int", default: 1 },
      same: { type: "float", min: null, default: 1, description: "old words" },
      bounds: { type: "float", min: 0, max: 1, default: 1 },
      kind: { type: "float", default: 1 },
      mood: { type: "categorical", values: ["a", "b"], default: "a" },
      stock: { type: "dict", key_type: "str", value_type: { type: "list", item_type: { type: "int", min: 0 } } },
      place: { type: "object", schema: { x: "float", y: "float", name: "str" } },
      pair: { type: "tuple", item_types: ["int", "float"] },
      triple: { type: "tuple", item_types: ["int"] },
      note: { type: "str" },
    },
    global_vars: {},
  };
  const after: StateVariables = {
    agent_vars: {
      same: { type: "float", default: 1, description: "new words" },
      bounds: { type: "float", min: -1, default: 1 },
      kind: { type: "int", default: 1 },
      mood: { type: "categorical", values: ["a", "c"], default: "a" },
      stock: { type: "dict", key_type: "int", value_type: { type: "list", item_type: { type: "int", min: 1 } } },
      place: { type: "object", schema: { x: "float", y: "int", z: "float" } },
      pair: { type: "tuple", item_types: ["int", "bool"] },
      triple: { type: "tuple", item_types: ["int", "str", { type: "bool", default: true }] },
      note: { type: "str", default: "", max_length: 9 },
    },
    global_vars: { tax: { type: "float", default: 0 } },
  };
  assertEquals(variableDifferences(before, after), [
    "agent_vars.gone: removed (was int)",
    "agent_vars.bounds: min 0 → -1",
    "agent_vars.bounds: max 1 → none",
    "agent_vars.kind: type float → int",
    'agent_vars.mood: values ["a","b"] → ["a","c"]',
    'agent_vars.stock: key_type "str" → "int"',
    "agent_vars.stock.value_type.item_type: min 0 → 1",
    "agent_vars.place.y: type float → int",
    "agent_vars.place.name: removed (was str)",
    "agent_vars.place.z: added (float)",
    "agent_vars.pair.item_types[1]: type float → bool",
    "agent_vars.triple: item_types (int) → (int, str, bool)",
    'agent_vars.note: default none → ""',
    "agent_vars.note: max_length none → 9",
    "global_vars.tax: added (float)",
  ]);
  assertEquals(variableDifferences(after, after), []);
});

Deno.test("a checkpoint holds what its populations' columns are and in which file, and nothing where there are none", () => {
  const columns = [{ name: "age", type: "int" }, { name: "mood", type: "categorical", values: ["calm", ""] }] as const;
  const populations = { "my crowd": { rows: 3, next_id: 5, columns, file: `${HASH}.bin` } };
  const text = encodeCheckpoint({ metadata: METADATA, state: STATE, populations });
  assertEquals(decodeCheckpoint(text).populations, populations);
  const without = encodeCheckpoint({ metadata: METADATA, state: STATE });
  assertEquals(encodeCheckpoint({ metadata: METADATA, state: STATE, populations: {} }), without);
  assertEquals([without.includes("populations"), decodeCheckpoint(without).populations], [false, {}]);
  const refused: [string, unknown, RegExp][] = [
    ["file", "../../secret", /populations\.my crowd\.file: expected <sha256>\.bin/],
    ["rows", 6, /populations\.my crowd: more rows than ids/],
    ["rows", 1e7, /populations\.my crowd\.rows: /],
    ["columns", [{ name: "age", type: "str" }], /populations\.my crowd\.columns\[0\]\.type: /],
    ["bytes", 3, /populations\.my crowd: /],
  ];
  for (const [key, value, message] of refused) {
    assertMatches(refusal(altered(text, `populations/my crowd/${key}`, value)), message);
  }
});

Deno.test("checkCheckpointVariables() compares columns with the scenario's agent variables", () => {
  const columns = [{ name: "age", type: "int" }, {
    name: "mood",
    type: "categorical",
    values: ["calm", "sad"],
  }] as const;
  const populations = { crowd: { rows: 0, next_id: 0, columns, file: `${HASH}.bin` } };
  const checkpoint = decodeCheckpoint(encodeCheckpoint({
    metadata: METADATA,
    state: new SimulationState({ turn: 3, agents: AgentMap.of([]), global_state: {} }),
    populations,
  }));
  const declared = (agent_vars: StateVariables["agent_vars"]) => () =>
    checkCheckpointVariables(checkpoint, { agent_vars, global_vars: {} });
  const mood = { type: "categorical", values: ["calm", "sad"], default: "sad" } as const;
  declared({ age: { type: "int", default: 0 }, mood })();
  const cases: [StateVariables["agent_vars"], RegExp][] = [
    [{ mood }, /populations\.crowd\.age: there is no such variable/],
    [{ age: { type: "float", default: 0 }, mood }, /age: it is of type int, and the scenario declares float/],
    [{ age: { type: "int", default: 0 }, mood: { ...mood, values: ["sad", "calm"] } }, /its values are calm, sad, and/],
  ];
  for (const [variables, message] of cases) {
    assertMatches(assertThrows(declared(variables), "checkpoint_mismatch").message, message);
  }
});
