/** Scenarios that imports write. */

import { stringify } from "yaml";
import type { ActionCatalogue } from "../../../framework/conversation/mod.ts";

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

/** The YAML of a scenario of conversations among `catalogue`'s actions, whose effects are elsewhere. */
export function scenarioText(
  { name, outline }: ImportOptions,
  title: string,
  catalogue: ActionCatalogue,
  conversation: object,
): string {
  const environment = {
    title: title.slice(0, LONGEST_TITLE),
    outline: outline ?? `Actions of ${title}; they take effect elsewhere.`,
    actions: catalogue,
  };
  const scenario = { domain: "conversation", simulation: { name }, conversation: { environment, ...conversation } };
  return stringify(scenario, { lineWidth: 110, aliasDuplicateObjects: false });
}
