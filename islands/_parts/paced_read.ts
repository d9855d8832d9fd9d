/** Reading what has changed on the server, no more often than anybody can see. */

/** What it needs of the page. */
export interface Clock {
  /** Milliseconds. */
  now(): number;
  /** Rings once, after so many milliseconds. @returns stops it */
  after(ms: number, ring: () => void): () => void;
}

/** The browser's. */
export const BROWSER_CLOCK: Clock = {
  now: () => performance.now(),
  after: (ms, ring) => {
    const timer = setTimeout(ring, ms);
    return () => clearTimeout(timer);
  },
};

/** Law: it reads once at a time, at most once an interval, and once more when it has been asked while it read. */
export class PacedRead {
  readonly #read: () => Promise<void>;
  readonly #interval: number;
  readonly #clock: Clock;
  #isReading = false;
  #isWanted = false;
  #readAt = -Infinity;
  #cancelTimer: (() => void) | null = null;

  /** @param read what fails is asked for again with the next {@linkcode ask} @param interval milliseconds */
  constructor(read: () => Promise<void>, interval: number, clock: Clock) {
    this.#read = read;
    this.#interval = interval;
    this.#clock = clock;
  }

  /** Has it read soon. */
  ask(): void {
    this.#isWanted = true;
    if (this.#isReading || this.#cancelTimer !== null) return;
    const wait = this.#readAt + this.#interval - this.#clock.now();
    if (wait <= 0) return void this.#readNow();
    this.#cancelTimer = this.#clock.after(wait, () => {
      this.#cancelTimer = null;
      this.#readNow();
    });
  }

  /** Forgets what it was asked for. */
  stop(): void {
    this.#isWanted = false;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  async #readNow(): Promise<void> {
    this.#isReading = true;
    this.#isWanted = false;
    this.#readAt = this.#clock.now();
    try {
      await this.#read();
    } catch {
      // The next message asks again; that the connection is lost is said elsewhere.
    } finally {
      this.#isReading = false;
    }
    if (this.#isWanted) this.ask();
  }
}
