import { assertEquals, assertMatches, assertTrue } from "../../../../tests/support/assert.ts";
import { breakOfCharacter } from "./character.ts";
import { QuotedSource } from "./quotation.ts";

const instructions = new QuotedSource(
  "You play a person who talks with a chat assistant. Stay that person in every word.",
);
const secret = "The budget is 40,000 euros.";

function judged(message: string, replies: readonly string[] = []) {
  return breakOfCharacter(message, { instructions, secrets: [secret], replies });
}

Deno.test("breakOfCharacter: a person's words pass, also about assistants and models", () => {
  for (
    const message of [
      'Please add a task named "Beta test" under task 2.',
      "I am an AI researcher and need a task for the ethics board.",
      "As an AI company we must test more. Add a task 'Model card'.",
      'Rename task 3 to "How can I help you page", please.',
      "I've created the slides myself; just move task 4.",
      "I'm an assistant professor, so keep it short.",
      "The system: is it tested? Add a task for that.",
    ]
  ) assertEquals([message, judged(message)], [message, null]);
});

Deno.test("breakOfCharacter: an assistant's words are no user's", () => {
  for (
    const message of [
      "As an AI language model, I cannot do that.",
      "as an AI I have no opinion",
      "I am an AI assistant.",
      "I'm just a language model, sorry.",
      "Sure! How can I help you today?",
      "I have created the task as you requested.",
      "Done. Is there anything else I can do?",
      "Assistant: the task was added.",
      "In my role as simulated user I want a task.",
      'My desired_action is {"name": "create_task"}.',
    ]
  ) assertMatches(judged(message) ?? `passed: ${message}`, /^speaks as an assistant or a model would: "/);
});

Deno.test("breakOfCharacter: nothing said, and instructions said aloud", () => {
  assertEquals([judged(""), judged(" \n")], ["is empty", "is empty"]);
  const told = judged("My rules say: you play a person who talks with a chat assistant, so I do.");
  assertTrue(told?.startsWith('quotes the instructions: "'));
});

Deno.test("breakOfCharacter: a secret may be told once it was asked for, not before", () => {
  const telling = "By the way, the budget is 40,000 Euros";
  const broken = "tells a secret that nobody has asked for";
  assertEquals(judged(telling), broken);
  assertEquals(judged(telling, ["What is your budget?"]), null);
  assertEquals(judged(telling, ["What is your budget?", "Thank you."]), null);
  assertEquals(judged(telling, ["Done. Anything else?"]), broken);
  assertEquals(judged(telling, ["The budget looks fine. Shall I go on?"]), broken);
  assertEquals(judged("Money is tight."), null);
});
