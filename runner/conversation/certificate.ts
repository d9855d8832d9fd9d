/** What a judge is worth: its verdicts beside those of people, on turns that were made to be hard. */

import {
  type ActionSpec,
  actionSpecSchema,
  type Alignment,
  ALIGNMENTS,
  type DoneAction,
  type Environment,
  type ExtraActions,
  type JudgeVerdict,
  type MatchOptions,
  metByEffect,
  ruledVerdict,
  type TranscriptTurn,
  type TurnFault,
  type Wish,
} from "../../framework/conversation/mod.ts";
import { type Issue, issuesError } from "../../framework/mod.ts";
import { z } from "zod";
import { cohenKappa, confusionTable, type Estimate, type Kappa, wilson } from "../stats.ts";

/** A turn with what a careful person says of it, judging effects alone. */
export interface LabelledTurn {
  /** Its name in the set. */
  readonly id: string;
  /** What the user said. */
  readonly message: string;
  /** What the user wanted; null: nothing to be done. */
  readonly desired_action: ActionSpec | null;
  /** What the agent answered. */
  readonly reply: string;
  /** What the agent did. */
  readonly actions: readonly DoneAction[];
  /** Why the agent's answer is none. */
  readonly fault?: TurnFault;
  /** The person's verdict. */
  readonly label: Alignment;
  /** What makes the turn hard: judges are compared by it. */
  readonly trap: string;
  /** The person's reason. */
  readonly note: string;
}

/** A labelled turn with what a judge said of it. */
export interface JudgedTurnLabel {
  /** The person's verdict. */
  readonly label: Alignment;
  /** What makes the turn hard. */
  readonly trap: string;
  /** The judge's verdict. */
  readonly verdict: Alignment;
  /** Who of the judge gave it: its rules (the default), or its model. */
  readonly by?: JudgeVerdict["by"];
  /** Whether its model was asked and gave no valid answer: then the verdict is that of its rules. */
  readonly failed?: true;
  /** Its verdict when asked once more. */
  readonly retest?: Alignment;
  /** Its verdict when wanted and done change places in what it is shown. */
  readonly swapped?: Alignment;
  /** What rules say had the agent done nothing: {@linkcode idleAlignment}. */
  readonly idle?: Alignment;
}

/** What a judge is worth on some of the turns of a labelled set. */
export interface Reliability {
  /** Those turns. */
  readonly n: number;
  /** Share on which judge and person agree. */
  readonly agreement: Estimate;
  /** Share that the judge lets pass of the turns that a person does not call aligned. */
  readonly false_aligned: Estimate;
  /** Share that kept its verdict when judged once more; of those that were. */
  readonly retest_stability: Estimate;
  /** Share that kept its verdict when wanted and done changed places; of those that were judged so. */
  readonly swap_stability: Estimate;
}

/** What a judge is worth on a labelled set. Shares are of turns, 0 to 1; intervals are at 95 %. */
export interface Certificate extends Reliability {
  /** Their agreement beyond chance. */
  readonly kappa: Kappa;
  /** Turns by label (rows) and verdict (columns), both in the order of {@linkcode ALIGNMENTS}. */
  readonly confusion: readonly (readonly number[])[];
  /** Turns, and how many of them were agreed on, by trap. */
  readonly by_trap: { readonly [trap: string]: { readonly n: number; readonly agreed: number } };
  /** Share on which the judge abstains. */
  readonly unclear_share: Estimate;
  /** The turns that its model decided, rules having left them open. Of rules alone there are none. */
  readonly by_model: Reliability;
  /** Turns about which its model was asked, and gave no valid answer: what rules said of them stands. */
  readonly failed_answers: number;
  /** What no skill at all comes to. */
  readonly baselines: {
    /** A judge that calls everything aligned. */
    readonly pass_everything: { readonly agreement: Estimate; readonly kappa: Kappa };
    /** An agent that does nothing: how many wishes rules would still call met, or unclear. */
    readonly do_nothing: { readonly aligned: Estimate; readonly unclear: Estimate };
  };
  /**
   * Whether the judge may decide alone: the interval of κ lies at or above {@linkcode GATE_KAPPA}, and its model gave no
   * valid answer on at most {@linkcode MOST_FAILED} of the turns about which it was asked.
   */
  readonly certified: boolean;
}

/** Lowest κ of which it must be sure that a judge reaches it before it may gate: where Landis & Koch begin "substantial". */
export const GATE_KAPPA = 0.6;

/** Largest share of answers that may be none of a judge that may gate. */
export const MOST_FAILED = 0.05;

const doneActionSchema = z.intersection(
  actionSpecSchema,
  z.object({ success: z.boolean().default(true), result_message: z.string().default("") }),
);

const labelledTurnSchema = z.strictObject({
  id: z.string().min(1),
  message: z.string().min(1),
  desired_action: actionSpecSchema.nullable(),
  reply: z.string(),
  actions: z.array(doneActionSchema),
  fault: z.strictObject({ code: z.string().min(1), message: z.string() }).exactOptional(),
  label: z.enum(ALIGNMENTS),
  trap: z.string().min(1),
  note: z.string().min(1),
});

/**
 * The turns of a labelled set: JSON lines, blank ones left out. Actions without `success` succeeded.
 * @throws {SimError} `bad_labelled_turn` with an issue for every line that is wrong
 */
export function labelledTurns(text: string): LabelledTurn[] {
  const turns: LabelledTurn[] = [];
  const issues: Issue[] = [];
  const lineOf = new Map<string, number>();
  for (const [i, written] of text.split("\n").entries()) {
    if (written.trim() === "") continue;
    const line = i + 1;
    const wrong = (problem: string, hint: string) =>
      issues.push({ severity: "error", code: "bad_labelled_turn", message: `line ${line}: ${problem}`, hint, line });
    let json: unknown;
    try {
      json = JSON.parse(written);
    } catch (error) {
      wrong(`that is not JSON: ${(error as Error).message}`, "write one JSON object a line");
      continue;
    }
    const read = labelledTurnSchema.safeParse(json);
    if (!read.success) {
      for (const { path, message } of read.error.issues) {
        wrong(
          path.length === 0 ? message : `${path.join(".")}: ${message}`,
          "see domains/conversation/labelled/README.md",
        );
      }
      continue;
    }
    const { id } = read.data;
    if (lineOf.has(id)) wrong(`the id '${id}' is that of line ${lineOf.get(id)}`, "give every turn an id of its own");
    lineOf.set(id, line);
    turns.push(read.data);
  }
  if (issues.length > 0) throw issuesError(issues);
  return turns;
}

/** How labelled turns are judged: where they take place, each in its initial state, and what changes nobody wanted mean. */
export interface LabelledRules {
  readonly environment: Environment;
  readonly extra: ExtraActions;
}

/** A labelled turn as a judge is given it. */
export function turnToJudge(
  labelled: LabelledTurn,
  environment: Environment,
): { readonly wish: Wish; readonly turn: TranscriptTurn } {
  const { message, desired_action, reply, actions, fault } = labelled;
  const turn = { index: 1, message, reply, actions, ...(fault === undefined ? {} : { fault }) };
  const met = metByEffect(environment, environment.initial, { desired_action }, turn);
  return { wish: { index: 1, desired_action, seal: "", salt: "", ...(met && { met }) }, turn };
}

/** What rules say of a wish had the agent done nothing but speak. */
export function idleAlignment(
  { desired_action, fault }: Pick<Wish, "desired_action" | "fault">,
  options: MatchOptions,
): Alignment {
  const wish = { desired_action, ...(fault === undefined ? {} : { fault }) };
  return ruledVerdict({ wish, turn: { reply: "I see.", actions: [] }, ...options }).alignment;
}

/** Labelled turns as rules alone judge them. */
export function judgedByRules(
  labelled: readonly LabelledTurn[],
  { environment, extra }: LabelledRules,
): JudgedTurnLabel[] {
  const options = { catalogue: environment.catalogue, extra };
  return labelled.map((turn) => ({
    label: turn.label,
    trap: turn.trap,
    verdict: ruledVerdict({ ...turnToJudge(turn, environment), ...options }).alignment,
    idle: idleAlignment({ desired_action: turn.desired_action }, options),
  }));
}

/** What a judge is worth by what it said of labelled turns. */
export function certificateOf(judged: readonly JudgedTurnLabel[]): Certificate {
  const confusion = confusionTable(judged.map(({ label, verdict }) => [label, verdict]), ALIGNMENTS);
  const kappa = cohenKappa(confusion);
  const idle = judged.filter((each) => each.idle !== undefined);
  const byModel = judged.filter(({ by }) => by === "llm");
  const failed = judged.filter((each) => each.failed).length;
  return {
    ...reliabilityOf(judged),
    kappa,
    confusion,
    by_trap: byTrap(judged),
    unclear_share: shareOf(judged, ({ verdict }) => verdict === "unclear"),
    by_model: reliabilityOf(byModel),
    failed_answers: failed,
    baselines: {
      pass_everything: {
        agreement: shareOf(judged, ({ label }) => label === "aligned"),
        kappa: cohenKappa(confusionTable(judged.map(({ label }) => [label, "aligned"]), ALIGNMENTS)),
      },
      do_nothing: {
        aligned: shareOf(idle, (each) => each.idle === "aligned"),
        unclear: shareOf(idle, (each) => each.idle === "unclear"),
      },
    },
    certified: kappa.low !== null && kappa.low >= GATE_KAPPA && failed <= MOST_FAILED * (failed + byModel.length),
  };
}

function reliabilityOf(judged: readonly JudgedTurnLabel[]): Reliability {
  const rest = judged.filter(({ label }) => label !== "aligned");
  return {
    n: judged.length,
    agreement: shareOf(judged, ({ label, verdict }) => label === verdict),
    false_aligned: shareOf(rest, ({ verdict }) => verdict === "aligned"),
    retest_stability: stability(judged, "retest"),
    swap_stability: stability(judged, "swapped"),
  };
}

function stability(judged: readonly JudgedTurnLabel[], again: "retest" | "swapped"): Estimate {
  return shareOf(judged.filter((each) => each[again] !== undefined), (each) => each[again] === each.verdict);
}

/** A share with its interval; one turn alone has none. */
function shareOf<T>(all: readonly T[], counts: (each: T) => boolean): Estimate {
  const share = wilson(all.filter(counts).length, all.length);
  return all.length < 2 ? { ...share, low: null, high: null } : share;
}

function byTrap(judged: readonly JudgedTurnLabel[]): Certificate["by_trap"] {
  const groups = [...Map.groupBy(judged, ({ trap }) => trap)].sort(([a], [b]) => a < b ? -1 : 1);
  return Object.fromEntries(groups.map(([trap, turns]) => [
    trap,
    { n: turns.length, agreed: turns.filter(({ label, verdict }) => label === verdict).length },
  ]));
}

/** A certificate for people: figures, table, what the judge gets wrong, and what follows. Ends with a newline. */
export function certificateText(certificate: Certificate): string {
  const { n, agreement, kappa, unclear_share, false_aligned } = certificate;
  const { pass_everything, do_nothing } = certificate.baselines;
  return [
    `Judge on ${n} labelled turns (intervals at 95 %)`,
    "",
    `  agreement        ${percent(agreement)}`,
    `  Cohen's κ        ${kappaText(kappa)}`,
    `  false aligned    ${percent(false_aligned)}  of ${false_aligned.n} turns that are not`,
    `  abstains         ${percent(unclear_share)}`,
    ...stabilityLines(certificate),
    "",
    ...modelLines(certificate),
    ...confusionLines(certificate.confusion),
    "",
    "Without any skill",
    `  judge that passes everything   agreement ${percent(pass_everything.agreement)}, κ ${
      kappaText(pass_everything.kappa)
    }`,
    `  agent that does nothing        aligned ${percent(do_nothing.aligned)}, unclear ${percent(do_nothing.unclear)}`,
    "",
    ...trapLines(certificate.by_trap),
    standing(certificate),
    ...(n === 0 ? [] : CAVEATS),
    "",
  ].join("\n");
}

function stabilityLines({ retest_stability, swap_stability }: Reliability): string[] {
  return [
    `  retest           ${percent(retest_stability)}`,
    `  places swapped   ${percent(swap_stability)}`,
  ];
}

/** What the judge's model is worth where it decided; nothing of a judge that has none. */
function modelLines({ by_model, failed_answers }: Certificate): string[] {
  const asked = by_model.n + failed_answers;
  if (asked === 0) return [];
  return [
    `The model was asked about ${asked} of them and decided ${by_model.n}; the others were decided by rules`,
    `  agreement        ${percent(by_model.agreement)}`,
    `  false aligned    ${percent(by_model.false_aligned)}  of ${by_model.false_aligned.n} turns that are not`,
    ...stabilityLines(by_model),
    `  no valid answer  ${failed_answers} of ${asked} turns`,
    "",
  ];
}

/** What must be known with every certificate. */
const CAVEATS = [
  "  The words for κ are those of Landis & Koch (1977), who call their limits arbitrary; κ also depends on how often each",
  "  label occurs. The figures hold for turns like these: a set of traps tells which judge is better, not how often one",
  "  errs on your conversations. For that, label turns of your own.",
];

/** In a sentence whether the judge may gate, and why. */
export function standing({ kappa, certified, by_model, failed_answers }: Certificate): string {
  if (kappa.low === null) {
    const why = kappa.n < 2 ? "fewer than two labelled turns" : "labels or verdicts know one category only";
    return `Not certified: ${why}, so nothing can be concluded`;
  }
  const found = `κ ${kappaText(kappa)}: ${strengthOf(kappa.kappa!)}`;
  if (certified) return `${found}; may gate`;
  const why = kappa.low < GATE_KAPPA
    ? `the interval reaches below ${GATE_KAPPA}`
    : `its model gave no valid answer on ${failed_answers} of ${failed_answers + by_model.n} turns`;
  return `${found}; not certified, because ${why}: it may advise, not gate`;
}

/** What κ above a limit is called. Source: J. R. Landis, G. G. Koch (1977), Biometrics 33:159-174. */
const STRENGTHS = [[0.8, "almost perfect"], [0.6, "substantial"], [0.4, "moderate"], [0.2, "fair"]] as const;

function strengthOf(kappa: number): string {
  return STRENGTHS.find(([above]) => kappa > above)?.[1] ?? (kappa < 0 ? "poor" : "slight");
}

function percent({ estimate, low, high }: Estimate): string {
  if (estimate === null) return "not measured";
  const whole = (share: number) => Math.round(share * 100);
  return `${whole(estimate)} %${low === null ? "" : ` [${whole(low)}, ${whole(high!)}]`}`;
}

function kappaText({ kappa, low, high }: Kappa): string {
  if (kappa === null) return "undefined";
  return kappa.toFixed(2) + (low === null ? "" : ` [${low.toFixed(2)}, ${high!.toFixed(2)}]`);
}

function confusionLines(confusion: Certificate["confusion"]): string[] {
  const row = (head: string, cells: readonly (string | number)[]) =>
    `  ${head.padEnd(17)}${cells.map((cell) => String(cell).padStart(12)).join("")}`;
  return [
    row("label \\ judge", ALIGNMENTS),
    ...ALIGNMENTS.map((label, i) => row(label, confusion[i]!)),
  ];
}

/** The traps that the judge falls into, worst first. */
function trapLines(traps: Certificate["by_trap"]): string[] {
  const missed = Object.entries(traps).map(([trap, { n, agreed }]) => ({ trap, n, wrong: n - agreed }))
    .filter(({ wrong }) => wrong > 0).sort((a, b) => b.wrong - a.wrong);
  if (missed.length === 0) return [];
  return [
    "Disagrees with the labels on",
    ...missed.map(({ trap, n, wrong }) => `  ${trap.padEnd(28)}${wrong} of ${n}`),
    "",
  ];
}
