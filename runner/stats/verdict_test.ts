import { assertEquals, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { pairedDifference, unpairedDifference } from "./differences.ts";
import { compareArms, type ComparedArm, compareShares, correctComparisons, verdict } from "./verdict.ts";

/** Extra hours of sleep after two drugs, Student (1908). */
const DRUG_1 = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
const DRUG_2 = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

/** An arm of one run a seed, seeds counted from `from`. */
function arm(name: string, values: readonly number[], from = 1): ComparedArm {
  return { name, replicates: values.map((value, i) => ({ seed: from + i, value })) };
}

function said(a: ComparedArm, b: ComparedArm): string {
  return verdict(compareArms(a, b));
}

Deno.test("verdict: Student's drugs by the same seeds: one is above the other, with interval and seeds", () => {
  assertEquals(said(arm("B", DRUG_2), arm("A", DRUG_1)), "B is above A by 1.58 [0.70, 2.46] (10 paired seeds)");
  assertEquals(said(arm("A", DRUG_1), arm("B", DRUG_2)), "A is below B by 1.58 [0.70, 2.46] (10 paired seeds)");
});

Deno.test("verdict: the same drugs with other seeds: no difference can be told, and it says below which floor", () => {
  assertEquals(
    said(arm("A", DRUG_1), arm("B", DRUG_2, 101)),
    "no difference can be told: A − B is −1.6 [−3.4, 0.2] (10 and 10 seeds), below the noise floor of 1.8",
  );
});

Deno.test("verdict: where it is known that runs do not vary, seeds change nothing, and the difference is what it is", () => {
  const fixed = (name: string, values: readonly number[]) => ({ ...arm(name, values), varies: false });
  assertEquals(
    said(fixed("A", [5, 5, 5]), fixed("B", [8, 8, 8])),
    "deterministic: seeds change nothing; A is below B by 3",
  );
  assertEquals(said(fixed("A", [5, 5]), fixed("B", [5, 5])), "deterministic: seeds change nothing; A and B are equal");
  assertEquals(
    said(fixed("A", [0.3, 0.3]), fixed("B", [0.1, 0.1])),
    "deterministic: seeds change nothing; A is above B by 0.2",
  );
});

Deno.test("verdict: an output that never varies is not certain by that: it has an exact p, and no interval", () => {
  const [all, none] = [arm("A", [1, 1, 1]), arm("B", [0, 0, 0])];
  for (const known of [{}, { varies: true }]) {
    const found = compareArms({ ...all, ...known }, { ...none, ...known });
    assertEquals([found.conclusion, found.low, found.high, found.floor, found.p], [
      "undecided",
      null,
      null,
      null,
      0.25,
    ]);
    assertEquals(
      verdict(found),
      "no difference can be told: A − B is 1 each time (3 paired seeds), too few to tell that from chance, exact p = 0.25",
    );
  }
  assertEquals(said(all, { ...all, name: "B" }), "no difference: A and B are equal on each seed (3 paired seeds)");
  assertEquals(
    said(all, arm("B", [1, 1], 11)),
    "no difference: A and B are equal in every run (3 and 2 seeds)",
  );
});

Deno.test("verdict: pairs that differ by just the same count as pairs of one direction, six of them at least", () => {
  const shifted = (n: number) => {
    const values = Array.from({ length: n }, (_, i) => i * i);
    return compareArms(arm("A", values.map((value) => value + 3)), arm("B", values));
  };
  assertEquals([2, 3, 5, 6].map((n) => shifted(n).conclusion), ["undecided", "undecided", "undecided", "above"]);
  assertEquals(verdict(shifted(8)), "A is above B by 3 each time (8 paired seeds), exact p = 0.0078");
  const [among] = correctComparisons(Array.from({ length: 20 }, () => shifted(8)));
  assertEquals(
    verdict(among!),
    "no difference can be told: A − B is 3 each time (8 paired seeds), too few to tell that from chance, exact p = 0.16 among 20 comparisons",
  );
});

Deno.test("verdict: shares have Wilson's intervals, and McNemar's test by pairs", () => {
  const [most, few] = [[1, 1, 1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 0, 0, 1]];
  const found = compareShares(arm("A", most), arm("B", few));
  // Discordant 7 and 1: 2 · (1 + 8) / 256.
  assertNear(found.p!, 18 / 256, 1e-12);
  assertEquals([found.low, found.high, found.floor], [null, null, null]);
  assertEquals(
    verdict(found),
    "no difference can be told: A is 88 % [53, 98], B 13 % [2, 47] (8 paired seeds), exact p = 0.070",
  );
  assertEquals(
    verdict(compareShares(arm("A", most), arm("B", [0, 0, 0, 0, 0, 0, 0, 0]))),
    "A is above B: 88 % [53, 98] against 0 % [0, 32] (8 paired seeds), exact p = 0.016",
  );
  assertEquals(compareShares(arm("A", most), arm("B", most)).conclusion, "equal");
  assertEquals(compareShares(arm("A", [1]), arm("B", few)).conclusion, "too_few");
});

Deno.test("verdict: shares of other seeds have Fisher's test, and samples that disagree make none bolder", () => {
  const [a, b] = [[1, 1, 1, 0], [1, 0, 0, 0]];
  assertNear(compareShares(arm("A", a), arm("B", b, 11)).p!, 0.4857, 5e-5);
  const split = (name: string, values: readonly number[], from: number): ComparedArm => ({
    name,
    replicates: values.flatMap((value, i) => [0, 1].map((sample) => ({ seed: from + i, value: sample ? 1 : value }))),
  });
  // 3.5 and 2.5 of 4 are held against each other as 3 and 3.
  assertEquals(compareShares(split("A", a, 1), split("B", b, 11)).p, 1);
  // By pairs two seeds go up by a half: no more than two directions.
  assertEquals(compareShares(split("A", a, 1), split("B", b, 1)).p, 0.5);
  assertThrows(() => compareShares(arm("A", [2, 1]), arm("B", [0, 1])), "bad_statistic");
});

Deno.test("verdict: one run each, one seed, no run: nothing can be concluded", () => {
  assertEquals(said(arm("A", [1]), arm("B", [9])), "one run each: nothing can be concluded");
  assertEquals(said(arm("A", []), arm("B", [9, 8])), "A has no run that counts: nothing can be concluded");
  assertEquals(said(arm("A", [1, 2, 3]), arm("B", [9])), "B has one seed: nothing can be concluded about others");
  const samples: ComparedArm = { name: "A", replicates: [{ seed: 1, value: 3 }, { seed: 1, value: 4 }] };
  assertEquals(said(samples, samples), "A has one seed: nothing can be concluded about others");
  assertEquals(compareArms(samples, samples).floor, null);
});

Deno.test("verdict: arms that are the same on each seed are equal, though seeds make a difference", () => {
  assertEquals(
    said(arm("A", [1, 2, 3]), arm("B", [1, 2, 3])),
    "no difference: A and B are equal on each seed (3 paired seeds)",
  );
});

Deno.test("verdict: void runs are left out, and counted", () => {
  const a = { ...arm("B", DRUG_2), voids: 1 };
  const b = { ...arm("A", DRUG_1), voids: 1 };
  assertEquals(said(a, arm("A", DRUG_1)), "B is above A by 1.58 [0.70, 2.46] (10 paired seeds); 1 void run left out");
  assertTrue(said(a, b).endsWith("; 2 void runs left out"));
});

Deno.test("verdict: numbers have two digits of their uncertainty, whatever their size", () => {
  const scaled = (factor: number) => {
    const [b, a] = [DRUG_2, DRUG_1].map((values) => values.map((value) => value * factor));
    return said(arm("B", b!), arm("A", a!));
  };
  assertEquals(scaled(1000), "B is above A by 1580 [700, 2460] (10 paired seeds)");
  assertEquals(scaled(0.001), "B is above A by 0.00158 [0.00070, 0.00246] (10 paired seeds)");
  assertEquals(scaled(1e-15), "B is above A by 1.58e−15 [7.00e−16, 2.46e−15] (10 paired seeds)");
  assertEquals(scaled(1e15), "B is above A by 1.58e+15 [7.00e+14, 2.46e+15] (10 paired seeds)");
});

Deno.test("compareArms: pairs the seeds that both have, in whatever order, and leaves out those of one", () => {
  const a = arm("A", DRUG_1);
  const shuffled = { ...arm("B", DRUG_2), replicates: arm("B", DRUG_2).replicates.toReversed() };
  const found = compareArms(a, { ...shuffled, replicates: [...shuffled.replicates, { seed: 99, value: 1000 }] });
  assertEquals([found.design, found.seeds, found.runs], ["paired", [10, 10], [10, 11]]);
  const { low, high, p, effect } = pairedDifference(DRUG_1, DRUG_2);
  assertEquals([found.low, found.high, found.p, found.effect], [low, high, p, effect]);
  assertNear(found.floor!, (high! - low!) / 2, 1e-12);
});

Deno.test("compareArms: takes arms for independent that share less than half of their seeds", () => {
  const found = compareArms(arm("A", DRUG_1), arm("B", DRUG_2, 7));
  assertEquals([found.design, found.seeds], ["unpaired", [10, 10]]);
  const { low, high, p, effect } = unpairedDifference(DRUG_1, DRUG_2);
  assertEquals([found.low, found.high, found.p, found.effect], [low, high, p, effect]);
});

Deno.test("compareArms: samples do not count as seeds, and split the variance", () => {
  const twice = (name: string, values: readonly number[], apart: number): ComparedArm => ({
    name,
    replicates: values.flatMap((value, seed) => [-apart, apart].map((from) => ({ seed, value: value + from }))),
  });
  const found = compareArms(twice("A", DRUG_1, 1), twice("B", DRUG_2, 0));
  assertEquals([found.seeds, found.runs, found.n], [[10, 10], [20, 20], 10]);
  assertNear(found.estimate!, -1.58, 1e-12);
  const [a, b] = found.splits;
  assertNear(a.sample!, 2, 1e-12);
  assertEquals([b.sample, a.seeds, a.samples], [0, 10, 2]);
});

Deno.test("compareArms: says above or below just when the difference is above the noise floor", () => {
  const values = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 2, maxLength: 8 });
  fc.assert(fc.property(values, values, fc.boolean(), (a, b, shared) => {
    const found = compareArms(arm("A", a), arm("B", b, shared ? 1 : 101));
    if (found.floor === null) return assertEquals([found.low, found.high], [null, null]);
    const beyond = Math.abs(found.estimate!) - found.floor;
    if (Math.abs(beyond) < 1e-9) return;
    assertEquals(["above", "below"].includes(found.conclusion), beyond > 0);
    assertEquals(verdict(found).startsWith("no difference"), beyond < 0);
  }));
});

Deno.test("correctComparisons: among several, only what holds against all of them is called", () => {
  const [strong, weak] = [compareArms(arm("B", DRUG_2), arm("A", DRUG_1)), marginal()];
  assertEquals([strong.conclusion, weak.conclusion], ["above", "above"]);
  const none = Array.from({ length: 3 }, () => compareArms(arm("A", DRUG_1), arm("C", DRUG_2, 101)));
  const [corrected, doubted] = correctComparisons([strong, weak, ...none]);
  assertEquals(
    verdict(corrected!),
    "B is above A by 1.58 [0.70, 2.46] (10 paired seeds), p = 0.014 among 5 comparisons",
  );
  assertEquals(doubted!.conclusion, "undecided");
  assertEquals(doubted!.correction!.comparisons, 5);
  assertTrue(/^no difference can be told: .* not told from chance, p = 0\.\d+ among 5 comparisons$/.test(
    verdict(doubted!),
  ));
  const [, kept] = correctComparisons([strong, weak, ...none], "benjamini-hochberg");
  assertTrue(kept!.correction!.p < doubted!.correction!.p);
});

Deno.test("correctComparisons: one comparison stays as it is, and what is certain is not corrected", () => {
  const certain = compareArms({ ...arm("A", [5, 5]), varies: false }, { ...arm("B", [8, 8]), varies: false });
  const one = compareArms(arm("B", DRUG_2), arm("A", DRUG_1));
  const [untouched, alone] = correctComparisons([certain, one]);
  assertEquals(untouched, certain);
  assertEquals([alone!.conclusion, verdict(alone!)], ["above", verdict(one)]);
  assertEquals(correctComparisons([]), []);
});

Deno.test("compareArms: values that are no numbers, and voids that are no count, are refused", () => {
  assertThrows(() => compareArms(arm("A", [1, NaN]), arm("B", [1, 2])), "bad_statistic");
  assertThrows(() => compareArms({ ...arm("A", [1, 2]), voids: -1 }, arm("B", [1, 2])), "bad_statistic");
});

/** A difference that is told on its own, but not among five. */
function marginal() {
  return compareArms(arm("M", [3, 1, 2, 4, -1, 2, 1, 0]), arm("N", [0, 0, 0, 0, 0, 0, 0, 0]));
}
