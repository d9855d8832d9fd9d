/** Runs that the tabs of their page are tested with: one with a log of fifty thousand events, one for every kind of space. */

import type { TapeEntry } from "../../runner/store/tape_entry.ts";
import { type LogLine, ROOT, type StartSpec } from "../../runner/mod.ts";
import { society, world } from "../durability/world.ts";

/** A name and a text that would do something where they are no text. */
export const HOSTILE = `<img src=x onerror="document.title='hacked'">`;

/** Turns and events of the long log. */
export const [TURNS, EVENTS] = [500, 50_000];
const PER_TURN = EVENTS / TURNS;
/** Events that cannot be read. */
export const DAMAGED = [45, 30_001];

type Event = { readonly [name: string]: unknown };

/** What happens in a turn: it begins, and 33 agents decide, act, and change by it. */
function eventOf(id: number): Event {
  const turn = Math.floor((id - 1) / PER_TURN) + 1;
  const first = (turn - 1) * PER_TURN + 1;
  const at = id - first;
  const base = { id, turn_number: turn, timestamp: "2026-01-01T00:00:00.000Z", simulation_id: "long" };
  if (at === 0) return { ...base, event_type: "MILESTONE", details: { milestone_type: "turn_start" } };
  const agent = Math.floor((at - 1) / 3);
  const agent_id = agent === 7 ? HOSTILE : agent === 8 ? "Doe, Jane" : `agent_${agent}`;
  const details = [
    { decision_type: "agent_action", action_name: "trade", reasoning: agent === 7 ? HOSTILE : "it pays" },
    { action_type: "trade", action_payload: { amount: at, with: HOSTILE }, validated: agent % 5 !== 0 },
    { variable_name: "gold", old_value: at, new_value: at + 1, scope: "agent" },
  ][(at - 1) % 3];
  const event_type = ["DECISION", "ACTION", "ENV"][(at - 1) % 3];
  return { ...base, event_type, agent_id, caused_by: [(at - 1) % 3 === 0 ? first : id - 1], details };
}

/** One that is JSON, and nothing of what an event should be. */
export const ODD = 52;
const NONSENSE = {
  id: ODD,
  event_type: 7,
  turn_number: "1",
  agent_id: { constructor: null, type: "img", props: { src: "x" } },
  details: null,
  description: [HOSTILE],
  caused_by: { 1: 2 },
};

/** The log as a file. */
function eventLines(): string {
  const lines = Array.from({ length: EVENTS }, (_, i) => {
    const line = JSON.stringify(i + 1 === ODD ? NONSENSE : eventOf(i + 1));
    return DAMAGED.includes(i + 1) ? line.slice(0, 60) : line;
  });
  return lines.join("\n") + "\n";
}

const CALL = {
  kind: "llm" as const,
  purpose: "decide",
  n: 1,
  attempt: 1,
  key: "k",
  provider: "lab",
  model: "small-1",
  usage: { input_tokens: 1200, output_tokens: 34 },
  cost_usd: 0.0042,
  latency_ms: 850,
  at: "2026-01-01T00:00:00.000Z",
};

/** A call that was asked, one from a tape, one in vain, one of a service. */
export const CALLS: readonly TapeEntry[] = [
  {
    ...CALL,
    seq: 1,
    agent: "Ada",
    turn: 1,
    request: {
      role: "agent",
      messages: [{ role: "system", content: "You are a trader." }, { role: "user", content: `What now? ${HOSTILE}` }],
      schema: { type: "object" },
      temperature: 0.2,
      max_tokens: null,
    },
    response: {
      content: JSON.stringify({ reasoning: `prices fall ${HOSTILE}`, action: "sell" }),
      finish_reason: "stop",
    },
  },
  {
    ...CALL,
    seq: 2,
    agent: HOSTILE,
    turn: 1,
    cost_usd: 0,
    reused_from: "parent_2agents_20260101_000000_01",
    request: {
      role: "agent",
      messages: [{ role: "user", content: "x" }],
      schema: null,
      temperature: null,
      max_tokens: null,
    },
    response: { content: "", tool_calls: [{ id: "1", name: "look", arguments: '{"at":"sea"}' }] },
  },
  {
    ...CALL,
    seq: 3,
    agent: "Ben",
    turn: 2,
    retries: 2,
    request: {
      role: "agent",
      messages: [{ role: "user", content: "y" }],
      schema: null,
      temperature: null,
      max_tokens: null,
    },
    error: { code: "timeout", message: "no answer within 60 s", hint: "allow more time" },
  },
  {
    ...CALL,
    kind: "http",
    seq: 4,
    agent: "",
    turn: 2,
    model: "",
    provider: "http://weather.test",
    usage: { input_tokens: 0, output_tokens: 0 },
    cost_usd: 0,
    request: { method: "GET", url: "http://weather.test/today", body: null },
    response: { content: '{"sun":true}', status: 200 },
  },
];

const LOG: readonly LogLine[] = [
  { seq: 1, at: "2026-01-01T00:00:01.000Z", level: "INFO", text: "the sun is up", fields: { turn: 1 } },
  { seq: 2, at: "2026-01-01T00:00:02.000Z", level: "WARNING", text: HOSTILE, fields: { [HOSTILE]: HOSTILE } },
  { seq: 3, at: "2026-01-01T00:00:03.000Z", level: "DEBUG", text: "a very small thing" },
  { seq: 4, at: "2026-01-01T00:00:04.000Z", level: "ERROR", text: "the bridge is gone\nand the road with it" },
];

/** What the long run is begun with; its logs are put in the place of what it has written. */
export const LONG: StartSpec = { text: world({ name: "long", turns: 8, pause: 0, interval: 2 }) };

/** Has a run that has ended be the long one. */
export function lengthen(folder: string): void {
  Deno.writeTextFileSync(`${folder}/events.jsonl`, eventLines());
  Deno.writeTextFileSync(
    `${folder}/llm.jsonl`,
    CALLS.map(({ seq, ...call }) => JSON.stringify({ seq, ...call }) + "\n").join(""),
  );
  const lines = LOG.map((line) => JSON.stringify(line));
  Deno.writeTextFileSync(`${folder}/log.jsonl`, [...lines, '{"seq":5,"at":"2026'].join("\n") + "\n");
  Deno.mkdirSync(`${folder}/files/deep`, { recursive: true });
  Deno.writeTextFileSync(`${folder}/files/deep/${HOSTILE.replaceAll("/", "")}.html`, `<script>${HOSTILE}</script>`);
  const manifest = JSON.parse(Deno.readTextFileSync(`${folder}/manifest.json`));
  Deno.writeTextFileSync(`${folder}/manifest.json`, JSON.stringify({ ...manifest, turn: TURNS, max_turns: TURNS }));
}

const social = (name: string): StartSpec => ({ file: `${ROOT}/scenarios/social/${name}.yaml` });

/** A run in each kind of space. */
export const SPACES: { readonly [kind: string]: StartSpec } = {
  grid: { text: society({ name: "grid", turns: 8, pause: 0, interval: 2 }) },
  hex_grid: {
    text: society({ name: "hex", turns: 8, pause: 0, interval: 2 })
      .replace(/topology: \{[^}]*\}/, "topology: { type: hex_grid, radius: 6 }"),
  },
  network: social("salon"),
  geojson: social("borders"),
};
