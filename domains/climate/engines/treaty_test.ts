import { assertEquals, assertNear } from "../../../tests/support/assert.ts";
import type { Nation } from "../tests/harness.ts";
import { diceConfig } from "./dice_config.ts";
import { complianceOf, isInGoodStanding, requirementOf, sanctionOn, standingOf } from "./treaty.ts";

const RULES = diceConfig.parse({ treaty: { sanction: 0.04, ratchet: 1 } }).treaty;

/** A nation as far as the treaty looks at it. */
function nation(name: string, given: Partial<Nation> = {}): Nation {
  const plain = { gross_output: 10, intensity: 0.35, abatement: 0, required: 0, compliance: 1, vote: 0 };
  return { name, ...plain, member: false, member_since: -1, ...given } as Nation;
}

function member(name: string, given: Partial<Nation> = {}): Nation {
  return nation(name, { member: true, member_since: 1, ...given });
}

Deno.test("treaty: compliance is abatement over what was asked for, at most 1, and 1 where nothing was", () => {
  assertEquals(complianceOf(member("A", { required: 0.4, abatement: 0.1 })), 0.25);
  assertEquals(complianceOf(member("A", { required: 0.4, abatement: 0.6 })), 1);
  assertEquals(complianceOf(member("A", { required: 0, abatement: 0 })), 1);
  assertEquals(complianceOf(nation("A", { required: 0.4, abatement: 0 })), 1);
});

Deno.test("treaty: it is in force from the quorum on, counted in emissions without abatement", () => {
  const others = [nation("B", { gross_output: 45, abatement: 0.9 })];
  const standing = (own: number) => standingOf([member("A", { gross_output: own, vote: 0.5 }), ...others], 0, RULES);
  assertEquals(standing(54).treaty_in_force, false);
  assertEquals(standing(56).treaty_in_force, true);
  assertNear(standing(55).treaty_coverage, 0.55, 1e-12);
  const dirty = standingOf([member("A", { intensity: 0.6, vote: 0.5 }), nation("B", { intensity: 0.3 })], 0, RULES);
  assertNear(dirty.treaty_coverage, 2 / 3, 1e-12);
  assertEquals(standingOf([nation("A")], 0.4, RULES), {
    treaty_members: 0,
    treaty_coverage: 0,
    treaty_in_force: false,
    treaty_rate: 0,
  });
});

Deno.test("treaty: the rate is the members' mean vote by output, and moves no faster than the ratchet", () => {
  const members = [member("A", { gross_output: 30, vote: 1 }), member("B", { gross_output: 10, vote: 0.2 })];
  assertNear(standingOf(members, 0.5, RULES).treaty_rate, 0.8, 1e-12);
  const slow = { ...RULES, ratchet: 0.1 };
  assertNear(standingOf(members, 0.5, slow).treaty_rate, 0.6, 1e-12);
  assertNear(standingOf(members, 0.95, slow).treaty_rate, 0.85, 1e-12);
});

Deno.test("treaty: it asks newcomers for phase_in per turn since they joined, and outsiders for nothing", () => {
  const standing = { treaty_members: 1, treaty_coverage: 1, treaty_in_force: true, treaty_rate: 0.5 };
  const asked = (joined: number, turn: number) =>
    requirementOf(member("A", { member_since: joined }), standing, turn, { ...RULES, phase_in: 0.2 });
  assertEquals([asked(3, 3), asked(3, 4), asked(3, 5)], [0.2, 0.4, 0.5]);
  assertEquals(requirementOf(nation("A"), standing, 5, RULES), 0);
  assertEquals(requirementOf(member("A"), { ...standing, treaty_in_force: false }, 5, RULES), 0);
});

Deno.test("treaty: outsiders and members in breach pay in proportion to the output of those who comply", () => {
  const [inside, breach, outside] = [
    member("A", { gross_output: 30 }),
    member("B", { gross_output: 10, compliance: 0.5 }),
    nation("C", { gross_output: 20 }),
  ];
  const all = [inside, breach, outside];
  const sanction = (one: Nation, inForce = true) => sanctionOn(one, all, inForce, RULES);
  assertEquals(sanction(inside), 0);
  assertNear(sanction(outside), 0.04 * 30 / 40, 1e-12);
  assertNear(sanction(breach), 0.04 * 30 / 50, 1e-12);
  assertEquals(sanction(outside, false), 0);
  assertEquals(sanctionOn(outside, all, true, { ...RULES, sanction: 0 }), 0);
});

Deno.test("treaty: what is missing within the tolerance is no breach", () => {
  assertEquals(isInGoodStanding(member("A", { compliance: 0.96 }), RULES), true);
  assertEquals(isInGoodStanding(member("A", { compliance: 0.94 }), RULES), false);
  assertEquals(isInGoodStanding(nation("A"), RULES), false);
});
