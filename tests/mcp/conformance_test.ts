import { join } from "node:path";
import { McpEndpoint } from "../../server/mcp/http.ts";
import { mountMcp } from "../../server/mcp/mod.ts";
import { Updates } from "../../server/mcp/updates.ts";
import { fromFileUrl } from "../../runner/paths.ts";
import { assertEquals, assertTrue } from "../support/assert.ts";
import { withServer } from "../support/server.ts";
import { fixtureServer } from "./fixtures.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** What the suite says of one scenario. */
interface Verdict {
  readonly passed: number;
  readonly failed: readonly string[];
}

/** The suite's server of fixed names, on our wiring. */
const fixtures = mountMcp(({ app, log }) => {
  const endpoint: McpEndpoint = new McpEndpoint({
    make: () => fixtureServer(() => endpoint.notify),
    updates: new Updates(app),
    onError: (error) => log.failure("mcp", error),
  });
  return Promise.resolve(endpoint);
});

/** Runs the official suite of a version, with these arguments, against our wiring; verdicts by scenario. */
async function verdicts(program: string, args: readonly string[]): Promise<Map<string, Verdict>> {
  return await withServer({ listen: { mounts: [fixtures] } }, async ({ url, folder }) => {
    const results = join(folder, "conformance");
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", `--config=${ROOT}/deno.json`, "--frozen", join(ROOT, "tests/mcp", program), "server"]
        .concat("--url", `${url}/mcp`, "--output-dir", results, args),
      cwd: folder,
      stdin: "null",
    }).output();
    const told = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    const found = new Map<string, Verdict>();
    for await (const { name } of Deno.readDir(results)) {
      const scenario = /^server-(.+?)-\d{4}-\d\d-\d\dT/.exec(name)?.[1];
      if (scenario === undefined) continue;
      const checks: { status: string; id: string; errorMessage?: string }[] = JSON.parse(
        await Deno.readTextFile(join(results, name, "checks.json")),
      );
      const failed = checks.filter(({ status }) => status === "FAILURE" || status === "WARNING");
      found.set(scenario, {
        passed: checks.filter(({ status }) => status === "SUCCESS").length,
        failed: failed.map(({ id, errorMessage }) => `${id}: ${errorMessage}`),
      });
    }
    assertTrue(found.size > 0, told);
    return found;
  });
}

Deno.test("try", async () => {
  console.log(await verdicts("suite_2025.ts", ["--suite", "all"]));
  console.log(await verdicts("suite_2026.ts", ["--requirements", "2026-07-28"]));
});
