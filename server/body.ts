/** Reading what a request brings: JSON and forms, bounded. */

import { ProblemError } from "./problem.ts";

/** Bytes of a body, where an endpoint says nothing else: a scenario of 1 MiB as a JSON string fits. */
export const BODY_LIMIT = 4 << 20;

/** Milliseconds in which a body must have come: whoever sends it byte by byte holds a connection for nothing. */
const PATIENCE = 60_000;

/** How deep a JSON body may nest: a scenario may to 32. */
const DEEPEST = 64;

const [QUOTE, BACKSLASH, BRACE, CLOSING_BRACE] = [0x22, 0x5c, 0x7b, 0x7d];

/**
 * The JSON of a request's body; undefined when it has none.
 * @throws {ProblemError} 400 `bad_json`, 413 `body_too_large`, 415 `wrong_content_type`
 */
export async function readJson(request: Request, limit = BODY_LIMIT): Promise<unknown> {
  const bytes = await readBytes(request, limit);
  if (bytes.length === 0) return undefined;
  assertType(request, /^application\/(?:[\w.+-]+\+)?json$/, "application/json");
  return jsonIn(bytes);
}

/** The JSON that bytes are. @throws {ProblemError} 400 `bad_json`, `bad_encoding` */
export function jsonIn(bytes: Uint8Array<ArrayBuffer>): unknown {
  const text = decoded(bytes);
  if (nestsDeeperThan(text, DEEPEST)) {
    throw new ProblemError(400, "bad_json", `the body nests deeper than ${DEEPEST} levels`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProblemError(400, "bad_json", `the body is not JSON: ${withoutText((error as Error).message)}`);
  }
}

/**
 * The fields of a form that a page has sent; of a field that is there twice the last.
 * @throws {ProblemError} 413, 415
 */
export async function readForm(request: Request, limit = BODY_LIMIT): Promise<Map<string, string>> {
  const bytes = await readBytes(request, limit);
  if (bytes.length > 0) {
    assertType(request, /^application\/x-www-form-urlencoded$/, "application/x-www-form-urlencoded");
  }
  return new Map(new URLSearchParams(decoded(bytes)));
}

/** @throws {ProblemError} 400 where the client leaves before its end, 408 after `patience` ms, 413 */
export async function readBytes(
  request: Request,
  limit: number,
  patience: number = PATIENCE,
): Promise<Uint8Array<ArrayBuffer>> {
  if (request.body === null) return new Uint8Array();
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let length = 0;
  let isLate = false;
  const reader = request.body.getReader();
  const alarm = setTimeout(() => {
    isLate = true;
    // What waits for more is told that there is none.
    reader.cancel().catch(() => {/* nobody sends any more */});
  }, patience);
  try {
    for (let read; !(read = await reader.read().catch(brokenOff)).done;) {
      length += read.value.length;
      if (length > limit) {
        await reader.cancel();
        throw tooLarge(limit);
      }
      chunks.push(read.value);
    }
  } finally {
    clearTimeout(alarm);
  }
  if (isLate) throw new ProblemError(408, "body_too_slow", `the body has not come within ${patience / 1000} s`);
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

function brokenOff(cause: unknown): never {
  throw new ProblemError(400, "body_broken_off", "the body broke off", { cause });
}

/** The error of a body that is too large. */
export function tooLarge(limit: number): ProblemError {
  return new ProblemError(413, "body_too_large", `the body is larger than ${limit} bytes`);
}

function assertType(request: Request, wanted: RegExp, name: string): void {
  const given = request.headers.get("content-type") ?? "";
  if (wanted.test(given.split(";", 1)[0]!.trim().toLowerCase())) return;
  const found = given === "" ? "has no content type" : `is '${given.slice(0, 100)}'`;
  throw new ProblemError(415, "wrong_content_type", `the body ${found}`, { hint: `send it as ${name}` });
}

function decoded(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ProblemError(400, "bad_encoding", "the body is not UTF-8");
  }
}

/** V8 repeats what stands at the place: it may be a key. */
function withoutText(message: string): string {
  const at = /at position \d+(?: \(line \d+ column \d+\))?/.exec(message)?.[0];
  return at === undefined ? message.replace(/"[\s\S]*/, "").replace(/[,:\s]+$/, "") : `it breaks ${at}`;
}

/** Whether brackets outside of strings nest deeper; in linear time, before anything is made of the text. */
function nestsDeeperThan(text: string, most: number): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (inString) {
      if (char === BACKSLASH) i++;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) inString = true;
    // `[` and `{`, `]` and `}` differ in one bit.
    else if ((char | 0x20) === BRACE) {
      if (++depth > most) return true;
    } else if ((char | 0x20) === CLOSING_BRACE) depth--;
  }
  return false;
}
