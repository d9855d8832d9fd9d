import { join } from "node:path";
import { McpEndpoint } from "../../server/mcp/http.ts";
import { mountMcp } from "../../server/mcp/mod.ts";
import { Updates } from "../../server/mcp/updates.ts";
import { fromFileUrl } from "../../runner/paths.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import { fixtureServer } from "./fixtures.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** What the suite says: how many scenarios it has played, and what it found, as `scenario: check: message`. */
interface Verdict {
  readonly scenarios: number;
  readonly passed: number;
  readonly failed: readonly string[];
  readonly warned: readonly string[];
}

/** Scenarios of an extension that we do not offer. The suite plays them and does not count them. */
const NOT_OURS = /^tasks-/;

/** The suite's server of fixed names, on our wiring. */
const fixtures = mountMcp(({ app, log }) => {
  const endpoint: McpEndpoint = new McpEndpoint({
    make: () => fixtureServer(() => endpoint.notify),
    updates: new Updates(app),
    onError: (error) => log.failure("mcp", error),
  });
  return Promise.resolve(endpoint);
});

/** Runs the official suite of a version, with these arguments, against our wiring. */
async function verdict(program: string, args: readonly string[]): Promise<Verdict> {
  return await withServer({ listen: { mounts: [fixtures] } }, async ({ url, folder }) => {
    const results = join(folder, "conformance");
    await Deno.mkdir(results);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `--config=${ROOT}/deno.json`, "--frozen", join(ROOT, "tests/mcp", program), "server"]
        .concat("--url", `${url}/mcp`, "--output-dir", results, args),
      cwd: folder,
      stdin: "null",
    }).output();
    const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const found = { scenarios: 0, passed: 0, failed: [] as string[], warned: [] as string[] };
    for await (const { name } of Deno.readDir(results)) {
      const scenario = /^server-(.+?)-\d{4}-\d\d-\d\dT/.exec(name)?.[1];
      if (scenario === undefined || NOT_OURS.test(scenario)) continue;
      found.scenarios++;
      const checks: { status: string; id: string; errorMessage?: string }[] = JSON.parse(
        await Deno.readTextFile(join(results, name, "checks.json")),
      );
      for (const { status, id, errorMessage } of checks) {
        if (status === "SUCCESS") found.passed++;
        else if (status === "FAILURE") found.failed.push(`${scenario}: ${id}: ${errorMessage}`);
        else if (status === "WARNING") found.warned.push(`${scenario}: ${id}: ${errorMessage}`);
      }
    }
    assertTrue(found.scenarios > 0, told);
    return found;
  });
}

Deno.test("the official suite of 2025-11-25 passes", async () => {
  const { scenarios, failed, warned } = await verdict("suite_2025.ts", ["--suite", "all"]);
  assertEquals(failed, []);
  // It says here that it speaks 2025-03-26, in which there were no such events.
  assertEquals(warned.filter((line) => !/^server-sse-polling: server-sse-(priming-event|retry-field)/.test(line)), []);
  assertEquals(scenarios, 32);
});

Deno.test("what the suite of today requires of 2025-11-25 passes", async () => {
  const { scenarios, failed, warned } = await verdict("suite_2026.ts", ["--requirements", "2025-11-25"]);
  assertEquals([failed, warned], [[], []]);
  assertTrue(scenarios >= 30, `${scenarios}`);
});

Deno.test("what the official suite requires of 2026-07-28 passes", async () => {
  const { scenarios, failed, warned } = await verdict("suite_2026.ts", ["--requirements", "2026-07-28"]);
  assertEquals([failed, warned], [[], []]);
  assertTrue(scenarios >= 37, `${scenarios}`);
});
