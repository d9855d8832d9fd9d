/** What a call must be like to be sent: a component that asks badly is told so, before the host hears of it. */

import { SimError } from "../issue.ts";
import type { Call } from "./call.ts";

/** Longest purpose, UTF-16 code units. */
export const LONGEST_PURPOSE = 300;
/** Longest role, UTF-16 code units. */
export const LONGEST_ROLE = 100;
/** Longest URL, UTF-16 code units. */
export const LONGEST_URL = 8192;

/** @throws {SimError} `bad_call` when the host would not take it */
export function assertSendable(call: Call): void {
  const problem = purposeProblem(call.purpose) ?? (call.kind === "llm" ? modelProblem(call) : httpProblem(call));
  if (problem === null) return;
  const [what, hint] = problem;
  throw new SimError("bad_call", `${call.kind === "llm" ? "a model" : "a service"} cannot be asked: ${what}`, { hint });
}

/** What is wrong, and what to do. */
type Problem = readonly [what: string, hint: string] | null;

// What the types promise is looked at all the same: domain code need not have been checked.

function purposeProblem(purpose: unknown): Problem {
  if (typeof purpose === "string" && purpose !== "" && purpose.length <= LONGEST_PURPOSE) return null;
  return [`its purpose is ${shown(purpose)}`, `a purpose is a text of 1 to ${LONGEST_PURPOSE} characters`];
}

function modelProblem(call: Extract<Call, { kind: "llm" }>): Problem {
  const { role, messages, temperature, max_tokens } = call;
  if (typeof role !== "string" || role.length > LONGEST_ROLE) {
    return [`its role is ${shown(role)}`, `a role is a text of at most ${LONGEST_ROLE} characters`];
  }
  if (messages.length === 0) return ["it has no messages", "say what is asked: messages"];
  const at = messages.findIndex((message) => !ROLES.has(message?.role) || typeof message.content !== "string");
  if (at >= 0) {
    return [
      `message ${at + 1} is ${shown(messages[at])}`,
      'a message is { role: "system", "user" or "assistant", content: a text }',
    ];
  }
  if (temperature !== undefined && !(Number.isFinite(temperature) && temperature >= 0)) {
    return [`its temperature is ${shown(temperature)}`, "a temperature is a number from 0"];
  }
  if (max_tokens !== undefined && !(Number.isSafeInteger(max_tokens) && max_tokens >= 1)) {
    return [`its max_tokens is ${shown(max_tokens)}`, "max_tokens is a whole number from 1"];
  }
  return null;
}

const ROLES: ReadonlySet<unknown> = new Set(["system", "user", "assistant"]);

function httpProblem({ method, url, headers, body }: Extract<Call, { kind: "http" }>): Problem {
  if (!/^[A-Z]{1,20}$/.test(method)) {
    return [`its method is ${shown(method)}`, "a method is a word such as GET or POST"];
  }
  // Of a URL only the origin is told: what follows, and what stands before it, may be secret.
  const parsed = typeof url === "string" && url.length <= LONGEST_URL ? URL.parse(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return [
      "its URL is not an absolute one",
      `write it as https://host/path, in at most ${LONGEST_URL} characters`,
    ];
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return [`its URL, of ${parsed.origin}, holds a user name or a password`, "send a header in its place"];
  }
  const name = Object.keys(headers).find((each) => typeof headers[each] !== "string");
  if (name !== undefined) return [`its header '${name}' is no text`, "the values of headers are texts"];
  if (body !== null && typeof body !== "string") {
    return ["its body is not JSON", "a body is a text, or what JSON.stringify() makes one of"];
  }
  return null;
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : Deno.inspect(value, { depth: 1, compact: true });
  return text.length > 80 ? `${text.slice(0, 79)}… (${text.length} characters)` : text;
}
