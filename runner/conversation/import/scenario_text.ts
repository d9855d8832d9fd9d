/** Scenarios that imports write. */

import { stringify } from "yaml";
import type { ActionCatalogue } from "../../../framework/conversation/mod.ts";
import { SCENARIO_LIMITS } from "../../../framework/scenario/mod.ts";

/** What a file that is imported does not say. */
export interface ImportOptions {
  /** Name of the simulation. */
  readonly name: string;
  /** What user and agent are shown of the place, such as a policy. Default: one sentence. */
  readonly outline?: string;
  /** Actions that are known; those it lacks are inferred from calls of them. */
  readonly catalogue?: ActionCatalogue;
}

/** A scenario and what it could not take over. */
export interface ImportedScenario {
  /** YAML text. */
  readonly scenario: string;
  /** What is not in it, or had to be assumed, a sentence each. */
  readonly notes: readonly string[];
}

/** Characters that the title of an environment may have. */
const LONGEST_TITLE = 200;

/** Cases that a scenario may have. */
const MOST_CASES = SCENARIO_LIMITS.conditions * 10;

/** What a scenario of conversations says besides its environment. */
export interface WrittenSection {
  readonly cases: readonly object[];
  readonly [key: string]: unknown;
}

/** A scenario of conversations among `catalogue`'s actions, whose effects are elsewhere. */
export function writeScenario(
  { name, outline }: ImportOptions,
  title: string,
  catalogue: ActionCatalogue,
  section: WrittenSection,
  notes: readonly string[],
): ImportedScenario {
  const environment = {
    title: title.slice(0, LONGEST_TITLE),
    outline: outline ?? `Actions of ${title}; they take effect elsewhere.`,
    actions: catalogue,
  };
  const written = { domain: "conversation", simulation: { name }, conversation: { environment, ...section } };
  const scenario = stringify(written, { lineWidth: 110, aliasDuplicateObjects: false });
  const bytes = new TextEncoder().encode(scenario).length;
  const limits: string[] = [];
  if (section.cases.length > MOST_CASES) {
    limits.push(`${section.cases.length} cases, of which ${MOST_CASES} are loaded`);
  }
  if (bytes > SCENARIO_LIMITS.bytes) limits.push(`${bytes} bytes, of which ${SCENARIO_LIMITS.bytes} are loaded`);
  const tooLarge = limits.map((limit) => `the scenario has ${limit} at most: import the file in parts`);
  return { scenario, notes: [...notes, ...tooLarge] };
}
