import { assertEquals } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import type { JsonObject } from "../json.ts";
import { metByEffect } from "./effects.ts";
import { planEnvironment } from "./plan_environment.ts";
import { PlanTree } from "./plan_tree.ts";
import { readEnvironment } from "./read_environment.ts";
import type { ActionSpec, DoneAction, TurnFault } from "./types.ts";

const environment = planEnvironment(
  PlanTree.read({ title: "Launch", tasks: [{ name: "Design", tasks: [{ name: "Sketch" }] }, { name: "Build" }] }),
);
const FAULT: TurnFault = { code: "timeout", message: "no answer" };

const act = (name: string, parameters: JsonObject = {}): ActionSpec => ({ kind: "task_operation", name, parameters });
const did = (action: ActionSpec, success = true): DoneAction => ({ ...action, success, result_message: "" });

function met(wish: ActionSpec | null, ...calls: readonly (ActionSpec | DoneAction)[]): boolean {
  const actions = calls.map((call) => "success" in call ? call : did(call));
  return metByEffect(environment, environment.initial, { desired_action: wish }, { actions });
}

const SAY = act("update_task_instruction", { task_id: 2, instruction: "Draw." });
const RENAME = act("update_task", { task_id: 2, name: "Draw" });

Deno.test("metByEffect: another call, or several, may come to the same", () => {
  assertEquals(met(SAY, act("update_task", { task_id: 2, instruction: "Draw." })), true);
  const both = act("update_task", { task_id: 2, name: "Draw", instruction: "Draw." });
  assertEquals(met(both, SAY, RENAME), true);
  assertEquals(met(RENAME, act("update_task", { task_id: 2, name: "Drawn" }), RENAME), true);
  assertEquals(
    met(act("create_task", { name: "Test" }), act("create_task", { name: "Tst" }), act("show_tasks"), {
      ...act("update_task", { task_id: 4, name: "Test" }),
    }),
    true,
  );
});

Deno.test("metByEffect: what is missing, or more than was wanted, is another state", () => {
  assertEquals(met(SAY), false);
  assertEquals(met(SAY, did(SAY, false)), false);
  assertEquals(met(SAY, SAY, RENAME), false);
  assertEquals(
    met(act("create_task", { name: "Test" }), act("create_task", { name: "Test" }), {
      ...act("create_task", { name: "Test" }),
    }),
    false,
  );
  assertEquals(
    met(act("update_task", { task_id: 2, name: "Draw" }), RENAME, act("delete_task", { task_id: 3 })),
    false,
  );
});

Deno.test("metByEffect: a copy is not what was to be moved", () => {
  const move = act("move_task", { task_id: 3, new_parent_id: 1 });
  assertEquals(
    met(move, act("create_task", { name: "Build", parent_id: 1 }), act("delete_task", { task_id: 3 })),
    false,
  );
  assertEquals(met(move, act("move_task", { task_id: 3 }), move), false, "the first move changes nothing");
  assertEquals(met(move, move), true);
});

Deno.test("metByEffect: what leaves no trace here is no proof, wished for or done", () => {
  assertEquals(met(act("execute_plan"), act("execute_plan")), false);
  assertEquals(met(act("execute_plan")), false);
  assertEquals(met(act("update_task", { task_id: 2, name: "Sketch" })), false);
  assertEquals(met(RENAME, RENAME, act("delete_plan", { plan_id: 1 })), false);
  assertEquals(met(RENAME, { ...RENAME, parameters: { ...RENAME.parameters, dry_run: true } }), false);
  assertEquals(met(RENAME, RENAME, act("unheard_of")), false);
  assertEquals(met(act("show_tasks"), act("show_tasks")), false);
  assertEquals(met(null), false);
  const pay = { kind: "shop", description: "", mutating: true, parameters: {} };
  const shop = readEnvironment({ title: "Shop", outline: "", actions: { pay } });
  assertEquals(metByEffect(shop, [], { desired_action: act("pay") }, { actions: [did(act("pay"))] }), false);
});

Deno.test("metByEffect: never where either side has a fault", () => {
  const of = (wish: object, turn: object) =>
    metByEffect(environment, environment.initial, { desired_action: RENAME, ...wish }, {
      actions: [did(RENAME)],
      ...turn,
    });
  assertEquals([of({}, {}), of({ fault: FAULT }, {}), of({}, { fault: FAULT })], [true, false, false]);
});

Deno.test("metByEffect: whatever is done, it says so only where the plans are equal", () => {
  const ids = fc.constantFrom(1, 2, 3, 4);
  const calls = fc.oneof(
    fc.record({ task_id: ids, name: fc.constantFrom("A", "B", "Draw") }).map((given) => act("update_task", given)),
    ids.map((task_id) => act("delete_task", { task_id })),
    fc.record({ name: fc.constantFrom("A", "B"), parent_id: ids }, { requiredKeys: ["name"] })
      .map((given) => act("create_task", given)),
  );
  fc.assert(fc.property(calls, fc.array(calls, { maxLength: 3 }), (wish, done) => {
    if (!met(wish, ...done)) return;
    const after = (actions: readonly ActionSpec[]) =>
      actions.reduce((state, action) => environment.apply(state, action).state, environment.initial);
    assertEquals(environment.differences(after([wish]), after(done)), []);
  }));
});
