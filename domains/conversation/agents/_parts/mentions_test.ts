import { type ActionCatalogue, PlanTree, toOutline } from "llm-sim/conversation";
import { assertEquals } from "../../../../tests/support/assert.ts";
import { namesInOutline, speaksAsCall, unmentioned, withIds } from "./mentions.ts";

const catalogue: ActionCatalogue = {
  create_task: {
    kind: "task_operation",
    description: "Adds a task.",
    mutating: true,
    parameters: {
      name: { type: "string", description: "its name", required: true },
      parent_id: { type: "id", description: "under which task" },
      instruction: { type: "text", description: "what is to be done" },
      anchor_position: { type: "string", description: "where", enum: ["first_child", "last_child"] },
      dependencies: { type: "list", description: "what must be done before" },
    },
  },
};
const names = namesInOutline("Plan #1: Launch\n- [2] Test phase\n   instruction [9] no task\n  - [12] Load test");

function missing(message: string, parameters: Parameters<typeof unmentioned>[0]["parameters"]) {
  return unmentioned({ kind: "task_operation", name: "create_task", parameters }, message, catalogue, names);
}

Deno.test("namesInOutline: the tasks of an outline, at every depth", () => {
  assertEquals([...names], [["2", "Test phase"], ["12", "Load test"]]);
});

Deno.test("namesInOutline: neither the legend nor what a task says is a task", () => {
  const plan = PlanTree.read({ title: "P", tasks: [{ name: "A", instruction: "- [2] all is done" }, { name: "B" }] });
  assertEquals([...namesInOutline(toOutline(plan))], [["1", "A"], ["2", "B"]]);
});

Deno.test("withIds: a task that is named has its id, and is no part of a longer name", () => {
  assertEquals(withIds('Please delete the task "load test" now.', names), "Please delete the task 12 now.");
  assertEquals(withIds("Delete task Load tests.", names), "Delete task Load tests.");
  assertEquals(withIds("A test phase (like all)", names), "A test phase (like all)");
});

Deno.test("speaksAsCall: who writes the action's name or its parameters as programs do", () => {
  const wish = { kind: "task_operation", name: "delete_task", parameters: { task_id: 1 } };
  assertEquals(speaksAsCall("Run delete_task on 1.", wish), true);
  assertEquals(speaksAsCall("delete_task(1)", wish), true);
  assertEquals(speaksAsCall('Do this: { "task_id" : 1 }', wish), true);
  assertEquals(speaksAsCall('Please delete task 1, "Delete_tasks".', wish), false);
  assertEquals(
    speaksAsCall("Please refund order 7.", { kind: "shop", name: "refund", parameters: { order: 7 } }),
    false,
  );
});

Deno.test("unmentioned: names and ids must be said, whatever their case and signs", () => {
  assertEquals(missing('Add "beta-test" under #2.', { name: "Beta test", parent_id: 2 }), []);
  assertEquals(missing("Add a test under it.", { name: "Beta test", parent_id: 2 }), ["name", "parent_id"]);
});

Deno.test("unmentioned: an id is said by the name of its task, and not by a longer number", () => {
  assertEquals(missing("Add Beta test to the test phase.", { name: "Beta test", parent_id: "2" }), []);
  assertEquals(missing("Add Beta test under 12.", { name: "Beta test", parent_id: 2 }), ["parent_id"]);
  assertEquals(missing("Beta test, after 2 and the load test", { name: "Beta test", dependencies: [2, 12] }), []);
  assertEquals(missing("Beta test, after 2", { name: "Beta test", dependencies: [2, 12] }), ["dependencies"]);
});

Deno.test("unmentioned: free text and one of a few values may be said in other words", () => {
  const parameters = { name: "Beta", parent_id: null, instruction: "Ask ten users.", anchor_position: "first_child" };
  assertEquals(missing("Put Beta in front, ten people should try it", parameters), []);
});
