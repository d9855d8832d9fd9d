/** What the test server saw: counts, requests, and promises of what will be seen. */

import type { IncomingHttpHeaders } from "node:http";
import type { BehaviourName } from "./llm_behaviour.ts";
import type { ChatBody, WireUsage } from "./llm_protocol.ts";

/** What is kept of a request. */
export interface LoggedRequest {
  /** Ordinal of its arrival, from 0. */
  readonly index: number;
  /** By which it is counted. */
  readonly key: string;
  /** Unix ms of its arrival. */
  readonly at: number;
  /** Whether it had an `authorization` header, whose value is not kept. */
  readonly authorization: boolean;
  /** The other headers. */
  readonly headers: IncomingHttpHeaders;
  /** All that was sent. */
  readonly body: ChatBody;
  /** What was done; null when it was turned away for its key or model. */
  did: BehaviourName | null;
  /** HTTP status of the reply; null as long as there is none. */
  status: number | null;
  /** Whether a completion went out whole. */
  answered: boolean;
  /** Whether the client left before that. */
  aborted: boolean;
}

/** What a server saw, in numbers. */
export interface LLMServerStats {
  readonly received: number;
  readonly answered: number;
  readonly failed: number;
  readonly aborted: number;
  readonly in_flight: number;
  readonly peak_in_flight: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** Different keys. */
  readonly keys: number;
  /** Keys answered more than once. */
  readonly repeated: number;
}

/** A request on its way through. The first of `land` and `leave` that is called counts. */
export interface Flight {
  /** Ordinal of its arrival, from 0. */
  readonly index: number;
  /** Unix ms of its arrival. */
  readonly at: number;
  /** By which it is counted; empty until it is known. */
  key: string;
  /** What is kept of it. */
  logged: LoggedRequest | null;
  /** The reply went out; with what the completion took, null when it delivered none. */
  readonly land: (usage: WireUsage | null) => void;
  /** The client left. */
  readonly leave: () => void;
}

/** Keeps count. */
export class Traffic {
  /** Requests of a completion. */
  received = 0;
  /** Completions that went out whole. */
  answered = 0;
  /** Replies that delivered no completion, or not as the protocol has it. */
  failed = 0;
  /** Requests that the client left. */
  aborted = 0;
  /** Requests that are being dealt with. */
  inFlight = 0;
  /** The most at once. */
  peakInFlight = 0;
  /** Tokens of the prompts that were answered. */
  inputTokens = 0;
  /** Tokens of the answers. */
  outputTokens = 0;
  /** In the order of their arrival; those whose body is none of the protocol are not among them. */
  readonly requests: LoggedRequest[] = [];
  /** How often each key came. */
  readonly receivedBy = new Map<string, number>();
  /** How often each key was answered. */
  readonly answeredBy = new Map<string, number>();

  readonly #waits = new Set<Wait>();

  /** The keys answered more than once. */
  get repeated(): string[] {
    return [...this.answeredBy].filter(([, count]) => count > 1).map(([key]) => key);
  }

  /** What it saw, in numbers. */
  get stats(): LLMServerStats {
    return {
      received: this.received,
      answered: this.answered,
      failed: this.failed,
      aborted: this.aborted,
      in_flight: this.inFlight,
      peak_in_flight: this.peakInFlight,
      input_tokens: this.inputTokens,
      output_tokens: this.outputTokens,
      keys: this.receivedBy.size,
      repeated: this.repeated.length,
    };
  }

  /** Forgets what it saw. What is in flight stays so. */
  reset(): void {
    this.received =
      this.answered =
      this.failed =
      this.aborted =
      this.inputTokens =
      this.outputTokens =
        0;
    this.peakInFlight = this.inFlight;
    this.requests.length = 0;
    this.receivedBy.clear();
    this.answeredBy.clear();
  }

  /** Resolves when `n` requests have come. */
  whenReceived(n: number): Promise<void> {
    return this.#when(() => this.received >= n, `${n} received`);
  }

  /** Resolves when `n` completions went out. */
  whenAnswered(n: number): Promise<void> {
    return this.#when(() => this.answered >= n, `${n} answered`);
  }

  /** Resolves when the client left `n` requests. */
  whenAborted(n: number): Promise<void> {
    return this.#when(() => this.aborted >= n, `${n} aborted`);
  }

  /** Resolves as soon as `n` or more are in flight at once. */
  whenInFlight(n: number): Promise<void> {
    return this.#when(() => this.inFlight >= n, `${n} in flight`);
  }

  /** Resolves when nothing is in flight. */
  whenIdle(): Promise<void> {
    return this.#when(() => this.inFlight === 0, "none in flight");
  }

  /** Counts a request in. `left`: aborted when its connection ends; `isDropped`: whether that was the server's doing. */
  protected takeOff(left: AbortSignal, isDropped: () => boolean): Flight {
    let over = false;
    const end = (count: () => void) => {
      if (over) return;
      over = true;
      this.inFlight--;
      count();
      this.#changed();
    };
    const flight: Flight = {
      index: this.received++,
      at: Date.now(),
      key: "",
      logged: null,
      land: (usage) => end(() => usage === null ? this.failed++ : this.#countAnswer(usage, flight)),
      leave: () => end(() => isDropped() || this.#countLeft(flight)),
    };
    left.addEventListener("abort", flight.leave);
    this.peakInFlight = Math.max(this.peakInFlight, ++this.inFlight);
    this.#changed();
    return flight;
  }

  /** Counts a request by its key; how often that came before. */
  protected countKey(key: string): number {
    const nth = this.receivedBy.get(key) ?? 0;
    this.receivedBy.set(key, nth + 1);
    return nth;
  }

  /** Keeps the request of `flight`. */
  protected keep(flight: Flight, allHeaders: IncomingHttpHeaders, body: ChatBody): void {
    const { index, key, at } = flight;
    const { authorization, ...headers } = allHeaders;
    const asked = { index, key, at, authorization: authorization !== undefined, headers, body };
    this.requests.push(flight.logged = { ...asked, did: null, status: null, answered: false, aborted: false });
  }

  /** Fails all that is waited for. */
  protected giveUpWaiting(why: string): void {
    for (const wait of this.#waits) wait.fail(why);
  }

  #countAnswer(usage: WireUsage, { key, logged }: Flight): void {
    this.answered++;
    this.inputTokens += usage.prompt_tokens;
    this.outputTokens += usage.completion_tokens;
    this.answeredBy.set(key, (this.answeredBy.get(key) ?? 0) + 1);
    if (logged) logged.answered = true;
  }

  #countLeft({ logged }: Flight): void {
    this.aborted++;
    if (logged) logged.aborted = true;
  }

  #when(isSo: () => boolean, what: string): Promise<void> {
    if (isSo()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.#waits.delete(wait);
        settle();
      };
      const fail = (why: string) =>
        end(() => reject(new Error(`waited for ${what}, but ${why}: ${JSON.stringify(this.stats)}`)));
      const timer = setTimeout(() => fail("30 s went by"), 30_000);
      const wait: Wait = { check: () => isSo() && end(resolve), fail };
      this.#waits.add(wait);
    });
  }

  #changed(): void {
    for (const wait of this.#waits) wait.check();
  }
}

interface Wait {
  readonly check: () => void;
  readonly fail: (why: string) => void;
}
