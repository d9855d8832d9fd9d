/** Identifiers of events: ULIDs (https://github.com/ulid/spec) that derive from the run's seed and the event's number. */

import { SimError } from "./issue.ts";
import { hash32, type Seed } from "./rng.ts";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Two digits of base 32 at a time: the last step of every id is then one look-up. */
const PAIRS = Array.from({ length: 1024 }, (_, n) => ALPHABET[n >>> 5]! + ALPHABET[n & 31]!);
const MAX_TIME = 2 ** 48 - 1;
const MAX_NUMBER = 2 ** 40 - 1;
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/**
 * The ULIDs of one run's events. An id is 26 characters of Crockford's base 32: 48 bits of time, 40 bits that stand for
 * the run, 40 bits of event number. Hence the same run gives the same ids, and within a millisecond they sort by number.
 *
 * @example
 * ```ts
 * import { EventIds, ulidTime } from "llm-sim";
 * const ids = new EventIds(1, "growth_2agents");
 * const time = Date.UTC(2026, 0, 1);
 * if (!(ids.id(1, time) < ids.id(2, time))) throw new Error("ids sort by number");
 * if (ulidTime(ids.id(1, time)) !== time) throw new Error("an id tells its time");
 * ```
 */
export class EventIds {
  readonly #run: string;
  #time = -1;
  #block = -1;
  #timeAndRun = "";
  #prefix = "";

  /** Ids for the run of this seed; `runKey` tells runs with the same seed apart. */
  constructor(seed: Seed, runKey = "") {
    const text = `${seed}\u0000${runKey}`;
    const high = hash32(text, 0x243f6a88);
    const low = hash32(text, 0x85a308d3) & 0xff;
    this.#run = base32(high * 256 + low, 8);
  }

  /**
   * The id of event `eventNumber` (0 to 2^40 − 1) at `timeMs` (milliseconds since 1970, 0 to 2^48 − 1).
   * @throws {RangeError} when either is not such an integer
   */
  id(eventNumber: number, timeMs: number): string {
    const block = Math.floor(eventNumber / 1024);
    if (timeMs !== this.#time || block !== this.#block) this.#enter(eventNumber, block, timeMs);
    const pair = PAIRS[eventNumber - block * 1024];
    if (pair === undefined) throw outOfRange("event number", eventNumber, MAX_NUMBER);
    return this.#prefix + pair;
  }

  /** Keeps the 24 characters that 1024 consecutive events of a millisecond share. */
  #enter(eventNumber: number, block: number, timeMs: number): void {
    if (!isInteger(eventNumber, MAX_NUMBER)) throw outOfRange("event number", eventNumber, MAX_NUMBER);
    if (!isInteger(timeMs, MAX_TIME)) throw outOfRange("time", timeMs, MAX_TIME);
    if (timeMs !== this.#time) this.#timeAndRun = base32(timeMs, 10) + this.#run;
    this.#time = timeMs;
    this.#block = block;
    this.#prefix = this.#timeAndRun + base32(block, 6);
  }
}

/**
 * The time in a ULID, in milliseconds since 1970. Lower case is read like upper case.
 * @throws {SimError} `bad_ulid` when the text is none
 */
export function ulidTime(ulid: string): number {
  const text = ulid.toUpperCase();
  if (!ULID.test(text)) {
    throw new SimError("bad_ulid", `'${ulid.slice(0, 40)}' is not a ULID`, {
      hint: "a ULID has 26 digits and letters without I, L, O and U, the first one 0 to 7",
    });
  }
  let time = 0;
  for (let i = 0; i < 10; i++) time = time * 32 + ALPHABET.indexOf(text[i]!);
  return time;
}

function base32(value: number, digits: number): string {
  let text = "";
  for (let rest = value; text.length < digits; rest = Math.floor(rest / 32)) text = ALPHABET[rest % 32]! + text;
  return text;
}

function isInteger(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

function outOfRange(what: string, value: number, max: number): RangeError {
  return new RangeError(`id(): the ${what} is an integer from 0 to ${max}, not ${value}`);
}
