import { assertEquals } from "../../../tests/support/assert.ts";
import { saidBy } from "../tests/user_turns.ts";
import { RecordedUserAgent } from "./recorded_user.ts";

Deno.test("recorded_user: says what was said, with what was wanted, repeated or not known, and then nothing", async () => {
  const wish = { kind: "task_operation", name: "delete_task", parameters: { task_id: 2 } };
  const fault = { code: "out_of_character", message: "it spoke as an assistant" };
  const turns = [
    { message: "Away with 2.", desired_action: wish },
    { message: "Away with 2!", desired_action: wish, repeated: true as const },
    { message: "As an AI, I agree.", desired_action: null, fault },
  ];
  const user = new RecordedUserAgent({ name: "user", config: RecordedUserAgent.config.parse({ turns }) });
  assertEquals(await saidBy(user, { turn: 1 }), ["say", turns[0]!]);
  assertEquals(await saidBy(user, { turn: 2 }), ["say", turns[1]!]);
  assertEquals(await saidBy(user, { turn: 3 }), ["say", { ...turns[2]!, done: true }]);
  assertEquals(await saidBy(user, { turn: 4 }), ["finish", { reason: "the recording is over" }]);
});

Deno.test("recorded_user: a recording in which nothing is said is none", () => {
  assertEquals(RecordedUserAgent.config.safeParse({ turns: [{ message: "" }] }).success, false);
  assertEquals(RecordedUserAgent.config.safeParse({ turns: [] }).success, false);
});
