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
    providers: {},
    http_allow: [],
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
providers:
  default: { base_url: "http://127.0.0.1:9/v1/", api_key_env: KEY, model: m, max_concurrency: 8, rpm: 500, tpm: 200000 }
  openai: { prices: { input: 1, output: 2.5 } }
  dashscope: { prices: { qwen3-max: { input: 1.2, output: 6 } } }
  work: { preset: openai, api_key_env: WORK_KEY }
  dry: { preset: offline }
http_allow: ["http://127.0.0.1:9000", "https://agent.example/"]
budget: { max_cost_usd: 20, max_tokens: 100 }
`);
  assertEquals(config.simulation_repos, [{ name: "mine", path: "../my-domain" }]);
  assertEquals([config.max_concurrent, config.output_root, config.retention.keep_last], [2, "runs", 500]);
  assertEquals(config.providers, {
    default: {
      base_url: "http://127.0.0.1:9/v1",
      api_key_env: "KEY",
      model: "m",
      max_concurrency: 8,
      rpm: 500,
      tpm: 200000,
    },
    openai: { prices: { input: 1, output: 2.5 } },
    dashscope: { prices: { "qwen3-max": { input: 1.2, output: 6 } } },
    work: { preset: "openai", api_key_env: "WORK_KEY" },
    dry: { preset: "offline" },
  });
  assertEquals(config.http_allow, ["http://127.0.0.1:9000", "https://agent.example"]);
  assertEquals(config.budget, { max_cost_usd: 20, max_tokens: 100 });
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

Deno.test("readConfig: says of every key of a provider what is wrong with it, where, and what to do", () => {
  const cases: [text: string, place: string, message: RegExp, hint?: RegExp][] = [
    ["providers: { a: «5 }", "bad_config", /^providers\.a: Invalid input: expected object/],
    ["providers: { «a b: { preset: openai } }", "bad_config", /a provider's name is letters/],
    [
      "providers: { «mine: { model: m } }",
      "bad_config",
      /^providers\.mine: needs a base_url, or a preset: openai, qwen/,
    ],
    ["providers: { a: { preset: «opnai } }", "bad_config", /must be one of openai, qwen/, /did you mean 'openai'/],
    [
      "providers: { openai: { modle: «m } }",
      "unknown_key",
      /'modle'/,
      /did you mean 'model'\? valid: preset, base_url/,
    ],
    ["providers: { openai: { api_key: «x } }", "unknown_key", /'api_key'/, /environment variable.*api_key_env: NAME/],
    ["providers: { openai: { api_key_env: «sk-canary } }", "bad_config", /the name of an environment variable/],
    ["providers: { openai: { api_key_env: «canary } }", "bad_config", /the name of an environment variable/],
    ["providers: { a: { base_url: «gpu.lan:8000 } }", "bad_config", /^providers\.a\.base_url: must be a URL/],
    ["providers: { a: { base_url: «'ftp://h' } }", "bad_config", /http:\/\/ or https:\/\//],
    ["providers: { a: { base_url: «'http://me:canary@h' } }", "bad_config", /no user name or password/],
    ["providers: { a: { base_url: «'http://h?key=canary' } }", "bad_config", /neither '\?' nor '#'/],
    ["providers: { «offline: { base_url: 'http://h' } }", "bad_config", /offline provider has neither/],
    ["providers: { openai: { model: «'' } }", "bad_config", /model/],
    ["providers: { openai: { rpm: «0 } }", "bad_config", /^providers\.openai\.rpm: must be at least 1, not 0$/],
    ["providers: { openai: { tpm: «many } }", "bad_config", /tpm: Invalid input: expected number/],
    ["providers: { openai: { max_concurrency: «1.5 } }", "bad_config", /expected int/],
    ["providers: { openai: { prices: { input: «-1, output: 1 } } }", "bad_config", /must be at least 0, not -1/],
    ["providers: { openai: { «prices: { input: 1 } } }", "bad_config", /prices\.output: is missing; it is a number/],
    ["providers: { openai: { prices: { «m: { input: 1 } } } }", "bad_config", /prices\.m\.output: is missing/],
    ["providers: { openai: { prices: «cheap } }", "bad_config", /providers\.openai\.prices: .*expected object/],
    ["http_allow: [«'http://h/agent']", "bad_config", /^http_allow\.0: must be an origin, without a path$/],
    ["http_allow: [«h]", "bad_config", /must be a URL/],
    ["budget: { max_cost: «1 }", "unknown_key", /'max_cost'/, /valid: max_cost_usd, max_tokens/],
    ["budget: { max_cost_usd: «-1 }", "bad_config", /must be at least 0, not -1/],
  ];
  for (const [text, code, message, hint] of cases) {
    const column = text.indexOf("«") + 1;
    const error = assertThrows(() => read(text.replace("«", "")), code) as Error & {
      issues: readonly { message: string; hint?: string; line?: number; column?: number }[];
    };
    const [issue] = error.issues;
    assertEquals([error.issues.length, issue!.line, issue!.column], [1, 1, column], `${text}: ${issue!.message}`);
    assertMatches(issue!.message, message);
    if (hint) assertMatches(issue!.hint ?? "", hint);
    assertEquals(JSON.stringify(error.issues).includes("canary"), false, "what may be a key is not repeated");
  }
});

Deno.test("readConfig: reads how the server is reached, and by whom", () => {
  const hash = `sha256:${"0".repeat(64)}`;
  const config = read(`server:
  { host: 0.0.0.0, port: 80, base_url: "https://sim.example.org/", allowed_hosts: [server, "a.lan:81"], log_level: debug }
api_keys: [ { name: Team Member 1, key_hash: "${hash}", scopes: [read, run] } ]
`);
  assertEquals(config.server?.base_url, "https://sim.example.org");
  assertEquals(config.server?.allowed_hosts, ["server", "a.lan:81"]);
  assertEquals(config.api_keys, [{ name: "Team Member 1", key_hash: hash, scopes: ["read", "run"] }]);
  const cases: [text: string, message: RegExp, hint?: RegExp][] = [
    ["server: { base_url: «'http://h/sim' }", /^server\.base_url: must be an origin, without a path$/],
    ["server: { base_url: «sim.example.org }", /must be a URL/],
    ["server: { allowed_hosts: [«'*'] }", /must be a name, or name:port/],
    ["server: { allowed_hosts: [«'http://h'] }", /must be a name, or name:port/],
    ["server: { port: «65536 }", /must be at most 65535, not 65536/],
    ["server: { log_level: «loud }", /must be one of debug, info/],
    ["api_keys: [{ name: a, key_hash: «canary, scopes: [read] }]", /not the key itself: printf %s KEY \| sha256sum/],
    [`api_keys: [{ name: a, key_hash: '${hash}', scopes: [«rad] }]`, /must be one of read/, /did you mean 'read'/],
    [
      `api_keys: [{ name: a, key_hash: '${hash}', scopes: [read] }, { name: «a, key_hash: '${hash}', scopes: [run] }]`,
      /another key has this name/,
    ],
    [
      `api_keys: [{ name: a, key: «canary, key_hash: '${hash}', scopes: [read] }]`,
      /'key'/,
      /put its hash here: key_hash/,
    ],
  ];
  for (const [text, message, hint] of cases) {
    const error = assertThrows(() => read(text.replace("«", ""))) as Error & {
      issues: readonly { message: string; hint?: string; column?: number }[];
    };
    assertEquals([error.issues.length, error.issues[0]!.column], [1, text.indexOf("«") + 1], error.message);
    assertMatches(error.issues[0]!.message, message);
    if (hint) assertMatches(error.issues[0]!.hint ?? "", hint);
    assertEquals(JSON.stringify(error.issues).includes("canary"), false);
  }
});

Deno.test("readConfig: what is not built yet says so", () => {
  assertThrows(() => read("queue: { engine: bullmq }\n"), "not_supported_yet");
});
