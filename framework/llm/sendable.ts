/** What a call must be like to be sent: a component that asks badly is told so, before the host hears of it. */

import { SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import type { Call, ChatMessage, ChatTool } from "./call.ts";

/** Longest purpose, UTF-16 code units. */
export const LONGEST_PURPOSE = 300;
/** Longest role, UTF-16 code units. */
export const LONGEST_ROLE = 100;
/** Longest URL, UTF-16 code units. */
export const LONGEST_URL = 8192;
/** Most tools that a question offers. */
export const MOST_TOOLS = 128;
/** What a tool may be called. */
export const TOOL_NAME = /^[\w-]{1,64}$/;
/** Longest time that a service may be given, seconds. */
export const LONGEST_HTTP_TIMEOUT = 600;

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
  const { role, messages, schema, tools, temperature, max_tokens } = call;
  if (typeof role !== "string" || role.length > LONGEST_ROLE) {
    return [`its role is ${shown(role)}`, `a role is a text of at most ${LONGEST_ROLE} characters`];
  }
  if (messages.length === 0) return ["it has no messages", "say what is asked: messages"];
  const at = messages.findIndex((message) => !isMessage(message));
  if (at >= 0) return [`message ${at + 1} is ${shown(messages[at])}`, MESSAGE_HINT];
  if (tools !== undefined) {
    if (schema !== null) {
      return ["it has tools and a schema", "ask for one or the other: with tools the answer is text"];
    }
    const problem = toolsProblem(tools);
    if (problem !== null) return problem;
    if (!isSpoken(call.offline)) return [`its rule answers ${shown(call.offline)}`, OFFLINE_HINT];
  }
  if (temperature !== undefined && !(Number.isFinite(temperature) && temperature >= 0)) {
    return [`its temperature is ${shown(temperature)}`, "a temperature is a number from 0"];
  }
  if (max_tokens !== undefined && !(Number.isSafeInteger(max_tokens) && max_tokens >= 1)) {
    return [`its max_tokens is ${shown(max_tokens)}`, "max_tokens is a whole number from 1"];
  }
  return null;
}

const ROLES: ReadonlySet<unknown> = new Set(["system", "user", "assistant", "tool"]);
const MESSAGE_HINT =
  'a message is { role: "system", "user" or "assistant", content: a text }; an assistant\'s may have ' +
  'tool_calls: [{ id, name, arguments }], all texts; a result is { role: "tool", tool_call_id, content }';

function isMessage(message: ChatMessage | undefined): boolean {
  if (!ROLES.has(message?.role) || typeof message!.content !== "string") return false;
  const { role, tool_calls, tool_call_id } = message!;
  if (role === "tool" ? !isName(tool_call_id) : tool_call_id !== undefined) return false;
  if (tool_calls === undefined) return true;
  return role === "assistant" && Array.isArray(tool_calls) && tool_calls.length > 0 &&
    tool_calls.every((call) => isName(call?.id) && isName(call.name) && typeof call.arguments === "string");
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

function toolsProblem(tools: readonly ChatTool[]): Problem {
  if (!Array.isArray(tools) || tools.length === 0 || tools.length > MOST_TOOLS) {
    return [
      `its tools are ${shown(tools)}`,
      `tools are a list of 1 to ${MOST_TOOLS}; leave it out where there are none`,
    ];
  }
  const at = tools.findIndex((tool) =>
    typeof tool?.name !== "string" || !TOOL_NAME.test(tool.name) || typeof tool.description !== "string" ||
    typeof tool.parameters !== "object" || tool.parameters === null || Array.isArray(tool.parameters)
  );
  if (at >= 0) {
    return [
      `tool ${at + 1} is ${shown(tools[at])}`,
      "a tool is { name: 1 to 64 letters, digits, _ and -, description: a text, parameters: a JSON Schema }",
    ];
  }
  const names = tools.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  return twice === undefined ? null : [`two of its tools are called '${twice}'`, "give each a name of its own"];
}

const OFFLINE_HINT = "with tools, offline gives a text or { content, tool_calls: [{ name, arguments }] }";

/** Whether a rule says what the offline provider can say in the place of a model that was offered tools. */
function isSpoken(offline: Json | undefined): boolean {
  if (offline === undefined || typeof offline === "string") return true;
  if (typeof offline !== "object" || offline === null || Array.isArray(offline)) return false;
  const { content = "", tool_calls = [] } = offline as JsonObject;
  return typeof content === "string" && Array.isArray(tool_calls) && tool_calls.length <= MOST_TOOLS &&
    tool_calls.every((call) => typeof call === "object" && call !== null && "name" in call && isName(call.name));
}

function httpProblem({ method, url, headers, body, timeout }: Extract<Call, { kind: "http" }>): Problem {
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
  if (timeout !== undefined && !(Number.isFinite(timeout) && timeout > 0 && timeout <= LONGEST_HTTP_TIMEOUT)) {
    return [`its timeout is ${shown(timeout)}`, `a timeout is a number of seconds, at most ${LONGEST_HTTP_TIMEOUT}`];
  }
  return null;
}

function shown(value: unknown): string {
  const text = typeof value === "string" ? JSON.stringify(value) : Deno.inspect(value, { depth: 1, compact: true });
  return text.length > 80 ? `${text.slice(0, 79)}… (${text.length} characters)` : text;
}
