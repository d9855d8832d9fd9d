/**
 * A language model's server, as a program of its own: what a simulated user, an assistant and a judge answer. The
 * assistant words what it is asked in its own way, so that rules cannot tell, and the judge is asked every turn.
 */

import { type LLMRequest, LLMServer } from "../../tests/support/llm_server.ts";

const [port, latency] = Deno.args.map(Number) as [number, number];
const server = await LLMServer.start({ port, latency, answer });
// deno-lint-ignore no-console -- whoever started it reads the address
console.log(server.url);
await new Promise(() => {});

function answer({ body }: LLMRequest): object {
  const words = JSON.stringify(body.messages);
  const task_id = 1 + words.length % 11;
  const instruct = (instruction: string) => ({
    kind: "task_operation",
    name: "update_task_instruction",
    parameters: { task_id, instruction },
  });
  const schema = JSON.stringify(body.response_format ?? words);
  if (schema.includes("user_message")) {
    const wish = instruct(`Plan it well, as said in ${words.length} characters.`);
    return { user_message: `Change the instruction of task ${task_id}: plan it well.`, desired_action: wish };
  }
  if (schema.includes("llm_reply")) {
    // The task that the user has named last.
    const named = [...words.matchAll(/instruction of task (\d+)/g)].at(-1)?.[1] ?? "1";
    const action = instruct("Plan this carefully.");
    return {
      llm_reply: { message: "Done." },
      actions: [{ ...action, parameters: { ...action.parameters, task_id: Number(named) } }],
    };
  }
  return { alignment: "aligned", alignment_score: 0, reason: "It means the same.", confidence: 0.9 };
}
