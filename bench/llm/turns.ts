/** Turns of agents that ask a server with a latency: the whole product beside bare loops that send the same requests. */

import { spawnLLMServer } from "../../tests/support/llm_server_process.ts";
import { type Case, type Cost, costOf, mapSpread, measure, type Measured, type Spread, spread } from "../harness.ts";
import { type Budget, type Row, row } from "../report.ts";
import {
  type BareClient,
  bareFetch,
  bareSdk,
  benchProvider,
  bodiesOf,
  byTurn,
  callsOf,
  llmApp,
  type ModelCall,
  play,
  pooled,
  type Prompts,
} from "./world.ts";

const AGENTS = 100;
const TURNS = 20;
const LATENCY_MS = 200;

/** What is measured. */
interface Setting {
  readonly prompts: Prompts;
  readonly concurrency: number;
  /** At 10 at once a round takes two minutes. */
  readonly rounds: number;
  /** Wall time at most so many times turns × ceil(agents / concurrency) × latency. */
  readonly idealAtMost: number;
}

const SETTINGS: readonly Setting[] = [
  { prompts: "short", concurrency: 100, rounds: 5, idealAtMost: 1.25 },
  { prompts: "long", concurrency: 100, rounds: 5, idealAtMost: 1.25 },
  { prompts: "long", concurrency: 10, rounds: 3, idealAtMost: 1.06 },
];

/** Rows of {@linkcode SETTINGS}. */
export async function turnRows(folder: string): Promise<Row[]> {
  await using server = await spawnLLMServer(["--latency", String(LATENCY_MS)]);
  const rows: Row[] = [];
  const asked = new Map<Prompts, readonly ModelCall[]>();
  for (const setting of SETTINGS) {
    const { prompts, concurrency, rounds } = setting;
    const app = await llmApp(`${folder}/${prompts}_${concurrency}`, server.url, concurrency);
    const whole: number[] = [];
    const spans: number[] = [];
    const run = async (): Promise<Cost> => {
      const cost = await costOf(async () => {
        const { span, folder } = await play(app, prompts, AGENTS, TURNS);
        spans.push(span);
        if (!asked.has(prompts)) asked.set(prompts, callsOf(folder));
      });
      whole.push(cost.wall);
      return { wall: spans.at(-1)!, cpu: cost.cpu };
    };
    // What the server answers depends on the request alone: at 10 at once the same is asked as at 100.
    if (!asked.has(prompts)) await run();
    const provider = benchProvider(server.url, concurrency);
    const turns = byTurn(asked.get(prompts)!).map((calls) => bodiesOf(calls, provider));
    const [fetching, sdk] = [bareFetch(provider), bareSdk(provider)];
    const loop = ({ ask }: BareClient) => async () => {
      for (const bodies of turns) await pooled(bodies, concurrency, (body) => ask(body));
    };
    // Each has been warmed up by a turn; a whole warm-up would take minutes.
    const shared = { n: AGENTS, units: 1, warmUp: 0 };
    const features = `${prompts} prompts, ${concurrency} at once`;
    const cases: Case[] = [
      { name: "bare fetch", features, once: loop(fetching), ...shared },
      { name: "bare SDK", features, once: loop(sdk), ...shared },
      { name: "run", features, once: run, ...shared },
    ];
    for (const { ask } of [fetching, sdk]) await pooled(turns[0]!, concurrency, (body) => ask(body));
    const measured = await measure(cases, rounds);
    rows.push(...rowsOf(setting, cases, measured, spread(whole.slice(-rounds))));
    for (const { close } of [fetching, sdk]) close();
    await app.close();
  }
  return rows;
}

function rowsOf(setting: Setting, cases: readonly Case[], measured: readonly Measured[], whole: Spread): Row[] {
  const ideal = TURNS * Math.ceil(AGENTS / setting.concurrency) * LATENCY_MS / 1000;
  const shared = { n: AGENTS, ratio: null, ratio_to: null };
  const toIdeal = ({ name, features }: Case, { wall }: Measured, budget?: Budget) =>
    row({
      ...{ name, features, n: AGENTS, unit: "s", value: wall },
      ratio: mapSpread(wall, (seconds) => seconds / ideal),
      ratio_to: "ideal",
      ...(budget && { budget }),
    });
  const [fetching, , run] = measured as [Measured, Measured, Measured];
  const { name, features } = cases[2]!;
  const calls = AGENTS * TURNS;
  return [
    toIdeal(cases[0]!, fetching),
    toIdeal(cases[1]!, measured[1]!),
    toIdeal(cases[2]!, run, { of: "ratio", at: "most", limit: setting.idealAtMost }),
    row({
      ...{ name, features, n: AGENTS, unit: "s", value: run.wall, ratio: run.wallRatio, ratio_to: "bare fetch" },
      budget: { of: "ratio", at: "most", limit: 1.05 },
    }),
    row({ name: "run, start to end", features, ...shared, value: whole, unit: "s" }),
    ...measured.map(({ cpu, cpuRatio }, i) =>
      row({
        ...{ name: `${cases[i]!.name}, CPU`, features, ...shared, unit: "µs/call" },
        value: mapSpread(cpu, (seconds) => seconds / calls * 1e6),
        ...(i > 0 && { ratio: cpuRatio, ratio_to: "bare fetch" }),
      })
    ),
  ];
}
