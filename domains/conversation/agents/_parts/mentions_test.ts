import type { ActionCatalogue } from "llm-sim/conversation";
import { assertEquals } from "../../../../tests/support/assert.ts";
import { namesInOutline, unmentioned } from "./mentions.ts";

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
