/** What the judges of this host are worth: rules on the spot, models by judging the labelled turns in runs of their own. */

import { type Alignment, PlanTree, readEnvironment } from "../../framework/conversation/mod.ts";
import { type Json, type JsonObject, SimError } from "../../framework/mod.ts";
import { readYaml } from "../../framework/scenario/mod.ts";
import type { App } from "../app.ts";
import type { ModelChoice } from "../gateway/mod.ts";
import type { LabelRecord } from "../store/mod.ts";
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
  /** `rules`, or the judge's provider and model. */
  readonly judge: string;
  /** Runs in which it judged; none for rules. */
  readonly runs: readonly string[];
  readonly certificate: Certificate;
}

/** What the judges of this host are worth. */
export interface CertificateReport {
  /** On the labelled turns that come with the domain: rules, and every model that was certified last. */
  readonly labelled: readonly JudgeCertificate[];
  /** On the turns of this host's conversations that people have labelled, by the judge that judged them then. */
  readonly own: readonly JudgeCertificate[];
}

/** The labelled turns that come with the domain, and where they take place. */
interface LabelledSet {
  readonly turns: readonly LabelledTurn[];
  readonly plan: JsonObject;
  readonly environment: ReturnType<typeof readEnvironment>;
}

/** Rules and all models that have been certified. */
export async function certificates(
  app: App,
  conversations: Conversations,
  labels: readonly LabelRecord[],
): Promise<CertificateReport> {
  const set = await labelledSet(app);
  const rules = judgedByRules(set.turns, { catalogue: set.environment.catalogue, extra: "flag" });
  return {
    labelled: [
      { judge: "rules", runs: [], certificate: certificateOf(rules) },
      ...await certifiedModels(app, conversations, set),
    ],
    own: await ownCertificates(app, conversations, labels),
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
  // Newest first: of several certifications of one model the last one counts.
  for (const group of byName.values()) {
    const parts = new Map<Part, ConversationRun>();
    for (const { run_id, labels } of group) parts.set(labels[PART] as Part, await conversations.get(run_id));
    const first = parts.get("first");
    if (first === undefined || first.turns.length !== set.turns.length) continue;
    const judge = await judgeModel(app, first.run_id);
    if (found.has(judge)) continue;
    const of = (part: Part, i: number): Alignment | undefined => parts.get(part)?.turns[i]?.judge?.alignment;
    const options = { catalogue: set.environment.catalogue, extra: "flag" as const };
    const judged = set.turns.map((turn, i): JudgedTurnLabel => {
      const [retest, swapped] = [of("retest", i), of("swapped", i)];
      return {
        label: turn.label,
        trap: turn.trap,
        verdict: of("first", i) ?? "unclear",
        ...(retest && { retest }),
        ...(swapped && { swapped }),
        idle: idleAlignment(turn, options),
      };
    });
    found.set(judge, { judge, runs: group.map(({ run_id }) => run_id), certificate: certificateOf(judged) });
  }
  return [...found.values()];
}

/** What people say of this host's turns, beside what was said by the judge that they had. */
async function ownCertificates(
  app: App,
  conversations: Conversations,
  labels: readonly LabelRecord[],
): Promise<JudgeCertificate[]> {
  const judged = new Map<string, { runs: Set<string>; turns: JudgedTurnLabel[] }>();
  for (const [runId, ofRun] of Map.groupBy(labels, ({ run_id }) => run_id)) {
    const run = await conversations.get(runId).catch(unlessGone);
    if (run === null) continue;
    for (const { turn, alignment } of ofRun) {
      const verdict = run.turns.find(({ index }) => index === turn)?.judge;
      if (!verdict) continue;
      const judge = verdict.by === "llm" ? await judgeModel(app, runId) : "rules";
      const entry = judged.get(judge) ?? { runs: new Set(), turns: [] };
      judged.set(judge, entry);
      entry.runs.add(runId);
      entry.turns.push({ label: alignment, trap: "own", verdict: verdict.alignment });
    }
  }
  return [...judged].map(([judge, { runs, turns }]) => ({ judge, runs: [...runs], certificate: certificateOf(turns) }));
}

/** The model that judges in a run, as its provider and its own name: the other sides may have other ones. */
async function judgeModel(app: App, runId: string): Promise<string> {
  const { llm } = await app.runConfig(runId);
  const { provider, model } = llm?.roles.judge ?? llm ?? { provider: "no", model: "model" };
  return `${provider} ${model}`;
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
