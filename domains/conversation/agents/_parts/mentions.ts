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

/**
 * Whether a message hands its wish over as a call: it has the action's name as programs write it (`delete_task`), or its
 * parameters as JSON. Then no agent has to understand anything.
 */
export function speaksAsCall(message: string, { name, parameters }: ActionSpec): boolean {
  const isIdentifier = /[_.:/]|[a-z][A-Z]/.test(name);
  const words = message.split(/[^\p{L}\p{N}_.:/-]+/u).map((word) => word.replace(/[.:]+$/, ""));
  if (isIdentifier && words.includes(name)) return true;
  return Object.keys(parameters).some((parameter) => message.replace(/\s+/g, "").includes(`"${parameter}":`));
}

/** What stands for an id where an outline explains itself. */
const LEGEND = "id";

/** The names that an outline gives to ids: its lines `- [3] Beta test`. */
export function namesInOutline(outline: string): Map<string, string> {
  const lines = [...outline.matchAll(/^\s*- \[([^\]\n]+)\] (.+)$/gm)].filter(([, id]) => id !== LEGEND);
  return new Map(lines.map(([, id, name]) => [id!, name!.trim()]));
}

/** The message with ids in the place of tasks' names: `delete task "Beta test"` is `delete task 3`. */
export function withIds(message: string, names: ReadonlyMap<string, string>): string {
  return [...names].reduce(
    (text, [id, name]) =>
      text.replace(
        new RegExp(`\\btask\\s+(["'“‘]?)${RegExp.escape(name)}["'”’]?(?![\\p{L}\\p{N}])`, "giu"),
        () => `task ${id}`,
      ),
    message,
  );
}

/** Whether `value` is a part of `said` and no part of a longer word or number. */
function says(said: string, value: string): boolean {
  const wanted = plainWords(value);
  return wanted === "" || ` ${said} `.includes(` ${wanted} `);
}
