/** The tape of a run: every settled call of a model or a service, so that none is made twice. */

import { dirname } from "node:path";
import { type CallAddress, SimError } from "../../framework/mod.ts";
import { asOutputError } from "./disk_error.ts";
import { syncFolder } from "./durable.ts";
import { scanLines } from "./lines.ts";
import { addressIn, addressText, decodeEntry, entryProblem, type NewTapeEntry, type TapeEntry } from "./tape_entry.ts";

/** `record`: reads, appends and mends; `read`: changes nothing, and sees what was there when it was opened. */
export type TapeMode = "record" | "read";

/** What stands at an address. */
export type TapeFinding =
  /** The call that was asked for. */
  | { readonly entry: TapeEntry }
  /** Calls with other keys only: something else was asked there. */
  | { readonly otherKey: true }
  /** Nothing. */
  | null;

/** What the calls on a tape took. */
export interface TapeTotals {
  /** US dollars that this run paid. */
  readonly usd: number;
  /** Tokens of prompts, of calls that this run made. */
  readonly input_tokens: number;
  /** Tokens of answers, of calls that this run made. */
  readonly output_tokens: number;
  /** Calls that this run made, whatever came of them. */
  readonly calls: number;
  /** Tries of these that failed on the way and were made again. */
  readonly retries: number;
  /** Calls whose answers were taken from another run's tape. */
  readonly reused_calls: number;
  /** The first call that this run made though it reused others; null when there is none. */
  readonly first_new: { readonly turn: number; readonly agent: string } | null;
}

/** Where the entry with this key is in the file. */
interface Place {
  readonly key: string;
  readonly offset: number;
  /** Bytes, without the newline. */
  readonly length: number;
}

/** An entry that is written and waits to be synced. */
interface Waiting {
  readonly entry: TapeEntry;
  readonly place: Place;
  readonly resolve: (entry: TapeEntry) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * `llm.jsonl` of one run.
 *
 * Laws: an entry whose {@linkcode Tape.append} has resolved is on disk, and is found by its address and key from then on
 * until the run is removed; one whose append was rejected is cut off again as soon as the disk allows it; lines stand in
 * the order of their numbers. One process at a time opens a run's tape for recording, which the ownership of the run sees
 * to; any number may read.
 *
 * Held in memory is where each entry stands, not what it says.
 */
export class Tape {
  /** Numbers of the lines, from 1, that are no entries. They stay where they are. */
  readonly damaged: readonly number[];
  readonly #path: string;
  readonly #mode: TapeMode;
  readonly #damaged: number[] = [];
  /** By address, in the order of the file. */
  readonly #places = new Map<string, Place[]>();
  readonly #made = { usd: 0, input_tokens: 0, output_tokens: 0, calls: 0, retries: 0 };
  /** Agent of the first call that was made in each turn, in the order of the file. */
  readonly #firstMade = new Map<number, string>();
  /** Calls reused by turn. */
  readonly #reused = new Map<number, number>();
  #file: Deno.FsFile | null;
  /** Bytes of whole lines, synced or not. */
  #end = 0;
  /** Number of the last line. */
  #seq = 0;
  /** Whether there may be bytes beyond `#end`. */
  #isTorn = false;
  /** Whether the file's name is not yet on disk. */
  #isNew = false;
  #waiting: Waiting[] = [];
  #committing: Promise<void> | null = null;
  #isClosed = false;

  private constructor(path: string, mode: TapeMode, file: Deno.FsFile | null) {
    this.#path = path;
    this.#mode = mode;
    this.#file = file;
    this.damaged = this.#damaged;
  }

  /**
   * Reads through the tape at `path`, which is empty when there is none; the first append makes it. What follows the last
   * newline was torn when a process was killed: `record` cuts it off.
   *
   * @throws {SimError} `output_not_writable`
   */
  static async open(path: string, { mode }: { readonly mode: TapeMode }): Promise<Tape> {
    let file: Deno.FsFile | null = null;
    try {
      file = openedIfThere(path, mode);
      const tape = new Tape(path, mode, file);
      if (file) await tape.#readThrough(file);
      return tape;
    } catch (error) {
      file?.close();
      throw asOutputError(error, path, mode === "record" ? "written" : "read");
    }
  }

  async #readThrough(file: Deno.FsFile): Promise<void> {
    let line = 0;
    for await (const { offset, length, bytes } of scanLines(this.#path)) {
      line++;
      this.#end = offset + length + 1;
      const entry = bytes && decodeEntry(bytes);
      // A damaged line has a number too, though nobody can read it.
      this.#seq = entry ? Math.max(this.#seq, entry.seq) : this.#seq + 1;
      if (entry) this.#note(entry, { key: entry.key, offset, length });
      else this.#damaged.push(line);
    }
    if (this.#mode === "read") return;
    if (file.statSync().size > this.#end) file.truncateSync(this.#end);
    // A process that was killed may have left lines unsynced; what is found here must outlive the machine.
    await file.syncData();
    syncFolder(dirname(this.#path));
  }

  /**
   * The call at an address; where it was recorded twice, the first.
   * @throws {SimError} `bad_tape` when the file has changed meanwhile, `output_not_writable` when it cannot be read
   */
  // deno-lint-ignore require-await -- the interface is asynchronous, this disk is not
  async find(address: CallAddress, key: string): Promise<TapeFinding> {
    const places = this.#places.get(addressText(address));
    if (!places) return null;
    const place = places.find((each) => each.key === key);
    return place ? { entry: this.#entryAt(place, addressText(address)) } : { otherKey: true };
  }

  #entryAt({ key, offset, length }: Place, address: string): TapeEntry {
    if (!this.#file) throw new SimError("tape_closed", `${this.#path} has been closed`);
    const bytes = new Uint8Array(length);
    try {
      this.#file.seekSync(offset, Deno.SeekMode.Start);
      for (let read = 0; read < length;) {
        const more = this.#file.readSync(bytes.subarray(read));
        if (more === null) break;
        read += more;
      }
    } catch (error) {
      throw asOutputError(error, this.#path, "read");
    }
    const entry = decodeEntry(bytes);
    if (entry?.key === key && addressText(entry) === address) return entry;
    throw new SimError("bad_tape", `${this.#path} has changed: the entry at byte ${offset} is not there any more`, {
      hint: "restore the file, then resume the run",
    });
  }

  /**
   * Appends an entry; on disk when it resolves, with its number. The line is written before this returns; one sync serves
   * all that wait for it.
   *
   * @throws {SimError} `disk_full`, `output_not_writable`: nothing of it is left, and later appends may succeed;
   *   `bad_entry` when it could not be read again
   */
  append(entry: NewTapeEntry): Promise<TapeEntry> {
    const { promise, resolve, reject } = Promise.withResolvers<TapeEntry>();
    try {
      const numbered: TapeEntry = { seq: this.#seq + 1, ...entry };
      const place = this.#write(numbered);
      this.#waiting.push({ entry: numbered, place, resolve, reject });
      this.#committing ??= this.#commit();
    } catch (error) {
      reject(asOutputError(error, this.#path));
    }
    return promise;
  }

  #write(entry: TapeEntry): Place {
    if (this.#mode === "read" || this.#isClosed) {
      throw new SimError("tape_closed", `${this.#path} is not open for recording`);
    }
    const problem = entryProblem(entry);
    if (problem !== null) throw new SimError("bad_entry", `a call cannot be recorded: ${problem}`);
    const bytes = new TextEncoder().encode(JSON.stringify(entry) + "\n");
    const file = this.#file ??= this.#create();
    if (this.#isTorn) this.#cut(file);
    const offset = this.#end;
    try {
      file.seekSync(offset, Deno.SeekMode.Start);
      for (let written = 0; written < bytes.length;) written += file.writeSync(bytes.subarray(written));
    } catch (error) {
      this.#cutBackTo(offset);
      throw error;
    }
    this.#end += bytes.length;
    this.#seq = entry.seq;
    return { key: entry.key, offset, length: bytes.length - 1 };
  }

  #create(): Deno.FsFile {
    this.#isNew = true;
    return Deno.openSync(this.#path, { read: true, write: true, create: true });
  }

  /** Syncs what waits, again and again until nothing does. Never rejects. */
  async #commit(): Promise<void> {
    // What is appended in the same moment is synced together.
    await null;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      try {
        await this.#sync();
      } catch (error) {
        // What was written after a sync that failed is not known to be there either.
        const lost = [...group, ...this.#waiting.splice(0)];
        this.#cutBackTo(lost[0]!.place.offset);
        this.#seq -= lost.length;
        for (const { reject } of lost) reject(asOutputError(error, this.#path));
        continue;
      }
      for (const { entry, place, resolve } of group) {
        this.#note(entry, place);
        resolve(entry);
      }
    }
    this.#committing = null;
  }

  async #sync(): Promise<void> {
    await this.#file!.syncData();
    if (this.#isNew) syncFolder(dirname(this.#path));
    this.#isNew = false;
  }

  /** Forgets what was written from `offset` on. */
  #cutBackTo(offset: number): void {
    this.#end = offset;
    this.#isTorn = true;
    try {
      this.#cut(this.#file!);
    } catch {
      // The next append tries again, and tells.
    }
  }

  #cut(file: Deno.FsFile): void {
    file.truncateSync(this.#end);
    this.#isTorn = false;
  }

  #note(entry: TapeEntry, place: Place): void {
    const address = addressText(entry);
    const places = this.#places.get(address);
    if (places) places.push(place);
    else this.#places.set(address, [place]);
    const { turn, agent } = entry;
    if (entry.reused_from !== undefined) {
      this.#reused.set(turn, (this.#reused.get(turn) ?? 0) + 1);
      return;
    }
    if (!this.#firstMade.has(turn)) this.#firstMade.set(turn, agent);
    this.#made.calls++;
    this.#made.retries += entry.retries ?? 0;
    this.#made.usd += entry.cost_usd;
    this.#made.input_tokens += entry.usage.input_tokens;
    this.#made.output_tokens += entry.usage.output_tokens;
  }

  /**
   * What the calls took, in time proportional to the turns.
   *
   * @param after of a fork, the last turn it shares with its parent: `reused_calls` and `first_new` tell of later turns
   *   only, because those before were never asked again. What this run paid for is counted wherever it was.
   */
  totals(after = -1): TapeTotals {
    let reused = 0;
    for (const [turn, calls] of this.#reused) if (turn > after) reused += calls;
    const [first] = reused === 0 ? [] : this.#firstMade.entries().filter(([turn]) => turn > after);
    return { ...this.#made, reused_calls: reused, first_new: first ? { turn: first[0], agent: first[1] } : null };
  }

  /** The addresses of turns up to this one, each once, in the order in which they were first recorded. */
  addresses(untilTurn: number): CallAddress[] {
    return this.#places.keys().map(addressIn).filter(({ turn }) => turn <= untilTurn).toArray();
  }

  /** Closes the file when all that was appended has been synced or refused. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#committing;
    this.#file?.close();
    this.#file = null;
  }
}

function openedIfThere(path: string, mode: TapeMode): Deno.FsFile | null {
  try {
    return Deno.openSync(path, { read: true, write: mode === "record" });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
