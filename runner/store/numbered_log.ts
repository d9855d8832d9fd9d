/**
 * Reads logs whose lines begin with ascending numbers: `{"id":7,…` in `events.jsonl`, `{"turn":7,…` in `global.jsonl`,
 * `{"seq":7,…` in the others.
 *
 * Where a number is in a file is found by bisection over its bytes, so that nothing has to be kept up to date while a log
 * grows, and a log that was cut back when its run was resumed is read as it is. A line counts from the moment its newline
 * is in the file.
 */

import { SimError } from "../../framework/mod.ts";
import type { LineText, Page, PageQuery } from "./pages.ts";

/** Bytes that are looked at for one page; a line that is longer is a page of its own. */
const PAGE_BYTES = 4 << 20;

/** Bytes of lines that are read at once. */
const CHUNK = 256 << 10;

/** Bytes read at once where a line is looked for. */
const PROBE = 4096;

/** Most characters of a line up to the comma behind its number. */
const LONGEST_START = 32;

/** Places remembered at most. */
const MAX_PLACES = 1000;

/** Most rows of a page. */
const MAX_LIMIT = 100_000;

/** How the lines of a log are numbered: from 1, but turns from 0, and not each of those need have a line. */
export type NumberKey = "id" | "seq" | "turn";

/** What is before the first number. */
const BEFORE: { readonly [key in NumberKey]: number } = { id: 0, seq: 0, turn: -1 };

/** Where the lines after a number begin. */
interface Place {
  readonly after: number;
  readonly offset: number;
}

/** Reads numbered logs, and remembers where whoever reads on will read on. */
export class NumberedLogs {
  readonly #places = new Map<string, Place>();

  /**
   * A page of the rows that are wanted, in order. Lines that are no JSON of an object are passed over. A missing file has none.
   * @throws {SimError} `bad_page`
   */
  page<T>(path: string, key: NumberKey, query: PageQuery, isWanted: (row: T) => boolean): Page<T> {
    const { after = BEFORE[key], limit } = query;
    assertPage(after, limit, BEFORE[key]);
    using log = OpenLog.open(path, key);
    if (!log) return { rows: [], next_after: null };
    let offset = this.#find(log, after, BEFORE[key]);
    const stop = offset + PAGE_BYTES;
    const rows: T[] = [];
    let last = after;
    while (offset < log.end && offset < stop && rows.length < limit) {
      const chunk = log.wholeLines(offset, CHUNK);
      if (chunk.length === 0) break;
      let start = 0;
      while (start < chunk.length && rows.length < limit) {
        const end = chunk.indexOf(10, start);
        const line = chunk.subarray(start, end);
        last = numberIn(line, key) ?? last;
        const row = parsed<T>(line);
        if (row !== undefined && isWanted(row)) rows.push(row);
        start = end + 1;
      }
      offset += start;
    }
    this.#remember(path, { after: last, offset });
    return { rows, next_after: offset < log.end ? last : null };
  }

  /**
   * The rows with the greatest number up to `most`: several lines may have one number, as those of a turn's agents.
   * @param maxBytes of lines that are looked at
   */
  numbered<T>(path: string, key: NumberKey, most: number, maxBytes: number): T[] {
    using log = OpenLog.open(path, key);
    if (!log) return [];
    const end = log.find(most);
    const number = log.lastBefore(end);
    if (number === null) return [];
    const start = log.find(number - 1);
    const text = new TextDecoder().decode(log.wholeLines(start, Math.min(maxBytes, end - start)));
    return text.split("\n").flatMap((line) => line === "" ? [] : parsedText<T>(line) ?? []);
  }

  /** The whole lines after a number that fit in `maxBytes`, and at least one if there is one. */
  text(path: string, key: NumberKey, after: number, maxBytes: number): LineText {
    using log = OpenLog.open(path, key);
    if (!log) return { text: "", last_id: after };
    const offset = this.#find(log, after, BEFORE[key]);
    const chunk = log.wholeLines(offset, maxBytes);
    if (chunk.length === 0) return { text: "", last_id: after };
    const last = chunk.subarray(chunk.lastIndexOf(10, chunk.length - 2) + 1);
    const last_id = numberIn(last, key);
    if (last_id === null) throw new SimError("damaged_log", `a line of ${path} does not begin with its number`);
    this.#remember(path, { after: last_id, offset: offset + chunk.length });
    return { text: new TextDecoder().decode(chunk), last_id };
  }

  /** Number of the last line; 0: there is none. */
  last(path: string, key: NumberKey): number {
    using log = OpenLog.open(path, key);
    return log?.last() ?? 0;
  }

  /** Number of the last line of which `isBefore` holds, which has to hold of all lines up to one; 0: of none. By bisection. */
  lastThat<T>(path: string, key: NumberKey, isBefore: (row: T) => boolean): number {
    let [low, high] = [0, this.last(path, key)];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      const row = this.page<T>(path, key, { after: middle - 1, limit: 1 }, () => true).rows[0] as
        | (T & { readonly [key: string]: unknown })
        | undefined;
      // The next one that can be read stands for those before it that cannot.
      if (row !== undefined && isBefore(row)) low = Math.max(middle, Number(row[key]) || middle);
      else high = middle - 1;
    }
    return low;
  }

  /** Where the first line after a number begins. */
  #find(log: OpenLog, after: number, before: number): number {
    if (after === before) return 0;
    const place = this.#places.get(log.path);
    return place?.after === after && log.confirms(place) ? place.offset : log.find(after);
  }

  #remember(path: string, place: Place): void {
    this.#places.delete(path);
    this.#places.set(path, place);
    if (this.#places.size > MAX_PLACES) this.#places.delete(this.#places.keys().next().value!);
  }
}

/** Cuts off a torn last line, and returns the number of the last one and the bytes there are. */
export function mendedEnd(path: string, key: NumberKey): { readonly last: number; readonly bytes: number } {
  using log = OpenLog.open(path, key);
  if (!log) return { last: 0, bytes: 0 };
  const found = { last: log.last(), bytes: log.end };
  if (log.end < log.size) Deno.truncateSync(path, log.end);
  return found;
}

/** One log, open for reading. */
class OpenLog {
  readonly path: string;
  readonly #key: NumberKey;
  readonly #file: Deno.FsFile;
  /** Bytes of the file when it was opened. */
  readonly size: number;
  /** Where its last whole line ends. */
  readonly end: number;

  private constructor(path: string, key: NumberKey, file: Deno.FsFile) {
    this.path = path;
    this.#key = key;
    this.#file = file;
    this.size = file.statSync().size;
    this.end = this.#lineStart(this.size);
  }

  static open(path: string, key: NumberKey): OpenLog | null {
    let file: Deno.FsFile;
    try {
      file = Deno.openSync(path, { read: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
    try {
      return new OpenLog(path, key, file);
    } catch (error) {
      file.close();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  /** Offset of the first line whose number is greater than `after`. */
  find(after: number): number {
    let [low, high, found] = [0, this.end, this.end];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const line = this.#numberedFrom(middle, high);
      if (line === null) high = middle;
      else if (line.number > after) [high, found] = [middle, line.offset];
      else low = line.offset + 1;
    }
    return found;
  }

  /** Whether a place that was right once still is: the log may have been cut back and have grown again meanwhile. */
  confirms({ after, offset }: Place): boolean {
    if (offset > this.end) return false;
    return offset === this.end
      ? this.last() === after
      : this.#lineStart(offset) === offset && this.#numberAt(offset) === after + 1;
  }

  /** Number of the last line that has one; 0: there is none. */
  last(): number {
    return this.lastBefore(this.end) ?? 0;
  }

  /** Number of the last line that has one, of those before an offset at which a line begins. */
  lastBefore(offset: number): number | null {
    for (let end = offset; end > 0;) {
      const start = this.#lineStart(end - 1);
      const number = this.#numberAt(start);
      if (number !== null) return number;
      end = start;
    }
    return null;
  }

  /** The whole lines from `offset` on that fit in `maxBytes`, and at least one. */
  wholeLines(offset: number, maxBytes: number): Uint8Array {
    const bytes = this.#read(offset, Math.min(maxBytes, this.end - offset));
    const whole = bytes.lastIndexOf(10) + 1;
    if (whole > 0 || bytes.length < maxBytes) return bytes.subarray(0, whole);
    // One line that is longer.
    const start = this.#nextStart(offset + 1);
    const line = this.#read(offset, start - offset);
    return line.at(-1) === 10 ? line : line.subarray(0, 0);
  }

  /** The first line with a number that begins in `[from, until)`. */
  #numberedFrom(from: number, until: number): { readonly offset: number; readonly number: number } | null {
    for (let offset = this.#nextStart(from); offset < until; offset = this.#nextStart(offset + 1)) {
      const number = this.#numberAt(offset);
      if (number !== null) return { offset, number };
    }
    return null;
  }

  /** The first offset from `from` on at which a line begins. */
  #nextStart(from: number): number {
    if (from === 0) return 0;
    let length = PROBE;
    for (let at = from - 1; at < this.end; at += length, length *= 2) {
      const bytes = this.#read(at, Math.min(length, this.end - at));
      const newline = bytes.indexOf(10);
      if (newline >= 0) return at + newline + 1;
      if (bytes.length === 0) break;
    }
    return this.end;
  }

  /** Where the line begins that the byte before `at` is in; `at` itself when that byte is a newline. */
  #lineStart(at: number): number {
    let length = PROBE;
    for (let end = at; end > 0; length *= 2) {
      const start = Math.max(0, end - length);
      const newline = this.#read(start, end - start).lastIndexOf(10);
      if (newline >= 0) return start + newline + 1;
      end = start;
    }
    return 0;
  }

  #numberAt(offset: number): number | null {
    return numberIn(this.#read(offset, Math.min(LONGEST_START, this.end - offset)), this.#key);
  }

  #read(offset: number, length: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(Math.max(0, length));
    this.#file.seekSync(offset, Deno.SeekMode.Start);
    let filled = 0;
    while (filled < bytes.length) {
      const read = this.#file.readSync(bytes.subarray(filled));
      if (read === null) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  }
}

/** The number that a line begins with; null when it does not. */
function numberIn(line: Uint8Array, key: NumberKey): number | null {
  const start = String.fromCharCode(...line.subarray(0, LONGEST_START));
  const found = NUMBER[key].exec(start);
  return found ? Number(found[1]) : null;
}

/** A world without variables has rows of nothing but their turn. */
const NUMBER: { readonly [key in NumberKey]: RegExp } = {
  id: /^\{"id":(\d{1,15}),/,
  seq: /^\{"seq":(\d{1,15}),/,
  turn: /^\{"turn":(\d{1,15})[,}]/,
};

function parsed<T>(line: Uint8Array): T | undefined {
  return parsedText(new TextDecoder().decode(line));
}

function parsedText<T>(line: string): T | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value as T : undefined;
  } catch {
    // A line that was damaged from outside takes no other with it.
    return undefined;
  }
}

/** @throws {SimError} `bad_page` */
function assertPage(after: number, limit: number, first: number): void {
  if (!Number.isSafeInteger(after) || after < first) {
    throw new SimError("bad_page", `a page cannot begin after ${after}`, {
      hint: `after is a whole number from ${first}`,
    });
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) {
    throw new SimError("bad_page", `a page cannot have ${limit} rows`, { hint: `limit is from 1 to ${MAX_LIMIT}` });
  }
}
