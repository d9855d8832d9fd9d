/**
 * What a call costs in CPU time at a server that answers at once: what asks it bare, through the gateway, through gateway
 * and tape (all that the host does), and from the sandbox. The server's own time is not in it.
 */

import { Envelope, Gateway } from "../../runner/gateway/mod.ts";
import { LiveCalls } from "../../runner/live_calls.ts";
import { Tape, type TapeTotals } from "../../runner/store/mod.ts";
import { spawnLLMServer } from "../../tests/support/llm_server_process.ts";
import { type Case, type Cost, costOf, mapSpread, measure, type Measured } from "../harness.ts";
import { type Budget, type Row, row } from "../report.ts";
import {
  askingScenario,
  bareFetch,
  bareSdk,
  benchProvider,
  bodiesOf,
  callsOf,
  gatewayCall,
  llmApp,
  type ModelCall,
  play,
  pooled,
  type Prompts,
} from "./world.ts";

const AGENTS = 100;
const TURNS = 20;
const CALLS = AGENTS * TURNS;
const WARM_UP = 2;
/** CPU time per call beyond the client's own. */
const BEYOND: Budget = { of: "value", at: "most", limit: 120 };

const SETTINGS: readonly { readonly prompts: Prompts; readonly concurrency: number }[] = [
  { prompts: "short", concurrency: 100 },
  { prompts: "short", concurrency: 10 },
  { prompts: "long", concurrency: 100 },
];

/** Rows of {@linkcode SETTINGS}. */
export async function callRows(folder: string): Promise<Row[]> {
  await using server = await spawnLLMServer();
  const rows: Row[] = [];
  for (const { prompts, concurrency } of SETTINGS) {
    const own = `${folder}/${prompts}_${concurrency}`;
    const app = await llmApp(own, server.url, concurrency);
    const calls = callsOf((await play(app, prompts, AGENTS, TURNS)).folder);
    const provider = benchProvider(server.url, concurrency);
    const bodies = bodiesOf(calls, provider);
    const [fetching, sdk] = [bareFetch(provider), bareSdk(provider)];
    const gateway = new Gateway();
    const budget = new Envelope({ name: "bench", max_cost_usd: null, max_tokens: null });
    const { signal } = new AbortController();
    const features = `${prompts} prompts, ${concurrency} at once`;
    const shared = { features, n: null, units: CALLS, warmUp: WARM_UP };
    const cases: (Omit<Case, "n"> & { readonly n: null; readonly budget?: Budget })[] = [
      { name: "bare fetch", once: () => pooled(bodies, concurrency, (body) => fetching.ask(body)), ...shared },
      { name: "bare SDK", once: () => pooled(bodies, concurrency, (body) => sdk.ask(body)), ...shared },
      {
        name: "gateway",
        once: () =>
          pooled(calls, concurrency, async (call) => {
            const { kind } = await gateway.call(gatewayCall(call, provider), budget, signal);
            if (kind !== "answered") throw new Error(`a call was ${kind}`);
          }),
        ...shared,
      },
      {
        name: "gateway, tape",
        once: () => throughTape({ gateway, provider, calls, concurrency, folder: own }),
        ...shared,
        budget: BEYOND,
      },
      {
        name: "run",
        once: () => wholePath(() => play(app, prompts, AGENTS, TURNS + 1), () => play(app, prompts, AGENTS, 1)),
        ...shared,
      },
    ];
    const measured = await measure(cases.map((each) => ({ ...each, n: 0 })));
    rows.push(...cases.flatMap((each, i) => rowsOf(each, measured[i]!, i > 0)));
    for (const { close } of [fetching, sdk]) close();
    await gateway.close();
    await app.close();
  }
  return rows;
}

/** A run's host without its sandbox: key, tape, gateway, tape. */
async function throughTape({ gateway, provider, calls, concurrency, folder }: {
  readonly gateway: Gateway;
  readonly provider: ReturnType<typeof benchProvider>;
  readonly calls: readonly ModelCall[];
  readonly concurrency: number;
  readonly folder: string;
}): Promise<void> {
  const path = `${folder}/bench.jsonl`;
  const answered = new Map<number, () => void>();
  const live = new LiveCalls({
    run_id: "bench",
    plan: [{ until: null, scenario: askingScenario(AGENTS), seed: 1 }],
    tape: () => Tape.open(path, { mode: "record" }),
    parent: null,
    live: {
      gateway,
      provider: () => Promise.resolve(provider),
      limits: { max_cost_usd: null, max_tokens: null },
      spent: NOTHING,
    },
    send: (message) => {
      if (message.t !== "answer" || message.settled?.response === undefined) throw new Error(JSON.stringify(message));
      answered.get(message.id)!();
    },
    onWarning: () => {},
    onHalt: ({ message }) => {
      throw new Error(message);
    },
  });
  await pooled(calls, concurrency, (call, i) =>
    new Promise((resolve) => {
      answered.set(i, resolve);
      live.receive(i, call);
    }));
  await live.close();
  Deno.removeSync(path);
}

const NOTHING: TapeTotals = {
  ...{ usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, retries: 0, reused_calls: 0 },
  first_new: null,
};

/** What the longer run takes beyond the shorter, so that processes and their first turn are not in it. */
async function wholePath(longer: () => Promise<unknown>, shorter: () => Promise<unknown>): Promise<Cost> {
  const costs: Cost[] = [];
  for (const work of [longer, shorter]) costs.push(await costOf(async () => void await work()));
  const [long, short] = costs as [Cost, Cost];
  return { wall: long.wall - short.wall, cpu: long.cpu - short.cpu };
}

/** CPU time per call, and what it is beyond the first case. */
function rowsOf(
  { name, features, n, budget }: Pick<Case, "name" | "features"> & { readonly n: null; readonly budget?: Budget },
  { cpu, cpuRatio, cpuBeyond }: Measured,
  hasReference: boolean,
): Row[] {
  const micros = (seconds: number) => seconds * 1e6;
  const unit = "µs/call";
  const whole = row({
    ...{ name, features, n, unit, value: mapSpread(cpu, micros) },
    ...(hasReference ? { ratio: cpuRatio, ratio_to: "bare fetch" } : { ratio: null, ratio_to: null }),
  });
  if (!hasReference) return [whole];
  return [
    whole,
    row({
      ...{ name: `${name}, beyond bare fetch`, features, n, unit, value: mapSpread(cpuBeyond, micros) },
      ...{ ratio: null, ratio_to: null, ...(budget && { budget }) },
    }),
  ];
}
