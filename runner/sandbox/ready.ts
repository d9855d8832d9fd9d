/**
 * A sandbox process that has been started before there is a place for its run: it has loaded everything and waits. What
 * it says meanwhile is kept for whoever takes it.
 */

import type { FromChild } from "./protocol.ts";
import { Sandbox, type SandboxExit, type SandboxOptions } from "./sandbox.ts";

/** Who hears what a process says. */
export type SandboxListener = Pick<SandboxOptions, "onMessage" | "onOutput">;

/** Messages and lines that are kept of a process that waits: it has little to say, or it floods. */
const MOST_UNHEARD = 500;

/** A process that waits. */
export class ReadySandbox {
  /** Settles when it has loaded everything, or failed to: then {@linkcode ReadySandbox.take} tells why. */
  readonly loaded: Promise<void>;
  readonly #sandbox: Sandbox;
  readonly #unheard: ((listener: SandboxListener) => void)[] = [];
  #isGone = false;
  #listener: SandboxListener | undefined;

  /** @throws {SimError} `no_deno` when the process cannot be started */
  constructor(options: Omit<SandboxOptions, keyof SandboxListener>) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.loaded = promise;
    this.#sandbox = new Sandbox({
      ...options,
      init: { ...options.init, hold: true } as SandboxOptions["init"],
      onMessage: (message: FromChild) => {
        resolve();
        this.#hear((listener) => listener.onMessage(message));
      },
      onOutput: (line) => this.#hear((listener) => listener.onOutput(line)),
    });
    this.#sandbox.done.then(() => {
      this.#isGone = true;
      resolve();
    });
  }

  /** Whether it has come to its end while it waited. */
  get isGone(): boolean {
    return this.#isGone;
  }

  /** Lets it go, and tells `listener` all it has said and will say, from the next moment on. */
  take(listener: SandboxListener): Sandbox {
    this.#sandbox.send({ t: "go" });
    // Whoever takes it has to know it before it hears of it.
    queueMicrotask(() => {
      for (const tell of this.#unheard.splice(0)) tell(listener);
      this.#listener = listener;
    });
    return this.#sandbox;
  }

  /** Ends it; nobody has use for it any more. Resolves when it is gone. */
  discard(): Promise<SandboxExit> {
    this.#sandbox.stop({ code: "not_needed", message: "its run need not be played" });
    return this.#sandbox.done;
  }

  #hear(tell: (listener: SandboxListener) => void): void {
    if (this.#listener) tell(this.#listener);
    else if (this.#unheard.length < MOST_UNHEARD) this.#unheard.push(tell);
  }
}
