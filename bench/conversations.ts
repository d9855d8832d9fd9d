/**
 * Group conversations: ten simulated users, assistants and judges, five turns each, beside a bare loop that sends the
 * same requests to the same server; each is a process of its own, and so is the server.
 */

import { ROOT } from "../runner/mod.ts";
import type { LoggedRequest } from "../tests/support/llm_server.ts";
import { mapSpread, spread } from "./harness.ts";
import { type Row, row } from "./report.ts";

const CONVERSATIONS = 10;
const TURNS = 5;
/** The user speaks, the assistant answers, the judge judges. */
const CALLS = 3;
const LATENCY_MS = 50;
const ROUNDS = 5;

/** Span from the first request to the last answer, at concurrency 1 and 4, and what comes before and after it. */
export async function conversationRows(folder: string): Promise<Row[]> {
  await using server = await startServer();
  const rows: Row[] = [];
  for (const concurrency of [1, 4]) {
    const spans: { bare: number; ours: number; first: number; replayed: number }[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const place = `${folder}/${concurrency}_${round}`;
      const began = Date.now();
      const ours = await server.watched(() => converse(place, server.url, concurrency));
      const asked = `${place}/asked.json`;
      Deno.writeTextFileSync(asked, JSON.stringify(byConversation(ours.requests)));
      const bare = await server.watched(() =>
        deno(["bench/conversations/bare.ts", server.url, asked, `${concurrency}`])
      );
      const replayed = await server.watched(() => replay(place));
      spans.push({ bare: bare.span, ours: ours.span, first: ours.first - began, replayed: replayed.requests.length });
    }
    rows.push(...rowsOf(concurrency, spans));
  }
  return rows;
}

function rowsOf(
  concurrency: number,
  spans: readonly { readonly bare: number; readonly ours: number; readonly first: number; readonly replayed: number }[],
): Row[] {
  const ideal = CONVERSATIONS * TURNS * CALLS * LATENCY_MS / concurrency;
  const shared = { n: CONVERSATIONS, features: `${concurrency} at once`, unit: "ms" };
  const alone = { ratio: null, ratio_to: null };
  const of = (key: "bare" | "ours" | "first" | "replayed") => spread(spans.map((each) => each[key]));
  return [
    row({
      ...{ ...shared, name: "bare loop, first to last request", value: of("bare") },
      ...{ ratio: mapSpread(of("bare"), (ms) => ms / ideal), ratio_to: "ideal" },
    }),
    row({
      ...{ ...shared, name: "converse, first to last request", value: of("ours") },
      ...{ ratio: spread(spans.map(({ ours, bare }) => ours / bare)), ratio_to: "bare" },
      budget: { of: "ratio", at: "most", limit: 1.25 },
    }),
    row({
      ...{ ...shared, ...alone, name: "converse, command to first call", value: of("first") },
      budget: { of: "value", at: "most", limit: 1500 },
    }),
    row({
      ...{ ...shared, ...alone, name: "replay, calls", unit: "", value: of("replayed") },
      budget: { of: "value", at: "most", limit: 0 },
    }),
  ];
}

/** Plays ten seeds of one scenario. */
async function converse(place: string, url: string, concurrency: number): Promise<void> {
  Deno.mkdirSync(place, { recursive: true });
  const config = {
    max_concurrent: concurrency,
    simulation_repos: [{ name: "conversation", path: `${ROOT}/domains/conversation` }],
    providers: { bench: { base_url: url, model: "test-model", max_concurrency: concurrency } },
  };
  Deno.writeTextFileSync(`${place}/llm-sim.yaml`, JSON.stringify(config));
  Deno.writeTextFileSync(
    `${place}/bench.yaml`,
    JSON.stringify({
      domain: "conversation",
      simulation: { name: "bench" },
      conversation: {
        plan: Deno.realPathSync(`${ROOT}/scenarios/conversation/plans/launch.yaml`),
        user: { kind: "llm", goal: "A better plan." },
        agent: { adapter: "builtin" },
        judge: { kind: "llm" },
        max_turns: TURNS,
      },
      llm: { provider: "bench" },
    }),
  );
  const args = ["--config", `${place}/llm-sim.yaml`, "--output", `${place}/output`, "--quiet"];
  await deno(["main.ts", "converse", `${place}/bench.yaml`, "--seeds", `1..${CONVERSATIONS}`, ...args]);
}

async function replay(place: string): Promise<void> {
  await deno(["main.ts", "replay", "last", "--config", `${place}/llm-sim.yaml`, "--output", `${place}/output`]);
}

/** The requests of each conversation in their order: a conversation's first is the one that nobody has spoken before. */
function byConversation(requests: readonly LoggedRequest[]): object[][] {
  const all = requests.map(({ body }) => body);
  const each = TURNS * CALLS;
  if (all.length !== CONVERSATIONS * each) throw new Error(`${all.length} requests instead of ${CONVERSATIONS * each}`);
  // Which is whose makes no difference to a server that only waits: as many, as long, in as many lines.
  return Array.from({ length: CONVERSATIONS }, (_, i) => all.slice(i * each, (i + 1) * each));
}

async function deno(args: readonly string[]): Promise<void> {
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--no-check", ...args], cwd: ROOT });
  const { success, stdout, stderr } = await command.output();
  const said = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  if (!success) throw new Error(`${args.join(" ")} failed:\n${said(stdout)}${said(stderr)}`);
}

/** What a server saw while something was done. */
interface Watched {
  readonly requests: readonly LoggedRequest[];
  /** Arrival of the first request, Unix ms. */
  readonly first: number;
  /** From the first request's arrival to the last one's answer, ms. */
  readonly span: number;
}

interface Server extends AsyncDisposable {
  readonly url: string;
  watched(work: () => Promise<void>): Promise<Watched>;
}

async function startServer(): Promise<Server> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "bench/conversations/server.ts", "0", String(LATENCY_MS)],
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  const { value } = await child.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  const url = value!.trim();
  const { origin } = new URL(url);
  return {
    url,
    async watched(work) {
      await (await fetch(`${origin}/__stats`, { method: "DELETE" })).body?.cancel();
      await work();
      const requests = await (await fetch(`${origin}/__requests`)).json() as LoggedRequest[];
      const asked = requests.filter(({ answered }) => answered);
      const times = asked.map(({ at }) => at);
      const first = Math.min(...times);
      return { requests: asked, first, span: Math.max(...times) - first + LATENCY_MS };
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}
