/** Carries messages between the pipes of this process and a running server, as they are. */

import { SdkHttpError, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import {
  isInitializeRequest,
  isJSONRPCRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
} from "@modelcontextprotocol/server";
import { Pipes } from "./pipes.ts";

/** Where to carry messages to. */
export interface BridgeOptions {
  /** The server's address of MCP. */
  readonly url: URL;
  /** The key to show there. */
  readonly key?: string | undefined;
  /** Told of what goes wrong beside requests. */
  readonly onError: (error: Error) => void;
}

/** What a message of the present revision says of itself in `_meta`. */
const VERSION_CLAIM = "io.modelcontextprotocol/protocolVersion";

/** Carries messages until stdin ends or `stopped` resolves. */
export async function bridgeStdio({ url, key, onError }: BridgeOptions, stopped: Promise<unknown>): Promise<void> {
  const here = new Pipes();
  const there = new StreamableHTTPClientTransport(url, {
    requestInit: key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } },
  });
  /** Requests under way of the present revision: they are cancelled by leaving them. */
  const open = new Map<string | number, AbortController>();
  /** The request that begins a session: what comes behind it waits for the session's id. */
  let initializing: { readonly id: string | number; readonly answered: PromiseWithResolvers<void> } | undefined;
  const toHere = (message: JSONRPCMessage) => here.send(message).catch(onError);

  there.onerror = (error) => {
    // What belongs to a request is answered to it below.
    if (!(error instanceof SdkHttpError)) onError(error);
  };
  there.onmessage = (message) => {
    if ("id" in message && message.id !== undefined && !("method" in message)) {
      open.delete(message.id);
      // From now on every request says which revision was agreed on.
      if (message.id === initializing?.id) {
        const version = "result" in message && message.result.protocolVersion;
        if (typeof version === "string") there.setProtocolVersion(version);
        initializing.answered.resolve();
      }
    }
    toHere(message);
  };
  here.onerror = onError;
  here.onmessage = async (message) => {
    const cancelled = cancelledBy(message);
    const left = cancelled === undefined ? undefined : open.get(cancelled);
    if (left !== undefined) {
      open.delete(cancelled!);
      here.forget(cancelled!);
      left.abort();
      return;
    }
    if (isInitializeRequest(message)) {
      initializing = { id: (message as JSONRPCRequest).id, answered: Promise.withResolvers() };
    } else await initializing?.answered.promise;
    const leave = new AbortController();
    const isLeft = isJSONRPCRequest(message) && claimsVersion(message);
    if (isLeft) open.set(message.id, leave);
    try {
      await there.send(message, isLeft ? { requestSignal: leave.signal } : {});
    } catch (error) {
      if (leave.signal.aborted) return;
      if (!isJSONRPCRequest(message)) return onError(error as Error);
      open.delete(message.id);
      if (message.id === initializing?.id) initializing.answered.resolve();
      await toHere(failed(message, error, url));
    }
  };
  await there.start();
  await here.start();
  await Promise.race([here.ended, stopped]);
  await there.terminateSession().catch(() => {/* the server forgets it in time */});
  await there.close();
  await here.close();
}

function cancelledBy(message: JSONRPCMessage): string | number | undefined {
  if (!("method" in message) || message.method !== "notifications/cancelled") return undefined;
  return message.params?.requestId as string | number | undefined;
}

function claimsVersion({ params }: JSONRPCRequest): boolean {
  return (params?._meta as Record<string, unknown> | undefined)?.[VERSION_CLAIM] !== undefined;
}

/** The answer to a request that did not get through; the server's own words, where it is one of JSON-RPC. */
function failed({ id }: JSONRPCRequest, error: unknown, url: URL): JSONRPCMessage {
  const answer = (code: number, message: string): JSONRPCMessage => ({ jsonrpc: "2.0", id, error: { code, message } });
  if (!(error instanceof SdkHttpError)) {
    return answer(-32000, `${url.origin} cannot be reached: is the server running? deno task serve starts it`);
  }
  const { status, text } =
    (error as { readonly data?: { readonly status?: number; readonly text?: string | null } }).data ?? {};
  const body = parsed(text);
  if (typeof body?.error?.code === "number") {
    return {
      jsonrpc: "2.0",
      id,
      error: { code: body.error.code, message: String(body.error.message), data: body.error.data },
    };
  }
  const why = body?.detail === undefined ? "" : `: ${body.detail}`;
  const hint = status === 401 ? "; put a key of the server into LLM_SIM_KEY" : "";
  return answer(-32000, `${url.origin} answered ${status ?? "with an error"}${why}${hint}`);
}

interface ErrorBody {
  readonly error?: { readonly code?: unknown; readonly message?: unknown; readonly data?: unknown };
  readonly detail?: string;
}

function parsed(text: string | null | undefined): ErrorBody | null {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
