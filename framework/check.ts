/** Checks a resolved scenario against a domain: components exist, configs fit their schemas, constructors accept them. */

import { checkAgents } from "./check_agents.ts";
import { type ComponentKind, type ComponentStatics, configSchema, type Domain, resolveComponent } from "./domain.ts";
import { HumanAgent } from "./human.ts";
import type { JsonObject } from "./json.ts";
import { didYouMean, type Issue, type IssuePath, SimError } from "./issue.ts";
import { SimulationOrchestrator } from "./orchestrator.ts";
import type { ResolvedScenario } from "./scenario/resolved.ts";
import type { z } from "zod";

/** All findings; empty when the domain can run the scenario. Paths are those of the resolved scenario. */
export function checkScenario(domain: Domain, scenario: ResolvedScenario): Issue[] {
  const issues = [
    ...checkComponent(domain, "engine", scenario.engine, ["engine"], scenario),
    ...checkComponent(domain, "validator", scenario.validator, ["validator"], scenario),
    ...scenario.agents.flatMap((agent, i) => checkAgent(domain, agent, ["agents", i], scenario)),
    ...scenario.interventions.flatMap(({ add_agent }, i) => {
      const path = ["interventions", i, "add_agent"];
      return add_agent ? checkAgent(domain, { config: {}, ...add_agent }, path, scenario) : [];
    }),
  ];
  if (issues.length > 0) return issues;
  const ofAgents = checkAgents(domain, scenario);
  if (ofAgents.length > 0) return ofAgents;
  try {
    new SimulationOrchestrator({ domain, scenario, run_id: "check" });
    return [];
  } catch (error) {
    const known = error instanceof SimError ? error : undefined;
    return [{
      severity: "error",
      code: known?.code ?? "bad_scenario",
      message: error instanceof Error ? error.message : String(error),
      path: [],
      ...(known?.hint !== undefined && { hint: known.hint }),
    }];
  }
}

/** A person's agent may have a rule, which is an agent of the domain's own. */
function checkAgent(
  domain: Domain,
  entry: { readonly type: string; readonly config: JsonObject },
  path: IssuePath,
  scenario: ResolvedScenario,
): Issue[] {
  const issues = checkComponent(domain, "agent", entry, path, scenario);
  const rule = entry.config.rule as { readonly type: string; readonly config?: JsonObject } | null | undefined;
  if (issues.length > 0 || !rule || resolveComponent(domain, "agent", entry.type).name !== HumanAgent.name) {
    return issues;
  }
  const at = [...path, "config", "rule"];
  const ofRule = checkComponent(domain, "agent", { config: {}, ...rule }, at, scenario);
  if (ofRule.length > 0 || resolveComponent(domain, "agent", rule.type).name !== HumanAgent.name) return ofRule;
  const hint = "name an agent type of the domain, or leave the rule out";
  return [{
    severity: "error",
    code: "bad_setting",
    message: "the rule of a person is a person again",
    path: at,
    hint,
  }];
}

function checkComponent(
  domain: Domain,
  kind: ComponentKind,
  entry: { readonly type: string; readonly config: unknown },
  path: IssuePath,
  scenario: ResolvedScenario,
): Issue[] {
  let component;
  try {
    component = resolveComponent(domain, kind, entry.type);
  } catch (error) {
    const { code, message, hint } = error as SimError;
    return [{ severity: "error", code, message, path: [...path, "type"], ...(hint !== undefined && { hint }) }];
  }
  const missing = (["agent_vars", "global_vars"] as const).flatMap((group) =>
    (component.requires?.[group] ?? [])
      .filter((name) => !Object.hasOwn(scenario.state_variables[group], name))
      .map((name): Issue => ({
        severity: "error",
        code: "missing_variable",
        message: `${kind} '${entry.type}' needs the ${group === "agent_vars" ? "agent" : "global"} variable '${name}'`,
        hint: `declare it under state_variables.${group}`,
        path: ["state_variables", group],
      }))
  );
  const parsed = configSchema(component).safeParse(entry.config);
  return [
    ...missing,
    ...(parsed.success
      ? []
      : parsed.error.issues.flatMap((issue) => configIssues(issue, component, kind, entry, path))),
  ];
}

function configIssues(
  issue: z.core.$ZodIssue,
  component: ComponentStatics,
  kind: ComponentKind,
  entry: { readonly type: string; readonly config: unknown },
  path: IssuePath,
): Issue[] {
  const at = [...path, "config", ...issue.path.map((step) => typeof step === "symbol" ? String(step) : step)];
  if (issue.code === "unrecognized_keys") {
    const shape = (component.config as { shape?: Record<string, unknown> } | undefined)?.shape ?? {};
    return issue.keys.map((key): Issue => ({
      severity: "error",
      code: "unknown_key",
      message: `${kind} '${entry.type}' has no setting '${key}'`,
      hint: didYouMean(key, Object.keys(shape)),
      path: [...at, key],
    }));
  }
  const value = issue.path.reduce<unknown>(
    (inner, step) =>
      inner === null || typeof inner !== "object" ? undefined : (inner as Record<PropertyKey, unknown>)[step],
    entry.config,
  );
  const found = value === undefined ? "" : ` (found ${JSON.stringify(value)})`;
  return [{
    severity: "error",
    code: "bad_setting",
    message: `${kind} '${entry.type}': ${issue.path.join(".") || "config"}: ${issue.message}${found}`,
    path: at,
  }];
}
