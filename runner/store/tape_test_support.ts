/** Entries of tapes, for tests. */

import { sha256 } from "../../framework/mod.ts";
import { Tape, type TapeMode } from "./tape.ts";
import type { HttpEntry, ModelEntry, NewTapeEntry, TapeEntry } from "./tape_entry.ts";

/** A key like any other, for a name. */
export function keyOf(name: string): string {
  return sha256(name);
}

/** A model's answer of turn 1 to agent Ada, but for `facts`. */
export function modelEntry(facts: Partial<ModelEntry> = {}): NewTapeEntry {
  return {
    kind: "llm",
    agent: "Ada",
    turn: 1,
    purpose: "decide",
    n: 1,
    attempt: 1,
    key: keyOf("question"),
    provider: "test",
    model: "small",
    request: {
      role: "agent",
      messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "What now?" }],
      schema: { type: "object", properties: { action: { type: "string" } } },
      temperature: null,
      max_tokens: 100,
    },
    response: { content: '{"action":"rest"}', finish_reason: "stop" },
    usage: { input_tokens: 20, output_tokens: 5 },
    cost_usd: 0.25,
    latency_ms: 12.5,
    at: "2026-01-01T00:00:00.000Z",
    ...facts,
  };
}

/** A service that did not answer Ada in turn 1. */
export function httpEntry(facts: Partial<HttpEntry> = {}): NewTapeEntry {
  const { kind: _kind, request: _request, response: _response, ...rest } = modelEntry();
  return {
    ...rest,
    kind: "http",
    purpose: "http",
    model: "",
    request: { method: "GET", url: "http://127.0.0.1:9000/", body: null },
    error: { code: "timeout", message: "no answer within 5 s" },
    usage: { input_tokens: 0, output_tokens: 0 },
    cost_usd: 0,
    ...facts,
  };
}

/** A fresh folder; everything is gone afterwards. */
export async function withFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "llm-sim-test-" }));
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The whole lines of a file. */
export function linesIn(path: string): string[] {
  return Deno.readTextFileSync(path).split("\n").slice(0, -1);
}

/** The entries of a tape without damage. */
export function entriesIn(path: string): TapeEntry[] {
  return linesIn(path).map((line) => JSON.parse(line));
}

/** Opens a tape for `body`. */
export async function withTape<T>(path: string, mode: TapeMode, body: (tape: Tape) => T | Promise<T>): Promise<T> {
  const tape = await Tape.open(path, { mode });
  try {
    return await body(tape);
  } finally {
    await tape.close();
  }
}

/** The entry that a tape has of this call. */
export async function found(tape: Tape, entry: NewTapeEntry): Promise<TapeEntry | null> {
  const finding = await tape.find(entry, entry.key);
  return finding && "entry" in finding ? finding.entry : null;
}

/** Puts `replacement` in the place of a method of files until `body` is done. */
export async function withMethod<M extends "writeSync" | "syncData" | "syncSync" | "truncateSync">(
  method: M,
  replacement: (original: Deno.FsFile[M]) => (this: Deno.FsFile, ...args: Parameters<Deno.FsFile[M]>) => unknown,
  body: () => Promise<void>,
): Promise<void> {
  const original = Deno.FsFile.prototype[method];
  Object.assign(Deno.FsFile.prototype, { [method]: replacement(original) });
  try {
    await body();
  } finally {
    Deno.FsFile.prototype[method] = original;
  }
}

/** What the system says when there is no room. */
export function noSpace(): Error {
  return Object.assign(new Error("No space left on device (os error 28)"), { code: "ENOSPC" });
}
