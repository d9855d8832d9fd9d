/** Providers as configuration, environment and real servers on this machine make them. */

import { inspect } from "node:util";
import { SimError } from "../../framework/mod.ts";
import { assertEquals, assertMatches, assertRejects, assertTrue } from "../../tests/support/assert.ts";
import { LLMServer } from "../../tests/support/llm_server.ts";
import type { ServerConfig } from "../config.ts";
import { Providers } from "./providers.ts";

const KEY = "sk-canary-5f3a";

type Variables = { readonly [name: string]: string };

/** An address of this machine where nothing answers. */
async function nowhere(): Promise<string> {
  const server = await LLMServer.start();
  await server.close();
  return server.origin;
}

const NOWHERE = await nowhere();

function providers(
  config: ServerConfig["providers"] = {},
  variables: Variables = {},
  options: ConstructorParameters<typeof Providers>[2] = {},
): Providers {
  const env: Variables = { OLLAMA_HOST: NOWHERE, ...variables };
  return new Providers({ providers: config }, (name) => env[name], options);
}

/** What a name is refused with; its text never holds the key. */
async function refused(known: Providers, name: string, code: string): Promise<SimError> {
  const error = await assertRejects(() => known.resolve(name), code) as SimError;
  assertTrue(!`${error.message} ${error.hint} ${error.stack}`.includes(KEY));
  return error;
}

Deno.test("Providers: a preset needs no more than its key", async () => {
  const openai = await providers({}, { OPENAI_API_KEY: ` ${KEY}\n` }).resolve("openai");
  assertEquals(
    [openai.name, openai.kind, openai.base_url, openai.key, openai.key_env, openai.model, openai.length_parameter],
    [
      "openai",
      "openai",
      "https://api.openai.com/v1",
      KEY,
      "OPENAI_API_KEY",
      "gpt-5-mini",
      "max_completion_tokens",
    ],
  );
  assertEquals([openai.found, openai.rpm, openai.tpm], ["OPENAI_API_KEY is set", null, null]);
  assertEquals(openai.pricesOf("gpt-5-mini"), { input: 0.25, output: 2 });
  const qwen = await providers({}, { DASHSCOPE_API_KEY: KEY }).resolve("dashscope");
  assertEquals([qwen.name, qwen.length_parameter], ["qwen", "max_tokens"]);
  assertMatches(qwen.base_url, /^https:\/\/dashscope-intl\.aliyuncs\.com\/compatible-mode\/v1$/);
});

Deno.test("Providers: the configuration says more of a preset, under its name, its alias or another name", async () => {
  const more = { rpm: 60, tpm: 9000, max_concurrency: 2, model: "m", prices: { input: 1, output: 3 } };
  for (const name of ["qwen", "dashscope"]) {
    const known = providers({ [name]: more }, { DASHSCOPE_API_KEY: KEY });
    for (const asked of ["qwen", "dashscope"]) {
      const { rpm, tpm, max_concurrency, model, pricesOf, found, ...rest } = await known.resolve(asked);
      assertEquals([rest.name, rpm, tpm, max_concurrency, model, found], [name, 60, 9000, 2, "m", "llm-sim.yaml"]);
      assertEquals(pricesOf("anything"), { input: 1, output: 3 });
    }
  }
  const two = providers({ a: { preset: "openai", api_key_env: "A" }, b: { preset: "openai" } }, { A: KEY });
  assertEquals((await two.resolve("a")).base_url, "https://api.openai.com/v1");
  assertMatches((await refused(two, "b", "no_key")).message, /'b' needs a key, and OPENAI_API_KEY is not set/);
});

Deno.test("Providers: one of one's own needs a base URL, and a key only where the configuration names its variable", async () => {
  const known = providers({
    open: { base_url: "http://gpu.lan:8000/v1", model: "m" },
    closed: { base_url: "https://gpu.lan/v1", api_key_env: "MINE" },
    known: { base_url: "https://api.openai.com/v1/", api_key_env: "MINE", prices: { m: { input: 1, output: 1 } } },
  }, { MINE: KEY });
  const open = await known.resolve("open");
  assertEquals([open.key, open.key_env, open.pricesOf("m"), open.max_concurrency], [null, null, null, 8]);
  assertEquals((await known.resolve("closed")).key, KEY);
  const other = await known.resolve("known");
  assertEquals([other.base_url, other.length_parameter], ["https://api.openai.com/v1", "max_completion_tokens"]);
  assertEquals([other.pricesOf("m"), other.pricesOf("gpt-5")], [{ input: 1, output: 1 }, { input: 1.25, output: 10 }]);
});

Deno.test("Providers: a name leads to the same object every time", async () => {
  const known = providers({ default: { base_url: "http://h/v1" } }, { OPENAI_API_KEY: KEY });
  for (const name of ["default", "openai", "vllm", "host:http://127.0.0.1:9", "offline"]) {
    assertTrue(await known.resolve(name) === await known.resolve(name), name);
  }
});

Deno.test("Providers: the default is the configuration's, else LLM_BASE_URL's, else that of the first key", async () => {
  const all = {
    LLM_BASE_URL: "http://127.0.0.1:9/v1",
    OPENAI_API_KEY: KEY,
    DASHSCOPE_API_KEY: KEY,
    OPENROUTER_API_KEY: KEY,
  };
  const found = async (config: ServerConfig["providers"], variables: Variables) => {
    const known = providers(config, variables);
    const { name, found } = await known.resolve("default");
    assertEquals((await known.resolve(name)).name, name, "the name leads back to it");
    return [name, found];
  };
  assertEquals(await found({ default: { preset: "vllm" } }, all), ["default", "llm-sim.yaml"]);
  assertEquals(await found({}, all), ["env", "LLM_BASE_URL is set"]);
  assertEquals(await found({}, { ...all, LLM_BASE_URL: " " }), ["openai", "OPENAI_API_KEY is set"]);
  assertEquals(await found({}, { DASHSCOPE_API_KEY: KEY, OPENROUTER_API_KEY: KEY }), [
    "qwen",
    "DASHSCOPE_API_KEY is set",
  ]);
  assertEquals(await found({}, { OPENAI_API_KEY: "", OPENROUTER_API_KEY: KEY }), [
    "openrouter",
    "OPENROUTER_API_KEY is set",
  ]);
  assertEquals(
    await found({ openai: { api_key_env: "WORK" } }, { OPENAI_API_KEY: KEY, WORK: "", DASHSCOPE_API_KEY: KEY }),
    [
      "qwen",
      "DASHSCOPE_API_KEY is set",
    ],
  );
});

Deno.test("Providers: LLM_BASE_URL brings its key and its model, or is asked for one", async () => {
  await using server = await LLMServer.start({ models: ["text-embedding-3", "first", "second"], key: KEY });
  const plain = providers({}, { LLM_BASE_URL: `${server.url}/`, LLM_API_KEY: KEY });
  const provider = await plain.resolve("default");
  assertEquals([provider.base_url, provider.key, provider.model], [server.url, KEY, null]);
  assertEquals(await plain.modelOf(provider), "first");
  assertEquals(provider.pricesOf("first"), { input: 0, output: 0 });
  const named = providers({}, { LLM_BASE_URL: server.url, LLM_MODEL: "second" });
  assertEquals(await named.modelOf(await named.resolve("default")), "second");
  const elsewhere = await providers({}, { LLM_BASE_URL: "http://gpu.lan/v1" }).resolve("env");
  assertEquals(elsewhere.pricesOf("first"), null);
});

Deno.test("Providers: OPENAI_BASE_URL moves the preset openai, but not what the configuration places", async () => {
  const variables = { OPENAI_BASE_URL: "http://127.0.0.1:9/v1/", OPENAI_API_KEY: KEY };
  assertEquals((await providers({}, variables).resolve("openai")).base_url, "http://127.0.0.1:9/v1");
  const placed = providers({ openai: { base_url: "https://proxy.lan/v1" } }, variables);
  assertEquals((await placed.resolve("openai")).base_url, "https://proxy.lan/v1");
});

Deno.test("Providers: without configuration and keys an Ollama that runs is found, with its first model", async () => {
  await using server = await LLMServer.start({ models: ["nomic-embed-text", "llama3.2", "gemma3"] });
  const known = providers({}, { OLLAMA_HOST: server.origin });
  const provider = await known.resolve("default");
  assertEquals([provider.name, provider.base_url], ["ollama", server.url]);
  assertEquals(provider.found, `Ollama on ${new URL(server.origin).host}`);
  assertEquals(await known.modelOf(provider), "llama3.2");
  assertTrue(provider === await known.resolve("ollama"));
});

Deno.test("Providers: where nothing is found, the offline provider takes the place only of who allows it", async () => {
  const known = providers();
  const error = await refused(known, "default", "no_provider");
  for (const name of ["OPENAI_API_KEY", "DASHSCOPE_API_KEY", "OPENROUTER_API_KEY", "LLM_BASE_URL", "Ollama"]) {
    assertMatches(error.message, new RegExp(name));
  }
  assertMatches(error.hint ?? "", /providers\.default in llm-sim\.yaml.*--offline.*provider: offline/);
  const offline = await known.resolve("default", { allowOffline: true });
  assertEquals([offline.name, offline.kind, offline.model, offline.base_url], ["offline", "offline", "offline", ""]);
  assertEquals(offline.found, "no key is set and no Ollama runs here");
  assertEquals(offline.pricesOf("offline"), { input: 0, output: 0 });
  const named = providers({ mine: { base_url: "http://h/v1" }, openai: { api_key_env: "WORK" } });
  const other = await refused(named, "default", "no_provider");
  assertMatches(other.message, /WORK, DASHSCOPE_API_KEY/);
  assertMatches(other.hint ?? "", /name one of llm-sim\.yaml in the scenario \(mine, openai\)/);
});

Deno.test("Providers: an Ollama without models is no default", async () => {
  await using server = await LLMServer.start({ models: ["nomic-embed-text"] });
  const known = providers({}, { OLLAMA_HOST: server.origin });
  assertMatches((await refused(known, "default", "no_provider")).message, /Ollama on 127\.0\.0\.1:\d+ has no model$/);
  const offline = await known.resolve("default", { allowOffline: true });
  assertEquals(offline.found, "no key is set and Ollama has no model");
});

Deno.test("Providers: what listens where Ollama would, and is none or never answers, is not taken for one", async () => {
  const answers: ((request: Request) => Response | Promise<Response>)[] = [
    () => new Response("<html>hello</html>", { headers: { "content-type": "text/html" } }),
    () => Response.json(null),
    () => Response.json({ models: "none" }),
    () => Response.json({ models: [null, 5, { name: 5 }, { name: "" }, { name: "x".repeat(201) }] }),
    () => new Response(null, { status: 302, headers: { location: "http://127.0.0.1:1/" } }),
    () => new Response(new Uint8Array(5 << 20)),
    () => new Response("", { status: 500 }),
    ({ signal }) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(new Response()))),
  ];
  for (const answer of answers) {
    const stop = new AbortController();
    const server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen() {} },
      (request) => answer(request),
    );
    const known = providers({}, { OLLAMA_HOST: `127.0.0.1:${server.addr.port}` });
    const before = performance.now();
    assertEquals((await known.resolve("default", { allowOffline: true })).kind, "offline");
    assertTrue(performance.now() - before < 5000, "it waits 0.3 seconds at most, on a busy machine a little longer");
    stop.abort();
    await server.finished;
  }
});

Deno.test("Providers: a local server without a model's name is asked for its models, with its key", async () => {
  const seen: (string | null)[] = [];
  const stop = new AbortController();
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", signal: stop.signal, onListen() {} }, (request) => {
    seen.push(`${new URL(request.url).pathname} ${request.headers.get("authorization")}`);
    return Response.json({ object: "list", data: [{ id: "whatever-7b" }] });
  });
  const known = providers({ vllm: { base_url: `http://127.0.0.1:${server.addr.port}/v1`, api_key_env: "MINE" } }, {
    MINE: KEY,
  });
  const provider = await known.resolve("vllm");
  assertEquals(seen, [], "its name alone asks nobody");
  assertEquals(await known.modelOf(provider), "whatever-7b");
  assertEquals(seen, [`/v1/models Bearer ${KEY}`]);
  stop.abort();
  await server.finished;
});

Deno.test("Providers: a provider of which no model is known says where to name one", async () => {
  const known = providers({
    vllm: { base_url: `${NOWHERE}/v1` },
    far: { base_url: "https://models.example/v1" },
  }, { LLM_BASE_URL: `${NOWHERE}/v1` });
  const no_model = async (name: string) => {
    const provider = await known.resolve(name);
    return await assertRejects(() => known.modelOf(provider), "no_model") as SimError;
  };
  const vllm = await no_model("vllm");
  assertEquals(vllm.message, `no model is named for provider 'vllm', and ${NOWHERE}/v1 does not answer`);
  assertEquals(
    vllm.hint,
    "start the server, or say which: llm.model in the scenario, or providers.vllm.model in llm-sim.yaml",
  );
  assertMatches((await no_model("env")).hint ?? "", /LLM_MODEL$/);
  assertEquals((await no_model("far")).message, "no model is named for provider 'far'");
  const legacy = await no_model(`host:${await nowhere()}`);
  assertEquals(legacy.hint, "start the server, or say which: llm.model in the scenario");
});

Deno.test("Providers: --offline answers in place of everything, also of what there is not", async () => {
  const known = providers({ mine: { base_url: "http://h/v1" } }, { OPENAI_API_KEY: KEY }, { offline: true });
  for (const name of ["default", "mine", "openai", "nobody", "host:http://elsewhere.example"]) {
    const { kind, found, key } = await known.resolve(name);
    assertEquals([kind, found, key], ["offline", "--offline", null], name);
  }
});

Deno.test("Providers: the offline provider may be named, also by another name", async () => {
  const known = providers({ dry: { preset: "offline", model: "gpt" } });
  assertEquals((await known.resolve("offline")).found, "chosen by name");
  const { name, kind, model, base_url } = await known.resolve("dry");
  assertEquals([name, kind, model, base_url], ["dry", "offline", "offline", ""]);
});

Deno.test("Providers: a legacy host is this machine, or a server that is configured, whose settings then count", async () => {
  const known = providers({ mine: { base_url: "https://gpu.lan/v1", api_key_env: "MINE" } }, {
    MINE: KEY,
    OPENAI_API_KEY: KEY,
    LLM_BASE_URL: "http://box.lan:8000/v1",
  });
  const here = await known.resolve("host:http://localhost:11434");
  assertEquals([here.name, here.base_url, here.key], [
    "host:http://localhost:11434",
    "http://localhost:11434/v1",
    null,
  ]);
  assertEquals(here.pricesOf("gemma:3"), { input: 0, output: 0 });
  assertTrue(await known.resolve("host:https://gpu.lan") === await known.resolve("mine"));
  assertTrue(await known.resolve("host:http://box.lan:8000") === await known.resolve("env"));
  const elsewhere = [
    "https://api.openai.com",
    "http://gpu.lan",
    "http://169.254.169.254",
    "http://localhost.evil.example",
    "file:///etc/passwd",
    "nonsense",
  ];
  for (const host of elsewhere) await refused(known, `host:${host}`, "host_not_allowed");
});

Deno.test("Providers: what cannot be used says why, and what to do", async () => {
  const known = providers({ mine: { base_url: "http://h/v1", api_key_env: "MINE" } });
  const unknown = await refused(known, "opnai", "unknown_provider");
  assertMatches(unknown.hint ?? "", /did you mean 'openai'\? valid: default, mine, openai, .*llm-sim\.yaml/);
  await refused(known, "toString", "unknown_provider");
  await refused(known, "__proto__", "unknown_provider");
  for (const [name, variable] of [["openai", "OPENAI_API_KEY"], ["mine", "MINE"]] as const) {
    const { message, hint } = await refused(known, name, "no_key");
    assertMatches(message, new RegExp(`'${name}' needs a key, and ${variable} is not set`));
    assertMatches(hint ?? "", new RegExp(`export ${variable}=`));
  }
  assertMatches((await refused(known, "env", "no_provider")).message, /LLM_BASE_URL says, which is not set/);
  const url = `https://me:${KEY}@h/v1`;
  for (const variables of [{ LLM_BASE_URL: url }, { LLM_BASE_URL: KEY }] as Variables[]) {
    assertMatches((await refused(providers({}, variables), "default", "bad_provider")).message, /LLM_BASE_URL must /);
  }
  const broken = providers({}, { OPENAI_API_KEY: `${KEY}\nX-Other: 1` });
  assertMatches((await refused(broken, "openai", "bad_provider")).message, /OPENAI_API_KEY holds characters/);
  await refused(providers({}, { OPENAI_API_KEY: `${KEY}é` }), "openai", "bad_provider");
});

Deno.test("Providers: a key is in nothing that is printed, serialised or copied", async () => {
  const known = providers({ mine: { base_url: `${NOWHERE}/v1`, api_key_env: "MINE" } }, {
    MINE: KEY,
    OPENAI_API_KEY: KEY,
    LLM_API_KEY: KEY,
    LLM_BASE_URL: `${NOWHERE}/v1`,
  });
  for (const name of ["mine", "openai", "env"]) {
    const provider = await known.resolve(name);
    assertEquals(provider.key, KEY);
    const shown = [
      JSON.stringify(provider),
      JSON.stringify({ ...provider }),
      JSON.stringify(Object.entries(Object.getOwnPropertyDescriptors(provider))),
      Deno.inspect(provider, { depth: 100, getters: true, showHidden: true }),
      inspect(provider, { depth: 100, getters: true, showHidden: true }),
      String(provider),
    ];
    for (const text of shown) assertTrue(!text.includes(KEY), text);
  }
  const list = await known.list();
  const whole = [JSON.stringify(list), Deno.inspect(known, { depth: 100, showHidden: true })];
  for (const text of whole) assertTrue(!text.includes(KEY));
});

Deno.test("Providers: the list says what there is, what is missing, and which one is the default", async () => {
  await using server = await LLMServer.start({ models: ["llama3.2"] });
  const known = providers({
    mine: { base_url: server.url, rpm: 5, prices: { input: 1, output: 2 } },
    far: { base_url: "https://models.example/v1", api_key_env: "FAR", model: "m", tpm: 7 },
    dashscope: { model: "qwen3-max" },
  }, { OLLAMA_HOST: server.origin, DASHSCOPE_API_KEY: KEY, OPENAI_BASE_URL: "nonsense", OPENAI_API_KEY: KEY });
  const list = await known.list();
  assertEquals(list.providers.map(({ name }) => name), [
    "mine",
    "far",
    "dashscope",
    "openai",
    "openrouter",
    "env",
    "ollama",
    "vllm",
    "llamacpp",
    "lmstudio",
    "offline",
  ]);
  const of = (name: string) => list.providers.find((each) => each.name === name)!;
  const said = (name: string) => {
    const { usable, why, model, key_env, key_set } = of(name);
    return [usable, why, model, key_env, key_set];
  };
  assertEquals(said("mine"), [true, "llm-sim.yaml", "llama3.2", null, false]);
  assertEquals([of("mine").rpm, of("mine").prices], [5, { input: 1, output: 2 }]);
  assertEquals(said("far"), [false, "FAR is not set", "m", "FAR", false]);
  assertEquals([of("far").tpm, of("far").base_url], [7, "https://models.example/v1"]);
  assertEquals(said("dashscope"), [true, "llm-sim.yaml", "qwen3-max", "DASHSCOPE_API_KEY", true]);
  assertEquals([of("openai").usable, of("openai").prices], [false, { input: 0.25, output: 2 }]);
  assertMatches(of("openai").why, /OPENAI_BASE_URL must be a URL/);
  assertEquals(said("ollama").slice(0, 3), [true, `Ollama on ${new URL(server.origin).host}`, "llama3.2"]);
  assertEquals(said("offline").slice(0, 3), [true, "answers by rule, not a language model", "offline"]);
  assertEquals(said("env"), [false, "LLM_BASE_URL is not set", null, "LLM_API_KEY", false]);
  assertEquals(
    [list.default, list.why.includes("OPENAI_BASE_URL")],
    [null, true],
    "a default that is set wrong is none",
  );

  const plain = await providers({}, { OLLAMA_HOST: server.origin }).list();
  assertEquals([plain.default, plain.why], [
    { provider: "ollama", model: "llama3.2" },
    `Ollama on ${new URL(server.origin).host}`,
  ]);
  const bare = await providers().list();
  assertEquals([bare.default, bare.why], [
    { provider: "offline", model: "offline" },
    "no key is set and no Ollama runs here",
  ]);
  assertEquals(bare.providers.find(({ name }) => name === "ollama")!.why, `${NOWHERE}/v1 does not answer`);
});
