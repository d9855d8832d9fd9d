/**
 * Task files in the shape of tau2-bench, as scenarios of conversations and back.
 *
 * Such a task has a user (persona, reason for the call, what is known and unknown, instructions) and the actions of one
 * reference solution. It becomes cases: the user as it is, and the assistant's reference actions as wishes. What has no
 * place in a scenario is said in notes.
 */

import { z } from "zod";
import type { ActionCatalogue, ActionSpec } from "../../../framework/conversation/mod.ts";
import { formatPath, issuesError, type JsonObject, SimError } from "../../../framework/mod.ts";
import { readYaml } from "../../../framework/scenario/mod.ts";
import { type ExampleCall, inferredCatalogue } from "./catalogue_inference.ts";
import { parseJson } from "./json_text.ts";
import { type ImportedScenario, type ImportOptions, writeScenario } from "./scenario_text.ts";

/** A task file and what it could not take over. */
export interface ExportedTasks {
  /** JSON text, a list of tasks. */
  readonly tasks: string;
  /** What is not in it, a sentence each. */
  readonly notes: readonly string[];
}

/** Characters of an id that a case keeps: its name may have 100. */
const LONGEST_ID = 90;
/** Characters of a fact. */
const LONGEST_FACT = 2000;
const UNKNOWN = "Not known to you: ";
/** Ends the name of a case that asks for a task's reference actions. */
const SCRIPTED = " scripted";

/**
 * The scenario of `text` (a list of tasks, or one). Each task is a case `ID`, whose user a model plays from the task's
 * persona, reason, facts and instructions; and where the assistant has reference actions a case `ID scripted`, whose user
 * asks for them one by one.
 *
 * @throws {SimError} `not_json`; `bad_tasks`: with the task and the key it is about
 */
export function importTau2(text: string, options: ImportOptions): ImportedScenario {
  const value = parseJson(text, "the task file");
  const written = Array.isArray(value) ? value : [value];
  const tasks = written.map(readTask);
  assertUnique(tasks);
  const notes = tasks.flatMap((task, i) => notesOn(task, written[i] as JsonObject));
  const { catalogue, notes: assumed } = inferredCatalogue(tasks.flatMap(callsOf), options.catalogue ?? {});
  notes.push(...assumed);
  const title = titleOf(tasks, notes) ?? options.name;
  const longest = Math.max(0, ...tasks.map((task) => callsOf(task).length));
  const section = {
    agent: { adapter: "openai" },
    judge: { kind: "rules" },
    // A wish a turn, and two for greeting and goodbye.
    max_turns: Math.min(1000, Math.max(5, longest + 2)),
    cases: tasks.flatMap((task, i) => casesOf(task, nameOf(task, i, notes), catalogue)),
  };
  if (longest > 0) {
    notes.push(
      `cases named '…${SCRIPTED}' ask for the reference actions one by one; in the others a model plays the user`,
    );
  }
  return writeScenario(options, title, catalogue, section, notes);
}

/**
 * The tasks of a scenario's cases: the inverse of {@linkcode importTau2} for ids, instructions and the assistant's actions.
 * `file` is the name that errors give.
 *
 * @throws {SimError} what is wrong with the YAML; `bad_tasks`: the scenario has no cases that could be tasks
 */
export function exportTau2(scenario: string, file = "scenario.yaml"): ExportedTasks {
  const { value, issues } = readYaml(scenario, file);
  if (value === undefined) throw issuesError(issues);
  const read = scenarioSchema.safeParse(value);
  if (!read.success) throw badTasks(file, read.error);
  const { environment, cases, user: shared } = read.data.conversation;
  const notes: string[] = [];
  const users = new Map(cases.map(({ name, user }) => [name, { ...shared, ...user }]));
  const tasks = [...users].flatMap(([name, user]) => {
    if (name.endsWith(SCRIPTED) && users.has(name.slice(0, -SCRIPTED.length))) return [];
    const script = [...user.script ?? [], ...users.get(name + SCRIPTED)?.script ?? []];
    for (const key of ["secrets", "temperament", "turns", "prompt"]) {
      if (user[key] !== undefined) notes.push(`case '${name}': user.${key} has no place in a task`);
    }
    if (script.some(({ message }) => typeof message === "string")) {
      notes.push(`case '${name}': what the script says has no place in a task, its actions have`);
    }
    return [{
      id: name,
      description: null,
      user_scenario: { persona: user.persona ?? null, instructions: instructionsOf(user, environment?.title ?? "") },
      initial_state: null,
      evaluation_criteria: {
        actions: script.flatMap(({ desired_action }) => desired_action ?? []).map((action, i) => ({
          action_id: `${name}_${i}`,
          requestor: "assistant",
          name: action.name,
          arguments: action.parameters ?? {},
          info: null,
          compare_args: null,
        })),
        env_assertions: null,
        communicate_info: null,
        nl_assertions: null,
        reward_basis: ["DB"],
      },
    }];
  });
  return { tasks: `${JSON.stringify(tasks, null, 2)}\n`, notes };
}

const text = z.string();
const orNull = <T extends z.ZodType>(schema: T) => schema.nullable().default(null as never);
const given = <T extends z.ZodType>(schema: T) => schema.nullish();
const object = z.custom<JsonObject>(isObject, "expected an object");

const taskSchema = z.object({
  id: z.union([text.min(1), z.int()]).transform(String),
  user_scenario: z.object({
    persona: orNull(text),
    instructions: z.union([
      text,
      z.object({
        domain: orNull(text),
        reason_for_call: orNull(text),
        known_info: orNull(text),
        unknown_info: orNull(text),
        task_instructions: orNull(text),
      }),
    ], "expected a text, or an object with texts"),
  }),
  evaluation_criteria: orNull(z.object({
    actions: orNull(z.array(z.object({
      action_id: orNull(text),
      requestor: orNull(z.enum(["assistant", "user"])),
      name: text.min(1).max(200),
      arguments: orNull(object),
      info: orNull(text),
      compare_args: orNull(z.array(text)),
    }))),
  })),
});

type Task = z.output<typeof taskSchema>;

const userSchema = z.looseObject({
  persona: given(text),
  goal: given(text),
  facts: given(z.array(text)),
  instructions: given(text),
  script: given(z.array(z.object({
    message: given(text),
    desired_action: given(z.object({ name: text, parameters: given(object) })),
  }))),
});

const scenarioSchema = z.object({
  conversation: z.object({
    environment: given(z.object({ title: text }).or(text.transform((title) => ({ title })))),
    user: given(userSchema),
    cases: z.array(z.object({ name: text, user: given(userSchema) })).min(1),
  }),
});

type WrittenUser = z.output<typeof userSchema>;

function readTask(value: unknown, index: number): Task {
  const read = taskSchema.safeParse(value);
  if (read.success) return read.data;
  const id = isObject(value) && value.id !== undefined ? ` (${JSON.stringify(value.id)})` : "";
  throw badTasks(`task ${index + 1}${id}`, read.error);
}

function badTasks(place: string, error: z.ZodError): SimError {
  const { path, message } = error.issues[0]!;
  return new SimError("bad_tasks", `${place}: ${formatPath(path as (string | number)[])}: ${message}`, {
    hint: "a task is {id, user_scenario: {persona, instructions}, evaluation_criteria: {actions: [{name, arguments}]}}",
  });
}

function assertUnique(tasks: readonly Task[]): void {
  const seen = new Map<string, number>();
  tasks.forEach(({ id }, i) => {
    const first = seen.get(id);
    if (first !== undefined) {
      throw new SimError("bad_tasks", `task ${i + 1} has the id '${id}' of task ${first + 1}`, {
        hint: "each id names a case and is there once",
      });
    }
    seen.set(id, i);
  });
}

/** The task's id, cut where it is longer than a case's name may be. */
function nameOf({ id }: Task, index: number, notes: string[]): string {
  if (id.length <= LONGEST_ID) return id;
  const name = `${id.slice(0, LONGEST_ID - 8)}~${index + 1}`;
  notes.push(`task '${id}': its id is too long for a case, which is named '${name}'`);
  return name;
}

/** The domain that tasks name; undefined: none does. */
function titleOf(tasks: readonly Task[], notes: string[]): string | undefined {
  const domains = new Set(
    tasks.flatMap(({ user_scenario: { instructions } }) =>
      typeof instructions === "object" && instructions.domain ? [instructions.domain] : []
    ),
  );
  if (domains.size > 1) notes.push(`tasks are of several domains: ${[...domains].join(", ")}; the first is the title`);
  return [...domains][0];
}

/** The reference actions of the assistant. */
function callsOf(task: Task): ExampleCall[] {
  return (task.evaluation_criteria?.actions ?? []).filter(isAssistants).map((
    { name, arguments: given, compare_args },
  ) => ({
    name,
    parameters: given ?? {},
    compared: compare_args,
  }));
}

function isAssistants({ requestor }: { readonly requestor: string | null }): boolean {
  return requestor !== "user";
}

/** The cases of a task: with a model for a user, and with the reference actions as wishes. */
function casesOf(task: Task, name: string, catalogue: ActionCatalogue): object[] {
  const { persona, instructions } = task.user_scenario;
  const { reason_for_call: goal, ...written } = typeof instructions === "string"
    ? { reason_for_call: instructions, known_info: null, unknown_info: null, task_instructions: null }
    : instructions;
  const facts = [...factsIn(written.known_info), ...factsIn(written.unknown_info, UNKNOWN)];
  const user = {
    kind: "llm",
    ...(persona === null ? {} : { persona }),
    ...(goal === null ? {} : { goal }),
    ...(facts.length === 0 ? {} : { facts }),
    ...(written.task_instructions === null ? {} : { instructions: written.task_instructions }),
  };
  const script = callsOf(task).map(({ name, parameters }) => ({
    desired_action: { kind: catalogue[name]!.kind, name, parameters } satisfies ActionSpec,
  }));
  if (script.length === 0) return [{ name, user }];
  return [{ name, user }, { name: name + SCRIPTED, user: { kind: "scripted", script } }];
}

/** The lines of what is known, a fact each; a line longer than a fact may be is several. */
function factsIn(info: string | null, prefix = ""): string[] {
  const lines = (info ?? "").split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  const longest = LONGEST_FACT - prefix.length;
  return lines.flatMap((line) =>
    Array.from(
      { length: Math.ceil(line.length / longest) },
      (_, i) => prefix + line.slice(i * longest, (i + 1) * longest),
    )
  );
}

/** The instructions that a case's user was made from: a text when there was nothing but a goal. */
function instructionsOf(user: WrittenUser, domain: string): string | JsonObject {
  const { goal, instructions } = user;
  const facts = user.facts ?? [];
  if (facts.length === 0 && !instructions) return goal ?? "";
  const known = facts.filter((fact) => !fact.startsWith(UNKNOWN));
  const unknown = facts.filter((fact) => fact.startsWith(UNKNOWN)).map((fact) => fact.slice(UNKNOWN.length));
  return {
    domain,
    reason_for_call: goal ?? "",
    known_info: known.length === 0 ? null : known.join("\n"),
    unknown_info: unknown.length === 0 ? null : unknown.join("\n"),
    task_instructions: instructions ?? "",
  };
}

/** Keys of a task, and of its criteria, that are taken over. */
const TAKEN_KEYS = ["id", "user_scenario", "evaluation_criteria"];

/** What of a task has no place in a case. */
function notesOn(task: Task, written: JsonObject): string[] {
  const notes: string[] = [];
  const note = (text: string) => notes.push(`task '${task.id}': ${text}`);
  const untaken = (value: unknown, taken: readonly string[], path: string) => {
    if (!isObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (!taken.includes(key) && !isEmpty(inner)) note(`${path}${key} is not taken over`);
    }
  };
  untaken(written, [...TAKEN_KEYS, "description", "initial_state"], "");
  untaken(written.description, [], "description.");
  untaken(written.initial_state, [], "initial_state.");
  untaken(written.user_scenario, ["persona", "instructions"], "user_scenario.");
  const instructions = isObject(written.user_scenario) ? written.user_scenario.instructions : undefined;
  untaken(
    instructions,
    ["domain", "reason_for_call", "known_info", "unknown_info", "task_instructions"],
    "user_scenario.instructions.",
  );
  untaken(written.evaluation_criteria, ["actions", "reward_basis"], "evaluation_criteria.");
  const basis = isObject(written.evaluation_criteria) ? written.evaluation_criteria.reward_basis : undefined;
  const others = Array.isArray(basis) ? basis.filter((each) => each !== "DB" && each !== "ACTION") : [];
  if (others.length > 0) note(`it is also scored by ${others.join(", ")}, which a case is not`);
  const actions = task.evaluation_criteria?.actions ?? [];
  const users = actions.filter((action) => !isAssistants(action));
  if (users.length > 0) {
    note(`actions that the user takes are not taken over: ${users.map(({ name }) => name).join(", ")}`);
  }
  if (actions.some(({ info }) => !isEmpty(info))) note("info of actions is not taken over");
  if (task.evaluation_criteria !== null && callsOf(task).length === 0) {
    note("it wants nothing done by the assistant, which nothing checks here");
  }
  return notes;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
