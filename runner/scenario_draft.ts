/** What is said of the draft of a scenario's file while it is edited: findings, its values, and what it is with its bases. */

import { type Issue, type Json, SimError } from "../framework/mod.ts";
import { PlanTree } from "../framework/conversation/mod.ts";
import { type MergedScenario, mergedScenario, readYaml, type Setting } from "../framework/scenario/mod.ts";
import type { App } from "./app.ts";
import type { DomainRegistry } from "./domains.ts";
import { containedReader, prepareScenario } from "./prepare.ts";
import type { RunConfig } from "./store/mod.ts";

/** A draft. */
export interface ScenarioDraft {
  readonly repo: string;
  /** The file that it is a draft of, which need not exist: what the text refers to is looked for beside it. */
  readonly config: string;
  readonly text: string;
  readonly set?: readonly Setting[];
  readonly lenient?: boolean;
}

/** What a file in the folder of scenarios may be. */
export type DraftKind = "scenario" | "batch" | "plan";

/** What is said of it. */
export interface DraftFindings {
  readonly kind: DraftKind;
  /** The file that it is a draft of; findings may be about others, which it extends. */
  readonly file: string;
  readonly issues: readonly Issue[];
  /** Absent where there are errors, or where it is no scenario. */
  readonly config?: RunConfig;
  readonly agents: readonly string[];
  /** What the text says, without its bases; null: it cannot be read. */
  readonly written: Json;
  /** With what it extends; null: it extends nothing, or that cannot be read. */
  readonly merged: MergedScenario | null;
}

/** Looks at it. @throws {SimError} `unknown_domain`, `broken_repo`, `bad_config_path` */
export async function lookAtDraft(app: App, domains: DomainRegistry, draft: ScenarioDraft): Promise<DraftFindings> {
  const { repo, config, text } = draft;
  const file = await app.scenarioFiles.place(repo, config);
  const { value: written = null } = readYaml(text, file);
  const kind = kindOf(written, config);
  const known = { kind, file, written, agents: [], merged: null };
  if (kind === "batch") return { ...known, issues: await found(() => batchIssues(app, text, file)) };
  if (kind === "plan") return { ...known, issues: await found(() => void PlanTree.read(written)) };
  const { set, lenient } = draft;
  const source = { text, file, ...(set && { set }), ...(lenient !== undefined && { lenient }) };
  const extendsAny = isMap(written) && typeof written.extends === "string";
  const merged = extendsAny ? await mergedScenario(text, file, containedReader(domains, file)) : null;
  try {
    const prepared = await prepareScenario(domains, source);
    return {
      ...known,
      merged,
      issues: prepared.issues,
      agents: prepared.agents,
      ...(prepared.config && { config: prepared.config }),
    };
  } catch (error) {
    return { ...known, merged, issues: issuesOf(error) };
  }
}

/** By its sections. A text that cannot be read is what its folder says. */
function kindOf(written: Json, config: string): DraftKind {
  if (isMap(written) && Object.hasOwn(written, "batch")) return "batch";
  const isAmongPlans = /(^|\/)plans\//.test(config);
  const isScenario = isMap(written) && ["simulation", "extends", "conversation"].some((key) => key in written);
  return isAmongPlans && !isScenario ? "plan" : "scenario";
}

/** Findings about a batch: a note of how many runs it is where there are none. */
async function batchIssues(app: App, text: string, file: string): Promise<Issue[]> {
  const spec = await app.batches.read(file, text);
  const { runs, cells } = await app.batches.check(spec);
  return [{
    severity: "note",
    code: "batch_size",
    message: `a batch of ${runs} ${runs === 1 ? "run" : "runs"} in ${cells.length} ${
      cells.length === 1 ? "cell" : "cells"
    }`,
    file,
    line: 1,
  }];
}

async function found(work: () => void | Issue[] | Promise<Issue[]>): Promise<readonly Issue[]> {
  try {
    return await work() ?? [];
  } catch (error) {
    return issuesOf(error);
  }
}

/** What cannot even be loaded is a finding too; a domain that is broken is none about a text. */
function issuesOf(error: unknown): readonly Issue[] {
  if (!(error instanceof SimError) || error.code === "broken_repo") throw error;
  if (error.issues.length > 0) return error.issues;
  const { code, message, hint } = error;
  return [{ severity: "error", code, message, ...(hint !== undefined && { hint }) }];
}

function isMap(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
