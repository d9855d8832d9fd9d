import { assertEquals, assertThrows } from "../../../tests/support/assert.ts";
import { parse } from "yaml";
import { exampleConversation, exampleTurn } from "../tests/conversations.ts";
import { toCase } from "./mod.ts";

const broken = {
  message: "?",
  desired_action: null,
  seal: "",
  salt: "",
  fault: { code: "not_json", message: "no wish" },
};

Deno.test("toCase: the user says and wants the same again; a turn without a known wish is left out", () => {
  const turns = [exampleTurn(1), exampleTurn(2, { simulated_user: broken })];
  const { message, desired_action } = turns[0]!.simulated_user;
  assertEquals(parse(toCase(exampleConversation({ run_id: "launch_01", turns }))), [
    { name: "launch_01", user: { kind: "scripted", script: [{ message, desired_action }] }, max_turns: 1 },
  ]);
});

Deno.test("toCase: a conversation of which no wish is known makes no case", () => {
  const turns = [exampleTurn(1, { simulated_user: broken })];
  assertThrows(() => toCase(exampleConversation({ turns })), "no_wishes");
});
