/** Reads the environment that a scenario names. */

import { z } from "zod";
import { didYouMean, formatPath, type Issue, type IssuePath, SimError } from "../issue.ts";
import type { ActionCatalogue } from "./catalogue.ts";
import type { Environment, EnvironmentSpec } from "./environment.ts";
import { listedEnvironment } from "./listed_environment.ts";
import { planEnvironment } from "./plan_environment.ts";
import { PlanTree } from "./plan_tree.ts";

const TYPES = ["string", "text", "integer", "number", "boolean", "date", "id", "list", "object"] as const;

const parameterSchema = z.strictObject({
  type: z.enum(TYPES),
  description: z.string().default(""),
  required: z.boolean().optional(),
  default: z.json().optional(),
  enum: z.array(z.string()).min(1).optional(),
  items: z.enum(TYPES).exclude(["list", "object"]).optional(),
  unordered: z.boolean().optional(),
});

const actionSchema = z.strictObject({
  kind: z.string().trim().min(1).default("action"),
  description: z.string().default(""),
  mutating: z.boolean(),
  parameters: z.record(z.string(), parameterSchema).default({}),
  alone: z.boolean().optional(),
});

const listedSchema = z.strictObject({
  title: z.string().trim().min(1),
  outline: z.string().default(""),
  actions: z.record(z.string().regex(/^[\w.-]{1,64}$/, "names are of letters, digits, '_', '-' and '.'"), actionSchema),
});

/** Keys at each depth of a listed environment, for suggestions. */
const KEYS: { readonly [depth: number]: readonly string[] } = {
  0: Object.keys(listedSchema.shape),
  2: Object.keys(actionSchema.shape),
  4: Object.keys(parameterSchema.shape),
};

/**
 * The environment of a conversation: a plan, or listed actions.
 *
 * @throws {SimError} `bad_plan` or `bad_environment` with an issue for everything that is wrong
 */
export function readEnvironment(spec: EnvironmentSpec): Environment {
  if (typeof spec === "object" && spec !== null && "plan" in spec) {
    const others = Object.keys(spec).filter((key) => key !== "plan");
    if (others.length > 0) {
      throw badEnvironment(others.map((key) => issue([key], `unknown key '${key}' beside 'plan'`)));
    }
    return planEnvironment(PlanTree.read(spec.plan));
  }
  const read = listedSchema.safeParse(spec);
  if (read.success) return listedEnvironment(read.data as { title: string; outline: string; actions: ActionCatalogue });
  throw badEnvironment(read.error.issues.flatMap((found) => {
    const path = found.path as IssuePath;
    if (found.code !== "unrecognized_keys") return [issue(path, found.message)];
    return found.keys.map((key) =>
      issue([...path, key], `unknown key '${key}'`, didYouMean(key, KEYS[path.length] ?? []))
    );
  }));
}

function issue(path: IssuePath, message: string, hint?: string): Issue {
  const code = "bad_environment";
  return { severity: "error", code, message, path, ...(hint === undefined ? {} : { hint }) };
}

function badEnvironment(issues: readonly Issue[]): SimError {
  const first = issues[0]!;
  return new SimError("bad_environment", `${formatPath(first.path ?? [])}: ${first.message}`, {
    issues,
    hint: first.hint ?? "give 'plan', or 'title', 'outline' and 'actions'",
  });
}
