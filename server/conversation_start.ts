/** Starting a conversation from what a door was asked for: a scenario, a section of one, or no more than a plan's name. */

import { join } from "node:path";
import { formatPath, issuesError, type Json, type JsonObject, SimError } from "../framework/mod.ts";
import { readYaml } from "../framework/scenario/mod.ts";
import { type App, type ConversationQuote, type ConversationRun, type ConversationSpec, ROOT } from "../runner/mod.ts";
import type { Principal } from "./context.ts";
import { startNamed } from "./named_start.ts";
import { ProblemError } from "./problem.ts";

/** What is asked for. */
export interface AskedConversation {
  /** A domain, with the `config` of one of its scenarios. */
  readonly repo?: string | undefined;
  readonly config?: string | undefined;
  /** A whole scenario: its text, or as an object. */
  readonly scenario?: string | JsonObject | undefined;
  /** The section `conversation` alone. */
  readonly conversation?: JsonObject | undefined;
  readonly session_id?: string | undefined;
  /** Names the plan; the file of that name is taken where nothing else says what is talked about. */
  readonly plan_id?: string | undefined;
  readonly goal?: string | undefined;
  readonly max_turns?: number | undefined;
  readonly auto_advance: boolean;
  readonly max_actions_per_turn?: number | undefined;
  readonly stop_on_misalignment?: boolean | undefined;
  readonly stop_on_alignment?: boolean | undefined;
  readonly case?: string | undefined;
  readonly seed?: number | undefined;
  readonly sample?: number | undefined;
  readonly set?: { readonly [path: string]: Json } | undefined;
  readonly labels?: { readonly [key: string]: string } | undefined;
  readonly llm_mode?: "auto" | "offline" | undefined;
}

/** The domain of conversations, in whose folder or scenarios plans lie. */
const DOMAIN = "conversation";
/** Who speaks where nothing but a plan is named. */
const DEFAULT = { user: { kind: "llm" }, agent: { adapter: "builtin" }, judge: { kind: "rules" } };

/**
 * Starts the conversation, or finds the one that the same caller has started under the same name.
 * @throws {SimError} `unknown_plan`, and what a start may have
 * @throws {ProblemError} 422 `no_scenario`, `no_conversation`
 */
export async function startConversation(
  app: App,
  asked: AskedConversation,
  name: string | null | undefined,
  principal: Pick<Principal, "id"> | null,
): Promise<ConversationRun> {
  const spec = await specOf(app, asked);
  return await startNamed(app.conversations, spec, name, principal).catch(asAsked);
}

/**
 * What the conversation would be, and take.
 * @throws {SimError} as {@linkcode startConversation}
 * @throws {ProblemError} likewise
 */
export async function quoteConversation(app: App, asked: AskedConversation): Promise<ConversationQuote> {
  return await app.conversations.quote(await specOf(app, asked)).catch(asAsked);
}

/** That a scenario is no conversation is wrong with what was asked; of a run it says that there is none of this id. */
function asAsked(error: unknown): never {
  if (!(error instanceof SimError && error.code === "no_conversation")) throw error;
  throw new ProblemError(422, error.code, error.message, { ...(error.hint && { hint: error.hint }), cause: error });
}

async function specOf(app: App, asked: AskedConversation): Promise<ConversationSpec> {
  const { session_id, plan_id, goal, max_turns, auto_advance, case: name, sample, labels, llm_mode } = asked;
  const source = await sourceOf(app, asked);
  const set = [
    ...Object.entries(asked.set ?? {}).map(([path, value]) => ({ path, value, from: "set" })),
    ...(["max_actions_per_turn", "stop_on_misalignment", "stop_on_alignment"] as const).flatMap((key) =>
      asked[key] === undefined ? [] : [{ path: `conversation.${key}`, value: asked[key], from: key }]
    ),
    ...(asked.seed === undefined ? [] : [{ path: "simulation.seed", value: asked.seed, from: "seed" }]),
  ];
  if (plan_id !== undefined) {
    const chosen = name === undefined ? [] : [{ path: "conversation.case", value: name, from: "case" }];
    const { issues } = await app.validate({ ...source, set: [...chosen, ...set] });
    const lacksPlan = issues.some(({ code, path }) =>
      code === "missing_key" && path !== undefined && formatPath(path) === "conversation.plan"
    );
    if (lacksPlan) set.push({ path: "conversation.plan", value: await planOf(app, plan_id), from: "plan_id" });
  }
  return {
    ...source,
    set,
    ...(name !== undefined && { case: name }),
    ...(goal !== undefined && { goal }),
    ...(max_turns !== undefined && { maxTurns: max_turns }),
    ...(session_id !== undefined && { sessionId: session_id }),
    ...(plan_id !== undefined && { planId: plan_id }),
    ...(sample !== undefined && { sample }),
    ...(labels !== undefined && { labels }),
    ...(llm_mode === "offline" && { offline: true }),
    manual: !auto_advance,
  };
}

async function sourceOf(
  app: App,
  { repo, config, scenario, conversation, plan_id }: AskedConversation,
): Promise<Pick<ConversationSpec, "file" | "text">> {
  const given = [scenario, conversation, repo ?? config].filter((each) => each !== undefined).length;
  if (given === 1 && scenario !== undefined) {
    return { text: typeof scenario === "string" ? scenario : JSON.stringify(scenario) };
  }
  if (given === 1 && conversation !== undefined) return { text: JSON.stringify({ conversation }) };
  if (given === 1 && repo !== undefined && config !== undefined) {
    return { file: await app.resolveConfig(repo, config) };
  }
  if (given === 0 && plan_id !== undefined) return { text: JSON.stringify({ conversation: DEFAULT }) };
  throw new ProblemError(
    422,
    "no_scenario",
    "it takes repo and config, or scenario, or conversation, or only plan_id",
    {
      hint: "scenario is a whole scenario of one's own, conversation that section of one",
    },
  );
}

/** The plan in the file of this name. @throws {SimError} `unknown_plan`, or what is wrong with the file */
async function planOf(app: App, planId: string): Promise<Json> {
  const file = await app.resolveConfig(DOMAIN, `plans/${planId}.yaml`).catch((error) => {
    if (!(error instanceof SimError) || !["missing_file", "bad_config_path"].includes(error.code)) throw error;
    const names = planNames(app);
    throw new SimError("unknown_plan", `there is no plan '${planId}'`, {
      hint: names.length === 0 ? "scenarios/conversation/plans/ has none" : `there are ${names.join(", ")}`,
      cause: error,
    });
  });
  const { value, issues } = readYaml(await Deno.readTextFile(file), file);
  if (value === undefined) throw issuesError(issues);
  return value;
}

/** Names in a message at most. */
const MOST_NAMES = 50;

/** Names of plans that conversations may be about. */
export function planNames(app: App): string[] {
  const folders = [join(app.domainFolder(DOMAIN), "plans"), join(ROOT, "scenarios", DOMAIN, "plans")];
  return [...new Set(folders.flatMap(yamlNames))].sort().slice(0, MOST_NAMES);
}

function yamlNames(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].flatMap(({ name }) => /^(.+)\.yaml$/.exec(name)?.[1] ?? []);
  } catch {
    // Not there: it has none.
    return [];
  }
}
