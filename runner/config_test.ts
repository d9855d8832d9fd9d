import { assertEquals, assertMatches, assertThrows } from "../tests/support/assert.ts";
import { readConfig } from "./config.ts";

function read(text: string): ReturnType<typeof readConfig> {
  const folder = Deno.makeTempDirSync({ prefix: "llm-sim-test-" });
  try {
    Deno.writeTextFileSync(`${folder}/llm-sim.yaml`, text);
    return { ...readConfig(`${folder}/llm-sim.yaml`, true), folder: "(there)" };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("readConfig: a missing file is an empty one, unless it was named", () => {
  const config = readConfig("/nowhere/llm-sim.yaml", false);
  assertEquals([config.max_concurrent, config.simulation_repos, config.folder], [5, [], Deno.cwd()]);
  assertThrows(() => readConfig("/nowhere/llm-sim.yaml", true), "missing_config");
});

Deno.test("readConfig: what is not said has its default", () => {
  assertEquals(read("{}"), {
    simulation_repos: [],
    max_concurrent: 5,
    poll_interval: 1,
    retention: { protect_labels: [] },
    queue: { engine: "embedded" },
    folder: "(there)",
  });
});

Deno.test("readConfig: reads what the format shows", () => {
  const config = read(`simulation_repos: [ { name: mine, path: ../my-domain } ]
max_concurrent: 2
output_root: runs
retention: { keep_days: 90, keep_last: 500, protect_labels: [keep] }
providers: { default: { base_url: "http://127.0.0.1:9", api_key_env: KEY } }
`);
  assertEquals(config.simulation_repos, [{ name: "mine", path: "../my-domain" }]);
  assertEquals([config.max_concurrent, config.output_root, config.retention.keep_last], [2, "runs", 500]);
});

Deno.test("readConfig: names unknown keys and wrong values with their places", () => {
  const unknown = assertThrows(() => read("max_concurent: 3\n"), "unknown_key") as Error & { hint?: string };
  assertMatches(unknown.message, /max_concurent/);
  assertMatches(unknown.hint ?? "", /max_concurrent/);
  const issues = (text: string) =>
    (assertThrows(() => read(text)) as Error & { issues: readonly { line?: number; message: string }[] }).issues;
  const wrong = issues("output_root: x\nmax_concurrent: 0\nsimulation_repos:\n  - { name: Bad Name, path: '' }\n");
  assertEquals(wrong.map(({ line }) => line).sort(), [2, 4, 4]);
  assertMatches(wrong.find(({ line }) => line === 2)!.message, /^max_concurrent/);
  assertEquals(issues("a: [\n").length > 0, true);
});

Deno.test("readConfig: what is not built yet says so", () => {
  assertThrows(() => read("queue: { engine: bullmq }\n"), "not_supported_yet");
});
