import { mcp } from "../../server/mcp/mod.ts";
import { TOOLS } from "../../server/mcp/server.ts";
import { KeyStore } from "../../server/mod.ts";
import { spawnCli } from "../cli/support.ts";
import { assertEquals, assertMatches } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import { ERAS, stdioTransport, withClient } from "./clients.ts";
import { dialogue } from "./dialogue.ts";

/** The client's package leaves a timer behind with which it would have killed a process that does not end. */
const piped = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, fn, sanitizeOps: false, sanitizeResources: false });

for (const era of ERAS) {
  piped(`three economic simulations, and which has the highest value: over stdio, ${era}`, async () => {
    const output = await Deno.makeTempDir({ prefix: "llm-sim-mcp-" });
    try {
      await withClient(stdioTransport(["--output", output]), era, async (client) => {
        assertEquals(client.client.getProtocolEra(), era);
        await dialogue(client);
      });
    } finally {
      await Deno.remove(output, { recursive: true });
    }
  });

  piped(
    `three economic simulations, and which has the highest value: over a bridge, ${era}`,
    () =>
      withServer({ listen: { mounts: [mcp] } }, async ({ url, app }) => {
        await withClient(stdioTransport(["--url", url]), era, async (client) => {
          assertEquals(client.client.getProtocolEra(), era);
          await dialogue(client);
        });
        assertEquals((await app.list()).runs.length, 9);
      }),
  );
}

/** What `deno task mcp` writes to stdout when it is told these lines, one message a line. */
async function replies(args: readonly string[], messages: readonly unknown[]): Promise<unknown[]> {
  const child = spawnCli(["mcp", ...args], { stdin: "piped" });
  const writer = child.stdin.getWriter();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream()).getReader();
  const read: unknown[] = [];
  for (const message of messages) {
    await writer.write(new TextEncoder().encode(`${JSON.stringify(message)}\n`));
    const { value } = await lines.read();
    read.push(JSON.parse(value!));
  }
  await writer.close();
  for (;;) {
    const { value, done } = await lines.read();
    if (done) break;
    read.push(JSON.parse(value));
  }
  await child.stderr.cancel();
  assertEquals((await child.status).code, 0);
  return read;
}

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

for (const era of ERAS) {
  piped(
    `a bridge carries progress, and that nobody waits any more, ${era}`,
    () =>
      withServer({ listen: { mounts: [mcp] } }, async ({ url, app }) => {
        await withClient(stdioTransport(["--url", url]), era, async (client) => {
          const { run_id } = await client.value("start_simulation", {
            repo: "economic",
            config: "growth.yaml",
            set: { "simulation.max_turns": 1_000_000, "simulation.termination": {} },
          });
          const leave = new AbortController();
          const turns: number[] = [];
          const failed = await client.call("wait_for_simulation", { run_id, timeout_seconds: 600 }, {
            signal: leave.signal,
            onprogress: ({ progress }) => turns.push(progress) > 2 && leave.abort(),
          }).then(() => null, String);
          assertMatches(failed ?? "", /abort/i);
          assertEquals(turns, turns.toSorted((a, b) => a - b));
          assertEquals((await client.value("cancel_simulation", { run_id })).status, "cancelled");
          assertEquals((await app.status(run_id)).status, "cancelled");
        });
      }),
  );
}

piped("over stdio there is nothing but protocol, and the end of stdin ends it", async () => {
  const output = await Deno.makeTempDir({ prefix: "llm-sim-mcp-" });
  try {
    const list = { jsonrpc: "2.0", id: 2, method: "tools/list" };
    const [initialized, tools, ...more] = await replies(["--output", output], [INITIALIZE, list]) as {
      id: number;
      result: { protocolVersion?: string; tools?: unknown[] };
    }[];
    assertEquals([initialized!.id, initialized!.result.protocolVersion], [1, "2025-11-25"]);
    assertEquals([tools!.id, tools!.result.tools!.length], [2, TOOLS.length]);
    assertEquals(more, []);
  } finally {
    await Deno.remove(output, { recursive: true });
  }
});

piped("a bridge to a server that is not there says so", async () => {
  const [answer] = await replies(["--url", "http://127.0.0.1:9"], [INITIALIZE]) as { error: { message: string } }[];
  assertMatches(answer!.error.message, /127\.0\.0\.1:9 cannot be reached: is the server running/);
});

piped("a bridge shows the key that is in LLM_SIM_KEY, and says when it needs one", () => {
  let key = "";
  return withServer({
    listen: { mounts: [mcp] },
    before: (_, folder) => void (key = new KeyStore(`${folder}/output`).create("reader", ["read"]).key),
  }, async ({ url }) => {
    const [answer] = await replies(["--url", url], [INITIALIZE]) as { error: { message: string } }[];
    assertMatches(answer!.error.message, /answered 401.*LLM_SIM_KEY/);
    await withClient(stdioTransport(["--url", url], { LLM_SIM_KEY: key }), "legacy", async (client) => {
      assertEquals(await client.value("list_simulations"), { simulations: [], next_cursor: null });
      assertMatches(
        await client.error("start_simulation", { repo: "economic", config: "growth.yaml" }),
        /^scope_missing/,
      );
    });
  });
});

/** Gives each line. */
class TextLineStream extends TransformStream<string, string> {
  constructor() {
    let rest = "";
    super({
      transform(chunk, controller) {
        const lines = (rest + chunk).split("\n");
        rest = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}
