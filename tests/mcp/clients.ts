/** Clients of the official package, by every way to our tools. */

import { Client, StreamableHTTPClientTransport, type Transport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { mcp } from "../../server/mcp/mod.ts";
import { assertTrue } from "../support/assert.ts";
import { type TestServer, type TestServerOptions, withServer } from "../support/server.ts";
import { ROOT } from "../cli/support.ts";

/** `modern`: the revision 2026-07-28; `legacy`: 2025-11-25. */
export type Era = "modern" | "legacy";

/** The eras. */
export const ERAS: readonly Era[] = ["modern", "legacy"];

/** What a tool has answered. */
export interface Answered {
  readonly isError: boolean;
  readonly text: string;
  // deno-lint-ignore no-explicit-any -- a test looks into an answer of any shape
  readonly value: any;
  readonly links: readonly string[];
  /** Bytes of the whole. */
  readonly bytes: number;
}

/** A client that is connected. */
export class TestClient {
  readonly client: Client;

  constructor(client: Client) {
    this.client = client;
  }

  /** Calls a tool. */
  async call(
    name: string,
    args: Record<string, unknown> = {},
    options: Parameters<Client["callTool"]>[1] = {},
  ): Promise<Answered> {
    const result = await this.client.callTool({ name, arguments: args }, options);
    const content = result.content as { type: string; text?: string; uri?: string }[];
    return {
      isError: result.isError === true,
      text: content.flatMap((each) => each.type === "text" ? [each.text!] : []).join("\n"),
      value: result.structuredContent,
      links: content.flatMap((each) => each.type === "resource_link" ? [each.uri!] : []),
      bytes: new TextEncoder().encode(JSON.stringify(result)).length,
    };
  }

  /** Calls a tool that is to succeed; its structured content. */
  // deno-lint-ignore no-explicit-any -- likewise
  async value(name: string, args: Record<string, unknown> = {}): Promise<any> {
    const { isError, text, value } = await this.call(name, args);
    assertTrue(!isError, text);
    return value;
  }

  /** Calls a tool that is to fail; what it says. */
  async error(name: string, args: Record<string, unknown> = {}): Promise<string> {
    const { isError, text, value } = await this.call(name, args);
    assertTrue(isError, `it succeeded: ${JSON.stringify(value)}`);
    return text;
  }

  /** Text of a resource. */
  async read(uri: string): Promise<string> {
    const { contents } = await this.client.readResource({ uri });
    return (contents[0] as { text: string }).text;
  }
}

/** Connects, hands the client to `body`, and leaves. */
export async function withClient<T>(
  transport: Transport,
  era: Era,
  body: (client: TestClient) => Promise<T>,
): Promise<T> {
  const client = new Client({ name: "test", version: "1" }, {
    versionNegotiation: { mode: era === "modern" ? "auto" : era },
  });
  try {
    await client.connect(transport);
    return await body(new TestClient(client));
  } finally {
    await client.close();
  }
}

/** A server, and a client of it. */
export async function withMcp<T>(
  era: Era,
  options: TestServerOptions,
  body: (client: TestClient, server: TestServer) => Promise<T>,
): Promise<T> {
  return await withServer(
    { ...options, listen: { mounts: [mcp], ...options.listen } },
    async (server) => await withClient(httpTransport(server), era, (client) => body(client, server)),
  );
}

/** The way over HTTP. */
export function httpTransport({ url }: Pick<TestServer, "url">, key?: string): StreamableHTTPClientTransport {
  return new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } },
  });
}

/** The way over the pipes of `deno task mcp`. */
export function stdioTransport(args: readonly string[], env: Record<string, string> = {}): StdioClientTransport {
  return new StdioClientTransport({
    command: Deno.execPath(),
    args: ["task", "--quiet", `--config=${ROOT}/deno.json`, "mcp", ...args],
    env: { ...Deno.env.toObject(), INIT_CWD: "", ...env },
    stderr: "ignore",
  });
}
