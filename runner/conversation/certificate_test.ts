import { ALIGNMENTS, PLAN_ACTIONS, planEnvironment, PlanTree } from "../../framework/conversation/mod.ts";
import { SimError } from "../../framework/mod.ts";
import { assertEquals, assertMatches, assertNear, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import { parse } from "yaml";
import {
  certificateOf,
  certificateText,
  idleAlignment,
  judgedByRules,
  type JudgedTurnLabel,
  type LabelledTurn,
  labelledTurns,
  turnToJudge,
} from "./certificate.ts";

const FOLDER = new URL("../../domains/conversation/labelled/", import.meta.url);
const TURNS = labelledTurns(Deno.readTextFileSync(new URL("plan_turns.jsonl", FOLDER)));
const PLAN = PlanTree.read(parse(Deno.readTextFileSync(new URL("plan.yaml", FOLDER))));
const ENVIRONMENT = planEnvironment(PLAN);
const RULES = { environment: ENVIRONMENT, extra: "flag" } as const;

/** `count` turns of that label and verdict. */
function turns(count: number, label: JudgedTurnLabel["label"], verdict = label, more = {}): JudgedTurnLabel[] {
  return Array.from({ length: count }, () => ({ label, verdict, trap: "plain", ...more }));
}

function ofTrap(trap: string): LabelledTurn[] {
  return TURNS.filter((turn) => turn.trap === trap);
}

Deno.test("labelled plan turns: 44 of each label", () => {
  assertEquals(ALIGNMENTS.map((label) => TURNS.filter((turn) => turn.label === label).length), [44, 44, 44]);
});

Deno.test("labelled plan turns: every trap is there at least twice, each reason has at most 20 words", () => {
  const traps = [
    ..."omitted_required omitted_optional empty_call extra_mutating extra_read_only failed_right_action".split(" "),
    ..."retried_after_failure duplicate_call reordered_list id_form date_form type_form paraphrase".split(" "),
    ..."partial_paraphrase contradictory_text wrong_target wrong_argument claimed_not_done reply_says_other".split(" "),
    ..."only_talk read_only_done answered_in_words judge_addressed unknown_action wrong_type".split(" "),
    ..."equivalent_action message_contradicts_wish no_expectation done_by_other_means asked_back".split(" "),
  ];
  for (const trap of traps) assertTrue(ofTrap(trap).length >= 2, `${trap} is there ${ofTrap(trap).length} times`);
  for (const { id, note } of TURNS) assertTrue(note.split(/\s+/).length <= 20, `${id} has a long note`);
});

Deno.test("labelled plan turns: no two turns are the same", () => {
  assertEquals(new Set(TURNS.map(({ message, reply }) => `${message}\n${reply}`)).size, TURNS.length);
});

Deno.test("labelled plan turns: every wish can be carried out on the plan", () => {
  const { initial, apply } = planEnvironment(PLAN);
  for (const { id, desired_action } of TURNS) {
    if (desired_action === null) continue;
    const { done } = apply(initial, desired_action);
    assertTrue(done.success, `${id}: ${done.result_message}`);
    assertEquals(done.kind, desired_action.kind);
  }
});

Deno.test("labelled plan turns: what succeeded in aligned and unclear turns can be carried out", () => {
  const { initial, apply } = planEnvironment(PLAN);
  for (const { id, label, actions } of TURNS) {
    if (label === "misaligned") continue;
    let state = initial;
    for (const action of actions.filter(({ success }) => success)) {
      const after = apply(state, action);
      assertTrue(after.done.success, `${id}: ${after.done.result_message}`);
      state = after.state;
    }
  }
});

Deno.test("labelled plan turns: aligned turns leave the plan as the wish would, but for wording", () => {
  const { initial, apply, differences } = planEnvironment(PLAN);
  const stateAfter = (actions: LabelledTurn["actions"]) =>
    actions.filter(({ success }) => success).reduce((state, action) => apply(state, action).state, initial);
  const exact = TURNS.filter(({ label, trap }) =>
    label === "aligned" && !["paraphrase", "unasked_text", "date_form"].includes(trap)
  );
  assertTrue(exact.length > 30);
  for (const { id, desired_action, actions } of exact) {
    const wanted = desired_action === null ? [] : [{ ...desired_action, success: true, result_message: "" }];
    assertEquals(differences(stateAfter(wanted), stateAfter(actions)), [], id);
  }
});

Deno.test("labelled plan turns: rules agree with people well beyond chance, and not on everything", () => {
  const certificate = certificateOf(judgedByRules(TURNS, RULES));
  assertTrue(certificate.agreement.estimate! > 0.7 && certificate.agreement.estimate! < 0.9);
  assertTrue(certificate.kappa.low! > 0.5);
});

Deno.test("labelled plan turns: the domain's README says what rules are worth on them", () => {
  const readme = Deno.readTextFileSync(new URL("../README.md", FOLDER));
  const [, shown] = /^rules: (Judge on [^`]*?) {2}…\n```$/m.exec(readme)!;
  const told = certificateText(certificateOf(judgedByRules(TURNS, RULES))).replace("\n\n", "\n");
  assertTrue(told.startsWith(shown!), `${told}\nis not\n${shown}`);
  assertTrue(readme.includes(`[${TURNS.length} labelled turns]`));
});

Deno.test("labelled plan turns: rules never let an invalid or missing action pass", () => {
  const blind = [
    "omitted_required",
    "empty_call",
    "failed_right_action",
    "claimed_not_done",
    "unknown_action",
    "wrong_type",
  ];
  for (const { trap, verdict } of judgedByRules(TURNS, RULES)) {
    if (blind.includes(trap)) assertEquals(verdict, "misaligned", trap);
  }
});

Deno.test("labelled plan turns: what is said to the judge does not sway the rules", () => {
  const judged = judgedByRules(ofTrap("judge_addressed"), RULES);
  assertEquals(judged.map(({ verdict }) => verdict), judged.map(({ label }) => label));
});

const LINE = {
  id: "a",
  message: "Delete task 3",
  desired_action: { kind: "task_operation", name: "delete_task", parameters: { task_id: 3 } },
  reply: "Done",
  actions: [{ kind: "task_operation", name: "delete_task", parameters: { task_id: 3 } }],
  label: "aligned",
  trap: "plain",
  note: "Done as asked",
} as const;

Deno.test("labelledTurns: an action without success succeeded", () => {
  const [turn] = labelledTurns(`\n${JSON.stringify(LINE)}\n\n`);
  assertEquals(turn!.actions, [{ ...LINE.actions[0], success: true, result_message: "" }]);
});

Deno.test("labelledTurns: an action keeps whether and why it failed", () => {
  const failed = { ...LINE.actions[0], success: false, result_message: "no such task" };
  assertEquals(labelledTurns(JSON.stringify({ ...LINE, actions: [failed] }))[0]!.actions, [failed]);
});

Deno.test("labelledTurns: says of every wrong line which one and what", () => {
  const text = [
    JSON.stringify(LINE),
    "{nonsense",
    JSON.stringify({ ...LINE, id: "b", label: "good" }),
    JSON.stringify({ ...LINE, id: "c", labels: 1 }),
    JSON.stringify(LINE),
  ].join("\n");
  const error = assertThrows(() => labelledTurns(text), "bad_labelled_turn") as SimError;
  assertEquals(error.issues.map(({ line }) => line), [2, 3, 4, 5]);
  assertMatches(error.issues[0]!.message, /^line 2: that is not JSON/);
  assertMatches(error.issues[1]!.message, /^line 3: label: /);
  assertMatches(error.issues[2]!.message, /^line 4: .*labels/);
  assertEquals(error.issues[3]!.message, "line 5: the id 'a' is that of line 1");
});

Deno.test("turnToJudge: gives the judge neither label nor note", () => {
  const text = JSON.stringify(turnToJudge(labelledTurns(JSON.stringify(LINE))[0]!, ENVIRONMENT));
  assertTrue(!text.includes("aligned") && !text.includes(LINE.note));
});

Deno.test("idleAlignment: an agent that does nothing fails a wish to change, and passes none", () => {
  const options = { catalogue: PLAN_ACTIONS, extra: "flag" } as const;
  const { desired_action } = labelledTurns(JSON.stringify(LINE))[0]!;
  assertEquals(idleAlignment({ desired_action }, options), "misaligned");
  // What other calls came to does not count for one that makes none.
  assertEquals(idleAlignment({ desired_action, met: true } as never, options), "misaligned");
  assertEquals(idleAlignment({ desired_action: null }, options), "aligned");
  assertEquals(idleAlignment({ desired_action: null, fault: { code: "bad_action", message: "" } }, options), "unclear");
});

Deno.test("turnToJudge: a wish that other calls fulfil is met", () => {
  const [turn] = labelledTurns(JSON.stringify(LINE));
  const renamed = { kind: "task_operation", success: true, result_message: "" };
  const parameters = { task_id: 3, name: "Other" };
  const wished = { ...turn!, desired_action: { kind: "task_operation", name: "update_task", parameters } };
  const done = (...names: string[]) =>
    names.map((name) => ({ ...renamed, name: "update_task", parameters: { ...parameters, name } }));
  assertEquals(turnToJudge({ ...wished, actions: done("A", "Other") }, ENVIRONMENT).wish.met, true);
  assertEquals(turnToJudge({ ...wished, actions: done("A") }, ENVIRONMENT).wish.met, undefined);
});

Deno.test("certificateOf: counts labels in rows, verdicts in columns, and agreement by trap", () => {
  const certificate = certificateOf([
    ...turns(3, "aligned"),
    ...turns(1, "aligned", "unclear", { trap: "paraphrase" }),
    ...turns(2, "misaligned", "misaligned", { trap: "paraphrase" }),
    ...turns(2, "unclear", "aligned"),
  ]);
  assertEquals(certificate.confusion, [[3, 0, 1], [0, 2, 0], [2, 0, 0]]);
  assertEquals(certificate.by_trap, { paraphrase: { n: 3, agreed: 2 }, plain: { n: 5, agreed: 3 } });
  assertEquals([certificate.n, certificate.agreement.estimate], [8, 5 / 8]);
  assertEquals(certificate.unclear_share.estimate, 1 / 8);
  assertEquals([certificate.false_aligned.estimate, certificate.false_aligned.n], [2 / 4, 4]);
});

Deno.test("certificateOf: stability is over those that were judged again, and unknown where none was", () => {
  const certificate = certificateOf([
    ...turns(3, "aligned", "aligned", { retest: "aligned" }),
    ...turns(1, "aligned", "aligned", { retest: "unclear" }),
    ...turns(4, "unclear"),
  ]);
  assertEquals([certificate.retest_stability.estimate, certificate.retest_stability.n], [3 / 4, 4]);
  assertEquals(certificate.swap_stability, { estimate: null, low: null, high: null, n: 0 });
});

Deno.test("certificateOf: a judge that passes everything has κ 0, and an idle agent passes what wants nothing", () => {
  const { baselines } = certificateOf([
    ...turns(2, "aligned", "aligned", { idle: "aligned" }),
    ...turns(6, "misaligned", "misaligned", { idle: "misaligned" }),
  ]);
  assertEquals(baselines.pass_everything.agreement.estimate, 0.25);
  assertNear(baselines.pass_everything.kappa.kappa!, 0, 1e-12);
  assertEquals([baselines.do_nothing.aligned.estimate, baselines.do_nothing.unclear.estimate], [0.25, 0]);
});

Deno.test("certificateOf: the same agreement certifies a judge on many turns, not on few", () => {
  const judged = (times: number) => [
    ...turns(8 * times, "aligned"),
    ...turns(2 * times, "aligned", "unclear"),
    ...turns(10 * times, "misaligned"),
    ...turns(8 * times, "unclear"),
  ];
  const [few, many] = [certificateOf(judged(1)), certificateOf(judged(10))];
  assertNear(few.kappa.kappa!, many.kappa.kappa!, 1e-12);
  assertEquals([few.certified, certificateOf(judged(1).slice(0, 12)).certified, many.certified], [true, false, true]);
});

Deno.test("certificateOf: what the model decided counts by itself, beside the whole", () => {
  const certificate = certificateOf([
    ...turns(90, "misaligned", "misaligned", { retest: "misaligned", swapped: "misaligned" }),
    ...turns(2, "misaligned", "aligned", { by: "llm", retest: "aligned", swapped: "unclear" }),
    ...turns(6, "aligned", "aligned", { by: "llm", retest: "unclear", swapped: "aligned" }),
    ...turns(2, "aligned", "unclear", { by: "rules", failed: true }),
  ]);
  const { by_model, failed_answers } = certificate;
  assertEquals([certificate.agreement.estimate, certificate.retest_stability.estimate], [0.96, 92 / 98]);
  assertEquals([by_model.n, by_model.agreement.estimate, failed_answers], [8, 0.75, 2]);
  assertEquals([by_model.false_aligned.estimate, by_model.false_aligned.n], [1, 2]);
  assertEquals([by_model.retest_stability.estimate, by_model.swap_stability.estimate], [0.25, 0.75]);
  const text = certificateText(certificate);
  assertMatches(text, /^The model was asked about 10 of them and decided 8; the others were decided by rules$/m);
  assertMatches(text, /^ {2}agreement +75 % .*\n {2}false aligned +100 % .* of 2 turns .*\n {2}retest +25 %/m);
  assertMatches(text, /^ {2}no valid answer +2 of 10 turns$/m);
  const rules = certificateOf(turns(5, "aligned"));
  assertEquals([rules.by_model.n, rules.failed_answers], [0, 0]);
  assertTrue(!certificateText(rules).includes("model"));
});

Deno.test("certificateOf: a judge whose model fails more often than one time in twenty is not certified", () => {
  const judged = (failed: number) =>
    certificateOf([
      ...turns(50, "aligned"),
      ...turns(50, "misaligned"),
      ...turns(20 - failed, "unclear", "unclear", { by: "llm" }),
      ...turns(failed, "unclear", "unclear", { failed: true }),
    ]);
  assertEquals([0, 1, 2].map((failed) => judged(failed).certified), [true, true, false]);
  assertTrue(judged(2).kappa.low! > 0.9);
  assertMatches(
    certificateText(judged(2)),
    /; not certified, because its model gave no valid answer on 2 of 20 turns: it may advise, not gate$/m,
  );
});

Deno.test("certificateOf: a judge that says the same of everything has no interval, and is not certified", () => {
  const certificate = certificateOf([...turns(9, "aligned"), ...turns(1, "misaligned", "aligned")]);
  assertEquals([certificate.kappa.kappa, certificate.kappa.low, certificate.certified], [0, null, false]);
  assertMatches(certificateText(certificate), /Not certified: labels or verdicts know one category only/);
});

Deno.test("certificateText: says what may be concluded of a good judge and of a weak one", () => {
  const good = certificateText(
    certificateOf([...turns(50, "aligned"), ...turns(50, "misaligned"), ...turns(50, "unclear")]),
  );
  assertMatches(good, /κ 1\.00 \[0\.96, 1\.00\]: almost perfect; may gate/);
  assertMatches(good, /retest +not measured/);
  const weak = certificateText(
    certificateOf([
      ...turns(10, "aligned"),
      ...turns(6, "misaligned", "aligned", { trap: "contradictory_text" }),
      ...turns(8, "unclear"),
    ]),
  );
  assertMatches(weak, /not certified, because the interval reaches below 0\.6: it may advise, not gate/);
  assertMatches(weak, /contradictory_text +6 of 6/);
  assertMatches(weak, /misaligned +6 +0 +0/);
});

Deno.test("certificateText: nothing is concluded, and no interval given, below two turns", () => {
  for (const judged of [[], turns(1, "aligned")]) {
    const text = certificateText(certificateOf(judged));
    assertMatches(text, /Not certified: fewer than two labelled turns, so nothing can be concluded/);
    assertTrue(!text.includes("["), text);
  }
});
