/**
 * Group server: answers, streams and load, each beside a bare Hono server in the same rounds. Servers, clients and whoever
 * makes load are processes of their own.
 */

import { fromFileUrl, ROOT } from "../runner/paths.ts";
import { world } from "../tests/durability/world.ts";
import { posted } from "../tests/support/server.ts";
import { type Spread, spread } from "./harness.ts";
import { type Budget, type Row, row } from "./report.ts";
import { boltzmannYaml } from "./scenario.ts";
import { Connection } from "./server/raw.ts";

/** How much is measured. */
interface Size {
  readonly rounds: number;
  readonly runs: number;
  /** Requests per round. */
  readonly requests: number;
  readonly clients: number;
  /** Turns that are streamed in a round. */
  readonly turns: number;
  /** Of each of five simulations. */
  readonly paced: number;
  readonly computing: number;
  readonly events: number;
}

const FULL: Size = {
  ...{ rounds: 7, runs: 10_000, requests: 400, clients: 200, turns: 60 },
  ...{ paced: 400, computing: 3000, events: 100_000 },
};
/** To see whether it runs: `BENCH_SMALL=1`. */
const SMALL: Size = {
  ...{ rounds: 2, runs: 500, requests: 50, clients: 20, turns: 10 },
  ...{ paced: 100, computing: 500, events: 20_000 },
};

/** Milliseconds between the ends of two turns that are streamed. */
const TURN_TIME = 150;
/** Turns that do not count. */
const WARM_UP = 3;
/** Requests per second. */
const RATE = 1000;

const THRICE: Budget = { of: "ratio", at: "most", limit: 3 };
const TWICE: Budget = { of: "ratio", at: "most", limit: 2 };
const TENTH: Budget = { of: "ratio", at: "most", limit: 1.1 };

/** All rows. */
export async function serverRows(folder: string): Promise<Row[]> {
  const size = Deno.env.get("BENCH_SMALL") ? SMALL : FULL;
  const rows: Row[] = [];
  for (const part of [listRows, streamRows, loadRows, memoryRows]) {
    const own = `${folder}/${part.name}`;
    Deno.mkdirSync(own);
    rows.push(...await part(own, size));
  }
  return rows;
}

// ── the list of runs ────────────────────────────────────────────────────────────────────────────────────────────────

async function listRows(folder: string, { runs, rounds, requests }: Size): Promise<Row[]> {
  await manyRuns(folder, runs);
  await using ours = await Server.ours(folder);
  const rows: Row[] = [];
  for (const [name, path] of [["100 as JSON", "/api/simulations"], ["50 as HTML", "/runs"]] as const) {
    const answer = await fetch(ours.url + path);
    const [bytes, type] = [await answer.bytes(), answer.headers.get("content-type")!];
    await using bare = await Server.bare(folder, { bytes, type });
    using own = await Connection.open(ours.port);
    using other = await Connection.open(bare.port);
    const cases = [() => other.get("/bytes"), () => own.get(path)];
    const times: number[][] = [[], []];
    for (const ask of cases) await medianOf(ask, requests);
    for (let round = 0; round < rounds; round++) {
      for (const [i, ask] of cases.entries()) times[i]!.push(await medianOf(ask, requests));
    }
    const features = `${name}, p50`;
    rows.push(...pair("bare handler", "list", features, runs, times, "ms", THRICE));
  }
  return rows;
}

async function medianOf(ask: () => Promise<unknown>, requests: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < requests; i++) {
    const began = performance.now();
    await ask();
    times.push(performance.now() - began);
  }
  return spread(times).median;
}

/** Makes runs that differ in nothing but their names and times: copies of one that was played. */
async function manyRuns(folder: string, runs: number): Promise<void> {
  await using server = await Server.ours(folder);
  const first = await server.play(world({ turns: 3, pause: 0 }));
  const output = `${folder}/output`;
  const manifest = JSON.parse(Deno.readTextFileSync(`${output}/${first}/manifest.json`));
  for (let i = 0; i < runs - 1; i++) {
    const at = new Date(Date.UTC(2026, 0, 1) + i * 60_000);
    const day = at.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "_");
    const run_id = `durable_2agents_${day}_01`;
    Deno.mkdirSync(`${output}/${run_id}`);
    const copy = { ...manifest, run_id, created_at: at.toISOString() };
    Deno.writeTextFileSync(`${output}/${run_id}/manifest.json`, JSON.stringify(copy, null, 2));
  }
}

// ── from the end of a turn to the client ────────────────────────────────────────────────────────────────────────────

interface Followed {
  /** Milliseconds from the end of each turn to each client, at the 95th percentile. */
  readonly p95: number;
  readonly bytesPerTurn: number;
}

async function streamRows(folder: string, { clients, turns, rounds }: Size): Promise<Row[]> {
  await using ours = await Server.ours(folder);
  const followOurs = async (): Promise<Followed> => {
    const scenario = world({ turns: turns + 1, pause: TURN_TIME });
    const run_id = await ours.start(scenario, "step");
    await ours.wait(run_id, "paused");
    const path = `${ours.url}/api/simulations/${run_id}`;
    return await followed(`${path}/events/stream`, `${path}/resume`, `${ours.url}/ended/${run_id}`, clients);
  };
  const length = Math.round((await followOurs()).bytesPerTurn);
  const bytes = new TextEncoder().encode("-");
  const followBare = async (): Promise<Followed> => {
    await using bare = await Server.bare(folder, { bytes, type: "text/plain", length, interval: TURN_TIME, turns });
    return await followed(`${bare.url}/stream`, `${bare.url}/start`, `${bare.url}/ended`, clients);
  };
  await followBare();
  const times: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    times[0]!.push((await followBare()).p95);
    times[1]!.push((await followOurs()).p95);
  }
  const features = `turn to ${clients} clients, p95`;
  return pair("bare SSE loop", "stream", features, null, times, "ms", TWICE);
}

async function followed(
  stream: string,
  start: string,
  ended: string,
  clients: number,
): Promise<Followed> {
  const told = await script("clients.ts", [stream, String(clients), start]);
  const { arrived, bytes } = JSON.parse(told) as { arrived: [turn: number, times: number[]][]; bytes: number };
  const ends = await (await fetch(ended)).json() as (number | null)[];
  const delays = arrived.flatMap(([turn, times]) => {
    const end = ends[turn - 1];
    return turn <= WARM_UP || end === null || end === undefined ? [] : times.map((time) => time - end);
  }).sort((a, b) => a - b);
  if (delays.length < clients * (ends.length - WARM_UP) / 2) {
    throw new Error(`only ${delays.length} arrivals at ${stream}`);
  }
  return { p95: delays[Math.floor(delays.length * 0.95)]!, bytesPerTurn: bytes / arrived.length };
}

// ── requests beside simulations ─────────────────────────────────────────────────────────────────────────────────────

async function loadRows(folder: string, { rounds, paced, computing }: Size): Promise<Row[]> {
  const rows: Row[] = [];
  const bytes = new TextEncoder().encode("x".repeat(4000));
  await using ours = await Server.ours(folder);
  await using bare = await Server.bare(folder, { bytes, type: "application/json" });
  const done = await ours.play(world({ turns: 3, pause: 0 }));
  const paths = ["/api/simulations?limit=20", `/api/simulations/${done}`, "/health"];
  const worlds: [string, string][] = [
    ["turns of 5 ms", world({ turns: paced, pause: 5 })],
    [
      "computing",
      boltzmannYaml(1000, computing).replace("simulation: {", "events: { verbosity: MILESTONE }\nsimulation: {"),
    ],
  ];
  for (const [name, scenario] of worlds) {
    const loads = [null, { port: bare.port, paths: ["/bytes"] }, { port: ours.port, paths }];
    const times: number[][] = [[], [], []];
    const rates: number[][] = [[], [], []];
    await fiveRuns(ours, scenario, null);
    for (let round = 0; round < rounds; round++) {
      for (const [i, load] of loads.entries()) {
        const { seconds, rate } = await fiveRuns(ours, scenario, load);
        times[i]!.push(seconds);
        rates[i]!.push(rate);
      }
    }
    const ratios = (i: number) => spread(times[i]!.map((time, round) => time / times[0]![round]!));
    const line = (what: string, i: number, budget?: Budget) =>
      row({
        ...{ name: "five runs", features: `${name}, ${what}`, n: null, value: spread(times[i]!), unit: "s" },
        ratio: i === 0 ? null : ratios(i),
        ratio_to: i === 0 ? null : "quiet",
        ...(budget && { budget }),
      });
    rows.push(line("quiet", 0), line("bare Hono asked", 1), line("asked", 2, TENTH));
    const least: Budget = { of: "value", at: "least", limit: RATE * 0.98 };
    rows.push(row({
      ...{
        name: "answers",
        features: name,
        n: null,
        value: spread(rates[2]!),
        unit: "/s",
        ratio: null,
        ratio_to: null,
      },
      budget: least,
    }));
  }
  return rows;
}

/** Mean seconds that five runs played side by side take, while somebody asks. */
async function fiveRuns(
  server: Server,
  scenario: string,
  load: { readonly port: number; readonly paths: readonly string[] } | null,
): Promise<{ seconds: number; rate: number }> {
  const asking = load && spawn("load.ts", [String(load.port), String(RATE), ...load.paths]);
  const ids = await Promise.all(Array.from({ length: 5 }, () => server.start(scenario)));
  const seconds: number[] = [];
  for (const id of ids) {
    const { started_at, ended_at } = await server.wait(id, "completed");
    seconds.push((Date.parse(ended_at) - Date.parse(started_at)) / 1000);
  }
  await asking?.stdin.close();
  const told = asking === null ? null : JSON.parse(await textOf(asking.stdout));
  return { seconds: seconds.reduce((sum, each) => sum + each, 0) / seconds.length, rate: told?.rate ?? 0 };
}

// ── memory ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the server resides in while a run of many events is followed by ten clients, one of which reads nothing. */
async function memoryRows(folder: string, { events }: Size): Promise<Row[]> {
  const shares = [0.2, 0.5, 1] as const;
  const measured: number[][] = [];
  for (let i = 0; i < 5; i++) {
    await using server = await Server.ours(folder);
    const run_id = await server.start(boltzmannYaml(100, 1_000_000), "step");
    await server.wait(run_id, "paused");
    const stream = `${server.url}/api/simulations/${run_id}/events/stream`;
    const [stuck, ...readers] = await Promise.all(Array.from({ length: 10 }, () => fetch(stream)));
    let last = 0;
    const reading = readers.map(async ({ body }, client) => {
      for await (
        const chunk of body!.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
      ) {
        if (client > 0) continue;
        const id = /^id: (\d+)$/m.exec(chunk.slice(chunk.lastIndexOf("\nid: ") + 1))?.[1];
        if (id !== undefined) last = Math.max(last, Number(id));
      }
    });
    await (await fetch(`${server.url}/api/simulations/${run_id}/resume`, { method: "POST" })).body?.cancel();
    const resident: number[] = [];
    for (const share of shares) {
      while (last < events * share) await new Promise((resolve) => setTimeout(resolve, 5));
      resident.push(await server.resident());
    }
    await (await fetch(`${server.url}/api/simulations/${run_id}`, { method: "DELETE" })).body?.cancel();
    await stuck!.body!.cancel();
    await Promise.all(reading);
    measured.push(resident);
  }
  return shares.map((share, at) => {
    const isLast = at === shares.length - 1;
    return row({
      ...{
        name: "server, resident",
        features: `after ${(share * events).toLocaleString("en")} events`,
        n: null,
        unit: "MB",
      },
      value: spread(measured.map((resident) => resident[at]!)),
      ratio: isLast ? spread(measured.map((resident) => resident[at]! / resident[1]!)) : null,
      ratio_to: isLast ? "half" : null,
      ...(isLast && { budget: TENTH }),
    });
  });
}

// ── processes ───────────────────────────────────────────────────────────────────────────────────────────────────────

class Server implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly port: number;
  readonly url: string;

  private constructor(process: Deno.ChildProcess, port: number) {
    this.#process = process;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async #of(process: Deno.ChildProcess): Promise<Server> {
    const reader = process.stdout.getReader();
    const { value } = await reader.read();
    await reader.cancel();
    const port = Number(new TextDecoder().decode(value));
    if (!(port > 0)) throw new Error("a server did not start");
    return new Server(process, port);
  }

  /** Ours, over the runs of this folder. */
  static async ours(folder: string): Promise<Server> {
    const repos = [
      { name: "boltzmann", path: `${ROOT}/bench/boltzmann` },
      { name: "slow_writer", path: `${ROOT}/tests/fixtures/domains/slow_writer` },
    ];
    Deno.writeTextFileSync(`${folder}/llm-sim.yaml`, JSON.stringify({ simulation_repos: repos }));
    return await Server.#of(spawn("ours.ts", [`${folder}/llm-sim.yaml`, `${folder}/output`]));
  }

  static async bare(
    folder: string,
    { bytes, type, length = 0, interval = 0, turns = 0 }: {
      readonly bytes: Uint8Array;
      readonly type: string;
      /** Bytes of a message. */
      readonly length?: number;
      readonly interval?: number;
      readonly turns?: number;
    },
  ): Promise<Server> {
    const file = `${folder}/bytes`;
    Deno.writeFileSync(file, bytes);
    return await Server.#of(spawn("bare.ts", [file, type, ...[length, interval, turns].map(String)]));
  }

  async start(scenario: string, mode: "auto" | "step" = "auto"): Promise<string> {
    const answer = await fetch(`${this.url}/api/simulations`, posted({ scenario, mode }));
    const { run_id, detail } = await answer.json();
    if (answer.status !== 202) throw new Error(detail);
    return run_id;
  }

  /** Looks five times a second until the run has this status. */
  async wait(runId: string, wanted: string): Promise<{ started_at: string; ended_at: string }> {
    while (true) {
      const run = await (await fetch(`${this.url}/api/simulations/${runId}`)).json();
      if (run.status === wanted) return run;
      if (run.status !== "queued" && run.status !== "running") throw new Error(`${runId} is ${run.status}`);
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }

  async play(scenario: string): Promise<string> {
    const id = await this.start(scenario);
    await this.wait(id, "completed");
    return id;
  }

  /** Megabytes. */
  async resident(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)![1]) / 1e6;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
  }
}

function spawn(name: string, args: readonly string[]): Deno.ChildProcess {
  const path = fromFileUrl(new URL(`./server/${name}`, import.meta.url));
  const options = { args: ["run", "-A", "--no-check", path, ...args] };
  const stderr = Deno.env.get("BENCH_LOG") ? "inherit" : "null";
  return new Deno.Command(Deno.execPath(), { ...options, stdin: "piped", stdout: "piped", stderr }).spawn();
}

async function script(name: string, args: readonly string[]): Promise<string> {
  const process = spawn(name, args);
  const told = await textOf(process.stdout);
  if (!(await process.status).success) throw new Error(`${name} failed`);
  return told;
}

function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return new Response(stream).text();
}

/** The reference, and what is compared with it, round by round. */
function pair(
  reference: string,
  name: string,
  features: string,
  n: number | null,
  [bare, own]: readonly number[][],
  unit: string,
  budget: Budget,
): Row[] {
  const ratio: Spread = spread(own!.map((value, round) => value / bare![round]!));
  return [
    row({ name: reference, features, n, value: spread(bare!), unit, ratio: null, ratio_to: null }),
    row({ name, features, n, value: spread(own!), unit, ratio, ratio_to: "bare", budget }),
  ];
}
