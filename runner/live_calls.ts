/**
 * What one run asks of models and services while it is played: looked up on its tape, then on its parent's, and only then
 * made. What comes of a call is on the tape, on disk, before the simulation hears of it.
 */

import {
  agentNamed,
  type Call,
  type CallAddress,
  type ModelSettings,
  settingsFor,
  type SettledCall,
  SimError,
} from "../framework/mod.ts";
import { Envelope, type Gateway, type GatewayOutcome, type Halt, type Provider } from "./gateway/mod.ts";
import type { Player } from "./player.ts";
import type { FromChild, PlanStretch } from "./sandbox/mod.ts";
import { addressText, callKey, entryOf, settledOf, type Tape, type TapeTotals } from "./store/mod.ts";

/** Seconds that a call of a service may take when neither it nor the scenario says so. */
const HTTP_TIMEOUT = 60;

/** What is needed to serve one run. */
export interface LiveCallsOptions {
  readonly run_id: string;
  readonly plan: readonly PlanStretch[];
  /** Opens the run's own tape; null: nothing is recorded. */
  readonly tape: (() => Promise<Tape>) | null;
  /** Of a fork: its parent, and how to open that one's tape; null where it is gone. */
  readonly parent: { readonly run_id: string; readonly tape: () => Promise<Tape | null> } | null;
  /** Who makes calls; null: nobody does, all are on the tape. */
  readonly live: {
    readonly gateway: Gateway;
    readonly provider: (name: string) => Promise<Provider>;
    readonly limits: { readonly max_cost_usd: number | null; readonly max_tokens: number | null };
    /** What the run has cost so far, where no tape knows it. */
    readonly spent: TapeTotals;
  } | null;
  readonly send: Player["send"];
  /** Told what people should know. */
  readonly onWarning: (text: string) => void;
  /** Told what came of each call that was not on the tape. */
  readonly onCall?: (report: CallReport) => void;
  /** Told, once, when the run cannot go on: nothing of it is under way any more. */
  readonly onHalt: (halt: Halt | Failed) => void;
}

/** What came of a call of a model or a service. */
export interface CallReport {
  /** Name of the provider; of a service: its origin. */
  readonly provider: string;
  /** `reused`: the parent's tape had the answer; `given_up`: after all tries; `halted`: not made, or broken off. */
  readonly outcome: "answered" | "reused" | "given_up" | "halted";
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** US dollars. */
  readonly cost_usd: number;
  /** Tries that failed on the way and were made again. */
  readonly retries: number;
}

/** That a call which must be on the tape is not there as it is asked for, or cannot be put there, or comes too late. */
export interface Failed {
  readonly code: "tape_missing" | "tape_differs" | "bad_tape" | "disk_full" | "output_not_writable" | "time_spent";
  readonly message: string;
  readonly hint?: string;
  /** Of a call that is not on the tape. */
  readonly turn?: number;
}

type Request = Extract<FromChild, { t: "request" }>;

/** What is open while calls are made. */
interface Desk {
  readonly tape: Tape | null;
  readonly parent: Tape | null;
  readonly budget: Envelope;
}

/**
 * Serves one run while it is played.
 *
 * Law: a call that has been answered is not made again, neither by the process that takes the place of one that died, nor
 * after a resume; a call that was halted was not answered, and leaves no trace.
 */
export class LiveCalls {
  readonly #options: LiveCallsOptions;
  /** Of each stretch: finds an agent's entry. */
  readonly #entries: readonly ReturnType<typeof agentNamed>[];
  readonly #stopped = new AbortController();
  /** Aborted when no more is to be asked; what is on its way may still be answered. */
  readonly #ending = new AbortController();
  /** Calls under way, by address and key: a process that was started again finds those of the one before. */
  readonly #underWay = new Map<string, Promise<SettledCall | Halt>>();
  /** Addresses that have been asked for, where nobody makes calls. */
  readonly #asked = new Set<string>();
  #desk: Promise<Desk> | undefined;
  #halt: Halt | Failed | undefined;
  #told = false;
  /** Settles when nothing is under way any more, as long as somebody waits for that. */
  #draining: Promise<void> | undefined;
  /** Counts the processes: what one asked for, no other is told, for it may have given the same id to something else. */
  #process = 0;
  /** Last turn that the run shares with its parent. */
  readonly #inherited: number;
  /** What the run has cost where no tape counts. */
  #uncounted: TapeTotals | undefined;

  constructor(options: LiveCallsOptions) {
    this.#options = options;
    this.#entries = options.plan.map(({ scenario }) => agentNamed(scenario));
    this.#uncounted = options.live?.spent;
    this.#inherited = options.plan.at(-2)?.until ?? -1;
  }

  /** Whether anything has been asked. */
  get used(): boolean {
    return this.#desk !== undefined;
  }

  /** Of a replay: the addresses of all calls that have been asked for. Where calls are made none is kept. */
  get asked(): ReadonlySet<string> {
    return this.#asked;
  }

  /** What the run has cost, all resumes together; undefined as long as nothing has been asked. */
  async cost(): Promise<TapeTotals | undefined> {
    if (!this.#desk) return undefined;
    return (await this.#desk).tape?.totals(this.#inherited) ?? this.#uncounted;
  }

  /** A call of the simulation. */
  async receive(id: number, call: Call): Promise<void> {
    const process = this.#process;
    const send = (message: Parameters<Player["send"]>[0]) => {
      if (process === this.#process) this.#options.send(message);
    };
    try {
      const settled = await this.#settle(call);
      if (isSettled(settled)) send({ t: "answer", id, settled });
      else await this.#halted(settled);
    } catch (error) {
      const { code = "call_error", message, hint } = error as Error & { code?: string; hint?: string };
      // What has been paid for could not be kept or read: no agent is to blame, and nothing more is to be bought.
      if (code === "disk_full" || code === "output_not_writable" || code === "bad_tape") {
        return await this.#halted({ code, message, ...(hint !== undefined && { hint }) });
      }
      send({ t: "answer", id, error: { code, message, ...(hint !== undefined && { hint }) } });
    }
  }

  /** The process that asked is gone; what is under way goes on, for the one that takes its place. */
  restarted(): void {
    this.#process++;
  }

  /** Makes no call any more. What is on its way is waited for; then, if the simulation wants more, it is to stop. */
  stop(halt: Failed): void {
    this.#halt ??= halt;
    if (this.#underWay.size > 0) this.#halted(halt);
  }

  /** Ends what is under way, down to the sockets. From now on the run is halted, `cancelled`, as soon as it asks. */
  abort(): void {
    this.#ending.abort();
    this.#stopped.abort();
  }

  /** Ends what is under way and closes the tape. Resolves when all that was answered is on it. */
  async close(): Promise<void> {
    this.abort();
    await Promise.allSettled(this.#underWay.values());
    if (!this.#desk) return;
    const desk = await this.#desk.catch(() => null);
    await desk?.tape?.close();
    await desk?.parent?.close();
  }

  async #settle(call: Call): Promise<SettledCall | Halt | Failed> {
    const at = this.#options.plan.findIndex(({ until }) => until === null || call.turn <= until);
    const stretch = this.#options.plan[at]!;
    const role = call.kind === "llm" ? call.role : "agent";
    const settings = settingsFor(stretch.scenario, role, this.#entries[at]!(call.agent));
    const { model, asked } = call.kind === "llm" ? withSettings(call, settings) : { model: "", asked: call };
    const key = callKey(asked, model, stretch.sample ?? 0);
    const address = addressText(call);
    if (this.#options.live === null) this.#asked.add(address);
    const place = `${address} ${key}`;
    const joined = this.#underWay.get(place);
    if (joined) return await joined;
    const desk = await (this.#desk ??= this.#open());
    const found = await desk.tape?.find(call, key);
    if (found && "entry" in found) return settledOf(found.entry, false);
    if (this.#options.live === null) return missing(call, found ?? null, desk.tape);
    if (this.#halt) return this.#halt;
    // Asked for again while the tape was looked at.
    const started = this.#underWay.get(place);
    if (started) return await started;
    const making = this.#make(desk, asked, settings, model, key);
    this.#underWay.set(place, making);
    try {
      return await making;
    } finally {
      this.#underWay.delete(place);
    }
  }

  async #open(): Promise<Desk> {
    const { run_id, tape: open, parent, live, onWarning } = this.#options;
    const [tape, inherited] = await Promise.all([open?.() ?? null, parent?.tape() ?? null]);
    const spent = tape?.totals() ?? this.#uncounted;
    const limit = live?.limits.max_cost_usd === null ? "max_tokens" : "max_cost_usd";
    const budget = new Envelope({
      name: "this run",
      remedy: `go on with more in a fork of its last turn: deno task fork ${run_id} --turn … --set limits.${limit}=…`,
      max_cost_usd: live?.limits.max_cost_usd ?? null,
      max_tokens: live?.limits.max_tokens ?? null,
      spent: { usd: spent?.usd ?? 0, tokens: (spent?.input_tokens ?? 0) + (spent?.output_tokens ?? 0) },
    });
    if (tape && tape.damaged.length > 0 && live) {
      const lines = tape.damaged.join(", ");
      onWarning(`llm.jsonl is damaged in line ${lines}: what was there is asked again if it is needed`);
    }
    return { tape, parent: inherited, budget };
  }

  /** Finds the call on the parent's tape or makes it; what came of it is on the own tape when it resolves. */
  async #make(
    desk: Desk,
    call: Call,
    settings: ModelSettings | null,
    model: string,
    key: string,
  ): Promise<SettledCall | Halt> {
    const inherited = await desk.parent?.find(call, key);
    if (inherited && "entry" in inherited && inherited.entry.response) {
      const settled = settledOf(inherited.entry, true);
      await this.#record(desk, call, key, settled);
      this.#report(settled.provider, "reused");
      return settled;
    }
    const outcome = await this.#call(desk, call, settings, model, key);
    const provider = call.kind === "http" ? new URL(call.url).origin : settings!.provider;
    if (outcome.kind === "halted") {
      this.#report(provider, "halted");
      return outcome.halt;
    }
    const { account: { usage, cost_usd, latency_ms, retries } } = outcome;
    this.#report(provider, outcome.kind, { ...usage, cost_usd, retries });
    const settled: SettledCall = {
      provider,
      model,
      ...(outcome.kind === "answered" ? { response: outcome.response } : { error: outcome.error }),
      usage,
      cost_usd,
      latency_ms,
      retries,
      reused: false,
    };
    await this.#record(desk, call, key, settled);
    return settled;
  }

  #report(provider: string, outcome: CallReport["outcome"], spent: Partial<CallReport> = {}): void {
    this.#options.onCall?.({
      ...{ input_tokens: 0, output_tokens: 0, cost_usd: 0, retries: 0 },
      ...spent,
      ...{ provider, outcome },
    });
  }

  async #call(
    { budget }: Desk,
    call: Call,
    settings: ModelSettings | null,
    model: string,
    key: string,
  ): Promise<GatewayOutcome> {
    const { live, run_id } = this.#options;
    const { signal } = this.#stopped;
    if (call.kind === "http") {
      const { method, url, headers, body } = call;
      const timeout = call.timeout ?? settings?.timeout ?? HTTP_TIMEOUT;
      try {
        return await live!.gateway.http({ run_id, method, url, headers, body, timeout }, signal);
      } catch (error) {
        return refusal(error);
      }
    }
    const { messages, schema, tools, temperature, max_tokens, offline } = call;
    const provider = await live!.provider(settings!.provider);
    return await live!.gateway.call(
      {
        run_id,
        provider,
        model,
        messages,
        schema,
        ...(tools && { tools }),
        temperature: temperature ?? null,
        max_tokens: max_tokens ?? null,
        timeout: settings!.timeout,
        max_retries: settings!.max_retries,
        key,
        ...(offline !== undefined && { offline }),
      },
      budget,
      signal,
      this.#ending.signal,
    );
  }

  async #record({ tape }: Desk, call: Call, key: string, settled: SettledCall): Promise<void> {
    const { parent } = this.#options;
    if (tape) {
      const at = new Date().toISOString();
      return void await tape.append(entryOf(call, key, settled, at, settled.reused ? parent!.run_id : undefined));
    }
    const before = this.#uncounted!;
    this.#uncounted = {
      ...before,
      usd: before.usd + settled.cost_usd,
      input_tokens: before.input_tokens + settled.usage.input_tokens,
      output_tokens: before.output_tokens + settled.usage.output_tokens,
      calls: before.calls + (settled.reused ? 0 : 1),
      retries: before.retries + settled.retries,
      reused_calls: before.reused_calls + (settled.reused ? 1 : 0),
    };
  }

  /** The run is to stop; but what is on its way is paid for, and is waited for first. */
  async #halted(halt: Halt | Failed): Promise<void> {
    this.#halt ??= halt;
    this.#ending.abort();
    // All of a thousand calls may be halted at once: they wait together.
    this.#draining ??= this.#drained().finally(() => this.#draining = undefined);
    await this.#draining;
    if (this.#told) return;
    this.#told = true;
    this.#options.onHalt(this.#halt);
  }

  /** Resolves when nothing is under way. */
  async #drained(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay.values());
  }
}

function isSettled(outcome: SettledCall | Halt | Failed): outcome is SettledCall {
  return !("code" in outcome);
}

/** The call with what the scenario says where it says nothing itself: all of it is part of the key. */
function withSettings(call: Extract<Call, { kind: "llm" }>, settings: ModelSettings | null): {
  readonly model: string;
  readonly asked: Call;
} {
  if (settings === null || settings.model === null) {
    throw new SimError("no_llm", `no model was chosen for the role '${call.role}' of this run`, {
      hint: "the class that asks has to say so: static override readonly llm = true; or the scenario needs llm: {}",
    });
  }
  const temperature = call.temperature ?? settings.temperature;
  const max_tokens = call.max_tokens ?? settings.max_tokens;
  return {
    model: settings.model,
    asked: { ...call, ...(temperature !== null && { temperature }), ...(max_tokens !== null && { max_tokens }) },
  };
}

/** A call that may not be made, kept like an answer: a replay is to meet the same refusal. */
function refusal(error: unknown): GatewayOutcome {
  if (!(error instanceof SimError)) throw error;
  const { code, message, hint } = error;
  return {
    kind: "given_up",
    error: { code, message, ...(hint !== undefined && { hint }), refused: true },
    account: { usage: { input_tokens: 0, output_tokens: 0 }, cost_usd: 0, latency_ms: 0, retries: 0 },
  };
}

function missing(call: CallAddress, found: { readonly otherKey: true } | null, tape: Tape | null): Failed {
  const { agent, turn, purpose, n, attempt } = call;
  const what = `'${purpose}' ${n} of ${agent === "" ? "the world" : `agent '${agent}'`} in turn ${turn}` +
    (attempt > 1 ? `, attempt ${attempt}` : "");
  if (found) {
    return {
      code: "tape_differs",
      turn,
      message: `the tape has another question in the place of ${what}`,
      hint: "the code, the prompts or the settings have changed since the run was recorded",
    };
  }
  const damaged = tape && tape.damaged.length > 0 ? `; llm.jsonl is damaged in line ${tape.damaged.join(", ")}` : "";
  return {
    code: "tape_missing",
    turn,
    message: `the tape has no answer to ${what}${damaged}`,
    hint: "the run was cut off there, or its llm.jsonl has been changed",
  };
}
