/** Tools for scenarios: what there is, whether one is right, and new ones. */

import { z } from "zod";
import { formatIssue, formatPath } from "../../../framework/mod.ts";
import { config, repo } from "../shapes.ts";
import { tool } from "../tool.ts";
import { linesText } from "../words.ts";
import { writeScenario as write } from "../written_scenario.ts";
import { source, sourceOf } from "./steering.ts";

/** Scenarios or issues in one answer. */
const MOST = 200;

const issue = z.object({
  severity: z.enum(["error", "warning", "note"]),
  code: z.string(),
  message: z.string(),
  path: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
  hint: z.string().optional(),
});

type Finding = Parameters<typeof formatIssue>[0];

function issueOf({ severity, code, message, path, line, column, hint }: Finding): z.input<typeof issue> {
  return {
    severity,
    code,
    message: message.slice(0, 500),
    ...(path && path.length > 0 && { path: formatPath(path) }),
    ...(line !== undefined && { line }),
    ...(column !== undefined && { column }),
    ...(hint !== undefined && { hint: hint.slice(0, 500) }),
  };
}

/** `list_scenarios`. */
export const listScenarios = tool({
  name: "list_scenarios",
  title: "List scenarios",
  description:
    "Scenarios that start_simulation can start, by repo and config. scenario://{repo}/{config} is the text of one.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject({ repo: repo.optional() }),
  output: z.object({
    scenarios: z.array(z.object({
      repo: z.string(),
      config: z.string(),
      name: z.string(),
      description: z.string().nullable(),
      valid: z.boolean(),
    })),
    omitted: z.int().optional(),
  }),
  async call({ repo }, { app }) {
    const all = await app.scenarios(repo);
    const scenarios = all.slice(0, MOST).map(({ repo, config, name, description, issues }) => ({
      repo,
      config,
      name: name.slice(0, 80),
      description: description?.slice(0, 100) ?? null,
      valid: issues.every(({ severity }) => severity !== "error"),
    }));
    const omitted = all.length - scenarios.length;
    return {
      value: { scenarios, ...(omitted > 0 && { omitted }) },
      text: all.length === 0 ? "no scenarios" : linesText(
        scenarios.map(({ repo, config, description, valid }) =>
          `${repo} ${config}${valid ? "" : " (has errors)"}${description === null ? "" : `: ${description}`}`
        ),
        60,
      ),
    };
  },
});

/** `validate_scenario`. */
export const validate = tool({
  name: "validate_scenario",
  title: "Check a scenario",
  description:
    "All that is wrong with a scenario, by line and path, without starting it. Takes repo and config, or its text.",
  scope: "read",
  effect: { readOnly: true, idempotent: true },
  input: z.strictObject(source),
  output: z.object({
    valid: z.boolean(),
    issues: z.array(issue),
    agents: z.array(z.string()),
    omitted: z.int().optional(),
  }),
  async call(given, { app }) {
    const { issues, agents } = await app.validate(await sourceOf(app, given));
    const errors = issues.filter(({ severity }) => severity === "error");
    const omitted = Math.max(0, issues.length - 30);
    return {
      value: {
        valid: errors.length === 0,
        issues: issues.slice(0, 30).map(issueOf),
        agents: agents.slice(0, 100).map((name) => name.slice(0, 100)),
        ...(omitted > 0 && { omitted }),
      },
      text: linesText([
        errors.length === 0 ? "it can run" : `it cannot run: ${errors.length} error${errors.length === 1 ? "" : "s"}`,
        ...issues.map((each) => formatIssue(each).slice(0, 500)),
      ], 15),
    };
  },
});

/** `write_scenario`. */
export const writeScenario = tool({
  name: "write_scenario",
  title: "Write a scenario",
  description:
    "Saves the text of a scenario under a name, so that start_simulation can start it. Creates it; replaces one " +
    "that is there only with `overwrite`. A text that has errors is not saved: it says which.",
  scope: "edit",
  effect: { destructive: true, idempotent: true },
  input: z.strictObject({
    repo,
    config: config.describe("name of the file, such as my_growth.yaml"),
    scenario: z.string().min(1).max(1 << 20).describe("its text (YAML)"),
    overwrite: z.boolean().default(false),
  }),
  output: z.object({
    repo: z.string(),
    config: z.string(),
    uri: z.string(),
    created: z.boolean(),
    issues: z.array(issue),
  }),
  async call({ repo, config: file, scenario, overwrite }, { app }) {
    const { name, created, issues } = await write(app, { repo, config: file, text: scenario, overwrite });
    const config = `scenarios/${name}`;
    const uri = `scenario://${repo}/${config}`;
    return {
      value: { repo, config, uri, created, issues: issues.slice(0, 30).map(issueOf) },
      text: linesText([
        `${created ? "created" : "replaced"} ${config} of ${repo}: start_simulation can start it`,
        ...issues.map((each) => formatIssue(each).slice(0, 500)),
      ], 15),
      links: [{ uri, name, mimeType: "application/yaml", description: "its text" }],
    };
  },
});
