/**
 * The section `conversation`: from it engine, validator, agents and variables are made, so that a conversation under test
 * is a simulation like any other. A case replaces parts of the section before settings are applied: what is set counts.
 */

import {
  type ActionCatalogue,
  type ActionSpec,
  CONVERSATION_OBSERVABILITY,
  CONVERSATION_VARIABLES,
  type EnvironmentSpec,
  PlanTree,
  readAction,
  readEnvironment,
} from "../conversation/mod.ts";
import { didYouMean, formatPath, type IssuePath, SimError } from "../issue.ts";
import type { Json, JsonObject } from "../json.ts";
import { conversationSchema, environmentSchema, type WrittenConversation } from "./conversation_schema.ts";
import { readDocument } from "./document.ts";
import { merge } from "./extends.ts";
import type { ReferencedFiles } from "./files.ts";
import { readReferenced } from "./listing.ts";
import type { Reading } from "./reading.ts";
import type { PromptFile, ResolvedConversation } from "./resolved.ts";
import type { Setting } from "./settings.ts";
import {
  fromJson,
  type IssueList,
  nodeAt,
  placeOf,
  type SourceEntry,
  type SourceMap,
  type SourceNode,
  toJson,
} from "./source.ts";

const SECTION = "conversation";
/** Sections that are made from it. */
const MADE = ["engine", "validator", "agents", "state_variables", "observability"] as const;
/** Setting that chooses the case. */
const CASE = `${SECTION}.case`;
/** Keys that tell which part of a section one of another kind replaces as a whole. */
const KINDS: { readonly [part: string]: string } = { user: "kind", agent: "adapter", judge: "kind" };
/** What a part says of its model. */
const MODEL_KEYS = ["provider", "model", "temperature", "max_tokens", "timeout", "max_retries", "on_failure"] as const;

/** Keys that mean something only for some kinds of a part. */
const ONLY_FOR: readonly (readonly [part: "user" | "agent" | "judge", key: string, kinds: readonly string[]])[] = [
  ["user", "script", ["scripted"]],
  ["user", "turns", ["recorded"]],
  ["user", "deadline", ["human"]],
  ...["persona", "instructions", "facts", "secrets", "temperament", "prompt"].map((key) =>
    ["user", key, ["llm"]] as const
  ),
  ["agent", "behaviour", ["rule"]],
  ["agent", "url", ["http"]],
  ["agent", "tools", ["builtin", "openai"]],
  ["agent", "system", ["openai"]],
  ["agent", "max_rounds", ["openai"]],
  ["agent", "prompt", ["builtin"]],
  ["agent", "turns", ["recorded"]],
  ["judge", "rubric", ["llm"]],
  ["judge", "prompt", ["llm"]],
  ["judge", "swap", ["llm"]],
];

/** Keys without which a part of that kind is none. */
const NEEDED: readonly (readonly [part: "user" | "agent", kind: string, key: string, example: string])[] = [
  ["user", "scripted", "script", "script: [{ desired_action: { name: delete_task, parameters: { task_id: 3 } } }]"],
  ["user", "recorded", "turns", "turns: [{ message: …, desired_action: … }]"],
  ["agent", "http", "url", "url: http://127.0.0.1:9000/chat"],
  ["agent", "recorded", "turns", "turns: [{ reply: …, actions: [] }]"],
];

/** The tree with the chosen case put in place; which one, the settings say or the section does. */
export function withCase(root: SourceMap, settings: readonly Setting[], issues: IssueList): SourceMap {
  const section = root.entries.get(SECTION);
  if (section?.value.kind !== "map") return root;
  const cases = section.value.entries.get("cases")?.value;
  const set = settings.findLast(({ path }) => path === CASE);
  const named = section.value.entries.get("case")?.value;
  const items = cases?.kind === "list" ? cases.items : [];
  const names = items.map(caseName);
  // Without a user of its own the section is nothing but what its cases have in common.
  const first = section.value.entries.has("user") ? null : names[0] ?? null;
  const name = (set === undefined ? named && toJson(named) : set.value) ?? first;
  if (name === null) return root;
  const chosen = items[names.indexOf(name as string)];
  if (chosen?.kind !== "map") {
    const hint = names.length === 0
      ? "it has no cases"
      : didYouMean(String(name), names.filter((each) => each !== null));
    const place = set === undefined ? (named ?? section.value).place : { file: set.from };
    issues.add("error", "unknown_case", `there is no case '${String(name)}'`, place, { hint, path: [SECTION, "case"] });
    return root;
  }
  const over: SourceMap = { ...chosen, entries: new Map([...chosen.entries].filter(([key]) => key !== "name")) };
  let base: SourceMap = section.value;
  // Of another kind, nothing of what the section says of that part holds.
  for (const [part, key] of Object.entries(KINDS)) {
    const kind = nodeAt(over, [part, key]);
    const before = nodeAt(base, [part, key]);
    if (kind === undefined || (before !== undefined && toJson(before) === toJson(kind))) continue;
    base = { ...base, entries: new Map([...base.entries].filter(([name]) => name !== part)) };
  }
  const value = merge(withEntry(base, "case", { key: chosen.place, value: fromJson(name, chosen.place) }), over);
  return { ...root, entries: new Map(root.entries).set(SECTION, { ...section, value }) };
}

function withEntry(map: SourceMap, key: string, entry: SourceEntry): SourceMap {
  return { ...map, entries: new Map(map.entries).set(key, entry) };
}

/** Names of all cases that have one. */
export function caseNames(root: SourceMap): string[] {
  const cases = nodeAt(root, [SECTION, "cases"]);
  return (cases?.kind === "list" ? cases.items : []).flatMap((item) => caseName(item) ?? []);
}

function caseName(item: SourceNode): string | null {
  const name = nodeAt(item, ["name"]);
  const value = name && toJson(name);
  return typeof value === "string" ? value : null;
}

/** What the section makes of a scenario. */
export interface Expansion {
  /** The scenario with everything that is made from the section. */
  readonly root: SourceMap;
  readonly conversation: ResolvedConversation;
}

/**
 * The scenario that the section stands for; undefined when there is something wrong with it, which is reported.
 * @param file the scenario's
 * @param turns most turns where nothing else is said
 */
export async function expandConversation(
  reading: Reading,
  file: string,
  files: ReferencedFiles,
  turns: number,
): Promise<Expansion | undefined> {
  const section = new Section(reading, file, files);
  return await section.expanded(turns);
}

class Section {
  readonly #reading: Reading;
  readonly #file: string;
  readonly #files: ReferencedFiles;
  #failed = false;

  constructor(reading: Reading, file: string, files: ReferencedFiles) {
    this.#reading = reading;
    this.#file = file;
    this.#files = files;
  }

  async expanded(turns: number): Promise<Expansion | undefined> {
    const reading = this.#reading;
    for (const key of MADE) {
      if (reading.valueAt([key]) === undefined) continue;
      const message = `'${key}' is made from the section 'conversation'`;
      this.#error("made_from_conversation", message, [key], `remove it, or write a scenario without 'conversation'`);
    }
    const written = reading.read(conversationSchema, [SECTION], "whole");
    if (written === undefined) return undefined;
    this.#checkCases(written);
    const { user, agent, judge } = this.#kinds(written);
    const environment = await this.#environment(written);
    const expected = written.expected_plan ? await this.#plan(written.expected_plan, ["expected_plan"]) : null;
    if (environment === undefined || expected === undefined || this.#failed) return undefined;
    const { catalogue } = readEnvironment(environment);
    const parts = {
      user: await this.#user(written, user, environment, catalogue),
      agent: await this.#agent(written, agent, environment, catalogue),
      judge: await this.#judge(written, judge, environment),
    };
    if (this.#failed) return undefined;
    const conversation: ResolvedConversation = {
      case: written.case ?? null,
      cases: (written.cases ?? []).map(({ name }) => name),
      goal: written.user?.goal ?? null,
      user,
      agent,
      judge,
      stop_on_alignment: written.stop_on_alignment ?? false,
      stop_on_misalignment: written.stop_on_misalignment ?? true,
      extra_actions: written.extra_actions ?? "flag",
      max_actions_per_turn: written.max_actions_per_turn ?? 10,
    };
    const engine = {
      type: "conversation",
      config: {
        environment: environment as unknown as Json,
        expected_plan: expected,
        stop_on_alignment: conversation.stop_on_alignment,
        stop_on_misalignment: conversation.stop_on_misalignment,
        extra_actions: conversation.extra_actions,
        reset_each_turn: written.reset_each_turn ?? false,
      },
    };
    const most = written.max_turns ?? recordedTurns(written) ?? this.#ownTurns() ?? turns;
    return { root: this.#root(written, engine, parts, most), conversation };
  }

  #checkCases({ cases, user }: WrittenConversation): void {
    const names = (cases ?? []).map(({ name }) => name);
    names.forEach((name, i) => {
      if (names.indexOf(name) === i) return;
      this.#error(
        "duplicate_case",
        `two cases are named '${name}'`,
        ["cases", i, "name"],
        "give every case a name of its own",
      );
    });
    if (user) return;
    const hint = "add 'user': { kind: scripted, script: […] }, or { kind: llm, persona: …, goal: … }";
    this.#error("missing_key", "conversation.user is missing", ["user"], hint);
  }

  /** The kinds of the parts; keys that do not go with them, and keys that they need, are reported. */
  #kinds(written: WrittenConversation): Pick<ResolvedConversation, "user" | "agent" | "judge"> {
    const kinds = {
      user: written.user?.kind ?? "llm",
      agent: written.agent?.adapter ?? "builtin",
      judge: written.judge?.kind ?? "rules",
    } as const;
    for (const [part, key, allowed] of ONLY_FOR) {
      const value = (written[part] as JsonObject | null | undefined)?.[key];
      if (value === undefined || value === null || allowed.includes(kinds[part])) continue;
      const message = `conversation.${part}.${key} means nothing for ${KINDS[part]}: ${kinds[part]}`;
      this.#error("no_effect", message, [part, key], `it is for ${KINDS[part]}: ${allowed.join(", ")}`);
    }
    for (const [part, kind, key, example] of NEEDED) {
      if (kinds[part] !== kind || !written[part]) continue;
      const value = (written[part] as JsonObject)[key];
      if (value !== undefined && value !== null) continue;
      this.#error("missing_key", `conversation.${part} needs '${key}'`, [part, key], `add ${example}`);
    }
    return kinds;
  }

  async #environment(written: WrittenConversation): Promise<EnvironmentSpec | undefined> {
    if (written.plan && written.environment) {
      const message = "conversation.plan and conversation.environment both say where the conversation takes place";
      this.#error("duplicate_setting", message, ["environment"], "keep one of them");
      return undefined;
    }
    if (written.plan) {
      const plan = await this.#plan(written.plan, ["plan"]);
      return plan === undefined ? undefined : { plan: plan as JsonObject };
    }
    if (!written.environment) {
      const hint = "add 'plan: plans/launch.yaml', or 'environment: { title: …, actions: {…} }'";
      this.#error("missing_key", "conversation.plan is missing", ["plan"], hint);
      return undefined;
    }
    const given = typeof written.environment === "string"
      ? environmentSchema.safeParse(await this.#document(["environment"]))
      : { success: true as const, data: written.environment, error: undefined };
    if (!given.success) {
      if (this.#failed) return undefined;
      const [issue] = given.error.issues;
      const where = issue!.path.length === 0 ? "" : `${formatPath(issue!.path as IssuePath)}: `;
      this.#error("bad_environment", `'${written.environment}': ${where}${issue!.message}`, ["environment"]);
      return undefined;
    }
    const { title, outline, actions } = given.data;
    return {
      title,
      outline: outline ?? "",
      actions: Object.fromEntries(
        Object.entries(actions).map(([name, { kind, description, mutating, alone, parameters }]) => [name, {
          kind: kind ?? "tool_operation",
          description: description ?? "",
          mutating: mutating ?? true,
          ...(alone && { alone }),
          parameters: Object.fromEntries(
            Object.entries(parameters ?? {}).map(([parameter, { description, ...rest }]) => [
              parameter,
              { ...withoutEmpty(rest), description: description ?? "" },
            ]),
          ),
        }]),
      ) as unknown as ActionCatalogue,
    };
  }

  /** A plan as its tree writes it. */
  async #plan(written: Json | object, path: IssuePath): Promise<JsonObject | undefined> {
    const value = typeof written === "string" ? await this.#document(path) : written;
    if (value === undefined) return undefined;
    try {
      return PlanTree.read(value).toJSON() as JsonObject;
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      const where = typeof written === "string" ? `'${written}': ` : "";
      this.#error(error.code, `${where}${error.message}`, path, error.hint);
      return undefined;
    }
  }

  /** What the YAML or JSON file holds that the scenario names at `path`. */
  async #document(path: IssuePath): Promise<Json | undefined> {
    const read = await this.#read(path);
    if (read === undefined) return undefined;
    const before = this.#reading.issues.errors;
    const node = readDocument(read.text.replace(/^\uFEFF/, ""), read.file, this.#reading.issues);
    if (this.#reading.issues.errors > before) this.#failed = true;
    return node && toJson(node);
  }

  async #user(
    written: WrittenConversation,
    kind: ResolvedConversation["user"],
    environment: EnvironmentSpec,
    catalogue: ActionCatalogue,
  ): Promise<Part> {
    const { persona, goal, instructions, facts, secrets, temperament, script, turns, deadline } = written.user ?? {};
    const spec = environment as unknown as Json;
    switch (kind) {
      case "scripted": {
        const read = (script ?? []).map(({ message, desired_action }, i) => ({
          ...(message && { message }),
          desired_action: desired_action
            ? this.#action(desired_action, ["user", "script", i, "desired_action"], catalogue)
            : null,
        }));
        read.forEach(({ message, desired_action }, i) => {
          if (
            message !== undefined || desired_action !== null || !this.#isNull(["user", "script", i, "desired_action"])
          ) return;
          const hint = "give it a message, a desired_action, or both";
          this.#error("bad_script", `conversation.user.script[${i}] says nothing`, ["user", "script", i], hint);
        });
        return { type: "scripted_user", config: { script: read as unknown as Json, environment: spec } };
      }
      case "recorded":
        return { type: "recorded_user", config: { turns: (turns ?? []).map(userTurn) as unknown as Json } };
      case "human":
        return { type: "human", config: { deadline: deadline ?? null } };
      case "llm":
        return {
          type: "llm_user",
          config: {
            persona: persona ?? "",
            goal: goal ?? "",
            instructions: instructions ?? "",
            facts: facts ?? [],
            secrets: secrets ?? [],
            temperament: temperament ?? "",
            environment: spec,
            ...await this.#prompt(["user", "prompt"], "prompt"),
          },
        };
    }
  }

  async #agent(
    written: WrittenConversation,
    adapter: ResolvedConversation["agent"],
    environment: EnvironmentSpec,
    catalogue: ActionCatalogue,
  ): Promise<Part> {
    const { behaviour, url, tools, system, max_rounds, turns, timeout } = written.agent ?? {};
    (tools ?? []).forEach((name, i) => {
      if (Object.hasOwn(catalogue, name)) return;
      const hint = didYouMean(name, Object.keys(catalogue));
      this.#error("unknown_action", `there is no action '${name}'`, ["agent", "tools", i], hint);
    });
    const base = {
      environment: environment as unknown as Json,
      max_actions_per_turn: written.max_actions_per_turn ?? 10,
    };
    const offered = tools ? { tools } : {};
    switch (adapter) {
      case "rule":
        return { type: "rule_assistant", config: { ...base, behaviour: behaviour ?? "perfect" } };
      case "recorded":
        return { type: "recorded", config: { turns: (turns ?? []).map(agentTurn) as unknown as Json } };
      case "http":
        return { type: "http", config: { ...base, url: this.#url(url), timeout: timeout ?? 60 } };
      case "openai":
        return {
          type: "openai",
          config: { ...base, ...offered, ...(system && { system }), max_rounds: max_rounds ?? 8 },
        };
      case "builtin":
        return {
          type: "plan_assistant",
          config: { ...base, ...offered, ...await this.#prompt(["agent", "prompt"], "prompt") },
        };
    }
  }

  async #judge(
    written: WrittenConversation,
    kind: ResolvedConversation["judge"],
    environment: EnvironmentSpec,
  ): Promise<Part> {
    const base = { environment: environment as unknown as Json, extra_actions: written.extra_actions ?? "flag" };
    if (kind === "rules") return { type: "rule_judge", config: base };
    return {
      type: "llm_judge",
      config: {
        ...base,
        swap: written.judge?.swap ?? false,
        ...await this.#prompt(["judge", "prompt"], "prompt"),
        ...await this.#prompt(["judge", "rubric"], "rubric"),
      },
    };
  }

  /** The URL of an agent under test; whether it may be called says the host's configuration. */
  #url(written: string | null | undefined): string {
    const url = URL.parse(written ?? "");
    const isAddress = url !== null && /^https?:$/.test(url.protocol);
    if (!isAddress || url.username !== "" || url.password !== "") {
      const problem = isAddress ? "holds a user name or a password" : `'${written}' is not the address of a service`;
      this.#error(
        "invalid_value",
        `conversation.agent.url ${problem}`,
        ["agent", "url"],
        "write for example http://127.0.0.1:9000/chat",
      );
    }
    return written ?? "";
  }

  #action(written: unknown, path: IssuePath, catalogue: ActionCatalogue): ActionSpec | null {
    const read = readAction(written, catalogue, { unknown: "refuse" });
    if ("action" in read) return read.action;
    this.#error("bad_action", `${formatPath([SECTION, ...path])}: ${read.problem}`, path);
    return null;
  }

  async #prompt(path: IssuePath, key: string): Promise<JsonObject> {
    if (this.#isNull(path)) return {};
    const read = await this.#read(path);
    if (read === undefined) return {};
    const text = read.text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
    const prompt: PromptFile = { file: this.#reading.valueAt([SECTION, ...path]) as string, text };
    return { [key]: prompt as unknown as Json };
  }

  async #read(path: IssuePath): Promise<{ file: string; text: string } | undefined> {
    const read = await readReferenced(this.#reading, [SECTION, ...path], this.#file, this.#files);
    if (read === undefined) this.#failed = true;
    return read;
  }

  #isNull(path: IssuePath): boolean {
    return (this.#reading.valueAt([SECTION, ...path]) ?? null) === null;
  }

  #ownTurns(): number | undefined {
    const turns = this.#reading.valueAt(["simulation", "max_turns"]);
    return typeof turns === "number" ? turns : undefined;
  }

  #error(code: string, message: string, path: IssuePath, hint?: string): void {
    this.#failed = true;
    const at = MADE.includes(path[0] as typeof MADE[number]) ? path : [SECTION, ...path];
    this.#reading.error(code, message, at, hint);
  }

  /** The scenario with its sections made; each stands where the part of the conversation stands that it is made from. */
  #root(
    written: WrittenConversation,
    engine: JsonObject,
    parts: { readonly [name: string]: Part },
    turns: number,
  ): SourceMap {
    const root = this.#reading.root as SourceMap;
    const entries = new Map(root.entries);
    const here = placeOf(root, [SECTION]);
    const put = (key: string, value: Json, counts: "made" | "written" = "written") => {
      const made = fromJson(value, here);
      const before = entries.get(key);
      const both = before?.value.kind === "map" && made.kind === "map";
      const merged = !both ? made : counts === "made" ? merge(before.value, made) : merge(made, before.value);
      entries.set(key, { key: before?.key ?? here, value: merged });
    };
    if (!entries.has("domain")) put("domain", "conversation");
    // A turn takes a model's time: it can be saved, shown and forked at each.
    put("simulation", { name: "conversation", checkpoint_interval: 1 });
    put("simulation", { max_turns: turns, schedule: "sequential" }, "made");
    put("engine", engine);
    put("validator", { type: "conversation_form" });
    const agents = Object.entries(parts).map(([name, { type, config }]) => ({
      name,
      type,
      config,
      ...(name === "agent" && hasModel(written.agent) && { llm: modelOf(written.agent) }),
    }));
    entries.set("agents", {
      key: here,
      value: {
        kind: "list",
        place: here,
        items: agents.map((agent) => fromJson(agent as unknown as Json, placeOf(root, [SECTION, agent.name]))),
      },
    });
    put("state_variables", CONVERSATION_VARIABLES as unknown as Json);
    put("observability", CONVERSATION_OBSERVABILITY as unknown as Json);
    put("metrics", { agents: "none" });
    const roles = {
      ...(hasModel(written.user) && { simulated_user: modelOf(written.user) }),
      ...(hasModel(written.judge) && { judge: modelOf(written.judge) }),
    };
    if (Object.keys(roles).length > 0) put("llm", { roles });
    return { ...root, entries };
  }
}

/** A component that is made. */
interface Part {
  readonly type: string;
  readonly config: JsonObject;
}

type ModelPart = { readonly [key in typeof MODEL_KEYS[number]]?: Json | undefined };

function hasModel(part: ModelPart | null | undefined): part is ModelPart {
  return MODEL_KEYS.some((key) => (part?.[key] ?? null) !== null);
}

function modelOf(part: ModelPart): JsonObject {
  return Object.fromEntries(
    MODEL_KEYS.flatMap((key) => (part[key] ?? null) === null ? [] : [[key, part[key]!] as const]),
  );
}

function recordedTurns({ user }: WrittenConversation): number | undefined {
  return user?.turns?.length;
}

type Turn<Part extends "user" | "agent"> = NonNullable<NonNullable<WrittenConversation[Part]>["turns"]>[number];

function userTurn({ message, desired_action, repeated, fault }: Turn<"user">): JsonObject {
  return {
    message: message ?? "",
    desired_action: desired_action ?? null,
    ...(repeated && { repeated: true }),
    ...(fault && { fault }),
  };
}

function agentTurn({ reply, actions, fault }: Turn<"agent">): JsonObject {
  return { reply: reply ?? "", actions: actions ?? [], ...(fault && { fault }) };
}

function withoutEmpty(value: object): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null && each !== undefined));
}
