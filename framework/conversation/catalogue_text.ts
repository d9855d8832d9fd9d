/** A catalogue of actions as models are told it: in a prompt, or as tools of a chat. */

import type { Json, JsonObject } from "../json.ts";
import type { ActionCatalogue, ParameterSchema, ParameterType } from "./catalogue.ts";

/** A tool as chat completion services take it. */
export interface ActionTool {
  /** The only kind of tool there is. */
  readonly type: "function";
  /** The action. */
  readonly function: {
    /** Name of the action. */
    readonly name: string;
    /** What it does. */
    readonly description: string;
    /** JSON Schema of its arguments. */
    readonly parameters: JsonObject;
  };
}

/** Actions with their parameters as Markdown, by kind; `only` these, when they are named. */
export function catalogueText(catalogue: ActionCatalogue, options: { readonly only?: readonly string[] } = {}): string {
  const names = Object.keys(catalogue).filter((name) => options.only?.includes(name) ?? true);
  const kinds = [...new Set(names.map((name) => catalogue[name]!.kind))];
  return kinds.map((kind) => {
    const lines = names.filter((name) => catalogue[name]!.kind === kind).flatMap((name) =>
      actionLines(catalogue, name)
    );
    return [`### ${kind}`, ...lines].join("\n");
  }).join("\n\n");
}

/** The actions as tools that a model may call. */
export function toolsOf(catalogue: ActionCatalogue): readonly ActionTool[] {
  return Object.entries(catalogue).map(([name, { description, parameters, alone }]) => ({
    type: "function",
    function: {
      name,
      description: alone ? `${description} ${ALONE}` : description,
      parameters: {
        type: "object",
        properties: Object.fromEntries(Object.entries(parameters).map(([key, about]) => [key, jsonSchema(about)])),
        required: Object.keys(parameters).filter((key) => parameters[key]!.required),
        additionalProperties: false,
      },
    },
  }));
}

const ALONE = "Must be the only action of a turn.";

function actionLines(catalogue: ActionCatalogue, name: string): string[] {
  const { description, parameters, alone } = catalogue[name]!;
  return [
    `- \`${name}\`: ${description}${alone ? ` ${ALONE}` : ""}`,
    ...Object.entries(parameters).map(([key, about]) => `  - \`${key}\` (${facts(about)}): ${about.description}`),
  ];
}

function facts(about: ParameterSchema): string {
  const type = about.items === undefined ? about.type : `list of ${about.items}`;
  return [
    type,
    about.required ? "required" : "optional",
    ...(about.enum === undefined ? [] : [`one of ${about.enum.join(", ")}`]),
    ...(about.default === undefined ? [] : [`default ${JSON.stringify(about.default)}`]),
  ].join(", ");
}

/** JSON types by parameter type. */
const JSON_TYPES: { readonly [T in ParameterType]: Json } = {
  string: "string",
  text: "string",
  integer: "integer",
  number: "number",
  boolean: "boolean",
  date: "string",
  id: ["integer", "string"],
  list: "array",
  object: "object",
};

function jsonSchema(about: ParameterSchema): JsonObject {
  const dated = about.type === "date" ? " As in 2026-11-26 or 2026-11-26T09:30:00Z." : "";
  return {
    type: JSON_TYPES[about.type],
    description: about.description + dated,
    ...(about.type === "list" ? { items: about.items === undefined ? {} : { type: JSON_TYPES[about.items] } } : {}),
    ...(about.enum === undefined ? {} : { enum: about.enum }),
    ...(about.default === undefined ? {} : { default: about.default }),
  };
}
