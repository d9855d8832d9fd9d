/** Scenario files with what they say of themselves, for a page that lists them all. */

import type { Json, JsonObject } from "../framework/mod.ts";
import { readYaml } from "../framework/scenario/mod.ts";
import type { App } from "../runner/mod.ts";
import { scenarioNames } from "./scenario_files.ts";
import { kindOfText, type ScenarioKind } from "./tree.ts";

/** A scenario file in a list. */
export interface ScenarioLine {
  readonly repo: string;
  readonly config: string;
  readonly kind: ScenarioKind;
  /** Its own, without `name` and `description` where it has none or cannot be read. */
  readonly name?: string;
  readonly description?: string;
}

type Words = Omit<ScenarioLine, "repo" | "config">;

/** Bytes up to which a file is read for its words. */
const MOST = 1 << 18;

const known = new Map<string, { readonly stamp: string; readonly words: Words }>();

/** All scenario files, by domain and name. Only those that have changed since the last time are read. */
export function scenarioList(app: App): ScenarioLine[] {
  return scenarioNames(app).map(({ repo, config, path }) => ({ repo, config, ...wordsIn(path) }));
}

function wordsIn(path: string): Words {
  try {
    const { mtime, size } = Deno.statSync(path);
    const stamp = `${mtime?.getTime()} ${size}`;
    const before = known.get(path);
    if (before?.stamp === stamp) return before.words;
    const words = size > MOST ? { kind: "scenario" as const } : wordsOf(Deno.readTextFileSync(path), path);
    known.set(path, { stamp, words });
    return words;
  } catch {
    // Gone since it was listed, or not for this user: who opens it is told.
    return { kind: "scenario" };
  }
}

function wordsOf(text: string, path: string): Words {
  const kind = kindOfText(text);
  const whole = readYaml(text, path).value ?? null;
  const section = mapOf(mapOf(whole)[kind === "batch" ? "batch" : "simulation"] ?? null);
  const { name, description } = section;
  return {
    kind,
    ...(typeof name === "string" && { name }),
    ...(typeof description === "string" && { description }),
  };
}

function mapOf(value: Json): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as JsonObject : {};
}
