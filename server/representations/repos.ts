/** Domains, scenarios and providers as the API shows them. */

import { z } from "zod";
import type { Issue } from "../../framework/mod.ts";
import { problemIssue } from "../problem.ts";
import { count, jsonObject } from "./json.ts";

/** A finding about a scenario. */
export const issueSchema = z.object({
  severity: z.enum(["error", "warning", "note"]),
  path: z.string(),
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
}).meta({ id: "Issue", description: "a finding about a scenario" });

/** The finding as the API shows it. */
export function issueOf(issue: Issue): z.input<typeof issueSchema> {
  return { severity: issue.severity, ...problemIssue(issue) };
}

/** A domain. */
export const repoSchema = z.object({
  name: z.string(),
  path: z.string(),
  status: z.enum(["ok", "broken"]),
  reason: z.string().nullable().meta({ description: "what is wrong with a broken one" }),
  hint: z.string().nullable().meta({ description: "what to do about it" }),
  description: z.string().nullable().meta({ description: "what it says of itself" }),
  components: z.object({ engines: count, validators: count, agents: count }).nullable(),
  scenarios: count,
}).meta({ id: "Repo" });

/** A scenario file. */
export const scenarioFileSchema = z.object({
  repo: z.string(),
  config: z.string().meta({ description: "what `POST /api/simulations` takes" }),
  path: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  issues: z.array(issueSchema),
}).meta({ id: "ScenarioFile" });

const component = z.object({
  type: z.string(),
  class: z.string(),
  description: z.string(),
  config: jsonObject.meta({ description: "JSON Schema of its config" }),
  llm: z.boolean().meta({ description: "whether it asks a model" }),
}).meta({ id: "Component" });

/** The components of a domain. */
export const componentsSchema = z.object({
  name: z.string(),
  description: z.string(),
  agents: z.array(component.extend({ kind: z.enum(["agent", "population"]) }).meta({ id: "AgentComponent" })),
  engines: z.array(component),
  validators: z.array(component),
  templates: z.record(z.string(), z.string()).meta({ description: "scenario texts to start from, by name" }),
}).meta({ id: "Components" });

/** What was found about a scenario. */
export const validationSchema = z.object({
  valid: z.boolean(),
  domain: z.string().nullable(),
  name: z.string().nullable(),
  max_turns: count.nullable(),
  agents: z.array(z.string()).meta({ description: "names of the named agents, at most 1000" }),
  issues: z.array(issueSchema),
}).meta({ id: "Validation" });

const provider = z.object({
  name: z.string(),
  about: z.string(),
  configured: z.boolean(),
  usable: z.boolean(),
  why: z.string().meta({ description: "why it is usable, or what is missing" }),
  base_url: z.string().nullable(),
  key_env: z.string().nullable().meta({ description: "the variable that holds its key" }),
  key_set: z.boolean(),
  model: z.string().nullable(),
  max_concurrency: z.number().nullable(),
  rpm: z.number().nullable(),
  tpm: z.number().nullable(),
  prices: z.object({ input: z.number(), output: z.number() }).nullable().meta({
    description: "US dollars per million tokens",
  }),
}).meta({ id: "Provider" });

/** Providers of models. */
export const providersSchema = z.object({
  default: z.object({ provider: z.string(), model: z.string().nullable() }).nullable(),
  why: z.string(),
  providers: z.array(provider),
  prices_as_of: z.string(),
}).meta({ id: "Providers" });
