import { phraseOf, readEnvironment } from "llm-sim/conversation";
import type { z } from "zod";
import { assertEquals, assertMatches, assertThrows, assertTrue } from "../../../tests/support/assert.ts";
import { ENVIRONMENT } from "../tests/agent_turns.ts";
import { saidBy } from "../tests/user_turns.ts";
import { ScriptedUserAgent } from "./scripted_user.ts";

type Script = z.input<typeof ScriptedUserAgent.config>["script"];

const { catalogue } = readEnvironment(ENVIRONMENT);
const DELETE = { kind: "task_operation", name: "delete_task", parameters: { task_id: 2 } };

function userWith(script: Script) {
  const config = ScriptedUserAgent.config.parse({ environment: ENVIRONMENT, script });
  return new ScriptedUserAgent({ name: "user", config });
}

function refusal(script: Script): string {
  const read = ScriptedUserAgent.config.safeParse({ environment: ENVIRONMENT, script });
  assertTrue(!read.success);
  return read.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n");
}

Deno.test("scripted_user: turn n has entry n, the last one with the last word, and then there is nothing to say", async () => {
  const user = userWith([
    { message: "Hello!" },
    { message: "Away with the interviews.", desired_action: DELETE },
  ]);
  assertEquals(await saidBy(user, { turn: 1 }), ["say", { message: "Hello!", desired_action: null }]);
  const last = { message: "Away with the interviews.", desired_action: DELETE, done: true };
  assertEquals(await saidBy(user, { turn: 2 }), ["say", last]);
  assertEquals(await saidBy(user, { turn: 3 }), ["finish", { reason: "the script is over" }]);
});

Deno.test("scripted_user: a wish without a message is said in words, and read as the catalogue has it", async () => {
  const user = userWith([{ desired_action: { name: "delete_task", parameters: { task_id: "#2" } } }]);
  const said = { message: phraseOf(DELETE, catalogue), desired_action: DELETE, done: true };
  assertEquals(await saidBy(user, { turn: 1 }), ["say", said]);
});

Deno.test("scripted_user: a script that is wrong is refused with its place when it is loaded", () => {
  assertMatches(
    refusal([{ message: "a" }, { desired_action: { name: "delete_tsk" } }]),
    /^script\.1\.desired_action: .*'?delete_task/,
  );
  assertMatches(
    refusal([{ desired_action: { name: "delete_task", parameters: {} } }]),
    /^script\.0\.desired_action: .*task_id/,
  );
  assertEquals(
    refusal([{ desired_action: { name: "delete_task", parameters: { task_id: 2, colour: "red" } } }]),
    'script.0.desired_action: delete_task: there is no parameter "colour"; valid: task_id',
  );
  assertEquals(refusal([{ message: "a" }, {}]), "script.1.message: nothing is said and nothing is wanted");
  assertMatches(refusal([]), /^script: /);
});

Deno.test("scripted_user: an environment that is none is refused with its place", () => {
  const read = ScriptedUserAgent.config.safeParse({ environment: { plan: 3 }, script: [{ message: "a" }] });
  assertEquals(read.error?.issues.map(({ path }) => path), [["environment"]]);
});

Deno.test("scripted_user: built without that check it says itself what is wrong", () => {
  const config = { environment: ENVIRONMENT, script: [{ message: "a", desired_action: { name: "fly" } }] };
  const error = assertThrows(() => new ScriptedUserAgent({ name: "user", config }), "bad_script");
  assertMatches(error.message, /^script\[0\]\.desired_action: .*fly/);
});
