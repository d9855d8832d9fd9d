/** What can be concluded from a comparison, and what cannot, in words. */

import { excludedText } from "../batch/mod.ts";
import type { InputDifference } from "./inputs.ts";
import type { Match } from "./parting.ts";
import { caveatOf, type Side } from "./sides.ts";

/** Where sides part; see {@linkcode Parting} in `compare.ts`. */
interface PartingFacts {
  readonly turn: number;
  readonly metric: string;
  readonly between: readonly [number, number];
  readonly size: number;
  readonly beyond: number | null;
}

/** What two single runs share. */
export interface Kinship {
  /** Position of the side that shares its past with the first one. */
  readonly side: number;
  /** Last turn that both have in common. */
  readonly until: number;
  /** Whether chance goes on alike: the same seed and sample. */
  readonly same_chance: boolean;
}

/** What is known when the sentence is written. */
export interface Findings {
  readonly sides: readonly Side[];
  readonly inputs: readonly InputDifference[];
  readonly parting: PartingFacts | null;
  /** Of single runs. */
  readonly kin: readonly Kinship[];
  /** Of cells. */
  readonly matches: readonly Match[];
  readonly looks: number;
  /** What the runs of a side differ in. */
  readonly unit: "seed" | "sample";
  /** Whether no seed changes anything on any side. */
  readonly deterministic: boolean;
  /** By side, what differs between its own runs besides seed and sample: paths of inputs. */
  readonly mixed: readonly (readonly string[])[];
}

/** Noise floors of which a number says something: what is set by rule differs by millions of next to nothing. */
const MOST_FLOORS = 1000;

/** The sentences, most important first. */
export function sentenceOf(findings: Findings): string {
  const isSingle = findings.sides.every(({ runs }) => runs.length === 1);
  const main = isSingle ? ofSingleRuns(findings) : ofArms(findings);
  const caveats = findings.sides.flatMap((side) => caveatOf(side) ?? []);
  return [...main, ...mixedText(findings), ...leftOut(findings), ...caveats].join(" ");
}

function ofSingleRuns({ sides, inputs, parting, kin }: Findings): string[] {
  const [first] = sides as [Side];
  const changed = inputs.map(({ path }) => path).filter((path) => path !== "fork");
  const partings = parting === null
    ? ["In every metric that all have and every turn that all have played they are the same."]
    : [`${partText(parting, sides)}: the first difference at all, for one run has no noise floor.`];
  const turns = sides.map(({ label, runs }) => `${label} ${runs[0]!.turn}`);
  if (new Set(sides.map(({ runs }) => runs[0]!.turn)).size > 1) {
    partings.push(`They have come to different turns: ${turns.join(", ")}.`);
  }
  const relations = kin.map(({ side, until, same_chance }) => {
    const past = `${sides[side]!.label} and ${first.label} share the past up to turn ${until}`;
    if (!same_chance) {
      return `${past}, and go on with another seed or sample: what differs then may be chance, and says nothing about what was changed.`;
    }
    const models = sides[side]!.manifest.models.length > 0 ? " and of what models answered anew" : "";
    const cause = changed.length === 0 ? "nothing that was changed" : `${listed(changed)}${models}`;
    return `${past}, and seed and sample: a controlled what-if. In this one world what differs after turn ${until} comes of ` +
      `${cause}; in other worlds it may be larger, smaller or the other way round.`;
  });
  if (kin.length === sides.length - 1) return [...partings, ...relations];
  return [...relations, ...partings, singleConclusion(changed, parting !== null)];
}

/** @param changed paths of inputs that differ */
function singleConclusion(changed: readonly string[], differ: boolean): string {
  const more = "Play each with several seeds, the same for all, as a batch.";
  if (changed.length === 0) {
    return differ ? "Nothing that is recorded of their inputs differs." : "Nothing that goes into them differs.";
  }
  if (changed.every((path) => path === "simulation.seed" || path === "sample")) {
    return `They differ in ${listed(changed)} alone: ${differ ? "the difference is chance" : "it changed nothing"}.`;
  }
  if (differ) return `One run each: that they differ says nothing about their scenarios. ${more}`;
  return `One run each: that they are the same does not show that their scenarios are. ${more}`;
}

function ofArms({ sides, inputs, parting, matches, looks, unit, deterministic }: Findings): string[] {
  const alone = matches.filter(({ by }) => by === "none").flatMap(({ side }) => [sides[0]!, sides[side]!])
    .filter(({ runs }) => new Set(runs.map((run) => run[unit])).size === 1);
  const cannot = [...new Set(alone)].map(({ label }) =>
    `${label} has one ${unit}: nothing can be concluded about others.`
  );
  const tested = matches.filter(({ by }) => by !== "none");
  if (tested.length === 0) return cannot;
  const changed = inputs.map(({ path }) => path);
  const world = unit === "sample" ? ["All runs have the same seed: what is said holds for that one world."] : [];
  const cause = changed.length === 0
    ? ["Nothing that goes into them differs."]
    : changed.length === 1
    ? [`They differ in ${changed[0]} alone.`]
    : [`They differ in ${listed(changed)}: which of these makes a difference is not told.`];
  if (deterministic) {
    const found = parting === null ? "they are the same in every metric and turn" : partText(parting, sides);
    return [`Deterministic: ${unit}s change nothing; ${found}.`, ...cause, ...world, ...cannot];
  }
  const corrected = `corrected for ${looks.toLocaleString("en")} looks`;
  if (parting === null) {
    return [
      `No difference can be told in any turn: all are within the noise of ${
        [...new Set(tested.map((match) => basisText(match, unit)))].join(", ")
      } ` +
      `(${corrected}). That does not show that there is none.`,
      ...world,
      ...cannot,
    ];
  }
  const basis = basisText(matches.find(({ side }) => side === parting.between[1])!, unit);
  const floor = parting.beyond === null
    ? `more than chance makes by an exact test of ${basis}`
    : parting.beyond > MOST_FLOORS
    ? `where the ${unit}s make next to no difference (${basis})`
    : `${shown(parting.beyond)} times the noise floor of ${basis}`;
  return [`${partText(parting, sides)}, ${floor} (${corrected}).`, ...cause, ...world, ...cannot];
}

function mixedText({ sides, mixed }: Findings): string[] {
  return sides.flatMap(({ label }, i) =>
    mixed[i]!.length === 0 ? [] : [
      `Runs of ${label} are not all of the same: they differ in ${listed(mixed[i]!)}, and what is said of its inputs ` +
      "is of the first one.",
    ]
  );
}

function leftOut({ sides, matches, unit }: Findings): string[] {
  const excluded = sides.flatMap(({ label, excluded }) => {
    const text = excludedText(excluded);
    return text === "" ? [] : [`Left out of ${label}: ${text}.`];
  });
  const alone = Math.max(0, ...matches.map(({ left_out }) => left_out));
  const ending = sides.filter(({ runs }) => runs.some(({ turn }) => turn !== runs[0]!.turn)).map(({ label }) => label);
  return [
    ...excluded,
    ...(ending.length > 0
      ? [`Runs of ${listed(ending)} end at different turns: later means are of those that go on.`]
      : []),
    ...(alone > 0 ? [`Without counterpart, and left out of the test: ${alone} ${unit}${alone === 1 ? "" : "s"}.`] : []),
  ];
}

function partText({ turn, metric, between: [a, b], size }: PartingFacts, sides: readonly Side[]): string {
  const [first, other] = [sides[a]!.label, sides[b]!.label];
  return `${first} and ${other} part in turn ${turn}: ${metric} of ${other} is ${shown(Math.abs(size))} ` +
    `${size > 0 ? "above" : "below"} that of ${first}`;
}

function basisText({ by, n }: Match, unit: string): string {
  return by === "paired" ? `${n} paired ${unit}s` : `${n} ${unit}s, not paired`;
}

function listed(paths: readonly string[]): string {
  const [head, more] = [paths.slice(0, 3), paths.length - 3];
  if (more > 0) return `${head.join(", ")} and ${more} more`;
  return head.length === 1 ? head[0]! : `${head.slice(0, -1).join(", ")} and ${head.at(-1)}`;
}

/** Four digits are enough to read. */
function shown(value: number): string {
  return String(Number(value.toPrecision(4)));
}
