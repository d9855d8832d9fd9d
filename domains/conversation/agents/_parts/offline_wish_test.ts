import { rng } from "llm-sim";
import { type ActionSpec, type EnvironmentSpec, readAction, readEnvironment } from "llm-sim/conversation";
import { assertEquals, assertTrue } from "../../../../tests/support/assert.ts";
import { ENVIRONMENT } from "../../tests/agent_turns.ts";
import { offlineWish } from "./offline_wish.ts";

/** Wishes one after another, each carried out and none twice. */
function wishes(spec: EnvironmentSpec, seed: number, most = 50): ActionSpec[] {
  const environment = readEnvironment(spec);
  const made: ActionSpec[] = [];
  let state = environment.initial;
  while (made.length < most) {
    const draws = rng(seed, "decide", "user", made.length + 1);
    const wish = offlineWish(environment, state, draws, (action) => environment.repeats(state, action) !== null);
    if (wish === null) break;
    const after = environment.apply(state, wish);
    assertTrue(after.done.success, after.done.result_message);
    assertEquals(readAction(wish, environment.catalogue), { action: wish });
    made.push(wish);
    state = after.state;
  }
  return made;
}

Deno.test("offlineWish: of a plan one possible change after another, of every kind, until none is left to wish for", () => {
  const made = wishes(ENVIRONMENT, 1, 12);
  assertEquals(made.length, 12);
  assertEquals([...new Set(made.map(({ name }) => name))].toSorted(), [
    "create_task",
    "move_task",
    "update_task_instruction",
  ]);
  assertTrue(!made.some(({ parameters }) => String(parameters.name).startsWith("Follow-up: Follow-up")));
});

Deno.test("offlineWish: the same draws wish for the same, others for something else", () => {
  assertEquals(wishes(ENVIRONMENT, 7, 5), wishes(ENVIRONMENT, 7, 5));
  assertTrue(JSON.stringify(wishes(ENVIRONMENT, 7, 5)) !== JSON.stringify(wishes(ENVIRONMENT, 8, 5)));
});

Deno.test("offlineWish: elsewhere it calls what changes something, with arguments that can be read", () => {
  const types = ["string", "text", "integer", "number", "boolean", "date", "id", "list", "object"] as const;
  const parameters = Object.fromEntries(
    types.map((type) => [`a_${type}`, { type, description: "", required: true } as const]),
  );
  const spec = {
    title: "Shop",
    outline: "",
    actions: {
      order: {
        kind: "tool_operation",
        description: "",
        mutating: true,
        parameters: {
          ...parameters,
          size: { type: "string", description: "", required: true, enum: ["S", "L"] },
          copies: { type: "integer", description: "", required: true, default: 1 },
          after: { type: "list", items: "id", description: "", required: true },
          gift: { type: "boolean", description: "" },
        },
      },
      look: { kind: "tool_operation", description: "", mutating: false, parameters: {} },
    },
  } as const;
  const [first] = wishes(spec, 3, 3);
  assertEquals(first!.name, "order");
  assertEquals(first!.parameters.copies, 1);
  assertTrue(["S", "L"].includes(first!.parameters.size as string) && !("gift" in first!.parameters));
});

Deno.test("offlineWish: where nothing can be wished for there is no wish", () => {
  assertEquals(wishes({ plan: { title: "Empty", tasks: [] } }, 1), []);
});
