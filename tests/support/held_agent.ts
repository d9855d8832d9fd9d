/** An agent under test behind HTTP that answers no sooner than it is let. */

/** What it is asked, as far as tests look at it. */
export interface AskedOfAgent {
  readonly turn: number;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

/** Says "Done." without doing anything; held, it keeps all who ask waiting until it is released. */
export class HeldAgent implements AsyncDisposable {
  /** Everything it was asked. */
  readonly asked: AskedOfAgent[] = [];
  readonly origin: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #gate: PromiseWithResolvers<void> | null = null;
  #from = 0;
  #arrivals: { readonly count: number; readonly resolve: () => void }[] = [];

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
      this.asked.push(await request.json());
      for (const { count, resolve } of this.#arrivals) if (this.asked.length >= count) resolve();
      if (this.asked.length >= this.#from) await this.#gate?.promise;
      return Response.json({ reply: "Done.", actions: [] });
    });
    this.origin = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** Where it is asked. */
  get url(): string {
    return `${this.origin}/chat`;
  }

  /** From the request of this number on, by default from now on, nobody is answered. */
  hold(from = 0): void {
    this.#from = from;
    this.#gate ??= Promise.withResolvers();
  }

  /** Answers all who wait, and whoever asks. */
  release(): void {
    this.#gate?.resolve();
    this.#gate = null;
  }

  /** Resolves when it has been asked so often in all. */
  whenAsked(count: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#arrivals.push({ count, resolve });
    if (this.asked.length >= count) resolve();
    return promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release();
    await this.#server.shutdown();
  }
}
