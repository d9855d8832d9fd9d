/** The prompt template of a component: the scenario's, or else its class's own. */

import type { PromptFile } from "../scenario/resolved.ts";
import { PromptTemplate } from "./template.ts";

/** Placeholders of a template, name → meaning. */
export type Placeholders = { readonly [name: string]: string };

/** What is put in their place. */
export type PromptValues = { readonly [name: string]: string };

/** What a class of components says about its prompt. */
interface PromptStatics {
  readonly name: string;
  readonly placeholders: Placeholders;
}

/** Templates of classes, by their text. */
const templates = new WeakMap<PromptStatics, Map<string, PromptTemplate>>();

/**
 * The template that a component of this class uses, `given` or `own`.
 *
 * @param base placeholders that every class of this kind has
 * @throws {SimError} `bad_prompt`, naming file, line and column
 */
export function templateOf(
  component: PromptStatics,
  base: Placeholders,
  own: string,
  given: PromptFile | undefined,
): PromptTemplate {
  const placeholders = { ...base, ...component.placeholders };
  if (given !== undefined) return PromptTemplate.parse(given.text, { file: given.file, placeholders });
  const known = templates.get(component) ?? new Map<string, PromptTemplate>();
  templates.set(component, known);
  let template = known.get(own);
  if (template === undefined) {
    // Where the text comes from is not known: it is a constant of the class.
    template = PromptTemplate.parse(own, { file: `template of ${component.name}`, placeholders });
    known.set(own, template);
  }
  return template;
}
