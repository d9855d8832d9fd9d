/**
 * 1,000 calls in flight at once, in a process of its own: in how much memory it resides, and how soon a cancel has closed
 * all connections. 1,200 agents ask at once, so that the cap has something to hold back. Beside it a process that does
 * the same with the bare client.
 */

import { ROOT } from "../../runner/mod.ts";
import { fromFileUrl } from "../../runner/paths.ts";
import { linesOf } from "../../runner/sandbox/protocol.ts";
import { LLMServer } from "../../tests/support/llm_server.ts";
import { spread } from "../harness.ts";
import { type Row, row } from "../report.ts";
import { bareFetch, benchProvider, bodiesOf, callsOf, llmApp, play, pooled, scenarioText } from "./world.ts";

const AGENTS = 1200;
const CAP = 1000;
const PROCESSES = 5;
/** Long enough that all are asked before the first is answered. */
const LATENCY_MS = 4000;
/** Milliseconds between looks at the memory. */
const LOOK_INTERVAL = 10;

/** Who asks in the process. */
type Asker = "run" | "bare fetch";

/** What a process says of itself when all has been answered. */
interface Told {
  /** Megabytes that it resided in at most. */
  readonly most: number;
}

/** What a round showed. */
interface Round extends Told {
  /** The most calls in flight. */
  readonly peak: number;
  /** Milliseconds until a cancel had closed all connections. */
  readonly cancelled: number;
}

/** Rows on memory, calls in flight and cancelling. */
export async function flightRows(folder: string): Promise<Row[]> {
  const askers: readonly Asker[] = ["bare fetch", "run"];
  const recorded = await recordedRun(`${folder}/recorded`);
  const told = new Map<Asker, Round[]>(askers.map((asker) => [asker, []]));
  for (let round = 0; round < PROCESSES; round++) {
    for (const asker of askers) {
      const own = `${folder}/${asker.replace(" ", "_")}_${round}`;
      told.get(asker)!.push({
        ...await answeredInFlight(asker, own, recorded),
        cancelled: await cancelledInFlight(asker, own, recorded),
      });
    }
  }
  const [bare, run] = askers.map((asker) => told.get(asker)!) as [Round[], Round[]];
  return [...memoryRows(bare, run), ...cancelRows(bare, run)];
}

function memoryRows(bare: readonly Round[], run: readonly Round[]): Row[] {
  const features = `${CAP.toLocaleString("en")} in flight`;
  const resident = (rounds: readonly Round[]) => ({
    ...{ features, n: AGENTS, unit: "MB", value: spread(rounds.map(({ most }) => most)) },
  });
  return [
    row({ name: "bare fetch, resident", ...resident(bare), ratio: null, ratio_to: null }),
    row({
      ...{ name: "run, host resident", ...resident(run), ratio_to: "bare fetch" },
      ratio: spread(run.map(({ most }, i) => most / bare[i]!.most)),
      budget: { of: "value", at: "most", limit: 300 },
    }),
    row({
      ...{ name: "run, most in flight", features: `cap ${CAP.toLocaleString("en")}`, n: AGENTS, unit: "calls" },
      ...{ value: spread(run.map(({ peak }) => peak)), ratio: null, ratio_to: null },
      budget: { of: "value", at: "most", limit: CAP },
    }),
  ];
}

function cancelRows(bare: readonly Round[], run: readonly Round[]): Row[] {
  const shared = { n: AGENTS, unit: "ms", features: `${CAP.toLocaleString("en")} in flight` };
  return [
    row({
      ...{ name: "bare fetch, cancel", ...shared, ratio: null, ratio_to: null },
      value: spread(bare.map(({ cancelled }) => cancelled)),
    }),
    row({
      ...{ name: "run, cancel", ...shared, ratio_to: "bare fetch" },
      value: spread(run.map(({ cancelled }) => cancelled)),
      ratio: spread(run.map(({ cancelled }, i) => cancelled / bare[i]!.cancelled)),
      budget: { of: "value", at: "most", limit: 200 },
    }),
  ];
}

/** The folder of a run that asks what the others ask. */
async function recordedRun(folder: string): Promise<string> {
  await using server = await LLMServer.start({ log: false });
  const app = await llmApp(folder, server.url, CAP);
  try {
    return (await play(app, "short", AGENTS, 1)).folder;
  } finally {
    await app.close();
  }
}

async function answeredInFlight(asker: Asker, folder: string, recorded: string): Promise<Told & { peak: number }> {
  await using server = await LLMServer.start({ latency: LATENCY_MS, log: false });
  await using asking = spawn(asker, server.url, folder, recorded);
  const told: Told = JSON.parse(await asking.line());
  return { ...told, peak: server.peakInFlight };
}

/** Milliseconds from the cancel to when the server has seen the last connection closed. */
async function cancelledInFlight(asker: Asker, folder: string, recorded: string): Promise<number> {
  await using server = await LLMServer.start({ behave: () => "hang", log: false });
  await using asking = spawn(asker, server.url, folder, recorded);
  await server.whenInFlight(CAP);
  const aborted = server.whenAborted(CAP).then(now);
  await asking.say("cancel");
  const began = Number(await asking.line());
  return await aborted - began;
}

/** A process that asks. */
interface Asking extends AsyncDisposable {
  /** The next line that it prints. */
  readonly line: () => Promise<string>;
  /** Prints a line to it. */
  readonly say: (line: string) => Promise<void>;
}

function spawn(asker: Asker, url: string, folder: string, recorded: string): Asking {
  const args = ["run", "-A", "--no-check", fromFileUrl(new URL(import.meta.url)), asker, url, folder, recorded];
  const child = new Deno.Command(Deno.execPath(), { args, cwd: ROOT, stdin: "piped", stdout: "piped" }).spawn();
  const lines = linesOf(child.stdout);
  const input = child.stdin.getWriter();
  return {
    line: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`the process that asks ended: code ${(await child.status).code}`);
      return value;
    },
    say: (line) => input.write(new TextEncoder().encode(`${line}\n`)),
    [Symbol.asyncDispose]: async () => {
      await input.close().catch(() => {});
      await lines.return(undefined);
      await child.status;
    },
  };
}

/** ms since the epoch, the same in all processes of this machine. */
function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Asks all at once; says how it went, or, when told to cancel, when it did. */
async function ask(asker: Asker, url: string, folder: string, recorded: string): Promise<void> {
  const work = asker === "run" ? await runOf(url, folder) : bareLoopOf(url, recorded);
  let most = residentMegabytes();
  const look = setInterval(() => most = Math.max(most, residentMegabytes()), LOOK_INTERVAL);
  const asked = work.begin().then(() => "answered" as const);
  const told = Deno.stdin.readable.getReader().read().then(() => "cancel" as const);
  if (await Promise.race([asked, told]) === "cancel") {
    print(String(now()));
    await work.cancel();
    await asked;
  } else print(JSON.stringify({ most } satisfies Told));
  clearInterval(look);
  await work.close();
  Deno.exit(0);
}

/** Work that can be cancelled. */
interface Work {
  readonly begin: () => Promise<void>;
  readonly cancel: () => Promise<void>;
  readonly close: () => Promise<void>;
}

async function runOf(url: string, folder: string): Promise<Work> {
  const app = await llmApp(folder, url, CAP);
  const started = Promise.withResolvers<string>();
  return {
    begin: async () => {
      const { run_id } = await app.start({ text: scenarioText("short", AGENTS, 1) });
      started.resolve(run_id);
      await app.wait(run_id);
    },
    cancel: async () => void await app.cancel(await started.promise),
    close: () => app.close(),
  };
}

function bareLoopOf(url: string, recorded: string): Work {
  const provider = benchProvider(url, CAP);
  const bodies = bodiesOf(callsOf(recorded), provider);
  const { ask, close } = bareFetch(provider);
  const { signal, abort } = controlled();
  return {
    begin: () => pooled(bodies, CAP, (body) => signal.aborted ? Promise.resolve() : ask(body, signal).catch(() => {})),
    cancel: () => Promise.resolve(abort()),
    close: () => Promise.resolve(close()),
  };
}

function controlled(): { readonly signal: AbortSignal; readonly abort: () => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

function residentMegabytes(): number {
  return Deno.memoryUsage().rss / 1e6;
}

function print(line: string): void {
  // deno-lint-ignore no-console -- the parent reads it
  console.log(line);
}

if (import.meta.main) await ask(...Deno.args as [Asker, string, string, string]);
