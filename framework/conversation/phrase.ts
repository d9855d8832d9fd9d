/**
 * Actions as a person would ask for them, and back. The law: `readPhrase(phraseOf(action, catalogue), catalogue)` is
 * `[action]` for every action that `readAction` returned.
 */

import type { Json, JsonObject } from "../json.ts";
import type { ActionCatalogue, ParameterSchema } from "./catalogue.ts";
import { readAction } from "./normalise.ts";
import { PLAN_ACTIONS } from "./plan_catalogue.ts";
import { MARK, type Marked, marked, quoted } from "./quoted_text.ts";
import type { ActionSpec } from "./types.ts";

/** How a parameter is asked for: the words before its value, and other words that are understood. */
interface Clause {
  readonly lead: string;
  readonly also?: string;
}

/** How an action is asked for: its verb, then its parameters in this order. */
interface Phrase {
  readonly head: string;
  /** What is understood as the verb; left out: `head` alone. */
  readonly heads?: string;
  readonly clauses: { readonly [parameter: string]: Clause };
  /** Said in the place of a parameter that is left out: without that, it is not understood as left out. */
  readonly absent?: { readonly [parameter: string]: string };
}

const TASK: Clause = { lead: "task", also: "the task" };
const PLAN: Clause = { lead: "plan", also: "the plan" };

const NEW_TASK = "(?:create|add|make|insert) (?:a |an |another |the )?(?:new )?(?:sub-?)?task";

/** Requests for the actions on plans. */
const PHRASES: { readonly [action: string]: Phrase } = {
  create_plan: {
    head: "create a plan",
    heads: "(?:create|make|start) (?:a |another )?(?:new )?plan",
    clauses: { title: { lead: "titled", also: "called|named" }, description: { lead: "described as" } },
  },
  list_plans: { head: "list the plans", heads: "(?:list|show) (?:me )?(?:the |all |all the )?plans", clauses: {} },
  execute_plan: {
    head: "execute the tasks of",
    heads: "execute(?: the tasks of)?(?= (?:the )?plan)|run(?= the plan)",
    clauses: { plan_id: PLAN },
    absent: { plan_id: "the plan" },
  },
  delete_plan: { head: "delete", heads: "(?:delete|remove)(?= (?:the )?plan)", clauses: { plan_id: PLAN } },
  create_task: {
    head: "create a task",
    heads: NEW_TASK,
    clauses: {
      name: { lead: "named", also: "called|titled|with the name" },
      parent_id: { lead: "under task", also: "(?:below|beneath|inside|in|to|as a child of) (?:the )?task" },
      instruction: { lead: "with the instruction", also: "with instruction|with instructions|whose instruction is" },
      dependencies: { lead: "depending on", also: "that depends on|which depends on" },
      metadata: { lead: "with the metadata", also: "with metadata" },
      position: { lead: "at position", also: "in position" },
      anchor_task_id: { lead: "anchored at task" },
      anchor_position: { lead: "in the anchor position" },
      insert_before: { lead: "before task" },
      insert_after: { lead: "after task" },
    },
  },
  update_task: {
    head: "update",
    heads: "(?:update|change|edit)(?= (?:the )?task)",
    clauses: {
      task_id: TASK,
      name: { lead: "setting its name to", also: "set its name to|(?:and )?rename it to" },
      instruction: { lead: "setting its instruction to", also: "set its instruction to" },
      dependencies: { lead: "making it depend on", also: "make it depend on" },
      metadata: { lead: "setting its metadata to", also: "set its metadata to" },
    },
  },
  update_task_instruction: {
    head: "change the instruction of",
    heads: "(?:change|update|set|replace) the instructions? (?:of|for)",
    clauses: { task_id: TASK, instruction: { lead: "to", also: "with|so that it says" } },
  },
  move_task: {
    head: "move",
    heads: "move(?= (?:the )?task)",
    clauses: {
      task_id: TASK,
      new_parent_id: { lead: "under task", also: "(?:below|beneath|inside|in|to|as a child of) (?:the )?task" },
      new_position: { lead: "at position", also: "to position" },
    },
    absent: { new_parent_id: "to the top level" },
  },
  delete_task: { head: "delete", heads: "(?:delete|remove|drop)(?= (?:the )?task)", clauses: { task_id: TASK } },
  show_tasks: { head: "show the tasks", heads: "(?:show|list) (?:me )?(?:the |all |all the )?tasks", clauses: {} },
  query_status: {
    head: "report the status of the plan",
    heads: "(?:report|show|tell) (?:me )?the status",
    clauses: {},
  },
  rerun_task: { head: "rerun", heads: "(?:re-?run|redo)(?= (?:the )?task)", clauses: { task_id: TASK } },
  decompose_task: {
    head: "decompose",
    heads: "(?:decompose|break down|split)(?= (?:the )?(?:task|plan))",
    clauses: {
      task_id: TASK,
      expand_depth: { lead: "to a depth of", also: "to depth" },
      node_budget: { lead: "into at most", also: "into" },
      allow_existing_children: { lead: "with existing children" },
      allow_web_search: { lead: "with web search" },
    },
    absent: { task_id: "the plan" },
  },
  request_subgraph: {
    head: "show the subgraph",
    heads: "(?:show|give) (?:me )?the sub-?(?:graph|tree)",
    clauses: {
      task_id: { lead: "of task", also: "(?:under|below) task" },
      logical_id: { lead: "of logical id" },
      max_depth: { lead: "to a depth of", also: "to depth" },
    },
  },
  help: {
    head: "tell me what can be done here",
    heads: "tell me what (?:can be done|you can do)|what can you do|^help(?: me)?$",
    clauses: {},
  },
  web_search: {
    head: "search the web",
    clauses: {
      query: { lead: "for" },
      provider: { lead: "using the provider", also: "using" },
      max_results: { lead: "for at most", also: "with at most" },
    },
  },
  graph_rag: {
    head: "ask the knowledge graph",
    clauses: { query: { lead: "about", also: "for" }, mode: { lead: "in the mode" } },
  },
  springer_nature: {
    head: "search Springer Nature",
    clauses: { api: { lead: "through the API" }, q: { lead: "for" } },
  },
};

/** Requests that are understood though nobody but people writes them so. */
const VARIANTS: readonly { readonly heads: string; readonly action: string; readonly clauses: Phrase["clauses"] }[] = [
  {
    heads: "rename(?= (?:the )?task)",
    action: "update_task",
    clauses: { task_id: TASK, name: { lead: "to", also: "as|into" } },
  },
  {
    heads: "make(?= (?:the )?task #?\\d+ depend on)",
    action: "update_task",
    clauses: { task_id: TASK, dependencies: { lead: "depend on" } },
  },
  {
    heads: `${NEW_TASK}(?= \0)`,
    action: "create_task",
    // Its name follows at once, in quotes.
    clauses: { ...PHRASES.create_task!.clauses, name: { lead: "" } },
  },
];

/**
 * One request, in English, that says every parameter of an action: texts in quotes (with `\"` for quotes inside), lists
 * and objects as JSON. `nameOf` adds names to ids: `task 3 ("Launch")`. Actions that are no plan's have a general form:
 * `Please do book_flight with origin "SFO" and seats 2.`
 */
export function phraseOf(
  action: ActionSpec,
  catalogue: ActionCatalogue,
  nameOf: (id: Json) => string | undefined = () => undefined,
): string {
  const phrase = ownPhrase(action.name, catalogue);
  if (phrase === undefined) return `Please ${generalForm(action)}.`;
  const schema = catalogue[action.name]!.parameters;
  const clauses = Object.entries(phrase.clauses).map(([parameter, { lead }]) => {
    const value = action.parameters[parameter];
    if (value === undefined) return phrase.absent?.[parameter] ?? "";
    return `${lead} ${worded(value, schema[parameter]!, nameOf)}`;
  });
  return `Please ${[phrase.head, ...clauses].filter((part) => part !== "").join(" ")}.`;
}

/**
 * The actions that a text asks for, in their order; what it does not understand it passes over. It takes the forms of
 * {@linkcode phraseOf} in any case, with politeness around, and some that people write: `add a task called X below task
 * 3`, `rename task 2 to X`. What a sentence says not to do is none.
 */
export function readPhrase(text: string, catalogue: ActionCatalogue): ActionSpec[] {
  const { text: all, values } = marked(text);
  return all.split(/(?<![.!?;])[.!?;]+(?=\s|$)|\n|,? (?:and )?then /i).flatMap((sentence) => {
    const found = readGeneral({ text: sentence, values }, catalogue) ?? readOwn({ text: sentence, values }, catalogue);
    const read = found === null ? null : readAction(found, catalogue);
    return read !== null && "action" in read ? [read.action] : [];
  });
}

/** The phrase of an action of the plan's catalogue. */
function ownPhrase(name: string, catalogue: ActionCatalogue): Phrase | undefined {
  return Object.hasOwn(PHRASES, name) && catalogue[name] === PLAN_ACTIONS[name] ? PHRASES[name] : undefined;
}

function worded(value: Json, about: ParameterSchema, nameOf: (id: Json) => string | undefined): string {
  if (about.type === "id") return wordedId(value, nameOf);
  if (about.type === "boolean") return value === true ? "allowed" : "not allowed";
  if (about.items !== "id") return literal(value);
  const ids = (value as readonly Json[]).map((id) => wordedId(id, nameOf));
  if (ids.length === 0) return "no tasks";
  return `${ids.length === 1 ? "task" : "tasks"} ${joined(ids)}`;
}

function wordedId(id: Json, nameOf: (id: Json) => string | undefined): string {
  const name = nameOf(id);
  return name === undefined ? literal(id) : `${literal(id)} (${quoted(name)})`;
}

function literal(value: Json): string {
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join() : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

const WORD = /^[A-Za-z_]\w*$/;

function generalForm({ name, parameters }: ActionSpec): string {
  const word = (text: string) => WORD.test(text) ? text : quoted(text);
  const given = Object.entries(parameters).map(([key, value]) => `${word(key)} ${literal(value)}`);
  return `do ${word(name)}${given.length === 0 ? "" : ` with ${joined(given)}`}`;
}

/** Parts of what is read: texts with a mark, or as they are. */
const NAME = `(?:${MARK}|([A-Za-z_]\\w*))`;
const NUMBER = "-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?";
const GENERAL_HEAD = new RegExp(`\\bdo ${NAME}(?: with )?`, "iy");
const GENERAL_PARAMETER = new RegExp(`(?:, and |, | and )?${NAME} (?:${MARK}|(${NUMBER}|true|false)(?![\\w.]))`, "iy");

function readGeneral(sentence: Marked, catalogue: ActionCatalogue): Found | null {
  for (const { index } of sentence.text.matchAll(/\bdo /gi)) {
    const head = matchAt(GENERAL_HEAD, sentence.text, index);
    const name = head === null ? undefined : ownName(named(head[1], head[2], sentence), Object.keys(catalogue));
    if (head === null || name === undefined) continue;
    const known = Object.keys(catalogue[name]!.parameters);
    const parameters: [string, Json][] = [];
    for (let at = index + head[0].length;;) {
      const match = matchAt(GENERAL_PARAMETER, sentence.text, at);
      const parameter = match === null ? undefined : ownName(named(match[1], match[2], sentence), known);
      if (match === null || parameter === undefined) break;
      parameters.push([
        parameter,
        match[3] === undefined ? JSON.parse(match[4]!.toLowerCase()) : sentence.values[+match[3]]!,
      ]);
      at += match[0].length;
    }
    return { name, parameters: Object.fromEntries(parameters) };
  }
  return null;
}

interface Found {
  readonly name: string;
  readonly parameters: JsonObject;
}

function named(mark: string | undefined, word: string | undefined, sentence: Marked): string {
  return mark === undefined ? word! : String(sentence.values[Number(mark)]);
}

/** A name as it is written, else the one that differs in case only. */
function ownName(written: string, names: readonly string[]): string | undefined {
  return names.includes(written) ? written : names.find((name) => name.toLowerCase() === written.toLowerCase());
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const HEADS = [
  ...VARIANTS.map(({ heads, action, clauses }) => ({
    action,
    clauses,
    head: new RegExp(`\\b(?:${heads})(?!\\w)`, "i"),
  })),
  ...Object.entries(PHRASES).map(([action, { head, heads, clauses }]) => ({
    action,
    clauses,
    head: new RegExp(`\\b(?:${heads ?? head})(?!\\w)`, "i"),
  })),
];

const NOT = /\b(?:not|never|don['’]t|without)\s+(?:\w+\s+)?$/i;

/** Reads a sentence by the verb that stands first in it. */
function readOwn(sentence: Marked, catalogue: ActionCatalogue): Found | null {
  const [first] = HEADS.filter(({ action }) => ownPhrase(action, catalogue) !== undefined)
    .flatMap((about) => {
      const match = about.head.exec(sentence.text);
      return match === null ? [] : [{ ...about, from: match.index, to: match.index + match[0].length }];
    })
    .sort((a, b) => a.from - b.from);
  if (first === undefined || NOT.test(sentence.text.slice(0, first.from))) return null;
  const { action, clauses, to } = first;
  const rest = sentence.text.slice(to);
  const parameters = readClauses({ ...sentence, text: rest }, action, clauses);
  const unsaid = Object.entries(PHRASES[action]!.absent ?? {}).some(([parameter, words]) =>
    parameters[parameter] === undefined && !rest.toLowerCase().includes(words)
  );
  return unsaid ? null : { name: action, parameters };
}

function readClauses(sentence: Marked, action: string, clauses: Phrase["clauses"]): JsonObject {
  const leads = Object.entries(clauses).map(([parameter, { lead, also }]) => {
    const words = also === undefined ? lead : `${lead}|${also}`;
    return { parameter, pattern: new RegExp(`(?<!\\w)(?:${words}):? +`, "iy") };
  });
  const { text } = sentence;
  const parameters: Record<string, Json> = {};
  const starts = leads.flatMap(({ parameter, pattern }) =>
    [...text.matchAll(new RegExp(pattern.source, "gi"))].map(({ index }) => ({ parameter, index }))
  );
  const nextClause = (from: number) =>
    starts.filter(({ parameter, index }) => index >= from && parameters[parameter] === undefined)
      .reduce((end, { index }) => Math.min(end, index), text.length);
  for (let at = 0; at < text.length;) {
    const found = leads.filter(({ parameter }) => parameters[parameter] === undefined).flatMap(
      ({ parameter, pattern }) => {
        const lead = matchAt(pattern, text, at);
        if (lead === null) return [];
        const start = at + lead[0].length;
        const value = readValue(sentence, start, PLAN_ACTIONS[action]!.parameters[parameter]!, () => nextClause(start));
        return value === null ? [] : [{ parameter, ...value }];
      },
    );
    if (found.length === 0) at += 1;
    else {
      const [{ parameter, value, end }] = found as [typeof found[number]];
      parameters[parameter] = value;
      at = end;
    }
  }
  return parameters;
}

const ID = `(?:${MARK}|#?(-?\\d+))(?: \\(\0\\d+\0\\))?`;
const IDS = new RegExp(`(no tasks)|(?:the )?(?:tasks? )?(${ID}(?:(?:, and | and |, )(?:task )?${ID})*)`, "iy");
const VALUES = {
  id: new RegExp(ID, "y"),
  mark: new RegExp(MARK, "y"),
  number: new RegExp(NUMBER, "iy"),
  boolean: /(not allowed|forbidden)|(allowed)/iy,
};

function readValue(
  sentence: Marked,
  at: number,
  about: ParameterSchema,
  nextClause: () => number,
): { value: Json; end: number } | null {
  const { text, values } = sentence;
  const took = (match: RegExpExecArray, value: Json) => ({ value, end: at + match[0].length });
  if (about.type === "id") {
    const match = matchAt(VALUES.id, text, at);
    return match && took(match, idOf(match, values));
  }
  if (about.items === "id") {
    const match = matchAt(IDS, text, at);
    if (match === null) return null;
    const ids = [...(match[2] ?? "").matchAll(new RegExp(ID, "g"))];
    return took(match, ids.map((id) => idOf(id, values)));
  }
  if (about.type === "integer") {
    const match = matchAt(VALUES.number, text, at);
    return match && took(match, Number(match[0]));
  }
  if (about.type === "boolean") {
    const match = matchAt(VALUES.boolean, text, at);
    return match && took(match, match[1] === undefined);
  }
  const mark = matchAt(VALUES.mark, text, at);
  if (mark !== null) return took(mark, values[Number(mark[1])]!);
  if (about.type === "object") return null;
  // Without quotes, a text goes on to what is asked for next.
  const end = nextClause();
  const bare = trimmed(trimmed(text.slice(at, end)).replace(/(?<![^\s,])(?:please|thanks|thank you|and)$/i, ""));
  return bare === "" || bare.includes("\0") ? null : { value: bare, end };
}

/** A text without blanks and commas around it; a pattern would look from each of them to the end. */
function trimmed(text: string): string {
  let end = text.length;
  while (end > 0 && /[\s,]/.test(text[end - 1]!)) end -= 1;
  return text.slice(0, end).trim();
}

function idOf(match: RegExpExecArray | RegExpMatchArray, values: readonly Json[]): Json {
  return match[1] === undefined ? Number(match[2]) : values[Number(match[1])]!;
}
