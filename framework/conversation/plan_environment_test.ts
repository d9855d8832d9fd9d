import { assertEquals, assertMatches, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { canonicalJson } from "../canonical_json.ts";
import type { Json, JsonObject } from "../json.ts";
import { PLAN_ACTIONS } from "./plan_catalogue.ts";
import { planEnvironment } from "./plan_environment.ts";
import { PlanTree } from "./plan_tree.ts";

const plan = PlanTree.read({
  id: 1,
  title: "Launch",
  tasks: [{ name: "Design", tasks: [{ name: "Sketch" }, { name: "Prototype", dependencies: [2] }] }, { name: "Build" }],
});
const environment = planEnvironment(plan);

function apply(name: string, parameters: JsonObject = {}, state: Json = environment.initial) {
  return environment.apply(state, { kind: "", name, parameters });
}

/** What differs once these actions were done, when none was wanted. */
function differences(...actions: [string, JsonObject][]): readonly string[] {
  let state = environment.initial;
  for (const [name, parameters] of actions) {
    const next = apply(name, parameters, state);
    assertTrue(next.done.success, next.done.result_message);
    state = next.state;
  }
  return environment.differences(environment.initial, state)!;
}

function repeats(name: string, parameters: JsonObject): string | null {
  return environment.repeats(environment.initial, { kind: "", name, parameters });
}

Deno.test("planEnvironment - an argument that an action does not have has no effect, and stands in what was done", () => {
  const { state, done } = apply("update_task", { task_id: 2, name: "Draw", status: "completed" });
  assertEquals(done.parameters, { task_id: 2, name: "Draw", status: "completed" });
  assertEquals([PlanTree.read(state).node(2).name, PlanTree.read(state).node(2).status], ["Draw", "pending"]);
  assertEquals(apply("delete_task", { task_id: 9, force: true }).done.parameters, { task_id: 9, force: true });
});

Deno.test("planEnvironment - states agree where nothing differs and what was there is still itself", () => {
  const { initial, agree } = environment;
  const moved = apply("move_task", { task_id: 4, new_parent_id: 1 }).state;
  const copied =
    apply("delete_task", { task_id: 4 }, apply("create_task", { name: "Build", parent_id: 1 }).state).state;
  assertEquals(environment.differences(moved, copied), []);
  assertEquals([agree(initial, moved, copied), agree(initial, moved, moved)], [false, true]);
  // What is new may have another id.
  const added = apply("create_task", { name: "Test" }).state;
  const late = apply("delete_task", { task_id: 5 }, apply("create_task", { name: "Junk" }).state).state;
  assertEquals(agree(initial, added, apply("create_task", { name: "Test" }, late).state), true);
  assertEquals(agree(initial, added, late), false);
});

Deno.test("planEnvironment - actions on tasks are carried out and say what came of them", () => {
  const created = apply("create_task", {
    name: "Beta test",
    parent_id: "#1",
    insert_before: null,
    dependencies: ["2"],
  });
  assertEquals(created.created, "5");
  assertEquals(created.done, {
    kind: "task_operation",
    name: "create_task",
    parameters: { name: "Beta test", parent_id: 1, dependencies: [2] },
    success: true,
    result_message: 'created task 5 "Beta test" below task 1 "Design", at position 2',
  });
  assertEquals(PlanTree.read(created.state).node(5).dependencies, [2]);
  const messages = [
    apply("update_task", { task_id: 2, name: "Draw" }),
    apply("update_task_instruction", { task_id: 2, instruction: "Draw it." }),
    apply("move_task", { task_id: 2, new_position: 0 }),
    apply("delete_task", { task_id: 1 }),
  ].map(({ done }) => done.result_message);
  assertEquals(messages, [
    'updated task 2 "Draw"',
    'updated task 2 "Sketch"',
    'moved task 2 "Sketch": it is now on the top level, at position 0',
    'deleted task 1 "Design" and 2 below it',
  ]);
});

Deno.test("planEnvironment - what fails leaves the state and says why", () => {
  for (
    const [name, parameters, why] of [
      ["create_task", {}, /'name' must be a text that is not blank; it is missing/],
      ["create_task", { name: "x", parent_id: 9 }, /there is no task 9 in plan 1; tasks are: 1, 2, 3, 4/],
      ["create_task", { name: "x", dependencies: ["y"] }, /there is no task "y"; ids of tasks are numbers/],
      ["move_task", { task_id: 1, new_parent_id: 3 }, /task 1 cannot be moved below task 3/],
      ["request_subgraph", {}, /needs task_id or logical_id/],
      ["explode", {}, /there is no action "explode"/],
    ] as const
  ) {
    const { state, done, created } = apply(name, parameters);
    assertTrue(state === environment.initial);
    assertEquals([done.success, created], [false, undefined]);
    assertMatches(done.result_message, why);
  }
});

Deno.test("planEnvironment - questions are answered from the plan", () => {
  const answer = (name: string, parameters: JsonObject = {}) => {
    const { state, done } = apply(name, parameters);
    assertEquals([state === environment.initial, done.success], [true, true]);
    return done.result_message;
  };
  assertEquals(answer("show_tasks"), environment.outline(environment.initial));
  assertEquals(answer("query_status"), 'Plan #1 "Launch": 4 tasks (4 pending)');
  assertEquals(answer("list_plans"), "- #1 Launch (tasks: 4)");
  assertMatches(
    answer("request_subgraph", { logical_id: "1", max_depth: 1 }),
    /^Subgraph rooted at node 1 \(depth ≤ 1\)\n- \[1\] Design\n/,
  );
  assertMatches(answer("help"), /`create_task`: Create one task/);
});

Deno.test("planEnvironment - what needs more than a plan is recorded without effect, and says so", () => {
  for (
    const [name, parameters] of [
      ["create_plan", { title: "x" }],
      ["delete_plan", { plan_id: 1 }],
      ["execute_plan", {}],
      ["rerun_task", { task_id: 1 }],
      ["decompose_task", {}],
      ["web_search", { query: "x" }],
      ["graph_rag", { query: "x" }],
      ["springer_nature", { api: "meta", q: "x" }],
    ] as const
  ) {
    const { state, done } = apply(name, parameters);
    assertEquals([state === environment.initial, done.success], [true, true]);
    assertMatches(done.result_message, new RegExp(`^${name} is recorded, but not executed here`));
  }
});

Deno.test("planEnvironment - differences are told by names, whatever the ids", () => {
  assertEquals(differences(), []);
  assertEquals(
    differences(["delete_task", { task_id: 2 }], ["create_task", { name: "Sketch", parent_id: 1, position: 0 }]),
    [
      '"Prototype": depends on "Sketch", wanted; on nothing, found',
    ],
  );
  assertEquals(differences(["delete_task", { task_id: 3 }], ["create_task", { name: "Beta", parent_id: 1 }]), [
    '"Prototype" is missing under "Design"',
    '"Beta" is under "Design", which was not wanted',
  ]);
  assertEquals(differences(["update_task_instruction", { task_id: 4, instruction: "Do." }]), [
    '"Build": instruction differs',
  ]);
  assertEquals(differences(["move_task", { task_id: 4, new_position: 0 }]), [
    'the order on the top level is "Build", "Design", wanted was "Design", "Build"',
  ]);
  assertEquals(differences(["create_task", { name: "Build" }]), ['"Build" is on the top level, which was not wanted']);
  const twin = ["delete_task", { task_id: 4 }] as [string, JsonObject];
  assertEquals(differences(twin, ["create_task", { name: "Build" }]), []);
});

Deno.test("planEnvironment - knows wishes that repeat what is there", () => {
  assertEquals(
    repeats("create_task", { name: " sketch", parent_id: 1 }),
    'there is a task of that name in that place: 2 "Sketch"',
  );
  assertEquals(repeats("create_task", { name: "Sketch" }), null);
  assertMatches(repeats("create_task", { name: "Sketch", insert_after: 3 })!, /2 "Sketch"/);
  assertEquals(repeats("update_task", { task_id: 3, dependencies: [2] }), 'task 3 "Prototype" is like that already');
  assertEquals(repeats("update_task", { task_id: 3, name: "Draft" }), null);
  assertEquals(
    repeats("move_task", { task_id: 2, new_parent_id: 1, new_position: 0 }),
    'task 2 "Sketch" is like that already',
  );
  assertEquals(repeats("delete_task", { task_id: 9 }), "there is no task 9 that could be deleted");
  assertEquals(repeats("delete_task", { task_id: 2 }), null);
  assertEquals(repeats("update_task", { task_id: 9, name: "x" }), null);
  assertEquals(repeats("show_tasks", {}), null);
});

Deno.test("planEnvironment - no action throws, and a failed one changes nothing", () => {
  const value = fc.oneof(
    fc.integer({ min: -1, max: 6 }),
    fc.constantFrom("1", "x", "before", "last_child"),
    fc.jsonValue(),
    fc.array(fc.integer({ min: 0, max: 6 })),
  );
  const keys = [...new Set(Object.values(PLAN_ACTIONS).flatMap(({ parameters }) => Object.keys(parameters)))];
  const action = fc.record({
    kind: fc.constant(""),
    name: fc.constantFrom(...Object.keys(PLAN_ACTIONS), "none"),
    parameters: fc.dictionary(fc.constantFrom(...keys), value) as fc.Arbitrary<JsonObject>,
  });
  fc.assert(fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
    let state = environment.initial;
    for (const action of actions) {
      const result = environment.apply(state, action);
      if (!result.done.success) assertTrue(result.state === state);
      assertEquals(environment.differences(result.state, result.state), []);
      if (environment.repeats(state, action) !== null && result.done.success && action.name !== "create_task") {
        assertEquals(canonicalJson(result.state), canonicalJson(state));
      }
      state = result.state;
    }
  }));
});
