/** `llm-sim.yaml`: domains outside this repository, limits and places (`formats.md` §5). */

import { didYouMean, type Issue, type IssuePath, issuesError, SimError } from "../framework/mod.ts";
import { dirname, resolve } from "node:path";
import { z } from "zod";
import { readYaml } from "../framework/scenario/mod.ts";

const name = z.string().regex(/^[a-z][a-z0-9_]*$/, "must be lower case letters, digits and '_'");
const positive = z.number().positive();

const configSchema = z.strictObject({
  server: z.strictObject({ host: z.string(), port: z.number().int().min(0).max(65535), base_url: z.string() }).partial()
    .optional(),
  simulation_repos: z.array(z.strictObject({ name, path: z.string().min(1), python_path: z.string().optional() }))
    .default([]),
  max_concurrent: z.number().int().min(1).max(1000).default(5),
  poll_interval: positive.default(1),
  output_root: z.string().min(1).optional(),
  providers: z.record(z.string(), z.json()).optional(),
  http_allow: z.array(z.string()).optional(),
  api_keys: z.array(z.json()).optional(),
  rate_limit: z.strictObject({ per_minute: positive }).optional(),
  budget: z.strictObject({ max_cost_usd: z.number().min(0) }).optional(),
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
    throw issuesError(parsed.error.issues.flatMap((issue) => configIssues(issue, locate)));
  }
  if (parsed.data.queue.engine === "bullmq") {
    throw new SimError("not_supported_yet", `${file}: queue.engine 'bullmq' is not supported yet`, {
      hint: "use 'embedded' or leave it out",
    });
  }
  return { ...parsed.data, folder: dirname(resolve(file)) };
}

function configIssues(issue: z.core.$ZodIssue, locate: (path: IssuePath) => Partial<Issue>): Issue[] {
  const path = issue.path.map((step) => typeof step === "symbol" ? String(step) : step);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key): Issue => ({
      severity: "error",
      code: "unknown_key",
      message: `unknown key '${key}'`,
      ...(path.length === 0 && { hint: didYouMean(key, Object.keys(configSchema.shape)) }),
      path: [...path, key],
      ...locate([...path, key]),
    }));
  }
  return [{
    severity: "error",
    code: "bad_config",
    message: `${path.join(".")}: ${issue.message}`,
    path,
    ...locate(path),
  }];
}
