import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../tests/support/assert.ts";
import fc from "../../tests/support/properties.ts";
import { SimError } from "../issue.ts";
import { notJson } from "../json.ts";
import { PlanTree } from "./plan_tree.ts";

const launch = {
  id: 4,
  title: "Launch",
  tasks: [
    { name: "Design", tasks: [{ name: "Sketch" }, { name: "Prototype", dependencies: [2] }] },
    { name: "Build", dependencies: [1] },
  ],
};

/** The names of a plan's tasks, those below another in a list behind it. */
function names(tree: PlanTree, parent: number | null = null): unknown[] {
  return tree.children(parent).map((id) =>
    tree.children(id).length === 0 ? tree.nameOf(id) : [tree.nameOf(id), ...names(tree, id)]
  );
}

function issuesOf(plan: unknown): string[] {
  const error = assertThrows(() => PlanTree.read(plan), "bad_plan") as SimError;
  return error.issues.map((issue) => `${issue.path?.join(".")}: ${issue.message}`);
}

Deno.test("PlanTree.read - an author's tasks get ids in the order of the text, with place, depth and path", () => {
  const tree = PlanTree.read(launch);
  assertEquals(names(tree), [["Design", "Sketch", "Prototype"], "Build"]);
  const { position, depth, path, parent_id, plan_id, status, dependencies } = tree.node(3);
  assertEquals(
    { position, depth, path, parent_id, plan_id, status, dependencies },
    { position: 1, depth: 1, path: "/1/3", parent_id: 1, plan_id: 4, status: "pending", dependencies: [2] },
  );
  assertEquals(tree.next_id, 5);
});

Deno.test("PlanTree.read - tasks without an id get those that nobody has", () => {
  const tree = PlanTree.read({
    title: "T",
    tasks: [{ name: "a" }, { id: 1, name: "b" }, { name: "c", tasks: [{ id: 9, name: "d" }] }],
  });
  assertEquals([...tree.nodes.values()].map(({ id, name }) => `${id}${name}`), ["2a", "1b", "3c", "9d"]);
  assertEquals(tree.next_id, 10);
});

Deno.test("PlanTree.read - takes the predecessor's form, with or without adjacency", () => {
  const nodes = {
    "2": { id: 2, plan_id: 1, name: "second", parent_id: null, position: 1, path: "/2", depth: 0, instruction: null },
    "7": { id: 7, name: "first", position: 0 },
    "8": { id: 8, name: "below", parent_id: 2, context_sections: [{ title: "t", content: "c" }] },
  };
  assertEquals(names(PlanTree.read({ id: 1, title: "T", nodes })), ["first", ["second", "below"]]);
  const adjacency = { None: [2, 7], "2": [8] };
  const tree = PlanTree.read({ id: 1, title: "T", description: null, metadata: { a: 1 }, nodes, adjacency });
  assertEquals(names(tree), [["second", "below"], "first"]);
  assertEquals(tree.toJSON().adjacency, adjacency);
});

Deno.test("PlanTree.read - names every fault with its place", () => {
  assertEquals(issuesOf({ titel: "T", tasks: [{ name: 3, dependencies: [5, 0], instrution: "x" }, {}] }), [
    "titel: unknown key 'titel'",
    "title: a plan needs a title",
    "tasks.0.instrution: unknown key 'instrution'",
    "tasks.0.dependencies.1: expected an id, an integer from 1, found 0",
    "tasks.0.name: expected a text, found 3",
    "tasks.1.name: a task needs a name",
    "tasks.0.dependencies: there is no task 5",
  ]);
  const error = assertThrows(() => PlanTree.read({ title: "T", task: [] }), "bad_plan") as SimError;
  assertMatches(error.message, /^task: unknown key/);
  assertMatches(error.hint!, /did you mean 'tasks'/);
  assertEquals(
    issuesOf("plan"),
    [': expected an object, found "plan"', ": a plan needs a title"].map((line) => line.replace(/^: a/, "title: a")),
  );
});

Deno.test("PlanTree.read - refuses ids twice, circles, and what is too big", () => {
  assertEquals(issuesOf({ title: "T", tasks: [{ id: 1, name: "a" }, { id: 1, name: "b" }] }), [
    "tasks.1: two tasks have the id 1",
  ]);
  const circle = [{ name: "a", dependencies: [2] }, { name: "b", dependencies: [1] }];
  assertMatches(issuesOf({ title: "T", tasks: circle }).join(), /depends on itself, directly or not/);
  assertMatches(
    issuesOf({ title: "T", tasks: [{ name: "x".repeat(501) }] }).join(),
    /tasks.0.name: has 501 characters/,
  );
  assertMatches(issuesOf({ title: "T", tasks: [{ name: "a", instruction: "x".repeat(20_001) }] }).join(), /20001/);
  const many = Array.from({ length: 2_001 }, (_, i) => ({ name: `${i}` }));
  assertMatches(issuesOf({ title: "T", tasks: many }).join(), /the plan has 2001 tasks/);
  assertEquals(PlanTree.read({ title: "T", tasks: many.slice(1) }).nodes.size, 2_000);
});

Deno.test("PlanTree.read - refuses nodes that the top level does not reach, or twice", () => {
  const nodes = { "1": { name: "a", parent_id: 2 }, "2": { name: "b", parent_id: 1 } };
  assertEquals(issuesOf({ title: "T", nodes }), [
    "nodes.1: the task is not reached from the top level of the plan",
    "nodes.2: the task is not reached from the top level of the plan",
  ]);
  const twice = { title: "T", nodes: { "1": { name: "a" } }, adjacency: { None: [1, 1, 3] } };
  assertEquals(issuesOf(twice), [
    "adjacency.None.1: task 1 stands in two places",
    "adjacency.None.2: there is no task 3",
  ]);
});

Deno.test("PlanTree.create - appends, also behind a single child", () => {
  const { tree } = PlanTree.read({ title: "T", tasks: [{ name: "a", tasks: [{ name: "only" }] }] })
    .create({ name: "next", parent_id: 1 });
  assertEquals(names(tree), [["a", "only", "next"]]);
  assertEquals(tree.node(3).position, 1);
});

Deno.test("PlanTree.create - a position wins over an anchor, an anchor over the end", () => {
  const tree = PlanTree.read({
    title: "T",
    tasks: [{ name: "a" }, { name: "b", tasks: [{ name: "c" }, { name: "d" }] }],
  });
  const put = (place: object) => names(tree.create({ name: "x", ...place }).tree);
  assertEquals(put({}), ["a", ["b", "c", "d"], "x"]);
  assertEquals(put({ parent_id: 2, position: 1 }), ["a", ["b", "c", "x", "d"]]);
  assertEquals(put({ anchor_task_id: 3, anchor_position: "before" }), ["a", ["b", "x", "c", "d"]]);
  assertEquals(put({ anchor_task_id: 3 }), ["a", ["b", "c", "x", "d"]]);
  assertEquals(put({ anchor_task_id: 3, position: 2 }), ["a", ["b", "c", "d", "x"]]);
  assertEquals(put({ insert_before: 1 }), ["x", "a", ["b", "c", "d"]]);
  assertEquals(put({ insert_after: 1 }), ["a", "x", ["b", "c", "d"]]);
  assertEquals(put({ anchor_task_id: 2, anchor_position: "first_child" }), ["a", ["b", "x", "c", "d"]]);
  assertEquals(put({ parent_id: 2, anchor_position: "first_child" }), ["a", ["b", "x", "c", "d"]]);
  assertEquals(put({ anchor_task_id: 2, anchor_position: "last_child" }), ["a", ["b", "c", "d", "x"]]);
});

Deno.test("PlanTree.create - refuses places that are none", () => {
  const tree = PlanTree.read(launch);
  assertThrows(() => tree.create({ name: "x", parent_id: 99 }), "unknown_task");
  assertThrows(() => tree.create({ name: "x", position: 3 }), "bad_position");
  assertThrows(() => tree.create({ name: "x", position: -1 }), "bad_position");
  assertThrows(() => tree.create({ name: "x", parent_id: 4, insert_before: 2 }), "bad_anchor");
  assertThrows(() => tree.create({ name: "x", insert_before: 2, insert_after: 2 }), "bad_anchor");
  assertThrows(() => tree.create({ name: "x", anchor_position: "before" }), "bad_anchor");
  assertThrows(() => tree.create({ name: "x", dependencies: [99] }), "unknown_task");
  assertThrows(() => tree.create({ name: "  " }), "bad_task");
  assertThrows(() => tree.create({ name: "x".repeat(501) }), "bad_task");
});

Deno.test("PlanTree.update - changes what is given, dependencies once each and never in a circle", () => {
  const tree = PlanTree.read(launch);
  const after = tree.update(2, {
    instruction: "Draw it.",
    dependencies: [4, 4],
    metadata: { owner: "Ann" },
    status: "completed",
  });
  const { name, instruction, dependencies, metadata, status } = after.node(2);
  assertEquals({ name, instruction, dependencies, metadata, status }, {
    name: "Sketch",
    instruction: "Draw it.",
    dependencies: [4],
    metadata: { owner: "Ann" },
    status: "completed",
  });
  assertEquals(tree.node(2).instruction, null);
  assertThrows(() => tree.setDependencies(2, [3]), "cycle");
  assertThrows(() => tree.setDependencies(2, [2]), "cycle");
  assertThrows(() => tree.setDependencies(2, [77]), "unknown_task");
});

Deno.test("PlanTree.move - refuses a place below the task itself", () => {
  const tree = PlanTree.read(launch);
  assertThrows(() => tree.move(1, { new_parent_id: 3 }), "cycle");
  assertThrows(() => tree.move(1, { new_parent_id: 1 }), "cycle");
  assertThrows(() => tree.move(3, { new_position: 3 }), "bad_position");
});

Deno.test("PlanTree.move - takes what is below along, and counts positions without the task", () => {
  const tree = PlanTree.read(launch);
  const below = tree.move(1, { new_parent_id: 4 });
  assertEquals(names(below), [["Build", ["Design", "Sketch", "Prototype"]]]);
  assertEquals(below.node(3).path, "/4/1/3");
  assertEquals(names(tree.move(2, { new_parent_id: 1, new_position: 1 })), [
    ["Design", "Prototype", "Sketch"],
    "Build",
  ]);
  assertEquals(names(tree.move(2)), [["Design", "Prototype"], "Build", "Sketch"]);
  assertTrue(tree.move(2, { new_parent_id: 1 }) === tree);
});

Deno.test("PlanTree.remove - takes what is below, and dependencies on it, and never gives an id again", () => {
  const tree = PlanTree.read(launch).remove(1);
  assertEquals(names(tree), ["Build"]);
  assertEquals(tree.node(4).dependencies, []);
  const emptied = tree.remove(4);
  assertEquals(emptied.toJSON().adjacency, { None: [] });
  assertEquals(PlanTree.read(emptied.toJSON()).create({ name: "new" }).id, 5);
});

Deno.test("PlanTree - refuses to grow beyond its limits", () => {
  const tasks = Array.from({ length: 2_000 }, (_, i) => ({ name: `${i}` }));
  assertThrows(() => PlanTree.read({ title: "T", tasks }).create({ name: "x" }), "plan_too_big");
  let deep = PlanTree.read({ title: "T" });
  for (let id = 0; id < 100; id++) deep = deep.create({ name: "x", ...(id === 0 ? {} : { parent_id: id }) }).tree;
  assertThrows(() => deep.create({ name: "x", parent_id: 100 }), "plan_too_big");
  const beside = deep.create({ name: "y" }).tree;
  assertThrows(() => beside.move(1, { new_parent_id: 101 }), "plan_too_big");
});

/** One operation with numbers that are ids and positions now and then. */
const id = fc.integer({ min: 0, max: 12 });
const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const step = fc.oneof(
  fc.record({
    op: fc.constant("create" as const),
    name: fc.string({ unit: "binary", minLength: 1 }),
    parent_id: some(id),
    position: some(fc.integer({ min: -1, max: 4 })),
    anchor_task_id: some(id),
    anchor_position: some(
      fc.constantFrom("first_child" as const, "last_child" as const, "before" as const, "after" as const),
    ),
    insert_before: some(id),
    insert_after: some(id),
    dependencies: some(fc.array(id, { maxLength: 3 })),
    metadata: some(fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<never>)),
  }),
  fc.record({
    op: fc.constant("update" as const),
    id,
    dependencies: fc.array(id, { maxLength: 3 }),
    instruction: some(fc.string()),
  }),
  fc.record({
    op: fc.constant("move" as const),
    id,
    new_parent_id: some(id),
    new_position: some(fc.integer({ min: -1, max: 4 })),
  }),
  fc.record({ op: fc.constant("remove" as const), id }),
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

function played(tree: PlanTree, step: Step): PlanTree {
  try {
    if (step.op === "create") return tree.create(step as Parameters<PlanTree["create"]>[0]).tree;
    if (step.op === "update") return tree.update(step.id, step as Parameters<PlanTree["update"]>[1]);
    if (step.op === "move") return tree.move(step.id, step as Parameters<PlanTree["move"]>[1]);
    return tree.remove(step.id);
  } catch (error) {
    if (error instanceof SimError) return tree;
    throw error;
  }
}

function assertLaws(tree: PlanTree): void {
  const reached: number[] = [];
  const visit = (parent: number | null, depth: number, path: string) => {
    for (const [position, id] of tree.children(parent).entries()) {
      const node = tree.node(id);
      assertEquals(
        { id: node.id, parent: node.parent_id, position: node.position, depth: node.depth, path: node.path },
        { id, parent, position, depth, path: `${path}/${id}` },
      );
      reached.push(id);
      visit(id, depth + 1, node.path);
    }
  };
  visit(null, 0, "");
  assertEquals(reached, [...tree.nodes.keys()]);
  assertTrue(reached.every((id) => id < tree.next_id));
  // Without circles, tasks can be done one after another.
  const done = new Set<number>();
  for (let before = -1; before < done.size;) {
    before = done.size;
    for (const node of tree.nodes.values()) if (node.dependencies.every((id) => done.has(id))) done.add(node.id);
  }
  assertEquals(done.size, tree.nodes.size);
}

Deno.test("PlanTree - any operations keep the laws, and what is written is read as itself", () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    let tree = PlanTree.read({
      title: "T",
      tasks: [{ name: "a", tasks: [{ name: "b" }, { name: "c" }] }, { name: "d" }],
    });
    for (const step of steps) {
      const next = played(tree, step);
      assertTrue(next.next_id >= tree.next_id);
      tree = next;
      assertLaws(tree);
    }
    const written = tree.toJSON();
    assertEquals(notJson(written), null);
    assertEquals(PlanTree.read(JSON.parse(JSON.stringify(written))).toJSON(), written);
  }));
});
