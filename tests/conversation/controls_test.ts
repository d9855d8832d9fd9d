/** Controls: assistants whose quality is known are put to thirty wishes, and the verdicts are those that it calls for. */

import { ALIGNMENTS } from "../../framework/conversation/mod.ts";
import type { ConversationRun, SimulatedTurn } from "../../runner/mod.ts";
import { withApp } from "../support/app.ts";
import { assertEquals, assertMatches, assertTrue } from "../support/assert.ts";

const BEHAVIOURS = ["perfect", "forgetful", "wrong_argument", "do_nothing"] as const;
type Behaviour = typeof BEHAVIOURS[number];

/**
 * Turns that are aligned, misaligned, unclear. Of the thirty wishes three are only talk, 22 change something, and five are
 * questions: they change nothing. Four have no argument: three questions and one change.
 */
const VERDICTS: Readonly<Record<Behaviour, readonly number[]>> = {
  perfect: [30, 0, 0],
  // Talk is right; questions without arguments are forgotten, and may be answered in words. All else lacks an argument, or
  // is forgotten too.
  forgetful: [3, 24, 3],
  // Talk, and the four wishes that have no argument to get wrong.
  wrong_argument: [7, 23, 0],
  // Talk; a question may have been answered in words; every change is missing.
  do_nothing: [3, 22, 5],
};

const played: Readonly<Record<Behaviour, readonly ConversationRun[]>> = await withApp({}, async (app) => {
  const { runs } = await app.conversations.plan({ file: "scenarios/conversation/controls.yaml" });
  const ended = await Promise.all(runs.map(async (planned) => {
    const run_id = await app.conversations.startPlanned(planned);
    await app.wait(run_id);
    return await app.conversations.get(run_id);
  }));
  const of = (behaviour: Behaviour) => ended.filter(({ config }) => config.case!.startsWith(behaviour));
  return Object.fromEntries(BEHAVIOURS.map((each) => [each, of(each)])) as Record<Behaviour, ConversationRun[]>;
});

const turnsOf = (behaviour: Behaviour) => played[behaviour].flatMap(({ turns }) => turns);
const wanted = ({ simulated_user }: SimulatedTurn) => simulated_user.desired_action;

for (const behaviour of BEHAVIOURS) {
  Deno.test(`controls: ${behaviour} gets the verdicts that it earns on thirty wishes`, () => {
    const turns = turnsOf(behaviour);
    const counts = ALIGNMENTS.map((each) => turns.filter(({ judge }) => judge!.alignment === each).length);
    assertEquals([turns.length, counts], [30, VERDICTS[behaviour]]);
    assertTrue(played[behaviour].every(({ status, ended_by }) => status === "finished" && ended_by === "user_done"));
  });
}

Deno.test("controls: all are asked for the same, in the same words", () => {
  const asked = (behaviour: Behaviour) =>
    turnsOf(behaviour).map(({ simulated_user: { message, desired_action } }) => ({ message, desired_action }));
  for (const behaviour of BEHAVIOURS) assertEquals(asked(behaviour), asked("perfect"), behaviour);
});

Deno.test("controls: perfect does all that is wanted, every call succeeds, and the plan ends as the wishes have it", () => {
  assertTrue(turnsOf("perfect").every(({ chat_agent }) => chat_agent.actions.every(({ success }) => success)));
  for (const { summary: { passed, precision, recall, end_state } } of played.perfect) {
    assertEquals({ passed, precision, recall, end_state }, {
      passed: true,
      precision: 1,
      recall: 1,
      end_state: "agrees",
    });
  }
});

Deno.test("controls: nobody else passes in any of the three conversations", () => {
  const others = BEHAVIOURS.filter((each) => each !== "perfect").flatMap((each) => played[each]);
  assertEquals(others.length, 9);
  for (const { summary: { passed, end_state } } of others) {
    assertEquals({ passed, end_state }, { passed: false, end_state: "differs" });
  }
});

Deno.test("controls: do_nothing passes nothing but talk, and what it leaves undone is the witness", () => {
  for (const turn of turnsOf("do_nothing")) {
    const { alignment, witness } = turn.judge!;
    assertEquals(alignment === "aligned", wanted(turn) === null, `turn ${turn.index}`);
    if (witness !== null) assertEquals([witness.kind, witness.wanted], ["missing_action", wanted(turn)!]);
  }
});

Deno.test("controls: wrong_argument is aligned only where there is no argument to get wrong", () => {
  for (const turn of turnsOf("wrong_argument")) {
    const hasArguments = Object.keys(wanted(turn)?.parameters ?? {}).length > 0;
    assertEquals(turn.judge!.alignment, hasArguments ? "misaligned" : "aligned", JSON.stringify(wanted(turn)));
  }
});

Deno.test("controls: what forgetful left out is named by the witness, the last argument or the whole action", () => {
  for (const turn of turnsOf("forgetful")) {
    const { witness } = turn.judge!;
    if (witness === null) assertEquals(wanted(turn), null);
    else if (witness.kind === "missing_action") assertEquals(witness.wanted, wanted(turn)!);
    else {
      // One that has a default counts as that, so that it is wrong and not missing.
      assertMatches(witness.kind, /^(missing|wrong)_argument$/);
      assertEquals(witness.argument, Object.keys(wanted(turn)!.parameters).at(-1));
    }
  }
});
