/** How answers of rules are told from those of language models. */

import { clipped, REASONING_LENGTH } from "./answer_type.ts";

/** What the reasoning of a rule starts with where it stands in the place of a model's. */
export const RULE_MARK = "(rule, not a language model) ";

/** A rule's own reasoning, or else what it did, marked as a rule's. */
export function ruleReasoning(reasoning: string): string {
  return clipped(reasoning.startsWith(RULE_MARK) ? reasoning : RULE_MARK + reasoning, REASONING_LENGTH);
}
