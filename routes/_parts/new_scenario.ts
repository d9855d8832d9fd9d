/** What a new scenario file begins with. */

import { type DomainDescription, SimError } from "../../framework/mod.ts";
import { editedScenario } from "../../runner/mod.ts";
import type { RequestContext } from "../../server/mod.ts";

/** How a new file is made: of a template of the domain, of a file's text, or of no more than a reference to a file. */
export const HOWS = ["template", "copy", "extend"] as const;
/** One of {@linkcode HOWS}. */
export type How = typeof HOWS[number];

/** What is asked for. */
export interface NewScenario {
  readonly repo: string;
  readonly how: How;
  /** Name of the template. */
  readonly template: string;
  /** The file that is copied or extended, as its domain names it. */
  readonly from: string;
  /** Name of the new file. */
  readonly name: string;
}

/** The name with the ending that files of scenarios have. */
export function fileName(name: string): string {
  const trimmed = name.trim();
  return /\.ya?ml$/i.test(trimmed) ? trimmed : `${trimmed}.yaml`;
}

/** A name that no file has: the wanted one, or with a number. */
export function freeName(wanted: string, taken: Iterable<string>): string {
  const names = new Set([...taken].map((each) => each.slice(each.lastIndexOf("/") + 1).toLowerCase()));
  for (let n = 1;; n++) {
    const name = n === 1 ? `${wanted}.yaml` : `${wanted}_${n}.yaml`;
    if (!names.has(name.toLowerCase())) return name;
  }
}

/**
 * The text of the new file, in which it has its own name.
 * @throws {SimError} `unknown_template`, `no_scenario`, and what reading the other file throws
 */
export async function newText(
  { app }: RequestContext,
  { repo, how, template, from, name }: NewScenario,
): Promise<string> {
  const own = fileName(name).replace(/\.ya?ml$/i, "");
  if (how === "template") {
    const domain = await app.describeDomain(repo);
    const { templates } = domain;
    if (template === "") return sectionsOf(domain, own);
    if (!Object.hasOwn(templates, template)) {
      throw new SimError("unknown_template", `'${repo}' has no template '${template.slice(0, 100)}'`);
    }
    return await named(templates[template]!, own);
  }
  if (from === "") throw new SimError("no_scenario", "no scenario was chosen", { hint: "choose one" });
  const { text, config } = await app.scenarioFiles.read(repo, from);
  if (how === "copy") return await named(text, own);
  // The new file lies in the same folder as others of its domain.
  return `extends: ${config.slice(config.lastIndexOf("/") + 1)}\n\nsimulation:\n  name: ${own}\n`;
}

/** The sections that every scenario has, with the first component of each kind. */
function sectionsOf({ name: repo, engines, validators, agents }: DomainDescription, name: string): string {
  const type = (components: readonly { readonly type: string }[]) => components[0]?.type ?? "";
  return [
    `domain: ${repo}`,
    "",
    "simulation:",
    `  name: ${name}`,
    "  max_turns: 100",
    "",
    "engine:",
    `  type: ${type(engines)}`,
    "",
    "validator:",
    `  type: ${type(validators)}`,
    "",
    "agents:",
    "  - name: A",
    `    type: ${type(agents)}`,
    "",
  ].join("\n");
}

/** The text with another name. One that is no scenario, or cannot be read, stays as it is. */
async function named(text: string, name: string): Promise<string> {
  if (!/^simulation:/m.test(text)) return text;
  try {
    return await editedScenario(text, ["simulation", "name"], name);
  } catch (error) {
    if (error instanceof SimError) return text;
    throw error;
  }
}
