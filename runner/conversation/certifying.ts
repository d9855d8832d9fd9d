/** What the judges of this host are worth: rules on the spot, models by judging the labelled turns in runs of their own. */

import { basename } from "node:path";
import {
  type JudgeVerdict,
  type MatchOptions,
  needsJudge,
  PlanTree,
  readEnvironment,
  ruledVerdict,
} from "../../framework/conversation/mod.ts";
import { type Json, type JsonObject, sha256, SimError } from "../../framework/mod.ts";
import { readYaml } from "../../framework/scenario/mod.ts";
import type { App } from "../app.ts";
import type { ModelChoice } from "../gateway/mod.ts";
import { isOfflineModel } from "../offline_label.ts";
import type { CallPage, LabelRecord, TurnRecord } from "../store/mod.ts";
import {
  type Certificate,
  certificateOf,
  idleAlignment,
  judgedByRules,
  type JudgedTurnLabel,
  type LabelledTurn,
  labelledTurns,
} from "./certificate.ts";
import type { Conversations } from "./controller.ts";
import type { ConversationRun } from "./types.ts";

/** Label of the runs of one certification; its value is the certification's own name. */
const CERTIFICATION = "certification";
/** Label of what a run is for in it. */
const PART = "certification_part";
/** How the labelled turns are judged: as they are, once more, and with wanted and done in each other's place. */
const PARTS = ["first", "retest", "swapped"] as const;
type Part = typeof PARTS[number];

/** A judge with what it is worth. */
export interface JudgeCertificate {
  /** `rules`, or the judge's provider and model, with the names and hashes of a prompt and a rubric of its own. */
  readonly judge: string;
  /** Runs whose turns are behind it; none where rules judge the labelled set. */
  readonly runs: readonly string[];
  readonly certificate: Certificate;
}

/** What the judges of this host are worth. */
export interface CertificateReport {
  /** On the labelled turns that come with the domain: rules, and of every model judge its last certification. */
  readonly labelled: readonly JudgeCertificate[];
  /**
   * On the turns of this host's conversations that people have labelled: rules by what the label keeps of the turn, so
   * that they outlive its run, and model judges by what they said in runs that are still there.
   */
  readonly own: readonly JudgeCertificate[];
  /** Lines of the labels' file that are no label, and count for nothing. */
  readonly bad_labels: number;
}

/** The labelled turns that come with the domain, and where they take place. */
interface LabelledSet {
  readonly turns: readonly LabelledTurn[];
  readonly plan: JsonObject;
  readonly environment: ReturnType<typeof readEnvironment>;
}

/** What is not asked of the app. */
export interface CertificateSources {
  readonly labels: readonly LabelRecord[];
  readonly badLabels: number;
}

/** Rules and all models that have been certified. */
export async function certificates(
  app: App,
  conversations: Conversations,
  { labels, badLabels }: CertificateSources,
): Promise<CertificateReport> {
  const set = await labelledSet(app);
  const rules = judgedByRules(set.turns, { environment: set.environment, extra: "flag" });
  return {
    labelled: [
      { judge: "rules", runs: [], certificate: certificateOf(rules) },
      ...await certifiedModels(app, conversations, set),
    ],
    own: await ownCertificates(app, conversations, labels),
    bad_labels: badLabels,
  };
}

/**
 * Has a model judge the labelled turns, three times over. Resolves when the runs have been started; they are found by
 * {@linkcode certificates} when they are complete.
 * @param judge keys of the scenario's `conversation.judge`
 */
export async function startCertification(
  app: App,
  conversations: Conversations,
  judge: JsonObject,
): Promise<ConversationRun[]> {
  const { turns, plan } = await labelledSet(app);
  const name = new Date().toISOString();
  const runs: ConversationRun[] = [];
  for (const part of PARTS) {
    const scenario = certificationScenario(turns, plan, {
      ...judge,
      kind: "llm",
      ...(part === "swapped" && { swap: true }),
    });
    runs.push(
      await conversations.start({
        text: JSON.stringify(scenario),
        needsModel: true,
        onModels: assertJudges,
        ...(part === "retest" && { sample: 1 }),
        labels: { [CERTIFICATION]: name, [PART]: part },
      }),
    );
  }
  return runs;
}

/** That what judges is a model: the offline provider never does. @throws {SimError} `no_provider` */
function assertJudges(chosen: readonly ModelChoice[]): void {
  const judges = chosen.find(({ roles }) => roles.includes("judge")) ?? chosen.find(({ roles }) => roles.includes("*"));
  if (judges?.kind !== "offline") return;
  throw new SimError("no_provider", "the offline provider is no language model: it judges nothing", {
    hint: "start without --offline, or name another provider for the judge",
  });
}

/** The labelled turns as a conversation that has been had: a turn each, every one with the plan as it is given. */
function certificationScenario(turns: readonly LabelledTurn[], plan: JsonObject, judge: JsonObject): JsonObject {
  const user = turns.map(({ message, desired_action }) => ({
    message,
    desired_action: desired_action as unknown as Json,
  }));
  const agent = turns.map(({ reply, actions, fault }) => ({
    reply,
    actions: actions as unknown as Json,
    ...(fault && { fault: { ...fault } }),
  }));
  return {
    // The turns do not follow from each other: to keep the state after each would be to keep the same over and over.
    simulation: { name: "certificate", checkpoint_interval: turns.length },
    conversation: {
      plan,
      user: { kind: "recorded", turns: user },
      agent: { adapter: "recorded", turns: agent },
      judge,
      max_turns: turns.length,
      stop_on_misalignment: false,
      reset_each_turn: true,
    },
  };
}

async function certifiedModels(app: App, conversations: Conversations, set: LabelledSet): Promise<JudgeCertificate[]> {
  const { runs } = await app.list({ repo: "conversation", label: CERTIFICATION, status: "completed" });
  const byName = Map.groupBy(runs, ({ labels }) => labels[CERTIFICATION]!);
  const found = new Map<string, JudgeCertificate>();
  // Newest first: of several certifications of one judge the last one counts.
  for (const group of byName.values()) {
    const run = (part: Part) => group.find(({ labels }) => labels[PART] === part);
    const first = run("first");
    if (first === undefined) continue;
    const judge = await modelJudge(app, first.run_id);
    if (judge === null || found.has(judge)) continue;
    const [verdicts, retests, swaps] = await Promise.all(PARTS.map(async (part) => {
      const each = run(part);
      return each === undefined ? null : await verdictsOn(set, app, await conversations.get(each.run_id));
    }));
    if (!verdicts) continue;
    const options = { catalogue: set.environment.catalogue, extra: "flag" as const };
    const judged = set.turns.map((turn, i): JudgedTurnLabel => ({
      label: turn.label,
      trap: turn.trap,
      ...verdicts[i]!,
      ...(retests && { retest: retests[i]!.verdict }),
      ...(swaps && { swapped: swaps[i]!.verdict }),
      idle: idleAlignment({ desired_action: turn.desired_action }, options),
    }));
    found.set(judge, { judge, runs: group.map(({ run_id }) => run_id), certificate: certificateOf(judged) });
  }
  return [...found.values()];
}

/** What was said of the labelled turns; null where the run is about others: the set has changed since. */
async function verdictsOn(set: LabelledSet, app: App, run: ConversationRun): Promise<Judged[] | null> {
  const isOf = run.turns.length === set.turns.length &&
    run.turns.every(({ simulated_user, judge }, i) => simulated_user.message === set.turns[i]!.message && judge);
  if (!isOf) return null;
  const asked = await turnsAsked(app, run.run_id);
  return run.turns.map(({ index, judge }) => judgedBy(judge!, asked.has(index)));
}

/** A verdict, as a certificate counts it. */
type Judged = Pick<JudgedTurnLabel, "verdict" | "by" | "failed">;

/** @param asked whether the judge's model was asked about the turn */
function judgedBy({ alignment: verdict, by }: JudgeVerdict, asked: boolean): Judged {
  return { verdict, by, ...(asked && by === "rules" && { failed: true }) };
}

/** Turns about which the judge's model was asked, by what is on the tape. */
async function turnsAsked(app: App, runId: string): Promise<ReadonlySet<number>> {
  const turns = new Set<number>();
  for (let after: number | null = 0; after !== null;) {
    const page: CallPage = await app.llmPage(runId, { after, limit: 1000 });
    for (const call of page.rows) if (call.kind === "llm" && call.request.role === "judge") turns.add(call.turn);
    after = page.next_after;
  }
  return turns;
}

/** What people say of this host's turns, beside what was said by rules and by the judge that they had. */
async function ownCertificates(
  app: App,
  conversations: Conversations,
  labels: readonly LabelRecord[],
): Promise<JudgeCertificate[]> {
  const judged = new Map<string, { runs: Set<string>; turns: JudgedTurnLabel[] }>();
  const add = (judge: string, runId: string, turn: JudgedTurnLabel) => {
    const entry = judged.get(judge) ?? { runs: new Set(), turns: [] };
    judged.set(judge, entry);
    entry.runs.add(runId);
    entry.turns.push(turn);
  };
  for (const [runId, ofRun] of Map.groupBy(labels, ({ run_id }) => run_id)) {
    const run = await conversations.get(runId).catch(unlessGone);
    const model = run?.config.judge.kind === "llm" ? await modelJudge(app, runId) : null;
    const isAnyOpen = model !== null && run!.turns.some(({ judge }) => judge !== null && needsJudge(judge));
    const asked: ReadonlySet<number> = isAnyOpen ? await turnsAsked(app, runId) : new Set();
    for (const { turn, alignment: label, turn_record } of ofRun) {
      const idle = turn_record?.rules && idleAlignment(turn_record.wish, turn_record.rules);
      const about = { label, trap: "own", ...(idle && { idle }) };
      if (turn_record?.rules) add("rules", runId, { ...about, verdict: ruledAgain(turn_record, turn_record.rules) });
      const verdict = run?.turns.find(({ index }) => index === turn)?.judge;
      if (model !== null && verdict) add(model, runId, { ...about, ...judgedBy(verdict, asked.has(turn)) });
    }
  }
  return [...judged].map(([judge, { runs, turns }]) => ({ judge, runs: [...runs], certificate: certificateOf(turns) }));
}

/** What rules say of a turn by what its label keeps of it. */
function ruledAgain({ wish, transcript_turn: turn }: TurnRecord, rules: MatchOptions): JudgeVerdict["alignment"] {
  return ruledVerdict({ wish, turn, ...rules }).alignment;
}

/**
 * The model that judges in a run, by its own settings: provider and model (the other sides may have other ones), and the
 * files that stand in place of the domain's prompt and beside it as a rubric. In which order it is shown things is no
 * matter. Null: nothing is a model that judges here.
 */
async function modelJudge(app: App, runId: string): Promise<string | null> {
  const { llm, agents } = await app.runConfig(runId);
  const { provider, model } = llm?.roles.judge ?? llm ?? { provider: "offline", model: "offline" };
  const name = `${provider} ${model}`;
  if (isOfflineModel(name)) return null;
  const config = agents.find((agent) => agent.name === "judge")?.config ?? {};
  return [name, ...["prompt", "rubric"].flatMap((kind) => fileName(kind, config[kind]))].join(", ");
}

/** `rubric actions.md 1a2b3c4d`. */
function fileName(kind: string, setting: Json | undefined): string[] {
  if (setting === undefined) return [];
  const { file, text } = setting as { readonly file: string; readonly text: string };
  return [`${kind} ${basename(file)} ${sha256(text).slice(0, 8)}`];
}

/** A label outlives its run. */
function unlessGone(error: unknown): null {
  if (error instanceof SimError && ["unknown_run", "no_conversation"].includes(error.code)) return null;
  throw error;
}

async function labelledSet(app: App): Promise<LabelledSet> {
  const folder = `${app.domainFolder("conversation")}/labelled`;
  const [text, written] = await Promise.all([
    Deno.readTextFile(`${folder}/plan_turns.jsonl`),
    Deno.readTextFile(`${folder}/plan.yaml`),
  ]);
  const plan = PlanTree.read(readYaml(written, "plan.yaml").value).toJSON() as JsonObject;
  return { turns: labelledTurns(text), plan, environment: readEnvironment({ plan }) };
}
