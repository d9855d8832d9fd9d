/** `providers`: what it says of a machine without keys, with keys, and with model servers of its own. */

import { join } from "node:path";
import type { ListedProvider } from "../../runner/mod.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";
import { LLMServer } from "../support/llm_server.ts";
import { cli, documentOf, withFolder } from "./support.ts";

const KEY = "sk-canary-3c9e";

/** No variable that could name a provider, and nothing where Ollama would be. */
const CLEAN = {
  OPENAI_API_KEY: "",
  OPENAI_BASE_URL: "",
  DASHSCOPE_API_KEY: "",
  OPENROUTER_API_KEY: "",
  LLM_BASE_URL: "",
  LLM_API_KEY: "",
  LLM_MODEL: "",
  OLLAMA_HOST: "127.0.0.1:9",
};

Deno.test("providers: on a machine with nothing, rules answer, and every line says what is missing", () =>
  withFolder(async (folder) => {
    const { code, stdout, stderr } = await cli(["providers", "--output", folder], { env: CLEAN });
    assertEquals([code, stderr], [0, ""]);
    const lines = stdout.split("\n");
    assertEquals(
      lines[0],
      "default  offline: answers by rule, not a language model (no key is set and no Ollama runs here)",
    );
    assertMatches(lines[2]!, /^provider +usable +model +why +limits +prices$/);
    assertMatches(stdout, /^openai +no +gpt-5-mini +OPENAI_API_KEY is not set +8 at once +0\.25 \/ 2$/m);
    assertMatches(stdout, /^env +no +– +LLM_BASE_URL is not set/m);
    assertMatches(stdout, /^ollama +no +– +http:\/\/127\.0\.0\.1:9\/v1 does not answer/m);
    assertMatches(stdout, /^offline +yes +offline +answers by rule, not a language model/m);
    assertMatches(stdout, /^prices: US dollars per million tokens.* of \d{4}-\d{2} /m);
  }));

Deno.test("providers: keys and servers make providers usable, and no key is ever shown", () =>
  withFolder(async (folder) => {
    await using server = await LLMServer.start({ models: ["llama3.2"] });
    const config = join(folder, "llm-sim.yaml");
    await Deno.writeTextFile(
      config,
      `providers:
  mine: { base_url: "${server.url}", api_key_env: MINE, rpm: 60, tpm: 90000, prices: { input: 1, output: 2.5 } }
  far: { base_url: "https://models.example/v1", api_key_env: FAR }
`,
    );
    const env = { ...CLEAN, OLLAMA_HOST: server.origin, MINE: KEY, DASHSCOPE_API_KEY: ` ${KEY} ` };
    const args = ["providers", "--output", folder, "--config", config];
    const plain = await cli(args, { env });
    assertEquals(plain.code, 0, plain.stderr);
    assertMatches(plain.stdout, /^default {2}qwen qwen3-max \(DASHSCOPE_API_KEY is set\)$/m);
    assertMatches(
      plain.stdout,
      /^mine +yes +llama3\.2 +llm-sim\.yaml +8 at once, 60 calls\/min, 90k tokens\/min +1 \/ 2\.5$/m,
    );
    assertMatches(plain.stdout, /^far +no +– +FAR is not set/m);
    const json = await cli([...args, "--json"], { env });
    const document = documentOf(json);
    assertEquals([document.default, document.why], [
      { provider: "qwen", model: "qwen3-max" },
      "DASHSCOPE_API_KEY is set",
    ]);
    const usable = document.providers.filter((each: ListedProvider) => each.usable).map(({ name }: ListedProvider) =>
      name
    );
    for (const name of ["mine", "qwen", "ollama", "offline"]) assertTrue(usable.includes(name), name);
    for (const name of ["far", "openai", "openrouter", "env"]) assertTrue(!usable.includes(name), name);
    for (const { stdout, stderr } of [plain, json]) assertTrue(!`${stdout}${stderr}`.includes(KEY));

    const ollama = documentOf(await cli([...args, "--json"], { env: { ...env, DASHSCOPE_API_KEY: "" } }));
    assertEquals(ollama.default, { provider: "ollama", model: "llama3.2" });
    assertEquals(ollama.why, `Ollama on ${new URL(server.origin).host}`);
  }));

Deno.test("providers: a default that is set wrong is told as such, and a wrong configuration is an error", () =>
  withFolder(async (folder) => {
    const args = ["providers", "--output", folder];
    const wrong = await cli(args, { env: { ...CLEAN, LLM_BASE_URL: `http://me:${KEY}@h/v1` } });
    assertEquals(wrong.code, 0, wrong.stderr);
    assertMatches(wrong.stdout, /^default {2}none: provider 'env': LLM_BASE_URL must hold no user name or password/);
    assertTrue(!wrong.stdout.includes(KEY));
    const config = join(folder, "llm-sim.yaml");
    await Deno.writeTextFile(config, `providers: { openai: { api_key: ${KEY} } }\n`);
    const refused = await cli([...args, "--config", config], { env: CLEAN });
    assertEquals(refused.code, 2);
    assertMatches(
      refused.stderr,
      /llm-sim\.yaml:1:\d+: error\[unknown_key\]: unknown key 'api_key'\n {2}hint: keys are not written/,
    );
    assertTrue(!refused.stderr.includes(KEY));
  }));
