/** Tools as OpenAI's protocol has them, and as the framework has them. */

import type { ChatMessage, ChatTool, JsonObject, ToolCall } from "../../framework/mod.ts";

/** Most tools that one answer may want called. */
export const MOST_TOOL_CALLS = 128;

/** A tool as it is offered. */
export interface WireTool {
  readonly type: "function";
  readonly function: { readonly name: string; readonly description: string; readonly parameters: JsonObject };
}

/** That a tool was wanted called. */
export interface WireToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

/** A message as it is sent. */
export interface WireMessage extends Omit<ChatMessage, "tool_calls"> {
  readonly tool_calls?: readonly WireToolCall[];
}

/** A tool, to be sent. */
export function wireTool({ name, description, parameters }: ChatTool): WireTool {
  return { type: "function", function: { name, description, parameters } };
}

/** A message, to be sent. */
export function wireMessage({ tool_calls, ...message }: ChatMessage): WireMessage {
  return tool_calls === undefined ? message : { ...message, tool_calls: tool_calls.map(wireToolCall) };
}

function wireToolCall({ id, name, arguments: written }: ToolCall): WireToolCall {
  return { id, type: "function", function: { name, arguments: written } };
}

/**
 * The tools that an answer wants called, nested as the protocol has them, or as `{ id, name, arguments }`. Where an id is
 * missing, or is another call's, one is made up from the position; arguments that are no text become their JSON.
 *
 * @param written `tool_calls` of the answer
 * @returns what is wrong with them, for people, where they cannot be read
 */
export function readToolCalls(written: unknown): readonly ToolCall[] | { readonly problem: string } {
  if (written === undefined || written === null) return [];
  if (!Array.isArray(written)) return { problem: "its tool_calls are no list" };
  if (written.length > MOST_TOOL_CALLS) {
    return { problem: `it calls ${written.length} tools; ${MOST_TOOL_CALLS} are the most` };
  }
  const ids = new Set<string>();
  const calls: ToolCall[] = [];
  for (const [i, each] of written.entries()) {
    const named = isRecord(each) && isRecord(each.function) ? each.function : each;
    if (!isRecord(each) || !isRecord(named) || typeof named.name !== "string" || named.name === "") {
      return { problem: `call ${i + 1} of its tool_calls names no tool` };
    }
    const given = typeof each.id === "string" && each.id !== "" && !ids.has(each.id) ? each.id : undefined;
    let id = given ?? `call_${i + 1}`;
    while (ids.has(id)) id += "_";
    ids.add(id);
    calls.push({ id, name: named.name, arguments: argumentsOf(named.arguments) });
  }
  return calls;
}

/** Some leave them out where a tool takes none. */
function argumentsOf(written: unknown): string {
  return typeof written === "string" ? written : JSON.stringify(written ?? {});
}

function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
