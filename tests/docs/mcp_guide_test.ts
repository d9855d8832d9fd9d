import { TOOLS } from "../../server/mcp/server.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { follow, freePort, page, withRepository } from "./guide.ts";

const guide = await page("guide/mcp.md");

Deno.test("the guide to MCP: its commands do what it says", () =>
  withRepository(async (folder) => {
    const ran = await follow(guide, folder, { replace: { "8096": freePort() } });
    for (const { stdout, command } of ran.slice(0, 2)) {
      const [initialized, listed] = stdout.trim().split("\n").map((line) => JSON.parse(line));
      assertEquals([initialized.id, initialized.result.serverInfo.name], [1, "llm-sim"], command);
      assertEquals(
        listed.result.tools.map(({ name }: { name: string }) => name),
        TOOLS.map(({ name }) => name),
        command,
      );
    }
  }));

Deno.test("the guide to MCP names every tool with its scope", () => {
  const rows = [...guide.matchAll(/^\| (`.*) \| (read|run|edit) +\|$/gm)];
  const named = new Map(
    rows.flatMap(([, tools, scope]) => [...tools!.matchAll(/`(\w+)`/g)].map(([, tool]) => [tool!, scope!])),
  );
  for (const { name, scope } of TOOLS) assertEquals(named.get(name), scope, name);
  // The other row of words in backquotes is an argument.
  assertTrue([...named.keys()].filter((name) => !TOOLS.some((tool) => tool.name === name)).join() === "overwrite");
});

Deno.test("the guide to MCP configures clients with JSON that they can read", () => {
  const configurations = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, text]) => JSON.parse(text!));
  assertEquals(configurations.length, 2);
  for (const { mcpServers } of configurations) {
    assertEquals(mcpServers["llm-sim"].args.slice(0, 5), [
      "task",
      "--quiet",
      "--config",
      "/path/to/llm-sim/deno.json",
      "mcp",
    ]);
  }
});
