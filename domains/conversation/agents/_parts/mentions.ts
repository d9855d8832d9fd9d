/** Whether a message says what its wish is about: an agent cannot know what nobody tells it. */

import type { Json } from "llm-sim";
import type { ActionCatalogue, ActionSpec, ParameterSchema } from "llm-sim/conversation";
import { plainWords } from "./words.ts";

/**
 * Parameters of `action` whose values `message` does not have: names and ids. What is free text may be said in other
 * words, and what is one of a few values too; an id is also said by the name of what it stands for.
 *
 * @param names what ids stand for, by id
 */
export function unmentioned(
  { name, parameters }: ActionSpec,
  message: string,
  catalogue: ActionCatalogue,
  names: ReadonlyMap<string, string>,
): string[] {
  const said = plainWords(message);
  const schemas = catalogue[name]?.parameters ?? {};
  return Object.keys(parameters).filter((parameter) => {
    const schema = Object.hasOwn(schemas, parameter) ? schemas[parameter]! : null;
    return schema !== null && !valuesOf(schema, parameters[parameter]!).every((value) => isSaid(value, schema));
  });

  function isSaid(value: string, { type }: ParameterSchema): boolean {
    if (says(said, value)) return true;
    const known = type === "string" ? undefined : names.get(value);
    return known !== undefined && says(said, known);
  }
}

/** What of a value must be said. */
function valuesOf({ type, enum: choices, items = "string" }: ParameterSchema, value: Json): readonly string[] {
  if (type === "id" || (type === "string" && choices === undefined)) return value === null ? [] : [String(value)];
  const isNamed = type === "list" && (items === "string" || items === "id");
  return isNamed && Array.isArray(value) ? value.filter((one) => typeof one !== "object").map(String) : [];
}

/** The names that an outline gives to ids: its lines `- [3] Beta test`. */
export function namesInOutline(outline: string): Map<string, string> {
  return new Map([...outline.matchAll(/^\s*- \[([^\]\n]+)\] (.+)$/gm)].map(([, id, name]) => [id!, name!.trim()]));
}

/** Whether `value` is a part of `said` and no part of a longer word or number. */
function says(said: string, value: string): boolean {
  const wanted = plainWords(value);
  return wanted === "" || ` ${said} `.includes(` ${wanted} `);
}
