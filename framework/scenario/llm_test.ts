/** What a scenario says of models: what follows from what, and what it may not say. */

import { assertEquals } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { type BadInput, testRefusals } from "../../tests/support/refusals.ts";
import { formatIssue } from "../issue.ts";
import type { Json } from "../json.ts";
import { DEFAULT_LLM, DEFAULT_MODEL, settingsFor } from "../llm/settings.ts";
import { SCENARIO_LIMITS } from "./limits.ts";
import type { ResolvedScenario } from "./resolved.ts";
import type { Setting } from "./settings.ts";
import { errorsOf, load, marked, scenarioText } from "./testing.ts";

const llm = (flow: string) => scenarioText({}, `llm: { ${flow} }`);
const agent = (flow: string) => scenarioText({ agents: `agents: [{ name: A, type: n, llm: { ${flow} } }]` });

async function loaded(text: string, files: { readonly [name: string]: string } = {}): Promise<ResolvedScenario> {
  const { scenario, issues } = await load(text, {}, files);
  assertEquals(issues.map(formatIssue), []);
  return scenario!;
}

Deno.test("llm: what is not said has its default", async () => {
  assertEquals((await loaded(scenarioText())).llm, null);
  assertEquals((await loaded(scenarioText({}, "llm:"))).llm, null);
  assertEquals((await loaded(scenarioText({}, "llm: {}"))).llm, DEFAULT_LLM);
  assertEquals((await loaded(llm("roles: { engine: }, prompt: , stream: true"))).llm, DEFAULT_LLM);
});

Deno.test("llm: takes every key, and a role and an agent say only what differs", async () => {
  const text = scenarioText(
    {
      agents: `agents:
  - { name: A, type: n, llm: { temperature: 0, prompt: a.md } }
  - { name: B, type: n }
  - { name: C, type: n, count: 3, llm: { provider: ollama, max_tokens: 9 } }`,
    },
    `
llm:
  provider: mine
  model: large
  temperature: 0.7
  max_tokens: 400
  timeout: 12.5
  max_retries: 0
  on_failure: skip
  prompt: all.md
  tape: off
  roles:
    agent: { model: small, on_failure: fail }
    judge: { provider: openai, timeout: 90 }
    engine: { provider: mine, temperature: 1 }
`,
  );
  const scenario = await loaded(text, { "a.md": "\uFEFFAs {{name}}\r\nbe bold.\r\n", "all.md": "Be brief." });
  const all = {
    provider: "mine",
    model: "large",
    temperature: 0.7,
    max_tokens: 400,
    timeout: 12.5,
    max_retries: 0,
    on_failure: "skip" as const,
    prompt: { file: "all.md", text: "Be brief." },
  };
  const ofAgents = { ...all, model: "small", on_failure: "fail" as const };
  assertEquals(scenario.llm, {
    ...all,
    roles: {
      agent: ofAgents,
      judge: { ...all, provider: "openai", model: null, timeout: 90 },
      engine: { ...all, temperature: 1 },
    },
    tape: "off",
  });
  const [a, b, c] = scenario.agents;
  assertEquals(a!.llm, { ...ofAgents, temperature: 0, prompt: { file: "a.md", text: "As {{name}}\nbe bold.\n" } });
  assertEquals(b!.llm, null);
  assertEquals(c!.llm, { ...ofAgents, provider: "ollama", model: null, max_tokens: 9 });
  assertEquals(settingsFor(scenario, "agent", b), ofAgents);
  assertEquals(settingsFor(scenario, "validator"), scenario.llm);
});

Deno.test("llm: an agent may have a model where the scenario says nothing of models", async () => {
  const scenario = await loaded(agent("model: m"));
  assertEquals(scenario.llm, DEFAULT_LLM);
  assertEquals(scenario.agents[0]!.llm, { ...DEFAULT_MODEL, model: "m" });
});

Deno.test("llm: whatever is left out at each level, settings are complete and the nearest word counts", async () => {
  const written = fc.record({
    provider: fc.constantFrom("p", "q"),
    model: fc.constantFrom("m", "n"),
    temperature: fc.constantFrom(0, 0.5),
    max_tokens: fc.constantFrom(1, 2),
    timeout: fc.constantFrom(3, 4),
    max_retries: fc.constantFrom(0, 5),
    on_failure: fc.constantFrom("fallback", "skip", "fail"),
  }, { requiredKeys: [] });
  await fc.assert(
    fc.asyncProperty(written, written, written, async (ofAll, ofRole, ofAgent) => {
      const sections = { ...ofAll, roles: { agent: ofRole } };
      const own = [{ name: "A", type: "n", llm: ofAgent }];
      const scenario = await loaded(
        scenarioText({ agents: `agents: ${JSON.stringify(own)}` }, `llm: ${JSON.stringify(sections)}`),
      );
      const [settings] = scenario.agents.map((entry) => settingsFor(scenario, "agent", entry)!);
      const { model, ...rest } = settings!;
      const { model: _model, ...expected } = { ...DEFAULT_MODEL, ...ofAll, ...ofRole, ...ofAgent };
      assertEquals(rest, expected as typeof rest);
      // A model counts as long as nobody nearer names another provider.
      let known: { provider: string; model: string | null } = DEFAULT_MODEL;
      for (const level of [ofAll, ofRole, ofAgent]) {
        const provider = level.provider ?? known.provider;
        known = { provider, model: level.model ?? (provider === known.provider ? known.model : null) };
      }
      assertEquals(model, known.model);
    }),
    { numRuns: 60 },
  );
});

Deno.test("llm: the legacy host becomes a provider of its own, without path and secrets", async () => {
  const cases = {
    "http://localhost:11434": "host:http://localhost:11434",
    "http://127.0.0.1:11434/v1/": "host:http://127.0.0.1:11434",
    "localhost:8000": "host:http://localhost:8000",
    "https://models.example": "host:https://models.example",
    "'http://[::1]:80'": "host:http://[::1]",
  };
  for (const [host, provider] of Object.entries(cases)) {
    const scenario = await loaded(llm(`host: ${host}, model: "gemma:3"`));
    assertEquals([scenario.llm!.provider, scenario.llm!.model], [provider, "gemma:3"], host);
  }
});

Deno.test("llm: settings reach every key, also of roles and agents that said nothing before", async () => {
  const set = (path: string, value: Json): Setting => ({ path, value, from: "--set" });
  const { scenario, issues } = await load(scenarioText(), {
    set: [
      set("llm.model", "large"),
      set("llm.roles.engine.model", "small"),
      set("llm.roles.judge", { timeout: 5 }),
      set("agents.A.llm.temperature", 0.1),
    ],
  });
  assertEquals(issues.map(formatIssue), []);
  assertEquals(scenario!.llm!.roles.engine!.model, "small");
  assertEquals(scenario!.llm!.roles.judge, { ...DEFAULT_MODEL, model: "large", timeout: 5 });
  assertEquals(scenario!.agents[0]!.llm, { ...DEFAULT_MODEL, model: "large", temperature: 0.1 });
  const wrong = await load(scenarioText(), { set: [set("llm.roles.engine.modle", "x")] });
  assertEquals(errorsOf(wrong).map(formatIssue), [
    "--set: error[unknown_path]: llm.roles.engine.modle: llm.roles.engine has no key 'modle'\n" +
    "  hint: did you mean 'model'? valid: provider, model, temperature, max_tokens, timeout, max_retries, on_failure, prompt",
  ]);
  const url = await load(scenarioText(), { set: [set("llm.provider", "https://elsewhere")] });
  assertEquals(errorsOf(url).map(({ code, file }) => `${file} ${code}`), ["--set url_in_scenario"]);
});

Deno.test("llm: a role spelt almost like one of the framework's is a warning", async () => {
  const { text, line, column } = marked(llm("roles: { «agents: { model: m }, referee: { model: n } }"));
  const { scenario, issues } = await load(text);
  assertEquals(issues.map(({ severity, code, line, column }) => [severity, code, line, column]), [
    ["warning", "unknown_role", line, column],
  ]);
  assertEquals(Object.keys(scenario!.llm!.roles), ["agents", "referee"]);
});

Deno.test("llm: files of prompts are kept with the scenario; what is wrong with one is told where it is named", async () => {
  const { text, line, column } = marked(llm("roles: { engine: { prompt: «p.md } }"));
  const { files } = await load(text, {}, { "p.md": "x" });
  assertEquals(Object.keys(files), ["p.md"]);
  const cases: [string | undefined, string][] = [
    [undefined, "file_not_found"],
    [" \n\n", "bad_prompt"],
    ["x".repeat(SCENARIO_LIMITS.prompt + 1), "prompt_too_large"],
  ];
  for (const [content, code] of cases) {
    const result = await load(text, {}, content === undefined ? {} : { "p.md": content });
    assertEquals(errorsOf(result).map((issue) => [issue.code, issue.line, issue.column]), [[code, line, column]]);
  }
});

const CASES: readonly BadInput[] = [
  {
    name: "an address as provider",
    text: llm(`provider: «"https://user:secret@api.example/v1"`),
    code: "url_in_scenario",
    message: /^llm\.provider is the address of a server; scenarios name providers$/,
    hint: /name a provider of llm-sim\.yaml/,
  },
  {
    name: "an address as model",
    text: llm(`model: «"http://127.0.0.1/m"`),
    code: "url_in_scenario",
    message: /^llm\.model /,
  },
  {
    name: "an address in a role",
    text: llm(`roles: { engine: { provider: «"http://x" } }`),
    code: "url_in_scenario",
    message: /^llm\.roles\.engine\.provider /,
  },
  {
    name: "an address of an agent's model",
    text: agent(`provider: «"http://x"`),
    code: "url_in_scenario",
    message: /^agents\[0\]\.llm\.provider /,
  },
  {
    name: "a legacy provider that the host would understand",
    text: llm(`provider: «"host:http://localhost:1"`),
    code: "url_in_scenario",
    message: /llm\.provider/,
  },
  {
    name: "host and provider",
    text: llm("provider: mine, «host: localhost"),
    code: "duplicate_setting",
    message: /llm\.host and llm\.provider/,
    hint: /keep 'provider'/,
  },
  { name: "a host that is none", text: llm(`host: «"ftp://x"`), code: "invalid_value", message: /not the address/ },
  { name: "a host of nonsense", text: llm(`host: «"a b"`), code: "invalid_value", message: /not the address/ },
  {
    name: "a host with a password",
    text: llm(`host: «"http://me:secret@localhost"`),
    code: "invalid_value",
    message: /^llm\.host holds a user name or a password$/,
  },
  {
    name: "an unknown key of a model",
    text: llm("«modle: m"),
    code: "unknown_key",
    message: /^llm has no key 'modle'$/,
    hint: /did you mean 'model'/,
  },
  {
    name: "a host of an agent",
    text: agent("«host: localhost"),
    code: "unknown_key",
    message: /^agents\[0\]\.llm has no key 'host'$/,
  },
  {
    name: "roles of a role",
    text: llm("roles: { engine: { «roles: {} } }"),
    code: "unknown_key",
    message: /^llm\.roles\.engine has no key 'roles'$/,
  },
  {
    name: "a role that cannot be one",
    text: llm("roles: { «The Judge: { model: m } }"),
    code: "bad_name",
    message: /cannot be the name of a role/,
    hint: /lower case/,
  },
  {
    name: "an unknown way to fail",
    text: llm("on_failure: «retry"),
    code: "invalid_value",
    message: /^llm\.on_failure must be one of fallback, skip, fail, not 'retry'$/,
  },
  { name: "an empty provider", text: llm(`provider: «""`), code: "invalid_value", message: /1 to 200 characters/ },
  { name: "no tokens", text: llm("max_tokens: «0"), code: "invalid_value", message: /an integer ≥ 1/ },
  { name: "a timeout without end", text: llm("timeout: «1e9"), code: "invalid_value", message: /≤ 86400/ },
  { name: "retries without end", text: agent("max_retries: «101"), code: "invalid_value", message: /from 0 to 100/ },
  { name: "a negative temperature", text: llm("temperature: «-1"), code: "invalid_value", message: /a number ≥ 0/ },
  { name: "an unknown tape", text: llm("tape: «replay"), code: "invalid_value", message: /one of record, off/ },
  { name: "models that are a text", text: scenarioText({}, "llm: «gpt"), code: "invalid_value", message: /a map/ },
];

testRefusals(CASES);
