/** Providers that need no more than their name and, where they want one, a key. */

import { OFFLINE_MEANING } from "../offline_label.ts";

/** What is known of a provider before anything is configured. */
export interface Preset {
  /** Its name in scenarios. */
  readonly name: string;
  /** What it is, for people. */
  readonly about: string;
  /** `offline`: answers by rule, is no language model. */
  readonly kind: "openai" | "offline";
  /** Base URL without a slash at its end; null: it must be given. */
  readonly base_url: string | null;
  /** Variable that takes the place of `base_url`. */
  readonly base_url_env: string | null;
  /** Variable that holds the key; null: it takes none. */
  readonly key_env: string | null;
  /** Whether it answers without a key. */
  readonly keyless: boolean;
  /** Model to ask when nobody names one; null: it is asked which it has. */
  readonly model: string | null;
  /** Variable that takes the place of `model`. */
  readonly model_env: string | null;
  /** Whether it is run by whoever asks it: it costs nothing by the token, and has the models that were put into it. */
  readonly local: boolean;
  /** Calls at once, unless the configuration says otherwise. */
  readonly max_concurrency: number;
  /** The parameter that bounds an answer's length. */
  readonly length_parameter: "max_tokens" | "max_completion_tokens";
}

const HOSTED = {
  kind: "openai",
  base_url_env: null,
  keyless: false,
  model_env: null,
  local: false,
  max_concurrency: 8,
  length_parameter: "max_tokens",
} as const;

const LOCAL = { ...HOSTED, key_env: null, keyless: true, model: null, local: true } as const;

const ALL: readonly Preset[] = [
  {
    ...HOSTED,
    name: "openai",
    about: "OpenAI",
    base_url: "https://api.openai.com/v1",
    base_url_env: "OPENAI_BASE_URL",
    key_env: "OPENAI_API_KEY",
    model: "gpt-5-mini",
    length_parameter: "max_completion_tokens",
  },
  {
    ...HOSTED,
    name: "qwen",
    about: "Qwen on Alibaba Cloud (DashScope, international)",
    base_url: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    key_env: "DASHSCOPE_API_KEY",
    model: "qwen3-max",
  },
  {
    ...HOSTED,
    name: "openrouter",
    about: "OpenRouter",
    base_url: "https://openrouter.ai/api/v1",
    key_env: "OPENROUTER_API_KEY",
    model: "openai/gpt-5-mini",
  },
  {
    ...HOSTED,
    name: "env",
    about: "whatever LLM_BASE_URL says, with LLM_API_KEY and LLM_MODEL",
    base_url: null,
    base_url_env: "LLM_BASE_URL",
    key_env: "LLM_API_KEY",
    keyless: true,
    model: null,
    model_env: "LLM_MODEL",
  },
  {
    ...LOCAL,
    name: "ollama",
    about: "Ollama",
    base_url: "http://127.0.0.1:11434/v1",
    base_url_env: "OLLAMA_HOST",
    max_concurrency: 4,
  },
  { ...LOCAL, name: "vllm", about: "vLLM", base_url: "http://127.0.0.1:8000/v1", max_concurrency: 32 },
  { ...LOCAL, name: "llamacpp", about: "llama.cpp", base_url: "http://127.0.0.1:8080/v1", max_concurrency: 4 },
  { ...LOCAL, name: "lmstudio", about: "LM Studio", base_url: "http://127.0.0.1:1234/v1", max_concurrency: 4 },
  {
    ...LOCAL,
    name: "offline",
    about: OFFLINE_MEANING,
    kind: "offline",
    base_url: "",
    model: "offline",
    max_concurrency: 1000,
  },
];

/** All presets by name, in the order in which they are shown. */
export const PRESETS: ReadonlyMap<string, Preset> = new Map(ALL.map((preset) => [preset.name, preset]));

/** Other names of presets. */
export const ALIASES: ReadonlyMap<string, string> = new Map([["dashscope", "qwen"]]);

/** Presets whose key makes them the default, the first one first. */
export const DEFAULT_BY_KEY = ["openai", "qwen", "openrouter"] as const;

/** The preset of that name or alias. */
export function presetNamed(name: string): Preset | undefined {
  return PRESETS.get(ALIASES.get(name) ?? name);
}

/** The preset whose server a base URL leads to: what is known of its prices and parameters holds there too. */
export function presetAt(base_url: string): Preset | undefined {
  const { host } = new URL(base_url);
  return ALL.find((preset) => !preset.local && preset.base_url !== null && new URL(preset.base_url).host === host);
}
