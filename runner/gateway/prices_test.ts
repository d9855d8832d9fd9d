import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import { DEFAULT_BY_KEY, presetAt, presetNamed, PRESETS } from "./presets.ts";
import { listPrices, PRICES_AS_OF } from "./prices.ts";

const of = (preset: string, model: string) => listPrices(PRESETS.get(preset)!, model);

Deno.test("listPrices: knows a model under its name, its dated name, and as OpenRouter calls it", () => {
  const mini = { input: 0.25, output: 2 };
  for (const model of ["gpt-5-mini", "gpt-5-mini-2025-08-07", "gpt-5-mini-latest"]) {
    assertEquals(of("openai", model), mini, model);
    assertEquals(of("openrouter", `openai/${model}`), mini, model);
  }
});

Deno.test("listPrices: what is not in the table nobody knows", () => {
  const unknown: [string, string][] = [
    ["openai", "gpt-5-mini-turbo"],
    ["openai", "gpt-5-mini-2025"],
    ["openai", "toString"],
    ["openai", ""],
    ["openrouter", "gpt-5-mini"],
    ["openrouter", "qwen/qwen3-max"],
    ["qwen", "gpt-5-mini"],
    ["env", "gpt-5-mini"],
  ];
  for (const [preset, model] of unknown) assertEquals(of(preset, model), null, `${preset} ${model}`);
});

Deno.test("listPrices: what runs here, and what is given away, costs nothing", () => {
  for (const preset of ["ollama", "vllm", "llamacpp", "lmstudio", "offline"]) {
    assertEquals(of(preset, "whatever"), { input: 0, output: 0 }, preset);
  }
  assertEquals(of("openrouter", "qwen/qwen3:free"), { input: 0, output: 0 });
});

Deno.test("the model that a preset asks by itself has a price, so that a limit on money works with a key alone", () => {
  for (const preset of DEFAULT_BY_KEY) {
    const { model } = PRESETS.get(preset)!;
    const prices = of(preset, model!);
    assertTrue(prices !== null && prices.input > 0 && prices.output > prices.input, `${preset} ${model}`);
  }
  assertMatches(PRICES_AS_OF, /^\d{4}-\d{2}$/);
});

Deno.test("presets are found by alias and by their server, and by nothing else", () => {
  assertEquals(presetNamed("dashscope")?.name, "qwen");
  assertEquals(presetNamed("toString"), undefined);
  assertEquals(presetAt("https://api.openai.com/v1")?.name, "openai");
  assertEquals(presetAt("https://api.openai.com.evil.example/v1"), undefined);
  assertEquals(presetAt("http://127.0.0.1:11434/v1"), undefined);
});
