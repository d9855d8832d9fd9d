/** `llm-sim.yaml`: domains outside this repository, providers of models, limits and places (`formats.md` §5). */

import {
  didYouMean,
  type Issue,
  type IssuePath,
  issuesError,
  type Json,
  type JsonObject,
  SimError,
} from "../framework/mod.ts";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { readYaml } from "../framework/scenario/mod.ts";
import { ALIASES, presetNamed, PRESETS } from "./gateway/presets.ts";
import { urlProblem, withoutSlash } from "./gateway/server_url.ts";

const name = z.string().regex(/^[a-z][a-z0-9_]*$/, "must be lower case letters, digits and '_'");
const positive = z.number().positive();
const count = z.number().int().min(1);

const baseUrl = z.string()
  .check(({ value, issues }) => {
    const message = urlProblem(value);
    if (message !== null) issues.push({ code: "custom", input: value, message });
  })
  .transform(withoutSlash);

const origin = z.string()
  .check(({ value, issues }) => {
    const message = urlProblem(value) ??
      (URL.parse(value)!.pathname === "/" ? null : "must be an origin, without a path");
    if (message !== null) issues.push({ code: "custom", input: value, message });
  })
  .transform((text) => new URL(text).origin);

const price = z.number().min(0);
/** US dollars per million tokens. */
const prices = z.strictObject({ input: price, output: price });

const provider = z.strictObject({
  preset: z.enum([...PRESETS.keys(), ...ALIASES.keys()]),
  base_url: baseUrl,
  // Who takes the key itself for its variable is to see it neither in messages nor in logs.
  api_key_env: z.string().regex(
    /^[A-Z_][A-Z0-9_]{0,99}$/,
    "must be the name of an environment variable (capital letters, digits and '_'), not the key itself",
  ),
  model: z.string().min(1).max(200),
  max_concurrency: count.max(10_000),
  rpm: count,
  tpm: count,
  prices: z.union([prices, z.record(z.string(), prices)]),
}).partial();

const providers = z.record(
  z.string().regex(/^[A-Za-z0-9][\w.-]{0,99}$/, "a provider's name is letters, digits, '_', '-' and '.'"),
  provider,
).check(({ value, issues }) => {
  for (const [key, { preset = key, base_url, api_key_env }] of Object.entries(value)) {
    const known = presetNamed(preset);
    const message = known?.kind === "offline" && (base_url ?? api_key_env) !== undefined
      ? "the offline provider has neither base_url nor api_key_env"
      : known === undefined && base_url === undefined
      ? `needs a base_url, or a preset: ${[...PRESETS.keys()].join(", ")}`
      : null;
    if (message !== null) issues.push({ code: "custom", input: value, message, path: [key] });
  }
});

const configSchema = z.strictObject({
  server: z.strictObject({
    host: z.string().min(1),
    port: z.number().int().min(0).max(65535),
    /** Under which address people reach the server, through a proxy perhaps. */
    base_url: origin,
    /** Further names under which it may be asked; without a port: on any. */
    allowed_hosts: z.array(z.string().regex(/^[\w.-]+(?::\d{1,5})?$/, "must be a name, or name:port")),
    log_level: z.enum(["debug", "info", "warning", "error"]),
  }).partial().optional(),
  simulation_repos: z.array(z.strictObject({ name, path: z.string().min(1), python_path: z.string().optional() }))
    .default([]),
  max_concurrent: z.number().int().min(1).max(1000).default(5),
  poll_interval: positive.default(1),
  output_root: z.string().min(1).optional(),
  /** Folder of the notebooks. Default `notebooks`. */
  notebooks_root: z.string().min(1).optional(),
  providers: providers.default({}),
  http_allow: z.array(origin).default([]),
  api_keys: z.array(z.strictObject({
    name: z.string().min(1).max(100),
    key_hash: z.string().regex(
      /^sha256:[0-9a-f]{64}$/,
      "must be 'sha256:' and 64 hex digits, not the key itself: printf %s KEY | sha256sum",
    ),
    scopes: z.array(z.enum(["read", "run", "edit", "admin"])).min(1),
  })).check(({ value, issues }) => {
    value.forEach(({ name }, i) => {
      // By its name a key is logged, and stands for the sessions that were begun with it.
      if (value.findIndex((key) => key.name === name) === i) return;
      issues.push({ code: "custom", input: value, message: "another key has this name", path: [i, "name"] });
    });
  }).optional(),
  rate_limit: z.strictObject({ per_minute: positive }).optional(),
  budget: z.strictObject({ max_cost_usd: z.number().min(0), max_tokens: z.number().int().min(0) }).partial().optional(),
  retention: z.strictObject({
    keep_days: positive.optional(),
    keep_last: z.number().int().min(0).optional(),
    protect_labels: z.array(z.string()).default([]),
  }).default({ protect_labels: [] }),
  features: z.strictObject({ simulatedUserMode: z.boolean() }).partial().optional(),
  queue: z.strictObject({ engine: z.enum(["embedded", "bullmq"]) }).default({ engine: "embedded" }),
});

/** The configuration with its defaults. */
export type ServerConfig = z.output<typeof configSchema> & {
  /** Absolute path of the folder that relative paths in it start from. */
  readonly folder: string;
};

/** What the configuration says of one provider. */
export type ProviderConfig = ServerConfig["providers"][string];

/**
 * Reads the configuration. A missing file is an empty one, unless it was asked for by name.
 *
 * @param required whether the user named the file
 * @throws {SimError} `missing_config`, or all issues of the file with their places
 */
export function readConfig(file: string, required: boolean): ServerConfig {
  let text: string;
  try {
    text = Deno.readTextFileSync(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    if (required) {
      throw new SimError("missing_config", `there is no configuration file '${file}'`, {
        hint: "correct --config, or leave it out to use the defaults",
      });
    }
    return { ...configSchema.parse({}), folder: Deno.cwd() };
  }
  const { value, issues, locate } = readYaml(text, file);
  // A file in which everything is commented out has the defaults.
  const empty = issues.length === 1 && issues[0]!.code === "empty_file";
  if (!empty && issues.some((issue) => issue.severity === "error")) throw issuesError(issues);
  const parsed = configSchema.safeParse(value ?? {});
  if (!parsed.success) {
    throw issuesError(parsed.error.issues.flatMap((issue) => configIssues(issue, value as Json, locate)));
  }
  if (parsed.data.queue.engine === "bullmq") {
    throw new SimError("not_supported_yet", `${file}: queue.engine 'bullmq' is not supported yet`, {
      hint: "use 'embedded' or leave it out",
    });
  }
  return { ...parsed.data, folder: dirname(resolve(file)) };
}

function configIssues(
  issue: z.core.$ZodIssue,
  root: Json,
  locate: (path: IssuePath) => Partial<Issue>,
): Issue[] {
  const path = issue.path.map((step) => typeof step === "symbol" ? String(step) : step);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key): Issue => ({
      severity: "error",
      code: "unknown_key",
      message: `unknown key '${key}'`,
      hint: keyHint(path, key),
      path: [...path, key],
      ...locate([...path, key]),
    }));
  }
  // Of alternatives the one was meant that has the least against it.
  const [meant] = issue.code === "invalid_union" ? issue.errors.toSorted((a, b) => a.length - b.length) : [];
  if (meant !== undefined) {
    return meant.flatMap((inner) => configIssues({ ...inner, path: [...issue.path, ...inner.path] }, root, locate));
  }
  const { message, hint } = problemOf(issue, valueAt(root, path));
  return [{
    severity: "error",
    code: "bad_config",
    message: `${path.join(".")}: ${message}`,
    ...(hint !== undefined && { hint }),
    path,
    ...locate(path),
  }];
}

/** What is wrong with a value, in words. Texts are not repeated: one of them may be a key that is in the wrong place. */
function problemOf(issue: z.core.$ZodIssue, value: Json | undefined): { message: string; hint?: string } {
  switch (issue.code) {
    case "invalid_type":
      return { message: value === undefined ? `is missing; it is a ${issue.expected}` : issue.message };
    case "too_small":
    case "too_big": {
      if (typeof value !== "number") return { message: issue.message };
      const bound = issue.code === "too_small"
        ? `${issue.inclusive ? "at least" : "above"} ${issue.minimum}`
        : `${issue.inclusive ? "at most" : "below"} ${issue.maximum}`;
      return { message: `must be ${bound}, not ${value}` };
    }
    case "invalid_value":
      return {
        message: `must be one of ${issue.values.map(String).join(", ")}`,
        ...(typeof value === "string" && { hint: didYouMean(value, issue.values.map(String)) }),
      };
    case "invalid_key":
      return { message: issue.issues[0]?.message ?? issue.message };
    default:
      return { message: issue.message };
  }
}

function valueAt(root: Json, path: IssuePath): Json | undefined {
  return path.reduce<Json | undefined>((value, step) => {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    return (value as { readonly [key: string | number]: Json })[step];
  }, root);
}

function keyHint(path: IssuePath, key: string): string {
  if (path[0] === "api_keys" && key === "key") {
    return "keys are not written into files: put its hash here: key_hash: sha256:… (printf %s KEY | sha256sum)";
  }
  if (path[0] === "providers" && /key|secret|token$/i.test(key)) {
    return "keys are not written into files: put it into an environment variable, and its name here: api_key_env: NAME";
  }
  return didYouMean(key, keysAt(path));
}

/** The keys that a map at `path` may have. */
function keysAt(path: IssuePath): string[] {
  let schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as JsonObject;
  for (const step of path) {
    const properties = (schema.properties ?? {}) as JsonObject;
    const below = typeof step === "number" ? schema.items : properties[step] ?? schema.additionalProperties;
    // The keys of an alternative are told by what is missing.
    if (typeof below !== "object" || below === null) return [];
    schema = below as JsonObject;
  }
  const alternatives = (schema.anyOf ?? [schema]) as readonly JsonObject[];
  return alternatives.flatMap(({ properties }) => Object.keys((properties ?? {}) as JsonObject));
}
