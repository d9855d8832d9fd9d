import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import type { Json, JsonObject } from "../json.ts";
import type { ActionCatalogue } from "./catalogue.ts";
import { EXTRA_ACTIONS, type ExtraActions, type Match, matchActions } from "./matcher.ts";
import type { ActionSpec, DoneAction } from "./types.ts";

const CATALOGUE: ActionCatalogue = {
  create_task: {
    kind: "task_operation",
    description: "adds a task",
    mutating: true,
    parameters: {
      name: { type: "string", description: "its name", required: true },
      instruction: { type: "text", description: "what to do" },
      parent_id: { type: "id", description: "the task above" },
      place: { type: "string", description: "where among its siblings", default: "last" },
      due: { type: "date", description: "when it is due" },
    },
  },
  delete_task: {
    kind: "task_operation",
    description: "removes a task",
    mutating: true,
    parameters: { task_id: { type: "id", description: "which", required: true } },
  },
  show_task: {
    kind: "task_operation",
    description: "shows a task",
    mutating: false,
    parameters: {
      task_id: { type: "id", description: "which", required: true },
      depth: { type: "integer", description: "how deep", default: 2 },
    },
  },
};

const RANK = { misaligned: 0, unclear: 1, aligned: 2 };

const act = (name: string, parameters: JsonObject = {}): ActionSpec => ({ kind: "task_operation", name, parameters });
const did = (name: string, parameters: JsonObject = {}, success = true): DoneAction => ({
  ...act(name, parameters),
  success,
  result_message: success ? "done" : "there is no such task",
});
const match = (wanted: readonly ActionSpec[], done: readonly DoneAction[], extra: ExtraActions = "flag"): Match =>
  matchActions(wanted, done, { catalogue: CATALOGUE, extra });

// Few actions with few values, so that lists are full of near-duplicates and many pairings are equally good.
const VALUES: { readonly [name: string]: { readonly [parameter: string]: readonly Json[] } } = {
  create_task: {
    name: ["A", "B", null],
    instruction: ["x", "y"],
    parent_id: [1, "#1", 2],
    place: ["last", "first"],
    due: ["2026-06-05", "05/06/2026", "2026-05-06"],
    colour: ["red"],
  },
  delete_task: { task_id: [1, "1", 2] },
  show_task: { task_id: [1, 2], depth: [2, "3"] },
  unheard_of: { a: [1, 2] },
};
const actions: fc.Arbitrary<ActionSpec> = fc.constantFrom("create_task", "create_task", ...Object.keys(VALUES)).chain((
  name,
) =>
  fc.record(
    Object.fromEntries(Object.entries(VALUES[name]!).map(([key, values]) => [key, fc.constantFrom(...values)])),
    { requiredKeys: [] },
  ).map((parameters) => act(name, { ...parameters } as JsonObject))
);
const calls: fc.Arbitrary<DoneAction> = fc.tuple(actions, fc.integer({ min: 0, max: 4 }))
  .map(([action, luck]) => did(action.name, action.parameters, luck > 0));
const wantedLists = fc.array(actions, { maxLength: 5 });
const doneLists = fc.array(calls, { maxLength: 5 });
const policies = fc.constantFrom(...EXTRA_ACTIONS);

const shuffled = <T>(list: readonly T[], keys: readonly number[]): T[] =>
  list.map((value, i) => ({ value, key: keys[i]! })).toSorted((a, b) => a.key - b.key).map(({ value }) => value);
const fits = (wanted: ActionSpec, done: DoneAction, extra: ExtraActions) =>
  match([wanted], [done], extra).pairs.some((pair) => pair.fit !== "different");

Deno.test("the match does not depend on the order of either list, in any of its parts", () => {
  const keys = fc.array(fc.nat(), { minLength: 5, maxLength: 5 });
  fc.assert(fc.property(wantedLists, doneLists, policies, keys, keys, (wanted, done, extra, a, b) => {
    assertEquals(match(shuffled(wanted, a), shuffled(done, b), extra), match(wanted, done, extra));
  }));
});

Deno.test("the witness does not depend on the order in which a model wrote the arguments", () => {
  const [one, other] = [did("create_task", { name: "A", due: "x" }), did("create_task", { due: "x", name: "A" })];
  assertEquals(match([], [one, other], "fail"), match([], [other, one], "fail"));
  assertEquals(match([], [one], "fail"), match([], [other], "fail"));
});

Deno.test("one more change that fits nothing wanted never improves alignment, precision or recall", () => {
  const places = fc.nat({ max: 5 });
  fc.assert(fc.property(wantedLists, doneLists, policies, actions, places, (wanted, done, extra, wrong, place) => {
    const call = did(wrong.name, wrong.parameters);
    fc.pre(CATALOGUE[call.name]?.mutating !== false && !wanted.some((wish) => fits(wish, call, extra)));
    const before = match(wanted, done, extra);
    const after = match(wanted, done.toSpliced(place, 0, call), extra);
    assertTrue(RANK[after.alignment] <= RANK[before.alignment], `${before.alignment} became ${after.alignment}`);
    assertTrue((after.precision ?? 0) <= (before.precision ?? 0), `precision ${before.precision}, ${after.precision}`);
    assertEquals(after.recall, before.recall);
  }));
});

Deno.test("a stricter policy on extra changes never improves the alignment", () => {
  fc.assert(fc.property(wantedLists, doneLists, (wanted, done) => {
    const [tolerated, flagged, failed] = EXTRA_ACTIONS.map((extra) => RANK[match(wanted, done, extra).alignment]);
    assertTrue(tolerated! >= flagged! && flagged! >= failed!);
  }));
});

Deno.test("a required argument that is left out is never aligned, whatever else was done", () => {
  const complete = actions.map((action) => {
    const [required] = Object.keys(VALUES[action.name]!);
    return act(action.name, { ...action.parameters, [required!]: VALUES[action.name]![required!]![0]! });
  }).filter((action) => action.name in CATALOGUE);
  fc.assert(
    fc.property(complete, wantedLists, doneLists, policies, fc.boolean(), (wish, others, done, extra, asNull) => {
      const [required] = Object.keys(VALUES[wish.name]!);
      const without = done.concat(did(wish.name, wish.parameters)).map((call) => {
        const { [required!]: _, ...rest } = call.parameters;
        return call.name === wish.name ? { ...call, parameters: asNull ? { ...rest, [required!]: null } : rest } : call;
      });
      const found = match([wish, ...others], without, extra);
      assertEquals(found.alignment, "misaligned");
      assertTrue(found.pairs.every((pair) => pair.wanted.name !== wish.name || pair.fit === "different"));
    }),
  );
});

Deno.test("one call never fulfils two wishes, and every action is in one place", () => {
  const key = (list: readonly ActionSpec[]) => list.map((action) => JSON.stringify(action)).toSorted();
  const changes = (list: readonly DoneAction[]) =>
    list.filter((call) => call.success && CATALOGUE[call.name]?.mutating !== false);
  fc.assert(fc.property(wantedLists, doneLists, policies, (wanted, done, extra) => {
    const found = match(wanted, done, extra);
    assertEquals(key([...found.pairs.map((pair) => pair.wanted), ...found.missing]), key(wanted));
    assertEquals(key([...changes(found.pairs.map((pair) => pair.done)), ...found.extra]), key(changes(done)));
  }));
  fc.assert(fc.property(actions, fc.integer({ min: 2, max: 5 }), doneLists, policies, (wish, times, done, extra) => {
    const able = done.filter((call) => call.success && fits(wish, call, extra)).length;
    const found = match(new Array(times).fill(wish), done, extra);
    assertEquals(found.pairs.filter((pair) => pair.fit !== "different").length, Math.min(able, times));
    assertTrue(able >= times || found.alignment !== "aligned");
  }));
});

Deno.test("no pairing has more same pairs, then more unclear ones, then fewer differing arguments", () => {
  type Score = readonly [number, number, number];
  const better = (a: Score, b: Score) => {
    const i = a.findIndex((count, at) => count !== b[at]);
    return i !== -1 && a[i]! > b[i]!;
  };
  const score = (pairs: Match["pairs"]): Score => [
    pairs.filter((pair) => pair.fit === "same").length,
    pairs.filter((pair) => pair.fit === "unclear").length,
    0 - pairs.reduce((sum, pair) => sum + pair.differences.length, 0),
  ];
  /** The best of all ways to give each wish one call, where at most `idle` get none. */
  const best = (wishes: readonly ActionSpec[], done: readonly DoneAction[], idle: number): Score => {
    const [wish, ...rest] = wishes;
    if (wish === undefined) return [0, 0, 0];
    const scores = done.map((call, i): Score => {
      const [a, b, c] = best(rest, done.toSpliced(i, 1), idle);
      const [same, unclear, differing] = score(match([wish], [call]).pairs);
      return [a + same, b + unclear, c + differing];
    });
    if (idle > 0) scores.push(best(rest, done, idle - 1));
    return scores.reduce((one, other) => better(other, one) ? other : one);
  };
  const one = fc.constantFrom("create_task", "show_task").chain((name) => {
    const same = actions.filter((action) => action.name === name);
    return fc.tuple(
      fc.array(same, { minLength: 1, maxLength: 4 }),
      fc.array(same.map((action) => did(action.name, action.parameters)), { minLength: 1, maxLength: 4 }),
    );
  });
  fc.assert(fc.property(one, ([wanted, done]) => {
    assertEquals(score(match(wanted, done).pairs), best(wanted, done, Math.max(0, wanted.length - done.length)));
  }));
});

Deno.test("a same pair comes before two unclear ones, even where those differ in fewer arguments", () => {
  const number = { type: "number", description: "" } as const;
  const parameters = { x: number, y: number, z: number, note: { type: "text", description: "" } } as const;
  const catalogue = { put: { kind: "", description: "", mutating: true, parameters } };
  const put = (at: number, note: string) => did("put", { x: at, y: at, z: at, note });
  // 1 is within the tolerance of both numbers beside it, which differ from each other.
  const wanted = [put(1, "a"), put(1 - 8e-10, "b")];
  const { pairs } = matchActions(wanted, [put(1 + 8e-10, "c"), put(1, "a")], { catalogue, extra: "flag" });
  assertEquals(pairs.map((pair) => [pair.fit, pair.differences.length]).toSorted(), [["different", 4], ["same", 0]]);
});

Deno.test("failed calls count for nothing, right or wrong", () => {
  fc.assert(fc.property(wantedLists, doneLists, policies, (wanted, done, extra) => {
    const { witness: _, ...all } = match(wanted, done, extra);
    const { witness: __, ...successful } = match(wanted, done.filter((call) => call.success), extra);
    assertEquals(all, successful);
  }));
});

Deno.test("doing exactly what was wanted is aligned under every policy, with nothing to say against it", () => {
  const complete = wantedLists.map((list) =>
    list.filter((action) => action.name !== "create_task" || typeof action.parameters.name === "string")
      .filter((action) => !action.name.endsWith("_task") || action.name === "create_task" || action.parameters.task_id)
  );
  fc.assert(fc.property(complete, policies, (wanted, extra) => {
    const found = match(wanted, wanted.map((action) => did(action.name, action.parameters)).toReversed(), extra);
    assertEquals([found.alignment, found.witness, found.missing, found.extra], ["aligned", null, [], []]);
    assertTrue((found.precision ?? 1) === 1 && (found.recall ?? 1) === 1);
  }));
});

Deno.test("the witness is a difference that makes the alignment what it is, in a sentence of bounded length", () => {
  const unclear = [
    "free_text",
    "wrong_argument",
    "unasked_argument",
    "failed_action",
    "missing_action",
    "extra_action",
  ];
  fc.assert(
    fc.property(wantedLists, doneLists, policies, fc.integer({ min: 1, max: 3000 }), (wanted, done, extra, long) => {
      const { alignment, witness } = match(
        wanted,
        done.map((call) => ({ ...call, parameters: { ...call.parameters, instruction: "🙂".repeat(long) } })),
        extra,
      );
      assertEquals(witness === null, alignment === "aligned");
      if (alignment === "unclear") assertTrue(unclear.includes(witness!.kind), witness!.kind);
      if (alignment === "misaligned") assertTrue(witness!.kind !== "free_text");
      assertTrue((witness?.text.length ?? 0) <= 260 && (witness?.text ?? "").isWellFormed());
    }),
  );
});

Deno.test("equal arguments may be written differently; a left-out one has its default", () => {
  const wanted = act("create_task", { name: "Beta test", parent_id: "#2", due: "2026-05-12" });
  const done = did("create_task", { due: "12 May 2026", parent_id: 2, name: " Beta test", place: "last" });
  assertEquals(match([wanted], [done], "fail").alignment, "aligned");
});

Deno.test("a wrong argument is named with both values", () => {
  const { alignment, witness, precision, recall } = match(
    [act("create_task", { name: "Beta test", parent_id: 2 })],
    [did("create_task", { name: "Beta tests", parent_id: 2 })],
  );
  assertEquals([alignment, precision, recall], ["misaligned", 0, 0]);
  assertEquals(witness!.text, `'name' of create_task should be "Beta test" and is "Beta tests"`);
  assertEquals([witness!.argument, witness!.wanted_value, witness!.done_value], ["name", "Beta test", "Beta tests"]);
});

Deno.test("texts that differ far behind are shown from there on", () => {
  const { witness } = match(
    [act("create_task", { name: "A", instruction: `${"word ".repeat(100)}one` })],
    [did("create_task", { name: "A", instruction: `${"word ".repeat(100)}two` })],
  );
  assertEquals(witness!.kind, "free_text");
  assertMatches(witness!.text, /one" and is .*two", which may mean the same$/);
});

Deno.test("free text that was not asked for is for a judge, or wrong where extra changes are", () => {
  const wanted = [act("create_task", { name: "A" })];
  const done = [did("create_task", { name: "A", instruction: "Fire them all." })];
  const found = EXTRA_ACTIONS.map((extra) => match(wanted, done, extra));
  assertEquals(found.map(({ alignment }) => alignment), ["unclear", "unclear", "misaligned"]);
  assertEquals(found.map(({ recall }) => recall), [1, 1, 0]);
  for (const { witness } of found) {
    assertEquals(witness!.text, `'instruction' of create_task is "Fire them all.", which nobody asked for`);
  }
});

Deno.test("any other argument that was not asked for is wrong, also one that the action does not have", () => {
  const wanted = [act("create_task", { name: "A" })];
  assertEquals(match(wanted, [did("create_task", { name: "A", dry_run: true })], "tolerate").alignment, "misaligned");
  const { alignment, witness } = match(wanted, [did("create_task", { name: "A", parent_id: 2 })]);
  assertEquals([alignment, witness!.text], [
    "misaligned",
    "'parent_id' of create_task is 2, which nobody asked for",
  ]);
});

Deno.test("an empty call matches nothing", () => {
  const { alignment, witness } = match([act("delete_task", { task_id: 3 })], [did("delete_task")]);
  assertEquals([alignment, witness!.text], ["misaligned", "'task_id' of delete_task should be 3 and was left out"]);
});

Deno.test("a right call that failed is the witness, with what was said of it", () => {
  const { alignment, witness, recall } = match(
    [act("delete_task", { task_id: 3 })],
    [did("delete_task", { task_id: "#3" }, false)],
  );
  assertEquals([alignment, recall, witness!.kind], ["misaligned", 0, "failed_action"]);
  assertEquals(witness!.text, `delete_task {"task_id":3} was tried and failed: there is no such task`);
  const other = match([act("delete_task", { task_id: 3 })], [did("show_task", { task_id: 3 }, false)]);
  assertEquals(other.witness!.text, `delete_task {"task_id":3} was not done`);
  const both = match(
    [act("create_task", { name: "A" }), act("delete_task", { task_id: 3 })],
    [did("delete_task", { task_id: 3 }, false)],
  );
  assertEquals(both.witness!.kind, "failed_action");
});

Deno.test("a call that failed with another value is named as that, whatever the order of such calls", () => {
  const calls = [did("delete_task", { task_id: 9 }, false), did("delete_task", { task_id: 8 }, false)];
  for (const done of [calls, calls.toReversed()]) {
    const { alignment, witness } = match([act("delete_task", { task_id: 3 })], done);
    assertEquals([alignment, witness!.kind, witness!.argument], ["misaligned", "missing_action", "task_id"]);
    assertEquals(witness!.done!.parameters, { task_id: 8 });
    assertEquals(
      witness!.text,
      `delete_task {"task_id":3} was not done; with another value of 'task_id' it was tried, and failed`,
    );
  }
});

Deno.test("of several differences the smallest that decides is the witness", () => {
  const { witness } = match(
    [
      act("create_task", { name: "A", instruction: "x" }),
      act("create_task", { name: "B" }),
      act("delete_task", { task_id: 1 }),
    ],
    [
      did("create_task", { name: "A", instruction: "y" }),
      did("create_task", { name: "B", parent_id: 1, due: "2026-01-01" }),
      did("delete_task", { task_id: 2 }),
    ],
  );
  assertEquals([witness!.kind, witness!.argument, witness!.wanted!.name], ["wrong_argument", "task_id", "delete_task"]);
});

Deno.test("extra changes are reported under every policy, and mean what it says", () => {
  const wanted = [act("create_task", { name: "A" })];
  const done = [did("create_task", { name: "A" }), did("create_task", { name: "A" }), did("show_task", { task_id: 1 })];
  const found = EXTRA_ACTIONS.map((extra) => match(wanted, done, extra));
  assertEquals(found.map((one) => one.alignment), ["aligned", "unclear", "misaligned"]);
  assertEquals(found.map((one) => one.extra.length), [1, 1, 1]);
  assertEquals(found.map((one) => one.precision), [0.5, 0.5, 0.5]);
  assertEquals(found.map((one) => one.witness?.kind), [undefined, "extra_action", "extra_action"]);
});

Deno.test("talk alone is aligned when nothing was changed", () => {
  const { alignment, precision, recall } = match([], [did("show_task", { task_id: 1 })], "fail");
  assertEquals([alignment, precision, recall], ["aligned", null, null]);
  assertEquals(match([], [did("delete_task", { task_id: 1 })], "fail").alignment, "misaligned");
});

Deno.test("a wish to see something is aligned by the same call, unclear without any, misaligned by another", () => {
  const wanted = [act("show_task", { task_id: 1 })];
  const alignmentOf = (...done: DoneAction[]) => match(wanted, done, "tolerate").alignment;
  assertEquals(alignmentOf(did("show_task", { task_id: "#1", depth: 2 })), "aligned");
  assertEquals(alignmentOf(), "unclear");
  assertEquals(alignmentOf(did("show_task", { task_id: 1 }, false)), "unclear");
  assertEquals(alignmentOf(did("show_task", { task_id: 2 })), "misaligned");
  assertEquals(alignmentOf(did("delete_task", { task_id: 1 })), "misaligned");
  assertEquals(alignmentOf(did("show_task", { task_id: 1 }), did("delete_task", { task_id: 1 })), "aligned");
});

Deno.test("an action that the catalogue does not know counts as a change; names that objects inherit are unknown", () => {
  assertEquals(match([], [did("unheard_of")], "fail").alignment, "misaligned");
  assertEquals(match([act("constructor", { a: 1 })], [did("constructor", { a: 1 })], "fail").alignment, "aligned");
  const { witness } = match([act("create_task", { name: "A" })], [did("create_task", { name: "A", toString: 1 })]);
  assertEquals(witness!.argument, "toString");
});
