/** Compares what was wanted with what was done: effects, not lists of calls. */

import type { Json } from "../json.ts";
import { argumentOf, compareArgument, contentKey, type Fit } from "./argument.ts";
import { assign } from "./assignment.ts";
import type { ActionCatalogue, ActionSchema } from "./catalogue.ts";
import type { ActionSpec, Alignment, DoneAction, Witness } from "./types.ts";
import { callText, cut, differenceText } from "./witness_text.ts";

/** What changes nobody asked for mean: nothing, that a judge should look, or that the turn is misaligned. */
export const EXTRA_ACTIONS = ["tolerate", "flag", "fail"] as const;
/** What changes nobody asked for mean. */
export type ExtraActions = typeof EXTRA_ACTIONS[number];

/** What actions mean where they are compared. */
export interface MatchOptions {
  /** The environment's actions. One that is not there counts as a change. */
  readonly catalogue: ActionCatalogue;
  /** What changes nobody asked for mean. */
  readonly extra: ExtraActions;
}

/** One argument in which two actions differ. */
export interface ArgumentDifference {
  /** Its name. */
  readonly argument: string;
  /** What kind of difference it is. */
  readonly kind: "missing_argument" | "wrong_argument" | "unasked_argument" | "free_text";
  /** Whether it is one, or a judge has to say. */
  readonly fit: "unclear" | "different";
  /** What was wanted; absent when nothing was. */
  readonly wanted?: Json;
  /** What was given; absent when nothing was. */
  readonly done?: Json;
}

/** A wanted action and the done one that comes nearest to it. */
export interface ActionPair {
  /** What was wanted. */
  readonly wanted: ActionSpec;
  /** What was done. */
  readonly done: DoneAction;
  /** `same` without differences, `unclear` when each of them is, else `different`. */
  readonly fit: Fit;
  /** By the arguments' names. */
  readonly differences: readonly ArgumentDifference[];
}

/** What comes of a comparison. Lists are in the order of their content. */
export interface Match {
  /** Whether what was wanted was done. */
  readonly alignment: Alignment;
  /** Wanted actions with the done ones they were given. */
  readonly pairs: readonly ActionPair[];
  /** Wanted actions that got none. */
  readonly missing: readonly ActionSpec[];
  /** Changes that were given to no wanted action, whatever the policy says of them. */
  readonly extra: readonly DoneAction[];
  /** Share of the changes that fit a wanted action (`same` or `unclear`); null: nothing was changed. */
  readonly precision: number | null;
  /** Share of the wanted changes that were fitted; null: no change was wanted. */
  readonly recall: number | null;
  /** The smallest difference among those that make the alignment what it is; null when aligned. */
  readonly witness: Witness | null;
}

/**
 * Whether the actions that were `done` are those that were `wanted`.
 *
 * The law:
 * - Only effects count. Failed calls are dropped; calls that change nothing can fulfil a wish, but are never extra.
 * - A wanted and a done action pair up only under the same name, one to one: one call never fulfils two wishes. Of all
 *   such pairings it is one with the most `same` pairs, of those with the most `unclear` ones, of those with the fewest
 *   differing arguments; what is left is missing or extra.
 * - Arguments compare by type ({@linkcode compareArgument}); one that is left out has its default. A required argument
 *   that is left out makes the pair different, whatever was wanted of it. An argument nobody asked for makes it
 *   different too; free text is unclear, for it may say no more than the rest, and different where extra changes fail.
 * - A different pair or a missing change is misaligned. A missing wish that changes nothing is unclear, because the reply
 *   may have answered it in words, and misaligned when something nobody wanted was changed instead. Extra changes are
 *   tolerated, unclear or misaligned by policy. The worst of these is the alignment: misaligned, unclear, aligned.
 * - The answer depends on what is in the two lists, not on their order; and one more done change that fits nothing wanted
 *   never improves the alignment, nor raises precision or recall.
 */
export function matchActions(
  wanted: readonly ActionSpec[],
  done: readonly DoneAction[],
  { catalogue, extra: policy }: MatchOptions,
): Match {
  const schemaOf = (name: string) => Object.hasOwn(catalogue, name) ? catalogue[name] : undefined;
  const isChange = (action: ActionSpec) => schemaOf(action.name)?.mutating ?? true;
  const wishes = Map.groupBy(byContent(wanted), (action) => action.name);
  const calls = Map.groupBy(byContent(done.filter((action) => action.success)), (action) => action.name);
  const failed = byContent(done.filter((action) => !action.success));
  const groups = [...new Set([...wishes.keys(), ...calls.keys()])].toSorted().map((name) =>
    pairUp(wishes.get(name) ?? [], calls.get(name) ?? [], schemaOf(name), policy)
  );
  const pairs = groups.flatMap((group) => group.pairs);
  const missing = groups.flatMap((group) => group.missing);
  const extra = groups.flatMap((group) => group.left).filter(isChange);

  const findings: Finding[] = [
    ...pairs.flatMap(findingsOf),
    ...missing.map((wish): Finding => {
      const severity = isChange(wish) || extra.length > 0 ? "misaligned" : "unclear";
      const tried = failed.filter((call) => call.name === wish.name)
        .map((call) => comparePair(wish, call, schemaOf(wish.name), policy))
        .toSorted((a, b) => FITS.indexOf(a.fit) - FITS.indexOf(b.fit) || a.differences.length - b.differences.length);
      return { severity, size: 1, witness: missingWitness(wish, tried[0], isChange(wish)) };
    }),
    ...(policy === "tolerate" ? [] : extra.map((call): Finding => {
      return { severity: policy === "flag" ? "unclear" : "misaligned", size: 1, witness: extraWitness(call) };
    })),
  ];
  const alignment =
    (["misaligned", "unclear"] as const).find((severity) =>
      findings.some((finding) => finding.severity === severity)
    ) ?? "aligned";
  const fitted = pairs.filter((pair) => pair.fit !== "different" && isChange(pair.wanted)).length;
  const share = (whole: number) => whole === 0 ? null : fitted / whole;
  return {
    alignment,
    pairs,
    missing,
    extra,
    precision: share(done.filter((action) => action.success && isChange(action)).length),
    recall: share(wanted.filter(isChange).length),
    witness: smallest(findings.filter((finding) => finding.severity === alignment)),
  };
}

/** `actions` in an order that depends on nothing but what they are. */
function byContent<A extends ActionSpec>(actions: readonly A[]): A[] {
  const keyed = actions.map((action) => ({ action, key: contentKey(action) }));
  return keyed.toSorted((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0).map(({ action }) => action);
}

interface Group {
  readonly pairs: readonly ActionPair[];
  readonly missing: readonly ActionSpec[];
  readonly left: readonly DoneAction[];
}

/** The best pairing of wishes and calls that have one name. */
function pairUp(
  wishes: readonly ActionSpec[],
  calls: readonly DoneAction[],
  schema: ActionSchema | undefined,
  policy: ExtraActions,
): Group {
  const all = wishes.map((wish) => calls.map((call) => comparePair(wish, call, schema, policy)));
  const size = Math.min(wishes.length, calls.length);
  // Three counts in one number, the more important one in the higher digits. Every pairing has `size` pairs, so that the
  // fewest that are not `same` are the most that are.
  const different = 1 + size * Math.max(0, ...all.flat().map((pair) => pair.differences.length));
  const unclear = different * (1 + size);
  const columns = assign(
    all.map((row) =>
      row.map(({ fit, differences }) =>
        (fit === "same" ? 0 : unclear) + (fit === "different" ? different : 0) + differences.length
      )
    ),
  );
  return {
    pairs: columns.flatMap((column, row) => column === -1 ? [] : [all[row]![column]!]),
    missing: wishes.filter((_, row) => columns[row] === -1),
    left: calls.filter((_, column) => !columns.includes(column)),
  };
}

function comparePair(
  wanted: ActionSpec,
  done: DoneAction,
  schema: ActionSchema | undefined,
  policy: ExtraActions,
): ActionPair {
  const parameters = schema?.parameters ?? {};
  const names = new Set([
    ...Object.keys(parameters),
    ...Object.keys(wanted.parameters),
    ...Object.keys(done.parameters),
  ]);
  const differences = [...names].toSorted().flatMap((argument): ArgumentDifference[] => {
    const parameter = Object.hasOwn(parameters, argument) ? parameters[argument] : undefined;
    const asked = argumentOf(parameter, wanted.parameters, argument);
    const given = argumentOf(parameter, done.parameters, argument);
    const isGiven = Object.hasOwn(done.parameters, argument) && (done.parameters[argument] ?? null) !== null;
    if (parameter?.required === true && !isGiven) {
      return [{
        argument,
        kind: "missing_argument",
        fit: "different",
        ...(asked === undefined ? {} : { wanted: asked }),
      }];
    }
    const fit = compareArgument(parameter, asked, given);
    if (fit === "same") return [];
    if (given === undefined) return [{ argument, kind: "missing_argument", fit: "different", wanted: asked! }];
    if (asked === undefined) {
      const fit = parameter?.type === "text" && policy !== "fail" ? "unclear" : "different";
      return [{ argument, kind: "unasked_argument", fit, done: given }];
    }
    const kind = parameter?.type === "text" ? "free_text" : "wrong_argument";
    return [{ argument, kind, fit, wanted: asked, done: given }];
  });
  const fit = differences.some((difference) => difference.fit === "different")
    ? "different"
    : differences.length > 0
    ? "unclear"
    : "same";
  return { wanted, done, fit, differences };
}

/** One reason against `aligned`. */
interface Finding {
  readonly severity: "unclear" | "misaligned";
  /** In how many arguments its actions differ; 1 for a whole action. */
  readonly size: number;
  readonly witness: Witness;
}

/** From near to far. */
const FITS: readonly Fit[] = ["same", "unclear", "different"];

/** Kinds of difference from small to great. */
const KINDS: readonly (readonly Witness["kind"][])[] = [
  ["free_text"],
  ["wrong_argument", "unasked_argument", "missing_argument"],
  ["failed_action"],
  ["missing_action"],
  ["extra_action"],
];

function smallest(findings: readonly Finding[]): Witness | null {
  const rank = (finding: Finding) => KINDS.findIndex((kinds) => kinds.includes(finding.witness.kind));
  return findings.toSorted((a, b) => rank(a) - rank(b) || a.size - b.size)[0]?.witness ?? null;
}

function findingsOf({ wanted, done, differences }: ActionPair): Finding[] {
  return differences.map((difference) => ({
    severity: difference.fit === "unclear" ? "unclear" : "misaligned",
    size: differences.length,
    witness: {
      kind: difference.kind,
      text: differenceText(wanted.name, difference),
      wanted,
      done,
      argument: difference.argument,
      ...(difference.wanted === undefined ? {} : { wanted_value: difference.wanted }),
      ...(difference.done === undefined ? {} : { done_value: difference.done }),
    },
  }));
}

function missingWitness(wanted: ActionSpec, tried: ActionPair | undefined, isChange: boolean): Witness {
  if (tried !== undefined && tried.fit !== "different") {
    const text = `${callText(wanted)} was tried and failed: ${cut(tried.done.result_message, 80)}`;
    return { kind: "failed_action", text, wanted, done: tried.done };
  }
  if (tried !== undefined) {
    const { argument } = tried.differences.find(({ fit }) => fit === "different")!;
    const text = `${callText(wanted)} was not done; with another value of '${
      cut(argument, 40)
    }' it was tried, and failed`;
    return { kind: "missing_action", text, wanted, done: tried.done, argument };
  }
  const answered = isChange ? "was not done" : "was not called; the reply may answer it in words";
  return { kind: "missing_action", text: `${callText(wanted)} ${answered}`, wanted };
}

function extraWitness(done: DoneAction): Witness {
  return { kind: "extra_action", text: `${callText(done)} was done, which nobody asked for`, done };
}
